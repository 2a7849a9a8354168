"""How the codes of each system are written: with or without a dot, in any case, as prefixes and as ranges."""

import re
from dataclasses import dataclass

from services.lookup.codes.model import System
from services.runtime.errors import invalid


@dataclass(frozen=True, slots=True)
class _Notation:
    """The notation of one system. Patterns are for the compact form: upper case, no dot."""

    name: str
    example: str
    code: re.Pattern[str]
    prefix: re.Pattern[str]
    dot_after: int = 0
    # The levels above codes that have a name of their own, besides the range of a section.
    upper: re.Pattern[str] = re.compile(r"\d{1,2}")
    # The shortest code that may have codes below it that begin with it; 0 when length says nothing of hierarchy.
    category: int = 0


_NOTATIONS = {
    System.ICD10CM: _Notation(
        "an ICD-10-CM code",
        "E11.9",
        # A digit stands second (C4A) or third (QA0): a word is never taken for a code.
        re.compile(r"[A-Z](?:\d[0-9A-Z]|[A-Z]\d)[0-9A-Z]{0,4}"),
        re.compile(r"[A-Z](?:\d[0-9A-Z]?|[A-Z]\d)[0-9A-Z]{0,4}"),
        dot_after=3,
        category=3,
    ),
    System.ICD10PCS: _Notation(
        "an ICD-10-PCS code",
        "0DTJ4ZZ",
        re.compile(r"[0-9BCDFGHX][0-9A-HJ-NP-Z]{2}(?:[0-9A-HJ-NP-Z]{4})?"),
        re.compile(r"(?=.*\d)[0-9BCDFGHX][0-9A-HJ-NP-Z]{2,6}"),
        # A section (0) and a body system (0D).
        upper=re.compile(r"[0-9BCDFGHX][0-9A-HJ-NP-Z]?"),
        category=3,
    ),
    System.HCPCS: _Notation("a HCPCS code", "J1885", re.compile(r"[A-V]\d{4}"), re.compile(r"[A-V]\d{2,4}")),
    System.CPT: _Notation("a CPT code", "99213", re.compile(r"\d{4}[0-9AFMTU]"), re.compile(r"\d{3,4}[0-9AFMTU]?")),
    # Diagnoses alone: supplementary classifications begin with V, external causes with E.
    System.ICD9CM: _Notation(
        "an ICD-9-CM code",
        "250.00",
        re.compile(r"(?:[0-9]{3}|V[0-9]{2})[0-9]{0,2}|E[0-9]{3,4}"),
        re.compile(r"[0-9]{2,5}|V[0-9]{1,4}|E[0-9]{2,4}"),
        dot_after=3,
    ),
}

_RANGE = re.compile(r"(.+?)\s*(?:-|\u2010|\u2013|\u2014|\.{2,}|\bto\b|\bthrough\b)\s*(.+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CodeRange:
    """A range of codes in display form, both ends included, `first` not after `last`."""

    first: str
    last: str


def compact(code: str) -> str:
    """Return a code as indices store it: without its dot."""
    return code.replace(".", "")


def display(system: System, compact_code: str) -> str:
    """Return a compact code as the book prints it."""
    dot = _dot_after(system, compact_code)
    return f"{compact_code[:dot]}.{compact_code[dot:]}" if dot and len(compact_code) > dot else compact_code


def is_compact(system: System, text: str) -> bool:
    """Tell whether a text is a code as published files and indices write it: upper case, without its dot."""
    return text.isascii() and bool(_NOTATIONS[system].code.fullmatch(text))


def parse_code(system: System, text: str, field: str = "code") -> str:
    """Return the display form of a code written with or without its dot, in any case; refuse `field` otherwise.

    The dash that the books print where characters are missing (E11.-) is accepted and dropped.
    """
    code = _code(system, text)
    if code is None:
        notation = _NOTATIONS[system]
        raise invalid(field, f"expected {notation.name} such as {notation.example}")
    return code


def procedure(text: str, field: str = "code") -> tuple[System, str]:
    """Return the system and the display form of a CPT or HCPCS code in any case; refuse `field` otherwise."""
    for system in (System.CPT, System.HCPCS):
        if code := _code(system, text):
            return system, code
    raise invalid(field, "expected a CPT or HCPCS code such as 99213 or J1885")


def parse_entry(system: System, text: str, field: str) -> str:
    """Return the id of the entry that is named: a chapter by its number, a section by its range, or a code.

    The book of ICD-10-PCS has characters in their place: 0 names a section, 0D a body system.
    """
    stripped = text.strip()
    if _NOTATIONS[system].upper.fullmatch(stripped.upper()):
        return stripped.upper() if system is System.ICD10PCS else str(int(stripped))
    if ends := parse_range(system, stripped):
        return f"{ends.first}-{ends.last}"
    if code := _code(system, stripped):
        return code
    example = _NOTATIONS[system].example
    raise invalid(field, f"expected the number of a chapter, the range of a section or a code such as {example}")


def parse_range(system: System, text: str) -> CodeRange | None:
    """Return the range that a text such as "E10-E14", "e10 to e14" or "E10..14" writes, None when it is none."""
    match = _RANGE.fullmatch(text.strip())
    if not match:
        return None
    first, last = _code(system, match[1]), _code(system, match[2])
    if first and not last and match[2].isdigit() and len(match[2]) < len(compact(first)):
        last = _code(system, compact(first)[: -len(match[2])] + match[2])
    if not first or not last:
        return None
    return CodeRange(*sorted((first, last), key=compact))


def code_prefix(system: System, text: str) -> str | None:
    """Return the compact code or beginning of a code that the whole of `text` writes, None when it is none."""
    compact_code = _compacted(system, text)
    return compact_code if compact_code and _NOTATIONS[system].prefix.fullmatch(compact_code) else None


def possible_ancestors(system: System, code: str) -> list[str]:
    """Return the codes that stand above a code if the book prints them, nearest first, in display form."""
    shortest = _NOTATIONS[system].category
    whole = compact(code)
    if not shortest:
        return []
    return [display(system, whole[:length]) for length in range(len(whole) - 1, shortest - 1, -1)]


def _code(system: System, text: str) -> str | None:
    compact_code = _compacted(system, text)
    if not compact_code or not _NOTATIONS[system].code.fullmatch(compact_code):
        return None
    return display(system, compact_code)


def _compacted(system: System, text: str) -> str | None:
    """Drop the dot where the system has one, and the dash of an incomplete code; None when a dot is misplaced."""
    written = text.strip().upper().removesuffix("-").removesuffix(".")
    head, dot, tail = written.partition(".")
    if dot and len(head) != _dot_after(system, head):
        return None
    return head + tail


def _dot_after(system: System, compact_code: str) -> int:
    # An external cause of ICD-9-CM has one character more before its dot: E812.0.
    if system is System.ICD9CM and compact_code.startswith("E"):
        return 4
    return _NOTATIONS[system].dot_after
