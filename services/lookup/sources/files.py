"""Finds published files among paths, folders and archives (zip, gz), and tells what each is by its beginning."""

import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from itertools import groupby
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, cast

from services.lookup.sources.description import is_description
from services.lookup.sources.errors import SourceError
from services.lookup.sources.icd10cm_order import is_order_file
from services.lookup.sources.icd10cm_tabular import is_tabular_list
from services.lookup.sources.tables import head_rows, workbook_head

# The licence above the data of some files takes many lines.
_HEAD = 1 << 16
# No published archive unpacks to more than a few hundred MB, and text shrinks about tenfold.
_UNPACKED_LIMIT = 1 << 30
_RATIO_LIMIT = 100
_READABLE_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ZIP = b"PK\x03\x04"
_GZIP = b"\x1f\x8b"
_CHUNK = 1 << 20
# An unpacked file is kept in memory up to this size, on disk above.
_SPOOLED = 1 << 24
_WORKBOOK_PART = "xl/workbook.xml"


class Kind(Enum):
    """The kinds of published file that can be read, in words for people."""

    ICD10CM_TABULAR = "ICD-10-CM tabular list (XML)"
    ICD10CM_ORDER = "ICD-10-CM order file"
    ICD10CM_ADDENDA = "ICD-10-CM order addenda"
    ICD10CM_INDEX = "ICD-10-CM index to diseases (XML)"
    ICD10CM_EXTERNAL_CAUSES = "ICD-10-CM external cause index (XML)"
    ICD10CM_NEOPLASMS = "ICD-10-CM neoplasm table (XML)"
    ICD10CM_DRUGS = "ICD-10-CM table of drugs (XML)"
    ICD10CM_CONVERSION = "ICD-10-CM conversion table"
    ICD10CM_GUIDELINES = "ICD-10-CM guidelines (text)"
    ICD10PCS_ORDER = "ICD-10-PCS order file"
    ICD10PCS_ADDENDA = "ICD-10-PCS order addenda"
    ICD10PCS_TABLES = "ICD-10-PCS tables (XML)"
    HCPCS_FIXED = "HCPCS Level II file (fixed width)"
    HCPCS_TABLE = "HCPCS Level II file (csv, xlsx)"
    CPT_SHORT = "CPT short descriptions"
    CPT_MEDIUM = "CPT medium descriptions"
    CPT_LONG = "CPT long descriptions"
    CPT_MODIFIERS = "CPT modifiers"
    CPT_CONSUMER = "CPT consumer friendly descriptions"
    CPT_CLINICIAN = "CPT clinician descriptions"
    NCCI_PTP = "NCCI procedure-to-procedure edits"
    NCCI_MUE = "NCCI medically unlikely edits"
    NCCI_ADD_ON = "NCCI add-on codes"
    NCCI_POLICY_MANUAL = "NCCI policy manual (text)"
    MPFS_RVU = "Medicare physician fee schedule relative values"
    MPFS_GPCI = "Medicare geographic practice cost indices"
    GEM = "ICD-9-CM general equivalence mappings"
    CCSR = "CCSR categories of diagnoses"
    HCC_MAPPING = "CMS-HCC mapping of diagnoses"
    HCC_LABELS = "CMS-HCC labels"
    PLACE_OF_SERVICE = "place of service codes"
    COVERAGE = "Medicare Coverage Database table (csv)"
    DESCRIPTION = "common-language description (Markdown)"


