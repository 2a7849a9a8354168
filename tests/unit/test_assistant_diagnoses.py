from collections.abc import Awaitable, Callable
from datetime import date

import pytest
from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.assistant.answer import Answer, Kind, Verdict
from services.assistant.composing import (
    codes,
    compare,
    crosswalks,
    first_listed,
    hierarchy,
    history,
    notes,
    risk_adjustment,
    seventh,
    together,
    validity,
)
from services.assistant.composing.note_codes import names
from services.assistant.editions import Editions
from services.assistant.question import Aspect, Code, Dates, Question, Topic
from services.assistant.tools import Tools
from services.runtime.errors import Kind as RefusalKind
from services.runtime.errors import Refusal

CM, HCPCS, ICD9 = lookup.CODE_SYSTEM_ICD10CM, lookup.CODE_SYSTEM_HCPCS, lookup.CODE_SYSTEM_ICD9CM
TODAY = date(2026, 3, 1)
IN_FORCE = date(2026, 1, 15)
Composer = Callable[[Question, Tools], Awaitable[Answer]]
MODELS = ("CMS-HCC V28", "CMS-HCC V24", "RxHCC V08")


def on(day: date, last: date | None = None) -> Dates:
    return Dates(day, last or day, day.isoformat())


def excludes1(code: str, text: str) -> lookup.NoteGroup:
    note = lookup.Note(kind=lookup.NOTE_KIND_EXCLUDES1, text=text)
    return lookup.NoteGroup(entry=entry(code), notes=[note])


def entry(code: str, title: str = "", **fields: object) -> lookup.Entry:
    system = HCPCS if code[1:].isdigit() and len(code) == 5 else CM
    fields = {"billable": True, "level": lookup.LEVEL_CODE, "system": system} | fields
    return lookup.Entry(code=code, title=title or f"Title of {code}", **fields)  # type: ignore[arg-type]


class FakeLookup:
    """Two years of ICD-10-CM, three quarters of HCPCS, GEMs, and condition categories of payment year 2026."""

    def __init__(self) -> None:
        self.entries: dict[str, list[lookup.Entry]] = {"FY2026": [], "FY2017": [], "January 2026": [], "April 2026": []}
        self.pages: dict[str, lookup.GetCodePageResponse] = {}
        self.releases = RELEASES
        self.unprinted = ""
        self.passages: dict[str, str] = {}

    def has(self, *entries: lookup.Entry, edition: str = "FY2026") -> None:
        self.entries[edition] += entries

    def edition(self, system: int, day: str) -> str:
        for release in self.releases:
            if release.system == system and release.effective_from <= day <= release.effective_to:
                return release.edition
        raise Refusal(RefusalKind.PRECONDITION, "NO_RELEASE_IN_FORCE", f"no release covers {day}")

    def entry(self, system: int, code: str, day: str) -> lookup.Entry | None:
        found = self.entries[self.edition(system, day)]
        return next((one for one in found if one.code.replace(".", "") == code.replace(".", "")), None)

    async def ListReleases(self, _: lookup.ListReleasesRequest) -> lookup.ListReleasesResponse:  # noqa: N802
        return lookup.ListReleasesResponse(releases=self.releases, sources=SOURCES)

    async def BatchGetCodes(self, request: lookup.BatchGetCodesRequest) -> lookup.BatchGetCodesResponse:  # noqa: N802
        answer = lookup.BatchGetCodesResponse()
        for code in request.codes:
            result = answer.results.add(asked=code)
            if request.system == ICD9:
                result.entry.CopyFrom(lookup.Entry(system=ICD9, code=code, number_only=True))
            elif found := self.entry(request.system, code, request.effective_on):
                result.entry.CopyFrom(found)
        return answer

    async def GetCode(self, request: lookup.GetCodeRequest) -> lookup.GetCodeResponse:  # noqa: N802
        if self.entry(request.system, request.code, request.effective_on):
            return lookup.GetCodeResponse(ancestors=self.pages[request.code].ancestors)
        raise Refusal(RefusalKind.NOT_FOUND, "CODE_NOT_FOUND", f"{request.code} is not in the release")

    async def GetCodePage(self, request: lookup.GetCodePageRequest) -> lookup.GetCodePageResponse:  # noqa: N802
        page = lookup.GetCodePageResponse()
        page.CopyFrom(self.pages.get(request.code, page))
        if request.system != ICD9 and (found := self.entry(request.system, request.code, request.effective_on)):
            page.entry.CopyFrom(found)
            if self.edition(request.system, request.effective_on) == self.unprinted:
                page.notes.CopyFrom(lookup.Notes(printed=lookup.AVAILABILITY_NOT_LOADED))
        return page

    async def GetPassage(self, request: lookup.GetPassageRequest) -> lookup.GetPassageResponse:  # noqa: N802
        return lookup.GetPassageResponse(passage=lookup.Passage(id=request.id, text=self.passages.get(request.id, "")))

    async def Search(self, request: lookup.SearchRequest) -> lookup.SearchResponse:  # noqa: N802
        count = lookup.FacetValue(value="true", count=7)
        return lookup.SearchResponse(facets=[lookup.Facet(field="billable", values=[count])])

    async def Browse(self, request: lookup.BrowseRequest) -> lookup.BrowseResponse:  # noqa: N802
        if request.HasField("range"):
            found = self.entries[self.edition(request.system, request.effective_on)]
            first, last = request.range.first, request.range.last
            return lookup.BrowseResponse(entries=[one for one in found if first <= one.code[: len(last)] <= last])
        if request.under == "I10-I16":
            raise Refusal(RefusalKind.NOT_FOUND, "ENTRY_NOT_FOUND", "no such entry")
        section = entry(request.under, "Tuberculosis", level=lookup.LEVEL_SECTION, billable=False)
        return lookup.BrowseResponse(entry=section, entries=[entry("A15", billable=False)])

    async def Specify(self, request: lookup.SpecifyRequest) -> lookup.SpecifyResponse:  # noqa: N802
        return lookup.SpecifyResponse(entry=entry(request.code))


def release(system: "lookup.CodeSystem.ValueType", edition: str, first: str, last: str) -> lookup.Release:
    return lookup.Release(system=system, edition=edition, effective_from=first, effective_to=last)


