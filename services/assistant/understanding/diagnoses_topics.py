"""Rules that tell which question of codes is asked: hierarchy, notes, validity, history, crosswalks and the like."""

from services.assistant.question import Topic
from services.assistant.understanding.asking import yes_or_no
from services.assistant.understanding.codes import ICD9CM
from services.assistant.understanding.cues import Cues
from services.assistant.understanding.message import Message
from services.assistant.understanding.phrases import clinical_phrase
from services.assistant.understanding.places import names_side

_CROSSWALK = Cues(
    "gem, gems, crosswalk, crosswalks, crosswalked, icd 9, icd 9 cm, convert, converts, converted, maps to, map to, "
    "mapped to, mapping, mappings, icd 10 equivalent, backward map, forward map, translate, back to 9, to nine, "
    "to ten, into ten, translates, ccsr, ccs, icd9 to icd10, old icd, i9, map, maps, icd 9 equivalent, "
    "clinical classification*"
)
_CLASSIFICATIONS = Cues("gem, gems, crosswalk, icd 9, icd 9 cm, ccsr")
_HCC = Cues(
    "hcc, hccs, raf, risk adjust, risk adjusts, risk adjusted, risk adjustment, risk adjusting, v28, v24, rxhcc, "
    "risk score, cms hcc, hierarchical condition, payment hcc, v 28, v 24, risk adjustable, esrd v24, "
    "medicare advantage, coefficient"
)
_HISTORY = Cues(
    "new code, new for, brand new, is ... new, new in, deleted, delete, replaced, replaces, replace, replacement, "
    "replacing, what happened to, whatever happened, history of the code, code history, revised, revision, "
    "when was ... added, when did ... come out, introduced, retired, went away, go away, gone, used to be, "
    "changed, changes, what changed, discontinued, added this year, addenda, conversion table, predecessor, "
    "successor, formerly, was called, new codes, deleted codes, since <date>, when was it created, "
    "when was ... created, came from, what did ... become, became, previous code, old code, updated, since when, "
    "how long has, use to be, before ... existed, split into, came in, come in, did we use before, used before, "
    "change the wording, wording change, changed the wording, when effective, when did ... become effective, "
    "what was it, what it was, before it, first appear, previously, whats new, what is new, dead, still around, "
    "when did ... start, took the place of, takes the place of, change to, any change, any changes"
)
_OF_ALL = Cues("new codes, whats new, what is new, deleted codes, codes ... deleted, codes ... new")
_VALID = Cues(
    "valid, active, effective, exist, exists, existed, expire, expired, expires, terminated, in effect, in force, "
    "still good, good on, good for, still around, current, inactive, invalid, termed, obsolete, already, live, "
    "still ok, still okay, still in use, still usable, termination date, term date, effective date, end date, "
    "usable, around"
)
_STILL = Cues("still, anymore, any more, any longer, no longer, effective, expire*, terminated, in effect")
_USED = Cues(
    "bill, billed, use, used, report, reported, code, submit, accepted, accept, ok, okay, can i, dos, date of service, "
    "good, work, allowed, fine"
)
_BILLABLE = Cues(
    "go out on the, complete enough, enough to submit, as it stands, send, leave it at, billable, reportable, "
    "submittable, valid for submission, valid for billing, specific enough, header, complete code, full code, "
    "enough digits, enough characters, more digits, more characters, another digit, truncated, incomplete, "
    "highest specificity, highest level of specificity, more specific code needed, needs more, need more, "
    "can be billed, can i bill, can we bill, can i use, can i submit, can i report, non billable, nonbillable, "
    "not billable, not specific, too vague, unbillable, be submitted, be reported, category code, as is, "
    "to the highest, final code, can it be billed, bill it, bill this, be billed, ok to bill, okay to bill, "
    "able to bill, ok to use, okay to use, go out on a claim, on a claim, fifth digit, fourth digit, sixth digit, "
    "5th digit, 4th digit, 6th digit, more specificity, acceptable code, valid code, valid, invalid, more detail, "
    "good to bill, specificity, code that out, be used, drop that, go out, <dx> specific"
)
_SURELY_BILLABLE = Cues("billable, valid, invalid, specific enough, header, reportable, digits, characters")
# A case is told, and the rule for it is asked.
_IN_A_CASE = Cues("if, when, because, after, during, even though, but, and then, do i use, do i add, also")
_A_CASE = 3
_A_FEW_WORDS = 2
_SEVENTH = Cues(
    "seventh character, seventh, 7 character, seventh char*, extension, placeholder, initial encounter, "
    "subsequent encounter, sequela encounter, seventh digit, encounter character, a or d, a d or s, a vs d, d or s, "
    "episode of care, active treatment, routine healing, which encounter, subsequent visit, initial visit, "
    "first visit, last character, final character, last digit, letter, stage digit, stage digits, last letter, "
    "ending letter, a d s"
)
_NOTES = Cues(
    "excludes, excludes1, excludes2, excludes 1, excludes 2, exclude, excluded, exclusion, exclusions, includes, "
    "include, included, inclusion, inclusion terms, includes note, tabular notes, notes for, notes of, notes on, "
    "notes under, note under, note at, a note, any note, any notes, note that, what notes, code first, coded first, "
    "code also, use additional, additional code, additional codes, instructional, manifestation, etiology, "
    "underlying condition first, instruction, instructions, sequence first, secondary code, secondary codes, "
    "listed under, second code, another code with, tabular list"
)
_EXCLUDES = Cues("excludes, excludes1, excludes2, excludes 1, excludes 2, exclude, excluded, exclusion*")
_ORDER = Cues(
    "sequence, sequenced, sequencing, goes first, go first, comes first, coded first, listed first, order, "
    "is first, be first, before <dx>, ahead of, goes before, go before, code first, first diagnosis, primary, "
    "sequenced before, coded before, which first, first or second, has to be first, or <dx> first, and <dx> first"
)
_RULE = Cues(
    "guideline, guidelines, rule, rules, official, policy manual, chapter specific, per the guidelines, principal, "
    "first listed, coding clinic, when do i, when should i, principal diagnosis, documentation, when can i, "
    "when do we, when is, when should"
)
_BELOW = Cues(
    "parent, children, child, child codes, subcodes, sub codes, subcategory, subcategories, below, under, underneath, "
    "hierarchy, chapter, block, section, belong, belongs, belong to, falls under, fall under, category, more specific, "
    "codes in, sibling, siblings, tree, breakdown, break down, drill down, above, roll up, rolls up, levels, level, "
    "branch, family, options under, narrower, broader, within, what codes start with, start with, starts with, "
    "all the codes, list the codes, list codes, list all, next level, choices, block range, where in the book, "
    "subdivided, sits under, subdivision, subdivisions"
)
_TOGETHER = Cues(
    "together, same claim, same time, same encounter, same visit, same day, both, with each other, with, and, next to, "
    "excludes1, excludes, conflict, conflicts, coexist, simultaneously, alongside, along with, go with, goes with, "
    "combine, combined, mutually exclusive, pair, allowed, plus, also, at once, in addition to, when i have, mix, "
    "compatible, clash"
)
_TRULY_TOGETHER = Cues(
    "together, same claim, same time, same encounter, same visit, same day, both, with each other, coexist, "
    "simultaneously, alongside, along with, mutually exclusive, conflict, conflicts, combine, excludes1, excludes, "
    "exclude, with <dx>, next to, secondary to <dx>, compatible, clash, at once, go with, goes with, report with, "
    "pair, one claim, a single claim"
)
_BESIDE = Cues("with, plus, next to, alongside, in the presence of, on top of")
_CODED = Cues(
    "bill, billed, code, coded, report, reported, use, used, allowed, ok, okay, can, add, list, assign, have, submit, "
    "put, fine, legal"
)
_IS = Cues("what <dx> is, what <px> is, what <pcs> is, what is <dx>, which procedure is, what it is, <dx> is what")
_WHAT = Cues("what is, whats, what are, what does, meaning, mean, means, describe, description, define")


