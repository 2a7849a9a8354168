"""What Medicare pays, over real connections, with stand-ins for lookup and quota."""

from collections.abc import AsyncIterator

import httpx
import pytest
from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.gateway.api import plain
from services.runtime.errors import invalid
from tests.integration.gateway_stack import Gateway, running

PATH = "/codes/cpt/99213/fees"
REST = "/api/v1/codes/cpt/99213/fees"
RVU = lookup.SourceStatus(
    availability=lookup.AVAILABILITY_AVAILABLE,
    release=lookup.SourceRelease(
        name="MPFS RVU 2026", effective_from="2026-01-01", effective_to="2026-12-31", in_force=True
    ),
)
ALABAMA = lookup.Locality(
    locality="10112-00", name="Statewide", state="AL", work_gpci="1.000", pe_gpci="0.869", mp_gpci="0.575"
)
ROW = lookup.FeeRow(
    status=lookup.FeeIndicator(name="status", value="A", meaning="Active: paid separately if covered."),
    work_rvu="1.30",
    non_facility_pe_rvu="1.33",
    facility_pe_rvu="0.56",
    mp_rvu="0.10",
)


def paid(request: lookup.GetFeesRequest) -> lookup.GetFeesResponse:
    """Answer as lookup does for 99213 in Alabama, with modifier 80 and two units."""
    if request.modifiers == ["26", "TC"]:
        raise invalid("modifiers", "expected at most one of 26, TC")
    steps = [
        lookup.PaymentStep(cause="80", factor="0.16", reason="16 % for an assistant."),
        lookup.PaymentStep(cause="units", factor="2", reason="2 units of service."),
    ]
    payment = lookup.Payment(conversion_factor="33.2875", base="83.66", steps=steps, amount="26.78")
    return lookup.GetFeesResponse(
        system=lookup.CODE_SYSTEM_CPT,
        code=request.code,
        rvu=RVU,
        gpci=RVU,
        row=ROW,
        locality=ALABAMA,
        payments=[payment],
    )


@pytest.fixture
async def gateway() -> AsyncIterator[Gateway]:
    async with running() as gateway:
        gateway.lookup.fees = paid
        gateway.lookup.localities.localities.append(ALABAMA)
        gateway.lookup.localities.localities.add(locality="02102-01", name="Alaska", state="AK")
        yield gateway


@pytest.fixture
def key(gateway: Gateway) -> dict[str, str]:
    secret = gateway.accounts.add_key(gateway.accounts.add_member("program@example.org"), "pages", "codes")
    return {"authorization": f"Bearer {secret}"}


def charged(gateway: Gateway) -> list[str]:
    return [request.page for request in gateway.quota.asked]


def row_of(page: str, label: str) -> list[str]:
    """Return the cells of the row of a calculation."""
    row = page[page.index(f">{label}") :].partition("</tr>")[0]
    return [cell.partition("</td>")[0] for cell in row.split("<td>")[1:]]


async def test_a_payment_is_written_out_as_a_calculation(gateway: Gateway, member: httpx.AsyncClient) -> None:
    page = (await member.get(f"{PATH}?locality=10112-00&modifiers=80&units=2")).text

    assert row_of(page, "Work<") == ["1.30", "× 1.000", "1.30000"]
    assert row_of(page, "Practice expense<") == ["1.33", "× 0.869", "1.15577"]
    assert row_of(page, "Malpractice<") == ["0.10", "× 0.575", "0.05750"]
    assert row_of(page, "Total<")[-1] == "2.51327"
    assert row_of(page, "Conversion factor<") == ["2.51327", "× 33.2875", "$83.66"]
    assert row_of(page, "Modifier 80 ") == ["× 0.16", "$13.39"]
    assert row_of(page, "Units ") == ["× 2", "$26.78"]
    assert row_of(page, "Amount<")[-1] == "$26.78"
    assert "16 % for an assistant." in page
    assert "Status <strong>A</strong>: Active: paid separately if covered." in page
    assert "Source: MPFS RVU 2026, for dates of service 1 Jan 2026 to 31 Dec 2026" in page


async def test_the_form_keeps_what_was_chosen_and_works_by_itself(gateway: Gateway, member: httpx.AsyncClient) -> None:
    page = (
        await member.get(f"{PATH}?locality=10112-00&place_of_service=11&modifiers=80&units=2&effective_on=2026-02-01")
    ).text

    assert '<option value="10112-00" selected>' in page
    assert '<optgroup label="AK">' in page
    assert 'name="place_of_service" value="11"' in page
    assert 'name="effective_on" type="date" value="2026-02-01"' in page


