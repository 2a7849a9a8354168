"""The HTTP APIs of the gateway, over real connections, with stand-ins for what is behind it."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from codingahead.lookup.v1 import lookup_pb2 as lookup
from pydantic import TypeAdapter

from services.gateway.api import clinical_tables, models
from services.gateway.endpoint import HttpEndpoint
from services.gateway.identity import COOKIE
from tests.integration.gateway_stack import Gateway, entry, running
from tests.support import eventually, measured

PAGE = "/api/v1/codes/icd10cm/E11.9/page"
OTHER_PAGE = "/api/v1/codes/icd10cm/I10/page"


@pytest.fixture
async def gateway() -> AsyncIterator[Gateway]:
    async with running() as gateway:
        yield gateway


@pytest.mark.parametrize(
    ("path", "model"),
    [
        ("/api/v1/search?query=diabetes", models.SearchResponse),
        ("/api/v1/codes/icd10cm/e119", models.Code),
        ("/api/v1/codes/cpt/99213", models.Code),
        ("/api/v1/codes/cpt/99213/page", models.CodePage),
        (PAGE, models.CodePage),
        ("/api/v1/codes/icd10cm/E11/page", models.CodePage),
        ("/api/v1/browse/icd10cm?under=E11", models.BrowseResponse),
        ("/api/v1/browse/icd10cm?first=E10&last=E14", models.BrowseResponse),
        ("/api/v1/releases", models.ListReleasesResponse),
        ("/api/v1/balance", models.Balance),
    ],
)
async def test_every_answer_is_what_the_reference_says(gateway: Gateway, path: str, model: type) -> None:
    answer = await gateway.http.get(path)

    assert answer.status_code == 200
    TypeAdapter(model).validate_json(answer.content, strict=True)


async def test_a_search_passes_its_filters_and_is_told_apart_by_words(gateway: Gateway) -> None:
    answer = await gateway.http.get(
        "/api/v1/search?query=diab&system=icd10cm&chapter=4&chapter=9&billable=true&page_size=1&as_typed=true"
    )

    asked = gateway.lookup.searches[-1]
    assert (list(asked.chapters), asked.billable, asked.page_size, asked.as_typed) == (["4", "9"], True, 1, True)
    hit = answer.json()["hits"][0]
    assert hit["entry"]["system"] == "icd10cm"
    assert hit["entry"]["level"] == "code"
    assert hit["match_kind"] == "title"
    assert answer.json()["next_page_token"] == "1"


async def test_a_search_tells_what_it_read_and_its_hits_by_category(gateway: Gateway) -> None:
    synonym = lookup.Hit(
        entry=entry("E11.8"), match_kind=lookup.MATCH_KIND_SYNONYM, matched_term="T2D", source="MeSH, of a package"
    )
    best = lookup.Hit(entry=entry("E11.9"), category=entry("E11"), category_hits=2, more=[synonym])
    reading = lookup.Reading(written="T2D", meanings=["type 2 diabetes", "transition to discharge"])
    gateway.lookup.found["T2D"] = lookup.SearchResponse(hits=[best], total=2, readings=[reading])

    answer = await gateway.http.get("/api/v1/search?query=T2D&prefer_billable=true&by_category=true")

    asked = gateway.lookup.searches[-1]
    assert (asked.prefer_billable, asked.by_category) == (True, True)
    found = answer.json()
    assert found["readings"] == [{"written": "T2D", "meanings": ["type 2 diabetes", "transition to discharge"]}]
    (hit,) = found["hits"]
    assert (hit["category"]["code"], hit["category_hits"]) == ("E11", 2)
    (more,) = hit["more"]
    assert (more["entry"]["code"], more["match_kind"], more["source"]) == ("E11.8", "synonym", "MeSH, of a package")
    assert (more["category"], more["more"]) == (None, [])
    TypeAdapter(models.SearchResponse).validate_json(answer.content, strict=True)


async def test_the_reference_describes_what_a_search_takes_and_tells(gateway: Gateway) -> None:
    document = (await gateway.http.get("/api/openapi.json")).json()

    parameters = {each["name"]: each for each in document["paths"]["/api/v1/search"]["get"]["parameters"]}
    assert all(parameters[name]["description"] for name in ("prefer_billable", "by_category"))
    schemas = document["components"]["schemas"]
    assert schemas["Hit"]["properties"]["more"]["items"] == {"$ref": "#/components/schemas/Hit"}
    assert schemas["SearchResponse"]["properties"]["readings"]["items"] == {"$ref": "#/components/schemas/Reading"}


async def test_a_page_tells_its_sections(gateway: Gateway) -> None:
    page = (await gateway.http.get(PAGE)).json()

    assert page["official_description"]["availability"] == "available"
    assert page["common_language_description"] == {
        "availability": "available",
        "title": "Type 2 diabetes",
        "text": "The body does not use **insulin** well.",
        "author": "An editor",
        "reviewed_on": "2026-01-31",
        "edition": "Samples",
    }
    assert page["notes"] == {
        "availability": "locked",
        "printed": "",
        "groups": [],
        "seventh_characters": [],
        "guidelines": None,
        "index_entries": None,
    }
    assert page["release"]["edition"] == "FY2026"
    assert page["previous"] is None


async def test_a_page_has_the_sections_that_concern_the_system_as_the_contract_names_them(gateway: Gateway) -> None:
    edit = lookup.PtpEdit(column1="29881", column2="G0289", modifier_indicator=lookup.MODIFIER_INDICATOR_NOT_ALLOWED)
    gateway.lookup.facts = lookup.GetCodePageResponse(
        history=lookup.History(availability=lookup.AVAILABILITY_NONE),
        edits=lookup.Edits(
            availability=lookup.AVAILABILITY_AVAILABLE,
            ptp=[lookup.PtpSummary(setting=lookup.SETTING_PRACTITIONER, column1_count=1, column1=[edit])],
        ),
    )
    key = gateway.accounts.add_key(gateway.accounts.add_member(), "pages")

    guest = (await gateway.http.get(PAGE)).json()
    answer = await gateway.http.get(PAGE, headers={"authorization": f"Bearer {key}"})

    assert guest["history"] == {"availability": "none", "sources": [], "events": []}
    assert guest["edits"] == {"availability": "locked", "ptp": [], "mue": [], "add_on": None}
    assert guest["fees"] is None
    (ptp,) = answer.json()["edits"]["ptp"]
    assert (ptp["setting"], ptp["column1"][0]["modifier_indicator"]) == ("practitioner", "not_allowed")
    TypeAdapter(models.CodePage).validate_json(answer.content, strict=True)


async def test_a_code_that_is_known_by_its_number_alone_claims_nothing_else(gateway: Gateway) -> None:
    page = (await gateway.http.get("/api/v1/codes/cpt/99213/page")).json()
    table = (await gateway.http.get("/api/cpt/v3/search?terms=99213")).json()
    batch = (await gateway.http.post("/api/v1/codes/cpt/batch", json={"codes": ["99213"]})).json()

    assert (page["entry"]["number_only"], page["entry"]["billable"], page["release"]) == (True, None, None)
    assert (batch["results"][0]["entry"], batch["release"]) == (page["entry"], None)
    assert page["official_description"]["availability"] == "not_loaded"
    assert table == [1, ["99213"], None, [["99213", ""]]]


async def test_a_table_counts_all_that_matches_though_it_is_still_typed(gateway: Gateway) -> None:
    await gateway.http.get("/api/icd10cm/v3/search?terms=diab")

    asked = gateway.lookup.searches[-1]
    assert (asked.as_typed, asked.counted) == (True, True)


async def test_a_batch_fails_one_by_one(gateway: Gateway) -> None:
    answer = await gateway.http.post("/api/v1/codes/icd10cm/batch", json={"codes": ["E11.9", "Q99"]})

    results = answer.json()["results"]
    assert results[0]["entry"]["code"] == "E11.9"
    assert results[1]["failure"]["reason"] == "CODE_NOT_FOUND"


async def test_a_search_is_kept_for_a_minute_and_asked_again_by_its_tag(gateway: Gateway) -> None:
    first = await gateway.http.get("/api/v1/search?query=diabetes")
    again = await gateway.http.get("/api/v1/search?query=diabetes", headers={"if-none-match": first.headers["etag"]})

    assert first.headers["cache-control"] == "private, max-age=60"
    assert (again.status_code, again.content) == (304, b"")


async def test_the_second_page_of_a_guest_is_refused_with_the_numbers(gateway: Gateway) -> None:
    first = await gateway.http.get(PAGE)
    same = await gateway.http.get("/api/v1/codes/icd10cm/e119/page")
    second = await gateway.http.get(OTHER_PAGE)

    assert (first.status_code, same.status_code, second.status_code) == (200, 200, 429)
    assert (first.headers["x-ratelimit-limit"], first.headers["x-ratelimit-remaining"]) == ("1", "0")
    assert first.headers["cache-control"] == "no-store"
    document = second.json()
    assert document["reason"] == "VIEW_LIMIT_REACHED"
    assert document["detail"] == (
        "0 code page views remaining. Guest accounts are limited to 1 page view. "
        "Register free account to get 5 more views."
    )
    assert document["metadata"]["limit"] == "1"
    assert document["metadata"]["window_ends_at"]
    assert second.headers["content-type"] == "application/problem+json"
    assert 3500 < int(second.headers["retry-after"]) <= 3600
    assert second.headers["x-ratelimit-remaining"] == "0"


async def test_a_code_that_does_not_exist_is_not_charged(gateway: Gateway) -> None:
    missing = await gateway.http.get("/api/v1/codes/icd10cm/Q99/page")

    assert missing.status_code == 404
    assert missing.json()["reason"] == "CODE_NOT_FOUND"
    assert gateway.quota.asked == []


async def test_a_view_id_is_the_callers_own_and_of_one_page(gateway: Gateway) -> None:
    for path in (PAGE, PAGE, OTHER_PAGE):
        await gateway.http.get(path, headers={"x-request-id": "mine"})

    first, again, other = (request.request_id for request in gateway.quota.asked)
    assert first == again != other
    assert "mine" not in first


async def test_a_browser_keeps_its_counter_and_a_cleared_cookie_meets_the_cap(gateway: Gateway) -> None:
    statuses = []
    for _ in range(3):
        async with gateway.browser() as browser:
            statuses.append((await browser.get("/codes/icd10cm/E11.9")).status_code)
            cookie = browser.cookies[COOKIE]
            statuses.append((await browser.get("/codes/icd10cm/I10")).status_code)

    # Each new guest has one view, until the guests of the network have used the two they share.
    assert statuses == [200, 429, 200, 429, 429, 429]
    subject = (await gateway.http.get("/api/v1/balance", headers={"cookie": f"{COOKIE}={cookie}"})).json()
    assert subject["plan"] == "guest"


async def test_a_page_sets_a_guarded_cookie_and_an_api_sets_none(gateway: Gateway) -> None:
    async with gateway.browser() as browser:
        cookie = (await browser.get("/codes/icd10cm/E11.9")).headers["set-cookie"]

    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/" in cookie
    assert "Max-Age=31536000" in cookie
    assert "set-cookie" not in (await gateway.http.get(PAGE)).headers


@pytest.mark.parametrize("cookie", ["", "x", "00112233-44556677.forged", "a" * 4000, "\xff\xfe", "é.é"])
async def test_a_forged_cookie_is_refused_and_taken_back(gateway: Gateway, cookie: str) -> None:
    for path, accept in ((PAGE, "*/*"), ("/codes/icd10cm/E11.9", "text/html")):
        answer = await gateway.http.get(
            path, headers=[(b"cookie", f"{COOKIE}={cookie}".encode("latin-1")), (b"accept", accept.encode())]
        )

        assert answer.status_code == 400
        assert f'{COOKIE}=""' in answer.headers["set-cookie"]
        assert "Max-Age=0" in answer.headers["set-cookie"]
    assert gateway.quota.asked == []


BAD = [
    "/api/v1/search",
    "/api/v1/search?query=",
    "/api/v1/search?query=" + "a" * 301,
    "/api/v1/search?query=" + "a" * 10_000,
    "/api/v1/search?query=%00%1b",
    "/api/v1/search?query=x&system=loinc",
    "/api/v1/search?query=x&system=",
    "/api/v1/search?query=x&effective_on=yesterday",
    "/api/v1/search?query=x&effective_on=31.12.25",
    "/api/v1/search?query=x&page_size=-1",
    "/api/v1/search?query=x&page_size=0",
    "/api/v1/search?query=x&page_size=99999999999999999999",
    "/api/v1/search?query=x&page_size=ten",
    "/api/v1/search?query=x&page_size=1&page_size=-1",
    "/api/v1/search?query=x&page_token=forged",
    "/api/v1/search?query=x&page_token=" + "a" * 3000,
    "/api/v1/search?query=x&billable=perhaps",
    "/api/v1/search?query=x&by_category=chapter",
    "/api/v1/codes/loinc/1-8",
    "/api/v1/codes/icd10cm/" + "9" * 33,
    "/api/v1/codes/icd10cm/E11.9/page?section=nonsense",
    "/api/v1/codes/icd10cm/E11.9/page?effective_on=never",
    "/api/v1/browse/icd10cm?first=A00",
    "/api/v1/browse/icd10cm?under=A00&around=A00",
    "/api/v1/releases?system=x",
    "/api/icd10cm/v3/search",
    "/api/icd10cm/v3/search?terms=x&maxList=-1",
    "/api/icd10cm/v3/search?terms=x&count=many",
    "/api/icd10cm/v3/search?terms=x&count=%D9%A3",
    "/api/icd10cm/v3/search?terms=x&offset=9999999",
    "/api/icd10cm/v3/search?terms=x&offset=" + "9" * 5000,
    "/api/icd10cm/v3/search?terms=x&df=price",
    "/api/icd10cm/v3/search?terms=x&cf=price",
    "/api/icd10cm/v3/search?terms=x&q=code:E11*",
    "/api/icd10cm/v3/search?terms=%00",
    "/api/icd10cm/v3/search?terms=" + "a" * 301,
]


@pytest.mark.parametrize("path", BAD, ids=lambda path: path[:70])
async def test_bad_input_is_told_what_was_expected(gateway: Gateway, path: str) -> None:
    answer = await gateway.http.get(path)
    document = answer.json()
    assert 400 <= answer.status_code < 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert document["status"] == answer.status_code
    assert document["reason"] == "URI_TOO_LONG" or document["errors"][0]["field"]
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/search?query=%ff%fe",
        "/api/v1/search?query=diabetes&query=I10",
        "/api/v1/codes/icd10cm/%ff",
        "/api/v1/codes/icd10cm/%00/page",
        "/api/v1/codes/icd10cm/..%2f..%2fetc",
        "/codes/icd10cm/%ff%00",
        "/api/v1/%",
        "/%ff",
        "//",
    ],
)
async def test_odd_addresses_are_never_an_internal_error(gateway: Gateway, path: str) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", gateway.http_port)
    writer.write(f"GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n".encode())
    answer = await reader.read()
    writer.close()

    assert int(answer.split()[1]) < 500


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[]", 400),
        (b'{"codes": []}', 400),
        (b'{"codes": "E11.9"}', 400),
        (b'{"codes": [1]}', 400),
        (b'{"codes": ["\\ud800"]}', 400),
        (b'{"codes": ["' + b"9" * 33 + b'"]}', 400),
        (b'{"codes": ["E11.9"], "effective_on": 7}', 400),
        (b"\xff\xfe", 400),
        (b"[" * 100_000, 400),
        (b'{"codes": ["E11.9"' + b', "E11.9"' * 500 + b"]}", 400),
        (b" " * 1_000_001, 413),
    ],
    ids=range(13),
)
async def test_a_bad_body_is_refused(gateway: Gateway, body: bytes, status: int) -> None:
    answer = await gateway.http.post(
        "/api/v1/codes/icd10cm/batch", content=body, headers={"content-type": "application/json"}
    )

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_body_without_an_end_is_refused(gateway: Gateway) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(2000):
            yield b" " * 1000

    answer = await gateway.http.post("/api/v1/codes/icd10cm/batch", content=endless())

    assert answer.status_code == 413


async def test_what_is_not_there_and_what_is_not_taken(gateway: Gateway) -> None:
    missing = await gateway.http.get("/api/v2/x")
    method = await gateway.http.delete("/api/v1/search")

    assert (missing.status_code, missing.json()["reason"]) == (404, "NOT_FOUND")
    assert (method.status_code, method.json()["reason"]) == (405, "METHOD_NOT_ALLOWED")
    assert method.headers["allow"] == "GET"


async def test_a_defect_is_told_without_its_text(gateway: Gateway) -> None:
    answer = await gateway.http.get("/api/v1/search?query=defect")

    assert answer.status_code == 500
    assert answer.json()["reason"] == "INTERNAL"
    assert "hunter2" not in answer.text


async def test_people_get_a_page_and_programs_a_problem(gateway: Gateway) -> None:
    async with gateway.browser() as browser:
        page = await browser.get("/codes/icd10cm/Q99")

    assert page.status_code == 404
    assert page.headers["content-type"].startswith("text/html")
    assert (await gateway.http.get("/codes/icd10cm/Q99")).headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/", PAGE, "/api/docs", "/nothing", "/api/v1/search?query=" + "a" * 9000])
async def test_every_answer_has_the_security_headers(gateway: Gateway, path: str) -> None:
    headers = (await gateway.http.get(path)).headers

    assert headers["content-security-policy"] == (
        "default-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'; object-src 'none'"
    )
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"]
    assert headers["permissions-policy"]
    assert "strict-transport-security" not in headers
    assert "server" not in headers


async def test_behind_https_the_cookie_is_secure_and_http_is_left_behind() -> None:
    async with running(trusted_proxies=1) as gateway:
        forwarded = {"x-forwarded-proto": "https", "x-forwarded-for": "198.51.100.7"}
        async with gateway.browser() as browser:
            answer = await browser.get("/codes/icd10cm/E11.9", headers=forwarded)

    assert "Secure" in answer.headers["set-cookie"]
    assert answer.headers["strict-transport-security"]


async def test_the_subject_and_the_deadline_of_the_table_reach_lookup(gateway: Gateway) -> None:
    await gateway.http.get(PAGE)

    assert gateway.lookup.subjects[-1].startswith("guest:")
    remaining = gateway.lookup.remaining[-1]
    assert remaining is not None
    assert 2 < remaining < 3


async def test_probes_and_metrics(gateway: Gateway) -> None:
    await gateway.http.get("/api/v1/codes/icd10cm/E11.9")
    gateway.ready = False
    waiting = await gateway.http.get("/readyz")
    gateway.ready = True

    assert (waiting.status_code, waiting.headers["connection"]) == (503, "close")
    assert (await gateway.http.get("/readyz")).status_code == 200
    assert (await gateway.http.get("/healthz")).status_code == 200
    metrics = (await gateway.http.get("/metrics")).text
    assert "codingahead_http_requests_in_progress 1.0" in metrics
    assert "codingahead_build_info{version=" in metrics


async def test_requests_are_measured_by_the_route_as_it_is_declared(gateway: Gateway) -> None:
    routes = {
        "/api/v1/codes/icd10cm/E11.9": ("/api/v1/codes/{system}/{code}", "200"),
        "/api/v1/codes/icd10cm/E00": ("/api/v1/codes/{system}/{code}", "404"),
        "/api/icd10cm/v3/search?terms=diab": ("/api/icd10cm/v3/search", "200"),
        "/browse/icd10cm/E11": ("/browse/{system}/{under}", "200"),
        "/static/nothing.css": ("/static", "404"),
        "/what/is/not/there": ("", "404"),
    }

    def counts() -> list[float]:
        name = "codingahead_http_request_duration_seconds_count"
        return [measured(name, method="GET", route=route, status=status) for route, status in routes.values()]

    before = counts()
    for path in routes:
        await gateway.http.get(path)

    assert await eventually(lambda: counts() == [count + 1 for count in before])


async def test_metrics_that_have_their_own_address_are_not_public() -> None:
    async with running(gateway_metrics_listen="127.0.0.1:1") as gateway:
        assert (await gateway.http.get("/metrics")).status_code == 404


async def test_a_taken_address_is_refused_at_start(gateway: Gateway) -> None:
    async def app(*_: object) -> None: ...

    with pytest.raises(OSError, match="cannot listen"):
        await HttpEndpoint(app, f"127.0.0.1:{gateway.http_port}").start()


async def test_all_addresses_are_those_of_ipv4_too() -> None:
    async def app(scope: object, receive: object, send: object) -> None: ...

    endpoint = HttpEndpoint(app, "[::]:0")
    await endpoint.start()

    for host in ("127.0.0.1", "::1"):
        _, connection = await asyncio.open_connection(host, endpoint.port)
        connection.close()
        await connection.wait_closed()

    await endpoint.stop(0)


async def test_the_reference_names_every_route_and_loads_nothing_from_elsewhere(gateway: Gateway) -> None:
    document = (await gateway.http.get("/api/openapi.json")).json()
    page = (await gateway.http.get("/api/docs")).text

    assert set(document["paths"]) == {
        "/api/v1/search",
        "/api/v1/codes/{system}/{code}",
        "/api/v1/codes/{system}/{code}/page",
        "/api/v1/codes/{system}/{code}/specify",
        "/api/v1/codes/{system}/batch",
        "/api/v1/codes/{system}/{code}/edits",
        "/api/v1/codes/{system}/{code}/fees",
        "/api/v1/localities",
        "/api/v1/places-of-service",
        "/api/v1/modifiers",
        "/api/v1/compare",
        "/api/v1/check",
        "/api/v1/check/batch",
        "/api/v1/browse/{system}",
        "/api/v1/index/{book}",
        "/api/v1/guidelines/search",
        "/api/v1/guidelines/{book}",
        "/api/v1/guidelines/{book}/{id}",
        "/api/v1/releases",
        "/api/v1/balance",
        "/api/v1/ask",
        "/api/v1/conversations",
        "/api/v1/conversations/{conversation_id}",
        "/v1/chat/completions",
        "/v1/models",
        "/v1/models/{model}",
    }
    assert all(path in page for path in document["paths"])
    assert "http://" not in page
    assert "https://" not in page
    assert "<script" not in page
    assert "icd10cm, icd10pcs, hcpcs, cpt" in page
    assert "style=" not in page
    assert "$defs" not in str(document)
    assert document["components"]["securitySchemes"]["apiKey"]["scheme"] == "bearer"
    assert {} in document["security"]
    assert "problem+json" in str(document["paths"]["/api/v1/search"]["get"]["responses"]["default"])


async def test_quota_away_serves_and_keeps_the_view_for_later(gateway: Gateway) -> None:
    gateway.quota.away = True

    first, second = await gateway.http.get(PAGE), await gateway.http.get(OTHER_PAGE)
    balance = await gateway.http.get("/api/v1/balance")

    assert (first.status_code, second.status_code, balance.status_code) == (200, 200, 503)
    assert [view.page for view in gateway.bus.views] == ["icd10cm:E11.9", "icd10cm:I10"]
    assert "x-ratelimit-remaining" not in first.headers


async def test_quota_and_nats_away_refuses(gateway: Gateway) -> None:
    gateway.quota.away = gateway.bus.away = True

    answer = await gateway.http.get(PAGE)

    assert (answer.status_code, answer.json()["reason"]) == (503, "UNAVAILABLE")
    assert answer.headers["retry-after"] == "1"


async def test_quota_away_refuses_when_the_policy_says_so() -> None:
    async with running(quota_failure="refuse") as gateway:
        gateway.quota.away = True

        assert (await gateway.http.get(PAGE)).status_code == 503
        assert gateway.bus.views == []


async def test_clinical_tables_answer_as_nlm_does(gateway: Gateway) -> None:
    answer = await gateway.http.get("/api/icd10cm/v3/search?terms=diabetes")

    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.json() == [
        2,
        ["E11.8", "E11.9"],
        None,
        [
            ["E11.8", "Type 2 diabetes mellitus with unspecified complications"],
            ["E11.9", "Type 2 diabetes mellitus without complications"],
        ],
    ]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (
            "terms=diabetes&maxList=1&df=name",
            [2, ["E11.8"], None, [["Type 2 diabetes mellitus with unspecified complications"]]],
        ),
        ("terms=diabetes&count=1&offset=1&df=code", [2, ["E11.9"], None, [["E11.9"]]]),
        (
            "terms=I10&df=code&ef=name:title,code",
            [1, ["I10"], {"title": ["Essential (primary) hypertension"], "code": ["I10"]}, [["I10"]]],
        ),
        ("terms=I10&df=code&cf=name", [1, ["Essential (primary) hypertension"], None, [["I10"]]]),
        ("terms=diabetes&sf=code", [0, [], None, []]),
        ("terms=e11&sf=code&df=code", [2, ["E11.8", "E11.9"], None, [["E11.8"], ["E11.9"]]]),
        ("terms=type+2&q=diabetes&maxList=0&df=code", [2, [], None, []]),
        ("terms=", [0, [], None, []]),
        ("terms=nothing+at+all&maxList=", [0, [], None, []]),
    ],
)
async def test_clinical_tables_parameters(gateway: Gateway, query: str, expected: list[object]) -> None:
    assert (await gateway.http.get(f"/api/icd10cm/v3/search?{query}")).json() == expected


async def test_clinical_tables_read_as_many_pages_of_lookup_as_they_need(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clinical_tables, "_LOOKUP_PAGE", 1)

    answer = await gateway.http.get("/api/icd10cm/v3/search?terms=diabetes&count=5&df=code")

    assert answer.json() == [2, ["E11.8", "E11.9"], None, [["E11.8"], ["E11.9"]]]
    assert len(gateway.lookup.searches) == 2


async def test_clinical_tables_of_all_systems_name_the_system_and_of_none_find_nothing(gateway: Gateway) -> None:
    every = await gateway.http.get("/api/codes/v3/search?terms=I10&df=code")
    none = await gateway.http.get("/api/cpt/v3/search?terms=injection")

    assert every.json() == [1, ["I10"], None, [["I10"]], ["icd10cm"]]
    assert none.json() == [0, [], None, []]


async def test_clinical_tables_refuse_across_origins_too(gateway: Gateway) -> None:
    answer = await gateway.http.get("/api/icd10cm/v3/search?terms=x&maxList=x")

    assert answer.status_code == 400
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.json()["errors"][0]["field"] == "maxList"
