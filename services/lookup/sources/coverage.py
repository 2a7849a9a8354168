"""Reads the Article downloads of the Medicare Coverage Database (MCD) of CMS: which articles name a code, and how.

A download is a snapshot. It holds the articles that are approved or retired, of each the version in force and one that
is to come, and none of the versions before: what it does not name may have been named before it was made. It therefore
answers from its own date on, unless the operator says otherwise; an article on the dates of service of its version.
"""

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise
from pathlib import Path, PurePosixPath

from services.lookup.codes.model import System
from services.lookup.codes.notation import parse_code
from services.lookup.coverage.model import Article, ArticleKey, CodeCoverage, Role
from services.lookup.facts.edition import FactEdition, Told
from services.lookup.facts.source import Source
from services.lookup.index.coverage import coverage_documents, coverage_id
from services.lookup.sources.coverage_tables import Record, Table, read_table, table_of
from services.lookup.sources.errors import SourceError
from services.lookup.sources.files import Kind, SourceFile, contents
from services.lookup.sources.periods import month_in
from services.lookup.sources.tables import head_rows
from services.runtime.errors import Refusal

_HEAD = 1 << 16
_Contractor = tuple[int, ...]
_APPROVED, _RETIRED = "A", "R"
# What the tables print where an article names no code.
_NOT_APPLICABLE = "XX000"
_CODES = (
    (Table.PROCEDURE, Role.PROCEDURE, "hcpc_code_id", "hcpc_code_group", (System.CPT, System.HCPCS)),
    (Table.COVERED, Role.COVERED_DIAGNOSIS, "icd10_code_id", "icd10_covered_group", (System.ICD10CM,)),
    (Table.NONCOVERED, Role.NONCOVERED_DIAGNOSIS, "icd10_code_id", "icd10_noncovered_group", (System.ICD10CM,)),
)


def read_coverage(files: Sequence[SourceFile], told: Told) -> Iterator[FactEdition]:
    """Read each snapshot among the files: the tables that lie in one folder or archive.

    Tables that are no article's, such as those of contractors in a download of LCDs, are passed over beside a snapshot.
    Raises SourceError when there is no snapshot, when one lacks a table, and when neither its table of update periods,
    nor its name, nor the operator says of which date it is.
    """
    snapshots = [tables for tables in _by_folder(files) if Table.ARTICLE in tables]
    if not snapshots:
        name = next(file.name for file in files if file.kind is Kind.COVERAGE)
        raise SourceError(name, None, f"expected {Table.ARTICLE}.csv beside it")
    for tables in snapshots:
        yield _read_snapshot(_Snapshot(tables), told)


@dataclass(slots=True)
class _Snapshot:
    """The files of one snapshot, and the count of the records that were read of them."""

    files: dict[Table, SourceFile]
    rows: int = 0
    left_out: Counter[str] = field(default_factory=Counter)

    @property
    def origin(self) -> str:
        return self.files[Table.ARTICLE].path.name

    def has(self, table: Table) -> bool:
        return table in self.files

    def records(self, table: Table) -> Iterator[Record]:
        file = self.files.get(table)
        if file is None:
            raise SourceError(self.origin, None, f"expected {table}.csv beside {self.files[Table.ARTICLE].name}")
        with file.open() as stream:
            for record in read_table(stream, file.name, table):
                self.rows += 1
                yield record

    def records_of(self, table: Table, articles: Container[ArticleKey]) -> Iterator[tuple[ArticleKey, Record]]:
        """Yield the records of these articles."""
        for record in self.records(table):
            if record.article in articles:
                yield record.article, record
            else:
                self.left_out[f"{table}: of an article that is not taken"] += 1


def _by_folder(files: Iterable[SourceFile]) -> list[dict[Table, SourceFile]]:
    folders: defaultdict[tuple[Path, str], dict[Table, SourceFile]] = defaultdict(dict)
    for file, head in contents((file for file in files if file.kind is Kind.COVERAGE), _HEAD):
        place = (file.path, str(PurePosixPath(file.member).parent)) if file.member else (file.path.parent, "")
        table = table_of(head_rows(head))
        if table is None:
            raise SourceError(file.name, 1, "expected the headings of a table of the Medicare Coverage Database")
        folders[place].setdefault(table, file)
    return list(folders.values())


