"""Rules that tell what is asked of diagnoses: together, in which order, their notes, sides and characters."""

import re

from services.assistant.question import Topic
from services.assistant.understanding.asking import yes_or_no
from services.assistant.understanding.cases import tells_a_case
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
from services.assistant.understanding.cues import Cues
from services.assistant.understanding.message import Message
from services.assistant.understanding.phrases import clinical_phrase
from services.assistant.understanding.places import names_side

_IS_HEADER = Cues(
    "or a category, billable, a header, is it a category, is a category, just a category, specific enough, leaf"
)
# Whether it is one to be sent at all, wherever on the claim it stood.
_SENT = Cues("a code i can *, a code we can *, code be sent, code be submitted, code be billed, be sent at all")
_A_CASE = 3
_A_FEW_WORDS = 2
_SEVENTH = Cues(
    "encounter letter, letter need*, seventh, extension, placeholder, initial encounter, subsequent encounter, "
    "sequela encounter, encounter character, a or d, a vs d, d or s, episode of care, active treatment, "
    "routine healing, which encounter, subsequent visit, initial visit, first visit, last character, final character, "
    "last digit, letter at the end, letter on the end, stage digit, stage digits, last letter, a d s, stage character, "
    "stage characters, character options, which character, what character, character for, last characters, "
    "sequela version, sequela code for, subsequent version, initial version, ending, endings, xs, filler, fillers, "
    "final letter, placeholders, fetus number, fetus digit, letters, every letter, each letter, what letter, "
    "which letter, character do, characters can, characters does, characters exist, 7 character*"
)
# The code is to differ in something else.
_SAME_CHARACTER = Cues(
    "same seventh, same seventh *, same character, same extension, same last *, same encounter character"
)
# A character that says the side.
_OF_SIDE = Cues(
    "character ... side, character ... laterality, digit ... side, digit ... laterality, character ... left or right, "
    "character ... right or left, digit ... left or right, digit ... right or left"
)
# How long codes are: a level of the hierarchy.
_LENGTHS = Cues(
    "3 character *, 4 character *, 5 character *, 6 character *, three character *, four character *, "
    "five character *, six character *, 4th character *, 5th character *, 6th character *, fourth character *, "
    "fifth character *, sixth character *, more character, more characters, another character, enough character, "
    "enough characters, additional character, additional characters, without the last *, without its last *, "
    "without a seventh *, without the seventh *, without a last *, minus the last *"
)
# Letters that say which encounter it is, as they are spoken of: "does it take A or what", "G or K", "the P in".
_LETTERS = re.compile(
    r"(?<![\w.-])(?:[A-HJ-NP-SX]\"? (?:or|vs\.?|versus|/|and|nor) (?:an? )?\"?[A-HJ-NP-SX](?![\w'.])"
    r"|(?:[Tt]he|an|a|letter|[Ii]s|be|takes?|appends?|append(?:ed|ing)|uses?|puts?|adds?|gets?|"
    r"becomes?) \"?[B-HJ-NP-SX]\"?(?![\w'.-])"
    r"|[Ff]ill(?:ed)? (?:it |this )?(?:out |up |in )?with (?:an )?\"?X|\bthe A(?= (?:go|goes|belongs?|means?|"
    r"stands?|at|in|on)\b)"
    r"|\b[Ll]ast \"?[0-9A-Z]\b"
    r"|(?:an|letter|be|takes?|appends?|uses?|puts?|adds?|gets?|becomes?) \"?A\"?(?= (?:or|at|on|even|for|by|"
    r"until|when|then|here|in)\b|\s*[?,.;]|$))"
)
# Stages of care, each of which has its letter.
_STAGE = Cues(
    "nonunion, non union, malunion, delayed healing, late effect, subsequent, initial, sequela, first treatment, "
    "cast removal, cast change, still treating, in follow up, follow up visit, which twin, twin is, which fetus, "
    "second visit, third visit, next visit, return visit, recheck, second encounter, first visit"
)
# Chapters and categories whose codes have such a letter.
_TAKING_LETTERS = ("S", "T", "M48", "M80", "M84", "V", "W", "X", "Y", "O", "H40", "R40")
# What is ordered has no sequence.
_ORDERED = Cues("dme order, lab order, an order, order for, physician order, doctors order, admit order, in order to")
# Names of diseases, none of which says what is coded first.
_PRIMARY_DISEASE = Cues(
    "primary open *, primary angle *, primary malignan*, primary hypertension, primary osteoarthritis, "
    "primary biliary, primary progressive, primary sclerosing, primary cancer, primary neoplasm, primary tumor, "
    "primary insomnia, primary gout, primary care, primary hyper*, primary hypo*, primary generalized, "
    "primary localized, primary thrombo*"
)
_NOTES = Cues(
    "must not be *, may not be coded, should not be coded, cannot be coded, cant be coded, not be used with, "
    "not be coded with, never code with, what else does <dx>, what else do, type 1 exclu*, type 2 exclu*, "
    "type i exclu*, type ii exclu*, type one exclu*, type two exclu*, code onto <dx>, code on top of <dx>, take in, "
    "takes in, encompass, encompasses, tell me to *, tells me to *, tells us to *, synonym, synonyms, also known as, "
    "excludes, excludes1, excludes2, exclude, excluded, exclusion, exclusions, includes, include, included, inclusion, "
    "note under, note at, a note, any note, note that, code first, coded first, does <dx> cover, code also, "
    "use additional, additional code, additional codes, instructional, manifestation, etiology, "
    "underlying condition first, instruction, instructions, sequence first, secondary code, secondary codes, "
    "listed under, second code, tabular list, per the tabular, tabular tell, tabular say*, what else ... code, "
    "what else gets, what else must, what else should, what else needs, what else has to, what else goes, "
    "anything else to, anything else with, anything else i, else to code, else to add, any other code, "
    "any other codes, other code ... add, code something first, coded with it, additional diagnosis code, "
    "<dx> need <dx>, <dx> needs <dx>, <dx> require <dx>, <dx> requires <dx>, in addition to <dx>, accompany, "
    "accompanies, another code, other code needed, other codes needed, second diagnosis, must be coded with, "
    "be coded with <dx>, be reported with <dx>, be coded along with, <dx> note, notes, extra code, extra codes, "
    "what other code, what other codes, add something, add anything, anything to add, something to add, instruct, "
    "instructs, anything about, add an ... code, add a ... code, organism code, additional ... code, tabular want*, "
    "tabular ask*, tabular require*, something ... first, anything ... first, pick up the organism, add the organism, "
    "does the note *, do the notes *, tabular direct*, tabular instruct*, need ... extra, code the organism, "
    "code for the organism, anything in addition, something in addition, else in addition, anything ... before, "
    "something ... before, have to add, has to be added"
)
_OF_NOTES = Cues("note, notes, code also, use additional, <dx> need <dx>, <dx> needs <dx>, <dx> require <dx>")
# Where in the book a code stands.
_PLACE_IN_BOOK = Cues("block of the tabular list, chapter of the tabular list, section of the tabular list")
_EXCLUDES = Cues("type 1 exclu*, type 2 exclu*, excludes, excludes1, excludes2, exclude, excluded, exclusion*")
_ORDER = Cues(
    "sequence, sequenced, sequencing, goes first, go first, comes first, come first, coded first, listed first, order, "
    "is first, be first, before <dx>, ahead of, goes before, go before, code first, first diagnosis, primary, "
    "coded before, listed before, reported before, first slot, first position, first place, leads, leading, "
    "which lead, goes on top, go on top, first spot, first field, first line, top spot, which first, first or second, "
    "or <dx> first, and <dx> first, first then <dx>, precede, line one, line 1, number one"
)
_RULE = Cues(
    "guideline, guidelines, rule, rules, official, chapter specific, principal, first listed, coding clinic, "
    "when do i, documentation, when do we, when is, when should, when can, when may, when would, at what point, "
    "who gets, manual, policy, policies, guidance, under which circumstances, under what conditions, "
    "under which conditions, when do you, what circumstances"
)
# What is asked of the notes, whatever comes first.
_BY_NOTES = Cues("code first, note, notes, instruction*, code also, use additional, tabular")
# Work that is done with the hands, and no book.
_BY_HAND = Cues("manual therapy, manual traction, manual muscle *, manual lymph*, manual manipulat*, manual removal")
# What a record says, no rule of how to write one.
_RECORDED = Cues(
    "documentation gives, documentation says, documentation states, documentation shows, documentation names, "
    "documentation specifies, documentation is *, documentation reads"
)
_TOGETHER = Cues(
    "together, same claim, same time, same encounter, same visit, same day, both, with, and, next to, excludes1, "
    "excludes, conflict, conflicts, coexist, simultaneously, alongside, combine, combined, mutually exclusive, pair, "
    "allowed, plus, also, at once, in addition to, when i have, mix, compatible, clash"
)
# What is below a code, whatever sides the codes there have.
_CHOICES_BELOW = Cues(
    "drill down, children, child codes, subcodes, sub codes, subcategories, codes under, codes below, choices"
)
# Of two diagnoses a question of yes or no asks whether they go together.
_POSSIBLE = Cues(
    "ok, okay, allowed, possible, permitted, legal, problem, problems, fight, fights, get along, yes or no, y n, "
    "acceptable, fine, wrong, coexist, rule out, rules out, trouble, issue, issues, check, review, scrub"
)
_NOT_TOGETHER = Cues(
    "which, or <dx>, better, instead, rather, hcc, hccs, seventh, character, characters, unspecified, left, right, "
    "laterality, parent, chapter, includes, include"
)
_EACH = Cues(
    "both billable, both valid, each billable, all billable, both specific *, each specific *, both complete, "
    "each complete"
)
_BESIDE = Cues("with <dx>, plus <dx>, <dx> with, next to, alongside, in the presence of <dx>, on top of, <dx> plus")
_CODED = Cues(
    "bill, billed, code, coded, report, reported, use, used, allowed, ok, okay, can, add, list, assign, have, submit, "
    "put, fine, legal"
)
_MET = Cues(
    "conditions ... met, condition ... met, what conditions must, which conditions must, conditions for, "
    "conditions to use, conditions apply, criteria, requirements"
)
# How the code of a case that is told is asked about.
_FOR_IT = Cues(
    "ok, okay, also, still, allowed, too, as well, right, do we use, do i use, should we use, code <dx>, add <dx>, "
    "use <dx>, assign <dx>, <dx> first, or <dx>, use of <dx>, do i add, do we add, do i code, do we code"
)
# A diagnosis that is ruled out is under no rule.
_RULED_OUT = Cues("rule out, rules out")
_CAN = Cues("can i *, can we *")
_ASKED_TOGETHER = Cues("coded together, billed together, reported together, be together, go together, together")
_FOR_SUBMISSION = Cues("valid for submission")
# Whether a code will do as it is, and not which character it takes.
_WITHOUT_IT = Cues(
    "no seventh, no seventh *, without ... seventh, without ... seventh *, without ... digit, without ... letter, "
    "without ... extension, without ... character"
)
_NEEDED = Cues("need, needs, require*, which, what")
# The place of a character that is left open: "H40.113_".
_OPEN_PLACE = re.compile(r"\b[A-Z]\d\w\.\w{1,4}_+(?!\w)", re.IGNORECASE)
_SEVENTH_ITSELF = Cues("seventh, seventh *, 7 character")


