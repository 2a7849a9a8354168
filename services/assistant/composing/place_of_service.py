"""Place of service (POS) codes."""

import re
from collections import Counter
from collections.abc import Sequence

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.assistant.answer import Answer, Verdict, clarification
from services.assistant.composing.parts import bullets, no_data, source_of, with_remark, yes_or_no
from services.assistant.editions import Dated
from services.assistant.question import Question
from services.assistant.tools import Tools
from services.assistant.understanding.modifiers import COUNTED

# "13/33" are two.
_CODES = re.compile(rf"(?<![\w/.$-])\d{{2}}(?:/\d{{2}})?(?![\w/%-]|\.\d)(?!{COUNTED})", re.IGNORECASE)
_FACILITY = re.compile(r"(?<!non-)(?<!non )(?<!non)\b(?:facility|facilities|fac)\b", re.IGNORECASE)
_NON_FACILITY = re.compile(r"\bnon[- ]?(?:facility|facilities|fac)\b", re.IGNORECASE)
_WORD = re.compile(r"[a-z]{2,}")
# What coders write for words of the list.
_SYNONYMS = {
    "er": "emergency",
    "ed": "emergency",
    "asc": "ambulatory surgical center",
    "snf": "skilled nursing facility",
    "fqhc": "federally qualified health center",
    "rhc": "rural health clinic",
    "esrd": "end stage renal disease",
    "dialysis": "end stage renal disease",
    "alf": "assisted living facility",
    "jail": "prison",
    "airplane": "air",
    "helicopter": "air",
    "ground": "land",
    "virtual": "telehealth",
    "video": "telehealth",
    "hopd": "outpatient hospital",
    "psych": "psychiatric",
    "lab": "laboratory",
    "surgery": "surgical",
    "rehab": "rehabilitation",
    "observation": "outpatient hospital",
    "work": "worksite",
    "van": "mobile",
    "bus": "mobile",
    "trailer": "mobile",
    "not": "other",
}
_NO_WORDS = frozenset(
    (
        *("pos", "place", "service", "services", "code", "codes", "which", "what", "whats", "for", "the", "of", "in"),
        *("is", "an", "at", "on", "pt", "pts", "patient", "patients", "box", "use", "do", "we", "to", "and", "or"),
        *("with", "where", "bill", "number", "does", "are", "they"),
    )
)
_SEVERAL = re.compile(r"\b(?:which|what|list\w*|all|every|codes|places)\b", re.IGNORECASE)
# Words of the names of places that are of their rates as well.
_OF_RATES = frozenset(("facili", "non"))
# Kinds of places side by side.
_SIDE_BY_SIDE = re.compile(r"\b(?:vs\.?|versus|compared to)(?!\w)", re.IGNORECASE)
# Where it is seen from another place.
_NEARBY = re.compile(r"\b(?:across|down|up) (?:from )?the street\b", re.IGNORECASE)
# A clinic of a hospital is a part of it.
_OF_HOSPITAL = re.compile(
    r"\bhospital(?:['’]?s)?[- ](?:based |owned )?(?:outpatient )?(?:clinic|department|dept)\b"
    r"|\bclinic (?:that is |that['’]?s |is )?(?:owned|run) by (?:the |a )?hospital\b",
    re.IGNORECASE,
)
# Telehealth to a patient who is not at home.
_ELSEWHERE = re.compile(
    r"^(?!.*\bhome\b)(?=.*\b(?:telehealth|telemedicine|virtual|video)\b)"
    r".*\b(?:at|in|from)\s+(?:(?:an?|the|his|her|another)\s+)?(?:work|clinic|office|school|hospital|facility|snf)\b",
    re.IGNORECASE,
)
# What it is not: "long term, not skilled".
_DENIED = re.compile(r"\b(?:not|isn't|no)\s+(?:(?:an?|the|in|on)\s+)*(?!listed|sure|other|at\b)([a-z]+)", re.IGNORECASE)
# Another place than the one that somebody put.
_DISPUTED = re.compile(
    r"\b(?:something else|wrong|not right|(?:should|shouldn['’]?t) (?:it )?(?:not )?be)\b", re.IGNORECASE
)
# Which of them it is, is answered neither by yes nor by no.
_EITHER = re.compile(r"\bor\b(?! not\b)", re.IGNORECASE)
_TWO = 2
_BEGINNING = 6
_NEAR = 0.6
_SHOWN = 4


async def place(question: Question, tools: Tools) -> Answer:
    """Say what places of service are, or which one is meant by words, and whether they are paid as facilities."""
    dated = tools.on(lookup.FACT_SOURCE_PLACE_OF_SERVICE, question.dates)
    if dated.edition is None:
        return no_data(dated, "What a place of service code means")
    places = (await tools.places_of_service(dated)).places
    asked = _codes(question)
    if asked and _DISPUTED.search(question.text):
        named = (one.code for one in _of_each(question.phrase or question.text, places)[:1])
        asked = list(dict.fromkeys([*named, *asked]))
    if asked:
        return _explained(asked, places, question, dated)
    if (rate := _rate_asked(question, places)) is not None:
        return _of_rate(rate, places, dated)
    found = _of_each(question.phrase or question.text, places)
    if not found:
        return clarification("Which place of service is meant: its code of two digits, or what kind of place is it?")
    return Answer(with_remark(bullets(map(_line, found)), dated), None, source_of(dated))


