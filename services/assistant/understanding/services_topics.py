"""Rules that tell which question of services is asked: edits, units, add-on codes, fees, modifiers, places, claims."""

import re

from services.assistant.question import Topic
from services.assistant.understanding.codes import CPT
from services.assistant.understanding.cues import Cues
from services.assistant.understanding.diagnoses_topics import tells_a_case
from services.assistant.understanding.message import Message
from services.assistant.understanding.missing import telling
from services.assistant.understanding.phrases import clinical_phrase
from services.assistant.understanding.places import names_payment_place

_TOGETHER = Cues(
    "together, same day, same date, same session, same visit, same encounter, same claim, same time, with each other, "
    "both, bundle, bundled, bundles, bundling, unbundle, unbundled, unbundling, edit, edits, ncci, cci, ptp, column 1, "
    "column 2, column one, column two, col 1, col 2, inclusive, separately, pair, conflict, conflicts, "
    "mutually exclusive, in addition to, along with, alongside, same knee, same side, same lesion, same site, "
    "same shoulder, same surgery, same eye, same provider, combo, combination, bypass, bypasses, override, go with, "
    "goes with, incidental to, part of, included in, concurrently, simultaneously, at once, same wound, "
    "same operative session, co bill, ccmi, indicator, modifier indicator"
)
# Of two services these are asked of an edit, and set nothing apart, where a claim is told of.
_SET_SIDE_BY_SIDE = Cues("vs, against, side by side")
_OF_A_CLAIM = Cues(
    "scrubber, clearinghouse, biller, denied, denial, denials, deny, denies, reject*, flag*, kicked, bounced, legit, "
    "pass, passes, ncci, edit, edits, allowed, ok, okay, conflict*, payable, paid, check, run"
)
_PAIR_OF_ONE = Cues("bundl*, unbundl*, ncci, cci, edit, edits, ptp, column 1, column 2, edits with")
_UNITS = Cues(
    "mue, mues, mai, medically unlikely, units, how many units, maximum units, unit limit, unit cap, units of service, "
    "uos, <units>, how many times, unit max, unit maximum, per day limit, daily limit, daily maximum, maximum per day, "
    "maximum a day, how many per day, how many a day, how many can i bill, how many lines, quantity, qty, "
    "limit per day, max per day, limit, how many ... per day, how many ... day, how many ... per date of service, "
    "how many can be billed, adjudication indicator, how many are allowed, how many ... allowed, units per, too many, "
    "per date, maximum of, billed more than, more than once, maximum allowed per, how many <px>, times <units>, "
    "in a day, in one day, daily cap, cap, caps, ceiling, daily ceiling"
)
_UNLIKELY = Cues("mue, mues, mai, medically unlikely, adjudication indicator")
_INDICATED = Cues("mai, adjudication indicator")
_OF_ADD_ONS = Cues("add on, add ons, primary procedures, primary codes")
_ADD_ON = Cues(
    "hang on, hangs on, needs a, needs an, requires a, requires an, if only, depends on, add on, add ons, "
    "primary code, primary codes, primary procedure, primary procedures, base code, parent procedure, stand alone, "
    "standalone, billed alone, bill alone, by itself, on its own, zzz, primary, primaries, base codes, companion code, "
    "alone, reported alone, report alone, without a primary, without its primary, without the primary, used alone, "
    "without <px>, as base, as primary, as the base, as the primary, added on, added on to, added to <px>, "
    "be added to, base, base ... code, base ... codes, parent code, parent codes, hang off, hangs off, hang from, "
    "hangs from, hang, hangs, ride on, rides on, piggyback*, tack on, tacked on, stand by itself, without another, "
    "must be billed with, has to be billed with, without any other, listed primary, qualify as primary, "
    "companion codes, tied to, add <px> to <px>"
)
_FEE = Cues(
    "rvu, rvus, wrvu, wrvus, relative value, relative values, fee, fees, fee schedule, mpfs, pfs, "
    "conversion factor, gpci, gpcis, allowed amount, allowable, payment amount, payment rate, payment for, "
    "reimburse, reimburses, reimbursed, reimbursement, rate, rates, dollar, dollars, price, how much, global, "
    "global days, global period, globals, post op period, postop days, postop period, post op days, "
    "status indicator, status code, pc/tc, pc tc, professional component, technical component, pctc, "
    "bilateral indicator, bilateral surgery, billed bilateral*, bill bilateral*, bilateral, bilaterally, "
    "multiple procedure, multiple procedures, multiple surgery, mppr, multiple procedure reduction, "
    "assistant at surgery, assistant surgeon, assistant, surgical assistant, co surgeon, co surgeons, cosurgeon, "
    "cosurgeons, cosurgery, co surgery, two surgeons, team surgery, practice expense, malpractice, work value, "
    "pe value, pays, paid at, medicare pay, medicare pays, payment, payments, supervision, physician supervision, "
    "non facility, nonfacility, facility, facility total, total rvu, amount, pe, mp, status, national amount, "
    "national rate, national payment, limiting charge, worth, mac price, carrier priced, status of, what status, "
    "pre op, intra op, intraoperative, pay for, do they pay, nationally, preop, postop, intraop, pre operative, "
    "post operative, national, assist at surgery, assistants, do we get, do i get, get paid, get for"
)
# Of two services these say where they are given.
_PLACES = Cues("facility, non facility, nonfacility, payment, pays, medicare pay")
_FEE_ALONE = Cues("conversion factor, gpci, gpcis, locality, localities, geographic practice cost")
_UNCODED_FEE = Cues(
    "rvu, rvus, wrvu, the fee, whats the fee, fee for, payment amount, reimburse, reimbursement, allowed amount, "
    "global days, how much does medicare pay, fee schedule amount, medicare allowable, payment rate"
)
# What else is asked of a service that is named with where it is given.
_OF_SOMETHING_ELSE = Cues(
    "what is, whats, what does, describe, description, lookup, look up, valid, active, billable, modifier, modifiers"
)
# Of two services these ask whether they are paid at all.
_BOTH_PAID = Cues("get paid, get paid for, reimburse, reimbursed")
_NO_FEE = Cues("paid separately, pay separately, separately payable, pay for both, paid for both, bilateral")
_MODIFIER = Cues(
    "modifier, modifiers, <mod>, modified, modifier for, anatomic modifier, anatomical modifier, ncci associated, "
    "associated modifier, associated modifiers"
)
_IN_GLOBAL = Cues("during global, during the global, in the global, in global, within the global, in a global")
_RULES_OF_MODIFIERS = Cues(
    "when do i use, when should i use, when can i use, when to use, policy manual, ncci manual, guidelines, guideline, "
    "rules for, what does the manual, when is it appropriate, when would i use, when do we use, when should we use, "
    "proper use, correct use, documentation, requirements, rules, rule, in order to use, appropriate to use, "
    "used inappropriately, misuse, manual, em with, em and, em same day, visit and, visit with"
)
_PLACE = Cues(
    "pos, place of service, places of service, <pos>, pos code, pos codes, place of service code, place code, "
    "place codes"
)
_CLAIM = Cues(
    "claim, scrub, check this claim, review this claim, clean claim, claim lines, lines, go through, will this pass, "
    "encounter form, superbill, linked to, pointing to, pointer, check these, dx pointer"
)
_COVERAGE = Cues(
    "lcd, lcds, ncd, ncds, coverage, covered, cover, covers, medical necessity, medically necessary, local coverage, "
    "national coverage, coverage article, coverage policy, support medical, necessity, supports, support, "
    "payable diagnosis, payable diagnoses, billing article, noncovered, non covered, covered diagnosis, "
    "covered diagnoses, justify, justifies, which diagnoses, what diagnoses, article, <document>"
)
_DOCUMENTS = Cues(
    "lcd, lcds, ncd, ncds, <document>, local coverage, coverage article, billing article, coverage policy, "
    "coverage for, coverage of, coverage determination, covered diagnosis, covered diagnoses, medical necessity"
)
_NO_COVERAGE = Cues(
    "supporting documentation, support staff, documentation support*, life support, what <px> covers, "
    "what does <px> cover, what <px> cover, does <dx> cover, what does <dx> cover"
)
_EXCLUDES = Cues("exclude, excludes, excludes1, excludes2, exclusive, together")
_LINES = Cues("units, line, lines, qty, quantity, <units>")
# The books of rules, of which not the edits of a service are asked.
_BOOKS = Cues("manual, policy, policies, chapter, guideline, guidelines")
_SPAN = re.compile(r"\b\d{5}\s*(?:-|\u2013|to|through|thru)\s*\d{5}\b")
_COMPARE = Cues(
    "difference, differences, differ, differs, different from, distinguish, compare, compared, vs, comparison, "
    "which is better, which one should, distinction, apart, side by side, similar to, same as, which of these, "
    "which of the two, distinguishes, contrast, differentiate, differentiates, against, mix ... up, mixing ... up, "
    "confuse, confused, confusing"
)
_SURE_COMPARE = Cues(
    "distinguish, distinguishes, contrast, differentiate, difference, differences, differ, differs, compare, compared, "
    "comparison, distinction"
)
_CHOICE = Cues("or, instead of, rather than, better, which one, which code, which")
_CHECKED = Cues("billable, valid, hcc, specific enough, header")
# Words that are told of a case beside its codes.
_A_CASE = 3
_A_FEW_WORDS = 2
_WHAT = Cues(
    "what is, whats, what are, what does, what do, describe, description, descriptions, define, meaning, mean, means, "
    "stand for, lookup, look up, definition, definitions, title, titles"
)
_BILL = Cues(
    "bill, billed, billing, report, reported, use, used, code, coded, charge, submit, submitted, claim, allowed, ok, "
    "okay, deny, denied, denies, denial, reject, rejected, pay, paid, payable"
)