def source(kind: "lookup.FactSource.ValueType", name: str, first: str, last: str) -> lookup.SourceRelease:
    return lookup.SourceRelease(source=kind, name=name, effective_from=first, effective_to=last)


RELEASES = [
    release(CM, "FY2026", "2025-10-01", "2026-09-30"),
    release(CM, "FY2017", "2016-10-01", "2017-09-30"),
    release(HCPCS, "April 2026", "2026-04-01", "2026-06-30"),
    release(HCPCS, "January 2026", "2026-01-01", "2026-03-31"),
]
SOURCES = [
    source(lookup.FACT_SOURCE_CMS_HCC, "CMS-HCC PY2026", "2025-01-01", "2025-12-31"),
    source(lookup.FACT_SOURCE_ICD10CM_GUIDELINES, "ICD-10-CM Guidelines FY2026", "2025-10-01", "2026-09-30"),
]


@pytest.fixture
def book() -> FakeLookup:
    return FakeLookup()


async def ask(book: FakeLookup, compose: Composer, *named: str, **fields: object) -> Answer:
    editions = Editions(book)  # type: ignore[arg-type]
    await editions.refresh()
    tools = Tools(book, editions, TODAY, lambda _: None)  # type: ignore[arg-type]
    of = tuple(
        Code(code, (ICD9 if code[0].isdigit() else HCPCS if len(code) == 5 and "." not in code else CM,))
        for code in named
    )
    question = Question(**{"text": "", "topic": Topic.CODE, "codes": of, "binary": True} | fields)  # type: ignore[arg-type]
    return await compose(question, tools)


async def may_be_first(question: Question, tools: Tools) -> Answer:
    answer = await first_listed.first_listed(question, tools)
    assert answer
    return answer


class TestValidity:
    async def test_a_header_exists_and_is_not_valid_for_submission(self, book: FakeLookup) -> None:
        book.has(entry("E11", billable=False, has_children=True), entry("E11.9"))
        book.pages["E11"] = lookup.GetCodePageResponse(children=[entry("E11.9")])
        answer = await ask(book, validity.valid_on, "E11", dates=on(IN_FORCE))
        assert answer.verdict is Verdict.NO
        assert "exists on 2026-01-15" in answer.body
        assert "7 billable codes below it" in answer.body
        assert "E11.9" in answer.body

    async def test_a_date_that_no_release_covers_is_no_data_and_names_what_is_loaded(self, book: FakeLookup) -> None:
        book.has(entry("E11.9"))
        answer = await ask(book, validity.valid_on, "E11.9", dates=on(date(2021, 3, 1)))
        assert answer.verdict is Verdict.NO_DATA
        assert "ICD-10-CM FY2026 (2025-10-01 to 2026-09-30)" in answer.body

    async def test_of_a_date_that_no_release_covers_it_is_said_when_the_code_came(self, book: FakeLookup) -> None:
        book.has(entry("E11.A"))
        came = lookup.HistoryEvent(
            action=lookup.HISTORY_ACTION_ADDED, effective_from="2025-10-01", source="the addenda"
        )
        book.pages["E11.A"] = lookup.GetCodePageResponse(history=lookup.History(events=[came]))
        answer = await ask(book, validity.valid_on, "E11.A", dates=on(date(2025, 9, 15)))
        assert answer.verdict is Verdict.NO_DATA
        assert "Came on 2025-10-01 (the addenda)" in answer.body
        assert [one.name for one in answer.sources] == ["the addenda"]

    async def test_whether_a_header_exists_is_not_whether_it_is_valid(self, book: FakeLookup) -> None:
        book.has(entry("R10.8A", billable=False, has_children=True))
        text = "does R10.8A exist in January 2026"
        assert (await ask(book, validity.valid_on, "R10.8A", text=text, dates=on(IN_FORCE))).verdict is Verdict.YES

    async def test_a_later_release_tells_that_a_code_had_ended(self, book: FakeLookup) -> None:
        book.has(entry("C9088"), edition="January 2026")
        book.has(entry("C9088", effective_to="2025-12-31"), edition="April 2026")
        answer = await ask(book, validity.valid_on, "C9088", dates=on(IN_FORCE))
        assert answer.verdict is Verdict.NO
        assert "ended on 2025-12-31" in answer.body
        assert {one.name for one in answer.sources} == {"HCPCS January 2026", "HCPCS April 2026"}

    async def test_an_end_after_the_date_of_service_changes_nothing(self, book: FakeLookup) -> None:
        book.has(entry("C9088"), edition="January 2026")
        book.has(entry("C9088", effective_to="2026-03-31"), edition="April 2026")
        assert (await ask(book, validity.valid_on, "C9088", dates=on(IN_FORCE))).verdict is Verdict.YES

    async def test_a_code_of_dentists_is_no_diagnosis(self, book: FakeLookup) -> None:
        book.has(entry("C9088"), edition="April 2026")
        answer = await ask(book, validity.valid_on, "D0120", dates=on(IN_FORCE))
        assert "the form of a dental code (CDT)" in answer.body

    async def test_a_code_that_has_not_begun_is_found_in_the_release_that_has_it(self, book: FakeLookup) -> None:
        book.has(entry("E11.A"))
        answer = await ask(book, validity.valid_on, "E11.A", dates=on(date(2017, 1, 1)))
        assert answer.verdict is Verdict.NO
        assert "not in ICD-10-CM FY2017" in answer.body
        assert "ICD-10-CM FY2026 (2025-10-01 to 2026-09-30) has it" in answer.body

    async def test_today_is_answered_as_what_names_no_date(self, book: FakeLookup) -> None:
        book.releases = RELEASES[1:]
        book.has(entry("I10"), edition="FY2017")
        answer = await ask(book, codes.billable, "I10", dates=on(TODAY))
        assert answer.verdict is Verdict.YES
        assert "as of 2017-09-30" in answer.body

    async def test_of_several_codes_the_worst_decides(self, book: FakeLookup) -> None:
        book.has(entry("I10"), entry("E11", billable=False, has_children=True))
        assert (await ask(book, codes.billable, "I10", "E11")).verdict is Verdict.NO
        assert (await ask(book, codes.billable, "I10")).verdict is Verdict.YES


