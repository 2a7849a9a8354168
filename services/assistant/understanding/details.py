"""What of its topic a question asks: aspects, whether yes or no is an answer, the words that are searched for."""

import re
from collections.abc import Mapping
from dataclasses import replace

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.assistant.question import Aspect, Code, Dates, Question, System, Topic
from services.assistant.understanding.asking import begins_question, yes_or_no
from services.assistant.understanding.chapters import chapter_named, is_of_what_is_told
from services.assistant.understanding.codes import ABSENT, old_codes
from services.assistant.understanding.cues import Cues, words_of
from services.assistant.understanding.dates import is_relative, tells_history
from services.assistant.understanding.diagnoses import TOGETHER, asks_order, asks_whether_first
from services.assistant.understanding.message import Message
from services.assistant.understanding.missing import says_nothing
from services.assistant.understanding.modifiers import ABSENT as ABSENT_MODIFIER
from services.assistant.understanding.modifiers import modifiers_asked
from services.assistant.understanding.modifiers_sought import modifiers_sought
from services.assistant.understanding.phrases import clinical_phrase, rule_phrase
from services.assistant.understanding.places import payment_place, place_asked
from services.assistant.understanding.units import things_counted
from services.assistant.understanding.vocabulary import words_of_medicine

# All that stands above a code.
_PATH = (
    "from chapter, from the chapter, from its chapter, chapter down, chapter to, path, lineage, ancestor*, way up, "
    "everything above, tree above, levels above, up to the chapter, down to the code"
)
_ASPECTS: Mapping[Topic, Mapping[Aspect, Cues]] = {
    Topic.HIERARCHY: {
        Aspect.PARENT: Cues("parent, above, roll up, rolls up, category of, what category, which category, broader"),
        Aspect.CHILDREN: Cues(
            "children, child, kids, kid, child codes, subcodes, sub codes, below, beneath, under, underneath, "
            "more specific, subcategories, options under, narrower, drill down, breakdown, break down, codes in, "
            "next level, within, start with, starts with, list codes, choices, list all, level down, "
            "levels down, step down, way down, subcode, expand, detail*, specificity, 4th digits, 5th digits, "
            "6th digits, fourth digits, fifth digits, sixth digits"
        ),
        Aspect.DESCENDANTS: Cues(
            "everything under, everything below, every code under, every code below, all codes under, all codes below, "
            "all ... under, all ... below, levels below, levels under, lowest level, lowest levels, billable, "
            "be billed, final codes, leaf*, leaves, whole tree, full tree, highest specificity, "
            "highest level of specificity"
        ),
        Aspect.SIBLINGS: Cues(
            "sibling, siblings, same parent, share* its parent, share* a parent, share* the parent, share* the same *, "
            "same level, next to it, beside it, neighbor*, neighbour*, cousin*, others in its *, other codes in its *"
        ),
        Aspect.CHAPTER: Cues(f"chapter, {_PATH}"),
        Aspect.SECTION: Cues(f"block, section, range, {_PATH}"),
    },
    Topic.NOTES: {
        Aspect.INCLUDES: Cues("includes, include, included, inclusion, includes note"),
        Aspect.EXCLUDES1: Cues("excludes1, excludes 1, excludes, exclude, excluded, exclusion, exclusions"),
        Aspect.EXCLUDES2: Cues("excludes2, excludes 2, excludes, exclude, excluded, exclusion, exclusions"),
        Aspect.CODE_FIRST: Cues(
            "code first, coded first, underlying condition, etiology, first, goes first, sequenc*, order, primary, "
            "manifestation, principal, before"
        ),
        Aspect.USE_ADDITIONAL_CODE: Cues(
            "use additional, additional code, additional codes, second code, secondary code, another code, sequenc*, "
            "first, order, goes first, secondary, code also, extra code, extra codes, what other code, "
            "what other codes, add something, add anything, anything to add, something to add, add an ... code, "
            "add a ... code, organism code, additional ... code, anything else, something else, what else"
        ),
    },
    Topic.FEE: {
        Aspect.RELATIVE_VALUES: Cues(
            "rvu, rvus, wrvu, wrvus, relative value, relative values, work value, practice expense, pe, pe value, "
            "malpractice, mp, total rvu"
        ),
        Aspect.PAYMENT: Cues(
            "pay, pays, paid, payment, payments, reimburse*, allowed, allowable, how much, fee, fees, rate, rates, "
            "dollar, dollars, price, cost, costs, worth, conversion factor, amount, fee schedule"
        ),
        Aspect.NON_FACILITY: Cues("non facility, nonfacility, nonfac, non fac, office, in the office, clinic"),
        Aspect.FACILITY: Cues(
            "facility, hospital, in the hospital, asc, in the or, inpatient, outpatient hospital, fac"
        ),
        Aspect.GLOBAL_DAYS: Cues(
            "global, globals, global days, global period, post op, postop, pre op, follow up days, 90 days, 10 days, "
            "0 days"
        ),
        Aspect.STATUS: Cues("status, status indicator, status code, active status, bundled status, carrier priced"),
        Aspect.BILATERAL: Cues("bilateral, bilaterally, billed bilateral*, bill bilateral*, both sides, 150"),
        Aspect.MULTIPLE: Cues(
            "multiple procedure, multiple procedures, multiple surgery, mppr, multiple endoscopy, multiple"
        ),
        Aspect.ASSISTANT: Cues(
            "assistant, assistant surgeon, assistant at surgery, surgical assistant, assist, assists, assisting, "
            "assisted at, assisted in, assisted on"
        ),
        Aspect.COSURGEON: Cues("co surgeon, co surgeons, cosurgeon, cosurgeons, cosurgery, co surgery, two surgeons"),
        Aspect.TEAM: Cues("team, team surg*, surg* team*, team of surgeons, team indicator"),
        Aspect.COMPONENTS: Cues(
            "pc/tc, pc tc, pctc, professional component, technical component, components, 26, split, pc only, tc only, "
            "professional only, technical only, "
            "professional and technical"
        ),
        Aspect.ENDOSCOPIC_BASE: Cues(
            "endo* ... base*, *scop* ... base*, base ... endo*, base ... *scop*, endo* famil*, *scop* famil*, "
            "base code, base codes"
        ),
        Aspect.SUPERVISION: Cues("supervis* level*, level* of ... supervis*, supervis*"),
        Aspect.INDICATORS: Cues("all ... indicator, every ... indicator, policy indicator, payment indicator"),
    },
    Topic.CROSSWALK: {
        Aspect.TO_ICD9CM: Cues(
            "to icd 9, icd 9 for, icd 9 of, in icd 9, icd 9 equivalent, icd 9 code, backward map, backward, "
            "icd 9 codes, icd 9 cm code, icd 9 was, old icd 9, old code, into icd 9, icd 9 did, back to icd 9, "
            "back to 9, to 9, i9, old system, ninth revision, 9th revision, what icd 9, icd 9 map, icd 9 match, "
            "icd 9 cm"
        ),
        Aspect.TO_ICD10CM: Cues(
            "to icd 10, to icd 10 cm, icd 10 equivalent, in icd 10, icd 10 code, into icd 10, forward map, icd 10 for, "
            "to 10, icd 10 version, icd 10 now, what icd 10, icd 10 of, i10 gem, icd 10 map"
        ),
        Aspect.CCSR: Cues("ccsr, ccs, clinical classification*"),
    },
    Topic.HISTORY: {
        Aspect.REPLACED_BY: Cues(
            "replaced, replaces, replace, replacement, replacing, successor, instead, what do i use now, "
            "what happened to, became, use now, now"
        ),
    },
    Topic.ADD_ON: {
        Aspect.PRIMARY_CODES: Cues(
            "primary, primary code, primary codes, primaries, primary procedure, base code, base codes, parent, "
            "goes with, go with, billed with, parent code, parent procedure"
        ),
        Aspect.ADD_ON_CODES: Cues(
            "what add on, which add on, what add ons, which add ons, add on codes, add ons for, add on for, "
            "add on code for, add on to go with"
        ),
    },
    Topic.PAIR: {
        Aspect.RATIONALE: Cues("why, rationale, reason, basis, explain"),
        Aspect.MODIFIER_INDICATOR: Cues(
            "indicator, modifier indicator, which modifier, what modifier, modifier allowed, bypassable, ccmi, "
            "be bypassed, modifier needed, override, need a modifier, needs a modifier, is a modifier allowed"
        ),
    },
    Topic.MUE: {
        Aspect.ADJUDICATION_INDICATOR: Cues(
            "mai, adjudication, adjudication indicator, line edit, per line, per day edit"
        ),
        Aspect.RATIONALE: Cues("why, rationale, reason, basis"),
    },
}
# What a code is mapped to follows from what it is.
_SYSTEMS: tuple[tuple[Cues, System], ...] = (
    (Cues("icd 10 pcs, pcs, inpatient procedure code, inpatient procedure"), lookup.CODE_SYSTEM_ICD10PCS),
    (
        Cues(
            "icd 10 cm, icd 10, icd, diagnosis code, diagnosis codes, diagnosis for, icd code, z code, diagnosis, "
            "which diagnosis, r code"
        ),
        lookup.CODE_SYSTEM_ICD10CM,
    ),
    (
        Cues("hcpcs, j code, q code, level ii code, level 2 code, supply code, drug code, e code, l code"),
        lookup.CODE_SYSTEM_HCPCS,
    ),
    (Cues("cpt, cpts"), lookup.CODE_SYSTEM_CPT),
    (Cues("icd 9, icd 9 cm"), lookup.CODE_SYSTEM_ICD9CM),
)
# The phases of surgical care, and that the payment is divided among them.
_PHASES = Cues("split care, pre, preop*, pre op*, intra, intraop*, intra op*, post, postop*, post op*")
_SHARES = Cues("split*, percent*, share*, portion*, piece*, intraop*, intra op*, pre intra, intra post")
_PROFESSIONAL = Cues("professional component, professional part, professional portion, interpretation only, pc only")
_TECHNICAL = Cues("technical component, technical part, technical portion, tc only")
# Diagnoses are released by fiscal years.
_FISCAL_YEAR = re.compile(r"\b(?:fy\s?-?\d|fiscal\s+year)", re.IGNORECASE)
# What is named again with "the" was told before: "code for the fracture".
_CODE_FOR = re.compile(
    r"\bcodes? (?:for|of|covers|is|describes) (?!(?:the|this|that|these|those|it|her|his|my|both)\b)"
)
# Every level, and not the last alone.
_ALL_ABOVE = Cues("up to the *, all the way up, climb, every level, all levels, ancestors, grandparent, grand parent")
_EXCLUDES1 = Cues("excludes1, excludes 1, type 1 excludes, excludes type 1, type 1 only, only type 1")
_EXCLUDES2 = Cues(
    "excludes2, excludes 2, excludes 1 and 2, excludes1 and 2, type 2 excludes, excludes type 2, type 2 only, "
    "only type 2"
)
_PCS = Cues("pcs")
_OLD_ALONE = Cues(
    "icd 9, icd 9 cm, and icd 9, and the icd 9, the icd 9, whats the icd 9, what about icd 9, <dx> icd 9, icd 9 <dx>"
)
_WHICH = Cues("which one, which of")
_WHY = Cues("why, how come, which one, which of")
# Topics under which it is asked whether a diagnosis may come first.
_OF_POSITION = (Topic.CODE, Topic.BILLABLE, Topic.VALIDITY, Topic.NOTES, Topic.GUIDELINE)
# Topics of which every question is one of yes or no, and those of which none is.
_YES_OR_NO = (Topic.BILLABLE, Topic.VALIDITY, Topic.DIAGNOSES_TOGETHER, Topic.CLAIM)
_OF_MEDICINE = (Topic.FIND, Topic.CODE, Topic.HCC, Topic.CROSSWALK, Topic.COVERAGE, Topic.LATERALITY)
# Of these a year may be told that is no date of service: "an old infarction in 2011".
_OF_A_PATIENT = (
    *(Topic.FIND, Topic.GUIDELINE, Topic.CODE, Topic.BILLABLE, Topic.NOTES, Topic.DIAGNOSES_TOGETHER),
    *(Topic.SEVENTH_CHARACTER, Topic.LATERALITY, Topic.HIERARCHY, Topic.COMPARE),
)
_OF_ANY_RELEASE = (
    Topic.FIND,
    Topic.GUIDELINE,
    Topic.CODE,
    Topic.HIERARCHY,
    Topic.NOTES,
    Topic.DIAGNOSES_TOGETHER,
    Topic.SEVENTH_CHARACTER,
    Topic.LATERALITY,
    Topic.COMPARE,
)
_NEVER_YES_OR_NO = (Topic.COMPARE, Topic.FIND, Topic.RELEASES, Topic.UNSPECIFIED, Topic.OUT_OF_SCOPE)
_COVERED = Cues("covered, cover, covers, support, supports, payable, medically necessary, meet*, justif*")
_IS_ADD_ON = Cues("add on, alone, by itself, on its own, without *, standalone")
_ASSOCIATED = Cues(
    "associated, bypass*, ok to, ok for, counts, count as, count for, override*, unbundle*, get around, get past, "
    "any good, works for, work for, or not"
)
# They ask for one of two answers in so many words.
_EITHER = Cues("y n, y or n, yes or no, yes no, true or false")
_IN_HCC = Cues("risk adjust*, in an hcc, carry an hcc, have an hcc, count")