# How each kind is recognised from its first bytes, or, a table, from its first rows, whatever it is stored as: a new
# reader adds its kind and its row.
_BY_BYTES: dict[Kind, Callable[[bytes], bool]] = {
    Kind.ICD10CM_TABULAR: is_tabular_list,
    Kind.ICD10CM_ORDER: is_order_file,
    Kind.DESCRIPTION: is_description,
}
_BY_ROWS: dict[Kind, Callable[[Sequence[Sequence[str]]], bool]] = {}


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A published file that was recognised: on disk, maybe gzipped, or a member of the zip archive at `path`."""

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
                with _opened(self.path) as stream:
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
        head = _head(path)
        if head.startswith(_ZIP):
            yield from _look_into_zip(path)
        else:
            kind = _kind(head)
            yield SourceFile(kind, path) if kind else path.name


def _look_into_zip(path: Path) -> Iterator[SourceFile | str]:
    """Yield the recognised members of an archive; a workbook is an archive too."""
    try:
        with zipfile.ZipFile(path) as archive:
            _check_archive(archive, path)
            if _WORKBOOK_PART in archive.namelist():
                kind = _kind_of_workbook(path.read_bytes(), path.name)
                yield SourceFile(kind, path) if kind else path.name
                return
            for member in archive.infolist():
                if member.is_dir():
                    continue
                name = _name(path, member.filename)
                with archive.open(member) as stream:
                    head = stream.read(_HEAD)
                    kind = _kind_of_workbook(head + stream.read(), name) if head.startswith(_ZIP) else _kind(head)
                yield SourceFile(kind, path, member.filename) if kind else name
    except (NotImplementedError, ValueError) as error:
        # zipfile's own words for a version it does not know, a name that does not decode, an offset out of range.
        raise zipfile.BadZipFile(str(error)) from error


def _kind(head: bytes) -> Kind | None:
    for kind, recognises in _BY_BYTES.items():
        if recognises(head):
            return kind
    return _kind_of_rows(head_rows(head))


def _kind_of_rows(rows: Sequence[Sequence[str]]) -> Kind | None:
    return next((kind for kind, recognises in _BY_ROWS.items() if recognises(rows)), None)


def _kind_of_workbook(content: bytes, name: str) -> Kind | None:
    """Return the kind of a workbook that stands in an archive or on disk; None for an archive that is none."""
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return None
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if _WORKBOOK_PART not in archive.namelist():
            return None
        _check_size(archive, len(content), name)
    return _kind_of_rows(workbook_head(io.BytesIO(content), name))


def _is_gzipped(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(len(_GZIP)) == _GZIP


def _head(path: Path) -> bytes:
    with gzip.open(path) if _is_gzipped(path) else path.open("rb") as stream:
        return stream.read(_HEAD)


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    """Open a file, unpacked when it is gzipped."""
    if not _is_gzipped(path):
        with path.open("rb") as stream:
            yield stream
        return
    most = _most_unpacked(path.stat().st_size)
    with SpooledTemporaryFile(_SPOOLED) as unpacked:
        with gzip.open(path) as packed:
            while chunk := packed.read(_CHUNK):
                unpacked.write(chunk)
                if unpacked.tell() > most:
                    raise _too_large(path.name, most, "more")
        unpacked.seek(0)
        yield cast(IO[bytes], unpacked)


def _check_archive(archive: zipfile.ZipFile, path: Path) -> None:
    """Refuse what cannot or should not be unpacked."""
    _check_size(archive, path.stat().st_size, path.name)
    for member in archive.infolist():
        if member.flag_bits & 0x1 or member.compress_type not in _READABLE_METHODS:
            raise SourceError(_name(path, member.filename), None, "expected a member stored or deflated, not encrypted")


def _check_size(archive: zipfile.ZipFile, packed: int, name: str) -> None:
    """Refuse a bomb. The declared sizes bind: zipfile never reads beyond them."""
    unpacked = sum(member.file_size for member in archive.infolist())
    if unpacked > _most_unpacked(packed):
        raise _too_large(name, _most_unpacked(packed), f"{unpacked} bytes")


def _most_unpacked(packed: int) -> int:
    return min(_UNPACKED_LIMIT, _RATIO_LIMIT * packed)


def _too_large(name: str, most: int, found: str) -> SourceError:
    return SourceError(name, None, f"expected an archive that unpacks to at most {most} bytes, found {found}")


def _name(path: Path, member: str) -> str:
    return f"{path.name}!{member}" if member else path.name


@contextmanager
def _faults_as_source_errors(name: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SourceError(name, None, f"cannot be read: {error.strerror or error}") from error
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise SourceError(name, None, f"expected a sound archive: {error}") from error