class TestUnknownCodes:
    async def test_the_placeholder_that_is_missing_is_put_in(self, book: FakeLookup) -> None:
        book.has(entry("S01.01"), entry("S01.01XA"))
        answer = await ask(book, codes.billable, "S01.01A")
        assert answer.verdict is Verdict.NO
        assert "placeholder X it is **S01.01XA**" in answer.body

    @pytest.mark.parametrize(
        ("code", "said"),
        [("W19XXA", "with the placeholder X it is **W19.XXXA**"), ("W19.XX", "nearest code is **W19**")],
    )
    async def test_what_lacks_only_its_last_characters_is_told_the_seventh_ones(
        self, book: FakeLookup, code: str, said: str
    ) -> None:
        book.has(entry("W19", billable=False), entry("W19.XXXA"), entry("W19.XXXD"))
        meanings = {"A": "initial encounter", "D": "subsequent encounter", "S": "sequela"}
        notes_page = page_with()
        for character, meaning in meanings.items():
            notes_page.notes.seventh_characters.add(character=character, meaning=meaning)
        book.pages |= {"W19": notes_page, "W19.XXXA": notes_page}
        answer = await ask(book, seventh.seventh_character, code)
        assert answer.verdict is Verdict.NO
        assert said in answer.body
        assert "A, initial encounter (W19.XXXA); D, subsequent encounter (W19.XXXD)." in answer.body
        assert "W19.XXXS" not in answer.body


class TestCharacters:
    @pytest.mark.parametrize(
        ("text", "verdict"),
        [
            ("does S30.11 need a seventh character", Verdict.YES),
            ("does S30.11 go out without the letter", Verdict.NO),
            ("is S30.11 the one with the letter", None),
            ("is 7th character A ok on S30.11", Verdict.YES),
            ("can I use B as the 7th character of S30.11", Verdict.NO),
        ],
    )
    async def test_the_verdict_follows_which_way_it_is_asked(
        self, book: FakeLookup, text: str, verdict: Verdict | None
    ) -> None:
        book.has(entry("S30.11", billable=False), entry("S30.11XA"))
        page = page_with()
        page.notes.seventh_characters.add(character="A", meaning="initial encounter")
        book.pages["S30.11"] = page
        assert (await ask(book, seventh.seventh_character, "S30.11", text=text)).verdict is verdict

    async def test_words_that_only_ask_describe_no_character(self, book: FakeLookup) -> None:
        book.has(entry("M80.051", billable=False), entry("M80.051A"), entry("M80.051G"))
        page = page_with()
        page.notes.seventh_characters.add(character="A", meaning="initial encounter for fracture")
        page.notes.seventh_characters.add(character="G", meaning="subsequent encounter with delayed healing")
        book.pages["M80.051"] = page
        for phrase, said in (("what characters go with", False), ("with delayed healing", True)):
            answer = await ask(book, seventh.seventh_character, "M80.051", phrase=phrase, binary=False)
            assert ("For \u201c" in answer.body) is said

    async def test_what_lacks_its_seventh_character_needs_one(self, book: FakeLookup) -> None:
        book.has(entry("M84.38", billable=False), entry("M84.38XA"))
        page = page_with()
        page.notes.seventh_characters.add(character="A", meaning="initial encounter")
        book.pages["M84.38"] = page
        answer = await ask(book, seventh.seventh_character, "M84.38X", text="does M84.38X need a 7th character")
        assert answer.verdict is Verdict.YES

    async def test_a_case_that_is_told_has_no_verdict(self, book: FakeLookup) -> None:
        book.has(entry("S30.11XA"), entry("S30.11XD"))
        page = page_with()
        page.notes.seventh_characters.add(character="A", meaning="initial encounter")
        page.notes.seventh_characters.add(character="D", meaning="subsequent encounter")
        book.pages["S30.11XA"] = page
        text = "and if it is subsequent?"
        answer = await ask(book, seventh.seventh_character, "S30.11XA", text=text, phrase="subsequent")
        assert answer.verdict is None
        assert "S30.11XD" in answer.body

    async def test_codes_below_that_take_other_characters_are_told(self, book: FakeLookup) -> None:
        book.has(entry("S52.5", billable=False, has_children=True))
        pages = {code: page_with() for code in ("S52.5", "S52.52")}
        for code, character in (("S52.5", "A"), ("S52.5", "B"), ("S52.52", "A")):
            pages[code].notes.seventh_characters.add(character=character, meaning="some encounter")
        pages["S52.5"].children.add().CopyFrom(entry("S52.52", "Torus fracture"))
        book.pages |= pages
        book.has(entry("S52.52", "Torus fracture", billable=False))
        answer = await ask(book, seventh.seventh_character, "S52.5", binary=False)
        assert "- **S52.52** Torus fracture: A" in answer.body