_OLD_SYSTEM = Cues("icd 9")
# Another line is to have a modifier that one has.
_ON_ANOTHER = re.compile(r"\b(?:also|as well|both|column|each|every|other|second|too|two)\b", re.IGNORECASE)
# The service with both its components, and no days.
_GLOBAL_SERVICE = re.compile(r"\bglobals?\b(?![\s-]*(?:days?|periods?|surg\w*|package|indicator))", re.IGNORECASE)
# Beside one of these is below the code.
_KIDS = Cues("kids, children, beneath, underneath")
_NOT_BESIDE = frozenset({Aspect.PARENT, Aspect.CHILDREN, Aspect.DESCENDANTS})


def _is_new(message: Message) -> bool:
    return all(code.systems[0] == lookup.CODE_SYSTEM_ICD10CM for code in message.codes)


def details(message: Message, topic: Topic) -> Question:
    """Return the question that a message asks of a topic."""
    aspects = aspects_named(topic, message.words)
    if topic is Topic.FEE and {Aspect.FACILITY, Aspect.NON_FACILITY} <= aspects and "non facility" in message.words:
        rest = message.words.replace("non facility", "")
        aspects = aspects if _ASPECTS[topic][Aspect.FACILITY](rest) else aspects - {Aspect.FACILITY}
    if Aspect.SIBLINGS in aspects:
        aspects -= {Aspect.PARENT, Aspect.DESCENDANTS} if _KIDS(message.words) else _NOT_BESIDE
    if Aspect.DESCENDANTS in aspects:
        aspects |= {Aspect.CHILDREN}
    if topic is Topic.HIERARCHY and _ALL_ABOVE(message.words):
        aspects |= {Aspect.PARENT, Aspect.CHAPTER, Aspect.SECTION}
    if topic is Topic.DIAGNOSES_TOGETHER and asks_order(message):
        aspects = frozenset({Aspect.CODE_FIRST})
    if topic in _OF_POSITION and asks_whether_first(message):
        aspects = frozenset({Aspect.FIRST_LISTED})
    if topic is Topic.NOTES:
        aspects = _numbered_excludes(message.words, aspects)
    if topic is Topic.CROSSWALK and not aspects and _OLD_ALONE.are_all(message.words):
        aspects = frozenset({Aspect.TO_ICD9CM})
    if topic is Topic.FEE and not message.modified and (component := _component(message.words, aspects)):
        message = replace(message, modifiers=(component,))
    if topic is Topic.FEE and _names_component(message) and _GLOBAL_SERVICE.search(message.text):
        aspects -= {Aspect.GLOBAL_DAYS}
    if topic is Topic.CROSSWALK and not aspects and _OLD_SYSTEM(message.words) and _is_new(message):
        aspects = frozenset({Aspect.TO_ICD9CM})
    if topic is Topic.CROSSWALK and not message.codes and Aspect.CCSR not in aspects:
        message = replace(message, codes=old_codes(message.rest))
    if topic is Topic.MODIFIER and not message.codes and not message.modified:
        described = modifiers_asked(message.rest) or modifiers_sought(message.words)
        message = replace(message, modifiers=described)
    if topic is Topic.PLACE_OF_SERVICE and not message.place and not message.codes:
        message = replace(message, place=place_asked(message.rest))
    if topic is Topic.MUE and not message.counted and len(message.codes) == 1:
        message = replace(message, units=things_counted(message.rest))
    if topic is Topic.FEE:
        # What two lines pay is no multiple of one.
        message = replace(message, codes=tuple(_line_of(code) for code in message.codes))
    if topic is Topic.ADD_ON:
        message = replace(message, codes=_present(message))
    if topic is Topic.PAIR:
        absent = {match["modifier"].upper() for match in ABSENT_MODIFIER.finditer(message.text)}
        # One that is spoken of again is that of the code which has it: "is LD on the stent enough".
        told = () if _ON_ANOTHER.search(message.text) else (one for code in message.codes for one in code.modifiers)
        left_out = absent.union(told)
        message = replace(message, modifiers=tuple(one for one in message.modifiers if one not in left_out))
    units = message.units
    counted = [code.units for code in message.codes if code.units is not None]
    return Question(
        text=message.text,
        topic=topic,
        aspects=aspects,
        codes=message.codes,
        modifiers=message.modifiers,
        units=units if units is not None or len(message.codes) != 1 or not counted else counted[0],
        dates=_dates(message, topic),
        setting=message.setting,
        care=message.care,
        place=message.place,
        locality=_locality(message) if topic is Topic.FEE else message.locality,
        side=message.side,
        phrase=_phrase(message, topic),
        section=message.section,
        systems=_systems(message, topic),
        chapter=chapter_named(message.text) if topic is Topic.FIND else "",
        binary=_is_binary(message, topic, aspects),
    )


