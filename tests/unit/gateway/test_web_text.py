import html
import re

import pytest
from codingahead.lookup.v1 import lookup_pb2 as lookup
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.web.addresses import BOOKS
from services.gateway.web.text import diagnosis_target, marked, with_code_links, with_procedure_links

ICD10CM = BOOKS[lookup.CODE_SYSTEM_ICD10CM]
CPT = BOOKS[lookup.CODE_SYSTEM_CPT]

LINK = re.compile(r'<a href="/(?:codes|browse)/[^"<>]*">|</a>')
MARK = re.compile(r"</?mark>")

# Half of the texts hold what HTML gives a meaning to, and codes.
texts = st.text() | st.lists(st.sampled_from([*"<>&\"'/= ", "E11.9", "E08.-", "J09-J18", "script", "é", "𝒳"])).map(
    "".join
)
spans = st.lists(st.tuples(st.integers(-5, 60), st.integers(-5, 60)), max_size=6)


def span(start: int, end: int) -> lookup.Span:
    return lookup.Span(start=start, end=end)


@given(texts, spans)
def test_marking_escapes_everything_and_loses_nothing(text: str, pairs: list[tuple[int, int]]) -> None:
    made = MARK.sub("", marked(text, [span(*pair) for pair in pairs]))

    assert not re.search(r"[<>\"']", made)
    assert html.unescape(made) == text


@given(texts, texts)
def test_linking_escapes_everything_and_loses_nothing(text: str, date: str) -> None:
    made = LINK.sub("", with_code_links(text, ICD10CM, date))

    assert not re.search(r"[<>\"']", made)
    assert html.unescape(made) == text


@given(texts | st.lists(st.sampled_from(["29822", "J1885", "0594T", " ", "<", "&", "-"])).map("".join), texts)
def test_linking_procedures_escapes_everything_and_loses_nothing(text: str, date: str) -> None:
    made = LINK.sub("", with_procedure_links(text, date))

    assert not re.search(r"[<>\"']", made)
    assert html.unescape(made) == text


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("codes 29822-29823, J1885", ["/codes/cpt/29822", "/codes/cpt/29823", "/codes/hcpcs/J1885"]),
        ("(0594T; 3044F)", ["/codes/cpt/0594T", "/codes/cpt/3044F"]),
        ("$10000, 123456, 10000.5, X29822", []),
    ],
)
def test_procedure_codes_of_a_text_are_linked(text: str, targets: list[str]) -> None:
    assert re.findall(r'href="([^"]+)"', with_procedure_links(text)) == targets


@pytest.mark.parametrize(
    ("printed", "target"),
    [
        ("E11.9", "/codes/icd10cm/E11.9"),
        ("C79.8-", "/browse/icd10cm/C79.8"),
        ("S52.-", "/browse/icd10cm/S52"),
        ("E11.9 ", ""),
        ("mouth", ""),
    ],
)
def test_a_code_as_the_index_prints_it_leads_somewhere(printed: str, target: str) -> None:
    assert diagnosis_target(printed) == target


def test_spans_count_code_points() -> None:
    assert marked("𝒳 x <b>", [span(0, 1), span(4, 7)]) == "<mark>𝒳</mark> x <mark>&lt;b&gt;</mark>"


def test_spans_that_overlap_or_leave_the_text_mark_what_there_is() -> None:
    assert marked("abc", [span(0, 2), span(1, 3), span(3, 9)]) == "<mark>ab</mark><mark>c</mark>"


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("insulin (Z79.4)", ["/codes/icd10cm/Z79.4"]),
        ("dementia in F01", ["/codes/icd10cm/F01"]),
        ("(E08.-, O24.4-)", ["/browse/icd10cm/E08", "/browse/icd10cm/O24.4"]),
        ("pneumonia (J09-J18)", ["/browse/icd10cm?first=J09&last=J18"]),
        ("(F10.- -F19.-)", ["/browse/icd10cm?first=F10&last=F19"]),
        ("(S32.1--S32.9 with 7th character B)", ["/browse/icd10cm?first=S32.1&last=S32.9"]),
        ("S00 - S09", ["/browse/icd10cm?first=S00&last=S09"]),
        ("(I60.-. I61.-)", ["/browse/icd10cm/I60", "/browse/icd10cm/I61"]),
        ("(S52.501A, T36.0X5A, C4A.0)", [f"/codes/icd10cm/{code}" for code in ("S52.501A", "T36.0X5A", "C4A.0")]),
        ("(E08-E13 with .51)", ["/browse/icd10cm?first=E08&last=E13"]),
        ("vitamin B12 deficiency, Vitamin B12", []),
        ("G6PD, STAT5b, H1N1, C3 glomerulopathy, T-cell", []),
    ],
)
def test_codes_in_a_note_are_linked_as_the_book_prints_them(text: str, targets: list[str]) -> None:
    made = with_code_links(text, ICD10CM)

    assert [html.unescape(target) for target in re.findall(r'href="([^"]*)"', made)] == targets
    assert LINK.sub("", made) == text


def test_links_keep_the_date_of_service() -> None:
    made = with_code_links("Z79.4, J09-J18", ICD10CM, "2026-05-01")

    assert 'href="/codes/icd10cm/Z79.4?effective_on=2026-05-01"' in made
    assert 'href="/browse/icd10cm?first=J09&amp;last=J18&amp;effective_on=2026-05-01"' in made


def test_only_a_system_whose_notation_is_known_is_linked() -> None:
    assert with_code_links("E11.9 & 99213", CPT) == "E11.9 &amp; 99213"
