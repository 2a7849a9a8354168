"""Code pages side by side: what is compared, how the rows of several codes align, and what they say of each other."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, auto
from itertools import combinations, permutations
from typing import NamedTuple, TypeAlias

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.gateway.web.addresses import BOOKS
from services.gateway.web.sections.edits import ADJUDICATION_INDICATORS, SETTINGS
from services.gateway.web.sections.modifiers import STANDINGS
from services.gateway.web.text import codes_named

Page = lookup.GetCodePageResponse
Setting: TypeAlias = "lookup.Setting.ValueType"

_NOTES = {
    lookup.NOTE_KIND_INCLUDES: "Includes",
    lookup.NOTE_KIND_EXCLUDES1: "Excludes1: never together",
    lookup.NOTE_KIND_EXCLUDES2: "Excludes2: may be together",
    lookup.NOTE_KIND_CODE_FIRST: "Code first",
    lookup.NOTE_KIND_USE_ADDITIONAL_CODE: "Use additional code",
    lookup.NOTE_KIND_CODE_ALSO: "Code also",
    lookup.NOTE_KIND_NOTE: "Note",
    lookup.NOTE_KIND_SEVENTH_CHARACTER: "7th character",
}
_ROLES = {
    lookup.COVERAGE_ROLE_PROCEDURE: "Articles about the procedure",
    lookup.COVERAGE_ROLE_COVERED_DIAGNOSIS: "Articles in which it supports necessity",
    lookup.COVERAGE_ROLE_NONCOVERED_DIAGNOSIS: "Articles in which it does not support necessity",
}
# The rows of the fee schedule that are compared by their difference.
_AMOUNTS = re.compile(r"RVU|payment, ")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
# "(E08-E13 with .44)": of the codes named those whose characters after the dot begin so.
_ENDING = re.compile(r"\bwith \.([0-9A-Z]+)-?\)")
# "E08-E10, E13 with ketoacidosis": what else narrows the codes is left to the reader.
_NARROWED = re.compile(r"[A-Z]\d[0-9A-Z][\w.-]*\s+with\b", re.ASCII)
# What stands where a code has nothing, by the availability of what it would stand in.
_ABSENT = {
    lookup.AVAILABILITY_UNSPECIFIED: "does not apply",
    lookup.AVAILABILITY_AVAILABLE: "none",
    lookup.AVAILABILITY_NONE: "none",
    lookup.AVAILABILITY_NOT_LOADED: "not loaded",
    lookup.AVAILABILITY_LOCKED: "locked",
}


class Value(NamedTuple):
    """One value of a code, and what is said beside it."""

    text: str
    note: str = ""


Cell = tuple[Value, ...]


class Form(Enum):
    """What the texts of a row are."""

    PLAIN = auto()
    # Words that every code has its own of: that they differ says nothing.
    TITLE = auto()
    # Text of the book, which mentions codes.
    BOOK = auto()
    # Markdown of an editor.
    MARKDOWN = auto()


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that is compared, with the values of each code, in their order."""

    label: str
    cells: tuple[Cell, ...]
    form: Form = Form.PLAIN

    @property
    def differs(self) -> bool:
        """Whether the codes do not all have the same, where that says something."""
        return self.form not in (Form.TITLE, Form.MARKDOWN) and len({_texts(cell) for cell in self.cells}) > 1

    def is_shared(self, value: Value) -> bool:
        """Whether every code has a value."""
        return all(value.text in _texts(cell) for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Section:
    """Rows that belong together, and the editions they come from, or why one is missing."""

    title: str
    rows: list[Row]
    sources: list[str]


class Exclusion(NamedTuple):
    """An Excludes1 note that governs one code and names the other."""

    code: str
    excluded: str
    note: str
    printed_under: str


class Between(NamedTuple):
    """What the procedure-to-procedure edits of a setting say of two codes: the edit, or what was found instead."""

    edit: lookup.PtpEdit | None
    text: str
    source: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Two of the codes, and what each setting says of them."""

    codes: tuple[str, str]
    between: dict[Setting, Between]


def compare(pages: Sequence[Page]) -> list[Section]:
    """Return what the pages say of their codes, a row for each thing; a section without rows is left out."""
    made = (_descriptions, _standing, _notes, _modifiers, _units, _edits, _fees, _coverage, _crosswalks)
    return [section for one in made if (section := one(pages)).rows]


def exclusions(pages: Iterable[Page]) -> list[Exclusion]:
    """Return the Excludes1 notes between the codes, one for two codes (ICD-10-CM Guidelines, section I.A.12.a).

    A note that also names the code it governs tells apart what is below it.
    """
    found: dict[frozenset[str], Exclusion] = {}
    for one, other in permutations(pages, 2):
        for group in one.notes.groups:
            for note in group.notes:
                if note.kind == lookup.NOTE_KIND_EXCLUDES1 and _excludes(note.text, one.entry, other.entry):
                    exclusion = Exclusion(one.entry.code, other.entry.code, note.text, group.entry.code)
                    found.setdefault(frozenset((exclusion.code, exclusion.excluded)), exclusion)
    return list(found.values())


def pairs(found: Mapping[Setting, Sequence[lookup.Finding]], codes: Sequence[str]) -> list[Pair]:
    """Return what the findings of each setting say of every two codes."""
    return [
        Pair((one, other), {setting: _between(findings, {one, other}) for setting, findings in found.items()})
        for one, other in (combinations(codes, 2) if found else ())
    ]


def _between(findings: Sequence[lookup.Finding], codes: set[str]) -> Between:
    about = [finding for finding in findings if codes <= set(finding.codes)]
    for finding in about:
        if finding.HasField("ptp"):
            return Between(finding.ptp, "", finding.source)
    for finding in about:
        if finding.verdict == lookup.VERDICT_PASS:
            return Between(None, "No edit in force", finding.source)
    return Between(None, next((finding.message for finding in about), "Not known"), "")


def _excludes(note: str, governed: lookup.Entry, other: lookup.Entry) -> bool:
    if governed.system != other.system:
        return False
    ending = _ENDING.search(note)
    if not ending and _NARROWED.search(note):
        return False
    ranges = codes_named(note, BOOKS[governed.system])
    named = [
        any(first <= code and code[: len(last)] <= last for first, last in ranges)
        and (not ending or code.partition(".")[2].startswith(ending[1]))
        for code in (governed.code, other.code)
    ]
    return named == [False, True]


def _descriptions(pages: Sequence[Page]) -> Section:
    def titles(page: Page) -> dict[str, Cell]:
        said = page.official_description
        return {"Official description": _cell(said.title)} | _filled({"Short description": _cell(said.short_title)})

    def common(page: Page) -> dict[str, Cell]:
        said = page.common_language_description
        credit = f"Not the official text. Written by {said.author}, reviewed on {said.reviewed_on}."
        return {"Common language": _cell(said.text, credit)}

    def more(page: Page) -> dict[str, Cell]:
        said = page.official_description
        terms = {"Also stands for": tuple(map(Value, said.inclusion_terms))}
        return _filled(terms | {_capital(one.name): _cell(one.value, one.meaning) for one in said.attributes})

    def official(page: Page) -> lookup.Availability.ValueType:
        return page.official_description.availability

    rows = [
        *_aligned("Official description", pages, titles, official, Form.TITLE),
        *_aligned(
            "Common language", pages, common, lambda page: page.common_language_description.availability, Form.MARKDOWN
        ),
        *(_aligned("", pages, more, official) if any(map(more, pages)) else ()),
    ]
    return Section("Descriptions", rows, [])


def _standing(pages: Sequence[Page]) -> Section:
    def of(page: Page) -> dict[str, Cell]:
        entry, release = page.entry, page.release
        book = _cell(BOOKS[entry.system].name)
        if entry.number_only:
            return {"Code system": book, "Billable": _cell("not known", "The official release is not loaded.")}
        in_force = "" if release.in_force else "Not in force on the date asked for."
        return {
            "Code system": book,
            "Billable": _cell("yes" if entry.billable else "no"),
            "Edition": _cell(release.edition, in_force),
            "Valid from": _cell(entry.effective_from or release.effective_from),
            "Valid to": _cell(entry.effective_to or release.effective_to),
        }

    return Section("Status", _aligned("Status", pages, of, lambda _: lookup.AVAILABILITY_NOT_LOADED), [])


def _notes(pages: Sequence[Page]) -> Section:
    def of(page: Page) -> dict[str, Cell]:
        cells: dict[str, list[Value]] = {label: [] for label in _NOTES.values()}
        for group in page.notes.groups:
            under = f"from {group.entry.code}" if group.inherited else ""
            for note in group.notes:
                cells[_NOTES[note.kind]].append(Value(note.text, under))
        return _filled({label: tuple(values) for label, values in cells.items()})

    order = [*_NOTES.values(), "Notes"]
    rows = _aligned("Notes", pages, of, lambda page: page.notes.printed or page.notes.availability, Form.BOOK)
    return Section("Notes", sorted(rows, key=lambda row: order.index(row.label)), [])


def _modifiers(pages: Sequence[Page]) -> Section:
    def of(page: Page) -> dict[str, Cell]:
        return {
            f"{rule.modifier} {rule.title}".strip(): _cell(_standing_word(rule), rule.reason)
            for rule in page.modifiers.rules
        }

    rows = _aligned("Modifiers", pages, of, lambda page: page.modifiers.availability)
    sources = _sources(status for page in pages for status in page.modifiers.sources)
    return Section("Modifiers", sorted(rows, key=lambda row: row.label), sources)


def _standing_word(rule: lookup.ModifierRule) -> str:
    return STANDINGS[rule.standing][0].lower() if rule.standing in STANDINGS else ""


def _units(pages: Sequence[Page]) -> Section:
    def of(page: Page) -> dict[str, Cell]:
        return {SETTINGS[mue.setting]: (_mue(mue),) for mue in page.edits.mue}

    sources = _sources(mue.status for page in pages for mue in page.edits.mue)
    return Section(
        "Medically unlikely edits: most units", _aligned("Most units", pages, of, _edits_availability), sources
    )


def _mue(mue: lookup.Mue) -> Value:
    if mue.status.availability == lookup.AVAILABILITY_AVAILABLE:
        return Value(str(mue.value), f"MAI {ADJUDICATION_INDICATORS[mue.adjudication_indicator]}")
    if mue.status.availability == lookup.AVAILABILITY_NONE:
        return Value("none published", "That is not “no limit”: some limits are confidential.")
    return Value(_ABSENT[mue.status.availability])


def _edits(pages: Sequence[Page]) -> Section:
    def of(page: Page) -> dict[str, Cell]:
        cells: dict[str, Cell] = {}
        for ptp in page.edits.ptp:
            name = SETTINGS[ptp.setting]
            known = ptp.status.availability != lookup.AVAILABILITY_NOT_LOADED
            for column, count in ((1, ptp.column1_count), (2, ptp.column2_count)):
                cells[f"{name}: edits as column {column}"] = _cell(f"{count:,}" if known else "not loaded")
        add_on = page.edits.add_on
        if add_on.type:
            cells["Is an add-on code of"] = _cell(
                "type " + str(add_on.type), f"{len(add_on.primary_codes)} primary codes"
            )
        if add_on.add_on_codes:
            cells["Add-on codes"] = tuple(map(Value, add_on.add_on_codes))
        return cells

    statuses = [
        status for page in pages for status in (*(ptp.status for ptp in page.edits.ptp), page.edits.add_on.status)
    ]
    return Section("NCCI edits", _aligned("Edits", pages, of, _edits_availability), _sources(statuses))


def _edits_availability(page: Page) -> lookup.Availability.ValueType:
    return page.edits.availability


def _fees(pages: Sequence[Page]) -> Section:
    def of(page: Page) -> dict[str, Cell]:
        return {label: cell for row in page.fees.rows for label, cell in _fee_cells(row).items()}

    rows = _aligned("Fee schedule", pages, of, lambda page: page.fees.availability)
    codes = [page.entry.code for page in pages]
    sources = _sources(page.fees.rvu for page in pages)
    return Section("Medicare physician fee schedule", [_with_differences(row, codes) for row in rows], sources)


def _fee_cells(row: lookup.FeeRow) -> dict[str, Cell]:
    def amount(value: str) -> Cell:
        return _cell(value or "not performed there")

    totals = {
        "total RVU, non-facility": amount(row.non_facility_total),
        "total RVU, facility": amount(row.facility_total),
    }
    for factor in row.conversion_factors:
        whom = f", {factor.participation}" if factor.participation else ""
        note = f"at {factor.value} a unit"
        totals[f"national payment, non-facility{whom} ($)"] = _cell(factor.non_facility_payment or "none", note)
        totals[f"national payment, facility{whom} ($)"] = _cell(factor.facility_payment or "none", note)
    if row.modifier:
        return {f"{row.modifier}: {label}": cell for label, cell in totals.items()}
    return {
        "Status": _cell(row.status.value, row.status.meaning),
        "Work RVU": amount(row.work_rvu),
        "Practice expense RVU, non-facility": amount(row.non_facility_pe_rvu),
        "Practice expense RVU, facility": amount(row.facility_pe_rvu),
        "Malpractice RVU": amount(row.mp_rvu),
        **{_capital(label): cell for label, cell in totals.items()},
        **{_capital(one.name): _cell(one.value, one.meaning) for one in row.indicators},
    }


def _with_differences(row: Row, codes: Sequence[str]) -> Row:
    """Return a row of amounts with what each is more or less than the first; another row as it is."""
    if not _AMOUNTS.search(row.label):
        return row
    amounts = [Decimal(cell[0].text) if _NUMBER.fullmatch(cell[0].text) else None for cell in row.cells]
    first = amounts[0]
    if first is None:
        return row
    cells = [
        (_differing(cell[0], f"{amount - first:+} to {codes[0]}"),) if amount is not None and amount != first else cell
        for cell, amount in zip(row.cells, amounts, strict=True)
    ]
    return Row(row.label, tuple(cells), row.form)


def _differing(value: Value, difference: str) -> Value:
    return Value(value.text, f"{difference}; {value.note}" if value.note else difference)


def _coverage(pages: Sequence[Page]) -> Section:
    def of(page: Page) -> dict[str, Cell]:
        roles = [article.role for article in page.coverage.articles]
        return {label: _cell(str(roles.count(role))) for role, label in _ROLES.items() if role in roles}

    rows = _aligned("Articles", pages, of, lambda page: page.coverage.availability)
    return Section("Coverage articles", rows, _sources(page.coverage.status for page in pages))


def _crosswalks(pages: Sequence[Page]) -> Section:
    def of(page: Page) -> dict[str, Cell]:
        walks = page.crosswalks
        return _filled(
            {
                "To ICD-9-CM (GEM)": _mapped(walks.to_icd9cm),
                "From ICD-9-CM (GEM)": _mapping(walks.from_icd9cm),
                "To ICD-10-CM (GEM)": _mapped(walks.to_icd10cm),
                "From ICD-10-CM (GEM)": _mapping(walks.from_icd10cm),
                "CCSR": _cell(walks.ccsr.category, walks.ccsr.title),
                **{one.model: _cell(one.category, one.title) for one in walks.hcc.categories},
            }
        )

    walks = [page.crosswalks for page in pages]
    statuses = [
        getattr(one, field).status
        for one in walks
        for field in ("to_icd9cm", "from_icd9cm", "to_icd10cm", "from_icd10cm", "ccsr", "hcc")
        if one.HasField(field)
    ]
    return Section(
        "Crosswalks", _aligned("Crosswalks", pages, of, lambda page: page.crosswalks.availability), _sources(statuses)
    )


def _mapped(mapping: lookup.GemMapping) -> Cell:
    if mapping.no_map:
        return (Value("no equivalent"),)
    alternatives = [Value(target.code, _nearness(target.approximate)) for target in mapping.alternatives]
    scenarios = [
        Value(" + ".join(_choices(one) for one in scenario.choice_lists), f"together, scenario {scenario.scenario}")
        for scenario in mapping.scenarios
    ]
    return (*alternatives, *scenarios)


def _choices(choices: lookup.GemChoiceList) -> str:
    written = " or ".join(target.code for target in choices.targets)
    return f"({written})" if len(choices.targets) > 1 else written


def _mapping(sources: lookup.GemSources) -> Cell:
    return tuple(
        Value(one.code, "one of several codes together" if one.combination else _nearness(one.approximate))
        for one in sources.codes
    )


def _nearness(approximate: bool) -> str:
    return "approximate" if approximate else ""


def _aligned(
    title: str,
    pages: Sequence[Page],
    cells_of: Callable[[Page], Mapping[str, Cell]],
    availability: Callable[[Page], lookup.Availability.ValueType],
    form: Form = Form.PLAIN,
) -> list[Row]:
    """Return a row for each label of any page, in the order they come; what a page lacks says why.

    Where no page has anything there is one row, of the title, unless the section concerns none of the code systems.
    """
    columns = [cells_of(page) for page in pages]
    having = [availability(page) for page in pages]
    absent = [(Value(_ABSENT[one]),) for one in having]
    labels = dict.fromkeys(label for column in columns for label in column)
    if not labels and any(having):
        labels = {title: None}
    return [
        Row(label, tuple(column.get(label) or none for column, none in zip(columns, absent, strict=True)), form)
        for label in labels
    ]


def _cell(text: str, note: str = "") -> Cell:
    return (Value(text, note),) if text else ()


def _filled(cells: Mapping[str, Cell]) -> dict[str, Cell]:
    return {label: cell for label, cell in cells.items() if cell}


def _texts(cell: Cell) -> tuple[str, ...]:
    return tuple(value.text for value in cell)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _sources(statuses: Iterable[lookup.SourceStatus]) -> list[str]:
    """Return the editions that were asked, each once; of a source without one for the date, why."""
    return list(dict.fromkeys(filter(None, (one.release.name or one.missing.rstrip(".") for one in statuses))))
