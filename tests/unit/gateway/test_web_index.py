import html
import re

import pytest
from codingahead.lookup.v1 import lookup_pb2 as lookup
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.web.index_lines import IndexLine, index_line, nested
from services.gateway.web.sources import areas, reading, summary

DISEASES = lookup.INDEX_BOOK_DISEASES

# Half of the texts hold what HTML gives a meaning to, and parentheses.
texts = st.text(max_size=40) | st.lists(st.sampled_from([*"<>&\"'() ", "wet", "é"]), max_size=12).map("".join)


def line(**fields: object) -> IndexLine:
    term = lookup.IndexTerm(**{"id": "pain.1", "title": "belly", **fields})  # type: ignore[arg-type]
    return index_line(term, DISEASES, ["Primary", "Benign"] if "cells" in fields else [], "2026-05-01")


def test_a_title_is_as_printed_with_what_does_not_change_the_code_told_apart() -> None:
    title = line(title="Boot(s) (wet), booted", nonessential_modifiers=["s", "wet"]).title

    assert title == ('Boot<span class="nonessential">(s)</span> <span class="nonessential">(wet)</span>, booted')


@given(texts, st.lists(texts, max_size=4))
def test_a_title_is_escaped_and_whole_whatever_its_modifiers_are(title: str, modifiers: list[str]) -> None:
    made = re.sub(r'<span class="nonessential">|</span>', "", line(title=title, nonessential_modifiers=modifiers).title)

    assert not re.search(r"[<>\"']", made)
    assert html.unescape(made) == title


@pytest.mark.parametrize(
    ("printed", "href"),
    [
        ("R52", "/codes/icd10cm/R52?effective_on=2026-05-01"),
        ("T36.0X1", "/codes/icd10cm/T36.0X1?effective_on=2026-05-01"),
        ("C79.8-", "/browse/icd10cm/C79.8?effective_on=2026-05-01"),
        ("S52.-", "/browse/icd10cm/S52?effective_on=2026-05-01"),
        ("floor of mouth", ""),
    ],
)
def test_a_code_leads_to_its_page_and_one_with_a_dash_to_the_book(printed: str, href: str) -> None:
    code = line(code=printed).code

    assert code is not None
    assert code == (printed, href)


def test_a_line_has_its_manifestation_and_its_cells_by_column() -> None:
    found = line(code="E85.4", manifestation="I43", cells=["C80.1", ""])

    assert found.manifestation is not None
    assert found.manifestation.printed == "I43"
    assert [(cell.column, cell.code and cell.code.printed) for cell in found.cells] == [
        ("Primary", "C80.1"),
        ("Benign", None),
    ]
    assert line().code is None


@pytest.mark.parametrize(
    ("reference", "made"),
    [
        (
            lookup.IndexReference(text="Pain & toe", book=DISEASES, term="pain.4", whole=True),
            '<a href="/index/diseases?term=pain.4&amp;effective_on=2026-05-01">Pain &amp; toe</a>',
        ),
        (
            lookup.IndexReference(text="Table of Drugs, lead", book=lookup.INDEX_BOOK_DRUGS),
            '<a href="/index/drugs?find=Table+of+Drugs%2C+lead&amp;effective_on=2026-05-01">Table of Drugs, lead</a>',
        ),
        (
            lookup.IndexReference(text="category O26", code="O26"),
            'category <a href="/codes/icd10cm/O26?effective_on=2026-05-01">O26</a>',
        ),
        (lookup.IndexReference(text="<condition>"), "&lt;condition&gt;"),
    ],
)
def test_a_reference_leads_to_its_line_or_to_what_is_called_so(reference: lookup.IndexReference, made: str) -> None:
    found = line(see=reference, see_also=reference)

    assert [(one.kind, str(one.html)) for one in found.references] == [("see", made), ("see also", made)]


def test_a_category_to_see_leads_to_the_book() -> None:
    (found,) = line(category="B70.1-").references

    assert (found.kind, str(found.html)) == (
        "see category",
        '<a href="/browse/icd10cm/B70.1?effective_on=2026-05-01">B70.1-</a>',
    )


def shape(lines: list[IndexLine]) -> list[object]:
    return [[str(one.title), shape(one.below)] if one.below else str(one.title) for one in lines]


def test_lines_make_a_tree_that_may_begin_deep() -> None:
    depths = [("a", 2), ("b", 3), ("c", 4), ("d", 3), ("e", 2)]

    assert shape(nested(line(title=title, depth=depth) for title, depth in depths)) == [["a", [["b", ["c"]], "d"]], "e"]


@given(st.lists(st.integers(0, 9), max_size=30))
def test_a_tree_has_every_line_once_and_in_order(depths: list[int]) -> None:
    def flat(lines: list[IndexLine]) -> list[str]:
        return [title for one in lines for title in (str(one.title), *flat(one.below))]

    tree = nested(line(title=str(at), depth=depth) for at, depth in enumerate(depths))
    assert flat(tree) == [str(at) for at in range(len(depths))]


def release(source: lookup.FactSource.ValueType, name: str, *, in_force: bool = True) -> lookup.SourceRelease:
    return lookup.SourceRelease(source=source, name=name, in_force=in_force, rows=1200, left_out={"given twice": 2})


def test_every_source_that_there_is_stands_on_the_page_of_what_is_loaded() -> None:
    sources = [source for area in areas([]) for source in area.sources]

    assert len(sources) == len(lookup.FactSource.values()) - 1
    assert all(source.editions == [] for source in sources)


def test_the_editions_of_a_source_say_what_they_hold_and_what_was_left_out() -> None:
    mue = [
        release(lookup.FACT_SOURCE_MUE_DME, "NCCI MUE DME supplier 2026Q2"),
        lookup.SourceRelease(source=lookup.FACT_SOURCE_MUE_DME, name="older", effective_from="2026-01-01"),
        lookup.SourceRelease(source=lookup.FACT_SOURCE_MUE_DME, name="later", effective_from="2999-01-01"),
    ]
    (found,) = (source for area in areas(mue) for source in area.sources if source.editions)

    assert [(one.name, one.status) for one in found.editions] == [
        ("NCCI MUE DME supplier 2026Q2", "in force"),
        ("older", "ended"),
        ("later", "not begun"),
    ]
    assert (found.editions[0].rows, found.editions[0].left_out) == ("1,200", ["2 given twice"])
    assert found.editions[0].validity == "for all dates of service"
    assert found.editions[1].validity == "for dates of service from 1 Jan 2026"


def test_the_start_page_counts_sources_and_names_the_books_that_are_loaded() -> None:
    loaded = [
        release(lookup.FACT_SOURCE_ICD10CM_INDEX, "new"),
        release(lookup.FACT_SOURCE_ICD10CM_INDEX, "old", in_force=False),
        release(lookup.FACT_SOURCE_NCCI_POLICY_MANUAL, "manual", in_force=False),
    ]

    assert summary(loaded) == "2 of 25 sources of facts are loaded, 1 with an edition for today."
    assert reading(loaded) == [
        ("Index to Diseases and Injuries", "/index/diseases"),
        ("NCCI Policy Manual", "/guidelines/ncci_policy_manual"),
    ]
