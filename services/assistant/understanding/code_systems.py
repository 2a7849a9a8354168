"""Of which system a code may be, by its shape and the words around it."""

import re

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.assistant.question import System

ICD10CM = lookup.CODE_SYSTEM_ICD10CM
ICD10PCS = lookup.CODE_SYSTEM_ICD10PCS
HCPCS = lookup.CODE_SYSTEM_HCPCS
CPT = lookup.CODE_SYSTEM_CPT
ICD9CM = lookup.CODE_SYSTEM_ICD9CM

# The shapes of codes in capitals, the longer ones first.
INPATIENT = (
    r"(?:0[0-9BCDFGHJ-NP-Y]|10|2[WY]|3[0CE]|4[AB]|[56]A|7W|8[CE]|9W|[BCD][0-9A-HJ-NP-Z]|F[01]|[GH]Z|X[0-9A-HJ-NP-Z])"
    r"[0-9A-HJ-NP-Z]{5}"
)
# The beginning of one: a table, or a code that lacks characters.
TABLE = r"0[BCDFGHJ-NP-Y][0-9A-HJ-NP-Z]{1,4}"
CATEGORY = r"(?:[A-Z]\d[0-9AB]|QA\d)"
DOTTED = rf"{CATEGORY}\.[0-9A-Z]{{1,6}}"
# A letter may stand in the fourth place: "g43e09"; a Q and an H are hours: "q24h".
UNDOTTED = rf"{CATEGORY}(?:(?:[0-9ABX]|(?<!Q\d\d)[C-HZ])[0-9A-Z]{{0,3}})?"
SERVICE = r"\d{5}|0\d{3}[AMTU]|\d{4}F"
OLD_DOTTED = r"\d{3}\.\d{1,2}|E\d{3}\.\d"
_HCPCS = re.compile(r"[A-V]\d{4}")
_OLD = re.compile(r"\d{3}(?:\.?\d{1,2})?|V\d{2}(?:\.?\d{1,2})?|E\d{3}(?:\.?\d)?")
# Words that say of which system the next code is.
_NAMES = (
    (re.compile(r"\bicd[\s-]?9(?:[\s-]?cm)?(?:\s+(?:code|dx|for|is|of))*\W*$", re.IGNORECASE), ICD9CM),
    (re.compile(r"\bicd[\s-]?10(?:[\s-]?cm)?(?:\s+(?:code|dx))*\W*$", re.IGNORECASE), ICD10CM),
    (re.compile(r"\b(?:dx|diagnos[ie]s|diag)(?:\s+codes?)?\W*$", re.IGNORECASE), ICD10CM),
    (
        re.compile(r"\b(?:hcpcs|supply|drug|[a-v]-code|dme)(?:\s+(?:level\s+(?:ii|2)\s+)?codes?)?\W*$", re.IGNORECASE),
        HCPCS,
    ),
    (re.compile(r"\bcpts?(?:[\s-]?4)?(?:\s+codes?)?\W*$", re.IGNORECASE), CPT),
    (re.compile(r"\bpcs(?:\s+codes?)?\W*$", re.IGNORECASE), ICD10PCS),
)
OF_OLD = re.compile(r"\bicd[\s-]?9|\bgems?\b|\bi-?9\b", re.IGNORECASE)
_OF_DIAGNOSES = re.compile(
    r"\b(?:dx\w*|diagnos\w+|icd[\s-]?10|icd|excludes?\d?|hcc\w*|raf|ccsr|7th|seventh|laterality|risk adjust\w*|"
    r"code first)\b",
    re.IGNORECASE,
)
# Of these ICD-9-CM knew nothing.
_OF_ENCOUNTERS = re.compile(r"\b(?:subsequent|initial|sequela|seventh|7th|placeholder|encounter)\b", re.IGNORECASE)
_OF_UNITS = re.compile(r"\b(?:mues?|units?|medically unlikely)\b", re.IGNORECASE)
# The name of a code that is a diagnosis by its dot says nothing of those beside it.
_OTHER_DIAGNOSIS = re.compile(
    rf"\b(?:dx\w*|diagnos[ie]s|icd[\s-]?10(?:[\s-]?cm)?)(?:\s+codes?)?\W{{1,3}}(?={DOTTED})", re.IGNORECASE
)
_OF_SUPPLIES = re.compile(
    r"\b(?:hcpcs|units?|mues?|dme\w*|supply|supplier|supplies|drugs?|inj\w*|fees?|rvus?|cpt|wheelchairs?|infusion|rental|"
    r"oxygen|mg|jw|jz|ptp|ncci|mips|add-?on)\b",
    re.IGNORECASE,
)
_OF_DENTISTS = re.compile(r"D\d{4}")
_DENTAL = re.compile(r"\b(?:cdt|dent\w*|oral|tooth|teeth|pay\w*|paid|medicare|rates?)\b", re.IGNORECASE)
# Hundreds of HCPCS numbers that are in use, by letter; outside them a letter and four digits are a diagnosis.
_HCPCS_HUNDREDS = {
    "A": "00-04 08-09 20 41-52 55 60-62 64-66 70 75 80 91-93 95-99",
    "B": "40-42 50-52 90 99",
    "C": "10 13 16-19 25-26 52 75 79-80 89-99",
    "E": "01-26 30 32 80",
    "G": "00-06 09-10 20-22 30 40 60 81 83-99",
    "H": "00 10 20",
    "J": "00-35 70-77 79 84-87 89-94 96 99",
    "K": "00-01 04-10",
    "L": "01-02 04 06-14 16-43 46 50-77 79-80 83-87 99",
    "M": "00-03 10-15",
    "P": "20 30 70 90-91 96",
    "Q": "00-02 04-05 10 20 30 40-44 50-51 90 99",
    "R": "00",
    "S": "00-06 08 10 20-24 29-30 36-40 49-51 54-55 80-84 89-95 98-99",
    "T": "10 15 19-21 45 50 59",
    "U": "00",
    "V": "20-27 50-53",
}
# Where both systems have numbers, these categories of diagnoses are the ones that coders ask for.
_RATHER_DIAGNOSES = ("E10", "E11", "G40", "G89", "G93", "J96", "M10", "M11", "M12")
# What looks like a category and is none: a vitamin, vertebrae, versions of the CMS-HCC model.
_NO_CATEGORIES = ("B12", "T10", "T11", "T12", "V21", "V22", "V24", "V28")


