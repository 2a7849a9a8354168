"""One message, several questions: each is answered by itself."""

import re
from collections.abc import Iterator, Sequence
from enum import Enum, auto

from services.assistant.understanding.asking import begins_question
from services.assistant.understanding.cues import Cues, words_of
from services.assistant.understanding.missing import says_nothing

# The end of a sentence, of a line, or of an item of a list: "1) ...", "2. ...", "- ...".
_SENTENCE_END = re.compile(
    r"(?<=[?!])\s*(?:[+&]\s*)?(?=[A-Za-z0-9(])"
    r"|(?<=[a-zA-Z0-9)\"][.])(?<!\bi\.e\.)(?<!\be\.g\.)(?<!\bvs\.)(?<!\bie\.)(?<!\bmod\.)"
    r"(?<!\b[DM]r\.)(?!(?<=\b[A-Z]\.)\s+[a-z])\s+(?=[A-Za-z0-9(])|(?<=;)\s*|\s*\n+\s*"
    r"|(?<=\s)(?<![x×]\s)(?=\(?[1-9][).]\s+[A-Za-z])"
)
_ITEM = re.compile(r"^\s*(?:\(?[1-9][).]\s+|[-*•]\s+)")
_LISTED = re.compile(r"\s*(?:\(?\d{1,2}[).:]\s+|[-*•]\s+|\|)")
# How questions are counted, on one line or on several: "1) ... 2) ...", "(a) ... (b) ...", "Q1: ...", "First: ...".
_FIRST, _SECOND, _LATER = (
    re.compile(
        rf"(?:^|(?<=[\s,;.?]))(?<![x×]\s)(?:\(?(?:{number}|{letter})(?:\)|[.-](?=\s))|\(?(?:{roman})\)|q{number}\b[).:]?"
        rf"|(?:{word})(?:ly)?\s?[:,])\s*(?=[A-Za-z\d])",
        re.IGNORECASE,
    )
    for number, letter, roman, word in (
        ("1", "a", "i", "first"),
        ("2", "b", "ii", "second"),
        ("[3-9]", "[c-h]", "iii|iv|v", "third|fourth|last|final"),
    )
)
# What leads to a further question, and says nothing.
_LEADS_ON = re.compile(
    r"[,;.]?\s?(?:\b(?:and|also)[\s,]{1,2}){0,2}\b(?:btw|by\s+the\s+way|oh(?=,?\s+(?:and|also|plus)\b)"
    r"|while\s+(?:i\s+have|i'?ve\s+got)\s+you|while\s+(?:you|we|i)(?:'?re|'?m|\s+are|\s+am)\s+at\s+it"
    r"|(?:on\s+a\s+|as\s+a\s+)?side\s+(?:note|question)|main\s+(?:q|question)(?=:)|if\s+you\s+(?:don'?t|do\s+not)\s+mind"
    r"|(?:one\s+(?:more|other|last)|another|last|next)\s+(?:thing|question)|one\s+(?:more|last)(?=\s?[:,-])"
    r"|(?:unrelated(?:ly)?|separately|additionally|in\s+addition|finally|lastly)(?=[:,]))\b\s?[,:;–—-]*\s?(?=\w)"
    r"|(?<=[.?!;])\s*additionally\s+",
    re.IGNORECASE,
)
# The line under the heading of a table.
_RULED = re.compile(r"\s*\|?[\s|:-]*-[\s|:-]*")
_NAMED_PLACE = re.compile(r"\b(?:pos|place of service|modifiers?) \w{1,2}\b")
_MEANT = re.compile(r"\b(?:mean|stands? for)\b")
# Where a further question begins within a sentence.
_SUBJECT = r"(?:it|its|this|that|they|these|those|there|i|we|you|the|an?|any|modifiers?|mod|medicare|code|[a-z]?\d)"
_FURTHER = re.compile(
    r"(?:\s*[,.]?\s*(?:\band|\balso|\bplus|&|\bthen|(?<=\s)\+)\s+(?:also\b,?\s*)?|\s*,\s*)"
    r"(?=(?:what|whats|what's|which|how|when|who|why|where|tell\s+me)\b"
    rf"|whether\s+(?:[a-z]?\d|{_SUBJECT}\b)"
    rf"|(?:is|are|does|do|can|could|should|would|will)\s+{_SUBJECT})",
    re.IGNORECASE,
)
# Two codes that are asked about with one another, and what leads to a further two.
_PAIR = re.compile(r"\b[A-Z]?\d[\w.]{2,7}(?:-\w\w)? (?:with|vs\.?|against) [A-Z]?\d[\w.]{2,7}", re.IGNORECASE)
_NEXT_PAIR = re.compile(rf"\s*(?:[,;]\s*(?:and\s+)?|\band\s+)(?={_PAIR.pattern})", re.IGNORECASE)
_PART = re.compile(r"\s*(?:[,:;]|\s[/+]\s|\band\b|\bplus\b|&|\balso\b)\s*", re.IGNORECASE)
_CODE = re.compile(r"\d{3}")
# A code, and neither a date nor a model of HCC.
_WHOLE_CODE = re.compile(r"\b(?!v2\d\b)(?:[a-z]\d[\da-z][\w.]*|\d{4}[\da-z]|\d{3}\.\d+)\b", re.IGNORECASE)
_OBJECT = re.compile(r"[A-Za-z]?\d{2}|\b(?i:modifiers?|mods?|pos)\b|\b[A-Z]{2}\b.{0,12}\b(?:means?|stands?)\b")
_OWN = Cues(
    "what is the, whats the, what are the, which code, what code, which guideline, what guideline, "
    "is it, are they, was it"
)
_GOES_ON = Cues("or, because, since, if so, if not, even though, unless, i e, ie, that is, meaning is, in other words")
# One code is held against another: "which HCC is N18.32, and is it the same as N18.31".
_COMPARED = Cues("is it the same as, is that the same as, is this the same as")
# The time or the reason of something, no question: "when it was deleted, ...".
_TOLD = Cues("when, where, if, since, because, although, while, once, as")
_INVERTED = Cues(
    "when is, when are, when was, when were, when do, when does, when did, when can, when should, when may, when will, "
    "when would, when must, where is, where are, where do, where does, where did, where can, where was, where should"
)
# Under which edits, for which year: "for payment year 2026, which ...".
_PREPOSED = Cues("under, for, per, according to, as per, based on, regarding, concerning, in, on, with, given, using")
# What was spoken of before is named again: "the add-on we talked about, is the primary ok".
_AGAIN = Cues("we talked about, we spoke about, we discussed, you mentioned, i mentioned")
# What is only named before it is asked about: "what about E11.9, is it billable".
_NAMED = Cues("what about, how about, hows about")
# A statement, unless a question mark follows.
_DENIED = Cues("cant, dont, doesnt, didnt, wont, isnt, arent, couldnt, wouldnt, cannot")
_POINTS = Cues("it, its, this, that, they, them, their, these, those, one, ones, there")
# The books of rules, of which nothing is asked but what they say of the question before.
_BOOKS = Cues("policy manual, manual, policy, guideline, guidelines, tabular, ncci, cms, book, rules, rule, official")
_ASKS = Cues(
    "check, confirm, convert, crosswalk, look up, need, also need, and need, plus need, please check, need ... code, "
    "code this"
)
_WHERE_PAID = Cues("facility, nonfacility, non facility")


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
    LATERALITY = auto()
    EDIT = auto()
    MEANING = auto()


