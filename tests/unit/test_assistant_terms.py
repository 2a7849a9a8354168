"""What terms of the edits and of the fee schedule mean, which is asked of no code."""

import pytest
from codingahead.lookup.v1 import lookup_pb2 as pb

from services.assistant.answer import Kind
from services.assistant.composing import compose
from services.assistant.question import Topic
from tests.unit.assistant_procedures import FakeLookup, answered, code, question

SECTIONS = {
    "I.V": "Some background.\nAn MUE is the most units of a code.",
    "I.W": "An AOC is added to another code.\nType 1 AOCs: all are listed.\nType 3 AOCs: some are listed.",
    "I.E": "A CCMI of “0” lets none bypass. A CCMI of “1” lets some.",
    "I.A": "Each edit table contains pairs of codes.",
}


def book() -> FakeLookup:
    """Return a lookup with a fee schedule in which all rows are alike, and a policy manual."""

    def passage(request: pb.GetPassageRequest) -> pb.GetPassageResponse:
        return pb.GetPassageResponse(passage=pb.Passage(id=request.id, text=SECTIONS[request.id]))

    def releases(_: pb.ListReleasesRequest) -> pb.ListReleasesResponse:
        sources = {pb.FACT_SOURCE_RVU: "MPFS RVU July 2024", pb.FACT_SOURCE_NCCI_POLICY_MANUAL: "Manual 2024"}
        return pb.ListReleasesResponse(
            sources=[
                pb.SourceRelease(source=source, name=name, effective_from="2024-07-01", effective_to="2024-12-31")
                for source, name in sources.items()
            ]
        )

    def fees(_: pb.GetFeesRequest) -> pb.GetFeesResponse:
        bilateral = pb.FeeIndicator(name="bilateral surgery", value="3", meaning="Each side in full.")
        days = pb.FeeIndicator(name="global days", value="ZZZ", meaning="Goes with another service.")
        row = pb.FeeRow(status=pb.FeeIndicator(value="B", meaning="Bundled."), indicators=[bilateral, days])
        row.conversion_factors.add(value="33.2875")
        return pb.GetFeesResponse(row=row)

    return FakeLookup(ListReleases=releases, GetFees=fees, GetPassage=passage)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("what does ZZZ mean", "**Global days ZZZ** (as of 99213): Goes with another service."),
        ("what are global days", "**Global days ZZZ**"),
        ("what does status indicator B mean", "**Status B** (as of 99213): Bundled."),
        ("status code b?", "**Status B**"),
        ("bilat indicator 3 meaning?", "**Bilateral surgery indicator 3** (as of 99213): Each side in full."),
        ("what does bilateral indicator 7 mean", "What bilateral surgery indicator 7 means is not loaded."),
        ("what's GPCI", "Payment = (work RVU × work GPCI"),
        ("define conversion factor", "The conversion factor on 2024-12-01 is $33.2875."),
        ("what is an MUE?", "> An MUE is the most units of a code."),
        ("type 3 add-on code meaning", "Type 3 AOCs: some are listed."),
        ("explain modifier indicator 0", "A CCMI of “0” lets none bypass."),
        ("what does column 1 and column 2 mean", "Each edit table contains pairs of codes."),
    ],
)
async def test_a_meaning_is_said_without_a_code(text: str, said: str) -> None:
    asked = question(Topic.UNSPECIFIED, text=text, on=None, missing="Which code?")

    assert said in (await answered(compose, asked, book())).body


async def test_of_a_type_of_add_on_codes_the_others_are_not_explained() -> None:
    asked = question(Topic.ADD_ON, text="what is a type 3 add-on code", on=None)

    assert "Type 1" not in (await answered(compose, asked, book())).body


@pytest.mark.parametrize(
    "text", ["what is the MUE", "what's the global period", "its status code?", "the column 2 code"]
)
async def test_what_a_term_is_of_a_code_that_is_not_named_is_asked_back(text: str) -> None:
    asked = question(Topic.UNSPECIFIED, text=text, on=None, missing="Which code?")

    assert (await answered(compose, asked, book())).kind is Kind.CLARIFICATION


async def test_of_a_code_it_is_not_the_meaning_that_is_asked() -> None:
    asked = question(Topic.ADD_ON, code("11111"), text="what type of add-on code is 11111", on=None)

    assert "AOC" not in (await answered(compose, asked, book())).body
