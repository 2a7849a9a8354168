"""Units of service: a number that is marked as one."""

import re

MARK = "<units>"

_ONES = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9}
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_WORDS = {
    **_TENS,
    **_ONES,
    **{"ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16},
    **{"seventeen": 17, "eighteen": 18, "nineteen": 19, "once": 1, "twice": 2, "thrice": 3},
    **{"half a dozen": 6, "two dozen": 24, "a dozen": 12, "a pair of": 2, "a couple of": 2},
    **{"two hundred": 200, "one hundred": 100, "a hundred": 100},
}
# The longer ones first: "twenty-four" is no twenty.
_SPELLED = [rf"(?:{'|'.join(_TENS)})[\s-](?:{'|'.join(_ONES)})", *sorted(_WORDS, key=len, reverse=True)]
SPELLED_NUMBER = rf"(?:{'|'.join(_SPELLED)})"
_FEW = rf"\d{{1,3}}(?:,\d{{3}})+|\d{{1,4}}|{'|'.join(_SPELLED)}"
# Five digits and more may be a code: they are units only where nothing else can be meant.
_MANY = r"\d{5,6}"
_NUMBER = rf"(?P<units>{_FEW})"
# "one each ear" counts ears.
_EACH = (
    r"(?:each|per|every)\s+(?:side|ear|eye|knee|hip|shoulder|elbow|wrist|hand|ankle|foot|leg|arm|breast|kidney|lung)\b"
)
_NAME = rf"(?!{_EACH})(?:units?|un|u|ea|each|uos|miles?|unites|untis|unts|iu|ius|i\.u\.)(?!\w)"
_CODE = r"(?:(?:the|code|cpt|hcpcs)\s+)*"
_END = r"(?![\w/.]\w|-\w)\)?"
_OPENING = r"(?:\s+[-\u2013]\s+|\s*[,(;:]?\s*)(?:for\s+|at\s+|@\s*|billed\s+(?:at\s+|for\s+|with\s+)?|with\s+|w/\s*)?"
# What stands on the line of a code: "x3", "x 4 units", "(3 units)", "qty 3", "units: 3".
_AFTER_CODE = tuple(
    re.compile(_OPENING + pattern + _END, re.IGNORECASE)
    for pattern in (
        rf"(?:[x×*]|times)\s?{_NUMBER}\b(?:\s*{_NAME})?(?!\s*(?:days?|weeks?|months?|years?|hours?|views?)\b)",
        rf"{_NUMBER}\s*-?\s*{_NAME}",
        rf"(?:qty|quantity|units?|miles?)\s*(?:of\s+)?[:=]?\s*{_NUMBER}\b",
        rf"{_NUMBER}\s?[x×](?!\w|\s*[A-Z]?\d)",
    )
)
_MANY_AFTER_CODE = re.compile(rf"{_OPENING}(?:[x×*]\s?)?(?P<units>{_MANY})\s*-?\s*{_NAME}{_END}", re.IGNORECASE)
# "ln code qty dos": the row of a code has its units after it.
_HEADING = re.compile(
    r"\b(?:codes?|cpt|hcpcs|proc\w*|service)\b[\s|,]+(?:[a-z#/]+[\s|,]+){0,3}(?:qty|quantity|units?|uos)\b",
    re.IGNORECASE,
)
_IN_ROW = re.compile(r"[\s|,;]+(?P<units>\d{1,3})(?=[\s|,;]|$)")
# "67921 3 <date>": a row without its heading; two digits may be a modifier.
_BEFORE_DATE = re.compile(r"[\s|]+(?P<units>[1-9])(?=[\s|]+(?:<date>|dos\b))", re.IGNORECASE)
# "3 units of", "3 x ", "two units of"; "two", "4 of" right before the code.
_BEFORE_CODE = re.compile(
    rf"(?<![\w.$/,-])(?P<units>{_FEW}|{_MANY})\s*(?:[x×*]|{_NAME}(?:\s+(?:of|for))?)\s*{_CODE}$",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"(?<![\w.$/,-])(?<!the )(?<!these )(?<!those )(?<!line )(?<!lines )(?<!item )(?<!column )(?<!between )(?<!my )"
    rf"(?<!our )(?<!dx )(?!one\s+of\b)(?:(?P<units>{_FEW})\s+of|(?P<words>{'|'.join(_SPELLED)})(?:\s+of)?)\s+{_CODE}$",
    re.IGNORECASE,
)
# A number of units before the code that they are of: "12000 units of J7203".
_OF_NEXT = re.compile(rf"\s*{_NAME}\s*(?:of|for)?\s+(?=[A-Z]\d{{4}}(?!\w)|\d{{5}}(?![\w]|\s*{_NAME}))", re.IGNORECASE)
_ACT = (
    r"(?:put|bill(?:ed)?|report(?:ed)?|charged?|g[ai]ve|did|used?|ha(?:ve|d)|entered|submit(?:ted)?|sent|wrote|"
    r"list(?:ed)?)"
)
_GIVEN = r"(?:billed|shipped|dispensed|supplied|delivered|furnished|charged|submitted|provided|administered|ordered)"
# What is counted by units: no time, and nothing of the claim itself.
_THINGS = (
    r"(?!(?:days|weeks|months|years|hours|hrs|minutes|mins|lines|codes|claims|modifiers|procedures|services|visits|"
    r"times|diagnoses|providers|surgeons|doctors|dates|digits|characters|levels|patients|sessions|sites|pairs|cases|"
    r"views|charges|places|things|items|is|was|has|does|this|its|us|as|plus|versus|vs|process|cross)\b)[a-z]{2,}s"
)
_PLURAL = "|".join(word for word in _SPELLED if word not in ("one", "once"))
_BESIDE = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?<![\w.$/-]){_NUMBER}\s*-?\s*{_NAME}",
        rf"\bunits?(?:\s+(?:of|is|are)\s+|\s*[=:]\s*|\s+){_NUMBER}(?![\w.]\w)",
        rf"(?<![\w.$/-]){_NUMBER}\s+(?:(?:more|higher|greater)\s+than|over|above)\s+(?:the|its)\s+(?:mue|limit|max\w*)",
        rf"\b(?:qty|quantity)\s*(?:of\s+)?[:=]?\s*{_NUMBER}\b",
        rf"(?<![\w.])[x×]\s?{_NUMBER}(?![\w.]\w)(?!\s*(?:days?|weeks?|months?|years?|hours?|views?)\b)",
        rf"(?<![\w.$/-]){_NUMBER}\s+times\b(?!\s+(?:more|as|the(?! same)))",
        r"\b(?P<units>twice|thrice)\b(?!\s+(?:a|the|as))",
        rf"(?<![\w.$/-])(?<!which )(?<!the )(?<!these )(?!one\s){_NUMBER}\s+of\s+(?:them|these|those)\b",
        rf"(?<![\w.$/-]){_NUMBER}\s+(?:is\s+)?too\s+many\b",
        rf"(?<![\w.$/-])(?P<units>{_PLURAL})\s+(?:ok(?:ay)?|allowed|enough|fine)\b",
        rf"\b{_ACT}\s+{_NUMBER}\s+(?:for|on|of)\s+{_CODE}<px>",
        rf"\b(?:shipped|dispensed|supplied|delivered|furnished)\s+(?:out\s+)?{_NUMBER}(?=\s*(?:[.,;?!)]\s|$|[.?!]$))",
        rf"\btimes\s+{_NUMBER}\b",
        rf"(?<![\w.$/-]){_NUMBER}[x×](?!\w)",
        rf"\btotal\s+of\s+{_NUMBER}\b",
        # "we use 78." names a modifier.
        rf"\b(?:i|we|you|they|he|she)(?:'ve|\s+only|\s+just)?\s+{_ACT}\s+(?!(?:2[2-7]|5\d|6[236]|7[346-9]|8[0-2]|9\d)\b)"
        rf"{_NUMBER}(?=\s*(?:[.,;?!)]|$))",
        rf"\b(?:{_ACT}|{_GIVEN})\s+{_NUMBER}(?=\s+on\s+<date>)",
        rf"(?<![\w.$/-])(?P<units>{_PLURAL})\s+(?:for|on)\s+{_CODE}<px>",
        rf"(?<![\w.$/-]){_NUMBER}\s+(?:[a-z]+\s+){{0,2}}?{_THINGS}\s+(?:were\s+|was\s+|are\s+|got\s+)?{_GIVEN}\b",
        rf"\b(?:{_ACT}|{_GIVEN})\s+{_NUMBER}\s+(?:[a-z]+\s+)?{_THINGS}(?!\w)",
    )
)

