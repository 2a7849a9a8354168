"""Reads the ICD-10-CM order file of CMS, `icd10cm_order_YYYY.txt`: every code, in book order, with its validity."""

from dataclasses import dataclass
from typing import IO

from services.lookup.codes.model import System
from services.lookup.sources.icd10cm_code import CATEGORY
from services.lookup.sources.order import OrderFile

_FILE = OrderFile(System.ICD10CM, rf"{CATEGORY}[0-9A-Z]{{0,4}} +", "category")


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One row: the code as printed (with its dot) and the code above it, empty for a category."""

    code: str
    parent: str
    valid: bool
    title: str


def is_order_file(head: bytes) -> bool:
    """Tell from the first bytes whether this is an ICD-10-CM order file (that of ICD-10-PCS begins with 001)."""
    return _FILE.first_code(head) != ""


def read_order(stream: IO[bytes], file: str) -> list[OrderRow]:
    """Read the rows in book order. Raises SourceError for a file that is not in order: see OrderFile."""
    return [OrderRow(line.code, line.parent, line.valid, line.title) for line in _FILE.read(stream, file)]