def _dates(message: Message, topic: Topic) -> Dates | None:
    """Return the dates of service of a message: none of a map, nor of what happened to a patient.

    What is looked for in words, what a code is and its notes are told of a visit "yesterday", but asked of any release.
    """
    told = topic in _OF_A_PATIENT and message.dates and tells_history(message.text, message.dates)
    told = told or (topic in _OF_ANY_RELEASE and message.dates and is_relative(message.dates))
    return None if told or topic is Topic.CROSSWALK else message.dates


def aspects_named(topic: Topic, words: str) -> frozenset[Aspect]:
    """Return what of a topic words name."""
    if topic is Topic.FEE and _PHASES(words) and _SHARES(words):
        # "post op" beside a share asks for no global days, and "split" for no components.
        return aspects_named(topic, _SHARES.left_out(_PHASES.left_out(words))) | {Aspect.SHARES}
    return frozenset(aspect for aspect, cues in _ASPECTS.get(topic, {}).items() if cues(words))


def names_aspects_alone(words: str, topic: Topic) -> bool:
    """Whether words name what of a topic is asked, and nothing else: "and the team surgery indicator?"."""
    rest = _SHARES.left_out(_PHASES.left_out(words)) if topic is Topic.FEE else words
    for cues in _ASPECTS.get(topic, {}).values():
        rest = cues.left_out(rest)
    return rest != words and says_nothing(rest)


