"""Modifiers: two characters that are told from numbers, words and states by how they are written."""

import re
from collections.abc import Callable, Iterator

from services.assistant.understanding.cues import word_set

MARK = "<mod>"

# Modifiers of CPT.
_NUMBERED = word_set(
    "22 23 24 25 26 27 29 32 33 47 50 51 52 53 54 55 56 57 58 59 62 63 66 73 74 76 77 78 79 80 81 82 90 91 92 93 "
    "95 96 97 99"
)
# Modifiers of HCPCS that nothing else looks like: known wherever they stand.
_DISTINCT = word_set("GN GP GX GY GZ JW JZ KX QK QW QX QY QZ XE XP XS XU")
# Known in any case beside the code of a service, or beside the word modifier.
_BESIDE = word_set(
    "E1 E2 E3 E4 F1 F2 F3 F4 F5 F6 F7 F8 F9 FA FQ FY G0 GC GQ GT GV GW HQ JA JB K0 K1 K2 K3 K4 KF KH KJ LC LM LT "
    "NU Q0 Q1 Q5 Q6 Q7 Q8 Q9 QS RC RT T1 T2 T3 T4 T5 T6 T7 T8 T9 TA TC UE"
)
# Known there in capitals: as words they are something else.
_IN_CAPITALS = word_set(
    "1P 2P 3P 8P A1 A2 A3 A4 A5 A6 A7 A8 A9 AD AE AF AG AH AI AJ AP AQ AU AV AW AX AY BA BL BO BR BU CE CG CH CI CJ "
    "CK CL CN CQ CR CS DA EA EB EC EJ EP ET EX EY FC FP FR FS FT G1 G2 G3 G4 G5 G6 G7 G8 G9 GA GD GE GF GG "
    "GH GJ GK GL GM GR GS GU H9 HB HC HD HF HG HH HJ HK HL HM HN HO HP HR HS HT HU HV HW HX HY HZ J1 J2 J3 J4 J5 "
    "JC JD JE JF JG JK JL KA KB KC KD KE KG KI KK KL KM KN KO KP KQ KR KT KU KV KW KZ LD LL LR LS LU M2 MB MF MG MH "
    "N1 N2 N3 NR PB PD PI PL PN PS Q2 Q3 Q4 QA QB QC QD QE QF QG QH QJ QL QM QN QP QQ QR QT QV RA RB RD RE RI RR "
    "SE SF SG SH SJ SK SL SM SN SQ SU SV SW SY SZ TD TE TF TG TH TJ TK TL TM TP TQ TR TS TT TU TW U2 U3 U4 U5 U6 "
    "U7 U8 U9 UA UB UC UD UF UG UH UJ V1 V2 V3 V4 V5 V6 V7 V8 V9 VM VP X1 X2 X3 X4 X5 XK ZA ZB ZC"
)
# Words, states and abbreviations of coders: known right after a code or the word modifier alone.
_WORDS = word_set(
    "AA AB AK AM AO AR AS AT AZ BP CA CB CC CD CF CM CO CP CT ED EE EM ER GO HE HI KC KS KY L1 LA MA MC MD ME MS P1 "
    "P2 P3 P4 P5 P6 PA PC PM PO PT SA SC SD SS ST TB TN TV U1 UK UN UP UQ UR US FB FX GB HA NB SB"
)
# Physical therapy, and a modifier.
_THERAPY = "PT"
# Those of sites, and those of separate ones.
_OF_SITES = re.compile(r"E[1-4]|[FT][A1-9]|LT|RT|L[CDM]|R[CI]|50|59|XS")
# A number before these counts something.
COUNTED = (
    r"(?:\s*-?\s*(?:units?|years?|yrs?|yo\b|y/o|y\.o|days?|weeks?|months?|hours?|hrs?|hr\b|min(?:ute)?s?\b|times?\b|mg|"
    r"mcg|ml|cc\b|cm|mm|sq|lbs?|kg|%|percent|dollars?|patients?|pts?\b|codes?|claims?|lesions?|visits?|sessions?|"
    r"weeks?|gauge|levels?|minutes?|injections?|tests?|allergens?|antigens?|doses?|vials?|questions?|things?|cases?|"
    r"or\s+(?:more|older)|\+|st\b|nd\b|rd\b|th\b))"
)
_ANY = r"[0-9A-Za-z]{2}"
_SEPARATED = r"(?:\s*(?:,|/|&|\+|\band\b|\bor\b|\bvs\.?|\bversus\b|\bthen\b)\s*|\s+|\s*-\s*)"
# "modifier 25", "mod -59", "modifiers LT and RT", "-25".
_NAMED = re.compile(
    rf"\b(?:modifiers?|mods?|modifer|modifiyer|modifyer|modfier|mdf)\b[\s:#.'\"-]*(?:is\s+|are\s+|of\s+)?"
    rf"(?P<list>(?<![A-Za-z0-9]){_ANY}(?![A-Za-z0-9])(?:{_SEPARATED}{_ANY}(?![A-Za-z0-9.]))*)",
    re.IGNORECASE,
)
_NAMED_BEFORE = re.compile(rf"(?<![A-Za-z0-9.$/-])-?({_ANY})[\s-]+(?:modifiers?|mods?)\b", re.IGNORECASE)
# "with 59", "append 25", "need a 25", "does 50 apply", "59 bypass", "is 59 enough".
_EXPECTED = re.compile(
    rf"(?<!\btotal )(?:\b(?:with|without|w/o?|w|append(?:ed|ing)?|add(?:ed|ing)?|adding|use|using|put|"
    rf"attach(?:ed|ing)?|needs?|takes?|accepts?|a|an|the|slap|tack|plus|about|is|does|will|would|do|can|if|and|or|for|vs\.?|versus|of|on|like|than|over)\s+|(?:^|[\s(,])-|^\s*|w/|(?<!\D\d)/|\ball\s+)(?:it\s+)?"
    rf"(\d\d)(?![A-Za-z0-9.$])(?!{COUNTED})",
    re.IGNORECASE,
)
# "what does the cardiologist get (26)".
_COMPONENT = re.compile(r"\((26|TC)\)", re.IGNORECASE)
# "without 59", "no modifier 59".
ABSENT = re.compile(
    rf"(?<!\bor )\b(?:without|w/o|no|minus|lacking|missing|omitted|forgot(?:ten)?|left\s+off|never\s+(?:added|put))"
    rf"\s+(?:an?\s+|the\s+|any\s+)?(?:modifiers?\s+|"
    rf"mods?\s+)?-?(?P<modifier>{_ANY})(?![A-Za-z0-9])",
    re.IGNORECASE,
)
# "LA county".
_COUNTY = re.compile(r"\s+(?:county|metro|area)\b", re.IGNORECASE)
# "For a return we use 78. Is it ...", "repeat lab, 91. Will ...": a full stop.
_USED = re.compile(rf"(?:\b(?:use|using)|,)\s+({_ANY})(?=\.\s)", re.IGNORECASE)
# "what does PO mean".
_ASKED = re.compile(
    # Somebody is meant in "what does a PA get".
    r"\b(?:[Ww]hat(?:'?s| is| does| do)?|[Ee]xplain|[Dd]efine|[Dd]ecode|(?i:meaning of))\s+"
    r"(?:(?:an?|the)\s+(?=\w\w(?:\W*$|\s+(?:mod|mean|stand|say|tell|do\b|on\b|for\b))))?([A-Z][A-Z0-9])"
    r"(?![A-Za-z0-9]|\.\w)"
    # "what does HCPCS say AS is".
    r"|\bsays?\s+(?:that\s+)?([A-Z][A-Z0-9])\s+(?:is|means|stands)\b"
)
# "the driver marked RR".
_MARKED = re.compile(
    r"\b(?:marked|append(?:ed|s)?|attach(?:ed|es)?|tagged|slapped|stuck)\s+(?:an?\s+|the\s+)?([A-Z][A-Z0-9])(?![A-Za-z0-9.]\w|\w)"
    r"|\b(?:puts?|putting|adds?|adding|appends?|uses?|using|sticks?|bill|report|charge)\s+(?:an?\s+|the\s+)?"
    r"(\d\d|[A-Z][A-Z0-9])\s+(?:on|for|to|with)\b"
    # "the cardiologist's part (26)".
    r"|\((26|TC)\)"
)
# "Repeat lab, 91. Will it ...": after what it says, where no code is that it may belong to.
_APPOSED = re.compile(r",\s*(\d\d)(?=[.;:]\s|\s+[-\u2013]\s)")
# "25 appended", "59 is on the second line".
_FOLLOWED = re.compile(
    rf"(?<![A-Za-z0-9.$/-])({_ANY})\s+(?:is\s+|was\s+|already\s+)*"
    r"(?:appended|added|attached|applied|on\s+(?:the|it|both|one)|opens|unlocks|bypasses|overrides|unbundles|breaks|"
    r"gets\s+(?:us|me|you|it)\s+(?:past|around))\b",
    re.IGNORECASE,
)
# "we saw ex on a line".
_ON_A_LINE = re.compile(
    r"(?<![A-Za-z0-9.$/-])([A-Za-z][0-9A-Za-z])\s+on\s+(?:an?|the|one|each|every|this|that|our|my)\s+(?:\w+\s+)?(?:claim|line)\b"
)
# "does PT count as NCCI-associated", "CO bypasses", "LT meaning".
_JUDGED = re.compile(
    r"(?<![A-Za-z0-9.$/-])(\d\d|[A-Z][A-Z0-9])\s+(?:meaning|means|applies|stands\s+for|counts?|bypass(?:es)?|overrides?|unbundles?|(?:an?\s+|is\s+)*(?:NCCI|ncci)\b)"
)
# "is it TC only" asks for the component that a code stands for.
_ALONE = re.compile(
    r"(?<![A-Za-z0-9.$])(?<!\bin )(?!(?i:tc|pc)[\s-]+only\b)([A-Za-z][0-9A-Za-z])(?![A-Za-z0-9'’]|\.\w|-\d)"
)
# "ga vs gz": of two that are set side by side, one tells that the other is a modifier.
_COMPARED = re.compile(
    rf"(?<![A-Za-z0-9.])({_ANY})\s*(?:vs\.?|versus|or|and|&|/|,)\s*({_ANY})(?![A-Za-z0-9.])", re.IGNORECASE
)
# "24 or 79", "73, 74 or 53", "91 vs 76": numbers that are set side by side, all of them modifiers.
_SIDE_BY_SIDE = re.compile(
    r"(?<![\w.$/-])\d\d(?:\s*,\s*\d\d)*\s*,?\s*(?:vs\.?|versus|or|/|instead\s+of|rather\s+than|over|than)\s*"
    rf"\d\d(?![\w.$/%-])(?!{COUNTED})",
    re.IGNORECASE,
)
# "difference 76 77", "can 91 and 59 be used interchangeably".
_APART = re.compile(r"\b(?:differ\w*|compar\w+|between|interchangeabl\w+|apart|distinguish\w*)\b", re.IGNORECASE)
_LISTED = re.compile(
    r"(?<![\w.$/-])\d\d(?:(?:\s*(?:,|/|&|and|or|vs\.?|versus)\s*|\s+)+\d\d)+(?![\w.$/%-])"
    rf"(?!{COUNTED})",
    re.IGNORECASE,
)
# Letters need no such word where each is a modifier: "NU, RR and UE".
_LISTED_LETTERS = re.compile(
    r"(?<![\w.$/-])[A-Z][A-Z0-9](?:(?:\s*(?:,|/|&|\band\b|\bor\b)\s*|\s+)+[A-Z][A-Z0-9])+(?![\w.$%-])"
)
# "27 - multiple ...", "FS on a visit": what is asked about stands before a dash, or what it is put on.
_HEADS = re.compile(r"^\s*(\d\d|[A-Z][A-Z0-9])\s*(?:[-–—:]|\?+|(?<=\s)on\s+an?)\s")
# "can 91 be used".
_USED_AS = re.compile(
    r"\b(?:can|could|may|should|would|is|does)\s+(\d\d)\s+"
    r"(?:be\s+(?:used|appended|added|billed)|mean|bypass|unbundle|override|stand|appropriate|right|correct|"
    r"get\s+(?:me|us|you|it|them)\s+(?:around|past))\b",
    re.IGNORECASE,
)
# "is FS the split one", "does GT still exist", "when PN".
_SUBJECT = re.compile(
    r"\b(?:[Ii]s|[Aa]re|[Dd]oes|[Dd]o|[Dd]id|[Cc]an|[Ss]hould|[Ww]ill|[Ww]as|[Ww]hen|[Ww]hy|[Hh]ow)\s+([A-Z][A-Z0-9])\b"
    r"(?=\s+(?:the|a|an|for|still|mean|stand|exist|go|goes|get|count|work|apply|bypass|override|required|needed|ok|okay|"
    r"allowed|valid|used|appropriate|and|or|vs|on|only|always|just)\b|\s*[?.,]|\s*$)"
)
_WORD = re.compile(r"\b(?:modifiers?|mods?|append(?:ed|ing|s)?)\b", re.IGNORECASE)
_TWO = re.compile(rf"(?<![A-Za-z0-9]){_ANY}(?![A-Za-z0-9])")


