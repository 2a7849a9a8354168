"""Everything that can be loaded, by the files it is read from."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from services.lookup.codes.description import Collection
from services.lookup.codes.model import Edition
from services.lookup.facts.edition import FactEdition, Told
from services.lookup.releases import today
from services.lookup.sources.descriptions import read_collection
from services.lookup.sources.files import Kind, SourceFile
from services.lookup.sources.icd10cm import read_edition

Content = Edition | FactEdition | Collection


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads, from the files of its kinds, the contents they hold, one by one; it leaves other files alone."""

    kinds: frozenset[Kind]
    read: Callable[[Sequence[SourceFile], Told], Iterator[Content]]


def _icd10cm(files: Sequence[SourceFile], told: Told) -> Iterator[Edition]:
    yield read_edition(files, told.effective_from)


def _descriptions(files: Sequence[SourceFile], told: Told) -> Iterator[Collection]:
    yield read_collection(files, today())


# In the order they are loaded in.
READERS: tuple[Reader, ...] = (
    Reader(frozenset({Kind.ICD10CM_TABULAR, Kind.ICD10CM_ORDER}), _icd10cm),
    Reader(frozenset({Kind.DESCRIPTION}), _descriptions),
)


def readings(files: Sequence[SourceFile], told: Told) -> list[Callable[[], Iterator[Content]]]:
    """Return, for each reader that has a file among these, what reads its contents.

    Reading raises SourceError for what is refused; nothing of the refused content is used, what came before holds.
    """
    kinds = {file.kind for file in files}
    return [partial(reader.read, files, told) for reader in READERS if reader.kinds & kinds]
