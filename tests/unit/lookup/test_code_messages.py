from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TypeVar

import pytest
from codingahead.lookup.v1 import lookup_pb2 as pb
from markdown_it import MarkdownIt

from services.lookup.answers import CommonLanguageDescription, PageAnswer
from services.lookup.codes.model import Attribute, Level, System
from services.lookup.codes.page import CodePage, by_number
from services.lookup.codes.record import EntryLine
from services.lookup.facts.kinds import Answers, FactKind, Found
from services.lookup.messages import codes
from services.lookup.releases import Release, ReleaseChoice
from services.lookup.sections import Section

T = TypeVar("T")
RELEASE = Release(
    system=System.CPT,
    edition="2026",
    effective_from=date(2026, 1, 1),
    effective_to=date(2026, 12, 31),
    codes=1,
    billable_codes=1,
    loaded_at=datetime(2026, 1, 1, tzinfo=UTC),
    origin="made up",
    content="",
    codes_index="codes",
    book_index="book",
)
LINE = EntryLine(
    *("99213", Level.CODE, "Some coffee", True, False), effective_from=date(1992, 1, 1), effective_to=date(2026, 12, 31)
)
PAGE = CodePage(
    *(LINE, (), (), None, None, (), (), ()),
    short_title="COFFEE",
    attributes=(Attribute("strength", "A", "strong"),),
    common_language="Coffee for *all* & <some>",
)
SECTIONS = frozenset({Section.OFFICIAL_DESCRIPTION, Section.COMMON_LANGUAGE_DESCRIPTION})
ANSWER = PageAnswer(
    *(System.CPT, PAGE, ReleaseChoice(RELEASE, in_force=True), None),
    descriptions_loaded=True,
    sections=SECTIONS,
    facts=Answers({}),
    day=date(2026, 6, 15),
)
WRITTEN = CommonLanguageDescription("Coffee", "What is served.", "An editor", date(2026, 1, 2), "reviewed 2026-01-02")


class NoFacts(Answers):
    def get(self, kind: FactKind[T], id: str) -> Found[T]:
        return Found(kind.source, None, (), None)

    def every(self, kind: FactKind[T], id: str) -> list[Found[T]]:
        return []


def page_of(answer: PageAnswer) -> pb.GetCodePageResponse:
    return codes.page(answer, ())


def test_the_official_description_has_the_short_title_and_the_attributes() -> None:
    official = page_of(ANSWER).official_description

    assert (official.title, official.short_title) == ("Some coffee", "COFFEE")
    assert list(official.attributes) == [pb.Attribute(name="strength", value="A", meaning="strong")]


def test_an_entry_says_when_its_code_is_valid() -> None:
    entry = page_of(ANSWER).entry

    assert (entry.effective_from, entry.effective_to) == ("1992-01-01", "2026-12-31")
    assert codes.entry(System.CPT, replace(LINE, effective_from=None, effective_to=None)).effective_to == ""


def test_without_an_editors_description_that_of_the_publisher_is_shown_to_the_letter() -> None:
    common = page_of(ANSWER).common_language_description

    assert common.availability == pb.AVAILABILITY_AVAILABLE
    assert (common.author, common.edition, common.reviewed_on) == ("American Medical Association", "CPT 2026", "")
    assert MarkdownIt().render(common.text) == "<p>Coffee for *all* &amp; &lt;some&gt;</p>\n"


def test_an_editors_description_goes_before_that_of_the_publisher() -> None:
    assert page_of(replace(ANSWER, description=WRITTEN)).common_language_description.author == "An editor"


@pytest.mark.parametrize(
    ("loaded", "availability"), [(True, pb.AVAILABILITY_NONE), (False, pb.AVAILABILITY_NOT_LOADED)]
)
def test_without_either_there_is_none(loaded: bool, availability: pb.Availability.ValueType) -> None:
    answer = replace(ANSWER, page=by_number("99213"), release=None, descriptions_loaded=loaded)

    assert page_of(answer).common_language_description.availability == availability


@pytest.mark.parametrize(
    ("outermost", "printed"), [(Level.CHAPTER, pb.AVAILABILITY_NONE), (Level.CODE, pb.AVAILABILITY_NOT_LOADED)]
)
def test_the_notes_of_a_release_without_chapters_are_not_loaded(
    outermost: Level, printed: pb.Availability.ValueType
) -> None:
    above = EntryLine("1", outermost, "A title", False, True)
    answer = replace(
        ANSWER,
        system=System.ICD10CM,
        page=replace(PAGE, ancestors=(above,)),
        sections=frozenset({Section.NOTES}),
        facts=NoFacts({}),
    )

    assert page_of(answer).notes.printed == printed
