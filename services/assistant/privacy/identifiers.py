"""Identifiers that have a shape of their own or stand behind a word that names them."""

import re
from collections.abc import Callable
from dataclasses import dataclass

_FLAGS = re.VERBOSE | re.IGNORECASE

_DASH = r"[-‐‑–]"
_LINK = r"(?: \s | [:\#=(] | -(?=\s) | \b(?:is|was)\b )*"
_NUMBER_OF = r"(?: number | num\b\.? | no\b(?:\.|(?=:)) | nr\b\.? | \# | id\b | identifier )"
# Characters of which one at least is a digit; or groups of digits.
_VALUE = rf"""
    (?: \d{{2,4}} (?:[ ]\d{{2,4}}){{1,4}} (?![\w-])
      | (?=[A-Z-]{{0,9}}\d) [A-Z0-9] (?:[A-Z0-9]|{_DASH}(?=[A-Z0-9])){{2,30}} (?!\w) )
"""

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]*\.?"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_MARK = r"[/.‐‑–-]"
_FULL_DATE = rf"""
    (?: \d{{1,2}} \s?{_MARK}\s? \d{{1,2}} \s?{_MARK}\s? (?:\d{{4}}|\d\d)
      | \d{{4}} {_MARK} \d{{1,2}} {_MARK} \d{{1,2}}
      | {_MONTH} \s* {_DAY} ,? \s* (?:\d{{4}}|['’]?\d\d)
      | {_DAY} [\s-]* (?:of\s+)? {_MONTH} [\s,-]* (?:\d{{4}}|['’]?\d\d) ) (?!\d)
"""
_ANY_DATE = (
    rf"(?: {_FULL_DATE} | \d{{8}}\b | {_MONTH} ,? \s* \d{{4}}\b | \d{{1,2}}/(?:\d{{4}}|\d\d)\b | (?:19|20)\d\d\b )"
)
# Medicare began in 1966: no service is that old.
_BEFORE_SERVICES = r"(?:19[0-5]\d|196[0-5])"

# What may be another word ends an address only where nothing goes on.
_STREET = r"""(?: (?: street | avenue | boulevard | road | highway | parkway
      | (?-i: St | Ave | AVE | Blvd | BLVD | Rd | RD | Hwy | HWY | Pkwy | PKWY | Ln | LN ) ) \b
    | (?-i: Drive | Lane | Court | Circle | Way | Place | Terrace | Trail | Square | Dr | Pl )
      (?= \.? \s* (?: $ | [,;)\n] | \.\s | (?:apt|unit|suite|ste)\b | \# ) ) )"""
_UNIT = r"(?: ,? \s* (?:apt|apartment|unit|suite|ste|bldg|room|rm|\#) \.? \s* \#? [A-Z0-9-]{1,6} \b )?"
_CITY = r"(?: ,? \s+ (?-i:[A-Z][A-Za-z.]+) (?: \s (?-i:[A-Z][A-Za-z]+) ){0,2} ,? \s+ (?-i:[A-Z]{2}) \b )?"
_ZIP = r"(?: ,? \s+ \d{5} (?:-\d{4})? \b )?"

_CODE = re.compile(
    r"""  (?: \d{5} | \d{4}[AFMTU] | [A-Z]\d{4} ) (?:-[A-Z0-9]{2})*  # CPT, HCPCS, modifiers
        | \d{5}-\d{5}                                               # a range
        | [A-Z]\d[0-9AB] (?:\.?[0-9A-Z]{1,4})?                      # ICD-10-CM
        | (?=0|.*[A-Z]) [0-9A-HJ-NP-Z]{7}                           # ICD-10-PCS
        | \d{4}-\d\d-\d\d | \d{1,2}-\d{1,2}-\d{2,4}                 # dates
    """,
    _FLAGS,
)
# A number behind one of these is of a classification or a publication.
_OF_CODES = re.compile(
    r"\b(?:NDC|SNOMED(?:[\s-]?CT)?|SCTID|RxNorm|RxCUI|UMLS|CUI|LOINC|NCT|GTIN|HCPCS|CPT|ICD-?\d*(?:-\w+)?)"
    r"\W{0,3}(?:codes?|numbers?|no|ids?|concepts?)?\W{0,3}$",
    re.IGNORECASE,
)
_OF_SECTIONS = re.compile(r"(?:§|\b(?:sections?|sec|chapter|ch|manual|NCD|LCD|paragraph|rule|version|v))\W{0,3}$", re.I)
_OF_PUBLICATIONS = re.compile(
    r"\b(?:LCD|NCD|article|section|concept|code|edit|rule|document|contractor|MAC|payer)\s$", re.IGNORECASE
)
_OF_TEMPERATURES = re.compile(r"(?:temp\w*|fever\w*|febrile|hypotherm\w*|tmax|t|at|to|of|°|degrees?)\W{0,3}$", re.I)


