import io
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.lookup.alphabetic.model import AlphabeticIndex, Book, MainTerm, Reference, Term, term_id
from services.lookup.alphabetic.phrases import phrases
from services.lookup.alphabetic.references import References
from services.lookup.alphabetic.section import pointers, wants
from services.lookup.codes.model import System
from services.lookup.facts.edition import Told
from services.lookup.facts.kinds import FactKind
from services.lookup.facts.source import Source
from services.lookup.index import alphabetic as documents
from services.lookup.index.alphabetic import LETTER, LETTERS, PART, PHRASES, IndexDocuments, Pointer, phrases_id
from services.lookup.sources.errors import SourceError
from services.lookup.sources.files import Kind, SourceFile
from services.lookup.sources.icd10cm_index import (
    is_disease_index,
    is_drug_table,
    is_external_cause_index,
    is_neoplasm_table,
    read_alphabetic_index,
)
from services.lookup.sources.icd10cm_index_editions import read_alphabetic_editions
from tests.unit.lookup.alphabetic_books import ALL, DISEASES, DRUGS, NEOPLASMS, fetching, read

RECOGNISERS = {
    Book.DISEASES: is_disease_index,
    Book.EXTERNAL_CAUSES: is_external_cause_index,
    Book.NEOPLASMS: is_neoplasm_table,
    Book.DRUGS: is_drug_table,
}
KINDS = {
    Book.DISEASES: Kind.ICD10CM_INDEX,
    Book.EXTERNAL_CAUSES: Kind.ICD10CM_EXTERNAL_CAUSES,
    Book.NEOPLASMS: Kind.ICD10CM_NEOPLASMS,
    Book.DRUGS: Kind.ICD10CM_DRUGS,
}


def refusal(text: str) -> SourceError:
    with pytest.raises(SourceError) as refused:
        read(text)
    return refused.value


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def term(index: AlphabeticIndex, *path: str) -> Term:
    return next(
        main_term.terms[position]
        for main_term in index.main_terms
        for position in range(len(main_term.terms))
        if main_term.path(position) == path
    )


def test_each_book_is_recognised_by_its_content() -> None:
    for book, text in ALL.items():
        assert [each for each, recognises in RECOGNISERS.items() if recognises(text.encode())] == [book]
        assert read(text).book is book


def test_addenda_other_xml_and_a_document_type_are_not_recognised() -> None:
    addenda = DISEASES.replace("<ICD10CM.index>", '<ICD10CM.index isAddenda="true">')
    bomb = DISEASES.replace("?>", '?><!DOCTYPE x [<!ENTITY a "b">]>')
    for text in (addenda, bomb, "<ICD10CM.tabular>", "Fracture,A00", ""):
        assert not any(recognises(text.encode()) for recognises in RECOGNISERS.values())


def test_lines_keep_what_is_printed() -> None:
    index = read(DISEASES)
    assert term(index, "Boot, booted") == Term(0, "Boot(s) (wet), booted", "Q11.1")
    assert term(index, "Boot, booted", "blue NEC") == Term(1, "blue NEC", "Q11.2-", see_also="Neoplasm, boot, benign")
    assert term(index, "Pain", "belly, bellies", "with", "fever").printed == "A20.1 [I39]"
    assert term(index, "Pain", "belly, bellies", "with", "worms").category == "B70.1-"
    assert term(index, "Bellyache").see == "Pain, belly"


def test_nonessential_modifiers_are_what_stands_in_parentheses() -> None:
    boot, pain = term(read(DISEASES), "Boot, booted"), term(read(DISEASES), "Pain")
    assert (boot.name, boot.modifiers) == ("Boot, booted", ("s", "wet"))
    assert (pain.title, pain.name, pain.modifiers) == ("Pain (acute) (chronic)", "Pain", ("acute", "chronic"))
    assert Term(0, "(any) (except toe(s) alone)").name == "(any) (except toe(s) alone)"
    assert Term(0, "Sin nombre (virus) syndrome)").name == "Sin nombre syndrome)"


def test_cells_stand_in_the_order_of_the_columns_and_a_dash_is_no_code() -> None:
    table = read(NEOPLASMS)
    assert table.columns == ("Malignant Primary", "Benign")
    assert term(table, "Neoplasm, neoplastic").cells == ("C80.1", "")
    assert list(table.in_columns(term(table, "Neoplasm, neoplastic", "boot"))) == [
        ("Malignant Primary", "C79.8-"),
        ("Benign", "D36.7"),
    ]
    assert term(table, "Neoplasm, neoplastic", "sole").cells == ()


