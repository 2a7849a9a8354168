"""The Medicare coverage articles that name a code, as its page shows them."""

from itertools import groupby
from typing import NamedTuple

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.gateway.web.sections.place import Place
from services.gateway.web.sections.sources import Stated, dates, stated

# In the order of the page: how an article names the code.
_ROLES = {
    lookup.COVERAGE_ROLE_PROCEDURE: "Articles about this procedure",
    lookup.COVERAGE_ROLE_COVERED_DIAGNOSIS: "Supports medical necessity",
    lookup.COVERAGE_ROLE_NONCOVERED_DIAGNOSIS: "Does not support medical necessity",
}
# The articles of a role are folded beyond these.
_SHOWN = 15


class Article(NamedTuple):
    """One article; `groups` are those of its lists that name the code."""

    id: str
    title: str
    href: str
    lcds: str
    contractors: str
    states: str
    groups: str
    dates: str
    diagnoses: str


class Role(NamedTuple):
    """The articles that name the code in one way, of which the first are shown and the rest is folded."""

    title: str
    total: int
    first: list[Article]
    rest: list[Article]


class Coverage(NamedTuple):
    """The section."""

    source: Stated
    roles: list[Role]


def coverage(found: lookup.Coverage, _: Place) -> Coverage:
    """Return the section as its template shows it."""
    order = list(_ROLES)
    by_role = groupby(sorted(found.articles, key=lambda one: order.index(one.role)), key=lambda one: one.role)
    roles = []
    for role, group in by_role:
        articles = [_article(one) for one in group]
        roles.append(Role(_ROLES[role], len(articles), articles[:_SHOWN], articles[_SHOWN:]))
    return Coverage(stated(found.status, "No article that is in force names this code."), roles)


def _article(one: lookup.CoverageArticle) -> Article:
    listed = (("supporting", one.covered_diagnoses), ("not supporting", one.noncovered_diagnoses))
    return Article(
        id=one.article,
        title=one.title,
        href=one.url,
        lcds=", ".join(one.lcds),
        contractors=", ".join(one.contractors),
        states=", ".join(one.states),
        groups=", ".join(map(str, one.groups)),
        dates=dates(one.effective_from, one.effective_to),
        diagnoses=", ".join(f"{count:,} {what}" for what, count in listed if count),
    )