# Where units are asked for, things that are told beside one code are its units: "four bags", "two cpap face masks",
# unless they hold several, or it is told where they are.
_HOLDING = r"(?!(?:vials|syringes|doses|bottles|pens|cans|grams|milligrams|physicians|docs|nurses|groups|means|says)\b)"
_BETWEEN = (
    r"(?:(?!(?:an?|and|are|at|by|for|from|in|is|of|on|or|per|than|the|to|was|with|mc?g|ml|cc|hours?|hr|min\w*|days?|weeks?|"
    r"months?|years?|levels?|views?)\b)[a-z-]+\s+){0,3}?"
)
_TOLD = re.compile(
    rf"(?<![\w.$/'-]){_NUMBER}\s+(?:{_BETWEEN}{_HOLDING}{_THINGS}|(?:is\s+)?(?:ok|okay|allowed|over|too\s+much))\b"
    rf"|<px>[\s,:-]+(?P<alone>{_FEW})\W*$|(?<![\w.$/'-])(?P<box>{_FEW})\s+(?:in\s+(?:the\s+)?units?\s+\w+|{_GIVEN})\b",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(
    r"\b(?:across|after|at|before|between|by|every|from|ha[sd]|in|indicator|level|line|mai|of|on|over|per|than|the|these|"
    r"those|to|which|with|within)\W*$",
    re.IGNORECASE,
)


# "3 units and then 2 more": the lines of one code; "5 in all": what they come to.
_FURTHER = re.compile(
    rf"(?:\s+(?!(?:and|or|plus|then)\b)[\w/<>-]+){{0,3}}[\s,;.(+&-]*\b(?:and|plus|then)\s+(?:then\s+)?"
    rf"(?:another\s+(?P<another>{_FEW})\b(?!\s*(?:days?|minutes?|mins?|hours?|codes?|lines?)\b)"
    rf"|(?P<more>{_FEW})\s+(?:{_NAME}\s+)?(?:more|additional)\b(?!\s+(?:than|days?|minutes?|mins?|hours?|codes?|lines?)\b))",
    re.IGNORECASE,
)
_TOTAL = re.compile(
    rf"(?<![\w.$/-]){_NUMBER}\s+(?:{_NAME}\s+)?(?:in\s+all|in\s+total|altogether|all\s+(?:told|together)|"
    r"total(?=\s*(?:[.,;?!)]|$|for\b|on\b|that\b)))(?!\w)",
    re.IGNORECASE,
)
# "one unit was charted twice, so 6".
_CONCLUDED = re.compile(rf"\bso\s+(?:it\s+is\s+|it'?s\s+|really\s+|only\s+)*{_NUMBER}(?=\W*$)", re.IGNORECASE)
# "more than one unit": at least one more.
_MORE_THAN = re.compile(rf"\bmore\s+than\s+{_NUMBER}\s+(?:{_NAME}|a\s+day|per\s+day)", re.IGNORECASE)
_ONE_EACH = re.compile(rf"\b(?:one|once|1|x1)\s+(?:(?:for|in|on|per)\s+)?{_EACH}", re.IGNORECASE)


def counts_next(text: str, end: int) -> bool:
    """Tell whether the number that ends at a place of a text is one of units of the code after it."""
    return bool(_OF_NEXT.match(text, end))


def heads_units(text: str) -> bool:
    """Tell whether a text before a code heads a table of codes with a column of units."""
    return bool(_HEADING.search(text))


def units_after(text: str, end: int, *, many: bool, tabled: bool = False) -> tuple[int | None, int]:
    """Return the units that follow a code that ends at a place of a text, and where they end.

    `many`: there may be as many as have the digits of a code. `tabled`: they stand there by themselves.
    """
    if many and (match := _MANY_AFTER_CODE.match(text, end)):
        return number_of(match["units"]), match.end()
    for pattern in _AFTER_CODE:
        if match := pattern.match(text, end):
            return number_of(match["units"]), match.end()
    if match := (_IN_ROW if tabled else _BEFORE_DATE).match(text, end):
        return number_of(match["units"]), match.end()
    return None, end


def units_before(text: str) -> tuple[int, int] | None:
    """Return the units at the end of what stands before a code, and where they begin."""
    if match := _BEFORE_CODE.search(text):
        return number_of(match["units"]) + _is_exceeded(text, match), match.start()
    match = _COUNTED.search(text)
    return (number_of(match["units"] or match["words"]) + _is_exceeded(text, match), match.start()) if match else None


def _is_exceeded(text: str, number: re.Match[str]) -> bool:
    """Whether more than a number is asked about: at least one more."""
    return text[: number.start()].rstrip().lower().endswith("more than")


def take_units(text: str) -> tuple[int | None, str]:
    """Return the units that a text names beside its codes, and the text with a mark in their place."""
    if match := _MORE_THAN.search(text):
        return number_of(match["units"]) + 1, f"{text[: match.start()]} {MARK} {text[match.end() :]}"
    if match := _ONE_EACH.search(text):
        return 2, f"{text[: match.start()]} {MARK} {text[match.end() :]}"
    for pattern in (_TOTAL, _CONCLUDED, *_BESIDE):
        if match := pattern.search(text):
            return number_of(match["units"]), f"{text[: match.start()]} {MARK} {text[match.end() :]}"
    return None, text


def units_added(text: str) -> tuple[int | None, int] | None:
    """Return the units of the first line of the code of a text and those of a further one: "3 units, then 2 more".

    Those of the first are None where they are written on the line of the code.
    """
    for mark in re.finditer(rf"<px>|(?<![\w.$/-]){_NUMBER}\s*-?\s*{_NAME}", text, re.IGNORECASE):
        if further := _FURTHER.match(text, mark.end()):
            first = number_of(mark["units"]) if mark["units"] else None
            return first, number_of(further["another"] or further["more"])
    return None


def units_in_all(text: str) -> int | None:
    """Return what the units of a text come to where it says so: "5 in all"."""
    match = _TOTAL.search(text)
    return number_of(match["units"]) if match else None


def things_counted(text: str) -> int | None:
    """Return how many things a text that asks for units tells, whatever they are called."""
    found = (match for match in _TOLD.finditer(text) if match["box"] or not _ELSEWHERE.search(text[: match.start()]))
    return next((number_of(match["units"] or match["alone"] or match["box"]) for match in found), None)


def number_of(written: str) -> int:
    """Return a number that is written in digits or in words."""
    written = written.lower()
    if written[0].isdigit():
        return int(written.replace(",", ""))
    return _WORDS.get(written) or sum(_WORDS[word] for word in re.split(r"[\s-]", written))
