"""A small edition of ICD-10-CM (public domain) that has one of everything a book has."""

from dataclasses import replace
from datetime import date

from services.lookup.codes.description import Collection, Description
from services.lookup.codes.model import Edition, Entry, Level, Note, NoteKind, SeventhCharacter, System
from services.lookup.search.synonyms import Concept

_ENCOUNTERS = (
    SeventhCharacter("A", "initial encounter for closed fracture"),
    SeventhCharacter("D", "subsequent encounter for fracture with routine healing"),
)

_CHAPTER, _SECTION, _CODE, _BILLABLE = "chapter", "section", "code", "billable"

# Kind, id, parent, title.
_BOOK = (
    (_CHAPTER, "2", "", "Neoplasms (C00-D49)"),
    (_SECTION, "C43-C44", "2", "Melanoma and other malignant neoplasms of skin (C43-C44)"),
    (_CODE, "C43", "C43-C44", "Malignant melanoma of skin"),
    (_BILLABLE, "C43.9", "C43", "Malignant melanoma of skin, unspecified"),
    (_BILLABLE, "C4A", "C43-C44", "Merkel cell carcinoma"),
    (_BILLABLE, "C44", "C43-C44", "Other and unspecified malignant neoplasm of skin"),
    (_SECTION, "C50-C50", "2", "Malignant neoplasms of breast (C50)"),
    (_BILLABLE, "C50", "C50-C50", "Malignant neoplasm of breast"),
    (_CHAPTER, "4", "", "Endocrine, nutritional and metabolic diseases (E00-E89)"),
    (_SECTION, "E08-E13", "4", "Diabetes mellitus (E08-E13)"),
    (_CODE, "E10", "E08-E13", "Type 1 diabetes mellitus"),
    (_BILLABLE, "E10.9", "E10", "Type 1 diabetes mellitus without complications"),
    (_CODE, "E11", "E08-E13", "Type 2 diabetes mellitus"),
    (_CODE, "E11.3", "E11", "Type 2 diabetes mellitus with ophthalmic complications"),
    (_CODE, "E11.31", "E11.3", "Type 2 diabetes mellitus with unspecified diabetic retinopathy"),
    (
        _BILLABLE,
        "E11.311",
        "E11.31",
        "Type 2 diabetes mellitus with unspecified diabetic retinopathy with macular edema",
    ),
    (_BILLABLE, "E11.9", "E11", "Type 2 diabetes mellitus without complications"),
    (_BILLABLE, "E13", "E08-E13", "Other specified diabetes mellitus"),
    (_SECTION, "E50-E64", "4", "Other nutritional deficiencies (E50-E64)"),
    (_BILLABLE, "E53.8", "E50-E64", "Deficiency of other specified B group vitamins"),
    (_CHAPTER, "9", "", "Diseases of the circulatory system (I00-I99)"),
    (_SECTION, "I10-I1A", "9", "Hypertensive diseases (I10-I1A)"),
    (_BILLABLE, "I10", "I10-I1A", "Essential (primary) hypertension"),
    (_BILLABLE, "I15.9", "I10-I1A", "Secondary hypertension, unspecified"),
    (_SECTION, "I20-I25", "9", "Ischemic heart diseases (I20-I25)"),
    (_CODE, "I21", "I20-I25", "Acute myocardial infarction"),
    (_BILLABLE, "I21.9", "I21", "Acute myocardial infarction, unspecified"),
    (_CHAPTER, "10", "", "Diseases of the respiratory system (J00-J99)"),
    (_SECTION, "J09-J18", "10", "Influenza and pneumonia (J09-J18)"),
    (_BILLABLE, "J13", "J09-J18", "Pneumonia due to Streptococcus pneumoniae"),
    (_CODE, "J18", "J09-J18", "Pneumonia, unspecified organism"),
    (_BILLABLE, "J18.9", "J18", "Pneumonia, unspecified organism"),
    (_CHAPTER, "13", "", "Diseases of the musculoskeletal system and connective tissue (M00-M99)"),
    (_SECTION, "M20-M25", "13", "Other joint disorders (M20-M25)"),
    (_CODE, "M25.56", "M20-M25", "Pain in knee"),
    (_BILLABLE, "M25.561", "M25.56", "Pain in right knee"),
    (_BILLABLE, "M25.562", "M25.56", "Pain in left knee"),
    (_BILLABLE, "M25.569", "M25.56", "Pain in unspecified knee"),
    (_CHAPTER, "19", "", "Injury, poisoning and certain other consequences of external causes (S00-T88)"),
    (_SECTION, "S50-S59", "19", "Injuries to the elbow and forearm (S50-S59)"),
    (_CODE, "S52", "S50-S59", "Fracture of forearm"),
    (_CODE, "S52.5", "S52", "Fracture of lower end of radius"),
    (_CODE, "S52.50", "S52.5", "Unspecified fracture of the lower end of radius"),
    (_CODE, "S52.501", "S52.50", "Unspecified fracture of the lower end of right radius"),
    (
        _BILLABLE,
        "S52.501A",
        "S52.501",
        "Unspecified fracture of the lower end of right radius, initial encounter for closed fracture",
    ),
    (
        _BILLABLE,
        "S52.501D",
        "S52.501",
        "Unspecified fracture of the lower end of right radius, "
        "subsequent encounter for closed fracture with routine healing",
    ),
    (_CODE, "S53", "S50-S59", "Dislocation and sprain of joints and ligaments of elbow"),
)

