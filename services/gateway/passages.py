"""A search of the books of coding rules, as addresses name what it is for."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.gateway.words import BOOKS_OF_RULES, words_of
from services.runtime.errors import invalid

_WORDS = words_of(lookup.CareSetting.DESCRIPTOR)
CARE_SETTINGS = {_WORDS[number]: number for number in lookup.CareSetting.values() if number}

N = TypeVar("N", bound=int)


def passage_search(
    query: str, books: Iterable[str], setting: str, effective_on: str, page_size: int
) -> lookup.SearchPassagesRequest:
    """Return the request to lookup; no books are all of them, an empty setting is any.

    Raises a Refusal of the field "source" or "setting" for a word that names none.
    """
    return lookup.SearchPassagesRequest(
        query=query,
        sources=[_named(book, BOOKS_OF_RULES, "source") for book in books],
        setting=_named(setting, CARE_SETTINGS, "setting") if setting else lookup.CARE_SETTING_UNSPECIFIED,
        effective_on=effective_on,
        page_size=page_size,
    )


def _named(word: str, numbers: Mapping[str, N], field: str) -> N:
    if word not in numbers:
        raise invalid(field, f"expected one of {', '.join(numbers)}")
    return numbers[word]
