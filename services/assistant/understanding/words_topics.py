"""Rules for questions that name no code: which code is meant, what the rules say, what is loaded."""

from services.assistant.question import Topic
from services.assistant.understanding.cues import Cues
from services.assistant.understanding.message import Message

_LOADED = Cues(
    "what is loaded, whats loaded, is loaded, are loaded, do you have loaded, you have loaded, loaded, which edition, "
    "which editions, what edition, what editions, which release, which releases, what releases, which version, "
    "which versions, what version, what versions, how current, how up to date, how recent, up to date, what data, "
    "which data, data sources, what sources, which sources, your sources, data version, which quarter, which quarters, "
    "what quarter, what quarters, which years, what years, which code sets, what code sets, do you have 20*, "
    "last update, last updated, latest update, what release, what do you cover, what dates do you cover, "
    "what date range, which dates, what dates, where do you get your, your data from, do you have <date>, "
    "do you have the <date>, do you have data, what ... version, which ... version, what ... edition, "
    "which ... edition"
)
_FIND = Cues(
    "code for, codes for, icd 10 for, icd 10 cm for, icd for, hcpcs for, diagnosis for, pcs for, what code, "
    "which code, what codes, which codes, whats the code, what is the code, diagnosis code, how do i code, "
    "how do you code, how would i code, how would you code, how to code, how do we code, how should i code, "
    "how should we code, how can i code, how is ... coded, how are ... coded, code this, the code, a code, icd code, "
    "icd 10 code, icd 10 cm code, hcpcs code, pcs code, j code, z code, r code, looking for, coded as, code to use, "
    "right code, correct code, best code, proper code, which diagnosis, what diagnosis, what icd, which icd, "
    "which hcpcs, what hcpcs, code please, e code, how do i report, how to report, how do i bill, how to bill, "
    "diagnosis codes, codes, how do i diagnosis, how does one code, cpt code, cpt for, what cpt, which cpt, "
    "icd 10 cm codes, g code, code of, icd 10 of, need ... code, unspecified code, default code"
)
_RULES = Cues(
    "guideline, guidelines, rule, rules, policy manual, ncci, sequence, sequenced, sequencing, principal, "
    "first listed, primary diagnosis, secondary diagnosis, present on admission, poa, coding clinic, "
    "uncertain diagnosis, possible, borderline, documentation, validation, combination code, excludes1, excludes 1, "
    "excludes 2, code first, code also, separate procedure, global package, global surgical, surgical package, "
    "bundled, unbundle, unbundled, unbundling, separately, separately reported, edit, edits, convention, conventions, "
    "index, tabular, assumed, assume, presumed, linked, cause and effect, causal relationship, manifestation, "
    "etiology, is first, additional diagnosis, mue, excludes2, seventh character, placeholder, laterality, "
    "both acute and chronic, acute and chronic, medically unlikely, add on, add on code, modifier, incidental, "
    "conversion to open, converted to open, reported separately, official, documented by, who can document, "
    "other than the provider, nonprovider, instead of, vs, or, admit order, reason for, same code twice, status code, "
    "external cause, how many, excludes, in the same, when to use, section, chapter, correct coding, integral, "
    "component, included, mandatory, together, at the same, code it, one code or two, how many codes, both codes, min, "
    "minimum, never says, never linked, never documents, nobody, not stated, not documented, isnt documented, "
    "isnt stated, not specified anywhere, anywhere, at admission, on admission, during admission, admit, admitted, "
    "in house, same note, same thigh, same lesion, same site, same session, same visit, same encounter, same date, "
    "same day, same time, same wound, same knee, same shoulder, same leg, same eye, same incision, same joint, "
    "now what, didnt diagnose, doesnt link, dont link, did not link, never named, provider didnt, doctor didnt, "
    "doc never, charted, both documented, all documented, in one session, same anatomic, same operative, "
    "social worker, dietitian, nurse documented, nurses note, <mod>"
)
# What is done, without the number of a service: the policy manual speaks of it.
_SERVICES = Cues(
    "em, office visit, office visits, scope, arthroscopy, arthroscopic, endoscopy, endoscopic, egd, sigmoidoscopy, "
    "colonoscopy, bronchoscopy, laryngoscopy, cystoscopy, cysto, laparoscopic, lap chole, closure, graft, debridement, "
    "infusion, infusions, infusion code, nerve block, anesthesia, mohs, cast application, casting, splint, "
    "converted to open, closed reduction, open reduction, fluoro, fluoroscopy, mammo, mammogram, ultrasound, "
    "ultrasounds, bone marrow, drug screen, hearing test, dialysis, vaccine administration, biopsies, appendectomy, "
    "lysis of adhesions, meniscectomy, chondroplasty, vitrectomy, laminectomy, fusion, intubation, central line, "
    "port flush, catheter insertion, foley, moderate sedation, ob package, global ob, psychotherapy, panel, "
    "surgical approach, hardware removal, hernia repair, excision, stent, angioplasty, cabg, pacemaker, tonsillectomy, "
    "hysterectomy, biopsy same, ercp, turp, pelvic exam, operating microscope, critical care, ekg, spirometry, "
    "wax removal, audiologist, lab test, lab tests, contrast, ct and cta, x ray, xray, nails, incidental, biopsy then, "
    "biopsy and, biopsy before, incision and drainage, injection and, anesthesiologist"
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
    "screening, history of, hx of, status post, s p, complication, complications, aftercare, encounter for, infection, "
    "malfunction, breakdown, fitting, presence of, dependence on, dependent, noncompliance, pain, status, failure of, "
    "rejection, due to, pcs, hcpcs, code for, leak, loosening"
)