def of_crosswalk(message: Message) -> Topic | None:
    """What a code is in another classification."""
    if _CROSSWALK(message.words) and (message.codes or _CLASSIFICATIONS(message.words)):
        return Topic.CROSSWALK
    old = bool(message.codes) and all(code.systems == (ICD9CM,) for code in message.codes)
    return Topic.CROSSWALK if old else None


def of_risk(message: Message) -> Topic | None:
    """Hierarchical condition categories."""
    return Topic.HCC if _HCC(message.words) else None


def of_history(message: Message) -> Topic | None:
    """What happened to a code, or which are new and gone."""
    if not _HISTORY(message.words):
        return None
    named = message.codes or _OF_ALL(message.words)
    return Topic.HISTORY if named else None


def of_diagnoses_together(message: Message) -> Topic | None:
    """Whether diagnoses may be reported together."""
    if len(message.diagnoses) < 2 or message.services:
        return None
    words = message.words
    if _ORDER(words) or (_RULE(words) and not _EXCLUDES(words)):
        return None
    if _TRULY_TOGETHER(words) or (len(message.codes) == 2 and _BESIDE(words) and not _WHAT(words)):
        return Topic.DIAGNOSES_TOGETHER
    told = _BILLABLE(words) and not Cues("can i *, can we *")(words)
    if told or _VALID(words) or _BELOW(words) or _WHAT(words):
        return None
    return Topic.DIAGNOSES_TOGETHER if _TOGETHER(words) and _CODED(words) else None