_FACTS = {
    _Fact.PLACE: Cues(
        "pos ... meaning, pos ... mean, pos ... name, name of pos *, place of service *, what is pos *, whats pos *, "
        "meaning of pos *"
    ),
    _Fact.BILLABLE: Cues("billable, valid for submission"),
    _Fact.HCC: Cues("hcc, hccs, risk adjust*, raf, rxhcc, rxhccs"),
    _Fact.UNITS: Cues("mue, mues, mai, medically unlikely, how many units, how many per day, maximum units"),
    _Fact.FEE: Cues(
        "rvu, rvus, work rvu, global days, global period, global indicator, fee, payment, conversion factor, "
        "allowed amount"
    ),
    _Fact.CROSSWALK: Cues("icd 9, icd 9 cm, gem, ccsr, crosswalk"),
    _Fact.ADD_ON: Cues("add on, primary codes, primaries, be primary, primary for"),
    _Fact.COVERAGE: Cues("lcd, ncd, coverage"),
    _Fact.NOTES: Cues("excludes*, excluded, includes, code first, use additional"),
    _Fact.HIERARCHY: Cues("parent, children, chapter, subcodes, child codes"),
    _Fact.HISTORY: Cues(
        "replaced by, replacement for, replacement of, replacement code, its replacement, what replaced"
    ),
    _Fact.SEVENTH_CHARACTER: Cues("seventh character, seventh"),
    _Fact.LATERALITY: Cues(
        "right or left, left or right, right or the left, which side, which eye, laterality, left side *, "
        "right side *, left counterpart, right counterpart, left ... version, right ... version, left equivalent, "
        "right equivalent, the bilateral for, the bilateral of, bilateral version, bilateral equivalent"
    ),
    _Fact.EDIT: Cues("edit, edits, ncci edit, edit indicator, unbundle*, bundle*, together"),
    _Fact.MEANING: Cues("description, meaning, meanings, definition, title, what * means, what * stands for"),
}
# Where a fact stands, or for when.
_NO_FACTS = Cues("payment year, mue table, mue file, mue edits, ptp table, ptp file, fee schedule, ncci edits")
_WHAT = Cues("what is, whats, what are, what *, what does")
_ALSO = Cues("also, and also, plus, second, secondly, next, finally")
_MEANS = Cues(
    "what does the code mean, and what does the code mean, what does it mean, and what does it mean, what is it, "
    "and what is it, whats it mean, and whats it mean, what does this code mean, and what does this code mean, "
    "what does that code mean, and what does that code mean, what does it stand for, and what does it stand for"
)
# A section of a book, a claim and a rule are asked of as one.
_ONE = Cues("policy manual, guideline, guidelines, rule, rules, section, difference")


