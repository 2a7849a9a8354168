"""What answers on most topics have in common: how a code is written, what is said of one that is not there, sources."""

import asyncio
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.assistant.answer import Answer, NamedCode, Source, Verdict, once
from services.assistant.composing.gone import became_of
from services.assistant.editions import Dated, Edition, system_name
from services.assistant.question import Dates, Question
from services.assistant.tools import Found, Tools

VALID = "valid for submission (billable)"
NOT_VALID = "not valid for submission (not billable)"


def bold(code: str, title: str = "") -> str:
    """Return a code as it is first mentioned, with its title where there is one."""
    return f"**{code}** {title}".rstrip()


def in_force(entry: lookup.Entry, on: date) -> bool:
    """Whether a date of service is within the dates of the code itself."""
    day = on.isoformat()
    return (not entry.effective_from or entry.effective_from <= day) and (
        not entry.effective_to or day <= entry.effective_to
    )


def submittable(entry: lookup.Entry, on: date) -> bool:
    """Whether a code is valid for submission on a date of service."""
    return entry.billable and in_force(entry, on)


def standing(entry: lookup.Entry, on: date | None = None) -> str:
    """Return in words whether a code is valid for submission; with a date of service, whether it is on that date."""
    if entry.number_only:
        return "known by its number alone: its descriptor is not loaded"
    if on and not in_force(entry, on):
        begins = entry.effective_from > on.isoformat()
        bound = f"begins on {entry.effective_from}" if begins else f"ended on {entry.effective_to}"
        return f"{NOT_VALID} on {on.isoformat()}: it {bound}"
    if entry.billable:
        return VALID
    return f"a header, {NOT_VALID}" if entry.has_children else NOT_VALID


def code_line(entry: lookup.Entry, on: date | None = None) -> str:
    """Return a code with its title, its system and whether it is valid for submission."""
    return f"{bold(entry.code, entry.title)} ({system_name(entry.system)}): {standing(entry, on)}"


def bullets(lines: Iterable[str]) -> str:
    """Return a list in Markdown."""
    return "\n".join(f"- {line}" for line in lines)


