"""What a coder finds in the full release, as typed and as submitted."""

import httpx
import pytest

from tests.e2e.product import Product


async def found(product: Product, query: str, **params: str) -> list[str]:
    async with httpx.AsyncClient(base_url=product.web) as http:
        answer = await http.get("/api/v1/search", params={"query": query, **params})
    assert answer.status_code == 200, answer.text
    return [hit["entry"]["code"] for hit in answer.json()["hits"]]


@pytest.mark.parametrize(
    ("query", "code", "within"),
    [
        ("type 2 diabetes", "E11.9", 2),
        ("diabetes type 2", "E11.9", 2),
        ("pneumonia", "J18.9", 2),
        ("htn", "I10", 1),
        ("heart attack", "I21.9", 1),
        ("left knee pain", "M25.562", 1),
        ("R knee pain", "M25.561", 1),
        ("ckd stage 4", "N18.4", 1),
        ("diabetic foot ulcer", "E11.621", 1),
        ("kidney stone", "N20.0", 1),
        ("oesophageal reflux", "K21.9", 3),
        ("E119", "E11.9", 1),
        ("e11.9", "E11.9", 1),
        ("s52501a", "S52.501A", 1),
        ("E10-E14", "E10", 1),
    ],
)
async def test_a_submitted_search_finds(product: Product, query: str, code: str, within: int) -> None:
    assert code in (await found(product, query))[:within]


@pytest.mark.parametrize(
    ("query", "code"),
    [("diab retin", "E11.31"), ("heart fail", "I50"), ("essential hypert", "I10"), ("migr", "G43"), ("E11.", "E11")],
)
async def test_a_search_that_is_still_typed_finds_first(product: Product, query: str, code: str) -> None:
    assert (await found(product, query, as_typed="true", page_size="8"))[0] == code


async def test_filters_narrow_a_search(product: Product) -> None:
    codes = await found(product, "diabetes", billable="true", chapter="15")

    assert codes
    assert all(code.startswith("O") for code in codes)


async def test_a_misspelt_word_is_corrected_and_said(product: Product) -> None:
    async with httpx.AsyncClient(base_url=product.web) as http:
        answer = (await http.get("/api/v1/search", params={"query": "diabetis"})).json()

    assert answer["corrected_query"] == "diabetes"
    assert answer["hits"][0]["entry"]["code"].startswith("E1")


async def test_pages_follow_each_other_without_gap_or_repeat(product: Product) -> None:
    async with httpx.AsyncClient(base_url=product.web) as http:
        codes: list[str] = []
        token = ""
        for _ in range(8):
            answer = (
                await http.get("/api/v1/search", params={"query": "fracture", "page_size": "50", "page_token": token})
            ).json()
            codes += [hit["entry"]["code"] for hit in answer["hits"]]
            token = answer["next_page_token"]

    assert len(codes) == len(set(codes)) == 400
