"""Codes and sections as texts mention them.

A mention of a code is, written alone or as an end of a range:

- CPT: five digits, or four and one of A, F, M, T, U;
- HCPCS: a letter and four digits;
- ICD-10-CM: a category, with or without more behind it, with or without its dot (E11, E11.9, E119, E11.-);
- ICD-10-PCS: seven characters in capitals;
- ICD-9-CM: with its dot (250.00, E812.0), where the text speaks of ICD-9.

Amounts ($12345, 12345.50), percentages, dates, quarters, years, localities (01112-05), modifiers and versions of models
(HCC V28) are none; what looks like a category, such as B12 or T12, is one. A mention of a section is a path with a dot:
I.C.9.a.2, or "Chapter IV, Section E.7".
"""

import re
from collections.abc import Iterable, Iterator

from google.protobuf.message import Message

_CODE = re.compile(
    r"""
    (?<![\w$.]) (?<!\$\s) (?<!HCC\s)
    (?:
        (?P<hyphened> \d{5}-\d{2} ) (?!\w)
      | (?P<icd9> \d{3}\.\d{1,2} )
      | (?: [A-Z]\d[0-9AB] | Q[A-Z]\d ) \.? [0-9A-Z]{1,4}
      | E\d{3}\.\d
      | [A-Z]\d[0-9AB] | Q[A-Z]\d
      | (?-i: \d{4}[0-9AFMTU] )
      | (?-i: (?=[A-Z]*\d|.{3}ZZZZ) [0-9BCDFGHX][0-9A-HJ-NP-Z]{6} )
    )
    (?! \w | \.\d | % | \s(?:dollars|USD)\b )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_ICD9 = re.compile(r"\bICD-?9", re.IGNORECASE)
_SECTION = re.compile(
    r"""
    (?<![\w.]) (?:
        (?P<path> (?:[IVX]{1,4}|Intro) (?: \.(?:[A-Z]|\d{1,2}|[a-z]{1,4})\b )+ )
      | Chapter\ (?P<chapter>[IVX]{1,5}),\ Section\ (?P<rest> [A-Z]\b (?: \.(?:\d{1,2}|[a-z]{1,4})\b )* )
    )
    """,
    re.VERBOSE,
)
# Addresses and ids of lookup's own, whose digits name no code.
_NO_FACTS = frozenset({"asked", "failure", "next_page_token", "origin", "term", "url"})
_CATEGORY = 3
_SMALLEST_CODE = 10_000


def compact(code: str) -> str:
    """Return a code as mentions of it are compared: in capitals, without the dot where a letter begins it."""
    code = code.upper()
    return code.replace(".", "") if code[:1].isalpha() else code


def codes_in(text: str) -> list[tuple[str, str]]:
    """Return the codes that a text mentions, as written and compact."""
    with_icd9 = bool(_ICD9.search(text))
    found = (match for match in _CODE.finditer(text) if with_icd9 or not match["icd9"])
    return [(match[0], compact(match[0])) for match in found]


def sections_in(text: str) -> list[tuple[str, str]]:
    """Return the sections that a text mentions, as written and by their path."""
    found = _SECTION.finditer(text)
    return [(match[0], match["path"] or f"{match['chapter']}.{match['rest']}") for match in found]


def mentioned(text: str) -> set[str]:
    """Return the compact codes and the paths of sections that a text may mention, read as generously as can be."""
    found = {compact(match[0]) for match in _CODE.finditer(text)}
    found |= {match[0] for match in re.finditer(r"\bV\d\d\b", text)}
    found |= {code.partition("-")[0] for code in found}
    found |= {code[:_CATEGORY] for code in found if code[0].isalpha()}
    for _, path in sections_in(text):
        while path:
            found.add(path)
            path = path.rpartition(".")[0]
    return found


def known(messages: Iterable[Message]) -> set[str]:
    """Return the codes and sections that messages of lookup name, as `mentioned` does, and their large numbers."""
    texts: set[str] = set()
    for message in messages:
        texts.update(_texts(message))
    return mentioned("\n".join(texts))


def _texts(message: Message) -> Iterator[str]:
    for field, value in message.ListFields():
        if field.name in _NO_FACTS:
            continue
        yield from _texts_of(value)


def _texts_of(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Message):
        yield from _texts(value)
    elif isinstance(value, int):
        if value >= _SMALLEST_CODE:
            yield str(value)
    elif isinstance(value, Iterable) and not isinstance(value, bytes):
        for one in value:
            yield from _texts_of(one)