def joined(words: Sequence[str], conjunction: str = "and") -> str:
    """Return words as a sentence lists them."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {conjunction} {words[-1]}"


def paragraphs(*texts: str) -> str:
    """Return texts as paragraphs, without the empty ones."""
    return "\n\n".join(filter(None, texts))


def with_remark(body: str, *dated: Dated) -> str:
    """Return a body with what is to be said of the dates it is as of, each remark once."""
    return paragraphs(body, *dict.fromkeys(one.remark for one in dated))


def source_of(*dated: Dated) -> tuple[Source, ...]:
    """Return the editions that answer, as sources."""
    return once(Source(one.edition.name) for one in dated if one.edition)


def named(*entries: lookup.Entry) -> tuple[NamedCode, ...]:
    """Return codes as an answer names those it is about."""
    return tuple(dict.fromkeys(NamedCode(entry.system, entry.code) for entry in entries))


def answered_by(*statuses: lookup.SourceStatus) -> tuple[Source, ...]:
    """Return the editions that sections of a page were answered from, as sources."""
    return once(Source(one.release.name) for one in statuses if one.release.name)


def yes_or_no(holds: bool) -> Verdict:
    """Return the verdict of a question that is answered with yes or no."""
    return Verdict.YES if holds else Verdict.NO


def no_data(dated: Dated, what: str) -> Answer:
    """Return the answer that nothing is known, with what is loaded; `what` begins the sentence: "The MUE of 11042"."""
    return Answer(f"{what} is not known. {dated.missing}", Verdict.NO_DATA)


async def find_all(question: Question, tools: Tools) -> list[Found]:
    """Return what the codes of a question are, in their order."""
    return list(await asyncio.gather(*(tools.find(code, question.dates) for code in question.codes)))


async def find_in_print(question: Question, tools: Tools) -> list[Found]:
    """Return what the codes of a question are, diagnoses in the release that has their notes."""
    return list(await asyncio.gather(*map(tools.in_print, await find_all(question, tools))))


def unprinted(found: Found) -> Answer:
    """Return the answer that the notes of a diagnosis are not known: no release for its date has the tabular list."""
    assert found.entry
    assert found.dated.edition
    return Answer(
        f"The notes of {bold(found.entry.code, found.entry.title)} on {found.dated.iso} are not known: "
        f"{found.dated.edition.name} was loaded without its tabular list.",
        Verdict.NO_DATA,
        codes=named(found.entry),
    )


async def unknown(found: Found, tools: Tools, verdict: Verdict | None = None) -> Answer:
    """Return the answer about a code that the release does not have.

    `verdict` is that of a binary question. When no release is loaded for the date it is `no_data`, binary or not.
    """
    dated = found.dated
    if not dated.loaded:
        system = system_name(found.system)
        text = f"No release of {system} is loaded, and no other loaded source has **{found.code.text}**."
        return Answer(text, Verdict.NO_DATA)
    if dated.edition is None:
        return no_data(dated, f"Whether **{found.code.text}** is a code of {system_name(found.system)}")
    said = await became_of(found, tools)
    return Answer(
        with_remark(said.text, dated), verdict, once((*source_of(dated), *said.sources)), named(*said.entries)
    )


def first_unknown(found: Sequence[Found]) -> Found | None:
    """Return the first of some codes that is in no release, None when all are there."""
    return next((one for one in found if one.entry is None), None)


def told_apart(phrase: str, texts: Sequence[str], word: re.Pattern[str]) -> tuple[list[str], list[int]]:
    """Return the words of a phrase that tell some texts from the others, and the places of the texts with all of them.

    There are no places where the words tell none apart. `word` matches a word, in small letters.
    """
    said = [set(word.findall(text.lower())) for text in texts]
    telling = set().union(*said) - set.intersection(*said) if said else set()
    words = [one for one in word.findall(phrase.lower()) if one in telling]
    return words, [place for place, one in enumerate(said) if one.issuperset(words)] if words else []


def combined(answers: Sequence[Answer], first: str = "") -> Answer:
    """Return answers about several codes as one; with what all end alike, it ends once. A list stays with its code.

    The verdict is the worst: `no`, else `no_data`, else `yes`; there is none if none has one.
    """
    if len(answers) == 1:
        return answers[0]
    bodies = [one.body.split("\n\n") for one in answers]
    end: list[str] = []
    while all(bodies) and len({body[-1] for body in bodies}) == 1 and not bodies[0][-1].startswith("- "):
        end = [*{body.pop() for body in bodies}, *end]
    verdicts = [one.verdict for one in answers]
    return Answer(
        paragraphs(first, *(part for body in bodies for part in body), *end),
        next((one for one in (Verdict.NO, Verdict.NO_DATA, Verdict.YES) if one in verdicts), None),
        once(source for one in answers for source in one.sources),
        tuple(dict.fromkeys(code for one in answers for code in one.codes)),
    )


async def guideline(section: str, dates: Dates | None, tools: Tools) -> Source | None:
    """Return a section of the ICD-10-CM guidelines as a source; None when the edition for the date has none."""
    book = lookup.FACT_SOURCE_ICD10CM_GUIDELINES
    dated = tools.on(book, dates)
    if dated.edition is None:
        return None
    answer = await tools.passage(book, section, dated)
    return Source(f"{dated.edition.name} Section {section}", book, section) if answer else None


def readable(dated: Dated, book: Dated) -> Dated:
    """Return a source as of a date of the same edition for which a release of the codes is loaded."""
    if dated.edition is None or covering(book, dated.on):
        return dated
    for edition in book.loaded:
        first, last = max(edition.first, dated.edition.first), min(edition.last, dated.edition.last)
        if first <= last:
            return replace(dated, on=last)
    return dated


def covering(book: Dated, day: date) -> Edition | None:
    """Return the release of a code system that covers a date of service, None when none does."""
    return next((one for one in book.loaded if one.covers(day)), None)


async def longer_title(entry: lookup.Entry | None, dated: Dated, tools: Tools) -> tuple[Edition, str] | None:
    """Return the title of a HCPCS code in full, where its release has the short one and another loaded one has more."""
    if entry is None or entry.system != lookup.CODE_SYSTEM_HCPCS:
        return None
    titles = []
    for edition in dated.loaded:
        other = (await tools.entries(entry.system, [entry.code], dated.of(edition))).get(entry.code)
        if other and len(other.title) > len(entry.title):
            titles.append((edition, other.title))
    return max(titles, key=lambda one: len(one[1]), default=None)
