"""What Medicare contractors (MACs) publish of coverage: billing and coding articles, and the codes they name.

Since 2019 codes stand in articles alone; a local coverage determination (LCD) names the articles that belong to it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple


class Role(StrEnum):
    """How an article names a code: the procedure it is about, or a diagnosis that does or does not support it."""

    PROCEDURE = "procedure"
    COVERED_DIAGNOSIS = "covered"
    NONCOVERED_DIAGNOSIS = "noncovered"


@dataclass(frozen=True, slots=True)
class Article:
    """One version of a billing and coding article.

    `number` is its id without the letter (56781 is A56781), `lcds` are the determinations it belongs to (L33577).
    `effective_to` is the last date of service it applies to, None while it is active. `covered` and `noncovered` are
    how many diagnoses it names in each role.
    """

    number: int
    version: int
    title: str
    lcds: tuple[str, ...]
    contractors: tuple[str, ...]
    states: tuple[str, ...]
    effective_from: date
    effective_to: date | None
    covered: int
    noncovered: int

    @property
    def id(self) -> str:
        """The id as it is cited."""
        return f"A{self.number}"

    @property
    def url(self) -> str:
        """The address of its page in the Medicare Coverage Database."""
        return (
            "https://www.cms.gov/medicare-coverage-database/view/article.aspx"
            f"?articleid={self.number}&ver={self.version}"
        )

    def in_force(self, day: date) -> bool:
        """Whether it applies to a date of service."""
        return self.effective_from <= day and (self.effective_to is None or day <= self.effective_to)


class ArticleKey(NamedTuple):
    """Names one version of an article."""

    number: int
    version: int


# The articles of an edition.
Articles = Mapping[ArticleKey, Article]


@dataclass(frozen=True, slots=True)
class CodeCoverage:
    """Which articles name a code, by role, and in which of their groups of codes; 0 where an article has no groups."""

    groups: Mapping[Role, Mapping[ArticleKey, tuple[int, ...]]]

    def in_force(self, articles: Articles, day: date) -> Iterator[tuple[Article, Role, tuple[int, ...]]]:
        """Yield the articles that apply to a date of service, with the role and the groups of the code."""
        for role, named in self.groups.items():
            for key, groups in named.items():
                if articles[key].in_force(day):
                    yield articles[key], role, groups


def supports(
    procedure: CodeCoverage, diagnosis: CodeCoverage, articles: Articles, day: date
) -> Iterator[tuple[Article, Role]]:
    """Yield the articles on a date of service that are about a procedure and name a diagnosis, with its role.

    An article decides for the states it applies to. The text of its groups may narrow down which diagnosis supports
    which of its procedures: that an article names both is necessary for coverage, and no promise of it.
    """
    about = procedure.groups.get(Role.PROCEDURE, {})
    for article, role, _ in diagnosis.in_force(articles, day):
        if role is not Role.PROCEDURE and ArticleKey(article.number, article.version) in about:
            yield article, role
