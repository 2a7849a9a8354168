"""Messages in which somebody corrects himself: "45378 with 45385, no wait, 45380 with 45385"."""

import re

from services.assistant.understanding.asking import begins_question
from services.assistant.understanding.cues import words_of

_CORRECTS = re.compile(
    r"[\s,;.\u2013\u2014\u2026-]*(?:\b(?:no,?\s+wait|wait,?\s+no|no,?\s+sorry|no,?\s+i\s+meant?|scratch\s+that|strike\s+that|oops|"
    r"(?:sorry,?\s+)?i\s+meant?|make\s+that|correction)\b|(?<=[,;.\u2013\u2014\u2026-])\s*(?:wait|sorry)\b(?=,|\s+[A-Z]?\d))[\s,;:.\u2013\u2014\u2026-]*",
    re.IGNORECASE,
)
# What is corrected: codes with what is attached to them, dates, modifiers.
_KINDS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?<![\w.$/-])(?:[A-TV-Z]\d[0-9AB](?:\.\w{1,4}|\w{0,4})|\d{4}[0-9AFMTU])(?:-\w\w)?(?![\w/]|\.\d)",
        r"(?<![\w.$/-])\d\d?/\d\d?(?:/\d{2,4})?(?![\w/])|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
        r"\s+\d\d?(?:,?\s+\d{4})?(?!\w)",
        r"(?<![\w.$/-])\d\d(?![\w.$/%])",
    )
)
_CODE, _DATE, _ = _KINDS
# "49591 not 49585".
_NOT_THE_OTHER = re.compile(r"\s*(?P<one>[A-Z]?\d[\w.]+),?\s+(?:and\s+)?not\s+(?P<other>[A-Z]?\d[\w.]+)", re.IGNORECASE)
_LEADING_WORDS = 3
_LETTER = re.compile(r"[a-z]", re.IGNORECASE)
_SENTENCE = re.compile(r"[?!]\s|\n")


def without_corrected(text: str) -> str:
    """Return a text with what its writer takes back replaced by what he says instead."""
    while match := _CORRECTS.search(text):
        corrected = _corrected(text[: match.start()], text[match.end() :])
        if corrected is None:
            return text
        text = corrected
    return text


def _corrected(before: str, after: str) -> str | None:
    """Return what is meant by a text and its correction; None where it corrects nothing that can be told."""
    if denied := _NOT_THE_OTHER.match(after):
        return f"{before.replace(denied['other'], denied['one'])}{after[denied.end() :]}"
    for kind in _KINDS:
        instead = kind.search(after)
        if (
            instead
            and len(after[: instead.start()].split()) <= _LEADING_WORDS
            and (taken := list(kind.finditer(before)))
        ):
            return _of_codes(before, after, taken) if kind is _CODE else _in_place(before, after, taken[-1], instead)
    return None


def _of_codes(before: str, after: str, taken: list[re.Match[str]]) -> str:
    sentence = _SENTENCE.split(after)[0]
    instead = list(_CODE.finditer(sentence))
    if len(instead) < len(taken):
        # Of several codes the one that is most like it.
        like = max(taken, key=lambda one: (_alike(one.group(), instead[0].group()), one.start()))
        return _in_place(before, after, like, instead[0])
    if begins_question(words_of(after)):
        return after
    alone = not _LETTER.search(_CODE.sub("", sentence))
    told = before[taken[-1].end() :] if alone or (_DATE.search(before) and not _DATE.search(after)) else ""
    return f"{before[: taken[0].start()]}{sentence}{told}{after[len(sentence) :]}"


def _in_place(before: str, after: str, taken: re.Match[str], instead: re.Match[str]) -> str:
    return f"{before[: taken.start()]}{instead.group()}{before[taken.end() :]} {after[instead.end() :]}".strip()


def _alike(one: str, other: str) -> int:
    return sum(a == b for a, b in zip(one.upper(), other.upper(), strict=False))
