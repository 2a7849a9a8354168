"""What a diagnosis is in other classifications: ICD-9-CM, CCSR, hierarchical condition categories."""

import re
from collections.abc import Iterator, Sequence

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.assistant.answer import Answer, Source, Verdict, clarification, once
from services.assistant.composing.note_codes import compact
from services.assistant.composing.parts import (
    answered_by,
    bold,
    bullets,
    combined,
    joined,
    named,
    no_data,
    paragraphs,
    readable,
    unknown,
    with_remark,
    yes_or_no,
)
from services.assistant.editions import system_name
from services.assistant.question import Aspect, Code, Question
from services.assistant.tools import Found, Tools

_CM, _ICD9 = lookup.CODE_SYSTEM_ICD10CM, lookup.CODE_SYSTEM_ICD9CM
_OLD = re.compile(r"\bicd[ -]?9|\bgems?\b", re.IGNORECASE)
_EXACT = re.compile(r"\b(?:exact|exactly|identical|same|one-to-one|1:1|equivalent)\b", re.IGNORECASE)
_APPROXIMATE = re.compile(r"\bapprox\w*", re.IGNORECASE)
_COMBINED = re.compile(r"\b(?:combin\w*|scenarios?)\b", re.IGNORECASE)
_SEVERAL = re.compile(r"\b(?:several|multiple|many|more than (?:one|1)|(?:two|2) or more)\b", re.IGNORECASE)
_ONE = re.compile(r"\b(?:only|just|exactly|single) (?:one|1|code)\b", re.IGNORECASE)
_SHAPE_OF_ICD9 = re.compile(r"\d{3}\.?\d{0,2}|V\d{2}\.?\d{0,2}|E\d{3}\.?\d?")
# Of ICD-9-CM these have a volume of their own.
_OF_PROCEDURES = re.compile(r"\b(?:procedures?|pcs|vol(?:ume|\.)? ?(?:3|iii))\b", re.IGNORECASE)
_SHOWN = 12


async def crosswalk(question: Question, tools: Tools) -> Answer:
    """Say what codes map to under the general equivalence mappings, and their CCSR category."""
    if not question.codes:
        return _without_code(question)
    found = [await _found(code, question, tools) for code in question.codes]
    if question.binary and len(found) == 2 and {one.system for one in found} == {_CM, _ICD9}:
        return await _pair(found, question, tools)
    return combined([await _crosswalk(one, question, tools) for one in found])


def _without_code(question: Question) -> Answer:
    """Say what cannot be looked up without a diagnosis: what a category holds, and what procedures map to."""
    if _OF_PROCEDURES.search(question.text):
        text = "What procedures of ICD-9-CM (volume 3) map to in ICD-10-PCS is not loaded: mappings are of diagnoses."
        return Answer(text, Verdict.NO_DATA)
    if Aspect.CCSR in question.aspects:
        return clarification(
            "CCSR categories are looked up by a diagnosis, not the diagnoses by a category. "
            "The category of which diagnosis code should be shown?"
        )
    return clarification("Which code should be mapped?")


async def _found(code: Code, question: Question, tools: Tools) -> Found:
    """Return what a code is; ICD-9-CM is written without its dot, too, and then looks like a procedure or a category.

    Mappings are of no date of service: where no release covers the one that is named, the newest one tells the title.
    """
    as_icd9 = Code(code.text, (_ICD9,))
    shaped = bool(_SHAPE_OF_ICD9.fullmatch(code.text))
    if shaped and _CM not in code.systems and (found := await tools.find(as_icd9)).entry:
        return found
    found = await tools.find(code, question.dates)
    if found.dated.edition is None and (newest := await tools.find(code)).dated.edition:
        found = Found(code, newest.dated.of(newest.dated.edition), newest.entry, newest.system)
    if found.entry is None and shaped and (icd9 := await tools.find(as_icd9)).entry:
        return icd9
    return found