def _line_of(code: Code) -> Code:
    return replace(code, units=code.lines[0].units, lines=()) if code.lines else code


def _present(message: Message) -> tuple[Code, ...]:
    """Return the codes of a message without those it says are not there."""
    absent = {match["code"].upper() for match in ABSENT.finditer(message.text)}
    present = tuple(code for code in message.codes if code.text not in absent)
    return present or message.codes


def _component(words: str, aspects: frozenset[Aspect]) -> str:
    """Return the modifier of the component of which an amount is asked; empty for none, or both."""
    professional, technical = _PROFESSIONAL(words), _TECHNICAL(words)
    if professional == technical or not aspects & {Aspect.PAYMENT, Aspect.RELATIVE_VALUES}:
        return ""
    return "26" if professional else "TC"


def _names_component(message: Message) -> bool:
    named = {*message.modifiers, *(one for code in message.codes for one in code.modifiers)}
    return bool(named & {"26", "TC"})


def _phrase(message: Message, topic: Topic) -> str:
    """Return what is searched for; of coverage also the numbers of documents."""
    asked = message.asked
    told = is_of_what_is_told(chapter_named(message.text))
    if topic is Topic.FIND and asked and not told and _CODE_FOR.search(asked.words):
        # What is asked by its name is not looked for with what is told before it.
        named = clinical_phrase(asked)
        message = asked if words_of_medicine(words_of(named)) else message
    phrase = clinical_phrase(message) if topic in _OF_MEDICINE else rule_phrase(message)
    return f"{message.documents} {phrase}".strip()