def of_diagnoses_together(message: Message) -> Topic | None:
    """Whether diagnoses may be reported together."""
    if len(message.diagnoses) < 2 or message.services:
        return None
    words = _RULED_OUT.left_out(message.words)
    sequenced = _orders(words) and not _asks_together(message)
    if sequenced or (_RULE(words) and not _EXCLUDES(words)):
        return None
    if _EACH(words) and "together" not in words:
        return None
    if TRULY_TOGETHER(words) or (len(message.codes) == 2 and _BESIDE(words) and not WHAT(words)):
        return Topic.DIAGNOSES_TOGETHER
    told = BILLABLE(words) and not _CAN(words)
    if told or VALID(words) or BELOW(words) or WHAT(words) or _OF_NOTES(words):
        return None
    return Topic.DIAGNOSES_TOGETHER if _TOGETHER(words) and _CODED(words) else None


def of_two_diagnoses(message: Message) -> Topic | None:
    """Two diagnoses of which yes or no is asked, and nothing that either could be by itself."""
    if len(message.diagnoses) != 2 or len(message.codes) != 2 or WHAT(message.words) or _RULE(_no_rule(message)):
        return None
    asked = yes_or_no(message.clauses) or _POSSIBLE(message.words)
    return Topic.DIAGNOSES_TOGETHER if asked and not _NOT_TOGETHER(message.words) else None