class TestHierarchy:
    def below(self, book: FakeLookup) -> None:
        titles = {"G81.93": "affecting right nondominant side", "G81.94": "affecting left nondominant side"}
        children = [entry(code, title) for code, title in titles.items()]
        book.has(entry("G81.9", billable=False, has_children=True), *children)
        book.pages["G81.9"] = lookup.GetCodePageResponse(children=children)
        book.pages["G81.93"] = lookup.GetCodePageResponse(ancestors=[entry("G81"), entry("G81.9", "Hemiplegia")])

    async def test_of_the_codes_below_the_one_that_words_describe_comes_first(self, book: FakeLookup) -> None:
        self.below(book)
        answer = await ask(
            book, hierarchy.around, "G81.9", aspects=frozenset({Aspect.CHILDREN}), phrase="the left one", binary=False
        )
        assert answer.body.startswith("For “left”: **G81.94**")
        assert [one.code for one in answer.codes] == ["G81.94", "G81.9", "G81.93"]

    async def test_siblings_are_the_others_below_the_same_code(self, book: FakeLookup) -> None:
        self.below(book)
        answer = await ask(book, hierarchy.around, "G81.93", aspects=frozenset({Aspect.SIBLINGS}), binary=False)
        assert "**G81.94**" in answer.body
        assert "- **G81.93**" not in answer.body

    async def test_which_of_two_codes_it_stands_below_is_no_question_of_yes_or_no(self, book: FakeLookup) -> None:
        self.below(book)
        book.has(entry("G81.1", billable=False, has_children=True))
        answer = await ask(book, hierarchy.around, "G81.93", "G81.1", "G81.9", binary=True)
        assert "stands below **G81.9**" in answer.body
        assert "not below **G81.1**" in answer.body
        assert answer.verdict is None

    async def test_a_section_is_named_by_its_range(self, book: FakeLookup) -> None:
        answer = await ask(book, hierarchy.around, "A15-A19", binary=False)
        assert answer.body.startswith("Section A15-A19, Tuberculosis holds 1 category")
        assert [one.code for one in answer.codes] == ["A15"]

    async def test_a_range_that_is_no_section_is_placed_by_its_first_code(self, book: FakeLookup) -> None:
        above = entry("I10-I1A", "Hypertensive diseases", level=lookup.LEVEL_SECTION, billable=False)
        book.has(entry("I10"))
        book.pages["I10"] = lookup.GetCodePageResponse(ancestors=[above])
        answer = await ask(book, hierarchy.around, "I10-I16", binary=False)
        assert "**I10-I16** is no section" in answer.body
        assert "Section I10-I1A, Hypertensive diseases" in answer.body

    @pytest.mark.parametrize(("span", "verdict"), [("G80-G83", Verdict.YES), ("G84-G99", Verdict.NO)])
    async def test_whether_a_code_is_within_a_range(self, book: FakeLookup, span: str, verdict: Verdict) -> None:
        self.below(book)
        assert (await ask(book, hierarchy.around, "G81.93", span)).verdict is verdict

    async def test_a_chapter_is_named_by_its_number(self, book: FakeLookup) -> None:
        answer = await ask(book, hierarchy.around, text="chapter 20 covers what range")
        assert "Tuberculosis" in answer.body

    async def test_billable_codes_of_every_level_below(self, book: FakeLookup) -> None:
        self.below(book)
        aspects = frozenset({Aspect.CHILDREN, Aspect.DESCENDANTS})
        answer = await ask(book, hierarchy.around, "G81.9", aspects=aspects, binary=False)
        assert "these 2 codes are billable" in answer.body

    async def test_what_is_more_specific_than_a_code_with_none_below_stands_beside_it(self, book: FakeLookup) -> None:
        self.below(book)
        aspects = frozenset({Aspect.CHILDREN})
        answer = await ask(book, hierarchy.around, "G81.93", aspects=aspects, text="more specific than G81.93?")
        assert answer.verdict is None
        assert "- **G81.94**" in answer.body

    @pytest.mark.parametrize(("other", "verdict"), [("G81.94", Verdict.YES), ("I10", Verdict.NO)])
    async def test_whether_codes_share_what_is_above_them(self, book: FakeLookup, other: str, verdict: Verdict) -> None:
        self.below(book)
        book.has(entry("I10"))
        book.pages["G81.94"] = book.pages["G81.93"]
        book.pages["I10"] = lookup.GetCodePageResponse(ancestors=[entry("I10-I1A", level=lookup.LEVEL_SECTION)])
        aspects = frozenset({Aspect.PARENT})
        answer = await ask(
            book, hierarchy.around, "G81.93", other, aspects=aspects, text="do they have the same parent"
        )
        assert answer.verdict is verdict


class TestWhatACodeIs:
    @pytest.mark.parametrize(
        ("code", "text", "verdict"),
        [
            ("E11.9", "is E11.9 a header code?", Verdict.NO),
            ("E11", "is E11 a header", Verdict.YES),
            ("E11", "E11: header or billable code?", Verdict.NO),
        ],
    )
    async def test_asked_whether_it_is_a_header_the_verdict_is_on_that(
        self, book: FakeLookup, code: str, text: str, verdict: Verdict
    ) -> None:
        book.has(entry("E11", billable=False, has_children=True), entry("E11.9"))
        book.pages["E11"] = lookup.GetCodePageResponse(children=[entry("E11.9")])
        assert (await ask(book, codes.billable, code, text=text)).verdict is verdict

    @pytest.mark.parametrize(
        ("text", "verdict"),
        [("is J0585 an ICD-10 code", Verdict.NO), ("is J0585 a HCPCS code", Verdict.YES), ("HCPCS or ICD-10?", None)],
    )
    async def test_asked_of_which_system_it_is_the_verdict_is_on_that(
        self, book: FakeLookup, text: str, verdict: Verdict | None
    ) -> None:
        book.has(entry("J0585"), edition="January 2026")
        systems = (CM,) if "ICD" in text else (HCPCS,)
        answer = await ask(book, codes.describe, "J0585", text=text, systems=systems, dates=on(IN_FORCE))
        assert answer.verdict is verdict

    async def test_words_that_nothing_is_found_for_have_no_verdict(self, book: FakeLookup) -> None:
        book.has(entry("Z79.4"))
        assert (await ask(book, codes.describe, "Z79.4", phrase="exempt list")).verdict is None