def split(text: str) -> list[str]:
    """Return the questions of a message in their order; what only tells something stays with the one it leads to."""
    return _listed(text) or _asked(text)


def _asked(text: str) -> list[str]:
    sentences = list(_sentences(text))
    # Where nothing is asked in so many words, the name of a fact asks for it.
    named = not any(_is_asked(sentence, named=False) for sentence, _ in sentences)
    pieces: list[tuple[str, bool]] = []
    for sentence, beside in sentences:
        adds = _adds(sentence, beside=beside)
        parts = [piece for pair in _pairs(sentence) for further in _further(pair) for piece in _facts(further)]
        for part in parts:
            further = named or adds or (";" in text and (_CODE.search(part) or _NAMED_PLACE.search(words_of(part))))
            asked = len(parts) > 1 or _is_asked(part, bool(further)) or (beside and _is_asked_at_end(part))
            pieces.append((part, asked))
    return list(_with_what_is_told(pieces))


def _listed(text: str) -> list[str]:
    """Return the needs that a message lists, a line or a row of a table each; nothing when it lists something else."""
    if (first := _FIRST.search(text)) and _SECOND.search(text, first.end()):
        for count in (_FIRST, _SECOND, _LATER):
            text = count.sub("\n- ", text)
    lines = [line for line in text.split("\n") if line.strip()]
    rules = [place for place, line in enumerate(lines) if _RULED.fullmatch(line)]
    lines = [line for place, line in enumerate(lines) if place not in rules and place + 1 not in rules]
    items = [_cells(line) if "|" in line else _item(line) for line in lines if _LISTED.match(line)]
    if len(items) < 2 or not _is_need(items[0]) or not _is_need(items[-1]):
        return []
    others = [line.strip() for line in lines if not _LISTED.match(line)]
    told = " ".join(line for line in others if re.search(r"\d", line) and not line.endswith("?")).rstrip(" ,:-")
    asked = [line for line in others if line.endswith("?") and re.search(r"\d", line)]
    needs = [item if _WHOLE_CODE.search(told) and _has_subject(item) else f"{told} {item}".strip() for item in items]
    return [question for need in needs for question in _asked(need)] + asked


def _item(line: str) -> str:
    return _ITEM.sub("", line).strip(" ,;").removesuffix(" and").rstrip(" ,;")


def _has_subject(item: str) -> bool:
    return bool(_WHOLE_CODE.search(item) or _NAMED_PLACE.search(words_of(item)))


def _cells(row: str) -> str:
    cells = [cell.strip() for cell in row.strip().strip("|").split("|")]
    return " ".join(cells[1:] if len(cells) > 1 and cells[0].strip("#.").isdigit() else cells)


def _is_need(item: str) -> bool:
    words = words_of(item)
    named = _PAIR.search(item) or _NAMED_PLACE.search(words) or _MEANT.search(words)
    return named is not None or _is_asked(item)


