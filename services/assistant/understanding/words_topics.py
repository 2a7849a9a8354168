"""Rules for questions of words: which code is meant, what the books of rules say, what is loaded."""

import re

from services.assistant.question import Topic
from services.assistant.understanding.asking import begins_question, direct, yes_or_no
from services.assistant.understanding.cues import Cues
from services.assistant.understanding.message import Message
from services.assistant.understanding.missing import is_defined
from services.assistant.understanding.services_topics import names_no_service
from services.assistant.understanding.vocabulary import words_of_medicine

_LOADED = Cues(
    "loaded, which edition, which editions, what edition, what editions, which release, which releases, what releases, "
    "which version, which versions, what version, what versions, how current, how recent, up to date, what data, "
    "which data, data sources, what sources, which sources, your sources, data version, which quarter, which quarters, "
    "what quarter, what quarters, which years, what years, which code sets, what code sets, do you have 20*, "
    "last update, last updated, latest update, what release, what do you cover, what date range, which dates, "
    "what dates, where do you get your, your data from, do you have <date>, do you have the <date>, do you have data, "
    "what ... version, which ... version, what ... edition, which ... edition, print ... versions, list ... versions, "
    "show ... versions, list ... releases, list ... editions, dataset versions, dataset version, data set versions, "
    "versions of the data, in there yet, in the system yet, do you carry, how fresh, how old is, most recent data, "
    "newest data, data ... current, current data"
)
# Which edition somebody has, or how new his data are.
_YOURS = re.compile(
    r"\b(?:are|do|have|did) you(?: \w+){0,2}? (?:on|using|use|working|have|got|gotten|carry|run|running|load|loaded|"
    r"current)\b"
    r"|\b(?:is|are) your (?:ncci|icd|hcpcs|mues?|fee|ptp|gpci|cpt)\b"
    r"|\byou (?:on|using|running)$|\b(?:is|are|of|list) your data\b|\byour (?:\S+ ){0,4}?(?:tables|files|"
    r"versions?|editions?|releases?)\b|\bbehind this\b"
    r"|\b(?:data|dataset|code set) (?:versions?|releases?)\b|\bhow (?:current|fresh|recent|old|up to date)s?\b"
)
_EDITIONS = re.compile(
    r"(?<!\S)(?:versions?|editions?|releases?|quarters?|updates?|years?|tables?|data|datasets?|files?|currents?|fresh|recent|"
    r"up to date|<date>)(?!\S)"
)
_FIND = Cues(
    "how ... capture, how ... represent, how ... reflect, how ... record, how ... index, how ... classify, code for, "
    "icd 10 for, icd 10 cm for, icd for, hcpcs for, diagnosis for, pcs for, what code, which code, diagnosis code, "
    "how do i code, how do you code, how would i code, how would you code, how to code, how do we code, "
    "how should i code, how should we code, how can i code, how is ... coded, how are ... coded, code this, the code, "
    "a code, icd code, icd 10 code, icd 10 cm code, hcpcs code, pcs code, j code, z code, r code, looking for, "
    "coded as, code to use, code be for, the external cause, right code, correct code, best code, proper code, "
    "which diagnosis, what diagnosis, what icd, which icd, which hcpcs, what hcpcs, code please, e code, "
    "how do i report, how to report, how do i bill, how to bill, codes, how do i diagnosis, how does one code, "
    "cpt code, cpt for, what cpt, which cpt, g code, code of, icd 10 of, need ... code, unspecified code, "
    "default code, hcpcs of"
)
_RULES = Cues(
    "guideline, guidelines, rule, rules, policy manual, ncci, sequence, sequenced, sequencing, principal, "
    "first listed, primary diagnosis, secondary diagnosis, poa, coding clinic, uncertain diagnosis, possible, "
    "borderline, documentation, validation, combination code, excludes1, code first, code also, separate procedure, "
    "global package, global surgical, surgical package, bundled, unbundle, unbundled, unbundling, separately, edit, "
    "edits, convention, conventions, index, tabular, assumed, assume, presumed, linked, cause and effect, "
    "causal relationship, manifestation, etiology, is first, additional diagnosis, mue, excludes2, seventh character, "
    "placeholder, laterality, acute and chronic, medically unlikely, add on, modifier, incidental, conversion to open, "
    "converted to open, official, documented by, who can document, other than the provider, nonprovider, instead of, "
    "vs, or, reason for, same code twice, status code, external cause, how many, excludes, in the same, when to use, "
    "section, chapter, correct coding, integral, component, included, mandatory, together, at the same, code it, "
    "both codes, min, minimum, never says, never documents, nobody, not stated, not documented, isnt documented, "
    "isnt stated, anywhere, at admission, on admission, during admission, admit, admitted, in house, same note, "
    "same thigh, same lesion, same site, same session, same visit, same encounter, same date, same day, same time, "
    "same wound, same knee, same shoulder, same leg, same eye, same incision, same joint, now what, didnt diagnose, "
    "doesnt link, dont link, did not link, never named, provider didnt, doctor didnt, doc never, charted, "
    "both documented, all documented, in one session, same anatomic, same operative, social worker, dietitian, "
    "nurse documented, nurses note, <mod>, that written, it written, that stated, it stated, that say, "
    "where does it say"
)
# What is done, without the number of a service: the policy manual speaks of it.
_SERVICES = Cues(
    "em, office visit, office visits, scope, arthroscopy, arthroscopic, endoscopy, endoscopic, egd, sigmoidoscopy, "
    "colonoscopy, bronchoscopy, laryngoscopy, cystoscopy, cysto, laparoscopic, lap chole, closure, graft, debridement, "
    "infusion, infusions, nerve block, anesthesia, mohs, cast application, casting, splint, converted to open, "
    "closed reduction, open reduction, fluoro, fluoroscopy, mammo, mammogram, ultrasound, ultrasounds, bone marrow, "
    "drug screen, hearing test, dialysis, vaccine administration, biopsies, appendectomy, lysis of adhesions, "
    "meniscectomy, chondroplasty, vitrectomy, laminectomy, fusion, intubation, central line, port flush, "
    "catheter insertion, foley, moderate sedation, ob package, global ob, psychotherapy, panel, surgical approach, "
    "hardware removal, hernia repair, excision, stent, angioplasty, cabg, pacemaker, tonsillectomy, hysterectomy, "
    "biopsy same, ercp, turp, pelvic exam, operating microscope, critical care, ekg, spirometry, wax removal, "
    "audiologist, lab test, lab tests, contrast, ct and cta, x ray, xray, nails, incidental, biopsy then, biopsy and, "
    "biopsy before, incision and drainage, injection and, anesthesiologist"
)
_DONE = Cues(
    "removed, took, taken out, fixed, repaired, excised, drained, biopsied, injected, treated, placed, debrided, "
    "resected, inserted, performed, did a, we did"
)
_ANOTHER = Cues(
    "then, while, through, before, during, as well, in one session, at once, two ways, also, separate, separately, "
    "billable, payable, both, same approach, same incision, turned, converted"
)
# They stand in names of diagnoses.
_OF_DIAGNOSES = Cues(
    "screening, history of, hx of, s p, complication, complications, aftercare, encounter for, infection, malfunction, "
    "breakdown, fitting, presence of, dependence on, dependent, noncompliance, pain, status, failure of, rejection, "
    "due to, pcs, hcpcs, code for, leak, loosening"
)

