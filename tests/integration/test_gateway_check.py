"""Claims checked by page and by REST, over real connections, with a stand-in for lookup."""

import json
from collections.abc import AsyncIterator

import httpx
import pytest
from codingahead.lookup.v1 import lookup_pb2 as lookup
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter
from structlog.testing import capture_logs

from services.gateway.api.claims import read_claims
from services.gateway.api.plain import model
from services.runtime.errors import Refusal
from tests.integration.gateway_stack import Gateway, running

PTP = lookup.Finding(
    kind=lookup.FINDING_KIND_PTP,
    verdict=lookup.VERDICT_FAIL,
    lines=[1, 2],
    codes=["20610", "99213"],
    ptp=lookup.PtpEdit(
        column1="20610",
        column2="99213",
        effective_from="2005-01-01",
        modifier_indicator=lookup.MODIFIER_INDICATOR_ALLOWED,
        rationale="Misuse of <column two> code",
    ),
    message="99213 (column 2) is not paid beside 20610 (column 1).",
    source="NCCI PTP practitioner 2024Q3",
)
MUE = lookup.Finding(
    kind=lookup.FINDING_KIND_MUE,
    verdict=lookup.VERDICT_PASS,
    lines=[2],
    codes=["20610"],
    mue=lookup.MueLimit(
        value=2,
        units=1,
        adjudication_indicator=lookup.MUE_ADJUDICATION_INDICATOR_DATE_OF_SERVICE_CLINICAL,
        rationale="Clinical: Data",
    ),
    message="1 unit of 20610 on 2024-08-01; at most 2 paid.",
    source="NCCI MUE practitioner 2024Q3",
)
PAIRS = lookup.Finding(
    kind=lookup.FINDING_KIND_PTP,
    verdict=lookup.VERDICT_PASS,
    lines=[1, 2],
    codes=["99213", "20610"],
    message="2 of 3 pairs of codes: no edit in force.",
    source="NCCI PTP practitioner 2024Q3",
)
DIAGNOSES = lookup.Finding(
    kind=lookup.FINDING_KIND_DIAGNOSIS,
    verdict=lookup.VERDICT_NO_DATA,
    lines=[1],
    codes=["E11.9"],
    message="No release of ICD-10-CM is in force: nothing is known of E11.9.",
)
TEXT = "DX: E11.9, I10\n99213-25 dx 1\n20610-RT x1 2024-08-01"
CLAIM = {"lines": [{"code": "99213"}]}
CHECK, BATCH = "/api/v1/check", "/api/v1/check/batch"


@pytest.fixture
async def gateway() -> AsyncIterator[Gateway]:
    async with running() as gateway:
        gateway.lookup.verdict = lookup.VERDICT_FAIL
        gateway.lookup.findings = [DIAGNOSES, MUE, PAIRS, PTP]
        yield gateway


@pytest.fixture
async def coder(gateway: Gateway) -> AsyncIterator[httpx.AsyncClient]:
    """A member's browser."""
    async with gateway.browser(gateway.accounts.log_in_as(gateway.accounts.add_member())) as browser:
        yield browser


@pytest.fixture
async def program(gateway: Gateway) -> AsyncIterator[httpx.AsyncClient]:
    """A member's program."""
    key = gateway.accounts.add_key(gateway.accounts.add_member(), "pages")
    async with httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{gateway.http_port}", headers={"authorization": f"Bearer {key}"}
    ) as client:
        yield client


def between(page: str, start: str, end: str) -> str:
    return page.partition(start)[2].partition(end)[0]