@pytest.mark.parametrize(
    ("good", "bad", "expected"),
    [
        ("<title>left</title>", "<name>left</name>", "expected no <name> in <term>"),
        ("<title>left</title>", "", "a <title>"),
        ("<title>left</title>", "<title>left<code>Q11</code></title>", "expected no <code> in <title>"),
        ("<title>left</title>", "left<title>left</title>", "expected no text in <term>"),
        ('level="1"><title>left', 'level="2"><title>left', "expected a subterm of level 1, found 2"),
        ('level="1"><title>left', "><title>left", "expected a number"),
        ("<see>condition</see>", "<see>condition</see><see>condition</see>", "expected one <see>"),
        ("<code>Q11.1</code>", "<code>11.1</code>", "expected a code, found '11.1'"),
        ("<code>Q11.1</code>", '<cell col="2">Q11.1</cell>', "expected a cell in a column of its own"),
        ("<version>2022", "<version>recent", "expected a year"),
        ("<title>P</title>", "<title>B</title>", "expected a letter that was not yet given, found 'B'"),
        ("<title>P</title>", "", "expected the <title> of the letter"),
        ("<title>P</title>", "<title>P</title><title>Q</title>", "not yet given, found 'Q'"),
    ],
)
def test_what_the_form_does_not_have_is_refused_with_its_line(good: str, bad: str, expected: str) -> None:
    error = refusal(DISEASES.replace(good, bad, 1))
    assert expected in error.message
    assert error.line in (line_of(DISEASES, good), line_of(DISEASES, good) + 1)


def test_a_cell_outside_the_columns_and_a_heading_out_of_turn_are_refused() -> None:
    assert "column 4" in refusal(NEOPLASMS.replace('col="3">D36.7', 'col="4">D36.7')).message
    assert "column 2" in refusal(NEOPLASMS.replace('col="3">D36.7', 'col="2">D36.7')).message
    assert "column 3, found 5" in refusal(NEOPLASMS.replace('col="3">Benign', 'col="5">Benign')).message


def test_a_document_type_is_refused_before_its_entities_are_looked_at() -> None:
    entities = "".join(f'<!ENTITY e{n} "&e{n - 1};&e{n - 1};">' for n in range(1, 60))
    bomb = DISEASES.replace("?>", f'?><!DOCTYPE x [<!ENTITY e0 "ha">{entities}]>', 1).replace("left", "&e59;")
    assert refusal(bomb).message == "expected no document type declaration"


def test_another_root_an_addenda_and_a_book_without_terms_are_refused() -> None:
    for text in (
        DISEASES.replace("ICD10CM.index", "ICD10CM.tabular"),
        DISEASES.replace("<ICD10CM.index>", '<ICD10CM.index isAddenda="true">'),
    ):
        assert "root element" in refusal(text).message
    assert "found none" in refusal("<ICD10CM.index><version>2022</version></ICD10CM.index>").message
    assert "title of an index" in refusal(DISEASES.replace("INDEX TO DISEASES", "ADDENDA")).message


@settings(deadline=None)
@given(st.sampled_from(list(ALL.values())), st.data())
def test_a_file_cut_anywhere_is_refused(text: str, data: st.DataObject) -> None:
    whole = text.rstrip().encode()
    cut = data.draw(st.integers(0, len(whole) - 1))
    with pytest.raises(SourceError):
        read_alphabetic_index(io.BytesIO(whole[:cut]), "cut.xml")


@settings(deadline=None)
@given(st.binary(max_size=300), st.integers(0, len(DISEASES.encode())))
def test_garbage_is_refused_or_read_and_never_another_error(garbage: bytes, where: int) -> None:
    whole = DISEASES.encode()
    for content in (garbage, whole[:where] + garbage + whole[where:]):
        for recognises in RECOGNISERS.values():
            recognises(content)
        try:
            read_alphabetic_index(io.BytesIO(content), "garbage.xml")
        except SourceError:
            continue


def test_line_ends_and_encodings_do_not_matter() -> None:
    expected = read(DISEASES)
    for content in (
        DISEASES.replace("\n", "\r\n").encode(),
        b"\xef\xbb\xbf" + DISEASES.encode(),
        DISEASES.replace("utf-8", "windows-1252").encode("cp1252"),
        DISEASES.replace("utf-8", "utf-16").encode("utf-16"),
    ):
        assert read_alphabetic_index(io.BytesIO(content), "book.xml").index == expected
    unknown = DISEASES.replace("utf-8", "x-unknown").encode()
    with pytest.raises(SourceError, match="encoding"):
        read_alphabetic_index(io.BytesIO(unknown), "book.xml")


