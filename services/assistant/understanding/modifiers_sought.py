"""Modifiers that words describe without naming them: "modifier for a staged procedure".

Those of CPT have no text that could be searched, and a few of HCPCS are called by other words than their texts.
"""

import re

_VISIT = r"(?:em|e m|visits?|evaluations?|office|consults?)"
_PLACE = r"(?:site|lesion|session|incision|structure|organ|area|level|spot|wound)s?"
_OTHER_ONE = (
    r"(?:another|other|different|diff|second) (?:\w+ )?(?:doctor|doc|dr|physician|provider|surgeon|md|radiologist)"
)
_ROOM = r"(?:or|operating|surgery)"
_LEFT_OVER = r"\b(?:wast(?:e|ed|age)|discard(?:s|ed)?|th(?:rown?|rew) (?:it )?(?:away|out)|left ?over|unused)\b"
# The first that is said is meant; what is more exact stands before what is said of it as well.
_MEANT: tuple[tuple[str, tuple[str, ...]], ...] = (
    (rf"unrelated (?:\w+ ){{0,2}}?{_VISIT}\b|{_VISIT} (?:\w+ ){{0,4}}?unrelated", ("24",)),
    (r"unrelated (?:\w+ )?(?:procedure|surgery|operation|service)", ("79",)),
    (r"separately identifiable|significant (?:and )?(?:separate|em\b|e m\b)", ("25",)),
    (r"(?:decision|decides?|decided) (?:\w+ ){0,2}?(?:surgery|operate)", ("57",)),
    (
        rf"\b(?:return\w*|back|went|take\w*) (?:\w+ ){{0,2}}?to (?:the )?{_ROOM}\b|take ?back|unplanned return",
        ("78",),
    ),
    (r"\bstaged?\b|planned (?:second|return|follow)", ("58",)),
    (rf"repeat\w* (?:\w+ ){{0,6}}?{_OTHER_ONE}", ("77",)),
    (r"repeat\w* (?:\w+ ){0,3}?(?:lab|labs|laboratory|blood|specimen|glucose|potassium|troponin)\b", ("91",)),
    (r"\b(?:lab|labs|blood|glucose|troponin) (?:\w+ ){0,2}?(?:repeat|rerun)\w*", ("91",)),
    (r"\brepeat\w* (?:\w+ ){0,6}?(?:same|procedure|x ?ray|ekg|ecg|film|service)", ("76", "77")),
    (r"(?:outside|reference|send out) lab", ("90",)),
    (r"(?:another|other|separate|different|later) (?:visit|encounter)", ("XE", "59")),
    (r"(?:distinct|separate|different|diff) (?:practitioner|provider|doctor|doc|physician)", ("XP", "59")),
    (rf"distinct|(?:separate|different|diff) {_PLACE}", ("59", "XE", "XP", "XS", "XU")),
    (
        r"professional (?:component|part|portion|side|read)|interpretation only|only (?:reads?|interprets?)|pc only",
        ("26",),
    ),
    (r"technical (?:component|part|portion)|tc only", ("TC",)),
    (r"(?:minimum|minimal) assistant", ("81",)),
    (r"\bassist\w* (?:\w+ ){0,3}?(?:resident|teaching)", ("82",)),
    (r"assistant (?:surgeon|at surgery)|surgical assistant", ("80", "81", "82", "AS")),
    (r"(?:two|2|both) surgeons|co ?surgeons?", ("62",)),
    (r"second surgeon", ("62", "80", "82")),
    (r"surgical team|team (?:of )?surg\w*|team surgery", ("66",)),
    (r"surgery only .*post ?op|surgery .*post ?op\w* (?:by|from|with) ", ("54", "55")),
    (r"(?:surgery|surgical care|operation) only|only (?:did )?the (?:surgery|operation)", ("54",)),
    (r"post ?op\w* (?:care|management|visits?|part|portion)", ("55",)),
    (r"pre ?op\w* (?:care|management|part|portion)", ("56",)),
    (r"(?:discontinu|cancel|abort|terminat|stopp?)\w* .*before (?:\w+ )?anesthesia", ("73",)),
    (r"(?:discontinu|cancel|abort|terminat|stopp?)\w* .*after (?:\w+ )?anesthesia", ("74",)),
    (r"\b(?:(?:discontinu|abort|terminat|stopp)ed|incomplete)", ("53", "73", "74")),
    (r"reduced (?:service|procedure)|partially reduced|part of (?:the|a) procedure", ("52",)),
    (
        r"increased (?:procedur|service)|extra (?:work|time)|unusual(?:ly)? (?:procedur|difficult|long)|more work",
        ("22",),
    ),
    (r"only (?:\w+ )?(?:left|right)\b", ("LT", "RT")),
    (r"bilateral|both sides|both (?:knees|eyes|ears|hands|hips|shoulders|breasts|feet)", ("50",)),
    (r"multiple (?:procedures?|surger)|second procedure", ("51",)),
    (r"\b(?:infants?|neonates?|newborns?)\b|\b4 ?kg", ("63",)),
    (rf"\b(?:no|none|nothing|zero|without)\b(?: \w+){{0,3}}? {_LEFT_OVER}|{_LEFT_OVER} (?:nothing|none)\b", ("JZ",)),
    (_LEFT_OVER, ("JW",)),
    (r"screening (?:\w+ ){0,4}?(?:turn|bec[ao]m|convert|chang|went|ended)\w*", ("PT", "33")),
    (r"preventive|preventative", ("33",)),
    (r"audio only|telephone only|phone only", ("93", "FQ")),
    (r"real ?time|synchronous|video", ("95", "GT")),
    (r"mandated", ("32",)),
    (r"secondary payer", ("M2",)),
    (r"\bused (?:\w+ ){0,2}?equipment|equipment (?:\w+ ){0,2}?used\b", ("UE",)),
    (r"(?:criteria|requirements?) (?:\w+ ){0,2}?met\b", ("KX",)),
    (r"locum|fee for time", ("Q6",)),
    (r"reciprocal|covering (?:doctor|doc|physician)", ("Q5",)),
    (r"(?:no|without|missing|didnt|not) (?:\w+ ){0,3}?abn", ("GZ",)),
    (r"voluntary (?:abn|notice)", ("GX",)),
    (r"\babn\b|advance beneficiary", ("GA", "GX", "GZ")),
    (r"statutor\w* exclu\w*|(?:never|not|non) ?covered", ("GY",)),
)
_PATTERNS = tuple((re.compile(said), modifiers) for said, modifiers in _MEANT)


def modifiers_sought(words: str) -> tuple[str, ...]:
    """Return the modifiers that words describe, the likeliest first; none where they describe none that is known."""
    return next((modifiers for said, modifiers in _PATTERNS if said.search(words)), ())
