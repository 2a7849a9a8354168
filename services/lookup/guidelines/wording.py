"""Takes the wording of the American Medical Association out of a text.

CMS prints descriptors of CPT codes and modifiers, and of D codes (American Dental Association), in brackets behind
their numbers, now and then in quotation marks or as a list. The texts are not ours to keep; the numbers are.
"""

import re
from dataclasses import dataclass

_NUMBER = r"(?:\d{5}|\d{4}[TUFMA]|D\d{4})"
_BEHIND_NUMBER = re.compile(rf"(?:(?<![\w.]){_NUMBER}|\b[Mm]odifiers? \d{{2}}|\band \d{{2}})(\s*)\(", re.ASCII)
# What CMS itself says in brackets behind a number.
_OWN_WORDS = re.compile(
    r"\((?:see|refer|CPT codes?|HCPCS|codes?|deleted|effective|formerly|Chapter|Section|when|if|which)\b", re.IGNORECASE
)
# A bracket that CMS forgot to close ends at the inner one, where the sentence goes on.
_SENTENCE_GOES_ON = re.compile(rf"\s*(?:(?:,|and|or)?\s*(?:(?:HCPCS/)?CPT codes?\s+)?{_NUMBER}\s*\(|shall\b|may\b)")
_CLOSED_TOO_EARLY = re.compile(r"[^().]{1,120}\)")
_LONGEST = 1_000
_QUOTED = re.compile(r"( ?\(|)“([^”]*)”(\)|)")
_AMA_NUMBER = re.compile(rf"(?<![\w.]){_NUMBER}(?!\w)|CPT Professional codebook|[Mm]odifiers? \d\d\b", re.ASCII)
_DEFINES = re.compile(r"(?:defines modifier \d\d as (?:a )?|[Mm]odifiers? \d\d )$")
# CMS names its tables so, and defines its own modifiers.
_CMS_QUOTED = re.compile(r"Column |Mutually ")
_CMS_DEFINES = re.compile(r"\bX[EPSU] [-\u2013] $")
_QUOTE_REACH = 400
# Shorter ones are terms, longer ones are quoted from rules of CMS.
_FEWEST_WORDS, _FEWEST_BRACKETED, _MOST_WORDS = 5, 3, 60
_LISTED = re.compile(
    rf"((?:• )?(?:CPT codes? )?{_NUMBER}),? [A-Z](?!.*\b(?:is|are|describes?|shall|may|includes?|was)\b).*"
)
_MODIFIER_DEFINED = re.compile(r"Modifier \d\d: [^:.]{3,80}: .*")


@dataclass(frozen=True, slots=True)
class Dropped:
    """A text without the wording that was taken out, and the pieces that were."""

    text: str
    pieces: tuple[str, ...]


def without_descriptors(text: str) -> Dropped:
    """Return a text, its lines being paragraphs, without descriptors.

    Brackets behind a number go with their content. Quoted wording of a code or a modifier that stands in its reach is
    replaced by an ellipsis, so that the sentence holds. In a list of codes the numbers stay.
    """
    pieces: list[str] = []
    lines = []
    for line in text.split("\n"):
        if _MODIFIER_DEFINED.fullmatch(line):
            pieces.append(line)
            line = "…"
        elif listed := _LISTED.fullmatch(line):
            pieces.append(line[len(listed[1]) :])
            line = listed[1]
        lines.append(_without_brackets(line, pieces))
    return Dropped(_without_quotes("\n".join(lines), pieces), tuple(pieces))


def _without_brackets(text: str, pieces: list[str]) -> str:
    kept, done = [], 0
    for match in _BEHIND_NUMBER.finditer(text):
        opening = match.end() - 1
        if match.start() < done or _OWN_WORDS.match(text, opening):
            continue
        end = _closing(text, opening)
        kept.append(text[done : match.start(1)])
        pieces.append(text[opening:end])
        done = end
    return "".join([*kept, text[done:]])


def _closing(text: str, opening: int) -> int:
    """Return where the bracket that opens there has ended; where the text ends if it never does."""
    depth = 0
    for place in range(opening, min(len(text), opening + _LONGEST)):
        if text[place] == "(":
            depth += 1
        elif text[place] == ")":
            depth -= 1
            if depth == 0 and (left_open := _CLOSED_TOO_EARLY.match(text, place + 1)) and _is_outside(text, opening):
                return left_open.end()
            if depth == 0 or _SENTENCE_GOES_ON.match(text, place + 1):
                return place + 1
    return len(text)


def _is_outside(text: str, place: int) -> bool:
    return text.count("(", 0, place) <= text.count(")", 0, place)


def _without_quotes(text: str, pieces: list[str]) -> str:
    def replacement(match: re.Match[str]) -> str:
        before = text[max(0, match.start() - _QUOTE_REACH) : match.start()]
        size = len(match[2].split())
        bracketed = bool(match[1] and match[3])
        defined = bool(_DEFINES.search(before))
        wording = (_FEWEST_BRACKETED if bracketed else _FEWEST_WORDS) <= size <= _MOST_WORDS
        if not (defined or (wording and _AMA_NUMBER.search(before))):
            return match[0]
        if _CMS_QUOTED.match(match[2]) or _CMS_DEFINES.search(before):
            return match[0]
        pieces.append(match[0].strip())
        ends = "." if match[2].endswith(".") else ""
        return "" if bracketed else f"{match[1]}“…”{ends}{match[3]}"

    return _QUOTED.sub(replacement, text)
