"""The words of a question that are searched for: those of medicine or of coding rules."""

import re
from collections.abc import Sequence

from services.assistant.understanding.cues import word_set, words_of
from services.assistant.understanding.lay_words import in_words_of_the_books
from services.assistant.understanding.message import Message
from services.assistant.understanding.missing import term_defined
from services.assistant.understanding.vocabulary import words_of_medicine

_MARK = re.compile(r"<[a-z]+>")
# Words of which the frames below are made.
_WORDS = {
    "BOOK": r"(?:icd(?:[- ]?10)?(?:[- ]?(?:cm|pcs))?|hcpcs|cpt|dx|diagnosis|px|pcs|procedure|billing|drug|supply)",
    "LETTER": r"(?:[jzregqostvwxyf]|[jzregqostvwxyf][- ])",
    "BEST": r"(?:best|right|correct|proper|exact|most specific|appropriate|default|new|actual)",
    "WE": r"(?:i|we|you|u|one|they)",
    "PATIENT": r"(?:pt|patient|pts|client|member|she|he|mom|baby|kid)",
    "CAME": r"(?:(?:came|comes) (?:in|back)|came|returns?|returned|present(?:s|ed|ing)|(?:was |is "
    ")?seen|here|was admitted|is|has|had|w/|with)",
    "PROVIDER": r"(?:path(?:ology)?(?: report)?|provider|doctor|doc|physician|dr\.?|surgeon|note|chart|op note|"
    "radiologist|pcp|md|np|"
    "social worker|nurse|therapist)",
    "SAYS": r"(?:just |only )?(?:document(?:s|ed)|wrote|writes|says|said|state[sd]|dictated|charted|puts?)",
}
# What asks, tells of the work, or leads to what is meant; each is left out wherever it stands.
_FRAMES = (
    # "can you tell me", "I am looking for", "we need to code".
    r"(?:can|could|would) you (?:please )?(?:tell me|help me|give me|look up|find|check|explain)(?: with| what| how)?",
    r"(?:please |pls |plz )?(?:tell me|give me|show me|find me|find|help me|look up|let me know|explain|remind me)\b",
    r"(?:does|do|can|could|would) (?:anyone|anybody|someone|somebody|you) know(?: of)?",
    r"i(?:'m| am) (?:looking for|trying to (?:find|code|figure out)|coding|not sure(?: about| how to code)?|stuck on)",
    r"(?:i|we) (?:need|want|have) (?:to (?:know|code|find|bill|report)|help(?: with| coding)?)",
    r"(?:i|we) need (?:a|an|the)?(?= )",
    # "what is the best ICD-10 code for", "is there a code for", "dx code for".
    r"(?:what|which|whats|wich|wat)(?:'s| is| are| would be| was)?(?: the| a| an| my)?(?: BEST)?"
    r"(?: (?:BOOK|LETTER))*"
    r"[ -]codes?\b(?: (?:do|should|would|can|could|might) WE(?: use| bill| report| pick| assign| put| need)?)?"
    r"(?: (?:is|are|to use|goes|applies|covers|is used|is there))?(?: (?:for|of|if|when|describes?))?",
    r"(?:did|does|do|has)(?: (?:they|we|cms|BOOK))? (?:add(?:ed)?|created?|introduced?|got|get)(?: an?| any| the)?"
    r"(?: BEST| specific| separate)?(?: BOOK)? codes? (?:for|of)",
    r"(?:BOOK)?[ -]?codes? (?:for|of) (?:both|each|all(?: three)?)(?: of)?(?: (?:them|the|these|those))?"
    r"(?: (?:injuries|conditions|diagnoses|problems))?(?=[ ?.!]*$)",
    r"(?:BOOK )?codes? (?:that |which )?(?:(?:was|were|is|are|got|have been|had been) )?(?:newly )?"
    r"(?:added|created|introduced|new)(?: for| in| on| with| as of| effective)*(?: the)?(?: october|"
    r" april)?(?: update)?",
    r"(?:was|were|is)(?: there)?(?: an?| any)?(?: BEST| specific| separate)?(?: BOOK)?"
    r" codes? (?:added|created|introduced) for",
    r"(?<=[?,;] )(?:code )?number(?=[ ?.!]*$)",
    r"where (?:do|can|would|should) WE (?:find|look|code)(?: for)?(?: it| this| that)?(?: up)?",
    r"(?:is|are) there (?:a|an|any)?(?: specific| separate)? ?(?:BOOK)? ?codes? (?:for|that)",
    r"(?:the |a |any )?(?:BEST )?BOOK(?:[ -](?:codes?|dx))?(?: (?:for|of|4|pls|please))(?= )",
    r"(?:BOOK|LETTER)?[ -]?codes? (?:for|of|4)\b",
    r"(?:right|correct|best|proper|exact) codes?\b(?: here| to use)?",
    r"^LETTER ?codes?(?: (?:for|of))? ",
    r"LETTER-?(?:what|which)\b",
    r"(?:(?<=\s)LETTER ?codes?)(?=[ ?.!]*$)",
    # Of a kind of code: "what poisoning code", "the external cause code that goes with it".
    r"(?:(?:what|which|what's|whats)(?: is| are)? )?(?:the |her |his |an? )?status codes?\b(?: for| of| is)?",
    r"ext(?:ernal)?\.? cause(?: of (?:injury|morbidity))?(?:[ -]codes?)?"
    r"(?: (?:goes|to go) with (?:it|this|that)| (?:for|of))?",
    r"(?:what|which|whats|what's)(?: is| are)?(?: the| an?)?(?= (?:[a-z]+ ){1,3}codes?\b)",
    r"what (?:do|should|would|can|could) WE (?:code|use|bill|report|put|assign|pick)(?: for| as)?\b",
    # "how do I code", "code this:", "is coded as".
    r"how (?:do|would|should|can|could|to|does one|d'you|did)(?: WE)?(?: properly| correctly| best)?"
    r" (?:code|bill|report|dx|look up|find|assign a code(?: to| for)?|pick)\b(?: for| an?\b| this)?",
    r"(?:how|what) (?:is|are|about)(?= .* coded)",
    r"how (?:long|much|many|often) (?:is|are)\b",
    r"(?:^|(?<=[.,;:] ))code (?:this|for|it|the following)\b:?",
    r"\b(?:is|are|was) (?:it|this|that|they) (?:coded|reported|billed)\b",
    r"\b(?:is|are|gets?) coded\b|\bcoded as\b|\bto what\b",
    # "the patient came in for", "the provider wrote", "diagnosed with".
    r"(?:the )?PATIENT CAME(?: today| yesterday)?"
    r"(?: (?:only|just|today|again))*(?: (?:for|with|w/|w|c/o|complaining of|complains of|because of|due to|to|"
    r"who has))?",
    r"(?:the )?PROVIDER SAYS(?: that)?",
    r"(?:and |so )?(?:the |our )?PROVIDER wants? (?:that|it|this|both|them) (?:captured|coded|reported|listed)\b",
    r"(?:two|2|three|3|both|separate) (?:BOOK )?codes?\b:?(?: for)?",
    r"(?:ct|mri|x-?rays?|us|ultrasound|labs?|echo|emg|ekg|egd|biopsy|path(?:ology)?|scan|imaging)(?: report)? "
    r"(?:just )?(?:show(?:s|ed|ing)|reveal(?:s|ed|ing)|confirm(?:s|ed|ing)|came back(?: as| with| positive for)?)",
    r"(?:what|which|what's|whats)(?: is)? (?:the )?(?:mom|mother|baby|patient|pt)(?:['’]?s)? (?:dx|diagnosis|codes?)\b",
    # Who the patient is: "little boy", "mom brought in her toddler who".
    r"(?:mom|mother|dad|parents?) (?:brought|brings) in (?:her|his|their|the) \w+(?: (?:who|because|with|for|after))?",
    r"(?:(?:^|(?<=[.?!,;:] ))(?:an? |the |my |our )?)(?:(?:little|young|elderly|old(?:er)?) (?:boy|girl|man|woman)|"
    r"(?:boy|girl|lady|guy|gentleman|teen(?:ager)?|toddler|grand(?:ma|pa)))(?!['’]s| fracture| elbow)\b",
    # "67yo male", "34yo G2P1", "s/p fall", "work injury", "these symptoms".
    r"(?:\d{1,3} ?(?:yo|y/o)? ?(?:m|f|male|female)|(?:yo|y/o) [mf]|^(?:male|female|[mf])\b(?! \w+ breast))(?=[ ,])",
    r"g\d+ ?p\d+\b(?: at)?",
    r"s/p (?:fall|mva|mvc|trauma|injury)\b",
    r"(?:work(?:place|[- ]related)?|sports?) (?:injury|accident)\b",
    r"(?:for )?(?:these|those|the following) (?:symptoms|conditions|diagnoses|problems|findings)\b",
    r"(?:seen|here) (?:today )?(?:for the )?(?:first|1st) time\b",
    r"(?:documented as|documentation (?:says|states)|dx(?:'d)? (?:is|was|as)|diagnosed with)",
    r"(?:seen for|came in (?:for|with)|c/o)",
    # "Which J code is that and per how many mg".
    r"(?:what|which) LETTER ?codes? is (?:that|this|it)\b",
    r"(?:and )?(?:per|up to) (?:how many|what) (?:\w+)",
    # Of several codes that are told of: "what's the constipation one".
    r"(?<=[.,;?!] )(?:what|whats|which)(?:['’]s| is)? the \w+ one(?=[ ?.!]*$)",
    # Where the patient is: "in room 3".
    r"(?:in|from) (?:exam )?(?:room|rm|bed|bay) ?#?\d+\b",
    r"(?:in|to|at|from|through) (?:the |our )?(?:ed|er|icu|urgent care)\b",
    # Courtesy.
    r"\bthanks?(?: you)?\b(?: so much| in advance)?|\bthx\b|\bplease\b|\bpls\b|\bplz\b|\basap\b",
    r"\bquick (?:question|one)\b",
    r"^(?:hi|hey|hello|ok|okay|so|and|but|also|um|well|yo)\b(?: (?:there|all|team|casepilot))?",
    r"\b(?:what|how) about\b",
)


