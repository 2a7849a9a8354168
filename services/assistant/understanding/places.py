"""Where a service is given, by whom it is billed, and where it is paid."""

import re

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.assistant.question import CareSetting, Setting, Side
from services.assistant.understanding.cities import CITIES, OF_LOCALITY
from services.assistant.understanding.cues import Cues
from services.assistant.understanding.modifiers import COUNTED
from services.assistant.understanding.units import SPELLED_NUMBER, number_of

PLACE_MARK = "<pos>"
# A part of the body that has sides.
BODY_PART = (
    r"(?:shoulder|elbow|wrist|hand|hip|knee|ankle|foot|leg|arm|eye|ear|breast|kidney|lung|ovary|femur|tibia|thigh|thumb|"
    r"finger|toe|heel|side)s?"
)
LOCALITY_MARK = "<locality>"

_PLACE = re.compile(
    r"\b(?:pos|p\.o\.s\.|places?\s+of\s+services?|place\s+code|place\s+of\s+svc)(?:\s+codes?)?\s*(?:is\s+|of\s+|=|:|#|-)?\s*"
    r"(?P<place>\d{1,2})(?![\w.]|-\d|/\d{1,2}/)"
    # "POS 11 vs 22", "POS 31/32", "POS 11, 22 and 24".
    r"(?:(?:\s*,\s*\d{2})*\s*,?\s*(?:\b(?:vs\.?|versus|or|and)\s|[&/])\s*\d{2}(?![\w.$%/-])(?!\s*(?:modifiers?|mods?|units?)\b))*",
    re.IGNORECASE,
)
# Kinds of places, beside which a bare number of two digits is the code of one.
_KINDS = (
    r"(?:office|home|snf|nursing|skilled|telehealth|telemedicine|campus|hospital|hopd|asc|inpatient|outpatient|urgent\s+care|"
    r"clinic|school|hospice|er|ed|emergency|assisted\s+living|group\s+home|mobile|observation|lab|laboratory|pharmacy|ambulance|"
    r"provider-based|rounding)"
)
_NUMBERS_OF_PLACES = re.compile(
    r"(?<![\w.$/-])(?P<place>[0-6]\d|7[12])\s*(?:,\s*\d\d\s*,?\s*)?(?:or|vs\.?|versus|/)\s*(?:[0-6]\d|7[12])(?![\w.$/%-])"
    rf"|\b(?:is|are)\s+(?P<named>\d\d)\s+(?:(?:the|an?|for)\s+)?{_KINDS}\b|\b{_KINDS}\s*\((?P<beside>\d\d)\)",
    re.IGNORECASE,
)
_KIND_OF_PLACE = re.compile(rf"\b{_KINDS}\b", re.IGNORECASE)
# Where a place is asked for without that name.
_WHERE = re.compile(r"\b(?:on|off)[\s-]*(?:or|/|vs\.?)[\s-]*(?:on|off)[\s-]*campus\b", re.IGNORECASE)
_NO_PLACE = re.compile(r"\b(?:modifiers?|mods?)\b|(?<![\w.])(?:[A-Z]?\d{4,5}|[A-Z]\d\w\.\w+)(?!\w)", re.IGNORECASE)
# Numbers in a text of these are no places.
_COUNTED = re.compile(r"\b\d+\s*(?:weeks?|wks?|days?|months?|years?|minutes?|mins?)\b", re.IGNORECASE)
_LOCALITY_NUMBER = re.compile(
    r"(?<![\w.])(?:(?:(?:mac|carrier|contractor|locality)\s+)+(?P<whole>\d{5}\s?-\s?\d{2})(?!\w|-)"
    # The number of a contractor ends with 2; the two digits after that of a service would be a modifier.
    r"|(?P<bare>(?:0[1-9]|1[0-5])\d\d2-(?!2[2-7]|5\d|6[236]|7[346-9]|8[0-2]|9\d)\d{2})(?![\w-])"
    r"|(?:(?:mac|carrier|contractor)\s+(?P<carrier>\d{5})\D{0,6})?\b(?:locality|loc)\s*(?:code|number|no\.?|#|:)?\s*#?"
    # "LOC 30 min" is a loss of consciousness.
    r"(?P<number>\d{2})(?!\w)(?!\s*(?:min|hours?|hrs?)))",
    re.IGNORECASE,
)
_STATES = {
    **{"AL": "Alabama", "AK": "Alaska", "AZ": "Arizona", "AR": "Arkansas", "CA": "California", "CO": "Colorado"},
    **{"CT": "Connecticut", "DE": "Delaware", "DC": "Washington DC", "FL": "Florida", "GA": "Georgia", "HI": "Hawaii"},
    **{"ID": "Idaho", "IL": "Illinois", "IN": "Indiana", "IA": "Iowa", "KS": "Kansas", "KY": "Kentucky"},
    **{"LA": "Louisiana", "ME": "Maine", "MD": "Maryland", "MA": "Massachusetts", "MI": "Michigan"},
    **{"MN": "Minnesota", "MS": "Mississippi", "MO": "Missouri", "MT": "Montana", "NE": "Nebraska", "NV": "Nevada"},
    **{"NH": "New Hampshire", "NJ": "New Jersey", "NM": "New Mexico", "NY": "New York", "NC": "North Carolina"},
    **{"ND": "North Dakota", "OH": "Ohio", "OK": "Oklahoma", "OR": "Oregon", "PA": "Pennsylvania"},
    **{"PR": "Puerto Rico", "RI": "Rhode Island", "SC": "South Carolina", "SD": "South Dakota", "TN": "Tennessee"},
    **{"TX": "Texas", "UT": "Utah", "VT": "Vermont", "VA": "Virginia", "VI": "Virgin Islands", "WA": "Washington"},
    **{"WV": "West Virginia", "WI": "Wisconsin", "WY": "Wyoming"},
}
_STATE_NAME = re.compile(
    r"(?<![\w-])(?:(?:rest|suburbs|metropolitan)\s+of\s+|northern\s+|southern\s+)?"
    rf"(?:{'|'.join(sorted(_STATES.values(), key=len, reverse=True))}|D\.C\.)(?![\w-])",
    re.IGNORECASE,
)
_STATE_CODE = re.compile(
    rf"(?:\b(?:in|for|at|from)\s+|,\s*|\(\s*|\bstate\s+(?:of\s+)?|\blocality\s+\d\d\s+)(?P<state>{'|'.join(_STATES)})(?!\w)"
)
# Cities and regions that localities are named after, and what they are called.
_NAMED_AFTER = (
    r"manhattan|queens|nyc(?:\s+suburbs)?|new\s+york\s+city|brooklyn|bronx|long\s+island|poughkeepsie|"
    r"los\s+angeles|long\s+beach|anaheim|orange\s+county|san\s+francisco|oakland|berkeley|marin|san\s+jose|santa\s+clara|"
    r"san\s+diego|bakersfield|chico|el\s+centro|fresno|hanford|madera|merced|modesto|napa|oxnard|ventura|redding|"
    r"riverside|san\s+bernardino|sacramento|salinas|san\s+luis\s+obispo|santa\s+cruz|santa\s+barbara|santa\s+maria|"
    r"santa\s+rosa|petaluma|stockton|vallejo|visalia|yuba\s+city|fort\s+lauderdale|ft\.?\s+lauderdale|miami|atlanta|"
    r"(?:suburban\s+)?chicago|east\s+st\.?\s+louis|st\.?\s+louis|saint\s+louis|new\s+orleans|baltimore|boston|detroit|"
    r"kansas\s+city|portland|philadelphia|philly|austin|beaumont|brazoria|dallas|fort\s+worth|ft\.?\s+worth|galveston|"
    r"houston|seattle|king\s+county|alaska"
)
_CITIES = sorted(
    (city for cities in (*CITIES.values(), *OF_LOCALITY.values()) for city in cities), key=len, reverse=True
)
_IN_STATE = "|".join(_CITIES).replace(" ", r"[,.\s]+")
_CITY = re.compile(rf"(?<!\w)(?:{_NAMED_AFTER}|{_IN_STATE})(?!\w)", re.IGNORECASE)
# The state of a city beside it: "Dallas, TX", "Portland, Maine".
_OF_STATE = re.compile(
    rf"[\s,(]*(?:(?P<code>{'|'.join(_STATES)})|(?i:(?P<name>{'|'.join(_STATES.values())})))(?![\w-])"
)
# A state after a city: ", ".
_NEXT = 2
# "Boston vs Worcester".
_BESIDE = re.compile(
    r"\b(?:vs\.?|versus|and|or|than|with|to|against)\s+(?:in\s+)?(?P<name>[A-Z][a-z]+(?:\s+[A-Z][a-z]+){0,2})(?!\w)"
)
_SOMEWHERE = re.compile(r"\b[Ii]n\s+(?P<name>[A-Z][a-z]+(?:\s+[A-Z][a-z]+){0,2}(?:,\s*[A-Z]{2})?)(?!\w)")

