"""Another version of a code: the one of its family whose title differs from its own in what words ask for.

The family are all codes of its category; of a procedure code of ICD-10-PCS those that differ in one character. Words
that no title of the family says count for nothing.
"""

import re
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.assistant.answer import Answer
from services.assistant.composing.note_codes import compact
from services.assistant.composing.parts import (
    bold,
    bullets,
    code_line,
    named,
    paragraphs,
    source_of,
    standing,
    with_remark,
)
from services.assistant.composing.ranges import pages_within
from services.assistant.composing.sides import OTHER_SIDE, side_in, sides_of
from services.assistant.question import Code, Question, Side, Topic
from services.assistant.tools import Found, Tools
from services.assistant.understanding.cues import Cues, word_set, words_of
from services.assistant.understanding.encounters import as_the_books, letter_named
from services.assistant.understanding.missing import telling
from services.assistant.understanding.places import BODY_PART
from services.assistant.understanding.vocabulary import words_of_medicine

_CM = lookup.CODE_SYSTEM_ICD10CM
_PCS = lookup.CODE_SYSTEM_ICD10PCS
_SEVENTH = 7
_CATEGORY = 3
_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
# The section and the body system of a procedure code stay.
_FIXED = 2
_SHOWN = 6
_LONGEST_QUERY = 300
_TOKEN = re.compile(r"[a-z0-9]+|[],;.?!]")
_ENDING = re.compile(r"(?<=[a-z]{3})(?:ing|ed|es|s|e)$")
_BEGINNING = 6
# Diverticulitis is no diverticulosis, though both begin alike.
_WHOLE = re.compile(r"(?:itis|osis|oma|emia|pathy|plegia|paresis)$")
_JOINED = re.compile(r"\b(non|post)[- ](?=[a-z])")
# "Without foreign body of right index finger": the finger is there.
_OF_A_SIDE = re.compile(r"\bof (?=(?:right|left|bilateral)\b)")
_LISTED = re.compile(r"without [^,]+(?:, (?!with)[^,]+)*, and ")
_ROMAN = re.compile(r"(?<=\bstage )i[iv]*\b|(?<=\bclass )i[iv]*\b|(?<=\bgrade )i[iv]*\b|(?<=\btype )i[iv]*(?=[abc]?\b)")
_NUMBERS = {"i": "1", "ii": "2", "iii": "3", "iv": "4"}
_NOT = word_set("without no not denies nor wo except")
_YES = word_set("with but has is now instead , ; . ? ! ]")
_KINDS = word_set("stage type grade class fetus")
_SMALL = word_set("of the a an and or with in on to for as by at from due is than that it its , ; . ? !")
# What asks, and is said in titles of other things; sides are told apart from "right?".
_ASKING = word_set(
    "other another need one code codes full same version versions first right left bilateral both lt rt be if she he "
    "her his what who how i my now use used using patient visit back vs side "
    "mean means meaning progressed worsened became same"
)
_SAME = {"unknown": "unspecified", "unspec": "unspecified", "min": "minutes", "mins": "minutes", "hrs": "hours"}
# What a title leaves open is nothing to lose, and nothing to be asked for.
_OPEN = frozenset({"unspec"})
# Who asks for one means the other no more.
_APART = (frozenset({"acut", "chroni"}), frozenset({"mild", "modera", "sever"}), frozenset({"mal", "femal"}))
_SAME |= {"proximal": "upper", "distal": "lower"}
_NAMED_SO = Cues("version*, counterpart, equivalent, variant")
_AND_OF = Cues("what about, how about, and for, and the, and if, what if, for the, so whats, whats, so what is")
_OPPOSITE = re.compile(rf"\b(?:other (?:{BODY_PART}|one)|opposite(?: {BODY_PART})?|contralateral(?: {BODY_PART})?)\b")
_ON_BOTH = Cues("on both, in both, has both, it is both, its both, both sides, both legs, both eyes")
_BOTH = Cues("both, and both, for both, what about both, its both")
_SIDES = Cues("left, right, bilateral, both, side, sides")
# Where no code of the family is meant, one of another may be.
_ELSEWHERE = Cues("version*, counterpart, equivalent, variant, instead, but")
_SUPPOSED = Cues("if, now, instead, but")
# Of these the code itself is asked for, of those something of it.
_OF_THE_CODE = (Topic.CODE, Topic.HIERARCHY, Topic.LATERALITY)
_OF_IT = (Topic.BILLABLE, Topic.VALIDITY, Topic.HCC, Topic.CROSSWALK, Topic.NOTES)
Composer = Callable[[Question, Tools], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Version:
    """The code that is asked for, others that say the words as well, and the words; whether it says all that is."""

    entry: lookup.Entry
    others: Sequence[lookup.Entry]
    words: str
    whole: bool = True


async def with_version(question: Question, tools: Tools, compose: Composer) -> Answer:
    """Answer a question of one code; where its words ask for another version of the code, of that one."""
    if len(question.codes) != 1 or not _may_ask(question):
        return await compose(question, tools)
    found = await tools.find(question.codes[0], question.dates)
    own = side_in(found.entry.title) if found.entry else None
    other = own.opposite if own else None
    if question.side in (None, own) and other and _of_the_other(question):
        # "The other foot" says the side, and not the part.
        question = replace(question, side=other, phrase=OTHER_SIDE.sub(" ", question.phrase).strip())
    elif other and _BOTH.are_all(words_of(question.text)):
        question = replace(question, side=Side.BILATERAL)
    elif other and question.topic is Topic.LATERALITY and _ON_BOTH(words_of(question.text)):
        # "It is one leg, she has it on both."
        question = replace(question, side=Side.BILATERAL, phrase="")
    version = await version_of(found, question, tools)
    if version is None:
        answer = await compose(question, tools)
        none = (
            question.topic in _OF_THE_CODE and _NAMED_SO(words_of(question.text)) and not _SIDES(question.text.lower())
        )
        return await _without_version(question, found, tools) or answer if none else answer
    if question.topic in _OF_THE_CODE:
        return of_version(version, found)
    code = Code(version.entry.code, (found.system,))
    answer = await compose(replace(question, codes=(code,)), tools)
    return replace(answer, body=paragraphs(f"{_lead(version)}.", answer.body))


def _of_the_other(question: Question) -> bool:
    """Whether a question is of the other side than the one that its code says: "left N63.21, the right equivalent"."""
    words = words_of(question.text)
    return bool(_OPPOSITE.search(words)) or ("left" in words.split() and "right" in words.split() and _NAMED_SO(words))


async def _without_version(question: Question, found: Found, tools: Tools) -> Answer | None:
    """Say that no code is the version that is asked for, and which stand beside the one that is named."""
    entry = found.entry
    words = [said for _, said in _said(question.phrase) if telling(said) and said not in _ASKING]
    if entry is None or found.system != _CM or not words:
        return None
    page = await tools.page(found.system, entry.code, found.dated, lookup.PAGE_SECTION_OFFICIAL_DESCRIPTION)
    above = page.ancestors[-1]
    header = await tools.page(found.system, above.code, found.dated, lookup.PAGE_SECTION_OFFICIAL_DESCRIPTION)
    others = [one for one in header.children if one.code != entry.code]
    if above.level != lookup.LEVEL_CODE or not others:
        return None
    body = paragraphs(
        f"No code beside {bold(entry.code, entry.title)} says \u201c{' '.join(words)}\u201d in its title. "
        f"Below {bold(above.code, above.title)} are also:",
        bullets(bold(one.code, one.title) for one in others),
    )
    return Answer(with_remark(body, found.dated), None, source_of(found.dated), named(entry))


def _may_ask(question: Question) -> bool:
    """Whether the words of a question beside a code may mean another version of it."""
    topic, words = question.topic, words_of(question.text)
    if topic in _OF_IT:
        named = _NAMED_SO(words) and (question.side or words_of_medicine(question.phrase.lower()))
        return bool(named or _AND_OF.at_start(words) or letter_named(question.text))
    if topic is Topic.CODE:
        return not question.binary or _NAMED_SO(words) or _SUPPOSED(words)
    if topic is Topic.HIERARCHY:
        return not question.aspects
    if topic is Topic.LATERALITY:
        told = any(said not in _ASKING for _, said in _said(question.phrase))
        return told or _BOTH.are_all(words) or _of_the_other(question)
    return False


def of_version(version: Version, found: Found) -> Answer:
    """Return the answer which version of a code is asked for."""
    entry = found.entry
    assert entry
    others = bullets(code_line(one) for one in version.others)
    body = paragraphs(
        f"{_lead(version)}: {standing(version.entry, found.dated.on)}.",
        f"These say it as well:\n\n{others}" if others else "",
        f"{bold(entry.code, entry.title)} is the code that was named.",
    )
    return Answer(
        with_remark(body, found.dated), None, source_of(found.dated), named(version.entry, entry, *version.others)
    )


def _lead(version: Version) -> str:
    return f"For \u201c{version.words}\u201d, the code is {bold(version.entry.code, version.entry.title)}"


async def version_of(found: Found, question: Question, tools: Tools) -> Version | None:
    """Return the version of a code that a question asks for; None when the code says all of it, or no other does."""
    entry = found.entry
    if entry is None or entry.number_only or found.system not in (_CM, _PCS):
        return None
    letter = letter_named(question.text)
    if not (question.phrase or question.side or letter):
        return None
    family = await _family(found, tools)
    asked = await _asked(question, found, family, tools)
    ends = _ends(entry, family)
    by_end = _of_end(asked, letter, entry, ends)
    if by_end:
        entry = by_end.entry
        asked = {word: said for word, said in asked.items() if not _tells(word, ends)}
    if question.side and len(asked) == 1 and found.system == _CM:
        sides = await sides_of(Found(found.code, found.dated, entry, found.system), tools)
        if sides and (one := sides.codes.get(question.side)) and one.code != entry.code:
            return Version(one, (), " ".join(filter(None, [by_end.words if by_end else "", question.side.value])))
    alike = _alike(entry, family)
    # Most of what is said must be of this family, beside a side all: else it tells of something else.
    beside = sum(telling(said) > 0 and not _is_named(word, [entry, *alike]) for word, said in asked.items())
    of_it = not beside if question.topic is Topic.LATERALITY else 2 * beside <= len(asked) - beside
    # A number that no title says may lie between two that one says.
    of_it = of_it and all(_is_named(word, alike) for word in asked if word.lstrip("-").isdigit())
    chosen = _chosen(asked, entry, alike) if of_it else None
    if chosen is None and by_end is None and _ELSEWHERE(words_of(question.text)):
        query = f"{entry.title} {' '.join(asked.values())}"
        hits = (await tools.search(query, [found.system], found.dated, prefer_billable=True)).hits
        chosen = _chosen(asked, entry, [hit.entry for hit in hits])
    return chosen or by_end


async def end_of(found: Found, question: Question, tools: Tools) -> Version | None:
    """Return the version of a code that differs in its seventh character alone, which a question describes or names."""
    assert found.entry
    family = await _family(found, tools)
    asked = await _asked(question, found, family, tools)
    return _of_end(asked, letter_named(question.text), found.entry, _ends(found.entry, family))


async def _asked(question: Question, found: Found, family: Sequence[lookup.Entry], tools: Tools) -> dict[str, str]:
    """Return what a question says of a code, as titles are compared, each with the word that it was said with.

    An abbreviation or lay term that no title of the family has is read as lookup reads it.
    """
    phrase = question.phrase
    if phrase:
        for one in (await tools.search(phrase[:_LONGEST_QUERY], [found.system], found.dated)).readings:
            if one.meanings and not all(_is_named(word, family) for word, _ in _said(one.written)):
                phrase = phrase.replace(one.written, one.meanings[0])
    asked = {word: said for word, said in _said(as_the_books(phrase)) if said not in _ASKING}
    # "Stage 3, not stage 2" denies no stage.
    asked = {word: said for word, said in asked.items() if word.lstrip("-") not in asked or not word.startswith("-")}
    if question.side:
        asked[_stem(question.side.value)] = question.side.value
    return asked


async def _family(found: Found, tools: Tools) -> list[lookup.Entry]:
    """Return the codes of the family, in the order of the book."""
    code = compact(found.entry.code if found.entry else "")
    if found.system == _PCS:
        others = [code[:place] + one + code[place + 1 :] for place in range(_FIXED, len(code)) for one in _CHARACTERS]
        return list((await tools.entries(found.system, others, found.dated)).values())
    category = code[:_CATEGORY]
    pages = pages_within(found.system, category, category, found.dated, tools)
    return [entry async for page in pages for entry in page.entries]


def _ends(entry: lookup.Entry, family: Sequence[lookup.Entry]) -> list[lookup.Entry]:
    """Return the codes that differ in the seventh character alone."""
    stem = compact(entry.code)[: _SEVENTH - 1]
    ends = [one for one in family if len(compact(one.code)) == _SEVENTH and compact(one.code).startswith(stem)]
    return ends if len({compact(one.code)[: _SEVENTH - 1] for one in ends}) == 1 else []


def _alike(entry: lookup.Entry, family: Sequence[lookup.Entry]) -> list[lookup.Entry]:
    """Return the codes of a family that are for the same encounter; of a code that leaves it open, those that do."""
    if _of_encounter(entry):
        return [one for one in family if _of_encounter(one) and one.code[-1] == entry.code[-1]]
    headers = {compact(one.code)[: _SEVENTH - 1].rstrip("X") for one in family if _of_encounter(one)}
    return [one for one in family if not _of_encounter(one) and (one.billable or compact(one.code) in headers)]


def _of_encounter(entry: lookup.Entry) -> bool:
    return len(compact(entry.code)) == _SEVENTH and entry.code[-1].isalpha() and entry.system == _CM


def _of_end(asked: Mapping[str, str], letter: str, entry: lookup.Entry, ends: Sequence[lookup.Entry]) -> Version | None:
    of_letter = [one for one in ends if one.code != entry.code and one.code[-1] == letter]
    return Version(of_letter[0], (), letter) if of_letter else _chosen(asked, entry, ends)


def _chosen(asked: Mapping[str, str], entry: lookup.Entry, others: Sequence[lookup.Entry]) -> Version | None:
    """Return which of some codes says what is asked and loses least of what an entry says."""
    told = {word: said for word, said in asked.items() if _tells(word, [entry, *others])}
    own = _features(entry.title)
    if not told or all(map(own.__contains__, told)):
        return None
    fitting = {}
    for place, one in enumerate(others):
        features = _features(one.title)
        if one.code != entry.code and all(_says(features, word) for word in told):
            said = sum(word in features for word in told)
            apart = sum(bool(features & pair - told.keys()) for pair in _APART if not pair.isdisjoint(told))
            opens = bool((features - own - told.keys()) & _OPEN)
            fitting[place] = (apart - said, len(own - features - _OPEN) + 2 * opens, -_shared(entry.code, one.code))
    if not fitting:
        return None
    best = min(fitting, key=lambda place: (fitting[place], place))
    also = [others[place] for place, rank in fitting.items() if rank == fitting[best] and place != best]
    words = " ".join(
        f"no {said}" if word.startswith("-") else said for word, said in told.items() if said not in _KINDS
    )
    says = _features(others[best].title)
    whole = all(_says(says, word) for word, said in asked.items() if telling(said))
    return Version(others[best], also[:_SHOWN], words, whole)


def _tells(word: str, entries: Sequence[lookup.Entry]) -> bool:
    """Whether a word tells some of the entries from others, or affirms what they deny."""
    features = [_features(one.title) for one in entries]
    if word.startswith("-"):
        return len({_says(one, word) for one in features}) > 1
    return _is_named(word, entries) and not all(word in one for one in features)


def _is_named(word: str, entries: Iterable[lookup.Entry]) -> bool:
    bare = word.lstrip("-")
    return any(not {bare, f"-{bare}"}.isdisjoint(_features(one.title)) for one in entries)


def _says(features: frozenset[str], word: str) -> bool:
    return word[1:] not in features if word.startswith("-") else word in features


def _shared(code: str, other: str) -> int:
    """Return how many characters two codes begin with alike."""
    return next((place for place, (one, two) in enumerate(zip(code, other, strict=False)) if one != two), len(code))


def share_of(phrase: str, hit: lookup.Hit, found: lookup.SearchResponse) -> float:
    """Return the share of what a phrase says that a hit does, as written or as read."""
    features = _features(f"{hit.entry.title}, {hit.matched_term}")
    readings = {one.written.lower(): one.meanings[:1] for one in found.readings}
    said = [(word, readings.get(written, [])) for word, written in _said(phrase)]
    says = [_says(features, word) or any(_features(one) <= features for one in meant) for word, meant in said]
    return sum(says) / len(says) if says else 0.0


@lru_cache(maxsize=4096)
def _features(title: str) -> frozenset[str]:
    """Return what a title says: the beginnings of its words, with "-" before those that it denies."""
    return frozenset(word for word, _ in _said(title))


def _said(text: str) -> Iterator[tuple[str, str]]:
    """Yield what a text says, each with its word."""
    text = _ROMAN.sub(lambda number: _NUMBERS.get(number.group(), number.group()), _JOINED.sub(r"\1", text.lower()))
    text = _OF_A_SIDE.sub("] ", text)
    text = _LISTED.sub(lambda listed: listed.group().replace(",", ""), text)
    denies, before = False, ""
    for word in _TOKEN.findall(text):
        if word in _NOT:
            denies = True
        elif word in _YES:
            denies = False
        elif word not in _SMALL and (len(word) > 1 or word.isdigit()):
            yield ("-" if denies else "") + _stem(_SAME.get(word, word)), f"{before} {word}" if before else word
        before = word if word in _KINDS else ""


def _stem(word: str) -> str:
    if _WHOLE.search(word):
        return word
    return _ENDING.sub("", word)[:_BEGINNING]