def is_dental(code: str) -> bool:
    """Tell whether a code has the form of those of dentists (CDT), of which the fee schedule has a few."""
    return bool(_OF_DENTISTS.fullmatch(code))


def systems_of(written: str, text: str, before: str) -> tuple[System, ...]:
    """Return the systems a code may be of, by its shape and the words around it, the likeliest first."""
    shaped = _by_shape(written, text)
    for pattern, system in _NAMES:
        if pattern.search(before):
            if system == ICD9CM and not _OLD.fullmatch(written):
                break
            if system in shaped or system == ICD9CM or (system == ICD10PCS and len(written) == len("0DTJ4ZZ")):
                return (system, *(other for other in shaped if other != system))
            break
    return shaped


def _by_shape(written: str, text: str) -> tuple[System, ...]:
    if re.fullmatch(OLD_DOTTED, written):
        return (ICD9CM,)
    if "." in written:
        # Codes of ICD-10-CM that begin with V have seven characters.
        old = (
            written[0] == "V" and len(written) < 8 and bool(_OLD.fullmatch(written)) and not _OF_ENCOUNTERS.search(text)
        )
        return (ICD9CM, ICD10CM) if old else (ICD10CM,)
    if re.fullmatch(SERVICE, written):
        return (CPT,)
    if written.isdigit():
        return (ICD9CM,)
    if re.fullmatch(TABLE, written):
        return (ICD10PCS,)
    if len(written) == 7:
        return _of_seven(written)
    if written in _NO_CATEGORIES:
        return ()
    if _HCPCS.fullmatch(written):
        return _of_five(written, text)
    if written[0] == "V" and OF_OLD.search(text) and _OLD.fullmatch(written):
        return (ICD9CM, ICD10CM)
    return (ICD10CM,)


def _of_seven(written: str) -> tuple[System, ...]:
    diagnosis = bool(re.fullmatch(UNDOTTED, written))
    if not re.fullmatch(INPATIENT, written):
        return (ICD10CM,)
    if not diagnosis:
        return (ICD10PCS,)
    # An external cause ends with the letter of its encounter.
    rather = written[0] in "HX" and written[-1] in "ADS123"
    return (ICD10CM, ICD10PCS) if rather else (ICD10PCS, ICD10CM)


def _of_five(written: str, text: str) -> tuple[System, ...]:
    if written[0] == "D":
        # Dental codes have the numbers of neoplasms and of diseases of the blood.
        dental = _OF_SUPPLIES.search(text) or _DENTAL.search(text)
        return (HCPCS, ICD10CM) if dental and not _OF_DIAGNOSES.search(text) else (ICD10CM, HCPCS)
    if not _hundred_in_use(written):
        return (HCPCS, ICD10CM) if _OF_UNITS.search(text) and not _OF_DIAGNOSES.search(text) else (ICD10CM, HCPCS)
    text = _OTHER_DIAGNOSIS.sub(" ", text)
    by_words = bool(_OF_DIAGNOSES.search(text)) - bool(_OF_SUPPLIES.search(text))
    rather = by_words > 0 or (by_words == 0 and written.startswith(_RATHER_DIAGNOSES))
    return (ICD10CM, HCPCS) if rather else (HCPCS, ICD10CM)


def _hundred_in_use(written: str) -> bool:
    hundred = int(written[1:3])
    for span in _HCPCS_HUNDREDS.get(written[0], "").split():
        first, _, last = span.partition("-")
        if int(first) <= hundred <= int(last or first):
            return True
    return False