class TestFirstListed:
    @pytest.fixture(autouse=True)
    def rules(self, book: FakeLookup) -> None:
        book.passages = {
            "I.C.1.d.3": "A code from subcategory R65.2 can never be assigned as a principal diagnosis.",
            "I.C.20.a.6": "An external cause code can never be a principal (first-listed) diagnosis.",
            "I.C.21.c.15": "They may only be first:\nZ00 General examination\nExcept: Z00.6\nZ51.1- Chemotherapy",
        }

    @pytest.mark.parametrize(
        ("code", "verdict", "said"),
        [
            ("R65.20", Verdict.NO, "“A code from subcategory R65.2 can never"),
            ("W01.0XXA", Verdict.NO, "An external cause code can never be"),
            ("Z51.11", Verdict.YES, "Z51.1- Chemotherapy"),
            ("Z00.6", None, "no note at it rules it out"),
            ("I10", None, "no note at it rules it out"),
        ],
    )
    async def test_the_guideline_about_a_code_decides_and_is_quoted(
        self, book: FakeLookup, code: str, verdict: Verdict | None, said: str
    ) -> None:
        book.has(entry(code))
        answer = await ask(book, may_be_first, code)
        assert answer.verdict is verdict
        assert said in answer.body

    @pytest.mark.parametrize(
        ("title", "kind", "text", "verdict"),
        [
            ("Dementia in other diseases classified elsewhere", lookup.NOTE_KIND_CODE_FIRST, "it (G30.-)", Verdict.NO),
            ("Heart failure", lookup.NOTE_KIND_CODE_FIRST, "heart failure due to hypertension (I11.0)", None),
            ("E. coli", lookup.NOTE_KIND_NOTE, "are provided for use as supplementary or additional codes", Verdict.NO),
            ("Goiter", lookup.NOTE_KIND_NOTE, "codes may be used as additional codes", None),
        ],
    )
    async def test_so_do_the_title_and_the_notes(
        self, book: FakeLookup, title: str, kind: lookup.NoteKind.ValueType, text: str, verdict: Verdict | None
    ) -> None:
        book.has(entry("F02.80", title))
        group = excludes1("F02", text)
        group.notes[0].kind = kind
        book.pages["F02.80"] = page_with(group)
        answer = await ask(book, may_be_first, "F02.80")
        assert answer.verdict is verdict
        assert text in answer.body or verdict is None

    async def test_of_two_the_one_that_may_not_be_first_tells_the_order(self, book: FakeLookup) -> None:
        book.has(entry("R65.21"), entry("A41.51"))
        order = frozenset({Aspect.CODE_FIRST})
        answer = await ask(book, together.diagnoses, "R65.21", "A41.51", aspects=order, binary=False)
        assert "R65.21 may not be first-listed: “A code from subcategory R65.2" in answer.body


class TestDiagnosesTogether:
    @pytest.mark.parametrize("order", [("E10.9", "E11.9"), ("E11.9", "E10.9")])
    async def test_an_excludes1_note_of_either_fails(self, book: FakeLookup, order: tuple[str, str]) -> None:
        book.has(entry("E10.9"), entry("E11.9"))
        book.pages["E11.9"] = page_with(excludes1("E11", "type 1 diabetes mellitus (E10.-)"))
        answer = await ask(book, together.diagnoses, *order)
        assert answer.verdict is Verdict.FAIL
        assert "Excludes1 at E11" in answer.body
        assert "ICD-10-CM Guidelines FY2026 Section I.A.12.a" in [one.name for one in answer.sources]

    async def test_a_note_that_names_the_code_it_governs_tells_apart_what_is_below(self, book: FakeLookup) -> None:
        book.has(entry("I60.01"), entry("I60.02"))
        book.pages["I60.01"] = page_with(excludes1("I60", "hemorrhage (I60.-)"))
        assert (await ask(book, together.diagnoses, "I60.01", "I60.02")).verdict is Verdict.PASS

    async def test_excludes2_passes_and_is_told(self, book: FakeLookup) -> None:
        book.has(entry("R51.9"), entry("G43.909"))
        group = excludes1("R51", "migraine (G43-G44)")
        group.notes[0].kind = lookup.NOTE_KIND_EXCLUDES2
        book.pages["R51.9"] = page_with(group)
        answer = await ask(book, together.diagnoses, "R51.9", "G43.909")
        assert answer.verdict is Verdict.PASS
        assert "Excludes2 at R51" in answer.body

    async def test_the_order_is_said_first_and_is_no_verdict(self, book: FakeLookup) -> None:
        book.has(entry("G30.9"), entry("F02.80"))
        group = excludes1("F02", "Alzheimer's disease (G30.-)")
        group.notes[0].kind = lookup.NOTE_KIND_CODE_FIRST
        book.pages["F02.80"] = page_with(group)
        order = frozenset({Aspect.CODE_FIRST})
        answer = await ask(book, together.diagnoses, "G30.9", "F02.80", aspects=order, binary=False)
        assert answer.verdict is None
        assert "G30.9 goes before F02.80 (Code first at F02" in answer.body.split("\n\n")[1]

    async def test_one_diagnosis_is_asked_for_the_other(self, book: FakeLookup) -> None:
        answer = await ask(book, together.diagnoses, "E11.9")
        assert answer.kind is Kind.CLARIFICATION
        assert answer.body.endswith("?")

    @pytest.mark.parametrize(
        ("text", "code", "named"),
        [
            ("type 1 diabetes (E10.-)", "E10.9", True),
            ("type 1 diabetes (E10.-)", "E11.9", False),
            ("diabetes (E08-E13)", "E11.9", True),
            ("diabetes (E08-E13)", "E14.9", False),
            ("amyotrophy (E08-E13 with .44)", "E11.44", True),
            ("amyotrophy (E08-E13 with .44)", "E11.43", False),
            ("angiopathy (E08-E13 with .51-.52)", "E11.52", True),
            ("angiopathy (E08-E13 with .51-.52)", "E11.53", False),
            ("meningitis (B27.- with fifth character 2)", "B27.02", True),
            ("meningitis (B27.- with fifth character 2)", "B27.01", False),
            ("poisoning (T36-T65 with fifth or sixth character 1-4 or 6)", "T36.0X6A", True),
            ("poisoning (T36-T65 with fifth or sixth character 1-4 or 6)", "T36.0X5A", False),
            ("stuttering (I69. with final characters -23)", "I69.023", True),
            ("acidosis - see categories E08-E10, E13 with ketoacidosis", "E10.10", False),
            ("sepsis (A40.0, A41.02)", "A41.02", True),
        ],
    )
    def test_codes_that_a_note_names(self, text: str, code: str, named: bool) -> None:
        assert names(text, code) is named


