"""The tables of the Article downloads of the Medicare Coverage Database (MCD) of CMS, each a csv file.

Headings are those of the files; the MCD data dictionary of CMS, which comes with the downloads, describes them. Texts
are not read: those of CPT codes are the AMA's.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import IO

from services.lookup.coverage.model import ArticleKey
from services.lookup.sources.errors import SourceError
from services.lookup.sources.tables import columns, rows


class Table(StrEnum):
    """A table that is read, called as its file."""

    ARTICLE = "article"
    PROCEDURE = "article_x_hcpc_code"
    COVERED = "article_x_icd10_covered"
    NONCOVERED = "article_x_icd10_noncovered"
    RELATED = "article_related_documents"
    ARTICLE_CONTRACTOR = "article_x_contractor"
    ARTICLE_STATE = "article_x_primary_jurisdiction"
    CONTRACTOR = "contractor"
    CONTRACTOR_TYPE = "contractor_type_lookup"
    CONTRACTOR_STATE = "contractor_jurisdiction"
    STATE = "state_lookup"
    PERIOD = "update_period"


_ARTICLE = ("article_id", "article_version")
_CONTRACTOR = ("contractor_id", "contractor_type_id", "contractor_version")
_DATES = ("article_pub_date", "article_eff_date", "article_end_date", "article_rev_end_date", "date_retired")
# What is read of each table, and what tells it from the other tables of a download.
_HEADINGS: dict[Table, tuple[str, ...]] = {
    Table.ARTICLE: (*_ARTICLE, "title", "status", *_DATES),
    Table.PROCEDURE: (*_ARTICLE, "hcpc_code_id", "hcpc_code_group"),
    Table.COVERED: (*_ARTICLE, "icd10_code_id", "icd10_covered_group"),
    Table.NONCOVERED: (*_ARTICLE, "icd10_code_id", "icd10_noncovered_group"),
    Table.RELATED: (*_ARTICLE, "r_lcd_id"),
    Table.ARTICLE_CONTRACTOR: (*_ARTICLE, *_CONTRACTOR),
    Table.ARTICLE_STATE: (*_ARTICLE, "state_id"),
    Table.CONTRACTOR: (*_CONTRACTOR, "contractor_bus_name"),
    Table.CONTRACTOR_TYPE: ("contractor_type_id", "description"),
    Table.CONTRACTOR_STATE: (*_CONTRACTOR, "state_id", "term_date"),
    Table.STATE: ("state_id", "state_abbrev", "description"),
    Table.PERIOD: ("period_id", "begin_date", "end_date"),
}
_ALIASES = {"end_date": ("end_date", "dis_end_date")}
_DAY_FORMATS = ("%Y-%m-%d", "%m/%d/%Y")
_NO_DAY = ("", "N/A")


@dataclass(frozen=True, slots=True)
class Record:
    """One record: the cells of the columns that are read, by heading."""

    file: str
    line: int
    cells: Mapping[str, str]

    @property
    def article(self) -> ArticleKey:
        """The version of an article that it is of."""
        return ArticleKey(self.number("article_id"), self.number("article_version"))

    @property
    def contractor(self) -> tuple[int, ...]:
        """The three numbers that name a contractor."""
        return tuple(self.number(heading) for heading in _CONTRACTOR)

    def __getitem__(self, heading: str) -> str:
        return self.cells[heading]

    def number(self, heading: str) -> int:
        """Return a number; 0 for an empty cell."""
        written = self.cells[heading]
        if written and not (written.isascii() and written.isdigit() and len(written) < 10):
            raise SourceError(self.file, self.line, f"expected a number as {heading}, found {written[:40]!r}")
        return int(written or 0)

    def day(self, heading: str) -> date | None:
        """Return a date, None for an empty cell."""
        written = self.cells[heading]
        if written in _NO_DAY:
            return None
        for format in _DAY_FORMATS:
            try:
                # A time of day may stand behind it.
                return datetime.strptime(written.split()[0], format).date()
            except ValueError:
                continue
        raise SourceError(self.file, self.line, f"expected a date as {heading}, found {written[:40]!r}")


def is_coverage(rows: Sequence[Sequence[str]]) -> bool:
    """Tell from the first rows whether this is one of the tables."""
    return table_of(rows) is not None


def table_of(rows: Sequence[Sequence[str]]) -> Table | None:
    """Return the table that these are the first rows of, None for any other."""
    heading = rows[0] if rows else ()
    return next((table for table in Table if len(_columns(heading, table)) == len(_HEADINGS[table])), None)


def read_table(stream: IO[bytes], file: str, table: Table) -> Iterator[Record]:
    """Yield the records of a table. Raises SourceError for one of another width than its headings."""
    lines = rows(stream, file)
    heading = next(lines).cells
    places = _columns(heading, table).items()
    for line, cells in lines:
        if len(cells) != len(heading):
            raise SourceError(file, line, f"expected {len(heading)} fields, found {len(cells)}")
        yield Record(file, line, {name: cells[place] for name, place in places})


def _columns(heading: Sequence[str], table: Table) -> dict[str, int]:
    return columns(heading, {name: _ALIASES.get(name, (name,)) for name in _HEADINGS[table]})
