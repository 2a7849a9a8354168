"""The edits of a code, over real connections, with stand-ins for lookup and quota."""

import httpx
import pytest
from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.gateway.api import plain
from tests.integration.gateway_stack import Gateway

PATH = "/codes/cpt/99213/edits"
REST = "/api/v1/codes/cpt/99213/edits"
STATUS = lookup.SourceStatus(
    availability=lookup.AVAILABILITY_AVAILABLE,
    release=lookup.SourceRelease(
        name="NCCI PTP practitioner 2026Q1", effective_from="2026-01-01", effective_to="2026-03-31", in_force=True
    ),
)


class Edits:
    """Answers two edits on two pages."""

    def __init__(self) -> None:
        self.asked: list[lookup.ListEditsRequest] = []

    def __call__(self, request: lookup.ListEditsRequest) -> lookup.ListEditsResponse:
        self.asked.append(request)
        other = "36415" if request.page_token else "G0101"
        columns = (request.code, other) if request.column == 1 else (other, request.code)
        edit = lookup.PtpEdit(
            column1=columns[0],
            column2=columns[1],
            effective_from="2020-01-01",
            modifier_indicator=lookup.MODIFIER_INDICATOR_NOT_ALLOWED,
            rationale="Standards of practice",
        )
        return lookup.ListEditsResponse(
            status=STATUS,
            edits=[edit],
            total=1234,
            next_page_token="" if request.page_token else "more",
            system=lookup.CODE_SYSTEM_CPT,
            code=request.code,
        )


@pytest.fixture
def edits(gateway: Gateway) -> Edits:
    gateway.lookup.edits = edits = Edits()
    return edits


@pytest.fixture
def key(gateway: Gateway) -> dict[str, str]:
    secret = gateway.accounts.add_key(gateway.accounts.add_member("program@example.org"), "pages")
    return {"authorization": f"Bearer {secret}"}


def charged(gateway: Gateway) -> list[str]:
    return [request.page for request in gateway.quota.asked]


async def test_an_edit_is_told_with_the_other_code_in_words(edits: Edits, member: httpx.AsyncClient) -> None:
    page = (await member.get(f"{PATH}?effective_on=2026-02-01")).text

    assert "Practitioner, column 1: 1,234 edits in force. The other code is not paid beside 99213." in page
    assert 'href="/codes/hcpcs/G0101?effective_on=2026-02-01">G0101</a>' in page
    assert "0: no modifier bypasses it" in page
    assert "from 1 Jan 2020" in page
    assert "Standards of practice" in page
    assert "Source: NCCI PTP practitioner 2026Q1, for dates of service 1 Jan 2026 to 31 Mar 2026" in page
    assert 'href="/check?codes=99213%2CG0101&amp;effective_on=2026-02-01">Check' in page


async def test_the_list_goes_on_with_what_was_chosen(edits: Edits, member: httpx.AsyncClient) -> None:
    page = await member.get(f"{PATH}?setting=hospital&column=2&effective_on=2026-02-01")
    following = "setting=hospital&amp;column=2&amp;page_token=more&amp;effective_on=2026-02-01"
    last = await member.get(f"{PATH}?{following.replace('&amp;', '&')}")

    assert f'href="{PATH}?{following}">More edits</a>' in page.text
    assert "99213 is not paid beside the other code." in page.text
    assert "36415" in last.text
    assert "More edits" not in last.text
    assert "First page" in last.text
    assert [(one.setting, one.column, one.page_token) for one in edits.asked] == [
        (lookup.SETTING_HOSPITAL, 2, ""),
        (lookup.SETTING_HOSPITAL, 2, "more"),
    ]


async def test_the_view_of_the_code_pays_for_its_edits(
    gateway: Gateway, edits: Edits, member: httpx.AsyncClient
) -> None:
    await member.get("/codes/cpt/99213")
    page = await member.get(PATH)

    assert "4 code page views remaining" in page.text
    assert charged(gateway) == ["cpt:99213", "cpt:99213"]


async def test_a_source_without_edits_says_so_and_costs_nothing(gateway: Gateway, member: httpx.AsyncClient) -> None:
    page = await member.get(PATH)

    assert page.status_code == 200
    assert "The source is not loaded: nothing is known." in page.text
    assert "edits in force" not in page.text
    assert charged(gateway) == []


async def test_the_wall_stands_before_edits_too(gateway: Gateway, edits: Edits, member: httpx.AsyncClient) -> None:
    gateway.quota.member_limit = 0
    page = await member.get(PATH)

    assert page.status_code == 429
    assert "G0101" not in page.text


async def test_a_guest_is_invited_and_lookup_is_not_asked_for_edits(gateway: Gateway, edits: Edits) -> None:
    async with gateway.browser() as guest:
        page = await guest.get(PATH)
    rest = await gateway.http.get(REST)

    assert "Register to view content" in page.text
    assert (rest.status_code, rest.json()["reason"]) == (403, "PLAN_NOT_PERMITTED")
    assert (edits.asked, charged(gateway)) == ([], [])


@pytest.mark.parametrize("query", ["column=3", "column=x", "setting=hospice"])
async def test_a_list_that_there_is_not_is_refused(edits: Edits, member: httpx.AsyncClient, query: str) -> None:
    page = await member.get(f"{PATH}?{query}")

    assert page.status_code == 400
    assert edits.asked == []


async def test_rest_lists_what_the_reference_says(gateway: Gateway, edits: Edits, key: dict[str, str]) -> None:
    answer = await gateway.http.get(f"{REST}?setting=hospital&column=2&page_size=1", headers=key)

    plain.model(lookup.ListEditsResponse.DESCRIPTOR).model_validate_json(answer.content, strict=True)
    assert answer.json()["edits"][0]["column1"] == "G0101"
    assert answer.json()["next_page_token"] == "more"
    assert answer.headers["x-ratelimit-remaining"] == "4"
    assert (edits.asked[0].page_size, charged(gateway)) == (1, ["cpt:99213"])
