"""Which code is meant by words: the best one, why it, what else, and what would make it exact."""

import re
from collections.abc import Collection, Sequence

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.assistant.answer import Answer, Kind, Source, clarification, once, refusal
from services.assistant.composing.guidelines import GUIDELINES, cited, followed_by, guideline, passage_source
from services.assistant.composing.parts import bullets, code_line, joined, named, with_remark
from services.assistant.editions import Dated, system_name
from services.assistant.question import Question, System
from services.assistant.tools import Tools

_ALTERNATIVES = 5
_OPTIONS = 8
_PHRASES = 5
_RULES = 2
_LONGEST_QUERY = 300
# Inpatient procedures are searched when they are named.
_USUAL = (lookup.CODE_SYSTEM_ICD10CM, lookup.CODE_SYSTEM_HCPCS, lookup.CODE_SYSTEM_CPT)
_AND = re.compile(r"\s*(?:[,;&+]|\band\b|\bplus\b)\s*", re.I)
_WORD = re.compile(r"[a-z0-9]+")
_BEGINNING = 4
_SMALL = frozenset(
    {"of", "the", "a", "an", "in", "on", "with", "to", "and", "or", "for", "due", "by", "at", "from", "is"}
)
# The shares of a phrase that a hit must say: to be an answer at all, to be more than the nearest, and to need no rules.
_LEAST = 0.3
_NEAR = 0.5
_SURE = 0.7

_WHY = {
    lookup.MATCH_KIND_INCLUSION_TERM: "its inclusion term",
    lookup.MATCH_KIND_INCLUDES_NOTE: "its includes note",
    lookup.MATCH_KIND_INDEX_ENTRY: "the line of the alphabetic index",
    lookup.MATCH_KIND_SYNONYM: "the synonym",
    lookup.MATCH_KIND_INHERITED: "the name of its category",
}
_AXES = {
    lookup.CHOICE_AXIS_LATERALITY: "side",
    lookup.CHOICE_AXIS_TRIMESTER: "trimester",
    lookup.CHOICE_AXIS_FETUS: "fetus",
    lookup.CHOICE_AXIS_ENCOUNTER: "encounter (seventh character)",
}


async def find_code(question: Question, tools: Tools) -> Answer:
    """Name the code that a phrase means most likely, with its alternatives, and ask for what it leaves open."""
    if not question.phrase:
        return clarification("Which diagnosis, procedure or supply is the code for?")
    systems = [system for system in question.systems or _USUAL if tools.on_system(system, question.dates).edition]
    if not systems:
        return _not_loaded(question, tools)
    query = _query(question)
    found = await _search(query, systems, question, tools)
    hits = [hit for hit in found.hits if not hit.entry.number_only]
    share = _share(hits[0], found, query) if hits else 0.0
    if share < _LEAST:
        rules = await guideline(question, tools)
        return rules if rules.kind is Kind.ANSWER else _not_found(question)
    several = [part for part in _AND.split(question.phrase) if part][:_PHRASES]
    if len(several) > 1 and not all(_share(hits[0], found, part) for part in several):
        each = await _each(several, systems, question, tools)
        if each:
            return await _with_rules(each, question, tools)
    answer = await _best(found, hits, share, query, question, tools)
    return answer if share >= _SURE else await _with_rules(answer, question, tools)


async def _best(
    found: lookup.SearchResponse, hits: Sequence[lookup.Hit], share: float, query: str, question: Question, tools: Tools
) -> Answer:
    """Name the first hit, which says a share of the query, why it, what else was found and what is left open."""
    best = hits[0]
    dated = tools.on_system(best.entry.system, question.dates)
    others = [hit.entry for hit in hits[1:] if not _is_above(hit.entry, best.entry)][:_ALTERNATIVES]
    rules, sections = await _rules(query, best.entry, question, tools, dated)
    parts = [
        *([] if share > _NEAR else [f"No code says all of “{question.phrase}”. The nearest:"]),
        _line(best, found),
        *(["Also found:", bullets(map(code_line, others))] if others else []),
        *rules,
        *filter(None, [dated.remark]),
        *await _left_open(best.entry, dated, tools),
    ]
    sources = [*_releases(found, {entry.system for entry in [best.entry, *others]}), *sections]
    return Answer("\n\n".join(parts), sources=once(sources), codes=named(best.entry, *others))


async def _each(phrases: Sequence[str], systems: Sequence[System], question: Question, tools: Tools) -> Answer | None:
    """Name the code of each of several conditions; nothing when one of the phrases is none."""
    lines, entries, sources = [], [], []
    for phrase in phrases:
        found = await _search(phrase, systems, question, tools)
        best = next((hit for hit in found.hits if not hit.entry.number_only), None)
        if best is None or _share(best, found, phrase) < _SURE:
            return None
        lines.append(f"“{phrase}”: {_line(best, found)}")
        entries.append(best.entry)
        sources += _releases(found, {best.entry.system})
    remarks = [tools.on_system(entry.system, question.dates) for entry in entries]
    body = with_remark("No one code says all of it:\n\n" + bullets(lines), *remarks)
    return Answer(body, sources=once(sources), codes=named(*entries))


async def _with_rules(answer: Answer, question: Question, tools: Tools) -> Answer:
    """Add what the guidelines say: a phrase that no code says may be a question of a rule."""
    rules = await guideline(question, tools)
    if rules.kind is not Kind.ANSWER:
        return answer
    return followed_by(answer, "What the guidelines say", rules)


