"""Reads the text files of the CPT directory of the AMA: `SHORTU.txt`, `MEDU.txt`, `LONGULT.txt` and the descriptors.

Above the data of a description file stands a licence of many lines, which ends at the last blank line. The descriptor
files are tables with a row of headings. None of the AMA's text is part of this project: an operator brings the files.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO

from services.lookup.sources.errors import SourceError
from services.lookup.sources.order import text_lines
from services.lookup.sources.tables import columns

_CODE = r"([0-9]{4}[0-9AFMTU])"
_ANY = re.compile(_CODE + r"[ \t]\S.*")
_PUBLISHER = "american medical association"

CONSUMER = "consumer descriptor"
CLINICIAN = "clinician descriptor"
_CODE_HEADING = "cpt code"
_HEADINGS = {
    _CODE_HEADING: ("CPT Code",),
    CONSUMER: ("Consumer Descriptor", "Consumer Friendly Descriptor"),
    CLINICIAN: ("Clinician Descriptor",),
}


@dataclass(frozen=True, slots=True)
class Layout:
    """A description file: what its lines look like, and how that is said."""

    line: re.Pattern[str]
    expected: str


# Short and medium descriptions are upper case, of at most 28 and 48 characters.
SHORT = Layout(re.compile(_CODE + r" (\S.{0,27})"), "a code, a blank and at most 28 characters")
MEDIUM = Layout(re.compile(_CODE + r" (\S.{0,47})"), "a code, a blank and at most 48 characters")
LONG = Layout(re.compile(_CODE + r"\t([^\s][^\t]*)"), "a code, a tab and a long description")


def is_cpt_short(head: bytes) -> bool:
    """Tell from the first bytes whether these are the short descriptions of CPT."""
    return _is_upper(head, SHORT)


def is_cpt_medium(head: bytes) -> bool:
    """Tell from the first bytes whether these are the medium descriptions of CPT: some are longer than short ones."""
    return _is_upper(head, MEDIUM) and not _is_upper(head, SHORT)


def is_cpt_long(head: bytes) -> bool:
    """Tell from the first bytes whether these are the long descriptions of CPT."""
    return _is_described(head, LONG)


def is_cpt_consumer(head: bytes) -> bool:
    """Tell from the first bytes whether these are the consumer friendly descriptors of CPT."""
    return _descriptor_columns(_head_lines(head)[0].split("\t"), CONSUMER) is not None


def is_cpt_clinician(head: bytes) -> bool:
    """Tell from the first bytes whether these are the clinician descriptors of CPT."""
    return _descriptor_columns(_head_lines(head)[0].split("\t"), CLINICIAN) is not None


def names_publisher(head: bytes) -> bool:
    """Tell whether the first bytes of a file, its licence, name the AMA."""
    return _PUBLISHER in " ".join(head.decode("cp1252", errors="replace").lower().split())


def read_descriptions(stream: IO[bytes], file: str, layout: Layout) -> dict[str, tuple[str, ...]]:
    """Read the description of each code, in the order of the file.

    Raises SourceError for a line below the licence that breaks the layout, a code given twice, a blank line among the
    codes, and a file cut in a line.
    """
    lines = text_lines(stream, file)
    start = _start(lines)
    if stray := next((number for number, line in lines[:start] if _ANY.fullmatch(line)), 0):
        raise SourceError(file, stray, "expected no blank line among the codes")
    found: dict[str, tuple[str, ...]] = {}
    for number, line in lines[start:]:
        match = layout.line.fullmatch(line.rstrip())
        if not match:
            raise SourceError(file, number, f"expected {layout.expected}, found {line[:6]!r}")
        code, text = match.groups()
        if code in found:
            raise SourceError(file, number, f"code {code} was already given")
        found[code] = (" ".join(text.split()),)
    if not found:
        raise SourceError(file, None, "expected codes, found none")
    return found


def read_descriptors(stream: IO[bytes], file: str, heading: str) -> dict[str, tuple[str, ...]]:
    """Read the descriptors of each code below a heading; it may have several, each counts once.

    Raises SourceError for a file without the headings, a row without a code or a descriptor, and a file cut in a line.
    """
    places: tuple[int, int] | None = None
    found: dict[str, tuple[str, ...]] = {}
    for number, line in text_lines(stream, file):
        cells = line.split("\t")
        if places is None:
            places = _descriptor_columns(cells, heading)
            if places is None:
                raise SourceError(file, number, f"expected the headings CPT Code and {_HEADINGS[heading][0]}")
            continue
        code, text = (cells[place].strip() if place < len(cells) else "" for place in places)
        if not re.fullmatch(_CODE, code) or not text:
            raise SourceError(file, number, "expected a CPT code and a descriptor")
        found[code] = tuple(dict.fromkeys((*found.get(code, ()), " ".join(text.split()))))
    if not found:
        raise SourceError(file, None, "expected descriptors, found none")
    return found


def _head_lines(head: bytes) -> list[str]:
    """Return the lines that the first bytes hold whole; at least one, maybe empty."""
    *lines, rest = head.decode("cp1252", errors="replace").removeprefix("\u00ef\u00bb\u00bf").split("\n")
    return [line.rstrip("\r") for line in lines] or [rest]


def _is_upper(head: bytes, layout: Layout) -> bool:
    return _is_described(head, layout) and not any(line[6:] != line[6:].upper() for line in _data(head))


def _is_described(head: bytes, layout: Layout) -> bool:
    data = _data(head)
    return bool(data) and names_publisher(head) and all(map(layout.line.fullmatch, data))


def _data(head: bytes) -> list[str]:
    """Return the lines among the first bytes from the first code on."""
    lines = _head_lines(head)
    first = next((number for number, line in enumerate(lines) if _ANY.fullmatch(line)), len(lines))
    return [line for line in lines[first:] if line.strip()]


def _start(lines: Sequence[tuple[int, str]]) -> int:
    """Return where the lines after the last blank line begin."""
    for place in range(len(lines) - 1, 0, -1):
        if lines[place][0] > lines[place - 1][0] + 1:
            return place
    return 0


def _descriptor_columns(cells: Sequence[str], heading: str) -> tuple[int, int] | None:
    found = columns(cells, _HEADINGS)
    return (found[_CODE_HEADING], found[heading]) if _CODE_HEADING in found and heading in found else None
