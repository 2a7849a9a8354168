"""A claim: several services and diagnoses at once."""

from collections.abc import Iterator, Sequence

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.assistant.answer import Answer, NamedCode, Source, Verdict, clarification, once
from services.assistant.composing.pairs import PTP_SOURCES, claim_checked
from services.assistant.composing.parts import bullets, paragraphs, with_remark
from services.assistant.composing.procedures import PROCEDURES, SETTING_NAMES, claim_lines, procedures_of, setting_of
from services.assistant.question import Code, Question
from services.assistant.tools import Tools

_MOST_DIAGNOSES = 25
_WORST_FIRST = (lookup.VERDICT_FAIL, lookup.VERDICT_NO_DATA, lookup.VERDICT_BYPASSED, lookup.VERDICT_PASS)
_HEADINGS = {
    lookup.VERDICT_FAIL: "Would be denied",
    lookup.VERDICT_NO_DATA: "Not known",
    lookup.VERDICT_BYPASSED: "Bypassed by a modifier, if the record supports it",
    lookup.VERDICT_PASS: "In order",
}
_FIRST = {
    lookup.VERDICT_FAIL: "The claim would be denied in part or in whole",
    lookup.VERDICT_NO_DATA: "Nothing that is known speaks against the claim, but not all of it could be checked",
    lookup.VERDICT_BYPASSED: "The claim passes because a modifier bypasses an edit, if the record supports it",
    lookup.VERDICT_PASS: "Nothing speaks against the claim",
}


async def check(question: Question, tools: Tools) -> Answer:
    """Check services and diagnoses as one claim, and list what is found, the worst first."""
    codes = procedures_of(question)
    if not codes:
        return clarification("Which procedure codes (CPT or HCPCS) are on the claim?")
    setting = setting_of(question)
    source = PTP_SOURCES.get(setting, lookup.FACT_SOURCE_MUE_DME)
    dated = tools.on(source, question.dates)
    diagnoses = [code.text for code in question.codes if code not in codes and _is_diagnosis(code)]
    lines = [line for code in codes for line in claim_lines(code, code.text)]
    for line in lines:
        line.place_of_service = question.place
    if len(lines) == 1:
        line = lines[0]
        line.units = line.units or question.units or 0
        line.modifiers[:] = question.all_modifiers[:4]
    claim = lookup.Claim(setting=setting, effective_on=dated.iso, diagnoses=diagnoses[:_MOST_DIAGNOSES], lines=lines)
    checked = await claim_checked(claim, question.modifiers if len(lines) > 1 else (), tools)
    body = paragraphs(
        f"{_FIRST[checked.verdict]} (date of service {dated.iso}, {SETTING_NAMES[setting]}).",
        *_groups(checked.findings),
    )
    found = [await tools.find(code, question.dates) for code in (*codes, *_others(question, codes))]
    return Answer(
        with_remark(body, dated),
        Verdict(checked.verdict),
        once(Source(one.source) for one in checked.findings if one.source),
        tuple(NamedCode(one.system, one.entry.code) for one in found if one.entry),
    )


def _is_diagnosis(code: Code) -> bool:
    return lookup.CODE_SYSTEM_ICD10CM in code.systems and not set(code.systems) & set(PROCEDURES)


def _others(question: Question, codes: Sequence[Code]) -> list[Code]:
    return [code for code in question.codes if code not in codes]


def _groups(findings: Sequence[lookup.Finding]) -> Iterator[str]:
    for verdict in _WORST_FIRST:
        messages = list(dict.fromkeys(one.message for one in findings if one.verdict == verdict))
        if messages:
            yield f"{_HEADINGS[verdict]}:\n\n{bullets(messages)}"
