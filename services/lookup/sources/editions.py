"""Which of the files given together holds which edition."""

from collections.abc import Callable, Hashable, Iterable
from pathlib import PurePath
from typing import TypeVar

from services.lookup.sources.errors import SourceError
from services.lookup.sources.files import SourceFile

K = TypeVar("K", bound=Hashable)


def one_file_each(files: Iterable[SourceFile], edition: Callable[[SourceFile], K]) -> dict[K, SourceFile]:
    """Return the file of each edition, for tables that a publisher puts in one file.

    The same table as text and as workbook, side by side, counts once: the text is taken. Raises SourceError for another
    second file of an edition.
    """
    chosen: dict[K, SourceFile] = {}
    for file in files:
        key = edition(file)
        other = chosen.setdefault(key, file)
        if other is file:
            continue
        if _without_suffix(file) != _without_suffix(other):
            raise SourceError(file.name, None, f"expected one file of an edition, found {other.name} beside it")
        if _is_workbook(other):
            chosen[key] = file
    return chosen


def _without_suffix(file: SourceFile) -> tuple[PurePath, PurePath]:
    if file.member:
        return file.path, PurePath(file.member).with_suffix("")
    return file.path.with_suffix(""), PurePath()


def _is_workbook(file: SourceFile) -> bool:
    return PurePath(file.member or file.path).suffix.lower() == ".xlsx"