def _locality(message: Message) -> str:
    """Return where a fee is asked for; the number of a locality is one of the state that is named with it."""
    named = payment_place(message.text, message.rest)
    if not message.locality or "-" in message.locality:
        return message.locality or named
    return f"{named} {message.locality}".strip()


def _systems(message: Message, topic: Topic) -> tuple[System, ...]:
    """Return the code systems that a message names; what is searched for of a fiscal year is a diagnosis."""
    named = systems_named(message.words)
    of_year = topic is Topic.FIND and _FISCAL_YEAR.search(message.text) is not None
    return (lookup.CODE_SYSTEM_ICD10CM,) if of_year and not named else named


def systems_named(words: str) -> tuple[System, ...]:
    """Return the code systems that words name."""
    found = [system for cues, system in _SYSTEMS if cues(words)]
    if _PCS(words) and lookup.CODE_SYSTEM_ICD10CM in found and "cm" not in words.split():
        found.remove(lookup.CODE_SYSTEM_ICD10CM)
    if lookup.CODE_SYSTEM_ICD9CM in found and lookup.CODE_SYSTEM_ICD10CM in found and "10" not in words.split():
        found.remove(lookup.CODE_SYSTEM_ICD10CM)
    return tuple(found)


def _numbered_excludes(words: str, aspects: frozenset[Aspect]) -> frozenset[Aspect]:
    """Keep the kind of excludes note that is named by its number; both where both are, or none."""
    first, second = _EXCLUDES1(words), _EXCLUDES2(words)
    if first == second:
        return aspects
    return aspects - {Aspect.EXCLUDES2 if first else Aspect.EXCLUDES1}