def _frame(pattern: str) -> str:
    for word, meant in _WORDS.items():
        pattern = pattern.replace(word, meant)
    return f"(?<![A-Za-z0-9])(?:{pattern})"


_FRAME = re.compile("|".join(map(_frame, _FRAMES)), re.IGNORECASE)
# Words that mean nothing where a phrase begins or ends.
_EDGES = word_set(
    "a an the of for is are was in on at to do does did i we you it this that these those and or but so what "
    "whats what's which how me my our code codes coding icd icd-10 icd-10-cm icd10 icd10cm icd-10-pcs icd10pcs "
    "hcpcs cpt dx pcs use please there with w/ w from as if when then be would should can could will anyone any "
    "some one just help need looking lookup find search bill billing report fy cy dos date service not sure has "
    "have had got gave given only her his she he pt patient called says about 10 cm code? hmm ok also im i'm id i'd"
)
_CLAUSE = re.compile(r"(?:[,;?!]|\.(?=\s|$)(?!(?<=\b[A-Z]\.)\s[a-z])|\s[-–—]+(?=\s))\s*")
# Whose question it is: "Peds urgent care: ...", "L&D coder here: ...".
_WHO = re.compile(
    r"^(?:[\w&/'-]+ ){0,4}?(?:coders?|billers?|coding|billing|auditors?|audit|prep|clinic|office|practice|"
    r"group|dept|department|"
    r"care|unit|hospital|facility|lab|team|desk|student|question|here|supplier|er|ed|icu|asc|dme|hospice|snf)"
    r"(?: (?:here|question|team|dept|desk|audit|review|note|claim))*\s*(?::|,(?= (?:[\w']+ ){0,3}(?:here|"
    r"question):))\s*",
    re.IGNORECASE,
)
# A clause that tells what the record leaves open, or that nothing more is told: "side not specified".
_LEFT_OPEN = re.compile(
    r"(?:\b(?:note|notes|chart|record|documentation|provider|doctor|doc|physician|md|dr|surgeon|he|she|they)\b.*"
    r"\b(?:doesn'?t|didn'?t|does not|did not|never|not|only|just)\b.*"
    r"\b(?:say|said|says|give|gave|state|stated|specify|specified|mention|mentioned|document\w*|indicate\w*|list\w*|"
    r"tell|"
    r"write|wrote|which|side|detail|more)\b"
    r"|\b(?:no|not|nothing|without|isn'?t|wasn'?t)\b (?:\w+ ){0,3}?(?:further|more|else|additional|other info\w*|"
    r"details?|"
    r"specifi(?:ed|cs)|documented|stated|mentioned|given|noted|side|laterality)\b"
    r"|^(?:type|site|cause|organism|severity|stage|degree) (?:is |was )?(?:unspec\w*|unknown|not (?:stated|given))\W*$"
    r"|^(?:that'?s|this is|that is) (?:all|it|everything)\b)",
    re.IGNORECASE,
)
# A clause that says what is coded already: "I have the injury code".
_CODED = re.compile(
    r"\balready\b.*\bcode[ds]?\b|\bcode[ds]? .*\balready\b|^(?!how|what|which).*(?:\bis|\bare|'s) coded\b"
    r"|^(?:i|we)(?:'?ve)? (?:have|got|have got) .*\bcode[ds]?\W*$",
    re.IGNORECASE,
)
# A clause that says what a condition does not come from.
_NO_CAUSE = re.compile(r"^not (?:from|due to|caused by|because of|related to|the result of)\b", re.IGNORECASE)
# Somebody talks, and names nothing: "I keep landing in the M75s".
_TALKS = re.compile(
    r"(?:i|we|he|she|they|thats|its|where|what|which|who|how|my)\b|(?:x ?rays?|ct|mri|labs?(?: results?)?|"
    r"outpatient|inpatient)$"
)
# Words of the work, in a clause without any of medicine.
_OF_THE_WORK = word_set(
    "code codes coding bill think guess believe sorry thanks help please note chart wrote said says record claim idea "
    "sure "
    "maybe question wondering stuck documented find looking need pls boss biller"
)
_CORRECTED = re.compile(
    r"^.*(?:\b(?:scratch that|i meant?|make that|wait,? no|no,? wait|no,? sorry|correction)\b[,:]?|(?:\.\.+|…|"
    r"[-–—,])\s*no,)"
    r"\s*(?:for )?",
    re.IGNORECASE,
)
# A diagnosis that somebody made of what is told before it.
_MADE = re.compile(
    r"^.*\b(?:ruled|diagnosed|dx'?d|confirmed)(?: (?:it|this|as|with|to be|an?))* (?!out\b)(?P<made>[^,;.?!]{4,60}?)"
    r" by (?:the |our |her |his )?"
    r"(?:neuro|cards?|derm|ent|gi|ortho|pulm|uro|psych|rheum|onc|\w+ologist|doctor|provider|pcp)"
    r"(?=\s*(?:[,;.?!]|$))",
    re.IGNORECASE,
)
_WEEK = re.compile(r"\b(\d{1,2}) weeks?\b", re.IGNORECASE)
PREGNANT = re.compile(
    r"\b(?:pregnan\w+|\d+ weeks along|labor|gestation\w*|fetal|placenta\w*|breech|(?:pre)?eclampsia|gravid\w*)\b",
    re.IGNORECASE,
)
# The weeks in which they begin, by the head of chapter 15.
_SECOND_TRIMESTER = 14
_THIRD_TRIMESTER = 28
# How much of a drug, which its name in HCPCS need not say.
DRUG_CODE = re.compile(r"\b(?:hcpcs|j[ -]?codes?|q[ -]?codes?)\b", re.IGNORECASE)
_AMOUNT = re.compile(
    r"[, ]*\b(?:(?:per|each|up to) )?\d+(?:\.\d+)? ?(?:(?:mg|mcg|ml|units?|g|gm|iu|meq)\b|$)"
    r"(?: (?:injection|inj|vial|iv|infusion|dose))?",
    re.IGNORECASE,
)
_DOSE = re.compile(r"[, ]*\b\d+(?:\.\d+)? ?(?:mg|mcg)\b(?!/)", re.IGNORECASE)
# How a drug was taken, which its poisoning need not say.
_POISONED = re.compile(r"\b(?:poison\w*|overdos\w*|od'?d|self-harm)\b", re.IGNORECASE)
_TAKEN = re.compile(
    r"\b(?:got(?:ten)? into|swallow\w*|took|takes|taken|drank|drink\w*|ate|ingest\w*)\b(?: (?:an?|the|some|too|many|"
    r"much|whole|entire|half|full|bunch|bottle|handful|lots?|couple|few|several|all|extra|of|his|her|my|their|\w+'s|\d+)\b)*"
    r"|\b(?:pills?|tablets?|tabs?|bottles?|(?:a )?handful)\b",
    re.IGNORECASE,
)
_INSULINS = "lantus|humalog|novolog|levemir|basaglar|tresiba|toujeo"
_AS_THE_RULES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), said)
    for pattern, said in (
        (r"\boutpt\b", "outpatient"),
        (r"\binpt\b", "inpatient"),
        (r"\bexcludes? ([12])\b", r"Excludes\1"),
        (r"\b(knee|shoulder|hip|ankle|elbow|wrist|joint) scopes?\b", r"\1 arthroscopy"),
        (r"\bscopes?\b", "endoscopy"),
        (r"\bcardiology\b", "cardiovascular"),
        (r"\bcpr\b", "cardiopulmonary resuscitation"),
        (r"\bhardware\b", "instrumentation internal fixation device"),
        (r"\bpulse ox\b", "pulse oximetry monitoring"),
        (r"\bpdx\b", "principal diagnosis"),
        (r"\bdx\b", "diagnosis"),
        (r"\bb/c\b", "because"),
        (r"\bbp\b", "blood pressure"),
        (r"\bmeds\b", "medications"),
        (r"\babnormal labs?\b(?! findings?)", "abnormal lab findings"),
        (r"\bmammo\b", "mammography"),
        (r"\bcxr\b", "chest x-ray"),
        (r"\bchk\b", "check"),
        (r"\bmets\b", "metastasis"),
        (r"\bresected\b", "excised"),
        (r"\b(?:oozing|bleeder)\b", "bleeding"),
        (r"\bob\b(?= (?:global|package|ultrasounds?|care))|(?<=\bglobal )ob\b", "obstetrical"),
        (rf"\b(?:{_INSULINS})\b", "insulin"),
        (r"\b(?:metformin|glipizide|glimepiride|januvia|jardiance)\b", "oral hypoglycemic drugs"),
        (r"\b(?:foleys?|bladder catheters?)(?: catheters?| caths?)?\b", "urinary bladder catheter"),
        (r"\b(?:adhesiolysis|(?:taking|took) down (?:the )?adhesions)\b", "lysis of adhesions enterolysis"),
        (r"\b(?:ekgs?|ecgs?)\b", "electrocardiogram ECG"),
        (r"\bsecondary (?:diagnos[ei]s|dx)\b", "secondary additional other diagnoses"),
        (r"\b(?:NEC|NOS)\b", r"\g<0> abbreviations"),
        (r"\bchemo\b", "chemotherapy"),
        (r"\b(?:without|no|w/o) (?:any )?symptoms\b", "asymptomatic"),
        (r"\be ?(?:/|&|and) ?m\b|(?-i:\bEM\b)", "E&M"),
        (r"\b(?:mom|mother)(?:['’]?s)?\b", "maternal mother"),
        (r"\b(?<!peripheral )(?:charts?|emr|ehr)\b", "record"),
        (r"\b(?:order of (?:coding|codes|reporting|sequenc\w+)|(?:code|coding|reporting) order)\b", ""),
        (r"\btwice\b", "more than once"),
        (r"\bpregnant\b", "pregnancy"),
        (r"(?-i:\bP)[- ]codes?\b", "Chapter 16 perinatal codes"),
        (r"(?-i:\bO)[- ]codes?\b", "Chapter 15 obstetric codes"),
        (r"(?-i:\bR)[- ]codes?\b", "Chapter 18 symptom codes"),
        (r"(?-i:\b[EVWXY])(?: or [EVWXY])?[- ]codes?\b", "external cause codes"),
        (
            r"\b[ms][- ]?codes? (?:or|vs\.?|versus) (?:an? )?[ms][- ]?codes?\b",
            "acute traumatic versus chronic or recurrent musculoskeletal conditions",
        ),
        (r"\bhow long\b", "length how long"),
        (r"\bexposed\b", "contact exposure"),
        (
            r"\b(?:can['’]?t|cannot|couldn['’]?t|unable to) (?:decide|tell|say) (?:between|which|if|whether)\b"
            r"|\beither\b(?=.*\bor\b)",
            "comparative or contrasting conditions",
        ),
        (r"\bconscious sedation\b", "moderate conscious sedation"),
        (r"\b(?:chiro(?:practors?)?|chiropractic)\b", "chiropractic manipulative treatment"),
        (r"\bpt evals?\b", "physical therapy evaluation"),
        (r"\bot evals?\b", "occupational therapy evaluation"),
        (r"\b(?:really|actually|exactly|anyway|please|pls|plz)\b", ""),
        (
            r"\b(is|use|using|append|add|of|does|a|can|should|may|needs?|wants?) (2[2-7]|5[0-9]|7[6-9]|91)\b",
            r"\1 modifier \2",
        ),
    )
)
_SYMPTOM = (
    r"(?:coughs?|coughing|fever|chills|nausea|vomiting|diarrhea|headaches?|dizziness|fatigue|weakness|sob|shortness of "
    r"breath|dyspnea|wheez\w+|rash|edema|swelling|symptoms?|(?:chest|abdominal|belly|back|joint|flank) pain)"
)
# What the rules call that which is told, for their words to be found.
_RULES_OF: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), name)
    for pattern, name in (
        (
            r"^(?!.*\buncertain)(?=.*\b(?:note|summary|impression|assessment|outpatient|inpatient|outpt|inpt|er|"
            r"discharge|office|visit|doctor|doc|physician|provider|says?|wr(?:ote|ites?|itten)|document\w*)\b)"
            r".*\b(?:probable|(?<!is )(?<!it )(?<!as )possible|suspected|likely|rule out|r/o|questionable)\b(?! to\b)",
            "uncertain diagnosis",
        ),
        (
            r"\b(?:social workers?|dietiti?ans?|dieticians?|nurs(?:es?|ing)|therapists?|emts?|nutritionists?|"
            r"case managers?|pharmacists?)(?:'s)? (?:staff )?(?:(?:can|may) )?(?:notes?|charting|document\w*|entry|"
            r"assessment|wrote|charts?|charted|recorded?|stages?|staged)\b"
            r"|\b(?:documented|charted|recorded|staged|written) (?:only )?by (?:\w+ ){0,3}?"
            r"(?:nurs|dieti|therapist|emt|social worker)\w*",
            "documentation by clinicians other than the patient's provider",
        ),
        (
            r"\b(?:labs?|potassium|sodium|glucose|hemoglobin|results?|x-?rays?|imaging|path report)\b.*"
            r"\b(?:nobody|no one|never|silent|unaddressed|(?:did|does|has|have)(?:n['’]?t| not)) ?"
            r"(?:comment|mention|address|note|document|say|wr[oi]te|chart|diagnos|dictat|on\b)",
            "abnormal findings clinical significance",
        ),
        (
            r"\bcovid\b.*\b(?:negative now|resolved|(?:weeks|months?) ago|was in|back in|still has|lingering)\b",
            "post COVID-19 condition",
        ),
        (
            r"\b(?:lymphoma|cancer|\w*carcinoma|tumor|malignan\w+)\b.*\btransplant(?:ed)? \w+",
            "malignant neoplasm associated with transplanted organ",
        ),
        (
            r"(?=.*\b(?:attending|consult\w+|doctors?|docs?|providers?|physicians?|surgeons?|radiologists?|pathologists?)\b)"
            r".*\b(?:conflict\w*|disagree\w*|contradict\w*)\b",
            "conflicting medical record documentation attending provider queried",
        ),
        (
            r"\buncertain\b.*\b(?:exceptions?|hiv|aids|covid|zika|flu|influenza)\b|\bexceptions?\b.*\buncertain\b",
            "code only confirmed cases exception to hospital inpatient guideline",
        ),
        (
            r"\bwho (?:maintains?|publish\w*|owns?|writes?|wrote|approves?|develops?|updates?|issues?|makes?)\b"
            r"|\bcooperating parties\b",
            "Centers for Medicare and Medicaid Services National Center for Health Statistics cooperating parties",
        ),
        (
            r"\b(?:given|taken|took|taking|prescribed|administered|used) (?:\w+ ){0,3}?"
            r"(?:correctly|properly|as (?:prescribed|directed|ordered))\b",
            "adverse effect drug correctly prescribed and properly administered",
        ),
        (
            r"\b(?:half|less|fewer|skip\w*|cutting|ran out|afford|stopped|missed|rationing|not taking|quit taking)\b.*"
            r"\b(?:pills?|meds?|medications?|medicines?|drugs?|doses?|insulin|tablets?|prescriptions?|inhalers?)\b"
            r"|\b(?:pills?|meds?|medications?|medicines?|doses?|insulin|tablets?|prescriptions?|inhalers?)\b.*"
            r"\b(?:afford|ran out|skipp\w*|less than (?:was )?prescribed)\b",
            "underdosing taking less of a medication than is prescribed",
        ),
        (
            rf"^(?=.*\b{_SYMPTOM}\b).*\b(?:too|also|as well|separately|additional(?:ly)?|in addition|on top|both)\b",
            "signs and symptoms associated routinely with a disease process",
        ),
        (
            r"^(?!.*\b(?:complicat|surg|post-?op|procedur|cathet|devic|htn|hypertens))"
            r".*\b(?:no|never|not|without|nor|nothing|silent|doesn['’]?t|didn['’]?t|isn['’]?t|don['’]?t|nobody)\b.*"
            r"\b(?:due to|link\w*|connect\w*|relat\w+|tied?)\b",
            "classification presumes a causal relationship linked by with",
        ),
        (r"\bsalter[- ]?harris\b|\bgrowth[- ]plates?\b|\bphys(?:is|eal)\b", "physeal fractures"),
        (
            rf"(?=.*\b(?:diabet\w*|dm)\b)(?=.*\btype\b(?! (?:1|2|i|ii)\b(?! or\b)))"
            rf".*\b(?:insulin|{_INSULINS})\b",
            "documentation does not indicate the type of diabetes but does indicate that the patient uses insulin",
        ),
        (
            rf"^(?!.*\b(?:insulin|{_INSULINS})\b)(?=.*\b(?:diabet\w*|dm)\b)(?:.*\b(?:no(?:thing|t|where)?|without|never|"
            r"unspecified|unclear|silent|just|only)\b(?:(?! in (?:preg|remi))(?!\btype (?:1|2|i|ii) diab).)*\btype\b"
            r"|.*\btype\b.*\b(?:not|isn['’]?t|never|nowhere|un(?:known|clear|documented|specified))\b)",
            "type of diabetes mellitus not documented default",
        ),
        (
            r"\bpre-?op\w*\b.*\bpost-?op\w*\b|\bpost-?op\w*\b.*\bpre-?op\w*\b",
            "ambulatory surgery postoperative diagnosis different from preoperative diagnosis",
        ),
        (r"\bbilateral(?:ity)?\b|\bboth (?:sides|knees|hips|eyes|ears|shoulders|hands|feet|legs|arms)\b", "laterality"),
        (
            r"\bcolumn (?:one|1)\b.*\b(?:column )?(?:two|2)\b",
            "Column One code is eligible for payment and Column Two code is denied",
        ),
        (r"\bunspecified codes?\b", "use of sign symptom unspecified codes"),
        (
            r"(?=.*\bpregnan)(?=.*\b(?:first|chapter|priority|sequenc\w*)\b)",
            "chapter 15 codes sequencing priority over codes from other chapters",
        ),
        (
            r"(?=.*\bdiabet\w*)(?=.*\b(?:two|2|three|3|several|multiple|both|all)\b).*\bcomplications\b",
            "as many codes within a particular category as are necessary to describe all of the complications",
        ),
        (
            r"\b(?:stroke|cva)\b.*\b(?:years?|yrs?|months?) ago\b|\b(?:old|prior|previous) (?:stroke|cva)\b",
            "sequelae of cerebrovascular disease",
        ),
        (
            r"\b(?:anesthesia|sedation|nerve block)\b(?: \w+){0,2}? by (?:the )?"
            r"(?:same|operating|surgeon|doctor|physician)\w*|\blocal an(?:esthetic|esthesia)\b",
            "anesthesia services performed by the physician who also furnishes the medical or surgical service",
        ),
        (
            r"^(?!.*\b(?:knee|shoulder|hip|ankle|elbow|wrist|joint|arthroscop\w+)\b)"
            r"(?=.*\bdiagnostic\b)(?=.*\b(?:therapeutic|surgical)\b).*\b(?:\w*scop(?:y|ies|e|es|ic))\b",
            "surgical endoscopy includes diagnostic endoscopy",
        ),
        (
            r"\bdiagnostic \w*scop\w*\b.*\b(?:led|leads?|precede\w*|basis|decid\w*|decision)\b.*\bopen\b",
            "diagnostic endoscopy is the basis for and precedes an open procedure modifier 58",
        ),
        (
            r"\b(?:clos(?:e|ed|ing|ure)|sutur\w+)\b.*\b(?:excision|surg\w+|incision|procedure)\b",
            "closure of a surgical incision is included in the global surgical package",
        ),
        (
            r"^(?=.*\b(?:visits?|wound check|follow[- ]?up|e ?/? ?m)\b)"
            r"(?=.*\b(?:bill|charge|report|paid|payable|separate)\w*)"
            r".*(?:\b(?:days?|weeks?|wks?) (?:after|post|out)|\bpost-?op\w*|\bglobal\b)",
            "E&M services postoperative visits global surgical period",
        ),
        (
            r"^(?=.*\bcomplicat)(?=.*\b(?:cod(?:e|er|ed|ing)|assign\w*)\b)"
            r".*\b(?:surgeon|provider|doctor|doc|physician|note)\b.*\b(?:link|say|document|call|relat|state|connect)\w*",
            "documentation of complications of care",
        ),
        (
            r"\b(?:surgical|surgery|pre-?op) clearance\b|\bclear(?:ed|ance) for surgery\b",
            "preoperative evaluations only",
        ),
        (
            r"\b(?:got worse|worsened|progressed)\b.*\b(?:in[- ]house|during|stay|admission|hospital)\b",
            "stage evolves during the admission",
        ),
        (
            r"\b(?:closest|nearest|best[- ]fit) (?:one|code)|\bclosest['\"]? one|\bno (?:exact )?cpt\b",
            "unlisted procedure code",
        ),
        (
            r"^(?!.*\b(?:outpatient|outpt|asc)\b).*\b(?:surgery|surg|procedure|operation)\b.{0,20}"
            r"\b(?:cancell?ed|aborted|called off|postponed)\b",
            "original treatment plan not carried out",
        ),
    )
)
# The book of rules that is asked, which says nothing of what its section is about.
_THE_MANUAL = re.compile(
    r"\b(?:(?:per|in|by|according to) )?(?:the )?(?:(?:cms|medicare|ncci)(?:'s)? )*"
    r"(?:(?:policy )?manual\b(?! therapy)(?: chapter (?:\d+|[ivx]+)\b)?"
    r"|ncci\b(?:['’]?s (?:policy|rules?)|(?: policy| rules?)\b)?(?! (?:program|ptp|edits?|associated|add|modifier)))"
    r"(?: (?:says?|language|position|cite)\b)?",
    re.IGNORECASE,
)
# What is asked for, which says nothing of what it is about either: "guidance on", "where's the rule that".
_REQUEST = re.compile(
    r"(?:\b(?:what|which|where)(?:['’]?s| is| are)? |\bis there |\bgive me |\bcite )?"
    r"(?:\b(?:the|a|an|any|official|icd-10) )*"
    r"\b(?:rules?|guidance|guidelines?|policy|policies|instructions?|directions?) "
    r"(?:about|on|for|regarding|concerning|around|re|that|when|if)\b(?: (?:coding|reporting|billing|how)\b)?"
    r"|\bwhat (?:does|do|did) (?:(?:the )?(?:\w+ )?(?:guidelines?|rules?|policy|book) )?(?:says? )?"
    r"(?:about|on|of|for|regarding)\b"
    r"|\b(?:what|which) (?:guidelines?|sections?|chapters?|part)(?: of)? "
    r"(?:is|has|(?:talk|cover|explain|deal|say|tell)s?)\b"
    r"(?: (?:about|with|on|of))?"
    r"|\b(?:is|are) (?=.* addressed\b)|\baddressed\b",
    re.IGNORECASE,
)
_SPACES = re.compile(r"\s+")
_LOOSE = re.compile(r"\s+([,.;:?!])|\(\s*\)|(?<=[\s(])[-–—:;,.]+(?=\s)")


