"""Small files in the official layouts of CMS and CDC. What they say of the codes is made up."""

from collections.abc import Sequence
from pathlib import Path

from tests.unit.lookup.mpfs_files import rvu_row, rvu_table, text

# A date of service that all files are for; one of the edits alone, when one was in force that has ended since; and one
# before any of them.
DAY, EARLIER, BEFORE = "2026-07-15", "2024-06-15", "2012-06-15"

# The code that the files are about. In column 1 it has an edit with FIRM that no modifier bypasses, some with OTHERS,
# more than its page shows, and one with ENDED that has ended; in column 2 one with ABOVE. ADD_ON may be added to it.
CODE, ENDED, FIRM, ABOVE, ADD_ON = "11042", "12020", "36000", "15002", "11045"
OTHERS = tuple(str(number) for number in range(64400, 64424))
# A test that is paid in whole or by its components.
TEST = "76881"
# A diagnosis that was new one day, and that ICD-9-CM says with two codes.
DIAGNOSIS = "T36.0X1A"
LOCALITY = "01112-05"
# What is loaded of the files, by source.
ROWS = {
    **{"ptp_practitioner": 27, "mue_practitioner": 3, "add_on_codes": 1, "rvu": 4, "gpci": 2, "place_of_service": 2},
    **{"gem_to_icd9cm": 2, "icd10cm_conversion": 1, "icd10cm_guidelines": 6},
}

# Texts of the files, to be known again.
RATIONALE, FIRM_RATIONALE = "Misuse of Column Two code with Column One code", "Standard preparation of the service"
MUE_RATIONALE = "Nature of the procedure"

# Column 1, column 2, in existence before 1996, first date, last date ("*": active), modifier indicator, rationale.
_EDITS = (
    (CODE, FIRM, "", "20200101", "*", "0", FIRM_RATIONALE),
    *((CODE, other, "", "20200101", "*", "1", RATIONALE) for other in OTHERS),
    (CODE, ENDED, "", "20200101", "20241231", "1", RATIONALE),
    (ABOVE, CODE, "", "20210401", "*", "1", RATIONALE),
)
_EDITS_HEADING = (
    "Column1/Column2 Edits\t\t\t\t\t\t\r\n"
    "Column 1\tColumn 2\t*=in existence\tEffective\tDeletion\tModifier\tPTP Edit Rationale\r\n"
    "\t\tprior to 1996\tDate\tDate\t0=not allowed\t\r\n"
    "\t\t\t\t*=no data\t1=allowed\t\r\n"
    "\t\t\t\t\t9=not applicable\t\r\n"
)
_EDITS_NAME = "ccipra-v322r0-f1.txt"

# Code, value, adjudication indicator, rationale.
_UNITS = (
    ("HCPCS/\nCPT Code", "Practitioner Services MUE Values", "MUE Adjudication Indicator", "MUE Rationale"),
    (CODE, "2", "3 Date of Service Edit: Clinical", MUE_RATIONALE),
    (FIRM, "1", "2 Date of Service Edit: Policy", MUE_RATIONALE),
    (OTHERS[0], "1", "1 Line Edit", MUE_RATIONALE),
)

_FEES = (
    # Work 1.00, practice expense 2.00 (in a facility 0.40), malpractice 0.10; both sides are paid at 150 %.
    {
        **{"code": CODE, "work": "1.00", "nf_pe": "2.00", "f_pe": "0.40", "mp": "0.10"},
        **{"nf_total": "3.10", "f_total": "1.50", "glob": "000", "mult": "2", "bilat": "1", "asst": "1"},
    },
    # A professional component of 0.60, 0.20 and 0.05 whose sides are each paid in full; the rest is technical.
    {
        **{"code": TEST, "work": "0.60", "nf_pe": "1.20", "f_pe": "0.00", "f_na": "NA", "mp": "0.06"},
        **{"nf_total": "1.86", "f_total": "0.66", "pctc": "1", "bilat": "3"},
    },
    {
        **{"code": TEST, "mod": "26", "work": "0.60", "nf_pe": "0.20", "f_pe": "0.20", "mp": "0.05"},
        **{"nf_total": "0.85", "f_total": "0.85", "pctc": "1", "bilat": "3"},
    },
    {
        **{"code": TEST, "mod": "TC", "work": "0.00", "nf_pe": "1.00", "f_pe": "0.00", "f_na": "NA", "mp": "0.01"},
        **{"nf_total": "1.01", "f_total": "0.01", "pctc": "1", "bilat": "3"},
    },
)
# The conversion factors of most, and of qualifying participants of an advanced alternative payment model.
_FACTORS = {"nonQPP": "33.4009", "QPP": "33.5675"}

