"""The sources of facts about codes, beside the code systems themselves."""

from enum import StrEnum


class Source(StrEnum):
    """A published source of facts, named as on the command line. Editions of one source serve side by side."""

    PTP_PRACTITIONER = "ptp_practitioner"
    PTP_HOSPITAL = "ptp_hospital"
    MUE_PRACTITIONER = "mue_practitioner"
    MUE_HOSPITAL = "mue_hospital"
    MUE_DME = "mue_dme"
    ADD_ON_CODES = "add_on_codes"
    RVU = "rvu"
    GPCI = "gpci"
    MODIFIERS_HCPCS = "modifiers_hcpcs"
    MODIFIERS_CPT = "modifiers_cpt"
    PLACE_OF_SERVICE = "place_of_service"
    GEM_FROM_ICD9CM = "gem_from_icd9cm"
    GEM_TO_ICD9CM = "gem_to_icd9cm"
    CONVERSION = "icd10cm_conversion"
    ADDENDA_ICD10CM = "icd10cm_addenda"
    ADDENDA_ICD10PCS = "icd10pcs_addenda"
    CCSR = "ccsr"
    HCC = "cms_hcc"
    COVERAGE = "coverage"
    GUIDELINES_ICD10CM = "icd10cm_guidelines"
    NCCI_POLICY_MANUAL = "ncci_policy_manual"
    INDEX_DISEASES = "icd10cm_index"
    INDEX_EXTERNAL_CAUSES = "icd10cm_external_cause_index"
    TABLE_NEOPLASMS = "icd10cm_neoplasm_table"
    TABLE_DRUGS = "icd10cm_drug_table"

    @property
    def display_name(self) -> str:
        """What answers call it, before the edition."""
        return _DISPLAY_NAMES[self]


_DISPLAY_NAMES = {
    Source.PTP_PRACTITIONER: "NCCI PTP practitioner",
    Source.PTP_HOSPITAL: "NCCI PTP hospital",
    Source.MUE_PRACTITIONER: "NCCI MUE practitioner",
    Source.MUE_HOSPITAL: "NCCI MUE hospital",
    Source.MUE_DME: "NCCI MUE DME supplier",
    Source.ADD_ON_CODES: "NCCI add-on codes",
    Source.RVU: "MPFS RVU",
    Source.GPCI: "MPFS GPCI",
    Source.MODIFIERS_HCPCS: "HCPCS modifiers",
    Source.MODIFIERS_CPT: "CPT modifiers",
    Source.PLACE_OF_SERVICE: "Place of service",
    Source.GEM_FROM_ICD9CM: "GEM ICD-9-CM to ICD-10-CM",
    Source.GEM_TO_ICD9CM: "GEM ICD-10-CM to ICD-9-CM",
    Source.CONVERSION: "ICD-10-CM conversion table",
    Source.ADDENDA_ICD10CM: "ICD-10-CM addenda",
    Source.ADDENDA_ICD10PCS: "ICD-10-PCS addenda",
    Source.CCSR: "CCSR",
    Source.HCC: "CMS-HCC",
    Source.COVERAGE: "Medicare Coverage Database",
    Source.GUIDELINES_ICD10CM: "ICD-10-CM Guidelines",
    Source.NCCI_POLICY_MANUAL: "NCCI Policy Manual",
    Source.INDEX_DISEASES: "ICD-10-CM Index",
    Source.INDEX_EXTERNAL_CAUSES: "ICD-10-CM External Cause Index",
    Source.TABLE_NEOPLASMS: "ICD-10-CM Neoplasm Table",
    Source.TABLE_DRUGS: "ICD-10-CM Table of Drugs",
}
