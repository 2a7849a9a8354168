"""The NCCI edits of a code, as its page shows them."""

from collections.abc import Iterable
from typing import NamedTuple

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.gateway.web.sections.place import Linked, Place
from services.gateway.web.sections.sources import Stated, dates, stated
from services.gateway.words import SETTING_WORDS

SETTINGS = {
    lookup.SETTING_PRACTITIONER: "Practitioner",
    lookup.SETTING_HOSPITAL: "Outpatient hospital",
    lookup.SETTING_DME: "DME supplier",
}
MODIFIER_INDICATORS = {
    lookup.MODIFIER_INDICATOR_UNSPECIFIED: "",
    lookup.MODIFIER_INDICATOR_NOT_ALLOWED: "0: no modifier bypasses it",
    lookup.MODIFIER_INDICATOR_ALLOWED: "1: a modifier may bypass it",
    lookup.MODIFIER_INDICATOR_NOT_APPLICABLE: "9: does not apply",
}
ADJUDICATION_INDICATORS = {
    lookup.MUE_ADJUDICATION_INDICATOR_UNSPECIFIED: "",
    lookup.MUE_ADJUDICATION_INDICATOR_LINE: "1: on each claim line",
    lookup.MUE_ADJUDICATION_INDICATOR_DATE_OF_SERVICE_POLICY: "2: on the date of service, absolute by policy",
    lookup.MUE_ADJUDICATION_INDICATOR_DATE_OF_SERVICE_CLINICAL: "3: on the date of service, by clinical benchmarks",
}
# Of the types of an add-on code (NCCI add-on code edits).
_ADD_ON_TYPES = {
    1: "Its primary codes are listed.",
    2: "Contractors define its primary codes.",
    3: "Some primary codes are listed, and contractors may define more.",
}
_NO_MUE = "None is published. That is not “no limit”: some limits are confidential."
# A list of codes is folded beyond these.
_SHOWN = 40


class Edit(NamedTuple):
    """One edit, from the side of the code whose page it is on."""

    other: Linked
    indicator: str
    dates: str
    rationale: str


class Column(NamedTuple):
    """The edits in which the code stands in one column; `all` leads to them when they are not all here."""

    title: str
    meaning: str
    total: int
    edits: list[Edit]
    all: str


class Ptp(NamedTuple):
    """The edits of one setting."""

    setting: str
    source: Stated
    columns: list[Column]


class Mue(NamedTuple):
    """The medically unlikely edit of one setting; `value` is empty when there is none."""

    setting: str
    source: Stated
    value: str
    counted: str
    rationale: str


class Codes(NamedTuple):
    """A list of codes, of which the first are shown and the rest is folded."""

    first: list[Linked]
    rest: list[Linked]


class AddOn(NamedTuple):
    """The add-on rules; `type` is empty when the code is no add-on code."""

    source: Stated
    type: str
    contractor_defined: bool
    primaries: Codes
    add_ons: Codes


class Edits(NamedTuple):
    """The section."""

    ptp: list[Ptp]
    mue: list[Mue]
    add_on: AddOn


def edits(found: lookup.Edits, place: Place) -> Edits:
    """Return the section as its template shows it."""
    return Edits(
        [_ptp(one, place) for one in found.ptp], [_mue(one) for one in found.mue], _add_on(found.add_on, place)
    )


def edit(found: lookup.PtpEdit, other: str, place: Place) -> Edit:
    """Return an edit from the side of a code, whose other code is `other`."""
    return Edit(
        Linked(other, place.procedure_page(other)),
        MODIFIER_INDICATORS[found.modifier_indicator],
        dates(found.effective_from, found.effective_to),
        found.rationale,
    )


def _ptp(found: lookup.PtpSummary, place: Place) -> Ptp:
    nothing = "No edit is in force for this code."
    columns = [
        Column(
            "Column 1",
            f"The other code is not paid beside {place.code}.",
            found.column1_count,
            [edit(one, one.column2, place) for one in found.column1],
            _all(found, 1, found.column1_count > len(found.column1), place),
        ),
        Column(
            "Column 2",
            f"{place.code} is not paid beside the other code.",
            found.column2_count,
            [edit(one, one.column1, place) for one in found.column2],
            _all(found, 2, found.column2_count > len(found.column2), place),
        ),
    ]
    known = found.status.availability == lookup.AVAILABILITY_AVAILABLE
    return Ptp(SETTINGS[found.setting], stated(found.status, nothing), columns if known else [])


def _all(found: lookup.PtpSummary, column: int, has_more: bool, place: Place) -> str:
    return place.below("edits", setting=SETTING_WORDS[found.setting], column=str(column)) if has_more else ""


def _mue(found: lookup.Mue) -> Mue:
    known = found.status.availability == lookup.AVAILABILITY_AVAILABLE
    return Mue(
        SETTINGS[found.setting],
        stated(found.status, _NO_MUE),
        str(found.value) if known else "",
        ADJUDICATION_INDICATORS[found.adjudication_indicator],
        found.rationale,
    )


def _add_on(found: lookup.AddOn, place: Place) -> AddOn:
    return AddOn(
        stated(found.status, "The code is no add-on code, and no add-on code names it."),
        f"Add-on code of type {found.type}: {_ADD_ON_TYPES[found.type]}" if found.type in _ADD_ON_TYPES else "",
        found.contractor_defined,
        _codes(found.primary_codes, place),
        _codes(found.add_on_codes, place),
    )


def _codes(codes: Iterable[str], place: Place) -> Codes:
    linked = [Linked(code, place.procedure_page(code)) for code in codes]
    return Codes(linked[:_SHOWN], linked[_SHOWN:])
