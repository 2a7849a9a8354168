"""Modifiers and places of service as the contract lists them."""

from datetime import date

from codingahead.lookup.v1 import lookup_pb2 as pb

from services.lookup.codes.modifier import Modifier
from services.lookup.codes.place import Place
from services.lookup.facts.kinds import Want
from services.lookup.facts.source import Source
from services.lookup.index.modifiers import MODIFIER_CPT, MODIFIER_HCPCS
from services.lookup.index.places import ALL_PLACES, PLACES
from services.lookup.line_fields import ModifierList
from services.lookup.messages import line_fields
from tests.unit.lookup.fees_facts import answers

HCPCS = (Modifier("LT", "Left", date(1985, 1, 1)), Modifier("GY", "Excluded", None, date(2025, 12, 31)))


def listed(hcpcs: tuple[Modifier, ...], cpt: tuple[Modifier, ...] | None) -> pb.ListModifiersResponse:
    wants = [Want(kind, "any") for kind in (MODIFIER_HCPCS, MODIFIER_CPT)]
    facts = {Source.MODIFIERS_HCPCS: hcpcs[0], Source.MODIFIERS_CPT: cpt[0] if cpt else None}
    loaded = [Source.MODIFIERS_HCPCS, *([Source.MODIFIERS_CPT] if cpt else [])]
    found = answers(wants, facts, loaded)
    return line_fields.modifiers(
        [ModifierList(found.get(*wants[0]), hcpcs), ModifierList(found.get(*wants[1]), cpt or ())]
    )


def test_each_modifier_says_what_it_means_when_it_is_valid_and_whether_it_bypasses_edits() -> None:
    by_name = {one.modifier: one for one in listed(HCPCS, None).modifiers}

    assert by_name["LT"] == pb.Modifier(
        modifier="LT",
        title="Left",
        effective_from="1985-01-01",
        ncci_associated=True,
        source=pb.FACT_SOURCE_MODIFIERS_HCPCS,
    )
    assert (by_name["GY"].ncci_associated, by_name["GY"].effective_to) == (False, "2025-12-31")


def test_modifiers_that_bypass_edits_are_listed_without_their_titles_when_their_file_is_not_loaded() -> None:
    answer = listed(HCPCS, None)

    assert pb.Modifier(modifier="59", ncci_associated=True) in answer.modifiers
    assert [one.availability for one in answer.statuses] == [pb.AVAILABILITY_AVAILABLE, pb.AVAILABILITY_NOT_LOADED]
    assert [one.modifier for one in answer.modifiers] == sorted(one.modifier for one in answer.modifiers)


def test_a_modifier_of_both_lists_is_told_as_hcpcs_has_it() -> None:
    answer = listed(HCPCS, (Modifier("LT", "Another text"), Modifier("59", "A text")))

    titles = {one.modifier: (one.title, one.source) for one in answer.modifiers if one.title}
    assert titles["LT"] == ("Left", pb.FACT_SOURCE_MODIFIERS_HCPCS)
    assert titles["59"] == ("A text", pb.FACT_SOURCE_MODIFIERS_CPT)


def test_a_place_is_a_facility_or_none_or_the_list_does_not_say() -> None:
    places = (
        Place("23", "Emergency room", "", True),
        Place("11", "Office", "A room.", False),
        Place("99", "", "", None),
    )
    found = answers([Want(PLACES, ALL_PLACES)], {Source.PLACE_OF_SERVICE: places})
    answer = line_fields.places(found.get(PLACES, ALL_PLACES))

    assert [(one.code, one.HasField("facility"), one.facility) for one in answer.places] == [
        ("11", True, False),
        ("23", True, True),
        ("99", False, False),
    ]
    assert answer.places[0] == pb.PlaceOfService(code="11", name="Office", description="A room.", facility=False)


def test_no_list_of_places_is_no_data() -> None:
    answer = line_fields.places(answers([Want(PLACES, ALL_PLACES)], {}, ()).get(PLACES, ALL_PLACES))

    assert (answer.status.availability, list(answer.places)) == (pb.AVAILABILITY_NOT_LOADED, [])
    assert answer.status.missing