_SURE_RULES = Cues(
    "guideline, guidelines, rule, rules, ncci, sequence, sequenced, sequencing, principal, first listed, "
    "primary diagnosis, secondary diagnosis, present on admission, poa, clinical validation, uncertain, probable, "
    "suspected, likely, ruled out, query, separately, goes first, go first, is first, comes first, order, "
    "underdosing first, assume, assumed, coded first, listed first, code first, both acute and chronic, "
    "separate procedure, bundled, unbundle*, convention, conventions, when do i, when should i, when can i, when is, "
    "when are, documented by, come first, code also, policy, both codes, one code or two, permitted, permissible, "
    "what section, which section, which chapter, what chapter, which provider, which providers, when to, "
    "how many codes, how many ... codes, two codes or, no ... code exists, no code exists, no ... codes exist, "
    "there is no code, there is no ... code, theres no code, one or two codes, code twice, that written, it written, "
    "where does it say, why do, why does, why are, why is, why would, why must, laterality"
)
_TERMS = Cues(
    "nec vs, nos vs, nec and nos, nec mean, nos mean, means nec, difference, what does, excludes1, excludes2, "
    "excludes 1, excludes 2, code first, code also, mean in the, punctuation, brackets, parentheses, placeholder, "
    "combination code, separate procedure, column 1, column 2, modifier indicator, mue, ptp, global surgery, "
    "add on code, principal diagnosis, first listed, uncertain diagnosis, manifestation code, etiology, default code, "
    "correspondence language, present on admission, poa, abbreviation, abbreviations"
)
# Terms that also stand in names of diagnoses.
_TERMS_IF_ASKED = Cues("sequela, sequelae, late effect, late effects, other specified, z code, z codes, status code")
_ASKS_A_RULE = Cues(
    "can i, can we, can you, can a, can the, can an, should i, should we, should a, should the, may i, may we, may a, "
    "must i, must the, must we, do i, do we, do you, does the, does a, does it, is it, when, who, why, where, "
    "are there, is there a rule, could i, would i, would we, is the, is a, ok to, okay to, allowed to, allowed, "
    "appropriate to, acceptable, need to, have to, required, necessary, can, should, does, do, is, are, may, must, if, "
    "whether, how long, how many"
)
_WHICH_CODE = Cues(
    "what code, which code, what codes, which codes, code for, codes for, what diagnosis code, which diagnosis code, "
    "what icd, which icd, whats the code, what is the code, which z code, icd 10 code, hcpcs code, j code, which cpt, "
    "what cpt, which pcs, what pcs, procedure code"
)

