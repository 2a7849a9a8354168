"""Whatever people and programs send: a clear error, never a defect, nothing internal."""

from collections.abc import AsyncIterator

import httpx
import orjson
import pytest

from tests.e2e.people import new_member
from tests.e2e.product import Product
from tests.e2e.published import CODE, DAY
from tests.support import plain_client

LONG = "x" * 10_000
INTERNAL = ("Traceback", "grpc", "elasticsearch", "127.0.0.1:7", "Exception", "services/")


@pytest.fixture
async def http(product: Product) -> AsyncIterator[httpx.AsyncClient]:
    async with plain_client(product.web, headers={"x-forwarded-for": "203.0.113.7"}) as http:
        yield http


@pytest.fixture(scope="module")
async def member(published: Product) -> AsyncIterator[httpx.AsyncClient]:
    """A member's way to what guests may not ask for."""
    cookies = (await new_member(published)).cookies
    async with httpx.AsyncClient(base_url=published.web, cookies=cookies) as member:
        yield member


def nothing_internal(text: str) -> None:
    assert not [word for word in INTERNAL if word in text]


@pytest.mark.parametrize(
    ("path", "status", "field"),
    [
        ("/api/v1/search", 400, "query"),
        ("/api/v1/search?query=", 400, "query"),
        ("/api/v1/search?query=%20", 400, "query"),
        (f"/api/v1/search?query={LONG[:5000]}", 400, "query"),
        ("/api/v1/search?query=%00", 400, "query"),
        ("/api/v1/search?query=pain%07", 400, "query"),
        ("/api/v1/search?query=pain&system=icd11", 400, "system"),
        ("/api/v1/search?query=pain&chapter=99", 400, "chapters"),
        ("/api/v1/search?query=pain&billable=perhaps", 400, "billable"),
        ("/api/v1/search?query=pain&page_size=-1", 400, "page_size"),
        ("/api/v1/search?query=pain&page_size=many", 400, "page_size"),
        ("/api/v1/search?query=pain&page_size=99999999999999999999", 400, "page_size"),
        ("/api/v1/search?query=pain&page_token=forged", 400, "page_token"),
        ("/api/v1/search?query=pain&effective_on=yesterday", 400, "effective_on"),
        ("/api/v1/search?query=pain&effective_on=2026-02-30", 400, "effective_on"),
        ("/api/v1/codes/icd10cm/E11.9?effective_on=20260501", 400, "effective_on"),
        ("/api/v1/codes/icd10cm/not%20a%20code", 400, "code"),
        ("/api/v1/codes/icd10cm/%00", 400, "code"),
        ("/api/v1/codes/icd11/E11.9", 400, "system"),
        ("/api/v1/codes/icd10cm/E11.9/page?effective_on=x", 400, "effective_on"),
        ("/api/v1/browse/icd10cm?under=nowhere", 400, "under"),
        ("/api/v1/browse/icd10cm?page_size=-1", 400, "page_size"),
        ("/api/v1/index/atlas", 400, "book"),
        ("/api/v1/index/diseases?prefix=pain&find=pain", 400, "prefix"),
        ("/api/v1/index/diseases?term=%00", 400, "term"),
        ("/api/v1/localities?effective_on=soon", 400, "effective_on"),
        ("/api/icd10cm/v3/search?terms=pain&maxList=-1", 400, "maxList"),
        ("/api/icd10cm/v3/search?terms=pain&count=x", 400, "count"),
        ("/api/icd10cm/v3/search?terms=pain&df=secret", 400, "df"),
    ],
)
async def test_an_api_names_the_field_that_is_wrong(
    http: httpx.AsyncClient, path: str, status: int, field: str
) -> None:
    answer = await http.get(path)

    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert field in [error["field"] for error in answer.json()["errors"]], answer.text
    nothing_internal(answer.text)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"/search?query={LONG}", 414),
        (f"/search?query={LONG[:400]}", 400),
        ("/search?query=%00", 400),
        ("/search?query=pain&page_token=forged", 400),
        ("/search?query=pain&effective_on=2020-01-01", 422),
        ("/codes/icd10cm/xyz", 400),
        ("/codes/icd10cm/%00", 400),
        ("/codes/icd10cm/E11.99", 404),
        ("/codes/icd11/E11.9", 400),
        ("/codes/icd10cm/E11.9?effective_on=tomorrow", 400),
        ("/browse/icd10cm/nowhere", 400),
        ("/browse/icd10cm/Z99-A00", 404),
        ("/codes/icd10cm/E11.9/fees", 400),
        ("/compare?codes=11042,knee", 404),
        ("/compare?codes=1,2,3,4,5,6", 400),
        ("/index/atlas", 400),
        ("/guidelines/atlas", 400),
        ("/%ff%fe", 404),
        ("/../../etc/passwd", 404),
        ("/static/../pages.py", 404),
        ("/no/such/page", 404),
    ],
)
async def test_a_page_says_what_is_wrong(http: httpx.AsyncClient, path: str, status: int) -> None:
    answer = await http.get(path, headers={"accept": "text/html"})

    assert answer.status_code == status, answer.text[:2000]
    nothing_internal(answer.text)


