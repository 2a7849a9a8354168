"""Everything that can be loaded, by the files it is read from."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from services.lookup.codes.description import Collection
from services.lookup.codes.model import Edition
from services.lookup.facts.edition import FactEdition, Told
from services.lookup.releases import today
from services.lookup.sources import icd10cm_index_editions
from services.lookup.sources.ccsr import read_ccsr
from services.lookup.sources.coverage import read_coverage
from services.lookup.sources.cpt import read_cpt
from services.lookup.sources.descriptions import read_collection
from services.lookup.sources.files import Kind, SourceFile
from services.lookup.sources.gem import read_gem
from services.lookup.sources.hcc import read_hcc
from services.lookup.sources.hcpcs import read_hcpcs
from services.lookup.sources.icd10_addenda import read_addenda
from services.lookup.sources.icd10cm import read_icd10cm
from services.lookup.sources.icd10cm_conversion import read_conversion
from services.lookup.sources.icd10cm_guidelines import read_icd10cm_guidelines
from services.lookup.sources.icd10cm_index_editions import read_alphabetic_editions
from services.lookup.sources.icd10pcs import read_icd10pcs
from services.lookup.sources.mpfs_gpci import read_gpci
from services.lookup.sources.mpfs_rvu import read_rvu
from services.lookup.sources.ncci_add_on import read_ncci_add_on
from services.lookup.sources.ncci_mue import read_ncci_mue
from services.lookup.sources.ncci_policy_manual import read_ncci_policy_manual
from services.lookup.sources.ncci_ptp import read_ncci_ptp
from services.lookup.sources.place_of_service import read_places

Content = Edition | FactEdition | Collection
Reader = Callable[[Sequence[SourceFile], Told], Iterator[Content]]


def _descriptions(files: Sequence[SourceFile], told: Told) -> Iterator[Collection]:
    yield read_collection(files, today())


# What reads the files of some kinds, in the order they are loaded in: it takes those files and yields what they hold.
# The index comes before the codes that are found by it.
_READERS: tuple[tuple[tuple[Kind, ...], Reader], ...] = (
    (tuple(icd10cm_index_editions.KINDS), read_alphabetic_editions),
    ((Kind.ICD10CM_TABULAR, Kind.ICD10CM_ORDER), read_icd10cm),
    ((Kind.ICD10PCS_ORDER, Kind.ICD10PCS_TABLES), read_icd10pcs),
    ((Kind.HCPCS_FIXED, Kind.HCPCS_TABLE), read_hcpcs),
    (
        (
            *(Kind.CPT_SHORT, Kind.CPT_MEDIUM, Kind.CPT_LONG),
            *(Kind.CPT_MODIFIERS, Kind.CPT_CONSUMER, Kind.CPT_CLINICIAN),
        ),
        read_cpt,
    ),
    ((Kind.NCCI_PTP,), read_ncci_ptp),
    ((Kind.NCCI_MUE,), read_ncci_mue),
    ((Kind.NCCI_ADD_ON,), read_ncci_add_on),
    ((Kind.MPFS_RVU,), read_rvu),
    ((Kind.MPFS_GPCI,), read_gpci),
    ((Kind.PLACE_OF_SERVICE,), read_places),
    ((Kind.GEM,), read_gem),
    ((Kind.ICD10CM_CONVERSION,), read_conversion),
    ((Kind.ICD10CM_ADDENDA, Kind.ICD10PCS_ADDENDA), read_addenda),
    ((Kind.CCSR,), read_ccsr),
    ((Kind.HCC_MAPPING, Kind.HCC_LABELS), read_hcc),
    ((Kind.COVERAGE,), read_coverage),
    ((Kind.ICD10CM_GUIDELINES,), read_icd10cm_guidelines),
    ((Kind.NCCI_POLICY_MANUAL,), read_ncci_policy_manual),
    ((Kind.DESCRIPTION,), _descriptions),
)


def readings(files: Sequence[SourceFile], told: Told) -> list[Callable[[], Iterator[Content]]]:
    """Return, for each reader that has a file among these, what reads its contents one by one.

    Reading raises SourceError for what is refused; nothing of the refused content is used, what came before holds.
    """
    found = {file.kind for file in files}
    return [partial(read, files, told) for kinds, read in _READERS if found.intersection(kinds)]
