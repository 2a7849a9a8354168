"""Reads the yearly order addenda of CMS: what changed in the order file of ICD-10-CM or ICD-10-PCS.

Each line holds an action, the validity (ICD-10-CM alone), the code and its descriptions, in columns like those of the
order file. Behind the changes the file counts how many headers and codes were added, deleted and revised.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from services.lookup.codes.history import Action, Change
from services.lookup.codes.model import System
from services.lookup.codes.notation import display
from services.lookup.facts.edition import FactEdition, Told
from services.lookup.facts.source import Source
from services.lookup.index.history import addenda_documents
from services.lookup.sources.errors import SourceError
from services.lookup.sources.files import Kind, SourceFile
from services.lookup.sources.fiscal import check_told_of_one, period
from services.lookup.sources.icd10cm_code import CATEGORY
from services.lookup.sources.icd10pcs_code import COLUMNS
from services.lookup.sources.order import TOP_LENGTH, Column, Layout, description_columns, text_lines
from services.lookup.sources.periods import year_in

_ACTIONS = {"Add:": Action.ADDED, "Delete:": Action.DELETED, "Revise to:": Action.REVISED}
_REVISE_FROM = "Revise from:"
# The headings above the counts, and whether those count codes that are valid for submission.
_HEADINGS = {"Headers": False, "Codes": True}
_COUNTED = {"additions": Action.ADDED, "deletions": Action.DELETED, "revisions": Action.REVISED}
_COUNT = re.compile(rf"([0-9]+) ({'|'.join(_COUNTED)})")
_COMPARED = re.compile(r"[0-9]+ (?:headers|codes) in (\S+)")

_Counts = Mapping[tuple[bool, Action], int]


class _Row(NamedTuple):
    action: str
    code: str
    valid: bool
    title: str
    short_title: str


class _Addenda:
    """The addenda of a system.

    `validity` are the columns between action and code, `code` is the pattern of the columns of a code and the blank
    behind them.
    """

    def __init__(self, system: System, source: Source, kind: Kind, *, validity: Sequence[Column], code: str) -> None:
        self.source, self.kind = source, kind
        self._system = system
        self._code = start = validity[-1].place.stop if validity else 13
        self._layout = Layout(
            Column(
                slice(0, 13),
                rf"(?:{'|'.join((*_ACTIONS, _REVISE_FROM))}) +",
                "columns 1-12 to hold Add:, Delete:, Revise from: or Revise to:",
            ),
            *validity,
            Column(slice(start, start + 8), code, f"columns {start + 1}-{start + 7} to hold the code without its dot"),
            *description_columns(start + 8),
        )

    def is_one(self, head: bytes) -> bool:
        """Tell from the first bytes whether a file is one."""
        return self._layout.first_line(head) != ""

    def row(self, line: str, number: int, file: str) -> _Row:
        """Read a line. Raises SourceError for one that breaks the layout."""
        self._layout.check(line, number, file)
        descriptions = self._code + 8
        code = line[self._code : descriptions].rstrip()
        return _Row(
            action=line[:13].rstrip(),
            code=display(self._system, code),
            # Without the columns of validity: a header of ICD-10-PCS is a table.
            valid=line[13] == "1" if self._code > 13 else len(code) > TOP_LENGTH,
            title=" ".join(line[descriptions + 61 :].split()),
            short_title=" ".join(line[descriptions : descriptions + 60].split()),
        )


_ICD10CM = _Addenda(
    System.ICD10CM,
    Source.ADDENDA_ICD10CM,
    Kind.ICD10CM_ADDENDA,
    validity=[Column(slice(13, 15), "[01] ", "column 14 to be 0 (header) or 1 (valid for submission), then a blank")],
    code=rf"{CATEGORY}[0-9A-Z]{{0,4}} +",
)
_ICD10PCS = _Addenda(
    System.ICD10PCS,
    Source.ADDENDA_ICD10PCS,
    Kind.ICD10PCS_ADDENDA,
    validity=[],
    code=COLUMNS,
)


def is_icd10cm_addenda(head: bytes) -> bool:
    """Tell from the first bytes whether this is an ICD-10-CM order addenda."""
    return _ICD10CM.is_one(head)


def is_icd10pcs_addenda(head: bytes) -> bool:
    """Tell from the first bytes whether this is an ICD-10-PCS order addenda."""
    return _ICD10PCS.is_one(head)


def read_addenda(files: Sequence[SourceFile], told: Told) -> Iterator[FactEdition]:
    """Read each addenda among the files as an edition; files of another kind are left alone.

    The fiscal year is that of the newer order file it compares, else the one in its name. Changes take effect when an
    edition does (see `fiscal.period`); what happened stays true, so an edition of an addenda has no end. A record is a
    change; the two lines of a revision are one.

    Raises SourceError for a line that breaks the layout, a revision that is not whole, changes that are not as many as
    the file counts, a fiscal year that is not known, and a second file of an edition.
    """
    for addenda in (_ICD10CM, _ICD10PCS):
        own = [file for file in files if file.kind is addenda.kind]
        check_told_of_one(own, told)
        read: dict[str, str] = {}
        for file in own:
            edition = _edition(addenda, file, told)
            other = read.setdefault(edition.label, file.name)
            if other != file.name:
                raise SourceError(file.name, None, f"expected one file of an edition, found {other} beside it")
            yield edition


def _edition(addenda: _Addenda, file: SourceFile, told: Told) -> FactEdition:
    with file.open() as stream:
        lines = text_lines(stream, file.name)
    end = next((place for place, (_, line) in enumerate(lines) if line.strip() in _HEADINGS), len(lines))
    counts, compared = _counts([line.strip() for _, line in lines[end:]], file.name)
    dates = period([year_in(compared) or year_in(file.name)], file.name, told)
    rows = [(addenda.row(line, number, file.name), number) for number, line in lines[:end]]
    changes = list(_changes(rows, dates.effective_from, file.name))
    _check_counts(Counter((change.valid, change.action) for _, change in changes), counts, file.name)
    documents = addenda_documents(changes)
    return FactEdition(
        source=addenda.source,
        label=dates.label,
        effective_from=dates.effective_from,
        effective_to=told.effective_to or date.max,
        origin=file.name,
        rows=len(changes),
        codes=len(documents),
        documents=documents,
    )


def _counts(lines: Sequence[str], file: str) -> tuple[_Counts, str]:
    """Return how many changes of each kind the file counts, and the name of the newer order file that it compares."""
    counts: dict[tuple[bool, Action], int] = {}
    compared, valid = "", False
    for line in lines:
        if line in _HEADINGS:
            valid = _HEADINGS[line]
        elif count := _COUNT.fullmatch(line):
            counts[valid, _COUNTED[count[2]]] = int(count[1])
        elif name := _COMPARED.fullmatch(line):
            compared = name[1]
    if len(counts) != len(_HEADINGS) * len(_COUNTED):
        raise SourceError(file, None, "expected the counts of headers and codes behind the changes: the file looks cut")
    return counts, compared


def _changes(rows: Sequence[tuple[_Row, int]], day: date, file: str) -> Iterator[tuple[str, Change]]:
    """Yield each change with its code; a revision is two rows, one behind the other."""
    before: _Row | None = None
    for row, number in rows:
        if before and (row.action, row.code) != ("Revise to:", before.code):
            raise SourceError(file, number, f"expected Revise to: {before.code} behind Revise from:")
        if row.action == _REVISE_FROM:
            before = row
            continue
        action = _ACTIONS[row.action]
        if action is Action.REVISED and not before:
            raise SourceError(file, number, f"expected Revise from: {row.code} before Revise to:")
        earlier = (before.title, before.short_title) if before else ("", "")
        yield row.code, Change(action, day, row.valid, row.title, row.short_title, *earlier)
        before = None
    if before:
        raise SourceError(file, rows[-1][1], f"expected Revise to: {before.code} behind Revise from:")


def _check_counts(found: Counter[tuple[bool, Action]], counts: _Counts, file: str) -> None:
    for (valid, action), count in counts.items():
        if found[valid, action] != count:
            of_what = f"{'codes' if valid else 'headers'} {action}"
            raise SourceError(
                file, None, f"expected {count} {of_what} as the file counts, found {found[valid, action]}"
            )
