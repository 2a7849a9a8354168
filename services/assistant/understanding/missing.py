"""What a question lacks, as one question back."""

import re
from collections.abc import Mapping

from services.assistant.question import Topic
from services.assistant.understanding.cues import Cues, word_set
from services.assistant.understanding.vocabulary import says_something_of_coding

_OF_TOPIC: Mapping[Topic, str] = {
    Topic.CODE: "Which code do you mean?",
    Topic.BILLABLE: "Which code do you want to check for being valid for submission (billable)?",
    Topic.VALIDITY: "Which code do you want to check, and for which date of service?",
    Topic.HIERARCHY: "Which code do you want to see in its hierarchy?",
    Topic.NOTES: "The notes of which code do you want to see?",
    Topic.DIAGNOSES_TOGETHER: "Which two diagnosis codes do you want to report together?",
    Topic.SEVENTH_CHARACTER: "Which code do you need the seventh character for?",
    Topic.LATERALITY: "Which code do you need for the other side?",
    Topic.HISTORY: "The history of which code do you want to know?",
    Topic.COMPARE: "Which two codes do you want to compare?",
    Topic.FIND: "Which diagnosis, procedure or supply do you want to code?",
    Topic.MODIFIER: "Which modifier do you mean, and with which code?",
    Topic.PAIR: "Which two codes do you want to bill together?",
    Topic.MUE: "Which CPT or HCPCS code do you want to know the units of?",
    Topic.ADD_ON: "Which add-on code do you mean, and with which primary code?",
    Topic.FEE: "Which CPT or HCPCS code do you want to know the fee of?",
    Topic.CROSSWALK: "Which code do you want to map?",
    Topic.HCC: "Which diagnosis code do you want to know the HCC of?",
    Topic.COVERAGE: "Which CPT or HCPCS code do you want to know the coverage of, and for which diagnosis?",
    Topic.PLACE_OF_SERVICE: "Which place of service do you mean?",
    Topic.CLAIM: "Which services and diagnoses are on the claim?",
}
# "with a 59": a modifier whose service is not named.
_A_MODIFIER = re.compile(r"\b(?:a|the|with) (?:2[2-7]|5[0-9]|7[6-9]|91)\b")
# Words of a question that hardly names anything, and how many of them may.
_SHORT, _HARDLY = 9, 1
_ANYTHING = "Which code, or which diagnosis, procedure or rule, is your question about?"