def _sentences(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the sentences of a text, each with whether "by the way" and the like stand before it or after it."""
    said = [_SENTENCE_END.split(part) for part in _LEADS_ON.split(text)]
    for turn, sentences in enumerate(said):
        for place, sentence in enumerate(sentences):
            after = place == 0 and turn > 0
            before = place == len(sentences) - 1 and turn < len(said) - 1
            if stripped := _ITEM.sub("", sentence).strip():
                yield stripped, after or before


def _adds(sentence: str, *, beside: bool) -> bool:
    """Whether a sentence names a fact among questions: "is it bundled? and the work RVU of 43239"."""
    words = words_of(sentence)
    return (beside or words.startswith("and ")) and (_has_subject(sentence) or _POINTS(words))


def _pairs(sentence: str) -> Iterator[str]:
    """Yield the pairs that a sentence asks of: "29881 with 29877, and 97110 with 97140"."""
    start = 0
    for match in _NEXT_PAIR.finditer(sentence):
        if _PAIR.search(sentence[start : match.start()]):
            yield sentence[start : match.start()].strip()
            start = match.end()
    yield sentence[start:].strip()


def _further(sentence: str) -> Iterator[str]:
    """Yield the questions that a sentence joins: "is it billable and what is its HCC"."""
    start = 0
    for match in _FURTHER.finditer(sentence):
        before = sentence[start : match.start()]
        if _is_whole(before) and _has_own_object(sentence[match.end() :], before):
            yield sentence[start : match.start()].strip()
            start = match.end()
    yield sentence[start:].strip()


def _is_whole(part: str) -> bool:
    """Whether the beginning of a sentence is a question by itself."""
    words = words_of(part)
    told = _TOLD.at_start(words) and not _INVERTED.at_start(words)
    told = told or (_PREPOSED.at_start(words) and "," not in part and not part.endswith("?"))
    return _is_asked_at_end(part) and not told and not _NAMED.at_start(words) and not _AGAIN(words)


def _has_own_object(part: str, before: str) -> bool:
    """Whether the rest of a sentence asks for a fact or of a code, and not of the question before it."""
    words = words_of(part)
    if _COMPARED.at_start(words):
        return False
    if _OBJECT.search(part) or _fact(words) is not None or _OWN.at_start(words) or _MEANS.are_all(words):
        return True
    return not _POINTS(words) and not _OBJECT.search(before)


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
        earlier = sentence[start:end]
        # One meaning is of a modifier, another one of a code.
        own = _FACTS[_Fact.MEANING](words_of(earlier)) or (_has_subject(earlier) and _has_subject(piece))
        again = fact is known is _Fact.MEANING and own
        if fact and known and (fact != known or again):
            yield sentence[start:end].strip(" ,;:&+").removesuffix(" and").removesuffix(" plus")
            start = end
        known = fact or known or (_Fact.MEANING if _CODE.search(piece) and _asks_meaning(words) else None)
        end = part.end() if part else end
    yield sentence[start:].lstrip(" ,;&").rstrip(" ,&")


def _asks_meaning(words: str) -> bool:
    return _WHAT.at_start(words) or words.endswith((" what is it", " whats it", " what is that", " whats that"))


def _fact(words: str) -> _Fact | None:
    words = _NO_FACTS.left_out(words)
    return next((fact for fact, cues in _FACTS.items() if cues(words)), None)


def _is_asked(piece: str, named: bool = True) -> bool:
    if piece.endswith(("?", ":")):
        return piece.endswith("?")
    words = words_of(piece)
    # "Did 45385 and 45380." tells what was done.
    if re.match(r"did \w*\d", words):
        return False
    further = named or _ALSO.at_start(words)
    asked = begins_question(words) or _ASKS.at_start(words) or (further and _fact(words) is not None)
    return asked and not _DENIED.at_start(words)


def _is_asked_at_end(piece: str) -> bool:
    return _is_asked(piece) or _is_asked(piece.rpartition(":")[2].strip())


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
    if _WHERE_PAID(words):
        return False
    if _MEANS.are_all(words):
        return False
    nothing_own = not _CODE.search(piece) and not re.search(r"\d", words) and _fact(words) is None
    return nothing_own and says_nothing(_BOOKS.left_out(words))
