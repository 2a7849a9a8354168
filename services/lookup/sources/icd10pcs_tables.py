"""Reads the ICD-10-PCS tables of CMS, `icd10pcs_tables_YYYY.xml`: what each character of a code stands for.

A <pcsTable> has an <axis> for each of the positions 1 to 3 (section, body system, operation; the operation with its
<definition>) and a <pcsRow> for each row; a row has an <axis> for each of the positions 4 to 7 with the values that may
be combined in it. An axis has a <title> and <label code=""> elements.

The parser is the standard library's, as for the tabular list of ICD-10-CM: a document type declaration is refused
before parsing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import IO
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from services.lookup.codes.model import Attribute
from services.lookup.sources.errors import SourceError
from services.lookup.sources.icd10pcs_code import CHARACTER
from services.lookup.sources.xmltext import text_of

_HEAD = 4096
# What may stand before the root element: a byte order mark, processing instructions, comments; not <!DOCTYPE.
_START = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:\s|<\?(?>.*?\?>)|<!--(?>.*?-->))*<ICD10PCS\.tabular[\s>]",
    re.DOTALL,
)
_CHARACTER = re.compile(CHARACTER)

Values = tuple[Attribute, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its three characters as attributes, what its operation is, and in each row the values of an axis."""

    axes: Values
    definition: str
    rows: tuple[tuple[Values, ...], ...]

    @property
    def code(self) -> str:
        """The three characters."""
        return _written(self.axes)

    def codes(self) -> Iterator[tuple[str, Values]]:
        """Yield every code that the table spans, with its seven characters as attributes."""
        for row in self.rows:
            for values in product(*row):
                yield self.code + _written(values), self.axes + values


def is_icd10pcs_tables(head: bytes) -> bool:
    """Tell from the first bytes whether these are the ICD-10-PCS tables."""
    return _START.match(head) is not None


def read_tables(stream: IO[bytes], file: str) -> Iterator[Table]:
    """Yield the tables in book order.

    Raises SourceError for XML that is cut, broken or of another kind, and for an axis that is missing, has no title or
    has a value that is not one character with its label.
    """
    if not is_icd10pcs_tables(stream.read(_HEAD)):
        raise SourceError(file, None, "expected XML with the root element <ICD10PCS.tabular>")
    stream.seek(0)
    found = False
    try:
        for _, element in ElementTree.iterparse(stream):  # noqa: S314 - see the top of this file
            if element.tag == "pcsTable":
                yield _table(element, file)
                found = True
                element.clear()
    except ElementTree.ParseError as error:
        raise SourceError(file, error.position[0], f"expected complete, well-formed XML: {error.msg}") from error
    except (LookupError, ValueError) as error:
        raise SourceError(file, None, f"expected XML in an encoding that is known: {error}") from error
    if not found:
        raise SourceError(file, None, "expected tables, found none")


def _table(element: Element, file: str) -> Table:
    above = [_values(element, position, file) for position in (1, 2, 3)]
    if any(len(values) != 1 for values in above):
        code = "".join(map(_written, above))
        raise SourceError(file, None, f"expected one value each of the positions 1 to 3 of a table, found {code}")
    rows = [tuple(_values(row, position, file) for position in (4, 5, 6, 7)) for row in element.findall("pcsRow")]
    definition = text_of(element.find("axis[@pos='3']/definition"))
    return Table(tuple(values[0] for values in above), definition, tuple(rows))


def _values(element: Element, position: int, file: str) -> Values:
    """Return the values of an axis: its title, the character and what that means."""
    axis = element.find(f"axis[@pos='{position}']")
    title = text_of(axis.find("title")) if axis is not None else ""
    if axis is None or not title:
        raise SourceError(file, None, f"expected an axis with a title for position {position} of each table and row")
    values = tuple(Attribute(title, label.get("code", ""), text_of(label)) for label in axis.findall("label"))
    wrong = [value for value in values if not _CHARACTER.fullmatch(value.value) or not value.meaning]
    if wrong or not values:
        found = f"{wrong[0].value!r} {wrong[0].meaning!r}" if wrong else "none"
        raise SourceError(file, None, f"expected a character with its label as value of {title}, found {found}")
    return values


def _written(values: Values) -> str:
    return "".join(value.value for value in values)
