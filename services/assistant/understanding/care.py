"""Questions of medicine: what ails somebody, and what is to be done for him."""

import re

from services.assistant.understanding.cues import Cues, any_of
from services.assistant.understanding.message import Message
from services.assistant.understanding.missing import says_nothing
from services.assistant.understanding.vocabulary import words_of_medicine

_DOSES = any_of(
    r"(?:what|whats|which|right|recommended|safe|correct) (?:\w+ ){0,3}?(?:dosages?|dosing)",
    r"(?:dosages?|dosing) (?:of|for)",
    r"(?:what|whats|which|safe|recommended|starting) (?:\w+ ){0,3}?doses?",
    (
        r"how (?:much|many) (?:\w+ ){0,4}?(?:should|can|do|does|could|may) (?:i|he|she|we|they|the|this|a|my|"
        r"patients?)(?: \w+){0,5}? (?:take|give|inject|have|prescribe|get|need)"
    ),
    r"how (?:much|many) (?:\w+ ){0,3}?to (?:give|take|inject|prescribe)",
    r"how many (?:mg|mcg|milligrams?|micrograms?|ml|pills|tablets|tabs|drops|puffs|grams)",
    r"dose (?:of|for) (?:\w+ ){1,6}(?:should|for my|for this)",
    r"maximum (?:\w+ )?(?:dose|dosage)s?",
    r"dose should",
    r"(?:double|increase|lower|raise|skip) the dose",
)
_CARERS = (
    r"(?:the|this|that|a|an|my|our|his|her) (?:\w+ )?"
    r"(?:surgeon|doctor|physician|patient|nurse|oncologist|cardiologist|ob|baby|child|provider)"
)
_FAMILY = (
    r"(?:mother|mom|mum|mommy|dad|father|son|daughter|husband|wife|kid|kids|baby|child|toddler|grandma|grandmother|"
    r"grandpa|"
    r"grandfather|sister|brother|aunt|uncle|cousin|girlfriend|boyfriend|partner|spouse|fiance|friend|roommate|"
    r"neighbor|dog|cat)"
)
_CARE = any_of(
    (
        rf"should (?:i|he|she|they|we|{_CARERS}|my {_FAMILY}|patients?)(?: with(?: \w+){{1,4}}?)?(?: \w+)? "
        r"(?:take|double|stop|start|see|go|get|"
        rf"have|give|prescribe|order|choose|operate|perform|undergo|try|wait|treat|increase|lower|switch|eat|drink|"
        rf"avoid|worry|call|be (?:worried|admitted|discharged|treated|given|started|intubated|on|concerned|put|"
        rf"switched|tested))"
    ),
    (
        r"(?:is|are|would) (?:it|this|that|these|they|\w+|\w+ \w+) (?:really )?(?:safe|dangerous|contagious|infectious|"
        r"curable|hereditary|fatal|deadly|serious|life threatening|cancerous) (?:to|for|in|during|with|while|after|if|"
        r"or)\b(?! (?:assume|presume|say|call|bill|code|report|use|submit|add|append|list|assign|sequence))"
    ),
    r"(?:is|are|how|still) (?:\w+ ){0,6}contagious",
    r"(?:is|are) (?:\w+ ){1,5}(?:curable|hereditary|deadly|life threatening|dangerous|treatable|cancerous)",
    (
        r"(?:which|what|whats|best|better|first line|safest|strongest|an alternative|what other) (?:(?:the|is|a|an|"
        r"best|right|good|first line|next) )*(?:antibiotics?|medications?|"
        r"medicines?|meds|drugs?|treatments?|therapy|therapies|statins?|painkillers?|pain reliever|remedy|remedies|"
        r"vaccine|surgery|diet|chemo|regimen|blood thinner|antidepressant|ointment|cream)(?: options?| regimens?| plan|"
        r" course)? (?:is|are|should|for|to|works?|do|does|would|can|in|against)\b"
    ),
    (
        r"(?:recommend|recommends|suggest|prescribe|advise) (?:me )?(?:an?|the|some|any|which|"
        r"what)? ?(?:\w+ )?(?:\w+ )?(?:antibiotics?|medications?|medicines?|meds|drugs?|treatments?|therapy|statins?|"
        r"tests?|surgery|dose|diet|exercises?|vaccines?|remedy|workup|imaging|mri|ct|lab|labs|specialist|doctor|pills?|"
        r"supplements?|regimen|plan)\b"
    ),
    r"(?:recommend|suggest|prescribe) something",
    (
        r"how (?:do|to|should|would|can|could) (?:(?:i|you|we|they|one|doctors) )?(?:best )?(?:treat|cure|lower|"
        r"get rid of|heal|relieve|prevent)"
    ),
    r"(?:how (?:is|are)|can) (?:\w+ ){1,4}(?:be )?(?:treated|cured|prevented)",
    r"treatments? (?:of choice|options?|for my)",
    r"best (?:treatment|therapy|test|way to treat|medicine)",
    r"what (?:is|are) the (?:treatment|symptoms|side effects|prognosis|signs|risk factors|differential)",
    r"whats the (?:treatment|prognosis|cure|differential)",
    r"interact with",
    r"what causes",
    r"home remed(?:y|ies)",
    r"cure for",
    r"survival rate",
    r"life expectancy",
    r"prognosis (?:of|for)",
    r"differential diagnosis (?:for|of)",
    r"(?:is|are|was) (?:\w+ ){1,4}contraindicated",
    r"do i have",
    r"am i (?:pregnant|sick|dying|having|at risk|going)",
    r"what do i have",
    r"(?:he|she|i) (?:is|am) going to die",
    r"how serious",
    r"is (?:it|this|that) (?:serious|normal|cancer|broken|infected|contagious|bad)",
    r"interpret (?:my|this|these|the)",
    r"read (?:my|this) (?:ekg|ecg|xray|x|mri|ct|lab|labs|scan)",
    r"what does my",
    r"my (?:symptoms|rash|labs|blood pressure|prescription|meds)",
    r"diagnose (?:me|this|my|the)",
    r"what (?:is|could|might) (?:wrong|it be|this be|be wrong)",
    r"whats wrong with",
    (
        r"is (?:it|this|that) my (?:heart|lungs?|kidneys?|liver|stomach|appendix|gallbladder|thyroid|brain|back|"
        r"blood pressure|blood sugar)"
    ),
    r"(?:picture|photo|image|pic) attached",
    r"cath lab or",
    r"be discharged or",
    r"or be discharged",
    r"or (?:be )?(?:sent|send) home",
    r"(?:ok|okay|safe|dangerous|bad) to (?:give|take|eat|drink|mix|combine|stop)",
    r"(?:can|may) (?:he|she|my \w+) (?:take|stop|mix|drink|eat)",
    r"what can i take",
    r"can i (?:mix|drink|eat|stop taking)",
    r"(?:which|what) (?:is|are|would be) (?:better|best|safer|safest) for",
    r"(?:ok|okay|safe|fine|bad|dangerous) for (?:\w+ ){1,4}to (?:take|eat|drink|get|have|use)",
    r"can (?:an? )?(?:\w+ ){1,3}(?:eat|drink|smoke|fly|exercise|drive)\b",
    r"(?:is|are) (?:the |an? )?(?:\w+ ){1,3}safe$",
    r"(?:what is|whats|what would be) my diagnosis",
    (
        r"(?:how often|when|how soon|how long) should (?:an?|the|this|my|your|he|she|i|we)(?: \w+){0,6}? (?:get|take|"
        r"have|start|stop|be|see|wait)"
    ),
    (
        r"does (?:the|this|that|my|an?|he|she) ?(?:\w+ )?need (?:an? |to )?(?:ct|mri|surgery|xray|x ray|antibiotics?|"
        r"biopsy|transfusion|insulin|referral|hospital|admission|scan|tests?|medications?|treatment|dialysis|icu|stent|"
        r"operation|vaccine|be admitted|go|see|take|have surgery|start|stop|stay)"
    ),
    r"better for (?:the|this|a|my) (?:patient|pt|mother|mom|child)",
    r"normal (?:range|level|value)s? (?:of|for)",
    r"what should (?:an?|the|my|this) (?:\w+ ){1,5}(?:eat|take|avoid|drink)",
    (
        r"(?:what|which) (?:labs?|tests?|imaging|scans?|meds|medications?|drugs?|workup)(?: \w+)? should (?:be|i|we|he|"
        r"she)"
    ),
    r"can i (?:get pregnant|have sex|breastfeed)",
    r"(?:does|do|can|will) (?:\w+ ){1,3}(?:raise|lower|cure|prevent|worsen)",
    r"how long (?:does|do|will|until|before) (?:\w+ ){1,6}(?:recover|recovery|heal|last|live|go away|contagious)",
    r"recovery time",
    r"how do i (?:know|tell) if i",
)
# Somebody tells of himself, or of his family.
_OF_FAMILY = re.compile(rf"\b(?:my|our) (?:\w+ )?{_FAMILY}s?\b")
_OF_HIMSELF = re.compile(
    r"\b(?:i (?:have|got|feel|felt|had|keep|cant|think|am|was|woke|hurt|cut|broke|fell|take|took|need|noticed|found)|"
    r"ive (?:got|had|been)|im (?:having|feeling)|my)\b"
)
_ASKS_CARE = re.compile(
    r"\b(?:what (?:should|do|can|could) (?:i|we) do|what(?:s| is| could| might) (?:wrong|it|this|that|she|he|be)\b.*|"
    r"what (?:have|does|did|do) (?:i|she|he|they) (?:got|have|get)|(?:is|are) (?:it|this|that|they) (?:\w+)$|"
    r"should (?:i|we|he|she|they)\b(?! (?:use|add|put|pick|list|assign|choose|query|sequence))|do (?:i|we) need|does "
    r"(?:he|she) need|need to (?:see|go|worry)|worried|"
    r"how (?:do|can) i (?:get rid|stop|make|treat|help)|(?:will|when will|does) (?:it|this) (?:go|heal|get)|help$|"
    r"any (?:advice|ideas?)|(?:can|could) (?:it|this) be|is it an? (?:stroke|heart attack|"
    r"blood clot|concussion|migraine)|why (?:does|do|is|am)|how bad|emergency|911)"
)
_NEXT_STEP = re.compile(r"\bwhat (?:should|do|can) (?:i|we) do\b(?! (?:if|when|with))")
_RECORDED = Cues("note, notes, chart, says, wrote, writes, provider, doctor, doc, record, documents, query, dx")
_HURTS = re.compile(
    r"\bmy (?:\w+ ){1,3}(?:hurts?|aches?|is|are|feels?|keeps?|itch\w*|bleed\w*|swelled|started)\b(?! that\b)"
)
_TOLD_OF_PATIENTS = Cues("patient, patients, provider, doctor wrote, note, chart, code, codes, coded, coding, icd")
_CODING = Cues(
    "code, codes, coded, coding, bill, billed, billing, billable, icd*, cpt, hcpcs, report, guideline, guidelines, "
    "claim, claims, modifier, modifiers, units, unit, mue, medicare, drg, sequenced, sequence, reported, <px>, <pcs>, "
    "<mod>, hcc, pcs, rvu, ncci, excludes1, excludes2, principal, first listed, policy manual, lcd, covered, coverage, "
    "reportable, separately, append, abn, abns, pos, place of service, denied, denial, payer, document, documented"
)

