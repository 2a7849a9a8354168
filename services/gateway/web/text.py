"""Text of the book and of its readers as safe HTML."""

import re
from collections.abc import Sequence
from functools import lru_cache

from codingahead.lookup.v1 import lookup_pb2 as lookup
from markupsafe import Markup, escape

from services.gateway.web import addresses
from services.gateway.web.addresses import Book

# QA0 is the one category with a letter second; what else looks so in a note is no code, as CO2.
_CODE = r"(?:[A-Z]\d[0-9A-Z]|QA0)(?:\.[0-9A-Z]{1,4})?"

# As the tabular list prints them: E11.9, O24.4-, E08.-, J09-J18, F10.- -F19.-. Not the B12 of "vitamin B12".
_MENTIONS = {
    lookup.CODE_SYSTEM_ICD10CM: re.compile(
        rf"(?<![\w.])(?<![Vv]itamin )(?P<first>{_CODE})"
        rf"(?:(?:\.?-)?\s?-\s?(?P<last>{_CODE})(?:\.?-(?!\w))?|(?P<stub>\.?-(?!\w)))?(?!\w)"
    ),
}


def marked(text: str, spans: Sequence[lookup.Span]) -> Markup:
    """Return the text with the spans, which are in order, marked."""
    parts = []
    at = 0
    for span in spans:
        start, end = max(span.start, at), min(span.end, len(text))
        if start < end:
            parts.append(f"{escape(text[at:start])}<mark>{escape(text[start:end])}</mark>")
            at = end
    parts.append(escape(text[at:]))
    return Markup("".join(parts))  # noqa: S704 - every part is escaped


# The notes of a chapter or a section stand on the pages of all its codes.
@lru_cache(maxsize=4096)
def with_code_links(text: str, book: Book, effective_on: str = "") -> Markup:
    """Return the text with each code it mentions linked.

    A code leads to its page; a range and a code that stands for all below it (E08.-) lead to the book.
    """
    mentions = _MENTIONS.get(book.system)
    if mentions is None:
        return escape(text)
    parts = []
    at = 0
    for mention in mentions.finditer(text):
        first, last = mention["first"], mention["last"]
        if last:
            target = addresses.browse_range(book, first, last, effective_on)
        elif mention["stub"]:
            target = addresses.browse(book, first, effective_on)
        else:
            target = addresses.code_page(book, first, effective_on)
        parts.append(f'{escape(text[at : mention.start()])}<a href="{escape(target)}">{escape(mention[0])}</a>')
        at = mention.end()
    parts.append(escape(text[at:]))
    return Markup("".join(parts))  # noqa: S704 - every part is escaped