def of_modifiers(message: Message) -> Topic | None:
    """Modifiers themselves, or which a single code takes."""
    if not _MODIFIER(message.words) and not message.modified:
        return None
    if len(message.services) > 1 or (message.services and _TOGETHER(message.words) and not message.modified):
        return None
    if _UNLIKELY(message.words) or (message.services and message.counted):
        return None
    if _RULES_OF_MODIFIERS(message.words) and not message.services:
        return Topic.GUIDELINE
    if message.services and not _MODIFIER(message.words) and names_payment_place(message.text):
        return None
    asked_of_fee = message.services and _FEE(_IN_GLOBAL.left_out(message.words)) and not _NO_FEE(message.words)
    return None if asked_of_fee or _COVERAGE(message.words) else Topic.MODIFIER


def of_place(message: Message) -> Topic | None:
    """Places of service, where it is not the fee there that is asked."""
    if not _PLACE(message.words) or (message.services and (_FEE(message.words) or len(message.services) > 1)):
        return None
    if message.services and (_UNITS(message.words) or _COVERAGE(message.words)):
        return None
    return Topic.PLACE_OF_SERVICE


def of_claim(message: Message) -> Topic | None:
    """Several services with diagnoses, or a claim that is to be checked."""
    services, diagnoses = len(message.services), len(message.diagnoses)
    if services and diagnoses and _COVERAGE(message.words) and not _CLAIM(message.words):
        return None
    if services > 1 and diagnoses:
        return None if services == 2 and _TOGETHER(message.words) and not _CLAIM(message.words) else Topic.CLAIM
    return Topic.CLAIM if services and diagnoses and _CLAIM(message.words) else None