_PRACTITIONER = Cues(
    "practitioner, practitioners, physician, physicians, professional, pro fee, profee, 1500, prac, doctor side, "
    "for the doc, for the doctor, "
    "surgeons own, surgeons claim, provider setting, doctors claim, asc, ambulatory surgical, ambulatory surgery, mds"
)
_HOSPITAL = Cues(
    "hospital, opps, apc, hopd, ub04, ub, facility, institutional, oce, hospitals, facilities, outpatient claim, "
    "outpatient department, outpatient dept, outpatient side, outpatient mue, outpatient mues, outpatient edit, "
    "outpatient edits, outpatient ncci, outpatient ptp"
)
_OUTPATIENT_ALONE = Cues(
    "outpatient, and outpatient, for outpatient, in outpatient, what about outpatient, now outpatient"
)
_CRITICAL_ACCESS = Cues("cah, critical access")
_OF_INPATIENTS = Cues("inpatient, inpatients")
_OF_OUTPATIENTS = Cues("outpatient, outpatients, opps, apc, hopd, ub04, institutional, oce, observation")
# A column of the fee schedule, and no hospital: "facility total", "the facility RVU".
_RATE = re.compile(
    r"\bnon facility\b|\bfacility (?=(?:total|rvus?|pe|rate|fee|price|amount|payment|value|allowable)\b)"
)
_OFFICE = Cues("office, clinic, surgeon, practice")
_SUPPLIER = Cues("dme, dmepos, supplier, suppliers, durable medical equipment, dmerc")
_INPATIENT = Cues("inpatient, inpatients, admit, admits, admitted, admission, discharge, acute care hospital")
_OUTPATIENT = Cues(
    "op dept, op department, hospital op, op hospital, op setting, op claim, outpatient, outpatients, office, clinic, "
    "ambulatory, emergency department, emergency room, ed visit, er visit, in the er, in the ed, observation, "
    "urgent care, same day surgery"
)
_RIGHT = Cues("right, rt")
_LEFT = Cues("left, lt")
_BILATERAL = Cues(
    "bilateral, bilaterally, b/l, both sides, both knees, both eyes, both ears, both hips, both wrists, both hands, "
    "both shoulders, both elbows, both ankles, both feet, both legs, both arms, both breasts, both kidneys, "
    "both lungs, both thumbs, both heels, both thighs, both upper *, both lower *, both ovaries"
)
_BOTH = Cues(
    "right and left, left and right, right or left, left or right, left vs right, right vs left, "
    "right ... and which *, left ... and which *, right which *, left which *"
)
# The side that a code has, and another one that is wanted: "<dx> is left, need right".
_NAMED_SIDE = r"<dx>(?: (?:is|was|which|that|thats|its|for|the|as|means|says|on|a))* (?P<side>right|left|rt|lt)\b"
_OTHER_SIDE = r"(?P<other>right|left|rt|lt)\b"
_WANTED = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_NAMED_SIDE}(?: \S+){{0,12}}? {_OTHER_SIDE}",
        rf"\b{_OTHER_SIDE}(?: \S+){{0,8}}? {_NAMED_SIDE}",
        rf"\b(?P<side>right|left|rt|lt) <dx>(?: \S+){{0,12}}? {_OTHER_SIDE}",
        rf"\bcorrespond(?:s|ing)? to <dx>(?: \S+){{0,8}}? {_OTHER_SIDE}(?: \S+){{0,8}}? (?P<side>right|left)\b",
    )
)
_TWO_DIGITS = re.compile(rf"(?<![\w.$-])\d\d(?![\w.%]|-\w)(?!{COUNTED})", re.IGNORECASE)
_PLACE_IN_WORDS = re.compile(
    rf"\b(?:place\s+of\s+service|pos)\s+(?:code\s+|number\s+)?(?P<number>{SPELLED_NUMBER})\b", re.IGNORECASE
)
_NOT_SIDES = Cues(
    "who is right, whos right, left out, left off, left over, right now, right code, right away, right one, "
    "right modifier, payer right, biller right, is it right, it right, he right, she right, they right, boss right, "
    "coder right, auditor right, system right, <date> right, v24 right, v28 right, right or wrong, is that right, "
    "is this right, right diagnosis, right below, right above, right under, right beneath, right after, right before, "
    "right beside, code right, codes right, diagnosis right, right format, right length, right number, right codes, "
    "am i right, the right way, left blank"
)


