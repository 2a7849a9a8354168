"""Coverage against what is at hand of the Medicare Coverage Database: its list of documents, and one article.

The bulk tables are not: they are written here from the list and the article.
"""

import csv
import json
from datetime import date
from pathlib import Path

import pytest

from services.lookup.codes.notation import compact
from services.lookup.coverage.model import Article, ArticleKey, Role
from services.lookup.facts.edition import FactEdition, Told
from services.lookup.index.coverage import ARTICLES, ARTICLES_ID, CODE_COVERAGE
from services.lookup.sources.coverage import read_coverage
from services.lookup.sources.files import Kind, SourceFile

DATA = Path(__file__).parents[3] / "shared" / "data" / "coverage"
LIST = DATA / "lcd_article_document_list_2025-08.csv"
SAMPLE = DATA / "lcd_L33577_article_A56781_sample.json"
# The last document of the list was updated on the 8th.
DAY = date(2025, 8, 9)
SAMPLED = ArticleKey(56781, 34)

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"the official files are not in {DATA}")


@pytest.fixture(scope="module")
def listed() -> list[dict[str, str]]:
    with LIST.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["document_type"] == "Article"]


@pytest.fixture(scope="module")
def sampled() -> list[str]:
    (policy,) = json.loads(SAMPLE.read_text())["policies"]
    (article,) = policy["associated_documents"]["related_local_coverage_documents"]
    return [entry["code"] for entry in article["article_content"]["Group 1 Paragraph"]["codes"]]


@pytest.fixture(scope="module")
def edition(listed: list[dict[str, str]], sampled: list[str], tmp_path_factory: pytest.TempPathFactory) -> FactEdition:
    key = ["article_id", "article_version"]
    contractor = ["contractor_id", "contractor_type_id", "contractor_version"]
    dates = ["article_pub_date", "article_eff_date", "article_end_date", "article_rev_end_date", "date_retired"]
    tables = {
        "article": [
            [*key, "title", "status", *dates],
            *(
                [
                    *(row["document_id"], row["document_version"], row["title"]),
                    "R" if row["note"] == "Retired" else "A",
                    *("", row["effective_date"], "", "", row["retirement_date"]),
                ]
                for row in listed
            ),
        ],
        "article_x_hcpc_code": [[*key, "hcpc_code_id", "hcpc_code_group"]],
        "article_x_icd10_covered": [
            [*key, "icd10_code_id", "icd10_covered_group"],
            *([*map(str, SAMPLED), code, "1"] for code in sampled),
        ],
        "article_x_icd10_noncovered": [[*key, "icd10_code_id", "icd10_noncovered_group"]],
        "article_related_documents": [[*key, "r_lcd_id"], [*map(str, SAMPLED), "33577"]],
        "article_x_contractor": [[*key, *contractor]],
        "article_x_primary_jurisdiction": [[*key, "state_id"]],
        "contractor": [[*contractor, "contractor_bus_name"]],
        "contractor_type_lookup": [["contractor_type_id", "description"]],
        "contractor_jurisdiction": [[*contractor, "state_id", "term_date"]],
        "state_lookup": [["state_id", "state_abbrev", "description"]],
    }
    folder, files = tmp_path_factory.mktemp("coverage"), []
    for name, rows in tables.items():
        path = folder / f"{name}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
        files.append(SourceFile(Kind.COVERAGE, path))
    (read,) = read_coverage(files, Told(edition="2025-08", effective_from=DAY))
    return read


@pytest.fixture(scope="module")
def articles(edition: FactEdition) -> dict[ArticleKey, Article]:
    return dict(ARTICLES.read(ARTICLES_ID, dict(edition.documents)[ARTICLES_ID]))


def test_each_listed_version_is_an_article_with_its_page(
    listed: list[dict[str, str]], articles: dict[ArticleKey, Article]
) -> None:
    assert {(article.id, str(article.version), article.url) for article in articles.values()} == {
        (row["document_display_id"], row["document_version"], row["url"]) for row in listed
    }


def test_what_is_listed_as_retired_or_to_come_does_not_apply(
    listed: list[dict[str, str]], articles: dict[ArticleKey, Article]
) -> None:
    for row in listed:
        article = articles[ArticleKey(int(row["document_id"]), int(row["document_version"]))]
        month, day, year = map(int, row["effective_date"].split("/"))
        begun = date(year, month, day) <= DAY

        assert article.in_force(DAY) == (begun and row["note"] != "Retired"), row


def test_the_article_names_its_diagnoses(
    edition: FactEdition, sampled: list[str], articles: dict[ArticleKey, Article]
) -> None:
    documents = dict(edition.documents)

    for code in sampled:
        coverage = CODE_COVERAGE.read("", documents[f"icd10:{compact(code)}"])
        assert coverage.groups == {Role.COVERED_DIAGNOSIS: {SAMPLED: (1,)}}
    assert articles[SAMPLED].covered == edition.codes == len(set(sampled))
    assert articles[SAMPLED].lcds == ("L33577",)
