"""Finds published files among paths, folders and zip archives, and tells what each is by its first bytes."""

import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from itertools import groupby
from pathlib import Path
from typing import IO

from services.lookup.sources.description import is_description
from services.lookup.sources.errors import SourceError
from services.lookup.sources.icd10cm_order import is_order_file
from services.lookup.sources.icd10cm_tabular import is_tabular_list

_HEAD = 4096
# No published archive unpacks to more than a few hundred MB, and text shrinks about tenfold.
_UNPACKED_LIMIT = 1 << 30
_RATIO_LIMIT = 100
_READABLE_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class Kind(Enum):
    """The kinds of published file that can be read, in words for people."""

    ICD10CM_TABULAR = "ICD-10-CM tabular list (XML)"
    ICD10CM_ORDER = "ICD-10-CM order file"
    DESCRIPTION = "common-language description (Markdown)"


# How each kind is recognised from its first bytes: a new reader adds its kind and its row.
_RECOGNISERS: dict[Kind, Callable[[bytes], bool]] = {
    Kind.ICD10CM_TABULAR: is_tabular_list,
    Kind.ICD10CM_ORDER: is_order_file,
    Kind.DESCRIPTION: is_description,
}


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A published file that was recognised: on disk, or a member of the zip archive at `path`."""

    kind: Kind
    path: Path
    member: str = ""

    @property
    def name(self) -> str:
        """The file's name for people; a member is named after its archive, with an exclamation mark between."""
        return _name(self.path, self.member)

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """Open the content; a fault of the disk or the archive while it is read is a SourceError."""
        with _faults_as_source_errors(self.name):
            if not self.member:
                with self.path.open("rb") as stream:
                    yield stream
            else:
                with zipfile.ZipFile(self.path) as archive, archive.open(self.member) as stream:
                    yield stream


@dataclass(frozen=True, slots=True)
class Recognised:
    """The files that can be read, and the names of those in folders and archives that cannot."""

    files: tuple[SourceFile, ...]
    passed_over: tuple[str, ...]


def recognise(paths: Iterable[Path]) -> Recognised:
    """Recognise the files at the paths: each a file, a zip archive or a folder (read with its subfolders).

    Downloads hold more than the data (PDF, schema, addenda): what is not recognised in a folder or an archive is passed
    over. An archive inside an archive is not followed. Raises SourceError for a path at which nothing is recognised,
    one that cannot be read, and an archive that is damaged, encrypted or too large unpacked.
    """
    files: list[SourceFile] = []
    passed_over: list[str] = []
    for path in paths:
        found = [each for file in _files_at(path) for each in _look_into(file)]
        recognised = [each for each in found if isinstance(each, SourceFile)]
        if not recognised:
            kinds = ", ".join(kind.value for kind in Kind)
            raise SourceError(path.name, None, f"expected one of: {kinds}")
        files += recognised
        passed_over += (each for each in found if isinstance(each, str))
    return Recognised(tuple(files), tuple(passed_over))


def contents(files: Iterable[SourceFile], most: int) -> Iterator[tuple[SourceFile, bytes]]:
    """Yield each file with its first `most` bytes; an archive is opened once for its members that follow each other.

    Raises SourceError for a fault of the disk or an archive.
    """
    for path, group in groupby(files, key=lambda file: file.path):
        members = list(group)
        if not members[0].member:
            for file in members:
                with file.open() as stream:
                    content = stream.read(most)
                yield file, content
            continue
        with _faults_as_source_errors(path.name), zipfile.ZipFile(path) as archive:
            for file in members:
                with _faults_as_source_errors(file.name), archive.open(file.member) as stream:
                    content = stream.read(most)
                yield file, content


def _files_at(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(each for each in path.rglob("*") if each.is_file())
    return [path]


def _look_into(path: Path) -> Iterator[SourceFile | str]:
    """Yield the recognised files at a path that is no folder, and the names of the others."""
    with _faults_as_source_errors(path.name):
        with path.open("rb") as stream:
            head = stream.read(_HEAD)
        contents = _heads(path) if head.startswith(b"PK\x03\x04") else [("", head)]
        for member, start in contents:
            kind = next((kind for kind, recognises in _RECOGNISERS.items() if recognises(start)), None)
            yield SourceFile(kind, path, member) if kind else _name(path, member)


def _heads(path: Path) -> list[tuple[str, bytes]]:
    """Return the name and the first bytes of each member of a zip archive."""
    heads = []
    try:
        with zipfile.ZipFile(path) as archive:
            _check_archive(archive, path)
            for member in archive.infolist():
                if not member.is_dir():
                    with archive.open(member) as stream:
                        heads.append((member.filename, stream.read(_HEAD)))
    except (NotImplementedError, ValueError) as error:
        # zipfile's own words for a version it does not know, a name that does not decode, an offset out of range.
        raise zipfile.BadZipFile(str(error)) from error
    return heads


def _check_archive(archive: zipfile.ZipFile, path: Path) -> None:
    """Refuse what cannot or should not be unpacked. The declared sizes bind: zipfile never reads beyond them."""
    members = archive.infolist()
    unpacked = sum(member.file_size for member in members)
    if unpacked > min(_UNPACKED_LIMIT, _RATIO_LIMIT * path.stat().st_size):
        raise SourceError(
            path.name,
            None,
            f"expected an archive that unpacks to at most {_UNPACKED_LIMIT} bytes and {_RATIO_LIMIT} times its size, "
            f"found {unpacked} bytes",
        )
    for member in members:
        if member.flag_bits & 0x1 or member.compress_type not in _READABLE_METHODS:
            raise SourceError(_name(path, member.filename), None, "expected a member stored or deflated, not encrypted")


def _name(path: Path, member: str) -> str:
    return f"{path.name}!{member}" if member else path.name


@contextmanager
def _faults_as_source_errors(name: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SourceError(name, None, f"cannot be read: {error.strerror or error}") from error
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise SourceError(name, None, f"expected a sound zip archive: {error}") from error
