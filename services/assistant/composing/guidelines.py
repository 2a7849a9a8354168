"""What the official guidelines and the NCCI policy manual say."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.assistant.answer import Answer, Kind, Source, Verdict, once, refusal
from services.assistant.composing.excerpts import excerpt, sentences_of, telling_words, with_gaps
from services.assistant.composing.parts import bullets, with_remark
from services.assistant.composing.procedures import PROCEDURES
from services.assistant.editions import Dated
from services.assistant.mentions import codes_in
from services.assistant.question import Code, Question
from services.assistant.tools import Tools
from services.assistant.understanding.cues import words_of
from services.assistant.understanding.vocabulary import words_of_medicine

Book: TypeAlias = lookup.FactSource.ValueType

GUIDELINES = lookup.FACT_SOURCE_ICD10CM_GUIDELINES
POLICY_MANUAL = lookup.FACT_SOURCE_NCCI_POLICY_MANUAL

_OF_POLICY_MANUAL = re.compile(r"\b(ncci|policy manual|ptp|mues?|cpt|hcpcs|column [12])\b", re.IGNORECASE)

# Names the manual, a modifier, what is billed apart, and a chapter of a book by its number.
_THE_MANUAL = re.compile(r"\b(?:ncci|(?:policy|cms|the) manual)\b(?! therapy)", re.IGNORECASE)
_A_MODIFIER = re.compile(r"\bmodifier (?:\d\d|[A-Z][A-Z0-9])\b")
_BILLED_APART = re.compile(
    r"\b(?:bill|report|charg|pa(?:id|y)|reimburs)\w*(?: \w+){0,3}? separate(?:ly)?\b"
    r"|\bseparately (?:bill|report|charg|pa(?:id|y)|reimburs)|\b(?:un)?bundl",
    re.IGNORECASE,
)
_CHAPTER = re.compile(r"\bch(?:apter|ap)?\.? (\d{1,2}|[ivx]{1,5})\b", re.IGNORECASE)
_NUMERALS = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII")

_FOUND = 5
_QUOTED = 3
_LONGEST_QUERY = 300
# A section up to this length is quoted whole, a longer one and those after the first by what concerns the question.
_WHOLE = 1400
_PART = 420
_LONGEST_SECTION = 4000
# Sections that say less of the telling words of a question, or fewer where none is of medicine, are not about it.
_LEAST_SHARE = 0.25
_SOME = 2
_LEAST_SHARE_OF_SENTENCE = 0.4
_LEAST_SHARE_OF_RULE = 0.7
_LONGEST_SENTENCE = 400
_DONE = (
    r"(?:used|reported|reportable|coded|assigned|sequenced|appended|billed|acceptable|appropriate|permitted|payable)"
)
_FORBIDS = re.compile(
    r"\b(?:(?:do|shall|should|must) not (?:be|code|report|assign|use|append)|(?:may|can) ?not be|never be"
    rf"|does not constitute|is not synonymous|no code is assigned|(?:is|are) not (?:separately )?{_DONE})\b",
    re.IGNORECASE,
)
_ALLOWS = re.compile(rf"\b(?:may|can|should) be (?:separately )?{_DONE}\b", re.IGNORECASE)
# A question that says what is not the case, or offers a choice, is not answered by no.
_NEGATED = re.compile(r"\b(?:not|never|no|nor|without|only|or|silent)\b|n['’]t\b", re.IGNORECASE)
# Of the sections found so many are looked through for those that name a code, and so many quoted. Most chapters of the
# manual have some sections in common, which begin alike: more are asked for, and one of those stays.
_NAMING = 15
_ASKED_FOR = 45
_OPENING = 100
_ADDED = 2
_CATEGORY = 3
_PROCEDURE = re.compile(r"\d{4}[0-9AFMTU]|[A-V]\d{4}")
_MOST_CODES = 500


async def guideline(question: Question, tools: Tools) -> Answer:
    """Quote the section that a question names, or those that its words are about."""
    if question.dates and question.dates.first == tools.today:
        # What is asked of today is answered by the newest edition, as what names no date.
        question = replace(question, dates=None)
    if question.section:
        return await _section(question, tools)
    dated = {book: tools.on(book, question.dates) for book in _books(question)}
    if not any(one.edition for one in dated.values()):
        return refusal(f"No guideline is loaded for that date. {dated[GUIDELINES].missing}")
    found = await _search(question, dated, tools, _NAMING)
    if not _is_any_about(question, [passage for _, passage in found]):
        return refusal("I find no section of the loaded guidelines and of the NCCI policy manual that is about that.")
    answer = quoted(found[:_FOUND], dated, question)
    forbidding = _forbidding(question, found[0][1])
    if not forbidding:
        return answer
    book, passage = found[0]
    body = f"“{forbidding}” ({cited(book, passage.id)})\n\n{answer.body}"
    return replace(answer, body=body, verdict=Verdict.NO)


async def with_rules(answer: Answer, question: Question, tools: Tools) -> Answer:
    """Add to an answer about codes the sections that name all of several, or one and what else the question says."""
    # Without a telling word no section is about more than the code.
    if answer.kind is not Kind.ANSWER or not question.codes or not telling_words(question.text):
        return answer
    dated = {book: tools.on(book, question.dates) for book in _books(question)}
    found = [
        (book, passage)
        for book, passage in await _search(question, dated, tools, _NAMING)
        if _names_all(passage, question)
        or (
            _names(passage, question)
            and telling_words(question.text) & telling_words(f"{passage.title} {passage.text}")
        )
    ][:_ADDED]
    if not found:
        return answer
    return followed_by(answer, "What the guidelines say of it", quoted(found, dated, question))


def followed_by(answer: Answer, heading: str, rules: Answer) -> Answer:
    """Return an answer with quoted rules after it, and their sources."""
    body = f"{answer.body}\n\n{heading}:\n\n{rules.body}"
    return replace(answer, body=body, sources=once([*answer.sources, *rules.sources]))


async def _search(
    question: Question, dated: Mapping[Book, Dated], tools: Tools, most: int
) -> list[tuple[Book, lookup.Passage]]:
    """Return the sections of the loaded books that a question is about, best first.

    Undated, the books answer by their newest editions and are ranked together, whatever dates these are for.
    """
    loaded = [book for book, one in dated.items() if one.edition]
    if _is_of_manual(question) and POLICY_MANUAL in loaded:
        loaded = [POLICY_MANUAL]
    found: list[tuple[Book, lookup.Passage]] = []
    for group in [[book] for book in loaded] if question.dates else [loaded] if loaded else []:
        day = dated[group[0]] if question.dates else None
        answer = await tools.passages(_query(question), group, day, question.care, _ASKED_FOR)
        found += _distinct(question, [(hit.source, hit.passage) for hit in answer.hits])[:most]
    found.sort(key=lambda hit: (not _is_of_chapter(question, hit[1]), not _is_titled(question, hit[1])))
    return await without_gone(found, tools)


def _distinct(question: Question, found: Sequence[tuple[Book, lookup.Passage]]) -> list[tuple[Book, lookup.Passage]]:
    """Return of the sections that begin alike one, in the place of the best of them.

    It is the one of a chapter that the question names, else the first in print.
    """
    alike: dict[str, list[tuple[Book, lookup.Passage]]] = {}
    for book, passage in found:
        alike.setdefault(passage.text[:_OPENING], []).append((book, passage))
    return [
        min(group, key=lambda hit: (not _is_of_chapter(question, hit[1]), _printed(hit[1]))) for group in alike.values()
    ]


def _printed(passage: lookup.Passage) -> tuple[int, list[tuple[int, str]]]:
    """Return the place of a section in its book, as far as its path tells."""
    first, *further = passage.id.split(".")
    return _NUMERALS.index(first) if first in _NUMERALS else 0, [(len(part), part) for part in further]


async def without_gone(found: Sequence[tuple[Book, lookup.Passage]], tools: Tools) -> list[tuple[Book, lookup.Passage]]:
    """Return sections without the sentences that name procedure codes which no loaded source has any more."""
    # As written: T81.12 is a diagnosis.
    named = {written for _, passage in found for written, _ in codes_in(passage.text) if _PROCEDURE.fullmatch(written)}
    there: set[str] = set()
    for system in (lookup.CODE_SYSTEM_CPT, lookup.CODE_SYSTEM_HCPCS):
        codes = sorted(code for code in named if code[0].isalpha() == (system == lookup.CODE_SYSTEM_HCPCS))
        for first in range(0, len(codes), _MOST_CODES):
            batch = codes[first : first + _MOST_CODES]
            there |= (await tools.entries(system, batch, tools.on_system(system, None))).keys()
    gone = named - there
    if not gone:
        return list(found)
    return [(book, _kept(passage, gone)) for book, passage in found]


def _kept(passage: lookup.Passage, gone: set[str]) -> lookup.Passage:
    sentences = sentences_of(passage.text)
    kept = [place for place, one in enumerate(sentences) if gone.isdisjoint(written for written, _ in codes_in(one))]
    shown = lookup.Passage()
    shown.CopyFrom(passage)
    shown.text = with_gaps(sentences, kept)
    return shown


def passage_source(book: Book, section: str, dated: Dated) -> Source:
    """Return a section as it is cited."""
    assert dated.edition
    return Source(f"{dated.edition.name} {cited(book, section)}", book, section)


def cited(book: Book, section: str) -> str:
    """Return the path of a section as its book is cited: "Section I.C.9.a.2"; "Chapter IV, Section E.7"."""
    if book == GUIDELINES:
        return f"Section {section}"
    chapter, _, rest = section.partition(".")
    return f"Chapter {chapter}, Section {rest}" if rest else f"Chapter {chapter}"


async def _section(question: Question, tools: Tools) -> Answer:
    """Quote a section by its path, or say that there is none and name what is above it."""
    for book in _books(question):
        dated = tools.on(book, question.dates)
        if dated.edition is None:
            continue
        answer = await tools.passage(book, question.section, dated)
        if answer and answer.HasField("passage"):
            ((_, passage),) = await without_gone([(book, answer.passage)], tools)
            return _whole(book, passage, answer.below, dated)
    dated = tools.on(_books(question)[0], question.dates)
    if dated.edition is None:
        return refusal(f"No guideline is loaded for that date. {dated.missing}")
    body = f"{dated.edition.name} has no {cited(_books(question)[0], question.section)}."
    return Answer(with_remark(body, dated), sources=(Source(dated.edition.name),))


def _whole(book: Book, passage: lookup.Passage, below: Iterable[lookup.PassageLine], dated: Dated) -> Answer:
    parts = [_heading(book, passage, dated)]
    if passage.text:
        parts.append(_quote(excerpt(passage.text, passage.title, _LONGEST_SECTION)))
    if lines := [f"{line.id} {line.title}" for line in below]:
        parts += ["Sections below it:", bullets(lines)]
    return Answer(with_remark("\n\n".join(parts), dated), sources=(passage_source(book, passage.id, dated),))


def quoted(found: Sequence[tuple[Book, lookup.Passage]], dated: Mapping[Book, Dated], question: Question) -> Answer:
    """Return the first of some sections by what of them concerns a question, and the others by their titles."""
    parts = []
    for place, (book, passage) in enumerate(found[:_QUOTED]):
        parts.append(_heading(book, passage, dated[book]))
        text = passage.text or passage.title
        parts.append(_quote(excerpt(text, question.text, _PART if place else _WHOLE, question.phrase)))
    further = found[_QUOTED:]
    if further:
        parts.append("See also:")
        parts.append(bullets(f"{cited(book, passage.id)} {passage.title}".rstrip() for book, passage in further))
    sources = tuple(passage_source(book, passage.id, dated[book]) for book, passage in found)
    return Answer(with_remark("\n\n".join(parts), *(dated[book] for book, _ in found)), sources=sources)


def _heading(book: Book, passage: lookup.Passage, dated: Dated) -> str:
    assert dated.edition
    title = passage.title or next((above for above in reversed(passage.above) if above), "")
    return f"**{dated.edition.name} {cited(book, passage.id)}** {title}".rstrip()


def _quote(text: str) -> str:
    return "\n".join(f"> {line}" for line in text.splitlines())


def _books(question: Question) -> list[Book]:
    """Return the books that a question may be about, the likeliest first."""
    if _OF_POLICY_MANUAL.search(question.text):
        return [POLICY_MANUAL, GUIDELINES]
    return [GUIDELINES, POLICY_MANUAL]


def _names(passage: lookup.Passage, question: Question) -> bool:
    """Whether a section names a code of a question, or its category."""
    names = {code.text for code in question.codes} | {code.text[:_CATEGORY] for code in question.codes if _is_icd(code)}
    return any(re.search(rf"\b{re.escape(name)}\b", f"{passage.title} {passage.text}") for name in names)


def _names_all(passage: lookup.Passage, question: Question) -> bool:
    """Whether a section names every one of several codes."""
    codes = [code.text for code in question.codes]
    return len(codes) > 1 and all(re.search(rf"\b{re.escape(code)}\b", passage.text) for code in codes)


def _is_icd(code: Code) -> bool:
    return code.systems[0] == lookup.CODE_SYSTEM_ICD10CM


def _forbidding(question: Question, passage: lookup.Passage) -> str:
    """Return the sentence of a section that forbids what a binary question asks about, empty when none does so plainly.

    That something is allowed is not read out of a sentence: it may be so under conditions that nobody told.
    """
    if not question.binary or _NEGATED.search(question.text):
        return ""
    best = max(sentences_of(passage.text), key=lambda one: _shared(question, f"{passage.title} {one}"))
    plain = _FORBIDS.search(best) and not _ALLOWS.search(best) and len(best) <= _LONGEST_SENTENCE
    # One that names codes is about those: of several codes it must name all.
    among = {code for code, _ in codes_in(best)}
    plain = plain and (len(question.codes) < 2 or not among or among >= {code.text for code in question.codes})
    # By the words of the question itself: what the books call them says too easily the same.
    shared, share = _share(question.text, telling_words(best))
    about = share >= _LEAST_SHARE
    about = about and _share(question.text, telling_words(f"{passage.title} {best}"))[1] >= _LEAST_SHARE_OF_SENTENCE
    about = about and _shared(question, " ".join([passage.title, *passage.above, passage.text])) >= _LEAST_SHARE_OF_RULE
    # Or its title is the rule that is told in other words.
    title, phrase, text = (set(words_of(one).split()) for one in (passage.title, question.phrase, question.text))
    about = about or (bool(shared) and len(title) > 1 and title <= phrase and not title <= text)
    return best if plain and about else ""


def _is_of_manual(question: Question) -> bool:
    """Whether a question names the manual, or modifiers or procedures and no diagnosis: those are the manual's."""
    codes = question.codes
    if not codes and (_A_MODIFIER.search(question.phrase) or _BILLED_APART.search(question.text)):
        return True
    procedures = bool(codes) and all(code.systems[0] in PROCEDURES for code in codes)
    return procedures or (bool(question.modifiers) and not codes) or bool(_THE_MANUAL.search(question.text))


