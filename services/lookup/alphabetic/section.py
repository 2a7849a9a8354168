"""The lines of the Alphabetic Index that lead to a code, for its page."""

from dataclasses import dataclass

from services.lookup.alphabetic.model import Book
from services.lookup.codes.model import System
from services.lookup.codes.notation import possible_ancestors
from services.lookup.facts.kinds import Answers, Found, Want
from services.lookup.index.alphabetic import POINTERS, Pointer, code_id


@dataclass(frozen=True, slots=True)
class Pointers:
    """What one book says: `found` for each id that was asked, and the lines that lead to the code, its own first."""

    book: Book
    found: tuple[Found[tuple[Pointer, ...]], ...]
    pointers: tuple[Pointer, ...]


def wants(system: System, code: str) -> list[Want]:
    """Return the facts that lead to a code: its own and those of the codes above it.

    The index prints S52.50- for all codes below S52.50, and no seventh character.
    """
    return [Want(POINTERS[book], id) for book in Book for id in _ids(system, code)]


def pointers(system: System, code: str, answers: Answers) -> list[Pointers]:
    """Return what each book says of a code that `wants` asked for; nothing for a code of another system."""
    ids = _ids(system, code)
    if not ids:
        return []
    asked = {book: tuple(answers.get(POINTERS[book], id) for id in ids) for book in Book}
    return [
        Pointers(book, found, tuple(one for each in found for one in each.fact or ())) for book, found in asked.items()
    ]


def _ids(system: System, code: str) -> list[str]:
    if system is not System.ICD10CM:
        return []
    return [code_id(each) for each in (code, *possible_ancestors(system, code))]
