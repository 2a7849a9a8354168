"""Whether a diagnosis may be first-listed or principal, by the notes of the tabular list and the guidelines."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.assistant.answer import Answer, Source, Verdict, once
from services.assistant.composing.excerpts import sentences_of
from services.assistant.composing.note_codes import names
from services.assistant.composing.notes import Printed, printed_notes
from services.assistant.composing.parts import (
    bold,
    bullets,
    guideline,
    joined,
    named,
    paragraphs,
    source_of,
    standing,
    with_remark,
)
from services.assistant.question import Dates, Question
from services.assistant.tools import Found, Tools

_BOOK = lookup.FACT_SOURCE_ICD10CM_GUIDELINES
_NEVER = re.compile(
    r"\b(?:never|cannot|not be|only)\b.*\b(?:principal|first[- ]listed|secondary diagnos\w+)\b|\bsecondary code only\b",
    re.IGNORECASE,
)
# The section that forbids it, the codes that it is about as notes name codes, and a word of the sentence.
_RULES = (
    ("I.C.1.d.3", "R65.2-", "R65.2"),
    ("I.C.20.a.6", "V00-Y99", "external cause"),
    ("I.C.19.e.5.c", "(T36-T50 with fifth or sixth character 6)", "underdosing"),
    ("I.B.14", "Z68.-, R40.21-, R40.22-, R40.23-, R40.24-, R29.7-, Y90.-, Z55-Z65, Z28.3-", "secondary"),
    ("I.C.21.c.3", "Z33.1", "secondary code only"),
)
_MANIFESTATION_SECTION = "I.A.13"
_MANIFESTATION = re.compile(
    r"\bin (?:[\w-]+ ){0,5}?(?:diseases|disorders|conditions) classified elsewhere", re.IGNORECASE
)
# What a note says of codes that never stand alone.
_BESIDES = re.compile(r"provided for use as (?:supplementary or )?additional codes|shall be used secondary to")
_ALWAYS_FIRST_SECTION = "I.C.21.c.15"
_LISTED = re.compile(r"(?m)^(?P<except>Except: )?(?P<codes>Z\d\d\S*) ?.*$")
# How the first-listed diagnosis is chosen: of an admission, and of a visit.
_CHOICE_SECTIONS = ("II", "IV.G")


class Rule(NamedTuple):
    """What says whether a diagnosis may be first-listed, as it is quoted."""

    text: str
    sources: tuple[Source, ...] = ()


async def first_listed(question: Question, tools: Tools) -> Answer | None:
    """Say whether a diagnosis may be first-listed; None for what is no diagnosis of a release."""
    found = await tools.in_print(await tools.find(question.codes[0], question.dates))
    entry = found.entry
    if entry is None or found.system != lookup.CODE_SYSTEM_ICD10CM:
        return None
    notes = await printed_notes(found, tools)
    title = bold(entry.code, entry.title)
    first = [note.line for note in notes if note.kind == lookup.NOTE_KIND_CODE_FIRST]
    before = f"Code first:\n\n{bullets(first)}" if first else ""
    verdict = None
    if forbidden := await rule_against(found, notes, question.dates, tools):
        verdict, sources = Verdict.NO, forbidden.sources
        parts = [f"{title} may not be the first-listed or principal diagnosis: {forbidden.text}", before]
    elif alone := await _always_first(entry, question.dates, tools):
        verdict, sources = Verdict.YES, alone.sources
        parts = [f"{title} may be the first-listed or principal diagnosis: {alone.text}", before]
    else:
        chosen = [one for one in [await guideline(id, question.dates, tools) for id in _CHOICE_SECTIONS] if one]
        sources = tuple(chosen)
        ruled = "what its Code first note names goes before it" if first else "no note at it rules it out"
        parts = [
            f"Whether {title} is the first-listed or principal diagnosis follows from the case: {ruled}.",
            before,
            "What is chiefly responsible for the admission or the encounter is listed first"
            + (f" ({joined([one.name for one in chosen])})." if chosen else "."),
        ]
    if not entry.billable:
        parts.append(f"{bold(entry.code)} is {standing(entry)}.")
    return Answer(
        with_remark(paragraphs(*parts), found.dated), verdict, once((*source_of(found.dated), *sources)), named(entry)
    )


async def rule_against(found: Found, notes: Sequence[Printed], dates: Dates | None, tools: Tools) -> Rule | None:
    """Return what says that a diagnosis may not be first-listed: its kind of title, a note, or a guideline."""
    entry = found.entry
    assert entry
    if _MANIFESTATION.search(entry.title) and any(note.kind == lookup.NOTE_KIND_CODE_FIRST for note in notes):
        why = "it is a manifestation code (“in diseases classified elsewhere”), and what its Code first note names goes"
        rule = await _sentence(_MANIFESTATION_SECTION, "classified elsewhere", dates, tools)
        return Rule(f"{why} first.{f' {rule.text}' if rule else ''}", rule.sources if rule else ())
    for section, codes, word in _RULES:
        if names(codes, entry.code) and (rule := await _sentence(section, word, dates, tools)):
            return rule
    note = next((note for note in notes if note.kind == lookup.NOTE_KIND_NOTE and _BESIDES.search(note.text)), None)
    return Rule(f"“{note.text}” (at {note.where})") if note else None


async def _sentence(section: str, word: str, dates: Dates | None, tools: Tools) -> Rule | None:
    """Return the sentence of a section that forbids it, quoted; None when the edition for the date has none."""
    source = await guideline(section, dates, tools)
    answer = await tools.passage(_BOOK, section, tools.on(_BOOK, dates)) if source else None
    if source is None or answer is None:
        return None
    for sentence in sentences_of(answer.passage.text):
        if word.lower() in sentence.lower() and _NEVER.search(sentence):
            quoted = sentence if "“" in sentence else f"“{sentence}”"
            return Rule(f"{quoted} ({source.name})", (source,))
    return None


async def _always_first(entry: lookup.Entry, dates: Dates | None, tools: Tools) -> Rule | None:
    """Return the line that lists a code among those that may only be first-listed."""
    source = await guideline(_ALWAYS_FIRST_SECTION, dates, tools)
    answer = await tools.passage(_BOOK, _ALWAYS_FIRST_SECTION, tools.on(_BOOK, dates)) if source else None
    if source is None or answer is None:
        return None
    lines = list(_LISTED.finditer(answer.passage.text))
    if any(line["except"] and names(line[0], entry.code) for line in lines):
        return None
    line = next((line for line in lines if names(line["codes"], entry.code)), None)
    return (
        Rule(f"it may only be so, by the list “{answer.passage.title}”: “{line[0]}” ({source.name})", (source,))
        if line
        else None
    )
