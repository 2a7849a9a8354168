"""Rules that tell what is asked of a code: its validity, history, hierarchy, meaning, and what it is elsewhere."""

import re

from services.assistant.question import Topic
from services.assistant.understanding.asking import yes_or_no
from services.assistant.understanding.cases import OF_CLAIMS, tells_a_case, without_opinions
from services.assistant.understanding.code_cues import (
    BELOW,
    BILLABLE,
    CONDITION,
    SURELY_BILLABLE,
    TITLES,
    TRULY_TOGETHER,
    VALID,
    WHAT,
    WHOLE,
)
from services.assistant.understanding.codes import CPT, ICD9CM, ICD10PCS
from services.assistant.understanding.cues import Cues, word_set, words_of
from services.assistant.understanding.message import Message
from services.assistant.understanding.missing import telling
from services.assistant.understanding.phrases import clinical_phrase
from services.assistant.understanding.vocabulary import words_of_medicine

_CROSSWALK = Cues(
    "gem, gems, crosswalk, crosswalks, crosswalked, icd 9, convert, converts, converted, mapped to, mapping, mappings, "
    "icd 10 equivalent, translate to icd, translate into icd, translate to 10, translate to 9, old system, "
    "ninth revision, 9th revision, back to 9, to nine, to ten, into ten, translates, ccsr, ccs, icd9 to icd10, "
    "old icd, i9, map, maps, clinical classification*"
)
_NEW = Cues("icd 10, to 10, to ten, now, today, these days, nowadays, currently, equivalent, i10")
# Into words, or what the message as a whole is to be turned into.
_TRANSLATED = Cues(
    "translate <dx> into english, translate <dx> to english, translate <dx> for me, translate <dx> into plain *, "
    "into english, to english, translate then, translate and, translate this, in plain english, translate <dx> please"
)
_CLASSIFICATIONS = Cues("gem, gems, crosswalk, icd 9, ccsr")
_HCC = Cues(
    "hcc, hccs, raf, risk adjust, risk adjusts, risk adjusted, risk adjustment, risk adjusting, v28, v24, rxhcc, "
    "same hierarchy, carry weight, carries weight, any weight, risk score, risk scores, risk scoring, in the model, "
    "payment model, payment models, payment category, payment categories, ma plan, hierarchical condition, v 28, v 24, "
    "risk adjustable, medicare advantage, coefficient, risk weight"
)
# Of risk adjustment, where a diagnosis is named.
_MODEL = Cues("model, models")
_HISTORY = Cues(
    "addition, additions, how old is, modified in, touched in, edited in, kill off, killed off, did <dx> go, "
    "did <px> go, did <dx> disappear, brought us, story of, came out of, come out of, date range, date ranges, "
    "start date, first date, last date, new code, new for, brand new, is ... new, new in, deleted, delete, replaced, "
    "replaces, replace, replacement, replacing, what happened to, whatever happened, history of the code, "
    "code history, revised, revision, when was ... added, when did ... come out, introduced, retired, went away, "
    "go away, gone, used to be, changed, changes, discontinued, added this year, addenda, conversion table, "
    "predecessor, successor, formerly, was called, new codes, since <date>, came from, what did ... become, became, "
    "old code, updated, since when, how long has, use to be, before ... existed, split into, came in, come in, "
    "did we use before, used before, change the wording, wording change, when effective, "
    "when did ... become effective, what was it, what it was, before it was, before it existed, came before it, "
    "was before it, first appear, previously, whats new, what is new, dead now, it dead, dead code, <dx> dead, "
    "<px> dead, <dx> is dead, <px> is dead, still around, when did ... start, took the place of, takes the place of, "
    "change to, any change, fiscal year was, fiscal year did, which year was, what year was, which year did, "
    "what year did, go live, went live, take over, took over, takes over, turn into, turned into, took its place, "
    "takes its place, how was <dx> coded, how was ... coded in <date>, what was <dx> coded, coded to before, "
    "coded as before, coded before, what was <dx> before, what was <px> before, superseded, supersedes, renamed, "
    "split up, they split, did they do with, expanded into, former *, earlier code, earlier equivalent, "
    "earlier version, prior code, prior codes, prior assignment, previous *, old assignment, come from, comes from, "
    "derived from, precursor, preceding code, predecessors, prior to <dx>, before <dx> existed, origin of, "
    "come into effect, came into effect, went into effect, go into effect, was <dx> split, split from, "
    "history of <dx>, history of <px>, supersede, precedes, preceded, did ... precede, in which fiscal year, "
    "revisions, amended, amendments, amendment, reworded, rewording, been expanded, was expanded, dropped, been split, "
    "got split, lineage, added when, was added, get added, got added, been added, came along, created, older code, "
    "code before <dx>, title ... change, change in <date>, change on <date>, history <dx>, history <px>, <dx> history, "
    "<px> history, past assignment, past code, <dx> new, <px> new, was <dx> born, <dx> disappeared, <dx> vanished, "
    "first day <dx>, first day of <dx>, first day for <dx>, last day <dx>, last day of <dx>, last day for <dx>, "
    "been altered, was altered, wording altered, first day it, last day it, have before, had before, did <dx> appear, "
    "did <px> appear"
)
# Of a note that somebody remembers these ask nothing of what was before.
_A_NOTE = Cues("a note, the note, some note, note about, note for")
_WHAT_WAS_IT = Cues("what was it, what it was")
# Of two services only these ask what became of them.
_SURE_HISTORY = Cues("replac*, supersed*, delet*, predecessor*, successor*, history, retired, discontinued, new codes")
# No release of CPT says what became of its codes; the fee schedule says whether they are in use.
_STILL_USED = Cues(
    "still bill, still billable, still use, still used, still valid, still active, still good, still report, still ok"
)
# What is done to a part of the body.
_PARTS_REPLACED = Cues(
    "knee replacement, hip replacement, shoulder replacement, joint replacement, valve replacement, lens replacement, "
    "disc replacement, ankle replacement, elbow replacement, hormone replacement, nicotine replacement, in addition, "
    "pacemaker replacement, battery replacement"
)
# What is listed before a code on the claim.
_LISTED_BEFORE = Cues(
    "listed before it, coded before it, sequenced before it, reported before it, goes before it, coded before <dx>, "
    "listed before <dx>, sequenced before <dx>, reported before <dx>, billed before <dx>, goes before <dx>, "
    "go before <dx>, comes before <dx>, come before <dx>"
)
# What came before a code, where neither yes nor no is an answer.
_FORMER = Cues("before <date>, prior to <date>, until <date>")
_IS_VALID = Cues(
    "is <dx> valid, was <dx> valid, is <px> valid, was <px> valid, is <dx> still valid, is <px> still valid"
)
_OF_ALL = Cues(
    "new ... codes, deleted ... codes, new codes, whats new, what is new, deleted codes, codes ... deleted, "
    "codes ... new"
)
# What changed in a code set, of no code and no condition.
_CHANGES_OF_ALL = re.compile(
    r"\b(?:additions?|deletions?|revisions?|changes?|changed|revised|new|deleted|added|dropped|retired|"
    r"removed)\b(?: \S+){0,5}? "
    r"(?:codes?|descriptions?|titles?|icd|pcs|hcpcs|code sets?|update|release)\b(?! (?:for|is|do)\b)"
    r"|\b(?:update|release)\b(?: \S+){0,4}? (?:change|add|delete|revise)"
    r"|\b(?:codes|hcpcs|pcs|icd 10)\b(?: \S+){0,3}? (?:added|deleted|dropped|revised|changed|retired|removed|"
    r"introduced)\b"
)
# Of two services these are said of something else.
_DENIAL = Cues("denial valid, denial ... valid, valid denial")
_WEAK = Cues(
    "denial valid, denial ... valid, valid denial, valid combo, valid combination, valid pair, already, live, around, "
    "current, usable, exist, exists, existed, good for"
)
_STILL = Cues(
    "from when, since when, until when, how long is, how long was, good until, good through, what dates, which dates, "
    "discharge dates, service dates, from what date, from which date, as of when, starting when, end any time, sunset, "
    "not yet, yet there, too early, still, anymore, any more, any longer, no longer, effective, expire*, terminated, "
    "stop being, stopped being, in effect, from which fiscal year, from which year, from what year"
)
_USED = Cues(
    "bill, billed, use, used, report, reported, code, submit, accepted, accept, ok, okay, can i, dos, date of service, "
    "good, work, allowed, fine"
)
# What becomes of a claim with one diagnosis.
_OUTCOME = re.compile(
    r"\b(?:get|gets|got|be|was|is|are) (?:rejected|bounced|kicked|denied|accepted|flagged|returned)\b"
    r"|\b(?:will|would|can|could|does|do|should|might|to|it|<dx>) (?:<dx> |it |this |that )?(?:ever |even |just )?"
    r"(?:reject|bounce|pass|fly|stick|clear|gets? through|go through|get through|make it through)\b"
    r"|\bgo (?:out )?on (?:the|a|my|our|this) (?:\w+ )?(?:claim|bill|ub|1500|form)\b"
    r"|\b(?:be )?put (?:<dx> |it |this |that )?on (?:the|an?|my|our) (?:\w+ )?(?:claim|bill|ub|1500|form)\b"
)
_BELOW_IT = Cues(
    "three character category, 3 character category, which category, what category, whats the category, and section, "
    "descendants, codes under, codes below, codes within, codes beneath, in category, in the category, "
    "character options, digit options, character codes, into billable *, billable codes in, billable codes of, "
    "billable codes for <dx>, billable children, billable options"
)
# A case is told, and the rule for it is asked.
_IN_A_CASE = Cues("if, when, because, after, during, even though, but, and then, do i use, do i add, also")
_A_CASE = 3
_A_FEW_WORDS = 2
_JUDGED = Cues(
    "ok, okay, y n, yes or no, fine, legit, correct, acceptable, allowed, enough, good, is right, true, final, exists, "
    "exist"
)
_IS_THERE = Cues("is there, are there, what would")
_IS = Cues(
    "what the <dx>, what this <dx>, what that <dx>, what <dx> says, wording, what <dx> is, what <px> is, "
    "what <pcs> is, what is <dx>, which procedure is, what it is, <dx> is what, code for what, <dx> for what"
)
# Whether a code is the one of something: "is <dx> the diet controlled one".
# The words after that verb, where they say of what, and not how or for what the code may be used.
_IS_WORD = re.compile(
    r"(?:\b(?:is|isnt|was) <(?:dx|px|pcs)>|^<(?:dx|px|pcs)> (?:is|means|equals)|"
    r"<(?:dx|px|pcs)> (?:is (?:that|this|it)|thats)) (?:really |actually |just |an? |the )*"
    r"(?P<word>[a-z]\w+)(?: \S+){0,6}$"
)
# Words there that judge a code, or tell how and where it is used.
_JUDGING = word_set(
    "compatible permissible permitted "
    "ok okay right correct proper appropriate acceptable fine legit wrong good sufficient enough better best safe "
    "needed required necessary allowed valid invalid active used coded assigned added listed sequenced reported "
    "reportable covered paid payable included excluded bundled separately supported justified considered mapped "
    "first secondary principal primary specific complete missing part subject due billable exempt poa hcc "
    "manifestation problem cc mcc column component add "
    "new old gone dead deleted split replaced retired code codes category header parent child "
    "for with when if in on as at to by of or and under within below above also ever still even always never only "
    "too not there similar same different one an the my our that this something all any it "
    "what which where who how left bilateral unilateral"
)
_IS_NAMED = re.compile(
    r"\b(?:is|isnt|was|wasnt) <(?:dx|px|pcs)> (?:really |actually |still |just )?"
    r"(?:(?:the|an?|our|my) (?P<word>\S+)(?: \S+)*? (?:one|code|diagnosis)|for)\b"
)
_SPECIFIC_ENOUGH = Cues("category code, more specific code needed, specific enough")
_SURELY_NO_DATE = Cues("billable, specific enough")