def take_place(text: str) -> tuple[str, str]:
    """Return the place of service that a text names by its number, two digits, and the text with a mark for it."""
    match = _PLACE.search(text)
    return (match["place"].zfill(2), _PLACE.sub(f" {PLACE_MARK} ", text)) if match else ("", text)


def take_bare_place(text: str) -> tuple[str, str]:
    """Return the place of service that a text without dates names by its bare number beside a kind of place."""
    if _NO_PLACE.search(text) or _COUNTED.search(text) or not _KIND_OF_PLACE.search(text):
        return "", text
    if match := _NUMBERS_OF_PLACES.search(text):
        return match["place"] or match["named"] or match["beside"], _NUMBERS_OF_PLACES.sub(f" {PLACE_MARK} ", text)
    return "", _WHERE.sub(lambda where: f"{where.group()} {PLACE_MARK}", text)


def names_kind_of_place(text: str) -> bool:
    """Tell whether a text names a kind of place in words: "and in urgent care"."""
    return bool(_KIND_OF_PLACE.search(text))


def place_asked(text: str) -> str:
    """Return the place of service of a text that asks about one, by its number in digits or words; empty for none."""
    if named := _PLACE_IN_WORDS.search(text):
        return f"{number_of(named['number']):02}"
    numbers = _TWO_DIGITS.findall(text)
    return numbers[0] if len(numbers) == 1 else ""