_LOCALITIES = (
    (
        *("Medicare Administrative Contractor (MAC)", "State", "Locality Number", "Locality Name"),
        *("2026 PW GPCI (without 1.0 Floor)", "2026 PW GPCI (with 1.0 Floor)", "2026 PE GPCI", "2026 MP GPCI"),
    ),
    ("01112", "CA", "05", "SOMEWHERE", "1.050", "1.050", "1.100", "0.500"),
    ("02102", "AK", "01", "ELSEWHERE*", "0.990", "1.500", "1.080", "0.600"),
)

_PLACES = (
    ("Place of Service Code(s)", "Place of Service Name", "Place of Service Description"),
    ("11", "Office", "Where a practitioner sees patients."),
    ("22", "On Campus-Outpatient Hospital", "A part of a hospital."),
)

_TO_ICD9CM = "T360X1A 9600  10111\r\nT360X1A E8560 10112\r\n"

_CONVERSIONS = (
    ("New codes. This FY 2026 (October 1, 2025 Update) table lists them", "", ""),
    ("Current code assignment", "Effective", "Previous Code(s) Assignment"),
    (DIAGNOSIS, "2021", "T36.0X5A"),
)

_GUIDELINES = """\
ICD-10-CM Official Guidelines for Coding and Reporting
FY 2026
(October 1, 2025 - September 30, 2026)

Section I. Bells ..... 2
A. Small bells ..... 2
Section II. Choice ..... 2
Section III. More bells ..... 2
Section IV. Bells outside ..... 2
Section I. Bells
A. Small bells
A bell is rung at the door. See Section II.
Section II. Choice
Ring one of them.
Section III. More bells
Ring the others.
Section IV. Bells outside
Ring none.
"""


def write_published(folder: Path) -> None:
    """Write the files of the third quarter of 2026 into a folder."""
    rows = "".join("\t".join(row) + "\r\n" for row in _EDITS)
    (folder / _EDITS_NAME).write_text(_EDITS_HEADING + rows, newline="")
    _write(folder / "MCR_MUE_PractitionerServices_Eff_07-01-2026.csv", _UNITS)
    (folder / "AOC_V2026Q3-MCR.txt").write_text(f"1{ADD_ON}{'':7}{CODE}{'':7}2013091\r\n", newline="")
    for participation, factor in _FACTORS.items():
        rows_of = [rvu_row(**row, cf=factor) for row in _FEES]
        _write(folder / f"PPRRVU2026_Jul_{participation}.csv", rvu_table(rows_of))
    _write(folder / "GPCI2026.csv", _LOCALITIES)
    _write(folder / "place-of-service-2026.csv", _PLACES)
    (folder / "2018_I10gem.txt").write_text(_TO_ICD9CM, newline="")
    _write(folder / "icd10cm-conversion-table-FY2026.csv", _CONVERSIONS)
    (folder / "guidelines.txt").write_text(_GUIDELINES)


def write_cut(folder: Path) -> Path:
    """Write the edits of the next quarter, without the end of the seventh line, into a folder; return the file."""
    path = folder / _EDITS_NAME.replace("322", "323")
    path.write_text(f"{_EDITS_HEADING}{CODE}\t{FIRM}\t\t20200101\t*\t0\tA\r\n{CODE}\t{ABOVE}\r\n", newline="")
    return path


def _write(path: Path, table: Sequence[Sequence[str]]) -> None:
    path.write_bytes(text(table))
