"""Coverage as messages of the contract."""

from datetime import date

from codingahead.lookup.v1 import lookup_pb2 as pb

from services.lookup.codes.model import System
from services.lookup.coverage.model import Article, Role
from services.lookup.facts.kinds import Answers
from services.lookup.index.coverage import ARTICLES, ARTICLES_ID, CODE_COVERAGE, coverage_id
from services.lookup.messages.sources import status
from services.lookup.releases import bound

_ROLES = {
    Role.PROCEDURE: pb.COVERAGE_ROLE_PROCEDURE,
    Role.COVERED_DIAGNOSIS: pb.COVERAGE_ROLE_COVERED_DIAGNOSIS,
    Role.NONCOVERED_DIAGNOSIS: pb.COVERAGE_ROLE_NONCOVERED_DIAGNOSIS,
}


def coverage(system: System, code: str, answers: Answers, day: date) -> pb.Coverage:
    """Return the articles that name a code and apply to a date of service, by contractor."""
    found, articles = answers.get(CODE_COVERAGE, coverage_id(system, code)), answers.get(ARTICLES, ARTICLES_ID)
    message = pb.Coverage(status=status(found))
    if found.fact and articles.fact:
        named = sorted(
            found.fact.in_force(articles.fact, day),
            key=lambda one: (one[0].contractors, one[0].title, one[0].number, one[1]),
        )
        message.articles.extend(_article(*one) for one in named)
        if not named:
            message.status.availability = pb.AVAILABILITY_NONE
    message.availability = message.status.availability
    return message


def _article(article: Article, role: Role, groups: tuple[int, ...]) -> pb.CoverageArticle:
    return pb.CoverageArticle(
        article=article.id,
        title=article.title,
        version=article.version,
        lcds=article.lcds,
        contractors=article.contractors,
        states=article.states,
        effective_from=bound(article.effective_from),
        effective_to=bound(article.effective_to),
        role=_ROLES[role],
        groups=[group for group in groups if group],
        url=article.url,
    )
