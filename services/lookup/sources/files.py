"""Published files, by what they are."""

import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from itertools import groupby
from pathlib import Path
from typing import IO

from services.lookup.sources.archives import faults_as_source_errors, opened, opened_member


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


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A published file that was recognised: on disk, maybe gzipped, or a member of the zip archive at `path`."""

    kind: Kind
    path: Path
    member: str = ""

    @property
    def name(self) -> str:
        """The file's name for people; a member is named after its archive, with an exclamation mark between."""
        return f"{self.path.name}!{self.member}" if self.member else self.path.name

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """Open the content; a fault of the disk or the archive while it is read is a SourceError."""
        with faults_as_source_errors(self.name):
            if not self.member:
                with opened(self.path) as stream:
                    yield stream
            else:
                with zipfile.ZipFile(self.path) as archive, opened_member(archive, self.member) as stream:
                    yield stream


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
        with faults_as_source_errors(path.name), zipfile.ZipFile(path) as archive:
            for file in members:
                with faults_as_source_errors(file.name), opened_member(archive, file.member) as stream:
                    content = stream.read(most)
                yield file, content