def take_locality(text: str) -> tuple[str, str]:
    """Return the payment locality that a text names by its number, and the text with a mark for it."""
    match = _LOCALITY_NUMBER.search(text)
    if not match:
        return "", text
    if whole := match["whole"] or match["bare"]:
        locality = re.sub(r"\s", "", whole)
    else:
        locality = f"{match['carrier']}-{match['number']}" if match["carrier"] else match["number"]
    return locality, f"{text[: match.start()]} {LOCALITY_MARK} {text[match.end() :]}"


def payment_place(text: str, rest: str) -> str:
    """Return the state, city or region that a question of fees names, as written; a state code as its name.

    `rest` is the text without what is known to be something else.
    """
    city, state = _CITY.search(text), _STATE_NAME.search(text)
    if city and not (state and state.start() <= city.start() and city.end() <= state.end()):
        beside = _OF_STATE.match(text, city.end())
        return " ".join(f"{city.group()}, {_state_name(beside)}".split()) if beside else " ".join(city.group().split())
    if state:
        return " ".join(state.group().split())
    if code := _STATE_CODE.search(text):
        return _STATES[code["state"]]
    somewhere = _SOMEWHERE.search(rest)
    return somewhere["name"] if somewhere else ""


def _state_name(beside: re.Match[str]) -> str:
    return _STATES[beside["code"]] if beside["code"] else beside["name"]


