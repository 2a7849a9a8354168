"""The last characters of a diagnosis: the seventh character, and the side."""

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.assistant.answer import Answer, Source, Verdict, clarification, once
from services.assistant.composing.note_codes import compact
from services.assistant.composing.parts import (
    answered_by,
    bold,
    bullets,
    combined,
    find_all,
    find_in_print,
    first_unknown,
    guideline,
    joined,
    named,
    paragraphs,
    readable,
    source_of,
    told_apart,
    unknown,
    unprinted,
    with_remark,
    yes_or_no,
)
from services.assistant.composing.sides import OTHER_SIDE, Sides, side_in, sides_of
from services.assistant.composing.versions import Version, end_of, of_version, version_of
from services.assistant.editions import system_name
from services.assistant.question import Question, Side
from services.assistant.tools import Found, Tools
from services.assistant.understanding.cues import Cues, words_of
from services.assistant.understanding.encounters import as_the_books, letter_named

_CATEGORY, _SEVENTH = 3, 7
_SEVENTH_SECTION = "I.A.5"
_PLACEHOLDER_SECTION = "I.A.4"
_LATERALITY_SECTION = "I.B.13"
_PROCEDURES = (lookup.CODE_SYSTEM_HCPCS, lookup.CODE_SYSTEM_CPT)
_SIDE_MODIFIERS = ("LT", "RT", "50")
_WORD = re.compile(r"[a-z]{3,}|\bi{1,3}[abc]?\b")
# "What goes with it" and "what is it for" describe no meaning.
_TELLING = re.compile(rf"\b(?!(?:for|with|or)\b)(?:{_WORD.pattern})")
_OR = Cues("or")
_EXISTS = re.compile(r"\b(?:there|exists?|have|has)\b")
# Whether a code will do without what it lacks, and whether it lacks it.
_DOES = Cues(
    "without, wo, no seventh, no character, no letter, no side, leave off, left off, leave it off, skip, whole, "
    "entire, complete, full, enough, as is, as it is, as it stands, go out, go, billable, valid, accepted, bill, "
    "submit, ok, okay"
)
# A case is told, and not asked about: "and if it is subsequent".
_IF = Cues("if, and if, what if, but if, so if")
_LACKS = Cues("need*, require*, must, have to, has to, take, takes, want, wants, mandatory, necessary, missing, lack*")


async def seventh_character(question: Question, tools: Tools) -> Answer:
    """Say which seventh characters codes take, what they mean, and the full codes."""
    if not question.codes:
        return clarification("Of which code should the seventh character be shown?")
    return await _of_each(question, await find_in_print(question, tools), tools, _seventh)


async def _of_each(
    question: Question,
    found: Sequence[Found],
    tools: Tools,
    answer: Callable[[Found, Question, Tools], Awaitable[Answer]],
) -> Answer:
    """Return what is to be said of each code, or of the first that is in no release."""
    if missing := first_unknown(found):
        said = await unknown(missing, tools)
        # What lacks its seventh character is no code, and needs one all the same.
        lacks = _LACKS(words_of(question.text)) and any(len(compact(one.code)) == _SEVENTH for one in said.codes)
        verdict = said.verdict or yes_or_no(lacks)
        return replace(said, verdict=verdict if question.binary or said.verdict else None)
    return combined([await answer(one, question, tools) for one in found])


