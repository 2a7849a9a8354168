"""Finds published files among paths, folders and archives, and tells what each is by its beginning."""

import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from services.lookup.sources.archives import beginning, check_archive, faults_as_source_errors
from services.lookup.sources.ccsr import is_ccsr, is_ccsr_map
from services.lookup.sources.coverage_tables import is_coverage
from services.lookup.sources.cpt_modifiers import is_cpt_modifiers
from services.lookup.sources.cpt_text import is_cpt_clinician, is_cpt_consumer, is_cpt_long, is_cpt_medium, is_cpt_short
from services.lookup.sources.description import is_description
from services.lookup.sources.errors import SourceError
from services.lookup.sources.files import Kind, SourceFile
from services.lookup.sources.gem import is_gem
from services.lookup.sources.hcc import is_hcc_labels, is_hcc_mapping
from services.lookup.sources.hcpcs_fixed import is_hcpcs_fixed
from services.lookup.sources.hcpcs_table import is_hcpcs_table
from services.lookup.sources.icd10_addenda import is_icd10cm_addenda, is_icd10pcs_addenda
from services.lookup.sources.icd10cm_conversion import is_conversion
from services.lookup.sources.icd10cm_guidelines import is_icd10cm_guidelines
from services.lookup.sources.icd10cm_index import (
    is_disease_index,
    is_drug_table,
    is_external_cause_index,
    is_neoplasm_table,
)
from services.lookup.sources.icd10cm_order import is_order_file
from services.lookup.sources.icd10cm_tabular import is_tabular_list
from services.lookup.sources.icd10pcs import is_icd10pcs_order
from services.lookup.sources.icd10pcs_tables import is_icd10pcs_tables
from services.lookup.sources.mpfs_gpci import is_gpci
from services.lookup.sources.mpfs_rvu import is_rvu
from services.lookup.sources.ncci_add_on import is_ncci_add_on, is_ncci_add_on_text
from services.lookup.sources.ncci_mue import is_ncci_mue
from services.lookup.sources.ncci_policy_manual import is_ncci_policy_manual
from services.lookup.sources.ncci_ptp import is_ncci_ptp
from services.lookup.sources.place_of_service import is_place_of_service
from services.lookup.sources.tables import head_rows, workbook_head

# The licence above the data of some files takes many lines.
_HEAD = 1 << 16
_ZIP = b"PK\x03\x04"
_WORKBOOK_PART = "xl/workbook.xml"

# How each kind is recognised from its first bytes, or, a table, from its first rows, whatever it is stored as. The
# first that recognises a file wins: what is told by less stands behind what is told by more.
_BY_BYTES: Sequence[tuple[Kind, Callable[[bytes], bool]]] = (
    (Kind.ICD10CM_TABULAR, is_tabular_list),
    (Kind.ICD10PCS_ORDER, is_icd10pcs_order),
    (Kind.ICD10CM_ORDER, is_order_file),
    (Kind.ICD10PCS_TABLES, is_icd10pcs_tables),
    (Kind.ICD10CM_ADDENDA, is_icd10cm_addenda),
    (Kind.ICD10PCS_ADDENDA, is_icd10pcs_addenda),
    (Kind.ICD10CM_INDEX, is_disease_index),
    (Kind.ICD10CM_EXTERNAL_CAUSES, is_external_cause_index),
    (Kind.ICD10CM_NEOPLASMS, is_neoplasm_table),
    (Kind.ICD10CM_DRUGS, is_drug_table),
    (Kind.ICD10CM_GUIDELINES, is_icd10cm_guidelines),
    (Kind.NCCI_POLICY_MANUAL, is_ncci_policy_manual),
    (Kind.GEM, is_gem),
    (Kind.CCSR, is_ccsr_map),
    (Kind.HCPCS_FIXED, is_hcpcs_fixed),
    (Kind.NCCI_ADD_ON, is_ncci_add_on_text),
    (Kind.DESCRIPTION, is_description),
    (Kind.CPT_LONG, is_cpt_long),
    (Kind.CPT_SHORT, is_cpt_short),
    (Kind.CPT_MEDIUM, is_cpt_medium),
    (Kind.CPT_CONSUMER, is_cpt_consumer),
    (Kind.CPT_CLINICIAN, is_cpt_clinician),
    (Kind.CPT_MODIFIERS, is_cpt_modifiers),
)
_BY_ROWS: Sequence[tuple[Kind, Callable[[Sequence[Sequence[str]]], bool]]] = (
    (Kind.NCCI_PTP, is_ncci_ptp),
    (Kind.NCCI_MUE, is_ncci_mue),
    (Kind.NCCI_ADD_ON, is_ncci_add_on),
    (Kind.MPFS_RVU, is_rvu),
    (Kind.MPFS_GPCI, is_gpci),
    (Kind.ICD10CM_CONVERSION, is_conversion),
    (Kind.CCSR, is_ccsr),
    (Kind.HCC_MAPPING, is_hcc_mapping),
    (Kind.HCC_LABELS, is_hcc_labels),
    (Kind.PLACE_OF_SERVICE, is_place_of_service),
    (Kind.COVERAGE, is_coverage),
    (Kind.HCPCS_TABLE, is_hcpcs_table),
)


