from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.gateway.web.addresses import BOOKS
from services.gateway.web.code_page import common_missing, official_missing, sections
from services.gateway.web.lines import code_line, line
from services.gateway.web.sections.notes import notations

ICD10CM = BOOKS[lookup.CODE_SYSTEM_ICD10CM]


def entry(
    code: str, level: lookup.Level.ValueType = lookup.LEVEL_CODE, billable: bool = False, has_children: bool = False
) -> lookup.Entry:
    return lookup.Entry(
        system=ICD10CM.system,
        level=level,
        code=code,
        title=f"Title of {code}",
        billable=billable,
        has_children=has_children,
    )


def group(above: lookup.Entry, inherited: bool, *notes: tuple[lookup.NoteKind.ValueType, str]) -> lookup.NoteGroup:
    return lookup.NoteGroup(
        entry=above, inherited=inherited, notes=[lookup.Note(kind=kind, text=text) for kind, text in notes]
    )


def test_notes_are_gathered_by_notation_own_first_and_name_their_ancestor() -> None:
    notes = lookup.Notes(
        groups=[
            group(entry("E11.9"), False, (lookup.NOTE_KIND_EXCLUDES1, "own")),
            group(
                entry("4", lookup.LEVEL_CHAPTER),
                True,
                (lookup.NOTE_KIND_INCLUDES, "of the chapter"),
                (lookup.NOTE_KIND_EXCLUDES1, "inherited"),
            ),
        ]
    )

    includes, excludes = notations(notes, ICD10CM)

    assert (includes.title, excludes.title) == ("Includes", "Excludes1")
    own, inherited = excludes.sources
    assert own.ancestor is None
    assert inherited.ancestor is not None
    assert (inherited.ancestor.label, inherited.ancestor.href) == ("Ch. 4", "/browse/icd10cm/4")
    assert [note.html for source in excludes.sources for note in source.notes] == ["own", "inherited"]


def test_what_follows_a_colon_is_nested_under_it_within_its_notation() -> None:
    kind = lookup.NOTE_KIND_USE_ADDITIONAL_CODE
    texts = ["code, if known", "code to identify control using:", "insulin", "code for:", "smoking"]
    notes = lookup.Notes(
        groups=[group(entry("E11"), False, *((kind, text) for text in texts), (lookup.NOTE_KIND_NOTE, "apart"))]
    )

    additional, note = notations(notes, ICD10CM)

    assert [line.nested for line in additional.sources[0].notes] == [False, False, True, False, True]
    assert not note.sources[0].notes[0].nested


def test_the_comma_that_continues_a_heading_is_dropped() -> None:
    notes = lookup.Notes(groups=[group(entry("A40"), False, (lookup.NOTE_KIND_CODE_FIRST, ", if applicable, sepsis"))])

    assert notations(notes, ICD10CM)[0].sources[0].notes[0].html == "if applicable, sepsis"


def test_a_line_leads_down_the_book_and_at_its_end_to_the_page() -> None:
    assert line(entry("E11", has_children=True)).href == "/browse/icd10cm/E11"
    assert line(entry("E11.9", billable=True)).href == "/codes/icd10cm/E11.9"
    assert line(entry("E08-E13", lookup.LEVEL_SECTION)).href == "/browse/icd10cm/E08-E13"
    assert line(entry("E11.9", billable=True), "2026-05-01").href == "/codes/icd10cm/E11.9?effective_on=2026-05-01"


def test_a_line_says_whether_it_may_be_submitted() -> None:
    assert line(entry("E11.9", billable=True)).status == "billable"
    assert line(entry("E11")).status == "header"
    assert line(entry("4", lookup.LEVEL_CHAPTER)).status == ""


def test_a_code_known_by_its_number_claims_nothing() -> None:
    numbered = code_line(
        lookup.Entry(system=lookup.CODE_SYSTEM_CPT, level=lookup.LEVEL_CODE, code="99213", number_only=True)
    )

    assert (numbered.label, numbered.title, numbered.status) == ("99213", "Official title not loaded", "")


def test_the_sections_that_concern_a_system_are_shown_in_order_and_no_others() -> None:
    page = lookup.GetCodePageResponse(
        history=lookup.History(availability=lookup.AVAILABILITY_NONE),
        crosswalks=lookup.Crosswalks(availability=lookup.AVAILABILITY_NOT_LOADED),
        notes=lookup.Notes(availability=lookup.AVAILABILITY_AVAILABLE),
    )

    assert [section.name for section in sections(page, ICD10CM)] == ["notes", "crosswalks", "history"]


def test_a_section_that_is_not_open_has_a_heading_and_no_content() -> None:
    page = lookup.GetCodePageResponse(
        notes=lookup.Notes(availability=lookup.AVAILABILITY_LOCKED),
        edits=lookup.Edits(availability=lookup.AVAILABILITY_LOCKED),
    )

    assert [(section.title, section.content) for section in sections(page, ICD10CM)] == [
        ("Guidelines and notes", None),
        ("NCCI edits and MUE", None),
    ]


def test_a_description_that_is_missing_says_what_it_needs() -> None:
    cpt, numbered = BOOKS[lookup.CODE_SYSTEM_CPT], lookup.GetCodePageResponse(entry=lookup.Entry(number_only=True))
    none = lookup.CommonLanguageDescription(availability=lookup.AVAILABILITY_NONE)

    assert "needs the licensed CPT file" in official_missing(numbered, cpt)
    assert common_missing(none) == "Nobody has described this code in common language yet."
    assert "not loaded" in common_missing(lookup.CommonLanguageDescription())