def clinical_phrase(message: Message) -> str:
    """Return the words of medicine of a question: what it says without what asks, and who asks it."""
    text = _WHO.sub("", _SPACES.sub(" ", _MARK.sub(" ", message.rest)).strip())
    text = _FRAME.sub(" ", _without_chatter(_MADE.sub(r"\g<made>", _CORRECTED.sub("", text))))
    text = (_AMOUNT if DRUG_CODE.search(message.rest) else _DOSE).sub("", text)
    text = in_words_of_the_books(text)
    if _POISONED.search(text):
        text = _TAKEN.sub(" ", text)
    return _with_trimester(trimmed(text))


def rule_phrase(message: Message) -> str:
    """Return what a question says, without the codes, dates and numbers that are understood."""
    term = term_defined(message.words)
    text = term or _MARK.sub(" ", message.rest)
    names = [name for pattern, name in _RULES_OF if pattern.search(text)]
    text = term or _REQUEST.sub(" ", _SPACES.sub(" ", _THE_MANUAL.sub(" ", text)))
    for pattern, said in _AS_THE_RULES:
        text = pattern.sub(said, text)
    return " ".join([_tidy(text).strip(" ,;:-?."), *names])


def _without_chatter(text: str) -> str:
    """Return a text without clauses that name nothing, if others remain."""
    end, pieces = 0, []
    for match in [*_CLAUSE.finditer(text), None]:
        pieces.append(text[end : match.end() if match else len(text)])
        end = match.end() if match else end
    kept = [piece for piece in pieces if not _is_chatter(piece.strip())]
    return "".join(kept) if any(map(words_of_medicine, map(words_of, kept))) else text