def tells_sites(modifier: str) -> bool:
    """Tell whether a modifier says which site, or that there were several."""
    return bool(_OF_SITES.fullmatch(modifier))


def is_modifier(text: str) -> bool:
    """Tell whether two characters are a modifier where one is expected: right after a code, or after its name."""
    return text.upper() in _NUMBERED | _DISTINCT | _BESIDE | _IN_CAPITALS | _WORDS


def follows_code(text: str) -> bool:
    """Tell whether two characters with a space between them and the code of a service are its modifier."""
    upper = text.upper()
    return upper in _NUMBERED | _DISTINCT | _BESIDE or (text == upper and upper in _IN_CAPITALS | {_THERAPY})


def take_modifiers(text: str, *, expected: bool) -> tuple[tuple[str, ...], str]:
    """Return the modifiers that stand beside the codes of a text, each once, and the text with a mark for each.

    Numbers and what looks like something else are modifiers after that word, and where they are `expected`: the text
    names a service, or stands in a conversation about modifiers.
    """
    found: dict[str, None] = {}
    spans = set(_spans(text, expected))
    if spans and not expected:
        # One that is surely a modifier tells that the numbers beside it may be.
        spans |= set(_spans(text, True))
    ordered = sorted(span for span in spans if not _COUNTY.match(text, span[1]))
    for start, end in ordered:
        found.setdefault(text[start:end].upper())
    for start, end in reversed(ordered):
        text = f"{text[:start]} {MARK} {text[end:]}"
    return tuple(found), text


