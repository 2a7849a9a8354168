"""Reads the modifiers of CPT, `MODUL.txt`: Appendix A of the book as paragraphs below a licence.

A paragraph begins with the modifier and its name; what follows a colon explains it. Physical status modifiers stand
line by line, as "... P1: ...", and so may others, as those of HCPCS Level II at the end. A file that has no heading
"Appendix A" holds the lines after its last blank line.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO

from services.lookup.codes.modifier import Modifier
from services.lookup.sources.cpt_text import names_publisher
from services.lookup.sources.errors import SourceError
from services.lookup.sources.order import text_lines

_NAMED = re.compile(r"([0-9]{2}|[1-9]P|[A-Z][A-Z0-9])[ \t]+([^a-z\s].*)")
_PHYSICAL_STATUS = re.compile(r"(?:.*\s)?(P[1-9]):\s*(\S.*)")
_HEADING = "appendix a"
# The AMA's; the others are those of HCPCS Level II.
_OWN = re.compile(r"[0-9]{2}|[1-9]P|P[1-9]")

Lines = Sequence[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class CptModifiers:
    """The modifiers of the AMA, each once, and how many records of the file are others, or name one again."""

    modifiers: tuple[Modifier, ...]
    of_hcpcs: int
    repeated: int


def is_cpt_modifiers(head: bytes) -> bool:
    """Tell from the first bytes whether these are the modifiers of CPT: a licence, then Appendix A or a list."""
    text = head.decode("cp1252", errors="replace")
    lines = [(number, stripped) for number, line in enumerate(text.split("\n")) if (stripped := line.strip())]
    if not names_publisher(head) or not lines:
        return False
    has_heading = any(line.lower() == _HEADING for _, line in lines)
    return any(_records(lines)) if has_heading else all(map(_record, _blocks(lines)[-1]))


def read_cpt_modifiers(stream: IO[bytes], file: str) -> CptModifiers:
    """Read the modifiers; of one that the list for hospitals repeats, the first counts.

    Raises SourceError for a file without any, and a file cut in a line.
    """
    found: dict[str, Modifier] = {}
    of_hcpcs = repeated = 0
    for modifier, text in _records([(number, line.strip()) for number, line in text_lines(stream, file)]):
        if not _OWN.fullmatch(modifier):
            of_hcpcs += 1
        elif modifier in found:
            repeated += 1
        else:
            title, _, _ = text.partition(":")
            found[modifier] = Modifier(modifier, " ".join(title.split()))
    if not found:
        raise SourceError(file, None, "expected modifiers, found none")
    return CptModifiers(tuple(found.values()), of_hcpcs, repeated)


def _records(lines: Lines) -> Iterator[tuple[str, str]]:
    """Yield each modifier with its text."""
    headings = [place for place, (_, line) in enumerate(lines) if line.lower() == _HEADING]
    blocks = _blocks(lines[headings[0] + 1 :]) if headings else _blocks(lines)[-1:]
    for block in blocks:
        by_line = [_record(line) for line in block]
        if by_line[0] and not all(by_line):
            yield by_line[0][0], " ".join((by_line[0][1], *block[1:]))
        else:
            yield from filter(None, by_line)


def _blocks(lines: Lines) -> list[list[str]]:
    """Return the lines that no blank line parts."""
    blocks: list[list[str]] = []
    before = -1
    for number, line in lines:
        if number != before + 1 or not blocks:
            blocks.append([])
        blocks[-1].append(line)
        before = number
    return blocks


def _record(line: str) -> tuple[str, str] | None:
    match = _NAMED.fullmatch(line) or _PHYSICAL_STATUS.fullmatch(line)
    return (match[1], match[2]) if match else None