def _always(_: re.Match[str]) -> bool:
    return True


def _no_code(found: re.Match[str]) -> bool:
    return not _CODE.fullmatch(found["value"])


def _not_behind(cue: re.Pattern[str]) -> Callable[[re.Match[str]], bool]:
    return lambda found: not cue.search(found.string, max(0, found.start() - 40), found.start())


def _an_id(found: re.Match[str]) -> bool:
    digits = sum(character.isdigit() for character in found["value"])
    return digits >= 5 and len(found["value"]) >= 6 and _no_code(found) and _not_behind(_OF_PUBLICATIONS)(found)


def _long(found: re.Match[str]) -> bool:
    return sum(character.isdigit() for character in found["value"]) >= 6 and _no_code(found)


def _an_address_of_a_computer(found: re.Match[str]) -> bool:
    """Numbers of sections have four parts too, such as 30.6.1.1: the first a multiple of ten, the others small."""
    if found["cue"]:
        return True
    parts = [int(part) for part in found["value"].split(".")]
    looks_like_one = max(parts[1:]) > 40 or (parts[0] > 40 and parts[0] % 10 > 0)
    return max(parts) < 256 and looks_like_one and _not_behind(_OF_SECTIONS)(found)


@dataclass(frozen=True, slots=True)
class _Rule:
    """What is removed, and the tag in its place. `kept` is a group that stays in front of the tag."""

    tag: str
    pattern: re.Pattern[str]
    applies: Callable[[re.Match[str]], bool] = _always


def _rule(tag: str, pattern: str, applies: Callable[[re.Match[str]], bool] = _always) -> _Rule:
    return _Rule(tag, re.compile(pattern, _FLAGS), applies)