def _with_trimester(text: str) -> str:
    """Return a text that tells the week of a pregnancy with its trimester, which the codes are told apart by."""
    week = _WEEK.search(text)
    if week is None or not PREGNANT.search(text) or "trimester" in text:
        return text
    number = int(week[1])
    name = "first" if number < _SECOND_TRIMESTER else "second" if number < _THIRD_TRIMESTER else "third"
    return f"{text}, {name} trimester"


def _is_chatter(clause: str) -> bool:
    if any(pattern.search(clause) for pattern in (_LEFT_OPEN, _NO_CAUSE, _CODED)):
        return True
    words = words_of(clause)
    return not words_of_medicine(words) and bool(_TALKS.match(words) or not _OF_THE_WORK.isdisjoint(words.split()))


def trimmed(text: str) -> str:
    """Return a text without the words at its edges that mean nothing."""
    words = _tidy(text).split()
    while words and _is_edge(words[0]) and not _denies(words):
        del words[0]
    while words and _is_edge(words[-1]):
        del words[-1]
    return " ".join(words).strip(" ,;:-?.!\"'")


def _denies(words: Sequence[str]) -> bool:
    """Whether words begin with a denial of a condition: "not intractable"."""
    return words[0].lower() == "not" and bool(words[1:]) and not _is_edge(words[1])


def _is_edge(word: str) -> bool:
    bare = word.lower().strip(",;:?!.\"()-'")
    return not bare or bare in _EDGES


def _tidy(text: str) -> str:
    return _SPACES.sub(" ", _LOOSE.sub(r"\1", _SPACES.sub(" ", text))).strip()
