"""Rules that tell which question of services is asked: edits, units, add-on codes, fees, modifiers, places, claims."""

import re

from services.assistant.question import Topic
from services.assistant.understanding.cases import tells_a_case
from services.assistant.understanding.codes import ABSENT, CPT
from services.assistant.understanding.cues import Cues
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
    "same operative session, co bill, ccmi, indicator, component of, components of"
)
# Of two services these are asked of an edit, and set nothing apart, where a claim is told of.
_SET_SIDE_BY_SIDE = Cues(
    "vs, against, side by side, which of the two, which of these, the same, which is better, apart"
)
_OF_A_CLAIM = Cues(
    "scrubber, clearinghouse, biller, denied, denial, denials, deny, denies, reject*, flag*, kicked, bounced, legit, "
    "pass, passes, ncci, edit, edits, allowed, ok, okay, conflict*, payable, paid, check, run"
)
_PAIR_OF_ONE = Cues("bundl*, unbundl*, ncci, cci, edit, edits, ptp, column 1, column 2")
_UNITS = Cues(
    "maximum <px>, maximum for <px>, most <px>, mue, mues, mai, medically unlikely, units, uos, <units>, "
    "how many times, unit max, unit maximum, daily maximum, maximum per day, maximum a day, how many per day, "
    "how many a day, how many can i bill, how many lines, quantity, qty, max per day, limit, how many ... per day, "
    "how many ... day, how many can be billed, adjudication indicator, how many are allowed, what number of, "
    "number of <px>, times a day, how many ... allowed, too many, per date, maximum of, billed more than, "
    "more than once, maximum allowed per, how many <px>, in a day, in one day, cap, caps, ceiling, limited, by line, "
    "per line, by date of service, by the line, second unit, 2nd unit, third unit, 3rd unit, extra unit, how often"
)
_UNLIKELY = Cues("mue, mues, mai, unlikely, adjudication indicator")
# What units are worth.
_VALUES = Cues("rvu, rvus, wrvu, wrvus")
_INDICATED = Cues("mai, adjudication indicator")
_OF_ADD_ONS = Cues("add on, add ons, primary procedures, primary codes")
_ADD_ON = Cues(
    "needs an em, requires an em, needs an office visit, requires another, needs another, follow another, "
    "follows another, added onto, tacked onto, solo, unaccompanied, codes can carry, codes carry, codes may carry, "
    "if only, depends on, add on, add ons, standalone, by itself, on its own, zzz, primary, primaries, companion code, "
    "alone, without <px>, added on, added to <px>, be added to, base, hang, hangs, ride on, rides on, piggyback*, "
    "tack on, tacked on, without another, must be billed with, has to be billed with, without any other, "
    "companion codes, tied to, add <px> to <px>, parent, parents, orphan, underneath, prerequisite, prerequisites"
)
# The sign of an add-on code: "+99292".
_PLUS = re.compile(r"(?:^|(?<=[\s(]))\+\d{5}\b")
# What a single service needs beside it, or is found beside.
_NEEDS_ANOTHER = re.compile(
    r"<px> (?:\w+ ){0,2}?(?:needs?|requires?|goes|go|pairs?|rides?|belongs?|attach(?:es)?|accompan(?:y|ies)) "
    r"(?:\w+ ){0,2}?(?:what|which|with|to|on|along|beside|another|something)\b"
    r"|\b(?:with|to|of|on) (?:which|what) (?:\w+ ){0,4}?<px>"
    r"|\b(?:what|which) (?:codes? |services? |procedures? )?(?:\w+ ){0,3}?<px> (?:\w+ ){0,2}?"
    r"(?:needs?|requires?|(?:go|goes|be|billed|reported|added|used) (?:\w+ )?(?:with|to|on|along|beside))$"
    r"|\b(?:if|when|and|but) <px> (?:isnt|is not|is missing|wasnt|was not)\b"
    r"|\bwithout (?:an?|any|its|the|some)? ?(?:\w+ ){0,3}?(?:codes?|procedure|primary|base|parent|companion)\b"
    r"|(?:with|w) no <px>|(?:and|but) no <px>|without <px>"
)
# What a denial says of an edit: no primary code is asked for.
_INCIDENTAL = Cues(
    "each stand alone, <mod> alone, endoscopic base, endoscopy base, base endoscopy, endoscopic family, "
    "incidental to primary, incidental to the primary, included in the primary, primary payer, primary insurance"
)
_FEE = Cues(
    "rvu, rvus, wrvu, wrvus, relative value, relative values, fee, fees, mpfs, pfs, conversion factor, gpci, gpcis, "
    "allowable, reimburse, reimburses, reimbursed, reimbursement, rate, rates, dollar, dollars, price, how much, "
    "global, globals, post op period, post op days, pc/tc, pc tc, professional component, technical component, pctc, "
    "billed bilateral*, bill bilateral*, bilateral, bilaterally, medicare ... paid, medicare ... pay, 150 percent, "
    "150 rule, multiple procedure, multiple procedures, multiple surgery, mppr, assistant, co surgeon, co surgeons, "
    "cosurgeon, cosurgeons, cosurgery, co surgery, two surgeons, team surgery, practice expense, malpractice, "
    "work value, pays, paid at, medicare pay, payment, payments, supervision, nonfacility, facility, amount, pe, mp, "
    "status, limiting charge, worth, carrier priced, post op split, post op portion, post op percentage, "
    "post op percent, post op care, split of <px>, pre op, intra op, intraoperative, pay for, do they pay, nationally, "
    "preop, postop, intraop, pre operative, post operative, national, assist at surgery, assistants, do we get, "
    "do i get, get paid, get for, technical piece, technical portion, technical side, professional portion, "
    "professional piece, professional side, paid more, which indicator, what indicator, how many days after, "
    "days after <px>, follow up days, whats <px> pay, what is <px> pay, what does <px> pay, what would <px> pay"
)
# "90 or 10 days".
_GLOBAL_DAYS = re.compile(
    r"\b(?:0|00|000|zero|10|010|ten|90|090|ninety)(?: or (?:0|00|000|zero|10|010|ten|90|090|ninety))? ?days?\b"
)
# Of two services these say where they are given.
_PLACES = Cues("facility, non facility, nonfacility, payment, pays, medicare pay")
_FEE_ALONE = Cues("conversion factor, gpci, gpcis, locality, localities, geographic practice cost")
_UNCODED_FEE = Cues(
    "rvu, rvus, wrvu, the fee, fee for, payment amount, reimburse, reimbursement, allowed amount, global days, "
    "how much does medicare pay, fee schedule amount, medicare allowable, payment rate"
)
# What else is asked of a service that is named with where it is given.
_OF_SOMETHING_ELSE = Cues(
    "what is, whats, what does, describe, description, lookup, look up, valid, active, billable, modifier, modifiers"
)
# Of two services these ask whether they are paid at all.
_BOTH_PAID = Cues("get paid, get paid for, reimburse, reimbursed")
_NO_FEE = Cues("paid separately, pay separately, separately payable, pay for both, paid for both, bilateral")
_MODIFIER = Cues("modifier, modifiers, <mod>, modified, ncci associated")
_IN_GLOBAL = Cues("during global, during the global, in the global, in global, within the global, in a global")
_RULES_OF_MODIFIERS = Cues(
    "when do i use, when should i use, when can i use, when to use, guidelines, guideline, when is it appropriate, "
    "when would i use, when do we use, when should we use, proper use, correct use, documentation, requirements, "
    "rules, rule, in order to use, appropriate to use, used inappropriately, misuse, manual, em with, em and, "
    "em same day, visit and, visit with"
)
_PLACE = Cues("pos, place of service, places of service, <pos>, place code, place codes")
_CLAIM = Cues(
    "claim, scrub, lines, go through, will this pass, encounter form, superbill, linked to, pointing to, pointer, "
    "check these"
)
_COVERAGE = Cues(
    "lcd, lcds, ncd, ncds, coverage, covered, cover, covers, medically necessary, necessity, supports, support, "
    "payable diagnosis, payable diagnoses, noncovered, justify, justifies, which diagnoses, what diagnoses, article, "
    "<document>"
)
# Of a diagnosis alone these are said of the record.
_PAID_BY_MEDICARE = Cues("medicare pay for, medicare pays for, medicare reimburse *, medicare reimburses *")
_SUPPORTED = Cues("support, supports, justify, justifies, necessity, covers, cover")
_DOCUMENTS = Cues(
    "lcd, lcds, ncd, ncds, <document>, local coverage, coverage article, billing article, coverage policy, "
    "coverage for, coverage of, coverage determination, covered diagnosis, covered diagnoses, medical necessity, "
    "medicare cover, medicare covers, covered by medicare, medicare coverage"
)
_NO_COVERAGE = Cues(
    "supporting documentation, support staff, documentation support*, life support, what <px> covers, "
    "what does <px> cover, what <px> cover, does <dx> cover"
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
    "confuse, confused, confusing, distinctions, the same thing, other than, torn between, decide between, "
    "choose between, unlike, opposed to, different than, separates, <dx> over <dx>, <px> over <px>, <pcs> over <pcs>, "
    "choosing between, deciding between, the same code, one and the same, interchangeable, interchangeably, "
    "which fits, alike, is which, how are ... different, how is ... different, what makes ... different, use each, "
    "when each, each when"
)
_OUT_TOGETHER = Cues(
    "go out side by side, go side by side, reported side by side, billed side by side, coded side by side, "
    "listed side by side, sit side by side, appear side by side"
)
# One occasion for both, and not one code.
_ONE_OCCASION = Cues(
    "one and the same encounter, one and the same visit, one and the same claim, one and the same stay, "
    "one and the same admission, one and the same day, one and the same date, one and the same session"
)
_SURE_COMPARE = Cues(
    "separates, sets apart, set apart, not the same, arent the same, isnt the same, distinguish, distinguishes, "
    "contrast, differentiate, difference, differences, differ, differs, compare, compared, comparison, distinction, "
    "distinctions, the same thing, torn between, interchangeable, interchangeably, which fits, alike"
)
_CHOICE = Cues(
    "or, instead of, rather than, better, which, more right, more correct, more appropriate, more accurate, more likely"
)
_CHECKED = Cues("billable, valid, hcc, specific enough, header")
_A_FEW_WORDS = 2
_WHAT = Cues(
    "what is, whats, what are, what does, what do, describe, description, descriptions, define, meaning, mean, means, "
    "stand for, lookup, look up, definition, definitions, title, titles, descriptor, descriptors"
)
_BILL = Cues(
    "bill, billed, billing, report, reported, use, used, code, coded, charge, submit, submitted, claim, allowed, ok, "
    "okay, deny, denied, denies, denial, reject, rejected, pay, paid, payable"
)
_ADD_ON_ITSELF = Cues("add on, add ons")
_PAID = Cues("paid, pay, pays")


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
    if not message.codes and _PAID_BY_MEDICARE(message.words):
        return Topic.COVERAGE
    if (
        not _COVERAGE(message.words)
        or (message.services and _PLUS.search(message.text))
        or _NO_COVERAGE(message.words)
        or _OF_ADD_ONS(message.words)
    ):
        return None
    if message.diagnoses and not message.services and not _COVERAGE(_SUPPORTED.left_out(message.words)):
        return None
    named = message.codes or _DOCUMENTS(message.words)
    return Topic.COVERAGE if named and len(message.services) < 3 else None


