"""What of a code, or of a condition, is asked for by its name alone: "hcc", "the ICD-9", "code for asthma"."""

import re
from enum import Enum, auto

from services.assistant.understanding.cues import Cues
from services.assistant.understanding.missing import says_nothing, telling


class Fact(Enum):
    """Facts of a code that are asked for by their names."""

    BILLABLE = auto()
    HCC = auto()
    UNITS = auto()
    FEE = auto()
    CROSSWALK = auto()
    PLACE = auto()
    ADD_ON = auto()
    COVERAGE = auto()
    NOTES = auto()
    HIERARCHY = auto()
    HISTORY = auto()
    SEVENTH_CHARACTER = auto()
    LATERALITY = auto()
    EDIT = auto()
    MEANING = auto()
    COMPARISON = auto()
    CODE = auto()


_FACTS = {
    Fact.PLACE: Cues(
        "pos ... meaning, pos ... mean, pos ... name, name of pos *, place of service *, what is pos *, whats pos *, "
        "meaning of pos *"
    ),
    Fact.BILLABLE: Cues("billable, valid for submission"),
    Fact.HCC: Cues("hcc, hccs, risk adjust*, raf, rxhcc, rxhccs, v28 category, v24 category"),
    Fact.UNITS: Cues("mue, mues, mai, medically unlikely, how many units, how many per day, maximum units"),
    Fact.FEE: Cues(
        "rvu, rvus, work rvu, global days, global period, global indicator, fee, payment, conversion factor, "
        "allowed amount, how much, total fee, total rvu"
    ),
    Fact.CROSSWALK: Cues("icd 9, icd 9 cm, gem, ccsr, crosswalk, to icd 10, into icd 10, icd 10 for"),
    Fact.ADD_ON: Cues("add on, primary codes, primaries, be primary, primary for"),
    Fact.COVERAGE: Cues("lcd, ncd, coverage"),
    Fact.NOTES: Cues(
        "exclude, excludes*, excluded, includes, code first, use additional, additional code, extra code, "
        "its notes, any notes"
    ),
    Fact.HIERARCHY: Cues("parent, parents, children, chapter, subcodes, child codes"),
    Fact.HISTORY: Cues(
        "replaced by, the replacement, replacement for, replacement of, replacement code, its replacement, "
        "what replaced"
    ),
    Fact.SEVENTH_CHARACTER: Cues("seventh character, seventh"),
    Fact.LATERALITY: Cues(
        "right or left, left or right, right or the left, which side, which eye, laterality, left side *, "
        "right side *, left counterpart, right counterpart, left ... version, right ... version, left equivalent, "
        "right equivalent, left one, right one, other side, other eye, other ear, other hand, other foot, other arm, "
        "other leg, other knee, other hip, other shoulder, other ankle, other wrist, opposite *, "
        "the bilateral for, the bilateral of, bilateral version, bilateral equivalent"
    ),
    Fact.EDIT: Cues("edit, edits, ncci edit, edit indicator, unbundle*, bundle*, together"),
    Fact.MEANING: Cues("description, meaning, meanings, definition, title, what * means, what * stands for"),
    Fact.COMPARISON: Cues("vs, difference"),
}
# Where a fact stands, or for when.
_NO_FACTS = Cues("payment year, mue table, mue file, mue edits, ptp table, ptp file, fee schedule, ncci edits")

# "code for asthma", "asthma code", and none that is named already.
_CODE_FOR = re.compile(
    r"(?:\S+ ){0,4}?(?:codes?|diagnos[ie]s) (?:codes? )?for (?P<of>.+)"
    r"|(?:i |we |just |please )*(?:need |want )?(?:the |an? )?(?P<before>(?:\S+ ){1,6}?)(?:diagnosis )?"
    r"(?:codes?|diagnosis)(?: please)?"
)
_WHOLE_CODE = re.compile(r"(?<!\S)(?:[a-z]\d[\da-z][\w.]*|\d{4}[\da-z]|\d{3}\.\d+)(?!\S)")
_NUMBER = re.compile(r"\b\d\b")
# What tells of a patient or of a claim, and asks for nothing.
_TELLS = Cues(
    "has, had, have, is, was, are, were, wrote, says, said, with, got, used, no, not, billed, coded, wrong, a, her, "
    "his, this, that, their, my, our, as, for, of, in, on, i, it, we, you, he, she, they, need, needs"
)


def names(fact: Fact, words: str) -> bool:
    """Tell whether words name a fact."""
    return _FACTS[fact](words)


def fact_of(words: str) -> Fact | None:
    """Return the fact that words name; None when they name none."""
    words = _NO_FACTS.left_out(words)
    fact = next((fact for fact, cues in _FACTS.items() if cues(words)), None)
    return Fact.CODE if fact is None and wants_code(words) else fact


def names_alone(fact: Fact, words: str) -> bool:
    """Tell whether words name a fact and nothing else: "its hcc", and not "excludes of asthma"."""
    return says_nothing(_FACTS[fact].left_out(words))


def wants_code(words: str) -> bool:
    """Tell whether words ask for the code of a condition or a service by naming it: "code for asthma", "uti code"."""
    match = _CODE_FOR.fullmatch(words)
    if match is None or _WHOLE_CODE.search(words):
        return False
    named = _NUMBER.sub("", match["of"] or match["before"])
    return telling(named) > 0 and (bool(match["of"]) or not _TELLS(named))