def modifiers_asked(text: str) -> tuple[str, ...]:
    """Return the modifiers of a text that asks about some without naming a code, each once.

    One that there is not is among them where nothing else can be meant.
    """
    if quoted := _QUOTED.findall(text):
        return tuple(dict.fromkeys(one.upper() for one in quoted))
    for pattern, is_meant in _MEANT:
        found = ["".join(filter(None, match.groups())) for match in pattern.finditer(text)]
        if meant := dict.fromkeys(one.upper() for one in found if is_meant(one)):
            return tuple(meant)
    return ()


def _stands_alone(text: str, expected: bool) -> bool:
    upper = text.upper()
    if upper in _DISTINCT:
        return True
    return expected and (upper in _BESIDE or (text == upper and upper in _IN_CAPITALS))


def _is_no_word(text: str) -> bool:
    return text.upper() in _NUMBERED | _DISTINCT | _BESIDE | _IN_CAPITALS


_QUOTED = re.compile(r"[\"'\u2018\u201c](\w\w)[\"'\u2019\u201d]")
_NONE_SUCH = re.compile(
    rf"(?!(?:AN|BE|BY|DO|IF|II|IN|IS|IT|MY|NO|OF|OK|ON|OR|SO|TO|VS|WE)\b)(?:[A-Z][A-Z0-9]|\d[\dA-Z])(?!\w|[.-]\w)(?!{COUNTED})"
)
# Where modifiers are asked about, the surest first: "staged procedure, 58", "the letters A S", "is AS the one",
# "rb def", "is ZZ a modifier".
_MEANT: tuple[tuple[re.Pattern[str], Callable[[str], bool]], ...] = (
    (re.compile(rf"(?<![\w.$'-])(\d\d|[A-Z][A-Z0-9]|\d[A-Z])(?![\w'%]|[.-]\w)(?!{COUNTED})"), _is_no_word),
    (re.compile(r"(?i:\b(?:letters?|modifiers?|mods?))\s+([A-Z])(?:\s+|-|\.\s?|,\s*|\s+and\s+)([A-Z])\b"), is_modifier),
    (_SUBJECT, is_modifier),
    (
        re.compile(
            r"(?:^\W*|\b(?:about|define|do|does|explain|is|use|vs|whats?|what's)\s+)([a-z][a-z0-9])(?![\w'.-])"
            r"|(?<![\w.$'-])([a-z][a-z0-9])\s+(?:=|def\w*|mean\w*|stands)"
        ),
        _is_no_word,
    ),
    (re.compile(r"(?<![\w.$/'-])([A-Z][A-Z0-9])\s+(?:is\s+)?(?:even\s+)?an?\s+(?:\w+\s+)?modifier\b"), bool),
    (re.compile(r"(?<![\w.$/'-])([A-Z][A-Z0-9])\s+on\s+(?:an?|the|my|our|his|her|this|that)\b"), bool),
)