def _read_snapshot(snapshot: _Snapshot, told: Told) -> FactEdition:
    label, first_day = _edition(snapshot, told)
    articles = _articles(snapshot)
    codes = _codes(snapshot, articles)
    counts = {role: Counter(key for code in codes.values() for key in code.groups.get(role, ())) for role in Role}
    described = [
        replace(
            article,
            covered=counts[Role.COVERED_DIAGNOSIS][key],
            noncovered=counts[Role.NONCOVERED_DIAGNOSIS][key],
        )
        for key, article in articles.items()
    ]
    return FactEdition(
        source=Source.COVERAGE,
        label=label,
        effective_from=first_day,
        effective_to=told.effective_to or date.max,
        origin=snapshot.origin,
        rows=snapshot.rows,
        codes=len(codes),
        documents=coverage_documents(described, codes),
        left_out=dict(snapshot.left_out),
    )


def _edition(snapshot: _Snapshot, told: Told) -> tuple[str, date]:
    """Return the label and the first date of service: the end of the last update period, else the month of the name."""
    ends = [record.day("end_date") for record in snapshot.records(Table.PERIOD)] if snapshot.has(Table.PERIOD) else []
    if day := max((end for end in ends if end), default=None):
        label = day.isoformat()
    elif day := month_in(snapshot.origin):
        label = f"{day:%Y-%m}"
    else:
        label = ""
    label, day = told.edition or label, told.effective_from or day
    if not label or not day:
        expected = f"expected {Table.PERIOD}.csv beside it, or --edition and --effective-from"
        raise SourceError(snapshot.origin, None, expected)
    return label, day


def _articles(snapshot: _Snapshot) -> dict[ArticleKey, Article]:
    """Return the versions of articles, all but the counts of their diagnoses."""
    articles = _versions(snapshot)
    lcds: defaultdict[ArticleKey, set[int]] = defaultdict(set)
    for key, record in snapshot.records_of(Table.RELATED, articles):
        if lcd := record.number("r_lcd_id"):
            lcds[key].add(lcd)
        else:
            snapshot.left_out[f"{Table.RELATED}: not an LCD"] += 1
    names = _contractor_names(snapshot)
    contractors: defaultdict[ArticleKey, set[_Contractor]] = defaultdict(set)
    for key, record in snapshot.records_of(Table.ARTICLE_CONTRACTOR, articles):
        if record.contractor in names:
            contractors[key].add(record.contractor)
        else:
            snapshot.left_out[f"{Table.ARTICLE_CONTRACTOR}: of an unknown contractor"] += 1
    states = _states(snapshot, articles, contractors)
    return {
        key: replace(
            article,
            lcds=tuple(f"L{lcd}" for lcd in sorted(lcds[key])),
            contractors=_listed(names[contractor] for contractor in contractors[key]),
            states=tuple(sorted(states[key])),
        )
        for key, article in articles.items()
    }


def _versions(snapshot: _Snapshot) -> dict[ArticleKey, Article]:
    """Return the versions of articles by their own table, each until the day before the next version begins."""
    articles: dict[ArticleKey, Article] = {}
    for record in snapshot.records(Table.ARTICLE):
        # The revision's own date, which the original version does not have.
        first_day = record.day("article_eff_date") or record.day("article_pub_date")
        last_days = (record.day(heading) for heading in ("article_rev_end_date", "article_end_date", "date_retired"))
        last_day = min((day for day in last_days if day), default=None)
        key, status = record.article, record["status"].upper()
        if status not in (_APPROVED, _RETIRED):
            snapshot.left_out[f"{Table.ARTICLE}: neither approved nor retired"] += 1
        elif first_day is None or (last_day is None and status == _RETIRED):
            snapshot.left_out[f"{Table.ARTICLE}: without its dates"] += 1
        elif key in articles:
            snapshot.left_out[f"{Table.ARTICLE}: given before"] += 1
        else:
            articles[key] = Article(*key, record["title"], (), (), (), first_day, last_day, 0, 0)
    if not articles:
        raise SourceError(snapshot.files[Table.ARTICLE].name, None, "expected articles, found none")
    for version, following in pairwise(sorted(articles)):
        if version.number == following.number:
            day_before = articles[following].effective_from - timedelta(days=1)
            last_day = min(day_before, articles[version].effective_to or day_before)
            articles[version] = replace(articles[version], effective_to=last_day)
    return articles