async def _seventh(found: Found, question: Question, tools: Tools) -> Answer:
    entry, dated = found.entry, found.dated
    assert entry
    title = bold(entry.code, entry.title)
    if found.system != lookup.CODE_SYSTEM_ICD10CM:
        text = (
            f"{title} is a code of {system_name(found.system)}; seventh characters for the encounter are of ICD-10-CM."
        )
        return Answer(text, Verdict.NO if question.binary else None, source_of(dated), named(entry))
    if not found.printed:
        return unprinted(found)
    page = await tools.page(found.system, entry.code, dated, lookup.PAGE_SECTION_NOTES)
    values = page.notes.seventh_characters
    if not values and (version := await version_of(found, question, tools)):
        return of_version(version, found)
    if not values:
        text = f"{title} takes no seventh character: the tabular list gives none for it or for what stands above it."
        return Answer(with_remark(text, dated), Verdict.NO if question.binary else None, source_of(dated), named(entry))
    codes = await _full_codes(entry, values, found, tools)
    other = question.side is None and OTHER_SIDE.search(question.text)
    if (question.side or other) and (side := await _on_side(found, question.side, tools)):
        text = OTHER_SIDE.sub(" ", question.text)
        return await _seventh(side, replace(question, side=None, text=text), tools)
    version = await end_of(found, question, tools)
    guidelines = [await guideline(_SEVENTH_SECTION, question.dates, tools)]
    if any("X" in compact(code.code)[_CATEGORY : _SEVENTH - 1] for code in codes.values()):
        guidelines.append(await guideline(_PLACEHOLDER_SECTION, question.dates, tools))
    words, described = _described(question, values, version)
    asked = _asked(words, described, codes)
    needed = _needed(entry, values, codes)
    body = paragraphs(
        *((asked, needed) if len(described) == 1 and codes else (needed, asked)),
        _table(values, codes),
        "" if codes else await _others_below(page, values, found, tools),
        _printed_at(page),
    )
    sources = once((*source_of(dated), *(one for one in guidelines if one)))
    last = entry.code[-1] if len(compact(entry.code)) == _SEVENTH else ""
    if _IF.at_start(words_of(question.text)):
        verdict = None
    elif last and described:
        verdict = yes_or_no(last in [value.character for value in described]) if question.binary else None
    elif question.binary and (letter := letter_named(question.text)):
        verdict = yes_or_no(letter in codes)
    else:
        verdict = _lacks(question, has_it=bool(last))
    first = [codes[described[0].character]] if len(described) == 1 and described[0].character in codes else []
    return Answer(with_remark(body, dated), verdict, sources, named(*first, entry, *codes.values()))


def _lacks(question: Question, *, has_it: bool = False) -> Verdict | None:
    """Return the verdict on what a code must have; none where the words do not say which way they ask."""
    words = words_of(question.text)
    if not question.binary or _DOES(words) == _LACKS(words):
        return None
    return Verdict.YES if _LACKS(words) or has_it else Verdict.NO


async def _full_codes(
    entry: lookup.Entry, values: Sequence[lookup.SeventhCharacter], found: Found, tools: Tools
) -> dict[str, lookup.Entry]:
    """Return the codes of seven characters that begin as a code does, by their last; those that exist."""
    stem = compact(entry.code)[: _SEVENTH - 1]
    codes = {value.character: f"{stem:X<{_SEVENTH - 1}}{value.character}" for value in values}
    entries = await tools.entries(found.system, list(codes.values()), found.dated)
    return {character: entries[code] for character, code in codes.items() if code in entries}


async def _on_side(found: Found, side: Side | None, tools: Tools) -> Found | None:
    """Return the code of a side beside one of another, or below a header of which the side is still to be chosen.

    No side means the other one.
    """
    sides = await sides_of(found, tools)
    side = side or (sides.own.opposite if sides and sides.own else None)
    if side is None:
        return None
    entry = sides.codes.get(side) if sides and sides.own is not side else None
    return Found(found.code, found.dated, entry, found.system) if entry else None


def _needed(entry: lookup.Entry, values: Sequence[lookup.SeventhCharacter], codes: dict[str, lookup.Entry]) -> str:
    title, length = bold(entry.code, entry.title), len(compact(entry.code))
    if length == _SEVENTH:
        last = entry.code[-1]
        meaning = next((value.meaning for value in values if value.character == last), "")
        means = f": {last}, {meaning}" if meaning else f": {last}"
        held = " X is a placeholder in it." if "X" in compact(entry.code)[_CATEGORY : _SEVENTH - 1] else ""
        return f"{title} has its seventh character{means}. Its category requires one.{held}"
    if not codes:
        return (
            f"Codes below {title} require a seventh character. More characters come before it: "
            "choose a code of the next levels first."
        )
    full = next(iter(codes.values()))
    places = compact(full.code)[length : _SEVENTH - 1]
    filled = (
        f", after the placeholder {places} in the empty {'place' if len(places) == 1 else 'places'}" if places else ""
    )
    return f"{title} requires a seventh character{filled}; without it, it is not valid for submission (not billable)."


def _described(
    question: Question, values: Sequence[lookup.SeventhCharacter], version: Version | None
) -> tuple[str, list[lookup.SeventhCharacter]]:
    """Return the values that a question describes, and by which words: that of the version it asks for, else those its
    words tell apart.
    """
    if version and not (version.others and len(compact(question.codes[0].text)) < _SEVENTH):
        return version.words, [value for value in values if value.character == version.entry.code[-1]]
    words, fitting = told_apart(as_the_books(question.phrase), [value.meaning for value in values], _TELLING)
    return " ".join(dict.fromkeys(words)), [values[place] for place in fitting]