def of_crosswalk(message: Message) -> Topic | None:
    """What a code is in another classification."""
    words = _TRANSLATED.left_out(message.words)
    if _CROSSWALK(words) and ((message.codes and not message.services) or _CLASSIFICATIONS(words)):
        return Topic.CROSSWALK
    old = bool(message.codes) and all(code.systems == (ICD9CM,) for code in message.codes)
    likely = bool(message.codes) and all(code.systems[0] == ICD9CM for code in message.codes)
    return Topic.CROSSWALK if old or (likely and _NEW(message.words)) else None


def of_risk(message: Message) -> Topic | None:
    """Hierarchical condition categories."""
    return Topic.HCC if _HCC(message.words) or (message.diagnoses and _MODEL(message.words)) else None


def of_history(message: Message) -> Topic | None:
    """What happened to a code, or which are new and gone."""
    if _asks_what_was_before(message):
        return Topic.HISTORY
    if not message.codes and _CHANGES_OF_ALL.search(message.words) and not words_of_medicine(message.words):
        return Topic.HISTORY
    words = _PARTS_REPLACED.left_out(_LISTED_BEFORE.left_out(message.words))
    words = _WHAT_WAS_IT.left_out(words) if _A_NOTE(words) else words
    if not (_HISTORY(words) or _OF_ALL(message.words)) or (
        len(message.diagnoses) == 2 and TRULY_TOGETHER(message.words)
    ):
        return None
    if len(message.services) > 1 and not _SURE_HISTORY(message.words):
        return None
    if message.services and message.services[0].systems[0] == CPT and _STILL_USED(message.words):
        return None
    named = (message.codes and not (message.dates and _IS_VALID(message.words))) or _OF_ALL(message.words)
    return Topic.HISTORY if named else None


