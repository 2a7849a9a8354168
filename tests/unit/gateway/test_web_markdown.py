import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.web.markdown import rendered, with_code_pages

# Half of the texts are made of what Markdown and HTML give a meaning to.
texts = st.text() | st.lists(
    st.sampled_from(
        [
            *"<>&\"'/= \n#*_`[]()!-|:",
            "\n|-|-:|\n",
            "script",
            "javascript:alert(1)",
            "https://example.org",
            "onerror",
            "img",
            "&#58;",
            "é",
        ]
    )
).map("".join)

ALLOWED = {
    *("p", "h3", "h4", "h5", "h6", "ul", "ol", "li", "em", "strong", "code", "pre", "blockquote", "a", "hr", "br"),
    *("div", "table", "caption", "thead", "tbody", "tr", "th", "td"),
}


class Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def elements(text: str) -> list[tuple[str, dict[str, str | None]]]:
    parser = Elements()
    parser.feed(rendered(text))
    return parser.found


@given(texts)
def test_whatever_an_editor_writes_only_text_and_links_to_the_web_come_out(text: str) -> None:
    for tag, attributes in elements(text):
        assert tag in ALLOWED
        assert attributes.keys() <= ({"href", "rel", "title"} if tag == "a" else {"start", "class"})
        if tag == "a":
            assert (attributes["href"] or "").lower().startswith(("http://", "https://"))
            assert attributes["rel"] == "nofollow noopener"


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt&#58;alert(1))",
        "[x](data:text/html,<script>)",
        "[x](//other.example)",
        "<javascript:alert(1)>",
        "![x](javascript:alert(1))",
    ],
)
def test_nothing_that_runs_is_more_than_text(text: str) -> None:
    assert {tag for tag, _ in elements(text)} <= {"p"}


def test_text_is_rendered_as_commonmark() -> None:
    assert rendered("Not *one* **bit**\n\n- a\n- b") == (
        "<p>Not <em>one</em> <strong>bit</strong></p>\n<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"
    )


@pytest.mark.parametrize(
    ("text", "levels"), [("# a\n## b\n### c\n# d", "3453"), ("## a\n#### b", "34"), ("###### a\n# b\n###### c", "334")]
)
def test_headings_stand_below_that_of_the_section_and_skip_no_level(text: str, levels: str) -> None:
    assert "".join(re.findall(r"<h(\d)>", rendered(text))) == levels


def test_a_table_can_be_scrolled_has_a_name_and_no_style_of_its_own() -> None:
    table = rendered("| a | b |\n|---|--:|\n| 1 | 2 |")

    assert table.startswith('<div class="scroll"><table class="grid">\n<caption class="unseen">')
    assert '<td class="number">2</td>' in table
    assert "style" not in table


@pytest.mark.parametrize(
    ("text", "linked"),
    [
        ("**E11.9** here", ["E11.9"]),
        ("**E11.9 and E11**, **E11.9.**", ["E11.9", "E11", "E11.9"]),
        ("- a\n- **E11**\n\n| b |\n|---|\n| **E11.9** |", ["E11", "E11.9"]),
        ("E11.9, **E11.90**, **XE11**, *E11*, `**E11**`", []),
        ("**[E11](https://example.org)**", []),
    ],
)
def test_codes_in_bold_lead_to_their_pages(text: str, linked: list[str]) -> None:
    pages = {"E11": "/codes/icd10cm/E11", "E11.9": "/codes/icd10cm/E11.9"}

    found = re.findall(r'<a class="code" href="/codes/icd10cm/([^"]*)">([^<]*)</a>', with_code_pages(text, pages))

    assert found == [(code, code) for code in linked]
