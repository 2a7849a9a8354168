"""What coders say otherwise than the books, put in the words of the books."""

import re

_AS_THE_BOOKS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), said)
    for pattern, said in (
        (r"\b(?:first|1st|initial) (?:\w+ )?(?:visit|encounter)\b(?! for)", "initial encounter"),
        (
            r"\b(?:subsequent|2nd|second|follow[- ]?up|f/u|recheck) (?:visit|encounter|appt|appointment)\b",
            "subsequent encounter",
        ),
        (
            r"\bboth (?=(?:eye|ear|hand|knee|hip|shoulder|foot|feet|ankle|wrist|elbow|breast|leg|arm|lung|kidney)s?\b)",
            "bilateral ",
        ),
        (r"\b1st(?= (?:trimester|degree)\b)", "first"),
        (r"\b2nd(?= (?:trimester|degree)\b)", "second"),
        (r"\b3rd(?= (?:trimester|degree)\b)", "third"),
        (r"\ba[- ]?fib\b", "atrial fibrillation"),
        (r"\brt(?=[- ]sided?\b| (?!\d))", "right"),
        (r"\blt(?=[- ]sided?\b| (?!\d))", "left"),
        (r"\b(\d{1,2}) ?wks?\b", r"\1 weeks"),
        (
            r"\bpositive (?P<what>covid(?:-19)?|flu|influenza(?: [ab])?|rsv|strep)(?: (?:test|swab|pcr|antigen))*"
            r"(?: with (?:sx|symptoms))?",
            r"\g<what>",
        ),
        (
            r"\b(?P<what>covid(?:-19)?|flu|influenza(?: [ab])?|rsv|strep)(?: (?:test|swab|pcr|antigen))* positive\b",
            r"\g<what>",
        ),
        (
            r"\b(?:have|has|had|get|gets|getting|having) (?:the |her |his |their |"
            r"an? )?(?P<what>\w+(?: \w+)?) (?:taken out|removed)\b",
            r"removal of \g<what>",
        ),
        (r"\b(?:that|which) (?:has |have |had )?(?:come|came|comes) back(?: again)?\b|\bcoming back\b", "recurrent"),
        (
            r"\b(?:s?he|they|pt|patient) (?:is |was )?(?:takes|taking|took) "
            r"(?:correctly|properly|as (?:rx'?d|prescribed|directed|ordered))",
            "",
        ),
        (
            r"^(?!.*\b(?:underdosing of|t[- ]codes?)\b).*\b(?:not taking|(?:stop\w*|quit) taking|skip\w*|"
            r"cut\w*|split\w*|ration\w*|takes? (?:only )?(?:half|less)|ran out of)"
            r"\b[^.;?]{0,40}\b(?:meds?|medications?|medicines?|pills?|doses?|insulin)\b[^.;?]{0,40}"
            r"\b(?:afford|pay for|pay|cost\w*|money|expensive|price)\b",
            "intentional underdosing of medication regimen due to financial hardship",
        ),
        (
            r"\b(?P<what>underdos\w+)\b(?: on purpose)?[^.;?]*\b(?:over|because of|due to|for lack of) "
            r"(?:the )?(?:money|costs?|price)\b",
            "intentional underdosing due to financial hardship",
        ),
        (r"\b(?:can'?t|cannot|couldn'?t|unable to) (?:afford|pay for)(?: (?:it|them))?\b", "financial hardship"),
        (
            r"\b(?P<took>(?:took|takes|taken|swallow\w*|drank|ingest\w*|overdos\w*)\b[^.;?]*)\bon purpose\b|"
            r"\b(?:in an? )?(?:suicid\w+ attempt|attempt\w* suicid\w+)\b|"
            r"\b(?:to|trying to|tried to) (?:hurt|harm|kill) (?:him|her|my|them)sel\w+\b",
            r"\g<took> intentional self-harm",
        ),
        (
            r"\b(?P<organ>kidney|uterus|gallbladder|spleen|appendix|ovar\w+|breasts?|thyroid|colon|lung|prostate|testicle|"
            r"cervix|stomach|bladder|pancreas) (?:(?:was|were|ha[sd] been|is|all|both) )*"
            r"(?:removed|taken out|out|gone)\b(?: (?:\w+ ){0,3}ago\b| (?:back )?in (?:19|20)\d\d\b)?",
            r"acquired absence of \g<organ>",
        ),
        (
            r"\bdropped (?:an? |the |his |her )?(?:\w+ ){1,3}?on(?:to)? (?=(?:his|her|their|the)\b)|"
            r"\b(?:an?|the) (?!(?:pt|patient|man|woman|boy|girl|lady|guy|kid|child|baby)\b)(?:\w+ ){1,2}?fell "
            r"on(?:to)? (?=(?:his|her|their|the)\b)",
            "strike by thrown, projected or falling object ",
        ),
        (
            r"\b(?:stuck|put|shoved|pushed|jammed|stuffed) (?:an? |some )?(?:\w+ ){1,2}?(?:up|in|into|inside|down) "
            r"(?:his|her|the|their)(?: (?:right|left))? (?P<where>nose|nostril|ear)s?\b",
            r"foreign body in \g<where>",
        ),
        (
            r"\b(?:and )?(?:we|i|doc|dr|the doctor|provider) (?:took|pulled|got|removed|flushed) (?:it|them)\b[^.;?]*",
            "",
        ),
        (r"\bicy (?:(?=steps?\b|stairs?\b)|\w+ ?)", "ice and snow "),
        (
            r"\b\d+(?:\.\d+)?(?: ?x ?\d+(?:\.\d+)?)?[ -]?(?:cm|mm|inch(?:es)?)(?: (?:long|deep))?,?"
            r"(?= (?:[\w-]+ ){0,3}?(?:lac(?:eration)?|cut|gash|wound)s?\b)(?!.*\b(?:kidney|spleen|liver)\b)",
            "",
        ),
        (
            r"\b(?:no|nothing)(?: \w+)?(?: (?:was|is))? (?:left (?:in|inside|behind)|retained|remain(?:s|ing))\b"
            r"(?: \w+$)?",
            "no foreign body",
        ),
        (
            r"\bnail (?:bed )?(?:is |was )?(?:intact|spared|ok|okay|fine|not (?:damaged|involved|injured))\b",
            "without damage to nail",
        ),
        (
            r"\b(?:left[- ]?over|lingering|residual) from (?:an? |the |her |his )?"
            r"(?:old |prior |previous )?(?=stroke|cva)",
            "following ",
        ),
        (r"\b(?:right|left)[- ]hand(?:ed|er)\b", "dominant"),
        (r"\b(?:fell|falling|landed|fall) on(?:to)? (?:(?:an?|the|his|her) )?outstretched (?:hand|arm)\b", "fall"),
        (r"\b(?:liv|sleep)\w* in (?:his|her|their|the|an?) (?:car|truck|van)\b", "unsheltered homelessness"),
        (r"\bbp\b", "blood pressure"),
        (r"\b(?:all )?normal (?:findings?|exam)\b", "without abnormal findings"),
        (r"\bsingle(?:ton)? (?:fetus|gestation)\b", ""),
        (r"\btaken (?:correctly|properly|as (?:rx'?d|prescribed|directed|ordered))", "adverse effect"),
    )
)


def in_words_of_the_books(text: str) -> str:
    """Return a text with what it says otherwise than the books put in their words."""
    for pattern, said in _AS_THE_BOOKS:
        text = pattern.sub(said, text)
    return text