# A code is asked for by its kind: "tobacco counseling, z code", "code for a suspected fracture", "fibroids, dx?".
_KIND = (
    r"(?<!\S)(?:[b-hj-z] ?|external cause |place of occurrence |activity |history |status |aftercare |sequela |"
    r"screening |"
    r"icd(?: 10)?(?: cm| pcs)? |diagnosis |pcs |hcpcs |supply |drug )"
)
_NAMED_AT_END = re.compile(
    rf"{_KIND}codes?(?: please| needed)?$|\b(?:external cause|place of occurrence) (?:please|needed)$|"
    r"\bneed (?:the |an )?(?:external cause|place of occurrence)(?: (?:and|plus) (?:place|activity|"
    r"place of occurrence|external cause))*$|"
    r"(?<!principal )(?<!listed )(?<!primary )(?<!secondary )(?<!admitting "
    rf")(?<!uncertain )"
    r"(?<!final )(?<!working )(?<!same )(?<!different )(?<!covered )(?<!payable )(?<!confirmed )\bdiagnosis$"
)
_ASKED_FOR = re.compile(
    r"\b(?:what|which|whats|wat|wich)(?: is| are| would| should)?(?: be)?(?: the| an?| our| my)?"
    r"(?: (?!section|chapter|guideline|rule|policy|manual|provider|modifier|order|payer|"
    r"part)\w+){0,2}? (?:codes?|icd)\b|\bcodes? be for\b"
)
_NAMED_AT_START = re.compile(
    rf"(?:(?:i |we )?(?:need|want|looking for|give me|find)(?: the| a| an)? |whats the |what is the |the |an? "
    rf")?{_KIND}?codes? for\b"
)
_IS_THERE = Cues(
    "is there a, is there an, is there any, are there codes, are there any codes, do we have a code, can you, "
    "could you, can i get, can i have, can anyone, do you know, does anyone know, do you have, does icd *, "
    "can someone, is there something, is there anything, is there one, does anybody, does somebody, anybody know, "
    "anyone know"
)
_OF_WHICH = Cues(
    "which code, what code, which codes, what codes, which ... code, what ... code, which cpt, what cpt, which pcs, "
    "what pcs, which hcpcs, what hcpcs"
)
# Where in the book a condition that is told is found.
_WHERE = Cues(
    "where do i find *, where do we find *, where can i find *, where would i find *, where is it coded, "
    "where is this coded, where do i look, where do we look"
)
# Which code is wanted, without that word.
_WHAT_IS_CODED = Cues(
    "what do i *, what do we *, what should i *, what should we *, what would i *, what would we *, what can i *, "
    "what can we *, how do i *, how do we *, how should i *, how should we *, which do i *, which do we *"
)
# Whether something is reported at all.
_ACTS = Cues(
    "do we assign, do i assign, should i assign, should we assign, do we report, do i report, should we report, "
    "should i report, can we assign, can i assign, must we, must i, may we, may i, do we still, do i still, "
    "do we also, do i also, should i also, should we also"
)
_BOOKS = Cues(
    "guideline, guidelines, manual, ncci policies, official rule, official rules, coding rule, coding rules, "
    "ncci rule, ncci rules, rules say, rule say, rules for, rules on, rule for, rule on, policy, per ncci, ncci say, "
    "does ncci"
)
_SURE_BOOKS = Cues("guideline, guidelines, manual")
# What is asked of a code whatever a book says.
_OTHER_THAN_RULES = Cues(
    "billable, valid, hcc, raf, mue, mai, edit, edits, lcd, ncd, coverage, covered, article, medical necessity, rvu, "
    "rvus, fee, payment, global, excludes1, excludes2, excludes, seventh, crosswalk, gem, icd 9, parent, children, "
    "chapter, deleted, replaced, modifier indicator, pos"
)
_USE_OF_A_CODE = Cues(
    "use of <dx>, who gets <dx>, who can document, who may document, who can report, who reports <dx>, who assigns, "
    "who documents <dx>, who should document, who can assign, who may assign, purpose of <dx>"
)
_SEQUENCE = Cues(
    "sequence*, sequencing, order, goes first, go first, is first, comes first, come first, <dx> first, which first, "
    "first or second, principal, listed first, coded first, before <dx>"
)
_USED_IN_A_CASE = Cues(
    "do i use <dx>, do we use <dx>, should i use <dx>, should we use <dx>, do i code <dx>, do we code <dx>, "
    "do i add <dx>, do we add <dx>, should i add <dx>, should we add <dx>, do i still *, do we still *, can i still *, "
    "can we still *"
)
_IN_A_CASE = Cues(
    "<dx> add, <dx> too, <dx> on the, <dx> on a, <dx> needed, need <dx>, <dx> appropriate, <dx> correct, <dx> right, "
    "<dx> then, then <dx>, still <dx>, or <dx>, <dx> or, also <dx>, <dx> also, <dx> enough"
)
_TOLD = 2
# A diagnosis that is ruled out is under no rule.
_RULED_OUT = Cues("rule out, rules out")
_MODIFIER = Cues("modifier, modifiers")
_SAME_TIME = Cues("same date, same day, same session, same visit, same encounter, same time, same site")
_HOW_TO = Cues("how do *, how to *, how would *, how should *")
_OF_A_RULE = Cues(
    "sequence*, sequencing, guideline*, rule, rules, principal, first listed, policy manual, when *, how many, "
    "both codes, one or two"
)
# Of a rule, too, where a code is asked for by its kind.
_OF_ANY_RULE = Cues(
    "sequence*, sequencing, guideline*, principal, first listed, policy manual, when *, how many, both codes, "
    "one or two, who *, why *, first, same code, two codes, instead of, vs, or, mandatory, incidental"
)


