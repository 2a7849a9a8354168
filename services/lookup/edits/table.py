"""All procedure-to-procedure edits of one edition, in columns of numbers: a million of them take 25 MB."""

from array import array
from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from services.lookup.edits.model import PtpEdits, PtpTerms

_Rows = dict[int, "array[int]"]


class PtpTable:
    """Edits in the order they are added, found by their code in either column once they are settled."""

    def __init__(self) -> None:
        self._codes: list[str] = []
        self._code_numbers: dict[str, int] = {}
        self._terms: list[PtpTerms] = []
        self._terms_numbers: dict[PtpTerms, int] = {}
        # Of each edit: the numbers of its codes and of its terms.
        self._columns = {1: array("I"), 2: array("I")}
        self._places = array("I")
        # The edits of each code, by its number, in each column.
        self._edits: dict[int, _Rows] = {1: {}, 2: {}}

    def __len__(self) -> int:
        """How many edits were added."""
        return len(self._places)

    def number(self, terms: PtpTerms) -> int:
        """Return the number by which edits with these terms are added."""
        number = self._terms_numbers.setdefault(terms, len(self._terms))
        if number == len(self._terms):
            self._terms.append(terms)
        return number

    def add(self, column1: str, column2: str, terms: int) -> None:
        """Add an edit with the terms of a number."""
        for column, code in ((1, column1), (2, column2)):
            number = self._code_numbers.get(code)
            if number is None:
                number = self._code_numbers[code] = len(self._codes)
                self._codes.append(code)
            self._columns[column].append(number)
            self._edits[column].setdefault(number, array("I")).append(len(self._places))
        self._places.append(terms)

    def settle(self) -> int:
        """Order the edits of each code; return how many were given twice, which are taken once."""
        code_ranks = _ranks(self._codes)
        terms_ranks = _ranks([_order(terms) for terms in self._terms])
        for column, others in ((1, self._columns[2]), (2, self._columns[1])):

            def key(edit: int, others: "array[int]" = others) -> int:
                return code_ranks[others[edit]] << 32 | terms_ranks[self._places[edit]]

            for number, edits in self._edits[column].items():
                ordered = sorted(edits, key=key)
                once = (edit for before, edit in pairwise([-1, *ordered]) if before < 0 or key(before) != key(edit))
                self._edits[column][number] = array("I", once)
        return len(self) - sum(map(len, self._edits[1].values()))

    def overlapping(self) -> Iterator[int]:
        """Yield, of settled edits, the number (from 0, as added) of each in force while one before it is."""
        others = self._columns[2]
        for edits in self._edits[1].values():
            other, until = -1, date.min
            for edit in edits:
                terms = self._terms[self._places[edit]]
                if terms.never_in_force:
                    continue
                if others[edit] == other and terms.effective_from <= until:
                    yield edit
                other, until = others[edit], terms.effective_to or date.max

    def codes(self, column: int) -> list[str]:
        """Return the codes in a column, ascending."""
        return sorted(self._codes[number] for number in self._edits[column])

    def edits(self, code: str, column: int) -> PtpEdits:
        """Return the settled edits of a code in a column."""
        edits, others = self._edits[column][self._code_numbers[code]], self._columns[3 - column]
        number_of: dict[int, int] = {}
        places = tuple(number_of.setdefault(self._places[edit], len(number_of)) for edit in edits)
        terms = tuple(self._terms[number] for number in number_of)
        return PtpEdits(code, column, "".join([self._codes[others[edit]] for edit in edits]), terms, places)

    def earliest(self) -> date:
        """Return the first date of service that any edit applies to."""
        return min(terms.effective_from for terms in self._terms)


def _order(terms: PtpTerms) -> tuple[date, date, str, str]:
    return terms.effective_from, terms.effective_to or date.max, terms.indicator, terms.rationale


def _ranks(values: list[str] | list[tuple[date, date, str, str]]) -> list[int]:
    """Return the rank of each of distinct values."""
    ranks = [0] * len(values)
    for rank, number in enumerate(sorted(range(len(values)), key=values.__getitem__)):
        ranks[number] = rank
    return ranks