def _asks_what_was_before(message: Message) -> bool:
    open_one = yes_or_no(message.clauses) is False
    return bool(message.codes) and open_one and _FORMER(message.words) and not VALID(message.words)


def of_hierarchy(message: Message) -> Topic | None:
    """What is above, below and beside a code."""
    if not message.codes or not BELOW(message.words) or message.services:
        return None
    if all(code.systems[0] == ICD10PCS and len(code.text) == WHOLE for code in message.codes):
        return None
    return None if _SPECIFIC_ENOUGH(message.words) else Topic.HIERARCHY


def of_validity(message: Message) -> Topic | None:
    """Whether a code is valid on a date of service."""
    if not message.codes:
        return None
    words = _WEAK.left_out(message.words) if len(message.services) > 1 else _DENIAL.left_out(message.words)
    used = _USED(words) and len(message.codes) == 1
    if message.dates and (VALID(words) or used) and not _SURELY_NO_DATE(words):
        return Topic.VALIDITY
    if VALID(words) and (_STILL(words) or message.services):
        return Topic.VALIDITY
    return None


def of_billability(message: Message) -> Topic | None:
    """Whether a code is valid for submission."""
    if _BELOW_IT(message.words) or len(message.services) > 1:
        return None
    if len(message.codes) == len(message.diagnoses) == 1 and _OUTCOME.search(message.words):
        return Topic.BILLABLE
    if not message.codes or not BILLABLE(_DENIAL.left_out(message.words)):
        return None
    if message.services and not SURELY_BILLABLE(_DENIAL.left_out(message.words)):
        told = len(clinical_phrase(message).split()) >= _A_FEW_WORDS
        return None if told else Topic.BILLABLE
    if not SURELY_BILLABLE(message.words) and message.diagnoses and _tells_a_case(message):
        return Topic.GUIDELINE
    return Topic.BILLABLE