def of_releases(message: Message) -> Topic | None:
    """What is loaded."""
    words = message.words
    named = _LOADED(words) or (_YOURS.search(words) and _EDITIONS.search(words) and not words_of_medicine(words))
    return Topic.RELEASES if named and not message.codes and not names_no_service(words) else None


def of_section(message: Message) -> Topic | None:
    """A section of the books of rules by its path."""
    return Topic.GUIDELINE if message.section else None


def of_books(message: Message) -> Topic | None:
    """What the books of rules say of codes, in so many words, or for a case that is told."""
    words = message.words
    if not message.codes or message.documents or _OTHER_THAN_RULES(words):
        return None
    if _BOOKS(_RULED_OUT.left_out(words)):
        several = len(message.services) > 1
        return None if several and (message.dates or not _SURE_BOOKS(words)) else Topic.GUIDELINE
    if message.services or not message.diagnoses:
        return None
    if _USE_OF_A_CODE(words):
        return Topic.GUIDELINE
    asked = _USED_IN_A_CASE(words) or any(map(_SEQUENCE, message.clauses))
    return Topic.GUIDELINE if asked and words_of_medicine(words) >= _TOLD else None


def of_told_case(message: Message) -> Topic | None:
    """Whether a diagnosis is right for what is told of a patient."""
    if not message.diagnoses or message.services or _OTHER_THAN_RULES(message.words):
        return None
    return Topic.GUIDELINE if _IN_A_CASE(message.words) and words_of_medicine(message.words) else None