def payment_places(text: str) -> list[str]:
    """Return the cities and states that a question of fees sets side by side, in their order.

    The state after a city is that of the city.
    """
    found = list(_CITY.finditer(text))
    for state in _STATE_NAME.finditer(text):
        of_city = any(city.start() <= state.start() <= city.end() + _NEXT for city in found)
        # "New York (Manhattan)" as well.
        of_city = of_city or any(
            city.start() == state.end() + _NEXT and text[city.start() - 1] == "(" for city in found
        )
        found += [] if of_city else [state]
    names = [" ".join(one.group().split()) for one in sorted(found, key=lambda one: one.start())]
    beside = [match["name"] for match in _BESIDE.finditer(text) if not _STATE_NAME.fullmatch(match["name"])]
    return list(dict.fromkeys([*names, *(one for one in beside if not any(name in one for name in names))]))


def setting_of(words: str) -> Setting | None:
    """Return whose edits are meant: of practitioners, of outpatient hospitals, or of suppliers."""
    words = _RATE.sub(" ", words)
    if _SUPPLIER(words):
        return lookup.SETTING_DME
    if _CRITICAL_ACCESS(words) and not _OF_INPATIENTS(words):
        return lookup.SETTING_HOSPITAL
    if _OF_INPATIENTS(words) and not _OF_OUTPATIENTS(words):
        # The edits of hospitals are of outpatient claims: of an inpatient only the physician's are edited.
        return lookup.SETTING_PRACTITIONER
    if _PRACTITIONER(words):
        return lookup.SETTING_PRACTITIONER
    if _HOSPITAL(words) or _OUTPATIENT_ALONE.are_all(words):
        return lookup.SETTING_HOSPITAL
    return lookup.SETTING_PRACTITIONER if _OFFICE(words) else None


def care_of(words: str) -> CareSetting | None:
    """Return where the patient is cared for; None when nothing or both is said."""
    inpatient, outpatient = _INPATIENT(words), _OUTPATIENT(words)
    if inpatient == outpatient:
        return None
    return lookup.CARE_SETTING_INPATIENT if inpatient else lookup.CARE_SETTING_OUTPATIENT


def side_of(words: str) -> Side | None:
    """Return the side that is named; None when none is, or one as well as the other."""
    if _RIGHT_ONE.are_all(words):
        return Side.RIGHT
    if _BOTH(words):
        return None
    words = _NOT_SIDES.left_out(words)
    if only := _ONLY.search(words):
        return Side.RIGHT if only["side"][0] == "r" else Side.LEFT
    if _BILATERAL(words):
        return Side.BILATERAL
    if _OTHER_ONE(words) and (named := re.search(_NAMED_SIDE, words)):
        return Side.LEFT if named["side"][0] == "r" else Side.RIGHT
    right, left = _RIGHT(words), _LEFT(words)
    if right and left:
        return _wanted(words)
    if right == left:
        return None
    return Side.RIGHT if right else Side.LEFT


_ONLY = re.compile(r"\b(?:just|only) (?:the |on the |on )?(?P<side>left|right)\b")
_RIGHT_ONE = Cues("for the right one, and the right one, what about the right one, how about the right one")
_OTHER_ONE = Cues("the other, other side, opposite side, the opposite, other one, contralateral")


def _wanted(words: str) -> Side | None:
    """Return the side that is wanted in the place of the one that a code has."""
    match = next((match for pattern in _WANTED if (match := pattern.search(words))), None)
    if match is None or match["side"][0] == match["other"][0]:
        return None
    return Side.RIGHT if match["other"][0] == "r" else Side.LEFT
