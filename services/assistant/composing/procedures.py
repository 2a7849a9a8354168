"""What answers about procedures have in common: which codes are meant, what is said of one that nothing is known of."""

import asyncio
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.assistant.answer import Answer, Verdict, once
from services.assistant.composing.parts import first_unknown, paragraphs, source_of, unknown, with_remark
from services.assistant.editions import Dated, system_name
from services.assistant.question import Code, Dates, Question, Setting
from services.assistant.tools import Found, Tools
from services.assistant.understanding.code_systems import is_dental

PROCEDURES = (lookup.CODE_SYSTEM_CPT, lookup.CODE_SYSTEM_HCPCS)
SETTING_NAMES = {
    lookup.SETTING_PRACTITIONER: "practitioner",
    lookup.SETTING_HOSPITAL: "outpatient hospital",
    lookup.SETTING_DME: "DME supplier",
}
MOST_MODIFIERS = 4
_PRACTITIONER = r"\b(?:practitioners?|physicians?|professional|pro-?fee|pro side|surgeons?|own claim)\b"
_HOSPITAL = r"\b(?:hospitals?|facility|outpatient|opps|hopd)\b"
_JOINED = r"(?:\s+\w+)?\s*(?:\band\b|\bor\b|&|/|,)\s*(?:the\s+)?"
_BOTH_SETTINGS = re.compile(r"\b(?:both|two|either) (?:\w+ )?(?:settings?|files?|sides?|tables?)\b", re.IGNORECASE)
# "both", or one right after the other: "practitioner and hospital".
_BOTH = re.compile(
    rf"\b(?:both|either|differ\w*|the same(?=\W*(?:$|for|in))|versus|vs|compared?)\b|"
    rf"{_PRACTITIONER}{_JOINED}{_HOSPITAL}|{_HOSPITAL}{_JOINED}{_PRACTITIONER}",
    re.IGNORECASE,
)
# As lookup does: fail, else no_data, else bypassed, else pass.
_WORST_FIRST = (Verdict.FAIL, Verdict.NO_DATA, Verdict.BYPASSED, Verdict.PASS)


def procedures_of(question: Question) -> tuple[Code, ...]:
    """Return the codes of a question that may be CPT or HCPCS, each once."""
    return tuple({code.text: code for code in question.codes if set(code.systems) & set(PROCEDURES)}.values())


def setting_of(question: Question) -> Setting:
    """Return the setting that a question names, practitioner for none."""
    return question.setting or lookup.SETTING_PRACTITIONER


def settings_asked(question: Question) -> tuple[Setting, ...]:
    """Return the settings to answer for: both where a question sets practitioners and hospitals side by side."""
    text = question.text
    named = all(re.search(one, text, re.IGNORECASE) for one in (_PRACTITIONER, _HOSPITAL))
    if _BOTH_SETTINGS.search(text) or (named and _BOTH.search(text)):
        return (lookup.SETTING_PRACTITIONER, lookup.SETTING_HOSPITAL)
    return (setting_of(question),)


def claim_lines(code: Code, printed: str) -> list[lookup.ClaimLine]:
    """Return a code as the lines of a claim that it is on."""
    lines = code.lines or (code,)
    units = 1 if code.lines else 0
    return [
        lookup.ClaimLine(code=printed, modifiers=one.modifiers[:MOST_MODIFIERS], units=one.units or units)
        for one in lines
    ]


async def find_on(codes: Iterable[Code], dated: Dated, tools: Tools) -> list[Found]:
    """Return what procedure codes are on the date of service that another source is asked for."""
    day = Dates(dated.on, dated.on, dated.iso)
    systems = {code: tuple(one for one in code.systems if one in PROCEDURES) for code in codes}
    as_procedures = (replace(code, systems=systems[code]) for code in codes)
    return list(await asyncio.gather(*(tools.find(code, day) for code in as_procedures)))


async def not_known(found: Sequence[Found], dated: Dated, tools: Tools) -> Answer | None:
    """Return the answer about the first code that there is not on a date of service; None when there may be all.

    A code whose release is not loaded for the date may be there, as may those of dentists, which no release has; so is
    one that any other source has something for.
    """
    doubtful = [one for one in found if (one.dated.edition or not one.dated.loaded) and not is_dental(one.code.text)]
    missing = first_unknown(doubtful)
    if missing is None:
        return None
    if missing.dated.edition:
        return await unknown(missing, tools, Verdict.NO_DATA)
    body = (
        f"**{missing.code.text}** is not known: no loaded source has anything for this number, and no release of "
        f"{system_name(missing.system)} is loaded."
    )
    return Answer(with_remark(paragraphs(body, "Check the code."), dated), Verdict.NO_DATA, source_of(dated))


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the worst of the verdicts of checks; `pass` for none."""
    found = set(verdicts)
    return next((one for one in _WORST_FIRST if one in found), Verdict.PASS)


def joined_answers(answers: Sequence[Answer], verdict: Verdict | None) -> Answer:
    """Return several answers as one, a paragraph each."""
    return Answer(
        "\n\n".join(dict.fromkeys(one.body for one in answers)),
        verdict,
        once(source for one in answers for source in one.sources),
        tuple(dict.fromkeys(code for one in answers for code in one.codes)),
    )


def shortened(words: Sequence[str], most: int) -> str:
    """Return words as a list in a sentence, the first few of many."""
    rest = len(words) - most
    return ", ".join(words[:most]) + (f" and {rest} more" if rest > 0 else "")