def files(folder: Path, *books: Book, name: str = "book {}.xml", text: str = "") -> list[SourceFile]:
    made = []
    for book in books:
        path = folder / name.format(book)
        path.write_text(text or ALL[book], encoding="utf-8")
        made.append(SourceFile(KINDS[book], path))
    return made


def test_each_file_is_an_edition_of_its_fiscal_year(tmp_path: Path) -> None:
    editions = list(read_alphabetic_editions(files(tmp_path, *Book), Told()))
    assert [edition.source for edition in editions] == [
        Source.INDEX_DISEASES,
        Source.INDEX_EXTERNAL_CAUSES,
        Source.TABLE_NEOPLASMS,
        Source.TABLE_DRUGS,
    ]
    for edition in editions:
        assert (edition.label, edition.effective_from) == ("FY2022", date(2021, 10, 1))
        assert edition.effective_to == date(2022, 9, 30)
    diseases = editions[0]
    assert (diseases.rows, diseases.left_out, diseases.origin) == (14, {}, "book diseases.xml")
    # Q11.1, Q11.2-, R52, R10.9, A20.1 with I39, B70.1-, G54.6, G54.7.
    assert diseases.codes == 9


def test_the_name_says_april_and_a_year_that_the_file_does_not(tmp_path: Path) -> None:
    text = DISEASES.replace("<version>2022</version>", "")
    [april] = read_alphabetic_editions(files(tmp_path, Book.DISEASES, name="April-2023.xml", text=text), Told())
    assert (april.label, april.effective_from, april.effective_to) == (
        "FY2023 April",
        date(2023, 4, 1),
        date(2023, 9, 30),
    )


def test_what_is_told_wins_and_an_unknown_year_is_refused(tmp_path: Path) -> None:
    told = Told(edition="Ours", effective_from=date(2024, 1, 1), effective_to=date(2024, 6, 30))
    [edition] = read_alphabetic_editions(files(tmp_path, Book.DRUGS), told)
    assert (edition.label, edition.effective_from, edition.effective_to) == (
        "Ours",
        told.effective_from,
        told.effective_to,
    )
    nameless = files(
        tmp_path, Book.DRUGS, name="drugs.xml", text=ALL[Book.DRUGS].replace("<version>2022</version>", "")
    )
    with pytest.raises(SourceError, match="--effective-from"):
        list(read_alphabetic_editions(nameless, Told()))


def test_a_second_file_of_an_edition_is_refused_when_the_iterator_gets_there(tmp_path: Path) -> None:
    twice = files(tmp_path, Book.DRUGS) + files(tmp_path, Book.DRUGS, name="copy.xml")
    editions = read_alphabetic_editions(twice, Told())
    assert next(editions).source is Source.TABLE_DRUGS
    with pytest.raises(SourceError, match=r"copy\.xml: expected one file of an edition"):
        next(editions)


def test_a_reference_leads_to_the_line_it_names() -> None:
    diseases, neoplasms = References(read(DISEASES)), References(read(NEOPLASMS))
    assert diseases.reference("Pain, belly") == Reference("Pain, belly", Book.DISEASES, "pain.1", whole=True)
    assert diseases.reference("Pains, bellies, with fever").term == "pain.3"
    assert diseases.reference("Pain, belly, by site, with, worms").term == "pain.4"
    assert diseases.reference("Booted, blue").term == "boot-booted.2"
    assert diseases.reference("Pain, phantom").term == "pain-phantom"
    assert diseases.reference("Pain in pregnancy").term == "pain.7"
    assert neoplasms.reference("Neoplasm, boot").term == "neoplasm-neoplastic.1"


def test_a_reference_that_names_more_than_there_is_leads_to_the_line_above() -> None:
    place = References(read(DISEASES)).place("Pain, belly, with, hiccups")
    assert place is not None
    assert (place.main_term.path(place.position), place.whole) == (("Pain", "belly, bellies", "with"), False)


