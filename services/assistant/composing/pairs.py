"""Whether procedures may be billed together, by the NCCI procedure-to-procedure (PTP) edits."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.assistant.answer import Answer, Source, Verdict, clarification, once
from services.assistant.composing import pair_circumstances as circumstances
from services.assistant.composing.modifier_meanings import meaning, modifiers_in
from services.assistant.composing.parts import bold, bullets, joined, named, no_data, paragraphs, source_of, with_remark
from services.assistant.composing.procedures import (
    MOST_MODIFIERS,
    SETTING_NAMES,
    claim_lines,
    find_on,
    joined_answers,
    not_known,
    procedures_of,
    settings_asked,
    worst,
)
from services.assistant.editions import Dated
from services.assistant.question import Aspect, Code, Question, Setting
from services.assistant.tools import Found, Tools

PTP_SOURCES = {
    lookup.SETTING_PRACTITIONER: lookup.FACT_SOURCE_PTP_PRACTITIONER,
    lookup.SETTING_HOSPITAL: lookup.FACT_SOURCE_PTP_HOSPITAL,
}
# Asks for the edit alone, not whether both are paid.
_EDIT = re.compile(r"\b(edits?|ptp|bundl\w*|unbundl\w*)\b", re.IGNORECASE)
_BYPASS = re.compile(r"\b(bypass\w*|associated|overrid\w*)\b", re.IGNORECASE)
# Codes that are meant, but not named.
_THESE = re.compile(r"\b(them|these|those|both|they)\b", re.IGNORECASE)
_INDICATORS = {
    lookup.MODIFIER_INDICATOR_NOT_ALLOWED: "0 (no modifier bypasses the edit)",
    lookup.MODIFIER_INDICATOR_ALLOWED: "1 (an NCCI-associated modifier bypasses the edit, if the record supports it)",
    lookup.MODIFIER_INDICATOR_NOT_APPLICABLE: "9 (the edit does not apply)",
}
# What asks for a list of edits, and the words of another service.
_LISTED = re.compile(
    r"\b(?:what|which|how many|number|list\w*|show|all|every|any\w*|edits?|ptp|ncci|cci|\w*bundl\w*|column|"
    r"indicator)\b",
    re.IGNORECASE,
)
_ANOTHER = re.compile(
    r"(?:\b(?:and|with|plus|w)\b|w/|&|\+)\s*(?:the|an?)\s+(?!(?:codes?|modifiers?|edits?|indicators?|\S*\d)\b)\w+",
    re.IGNORECASE,
)
# An indicator that the edits of a list are to have.
_OF_INDICATOR = re.compile(r"\bindicators?\s*(?:of|is|=|:)?\s*([019])\b|\b([019])\s+indicators?\b", re.IGNORECASE)
_SHOWN = 20
_PAGE = 500
# What is worth saying beside the verdict, which the edits alone decide.
_CAVEATS = frozenset(
    (
        lookup.FINDING_KIND_PROCEDURE,
        lookup.FINDING_KIND_MODIFIER,
        lookup.FINDING_KIND_ADD_ON,
        lookup.FINDING_KIND_MUE,
        lookup.FINDING_KIND_PLACE_OF_SERVICE,
    )
)


async def together(question: Question, tools: Tools) -> Answer:
    """Say which edits are in force between procedures, and whether modifiers bypass them; of one, list its edits."""
    codes = procedures_of(question)
    if not codes:
        if question.all_modifiers and _BYPASS.search(question.text) and not _THESE.search(question.text):
            return await meaning(modifiers_in(question), question, tools)
        return clarification("Which procedure codes (CPT or HCPCS) are to be billed together?")
    if len(codes) == 1 and (question.binary or _names_another(question)):
        return clarification(f"Which other procedure code is to be billed with {codes[0].text}?")
    answer = _edits_of if len(codes) == 1 else _between
    answers = [await answer(question, codes, setting, tools) for setting in _settings(question)]
    if len(answers) == 1:
        return answers[0]
    verdicts = {one.verdict for one in answers}
    if len(verdicts) == 1:
        return joined_answers(answers, answers[0].verdict)
    results = [
        f"{SETTING_NAMES[setting]} {verdict.word}"
        for setting, verdict in zip(PTP_SOURCES, [one.verdict for one in answers], strict=True)
        if verdict
    ]
    joint = joined_answers(answers, None)
    return replace(joint, body=paragraphs(f"The settings differ: {joined(results)}.", joint.body))


def _names_another(question: Question) -> bool:
    """Whether the other service is named in words: "20610 with the office visit"."""
    return bool(_ANOTHER.search(question.text)) or not _LISTED.search(question.text)


async def claim_checked(claim: lookup.Claim, loose: Sequence[str], tools: Tools) -> lookup.CheckEditsResponse:
    """Check a claim; modifiers that were named for no line go where they are usual: on column 2 of its edits."""
    checked = await tools.check(claim)
    column2 = {one.ptp.column2 for one in checked.findings if one.HasField("ptp")}
    if not loose or not column2:
        return checked
    placed = lookup.Claim()
    placed.CopyFrom(claim)
    for line in placed.lines:
        if line.code in column2:
            line.modifiers[:] = list(dict.fromkeys([*line.modifiers, *loose]))[:MOST_MODIFIERS]
    return await tools.check(placed)


def _settings(question: Question) -> list[Setting]:
    """Return the settings to answer for; suppliers of durable medical equipment have the edits of practitioners."""
    asked = settings_asked(question)
    return [one if one in PTP_SOURCES else lookup.SETTING_PRACTITIONER for one in asked]


async def _between(question: Question, codes: Sequence[Code], setting: Setting, tools: Tools) -> Answer:
    dated = tools.on(PTP_SOURCES[setting], question.dates)
    written = joined([bold(code.text) for code in codes])
    if dated.edition is None:
        return no_data(dated, f"Whether an NCCI PTP edit ({SETTING_NAMES[setting]}) keeps {written} apart")
    found = await find_on(codes, dated, tools)
    if unknown := await not_known(found, dated, tools):
        return unknown
    named_modifiers = question.all_modifiers
    question, codes = circumstances.without_unjustified(question, codes)
    dropped = question.all_modifiers != named_modifiers
    named_lines = ((code, one.entry.code if one.entry else code.text) for code, one in _zipped(codes, found))
    lines = [line for code, printed in named_lines for line in claim_lines(code, printed)]
    claim = lookup.Claim(setting=setting, effective_on=dated.iso, lines=lines)
    checked = await claim_checked(claim, question.modifiers, tools)

    edits = [one for one in checked.findings if one.kind == lookup.FINDING_KIND_PTP and one.HasField("ptp")]
    deciding = [one for one in checked.findings if one.kind == lookup.FINDING_KIND_PTP]
    if any(code.units for code in codes):
        deciding += [one for one in checked.findings if one.kind == lookup.FINDING_KIND_MUE]
    verdict = worst(Verdict(one.verdict) for one in deciding)
    add_on = (
        _add_on(checked.findings, len(codes)) if verdict is Verdict.PASS and not _EDIT.search(question.text) else None
    )
    if add_on:
        deciding.append(add_on)
        verdict = Verdict(add_on.verdict)
    caveats = [one for one in _caveats(checked.findings) if one not in deciding]
    associated = await _associated(dated, tools)

    first = _first(edits, written, question, setting, dated)
    of_patient = await circumstances.of_patient(question, tools)
    unjustified = await circumstances.why_unjustified(question, tools)
    said = [one for one in (unjustified, of_patient) if one and edits]
    judged = verdict if not (of_patient and edits) else Verdict.NO if verdict is Verdict.FAIL else None
    which = circumstances.which_code(edits[0].ptp) if _takes_modifier(edits) and not dropped else ""
    facts = _facts(edits[0], found, () if dropped else associated) if len(edits) == 1 else ()
    asks_which = bool(which) and circumstances.asks_which_code(question)
    body = paragraphs(
        which if asks_which else "",
        *(one.text for one in said),
        *(_with_add_on(first, add_on, codes) if add_on else [first]),
        _table(edits) if len(edits) > 1 else "",
        bullets(
            [
                *facts,
                *_of_modifiers(edits, question, codes, associated),
                *([which] if which and not asks_which else []),
            ]
        ),
        bullets(one.message for one in deciding if one.kind == lookup.FINDING_KIND_MUE),
        f"Also:\n\n{bullets(one.message for one in caveats)}" if caveats else "",
        "" if edits else "Other rules (global period, medical necessity, the payer's own edits) still apply.",
    )
    sources = [*source_of(dated), *(Source(one.source) for one in (*deciding, *caveats) if one.source)]
    return Answer(
        with_remark(body, dated),
        judged if (question.binary or not question.aspects) and not asks_which else None,
        once([*sources, *(one.source for one in said)]),
        named(*(one.entry for one in found if one.entry)),
    )


def _takes_modifier(edits: Sequence[lookup.Finding]) -> bool:
    """Whether it is to be said on which code of an edit a modifier goes: of one that a modifier bypasses."""
    return len(edits) == 1 and edits[0].ptp.modifier_indicator == lookup.MODIFIER_INDICATOR_ALLOWED


def _add_on(findings: Iterable[lookup.Finding], codes: int) -> lookup.Finding | None:
    """Return what is found of add-on codes: that one has no primary code there, or of the only one that it has.

    Nothing where the contractor says which codes it may be added to, and of add-on codes alone, whose primary code is
    not named: that is open, and does not speak against a pair.
    """
    found = [one for one in findings if one.kind == lookup.FINDING_KIND_ADD_ON and one.source]
    lacking = next((one for one in found if one.verdict == lookup.VERDICT_FAIL), None)
    if lacking and len(found) < codes:
        return lacking
    return found[0] if len(found) == 1 and found[0].verdict != lookup.VERDICT_NO_DATA else None


def _with_add_on(first: str, finding: lookup.Finding, codes: Sequence[Code]) -> tuple[str, str]:
    """Return what is said of the edits with whether the codes beside an add-on code are its primary codes."""
    add_on, *primaries = finding.codes
    if primaries:
        return first, f"{joined([bold(one) for one in primaries])} is a primary code of the add-on code {bold(add_on)}."
    others = joined([bold(code.text) for code in codes if code.text != add_on], "or")
    missing = f"{bold(add_on)} is an add-on code; {others} is not one of its primary codes"
    return f"{missing}: billed with nothing else, it would be denied. {finding.message}", first


def _zipped(codes: Sequence[Code], found: Sequence[Found]) -> Iterator[tuple[Code, Found]]:
    return zip(codes, found, strict=True)


def _caveats(findings: Iterable[lookup.Finding]) -> Iterator[lookup.Finding]:
    """Yield what speaks against the lines besides the edits."""
    for one in findings:
        open_add_on = one.kind == lookup.FINDING_KIND_ADD_ON and one.verdict == lookup.VERDICT_NO_DATA
        if one.kind in _CAVEATS and (one.verdict == lookup.VERDICT_FAIL or open_add_on):
            yield one


async def _associated(dated: Dated, tools: Tools) -> list[str]:
    return [one.modifier for one in (await tools.modifiers(dated)).modifiers if one.ncci_associated]


def _first(edits: Sequence[lookup.Finding], written: str, question: Question, setting: Setting, dated: Dated) -> str:
    """Return the sentence that a coder acts on."""
    where = f"on {dated.iso} ({SETTING_NAMES[setting]})"
    if not edits:
        return f"No NCCI PTP edit is in force between {written}, in either order, {where}: NCCI does not bundle them."
    if len(edits) > 1:
        times = Counter(_INDICATORS[one.ptp.modifier_indicator][0] for one in edits)
        indicators = joined([f"{count} with modifier indicator {one}" for one, count in sorted(times.items())])
        return f"{len(edits)} NCCI PTP edits are in force between {written} {where}: {indicators}."
    (edit,) = edits
    column1, column2 = bold(edit.ptp.column1), bold(edit.ptp.column2)
    if Aspect.RATIONALE in question.aspects:
        return f"CMS gives as rationale of the edit of {column1} and {column2}: {edit.ptp.rationale}."
    beside = f"{column2} (column 2) is bundled into {column1} (column 1) {where}"
    if edit.verdict == lookup.VERDICT_BYPASSED:
        by = f"modifier{'s' if len(edit.bypassed_by) > 1 else ''} {joined(list(edit.bypassed_by))}"
        verb = "bypass" if len(edit.bypassed_by) > 1 else "bypasses"
        return f"{beside}, but {by} {verb} the edit (modifier indicator 1), if the record supports it: both are paid."
    if edit.ptp.modifier_indicator == lookup.MODIFIER_INDICATOR_NOT_ALLOWED:
        return f"{beside} and not paid beside it; no modifier bypasses the edit (modifier indicator 0)."
    return f"{beside} and not paid beside it without an NCCI-associated modifier (modifier indicator 1)."


def _facts(edit: lookup.Finding, found: Sequence[Found], associated: Sequence[str]) -> Iterator[str]:
    titles = {one.entry.code: one.entry.title for one in found if one.entry}
    ptp = edit.ptp
    yield f"Column 1 (paid): {bold(ptp.column1, titles.get(ptp.column1, ''))}"
    yield f"Column 2 (not paid beside it): {bold(ptp.column2, titles.get(ptp.column2, ''))}"
    yield f"Modifier indicator: {_INDICATORS[ptp.modifier_indicator]}"
    if ptp.rationale:
        yield f"CMS rationale: {ptp.rationale}"
    yield f"Effective: {_window(ptp)}"
    if (
        associated
        and edit.verdict == lookup.VERDICT_FAIL
        and ptp.modifier_indicator == lookup.MODIFIER_INDICATOR_ALLOWED
    ):
        yield f"NCCI-associated modifiers, any of which on either code bypasses it: {listed_modifiers(associated)}"


def _window(ptp: lookup.PtpEdit) -> str:
    until = f"until {ptp.effective_to}" if ptp.effective_to else "no end date"
    return f"from {ptp.effective_from}, {until}"


def listed_modifiers(associated: Sequence[str]) -> str:
    """Return modifiers in a line, those of sites (E1-E4, LT) after the others."""
    sites = [one for one in associated if one[0] in "EFTLR"]
    others = [one for one in associated if one not in sites]
    of_sites = []
    for letter, group in groupby(sites, key=lambda one: one[0]):
        of_letter = list(group)
        numbered = [one for one in of_letter if one[1].isdigit()]
        of_sites += [f"{letter}{numbered[0][1]}-{letter}{numbered[-1][1]}"] if numbered else []
        of_sites += [one for one in of_letter if one not in numbered]
    return f"{', '.join(others)}; of sites {', '.join(of_sites)}"


def _of_modifiers(
    edits: Sequence[lookup.Finding], question: Question, codes: Sequence[Code], associated: Sequence[str]
) -> Iterator[str]:
    """Say of each modifier that was named what it does to the edits."""
    if not edits:
        return
    bypassing = {one for edit in edits for one in edit.bypassed_by}
    indicators = {edit.ptp.modifier_indicator for edit in edits}
    for modifier in question.all_modifiers:
        bearing = [code for code in codes if modifier in code.modifiers]
        if modifier not in associated:
            yield f"Modifier {modifier} is not NCCI-associated: it does not bypass a PTP edit."
        elif modifier in bypassing:
            yield f"Modifier {modifier} is NCCI-associated; the record must show separate services."
        elif indicators == {lookup.MODIFIER_INDICATOR_NOT_ALLOWED}:
            yield f"Modifier {modifier} is NCCI-associated, but indicator 0 lets no modifier bypass the edit."
        elif len(bearing) + (modifier in question.modifiers) == 1:
            yield f"Modifier {modifier} is NCCI-associated, but stands on no code of an edit that it may bypass."
        else:
            yield f"Modifier {modifier} stands on both codes, which says that they are of the same site: no bypass."


def _table(edits: Sequence[lookup.Finding]) -> str:
    rows = [
        f"| {one.ptp.column1} | {one.ptp.column2} | {_INDICATORS[one.ptp.modifier_indicator][0]} "
        f"| {Verdict(one.verdict).word}{_by(one)} | {_window(one.ptp)} | {one.ptp.rationale} |"
        for one in edits
    ]
    head = "| Column 1 | Column 2 | Modifier indicator | Result | Effective | CMS rationale |"
    return "\n".join([head, "|---|---|---|---|---|---|", *rows])


def _by(edit: lookup.Finding) -> str:
    return f" by {', '.join(edit.bypassed_by)}" if edit.bypassed_by else ""


async def _edits_of(question: Question, codes: Sequence[Code], setting: Setting, tools: Tools) -> Answer:
    """List the edits of one code in both columns."""
    (code,) = codes
    dated = tools.on(PTP_SOURCES[setting], question.dates)
    if dated.edition is None:
        return no_data(dated, f"Which NCCI PTP edits ({SETTING_NAMES[setting]}) {bold(code.text)} has")
    found = await find_on(codes, dated, tools)
    if unknown := await not_known(found, dated, tools):
        return Answer(unknown.body, None, unknown.sources)
    indicator = next((one or other for one, other in _OF_INDICATOR.findall(question.text)), "")
    first, second = [await _in_column(code, setting, column, indicator, dated, tools) for column in (1, 2)]
    entry = found[0].entry
    of_indicator = f" with modifier indicator {indicator}" if indicator else ""
    body = paragraphs(
        f"{bold(code.text, entry.title if entry else '')} has {first.total:,} NCCI PTP edits{of_indicator} as column 1 "
        f"and {second.total:,} as column 2 in force on {dated.iso} ({SETTING_NAMES[setting]}).",
        _column("Column 1 (these are bundled into it)", first, [edit.column2 for edit in first.edits]),
        _column("Column 2 (it is bundled into these)", second, [edit.column1 for edit in second.edits]),
        "In parentheses the modifier indicator: 0, no modifier bypasses the edit; 1, an NCCI-associated one does."
        if first.total + second.total
        else "",
    )
    return Answer(with_remark(body, dated), None, source_of(dated), named(*([entry] if entry else [])))


async def _in_column(
    code: Code, setting: Setting, column: int, indicator: str, dated: Dated, tools: Tools
) -> lookup.ListEditsResponse:
    """Return the first edits of a code in a column; with an indicator, those that have it, counted."""
    if not indicator:
        return await tools.edits(code.text, setting, column, dated, _SHOWN)
    kept: list[lookup.PtpEdit] = []
    token = ""
    while True:
        page = await tools.edits(code.text, setting, column, dated, _PAGE, token)
        kept += (one for one in page.edits if _INDICATORS[one.modifier_indicator][0] == indicator)
        token = page.next_page_token
        if not token:
            return lookup.ListEditsResponse(edits=kept[:_SHOWN], total=len(kept))


def _column(heading: str, listed: lookup.ListEditsResponse, others: Sequence[str]) -> str:
    if not listed.total:
        return ""
    edits = [
        f"{other} ({_INDICATORS[edit.modifier_indicator][0]})" for other, edit in zip(others, listed.edits, strict=True)
    ]
    rest = f" and {listed.total - len(edits):,} more" if listed.total > len(edits) else ""
    return f"{heading}: {', '.join(edits)}{rest}"