def _asked(words: str, described: Sequence[lookup.SeventhCharacter], codes: dict[str, lookup.Entry]) -> str:
    lines = []
    for value in described:
        full = f": {bold(codes[value.character].code)}" if value.character in codes else ""
        lines.append(f"{value.character}, {value.meaning}{full}")
    return f"For \u201c{words}\u201d: {joined(lines, 'or')}." if lines else ""


def _table(values: Sequence[lookup.SeventhCharacter], codes: dict[str, lookup.Entry]) -> str:
    rows = (
        ["| 7th character | meaning | code |", "|---|---|---|"]
        if codes
        else ["| 7th character | meaning |", "|---|---|"]
    )
    for value in values:
        full = f" {codes[value.character].code if value.character in codes else 'no such code'} |" if codes else ""
        rows.append(f"| {value.character} | {value.meaning} |{full}")
    return "\n".join(rows)


async def _others_below(
    page: lookup.GetCodePageResponse, values: Sequence[lookup.SeventhCharacter], found: Found, tools: Tools
) -> str:
    """Return the codes right below a header that take other seventh characters than it does."""
    letters, lines = [one.character for one in values], []
    for child in page.children:
        notes = (await tools.page(found.system, child.code, found.dated, lookup.PAGE_SECTION_NOTES)).notes
        others = [one.character for one in notes.seventh_characters]
        if others and others != letters:
            lines.append(f"{bold(child.code, child.title)}: {joined(others)}")
    return f"Of its own, these take other seventh characters:\n\n{bullets(lines)}" if lines else ""


def _printed_at(page: lookup.GetCodePageResponse) -> str:
    """Return the rule that the tabular list prints, and where."""
    for group in page.notes.groups:
        for note in group.notes:
            if note.kind == lookup.NOTE_KIND_SEVENTH_CHARACTER:
                return f"The tabular list says at {group.entry.code}: \u201c{note.text}\u201d"
    return ""


async def laterality(question: Question, tools: Tools) -> Answer:
    """Say which side codes are for, and which code is for another side."""
    if not question.codes:
        return clarification("Of which code should the side be shown?")
    return await _of_each(question, await find_all(question, tools), tools, _laterality)


async def _laterality(found: Found, question: Question, tools: Tools) -> Answer:
    entry, dated = found.entry, found.dated
    assert entry
    if found.system in _PROCEDURES:
        return await _by_modifier(found, question, tools)
    if found.system == lookup.CODE_SYSTEM_ICD10PCS:
        return await _in_title(found, question, tools)
    title = bold(entry.code, entry.title)
    sides = await sides_of(found, tools)
    if sides is None:
        says = side_in(entry.title)
        text = f"{title} has no side: no code tells the same condition by right and left."
        if says:
            text = f"{title} says {says.value} in its title; there is no code with the same title for another side."
        verdict = yes_or_no(bool(question.side and question.side is says)) if question.binary else None
        return Answer(with_remark(text, dated), verdict, source_of(dated), named(entry))
    source = await guideline(_LATERALITY_SECTION, question.dates, tools)
    wanted = sides.codes.get(question.side) if question.side else None
    if wanted and not wanted.billable:
        wanted = await _told_below(wanted, question.phrase, found, tools)
    body = paragraphs(
        _side_sentence(entry, sides, question.side, wanted), _side_lines(sides), _both_sides(sides, source)
    )
    if question.side is None and sides.own is None:
        verdict = _lacks(question)
    elif question.side is None and _OR(words_of(question.text)):
        # Which of two it is has no yes or no.
        verdict = None
    else:
        verdict = yes_or_no(_side_holds(sides, question)) if question.binary else None
    first = (wanted, entry) if wanted and wanted.code != entry.code else (entry,)
    return Answer(
        with_remark(body, dated), verdict, once((*source_of(dated), *([source] if source else []))), named(*first)
    )


async def _told_below(header: lookup.Entry, phrase: str, found: Found, tools: Tools) -> lookup.Entry:
    """Return the one code right below a header that the words of a question tell, else the header."""
    page = await tools.page(found.system, header.code, found.dated, lookup.PAGE_SECTION_OFFICIAL_DESCRIPTION)
    words, places = told_apart(phrase, [child.title for child in page.children], _WORD)
    return page.children[places[0]] if len(places) == 1 and words else header


