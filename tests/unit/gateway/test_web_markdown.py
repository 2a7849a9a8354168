import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.web.markdown import rendered

# Half of the texts are made of what Markdown and HTML give a meaning to.
texts = st.text() | st.lists(
    st.sampled_from(
        [
            *"<>&\"'/= \n#*_`[]()!-",
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
