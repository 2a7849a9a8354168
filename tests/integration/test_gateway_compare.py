"""Codes side by side, over real connections, with stand-ins for lookup and quota."""

from collections.abc import AsyncIterator

import httpx
import pytest
from codingahead.lookup.v1 import lookup_pb2 as lookup
from pydantic import TypeAdapter

from services.gateway.api.compare import CompareResponse
from tests.integration.gateway_stack import Gateway, running

BOTH = "/compare?codes=E11.8,I10"


@pytest.fixture
async def gateway() -> AsyncIterator[Gateway]:
    async with running(register_views=5) as gateway:
        yield gateway


@pytest.fixture
async def member(gateway: Gateway) -> AsyncIterator[httpx.AsyncClient]:
    session = gateway.accounts.log_in_as(gateway.accounts.add_member())
    async with gateway.browser(session) as browser:
        browser.follow_redirects = True
        yield browser


def charged(gateway: Gateway) -> list[str]:
    return [request.page for request in gateway.quota.asked]


async def test_the_codes_stand_side_by_side_and_each_page_is_one_view(
    gateway: Gateway, member: httpx.AsyncClient
) -> None:
    page = await member.get("/compare?codes=e118, I10&effective_on=2026-05-01")
    again = await member.get("/compare?codes=e118, I10&effective_on=2026-05-01")

    assert page.status_code == again.status_code == 200
    assert 'href="/codes/icd10cm/E11.8?effective_on=2026-05-01">E11.8</a>' in page.text
    assert "Essential (primary) hypertension" in page.text
    assert "gestational diabetes" in page.text
    assert "3 code page views remaining" in again.text
    assert charged(gateway) == ["icd10cm:E11.8", "icd10cm:I10"] * 2
    assert page.headers["cache-control"] == "no-store"


async def test_reading_a_comparison_again_never_asks_for_the_views_it_has_taken(
    gateway: Gateway, member: httpx.AsyncClient
) -> None:
    gateway.quota.member_limit = 3
    page = await member.get(BOTH)
    again = await member.get(str(page.url))

    assert "1 code page view remaining" in again.text
    assert "NCCI" not in again.text
    assert "Side by side" in again.text


async def test_too_few_views_are_told_before_any_is_charged(gateway: Gateway, member: httpx.AsyncClient) -> None:
    gateway.quota.member_limit = 1
    asked = await member.get(BOTH)
    before = charged(gateway)
    shown = await member.get("/compare?codes=E11.8,I10&open=true")

    assert asked.status_code == 429
    assert "Comparing 2 codes takes up to 2 code page views, and you have 1 view left." in asked.text
    assert 'href="/compare?codes=E11.8%2CI10&amp;open=true">Compare anyway</a>' in asked.text
    assert "insulin" not in asked.text
    assert before == []
    assert shown.status_code == 200
    assert "Not shown: I10." in shown.text
    assert "0 code page views remaining." in shown.text
    assert "insulin" in shown.text


async def test_without_any_view_the_wall_is_shown(gateway: Gateway, member: httpx.AsyncClient) -> None:
    gateway.quota.member_limit = 0
    page = await member.get(BOTH)

    assert page.status_code == 429
    assert "Member accounts are limited to 0 page views." in page.text
    assert "The count starts again on" in page.text
    assert "insulin" not in page.text


async def test_a_guest_is_invited_and_pays_nothing(gateway: Gateway) -> None:
    async with gateway.browser() as guest:
        page = await guest.get(BOTH)

    assert page.status_code == 200
    assert "Register to view content" in page.text
    assert "Essential (primary) hypertension" in page.text
    assert "insulin" not in page.text
    assert (charged(gateway), gateway.lookup.pages) == ([], [])


async def test_looking_at_the_head_of_a_comparison_costs_no_view(gateway: Gateway, member: httpx.AsyncClient) -> None:
    head = await member.head("/compare?codes=E11.8,I10&open=true")

    assert head.status_code == 200
    assert charged(gateway) == []


async def test_a_code_of_several_systems_is_refused_with_the_choices(
    gateway: Gateway, member: httpx.AsyncClient
) -> None:
    gateway.lookup.twins = (lookup.CODE_SYSTEM_ICD9CM,)
    page = await member.get("/compare?codes=99213,I10")
    named = await member.get("/compare?codes=99213,icd10cm:I10")

    assert page.status_code == 400
    assert "I10 is a code of 2 systems: write icd10cm:I10 or icd9cm:I10." in page.text
    assert 'href="/compare?codes=99213%2Cicd9cm%3AI10">Compare with icd9cm:I10</a>' in page.text
    assert named.status_code == 200
    assert charged(gateway) == ["cpt:99213", "icd10cm:I10"]


async def test_codes_that_two_systems_write_alike_can_be_compared(gateway: Gateway, member: httpx.AsyncClient) -> None:
    gateway.lookup.twins = (lookup.CODE_SYSTEM_ICD9CM,)
    page = await member.get("/compare?codes=icd9cm:I10,icd10cm:I10,99213")

    assert page.status_code == 200
    assert [one.system for one in gateway.lookup.pages] == [
        lookup.CODE_SYSTEM_ICD9CM,
        lookup.CODE_SYSTEM_ICD10CM,
        lookup.CODE_SYSTEM_CPT,
    ]


