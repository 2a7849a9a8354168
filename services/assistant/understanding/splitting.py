"""One message, several questions: each is answered by itself."""

import re
from collections.abc import Iterator, Sequence

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.assistant.understanding.asking import begins_question
from services.assistant.understanding.cues import Cues, words_of
from services.assistant.understanding.facts import Fact, fact_of, names, names_alone, wants_code
from services.assistant.understanding.missing import BOOKS, asks_books_alone, says_nothing
from services.assistant.understanding.places import setting_of
from services.assistant.understanding.vocabulary import says_something_of_coding

# The end of a sentence, of a line, or of an item of a list: "1) ...", "2. ...", "- ...".
_SENTENCE_END = re.compile(
    r"(?<=[?!])\s*(?:[+&/]\s*)?(?=[A-Za-z0-9(])|(?<=\w[.]{3})\s+(?=[A-Za-z0-9(])"
    r"|(?<=[a-zA-Z0-9)\"][.])(?<!\bi\.e\.)(?<!\be\.g\.)(?<!\bvs\.)(?<!\bie\.)(?<!\bmod\.)"
    r"(?<!\b[DM]r\.)(?!(?<=\b[A-Z]\.)\s+[a-z])\s+(?=[A-Za-z0-9(])|(?<=;)\s*|\s*\n+\s*"
    r"|(?<=\s)(?<!\b[x×]\s)(?=\(?[1-9][).]\s+[A-Za-z])"
)
_ITEM = re.compile(r"^\s*(?:\(?[1-9][).]\s+|[-*•]\s+)")
_LISTED = re.compile(r"\s*(?:\(?\d{1,2}[).:]\s+|[-*•]\s+|\|)")
# How questions are counted, on one line or on several: "1) ... 2) ...", "(a) ... (b) ...", "Q1: ...", "First: ...".
_FIRST, _SECOND, _LATER = (
    re.compile(
        rf"(?:^|(?<=[\s,;.?]))(?<!\b[x×]\s)(?:\(?(?:{number}|{letter})(?:\)|[.-](?=\s))|\(?(?:{roman})\)|q{number}\b[).:]?"
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
# What stands before what is asked: "M17.11: billable", "E11.9 - is it billable".
_LABEL = re.compile(r":|\s[–-]\s")
_NAMED_PLACE = re.compile(r"\b(?:pos|place of service|modifiers?) \w{1,2}\b")
_MEANT = re.compile(r"\b(?:mean|stands? for)\b")
_OF_LINE = re.compile(r"\b(?:modifiers?|pos|place of service)\b|^[a-z][a-z\d] mean")
_NUMBERS = re.compile(r"\b(?:x\b|[a-z]?\d[\w.]*)")
# Where a further question begins within a sentence.
_SUBJECT = (
    r"(?:(?:it|its|this|that|they|these|those|both|there|i|we|you|the|an?|any|modifiers?|mod|medicare|code)\b|[a-z]?\d)"
)
_FURTHER = re.compile(
    r"(?:\s*[,.–-]?\s*(?:\band|\balso|\bplus|&|\bthen|(?<=\s)\+)\s+(?:(?:also|separately|lastly|finally)\b,?\s*)?|\s*,\s*|\s+[–-]\s+)"
    r"(?=(?:what|whats|what's|which|how|when|who|why|where|tell\s+me|guidelines?|(?:the\s+)?difference"
    r"|(?:the\s+)?same\s+(?:thing\s+)?for)\b"
    rf"|whether\s+(?:[a-z]?\d|{_SUBJECT})"
    rf"|(?:is|are|does|do|can|could|should|would|will)\s+{_SUBJECT}"
    # Of another thing: "and is diagnostic mammography covered".
    rf"|(?P<other>(?:is|are|does|do|can|will)\s+(?!not\b|no\b)[a-z]))",
    re.IGNORECASE,
)
# Two codes that are asked about with one another, and what leads to a further two.
_OF_PAIR = r"(?:[A-Z]\d[\dA-Z][\w.]*|\d{4}[\dA-Z])(?!\w)"
_WITH = r" (?:with|vs\.?|against) | w/? ?"
_PAIR_IN_WORDS, _PAIR = (
    re.compile(rf"(?<![\w./]){_OF_PAIR}(?:[ -]\w\w)?(?:{joined})(?={_OF_PAIR})", re.IGNORECASE)
    for joined in (_WITH, rf"{_WITH}| ?[+&/] ?")
)
_NEXT_NEED = re.compile(
    r"(?:(?<=\bdx)|(?<=\bcode)|(?<=\bcodes)|(?<=\bdiagnosis)|(?<=\bnumber))\s*,\s*then\s+(?=(?:the|a|an|my)\s|[A-Z]?\d)",
    re.IGNORECASE,
)
_TO_NEXT = re.compile(r"\s*(?:[,;]\s*(?:(?:and|then)\s+)?|\band\s+)(?=[A-Z]?\d)", re.IGNORECASE)
_PART = re.compile(r"\s*(?:[,:;]|\s[/+]\s|(?<=[a-z]{3})/(?=[a-z]{3})|\band\b|\bplus\b|&|\balso\b)\s*", re.IGNORECASE)
_DASH = re.compile(r"\s+[–-]\s+")
_DAY = re.compile(r"\d[/-]\d")
_LED_ON = re.compile(r"(?:[\s,]+(?:and|plus|also))+$", re.IGNORECASE)
_CODE = re.compile(r"\d{3}")
# A code, and neither a date nor a model of HCC.
_WHOLE_CODE = re.compile(r"\b(?!v2\d\b)(?:[a-z]\d[\da-z][\w.]*|\d{4}[\da-z]|\d{3}\.\d+)\b", re.IGNORECASE)
_OBJECT = re.compile(r"[A-Za-z]?\d{2}|\b(?i:modifiers?|mods?|pos)\b|\b[A-HJ-Z][A-Z]?\b.{0,12}\b(?:means?|stands?)\b")
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
_THEM = Cues("both, they, them, these, those, together")
_ASKS = Cues(
    "check, confirm, convert, crosswalk, look up, need, also need, and need, plus need, please check, need ... code, "
    "code this, read me, the same for, same for, the same thing for, same thing for"
)
_WHERE_PAID = Cues("facility, nonfacility, non facility")
_WHAT = Cues("what is, whats, what are, what *, what does")
_ALSO = Cues("also, and also, plus, second, secondly, next, finally")
_BESIDE = re.compile(r"(?:(?:and|plus|also),?\s+)*also,?\s+(?=\w)", re.IGNORECASE)
# What is told of a patient or of a claim beside, and is no condition to be looked for.
_TELLS = Cues(
    "also has, also had, also is, also was, also with, also the, also a, also on, also he, also she, also they"
)
_STATES = Cues("has, have, had, was, were, says, said")
# How many codes are asked for says nothing: "what are the 2 codes".
_HOW_MANY = re.compile(r"\b\d\s(?=(?:\S+\s)?(?:codes|diagnoses|dxe?s)\b)", re.IGNORECASE)
_MEANS = Cues(
    "what does the code mean, and what does the code mean, what does it mean, and what does it mean, what is it, "
    "and what is it, whats it mean, and whats it mean, what does this code mean, and what does this code mean, "
    "what does that code mean, and what does that code mean, what does it stand for, and what does it stand for"
)
# What it means is asked of the value: "what is the MAI of 95165 and what does it mean".
_OF_VALUE = Cues("mai, indicator, indicators, status, global days, global period")
_VALUE_MEANT = re.compile(
    r"\bwhat (?:does|do) (?:the |an? )?(?:mai |status |indicator )*(?:\d{1,3}|[a-z]) (?:mean|stand)"
)
# What may tell more of a condition that a code is looked for.
_OF_WHAT_IS_SOUGHT = (Fact.LATERALITY, Fact.EDIT, Fact.MEANING, Fact.COMPARISON, Fact.HISTORY, Fact.SEVENTH_CHARACTER)
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
            listed = ";" in text and (_CODE.search(part) or _has_subject(part)) and not _STATES(words_of(part))
            further = named or adds or listed
            paired = part.endswith(";") and _PAIR.match(part) and _PAIR.search(text, text.find(part) + len(part))
            asked = len(parts) > 1 or _is_asked(part, bool(further)) or (adds and _is_asked_after_comma(part)) or paired
            pieces.append((part, bool(asked)))
    return list(_with_what_is_told([*_with_conditions(pieces)]))


def _with_conditions(pieces: Sequence[tuple[str, bool]]) -> Iterator[tuple[str, bool]]:
    """Yield pieces, those asked that add a condition to one that is looked for: "code for GERD; also hiatal hernia"."""
    looked_for = any(asked and wants_code(words_of(piece)) for piece, asked in pieces)
    # "GERD; also Barrett's" names conditions alone.
    alone = bool(pieces) and pieces[0][0].endswith(";")
    alone = alone and not any(asked or _CODE.search(piece) for piece, asked in pieces)
    adding = [_adds_condition(piece) for piece, _ in pieces]
    for number, (piece, asked) in enumerate(pieces):
        if not asked and (looked_for or alone) and adding[number]:
            yield _BESIDE.sub("", piece, count=1), True
        else:
            yield piece, asked or (alone and number == 0 and any(adding))


def _adds_condition(piece: str) -> bool:
    words = words_of(piece)
    return bool(_BESIDE.match(piece)) and not (_TELLS.at_start(words) or _CODE.search(piece) or says_nothing(words))


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
    return named is not None or wants_code(words) or _is_asked(item)


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
    # "HCC of E11.9 & I10, N18.4 & I50.9" names no pairs.
    pair = _PAIR if fact_of(words_of(sentence)) in (None, Fact.EDIT, Fact.COMPARISON) else _PAIR_IN_WORDS
    start = 0
    for match in _TO_NEXT.finditer(sentence):
        before, following = pair.search(sentence, start, match.start()), pair.match(sentence, match.end())
        if before and following and before.group()[0].isalpha() == following.group()[0].isalpha():
            yield sentence[start : match.start()].strip()
            start = match.end()
    yield sentence[start:].strip()


def _further(sentence: str) -> Iterator[str]:
    """Yield the questions that a sentence joins: "is it billable and what is its HCC"."""
    start = 0
    for match in _NEXT_NEED.finditer(sentence):
        # "I need that dx, then the hospice POS": what is needed is counted off.
        yield sentence[start : match.start()].strip()
        start = match.end()
    sentence, start = sentence[start:], 0
    for match in _FURTHER.finditer(sentence):
        before, rest = sentence[start : match.start()], sentence[match.end() :]
        if (_is_whole(before) or _is_line(before, rest)) and _asks_further(match, rest, before):
            yield before.strip()
            start = match.end()
    yield sentence[start:].strip()


def _asks_further(match: re.Match[str], rest: str, before: str) -> bool:
    """Whether the rest of a sentence asks something else than what stands before it, by what leads from one to it."""
    if _DASH.fullmatch(match.group()):
        both_named = _OBJECT.search(before) and (_OBJECT.search(rest) or fact_of(words_of(rest)))
        return bool(both_named) and begins_question(words_of(_LABEL.split(before)[-1]))
    if match["other"] is None:
        return _has_own_object(rest, before)
    return match.group().strip() != "," and _asks_of_coding(rest)


def _asks_of_coding(part: str) -> bool:
    """Whether what is said of another thing is asked, and does not tell more of a condition: "and is infected"."""
    words = words_of(part)
    return says_something_of_coding(words) or _POINTS(words)


def _is_whole(part: str) -> bool:
    """Whether the beginning of a sentence is a question by itself."""
    words = words_of(part)
    told = _TOLD.at_start(words) and not _INVERTED.at_start(words)
    told = told or (_PREPOSED.at_start(words) and "," not in part and not part.endswith("?"))
    # "the left one, is it billable" names what is asked about.
    of_side = fact_of(words) is Fact.LATERALITY and not begins_question(words) and not _has_subject(part)
    named = _NAMED.at_start(words) or of_side
    return _is_asked_at_end(part) and not told and not named and not _AGAIN(words)


def _is_line(part: str, rest: str) -> bool:
    """Whether nothing but the line of a claim stands before what a modifier or a place means: "J0897 60 units and"."""
    meant = words_of(rest)
    asks_meaning = (_MEANT.search(meant) or names(Fact.MEANING, meant)) and _OF_LINE.search(meant)
    return bool(asks_meaning and _WHOLE_CODE.search(part)) and says_nothing(_NUMBERS.sub(" ", words_of(part)))


def _is_elsewhere(words: str, earlier: str) -> bool:
    """Whether words name another setting than those before them: "for our claim, and for the hospital's"."""
    setting, before = setting_of(words), setting_of(earlier)
    return setting is not None and before is not None and setting != before


def _has_own_object(part: str, before: str) -> bool:
    """Whether the rest of a sentence asks for a fact or of a code, and not of the question before it."""
    words = words_of(part)
    if _COMPARED.at_start(words) or (_OF_VALUE(words_of(before)) and _VALUE_MEANT.search(words)):
        return False
    if _OBJECT.search(part) or fact_of(words) is not None or _OWN.at_start(words):
        return True
    if _MEANS.are_all(words):
        return not _OF_VALUE(words_of(before))
    # Who names no setting means the practitioner's.
    elsewhere = setting_of(words) not in (None, setting_of(words_of(before)) or lookup.SETTING_PRACTITIONER)
    if asks_books_alone(words) or elsewhere:
        return True
    return not _POINTS(words) and not _OBJECT.search(before)


def _facts(sentence: str) -> Iterator[str]:
    """Yield the facts that a sentence lists: "MUE of 97110, global days of 27447 and the HCC of E11.9"."""
    if _ONE(words_of(sentence)):
        yield sentence
        return
    start, end = 0, 0
    known: Fact | None = None
    pairs = [pair.span() for pair in _PAIR.finditer(sentence)]
    parts = [one for one in _PART.finditer(sentence) if not any(first < one.start() < last for first, last in pairs)]
    for part in [*parts, None]:
        piece = sentence[end : part.start() if part else len(sentence)]
        words = words_of(piece)
        earlier = sentence[start:end]
        fact = _further_fact(piece, known, earlier)
        own = _has_subject(earlier) and _has_subject(piece)
        again = fact is known and bool(
            # One meaning is of a modifier, another one of a code.
            (fact is Fact.MEANING and (own or names(Fact.MEANING, words_of(earlier))))
            or (fact is Fact.CODE and wants_code(words_of(_LED_ON.sub("", earlier.strip()))))
            or (own and _is_of_other_terms(piece, earlier))
        )
        labelled = earlier.rstrip().endswith(":") or fact in (Fact.NOTES, Fact.EDIT)
        if known is Fact.COMPARISON and fact and not _has_subject(piece) and labelled:
            # "45378 vs 45385: global days", "E66.9 vs Z68.41, do they exclude one another" compare nothing.
            known = fact
        beside = known is None and ((fact and _is_beside(fact, words, earlier)) or _is_line(earlier, piece))
        if fact and ((known and (fact != known or again)) or beside):
            yield _LED_ON.sub("", sentence[start:end].strip(" ,;:&+"))
            start = end
        known = fact or known or (Fact.MEANING if _CODE.search(piece) and _asks_meaning(words) else None)
        end = part.end() if part else end
    yield sentence[start:].lstrip(" ,;&").rstrip(" ,&")


def _is_beside(fact: Fact, words: str, earlier: str) -> bool:
    """Whether words name a fact beside a question that names none: "is J3301 2 units ok + total fee"."""
    asked = begins_question(words_of(earlier)) and _has_subject(earlier) and _is_whole(earlier)
    return asked and fact not in (Fact.CODE, *_OF_WHAT_IS_SOUGHT) and names_alone(fact, words)


def _is_of_other_terms(piece: str, earlier: str) -> bool:
    """Whether a piece of a sentence names another setting or day than those before it, and these one of their own."""
    return _is_elsewhere(words_of(piece), words_of(earlier)) or bool(_DAY.search(piece) and _DAY.search(earlier))


def _further_fact(piece: str, known: Fact | None, earlier: str) -> Fact | None:
    """Return the fact that a piece of a sentence names beside those before it; None when it goes on with them."""
    words = words_of(piece)
    fact = fact_of(words)
    if known is Fact.CODE and fact and fact is not Fact.CODE:
        # "code for a wound, right side" tells more of the wound.
        return fact if fact not in _OF_WHAT_IS_SOUGHT and names_alone(fact, words) else None
    if known is None and fact is Fact.LATERALITY and not (_has_subject(piece) or begins_question(words)):
        return None
    return None if fact is Fact.CODE and known not in (None, Fact.CODE) and not _has_subject(earlier) else fact


def _asks_meaning(words: str) -> bool:
    return _WHAT.at_start(words) or words.endswith((" what is it", " whats it", " what is that", " whats that"))


def _is_asked(piece: str, named: bool = True) -> bool:
    if piece.endswith(("?", ":")):
        return piece.endswith("?")
    words = words_of(piece)
    # "Did 45385 and 45380." tells what was done.
    if re.match(r"did \w*\d", words):
        return False
    further = named or _ALSO.at_start(words)
    asked = begins_question(words) or _ASKS.at_start(words) or (wants_code(words) and not words.endswith("diagnosis"))
    asked = (
        asked or (further and fact_of(words) not in (None, Fact.COMPARISON)) or (_ALSO.at_start(words) and BOOKS(words))
    )
    return asked and not _DENIED.at_start(words)


def _is_asked_at_end(piece: str) -> bool:
    return _is_asked(piece) or _is_asked(_LABEL.split(piece)[-1].strip(), named=False)


def _is_asked_after_comma(piece: str) -> bool:
    return _is_asked_at_end(piece) or _is_asked(piece.rpartition(",")[2].strip(), named=False)


def _with_what_is_told(pieces: Sequence[tuple[str, bool]]) -> Iterator[str]:
    told: list[str] = []
    asked: list[str] = []
    several = sum(wants_code(words_of(piece)) for piece, _ in pieces) > 1
    for piece, asks in pieces:
        words = words_of(piece)
        if not asks:
            (asked if asked else told).append(piece)
        elif asked and (
            _goes_on(words) or (_is_same(piece, words, " ".join(asked)) and not (several and _THEM(words)))
        ):
            asked.append(_HOW_MANY.sub("", piece))
        else:
            if asked:
                yield " ".join(asked)
            asked, told = [*told, piece], []
    if asked or told:
        yield " ".join([*asked, *told])


def _goes_on(words: str) -> bool:
    """Whether a question is one with that before it: "if not, which is"; what replaced a code is asked by itself."""
    return _GOES_ON.at_start(words) and fact_of(words) is not Fact.HISTORY


def _is_same(piece: str, words: str, earlier: str) -> bool:
    """Whether a question names nothing of its own beside what was asked before it: "is that ok?"."""
    if asks_books_alone(words) and _WHOLE_CODE.search(earlier) and not BOOKS(words_of(earlier)):
        return False
    if _WHERE_PAID(words) or _is_elsewhere(words, words_of(earlier)):
        return False
    if _OF_VALUE(words_of(earlier)) and _VALUE_MEANT.search(words):
        return True
    if _MEANS.are_all(words) and not _OF_VALUE(words_of(earlier)):
        return False
    words = _HOW_MANY.sub("", words)
    nothing_own = not _CODE.search(piece) and not re.search(r"\d", words) and fact_of(words) is None
    return nothing_own and says_nothing(BOOKS.left_out(words))