@dataclass(frozen=True, slots=True)
class Recognised:
    """The files that can be read, and the names of those in folders and archives that cannot."""

    files: tuple[SourceFile, ...]
    passed_over: tuple[str, ...]


def recognise(paths: Iterable[Path]) -> Recognised:
    """Recognise the files at the paths: each a file, a zip archive or a folder (read with its subfolders).

    Downloads hold more than the data (PDF, schema, addenda): what is not recognised in a folder or an archive is passed
    over. An archive inside an archive is followed, one inside that is not. Raises SourceError for a path at which
    nothing is recognised, one that cannot be read, and an archive that is damaged, encrypted or too large unpacked.
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


def _files_at(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(each for each in path.rglob("*") if each.is_file())
    return [path]


def _look_into(path: Path) -> Iterator[SourceFile | str]:
    """Yield the recognised files at a path that is no folder, and the names of the others."""
    with faults_as_source_errors(path.name):
        head = beginning(path, _HEAD)
        if head.startswith(_ZIP):
            yield from _look_into_zip(path)
        else:
            kind = _kind(head)
            yield SourceFile(kind, path) if kind else path.name


def _look_into_zip(path: Path) -> Iterator[SourceFile | str]:
    """Yield the recognised members of an archive; a workbook is an archive too."""
    try:
        with zipfile.ZipFile(path) as archive:
            check_archive(archive, path.stat().st_size, path.name)
            if _WORKBOOK_PART in archive.namelist():
                kind = _kind_of_rows(workbook_head(io.BytesIO(path.read_bytes()), path.name))
                yield SourceFile(kind, path) if kind else path.name
                return
            for member, kind in _members(archive, path.name, deepest=False):
                yield SourceFile(kind, path, member) if kind else f"{path.name}!{member}"
    except (NotImplementedError, ValueError) as error:
        # zipfile's own words for a version it does not know, a name that does not decode, an offset out of range.
        raise zipfile.BadZipFile(str(error)) from error


def _members(archive: zipfile.ZipFile, name: str, *, deepest: bool) -> Iterator[tuple[str, Kind | None]]:
    """Yield the members of an archive, and of the archives in it unless it is itself one of those."""
    for info in archive.infolist():
        if info.is_dir():
            continue
        with archive.open(info) as stream:
            content = stream.read(_HEAD)
            if content.startswith(_ZIP):
                content += stream.read()
        within = f"{name}!{info.filename}"
        if not content.startswith(_ZIP):
            yield info.filename, _kind(content)
        elif not zipfile.is_zipfile(io.BytesIO(content)):
            yield info.filename, None
        else:
            with zipfile.ZipFile(io.BytesIO(content)) as inner:
                check_archive(inner, len(content), within)
                if _WORKBOOK_PART in inner.namelist():
                    yield info.filename, _kind_of_rows(workbook_head(io.BytesIO(content), within))
                elif deepest:
                    yield info.filename, None
                else:
                    for member, kind in _members(inner, within, deepest=True):
                        yield f"{info.filename}!{member}", kind


def _kind(head: bytes) -> Kind | None:
    for kind, recognises in _BY_BYTES:
        if recognises(head):
            return kind
    return _kind_of_rows(head_rows(head))


def _kind_of_rows(rows: Sequence[Sequence[str]]) -> Kind | None:
    return next((kind for kind, recognises in _BY_ROWS if recognises(rows)), None)
