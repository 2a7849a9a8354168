"""One message, several questions: each is answered by itself."""

import re
from collections.abc import Iterator, Sequence
from enum import Enum, auto

from services.assistant.understanding.asking import begins_question
from services.assistant.understanding.cues import Cues, words_of
from services.assistant.understanding.missing import says_nothing

# The end of a sentence, of a line, or of an item of a list: "1) ...", "2. ...", "- ...".
_SENTENCE_END = re.compile(
    r"(?<=[?!])\s*(?=[A-Za-z0-9(])|(?<=[a-zA-Z0-9)\"][.])\s+(?=[A-Za-z0-9(])|;\s*|\s*\n+\s*"
    r"|(?<=\s)(?=\(?[1-9][).]\s+[A-Za-z])"
)
_ITEM = re.compile(r"^\s*(?:\(?[1-9][).]\s+|[-*•]\s+)")
# Where a further question begins within a sentence.
_SUBJECT = r"(?:it|its|this|that|they|these|those|there|i|we|you|the|an?|any|modifiers?|mod|medicare|code|[a-z]?\d)"
_FURTHER = re.compile(
    r"(?:\s*[,.]?\s*(?:\band|\balso|\bplus|&|\bthen)\s+(?:also\s+)?|\s*,\s*)"
    r"(?=(?:what|whats|what's|which|how|when|who|why|where|whether|tell\s+me)\b"
    rf"|(?:is|are|does|do|can|could|should|would|will)\s+{_SUBJECT})",
    re.IGNORECASE,
)
_PART = re.compile(r"\s*(?:[,:;]|\s/\s|\band\b|\bplus\b|&|\balso\b)\s*", re.IGNORECASE)
_CODE = re.compile(r"\d{3}")
_GOES_ON = Cues("or, because, since, if so, if not, even though, unless")
_ASKS = Cues("check, confirm, convert, crosswalk, look up, need, please check, need ... code, code this")


class _Fact(Enum):
    """Facts of a code that are asked for by their names."""

    BILLABLE = auto()
    HCC = auto()
    UNITS = auto()
    FEE = auto()
    CROSSWALK = auto()
    PLACE = auto()
    ADD_ON = auto()
    COVERAGE = auto()
    NOTES = auto()
    HIERARCHY = auto()
    HISTORY = auto()
    SEVENTH_CHARACTER = auto()
    EDIT = auto()
    MEANING = auto()


_FACTS = {
    _Fact.PLACE: Cues(
        "pos ... meaning, pos ... mean, place of service *, what is pos *, whats pos *, meaning of pos *"
    ),
    _Fact.BILLABLE: Cues("billable, valid for submission"),
    _Fact.HCC: Cues("hcc, hccs, risk adjust*, raf"),
    _Fact.UNITS: Cues("mue, mues, mai, medically unlikely"),
    _Fact.FEE: Cues("rvu, rvus, work rvu, global days, global period, fee, payment, conversion factor, allowed amount"),
    _Fact.CROSSWALK: Cues("icd 9, icd 9 cm, gem, ccsr, crosswalk"),
    _Fact.ADD_ON: Cues("add on, primary codes, primaries"),
    _Fact.COVERAGE: Cues("lcd, ncd, coverage"),
    _Fact.NOTES: Cues("excludes*, includes, code first, use additional"),
    _Fact.HIERARCHY: Cues("parent, children, chapter, subcodes, child codes"),
    _Fact.HISTORY: Cues("replaced by, replacement, what replaced"),
    _Fact.SEVENTH_CHARACTER: Cues("seventh character, seventh"),
    _Fact.EDIT: Cues("edit, edits, ncci edit, edit indicator, unbundle*, bundle*, together"),
    _Fact.MEANING: Cues("description, meaning, meanings, definition, title"),
}
_WHAT = Cues("what is, whats, what are, what *, what does")
# A section of a book, a claim and a rule are asked of as one.
_ONE = Cues("policy manual, guideline, guidelines, rule, rules, section, difference between, difference")


def split(text: str) -> list[str]:
    """Return the questions of a message in their order; what only tells something stays with the one it leads to."""
    sentences = list(_sentences(text))
    # Where nothing is asked in so many words, the name of a fact asks for it.
    named = not any(_is_asked(sentence, named=False) for sentence in sentences)
    pieces: list[tuple[str, bool]] = []
    for sentence in sentences:
        parts = [piece for further in _further(sentence) for piece in _facts(further)]
        pieces += [(part, len(parts) > 1 or _is_asked(part, named)) for part in parts]
    return list(_with_what_is_told(pieces))


def _sentences(text: str) -> Iterator[str]:
    for sentence in _SENTENCE_END.split(text):
        if stripped := _ITEM.sub("", sentence).strip():
            yield stripped


def _further(sentence: str) -> Iterator[str]:
    """Yield the questions that a sentence joins: "is it billable and what is its HCC"."""
    start = 0
    for match in _FURTHER.finditer(sentence):
        if _is_asked(sentence[start : match.start()]):
            yield sentence[start : match.start()].strip()
            start = match.end()
    yield sentence[start:].strip()


def _facts(sentence: str) -> Iterator[str]:
    """Yield the facts that a sentence lists: "MUE of 97110, global days of 27447 and the HCC of E11.9"."""
    if _ONE(words_of(sentence)):
        yield sentence
        return
    start, end = 0, 0
    known: _Fact | None = None
    for part in [*_PART.finditer(sentence), None]:
        piece = sentence[end : part.start() if part else len(sentence)]
        words = words_of(piece)
        fact = _fact(words)
        if fact and known and fact != known:
            yield sentence[start:end].strip(" ,;:&").removesuffix(" and").removesuffix(" plus")
            start = end
        known = fact or known or (_Fact.MEANING if _CODE.search(piece) and _WHAT.at_start(words) else None)
        end = part.end() if part else end
    yield sentence[start:].strip(" ,;&")


def _fact(words: str) -> _Fact | None:
    return next((fact for fact, cues in _FACTS.items() if cues(words)), None)


def _is_asked(piece: str, named: bool = True) -> bool:
    words = words_of(piece)
    return (
        piece.endswith("?") or begins_question(words) or (named and _fact(words) is not None) or _ASKS.at_start(words)
    )


def _with_what_is_told(pieces: Sequence[tuple[str, bool]]) -> Iterator[str]:
    told: list[str] = []
    asked: list[str] = []
    for piece, asks in pieces:
        words = words_of(piece)
        if not asks:
            (asked if asked else told).append(piece)
        elif asked and (_GOES_ON.at_start(words) or _is_same(piece, words)):
            asked.append(piece)
        else:
            if asked:
                yield " ".join(asked)
            asked, told = [*told, piece], []
    if asked or told:
        yield " ".join([*asked, *told])


def _is_same(piece: str, words: str) -> bool:
    """Whether a question names nothing of its own: "is that ok?"."""
    return not _CODE.search(piece) and not re.search(r"\d", words) and _fact(words) is None and says_nothing(words)