def _is_binary(message: Message, topic: Topic, aspects: frozenset[Aspect]) -> bool:
    if topic in _NEVER_YES_OR_NO or (_WHY(message.words) and not (topic is Topic.PAIR and len(message.services) > 1)):
        return False
    form = yes_or_no(message.clauses)
    if topic in _YES_OR_NO:
        together = TOGETHER(message.words) and any(yes_or_no([clause]) for clause in message.clauses)
        return Aspect.CODE_FIRST not in aspects or together
    if topic is Topic.PAIR:
        asked = " ".join(filter(begins_question, message.clauses)) or message.words
        asks_indicator = form is False and _ASPECTS[topic][Aspect.MODIFIER_INDICATOR](asked)
        return len(message.services) > 1 and not asks_indicator and not _WHICH(message.words)
    if topic is Topic.MUE:
        return message.counted
    if topic is Topic.ADD_ON:
        return bool(form) or (form is None and (len(message.services) > 1 or _IS_ADD_ON(message.words)))
    if topic is Topic.MODIFIER:
        return bool(form) or (form is None and (_ASSOCIATED(message.words) or _EITHER(message.words)))
    if topic is Topic.COVERAGE:
        return bool(form) or (form is None and _COVERED(message.words))
    if topic is Topic.HCC:
        return bool(form) or (form is None and (_IN_HCC(message.words) or _EITHER(message.words)))
    return bool(form) or (form is None and _EITHER(message.words))