def _side_sentence(entry: lookup.Entry, sides: Sides, asked: Side | None, wanted: lookup.Entry | None) -> str:
    title = bold(entry.code, entry.title)
    if asked and wanted and wanted.code != entry.code:
        return f"For {asked.value}, the code is {bold(wanted.code, wanted.title)}; {bold(entry.code)} {_says(sides)}."
    if asked and not wanted:
        return f"There is no {asked.value} code beside {title}, which {_says(sides)}."
    return f"{title} {_says(sides)}."


def _says(sides: Sides) -> str:
    if sides.own:
        return f"says the side: {sides.own.value}"
    if sides.chosen:
        return "leaves the side open (unspecified), and codes that say the side exist"
    return "does not say the side: a more specific code that does is needed"


def _side_lines(sides: Sides) -> str:
    lines = [f"{side.value}: {bold(one.code, one.title)}" for side, one in sides.codes.items()]
    if sides.unspecified:
        lines.append(f"unspecified: {bold(sides.unspecified.code, sides.unspecified.title)}")
    return bullets(lines)


def _both_sides(sides: Sides, source: Source | None) -> str:
    """Return how both sides are coded where no code is for both."""
    if Side.BILATERAL in sides.codes or source is None:
        return ""
    return (
        f"No code is for both sides: when both are affected, the right and the left code are reported ({source.name})."
    )


def _side_holds(sides: Sides, question: Question) -> bool:
    """Return whether what is asked holds: that a code is of a side, that there is one, or that a side is needed."""
    if question.side is None:
        return True
    if _EXISTS.search(question.text.lower()):
        return question.side in sides.codes
    return sides.own is question.side


async def _in_title(found: Found, question: Question, tools: Tools) -> Answer:
    """Answer of a procedure code of ICD-10-PCS, whose title says the side of the body part."""
    entry, dated = found.entry, found.dated
    assert entry
    side = side_in(entry.title)
    title = bold(entry.code, entry.title)
    says = f"{title} is for the {side.value} side" if side else f"{title} says no side"
    other = None
    if side and question.side and question.side is not side:
        swapped = re.sub(rf"\b{side.value}\b", question.side.value, entry.title, flags=re.IGNORECASE)
        answer = await tools.search(swapped, [found.system], dated)
        other = next((hit.entry for hit in answer.hits if hit.entry.title.lower() == swapped.lower()), None)
    text = f"For {side_in(other.title)}".replace("Side.", "") if other else ""
    if other and question.side:
        text = f"For {question.side.value}, the code is {bold(other.code, other.title)}. {says}."
    else:
        text = f"{says}."
    verdict = yes_or_no(bool(side) and (question.side is None or question.side is side)) if question.binary else None
    return Answer(with_remark(text, dated), verdict, source_of(dated), named(*([other, entry] if other else [entry])))


async def _by_modifier(found: Found, question: Question, tools: Tools) -> Answer:
    """Answer of a service, whose side modifiers say."""
    entry = found.entry
    assert entry
    dated = tools.on(lookup.FACT_SOURCE_RVU, question.dates)
    title = bold(entry.code, entry.title)
    text = f"{title} is a service: its side is said by a modifier (RT right, LT left, 50 bilateral), not by the code."
    asked = readable(dated, tools.on_system(entry.system, None))
    if dated.edition is None or entry.code not in await tools.entries(entry.system, [entry.code], asked):
        why = f"{dated.edition.name} is of a time without it." if dated.edition else dated.missing
        return Answer(f"{text} Which of them it takes is not known. {why}", Verdict.NO_DATA, codes=named(entry))
    page = await tools.page(entry.system, entry.code, asked, lookup.PAGE_SECTION_MODIFIERS)
    rules = [rule for rule in page.modifiers.rules if rule.modifier in _SIDE_MODIFIERS]
    lines = [f"{rule.modifier}: {rule.reason} ({rule.source})" for rule in rules]
    verdict = None
    if question.binary:
        allowed = any(rule.standing == lookup.MODIFIER_STANDING_ALLOWED for rule in rules)
        verdict = yes_or_no(allowed) if rules else Verdict.NO_DATA
    return Answer(
        with_remark(paragraphs(text, bullets(lines)), dated),
        verdict,
        answered_by(*page.modifiers.sources),
        named(entry),
    )
