"""Codes as coders write them: with or without a dot, in any case, with modifiers and units on their line, ranges."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.assistant.question import Code, System
from services.assistant.understanding.dates import MARK
from services.assistant.understanding.modifiers import COUNTED, follows_code, is_modifier
from services.assistant.understanding.units import counts_next, heads_units, units_after, units_before

DIAGNOSIS_MARK = "<dx>"
SERVICE_MARK = "<px>"
INPATIENT_MARK = "<pcs>"

ICD10CM = lookup.CODE_SYSTEM_ICD10CM
ICD10PCS = lookup.CODE_SYSTEM_ICD10PCS
HCPCS = lookup.CODE_SYSTEM_HCPCS
CPT = lookup.CODE_SYSTEM_CPT
ICD9CM = lookup.CODE_SYSTEM_ICD9CM

# The shapes of codes in capitals, the longer ones first.
_INPATIENT = (
    r"(?:0[0-9BCDFGHJ-NP-Y]|10|2[WY]|3[0CE]|4[AB]|[56]A|7W|8[CE]|9W|[BCD][0-9A-HJ-NP-Z]|F[01]|[GH]Z|X[0-9A-HJ-NP-Z])"
    r"[0-9A-HJ-NP-Z]{5}"
)
# The beginning of one: a table, or a code that lacks characters.
_TABLE = r"0[BCDFGHJ-NP-Y][0-9A-HJ-NP-Z]{1,4}"
_CATEGORY = r"(?:[A-Z]\d[0-9AB]|QA\d)"
_DOTTED = rf"{_CATEGORY}\.[0-9A-Z]{{1,6}}"
# A letter may stand in the fourth place: "g43e09"; a Q and an H are hours: "q24h".
_UNDOTTED = rf"{_CATEGORY}(?:(?:[0-9ABX]|(?<!Q\d\d)[C-HZ])[0-9A-Z]{{0,3}})?"
_SERVICE = r"\d{5}|0\d{3}[AMTU]|\d{4}F"
_OLD_DOTTED = r"\d{3}\.\d{1,2}|E\d{3}\.\d"
_CODE = re.compile(
    rf"(?<![A-Za-z0-9.$#])(?<!\b\d,)(?<!\b\d\d,)(?<!\b\d\d\d,)(?:{_OLD_DOTTED}|{_DOTTED}|(?=\S*\d\S*\d)(?=\S*[A-Z]){_INPATIENT}|[GH]Z[0-9A-HJ-NP-Z]\dZZZ"
    rf"|{_TABLE}|{_SERVICE}|{_UNDOTTED}|(?:(?<=\bpcs )|(?<=\bpcs code ))(?=\S*\d\S*\d)[0-9A-Z]{{7}})"
    r"(?![A-Za-z0-9]|\.\d|,\d{3}\b|%)",
    re.IGNORECASE,
)
_GLUED = re.compile(r"(?<![A-Za-z0-9.$])(\d{5})((?!X\d)[A-Z][A-Z0-9])(?![A-Za-z0-9])", re.IGNORECASE)
# "45385w/45380".
_GLUED_WITH = re.compile(r"(?<=\d{4})w/(?=[A-Z]?\d{4})", re.IGNORECASE)
# "M17 . 11", "R 73.03".
_SPACED = re.compile(
    r"\b(?:(?P<category>[A-TV-Z]\d[0-9AB])(?: \. ?| ?\. )|"
    r"(?P<letter>[B-HJ-TV-Z]) (?P<number>\d[0-9AB]) ?\. ?)(?P<rest>\d[0-9A-Z]{0,3})\b(?!\.?\d)"
)
# "how many 96361s".
_PLURAL = re.compile(r"(?<![\w.$])(\d{5})'?s\b")
_GLUED_UNITS = re.compile(r"(?<![A-Za-z0-9.$])(\d{5}|[A-GJ-V]\d{4})x(\d{1,3})(?![A-Za-z0-9])", re.IGNORECASE)
_HCPCS = re.compile(r"[A-V]\d{4}")
_OLD = re.compile(r"\d{3}(?:\.?\d{1,2})?|V\d{2}(?:\.?\d{1,2})?|E\d{3}(?:\.?\d)?")
# Five characters, which elsewhere are a service.
_OLD_UNPOINTED = re.compile(r"\d{5}|[VE]\d{4}")
_OLD_UNDOTTED = re.compile(r"(?<![A-Za-z0-9.$-])\d{3,4}(?![A-Za-z0-9]|\.\d|%)")
# The number of a group, and no code.
_OF_OTHERS = re.compile(r"\b(?:apc|ccsr?|drg|hcc|category|chapter|version|v|page|form|box)\W*$", re.IGNORECASE)
# The dash of a code whose further characters are left out: "E11.-".
_LEFT_OUT = re.compile(r"\.?[-_]+(?![A-Za-z0-9])")
_TO = re.compile(
    rf"\s*(?:-|–|through|thru)\s*(?P<last>{_CATEGORY}|{_SERVICE}|[A-V]\d{{4}})(?![A-Za-z0-9]|\.\d)", re.IGNORECASE
)
_ATTACHED = re.compile(r"\s*(?P<sign>-|–|/|:)\s*-?(?P<modifier>[0-9A-Za-z]{2})(?![A-Za-z0-9]|\.\d|[-/]\d)")
_FOLLOWING = re.compile(
    r"(?:\s*,\s*|\s+|\s*\(\s*|\s*\[\s*)-?(?P<modifier>[0-9A-Za-z]{2})(?![A-Za-z0-9]|\.\w|[-/]\d|\s*-?\s*(?:modifier|mod)\b)"
    rf"(?!{COUNTED})[)\]]?",
    re.IGNORECASE,
)
_SPOKEN = re.compile(
    r"\s*,?\s*(?:w/|(?:with|w|and|plus|has|had|having|gets|got|carries|carrying)?\s*(?:a\s+)?(?:modifiers?|mods?)\b"
    r"|\b(?:with|carrying|carries|bearing|bears)\b|\+)[\s#:]*-?(?P<modifier>[0-9A-Za-z]{2})"
    rf"(?![A-Za-z0-9]|\.\w)(?!{COUNTED})",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    r"(?<![\w.])(?:modifiers?\s+|mods?\s+)?-?(?P<modifier>[0-9A-Za-z]{2})\s+(?:modifier\s+|mod\s+)?(?:(?:goes|is|was|put|added|appended)\s+)?"
    r"(?:on|to|onto|for)\s+"
    r"(?:the\s+|code\s+|cpt\s+)*$",
    re.IGNORECASE,
)
# Words that say of which system the next code is.
_NAMES = (
    (re.compile(r"\bicd[\s-]?9(?:[\s-]?cm)?(?:\s+(?:code|dx|for|is|of))*\W*$", re.IGNORECASE), ICD9CM),
    (re.compile(r"\bicd[\s-]?10(?:[\s-]?cm)?(?:\s+(?:code|dx))*\W*$", re.IGNORECASE), ICD10CM),
    (re.compile(r"\b(?:dx|diagnos[ie]s|diag)(?:\s+codes?)?\W*$", re.IGNORECASE), ICD10CM),
    (
        re.compile(r"\b(?:hcpcs|supply|drug|[a-v]-code|dme)(?:\s+(?:level\s+(?:ii|2)\s+)?codes?)?\W*$", re.IGNORECASE),
        HCPCS,
    ),
    (re.compile(r"\bcpts?(?:[\s-]?4)?(?:\s+codes?)?\W*$", re.IGNORECASE), CPT),
    (re.compile(r"\bpcs(?:\s+codes?)?\W*$", re.IGNORECASE), ICD10PCS),
)
_OF_OLD = re.compile(r"\bicd[\s-]?9|\bgems?\b|\bi-?9\b", re.IGNORECASE)
# "042 (HIV) to ICD-10".
_INTO_NEW = re.compile(r"\s*(?:\([^()]{1,60}\)\s*)?(?:to|in|into|->|=>|→)\s*(?:an?\s+)?icd[\s-]?10", re.IGNORECASE)
# "496 and 272.4 to ICD-10".
_OLD_TO_NEW = re.compile(rf"(?<![\w.$])(?:{_OLD_DOTTED})(?!\w).*\bicd[\s-]?10\b", re.IGNORECASE | re.DOTALL)
_NEAR = 40
_OLD_BEFORE = re.compile(
    r"\b(?:old\s+(?:code|dx|diagnosis)(?:\s+code)?|map|convert|crosswalk|translate)\W*$", re.IGNORECASE
)
# A version of the risk adjustment model, no code: "RxHCC V08".
_OF_MODEL = re.compile(r"\b(?:rx)?(?:hccs?|model|version)\W*$", re.IGNORECASE)
_OF_DIAGNOSES = re.compile(
    r"\b(?:dx\w*|diagnos\w+|icd[\s-]?10|icd|excludes?\d?|hcc\w*|raf|ccsr|7th|seventh|laterality|risk adjust\w*|"
    r"code first)\b",
    re.IGNORECASE,
)
# Of these ICD-9-CM knew nothing.
_OF_ENCOUNTERS = re.compile(r"\b(?:subsequent|initial|sequela|seventh|7th|placeholder|encounter)\b", re.IGNORECASE)
_OF_UNITS = re.compile(r"\b(?:mues?|units?|medically unlikely)\b", re.IGNORECASE)
# The name of a code that is a diagnosis by its dot says nothing of those beside it.
_OTHER_DIAGNOSIS = re.compile(
    rf"\b(?:dx\w*|diagnos[ie]s|icd[\s-]?10(?:[\s-]?cm)?)(?:\s+codes?)?\W{{1,3}}(?={_DOTTED})", re.IGNORECASE
)
_OF_SUPPLIES = re.compile(
    r"\b(?:hcpcs|units?|mues?|dme\w*|supply|supplier|supplies|drugs?|inj\w*|fees?|rvus?|cpt|wheelchairs?|infusion|rental|"
    r"oxygen|mg|jw|jz|ptp|ncci|mips|add-?on)\b",
    re.IGNORECASE,
)
_DENTAL = re.compile(r"\b(?:cdt|dent\w*|oral|tooth|teeth|pay\w*|paid|medicare|rates?)\b", re.IGNORECASE)
# Hundreds of HCPCS numbers that are in use, by letter; outside them a letter and four digits are a diagnosis.
_HCPCS_HUNDREDS = {
    "A": "00-04 08-09 20 41-52 55 60-62 64-66 70 75 80 91-93 95-99",
    "B": "40-42 50-52 90 99",
    "C": "10 13 16-19 25-26 52 75 79-80 89-99",
    "E": "01-26 30 32 80",
    "G": "00-06 09-10 20-22 30 40 60 81 83-99",
    "H": "00 10 20",
    "J": "00-35 70-77 79 84-87 89-94 96 99",
    "K": "00-01 04-10",
    "L": "01-02 04 06-14 16-43 46 50-77 79-80 83-87 99",
    "M": "00-03 10-15",
    "P": "20 30 70 90-91 96",
    "Q": "00-02 04-05 10 20 30 40-44 50-51 90 99",
    "R": "00",
    "S": "00-06 08 10 20-24 29-30 36-40 49-51 54-55 80-84 89-95 98-99",
    "T": "10 15 19-21 45 50 59",
    "U": "00",
    "V": "20-27 50-53",
}
# Where both systems have numbers, these categories of diagnoses are the ones that coders ask for.
_RATHER_DIAGNOSES = ("E10", "E11", "G40", "G89", "G93", "J96", "M10", "M11", "M12")
# What looks like a category and is none: a vitamin, vertebrae, versions of the CMS-HCC model.
_NO_CATEGORIES = ("B12", "T10", "T11", "T12", "V21", "V22", "V24", "V28")
# A service that is said not to be there: "99292 with 99223 and no 99291", "if 99291 isn't on the claim".
ABSENT = re.compile(
    rf"(?P<no>\b(?:no|without|w/o|minus|lacking)\s+(?:an?\s+|the\s+|any\s+|code\s+|cpt\s+)*)?"
    rf"(?<!\w)(?P<code>{_SERVICE}|[A-V]\d{{4}})(?!\w)"
    r"(?(no)|\s+(?:(?:isn'?t|is\s+not|wasn'?t|was\s+not)\s+(?:on|there|billed|reported|listed|present)|is\s+missing)\b)",
    re.IGNORECASE,
)

# Between two lines of one code; what sets one number of units against another; the parts of one service.
_AND_AGAIN = re.compile(r"[\s,;&+/]*(?:(?:and|with|plus|then)[\s,]+)?(?:(?:again|another)\s+)?", re.IGNORECASE)
_OR_ELSE = re.compile(r"[.?!]\s|\b(?:or|vs|versus|instead|not|no|than|if|what)\b", re.IGNORECASE)
_COMPONENTS = frozenset(("26", "TC"))
# A code that lacks a digit or has one too many, beside another code or after its name; one with a letter for a digit.
_MISTYPED = re.compile(
    r"(?<![\w.$#/-])(?:\d{4}|\d{6}|(?=\w*[OoIl])(?=(?:\w?\d){3})\d[\dOoIl]{4})(?![\w/%-]|\.\d|,\d{3})"
    rf"(?!{COUNTED}|\s*(?:claim|form)\b)"
)
_LINK = r"\s*(?:,|&|\+|\band|\bwith|\bw/?|\bvs\.?|\bversus|\bto|\binto)\s*(?:(?:code|cpt|hcpcs)\s+)?"
_SERVICE_ON_LINE = rf"(?:[A-V]\d{{4}}|{_SERVICE})(?:-\w\w)?"
_LINKED_BEFORE = re.compile(
    rf"(?<![\w.$]){_SERVICE_ON_LINE}{_LINK}$|\b(?:(?:cpt|hcpcs)(?:\s+codes?)?|(?:fees?|rvus?|mues?|rate|price)\s+(?:of|for|on))\s+$",
    re.IGNORECASE,
)
_LINKED_AFTER = re.compile(rf"{_LINK}{_SERVICE_ON_LINE}(?!\w)", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d")
# Numbers of a hospital claim that are no procedures.
_OF_REVENUE = re.compile(r"\b(?:rev|revenue|tob|type\s+of\s+bill)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Found:
    """A code with what stands on its line, and its place in the text."""

    code: Code
    start: int
    end: int


def take_codes(text: str) -> tuple[tuple[Code, ...], str]:
    """Return the codes that a text names, each once, and the text with a mark for each and what is on its line."""
    text = _SPACED.sub(_joined_up, _GLUED_WITH.sub(" with ", text))
    text = _PLURAL.sub(r"\1", _GLUED_UNITS.sub(r"\1 x\2", text))
    text = _GLUED.sub(lambda match: match[0] if _is_one_code(match) else f"{match[1]}-{match[2]}", text)
    found = list(_found(text))
    written = text
    for one in reversed(found):
        text = f"{text[: one.start]} {_mark(one.code)} {text[one.end :]}"
    codes: dict[str, _Found] = {}
    for one in found:
        key = one.code.text.replace(".", "")
        codes[key] = _joined(codes[key], one, written) if key in codes else one
    return tuple(one.code for one in codes.values()), text


def old_codes(text: str) -> tuple[Code, ...]:
    """Return the numbers of a text that asks for maps to ICD-10: codes of ICD-9-CM without a dot."""
    found = (match for match in _OLD_UNDOTTED.finditer(text) if not _OF_OTHERS.search(text[: match.start()]))
    return tuple(Code(number, (ICD9CM,)) for number in dict.fromkeys(match.group() for match in found))


def is_diagnosis(code: Code) -> bool:
    """Tell whether a code is likeliest a diagnosis."""
    return code.systems[0] in (ICD10CM, ICD9CM)


def is_service(code: Code) -> bool:
    """Tell whether a code is likeliest of CPT or HCPCS."""
    return code.systems[0] in (CPT, HCPCS)


def _joined_up(match: re.Match[str]) -> str:
    category = match["category"] or match["letter"] + match["number"]
    return f"{category}.{match['rest']}"


def _is_one_code(match: re.Match[str]) -> bool:
    return not is_modifier(match[2]) or bool(re.fullmatch(_INPATIENT, match[0].upper()))


def _mark(code: Code) -> str:
    if code.systems[0] == ICD10PCS:
        return INPATIENT_MARK
    return SERVICE_MARK if is_service(code) else DIAGNOSIS_MARK


def _joined(one: _Found, other: _Found, text: str) -> _Found:
    """Return a code that is named again: on a further line of the claim, or only once more."""
    first, again, between = one.code, other.code, text[one.end : other.start]
    modifiers = tuple(dict.fromkeys(first.modifiers + again.modifiers))
    counted = None not in (first.units, again.units) and not _OR_ELSE.search(between)
    if (counted or _AND_AGAIN.fullmatch(between)) and is_service(first) and not _COMPONENTS & {*modifiers}:
        lines = (*(first.lines or (first,)), again)
        counts = [line.units or 1 for line in lines]
        # Of several dates each has its own.
        total = max(counts) if MARK in between else sum(counts)
        return replace(other, code=replace(first, modifiers=modifiers, units=total, lines=lines))
    units = first.units if again.units is None else again.units
    return replace(other, code=replace(first, modifiers=modifiers, units=units))


def _found(text: str) -> Iterator[_Found]:
    end = 0
    for match in _matches(text):
        if match.start() >= end and (one := _read(text, match, end)):
            yield one
            end = one.end


def _matches(text: str) -> list[re.Match[str]]:
    found = list(_CODE.finditer(text))
    # Numbers of three or four digits are codes of ICD-9-CM when it is spoken of.
    spoken_of = bool(_OF_OLD.search(text)) or bool(_OLD_TO_NEW.search(text))
    taken = [match.span() for match in found]
    found += [
        match
        for match in _OLD_UNDOTTED.finditer(text)
        if (
            spoken_of
            or _INTO_NEW.match(text, match.end())
            or _OLD_BEFORE.search(text[max(0, match.start() - _NEAR) : match.start()])
        )
        and not any(start < match.end() and match.start() < end for start, end in taken)
        and not _OF_OTHERS.search(text[max(0, match.start() - _NEAR) : match.start()])
    ]
    taken = [match.span() for match in found]
    found += [
        match
        for match in _MISTYPED.finditer(text)
        if _is_mistyped(match) and not any(start < match.end() and match.start() < end for start, end in taken)
    ]
    return sorted(found, key=lambda match: match.start())


def _is_mistyped(match: re.Match[str]) -> bool:
    written, text = match.group(), match.string
    linked = _LINKED_BEFORE.search(text[: match.start()]) or _LINKED_AFTER.match(text, match.end())
    if not written.isdigit():
        # "1000l" are liters.
        return "l" not in written or bool(linked)
    if _YEAR.fullmatch(written) or _OF_OLD.search(text) or _OF_REVENUE.search(text):
        return False
    return bool(linked)


def _read(text: str, match: re.Match[str], after: int) -> _Found | None:
    """Return the code of a match with what stands on its line."""
    written = match.group().upper()
    head, _, tail = written.partition(".")
    if tail and not tail.strip("X"):
        written = head
    before = text[after : match.start()]
    mistyped = _MISTYPED.fullmatch(match.group()) and _is_mistyped(match)
    systems: tuple[System, ...] = (CPT,) if mistyped else _systems(written, text, before)
    if _OLD_UNPOINTED.fullmatch(written) and _INTO_NEW.match(text, match.end()):
        systems = (ICD9CM, *systems)
    if not systems or (re.fullmatch(r"V\d\d", written) and _OF_MODEL.search(before)):
        return None
    code, start, end = Code(written, systems), match.start(), match.end()
    if written.isdigit() and len(written) == 5 and counts_next(text, end):
        return None
    further = _TO.match(text, end)
    if further and is_diagnosis(code) and len(written) == len(further["last"]) == 3:
        return _Found(Code(f"{written}-{further['last'].upper()}", (ICD10CM,)), start, further.end())
    if left_out := _LEFT_OUT.match(text, end):
        end = left_out.end()
    if further or not is_service(code):
        return _Found(code, start, end)
    modifiers, end = _modifiers(text, end)
    units, end = units_after(text, end, many=written[0].isalpha(), tabled=heads_units(text[:start]))
    if units is not None and not modifiers:
        modifiers, end = _modifiers(text, end)
    if units is None and (counted := units_before(text[after:start])):
        units, start = counted[0], after + counted[1]
    earlier = _BEFORE.search(text[after:start])
    if earlier and follows_code(earlier["modifier"]):
        modifiers = [earlier["modifier"].upper(), *modifiers]
        start = after + earlier.start()
    return _Found(replace(code, modifiers=tuple(dict.fromkeys(modifiers)), units=units), start, end)


def _modifiers(text: str, end: int) -> tuple[list[str], int]:
    found: list[str] = []
    while len(found) < 4:
        attached = _ATTACHED.match(text, end)
        if attached and is_modifier(attached["modifier"]):
            match = attached
        elif (spoken := _SPOKEN.match(text, end)) and _spoken(spoken):
            match = spoken
        elif (following := _FOLLOWING.match(text, end)) and follows_code(following["modifier"]):
            match = following
        else:
            break
        found.append(match["modifier"].upper())
        end = match.end()
    return found, end


def _spoken(match: re.Match[str]) -> bool:
    if re.search(r"\bmod", match.group(), re.IGNORECASE):
        return is_modifier(match["modifier"])
    return follows_code(match["modifier"])


def _systems(written: str, text: str, before: str) -> tuple[System, ...]:
    """Return the systems a code may be of, by its shape and the words around it, the likeliest first."""
    shaped = (
        (CPT,) if _MISTYPED.fullmatch(written) and not _OLD_UNDOTTED.fullmatch(written) else _by_shape(written, text)
    )
    for pattern, system in _NAMES:
        if pattern.search(before):
            if system == ICD9CM and not _OLD.fullmatch(written):
                break
            if system in shaped or system == ICD9CM or (system == ICD10PCS and len(written) == len("0DTJ4ZZ")):
                return (system, *(other for other in shaped if other != system))
            break
    return shaped


def _by_shape(written: str, text: str) -> tuple[System, ...]:
    if re.fullmatch(_OLD_DOTTED, written):
        return (ICD9CM,)
    if "." in written:
        # Codes of ICD-10-CM that begin with V have seven characters.
        old = (
            written[0] == "V" and len(written) < 8 and bool(_OLD.fullmatch(written)) and not _OF_ENCOUNTERS.search(text)
        )
        return (ICD9CM, ICD10CM) if old else (ICD10CM,)
    if re.fullmatch(_SERVICE, written):
        return (CPT,)
    if written.isdigit():
        return (ICD9CM,)
    if re.fullmatch(_TABLE, written):
        return (ICD10PCS,)
    if len(written) == 7:
        return _of_seven(written)
    if written in _NO_CATEGORIES:
        return ()
    if _HCPCS.fullmatch(written):
        return _of_five(written, text)
    if written[0] == "V" and _OF_OLD.search(text) and _OLD.fullmatch(written):
        return (ICD9CM, ICD10CM)
    return (ICD10CM,)


def _of_seven(written: str) -> tuple[System, ...]:
    diagnosis = bool(re.fullmatch(_UNDOTTED, written))
    if not re.fullmatch(_INPATIENT, written):
        return (ICD10CM,)
    if not diagnosis:
        return (ICD10PCS,)
    # An external cause ends with the letter of its encounter.
    rather = written[0] in "HX" and written[-1] in "ADS123"
    return (ICD10CM, ICD10PCS) if rather else (ICD10PCS, ICD10CM)


def _of_five(written: str, text: str) -> tuple[System, ...]:
    if written[0] == "D":
        # Dental codes have the numbers of neoplasms and of diseases of the blood.
        dental = _OF_SUPPLIES.search(text) or _DENTAL.search(text)
        return (HCPCS, ICD10CM) if dental and not _OF_DIAGNOSES.search(text) else (ICD10CM, HCPCS)
    if not _hundred_in_use(written):
        return (HCPCS, ICD10CM) if _OF_UNITS.search(text) and not _OF_DIAGNOSES.search(text) else (ICD10CM, HCPCS)
    text = _OTHER_DIAGNOSIS.sub(" ", text)
    by_words = bool(_OF_DIAGNOSES.search(text)) - bool(_OF_SUPPLIES.search(text))
    rather = by_words > 0 or (by_words == 0 and written.startswith(_RATHER_DIAGNOSES))
    return (ICD10CM, HCPCS) if rather else (HCPCS, ICD10CM)


def _hundred_in_use(written: str) -> bool:
    hundred = int(written[1:3])
    for span in _HCPCS_HUNDREDS.get(written[0], "").split():
        first, _, last = span.partition("-")
        if int(first) <= hundred <= int(last or first):
            return True
    return False
