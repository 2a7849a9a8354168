"""Markdown as safe HTML: what editors write, and what CasePilot answers."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

# What the text stands under on its page is an h2.
_ABOVE = 2

_markdown = MarkdownIt("commonmark", {"html": False}).disable("image").enable("table")
_markdown.validateLink = lambda url: url.lower().startswith(("https://", "http://"))  # type: ignore[method-assign]


def _table(*_: Any) -> str:
    return '<div class="scroll"><table class="grid">\n<caption class="unseen">Table</caption>\n'


def _table_end(*_: Any) -> str:
    return "</table></div>\n"


_markdown.add_render_rule("table_open", _table)
_markdown.add_render_rule("table_close", _table_end)


@lru_cache(maxsize=1024)
def rendered(text: str) -> Markup:
    """Return Markdown as HTML: raw HTML is shown as text, links lead to the web only, headings are h3 and below."""
    return _html(_parsed(text))


def with_code_pages(text: str, pages: Mapping[str, str]) -> Markup:
    """Return Markdown as `rendered` does; codes printed bold lead to the address that `pages` has for them."""
    tokens = _parsed(text)
    if pages:
        # Longest first: E11.9 is part of E11.90. A code may end a sentence.
        names = "|".join(re.escape(code) for code in sorted(pages, key=len, reverse=True))
        codes = re.compile(rf"(?<![\w.])({names})(?!\w|\.\w)")
        for token in tokens:
            if token.children:
                token.children = list(_linked(token.children, codes, pages))
    return _html(tokens)


def _parsed(text: str) -> list[Token]:
    tokens = _markdown.parse(text)
    _lower_headings(tokens)
    for token in tokens:
        # Styles in attributes are not applied: see the security headers.
        if token.attrs.pop("style", "") == "text-align:right":
            token.attrSet("class", "number")
        for inline in token.children or ():
            if inline.type == "link_open":
                inline.attrSet("rel", "nofollow noopener")
    return tokens


def _html(tokens: Sequence[Token]) -> Markup:
    html: str = _markdown.renderer.render(tokens, _markdown.options, {})
    return Markup(html)  # noqa: S704 - the renderer escapes all text, and raw HTML is off


def _lower_headings(tokens: list[Token]) -> None:
    """Put headings below that of the page, without the gaps an editor may have left between levels."""
    above = _ABOVE
    for opening, closing in zip(tokens, tokens[2:], strict=False):
        if opening.type == "heading_open":
            above = min(int(opening.tag[1]) + _ABOVE, above + 1, 6)
            opening.tag = closing.tag = f"h{above}"


def _linked(inlines: Iterable[Token], codes: re.Pattern[str], pages: Mapping[str, str]) -> Iterator[Token]:
    bold = link = 0
    for inline in inlines:
        if inline.tag == "strong":
            bold += inline.nesting
        elif inline.tag == "a":
            link += inline.nesting
        if inline.type == "text" and bold and not link:
            for part in codes.split(inline.content):
                yield from _link(part, pages[part]) if part in pages else [Token("text", "", 0, content=part)]
        else:
            yield inline


def _link(code: str, href: str) -> list[Token]:
    opening = Token("link_open", "a", 1, attrs={"class": "code", "href": href})
    return [opening, Token("text", "", 0, content=code), Token("link_close", "a", -1)]