def _rate_asked(question: Question, places: Sequence[lookup.PlaceOfService]) -> bool | None:
    """Return whether all places paid as facilities are asked for (True) or all others; None where a kind is named."""
    if not _SEVERAL.search(question.text):
        return None
    facility, non_facility = _FACILITY.search(question.text), _NON_FACILITY.search(question.text)
    named = set().union(*(_beginnings(one.name) for one in places)) - _OF_RATES
    if bool(facility) == bool(non_facility) or _beginnings(question.text) & named:
        return None
    return bool(facility)


def _of_rate(facility: bool, places: Sequence[lookup.PlaceOfService], dated: Dated) -> Answer:
    """List the places that are paid as facilities, or those that are not."""
    rate = "facility" if facility else "non-facility"
    found = [one for one in places if one.HasField("facility") and one.facility is facility]
    body = (
        f"At the {rate} rate of the physician fee schedule are paid on {dated.iso}:\n\n"
        f"{bullets(f'**POS {one.code}** {one.name}' for one in found)}"
    )
    return Answer(with_remark(body, dated), None, source_of(dated))


def _of_each(text: str, places: Sequence[lookup.PlaceOfService]) -> list[lookup.PlaceOfService]:
    """Return the places that words mean; of kinds that are set side by side, the best of each."""
    kinds = [kind for kind in _SIDE_BY_SIDE.split(text) if _beginnings(kind)]
    if len(kinds) < _TWO:
        return _by_words(text, places)
    return list({one.code: one for kind in kinds for one in _by_words(kind, places)[:1]}.values())


def _codes(question: Question) -> list[str]:
    """Return the places that a question names by number."""
    text = question.text.replace(question.dates.written, " ") if question.dates else question.text
    numbers = [number for found in _CODES.findall(text) for number in found.split("/")]
    return list(dict.fromkeys([*([question.place] if question.place else []), *numbers]))


def _explained(
    asked: Sequence[str], places: Sequence[lookup.PlaceOfService], question: Question, dated: Dated
) -> Answer:
    assert dated.edition
    by_code = {one.code: one for one in places}
    lines = [
        _line(by_code[code])
        if code in by_code
        else f"POS {code} is unassigned: {dated.edition.name} has no place of service of that number."
        for code in asked
    ]
    verdict = _verdict([by_code.get(code) for code in asked], question) if question.binary else None
    body = bullets(lines) if len(lines) > 1 else lines[0]
    return Answer(with_remark(body, dated), verdict, source_of(dated))


def _verdict(asked: Sequence[lookup.PlaceOfService | None], question: Question) -> Verdict | None:
    """Return whether places are facilities, or are none, where that is asked; else whether there are such places."""
    facility, non_facility = _FACILITY.search(question.text), _NON_FACILITY.search(question.text)
    if (facility and non_facility) or (len(asked) > 1 and _EITHER.search(question.text)):
        return None
    if not facility and not non_facility:
        return yes_or_no(all(asked))
    if any(one is None or not one.HasField("facility") for one in asked):
        return Verdict.NO_DATA
    return yes_or_no(all(one is not None and one.facility is bool(facility) for one in asked))


def _line(one: lookup.PlaceOfService) -> str:
    rate = ""
    if one.HasField("facility"):
        rate = f" {'Facility' if one.facility else 'Non-facility'} rate of the physician fee schedule."
    description = f": {one.description.rstrip('.')}." if one.description else "."
    return f"**POS {one.code}** {one.name}{description}{rate}"


def _by_words(text: str, places: Sequence[lookup.PlaceOfService]) -> list[lookup.PlaceOfService]:
    """Return the places whose names and descriptions say best what words say; rare words count most."""
    text = _OF_HOSPITAL.sub("outpatient hospital", _NEARBY.sub(" ", text))
    if _ELSEWHERE.search(text):
        text = "telehealth other than home"
    wanted = _beginnings(_DENIED.sub(" ", text))
    denied = set().union(*map(_beginnings, _DENIED.findall(text))) - wanted
    places = [one for one in places if not _beginnings(one.name) & denied]
    names = {one.code: _beginnings(one.name) for one in places}
    texts = {one.code: names[one.code] | _beginnings(one.description) for one in places}
    times = Counter(word for words in texts.values() for word in words)
    scored = []
    for one in places:
        score = sum(
            ((word in names[one.code]) * 3 + (word in texts[one.code])) / times[word] for word in wanted & times.keys()
        )
        if score:
            scored.append((-score, len(names[one.code]), one.code, one))
    scored.sort(key=lambda one: one[:3])
    return [one for score, _, _, one in scored if score <= scored[0][0] * _NEAR][:_SHOWN]


def _beginnings(text: str) -> set[str]:
    words = [word for word in _WORD.findall(text.lower()) if word not in _NO_WORDS]
    spelled = [part for word in words for part in _SYNONYMS.get(word, word).split()]
    return {word[:_BEGINNING] for word in spelled}
