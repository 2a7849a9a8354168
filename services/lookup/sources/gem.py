"""Reads the general equivalence mappings (GEM) of diagnoses: `YYYY_I9gem.txt` and `YYYY_I10gem.txt`.

Each line has the code that is mapped, a code it maps to and five flags (approximate, no map, combination, scenario,
choice list), in fixed columns; the widths of the codes tell the direction. The meaning of the flags is that of CMS,
"Diagnosis Code Set General Equivalence Mappings, Documentation and User's Guide". The mappings of procedures, which
share the layout, are not read.
"""

import codecs
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import IO, NamedTuple

from services.lookup.codes.model import System
from services.lookup.codes.notation import display, is_compact
from services.lookup.crosswalks.model import ChoiceList, GemMapping, GemTarget, Scenario
from services.lookup.facts.edition import FactEdition, Told
from services.lookup.facts.source import Source
from services.lookup.index.crosswalks import gem_documents
from services.lookup.sources.editions import one_file_each
from services.lookup.sources.errors import SourceError
from services.lookup.sources.files import Kind, SourceFile
from services.lookup.sources.periods import year_in

_NO_MAP = "NoDx"
_NO_MAP_FLAGS = "11000"
_FLAGS = re.compile(r"([01])0([01])(\d)(\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Direction:
    """One of the two files: the columns of a code are as wide as the longest code of its system."""

    source: Source
    mapped: System
    target: System
    columns: re.Pattern[str]


_DIRECTIONS = (
    _Direction(
        Source.GEM_FROM_ICD9CM, System.ICD9CM, System.ICD10CM, re.compile(r"(?P<code>.{5}) (?P<target>.{7}) (\S{5})")
    ),
    _Direction(
        Source.GEM_TO_ICD9CM, System.ICD10CM, System.ICD9CM, re.compile(r"(?P<code>.{7}) (?P<target>.{5}) (\S{5})")
    ),
)


class _Row(NamedTuple):
    """One line; `combination` is the scenario and the choice list, None for a code that stands alone."""

    line: int
    target: str
    approximate: bool
    combination: tuple[int, int] | None


def is_gem(head: bytes) -> bool:
    """Tell from the first bytes whether this is a mapping of diagnoses."""
    return _direction(head) is not None


def read_gem(files: Sequence[SourceFile], told: Told) -> Iterator[FactEdition]:
    """Read the mappings of each direction.

    The edition is the year in the name of the file, unless told. It has no bound: the mappings of FY2018 are the last
    that CMS made. Raises SourceError for a line that breaks the layout, flags that contradict each other or the target,
    a line given twice, a combination without all of its scenarios and choice lists, and a file cut in a line.
    """
    found = [file for file in files if file.kind is Kind.GEM]
    for (direction, label), file in one_file_each(found, partial(_edition, told=told)).items():
        rows = _read_rows(file, direction)
        mappings = {
            display(direction.mapped, code): _mapping(code, lines, file.name, direction.target)
            for code, lines in rows.items()
        }
        yield FactEdition(
            source=direction.source,
            label=label,
            effective_from=told.effective_from or date.min,
            effective_to=told.effective_to or date.max,
            origin=file.name,
            rows=sum(map(len, rows.values())),
            codes=len(mappings),
            documents=gem_documents(mappings),
        )


def _edition(file: SourceFile, told: Told) -> tuple[_Direction, str]:
    with file.open() as stream:
        direction = _direction(stream.readline())
    if direction is None:
        raise SourceError(file.name, 1, f"expected a line of {Kind.GEM.value}")
    label = told.edition or year_in(file.name)
    if not label:
        raise SourceError(file.name, None, "expected the year in the name of the file; tell it with --edition")
    return direction, str(label)


def _direction(head: bytes) -> _Direction | None:
    line = head.removeprefix(codecs.BOM_UTF8).split(b"\n", 1)[0].decode("latin-1").rstrip()
    return next((one for one in _DIRECTIONS if _codes(one, line)), None)


def _codes(direction: _Direction, line: str) -> tuple[str, str, str] | None:
    """Return the code, its target and the flags of a line, None when it breaks the layout."""
    match = direction.columns.fullmatch(line)
    if not match:
        return None
    code, target, flags = (cell.rstrip() for cell in match.groups())
    if target != _NO_MAP:
        # A code of the files of 2018 is in lower case (v5889).
        target = target.upper()
        if not is_compact(direction.target, target):
            return None
    return (code, target, flags) if is_compact(direction.mapped, code) else None


def _read_rows(file: SourceFile, direction: _Direction) -> dict[str, list[_Row]]:
    """Return the rows by the code that is mapped."""
    rows: dict[str, list[_Row]] = {}
    with file.open() as stream:
        for number, line in _lines(stream, file.name):
            cells = _codes(direction, line)
            if cells is None:
                codes = f"an {_name(direction.mapped)} code, an {_name(direction.target)} code or {_NO_MAP}"
                found = f"and five flags in their columns, found {line[:40]!r}"
                raise SourceError(file.name, number, f"expected {codes}, {found}")
            code, target, flags = cells
            row = _row(number, target, flags, file.name)
            known = rows.setdefault(code, [])
            if earlier := next((one for one in known if one[1:] == row[1:]), None):
                raise SourceError(file.name, number, f"{line!r} was already given in line {earlier.line}")
            known.append(row)
    return rows


def _lines(stream: IO[bytes], file: str) -> Iterator[tuple[int, str]]:
    """Yield the lines that are not blank, numbered from 1."""
    # Any byte is a character of latin-1, and what is no ASCII matches no column.
    text = stream.read().removeprefix(codecs.BOM_UTF8).decode("latin-1")
    *lines, rest = text.split("\n")
    if rest.strip():
        raise SourceError(file, len(lines) + 1, "expected a line end after the last line: the file looks cut")
    for number, line in enumerate(lines, 1):
        if stripped := line.rstrip():
            yield number, stripped


def _row(line: int, target: str, flags: str, file: str) -> _Row:
    if (target == _NO_MAP) != (flags == _NO_MAP_FLAGS):
        raise SourceError(file, line, f"expected {_NO_MAP} and flags {_NO_MAP_FLAGS} together, found {target} {flags}")
    if target == _NO_MAP:
        return _Row(line, target, approximate=True, combination=None)
    match = _FLAGS.fullmatch(flags)
    if not match:
        raise SourceError(file, line, f"expected flags 0 or 1, then scenario and choice list, found {flags}")
    approximate, combination, scenario, choice_list = match.groups()
    if combination == "0" and (scenario, choice_list) != ("0", "0"):
        raise SourceError(file, line, f"expected no scenario and no choice list without a combination, found {flags}")
    if combination == "1" and "0" in (scenario, choice_list):
        raise SourceError(file, line, f"expected a scenario and a choice list of the combination, found {flags}")
    place = (int(scenario), int(choice_list)) if combination == "1" else None
    return _Row(line, target, approximate == "1", place)


def _mapping(code: str, rows: Sequence[_Row], file: str, target: System) -> GemMapping:
    first = rows[0]
    if any(row.target == _NO_MAP for row in rows):
        if len(rows) > 1:
            raise SourceError(file, first.line, f"expected {_NO_MAP} or targets of {code}, found both")
        return GemMapping(no_map=True)
    alternatives = [GemTarget(display(target, row.target), row.approximate) for row in rows if not row.combination]
    choice_lists: dict[tuple[int, int], list[GemTarget]] = {}
    for row in rows:
        if row.combination:
            one = GemTarget(display(target, row.target), row.approximate)
            choice_lists.setdefault(row.combination, []).append(one)
    scenarios = _scenarios({place: tuple(choices) for place, choices in sorted(choice_lists.items())})
    if scenarios is None:
        line = next(row.line for row in rows if row.combination)
        expected = "scenarios from 1 on, and in each at least two choice lists from 1 on, without a gap"
        raise SourceError(file, line, f"expected {code} to have {expected}")
    return GemMapping(alternatives=tuple(alternatives), scenarios=scenarios)


def _scenarios(choice_lists: dict[tuple[int, int], ChoiceList]) -> tuple[Scenario, ...] | None:
    """Return the scenarios by their numbers, None when there is a gap or a scenario that combines nothing."""
    scenarios: list[list[ChoiceList]] = []
    for (scenario, choice_list), choices in choice_lists.items():
        if choice_list == 1:
            scenarios.append([])
        if (scenario, choice_list) != (len(scenarios), len(scenarios[-1]) + 1 if scenarios else 1):
            return None
        scenarios[-1].append(choices)
    return tuple(map(tuple, scenarios)) if all(len(one) > 1 for one in scenarios) else None


def _name(system: System) -> str:
    return {System.ICD9CM: "ICD-9-CM", System.ICD10CM: "ICD-10-CM"}[system]
