"""Which code is meant by words: the best one, why it, what else, and what would make it exact."""

import re
from collections.abc import Collection, Sequence

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.assistant.answer import Answer, Kind, Source, clarification, once, refusal
from services.assistant.composing.candidates import SURE, Candidate, first_of, is_external, share
from services.assistant.composing.combinations import Beside
from services.assistant.composing.finding import NEAR, Finder, is_named
from services.assistant.composing.guidelines import GUIDELINES, cited, followed_by, guideline, passage_source
from services.assistant.composing.parts import bullets, code_line, joined, longer_title, named, with_remark
from services.assistant.composing.wording import telling
from services.assistant.editions import Dated, system_name
from services.assistant.question import Question, Side, System
from services.assistant.tools import Tools
from services.assistant.understanding.chapters import is_of_what_is_told
from services.assistant.understanding.encounters import as_the_books

_ALTERNATIVES = 5
_OPTIONS = 8
_ENCOUNTERS = 3
_PHRASES = 5
_RULES = 2
_SEVERAL = 2
# Inpatient procedures are searched when they are named.
_USUAL = (lookup.CODE_SYSTEM_ICD10CM, lookup.CODE_SYSTEM_HCPCS, lookup.CODE_SYSTEM_CPT)
_QUESTIONS = 3
_ENCOUNTER = re.compile(
    r"\b(?:initial|subsequent|sequela|encounter|visit|first|follow[- ]?up|aftercare)\b", re.IGNORECASE
)
_LEFT_OPEN = re.compile(
    r"\b(?:unspec\w*|nos|not (?:otherwise )?(?:specified|documented|stated)|(?:doesn'?t|didn'?t|not) (?:say|said))\b",
    re.I,
)
# What a title leaves open where no other code of its category says it: "of unspecified body region".
_UNSAID = re.compile(r"\bunspecified ((?:body )?(?:region|degree|site|organism|stage))\b")
_AND = re.compile(r"\s*(?:[,;&+]|:(?=\s)|\band\b|\bplus\b)\s*", re.I)

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
    finder = Finder(systems, question, tools)
    hits = await finder.best()
    if not hits or (hits[0].share < finder.least and not is_named(hits)):
        rules = await guideline(question, tools)
        return rules if rules.kind is Kind.ANSWER else _not_found(question)
    best, together = await finder.together(hits)
    unsaid = _unsaid(best.entry, question)
    if "body region" in unsaid:
        only = f"{code_line(best.entry)}. It is only for where the record says no more."
        return clarification(f"{only}\n\nWhich {joined(unsaid)}?")
    parts = [part for part in _AND.split(finder.there) if telling(part.lower())][:_PHRASES]
    several = len(parts) > 1 and not is_of_what_is_told(question.chapter)
    if several and not together and not all(share(best.hit, best.found, part) >= SURE for part in parts):
        each = await _each(best, parts, finder, question, tools)
        if each:
            return await _with_rules(each, question, tools)
    answer = await _best(best, hits, together, question, tools)
    sure = best.share >= SURE or together
    return answer if sure else await _with_rules(answer, question, tools)


async def _best(
    best: Candidate, hits: Sequence[Candidate], together: Sequence[Beside], question: Question, tools: Tools
) -> Answer:
    """Name the best hit, why it, what goes with it, what else was found and what is left open."""
    entry = best.entry
    dated = tools.on_system(entry.system, question.dates)
    known = {entry.code, *(one.entry.code for one in together)}
    causes = [one.entry for one in hits if is_external(one.entry) and one.exact >= NEAR and not is_external(entry)][:1]
    known |= {one.code for one in causes}
    others = [one.entry for one in hits if one.entry.code not in known and not _is_above(one.entry, entry)]
    others = others[:_ALTERNATIVES]
    fuller = await longer_title(entry, dated, tools)
    rules, sections = await _rules(question.phrase, entry, question, tools, dated)
    parts = [
        *([] if best.share > NEAR or together else [f"No code says all of “{question.phrase}”. The nearest:"]),
        *_lines(best, together),
        *([f"Title in {fuller[0].name}: {fuller[1]}"] if fuller else []),
        *(f"External cause, never listed first: {code_line(one)}." for one in causes),
        *(["Also found:", bullets(map(code_line, others))] if others else []),
        *rules,
        *filter(None, [dated.remark]),
        *await _left_open(entry, question, dated, tools),
    ]
    entries = [entry, *(one.entry for one in together), *causes, *others]
    sources = [
        *_releases(best.found, {one.system for one in entries}),
        *([Source(fuller[0].name)] if fuller else []),
        *sections,
    ]
    return Answer("\n\n".join(parts), sources=once(sources), codes=named(*entries))


def _lines(best: Candidate, together: Sequence[Beside]) -> list[str]:
    """Return the best code, and those to report with it in their order on the claim."""
    line = _line(best.hit, best.found)
    if not together:
        return [line]
    before = [one.line for one in together if one.first]
    after = [one.line for one in together if not one.first]
    return ["Report together, in this order:", bullets([*before, line, *after])]