_SURE_RULES = Cues(
    "guideline, guidelines, rule, rules, policy manual, ncci, sequence, sequenced, sequencing, principal, "
    "first listed, primary diagnosis, secondary diagnosis, present on admission, poa, clinical validation, uncertain, "
    "probable, suspected, likely, rule out, ruled out, query, separately, goes first, go first, is first, comes first, "
    "who goes first, order, underdosing first, assume, assumed, coded first, listed first, code first, "
    "both acute and chronic, separate procedure, bundled, unbundle*, convention, conventions, when do i, "
    "when should i, when can i, when is, when are, documented by, come first, code also, sequence first, policy, "
    "both codes, one code or two, principal diagnosis, when to"
)
_TERMS = Cues(
    "what does nec, what does nos, nec vs, nos vs, nec and nos, nec mean, nos mean, means nec, difference, what does, "
    "excludes1, excludes2, excludes 1, excludes 2, code first, code also, mean in the, punctuation, brackets, "
    "parentheses, placeholder, combination code, sequela, separate procedure, column 1, column 2, modifier indicator, "
    "mue, ptp, global surgery, add on code, principal diagnosis, first listed, uncertain diagnosis, z code, "
    "manifestation code, etiology, default code, other specified, correspondence language, late effect, "
    "present on admission, poa"
)
_ASKS_A_RULE = Cues(
    "can i, can we, can you, can a, can the, can an, should i, should we, should a, should the, may i, may we, may a, "
    "must i, must the, must we, do i, do we, do you, does the, does a, does it, is it, when, who, why, where, "
    "are there, is there a rule, could i, would i, would we, is the, is a, ok to, okay to, allowed to, allowed, "
    "appropriate to, acceptable, need to, have to, required, necessary, can, should, does, do, is, are, may, must, if, "
    "whether, how long, how many"
)
_WHICH_CODE = Cues(
    "what code, which code, what codes, which codes, code for, codes for, what diagnosis code, which diagnosis code, "
    "a code for, what icd, which icd, whats the code, what is the code, which z code, icd 10 code, hcpcs code, j code"
)


def of_releases(message: Message) -> Topic | None:
    """What is loaded."""
    return Topic.RELEASES if _LOADED(message.words) and not message.codes else None


def of_section(message: Message) -> Topic | None:
    """A section of the books of rules by its path."""
    return Topic.GUIDELINE if message.section else None


def of_uncoded_rule(message: Message) -> Topic | None:
    """What the books of rules say, where no code is named."""
    if message.codes:
        return None
    words = message.words
    if _SURE_RULES(words) and not _names_what_is_found(words):
        return Topic.GUIDELINE
    if (
        (_SERVICES(words) or (_DONE(words) and _ANOTHER(words)))
        and not _OF_DIAGNOSES(words)
        and not _names_what_is_found(words)
    ):
        return Topic.GUIDELINE
    if _WHICH_CODE(words) or (_FIND(words) and not _TERMS(words)):
        return None
    if Cues("how do *, how to *, how would *, how should *")(words) and not _RULES(words):
        return None
    if _TERMS(words) or _RULES(words):
        return Topic.GUIDELINE
    return Topic.GUIDELINE if any(_ASKS_A_RULE.at_start(clause) for clause in message.clauses) else None


def of_found(message: Message) -> Topic | None:
    """Which code is meant by words that ask for one."""
    return Topic.FIND if not message.codes and _FIND(message.words) else None


def _names_what_is_found(words: str) -> bool:
    """Whether a code is asked for, and what a rule might be of is only told: "code for suspected abuse"."""
    rule = Cues("sequence*, sequencing, guideline*, rule, rules, principal, first listed, policy manual, when *")
    return _WHICH_CODE(words) and not rule(words)
