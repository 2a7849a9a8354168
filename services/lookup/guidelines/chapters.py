"""The chapters that codes belong to, as far as a code alone tells."""

from services.lookup.codes.model import System
from services.lookup.codes.notation import compact

CATEGORY = 3

# The first and the last category of each chapter (ICD-10-CM Tabular List of Diseases and Injuries). Categories such as
# C7A, M1A and O9A lie within them by their characters as well.
ICD10CM_CHAPTERS = (
    ("A00", "B99"),
    ("C00", "D49"),
    ("D50", "D89"),
    ("E00", "E89"),
    ("F01", "F99"),
    ("G00", "G99"),
    ("H00", "H59"),
    ("H60", "H95"),
    ("I00", "I99"),
    ("J00", "J99"),
    ("K00", "K95"),
    ("L00", "L99"),
    ("M00", "M99"),
    ("N00", "N99"),
    ("O00", "O9A"),
    ("P00", "P96"),
    ("Q00", "QA1"),
    ("R00", "R99"),
    ("S00", "T88"),
    ("V00", "Y99"),
    ("Z00", "Z99"),
    ("U00", "U85"),
)


def chapter_of(system: System, code: str) -> str:
    """Return what the chapter of a code is called here: icd10cm-4, cpt-2 (all codes that begin so), cpt-T or hcpcs.

    Empty where the code alone does not tell, and for systems that have no book of rules.
    """
    whole = compact(code)
    if system is System.HCPCS:
        return "hcpcs"
    if system is System.CPT:
        return f"cpt-{whole[0] if whole.isdigit() else whole[-1]}"
    if system is not System.ICD10CM:
        return ""
    category = whole[:CATEGORY]
    for number, (first, last) in enumerate(ICD10CM_CHAPTERS, 1):
        if first <= category <= last:
            return f"icd10cm-{number}"
    return ""