async def test_a_member_sees_the_verdict_and_the_findings_by_line(gateway: Gateway, coder: httpx.AsyncClient) -> None:
    asked = {"lines": TEXT, "effective_on": "2024-07-01", "setting": "hospital"}
    answer = await coder.post("/check", data=asked)

    page = answer.text
    assert answer.status_code == 200
    assert "<strong>Fail</strong>" in page
    assert "1 fail, 1 no data, 2 pass" in page
    [claim] = gateway.lookup.claims
    assert (claim.setting, claim.effective_on) == (lookup.SETTING_HOSPITAL, "2024-07-01")
    assert [line.code for line in claim.lines] == ["99213", "20610"]
    first = between(page, 'id="line-1"', "</section>")
    assert '<a class="code" href="/codes/cpt/99213?effective_on=2024-07-01">99213</a>' in first
    assert "Misuse of &lt;column two&gt; code" in first
    assert "1: a modifier may bypass it" in first
    assert "from 1 Jan 2005" in first
    second = between(page, 'id="line-2"', "</section>")
    assert "3: on the date of service, by clinical benchmarks" in second
    assert "1 Aug 2024" in second
    assert "2 of 3 pairs" in between(page, 'id="together"', "</section>")
    diagnoses = between(page, 'id="diagnoses"', "</section>")
    assert '<span class="badge unknown">No data</span>' in diagnoses
    assert 'href="/codes/icd10cm/E11.9?effective_on=2024-07-01"' in diagnoses


async def test_what_was_pasted_stays_in_the_form_and_nowhere_else(
    coder: httpx.AsyncClient, program: httpx.AsyncClient
) -> None:
    with capture_logs() as logged:
        answer = await coder.post("/check", data={"lines": TEXT, "effective_on": "2024-07-01", "setting": "dme"})
        refused = await coder.post("/check", data={"lines": "Jane Doe 99213"})
        for path in (CHECK, BATCH):
            await program.post(path, json={"id": "Jane Doe", "lines": [{"code": "99213"}]})
            await program.post(path, json={"id": "Jane Doe", "lines": [{"code": 99213}]})

    assert TEXT in answer.text
    assert 'value="2024-07-01"' in answer.text
    assert 'value="dme" checked' in answer.text
    assert "Jane Doe 99213" in refused.text
    assert answer.headers["cache-control"] == refused.headers["cache-control"] == "no-store"
    assert [line["status"] for line in logged if line["event"] == "http"] == [200, 400, 200, 400, 200, 400]
    assert not any(word in str(logged).upper() for word in ("99213", "E11.9", "JANE"))


async def test_lines_that_are_not_understood_are_named_and_nothing_is_asked(
    gateway: Gateway, coder: httpx.AsyncClient
) -> None:
    answer = await coder.post("/check", data={"lines": "99213-25\n20610 <knee>"})

    assert answer.status_code == 400
    assert "Line 2" in answer.text
    assert "<code>20610 &lt;knee&gt;</code> “&lt;KNEE&gt;” is not understood" in answer.text
    assert gateway.lookup.claims == []


async def test_what_lookup_refuses_is_said_at_its_field(coder: httpx.AsyncClient) -> None:
    line = await coder.post("/check", data={"lines": "99213\n00000"})
    day = await coder.post("/check", data={"lines": "99213", "effective_on": "yesterday"})

    assert (line.status_code, day.status_code) == (400, 400)
    assert "Service 2, code: expected a CPT or HCPCS code" in between(line.text, 'id="lines-fault"', "</p>")
    assert "Expected a date as YYYY-MM-DD." in between(day.text, 'id="effective_on-fault"', "</p>")


async def test_an_outage_is_said_and_nothing_that_was_typed_is_lost(gateway: Gateway, coder: httpx.AsyncClient) -> None:
    await gateway.stop_lookup()

    answer = await coder.post("/check", data={"lines": TEXT})

    assert answer.status_code == 503
    assert "The claim was not checked" in answer.text
    assert TEXT in answer.text


async def test_a_guest_sees_the_form_and_is_invited_to_register(gateway: Gateway) -> None:
    async with gateway.browser() as guest:
        form = await guest.get("/check")
        example = await guest.get("/check?example")
        answer = await guest.post("/check", data={"lines": TEXT})

    assert form.status_code == 200
    assert "How to write a claim" in form.text
    assert "99213-25 dx 1</textarea>" not in form.text
    assert "20610-RT dx 2\n93000" in between(example.text, "autocomplete", "</textarea>")
    assert answer.status_code == 403
    assert "Register to check claims" in answer.text
    assert TEXT in answer.text
    assert gateway.lookup.claims == []


