"""Text of the book and of its readers as safe HTML."""

import re
from collections.abc import Callable, Sequence
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
# 29822, 0594T, G0289; not the 10000 of an amount.
_PROCEDURE = re.compile(r"(?<![\w.$])(?:\d{5}|\d{4}[TUFMA]|[A-V]\d{4})(?!\w|\.\d)", re.ASCII)


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


def codes_named(text: str, book: Book) -> list[tuple[str, str]]:
    """Return the ranges of codes that a text mentions, by their first and last code; one code is a range of its own."""
    mentions = _MENTIONS.get(book.system)
    found = mentions.finditer(text) if mentions else ()
    return [(mention["first"], mention["last"] or mention["first"]) for mention in found]


# The notes of a chapter or a section stand on the pages of all its codes.
@lru_cache(maxsize=4096)
def with_code_links(text: str, book: Book, effective_on: str = "") -> Markup:
    """Return the text with each code it mentions linked.

    A code leads to its page; a range and a code that stands for all below it (E08.-) lead to the book.
    """
    mentions = _MENTIONS.get(book.system)
    if mentions is None:
        return escape(text)
    return _linked(text, mentions, lambda mention: _target(mention, book, effective_on))


def diagnosis_target(printed: str, effective_on: str = "") -> str:
    """Return where an ICD-10-CM code leads as the index prints it: E11.9, C79.8-; empty for what is no code."""
    mention = _MENTIONS[lookup.CODE_SYSTEM_ICD10CM].fullmatch(printed)
    return _target(mention, addresses.BOOKS[lookup.CODE_SYSTEM_ICD10CM], effective_on) if mention else ""


def with_procedure_links(text: str, effective_on: str = "") -> Markup:
    """Return the text with each CPT and HCPCS code it mentions linked to its page."""
    return _linked(text, _PROCEDURE, lambda mention: addresses.procedure_page(mention[0], effective_on))


def _target(mention: re.Match[str], book: Book, effective_on: str) -> str:
    first, last = mention["first"], mention["last"]
    if last:
        return addresses.browse_range(book, first, last, effective_on)
    if mention["stub"]:
        return addresses.browse(book, first, effective_on)
    return addresses.code_page(book, first, effective_on)


def _linked(text: str, mentions: re.Pattern[str], target: Callable[[re.Match[str]], str]) -> Markup:
    parts = []
    at = 0
    for mention in mentions.finditer(text):
        href = escape(target(mention))
        parts.append(f'{escape(text[at : mention.start()])}<a href="{href}">{escape(mention[0])}</a>')
        at = mention.end()
    parts.append(escape(text[at:]))
    return Markup("".join(parts))  # noqa: S704 - every part is escaped
