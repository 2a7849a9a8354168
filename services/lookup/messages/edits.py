"""NCCI edits as messages of the contract."""

from dataclasses import replace
from datetime import date
from itertools import islice
from typing import Any

from codingahead.lookup.v1 import lookup_pb2 as pb

from services.lookup import paging
from services.lookup.answers import EditsAnswer
from services.lookup.codes.model import System
from services.lookup.edits.model import (
    AddOnHistory,
    AdjudicationIndicator,
    ModifierIndicator,
    Mue,
    PtpEdit,
    PtpEdits,
    Setting,
)
from services.lookup.facts.kinds import Answers, Found
from services.lookup.index.edits import ADD_ON, MUE, PTP1, PTP2, ptp_id
from services.lookup.messages.sources import availability, status
from services.lookup.messages.systems import SYSTEMS
from services.lookup.releases import bound
from services.runtime.errors import invalid

# How many edits of each column a page shows.
_SHOWN = 20

SETTINGS = {setting: pb.Setting.Value(f"SETTING_{setting.name}") for setting in Setting}
MODIFIER_INDICATORS = {one: pb.ModifierIndicator.Value(f"MODIFIER_INDICATOR_{one.name}") for one in ModifierIndicator}
ADJUDICATION_INDICATORS = {
    one: pb.MueAdjudicationIndicator.Value(f"MUE_ADJUDICATION_INDICATOR_{one.name}") for one in AdjudicationIndicator
}


def edits(system: System, code: str, answers: Answers, day: date) -> pb.Edits:
    """Return the section of a code on a date of service; NCCI edits CPT and HCPCS codes alone."""
    if system not in (System.CPT, System.HCPCS):
        return pb.Edits(availability=pb.AVAILABILITY_NONE)
    ptp = [
        _ptp_summary(
            setting, answers.get(PTP1[setting], ptp_id(code, 1)), answers.get(PTP2[setting], ptp_id(code, 2)), day
        )
        for setting in PTP1
    ]
    mue = [mue_of(setting, answers.get(kind, code)) for setting, kind in MUE.items()]
    add_on = _add_on(answers.get(ADD_ON, code), day)
    statuses = [*(one.status for one in ptp), *(one.status for one in mue), add_on.status]
    return pb.Edits(availability=availability(statuses), ptp=ptp, mue=mue, add_on=add_on)


def setting_of(number: int) -> Setting:
    """Return the setting that a request names, practitioner for none. Raises a refusal for another number."""
    if not number:
        return Setting.PRACTITIONER
    setting = next((setting for setting, value in SETTINGS.items() if value == number), None)
    if setting is None:
        raise invalid("setting", "expected PRACTITIONER, HOSPITAL or DME")
    return setting


def edits_answer(answer: EditsAnswer) -> pb.ListEditsResponse:
    """Return a page of the edits of a code in a column."""
    message = _listed(answer.found, answer.day, answer.start, answer.size)
    message.system, message.code = SYSTEMS[answer.system], answer.code
    end = answer.start + len(message.edits)
    if end < message.total:
        message.next_page_token = paging.encode(end, answer.bound_to)
    return message


def _listed(found: Found[PtpEdits], day: date, start: int, size: int) -> pb.ListEditsResponse:
    """Return a page of the edits of a code in a column, from the one at `start` on."""
    in_force = found.fact.in_force(day, start) if found.fact else iter(())
    total = found.fact.count(day) if found.fact else 0
    return pb.ListEditsResponse(
        status=status(_on_day(found, total > 0)), edits=map(ptp_edit, islice(in_force, size)), total=total
    )


def ptp_edit(edit: PtpEdit) -> pb.PtpEdit:
    """Return a procedure-to-procedure edit."""
    return pb.PtpEdit(
        column1=edit.column1,
        column2=edit.column2,
        effective_from=edit.effective_from.isoformat(),
        effective_to=bound(edit.effective_to),
        modifier_indicator=MODIFIER_INDICATORS[edit.indicator],
        rationale=edit.rationale,
    )


def mue_of(setting: Setting, found: Found[Mue]) -> pb.Mue:
    """Return the medically unlikely edit of a code in a setting."""
    message = pb.Mue(status=status(found), setting=SETTINGS[setting])
    if mue := found.fact:
        message.value = mue.value
        message.adjudication_indicator = ADJUDICATION_INDICATORS[mue.adjudication_indicator]
        message.rationale = mue.rationale
    return message


def mue_limit(mue: Mue, units: int) -> pb.MueLimit:
    """Return a medically unlikely edit beside the units that were counted against it."""
    return pb.MueLimit(
        value=mue.value,
        adjudication_indicator=ADJUDICATION_INDICATORS[mue.adjudication_indicator],
        units=units,
        rationale=mue.rationale,
    )


def _ptp_summary(setting: Setting, column1: Found[PtpEdits], column2: Found[PtpEdits], day: date) -> pb.PtpSummary:
    first, second = _listed(column1, day, 0, _SHOWN), _listed(column2, day, 0, _SHOWN)
    return pb.PtpSummary(
        status=status(_on_day(column1, first.total > 0), _on_day(column2, second.total > 0)),
        setting=SETTINGS[setting],
        column1_count=first.total,
        column2_count=second.total,
        column1=first.edits,
        column2=second.edits,
    )


def _add_on(found: Found[AddOnHistory], day: date) -> pb.AddOn:
    add_on = found.fact.on(day) if found.fact else None
    message = pb.AddOn(status=status(_on_day(found, add_on is not None)))
    if add_on:
        message.type = add_on.type
        message.primary_codes.extend(add_on.primaries)
        message.contractor_defined = add_on.contractor_defined
        message.add_on_codes.extend(add_on.add_ons)
    return message


def _on_day(found: Found[Any], any_on_day: bool) -> Found[Any]:
    """Return what was found with nothing in it when nothing of it applies to the date of service."""
    return found if any_on_day else replace(found, fact=None)
