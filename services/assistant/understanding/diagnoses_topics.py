"""Rules that tell which question of codes is asked: hierarchy, notes, validity, history, crosswalks and the like."""

from services.assistant.question import Topic
from services.assistant.understanding.asking import yes_or_no
from services.assistant.understanding.codes import ICD9CM
from services.assistant.understanding.cues import Cues, words_of
from services.assistant.understanding.message import Message
from services.assistant.understanding.missing import telling
from services.assistant.understanding.phrases import clinical_phrase
from services.assistant.understanding.places import names_side
from services.assistant.understanding.vocabulary import words_of_medicine

_CROSSWALK = Cues(
    "gem, gems, crosswalk, crosswalks, crosswalked, icd 9, icd 9 cm, convert, converts, converted, maps to, map to, "
    "mapped to, mapping, mappings, icd 10 equivalent, backward map, forward map, translate, back to 9, to nine, "
    "to ten, into ten, translates, ccsr, ccs, icd9 to icd10, old icd, i9, map, maps, icd 9 equivalent, "
    "clinical classification*"
)
_NEW = Cues("icd 10, icd 10 cm, to 10, to ten")
# Into words, or what the message as a whole is to be turned into.
_TRANSLATED = Cues(
    "translate <dx> into english, translate <dx> to english, translate <dx> for me, translate <dx> into plain *, "
    "into english, to english, translate then, translate and, translate this, in plain english, translate <dx> please"
)
_CLASSIFICATIONS = Cues("gem, gems, crosswalk, icd 9, icd 9 cm, ccsr")
_HCC = Cues(
    "hcc, hccs, raf, risk adjust, risk adjusts, risk adjusted, risk adjustment, risk adjusting, v28, v24, rxhcc, "
    "risk score, cms hcc, hierarchical condition, payment hcc, v 28, v 24, risk adjustable, esrd v24, "
    "medicare advantage, coefficient, risk weight, hcc weight"
)
_HISTORY = Cues(
    "new code, new for, brand new, is ... new, new in, deleted, delete, replaced, replaces, replace, replacement, "
    "replacing, what happened to, whatever happened, history of the code, code history, revised, revision, "
    "when was ... added, when did ... come out, introduced, retired, went away, go away, gone, used to be, changed, "
    "changes, what changed, discontinued, added this year, addenda, conversion table, predecessor, successor, "
    "formerly, was called, new codes, deleted codes, since <date>, when was it created, when was ... created, "
    "came from, what did ... become, became, previous code, old code, updated, since when, how long has, use to be, "
    "before ... existed, split into, came in, come in, did we use before, used before, change the wording, "
    "wording change, changed the wording, when effective, when did ... become effective, what was it, what it was, "
    "before it, first appear, previously, whats new, what is new, dead now, it dead, dead code, <dx> dead, <px> dead, "
    "<dx> is dead, <px> is dead, still around, when did ... start, took the place of, takes the place of, change to, "
    "any change, any changes, fiscal year was, fiscal year did, which year was, what year was, which year did, "
    "what year did, go live, went live, take over, took over, takes over, turn into, turned into, took its place, "
    "takes its place, how was <dx> coded, how was ... coded in <date>, what was <dx> coded, coded to before, "
    "coded as before, coded before, what was <dx> before, what was <px> before, did ... replace, superseded, "
    "supersedes, renamed, split up, expanded into, former *, earlier code, prior code, prior codes, prior assignment, "
    "previous codes, previous assignment, previous *, old assignment, come from, comes from, derived from, precursor, "
    "preceded by, preceding code, predecessors, coded before, prior to <dx>, before <dx> existed, origin of, "
    "come into effect, came into effect, went into effect, go into effect, was <dx> split, split from, "
    "history of <dx>, history of <px>, supersede, precedes, preceded, precede, in which fiscal year, replaced ... by, "
    "lineage, added when, was added, get added, got added, been added, came along, created, older code, "
    "code before <dx>, title ... change, change in <date>, change on <date>, history <dx>, history <px>, <dx> history, "
    "<px> history, past assignment, past code, <dx> new, <px> new"
)
# What is listed before a code on the claim.
_LISTED_BEFORE = Cues("listed before it, coded before it, sequenced before it, reported before it, goes before it")
# What came before a code, where neither yes nor no is an answer.
_FORMER = Cues("before <date>, prior to <date>, until <date>")
_IS_VALID = Cues(
    "is <dx> valid, was <dx> valid, is <px> valid, was <px> valid, is <dx> still valid, is <px> still valid"
)
_OF_ALL = Cues(
    "new ... codes, deleted ... codes, new codes, whats new, what is new, deleted codes, codes ... deleted, "
    "codes ... new"
)
_VALID = Cues(
    "valid, active, effective, exist, exists, existed, expire, expired, expires, terminated, in effect, in force, "
    "still good, good on, good for, still around, current, inactive, invalid, termed, obsolete, already, live, "
    "still ok, still okay, still in use, still usable, termination date, term date, effective date, end date, "
    "usable, around, alive"
)
# Of two services these are said of something else.
_DENIAL = Cues("denial valid, denial ... valid, valid denial")
_WEAK = Cues(
    "denial valid, denial ... valid, valid denial, valid combo, valid combination, valid pair, already, live, around, "
    "current, usable, exist, exists, existed, good for"
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
    "good to bill, specificity, code that out, be used, drop that, go out, <dx> specific, claim form, the claim form, "
    "put on a claim, put on the, i can put on, put on my, on a ub, <dx> complete, is complete, accept, accepts, "
    "accepted, go through, too short, kicked out, kicked back, bounced, rejected, long enough, all the characters, "
    "all the digits, missing a character, good enough, enough for, is that enough, complete pcs, complete icd, "
    "enough character, enough digit, final, code complete, additional character, additional digits, "
    "further character, further digits, be more specific, "
    "missing characters, missing a digit, missing something, cms 1500, a 1500, finished code, full length, "
    "right format, correct format, rejects, reject, a code i can *, a code we can *, code be sent, be sent at all, "
    "another character, another digit, am i done, three character, 3 character, four character, 4 character, "
    "exactly as, just as it is, at that level, at this level, drop <dx> *, <dx> on the claim, take <dx>, "
    "take that code, take this code, take the code"
)
# Whether it is one to be sent at all, wherever on the claim it stood.
_SENT = Cues("a code i can *, a code we can *, code be sent, code be submitted, code be billed, be sent at all")
_BELOW_IT = Cues("codes under, codes below, codes within, codes in category, codes beneath")
_SURELY_BILLABLE = Cues(
    "billable, valid, invalid, specific enough, header, reportable, digits, characters, claim form, <dx> complete, "
    "accept, accepts, cms 1500, rejects, reject, good enough, enough for, is that enough, finished code, right format, "
    "good enough, enough for, is that enough, too short, kicked out, kicked back, long enough, on a ub, "
    "another character, another digit, am i done, three character, 3 character, four character, 4 character, "
    "exactly as, at that level, at this level, take that code, take this code, take the code"
)
# A case is told, and the rule for it is asked.
_IN_A_CASE = Cues("if, when, because, after, during, even though, but, and then, do i use, do i add, also")
_A_CASE = 3
_A_FEW_WORDS = 2
_SEVENTH = Cues(
    "seventh character, seventh, 7 character, seventh char*, extension, placeholder, initial encounter, "
    "subsequent encounter, sequela encounter, seventh digit, encounter character, a or d, a d or s, a vs d, d or s, "
    "episode of care, active treatment, routine healing, which encounter, subsequent visit, initial visit, "
    "first visit, last character, final character, last digit, letter, stage digit, stage digits, last letter, "
    "ending letter, a d s, stage character, stage characters, character options, which character, what character, "
    "character for, last characters, sequela version, sequela code for, subsequent version, initial version, "
    "letters, what letter, which letter, character do, characters can, characters does, characters exist"
)
# The code is to differ in something else.
_SAME_CHARACTER = Cues(
    "same seventh, same seventh *, same character, same extension, same last *, same encounter character"
)
# Names of diseases, none of which says what is coded first.
_PRIMARY_DISEASE = Cues(
    "primary open *, primary angle *, primary malignan*, primary hypertension, primary osteoarthritis, "
    "primary biliary, primary progressive, primary sclerosing, primary cancer, primary neoplasm, primary tumor, "
    "primary insomnia, primary gout, primary care, primary hyper*, primary hypo*, primary generalized, "
    "primary localized, primary thrombo*"
)
_NOTES = Cues(
    "excludes, excludes1, excludes2, excludes 1, excludes 2, exclude, excluded, exclusion, exclusions, includes, "
    "include, included, inclusion, inclusion terms, includes note, tabular notes, notes for, notes of, notes on, "
    "notes under, note under, note at, a note, any note, any notes, note that, what notes, code first, coded first, "
    "does <dx> cover, what does <dx> cover, code also, use additional, additional code, additional codes, "
    "instructional, manifestation, etiology, underlying condition first, instruction, instructions, sequence first, "
    "secondary code, secondary codes, listed under, second code, another code with, tabular list, per the tabular, "
    "tabular tell, tabular say*, what else ... code, what else gets, what else must, what else should, what else do, "
    "what else needs, what else has to, what else goes, anything else to, anything else with, anything else i, "
    "else to code, else to add, any other code, any other codes, other code ... add, code something first, "
    "coded with it, additional diagnosis code, <dx> need <dx>, <dx> needs <dx>, <dx> require <dx>, <dx> requires <dx>, "
    "in addition to <dx>, accompany, accompanies, another code, other code needed, other codes needed, a second code, "
    "second diagnosis, must be coded with, be coded with <dx>, be reported with <dx>, be coded along with, <dx> notes, "
    "<dx> note, notes, extra code, extra codes, "
    "what other code, what other codes, add something, add anything, anything to add, something to add, "
    "instruct, instructs, anything about, add an ... code, add a ... code, organism code, "
    "additional ... code, tabular want*, tabular ask*, tabular require*, something ... first, "
    "anything ... first"
)
_OF_NOTES = Cues("note, notes, code also, use additional, <dx> need <dx>, <dx> needs <dx>, <dx> require <dx>")
# Where in the book a code stands.
_PLACE_IN_BOOK = Cues("block of the tabular list, chapter of the tabular list, section of the tabular list")
_EXCLUDES = Cues("excludes, excludes1, excludes2, excludes 1, excludes 2, exclude, excluded, exclusion*")
_ORDER = Cues(
    "sequence, sequenced, sequencing, goes first, go first, comes first, come first, coded first, listed first, order, "
    "is first, be first, before <dx>, ahead of, goes before, go before, code first, first diagnosis, primary, "
    "sequenced before, coded before, listed before, reported before, "
    "which first, first or second, has to be first, or <dx> first, and <dx> first"
)
_RULE = Cues(
    "guideline, guidelines, rule, rules, official, policy manual, chapter specific, per the guidelines, principal, "
    "first listed, coding clinic, when do i, when should i, principal diagnosis, documentation, when can i, "
    "when do we, when is, when should, when can, when may, when would, at what point, who gets, manual, policy, "
    "policies, guidance, under what circumstances, under which circumstances, under what conditions, "
    "under which conditions, when do you, when would, what circumstances"
)
# What a record says, no rule of how to write one.
_RECORDED = Cues(
    "documentation gives, documentation says, documentation states, documentation shows, documentation names, "
    "documentation specifies, documentation is *, documentation reads"
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
# Of two diagnoses a question of yes or no asks whether they go together.
_POSSIBLE = Cues(
    "ok, okay, allowed, possible, permitted, legal, problem, problems, fight, fights, get along, yes or no, y n, "
    "acceptable, fine, wrong, coexist, rule out, rules out, trouble, issue, issues"
)
_NOT_TOGETHER = Cues(
    "which, or <dx>, better, instead, rather, hcc, hccs, seventh, character, characters, unspecified, "
    "left, right, laterality, parent, chapter, includes, include"
)
_EACH = Cues(
    "both billable, both valid, each billable, all billable, both specific *, each specific *, both complete, "
    "each complete, both reportable"
)
_TRULY_TOGETHER = Cues(
    "together, same claim, same time, same encounter, same visit, same day, both, with each other, coexist, "
    "simultaneously, alongside, along with, mutually exclusive, conflict, conflicts, combine, excludes1, excludes, "
    "exclude, with <dx>, next to, secondary to <dx>, compatible, clash, at once, go with, goes with, report with, "
    "pair, one claim, a single claim, <dx> block <dx>, <dx> blocks <dx>, prevent*, preclude*"
)
_BESIDE = Cues("with, plus, next to, alongside, in the presence of, on top of")
_CODED = Cues(
    "bill, billed, code, coded, report, reported, use, used, allowed, ok, okay, can, add, list, assign, have, submit, "
    "put, fine, legal"
)
_JUDGED = Cues(
    "ok, okay, y n, yes or no, fine, legit, correct, acceptable, allowed, enough, good, is right, true, final, exists, "
    "exist"
)
# What somebody says is right, no side and nothing of medicine.
_SAID_RIGHT = Cues("is she right, is he right, are they right, am i right, is that right, is this right, is it right")
_IS_THERE = Cues("is there, are there, what would")
# Who and what has to do with a claim.
_OF_CLAIMS = Cues(
    "doctor, doctors, doc, docs, provider, providers, physician, coder, coders, biller, billers, auditor, my, our, "
    "form, forms, encounter form, superbill, encounter, alone, by itself, itself, uses, using, keep, keeps, always, "
    "final, swears, insists, claims, thinks, believes, says so, told me, true, go, going, to go, out, pass, passes, "
    "as it stands, stands, possible, really, patient, patients, patients chart, chart, record, office, clinic, "
    "hospital, screen, system, software, payer, insurance, scrubber, accept*, wants, want, wrote, picked, chose, "
    "entered, came back, came, back, returned, because of, complete, claim, must, field, box, ub 04, ub04, edit, "
    "permitted, permissible, proper, another, required, nothing else, only, only one, single, sole, just, whole, "
    "entire, list, listed, code set, book, safe, safely"
)
_MET = Cues(
    "conditions ... met, condition ... met, what conditions must, which conditions must, conditions for, "
    "conditions to use, conditions apply, criteria for, criteria, requirements for, requirements of, requirements"
)
_CONDITION = Cues("what condition, which condition, what disease, what diagnosis is, what injury, what kind of")
# How the code of a case that is told is asked about.
_FOR_IT = Cues(
    "ok, okay, also, still, allowed, too, as well, right, do we use, do i use, should we use, code <dx>, add <dx>, "
    "use <dx>, assign <dx>, <dx> first, or <dx>, use of <dx>, do i add, do we add, do i code, do we code"
)
_IS = Cues(
    "what <dx> is, what <px> is, what <pcs> is, what is <dx>, which procedure is, what it is, <dx> is what, "
    "is the code for what, code for what, <dx> for what"
)
_WHAT = Cues("what is, whats, what are, what does, meaning, mean, means, describe, description, define")
_TITLES = Cues(
    "explanation of, describes, stand for, stands for, stood for, title, titles, official title, official name, "
    "official description, official meaning, official wording, official descriptor, descriptor, represent, represents, "
    "represented by, denote, denotes, signify, signifies, refer to, refers to, wording of, name of, named, called, "
    "definition"
)


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
    return Topic.HCC if _HCC(message.words) else None


def of_history(message: Message) -> Topic | None:
    """What happened to a code, or which are new and gone."""
    if _asks_what_was_before(message):
        return Topic.HISTORY
    if not (_HISTORY(_LISTED_BEFORE.left_out(message.words)) or _OF_ALL(message.words)) or (
        len(message.diagnoses) == 2 and _TRULY_TOGETHER(message.words)
    ):
        return None
    named = (message.codes and not (message.dates and _IS_VALID(message.words))) or _OF_ALL(message.words)
    return Topic.HISTORY if named else None


def _asks_what_was_before(message: Message) -> bool:
    open_one = yes_or_no(message.clauses) is False
    return bool(message.codes) and open_one and _FORMER(message.words) and not _VALID(message.words)


def of_diagnoses_together(message: Message) -> Topic | None:
    """Whether diagnoses may be reported together."""
    if len(message.diagnoses) < 2 or message.services:
        return None
    words = Cues("rule out, rules out").left_out(message.words)
    sequenced = _orders(words) and not _asks_together(message)
    if sequenced or (_RULE(words) and not _EXCLUDES(words)):
        return None
    if _EACH(words) and "together" not in words:
        return None
    if _TRULY_TOGETHER(words) or (len(message.codes) == 2 and _BESIDE(words) and not _WHAT(words)):
        return Topic.DIAGNOSES_TOGETHER
    told = _BILLABLE(words) and not Cues("can i *, can we *")(words)
    if told or _VALID(words) or _BELOW(words) or _WHAT(words) or _OF_NOTES(words):
        return None
    return Topic.DIAGNOSES_TOGETHER if _TOGETHER(words) and _CODED(words) else None


def of_two_diagnoses(message: Message) -> Topic | None:
    """Two diagnoses of which yes or no is asked, and nothing that either could be by itself."""
    if len(message.diagnoses) != 2 or len(message.codes) != 2 or _WHAT(message.words) or _RULE(_no_rule(message)):
        return None
    asked = yes_or_no(message.clauses) or _POSSIBLE(message.words)
    return Topic.DIAGNOSES_TOGETHER if asked and not _NOT_TOGETHER(message.words) else None


def _no_rule(message: Message) -> str:
    return Cues("rule out, rules out").left_out(message.words)


def of_order(message: Message) -> Topic | None:
    """What comes before a diagnosis: its notes say it, or the guidelines."""
    if not message.diagnoses or message.services or not _orders(message.words) or _asks_together(message):
        return None
    if _SENT(message.words):
        return None
    return Topic.GUIDELINE if _RULE(message.words) else Topic.NOTES


def _asks_together(message: Message) -> bool:
    together = Cues("coded together, billed together, reported together, be together, go together, together")
    return len(message.diagnoses) == 2 and together(message.words) and yes_or_no(message.clauses) is True


def _orders(words: str) -> bool:
    return _ORDER(_PRIMARY_DISEASE.left_out(words))


def of_seventh_character(message: Message) -> Topic | None:
    """The seventh character."""
    if not _SEVENTH(_SAME_CHARACTER.left_out(message.words)):
        return None
    if message.diagnoses:
        return Topic.SEVENTH_CHARACTER
    return Topic.GUIDELINE if Cues("seventh, seventh *, 7 character")(message.words) and not message.codes else None


def of_notes(message: Message) -> Topic | None:
    """The instructional notes of a code."""
    if not message.codes or not _NOTES(_PLACE_IN_BOOK.left_out(message.words)) or message.services:
        return None
    return None if _RULE(message.words) and not _EXCLUDES(message.words) else Topic.NOTES


def of_laterality(message: Message) -> Topic | None:
    """The side of a code."""
    if not message.diagnoses or not names_side(message.words) or message.services:
        return None
    return None if _SURELY_BILLABLE(message.words) else Topic.LATERALITY


def of_rules(message: Message) -> Topic | None:
    """What the books of rules say of a code."""
    if not message.codes:
        return None
    words = _RECORDED.left_out(_TITLES.left_out(_no_rule(message)))
    return Topic.GUIDELINE if _RULE(words) or _MET(message.words) else None


def of_hierarchy(message: Message) -> Topic | None:
    """What is above, below and beside a code."""
    if not message.codes or not _BELOW(message.words) or len(message.services) > 1:
        return None
    return None if Cues("category code, more specific code needed, specific enough")(message.words) else Topic.HIERARCHY


def of_validity(message: Message) -> Topic | None:
    """Whether a code is valid on a date of service."""
    if not message.codes:
        return None
    words = _WEAK.left_out(message.words) if len(message.services) > 1 else _DENIAL.left_out(message.words)
    used = _USED(words) and len(message.codes) == 1
    if message.dates and (_VALID(words) or used) and not Cues("billable, specific enough")(words):
        return Topic.VALIDITY
    if _VALID(words) and (_STILL(words) or message.services):
        return Topic.VALIDITY
    return None


def of_billability(message: Message) -> Topic | None:
    """Whether a code is valid for submission."""
    if not message.codes or not _BILLABLE(_DENIAL.left_out(message.words)) or _BELOW_IT(message.words):
        return None
    if message.services and not _SURELY_BILLABLE(_DENIAL.left_out(message.words)):
        told = len(clinical_phrase(message).split()) >= _A_FEW_WORDS
        return None if told or len(message.services) > 1 else Topic.BILLABLE
    if not _SURELY_BILLABLE(message.words) and message.diagnoses and _tells_a_case(message):
        return Topic.GUIDELINE
    return Topic.BILLABLE


def of_case(message: Message) -> Topic | None:
    """What the guidelines say of a diagnosis in a case that is told."""
    if len(message.diagnoses) != 1 or len(message.codes) != 1 or _WHAT(message.words) or _CONDITION(message.words):
        return None
    phrase = clinical_phrase(message)
    doubted = message.words.endswith("<dx>") and message.text.endswith("?") and len(phrase.split()) > _A_CASE
    asked = yes_or_no(message.clauses) or _FOR_IT(message.words) or doubted
    return Topic.GUIDELINE if asked and tells_a_case(phrase) and not message.dates else None


def without_opinions(words: str) -> str:
    """Return words without the question whether somebody is right, which names no side."""
    return _SAID_RIGHT.left_out(words)


def tells_a_case(phrase: str) -> bool:
    """Tell whether a phrase tells something of a patient or a service, and not only of the claim and who makes it."""
    words = without_opinions(words_of(phrase))
    if len(words.split()) < _A_FEW_WORDS:
        return False
    return words_of_medicine(_OF_CLAIMS.left_out(words)) > 0 or telling(_OF_CLAIMS.left_out(words)) >= _A_FEW_WORDS


def of_one_code(message: Message) -> Topic | None:
    """A code of which yes or no is asked, and nothing else is said: whether it can be reported."""
    if len(message.codes) != 1 or message.modified or message.counted or message.locality or message.place:
        return None
    if not yes_or_no(message.clauses) and not _JUDGED(message.words):
        return None
    rest = _OF_CLAIMS.left_out(_JUDGED.left_out(without_opinions(message.words)))
    if words_of_medicine(rest) or telling(rest) > 1 or _IS_THERE(rest):
        return None
    if message.words.endswith(" is for"):
        return Topic.CODE
    return Topic.VALIDITY if message.dates else Topic.BILLABLE


def of_meaning(message: Message) -> Topic | None:
    """What a code is."""
    asked = _WHAT(message.words) or _IS(message.words) or _CONDITION(message.words) or _TITLES(message.words)
    return Topic.CODE if message.codes and asked else None


def _tells_a_case(message: Message) -> bool:
    phrase = clinical_phrase(message)
    told = len(phrase.split()) >= _A_CASE and tells_a_case(phrase)
    return _IN_A_CASE(message.words) and (told or words_of_medicine(_OF_CLAIMS.left_out(words_of(phrase))) > 0)