def _no_rule(message: Message) -> str:
    return _RULED_OUT.left_out(message.words)


def of_sequence(message: Message) -> Topic | None:
    """Which of several diagnoses comes first."""
    if len(message.diagnoses) < 2 or message.services or not asks_order(message):
        return None
    return None if _RULE(message.words) or _BY_NOTES(message.words) else Topic.DIAGNOSES_TOGETHER


def of_order(message: Message) -> Topic | None:
    """What comes before a diagnosis: its notes say it, or the guidelines."""
    if not message.diagnoses or message.services or not _orders(message.words) or _asks_together(message):
        return None
    if _SENT(message.words):
        return None
    return Topic.GUIDELINE if _RULE(message.words) else Topic.NOTES


def _asks_together(message: Message) -> bool:
    return len(message.diagnoses) == 2 and _ASKED_TOGETHER(message.words) and yes_or_no(message.clauses) is True


def asks_order(message: Message) -> bool:
    """Tell whether it is asked, and not only told, what comes first."""
    return _orders((message.asked or message).words)


def _orders(words: str) -> bool:
    return _ORDER(_PRIMARY_DISEASE.left_out(_ORDERED.left_out(words)))


def of_seventh_character(message: Message) -> Topic | None:
    """The seventh character."""
    if _OF_SIDE(message.words) or _FOR_SUBMISSION(message.words):
        return None
    if not _SEVENTH(_LENGTHS.left_out(_SAME_CHARACTER.left_out(message.words))) and not _names_a_letter(message):
        return None
    if message.diagnoses:
        without = _WITHOUT_IT(message.words) and not _NEEDED(message.words)
        return Topic.BILLABLE if without else Topic.SEVENTH_CHARACTER
    return Topic.GUIDELINE if _SEVENTH_ITSELF(message.words) and not message.codes else None