def of_coverage(message: Message) -> Topic | None:
    """What Medicare covers."""
    if not _COVERAGE(message.words) or _NO_COVERAGE(message.words) or _OF_ADD_ONS(message.words):
        return None
    named = message.codes or _DOCUMENTS(message.words)
    return Topic.COVERAGE if named and len(message.services) < 3 else None


def of_add_on(message: Message) -> Topic | None:
    """Add-on codes; without a code, what the rules say of them."""
    if not _ADD_ON(message.words) or message.diagnoses:
        return None
    if not message.services:
        return Topic.GUIDELINE if Cues("add on, add ons")(message.words) else None
    return Topic.ADD_ON


def of_units(message: Message) -> Topic | None:
    """How many units are paid."""
    if len(message.services) > 1:
        return Topic.MUE if _UNLIKELY(message.words) or _asks_units_of_each(message) else None
    if message.services:
        return Topic.MUE if _UNITS(message.words) or message.counted else None
    if message.codes or not _UNLIKELY(message.words):
        return None
    return Topic.MUE if _INDICATED(message.words) else Topic.GUIDELINE


def _asks_units_of_each(message: Message) -> bool:
    """Whether of several services the units are asked, and not whether they go together."""
    words = message.words
    if _TOGETHER(words) or _COMPARE(words):
        return False
    return _UNITS(_LINES.left_out(words) if message.counted else words)