def of_order(message: Message) -> Topic | None:
    """What comes before a diagnosis: its notes say it, or the guidelines."""
    if not message.diagnoses or message.services or not _ORDER(message.words):
        return None
    return Topic.GUIDELINE if _RULE(message.words) else Topic.NOTES


def of_seventh_character(message: Message) -> Topic | None:
    """The seventh character."""
    if not _SEVENTH(message.words):
        return None
    if message.diagnoses:
        return Topic.SEVENTH_CHARACTER
    return Topic.GUIDELINE if Cues("seventh, seventh *, 7 character")(message.words) and not message.codes else None


def of_notes(message: Message) -> Topic | None:
    """The instructional notes of a code."""
    if not message.codes or not _NOTES(message.words) or message.services:
        return None
    return None if _RULE(message.words) and not _EXCLUDES(message.words) else Topic.NOTES


def of_laterality(message: Message) -> Topic | None:
    """The side of a code."""
    if not message.diagnoses or not names_side(message.words) or message.services:
        return None
    return None if _SURELY_BILLABLE(message.words) else Topic.LATERALITY


def of_rules(message: Message) -> Topic | None:
    """What the books of rules say of a code."""
    return Topic.GUIDELINE if message.codes and _RULE(message.words) else None


def of_hierarchy(message: Message) -> Topic | None:
    """What is above, below and beside a code."""
    if not message.codes or not _BELOW(message.words):
        return None
    return None if Cues("category code, more specific code needed, specific enough")(message.words) else Topic.HIERARCHY


def of_validity(message: Message) -> Topic | None:
    """Whether a code is valid on a date of service."""
    if not message.codes:
        return None
    words = message.words
    used = _USED(words) and len(message.codes) == 1
    if message.dates and (_VALID(words) or used) and not Cues("billable, specific enough")(words):
        return Topic.VALIDITY
    if _VALID(words) and (_STILL(words) or message.services):
        return Topic.VALIDITY
    return None


def of_billability(message: Message) -> Topic | None:
    """Whether a code is valid for submission."""
    if not message.codes or not _BILLABLE(message.words):
        return None
    if message.services and not _SURELY_BILLABLE(message.words):
        told = len(clinical_phrase(message).split()) >= _A_FEW_WORDS
        return None if told or len(message.services) > 1 else Topic.BILLABLE
    if not _SURELY_BILLABLE(message.words) and message.diagnoses and _tells_a_case(message):
        return Topic.GUIDELINE
    return Topic.BILLABLE


def of_case(message: Message) -> Topic | None:
    """What the guidelines say of a diagnosis in a case that is told."""
    if len(message.diagnoses) != 1 or len(message.codes) != 1 or _WHAT(message.words):
        return None
    words = len(clinical_phrase(message).split())
    asked = yes_or_no(message.clauses) or Cues("ok, okay, also, still, allowed, too, as well, right")(message.words)
    return Topic.GUIDELINE if asked and words >= _A_FEW_WORDS and not message.dates else None


def of_meaning(message: Message) -> Topic | None:
    """What a code is."""
    return Topic.CODE if message.codes and (_WHAT(message.words) or _IS(message.words)) else None


def _tells_a_case(message: Message) -> bool:
    return _IN_A_CASE(message.words) and len(clinical_phrase(message).split()) >= _A_CASE