def of_one_code(message: Message) -> Topic | None:
    """A code of which yes or no is asked, and nothing else is said: whether it can be reported."""
    if len(message.codes) != 1 or message.modified or message.counted or message.locality or message.place:
        return None
    if not yes_or_no(message.clauses) and not _JUDGED(message.words):
        return None
    rest = OF_CLAIMS.left_out(_JUDGED.left_out(without_opinions(message.words)))
    if words_of_medicine(rest) or telling(rest) > 1 or _IS_THERE(rest):
        return None
    if message.words.endswith((" is for", " for what")):
        return Topic.CODE
    return Topic.VALIDITY if message.dates else Topic.BILLABLE


def of_meaning(message: Message) -> Topic | None:
    """What a code is."""
    words = message.words
    asked = WHAT(words) or _IS(words) or CONDITION(words) or TITLES(words) or _is_named(words)
    return Topic.CODE if message.codes and asked else None


def _is_named(words: str) -> bool:
    return any(match and match["word"] not in _JUDGING for match in (_IS_NAMED.search(words), _IS_WORD.search(words)))


def _tells_a_case(message: Message) -> bool:
    phrase = clinical_phrase(message)
    told = len(phrase.split()) >= _A_CASE and tells_a_case(phrase)
    return _IN_A_CASE(message.words) and (told or words_of_medicine(OF_CLAIMS.left_out(words_of(phrase))) > 0)
