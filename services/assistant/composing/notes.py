"""The instructional notes of a code: includes, excludes, code first, use additional code, code also."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.assistant.answer import Answer, Verdict, clarification
from services.assistant.composing.note_codes import named_alone, names, names_below
from services.assistant.composing.parts import (
    bold,
    bullets,
    combined,
    find_in_print,
    first_unknown,
    joined,
    named,
    paragraphs,
    source_of,
    unknown,
    unprinted,
    with_remark,
    yes_or_no,
)
from services.assistant.composing.ranges import called
from services.assistant.editions import Dated, system_name
from services.assistant.question import Aspect, Code, Question
from services.assistant.tools import Found, Tools
from services.assistant.understanding.cues import Cues, words_of
from services.assistant.understanding.vocabulary import words_of_medicine

_KINDS = {
    lookup.NOTE_KIND_INCLUDES: "Includes",
    lookup.NOTE_KIND_EXCLUDES1: "Excludes1 (not coded here, never together unless unrelated)",
    lookup.NOTE_KIND_EXCLUDES2: "Excludes2 (not included here, may be coded together)",
    lookup.NOTE_KIND_CODE_FIRST: "Code first",
    lookup.NOTE_KIND_USE_ADDITIONAL_CODE: "Use additional code",
    lookup.NOTE_KIND_CODE_ALSO: "Code also",
    lookup.NOTE_KIND_NOTE: "Note",
    lookup.NOTE_KIND_SEVENTH_CHARACTER: "Seventh character",
}
_ASPECTS = {
    Aspect.INCLUDES: (lookup.NOTE_KIND_INCLUDES,),
    Aspect.EXCLUDES1: (lookup.NOTE_KIND_EXCLUDES1,),
    Aspect.EXCLUDES2: (lookup.NOTE_KIND_EXCLUDES2,),
    Aspect.CODE_FIRST: (lookup.NOTE_KIND_CODE_FIRST,),
    Aspect.USE_ADDITIONAL_CODE: (lookup.NOTE_KIND_USE_ADDITIONAL_CODE, lookup.NOTE_KIND_CODE_ALSO),
}
EXCLUDES = (lookup.NOTE_KIND_EXCLUDES1, lookup.NOTE_KIND_EXCLUDES2)
_BESIDES = frozenset({lookup.NOTE_KIND_CODE_FIRST, lookup.NOTE_KIND_USE_ADDITIONAL_CODE, lookup.NOTE_KIND_CODE_ALSO})
_SHORT = {
    lookup.NOTE_KIND_INCLUDES: "Includes",
    lookup.NOTE_KIND_EXCLUDES1: "Excludes1",
    lookup.NOTE_KIND_EXCLUDES2: "Excludes2",
}
# That one code calls for another.
_MUST = Cues("must, need*, require*, mandatory, necessary, have to, has to, in addition, add*, called for, calls for")
_WORD = re.compile(r"[a-z]{3,}")
# Of one request.
_MOST_CODES = 500
# Words that ask for a note and say nothing of what it names.
_SAYS_NOTHING = re.compile(
    r"notes?|code[ds]?|coding|first|additional|also|used?|inclu\w+|exclu\w+|instruction\w*|tabular|list|any|does|under|"
    r"and|the|with|from|for|are|has|have|that|this|what|not|there|appear\w*|name[ds]?|mention\w*|say\w*"
)


class Printed(NamedTuple):
    """A note and the entry it is printed under; `inherited` when that stands above the code."""

    kind: lookup.NoteKind.ValueType
    text: str
    entry: lookup.Entry
    inherited: bool

    @property
    def where(self) -> str:
        """Where it stands, as a coder looks it up."""
        if self.entry.level == lookup.LEVEL_CHAPTER:
            return f"chapter {self.entry.code}"
        return f"section {self.entry.code}" if self.entry.level == lookup.LEVEL_SECTION else self.entry.code

    @property
    def line(self) -> str:
        """The note as a line."""
        return f"{self.text} (at {self.where}{', inherited' if self.inherited else ''})"


async def notes_of(question: Question, tools: Tools) -> Answer:
    """Say which notes of the tabular list govern codes; of two codes, whether one is excluded from the other."""
    if not question.codes:
        return clarification("Of which code should the notes be shown?")
    found = await find_in_print(question, tools)
    if missing := first_unknown(found):
        answer = await _of_section(missing, question, tools)
        return answer or await unknown(missing, tools, Verdict.NO if question.binary else None)
    if lacking := next((one for one in found if not one.printed), None):
        return unprinted(lacking)
    if len(found) == 2 and (answer := await _between(found[0], found[1], question, tools)):
        return answer
    return combined([await _of_one(one, question, tools) for one in found])


async def _of_section(found: Found, question: Question, tools: Tools) -> Answer | None:
    """Say which notes stand at a section, which is named by its range; None for what is no section."""
    first, dash, _ = found.code.text.partition("-")
    if not dash:
        return None
    category = await tools.in_print(await tools.find(Code(first, (found.system,)), question.dates))
    if category.entry is None or not category.printed:
        return None
    above = (await tools.code(category.system, category.entry.code, category.dated)).ancestors
    section = next((one for one in above if one.code == found.code.text), None)
    if section is None:
        return None
    kinds = _asked_kinds(question)
    printed = [note for note in await printed_notes(category, tools) if note.entry.code == section.code]
    notes = [note._replace(inherited=False) for note in printed if not kinds or note.kind in kinds]
    first = _count(called(section), notes, kinds) if notes else f"No such note stands at {called(section)}."
    return Answer(
        with_remark(paragraphs(first, *_grouped(notes)), category.dated),
        yes_or_no(bool(notes)) if question.binary else None,
        source_of(category.dated),
        named(category.entry),
    )


def _asked_kinds(question: Question) -> set[lookup.NoteKind.ValueType]:
    return {kind for aspect in question.aspects for kind in _ASPECTS.get(aspect, ())}


async def printed_notes(found: Found, tools: Tools) -> list[Printed]:
    """Return the notes that govern a code, its own first, then upwards."""
    assert found.entry
    page = await tools.page(found.system, found.entry.code, found.dated, lookup.PAGE_SECTION_NOTES)
    notes = [
        Printed(note.kind, note.text, group.entry, group.inherited)
        for group in page.notes.groups
        for note in group.notes
    ]
    codes = list(dict.fromkeys(code for note in notes for code in named_alone(note.text)))
    there: dict[str, lookup.Entry] = {}
    for first in range(0, len(codes), _MOST_CODES):
        there |= await tools.entries(found.system, codes[first : first + _MOST_CODES], found.dated)
    gone = [code for code in codes if code not in there]
    return [note._replace(text=_without(note.text, gone, found.dated)) for note in notes]


def _without(text: str, gone: Iterable[str], dated: Dated) -> str:
    """Return a note without the codes that it names and the release does not have."""
    assert dated.edition
    for code in gone:
        text = re.sub(
            rf"(?<![\w.]){re.escape(code)}(?![\w.])-?", f"a code that {dated.edition.name} does not have", text
        )
    return text


def naming(
    notes: Iterable[Printed], governed: str, other: str, kinds: "Collection[lookup.NoteKind.ValueType]" = EXCLUDES
) -> Iterator[Printed]:
    """Yield the notes of a code that name another.

    A note that names the code it governs tells apart what is below, and says nothing.
    """
    for note in notes:
        if note.kind in kinds and names(note.text, other) and not names(note.text, governed):
            yield note


async def _of_one(found: Found, question: Question, tools: Tools) -> Answer:
    entry, dated = found.entry, found.dated
    assert entry
    title = bold(entry.code, entry.title)
    if found.system != lookup.CODE_SYSTEM_ICD10CM:
        text = (
            f"{title} is a code of {system_name(found.system)}, which has no instructional notes: ICD-10-CM has them."
        )
        return Answer(text, Verdict.NO if question.binary else None, source_of(dated), named(entry))
    notes = await printed_notes(found, tools)
    kinds = _asked_kinds(question)
    wanted = [note for note in notes if note.kind in kinds or (not kinds and not _of_chapter(note))]
    terms = await _inclusion_terms(found, tools) if not kinds or lookup.NOTE_KIND_INCLUDES in kinds else ""
    told = question.binary and words_of_medicine(question.phrase)
    matching = _about(question.phrase, wanted) if told else None
    if matching == [] and wanted and kinds and kinds <= _BESIDES:
        # Whether anything is to be coded besides is asked of all: the words beside it tell the case.
        matching = None
    if matching is not None:
        first = _matched(title, question.phrase, matching)
        wanted = [*matching, *(note for note in wanted if note not in matching)]
    else:
        first = _count(title, wanted, kinds)
    holds = bool(matching) if matching is not None else bool(wanted or terms)
    # That no note names it does not say that it is not coded.
    decided = question.binary and (bool(kinds) or matching != [])
    body = paragraphs(first, terms, *_grouped(wanted))
    return Answer(with_remark(body, dated), yes_or_no(holds) if decided else None, source_of(dated), named(entry))


def _of_chapter(note: Printed) -> bool:
    """Whether a note says what a whole chapter is for, and nothing of one code in it."""
    return note.kind == lookup.NOTE_KIND_NOTE and note.inherited and note.where.startswith("chapter")


def _count(title: str, notes: Sequence[Printed], kinds: set[lookup.NoteKind.ValueType]) -> str:
    """Return the sentence that says whether there are notes, and where they stand."""
    what = joined([_SHORT.get(kind, _KINDS[kind]) for kind in sorted(kinds)], "or") if kinds else "instructional"
    if not notes:
        return f"The tabular list has no {what} note for {title}, neither at the code nor at what stands above it."
    own = sum(not note.inherited for note in notes)
    if own == len(notes):
        return f"{title} has {what} notes of its own:"
    if own:
        return f"{title} has {what} notes, its own and inherited ones:"
    return f"{title} has no {what} note of its own; these are inherited from what stands above it:"


def _grouped(notes: Sequence[Printed]) -> Iterator[str]:
    """Yield the notes by their kind."""
    for kind, heading in _KINDS.items():
        lines = [note.line for note in notes if note.kind == kind]
        if lines:
            yield f"{heading}:\n\n{bullets(lines)}"


async def _inclusion_terms(found: Found, tools: Tools) -> str:
    assert found.entry
    page = await tools.page(found.system, found.entry.code, found.dated, lookup.PAGE_SECTION_OFFICIAL_DESCRIPTION)
    terms = page.official_description.inclusion_terms
    return f"Inclusion terms:\n\n{bullets(terms)}" if terms else ""


def _about(phrase: str, notes: Sequence[Printed]) -> list[Printed] | None:
    """Return the notes that have all words of a phrase; None when the phrase says nothing of its own."""
    words = {word for word in _WORD.findall(phrase.lower()) if not _SAYS_NOTHING.fullmatch(word)}
    if not words:
        return None
    return [note for note in notes if all(re.search(rf"\b{word[:-1]}", note.text.lower()) for word in words)]


def _matched(title: str, phrase: str, matching: Sequence[Printed]) -> str:
    if not matching:
        return f"No such note of {title} names \u201c{phrase}\u201d."
    note = matching[0]
    kind = _SHORT.get(note.kind, _KINDS[note.kind])
    return f"{title}: the {kind} note at {note.where} names it: \u201c{note.text}\u201d."


async def _between(one: Found, other: Found, question: Question, tools: Tools) -> Answer | None:
    """Say whether a note of one of two codes names the other; None when no note does and that is not asked."""
    assert one.entry
    assert other.entry
    kinds = _asked_kinds(question)
    must = _MUST(words_of(question.text))
    kinds = kinds or set(_BESIDES if must else _KINDS)
    lines = []
    for governed, named_one in ((one, other), (other, one)):
        assert governed.entry
        assert named_one.entry
        printed = await printed_notes(governed, tools)
        for note in [
            *naming(printed, governed.entry.code, named_one.entry.code, kinds),
            *(note for note in printed if note.kind in kinds and names_below(note.text, named_one.entry.code)),
        ]:
            kind = _SHORT.get(note.kind, _KINDS[note.kind])
            lines.append(f"{kind} of {governed.entry.code}, at {note.where}: \u201c{note.text}\u201d")
    if not lines and not question.binary:
        return None
    what = "" if len(kinds) == len(_KINDS) else joined([_SHORT.get(kind, _KINDS[kind]) for kind in sorted(kinds)], "or")
    first = f"{bold(one.entry.code, one.entry.title)} and {bold(other.entry.code, other.entry.title)}: "
    first += (
        "a note of one names the other:" if lines else f"no {what} note of either names the other.".replace("  ", " ")
    )
    return Answer(
        with_remark(paragraphs(first, bullets(lines)), one.dated, other.dated),
        yes_or_no(bool(lines)) if question.binary else None,
        source_of(one.dated, other.dated),
        named(one.entry, other.entry),
    )