@pytest.mark.parametrize(
    ("codes", "message"),
    [
        ("E11.8,Q99.99", "Q99.99 is not found: ICD-10-CM FY2026 has no such code."),
        ("E11.8,12", "12 is not found: ICD-10-CM FY2026 has no such code."),
        ("E11.8,I10,99213,99214,99215,11042", "expected 2 to 5 codes"),
        ("E11.8,loinc:1234", "expected one of icd10cm"),
    ],
)
async def test_codes_that_cannot_be_compared_are_told_beside_the_field(
    gateway: Gateway, member: httpx.AsyncClient, codes: str, message: str
) -> None:
    page = await member.get(f"/compare?codes={codes}")

    assert page.status_code in (400, 404)
    assert message in page.text
    assert charged(gateway) == []


@pytest.mark.parametrize("codes", ["", "E11.8", "E11.8,e118"])
async def test_less_than_two_codes_ask_for_more(gateway: Gateway, member: httpx.AsyncClient, codes: str) -> None:
    page = await member.get(f"/compare?codes={codes}")

    assert page.status_code == 200
    assert ("Add a code to compare with" in page.text) == bool(codes)
    assert charged(gateway) == []


async def test_the_edits_between_procedures_are_those_of_both_settings(
    gateway: Gateway, member: httpx.AsyncClient
) -> None:
    edit = lookup.PtpEdit(
        column1="99214",
        column2="99213",
        effective_from="2020-01-01",
        modifier_indicator=lookup.MODIFIER_INDICATOR_ALLOWED,
        rationale="Misuse of column 2",
    )
    gateway.lookup.findings = [
        lookup.Finding(kind=lookup.FINDING_KIND_MUE, verdict=lookup.VERDICT_PASS, codes=["99213"], message="Units."),
        lookup.Finding(kind=lookup.FINDING_KIND_PTP, codes=["99214", "99213"], ptp=edit, source="NCCI PTP 2026Q1"),
    ]
    page = (await member.get("/compare?code=99213&code=99214&code=I10")).text

    assert page.count("99213 (column 2) is not paid beside 99214 (column 1)") == 2
    assert "1: a modifier may bypass it" in page
    assert "In force from 1 Jan 2020. Misuse of column 2" in page
    assert "NCCI PTP 2026Q1" in page
    assert "Units." not in page
    assert [(claim.setting, [line.code for line in claim.lines]) for claim in gateway.lookup.claims] == [
        (lookup.SETTING_PRACTITIONER, ["99213", "99214"]),
        (lookup.SETTING_HOSPITAL, ["99213", "99214"]),
    ]


async def test_diagnoses_that_exclude_each_other_are_called_out(gateway: Gateway, member: httpx.AsyncClient) -> None:
    note = lookup.Note(kind=lookup.NOTE_KIND_EXCLUDES1, text="essential hypertension (I10-I16)")
    gateway.lookup.facts.notes.groups.add(notes=[note]).entry.code = "E11"
    page = (await member.get("/compare?codes=E11.9,I10")).text

    assert "<strong>E11.9 excludes1 I10</strong>" in page
    assert "“essential hypertension (I10-I16)”, printed under E11." in page


async def test_only_what_differs_can_be_shown(gateway: Gateway, member: httpx.AsyncClient) -> None:
    every = (await member.get("/compare?codes=E11,E11.9&open=true")).text
    differing = (await member.get("/compare?codes=E11,E11.9&open=true&differences=true")).text

    assert ">Billable " in every
    assert ">Code system<" in every
    assert ">Billable " in differing
    assert ">Code system<" not in differing


async def test_what_is_typed_never_comes_back_as_markup(member: httpx.AsyncClient) -> None:
    page = await member.get("/compare", params={"codes": "<script>alert(1)</script>,E11.9"})

    assert page.status_code == 404
    assert "<script>alert" not in page.text


async def test_rest_compares_what_the_reference_says(gateway: Gateway) -> None:
    key = gateway.accounts.add_key(gateway.accounts.add_member(), "pages")
    headers = {"authorization": f"Bearer {key}"}
    answer = await gateway.http.get("/api/v1/compare?code=99213&code=cpt:99214", headers=headers)

    assert answer.status_code == 200
    TypeAdapter(CompareResponse).validate_json(answer.content, strict=True)
    body = answer.json()
    assert [page["entry"]["code"] for page in body["codes"]] == ["99213", "99214"]
    assert [one["setting"] for one in body["edits"]] == ["practitioner", "hospital"]
    assert answer.headers["x-ratelimit-remaining"] == "3"
    assert charged(gateway) == ["cpt:99213", "cpt:99214"]


async def test_rest_charges_nothing_when_views_do_not_suffice_unless_it_is_to_be_partial(gateway: Gateway) -> None:
    gateway.quota.member_limit = 1
    key = gateway.accounts.add_key(gateway.accounts.add_member(), "pages")
    headers = {"authorization": f"Bearer {key}"}
    refused = await gateway.http.get("/api/v1/compare?code=E11.8&code=I10", headers=headers)
    before = charged(gateway)
    partial = await gateway.http.get("/api/v1/compare?code=E11.8&code=I10&partial=true", headers=headers)
    denied = await gateway.http.get("/api/v1/compare?code=E11.8&code=I10", headers=headers)

    assert (refused.status_code, refused.json()["reason"]) == (429, "VIEWS_DO_NOT_SUFFICE")
    assert before == []
    assert [page["entry"]["code"] for page in partial.json()["codes"]] == ["E11.8"]
    assert [entry["code"] for entry in partial.json()["denied"]] == ["I10"]
    assert (denied.status_code, denied.json()["reason"]) == (429, "VIEW_LIMIT_REACHED")


async def test_rest_is_for_members(gateway: Gateway) -> None:
    answer = await gateway.http.get("/api/v1/compare?code=E11.8&code=I10")

    assert (answer.status_code, answer.json()["reason"]) == (403, "PLAN_NOT_PERMITTED")
    assert charged(gateway) == []