async def _each(
    whole: Candidate, phrases: Sequence[str], finder: Finder, question: Question, tools: Tools
) -> Answer | None:
    """Name the code of each of several conditions; nothing when one of the phrases is none.

    `whole` is what all of the words found: several that it says are of one condition: "lateral malleolus, displaced".
    """
    lines: list[str] = []
    causes: list[str] = []
    entries, sources = [], []
    said = [phrase for phrase in phrases if share(whole.hit, whole.found, phrase) == 1]
    as_one = {", ".join(said): whole} if len(said) > 1 else {}
    for phrase in [*as_one, *(one for one in phrases if not as_one or one not in said)]:
        best = as_one.get(phrase) or first_of(await finder.search(phrase))
        if best is None or (best is not whole and best.share < SURE):
            return None
        (causes if is_external(best.entry) else lines).append(f"“{phrase}”: {_line(best.hit, best.found)}")
        entries.append(best.entry)
        sources += _releases(best.found, {best.entry.system})
    if len(lines) < _SEVERAL and causes:
        return None
    remarks = [tools.on_system(entry.system, question.dates) for entry in entries]
    body = with_remark("No one code says all of it:\n\n" + bullets([*lines, *causes]), *remarks)
    return Answer(body, sources=once(sources), codes=named(*entries))


async def _with_rules(answer: Answer, question: Question, tools: Tools) -> Answer:
    """Add what the guidelines say: a phrase that no code says may be a question of a rule."""
    rules = await guideline(question, tools)
    if rules.kind is not Kind.ANSWER:
        return answer
    return followed_by(answer, "What the guidelines say", rules)


def _not_found(question: Question) -> Answer:
    return clarification(f"I find no code for “{question.phrase}”. How else would you describe it?")


def _not_loaded(question: Question, tools: Tools) -> Answer:
    systems = question.systems or _USUAL[:1]
    dated = tools.on_system(systems[0], question.dates)
    return refusal(f"I cannot search {joined([*map(system_name, systems)], 'or')} for that. {dated.missing}")


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


async def _left_open(entry: lookup.Entry, question: Question, dated: Dated, tools: Tools) -> list[str]:
    """Return the questions for what must be said before a code can be submitted, and for what would make it exact."""
    if entry.system != lookup.CODE_SYSTEM_ICD10CM or dated.edition is None:
        return []
    choices = (await tools.specify(entry.code, dated)).choices
    must = next((choice for choice in choices if not any(option.chosen for option in choice.options)), None)
    may = [choice for choice in choices if _is_open(choice, question)]
    asked = []
    if must:
        asked.append(f"To submit it, which {_axis(must)}? {_options(must)}.")
    for choice in sorted(may, key=lambda one: one.axis != lookup.CHOICE_AXIS_LATERALITY)[:_QUESTIONS]:
        asked.append(_both(choice, question) or f"To be exact, which {_axis(choice)}? {_options(choice)}.")
    unsaid = _unsaid(entry, question)
    return asked or ([f"To be exact, which {joined(unsaid)}?"] if unsaid else [])


def _unsaid(entry: lookup.Entry, question: Question) -> list[str]:
    """Return what a title leaves open, unless the words do so themselves: "burn NOS"."""
    return [] if _LEFT_OPEN.search(question.text) else _UNSAID.findall(entry.title)


def _is_open(choice: lookup.Choice, question: Question) -> bool:
    """Whether what was chosen is not what the words say: something unspecified, or an encounter that is not told."""
    if choice.axis == lookup.CHOICE_AXIS_ENCOUNTER:
        return any(one.chosen for one in choice.options) and not _ENCOUNTER.search(as_the_books(question.phrase))
    return bool(_both(choice, question)) or any(one.chosen and one.unspecified for one in choice.options)


def _both(choice: lookup.Choice, question: Question) -> str:
    """Return the codes of the right and of the left where both sides are told of and no code says so."""
    if choice.axis != lookup.CHOICE_AXIS_LATERALITY or question.side is not Side.BILATERAL:
        return ""
    sides = [option for option in choice.options if not option.unspecified]
    if {option.label.lower().split()[0] for option in sides} != {Side.RIGHT.value, Side.LEFT.value}:
        return ""
    return f"No code is for both sides: report both of {joined([f'{one.label} ({one.entry.code})' for one in sides])}."


def _axis(choice: lookup.Choice) -> str:
    return _AXES.get(choice.axis, "of these")


def _options(choice: lookup.Choice) -> str:
    options = [option for option in choice.options if not option.chosen]
    most = _ENCOUNTERS if choice.axis == lookup.CHOICE_AXIS_ENCOUNTER else _OPTIONS
    shown = ", ".join(f"{option.label} ({option.entry.code})" for option in options[:most])
    return f"{shown} and {len(options) - most} more" if len(options) > most else shown


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
