"""The fields of a HCPCS Level II record, wherever it is printed, and what their values mean.

Columns, from 1, and values are those of the record layout that CMS publishes with the file (HCPCYYYY_recordlayout).
Left aside are the Medicare outpatient group and the anesthesia base units, which it does not use for Level II.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Field:
    """A field: its name, its columns in the fixed width file, and its headings in a table.

    A field that repeats stands `len(headings)` times, each with the headings it may have. `padded`: its values are
    numbers with leading zeros, which a workbook may have lost.
    """

    name: str
    first: int
    width: int
    headings: tuple[tuple[str, ...], ...]
    meanings: Mapping[str, str] = field(default_factory=dict)
    padded: bool = False

    @property
    def repeats(self) -> bool:
        """Whether a record may have several values of it."""
        return len(self.headings) > 1


@dataclass(frozen=True, slots=True)
class HcpcsRow:
    """One row: the line it stands in, a code or a modifier, whether it continues the description of the row before.

    `values` are those that are not empty, by the name of the field.
    """

    line: int
    code: str
    continues: bool
    values: Mapping[str, tuple[str, ...]]

    def first(self, of: Field) -> str:
        """Return the value of a field, the first where it repeats, empty when there is none."""
        return self.values.get(of.name, ("",))[0]


_PRICING = {
    "00": "not priced separately by Part B",
    "11": "physician fee schedule: national relative value units",
    "12": "physician fee schedule: national anesthesia base units",
    "13": "physician fee schedule: priced by the contractor",
    "21": "clinical laboratory fee schedule: national limitation amount",
    "22": "clinical laboratory fee schedule: priced by the contractor",
    "31": "DMEPOS: frequently serviced equipment",
    "32": "DMEPOS: inexpensive and routinely purchased equipment",
    "33": "DMEPOS: oxygen and oxygen equipment",
    "34": "DMEPOS: supplies",
    "35": "DMEPOS: surgical dressings",
    "36": "DMEPOS: capped rental equipment",
    "37": "DMEPOS: ostomy, tracheostomy and urological supplies",
    "38": "DMEPOS: orthotics, prosthetics, prosthetic devices and vision services",
    "39": "DMEPOS: parenteral and enteral nutrition",
    "40": "DMEPOS: lymphedema compression treatment items",
    "45": "DMEPOS: customized equipment",
    "46": "DMEPOS: priced by the contractor",
    "51": "drugs",
    "52": "reasonable charge",
    "53": "statute",
    "54": "vaccinations",
    "55": "splints and casts",
    "56": "intraocular lenses inserted in a physician's office",
    "57": "other, priced by the contractor",
    "99": "value not established",
}

_MULTIPLE_PRICING = {
    "9": "does not apply: not priced separately, or value not established",
    "A": "does not apply: priced under one methodology",
    "B": "professional component by relative value units; technical component and global service by the contractor",
    "C": "physician's interpretation by relative value units; laboratory service by the laboratory fee schedule",
    "D": "physician by relative value units; clinical psychologist by the psychologist fee schedule (until 1997)",
    "E": "physician by relative value units; psychologist and social worker by their fee schedules (until 1997)",
    "F": "physician by the contractor; psychologist and social worker by their fee schedules (until 1997)",
    "G": "reasonable charge with blood products on the claim, else the laboratory fee schedule",
}

_COVERAGE = {
    "C": "contractor's judgment",
    "D": "special coverage instructions apply",
    "I": "not payable by Medicare",
    "M": "not covered by Medicare",
    "S": "not covered by Medicare by statute",
}

_LAB_CERTIFICATION = {
    "010": "histocompatibility testing",
    "100": "microbiology",
    "110": "bacteriology",
    "115": "mycobacteriology",
    "120": "mycology",
    "130": "parasitology",
    "140": "virology",
    "150": "other microbiology",
    "200": "diagnostic immunology",
    "210": "syphilis serology",
    "220": "general immunology",
    "300": "chemistry",
    "310": "routine chemistry",
    "320": "urinalysis",
    "330": "endocrinology",
    "340": "toxicology",
    "350": "other chemistry",
    "400": "hematology",
    "500": "immunohematology",
    "510": "ABO group and RH type",
    "520": "antibody detection (transfusion)",
    "530": "antibody detection (nontransfusion)",
    "540": "antibody identification",
    "550": "compatibility testing",
    "560": "other immunohematology",
    "600": "pathology",
    "610": "histopathology",
    "620": "oral pathology",
    "630": "cytology",
    "800": "radiobioassay",
    "900": "clinical cytogenetics",
}

_BETOS = {
    "D1A": "medical and surgical supplies",
    "D1B": "hospital beds",
    "D1C": "oxygen and supplies",
    "D1D": "wheelchairs",
    "D1E": "other durable medical equipment",
    "D1F": "prosthetic and orthotic devices",
    "D1G": "drugs administered through durable medical equipment",
    "I1A": "standard imaging: chest",
    "I1B": "standard imaging: musculoskeletal",
    "I1C": "standard imaging: breast",
    "I1D": "standard imaging: contrast gastrointestinal",
    "I1E": "standard imaging: nuclear medicine",
    "I1F": "standard imaging: other",
    "I2A": "advanced imaging: CT of brain, head and neck",
    "I2B": "advanced imaging: other CT",
    "I2C": "advanced imaging: MRI of brain, head and neck",
    "I2D": "advanced imaging: other MRI",
    "I3A": "ultrasonography: eye",
    "I3B": "ultrasonography: abdomen and pelvis",
    "I3C": "ultrasonography: heart",
    "I3D": "ultrasonography: carotid arteries",
    "I3E": "ultrasonography: prostate, transrectal",
    "I3F": "ultrasonography: other",
    "I4A": "imaging with a procedure: heart, cardiac catheterization included",
    "I4B": "imaging with a procedure: other",
    "M1A": "office visits: new",
    "M1B": "office visits: established",
    "M2A": "hospital visits: initial",
    "M2B": "hospital visits: subsequent",
    "M2C": "hospital visits: critical care",
    "M3": "emergency room visits",
    "M4A": "home visits",
    "M4B": "nursing home visits",
    "M5A": "specialist: pathology",
    "M5B": "specialist: psychiatry",
    "M5C": "specialist: ophthalmology",
    "M5D": "specialist: other",
    "M6": "consultations",
    "O1A": "ambulance",
    "O1B": "chiropractic",
    "O1C": "enteral and parenteral",
    "O1D": "chemotherapy",
    "O1E": "other drugs",
    "O1F": "hearing and speech services",
    "O1G": "immunizations and vaccinations",
    "O1L": "lymphedema compression treatment items",
    "P0": "anesthesia",
    "P1A": "major procedures: breast",
    "P1B": "major procedures: colectomy",
    "P1C": "major procedures: cholecystectomy",
    "P1D": "major procedures: TURP",
    "P1E": "major procedures: hysterectomy",
    "P1F": "major procedures: exploration, decompression, excision of disc",
    "P1G": "major procedures: other",
    "P2A": "major cardiovascular procedures: CABG",
    "P2B": "major cardiovascular procedures: aneurysm repair",
    "P2C": "major cardiovascular procedures: thromboendarterectomy",
    "P2D": "major cardiovascular procedures: coronary angioplasty",
    "P2E": "major cardiovascular procedures: pacemaker insertion",
    "P2F": "major cardiovascular procedures: other",
    "P3A": "major orthopedic procedures: hip fracture repair",
    "P3B": "major orthopedic procedures: hip replacement",
    "P3C": "major orthopedic procedures: knee replacement",
    "P3D": "major orthopedic procedures: other",
    "P4A": "eye procedures: corneal transplant",
    "P4B": "eye procedures: cataract removal and lens insertion",
    "P4C": "eye procedures: retinal detachment",
    "P4D": "eye procedures: treatment of retinal lesions",
    "P4E": "eye procedures: other",
    "P5A": "ambulatory procedures: skin",
    "P5B": "ambulatory procedures: musculoskeletal",
    "P5C": "ambulatory procedures: inguinal hernia repair",
    "P5D": "ambulatory procedures: lithotripsy",
    "P5E": "ambulatory procedures: other",
    "P6A": "minor procedures: skin",
    "P6B": "minor procedures: musculoskeletal",
    "P6C": "minor procedures: other, Medicare fee schedule",
    "P6D": "minor procedures: other, not Medicare fee schedule",
    "P7A": "oncology: radiation therapy",
    "P7B": "oncology: other",
    "P8A": "endoscopy: arthroscopy",
    "P8B": "endoscopy: upper gastrointestinal",
    "P8C": "endoscopy: sigmoidoscopy",
    "P8D": "endoscopy: colonoscopy",
    "P8E": "endoscopy: cystoscopy",
    "P8F": "endoscopy: bronchoscopy",
    "P8G": "endoscopy: laparoscopic cholecystectomy",
    "P8H": "endoscopy: laryngoscopy",
    "P8I": "endoscopy: other",
    "P9A": "dialysis services, Medicare fee schedule",
    "P9B": "dialysis services, not Medicare fee schedule",
    "T1A": "laboratory tests: routine venipuncture, not Medicare fee schedule",
    "T1B": "laboratory tests: automated general profiles",
    "T1C": "laboratory tests: urinalysis",
    "T1D": "laboratory tests: blood counts",
    "T1E": "laboratory tests: glucose",
    "T1F": "laboratory tests: bacterial cultures",
    "T1G": "laboratory tests: other, Medicare fee schedule",
    "T1H": "laboratory tests: other, not Medicare fee schedule",
    "T2A": "other tests: electrocardiograms",
    "T2B": "other tests: cardiovascular stress tests",
    "T2C": "other tests: EKG monitoring",
    "T2D": "other tests: other",
    "Y1": "other, Medicare fee schedule",
    "Y2": "other, not Medicare fee schedule",
    "Z1": "local codes",
    "Z2": "undefined codes",
}

_TYPE_OF_SERVICE = {
    "0": "whole blood",
    "1": "medical care",
    "2": "surgery",
    "3": "consultation",
    "4": "diagnostic radiology",
    "5": "diagnostic laboratory",
    "6": "therapeutic radiology",
    "7": "anesthesia",
    "8": "assistant at surgery",
    "9": "other medical items or services",
    "A": "used durable medical equipment",
    "B": "high risk screening mammography (until 1997)",
    "C": "low risk screening mammography (until 1997)",
    "D": "ambulance",
    "E": "enteral and parenteral nutrients and supplies",
    "F": "ambulatory surgical center (facility usage)",
    "G": "immunosuppressive drugs",
    "H": "hospice services (until 1994)",
    "I": "purchase of durable medical equipment by installments (until March 1995)",
    "J": "diabetic shoes",
    "K": "hearing items and services",
    "L": "ESRD supplies",
    "M": "monthly capitation payment for dialysis",
    "N": "kidney donor",
    "P": "lump sum purchase of durable medical equipment, prosthetics, orthotics",
    "Q": "vision items or services",
    "R": "rental of durable medical equipment",
    "S": "surgical dressings or other medical supplies",
    "T": "outpatient mental health limitation",
    "U": "occupational therapy",
    "V": "pneumococcal and influenza vaccine",
    "W": "physical therapy",
    "Y": "second opinion on elective surgery (until 1996)",
    "Z": "third opinion on elective surgery (until 1996)",
}

_ACTION = {
    "A": "added",
    "B": "administrative data and long description changed",
    "C": "long description changed",
    "D": "discontinued",
    "F": "administrative data changed",
    "N": "no maintenance",
    "P": "payment changed",
    "R": "reactivated",
    "S": "short description changed",
    "T": "BETOS or type of service changed",
}


def _numbered(name: str, count: int, plain: str) -> tuple[tuple[str, ...], ...]:
    """Return the headings NAME1, NAME2, ...; where a plain table has one column, it takes the place of the first."""
    return tuple((f"{name}{number}", *([plain] if number == 1 else [])) for number in range(1, count + 1))


CODE = Field("code", 1, 5, (("HCPC", "hcpcs_code", "code"),))
RECORD_ID = Field("record id", 11, 1, (("RECID",),))
LONG = Field("long description", 12, 80, (("LONG DESCRIPTION", "long", "description"),))
SHORT = Field("short description", 92, 28, (("SHORT DESCRIPTION", "short"),))
ADDED = Field("date added", 269, 8, (("ADD DT", "date_added"),))
TERMINATED = Field("date terminated", 285, 8, (("TERM DT", "date_term", "valid_to"),))
ACTION = Field("action", 293, 1, (("ACTION CD", "action"),), _ACTION)
ACTION_DATE = Field("action effective date", 277, 8, (("ACT EFF DT", "date_action"),))
ASC_DATE = Field("ASC payment group effective date", 233, 8, (("ASC_DT", "date_asc"),))

ATTRIBUTES = (
    Field("coverage", 230, 1, (("COV",),), _COVERAGE),
    Field("pricing indicator", 120, 2, _numbered("PRICE", 4, "price"), _PRICING, padded=True),
    Field("multiple pricing indicator", 128, 1, (("MULT_PI", "multi"),), _MULTIPLE_PRICING),
    Field("type of service", 261, 1, _numbered("TOS", 5, "tos"), _TYPE_OF_SERVICE),
    Field("BETOS", 257, 3, (("BETOS",),), _BETOS),
    Field("ASC payment group", 231, 2, (("ASC_GRP",),), {"YY": "approved for an ambulatory surgical center"}),
    ASC_DATE,
    Field("cross reference", 205, 5, _numbered("XREF", 5, "xref")),
    Field("statute", 171, 10, (("STATUTE",),)),
    Field("Coverage Issues Manual section", 129, 6, _numbered("CIM", 3, "cim")),
    Field("Medicare Carriers Manual section", 147, 8, _numbered("MCM", 3, "mcm")),
    Field("lab certification", 181, 3, _numbered("LABCERT", 8, "lab"), _LAB_CERTIFICATION, padded=True),
    Field("processing note", 253, 4, (("PROCNOTE", "proc"),), padded=True),
    ACTION,
    ACTION_DATE,
)
ATTRIBUTE_DATES = (ACTION_DATE, ASC_DATE)
FIELDS = (CODE, RECORD_ID, LONG, SHORT, ADDED, TERMINATED, *ATTRIBUTES)