def _names_a_letter(message: Message) -> bool:
    taking = any(code.text.startswith(_TAKING_LETTERS) for code in message.diagnoses)
    named = (
        _LETTERS.search(message.rest) is not None
        or "letter" in message.clauses
        or _OPEN_PLACE.search(message.text) is not None
        or (_STAGE(message.words) and not SURELY_BILLABLE(message.words))
    )
    padded = len(message.diagnoses) == 2 and _is_padded(*sorted((code.text for code in message.diagnoses), key=len))
    return taking and not message.services and (named or padded)


def _is_padded(short: str, long: str) -> bool:
    """Whether a code is another one with placeholders and a seventh character."""
    bare, padded = short.replace(".", ""), long.replace(".", "")
    return padded.startswith(bare + "X") and len(padded) == WHOLE


def of_notes(message: Message) -> Topic | None:
    """The instructional notes of a code."""
    if not message.codes or not _NOTES(_PLACE_IN_BOOK.left_out(message.words)) or message.services:
        return None
    return None if _RULE(message.words) and not _EXCLUDES(message.words) else Topic.NOTES


def of_laterality(message: Message) -> Topic | None:
    """The side of a code."""
    if not message.diagnoses or not names_side(message.words) or message.services:
        return None
    return None if SURELY_BILLABLE(message.words) or _CHOICES_BELOW(message.words) else Topic.LATERALITY


def of_rules(message: Message) -> Topic | None:
    """What the books of rules say of a code."""
    if not message.codes:
        return None
    words = _BY_HAND.left_out(_RECORDED.left_out(TITLES.left_out(_no_rule(message))))
    if message.diagnoses and _IS_HEADER(words):
        return None
    return Topic.GUIDELINE if _RULE(words) or _MET(message.words) else None


def of_case(message: Message) -> Topic | None:
    """What the guidelines say of a diagnosis in a case that is told."""
    if len(message.diagnoses) != 1 or len(message.codes) != 1 or WHAT(message.words) or CONDITION(message.words):
        return None
    phrase = clinical_phrase(message)
    doubted = message.words.endswith("<dx>") and message.text.endswith("?") and len(phrase.split()) > _A_CASE
    asked = yes_or_no(message.clauses) or _FOR_IT(message.words) or doubted
    return Topic.GUIDELINE if asked and tells_a_case(phrase) and not message.dates else None
