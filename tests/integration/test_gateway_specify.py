"""From a code to those that are valid for submission, over HTTP, with a stand-in for lookup."""

from collections.abc import AsyncIterator

import pytest
from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.gateway.api import plain
from tests.integration.gateway_stack import Gateway, running


@pytest.fixture
async def gateway() -> AsyncIterator[Gateway]:
    async with running() as gateway:
        yield gateway


async def test_the_open_choice_is_a_list_of_links(gateway: Gateway) -> None:
    page = await gateway.page("/codes/icd10cm/E11/specify?effective_on=2026-05-01")

    assert '<span class="badge header">Not billable</span>' in page
    assert "<details>" not in page
    assert 'href="/codes/icd10cm/E11.9/specify?effective_on=2026-05-01"' in page
    assert ">without &lt;complications&gt;</span></a>" in page
    assert "aria-current" not in page
    assert 'href="/codes/icd10cm/E11?effective_on=2026-05-01">Open code page' in page


async def test_a_choice_that_is_made_is_folded_and_may_be_changed(gateway: Gateway) -> None:
    page = await gateway.page("/codes/icd10cm/E11.9/specify")

    assert "Valid for submission on a claim." in page
    assert 'data-copy="E11.9"' in page
    folded = page[page.index("<details>") : page.index("</details>")]
    assert '<span class="change">Change</span></summary>' in folded
    assert folded.count('aria-current="true"') == 1
    assert 'href="/codes/icd10cm/E11.9/specify" title="Type 2 diabetes mellitus without complications"' in folded
    assert 'href="/codes/icd10cm/E11.8/specify"' in folded


async def test_where_there_is_nothing_to_choose_the_page_says_so(gateway: Gateway) -> None:
    assert "There is nothing to choose." in await gateway.page("/codes/icd10cm/I10/specify")


async def test_the_choices_are_free_and_at_the_address_of_their_code(gateway: Gateway) -> None:
    async with gateway.browser() as browser:
        moved = await browser.get("/codes/icd10cm/e119/specify?effective_on=2026-05-01")
        await browser.get("/codes/icd10cm/E11.9/specify")
        page = await browser.get("/codes/icd10cm/E11.8/specify")

    assert moved.status_code == 308
    assert moved.headers["location"] == "/codes/icd10cm/E11.9/specify?effective_on=2026-05-01"
    assert "1 code page view remaining" in page.text
    assert gateway.quota.asked == []


async def test_an_unknown_code_and_another_system_are_refused(gateway: Gateway) -> None:
    assert "has no such code" in await gateway.page("/codes/icd10cm/Z99.9/specify", 404)
    await gateway.page("/codes/cpt/99213/specify", 400)
    await gateway.page("/codes/nothing/E11/specify", 400)


@pytest.mark.parametrize(("code", "offered"), [("E11", True), ("E11.8", True), ("E11.9", False)])
async def test_the_page_of_a_code_that_says_too_little_leads_to_its_choices(
    gateway: Gateway, code: str, offered: bool
) -> None:
    page = await gateway.page(f"/codes/icd10cm/{code}?effective_on=2026-05-01")

    assert (f'href="/codes/icd10cm/{code}/specify?effective_on=2026-05-01">Make it specific' in page) is offered


async def test_the_choices_over_rest_are_those_of_the_contract(gateway: Gateway) -> None:
    answer = await gateway.http.get("/api/v1/codes/icd10cm/e119/specify")

    plain.model(lookup.SpecifyResponse.DESCRIPTOR).model_validate_json(answer.content, strict=True)
    (choice,) = answer.json()["choices"]
    assert (choice["axis"], choice["above"]["code"]) == ("detail", "E11")
    assert [(one["entry"]["code"], one["chosen"], one["unspecified"]) for one in choice["options"]] == [
        ("E11.8", False, True),
        ("E11.9", True, False),
    ]


async def test_a_bad_date_over_rest_names_its_field(gateway: Gateway) -> None:
    answer = await gateway.http.get("/api/v1/codes/icd10cm/E11/specify", params={"effective_on": "May"})

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "effective_on"