async def test_the_view_of_the_code_pays_for_its_payments(gateway: Gateway, member: httpx.AsyncClient) -> None:
    opened = await member.get("/codes/cpt/99213")
    page = await member.get(PATH)

    assert (opened.status_code, page.status_code) == (200, 200)
    assert "4 code page views remaining" in page.text
    assert charged(gateway) == ["cpt:99213", "cpt:99213"]


async def test_an_answer_that_shows_nothing_is_not_charged(gateway: Gateway, member: httpx.AsyncClient) -> None:
    def nothing(request: lookup.GetFeesRequest) -> lookup.GetFeesResponse:
        status = lookup.SourceStatus(availability=lookup.AVAILABILITY_NOT_LOADED, missing="MPFS RVU is not loaded.")
        return lookup.GetFeesResponse(system=lookup.CODE_SYSTEM_CPT, code=request.code, rvu=status, gpci=status)

    gateway.lookup.fees = nothing
    page = await member.get(PATH)

    assert page.status_code == 200
    assert "MPFS RVU is not loaded." in page.text
    assert charged(gateway) == []


async def test_why_nothing_is_paid_is_told(gateway: Gateway, member: httpx.AsyncClient) -> None:
    def not_payable(request: lookup.GetFeesRequest) -> lookup.GetFeesResponse:
        answer = paid(request)
        del answer.payments[:]
        answer.not_payable = "Status B: bundled."
        return answer

    gateway.lookup.fees = not_payable
    page = (await member.get(PATH)).text

    assert "Nothing is paid. Status B: bundled." in page
    assert "Conversion factor" not in page


async def test_the_wall_stands_before_payments_too(gateway: Gateway, member: httpx.AsyncClient) -> None:
    gateway.quota.member_limit = 0
    page = await member.get(PATH)

    assert page.status_code == 429
    assert "Member accounts are limited to 0 page views." in page.text
    assert "83.66" not in page.text


async def test_a_guest_is_invited_and_lookup_is_not_asked_for_payments(gateway: Gateway) -> None:
    gateway.lookup.fees = lambda _: pytest.fail("asked")
    async with gateway.browser() as guest:
        page = await guest.get(PATH)
    rest = await gateway.http.get(REST)

    assert page.status_code == 200
    assert "Register to view content" in page.text
    assert (rest.status_code, rest.json()["reason"]) == (403, "PLAN_NOT_PERMITTED")
    assert charged(gateway) == []


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("modifiers=26+TC", "Expected at most one of 26, TC."),
        ("units=0", "Expected 1 to 9999."),
        ("units=x", "Expected"),
    ],
)
async def test_what_is_not_accepted_is_told_beside_its_field_and_costs_nothing(
    gateway: Gateway, member: httpx.AsyncClient, typed: str, message: str
) -> None:
    page = await member.get(f"{PATH}?{typed}")

    assert page.status_code == 400
    assert message in page.text
    assert 'aria-invalid="true"' in page.text
    assert charged(gateway) == []


async def test_only_procedures_have_payments(gateway: Gateway, member: httpx.AsyncClient, key: dict[str, str]) -> None:
    page = await member.get("/codes/icd10cm/E11.9/fees")
    rest = [
        await gateway.http.get(f"/api/v1/codes/{path}/fees", headers=key) for path in ("icd10cm/E11.9", "hcpcs/99213")
    ]

    assert page.status_code == 400
    assert [(answer.status_code, answer.json()["reason"]) for answer in rest] == [(400, "INVALID_ARGUMENT")] * 2


async def test_looking_at_the_head_of_a_payment_costs_no_view(gateway: Gateway, member: httpx.AsyncClient) -> None:
    head = await member.head(PATH)

    assert head.status_code == 200
    assert charged(gateway) == []


async def test_rest_answers_what_the_reference_says(gateway: Gateway, key: dict[str, str]) -> None:
    answer = await gateway.http.get(f"{REST}?locality=10112-00&modifier=80&units=2", headers=key)
    places = await gateway.http.get("/api/v1/localities")

    plain.model(lookup.GetFeesResponse.DESCRIPTOR).model_validate_json(answer.content, strict=True)
    plain.model(lookup.ListLocalitiesResponse.DESCRIPTOR).model_validate_json(places.content, strict=True)
    assert answer.json()["payments"][0]["amount"] == "26.78"
    assert answer.headers["x-ratelimit-remaining"] == "4"
    assert [one["locality"] for one in places.json()["localities"]] == ["10112-00", "02102-01"]


async def test_rest_is_denied_at_the_limit(gateway: Gateway, key: dict[str, str]) -> None:
    gateway.quota.member_limit = 0
    answer = await gateway.http.get(REST, headers=key)

    assert (answer.status_code, answer.json()["reason"]) == (429, "VIEW_LIMIT_REACHED")