def test_a_reference_into_another_book_names_the_book_and_one_to_no_term_stays_text() -> None:
    diseases = References(read(DISEASES))
    assert diseases.reference("Neoplasm, boot, benign").book is Book.NEOPLASMS
    assert diseases.reference("Table of Drugs and Chemicals").book is Book.DRUGS
    assert diseases.reference("category O26") == Reference("category O26", code="O26")
    assert diseases.reference("condition") == Reference("condition")


def read_back(index: AlphabeticIndex) -> Iterator[tuple[str, Any]]:
    """Read the documents as they come back from an index."""
    readers: dict[str, Mapping[Book, FactKind[Any]]] = {
        "letters": LETTERS,
        "letter": LETTER,
        "term": PART,
        "code": documents.POINTERS,
        "phrases": documents.PHRASES,
    }
    for id, values in IndexDocuments(index):
        kind = readers[id.partition("-")[0]][index.book]
        yield id, kind.read(id, orjson.loads(orjson.dumps(values)))


titles = st.text("abcde (),", min_size=1, max_size=12).map(lambda text: f"x{text.strip()}")


@st.composite
def main_terms(draw: st.DrawFn) -> tuple[MainTerm, ...]:
    made = []
    for number in range(draw(st.integers(1, 3))):
        terms = [Term(0, draw(titles))]
        for _ in range(draw(st.integers(0, 12))):
            level = draw(st.integers(1, min(9, terms[-1].level + 1)))
            code, see = draw(st.sampled_from(["", "A00.1", "B20-", "C79.8-"])), draw(st.sampled_from(["", "xa, xb"]))
            terms.append(Term(level, draw(titles), code, see=see))
        made.append(MainTerm(f"x{number}", draw(st.sampled_from("AB")), tuple(terms)))
    return tuple(made)