async def test_a_claim_is_checked_as_json(gateway: Gateway, program: httpx.AsyncClient) -> None:
    claim = {
        "id": "42",
        "setting": "hospital",
        "effective_on": "2024-08-01",
        "diagnoses": ["E11.9"],
        "lines": [
            {
                "code": "99213",
                "modifiers": ["25"],
                "units": 2,
                "diagnosis_pointers": [1],
                "place_of_service": "11",
                "effective_on": "2024-08-02",
            }
        ],
    }
    answer = await program.post(CHECK, json=claim)

    TypeAdapter(model(lookup.CheckEditsResponse.DESCRIPTOR)).validate_json(answer.content, strict=True)
    found = answer.json()
    assert (answer.status_code, found["id"], found["verdict"]) == (200, "42", "fail")
    assert found["findings"][3]["ptp"]["modifier_indicator"] == "allowed"
    assert gateway.lookup.claims == [
        lookup.Claim(
            id="42",
            setting=lookup.SETTING_HOSPITAL,
            effective_on="2024-08-01",
            diagnoses=["E11.9"],
            lines=[
                lookup.ClaimLine(
                    code="99213",
                    modifiers=["25"],
                    units=2,
                    diagnosis_pointers=[1],
                    place_of_service="11",
                    effective_on="2024-08-02",
                )
            ],
        )
    ]


@pytest.mark.parametrize(
    ("claim", "field"),
    [
        ({"lines": [{"code": "99213", "units": "two"}]}, "lines[0].units"),
        ({"lines": [{"code": "99213", "units": 10_000}]}, "lines[0].units"),
        ({"lines": [{"code": "99213"}, {"modifiers": ["25"]}]}, "lines[1].code"),
        ({"lines": [{"code": "99213", "modifier": "25"}]}, "lines[0].modifier"),
        ({"lines": [{"code": "99213", "diagnosis_pointers": [0]}]}, "lines[0].diagnosis_pointers[0]"),
        ({"lines": [{"code": "00000"}]}, "lines[0].code"),
        ({**CLAIM, "setting": "clinic"}, "setting"),
        ({**CLAIM, "effective_on": "yesterday"}, "effective_on"),
        ({"diagnoses": []}, "lines"),
        ([], "body"),
    ],
)
async def test_a_claim_that_is_wrong_is_refused_by_the_path_of_its_field(
    program: httpx.AsyncClient, claim: object, field: str
) -> None:
    answer = await program.post(CHECK, json=claim)
    many = await program.post(BATCH, json=[CLAIM, claim])

    assert answer.status_code == 400
    assert answer.json()["reason"] == "INVALID_ARGUMENT"
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    if many.status_code == 400:
        assert [error["field"] for error in many.json()["errors"]] == [
            "claims[1]" if field == "body" else f"claims[1].{field}"
        ]
    else:  # what lookup alone can refuse fails alone
        first, second = map(json.loads, many.text.splitlines())
        assert (first["failure"], second["findings"]) == (None, None)
        assert field in second["failure"]["message"]


@pytest.mark.parametrize("path", [CHECK, BATCH])
async def test_checking_is_for_members_whose_key_may_open_pages(gateway: Gateway, path: str) -> None:
    codes_only = gateway.accounts.add_key(gateway.accounts.add_member(), "codes")

    guest = await gateway.http.post(path, json=CLAIM)
    key = await gateway.http.post(path, json=CLAIM, headers={"authorization": f"Bearer {codes_only}"})

    assert (guest.status_code, guest.json()["reason"]) == (403, "PLAN_NOT_PERMITTED")
    assert (key.status_code, key.json()["reason"]) == (403, "SCOPE_NOT_PERMITTED")
    assert gateway.lookup.claims == []


@pytest.mark.parametrize(
    "body",
    [
        json.dumps([{**CLAIM, "id": "a"}, {**CLAIM, "id": "b"}], indent=1),
        "\n".join(json.dumps({**CLAIM, "id": id}) for id in "ab") + "\n\n",
        "\r\n".join(json.dumps({**CLAIM, "id": id}) for id in "ab"),
    ],
)
async def test_many_claims_are_an_array_or_one_a_line(program: httpx.AsyncClient, body: str) -> None:
    answer = await program.post(BATCH, content=body, headers={"content-type": "application/x-ndjson"})

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/x-ndjson"
    assert answer.headers["x-ratelimit-resource"] == "calls"
    lines = [
        TypeAdapter(model(lookup.CheckClaimsResponse.DESCRIPTOR)).validate_json(line, strict=True)
        for line in answer.text.splitlines()
    ]
    assert [line.model_dump()["findings"]["id"] for line in lines] == ["a", "b"]