async def _crosswalk(found: Found, question: Question, tools: Tools) -> Answer:
    entry, dated = found.entry, found.dated
    if entry is None:
        return await unknown(found, tools, Verdict.NO if question.binary else None)
    if found.system not in (_CM, _ICD9):
        text = f"{bold(entry.code, entry.title)} is a code of {system_name(found.system)}: mappings are of diagnoses."
        return Answer(text, Verdict.NO_DATA, codes=named(entry))
    if found.system == _CM and question.aspects == {Aspect.CCSR} and not _OLD.search(question.text):
        return await _ccsr(found, question, tools)
    page = await tools.page(
        found.system, entry.code, dated, lookup.PAGE_SECTION_CROSSWALKS, lookup.PAGE_SECTION_HISTORY
    )
    walks = page.crosswalks
    mapping = walks.to_icd9cm if found.system == _CM else walks.to_icd10cm
    back = walks.from_icd9cm if found.system == _CM else walks.from_icd10cm
    if mapping.status.availability == lookup.AVAILABILITY_NOT_LOADED:
        return Answer(
            f"What {bold(entry.code, entry.title)} maps to is not known. {mapping.status.missing}",
            Verdict.NO_DATA,
            codes=named(entry),
        )
    titles = await _titles(found, mapping, back, question, tools)
    other = "ICD-9-CM" if found.system == _CM else "ICD-10-CM"
    parts = [_mapped(entry, mapping, other, titles), *_scenarios(mapping, titles), _back(entry, back, other, titles)]
    sources = _gems(mapping.status, back.status)
    if not entry.number_only and not entry.billable:
        parts.insert(1, "It is a header: mappings are made of codes that are valid for submission.")
    body = paragraphs(*parts)
    came = next((event for event in page.history.events if event.replaces), None)
    if came and not (mapping.alternatives or mapping.scenarios or back.codes):
        # Newer than the mappings.
        before = f"before, {joined(came.replaces)} {'was' if len(came.replaces) == 1 else 'were'} used"
        body = paragraphs(body, f"{bold(entry.code)} came on {came.effective_from}; {before}.")
        sources = (*sources, Source(came.source))
    for one in await _categorized(found, mapping, question, tools):
        further = await _ccsr(one, question, tools)
        body, sources = paragraphs(body, further.body.split("\n\n")[0]), once((*sources, *further.sources))
    verdict = _holds(mapping, question.text) if question.binary else None
    return Answer(with_remark(body, dated), verdict, sources, named(entry, *titles.values()))


async def _categorized(found: Found, mapping: lookup.GemMapping, question: Question, tools: Tools) -> list[Found]:
    """Return the diagnoses of which the CCSR category is said: a code itself, or what ICD-9-CM maps to."""
    if found.system == _CM:
        return [found] if not question.aspects or Aspect.CCSR in question.aspects else []
    if Aspect.CCSR not in question.aspects:
        return []
    targets = [await tools.find(Code(one.code, (_CM,)), question.dates) for one in mapping.alternatives[:_SHOWN]]
    return [one for one in targets if one.entry]


async def _titles(
    found: Found, mapping: lookup.GemMapping, back: lookup.GemSources, question: Question, tools: Tools
) -> dict[str, lookup.Entry]:
    """Return the codes of the other system that are named, by their number."""
    targets = [
        *mapping.alternatives,
        *(one for scenario in mapping.scenarios for choices in scenario.choice_lists for one in choices.targets),
    ]
    codes = list(dict.fromkeys([*(one.code for one in targets), *(one.code for one in back.codes[:_SHOWN])]))
    system = _ICD9 if found.system == _CM else _CM
    return await tools.entries(system, codes, tools.on_system(system, question.dates))


def _target(code: str, approximate: bool, titles: dict[str, lookup.Entry]) -> str:
    entry = titles.get(code)
    title = bold(code, entry.title if entry else "")
    return f"{title}{' (approximate)' if approximate else ' (exact)'}"


def _mapped(entry: lookup.Entry, mapping: lookup.GemMapping, other: str, titles: dict[str, lookup.Entry]) -> str:
    """Return what a code maps to alone."""
    title = bold(entry.code, entry.title)
    if mapping.no_map:
        return f"{title} has no equivalent in {other} (NoDx): the mapping is flagged \u201cno map\u201d."
    targets = [_target(one.code, one.approximate, titles) for one in mapping.alternatives]
    if len(targets) == 1:
        return f"{title} maps to {other} {targets[0]}."
    if targets:
        return f"{title} maps to one of these {other} codes, each alone:\n\n{bullets(targets)}"
    if mapping.scenarios:
        return f"{title} maps to {other} by a combination of codes, none alone:"
    return f"The general equivalence mappings have no entry for {title}."


def _scenarios(mapping: lookup.GemMapping, titles: dict[str, lookup.Entry]) -> Iterator[str]:
    """Yield the combinations, each of which takes one code of each list."""
    for scenario in mapping.scenarios:
        lists = [
            " or ".join(_target(one.code, one.approximate, titles) for one in choices.targets)
            for choices in scenario.choice_lists
        ]
        yield f"Combination, scenario {scenario.scenario}, one code of each line together:\n\n{bullets(lists)}"


def _back(entry: lookup.Entry, back: lookup.GemSources, other: str, titles: dict[str, lookup.Entry]) -> str:
    """Return the codes of the other system whose mapping leads to a code."""
    if back.status.availability == lookup.AVAILABILITY_NOT_LOADED:
        return f"The way back is not known. {back.status.missing}"
    if not back.codes:
        return f"No code of {other} maps to {entry.code}."
    lines = [
        f"{_target(one.code, one.approximate, titles)}{', as part of a combination' if one.combination else ''}"
        for one in back.codes[:_SHOWN]
    ]
    if len(back.codes) > _SHOWN:
        lines.append(f"and {len(back.codes) - _SHOWN} more")
    return f"The other way, these {other} codes map to {entry.code}:\n\n{bullets(lines)}"


