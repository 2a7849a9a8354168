"""In which hierarchical condition categories (HCC) a diagnosis is: whether it risk adjusts."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.assistant.answer import Answer, Source, Verdict, clarification, once
from services.assistant.composing.parts import (
    bold,
    bullets,
    combined,
    covering,
    find_all,
    joined,
    named,
    no_data,
    paragraphs,
    readable,
    source_of,
    unknown,
    with_remark,
    yes_or_no,
)
from services.assistant.editions import Dated
from services.assistant.question import Dates, Question
from services.assistant.tools import Found, Tools

_CM = lookup.CODE_SYSTEM_ICD10CM
# The date of a service, or of the record of one: "a 2025 note".
_SERVICE_DATE = re.compile(
    r"\b(?:dates? of service|dos|(?:19|20)\d\d (?:\w+ )?(?:notes?|charts?|visits?|encounters?|records?|claims?|"
    r"progress)|"
    r"(?:notes?|charts?|visits?|encounters?|records?|seen|documented|charted) (?:is |was |dated )?(?:from |in |"
    r"of )?(?:19|20)\d\d)\b",
    re.IGNORECASE,
)
_VERSION = re.compile(r"\bv\s?(\d{2})\b", re.IGNORECASE)
# "That is V24, what is it now": the newest is asked for beside the one that is told.
_NOW = re.compile(
    r"\bwhat(?:'?s| is| would)? (?:it|that|the \w+)(?: be)? (?:now|today|currently|these days)\b", re.IGNORECASE
)
# "HCC, and RxHCC".
_PART_C = re.compile(
    r"\bpart c\b|(?<!\brx[ -])(?<!\bpart d )\bhccs?\b(?=.*\brx)|\brx.*[ -](?<!\brx[ -])hccs?\b", re.IGNORECASE
)
_SAME = re.compile(r"\b(?:same|share|shares|identical)\b", re.IGNORECASE)
# The model, not the disease.
_ESRD = re.compile(r"\besrd\s+(?:cms-)?(?:hcc|model|v\s?\d)|\bhcc\s+esrd\b", re.IGNORECASE)
_CATEGORY = re.compile(r"\bhcc\s*#?(\d{1,3})\b", re.IGNORECASE)
_RX = re.compile(r"\brx\s?-?hcc\b|\bpart d\b|\bprescription\b", re.IGNORECASE)
# A diagnosis that every risk adjustment model has a category for: the models of an edition are seen by it.
_IN_ALL_MODELS = "B20"
_DECEMBER = 12


async def hcc(question: Question, tools: Tools) -> Answer:
    """Say in which hierarchical condition categories diagnoses are, by risk adjustment model."""
    if not question.codes:
        of_category = _CATEGORY.search(question.text) is not None
        by_code = "Condition categories (HCC) are looked up by a diagnosis, not by their number. " * of_category
        return clarification(f"{by_code}Of which diagnosis should the HCC be shown?")
    found = await find_all(question, tools)
    answer = combined([await _hcc(one, question, tools) for one in found])
    entries = [one.entry for one in found if one.entry and one.system == _CM]
    if len(entries) < max(len(found), 2) or not _SAME.search(question.text) or answer.verdict is Verdict.NO_DATA:
        return answer
    text, verdict = await _alike(entries, question, tools)
    return replace(answer, body=paragraphs(text, answer.body), verdict=verdict if question.binary else None)


async def _alike(entries: Sequence[lookup.Entry], question: Question, tools: Tools) -> tuple[str, Verdict]:
    """Say in which models several diagnoses are in the same categories; the newest decides."""
    asked = readable(tools.on(lookup.FACT_SOURCE_CMS_HCC, _service_dates(question)), tools.on_system(_CM, None))
    named_model = _models_asked(question.text)
    models = [one for one in await _models(asked, tools) if named_model is None or named_model(one)]
    pages = [await tools.page(_CM, one.code, asked, lookup.PAGE_SECTION_CROSSWALKS) for one in entries]
    every = [{(one.model, one.category) for one in page.crosswalks.hcc.categories} for page in pages]
    differing = [model for model in models if len({frozenset(c for m, c in one if m == model) for one in every}) > 1]
    alike = [model for model in models if model not in differing]
    text = f"The same categories in {joined(alike)}." if alike else ""
    text += f" Not the same in {joined(differing)}." if differing else ""
    return text.strip(), yes_or_no((_newest(models) or models[0]) in alike)


async def _hcc(found: Found, question: Question, tools: Tools) -> Answer:
    dated = tools.on(lookup.FACT_SOURCE_CMS_HCC, _service_dates(question))
    if dated.edition is None:
        return no_data(dated, f"The HCC of **{found.code.text}**")
    if found.system != _CM:
        text = f"{bold(found.code.text)} is no ICD-10-CM diagnosis: condition categories (HCC) are of diagnoses."
        return Answer(text, Verdict.NO if question.binary else None, source_of(dated))
    book = tools.on_system(_CM, None)
    asked = readable(dated, book)
    entry = (await tools.entries(_CM, [found.code.text], asked)).get(found.code.text)
    if entry is None:
        return await unknown(
            Found(found.code, replace(book, on=asked.on, edition=covering(book, asked.on)), None, _CM),
            tools,
            Verdict.NO if question.binary else None,
        )
    page = await tools.page(_CM, entry.code, asked, lookup.PAGE_SECTION_CROSSWALKS)
    in_models = page.crosswalks.hcc.categories
    asked_models = _models_asked(question.text)
    models = [one for one in await _models(asked, tools) if asked_models is None or asked_models(one)]
    categories = [one for one in in_models if asked_models is None or asked_models(one.model)]
    if asked_models is not None and not models:
        every = joined(await _models(asked, tools))
        text = f"The model that is asked for is not in {dated.edition.name}, which has {every}."
        return Answer(text, Verdict.NO_DATA, source_of(dated), named(entry))
    numbers = {number.lstrip("0") for number in _CATEGORY.findall(question.text)}
    verdict = _adjusts(categories, models, asked_models is not None, numbers)
    body = paragraphs(
        _first(entry, categories, models, verdict, numbers),
        bullets(_line(one) for one in categories),
        _without(categories, models),
        _period(dated),
    )
    sources = _sources(dated, [one.model for one in categories] or models)
    return Answer(with_remark(body, dated), verdict if question.binary else None, sources, named(entry))


def _service_dates(question: Question) -> Dates | None:
    """Return the dates of service that are asked: a whole year is a payment year, and means those of the one before."""
    dates = question.dates
    if dates is None or _SERVICE_DATE.search(question.text):
        return dates
    whole = (dates.first.month, dates.first.day) == (1, 1) and (dates.last.month, dates.last.day) == (_DECEMBER, 31)
    if not whole or dates.first.year != dates.last.year:
        return dates
    year = dates.first.year - 1
    return Dates(date(year, 1, 1), date(year, _DECEMBER, 31), dates.written)


def _models_asked(text: str) -> Callable[[str], bool] | None:
    """Return what tells the models that a question names, None when it names none."""
    versions = [f"V{version}" for version in _VERSION.findall(text)]
    esrd, rx = bool(_ESRD.search(text)), bool(_RX.search(text))
    if rx and _PART_C.search(text):
        return None
    if _NOW.search(text):
        return None
    if not versions and not esrd and not rx:
        return None

    def named_model(model: str) -> bool:
        if rx and model.startswith("RxHCC"):
            return True
        if versions and not any(model.endswith(one) for one in versions):
            return False
        if esrd:
            return "ESRD" in model
        return bool(versions) and "ESRD" not in model

    return named_model


async def _models(dated: Dated, tools: Tools) -> list[str]:
    """Return the models that an edition has."""
    page = await tools.page(_CM, _IN_ALL_MODELS, dated, lookup.PAGE_SECTION_CROSSWALKS)
    return list(dict.fromkeys(one.model for one in page.crosswalks.hcc.categories))


def _adjusts(
    categories: Sequence[lookup.HccCategory], models: Sequence[str], asked: bool, numbers: set[str]
) -> Verdict:
    """Return whether a diagnosis is in a category of the models that are asked for, in one of some numbers if any.

    Of several, or when none is named, the newest of Medicare Advantage decides: it is what pays for most.
    """
    if numbers:
        return yes_or_no(any(one.category in numbers for one in categories))
    newest = _newest(models)
    if asked and not newest:
        return yes_or_no(bool(categories))
    return yes_or_no(any(one.model == newest for one in categories))


def _newest(models: Sequence[str]) -> str:
    part_c = [one for one in models if one.startswith("CMS-HCC V")]
    return max(part_c, default="")


def _first(
    entry: lookup.Entry,
    categories: Sequence[lookup.HccCategory],
    models: Sequence[str],
    verdict: Verdict,
    numbers: set[str],
) -> str:
    title = bold(entry.code, entry.title)
    if not entry.billable:
        return f"{title} is a header: condition categories (HCC) are given to codes that are valid for submission."
    if numbers and not any(one.category in numbers for one in categories):
        asked = joined([f"HCC {number}" for number in sorted(numbers)], "or")
        return f"{title} is not in {asked} of {joined(models, 'or')}{'; its categories:' if categories else '.'}"
    if not categories:
        return f"{title} is in no condition category (HCC) of {joined(models, 'or')}: it does not risk adjust there."
    newest = _newest(models)
    if verdict is Verdict.NO and not any(one.model == newest for one in categories) and newest in models:
        return f"{title} is in no condition category (HCC) of {newest}, but in these of other models:"
    return f"{title} is in these condition categories (HCC), and risk adjusts there:"


def _line(category: lookup.HccCategory) -> str:
    prefix = "RxHCC" if category.model.startswith("RxHCC") else "HCC"
    return f"{category.model}: **{prefix} {category.category}** {category.title}".rstrip()


def _without(categories: Sequence[lookup.HccCategory], models: Sequence[str]) -> str:
    """Return the models in which a diagnosis that is in others has no category."""
    having = {one.model for one in categories}
    lacking = [one for one in models if one not in having]
    return f"No category in {joined(lacking)}." if categories and lacking else ""


def _period(dated: Dated) -> str:
    assert dated.edition
    return (
        f"{dated.edition.name} is for the payment year; its dates of service are "
        f"{dated.edition.first.isoformat()} to {dated.edition.last.isoformat()}."
    )


def _sources(dated: Dated, models: Iterable[str]) -> tuple[Source, ...]:
    """Return the models of an edition as they are cited, with its payment year: "CMS-HCC V28 2026"."""
    assert dated.edition
    year = dated.edition.name.rpartition("PY")[2]
    return once(Source(f"{model} {year}") for model in models)