async def test_findings_arrive_as_they_are_ready(gateway: Gateway, program: httpx.AsyncClient) -> None:
    claims = [{**CLAIM, "id": "a"}, {**CLAIM, "id": "wait"}, {**CLAIM, "id": "b"}]
    async with program.stream("POST", BATCH, json=claims) as answer:
        lines = answer.aiter_lines()
        first = json.loads(await anext(lines))
        await gateway.lookup.waiting.wait()
        assert not gateway.lookup.stream_ended.is_set()
        gateway.lookup.release.set()
        rest = [json.loads(line)["position"] async for line in lines]

    assert (first["position"], rest) == (0, [1, 2])


async def test_a_caller_that_goes_away_ends_the_checking(gateway: Gateway, program: httpx.AsyncClient) -> None:
    claims = [{**CLAIM, "id": "a"}, {**CLAIM, "id": "wait"}]
    async with program.stream("POST", BATCH, json=claims) as answer:
        await anext(answer.aiter_lines())

    await gateway.lookup.stream_ended.wait()


async def test_a_caller_that_does_not_read_holds_the_checking_up(gateway: Gateway, program: httpx.AsyncClient) -> None:
    gateway.lookup.findings = [lookup.Finding(kind=PTP.kind, verdict=PTP.verdict, message="x" * 100_000)]
    claims = [CLAIM] * 1000
    async with program.stream("POST", BATCH, json=claims) as answer:
        await anext(answer.aiter_lines())
        assert not gateway.lookup.stream_ended.is_set()

    await gateway.lookup.stream_ended.wait()


async def test_a_stream_that_is_cut_ends_with_a_problem(program: httpx.AsyncClient) -> None:
    answer = await program.post(BATCH, json=[{**CLAIM, "id": "a"}, {**CLAIM, "id": "stop"}, CLAIM])

    first, last = map(json.loads, answer.text.splitlines())
    assert (answer.status_code, first["position"]) == (200, 0)
    assert (last["status"], last["reason"], last["instance"]) == (503, "UNAVAILABLE", BATCH)


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ("[", 400, "body"),
        ('{"lines": [{"code": "99213"}]}\n{"lines"', 400, "claims[1]"),
        ("99213-25", 400, "claims[0]"),
        (f"[{' ' * 1_000_000}]", 413, None),
    ],
)
async def test_a_batch_that_is_none_is_refused_as_a_whole(
    gateway: Gateway, program: httpx.AsyncClient, body: str, status: int, field: str | None
) -> None:
    answer = await program.post(BATCH, content=body)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert [error["field"] for error in answer.json().get("errors", [])] == ([field] if field else [])
    assert gateway.lookup.claims == []


async def test_an_outage_before_the_first_claim_is_a_problem(gateway: Gateway, program: httpx.AsyncClient) -> None:
    await gateway.stop_lookup()

    answer = await program.post(BATCH, json=[CLAIM])

    assert (answer.status_code, answer.json()["reason"]) == (503, "UNAVAILABLE")


@settings(deadline=None)
@given(st.one_of(st.binary(), st.recursive(st.none() | st.integers() | st.text(), st.lists).map(json.dumps)))
def test_any_body_is_read_or_refused(body: bytes | str) -> None:
    try:
        claims = read_claims(body if isinstance(body, bytes) else body.encode())
    except Refusal:
        return
    assert claims == []


async def test_the_reference_describes_both(gateway: Gateway) -> None:
    document = (await gateway.http.get("/api/openapi.json")).json()
    page = (await gateway.http.get("/api/docs")).text

    batch = document["paths"][BATCH]["post"]
    claim = {"$ref": "#/components/schemas/Claim"}
    assert batch["requestBody"]["content"]["application/x-ndjson"]["schema"] == claim
    assert document["paths"][CHECK]["post"]["requestBody"]["content"]["application/json"]["schema"] == claim
    assert list(batch["responses"]["200"]["content"]) == ["application/x-ndjson"]
    assert document["components"]["schemas"]["Claim"]["required"] == ["lines"]
    assert all(path in page for path in (CHECK, BATCH))
    assert "Answer as application/x-ndjson" in page