@settings(deadline=None)
@given(main_terms())
def test_documents_hold_every_line_with_the_lines_above_it(made: tuple[MainTerm, ...]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(documents, "PART_LINES", 3)
        index = AlphabeticIndex(Book.DISEASES, (), made)
        found = dict(read_back(index))
        assert len(found) == len(IndexDocuments(index))
        for main_term in made:
            parts = [found[id] for id in documents.part_ids(main_term.id, len(main_term.terms))]
            assert tuple(line.term for part in parts for line in part.lines) == main_term.terms
            for part in parts:
                above = [main_term.terms[position] for position in main_term.line(part.first)[:-1]]
                assert [line.term for line in part.above] == above
        leading = {(id, pointer.term) for id, value in found.items() if id.startswith("code-") for pointer in value}
        assert leading == {
            (documents.code_id(code), term_id(main_term.id, position))
            for main_term in made
            for position, term in enumerate(main_term.terms)
            for code in term.codes()
        }


def test_letters_list_their_main_terms_with_the_count_of_what_is_under_them() -> None:
    found = dict(read_back(read(DISEASES)))
    assert found["letters"].letters == (("B", 2), ("P", 3))
    assert [(each.line.id, each.line.term.title, each.subterms) for each in found["letter-B"]] == [
        ("bellyache", "Bellyache", 0),
        ("boot-booted", "Boot(s) (wet), booted", 2),
    ]
    assert found["letter-B"][0].line.see == Reference("Pain, belly", Book.DISEASES, "pain.1", whole=True)


def test_two_main_terms_of_one_name_have_ids_of_their_own() -> None:
    doubled = read(DISEASES.replace("Pain, phantom", "Bellyache"))
    assert [main_term.id for main_term in doubled.main_terms][::3] == ["bellyache", "bellyache--2"]
    assert doubled.main_terms[4].id == "odland-pain"


async def test_a_code_is_pointed_at_by_its_own_lines_and_those_of_the_codes_above_it() -> None:
    fetch = fetching(map(read, (DISEASES, NEOPLASMS)))
    code = "C79.81"
    by_book = {each.book: each for each in pointers(System.ICD10CM, code, await fetch(wants(System.ICD10CM, code)))}
    path = ("Neoplasm, neoplastic", "boot")
    assert by_book[Book.NEOPLASMS].pointers == (Pointer("neoplasm-neoplastic.1", path, "C79.8-", "Malignant Primary"),)
    assert by_book[Book.DISEASES].pointers == ()
    manifestation = pointers(System.ICD10CM, "I39", await fetch(wants(System.ICD10CM, "I39")))[0].pointers
    assert manifestation == (Pointer("pain.3", ("Pain", "belly, bellies", "with", "fever"), "A20.1 [I39]", ""),)


async def test_the_index_says_nothing_of_codes_of_other_systems() -> None:
    fetch = fetching([read(DISEASES)])
    assert wants(System.CPT, "99213") == []
    assert pointers(System.CPT, "99213", await fetch([])) == []


# Phrases


def spoken(*titles: str, column: str = "") -> list[str]:
    return phrases([Term(level, title) for level, title in enumerate(titles)], column)


@pytest.mark.parametrize(
    ("titles", "expected"),
    [
        (("Boot",), "Boot"),
        (("Boot", "blue NEC"), "Boot, blue"),
        (("Boot NOS, old", "left"), "Boot, old, left"),
        (("Infection, infected, infective", "eye"), "Infection, eye"),
        (("Pain", "belly, bellies", "with", "fever"), "Pain, belly with fever"),
        (("Pain", "due to cold"), "Pain due to cold"),
        (("Pain, phantom",), "Pain, phantom"),
        (("Pain", "NEC", "toe"), "Pain, toe"),
        (("Pain (acute) (chronic)", "toe (great)"), "Pain (acute) (chronic), toe (great)"),
        (("Pain (acute) (not chronic)", "toe (not otherwise specified)"), "Pain (acute), toe"),
    ],
)
def test_a_phrase_is_what_a_coder_would_say(titles: tuple[str, ...], expected: str) -> None:
    assert spoken(*titles) == [expected]


def test_a_column_of_a_table_says_what_its_codes_are_called() -> None:
    neoplasm = ("Neoplasm, neoplastic", "boot (lower)")
    assert spoken(*neoplasm, column="Malignant Primary") == [
        "Malignant neoplasm of boot (lower) (primary)",
        "Cancer of boot (lower) (primary)",
    ]
    assert spoken(*neoplasm, column="Ca in situ") == ["Carcinoma in situ of boot (lower)"]
    assert spoken("Glue NEC", "red", column="Poisoning Accidental (unintentional)") == [
        "Poisoning by Glue, red (accidental)",
        "Overdose of Glue, red (accidental)",
    ]
    assert spoken("Glue", column="Underdosing") == ["Underdosing of Glue"]
    assert spoken("Glue", column="Rare Behavior") == ["Glue, rare behavior"]


def test_the_main_term_of_the_neoplasms_is_a_neoplasm_of_nothing_else() -> None:
    assert spoken("Neoplasm, neoplastic", column="Benign")[0] == "Benign neoplasm of Neoplasm"


def phrases_of(index: AlphabeticIndex, code: str) -> tuple[str, ...]:
    """Return the phrases that the documents of a book hold for a code."""
    kind, facts = PHRASES[index.book], dict(IndexDocuments(index))
    return kind.read(phrases_id(code), orjson.loads(orjson.dumps(facts[phrases_id(code)])))


def test_a_code_has_the_phrases_of_the_lines_that_lead_to_it() -> None:
    index = read(DISEASES)
    assert phrases_of(index, "Q11.1") == ("Boot (s) (wet)",)
    assert phrases_of(index, "A20.1") == phrases_of(index, "I39") == ("Pain (acute) (chronic), belly with fever",)
    assert phrases_of(index, "B70.1") == ("Pain (acute) (chronic), belly with worms",)


def test_a_line_that_says_see_leads_to_the_code_of_the_line_it_names() -> None:
    index = read(DISEASES)
    assert phrases_of(index, "R10.9") == ("Bellyache", "Pain (acute) (chronic), belly")
    assert phrases_of(index, "Q11.2") == ("Boot (s) (wet), blue", "Pain (acute) (chronic), toe")


def test_a_line_that_says_see_leads_nowhere_when_the_line_it_names_is_not_there() -> None:
    index = read(DISEASES.replace("<see>Pain, belly</see>", "<see>Pain, belly, hiccups</see>"))
    assert phrases_of(index, "R10.9") == ("Pain (acute) (chronic), belly",)


def test_a_code_in_a_column_has_the_phrases_of_the_column_those_of_references_too() -> None:
    assert phrases_of(read(NEOPLASMS), "D36.7") == (
        "Benign neoplasm of boot (lower)",
        "Benign tumor of boot (lower)",
        "Benign neoplasm of sole",
        "Benign tumor of sole",
    )
    drugs = DRUGS.replace("Neoplasm, neoplastic", "Glue").replace("Neoplasm, boot", "Glue, boot")
    assert phrases_of(read(drugs), "C79.8") == ("Adverse effect of Glue, boot (lower)", "Adverse effect of Glue, sole")
