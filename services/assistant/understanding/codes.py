"""Codes as coders write them: with or without a dot, in any case, with modifiers and units on their line, ranges."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from services.assistant.question import Code, System
from services.assistant.understanding.code_systems import (
    CATEGORY,
    CPT,
    DOTTED,
    HCPCS,
    ICD9CM,
    ICD10CM,
    ICD10PCS,
    INPATIENT,
    OF_OLD,
    OLD_DOTTED,
    SERVICE,
    TABLE,
    UNDOTTED,
    systems_of,
)
from services.assistant.understanding.dates import MARK
from services.assistant.understanding.modifiers import COUNTED, follows_code, is_modifier
from services.assistant.understanding.units import counts_next, heads_units, units_after, units_before

DIAGNOSIS_MARK = "<dx>"
SERVICE_MARK = "<px>"
INPATIENT_MARK = "<pcs>"

_CODE = re.compile(
    rf"(?<![A-Za-z0-9.$#])(?<!\b\d,)(?<!\b\d\d,)(?<!\b\d\d\d,)(?:{OLD_DOTTED}|{DOTTED}|(?=\S*\d\S*\d)(?=\S*[A-Z]){INPATIENT}|[GH]Z[0-9A-HJ-NP-Z]\dZZZ"
    rf"|{TABLE}|{SERVICE}|{UNDOTTED}|(?:(?<=\bpcs )|(?<=\bpcs code ))(?=\S*\d)[0-9A-Z]{{7}})"
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
# Five characters, which elsewhere are a service.
_OLD_UNPOINTED = re.compile(r"\d{5}|[VE]\d{4}")
_OLD_UNDOTTED = re.compile(r"(?<![A-Za-z0-9.$-])\d{3,4}(?![A-Za-z0-9]|\.\d|%)")
# The number of a group, and no code.
_OF_OTHERS = re.compile(r"\b(?:apc|ccsr?|drg|hcc|category|chapter|version|v|page|form|box)\W*$", re.IGNORECASE)
# The dash of a code whose further characters are left out: "E11.-".
_LEFT_OUT = re.compile(r"\.?[-_]+(?![A-Za-z0-9])")
_TO = re.compile(
    rf"\s*(?:-|–|through|thru)\s*(?P<last>{CATEGORY}|{SERVICE}|[A-V]\d{{4}})(?![A-Za-z0-9]|\.\d)", re.IGNORECASE
)
_ATTACHED = re.compile(
    r"\s*(?P<sign>-|–|/|:)\s*-?(?P<modifier>[0-9A-Za-z]{2})"
    # A further one may follow: "-26-59".
    r"(?![A-Za-z0-9]|\.\d|/\d|-(?!\d\d(?:-[0-9A-Za-z]{2})*(?![\w/-]|\.\d))\d)"
)
_FOLLOWING = re.compile(
    r"(?:\s*,\s*|\s+|\s*\(\s*|\s*\[\s*)-?(?!(?:tc|pc)[\s-]+only\b)(?P<modifier>[0-9A-Za-z]{2})"
    r"(?![A-Za-z0-9]|\.\w|[-/]\d|\s*-?\s*(?:modifier|mod)\b)"
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
# "042 (HIV) to ICD-10".
_INTO_NEW = re.compile(r"\s*(?:\([^()]{1,60}\)\s*)?(?:to|in|into|->|=>|→)\s*(?:an?\s+)?icd[\s-]?10", re.IGNORECASE)
# "496 and 272.4 to ICD-10".
_OLD_TO_NEW = re.compile(rf"(?<![\w.$])(?:{OLD_DOTTED})(?!\w).*\bicd[\s-]?10\b", re.IGNORECASE | re.DOTALL)
_NEAR = 40
_OLD_BEFORE = re.compile(
    r"\b(?:old\s+(?:code|dx|diagnosis)(?:\s+code)?|map|convert|crosswalk|translate)\W*$", re.IGNORECASE
)
# A version of the risk adjustment model, no code: "RxHCC V08".
_OF_MODEL = re.compile(r"\b(?:rx)?(?:hccs?|model|version)\W*$", re.IGNORECASE)
# A service that is said not to be there: "99292 with 99223 and no 99291", "if 99291 isn't on the claim".
ABSENT = re.compile(
    rf"(?P<no>\b(?:no|without|w/o|minus|lacking)\s+(?:an?\s+|the\s+|any\s+|code\s+|cpt\s+)*)?"
    rf"(?<!\w)(?P<code>{SERVICE}|[A-V]\d{{4}})(?!\w)"
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
_SERVICE_ON_LINE = rf"(?:[A-V]\d{{4}}|{SERVICE})(?:-\w\w)?"
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
    return not is_modifier(match[2]) or bool(re.fullmatch(INPATIENT, match[0].upper()))


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
    spoken_of = bool(OF_OLD.search(text)) or bool(_OLD_TO_NEW.search(text))
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
    if _YEAR.fullmatch(written) or OF_OLD.search(text) or _OF_REVENUE.search(text):
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
    systems: tuple[System, ...] = (CPT,) if mistyped else systems_of(written, text, before)
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
