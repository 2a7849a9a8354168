"""From a code to those that are valid for submission, over a real Elasticsearch and a few codes of ICD-10-CM."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from codingahead.lookup.v1 import lookup_pb2 as pb

from services.lookup.catalog.editions import EditionCatalog
from services.lookup.codes.model import Entry, Level
from services.lookup.servicer import LookupServicer
from services.lookup.store import Store
from services.runtime.errors import Kind, Refusal
from tests.integration.lookup_edition import small_edition
from tests.integration.lookup_index import opened_store, reloaded, wiped

_RADIUS = "Unspecified fracture of the lower end of {} radius"
_INTRACRANIAL = "Unspecified intracranial injury"
_DURATION = "with loss of consciousness of unspecified duration"
_STATUS = "with loss of consciousness status unknown"
_ENCOUNTERS = {"A": "initial encounter for closed fracture", "S": "sequela"}

# Code, parent, title; what is no parent is billable.
_CODES = (
    ("I10", "19", "Essential (primary) hypertension"),
    ("S06", "19", "Intracranial injury"),
    ("S06.0", "S06", "Concussion"),
    ("S06.9", "S06", _INTRACRANIAL),
    ("S06.9X", "S06.9", _INTRACRANIAL),
    ("S06.9X9", "S06.9X", f"{_INTRACRANIAL} {_DURATION}"),
    ("S06.9XA", "S06.9X", f"{_INTRACRANIAL} {_STATUS}"),
    ("S52", "19", "Fracture of forearm"),
    ("S52.2", "S52", "Fracture of shaft of ulna"),
    ("S52.5", "S52", "Fracture of lower end of radius"),
    ("S52.50", "S52.5", "Unspecified fracture of the lower end of radius"),
    *((f"S52.50{number}", "S52.50", _RADIUS.format(side)) for number, side in ((1, "right"), (2, "left"))),
    ("S52.509", "S52.50", _RADIUS.format("unspecified")),
    *(
        (f"S52.501{character}", "S52.501", f"{_RADIUS.format('right')}, {meaning}")
        for character, meaning in _ENCOUNTERS.items()
    ),
    ("S52.52", "S52.5", "Torus fracture of lower end of radius"),
)


@pytest.fixture(scope="module")
async def store(elasticsearch_url: str) -> AsyncIterator[Store]:
    parents = {parent for _, parent, _ in _CODES}
    chapter = Entry("19", Level.CHAPTER, "Injury (S00-T88)", "", 1, billable=False)
    codes = (
        Entry(code, Level.CODE, title, parent, order, billable=code not in parents)
        for order, (code, parent, title) in enumerate(_CODES, start=2)
    )
    async with opened_store(elasticsearch_url) as store:
        await wiped(store)
        await EditionCatalog(store).load(replace(small_edition(), entries=(chapter, *codes)))
        yield store


@pytest.fixture(scope="module")
async def servicer(store: Store) -> LookupServicer:
    return LookupServicer(await reloaded(store))


def asked(code: str, effective_on: str = "") -> pb.SpecifyRequest:
    return pb.SpecifyRequest(system=pb.CODE_SYSTEM_ICD10CM, code=code, effective_on=effective_on)


def shown(choice: pb.Choice) -> list[str]:
    """The labels of a choice, the chosen one in brackets, one that leaves it open with a question mark."""
    marks = [f"[{one.label}]" if one.chosen else one.label for one in choice.options]
    return [f"{mark}?" if one.unspecified else mark for mark, one in zip(marks, choice.options, strict=True)]


async def test_a_header_has_the_choices_above_it_made_and_its_own_open(servicer: LookupServicer) -> None:
    answer = await servicer.specify(asked("s52501"))

    assert (answer.entry.code, answer.entry.billable, answer.release.edition) == ("S52.501", False, "FY2026 April")
    assert [(choice.axis, choice.above.code) for choice in answer.choices] == [
        (pb.CHOICE_AXIS_DETAIL, "S52"),
        (pb.CHOICE_AXIS_DETAIL, "S52.5"),
        (pb.CHOICE_AXIS_LATERALITY, "S52.50"),
        (pb.CHOICE_AXIS_ENCOUNTER, "S52.501"),
    ]
    assert list(map(shown, answer.choices)) == [
        ["shaft of ulna", "[lower end of radius]"],
        ["[Unspecified]?", "Torus"],
        ["[right]", "left", "unspecified?"],
        ["initial encounter for closed fracture", "sequela"],
    ]
    assert [one.entry.code for one in answer.choices[-1].options] == ["S52.501A", "S52.501S"]
    assert all(one.entry.billable for one in answer.choices[-1].options)


async def test_a_billable_code_has_all_its_choices_made(servicer: LookupServicer) -> None:
    answer = await servicer.specify(asked("S52.501A"))

    assert answer.entry.billable
    assert [[one.entry.code for one in choice.options if one.chosen] for choice in answer.choices] == [
        ["S52.5"],
        ["S52.50"],
        ["S52.501"],
        ["S52.501A"],
    ]


@pytest.mark.parametrize("code", ["S06.9", "S06.9X"])
async def test_a_placeholder_is_passed_through(servicer: LookupServicer, code: str) -> None:
    answer = await servicer.specify(asked(code))

    assert [choice.above.code for choice in answer.choices] == ["S06", "S06.9X"]
    assert shown(answer.choices[1]) == [f"{_DURATION}?", _STATUS]


async def test_a_category_that_is_billable_leaves_nothing_to_choose(servicer: LookupServicer) -> None:
    answer = await servicer.specify(asked("I10"))

    assert answer.entry.billable
    assert not answer.choices


async def test_whoever_follows_any_choice_arrives_at_a_billable_code(servicer: LookupServicer) -> None:
    waiting, reached = ["S06", "S52"], set()
    while waiting:
        answer = await servicer.specify(asked(waiting.pop()))
        if answer.entry.billable:
            reached.add(answer.entry.code)
        else:
            waiting += [one.entry.code for one in answer.choices[-1].options]

    parents = {parent for _, parent, _ in _CODES}
    assert reached == {code for code, _, _ in _CODES if code not in parents} - {"I10"}


@pytest.mark.parametrize(
    ("request_", "kind", "reason"),
    [
        (asked("S52.99"), Kind.NOT_FOUND, "CODE_NOT_FOUND"),
        (asked("S52", effective_on="2020-01-01"), Kind.PRECONDITION, "NO_RELEASE_IN_FORCE"),
        (asked("wrist"), Kind.INVALID, "INVALID_ARGUMENT"),
        (pb.SpecifyRequest(system=pb.CODE_SYSTEM_ICD10PCS, code="0DT"), Kind.INVALID, "INVALID_ARGUMENT"),
    ],
)
async def test_what_cannot_be_chosen_is_refused(
    servicer: LookupServicer, request_: pb.SpecifyRequest, kind: Kind, reason: str
) -> None:
    with pytest.raises(Refusal) as caught:
        await servicer.specify(request_)

    assert (caught.value.kind, caught.value.reason) == (kind, reason)


async def test_a_system_whose_codes_are_not_chosen_is_named(servicer: LookupServicer) -> None:
    with pytest.raises(Refusal) as caught:
        await servicer.specify(pb.SpecifyRequest(system=pb.CODE_SYSTEM_HCPCS, code="J1885"))

    assert [field.field for field in caught.value.fields] == ["system"]
