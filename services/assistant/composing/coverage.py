"""What Medicare covers, by the billing and coding articles and the local coverage determinations (LCD)."""

import re
from collections.abc import Iterable, Sequence

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.assistant.answer import Answer, Source, Verdict, clarification, once
from services.assistant.composing.parts import bold, bullets, joined, named, no_data, paragraphs, with_remark
from services.assistant.composing.procedures import PROCEDURES, find_on, not_known, procedures_of
from services.assistant.editions import Dated
from services.assistant.question import Code, Dates, Question
from services.assistant.tools import Found, Tools
from services.assistant.understanding.vocabulary import words_of_medicine

_SHOWN = 10
# An article or a local coverage determination.
_ARTICLE = re.compile(r"\b[AL]\d{5}\b", re.IGNORECASE)
_ROLES = {
    lookup.COVERAGE_ROLE_PROCEDURE: "about the procedure",
    lookup.COVERAGE_ROLE_COVERED_DIAGNOSIS: "supports medical necessity",
    lookup.COVERAGE_ROLE_NONCOVERED_DIAGNOSIS: "does not support medical necessity",
}


async def coverage(question: Question, tools: Tools) -> Answer:
    """Name the articles about a code; of a procedure with a diagnosis, say whether one lists the diagnosis for it."""
    procedures, diagnoses = procedures_of(question), _diagnoses(question)
    articles = list(dict.fromkeys(one.upper() for one in _ARTICLE.findall(question.text)))
    dated = tools.on(lookup.FACT_SOURCE_COVERAGE, question.dates)
    told = bool(procedures or diagnoses or articles) or words_of_medicine(question.phrase.lower()) > 0
    if dated.edition is None and told:
        return _not_loaded(articles, [code.text for code in (*procedures, *diagnoses)], dated)
    if not procedures and not diagnoses:
        return clarification("For which procedure or diagnosis code is coverage to be looked up?")
    services = await find_on(procedures, dated, tools)
    if unknown := await not_known(services, dated, tools):
        return unknown
    day = Dates(dated.on, dated.on, dated.iso)
    conditions = [await tools.find(code, day) for code in diagnoses]
    if services and conditions:
        return await _supported(services[0], conditions, question, dated, tools)
    return await _listed((*services, *conditions), question, dated, tools)


def _not_loaded(articles: Sequence[str], codes: Sequence[str], dated: Dated) -> Answer:
    """Return the answer where no edition is loaded for the date, with the articles and LCDs as they were asked for."""
    listing = joined(articles) or "an article of Medicare"
    ending = "" if len(articles) > 1 else "s"
    what = f"What {listing} say{ending}"
    if codes:
        what = f"Whether {listing} cover{ending} {joined([bold(code) for code in codes], 'with')}"
    if not dated.loaded:
        return Answer(f"{what} is not known: the Medicare Coverage Database is not loaded.", Verdict.NO_DATA)
    return no_data(dated, what)


def _diagnoses(question: Question) -> list[Code]:
    return [
        code
        for code in question.codes
        if lookup.CODE_SYSTEM_ICD10CM in code.systems and not set(code.systems) & set(PROCEDURES)
    ]


async def _supported(
    service: Found, conditions: Sequence[Found], question: Question, dated: Dated, tools: Tools
) -> Answer:
    """Say of each diagnosis whether an article about the procedure lists it."""
    about = {
        (one.article, one.version): one
        for one in await _articles(service, dated, tools)
        if one.role == lookup.COVERAGE_ROLE_PROCEDURE
    }
    lines, verdicts, used = [], [], list(about.values())
    for condition in conditions:
        articles = [one for one in await _articles(condition, dated, tools) if (one.article, one.version) in about]
        covered = [one for one in articles if one.role == lookup.COVERAGE_ROLE_COVERED_DIAGNOSIS]
        verdict = Verdict.YES if covered else Verdict.NO if articles else Verdict.NO_DATA
        verdicts.append(verdict)
        lines.append(_said(service, condition, covered or articles, about.values(), verdict))
    worst = next((one for one in (Verdict.NO, Verdict.NO_DATA) if one in verdicts), Verdict.YES)
    caveat = "That an article lists a diagnosis does not assure payment: the record must show medical necessity."
    body = paragraphs(*lines, bullets(map(_line, used[:_SHOWN])), caveat if used else "")
    entries = named(*(one.entry for one in (service, *conditions) if one.entry))
    return Answer(with_remark(body, dated), worst if question.binary else None, _sources(used[:_SHOWN], dated), entries)


def _said(
    service: Found,
    condition: Found,
    articles: Sequence[lookup.CoverageArticle],
    about: Iterable[lookup.CoverageArticle],
    verdict: Verdict,
) -> str:
    procedure, diagnosis = bold(service.code.text), _titled(condition)
    if verdict is Verdict.NO_DATA:
        where = joined([one.article for one in about]) or "no loaded article is about it"
        return f"No loaded article lists {diagnosis} for {procedure} ({where}): whether it is covered is not known."
    states = sorted({state for one in articles for state in one.states})
    where = joined(sorted({one.article for one in articles})) + (f" ({', '.join(states)})" if states else "")
    supports = "supports" if verdict is Verdict.YES else "does not support"
    return f"{diagnosis} {supports} medical necessity of {procedure} by {where}."


async def _listed(found: Sequence[Found], question: Question, dated: Dated, tools: Tools) -> Answer:
    parts: list[str] = []
    used: list[lookup.CoverageArticle] = []
    for one in found:
        articles = list(await _articles(one, dated, tools))
        if not articles:
            parts.append(f"No loaded article names {_titled(one)} on {dated.iso}: this says nothing of its coverage.")
            continue
        count = f"{len(articles)} article{'' if len(articles) == 1 else 's'}"
        parts.append(f"{_titled(one)} is named by {count} on {dated.iso}:")
        parts.append(bullets(map(_line, articles[:_SHOWN])))
        if len(articles) > _SHOWN:
            parts.append(f"And {len(articles) - _SHOWN} more.")
        used += articles[:_SHOWN]
    entries = named(*(one.entry for one in found if one.entry))
    verdict = Verdict.NO_DATA if question.binary else None
    return Answer(with_remark(paragraphs(*parts), dated), verdict, _sources(used, dated), entries)


async def _articles(found: Found, dated: Dated, tools: Tools) -> Sequence[lookup.CoverageArticle]:
    if found.entry is None:
        return ()
    page = await tools.page(found.entry.system, found.entry.code, dated, lookup.PAGE_SECTION_COVERAGE)
    return page.coverage.articles


def _titled(found: Found) -> str:
    return bold(found.entry.code, found.entry.title) if found.entry else bold(found.code.text)


def _line(one: lookup.CoverageArticle) -> str:
    of_lcd = f", LCD {', '.join(one.lcds)}" if one.lcds else ""
    until = f" to {one.effective_to}" if one.effective_to else " on"
    where = f"; {', '.join(one.contractors)}" if one.contractors else ""
    states = f" ({', '.join(one.states)})" if one.states else ""
    return f"{one.article}{of_lcd}: {one.title} ({_ROLES[one.role]}; from {one.effective_from}{until}{where}{states})"


def _sources(articles: Iterable[lookup.CoverageArticle], dated: Dated) -> tuple[Source, ...]:
    assert dated.edition
    name = dated.edition.name
    return once(Source(f"{name} Article {one.article}") for one in articles) or (Source(name),)