def of_add_on(message: Message) -> Topic | None:
    """Add-on codes; without a code, what the rules say of them."""
    if message.diagnoses or not (_ADD_ON(_INCIDENTAL.left_out(message.words)) or _lacks_a_primary(message)):
        return None
    if not message.services:
        return Topic.GUIDELINE if _ADD_ON_ITSELF(message.words) else None
    return Topic.ADD_ON


def _lacks_a_primary(message: Message) -> bool:
    """Whether it is asked what a service needs beside it, or whether it goes without another one."""
    present = len(message.services) - len(ABSENT.findall(message.text))
    marked = present in (1, 2) and _PLUS.search(message.text) is not None and not _FEE(message.words)
    return marked or (present == 1 and _NEEDS_ANOTHER.search(message.words) is not None)


def of_units(message: Message) -> Topic | None:
    """How many units are paid."""
    if len(message.services) > 1:
        return Topic.MUE if _UNLIKELY(message.words) or _asks_units_of_each(message) else None
    if message.services:
        counted = message.counted and not _VALUES(message.words)
        return Topic.MUE if _UNITS(message.words) or counted else None
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
    if not _FEE(words) and not _GLOBAL_DAYS.search(words):
        return None
    if len(message.services) > 1 and (_TOGETHER(words) or not _FEE(_PLACES.left_out(_BOTH_PAID.left_out(words)))):
        return None
    return Topic.FEE


