"""The index of coverage: a document for each code, and one with all articles.

A diagnosis stands in hundreds of articles: what is said of an article is kept once, where every page finds it by the
same id, and a replica that has read it keeps it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from services.lookup.codes.model import System
from services.lookup.codes.notation import compact
from services.lookup.coverage.model import Article, ArticleKey, Articles, CodeCoverage, Role
from services.lookup.facts.edition import Document
from services.lookup.facts.kinds import FactKind, Want
from services.lookup.facts.source import Source

ARTICLES_ID = "articles"

_FAMILIES = {System.CPT: "hcpcs", System.HCPCS: "hcpcs", System.ICD10CM: "icd10"}


def coverage_id(system: System, code: str) -> str:
    """Return the id of the document of a code. CPT is Level I of HCPCS."""
    return f"{_FAMILIES[system]}:{compact(code)}"


def coverage_documents(articles: Iterable[Article], codes: Mapping[str, CodeCoverage]) -> list[Document]:
    """Return the documents of an edition; `codes` is by the id of the document."""
    documents: list[Document] = [(ARTICLES_ID, {_written(_key(article)): _article(article) for article in articles})]
    for id, coverage in codes.items():
        groups = {
            role.value: {_written(key): list(numbers) for key, numbers in named.items()}
            for role, named in coverage.groups.items()
        }
        documents.append((id, groups))
    return documents


def wants(system: System, code: str) -> list[Want]:
    """Return the facts that the coverage of a code is made of; none for a system that articles do not name."""
    if system not in _FAMILIES:
        return []
    return [Want(CODE_COVERAGE, coverage_id(system, code)), Want(ARTICLES, ARTICLES_ID)]


def _article(article: Article) -> dict[str, Any]:
    values = asdict(article)
    del values["number"], values["version"]
    values["effective_from"] = article.effective_from.isoformat()
    values["effective_to"] = article.effective_to.isoformat() if article.effective_to else None
    return values


def _read_articles(_: str, facts: Mapping[str, Any]) -> Articles:
    return {(key := _read_key(written)): _read_article(key, values) for written, values in facts.items()}


def _read_article(key: ArticleKey, values: Mapping[str, Any]) -> Article:
    lists = {field: tuple(values[field]) for field in ("lcds", "contractors", "states")}
    dates = {
        "effective_from": date.fromisoformat(values["effective_from"]),
        "effective_to": date.fromisoformat(values["effective_to"]) if values["effective_to"] else None,
    }
    return Article(**{**values, **lists, **dates}, number=key.number, version=key.version)


def _read_code(_: str, facts: Mapping[str, Any]) -> CodeCoverage:
    return CodeCoverage(
        {
            Role(role): {_read_key(written): tuple(numbers) for written, numbers in named.items()}
            for role, named in facts.items()
        }
    )


def _key(article: Article) -> ArticleKey:
    return ArticleKey(article.number, article.version)


def _written(key: ArticleKey) -> str:
    return f"A{key.number}v{key.version}"


def _read_key(written: str) -> ArticleKey:
    number, version = written[1:].split("v")
    return ArticleKey(int(number), int(version))


ARTICLES = FactKind(Source.COVERAGE, _read_articles)
CODE_COVERAGE = FactKind(Source.COVERAGE, _read_code)