_INCLUSION_TERMS = {
    "E53.8": ("Vitamin B12 deficiency",),
    "C50": ("Paget's disease of breast",),
}
_NOTES = {
    "4": (Note(NoteKind.NOTE, "All neoplasms, whether functionally active or not, are classified in Chapter 2."),),
    "E11": (
        Note(NoteKind.INCLUDES, "diabetes NOS"),
        Note(NoteKind.EXCLUDES1, "type 1 diabetes mellitus (E10.-)"),
        Note(NoteKind.USE_ADDITIONAL_CODE, "to identify control using insulin (Z79.4)"),
    ),
    "E11.3": (Note(NoteKind.NOTE, "One code for each eye."),),
    "I10": (Note(NoteKind.INCLUDES, "high blood pressure"),),
    "S52": (Note(NoteKind.SEVENTH_CHARACTER, "The appropriate 7th character is to be added to each code."),),
}
_SEVENTH = {"S52": _ENCOUNTERS}

_LEVELS = {_CHAPTER: Level.CHAPTER, _SECTION: Level.SECTION}


def small_edition() -> Edition:
    """Return the edition."""
    return Edition(
        system=System.ICD10CM,
        label="FY2026 April",
        effective_from=date(2026, 4, 1),
        effective_to=date(2026, 9, 30),
        origin="a small edition",
        entries=tuple(
            Entry(
                code=code,
                level=_LEVELS.get(kind, Level.CODE),
                title=title,
                parent=parent,
                order=order,
                billable=kind == _BILLABLE,
                inclusion_terms=_INCLUSION_TERMS.get(code, ()),
                notes=_NOTES.get(code, ()),
                seventh_characters=_SEVENTH.get(code, ()),
            )
            for order, (kind, code, parent, title) in enumerate(_BOOK, start=1)
        ),
    )


def small_concepts() -> tuple[Concept, ...]:
    """Return things that codes of the edition are, with names that the edition does not have."""
    return (
        Concept(("Pain in left knee", "Left-sided gonalgia"), "A list"),
        Concept(("Malignant neoplasm of breast", "Malignant growth of breast", "Malignant breast tumor"), "A list"),
    )


def wide_edition() -> Edition:
    """Return an edition of 601 codes: zonal fevers in two chapters, 20 of them rare, and an ague in the second.

    Each fever has two names; every other can be billed.
    """
    chapters = [
        Entry(number, Level.CHAPTER, title, parent="", order=order, billable=False)
        for number, title, order in (("1", "Fevers of the north", 1), ("2", "Fevers of the south", 302))
    ]
    fevers = [
        Entry(
            code=f"A{number // 10:02}.{number % 10}",
            level=Level.CODE,
            title=f"{'Rare zonal' if number < 20 else 'Zonal'} fever of region {number}",
            parent="1" if number < 300 else "2",
            order=number + (2 if number < 300 else 3),
            billable=bool(number % 2),
            inclusion_terms=("Zonal pyrexia",),
        )
        for number in range(600)
    ]
    ague = Entry("B50.0", Level.CODE, "Quartan ague", parent="2", order=603, billable=True)
    return Edition(
        system=System.ICD10CM,
        label="FY2026 April",
        effective_from=date(2026, 4, 1),
        effective_to=date(2026, 9, 30),
        origin="a wide edition",
        entries=(chapters[0], *fevers[:300], chapters[1], *fevers[300:], ague),
    )


def retitled(edition: Edition, code: str, title: str) -> Edition:
    """Return an edition in which one entry has another title."""
    return replace(
        edition, entries=tuple(replace(one, title=title) if one.code == code else one for one in edition.entries)
    )


def small_collection(text: str = "What it means.") -> Collection:
    """Return descriptions of a code of the edition and of one whose system has no release."""
    return Collection(
        "an editor's folder",
        tuple(
            Description(system, code, title, text, "An editor", date(2026, 3, 2))
            for system, code, title in (
                (System.ICD10CM, "E11.9", "Type 2 diabetes and nothing else"),
                (System.CPT, "20553", "Injections into three muscles"),
            )
        ),
    )
