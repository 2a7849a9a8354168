"""Markdown of the editors as safe HTML."""

from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

# What the text stands under on its page is an h2.
_ABOVE = 2

_commonmark = MarkdownIt("commonmark", {"html": False}).disable("image")
_commonmark.validateLink = lambda url: url.lower().startswith(("https://", "http://"))  # type: ignore[method-assign]


@lru_cache(maxsize=1024)
def rendered(text: str) -> Markup:
    """Return CommonMark as HTML: raw HTML is shown as text, links lead to the web only, headings are h3 and below."""
    tokens = _commonmark.parse(text)
    _lower_headings(tokens)
    for token in tokens:
        for inline in token.children or ():
            if inline.type == "link_open":
                inline.attrSet("rel", "nofollow noopener")
    html: str = _commonmark.renderer.render(tokens, _commonmark.options, {})
    return Markup(html)  # noqa: S704 - the renderer escapes all text, and raw HTML is off


def _lower_headings(tokens: list[Token]) -> None:
    """Put headings below that of the page, without the gaps an editor may have left between levels."""
    above = _ABOVE
    for opening, closing in zip(tokens, tokens[2:], strict=False):
        if opening.type == "heading_open":
            above = min(int(opening.tag[1]) + _ABOVE, above + 1, 6)
            opening.tag = closing.tag = f"h{above}"
