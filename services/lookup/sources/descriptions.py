"""A collection of common-language descriptions from its files."""

import os.path
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from services.lookup.codes.description import Collection, Description
from services.lookup.codes.model import System
from services.lookup.sources.description import MOST_BYTES, read_description
from services.lookup.sources.errors import SourceError
from services.lookup.sources.files import Kind, SourceFile, contents
from services.lookup.sources.recognition import recognise

_SAMPLES = Path(__file__).parents[1] / "editorial"


def read_collection(files: Sequence[SourceFile], today: date) -> Collection:
    """Read every description among the files as one collection; files of another kind are left alone.

    Files are read whole or not at all. Raises SourceError when there is none, for one that its reader refuses, and for
    a code that is described twice.
    """
    found = [file for file in files if file.kind is Kind.DESCRIPTION]
    if not found:
        raise SourceError("descriptions", None, f"expected at least one {Kind.DESCRIPTION.value}")
    described: dict[tuple[System, str], tuple[Description, SourceFile]] = {}
    for file, content in contents(found, MOST_BYTES + 1):
        one = read_description(content, file.name, today)
        _, other = described.setdefault((one.system, one.code), (one, file))
        if other is not file:
            names = f"{other.name} and {file.name}"
            raise SourceError(names, None, f"expected each code once, found {one.system} {one.code} in both")
    return Collection(_origin(found), tuple(one for one, _ in described.values()))


def read_samples(today: date) -> Collection:
    """Read the descriptions that ship along."""
    collection = read_collection(recognise([_SAMPLES]).files, today)
    return Collection("samples that ship along", collection.descriptions, samples=True)


def _origin(files: Sequence[SourceFile]) -> str:
    """Return the name of the archive or the folder that holds all the files."""
    common = os.path.commonpath([file.path.resolve() for file in files])
    return Path(common).name or common