@pytest.mark.parametrize(
    ("path", "status", "field"),
    [
        (f"/codes/cpt/{CODE}/edits?setting=moon", 400, "setting"),
        (f"/codes/cpt/{CODE}/edits?setting=dme", 400, "setting"),
        (f"/codes/cpt/{CODE}/edits?column=3", 400, "column"),
        (f"/codes/cpt/{CODE}/edits?page_token=forged", 400, "page_token"),
        ("/codes/icd10cm/E11.9/edits", 400, "system"),
        ("/codes/cpt/J1885/fees", 400, "code"),
        (f"/codes/cpt/{CODE}/fees?locality=Ohio", 400, "locality"),
        (f"/codes/cpt/{CODE}/fees?locality=00000-99&effective_on={DAY}", 400, "locality"),
        (f"/codes/cpt/{CODE}/fees?{'&'.join(f'modifier={n}' for n in range(50, 55))}", 400, "modifier"),
        (f"/codes/cpt/{CODE}/fees?place_of_service=1", 400, "place_of_service"),
        (f"/codes/cpt/{CODE}/fees?units=0", 400, "units"),
        (f"/codes/cpt/{CODE}/fees?units=10000", 400, "units"),
        (f"/compare?code={CODE}", 400, "code"),
        (f"/compare?code={CODE}&code=knee", 404, "code"),
        ("/guidelines/atlas", 400, "book"),
        (f"/guidelines/icd10cm_guidelines/I.Z?effective_on={DAY}", 404, ""),
    ],
)
async def test_a_member_is_told_which_field_is_wrong(
    member: httpx.AsyncClient, path: str, status: int, field: str
) -> None:
    answer = await member.get(f"/api/v1{path}")

    assert answer.status_code == status, answer.text
    assert [error["field"] for error in answer.json().get("errors", ())] == ([field] if field else [])
    nothing_internal(answer.text)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"/codes/cpt/{CODE}/edits?setting=moon", 400),
        (f"/codes/cpt/{CODE}/edits?column=3", 400),
        (f"/codes/cpt/{CODE}/edits?page_token=forged", 400),
        (f"/codes/cpt/{CODE}/fees?locality=Ohio", 400),
        (f"/codes/cpt/{CODE}/fees?modifiers=50,51,52,53,54", 400),
        (f"/codes/cpt/{CODE}/fees?units=0", 400),
        (f"/codes/cpt/{CODE}/fees?units=10000", 400),
        (f"/guidelines/icd10cm_guidelines/I.Z?effective_on={DAY}", 404),
    ],
)
async def test_a_page_tells_a_member_what_is_wrong(member: httpx.AsyncClient, path: str, status: int) -> None:
    answer = await member.get(path, headers={"accept": "text/html"})

    assert answer.status_code == status, answer.text[:2000]
    nothing_internal(answer.text)


_LINE = {"code": CODE}


@pytest.mark.parametrize(
    ("claim", "field"),
    [
        ({}, "lines"),
        ({"lines": []}, "lines"),
        ({"lines": [_LINE] * 101}, "lines"),
        ({"lines": [_LINE], "diagnoses": ["E11.9"] * 26}, "diagnoses"),
        ({"lines": [_LINE], "setting": "moon"}, "setting"),
        ({"lines": [_LINE], "patient": "Ann"}, "patient"),
        ({"lines": [_LINE, {"code": "knee"}]}, "lines[1].code"),
        ({"lines": [{**_LINE, "units": 10_000}]}, "lines[0].units"),
        ({"lines": [{**_LINE, "modifiers": ["50", "51", "52", "53", "54"]}]}, "lines[0].modifiers"),
        ({"lines": [{**_LINE, "diagnosis_pointers": [1]}]}, "lines[0].diagnosis_pointers"),
    ],
    ids=lambda value: value if isinstance(value, str) else "claim",
)
async def test_a_claim_that_is_wrong_is_refused_by_its_field(
    member: httpx.AsyncClient, claim: dict[str, object], field: str
) -> None:
    answer = await member.post("/api/v1/check", json=claim)

    assert answer.status_code == 400, answer.text
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    nothing_internal(answer.text)


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/api/v1/check", b"{", 400),
        ("/api/v1/check", b"[]", 400),
        ("/api/v1/check", b"x" * 2_000_000, 413),
        ("/api/v1/check/batch", b"", 400),
        ("/api/v1/check/batch", b"[]", 400),
        ("/api/v1/check/batch", orjson.dumps({"lines": [_LINE]}) + b"\n{", 400),
        ("/api/v1/check/batch", orjson.dumps([{"lines": [_LINE]}] * 1_001), 400),
        ("/check", b"lines=%ff", 400),
        ("/check", b"lines=11042&effective_on=tomorrow", 400),
        ("/check", b"lines=11042+x10000", 400),
    ],
    ids=lambda value: value[:20].decode() if isinstance(value, bytes) else None,
)
async def test_claims_that_cannot_be_read_are_refused(
    member: httpx.AsyncClient, path: str, body: bytes, status: int
) -> None:
    answer = await member.post(path, content=body, headers={"content-type": "application/json"})

    assert answer.status_code == status, answer.text[:2000]
    nothing_internal(answer.text)


@pytest.mark.parametrize("cookie", ["forged", "abc.def.ghi", LONG[:3000], "%00", '"'])
@pytest.mark.parametrize("path", ["/codes/icd10cm/E11.9", "/api/v1/codes/icd10cm/E11.9/page"])
async def test_a_forged_cookie_is_refused_and_taken_away(http: httpx.AsyncClient, path: str, cookie: str) -> None:
    answer = await http.get(path, headers={"cookie": f"codingahead_guest={cookie}"})

    assert answer.status_code == 400
    assert "codingahead_guest=" in answer.headers["set-cookie"]
    assert "Max-Age=0" in answer.headers["set-cookie"]
    nothing_internal(answer.text)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[]", 400),
        (b'{"codes": "E11.9"}', 400),
        (b'{"codes": []}', 400),
        (b"x" * 2_000_000, 413),
    ],
)
async def test_a_body_that_cannot_be_used_is_refused(http: httpx.AsyncClient, body: bytes, status: int) -> None:
    answer = await http.post("/api/v1/codes/icd10cm/batch", content=body, headers={"content-type": "application/json"})

    assert answer.status_code == status, answer.text
    nothing_internal(answer.text)
