"""What answers about procedures have in common: which codes are meant, what is said of one that nothing is known of."""

import asyncio
from collections.abc import Iterable, Sequence

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.assistant.answer import Answer, Verdict, once
from services.assistant.composing.parts import first_unknown, paragraphs, source_of, unknown, with_remark
from services.assistant.editions import Dated, system_name
from services.assistant.question import Code, Dates, Question, Setting
from services.assistant.tools import Found, Tools

PROCEDURES = (lookup.CODE_SYSTEM_CPT, lookup.CODE_SYSTEM_HCPCS)
SETTING_NAMES = {
    lookup.SETTING_PRACTITIONER: "practitioner",
    lookup.SETTING_HOSPITAL: "outpatient hospital",
    lookup.SETTING_DME: "DME supplier",
}
# As lookup does: fail, else no_data, else bypassed, else pass.
_WORST_FIRST = (Verdict.FAIL, Verdict.NO_DATA, Verdict.BYPASSED, Verdict.PASS)


def procedures_of(question: Question) -> tuple[Code, ...]:
    """Return the codes of a question that may be CPT or HCPCS, each once."""
    return tuple({code.text: code for code in question.codes if set(code.systems) & set(PROCEDURES)}.values())


def setting_of(question: Question) -> Setting:
    """Return the setting that a question names, practitioner for none."""
    return question.setting or lookup.SETTING_PRACTITIONER


async def find_on(codes: Iterable[Code], dated: Dated, tools: Tools) -> list[Found]:
    """Return what procedure codes are on the date of service that another source is asked for."""
    day = Dates(dated.on, dated.on, dated.iso)
    systems = {code: tuple(one for one in code.systems if one in PROCEDURES) for code in codes}
    as_procedures = (Code(code.text, systems[code], code.modifiers, code.units) for code in codes)
    return list(await asyncio.gather(*(tools.find(code, day) for code in as_procedures)))


async def not_known(found: Sequence[Found], dated: Dated, tools: Tools) -> Answer | None:
    """Return the answer about the first code that there is not on a date of service; None when there may be all.

    A code whose release is not loaded for the date may be there; so is one that any other source has something for.
    """
    doubtful = [one for one in found if one.dated.edition or not one.dated.loaded]
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