_RULES = (
    _rule("e-mail", r"(?<![\w.+%-]) [\w.+%-]+ @ [\w-]+ (?:\.[\w-]+)+"),
    _rule(
        "URL",
        r"""(?: https?:// | \bwww\. | (?<![\w@.-])(?:[a-z0-9-]+\.)+(?:com|org|net|edu|gov|io|info|us|health)/ )
            [^\s<>"\[\]]* (?<![.,;:!?)}'’])""",
    ),
    _rule(
        "MBI",
        r"""(?<![\w-]) [1-9] [AC-HJKMNP-RT-Y] [0-9AC-HJKMNP-RT-Y] \d [\s-]?
            [AC-HJKMNP-RT-Y] [0-9AC-HJKMNP-RT-Y] \d [\s-]? [AC-HJKMNP-RT-Y]{2} \d\d (?![\w-])""",
    ),
    _rule(
        "SSN",
        rf"""\b(?: SSN | SS\s?\# | social\s+security (?:\s*{_NUMBER_OF})? ) [\s:\#=(]*
             (?: (?:is|was|with|last|four|4|digits|ending|ends|in|of) [\s:]+ )*
             (?: [X*\d]{{3}} {_DASH}? [X*\d]{{2}} {_DASH}? \d{{4}} | \d{{4}} ) \b""",
    ),
    _rule("SSN", rf"(?<![\w-]) (?:\d{{3}}|[X*\#]{{3}}) ({_DASH}|[ .]) (?:\d\d|[X*\#]{{2}}) \1 \d{{4}} (?![\w-])"),
    _rule(
        "date of birth",
        rf"""(?: \bd\.?\s?o\.?\s?b\b\.? | \bdate\s+of\s+birth | \bbirth[\s-]?date | \bbirthday )
             {_LINK} (?:on\s+)? {_ANY_DATE}""",
    ),
    _rule("date of birth", rf"\b(?: born (?:\s+on)? | b\. ) [\s:]* {_FULL_DATE}"),
    _rule(
        "date of birth",
        rf"""(?<![\w/.-]) (?: \d{{1,2}}{_MARK}\d{{1,2}}{_MARK}{_BEFORE_SERVICES}
           | {_BEFORE_SERVICES}{_MARK}\d{{1,2}}{_MARK}\d{{1,2}}
           | {_MONTH} \s* {_DAY} ,? \s* {_BEFORE_SERVICES} | {_DAY} \s* {_MONTH} \s* {_BEFORE_SERVICES} ) (?![\w/-])""",
    ),
    _rule(
        "MRN",
        rf"""\b(?: m\.?\s?r\.?\s?n\b\.? (?:\s*{_NUMBER_OF})? | mr\s?\#
           | (?:medical|health|hospital|med) \s+ (?:record|rec\.?|chart) (?:\s*{_NUMBER_OF}) ) {_LINK} {_VALUE}""",
    ),
    _rule("NPI", rf"\b(?: NPI | national\s+provider\s+(?:id\w*|number) ) (?:\s*{_NUMBER_OF})? {_LINK} \d{{10}}\b"),
    _rule(
        "number",
        rf"""\b(?: patient | pt | member(?:ship)? | subscriber | beneficiary | insured | insurance | policy\s?holder
           | policy | medicaid | medicare | health\s+plan | account | acct | chart | record | hospital | employee
           | driver['’]?s?\s+licen[sc]e | licen[sc]e | certificate | passport | serial | tax | provider | billing
           | identification | accession | specimen | vehicle | student | DEA )
           (?:['’]s)? [\s-]* (?:(?:id|identification|control)\s+)? {_NUMBER_OF} {_LINK} (?P<value>{_VALUE})""",
        lambda found: len(found["value"]) > 3,
    ),
    _rule(
        "number",
        rf"""\b(?: claim | case | visit | encounter | group | plan | device | rx | prescription | auth(?:orization)?
           | referral | invoice | confirmation | reference | order )
           [\s-]* (?:(?:id|identification|control)\s+)? {_NUMBER_OF} {_LINK} (?P<value>{_VALUE})""",
        lambda found: len(found["value"]) > 3 and _no_code(found),
    ),
    _rule(
        "number",
        rf"""(?: (?-i: \b(?:DCN|ICN|TCN|FIN|CSN|EIN|TIN|ITIN|DEA|PTAN|HIC|VIN|UDI)\b) | \b(?:HICN|MBI)\b
           | \b(?:acct|account|claim|policy|chart|member|subscriber|case|encounter|confirmation|patient|pt)\b )
             \.? {_LINK} (?P<value>{_VALUE})""",
        _long,
    ),
    _rule("number", rf"\bacct\b \.? {_LINK} \d{{4,}} \b"),
    _rule("number", rf"\bID\b \s* (?: [:\#] | (?:number|no|is)\b )+ {_LINK} (?P<value>{_VALUE})", _an_id),
    _rule(
        "phone",
        rf"""(?<![\w$.-]) (?:\+?1(?:{_DASH}|[. ]))?
             (?: (?: \(\d{{3}}\)\s? | \d{{3}}(?:{_DASH}|\.) ) \d{{3}} (?:{_DASH}|[. ]) | [2-9]\d\d[ ]\d{{3}}[ ] )
             \d{{4}}
             (?: \s* (?:x|ext\.?|extension) \s* \d{{1,6}} )? (?![\w-])""",
        _not_behind(_OF_CODES),
    ),
    _rule(
        "phone",
        rf"""\b(?: phone | tel(?:ephone)? | cell | mobile | fax | ph | call ) (?:\s*{_NUMBER_OF})? (?:\s+at)? [.\s]*
             {_LINK} \d{{3}} (?:{_DASH}|[. ])? \d{{4}} \b""",
    ),
    _rule(
        "address",
        rf"""(?<![\w$.,/-]) \d{{1,6}}[A-Z]? \s+ (?:[NSEW]{{1,2}}\.?\s+ | (?:north|south|east|west)\s+)?
             (?: (?: (?-i:[A-Z]) [A-Za-z'’.-]+ | \d{{1,3}}(?:st|nd|rd|th) ) \s+ ){{1,3}} {_STREET} \.?
             {_UNIT} {_CITY} {_ZIP}""",
    ),
    _rule(
        "address",
        rf"""(?<![\w$.,/-]) \d{{1,6}} \s+ (?:[nsew]\.?\s+)? [a-z'’]+ \s+ (?:street|avenue|boulevard|road)\b
             {_UNIT} {_CITY} {_ZIP}""",
    ),
    _rule("address", rf"\b p\.?\s?o\.?\s* box \s+ \d+ \b {_CITY} {_ZIP}"),
    _rule(
        "address",
        rf"""\b(?: (?:lives|resid(?:es|ing)|living) \s+ at | (?:home|street|mailing)\s+address | address ) {_LINK}
             \d{{1,6}} (?: \s+ (?-i:[A-Z])[A-Za-z'’.-]* ){{1,4}} {_CITY} {_ZIP}""",
    ),
    _rule("zip", r"(?<![\w$.,-]) \d{5}-\d{4} (?![\w-])", _not_behind(_OF_CODES)),
    _rule(
        "IP address",
        r"(?P<cue>\bIP\b(?:\s+address)?[\s:]*)? (?<![\w.]) (?P<value>\d{1,3}(?:\.\d{1,3}){3}) (?! \w | \.\d )",
        _an_address_of_a_computer,
    ),
    _rule("IP address", r"(?<![\w:]) (?:[0-9a-f]{1,4}:{1,2}){4,7} [0-9a-f]{1,4} (?![\w:])"),
    _rule("number", r"(?<![\w$.,-]) \d{9,} (?! \w | [.,-]\d )", _not_behind(_OF_CODES)),
    _rule("number", r"(?<![\w.-]) (?!NCT) [A-Z]{1,4} -? \d{7,} [A-Z0-9]* (?![\w-])", _not_behind(_OF_CODES)),
)