# Whether something helps, and how much of a drug is much.
_HELPS = re.compile(
    r"\b(?:is|are|does|do|will|would) (?:\w+ ){1,4}(?:good|effective|useful|helpful|works?|helps?) "
    r"(?:for|against|with|in)\b"
)
_AMOUNTS = re.compile(
    r"(?:\b\d+|<units>|\bunits?|\bmg|\bmcg) (?:of )?[a-z]+ "
    r"(?:a lot|a (?:high|low|big|normal|safe) dose|too (?:high|low|strong)|normal|safe)\b"
)
# Of codes to choose between.
_OF_CODES = re.compile(r"<dx> (?:or|vs) <dx>")
# Of a code that somebody says he has, these are asked of the code.
_OF_A_CODE = Cues(
    "parent, child codes, subcodes, level up, levels up, next level, hierarchy, chapter, category, block, section, "
    "seventh, character, characters, extension, excludes*, note, notes, header, laterality, title, description, "
    "crosswalk, gem, map, maps, billable, valid, submit, submitted, deleted, replaced, replacement, retired, "
    "cheat sheet, superbill, extra with *, extra for *, something extra, anything extra"
)


def asks_how_much(message: Message) -> bool:
    """Tell whether it is asked if so much of a drug is much."""
    return _AMOUNTS.search(message.words) is not None


def asks_for_care(message: Message) -> bool:
    """Tell whether what ails somebody, or what is to be done for him, is asked."""
    words = message.words
    if _CODING(words) or says_nothing(words) or _OF_CODES.search(words) or (message.codes and _OF_A_CODE(words)):
        return False
    if _HELPS.search(words) and words_of_medicine(words):
        return True
    words = words.replace("<dx>", "that")
    if _DOSES.search(words) or _CARE.search(words):
        return True
    if _NEXT_STEP.search(words) and words_of_medicine(words) and not _RECORDED(words):
        return True
    if _OF_FAMILY.search(words):
        return words_of_medicine(words) > 0
    if _TOLD_OF_PATIENTS(words) or not words_of_medicine(words):
        return False
    return bool(_HURTS.search(words) or (_OF_HIMSELF.search(words) and _ASKS_CARE.search(words)))