def _is_of_a_place(message: Message) -> bool:
    """Whether a service is named with where it is paid, and nothing else is asked of it."""
    named = bool(message.locality) or names_payment_place(message.text)
    other = _OF_SOMETHING_ELSE(message.words) and not _PAID(message.words)
    return named and not message.diagnoses and not other and not _BOOKS(message.words)


def names_no_service(words: str) -> bool:
    """Tell whether a question of fees is one of no service: of the conversion factor, or of localities."""
    return _FEE_ALONE(words)


def of_comparison(message: Message) -> Topic | None:
    """What sets codes apart."""
    if len(message.codes) < 2 or not _COMPARE(_ONE_OCCASION.left_out(message.words)):
        return None
    if len(message.services) > 1 and not _SURE_COMPARE(message.words):
        claimed = message.dates or message.modified or _OF_A_CLAIM(message.words)
        if _TOGETHER(message.words) or (claimed and not _COMPARE(_SET_SIDE_BY_SIDE.left_out(message.words))):
            return None
    if message.diagnoses and not _SURE_COMPARE(message.words):
        together = _EXCLUDES(message.words) or _OUT_TOGETHER(message.words)
        if together:
            return None
    return Topic.COMPARE


def of_choice(message: Message) -> Topic | None:
    """Which of some diagnoses is the one to use: what sets them apart."""
    if len(message.diagnoses) < 2 or message.services or not _CHOICE(message.words) or _CHECKED(message.words):
        return None
    return Topic.COMPARE


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
        named = _WHAT(message.words) and not _BILL(message.words) and not message.modified
        return None if named else Topic.PAIR
    asked = message.services and _PAIR_OF_ONE(message.words) and not _BOOKS(message.words)
    return Topic.PAIR if asked else None