_AGE = r"(?<![\w$.,/-]) (?: 9\d | 1[0-4]\d )"
_AGES = (
    _rule("age", rf"{_AGE} (?= [\s-]* (?:years?|yrs?|y) [\s/.-]* (?:old\b|o\b|of\s+age\b) )"),
    _rule(
        "age",
        rf"""(?P<kept> \bage[ds]?\b (?: \s | : | \b(?:is|was|of)\b )* )
             {_AGE} (?! [\w/] | [.–-]\d | \s*(?: % | (?:to|days|months)\b ) )""",
    ),
    _rule("age", rf"{_AGE} (?= \s?(?-i:M)\b | \s?(?:fe)?male\b | \s?y/?o?\s?[MF]\b )"),
    _rule("age", rf"{_AGE} (?= \s?(?-i:F)\b )", _not_behind(_OF_TEMPERATURES)),
)
_BORN_BESIDE_NAME = re.compile(
    rf"(?P<kept> \[name\] [\s,(:-]{{1,3}} ) \d{{1,2}}{_MARK}\d{{1,2}}{_MARK}(?:19\d\d|[3-9]\d) (?![\w/-])", _FLAGS
)


def without_identifiers(text: str) -> tuple[str, int]:
    """Return a text without the identifiers that a pattern describes, and how many were removed."""
    removed = 0
    for rule in (*_RULES, *_AGES):
        text, count = _apply(rule, text)
        removed += count
    return text, removed


def without_births_beside_names(text: str) -> tuple[str, int]:
    """Return a text without dates behind a removed name whose year, of two digits, is none of a service."""
    return _BORN_BESIDE_NAME.subn(r"\g<kept>[date of birth]", text)


def _apply(rule: _Rule, text: str) -> tuple[str, int]:
    removed = 0

    def replace(found: re.Match[str]) -> str:
        nonlocal removed
        if not rule.applies(found):
            return found[0]
        removed += 1
        return f"{found.groupdict().get('kept') or ''}[{rule.tag}]"

    return rule.pattern.sub(replace, text), removed