_ASKED: tuple[tuple[Cues, Topic], ...] = (
    (
        Cues(
            "excludes* between, excludes* conflict, between these diagnoses, between the diagnoses, as principal, "
            "is principal, as primary, is primary, be primary, the primary, mutually exclusive, two diagnoses"
        ),
        Topic.DIAGNOSES_TOGETHER,
    ),
    (
        Cues(
            "both, part of, together, unbundle*, bundle*, same day, edit, edits, these two, those two, ncci, "
            "bypass, between them, between these, between those, between the two, same claim, one claim, "
            "included in the"
        ),
        Topic.PAIR,
    ),
    (Cues("<mod>, a 25, a 59, modifier 59, modifier 25, 59, 25, a modifier"), Topic.MODIFIER),
    (Cues("mue, mues, units, <units>, how many, mai"), Topic.MUE),
    (
        Cues("billable, valid for submission, specific enough, header, reportable, be billed, bill *"),
        Topic.BILLABLE,
    ),
    (Cues("valid, active, effective, expired, still good, exist"), Topic.VALIDITY),
    (Cues("hcc, raf, risk adjust*"), Topic.HCC),
    (Cues("rvu*, fee, fees, pay, pays, paid, reimburse*, global, how much, payment"), Topic.FEE),
    (Cues("gem, crosswalk, map, maps, convert, icd 9, ccsr"), Topic.CROSSWALK),
    (Cues("covered, coverage, lcd, ncd, medical necessity, medically necessary"), Topic.COVERAGE),
    (Cues("add on, primary code, primary codes"), Topic.ADD_ON),
    (Cues("modifier, modifiers, <mod>"), Topic.MODIFIER),
    (Cues("excludes*, includes, code first, use additional"), Topic.NOTES),
    (Cues("seventh, seventh character"), Topic.SEVENTH_CHARACTER),
    (Cues("left, bilateral, other side, laterality, right side, which side"), Topic.LATERALITY),
    (Cues("replaced, deleted, retire*, new code, replacement, happened to"), Topic.HISTORY),
    (Cues("parent, children, subcodes, category, chapter, under, more specific"), Topic.HIERARCHY),
    (Cues("difference, compare, vs, better"), Topic.COMPARE),
    (Cues("pos, place of service"), Topic.PLACE_OF_SERVICE),
    (Cues("can they, do they, will they, are they, each other"), Topic.PAIR),
    (
        Cues("claim, claims, denied, denial, denials, rejected, rejection, deny, kicked *, bounced, came back"),
        Topic.CLAIM,
    ),
)
# What points at something that was said before, and words around it that say nothing else.
_EMPTY = word_set(
    "rationale reason help denial question limit letter digit digits a an the is are was were be been it its this "
    "that these those them they he she both one ones two other another same here there what whats which how why when "
    "where who whose about do does did can could may might should would will i we you me my our us and or but so if "
    "then to of for on in at with by from as not no yes need needs have has had get gets got any some all each either "
    "code codes coding cpt hcpcs icd 10 cm bill billed billing billable report reported use used using okay ok fine "
    "allowed pay pays paid payable valid invalid active effective still together separately day claim medicare please "
    "thanks hi hey hello just check know tell say says said go goes work works now today think sure really again too "
    "also else thing things that's pair units unit mue modifier modifiers mod hcc fee rvu specific enough header "
    "diagnosis diagnoses procedure procedures service services deny denied right wrong good correct problem line "
    "lines date dos patient edit edits ncci bundle bundled unbundle bypass map crosswalk covered coverage much many "
    "number thats give want apply applies add show more detail details last first maximum amount excludes excludes1 "
    "excludes2 includes note notes seventh character indicator block range chapter section parent children exact "
    "bills pass hit compare meant sorry hm hmm actually place appeal appealed plain english quick short simple left "
    "side bilateral old new version year happen happened explain mean means rather than instead between among morning "
    "afternoon evening yesterday tonight week month monday tuesday wednesday thursday friday guys team everyone folks "
    "boss biller billers scrubber clearinghouse payer payers kicked kick bounced bounce back came come comes coming "
    "went rejected rejection rejections reject fix fixed wonder wondering issue issues problems trouble wtf ugh hmmm "
    "yo kindly somebody someone anyone anybody me'd would've should've guess maybe quick question questions per still "
    "anymore ever always never only own very actually basically literally stuff ones reported reporting submit "
    "submitted submitting send sent sending out up into off sides conflict conflicts conflicting included include "
    "includes global equivalent replaced replace coded sequence sequenced sequencing idea ideas different difference "
    "differences wont wouldnt couldnt cannot isnt doesnt didnt 9 risk adjust adjusts based time relative work value "
    "values office facility checked over through again correctly properly wrongly confused stuck lost earlier before "
    "after first second inpatient outpatient advise aforesaid aforementioned foregoing former latter said confirm "
    "whether excluded permitted permissible assigned question matter undersigned obliged determination indicate state "
    "cover covers covering look put secondary am pick choose answer answers list supervisor manager settle yeah yep "
    "yup nope"
)


def what_is_missing(words: str, topic: Topic | None) -> str:
    """Return what is asked back where a question of a topic names nothing it could be about."""
    if topic not in (None, Topic.FIND) and topic in _OF_TOPIC:
        return _OF_TOPIC[topic]
    meant = next((topic for cues, topic in _ASKED if cues(words)), topic)
    return _OF_TOPIC[meant] if meant else _ANYTHING


