"""The Alphabetic Index as a coder goes through it: letters, main terms, subterms, and where a reference leads."""

import unicodedata
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from services.lookup.alphabetic.model import Book, MainTerm, split_id, term_id
from services.lookup.alphabetic.references import find, in_book, is_called, possible_heads
from services.lookup.facts.kinds import Answers, Found, Want
from services.lookup.index.alphabetic import (
    LETTER,
    LETTERS,
    LETTERS_ID,
    PART,
    Letters,
    Line,
    MainTermLine,
    Part,
    letter_id,
    part_id,
    part_ids,
)

# Fetches facts for one date of service.
Fetch = Callable[[Iterable[Want]], Awaitable[Answers]]
# The letter under which tables list what begins with a digit.
_DIGITS = "#"


@dataclass(frozen=True, slots=True)
class LettersAnswer:
    """The letters of a book; none when `found` has no edition."""

    found: Found[Letters]
    letters: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class MainTermsAnswer:
    """A stretch of the main terms of a letter; `next` is where the following one begins, None at the end."""

    found: Found[Letters]
    main_terms: tuple[MainTermLine, ...] = ()
    next: int | None = None


@dataclass(frozen=True, slots=True)
class TermAnswer:
    """A line with what is under it: `above` are the lines over the first of `lines`, the main term first.

    `next` is the id to go on at, empty at the end; `lines` is empty when there is no such line.
    """

    found: Found[Letters]
    above: tuple[Line, ...] = ()
    lines: tuple[Line, ...] = ()
    next: str = ""


async def letters(fetch: Fetch, book: Book) -> LettersAnswer:
    """Return the letters of a book."""
    found = await _letters(fetch, book)
    return LettersAnswer(found, found.fact.letters if found.fact else ())


async def main_terms(fetch: Fetch, book: Book, prefix: str, start: int, count: int) -> MainTermsAnswer:
    """Return main terms that begin with a letter or more, from number `start` on, at most `count`, in printed order.

    Capitals and accents do not matter. Without a prefix there are none.
    """
    want = LETTER[book]
    found = await _letters(fetch, book)
    ids = [letter_id(letter) for letter in _letters_of(prefix, found.fact)]
    answers = await fetch([Want(want, id) for id in ids])
    listed = [line for id in ids for line in answers.get(want, id).fact or ()]
    plain = _plain(prefix)
    # A letter lists some terms that begin otherwise (4-Aminobutyric acid under A): all of it is asked by the letter.
    if plain.upper() not in (letter for letter, _ in (found.fact.letters if found.fact else ())):
        listed = [each for each in listed if _plain(each.line.term.title).startswith(plain)]
    end = start + count
    return MainTermsAnswer(found, tuple(listed[start:end]), end if end < len(listed) else None)


async def term(fetch: Fetch, book: Book, id: str, start: str = "") -> TermAnswer:
    """Return a line and the lines under it, at most 500 at once; `start` is the `next` of the answer before."""
    main_term, position = split_id(id)
    started, first = split_id(start or id)
    found = await _letters(fetch, book)
    where = part_id(term_id(main_term, first))
    part: Part | None = (await fetch([Want(PART[book], where)])).get(PART[book], where).fact
    if part is None or started != main_term or not position <= first < part.first + len(part.lines):
        return TermAnswer(found)
    lines = part.lines[first - part.first :]
    above = _above(part, first)
    # The level that ends the lines under the one asked for: its own, or a higher one.
    level = lines[0].term.level if first == position else _level_of(above, id)
    if level is None:
        return TermAnswer(found)
    own = int(first == position)
    length = next((at for at, line in enumerate(lines[own:], own) if line.term.level <= level), len(lines))
    goes_on = length == len(lines) and part.next_level > level
    return TermAnswer(found, above, lines[:length], term_id(main_term, first + length) if goes_on else "")


async def place(fetch: Fetch, book: Book, text: str) -> str:
    """Return the id of the line that a text names as a reference does ("Pain, abdominal"), empty when there is none.

    Where the text names more than there is, the line above answers.
    """
    named = in_book(text, book)
    found = await _letters(fetch, book)
    ids = [letter_id(letter) for letter in _letters_of(named, found.fact)]
    answers = await fetch([Want(LETTER[book], id) for id in ids])
    listed: list[MainTermLine] = [line for id in ids for line in answers.get(LETTER[book], id).fact or ()]
    for head in possible_heads(named):
        called = [each for each in listed if is_called(each.line.term.name, head)]
        if called and (reached := find(named, await _whole(fetch, book, called))):
            return term_id(reached.main_term.id, reached.position)
    return ""


async def _whole(fetch: Fetch, book: Book, main_terms: Iterable[MainTermLine]) -> list[MainTerm]:
    """Fetch main terms with all their lines."""
    parts = {each.line.id: part_ids(each.line.id, each.subterms + 1) for each in main_terms}
    kind = PART[book]
    answers = await fetch([Want(kind, id) for ids in parts.values() for id in ids])
    whole = []
    for main_term, ids in parts.items():
        lines = [line.term for id in ids if (part := answers.get(kind, id).fact) for line in part.lines]
        if lines:
            whole.append(MainTerm(main_term, "", tuple(lines)))
    return whole


async def _letters(fetch: Fetch, book: Book) -> Found[Letters]:
    return (await fetch([Want(LETTERS[book], LETTERS_ID)])).get(LETTERS[book], LETTERS_ID)


def _letters_of(text: str, letters: Letters | None) -> list[str]:
    """Return the letters that may list what begins with a text."""
    plain = _plain(text).upper()
    first = next((character for character in plain if character.isalpha()), "")
    wanted = (_DIGITS, first) if not plain[:1].isalpha() else (first,)
    return [letter for letter, _ in (letters.letters if letters else ()) if letter in wanted]


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.strip().casefold())
    return "".join(each for each in decomposed if not unicodedata.combining(each))


def _above(part: Part, position: int) -> tuple[Line, ...]:
    """Return the lines over a line of a part."""
    above: list[Line] = list(part.above)
    for line in part.lines[: position - part.first]:
        del above[line.term.level :]
        above.append(line)
    del above[part.lines[position - part.first].term.level :]
    return tuple(above)


def _level_of(above: Iterable[Line], id: str) -> int | None:
    return next((line.term.level for line in above if line.id == id), None)
