"""Opens published files that are packed, zip or gz, and refuses what should not be unpacked."""

import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, cast

from services.lookup.sources.errors import SourceError

# No published archive unpacks to more than a few hundred MB, and text shrinks about tenfold.
_UNPACKED_LIMIT = 1 << 30
_RATIO_LIMIT = 100
_READABLE_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_GZIP = b"\x1f\x8b"
_CHUNK = 1 << 20
# An unpacked file is kept in memory up to this size, on disk above.
_SPOOLED = 1 << 24


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
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


def beginning(path: Path, most: int) -> bytes:
    """Return the first `most` bytes of a file, unpacked when it is gzipped."""
    with gzip.open(path) if _is_gzipped(path) else path.open("rb") as stream:
        return stream.read(most)


@contextmanager
def opened_member(archive: zipfile.ZipFile, member: str) -> Iterator[IO[bytes]]:
    """Open a member of an archive, or, named with an exclamation mark between, one of an archive in it."""
    if member in archive.namelist():
        with archive.open(member) as stream:
            yield stream
        return
    inner, _, member = member.partition("!")
    with zipfile.ZipFile(io.BytesIO(archive.read(inner))) as opened, opened.open(member) as stream:
        yield stream


def check_archive(archive: zipfile.ZipFile, packed: int, name: str) -> None:
    """Raise SourceError for an archive of `packed` bytes that cannot or should not be unpacked.

    The declared sizes bind: zipfile never reads beyond them.
    """
    members = archive.infolist()
    unpacked = sum(member.file_size for member in members)
    if unpacked > _most_unpacked(packed):
        raise _too_large(name, _most_unpacked(packed), f"{unpacked} bytes")
    for member in members:
        if member.flag_bits & 0x1 or member.compress_type not in _READABLE_METHODS:
            raise SourceError(f"{name}!{member.filename}", None, "expected a member stored or deflated, not encrypted")


@contextmanager
def faults_as_source_errors(name: str) -> Iterator[None]:
    """Raise the faults of a disk or an archive as SourceError of the file of this name."""
    try:
        yield
    except OSError as error:
        raise SourceError(name, None, f"cannot be read: {error.strerror or error}") from error
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise SourceError(name, None, f"expected a sound archive: {error}") from error


def _is_gzipped(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(len(_GZIP)) == _GZIP


def _most_unpacked(packed: int) -> int:
    return min(_UNPACKED_LIMIT, _RATIO_LIMIT * packed)


def _too_large(name: str, most: int, found: str) -> SourceError:
    return SourceError(name, None, f"expected an archive that unpacks to at most {most} bytes, found {found}")