def _is_of_chapter(question: Question, passage: lookup.Passage) -> bool:
    """Whether a section is of the chapter that a question names by its number."""
    named = _CHAPTER.search(question.text)
    if not named:
        return False
    number = named[1].upper()
    if number.isdecimal() and passage.id.startswith(f"I.C.{number}."):
        return True
    numeral = _NUMERALS[int(number)] if number.isdecimal() and int(number) < len(_NUMERALS) else number
    return bool(_THE_MANUAL.search(question.text)) and passage.id.split(".")[0] == numeral


def _is_titled(question: Question, passage: lookup.Passage) -> bool:
    """Whether the title of a section has all the words that are searched for."""
    words = set(words_of(question.phrase).split())
    return bool(words) and words <= set(words_of(passage.title).split())


def _is_any_about(question: Question, found: Sequence[lookup.Passage]) -> bool:
    """Whether one of the first sections found is what a question is about.

    They are found by what its words of medicine stand for, and may say other ones.
    """
    of_medicine = words_of_medicine(words_of(question.text))
    if of_medicine > 1:
        return bool(found)
    return any(_is_about(question, passage, 1 if of_medicine else _SOME) for passage in found[:_FOUND])


def _is_about(question: Question, passage: lookup.Passage, least: int) -> bool:
    """Whether a section names a code or a modifier of a question, or says enough of its words or of those searched.

    `least`: how many of them it must say.
    """
    named = any(code.text in passage.text for code in question.codes)
    named = named or any(re.search(rf"\b{modifier}\b", passage.text) for modifier in question.all_modifiers)
    if named or _is_of_chapter(question, passage) or _is_titled(question, passage):
        return True
    said = _all_words(passage)
    shares = (_share(text, said) for text in (question.text, question.phrase))
    return any(share == 1 or (share >= _LEAST_SHARE and len(shared) >= least) for shared, share in shares if shared)


def _share(text: str, said: set[str]) -> tuple[set[str], float]:
    """Return the telling words of a text that are said, and their share of all of them."""
    asked = telling_words(text)
    shared = asked & said
    return shared, len(shared) / max(len(asked), 1)


def _all_words(passage: lookup.Passage) -> set[str]:
    return telling_words(" ".join([passage.title, *passage.above, passage.text]))


def _shared(question: Question, text: str) -> float:
    said = telling_words(text)
    return max(_share(way, said)[1] for way in (question.text, question.phrase))


def _query(question: Question) -> str:
    words = question.phrase or question.text
    named = [*(code.text for code in question.codes), *(f"modifier {one}" for one in question.modifiers)]
    missing = [one for one in named if one.lower() not in words.lower()]
    return " ".join([words, *missing])[:_LONGEST_QUERY]