def _spans(text: str, expected: bool) -> Iterator[tuple[int, int]]:
    named = False
    for match in _NAMED.finditer(text):
        for span in _of_list(match):
            named = True
            yield span
    expected = expected or named or bool(_WORD.search(text))
    for match in _NAMED_BEFORE.finditer(text):
        if match[1] in _NUMBERED or _stands_alone(match[1], True) or (match[1].isupper() and is_modifier(match[1])):
            yield match.span(1)
    if expected:
        yield from (match.span(1) for match in _COMPONENT.finditer(text))
        for pattern in (_EXPECTED, _USED, _FOLLOWED, *(() if "<px>" in text else (_APPOSED,))):
            yield from (match.span(1) for match in pattern.finditer(text) if match[1] in _NUMBERED)
    for match in _ALONE.finditer(text):
        if _stands_alone(match[1], expected):
            yield match.span(1)
    yield from (match.span(1) for match in _ON_A_LINE.finditer(text) if _is_no_word(match[1]))
    for pattern in (_ASKED, _JUDGED, _MARKED):
        for match in pattern.finditer(text):
            if is_modifier(match[match.lastindex or 0]):
                yield match.span(match.lastindex or 0)
    for pattern in (_SUBJECT, _HEADS, _USED_AS):
        for match in pattern.finditer(text):
            if _stands_alone(match[1], True) or match[1] in _NUMBERED:
                yield match.span(1)
    yield from _set_side_by_side(text)
    for match in _COMPARED.finditer(text):
        if is_modifier(match[1]) and is_modifier(match[2]) and any(_stands_alone(two, True) for two in match.groups()):
            yield match.span(1)
            yield match.span(2)