class TestNotes:
    async def test_whether_a_phrase_is_excluded(self, book: FakeLookup) -> None:
        book.has(entry("E11"))
        book.pages["E11"] = page_with(excludes1("E11", "gestational diabetes (O24.4-)"))
        assert (await ask(book, notes.notes_of, "E11", phrase="gestational diabetes")).verdict is Verdict.YES
        excluded = await ask(
            book, notes.notes_of, "E11", phrase="steroid induced", aspects=frozenset({Aspect.EXCLUDES1})
        )
        assert excluded.verdict is Verdict.NO

    async def test_that_no_note_names_a_condition_decides_nothing_else(self, book: FakeLookup) -> None:
        book.has(entry("T31"))
        book.pages["T31"] = page_with(excludes1("T31", "sunburn (L55.-)"))
        assert (await ask(book, notes.notes_of, "T31", phrase="burn of the body surface")).verdict is None

    async def test_a_code_that_a_note_names_and_the_release_does_not_have_is_left_out(self, book: FakeLookup) -> None:
        book.has(entry("F02"), entry("G10"))
        book.pages["F02"] = page_with(excludes1("F02", "disorders (G31.90), Huntington's disease (G10), (A00-B99)"))
        answer = await ask(book, notes.notes_of, "F02")
        assert "G31.90" not in answer.body
        assert "ICD-10-CM FY2026 does not have), Huntington's disease (G10), (A00-B99)" in answer.body

    async def test_whether_one_code_calls_for_another_is_told_by_its_notes(self, book: FakeLookup) -> None:
        book.has(entry("E11.9"), entry("Z79.4"))
        group = excludes1("E11", "insulin (Z79.4)")
        group.notes[0].kind = lookup.NOTE_KIND_USE_ADDITIONAL_CODE
        book.pages["E11.9"] = page_with(group)
        answer = await ask(book, notes.notes_of, "Z79.4", "E11.9", text="is Z79.4 a must with E11.9?")
        assert answer.verdict is Verdict.YES
        assert "Use additional code of E11.9, at E11" in answer.body

    async def test_whether_a_code_is_in_the_notes_is_told_by_all_of_them(self, book: FakeLookup) -> None:
        book.has(entry("E13"), entry("Z79.4"))
        group = excludes1("E13", "insulin (Z79.4)")
        group.notes[0].kind = lookup.NOTE_KIND_USE_ADDITIONAL_CODE
        book.pages["E13"] = page_with(group)
        answer = await ask(book, notes.notes_of, "Z79.4", "E13", text="is Z79.4 mentioned in the notes at E13?")
        assert answer.verdict is Verdict.YES

    async def test_the_notes_of_a_section_are_those_printed_at_it(self, book: FakeLookup) -> None:
        book.has(entry("K50"))
        section = entry("K50-K52", "Enteritis", level=lookup.LEVEL_SECTION, billable=False)
        at_section = excludes1("K50-K52", "megacolon (K59.3-)")
        at_section.entry.CopyFrom(section)
        book.pages["K50"] = page_with(excludes1("K50", "ulcerative colitis (K51.-)"), at_section)
        book.pages["K50"].ancestors.append(section)
        answer = await ask(book, notes.notes_of, "K50-K52", binary=False)
        assert "megacolon" in answer.body
        assert "ulcerative colitis" not in answer.body

    async def test_of_a_header_the_codes_below_it_that_a_note_names_are_told(self, book: FakeLookup) -> None:
        book.has(entry("I12.0"), entry("N18", billable=False), entry("N18.5"), entry("N18.6"))
        group = excludes1("I12.0", "code to identify the stage (N18.5, N18.6)")
        group.notes[0].kind = lookup.NOTE_KIND_USE_ADDITIONAL_CODE
        book.pages["I12.0"] = page_with(group)
        answer = await ask(book, notes.notes_of, "I12.0", "N18", binary=False)
        assert "(N18.5, N18.6)" in answer.body


class TestNotesOfAReleaseWithoutItsTabularList:
    @pytest.fixture(autouse=True)
    def order_file(self, book: FakeLookup) -> None:
        book.unprinted = "FY2026"
        book.has(entry("E10.9"), entry("E11.9"))
        book.pages["E11.9"] = page_with(excludes1("E11", "type 1 diabetes mellitus (E10.-)"))
        book.pages["E11.9"].notes.seventh_characters.add(character="A", meaning="initial encounter")

    @pytest.mark.parametrize(
        ("compose", "codes", "verdict"),
        [
            (together.diagnoses, ("E11.9", "E10.9"), Verdict.FAIL),
            (notes.notes_of, ("E11.9", "E10.9"), Verdict.YES),
            (seventh.seventh_character, ("E11.9",), None),
        ],
    )
    async def test_those_of_the_next_release_of_the_fiscal_year_are_told_as_such(
        self, book: FakeLookup, compose: Composer, codes: tuple[str, ...], verdict: Verdict | None
    ) -> None:
        book.releases = [release(CM, "FY2026 April", "2026-04-01", "2026-09-30"), *RELEASES]
        book.entries["FY2026 April"] = book.entries["FY2026"]
        answer = await ask(book, compose, *codes, dates=on(IN_FORCE))
        assert answer.verdict is verdict
        assert "ICD-10-CM FY2026, the release for that date, was loaded without its tabular list" in answer.body
        assert "ICD-10-CM FY2026 April" in [one.name for one in answer.sources]

    @pytest.mark.parametrize("compose", [together.diagnoses, notes.notes_of, seventh.seventh_character])
    async def test_where_none_has_it_nothing_is_known(self, book: FakeLookup, compose: Composer) -> None:
        answer = await ask(book, compose, "E11.9", "E10.9", dates=on(IN_FORCE))
        assert answer.verdict is Verdict.NO_DATA
        assert "was loaded without its tabular list" in answer.body