def of_modifier_beside(message: Message) -> Topic | None:
    """Which modifier two services that are told of need on the same day: the policy manual says it."""
    if message.codes or message.modified or not _MODIFIER(message.words):
        return None
    return Topic.GUIDELINE if _SAME_TIME(message.words) and words_of_medicine(message.words) else None


def of_uncoded_rule(message: Message) -> Topic | None:
    """What the books of rules say, where no code is named."""
    if message.codes:
        return None
    words = message.words
    if _asks_a_code_by_its_kind(message):
        return Topic.FIND
    if _ACTS(_WHAT_IS_CODED.left_out(words)) and (
        _BOOKS(words) or not (_OF_WHICH(words) and _names_what_is_found(words))
    ):
        return Topic.GUIDELINE
    if _SURE_RULES(words) and not _names_what_is_found(words):
        return Topic.GUIDELINE
    if (
        (_SERVICES(words) or (_DONE(words) and _ANOTHER(words)))
        and not _OF_DIAGNOSES(words)
        and not _names_what_is_found(words)
    ):
        return Topic.GUIDELINE
    asked = yes_or_no(message.clauses) and not _IS_THERE(words)
    if _WHICH_CODE(words) or (_FIND(words) and not _TERMS(words) and not asked and not is_defined(words)):
        return None
    if _HOW_TO(words) and not _RULES(words):
        return None
    if _TERMS(words) or _RULES(words):
        return Topic.GUIDELINE
    clauses = [direct(clause) for clause in message.clauses]
    if _TERMS_IF_ASKED(words) and any(map(begins_question, message.clauses)):
        return Topic.GUIDELINE
    return Topic.GUIDELINE if any(map(_ASKS_A_RULE.at_start, clauses)) else None


def of_found(message: Message) -> Topic | None:
    """Which code is meant by words that ask for one."""
    return Topic.FIND if not message.codes and _FIND(message.words) else None


def _names_what_is_found(words: str) -> bool:
    """Whether a code is asked for, and what a rule might be of is only told: "code for suspected abuse"."""
    asked = _WHICH_CODE(words) or _ASKED_FOR.search(words) is not None
    return asked and not _OF_A_RULE(_RULED_OUT.left_out(words))


def _asks_a_code_by_its_kind(message: Message) -> bool:
    if _OF_ANY_RULE(message.words) or not message.clauses or is_defined(message.words):
        return False
    if _NAMED_AT_START.match(message.words) or (_WHERE(message.words) and words_of_medicine(message.words)):
        return True
    asked = any(_ASKS_A_RULE.at_start(clause) for clause in message.clauses) and not _IS_THERE(message.words)
    if asked:
        return False
    name = len(message.clauses) == 1 and message.words.endswith((" code", " codes")) and not _SURE_RULES(message.words)
    return name or _NAMED_AT_END.search(message.words) is not None