async def _search(query: str, systems: Sequence[System], question: Question, tools: Tools) -> lookup.SearchResponse:
    """Search the systems for a phrase; without a date each answers by its newest release."""
    if question.dates is None:
        return await tools.search(query, systems, prefer_billable=True)
    dated = tools.on_system(systems[0], question.dates)
    covered = [one for one in systems if any(edition.covers(dated.on) for edition in tools.loaded([one]))]
    return await tools.search(query, covered, dated, prefer_billable=True)


def _not_found(question: Question) -> Answer:
    return clarification(f"I find no code for “{question.phrase}”. How else would you describe it?")


def _not_loaded(question: Question, tools: Tools) -> Answer:
    systems = question.systems or _USUAL[:1]
    dated = tools.on_system(systems[0], question.dates)
    return refusal(f"I cannot search {joined([*map(system_name, systems)], 'or')} for that. {dated.missing}")


def _query(question: Question) -> str:
    side = question.side.value if question.side else ""
    phrase = question.phrase
    return (phrase if side in phrase.lower() else f"{side} {phrase}")[:_LONGEST_QUERY]


def _line(hit: lookup.Hit, found: lookup.SearchResponse) -> str:
    return f"{code_line(hit.entry)}.{_reason(hit)}{_readings(found)}"


def _releases(found: lookup.SearchResponse, systems: Collection[System]) -> list[Source]:
    return [
        Source(f"{system_name(release.system)} {release.edition}")
        for release in found.releases
        if release.system in systems
    ]


def _reason(hit: lookup.Hit) -> str:
    if not hit.matched_term or hit.match_kind not in _WHY:
        return ""
    return f" Found by {_WHY[hit.match_kind]} “{hit.matched_term}”."


def _readings(found: lookup.SearchResponse) -> str:
    said = [f" “{one.written}” was read as {', '.join(one.meanings[:2])}." for one in found.readings if one.meanings]
    if found.corrected_query:
        said.append(f" Searched for “{found.corrected_query}”.")
    return "".join(said)


def _is_above(entry: lookup.Entry, below: lookup.Entry) -> bool:
    return entry.system == below.system and below.code.startswith(entry.code)


def _share(hit: lookup.Hit, found: lookup.SearchResponse, phrase: str) -> float:
    """Return the share of the words of a phrase that a hit says, as written, as read or as corrected, the best."""
    readings = [reading for reading in found.readings if reading.written in phrase]
    ways = [phrase, *([found.corrected_query] if found.corrected_query else [])]
    ways += [phrase.replace(one.written, meaning) for one in readings for meaning in one.meanings]
    said = _beginnings(f"{hit.entry.title} {hit.matched_term}")
    return max((len(asked & said) / len(asked) for way in ways if (asked := _beginnings(way))), default=0.0)


def _beginnings(text: str) -> set[str]:
    return {word[:_BEGINNING] for word in _WORD.findall(text.lower()) if word not in _SMALL}


async def _left_open(entry: lookup.Entry, dated: Dated, tools: Tools) -> list[str]:
    """Return the questions for what must be said before a code can be submitted, and for what would make it exact."""
    if entry.system != lookup.CODE_SYSTEM_ICD10CM or dated.edition is None:
        return []
    choices = (await tools.specify(entry.code, dated)).choices
    must = next((choice for choice in choices if not any(option.chosen for option in choice.options)), None)
    may = next((choice for choice in choices if any(one.chosen and one.unspecified for one in choice.options)), None)
    asked = []
    if must:
        asked.append(f"To submit it, which {_axis(must)}? {_options(must)}.")
    if may:
        asked.append(f"To be exact, which {_axis(may)}? {_options(may)}.")
    return asked


def _axis(choice: lookup.Choice) -> str:
    return _AXES.get(choice.axis, "of these")


def _options(choice: lookup.Choice) -> str:
    options = [option for option in choice.options if not option.chosen]
    shown = ", ".join(f"{option.label} ({option.entry.code})" for option in options[:_OPTIONS])
    return f"{shown} and {len(options) - _OPTIONS} more" if len(options) > _OPTIONS else shown


async def _rules(
    query: str, best: lookup.Entry, question: Question, tools: Tools, dated: Dated
) -> tuple[list[str], list[Source]]:
    """Return the sections of the guidelines that are about the words and about the code, as lines and as sources."""
    book = tools.on(GUIDELINES, question.dates)
    if book.edition is None or best.system != lookup.CODE_SYSTEM_ICD10CM:
        return [], []
    ancestors = (await tools.code(best.system, best.code, dated)).ancestors
    chapter = next((one.code for one in ancestors if one.level == lookup.LEVEL_CHAPTER), "")
    category = best.code.partition(".")[0]
    answer = await tools.passages(query, [GUIDELINES], book, question.care)
    passages = [
        hit.passage
        for hit in answer.hits
        if hit.passage.id.startswith(f"I.C.{chapter}.") or category in hit.passage.text
    ][:_RULES]
    if not passages:
        return [], []
    lines = bullets(f"{cited(GUIDELINES, passage.id)} {passage.title}".rstrip() for passage in passages)
    sources = [passage_source(GUIDELINES, passage.id, book) for passage in passages]
    return ["Guidelines that may apply:", lines], sources