class TestHistory:
    async def test_taking_the_place_of_a_code_is_not_being_replaced(self, book: FakeLookup) -> None:
        book.has(entry("E11.A"))
        came = lookup.HistoryEvent(
            action=lookup.HISTORY_ACTION_REPLACED, effective_from="2025-10-01", replaces=["E11.9"], source="table"
        )
        known = lookup.History(availability=lookup.AVAILABILITY_AVAILABLE, events=[came])
        book.pages["E11.A"] = lookup.GetCodePageResponse(history=known)
        answer = await ask(book, history.history_of, "E11.A", text="was E11.A replaced?")
        assert answer.verdict is Verdict.NO
        assert "before, E11.9 was used" in answer.body

    @pytest.fixture
    def remission(self, book: FakeLookup) -> None:
        header = entry("E11", billable=False, has_children=True)
        book.has(header, entry("E11.9"), entry("E11.A"))
        book.has(header, entry("E11.9"), edition="FY2017")
        added = lookup.HistoryEvent(
            action=lookup.HISTORY_ACTION_ADDED, effective_from="2025-10-01", source="the addenda"
        )
        known = lookup.History(availability=lookup.AVAILABILITY_AVAILABLE, events=[added])
        book.pages["E11.A"] = lookup.GetCodePageResponse(history=known)

    @pytest.mark.usefixtures("remission")
    @pytest.mark.parametrize(
        ("codes", "text"),
        [
            (("E11",), "what's new at E11"),
            (("E11-E13",), "new codes of E11-E13"),
            (("E11", "E13"), "what is new between E11 and E13"),
            ((), "new codes that begin with E11"),
        ],
    )
    async def test_what_is_new_below_a_code_in_a_range_or_by_its_beginning(
        self, book: FakeLookup, codes: tuple[str, ...], text: str
    ) -> None:
        fiscal_year = on(date(2025, 10, 1), date(2026, 9, 30))
        answer = await ask(book, history.history_of, *codes, text=text, binary=False, dates=fiscal_year)
        assert "1 new" in answer.body
        assert "2025-10-01: new: **E11.A**" in answer.body
        assert "the addenda" in [one.name for one in answer.sources]

    @pytest.mark.usefixtures("remission")
    async def test_a_header_has_no_verdict_where_codes_below_it_changed(self, book: FakeLookup) -> None:
        assert (await ask(book, history.history_of, "E11", text="is anything new at E11?")).verdict is None

    async def test_of_a_code_that_no_source_has_nothing_is_known(self, book: FakeLookup) -> None:
        answer = await ask(book, history.history_of, "E11.23", text="was E11.23 deleted?")
        assert answer.verdict is Verdict.NO_DATA

    @pytest.mark.parametrize(
        ("text", "verdict"), [("did R10.2 change?", Verdict.YES), ("was the title of R10.2 changed?", Verdict.NO)]
    )
    async def test_whatever_happened_changed_a_code(self, book: FakeLookup, text: str, verdict: Verdict) -> None:
        book.has(entry("R10.2"))
        gone = lookup.HistoryEvent(action=lookup.HISTORY_ACTION_DELETED, effective_from="2025-10-01", source="addenda")
        known = lookup.History(availability=lookup.AVAILABILITY_AVAILABLE, events=[gone])
        book.pages["R10.2"] = lookup.GetCodePageResponse(history=known)
        answer = await ask(book, history.history_of, "R10.2", text=text)
        assert answer.verdict is verdict
        assert "was deleted on 2025-10-01" in answer.body

    async def test_a_code_that_was_split_is_replaced_where_it_is_a_header_now(self, book: FakeLookup) -> None:
        book.has(entry("Z86.010", billable=False, has_children=True))
        split = lookup.HistoryEvent(
            action=lookup.HISTORY_ACTION_REPLACED,
            effective_from="2024-10-01",
            replaced_by=["Z86.0100"],
            text="It may stay valid for the rest.",
            source="table",
        )
        known = lookup.History(availability=lookup.AVAILABILITY_AVAILABLE, events=[split])
        book.pages["Z86.010"] = lookup.GetCodePageResponse(history=known)
        answer = await ask(book, history.history_of, "Z86.010", text="did Z86.010 get split?")
        assert answer.verdict is Verdict.YES
        assert "stay valid" not in answer.body

    async def test_since_when_is_no_question_of_validity(self, book: FakeLookup) -> None:
        book.has(entry("U09.9"))
        came = lookup.HistoryEvent(
            action=lookup.HISTORY_ACTION_REPLACED, effective_from="2021-10-01", replaces=["B94.9"], source="table"
        )
        known = lookup.History(availability=lookup.AVAILABILITY_AVAILABLE, events=[came])
        book.pages["U09.9"] = lookup.GetCodePageResponse(history=known)
        answer = await ask(book, validity.valid_on, "U09.9", text="effective date of U09.9")
        assert answer.verdict is None
        assert "came on 2021-10-01" in answer.body


class TestCrosswalks:
    @pytest.mark.parametrize(
        ("text", "verdict", "said"),
        [
            ("icd-9 procedure 47.09 to pcs", Verdict.NO_DATA, "volume 3"),
            ("what is in CCSR END002", None, "looked up by a diagnosis"),
        ],
    )
    async def test_what_cannot_be_looked_up_without_a_diagnosis_is_said(
        self, book: FakeLookup, text: str, verdict: Verdict | None, said: str
    ) -> None:
        aspects = frozenset({Aspect.CCSR}) if "CCSR" in text else frozenset[Aspect]()
        answer = await ask(book, crosswalks.crosswalk, text=text, aspects=aspects)
        assert answer.verdict is verdict
        assert said in answer.body

    @pytest.mark.parametrize(
        ("text", "verdict"),
        [
            ("an exact match?", Verdict.NO),
            ("approximate?", Verdict.YES),
            ("a match?", Verdict.YES),
            ("more than one code?", Verdict.NO),
            ("only one code?", Verdict.YES),
        ],
    )
    async def test_a_single_approximate_target(self, book: FakeLookup, text: str, verdict: Verdict) -> None:
        book.pages["250.00"] = mapped(lookup.GemTarget(code="E11.9", approximate=True))
        assert (await ask(book, crosswalks.crosswalk, "250.00", text=text)).verdict is verdict

    async def test_a_code_of_icd9_is_told_by_what_it_maps_to(self, book: FakeLookup) -> None:
        book.has(entry("E11.9"), entry("E10.9"))
        book.pages["250.00"] = mapped(lookup.GemTarget(code="E11.9", approximate=True))
        answer = await ask(book, codes.describe, "250.00", binary=False)
        assert "its title is not loaded" in answer.body
        assert "**E11.9** Title of E11.9 (approximate)" in answer.body
        same = await ask(book, compare.compare, "250.00", "E10.9", text="is 250.00 the same as E10.9", binary=False)
        assert same.verdict is Verdict.NO

    async def test_no_map_is_said(self, book: FakeLookup) -> None:
        book.pages["707.20"] = mapped()
        book.pages["707.20"].crosswalks.to_icd10cm.no_map = True
        answer = await ask(book, crosswalks.crosswalk, "707.20", text="is there a match?")
        assert answer.verdict is Verdict.NO
        assert "NoDx" in answer.body

    async def test_of_a_code_newer_than_the_mappings_it_is_said_what_was_used_before(self, book: FakeLookup) -> None:
        book.has(entry("E11.A"))
        book.pages["E11.A"] = mapped()
        came = lookup.HistoryEvent(effective_from="2025-10-01", replaces=["E11.9"], source="the conversion table")
        book.pages["E11.A"].history.events.append(came)
        answer = await ask(book, crosswalks.crosswalk, "E11.A", binary=False)
        assert "before, E11.9 was used" in answer.body
        assert "the conversion table" in [one.name for one in answer.sources]

    async def test_the_category_of_what_a_code_of_icd9_maps_to_is_said_when_asked_for(self, book: FakeLookup) -> None:
        book.has(entry("H35.82"))
        book.pages["362.84"] = mapped(lookup.GemTarget(code="H35.82"))
        aspects = frozenset({Aspect.CCSR, Aspect.TO_ICD10CM})
        answer = await ask(book, crosswalks.crosswalk, "362.84", aspects=aspects, binary=False)
        assert "The CCSR category of **H35.82**" in answer.body

    async def test_a_number_that_looks_like_a_procedure_is_of_icd9(self, book: FakeLookup) -> None:
        book.pages["25000"] = mapped(lookup.GemTarget(code="E11.9", approximate=True))
        code = Code("25000", (lookup.CODE_SYSTEM_CPT,))
        answer = await ask(book, crosswalks.crosswalk, codes=(code,), binary=False)
        assert "**25000** maps to ICD-10-CM **E11.9**" in answer.body