def _holds(mapping: lookup.GemMapping, text: str) -> Verdict:
    """Return whether what is asked of a mapping holds: that it is exact, one of several, combined, or there at all."""
    alone = list(mapping.alternatives)
    exact = len(alone) == 1 and not alone[0].approximate and not mapping.scenarios
    if _COMBINED.search(text):
        return yes_or_no(bool(mapping.scenarios))
    if _ONE.search(text):
        return yes_or_no(len(alone) == 1 and not mapping.scenarios)
    if _SEVERAL.search(text):
        return yes_or_no(len(alone) > 1 or bool(mapping.scenarios))
    if _APPROXIMATE.search(text):
        return yes_or_no(bool(alone or mapping.scenarios) and not exact)
    if _EXACT.search(text):
        return yes_or_no(exact)
    return yes_or_no(bool(alone or mapping.scenarios))


async def _pair(found: Sequence[Found], question: Question, tools: Tools) -> Answer:
    """Say whether one of two codes maps to the other, the one that is named first."""
    for one in found:
        if one.entry is None:
            return await unknown(one, tools, Verdict.NO)
    source, target = found
    assert source.entry
    assert target.entry
    page = await tools.page(source.system, source.entry.code, source.dated, lookup.PAGE_SECTION_CROSSWALKS)
    mapping = page.crosswalks.to_icd9cm if source.system == _CM else page.crosswalks.to_icd10cm
    if mapping.status.availability == lookup.AVAILABILITY_NOT_LOADED:
        return Answer(mapping.status.missing, Verdict.NO_DATA, codes=named(source.entry, target.entry))
    wanted = compact(target.entry.code)
    alone = next((one for one in mapping.alternatives if compact(one.code) == wanted), None)
    part = any(
        compact(one.code) == wanted
        for scenario in mapping.scenarios
        for choices in scenario.choice_lists
        for one in choices.targets
    )
    title, other = bold(source.entry.code, source.entry.title), bold(target.entry.code, target.entry.title)
    if alone:
        text = f"{title} maps to {other}; the mapping is {'approximate' if alone.approximate else 'exact'}."
        if len(mapping.alternatives) > 1:
            text += f" There are {len(mapping.alternatives)} alternatives."
    elif part:
        text = f"{title} maps to {other} only in combination with other codes."
    else:
        text = f"{title} does not map to {other}."
    exact = bool(alone and not alone.approximate)
    holds = bool(alone) or part
    if _APPROXIMATE.search(question.text):
        holds = holds and not exact
    elif _COMBINED.search(question.text):
        holds = part
    elif _EXACT.search(question.text):
        holds = exact
    titles = await _titles(source, mapping, lookup.GemSources(), question, tools)
    other_system = "ICD-9-CM" if source.system == _CM else "ICD-10-CM"
    body = paragraphs(text, _mapped(source.entry, mapping, other_system, titles), *_scenarios(mapping, titles))
    if alone and len(mapping.alternatives) == 1:
        body = text
    return Answer(
        with_remark(body, source.dated),
        yes_or_no(holds),
        _gems(mapping.status),
        named(source.entry, target.entry),
    )


async def _ccsr(found: Found, question: Question, tools: Tools) -> Answer:
    """Say the default CCSR category of a diagnosis."""
    entry = found.entry
    assert entry
    dated = tools.on(lookup.FACT_SOURCE_CCSR, question.dates)
    title = bold(entry.code, entry.title)
    if dated.edition is None:
        return no_data(dated, f"The CCSR category of {title}")
    asked = found.dated if dated.edition.covers(found.dated.on) else readable(dated, found.dated)
    page = await tools.page(found.system, entry.code, asked, lookup.PAGE_SECTION_CROSSWALKS)
    category = page.crosswalks.ccsr
    means = f" {category.title}" if category.title else ""
    text = f"The default CCSR category of {title} is **{category.category}**{means}."
    if not category.category:
        text = f"{dated.edition.name} has no default CCSR category for {title}."
    verdict = yes_or_no(bool(category.category)) if question.binary else None
    return Answer(with_remark(text, dated), verdict, answered_by(category.status), named(entry))


def _gems(*statuses: lookup.SourceStatus) -> tuple[Source, ...]:
    """Return the mappings that answer, as the field cites them: by their year first."""
    return once(Source(cited(status.release)) for status in statuses if status.release.name)


def cited(release: lookup.SourceRelease) -> str:
    """Return the name of an edition of the general equivalence mappings."""
    direction = release.name.removeprefix("GEM ").removesuffix(f" {release.edition}")
    return f"GEM {release.edition}, {direction}"
