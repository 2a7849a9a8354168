"""What one question says, taken apart: what it names, and its words around that."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from services.assistant.question import CareSetting, Code, Dates, Setting, Side
from services.assistant.understanding import codes, dates, modifiers, places, sections, units
from services.assistant.understanding.asking import begins_question
from services.assistant.understanding.cues import clauses_of, words_of
from services.assistant.understanding.vocabulary import words_of_medicine

_AGE = re.compile(r"\b\d{1,3}\s*-?\s*(?:year|yr|y|month|mo|week|wk|day)s?[\s-]*/?\s*(?:old|o)\b", re.IGNORECASE)
_MONEY = re.compile(r"\$\s?\d[\d,]*(?:\.\d+)?")
# The sign alone asks for an amount.
_DOLLARS = re.compile(r"(?<!\w)\$(?!\w)")
_SIGNS = str.maketrans({"\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2212": "-", "\u2019": "'", "\u2018": "'"})
# The reason of a denial is no modifier.
_SIDE_LETTER = re.compile(
    r"(?:(?<=says )|(?<=wants )|(?<=need )|(?<=needs )|(?<=is )|(?<=was )|(?<=be ))([LR])(?=\s*[,.;?!]|\s*$|"
    r"\s+(?:side|one|not)\b)"
    r"|(?<![\w.-])([LR])\s+(?=(?:side|sided|eye|ear|shoulder|elbow|wrist|hand|hip|knee|ankle|foot|leg|arm|breast|kidney|lung|femur|"
    r"tibia|thigh|thumb|finger|toe|heel)s?\b)",
    re.IGNORECASE,
)
_SIDES = {"L": "left ", "R": "right "}
_DENIAL = re.compile(
    r"\b(?:CO|OA|PI|PR)[- ]?(?P<reason>B?\d{1,3})\b|\b(?i:remarks?|rarc|remit\w*|eob|denied|"
    r"denial)(?:\s+(?:code|says?|with|shows?|as|reads?))*\s*:?\s*(?:MA|M|N)\d{1,3}\b(?!\.)"
    r"|\b(?:CARC|denial code|reason code)[- ]?(?P<code>\d{1,3})\b"
)
_REASONS = {
    **{"4": "for the modifier", "11": "for the diagnosis", "50": "for medical necessity", "97": "as bundled"},
    **{"151": "for too many units", "222": "for too many units", "231": "as mutually exclusive", "236": "as unbundled"},
}
_TOLD = 2
# What is quoted as a source is no date of service.
_QUOTED = re.compile(r"(?<!\w)[\"'\u201c\u2018][^\"'\u201d\u2019\n]{15,}[\"'\u201d\u2019](?!\w)", re.IGNORECASE)
_ANY_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
# Beside a code of ICD-9-CM: "i10 equivalent" means the classification, and no hypertension.
_OLD_CODE = re.compile(
    r"(?<![\w.$])(?:\d{3}\.\d{1,2}|[VE]\d{2,3}\.\d)(?!\w)|\bicd-?\s?9\s+(?:code\s+)?\d{3}\b"
    r"|(?<![\w.$])\d{3,5}(?=\s*(?:in|to|into|=|->)\s*i-?10\b)",
    re.IGNORECASE,
)
_NEW_SYSTEM = re.compile(
    r"(?i:\bi-10\b(?!\.)|\bi10\b(?=\s+(?:equivalents?|versions?|codes?|candidates?|options?|choices?|maps?|mapping|match|cm|"
    r"side)\b)|(?:(?<=\b(?:to|in) )|(?<=\binto )|(?<=>)|(?<=[>=\u2192] ))i10\b)"
    # In small letters beside any but hypertension itself.
    r"|(?<!\b401)(?<!\b401\.\d)(?<!\b401\.\d )\bi10\b"
)
# Where something that is told ends and a question may begin.
_PARTS = re.compile(r"(?<=[?!])\s*|(?<=[.;:])\s+|\s[-\u2013\u2014]+\s|\n+")
# "MRSA swab pos", and no place of service.
_POSITIVE = re.compile(r"\b(?P<test>[A-Za-z]+) pos\b(?!\s*(?:codes?\b|[\d:=#]|is\b|for\b|of\b))")
_COMPONENTS = re.compile(r"\bpc\s*/\s*tc\b", re.IGNORECASE)
_YEAR = re.compile(r"\bFY\s*/\s*(?:year|yr)\b", re.IGNORECASE)
_PERCENT = re.compile(r"(?<=\d)\s?%|(?<=\bwhat )%(?= )")
# "that's Alzheimer's, right?" asks for no side.
_RIGHT = re.compile(
    r"(?<!\bor)(?<!\bleft)\s*,\s*(?:am\s+i\s+|is\s+that\s+|is\s+it\s+)?(?:right|correct)\s*\?", re.IGNORECASE
)
# "diff levels" tells where each was done, and asks for no difference.
_DIFFERENT = re.compile(
    r"\bdiff?(?=\s+(?:levels?|sites?|lesions?|regions?|areas?|visits?|sessions?|knees?|eyes?|sides?|days?|dates?|"
    r"providers?|doctors?|docs?|compartments?|quadrants?|incisions?|segments?|fingers?|toes?|organs?|wounds?|encounters?)\b)",
    re.IGNORECASE,
)
_EQUALS = re.compile(r">\s*=\s*(?=[A-Za-z]{3})(?!what)")
# The claim form of a hospital, and no modifier.
_HOSPITAL_FORM = re.compile(
    r"\bub[\s-]?(?:04|92)\b|\b(?:an?|our|the|this)\s+ub\b(?!\s+mod)|\bub(?=\s+(?:bill\w*|claims?|form|line|side)\b)",
    re.IGNORECASE,
)
_BOX = re.compile(r"\b(?:box|item|field|block)\s*24\s?b\b", re.IGNORECASE)
# Where modifiers are spoken of, by themselves or by what they say.
_OF_MODIFIERS = re.compile(
    r"\b(?:modifiers?|mods?|bypass\w*|append\w*|unbundl\w*|ncci|ptp|stands?\s+for|definition|abn|toes?|fingers?|thumb|"
    r"eyelids?|coronary\s+artery|indicator|override|functional\s+level|k[- ]levels?|"
    r"official\s+(?:wording|text|description|definition)|past\s+(?:the|an)\s+edits?)\b"
    r"|(?<!\S)-(?:2[2-7]|5\d|7[6-9]|9[1-7])\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Message:
    """One question of a message: the text, what it names, and `words`, the rest with marks in the place of that.

    `further_dates` are asked about as `dates` are; `no_date` is what is written as one and is none of the calendar.
    """

    text: str
    words: str
    clauses: tuple[str, ...]
    rest: str = field(repr=False)
    codes: tuple[Code, ...] = ()
    modifiers: tuple[str, ...] = ()
    units: int | None = None
    dates: Dates | None = None
    further_dates: tuple[Dates, ...] = ()
    no_date: str = ""
    place: str = ""
    locality: str = ""
    section: str = ""
    documents: str = ""

    @cached_property
    def diagnoses(self) -> tuple[Code, ...]:
        """The codes that are likeliest diagnoses."""
        return tuple(code for code in self.codes if codes.is_diagnosis(code))

    @cached_property
    def services(self) -> tuple[Code, ...]:
        """The codes that are likeliest of CPT or HCPCS."""
        return tuple(code for code in self.codes if codes.is_service(code))

    @cached_property
    def modified(self) -> bool:
        """Whether it names a modifier, on the line of a code or beside."""
        return bool(self.modifiers) or any(code.modifiers for code in self.codes)

    @cached_property
    def counted(self) -> bool:
        """Whether it names units."""
        return self.units is not None or any(code.units is not None for code in self.codes)

    @cached_property
    def setting(self) -> Setting | None:
        """Whose edits are meant: of several that are named, the one that is asked about."""
        asked = [clause for clause in self.clauses if begins_question(clause)]
        asking = (asked[-1] if asked else "", self.asked.words if self.asked else "", self.words)
        return next((setting for words in asking if (setting := places.setting_of(words))), None)

    @cached_property
    def care(self) -> CareSetting | None:
        """Where the patient is cared for."""
        return places.care_of(self.words)

    @cached_property
    def side(self) -> Side | None:
        """The side that is named."""
        return places.side_of(self.words)

    @cached_property
    def asked(self) -> "Message | None":
        """The message with the words of what it asks alone, where it tells something beside."""
        parts = [part for part in _PARTS.split(self.rest) if words_of(part)]
        asking = [part for part in parts if part.endswith("?") or begins_question(words_of(part))]
        if not asking or len(asking) == len(parts):
            return None
        rest = " ".join(asking)
        return replace(self, words=words_of(rest), clauses=tuple(clauses_of(rest)), rest=rest)


def parse(text: str, today: date, *, about_modifiers: bool = False) -> Message:
    """Take one question apart. `about_modifiers`: it stands in a conversation about modifiers or edits."""
    rest = _DOLLARS.sub(" dollars ", _MONEY.sub(" ", _AGE.sub(" <age> ", text.translate(_SIGNS))))
    rest = _DIFFERENT.sub("different", _PERCENT.sub(" percent", rest))
    rest = _QUOTED.sub(lambda quoted: _ANY_YEAR.sub(" ", quoted.group()), rest)
    if _OLD_CODE.search(rest):
        rest = _NEW_SYSTEM.sub("icd-10", rest)
    rest = _SIDE_LETTER.sub(lambda match: _SIDES[(match[1] or match[2]).upper()], rest)
    rest = _RIGHT.sub("?", rest)
    rest = _DENIAL.sub(lambda match: f" denial {_REASONS.get(match['reason'] or match['code'], '')} ", rest)
    rest = _YEAR.sub("fiscal year", rest)
    rest = _COMPONENTS.sub("pctc", _BOX.sub(" place of service ", _HOSPITAL_FORM.sub("ub04", rest)))
    rest = _POSITIVE.sub(_positive, rest)
    section, rest = sections.take_section(rest)
    documents, rest = sections.take_documents(rest)
    locality, rest = places.take_locality(rest)
    # "POS 19 aug 2024" names a month.
    place, rest = places.take_place(rest)
    no_date = dates.impossible_date(rest)
    dated, rest = dates.take_dates(rest, today)
    if not place:
        place, rest = places.take_bare_place(rest)
    named, rest = codes.take_codes(rest)
    rest = _EQUALS.sub("> is ", rest)
    expected = about_modifiers or any(map(codes.is_service, named)) or bool(_OF_MODIFIERS.search(rest))
    expected = expected or len(rest.split()) == 1
    named = _with_further(named, rest)
    counted, rest = units.take_units(rest) if expected or "unit" in rest.lower() else (None, rest)
    beside, rest = modifiers.take_modifiers(rest, expected=expected)
    words = words_of(rest)
    if "." not in section and words_of_medicine(words) >= _TOLD:
        # A part of the book that a case is asked of: what it says of the case is looked for.
        section = ""
    return Message(
        text=text,
        words=words,
        clauses=tuple(clauses_of(rest)),
        rest=rest,
        codes=named,
        modifiers=beside,
        units=counted,
        dates=dated[0] if dated else None,
        further_dates=dated[1:],
        no_date=no_date,
        place=place,
        locality=locality,
        section=section,
        documents=documents,
    )


def _with_further(named: tuple[Code, ...], text: str) -> tuple[Code, ...]:
    """Return the only code of a text with its lines, where it tells further units: "96372 x 3 and then 2 more".

    What the units are said to come to counts more than how they are told apart.
    """
    if len(named) != 1 or not codes.is_service(named[0]):
        return named
    (code,), in_all = named, units.units_in_all(text)
    if (added := units.units_added(text)) and not code.lines:
        first = code.units if added[0] is None else added[0]
        if first is not None:
            lines = (replace(code, units=first), replace(code, units=added[1]))
            code = replace(code, units=first + added[1], lines=lines)
    return (replace(code, units=in_all, lines=()) if code.units and in_all not in (None, code.units) else code,)


def _positive(match: re.Match[str]) -> str:
    return f"{match['test']} positive" if words_of_medicine(match["test"].lower()) else match.group()


def replace_codes(message: Message, codes: Sequence[Code]) -> Message:
    """Return a message as if it named these codes."""
    return replace(message, codes=tuple(codes))