class TestRiskAdjustment:
    @pytest.fixture(autouse=True)
    def categories(self, book: FakeLookup) -> None:
        book.has(entry("B20"), entry("I70.0"))
        book.pages["B20"] = in_categories(*((model, "1") for model in MODELS))
        book.pages["I70.0"] = in_categories(("CMS-HCC V24", "108"))

    @pytest.mark.parametrize(
        ("text", "verdict"),
        [
            ("in V24?", Verdict.YES),
            ("in V28?", Verdict.NO),
            ("does it risk adjust?", Verdict.NO),
            ("in V23?", Verdict.NO_DATA),
            ("HCC 108 in V24?", Verdict.YES),
            ("HCC 107 in V24?", Verdict.NO),
            ("RxHCC?", Verdict.NO),
        ],
    )
    async def test_the_model_that_is_named_decides(self, book: FakeLookup, text: str, verdict: Verdict) -> None:
        assert (await ask(book, risk_adjustment.hcc, "I70.0", text=text)).verdict is verdict

    async def test_both_kinds_of_categories_are_told_when_both_are_asked_for(self, book: FakeLookup) -> None:
        assert "CMS-HCC V24" in (await ask(book, risk_adjustment.hcc, "I70.0", text="HCC and RxHCC of I70.0")).body
        assert "CMS-HCC V24" not in (await ask(book, risk_adjustment.hcc, "I70.0", text="part D HCC of I70.0")).body

    @pytest.mark.parametrize(("text", "verdict"), [("the same HCC?", Verdict.NO), ("same in V24?", Verdict.YES)])
    async def test_whether_categories_are_the_same_is_told_by_model(
        self, book: FakeLookup, text: str, verdict: Verdict
    ) -> None:
        book.has(entry("I70.1"))
        book.pages["I70.1"] = in_categories(("CMS-HCC V28", "264"), ("CMS-HCC V24", "108"))
        assert (await ask(book, risk_adjustment.hcc, "I70.0", "I70.1", text=text)).verdict is verdict

    async def test_a_list_stays_with_its_code(self, book: FakeLookup) -> None:
        book.has(entry("I70.1"))
        book.pages["I70.1"] = in_categories(("CMS-HCC V24", "108"))
        answer = await ask(book, risk_adjustment.hcc, "I70.0", "I70.1", text="V24")
        assert answer.body.count("**HCC 108**") == 2

    async def test_a_whole_year_is_a_payment_year(self, book: FakeLookup) -> None:
        answer = await ask(book, risk_adjustment.hcc, "I70.0", dates=on(date(2026, 1, 1), date(2026, 12, 31)))
        assert [one.name for one in answer.sources] == ["CMS-HCC V24 2026"]

    async def test_a_date_of_service_outside_is_no_data(self, book: FakeLookup) -> None:
        answer = await ask(book, risk_adjustment.hcc, "I70.0", dates=on(date(2026, 2, 1)))
        assert answer.verdict is Verdict.NO_DATA
        assert "CMS-HCC PY2026 (2025-01-01 to 2025-12-31)" in answer.body

    async def test_categories_are_read_though_no_release_of_the_codes_covers_the_date(self, book: FakeLookup) -> None:
        answer = await ask(book, risk_adjustment.hcc, "I70.0", text="V24", dates=on(date(2025, 3, 1)))
        assert answer.verdict is Verdict.YES


def page_with(*groups: lookup.NoteGroup) -> lookup.GetCodePageResponse:
    return lookup.GetCodePageResponse(notes=lookup.Notes(groups=groups))


def mapped(*alternatives: lookup.GemTarget) -> lookup.GetCodePageResponse:
    status = lookup.SourceStatus(availability=lookup.AVAILABILITY_AVAILABLE)
    status.release.CopyFrom(lookup.SourceRelease(name="GEM ICD-9-CM to ICD-10-CM 2018", edition="2018"))
    mapping = lookup.GemMapping(status=status, alternatives=alternatives)
    return lookup.GetCodePageResponse(crosswalks=lookup.Crosswalks(to_icd10cm=mapping))


def in_categories(*categories: tuple[str, str]) -> lookup.GetCodePageResponse:
    found = [lookup.HccCategory(model=model, category=category) for model, category in categories]
    return lookup.GetCodePageResponse(crosswalks=lookup.Crosswalks(hcc=lookup.HccCategories(categories=found)))