def _contractor_names(snapshot: _Snapshot) -> dict[_Contractor, tuple[str, str]]:
    """Return the name of each contractor, and what it is, such as "MAC - Part B"."""
    types = {
        record.number("contractor_type_id"): record["description"] for record in snapshot.records(Table.CONTRACTOR_TYPE)
    }
    return {
        record.contractor: (record["contractor_bus_name"], types.get(record.number("contractor_type_id"), "contractor"))
        for record in snapshot.records(Table.CONTRACTOR)
    }


def _listed(contractors: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Return contractors as the MCD lists them: "First Coast Service Options, Inc. (MAC - Part A, MAC - Part B)"."""
    kinds: defaultdict[str, set[str]] = defaultdict(set)
    for name, kind in contractors:
        kinds[name].add(kind)
    return tuple(f"{name} ({', '.join(sorted(kinds[name]))})" for name in sorted(kinds))


def _states(
    snapshot: _Snapshot,
    articles: Mapping[ArticleKey, Article],
    contractors: Mapping[ArticleKey, Iterable[_Contractor]],
) -> dict[ArticleKey, set[str]]:
    """Return where each article applies: in its own jurisdiction, without one in those of its contractors."""
    names = {record.number("state_id"): _state(record) for record in snapshot.records(Table.STATE)}
    by_contractor: defaultdict[_Contractor, set[str]] = defaultdict(set)
    for record in snapshot.records(Table.CONTRACTOR_STATE):
        if record.day("term_date"):
            snapshot.left_out[f"{Table.CONTRACTOR_STATE}: ended"] += 1
        else:
            by_contractor[record.contractor].add(_known(names, record))
    own: defaultdict[ArticleKey, set[str]] = defaultdict(set)
    for key, record in snapshot.records_of(Table.ARTICLE_STATE, articles):
        own[key].add(_known(names, record))
    return {
        key: own[key].union(*(by_contractor[one] for one in contractors.get(key, ()) if not own[key]))
        for key in articles
    }


def _state(record: Record) -> str:
    """Return the abbreviation of a state; a part of one, which has none of its own, is called by its name."""
    return record["description"] if " - " in record["description"] else record["state_abbrev"]


def _known(names: Mapping[int, str], record: Record) -> str:
    number = record.number("state_id")
    if number not in names:
        raise SourceError(record.file, record.line, f"expected a state of {Table.STATE}.csv, found {number}")
    return names[number]


def _codes(snapshot: _Snapshot, articles: Mapping[ArticleKey, Article]) -> dict[str, CodeCoverage]:
    """Return what articles name, by the id of the code's document.

    The members of a range of codes are printed one by one: its bounds say nothing more.
    """
    named: defaultdict[str, dict[Role, dict[ArticleKey, tuple[int, ...]]]] = defaultdict(dict)
    for table, role, code_heading, group_heading, systems in _CODES:
        for key, record in snapshot.records_of(table, articles):
            code, group = record[code_heading].upper(), record.number(group_heading)
            id = _id(code, systems)
            if code == _NOT_APPLICABLE:
                snapshot.left_out[f"{table}: not applicable"] += 1
            elif id is None:
                snapshot.left_out[f"{table}: not a code"] += 1
            else:
                groups = named[id].setdefault(role, {})
                before = groups.get(key, ())
                if group in before:
                    snapshot.left_out[f"{table}: given before"] += 1
                else:
                    groups[key] = (*before, group)
    return {id: CodeCoverage(by_role) for id, by_role in named.items()}


@lru_cache(1 << 17)
def _id(code: str, systems: tuple[System, ...]) -> str | None:
    for system in systems:
        with suppress(Refusal):
            return coverage_id(system, parse_code(system, code))
    return None