def _set_side_by_side(text: str) -> Iterator[tuple[int, int]]:
    for match in (_LISTED if _APART.search(text) and "<pos>" not in text else _SIDE_BY_SIDE).finditer(text):
        numbers = list(re.finditer(r"\d\d", match.group()))
        if all(number.group() in _NUMBERED for number in numbers):
            yield from ((match.start() + number.start(), match.start() + number.end()) for number in numbers)
    for match in _LISTED_LETTERS.finditer(text):
        if re.search(r"[A-Z]\d", match.group()) and match.group() != text.strip(" ?."):
            # "T1 and T2" of the spine.
            continue
        listed = list(re.finditer(r"\b[A-Z][A-Z0-9]\b", match.group()))
        if all(_is_no_word(one.group()) for one in listed):
            yield from ((match.start() + one.start(), match.start() + one.end()) for one in listed)


def _of_list(match: re.Match[str]) -> Iterator[tuple[int, int]]:
    """Yield the modifiers of a list; the first that is none ends it."""
    start = match.start("list")
    for two in _TWO.finditer(match["list"]):
        written = two.group()
        if two.start() and written.lower() in ("or", "vs"):
            continue
        # After the first, small letters are a word of the sentence: "modifier 25 on".
        known = is_modifier(written) if not two.start() or not written.islower() else _stands_alone(written, True)
        if not known or written in ("or", "to", "is", "in", "on", "do", "if", "at", "as", "go", "us", "me", "up"):
            # One that there is not is asked about too: "modifier ZZ".
            if not two.start() and _NONE_SUCH.match(match.string, start):
                yield start, start + len(written)
            return
        yield start + two.start(), start + two.end()