def of_fee(message: Message) -> Topic | None:
    """What Medicare pays, and the indicators of the fee schedule."""
    words = message.words
    if len(message.services) == 1 and not _FEE(words) and _is_of_a_place(message):
        return Topic.FEE
    if not message.services:
        return Topic.FEE if (_FEE_ALONE(words) or _UNCODED_FEE(words)) and not message.codes else None
    if not _FEE(words):
        return None
    if len(message.services) > 1 and (_TOGETHER(words) or not _FEE(_PLACES.left_out(_BOTH_PAID.left_out(words)))):
        return None
    return Topic.FEE


def _is_of_a_place(message: Message) -> bool:
    """Whether a service is named with where it is paid, and nothing else is asked of it."""
    named = bool(message.locality) or names_payment_place(message.text)
    other = _OF_SOMETHING_ELSE(message.words) and not Cues("paid, pay, pays")(message.words)
    return named and not message.diagnoses and not other and not _BOOKS(message.words)


def names_no_service(words: str) -> bool:
    """Tell whether a question of fees is one of no service: of the conversion factor, or of localities."""
    return _FEE_ALONE(words)


def of_comparison(message: Message) -> Topic | None:
    """What sets codes apart."""
    if len(message.codes) < 2 or not _COMPARE(message.words):
        return None
    if len(message.services) > 1 and not _SURE_COMPARE(message.words):
        claimed = message.dates or message.modified or _OF_A_CLAIM(message.words)
        if _TOGETHER(message.words) or (claimed and not _COMPARE(_SET_SIDE_BY_SIDE.left_out(message.words))):
            return None
    if message.diagnoses and _EXCLUDES(message.words) and not _SURE_COMPARE(message.words):
        return None
    return Topic.COMPARE


def of_choice(message: Message) -> Topic | None:
    """Which of some diagnoses is the one to use: what sets them apart, or for what is told of a patient the rule."""
    if len(message.diagnoses) < 2 or message.services or not _CHOICE(message.words) or _CHECKED(message.words):
        return None
    return Topic.GUIDELINE if telling(message.words) >= _A_CASE else Topic.COMPARE


def of_case(message: Message) -> Topic | None:
    """What the policy manual says of a service in a case that is told."""
    cpt = [code for code in message.services if code.systems[0] == CPT]
    if len(message.codes) != 1 or not cpt or _WHAT(message.words) or message.modified or message.counted:
        return None
    return Topic.GUIDELINE if tells_a_case(clinical_phrase(message)) else None


def of_pair_together(message: Message) -> Topic | None:
    """Whether services may be billed together, in so many words."""
    return Topic.PAIR if len(message.services) > 1 and _TOGETHER(message.words) else None


def of_pair(message: Message) -> Topic | None:
    """Whether services may be billed together, and the edits of one."""
    if len(message.services) > 1:
        if _SPAN.search(message.text) and telling(message.words) >= _A_FEW_WORDS:
            return Topic.GUIDELINE
        return None if _WHAT(message.words) and not _BILL(message.words) else Topic.PAIR
    asked = message.services and _PAIR_OF_ONE(message.words) and not _BOOKS(message.words)
    return Topic.PAIR if asked else None