# The books of rules.
BOOKS = Cues(
    "section, written, policy manual, manual, policy, guideline, guidelines, tabular, ncci, cms, book, rules, "
    "rule, official"
)
# What a term of the field means: "what is an add-on code", "what does NEC stand for", "type 3 add-on code meaning".
_DEFINED = re.compile(
    r"(?:(?:and|so) )?(?:(?:what (?:is|are)|whats) (?P<article>an? )?|(?:define|explain|(?:meaning|definition) of) "
    r"|what (?:does|do) (?=.* (?:means?|stands? for)\b))"
    r"(?:the (?:word|term) )?(?P<term>(?:an? )?\S+(?: \S+){0,5}?)(?P<meant> (?:means?|stands? for|meaning|definition))?"
    r"(?: (?:in|on|under|per|according to) (?:the |an? )?(?:icd|ncci|cpt|coding|guidelines?|tabular|(?:code )?titles?|"
    r"(?:alphabetic )?index|book|manual).*)?"
    r"|(?P<named>\S+(?: \S+){0,4}) (?:meaning|definition)"
)
_A_NOTE = re.compile(
    r"\ban? (?:code also|code first|use additional(?: code)?|excludes ?[12]?|includes|inclusion) notes?\b"
)
# What begins a question for a value, or for what is done.
_NO_TERM = re.compile(
    r"\b(?:the|my|our|your|his|her|this|that|these|those|it|they|is|are|was|were|be|been|for|of|if|when|i|we|you|"
    r"right|wrong|best|correct|difference)\b|<\w+>|\w+(?:ed|able)\b"
)
_POINTS = Cues(
    "it, its, this, that, thats, they, theyre, them, these, those, the other, the two, the procedure, the service, "
    "aforesaid, aforementioned, the former, the latter, the said"
)
_POINTED = re.compile(
    r"\b(?:that|this|these|those) "
    r"(?:one|ones|two|codes?|modifiers?|pair|diagnos[ei]s|procedures?|hcpcs|cpt|services?|edits?|drugs?|meds?|add ons?|"
    r"lines?|claims?)\b"
    r"|\bline (?:\d|one|two|three)\b|\b(?:[1-3](?:st|nd|rd)|first|second|third|last|other) (?:line|code|procedure)\b"
    # "the drug we gave", "what she had done".
    r"|\b(?:what|the (?:\w+ )?\w+) (?:i|we|he|she|they) "
    r"(?:had|has|did|got|gave|used|billed|coded|picked|wrote|put|sent)\b"
)
_ON_IT = re.compile(r"\b(?:on|to|with|for) (?:it|this|that|them|these|those)$")
_SPOKEN_OF = Cues(
    "we talked about, we spoke about, we discussed, you mentioned, i mentioned, i told you about, from before, "
    "from earlier, we looked at"
)
_IT_OF_NOTHING = re.compile(
    r"\bit (?:ok|okay|allowed|possible|necessary|appropriate|correct|acceptable|required|proper|fine|legal|true|"
    r"enough) "
    r"(?:to|if|for|that|when)\b"
)


# What is asked of the fee schedule, and of no service.
CONVERSION_FACTOR = Cues("conversion factor, conversion factors")
INDICES = Cues("gpci, gpcis, geographic*, locality, localities, cost ind*, malpractice ind*")


def needs_no_service(words: str) -> bool:
    """Tell whether a question of fees is one of no service: of the conversion factor, or of localities."""
    return CONVERSION_FACTOR(words) or INDICES(words)


def is_defined(words: str) -> bool:
    """Tell whether words ask what a term of the field means: "what is an add-on code"."""
    return bool(term_defined(words))


def term_defined(words: str) -> str:
    """Return the term that words ask the meaning of; empty when they ask something else.

    Without an article or "mean" it is a term if it is of coding: "what is NCCI".
    """
    asked = _DEFINED.fullmatch(words)
    if not asked or _POINTS(words):
        return ""
    term = asked["term"] or asked["named"] or ""
    said = asked["article"] or asked["meant"] or asked["named"]
    return term if said or (says_something_of_coding(term) and not _NO_TERM.search(term)) else ""


def names_a_kind_of_note(words: str) -> bool:
    """Tell whether words speak of a kind of note, and of no code's own: "does a code also note say the order"."""
    return _A_NOTE.search(words) is not None


def telling(words: str) -> int:
    """Return how many words name something that an answer could be found for."""
    words = _A_MODIFIER.sub(" ", words)
    return sum(word not in _EMPTY and not word.startswith("<") for word in words.split())


def points_at_nothing(words: str) -> bool:
    """Tell whether words that stand first in a conversation point at something and hardly name anything."""
    if _SPOKEN_OF(words):
        return telling(_SPOKEN_OF.left_out(words)) <= _HARDLY
    short = len(words.split()) <= _SHORT and telling(words) <= _HARDLY
    return short and _POINTS(_IT_OF_NOTHING.sub(" ", words))


def points_at_one(words: str) -> bool:
    """Tell whether words point at a code, a modifier or a claim that they do not name: "that modifier on line 2"."""
    return _POINTED.search(words) is not None


def puts_on_it(words: str) -> bool:
    """Tell whether words end with what something is put on, and do not name it: "can I put 59 on it"."""
    return _ON_IT.search(words) is not None


def says_nothing(words: str) -> bool:
    """Tell whether words name nothing that an answer could be found for."""
    return not telling(words)


def asks_books_alone(words: str) -> bool:
    """Tell whether words ask what the books of rules say, and name nothing that they would say it of."""
    return BOOKS(words) and says_nothing(BOOKS.left_out(words))
