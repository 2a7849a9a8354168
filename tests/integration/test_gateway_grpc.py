"""The public gRPC of the gateway, over real connections, with stand-ins for what is behind it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from codingahead.lookup.v1 import lookup_pb2 as lookup
from codingahead.lookup.v1 import lookup_pb2_grpc
from google.rpc import error_details_pb2
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from grpc_status import rpc_status

from services.gateway import policy
from services.gateway.forward import REMAINING
from services.runtime.context import SUBJECT_HEADER, TRACE_HEADER
from tests.integration.gateway_stack import Gateway, running

if TYPE_CHECKING:
    from codingahead.lookup.v1.lookup_pb2_grpc import LookupServiceAsyncStub

PAGE = lookup.GetCodePageRequest(system=lookup.CODE_SYSTEM_ICD10CM, code="e119")
OTHER_PAGE = lookup.GetCodePageRequest(system=lookup.CODE_SYSTEM_ICD10CM, code="I10")


@pytest.fixture
async def channel(gateway: Gateway) -> AsyncIterator[grpc.aio.Channel]:
    async with grpc.aio.insecure_channel(f"127.0.0.1:{gateway.grpc_port}") as channel:
        yield channel


@pytest.fixture
async def stub(channel: grpc.aio.Channel) -> "LookupServiceAsyncStub":
    return lookup_pb2_grpc.LookupServiceStub(channel)


def raw(channel: grpc.aio.Channel, path: str) -> Any:
    """Return a method that takes and answers bytes."""
    return channel.unary_unary(path)


def details(error: grpc.aio.AioRpcError, *kinds: type) -> list[Any]:
    status = rpc_status.from_call(error)  # type: ignore[arg-type]
    assert status is not None
    found = []
    for kind in kinds:
        message = kind()
        assert any(detail.Unpack(message) for detail in status.details)
        found.append(message)
    return found


async def test_every_method_is_forwarded(stub: "LookupServiceAsyncStub") -> None:
    system = lookup.CODE_SYSTEM_ICD10CM

    assert (await stub.Search(lookup.SearchRequest(query="diabetes", page_size=5))).total == 3
    assert (await stub.GetCode(lookup.GetCodeRequest(system=system, code="I10"))).entry.code == "I10"
    assert (await stub.GetCodePage(PAGE)).entry.code == "E11.9"
    assert (await stub.BatchGetCodes(lookup.BatchGetCodesRequest(system=system, codes=["I10"]))).results
    assert (await stub.Browse(lookup.BrowseRequest(system=system))).entries
    assert (await stub.ListReleases(lookup.ListReleasesRequest())).releases


async def test_the_second_page_of_a_guest_is_refused_with_its_details(stub: "LookupServiceAsyncStub") -> None:
    call = stub.GetCodePage(PAGE)
    await call
    trailing = dict(await call.trailing_metadata() or ())
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stub.GetCodePage(OTHER_PAGE)

    assert trailing[REMAINING] == trailing["x-ratelimit-remaining"] == "0"
    assert trailing["x-ratelimit-resource"] == "views"
    assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    info, quotas, retry = details(
        caught.value, error_details_pb2.ErrorInfo, error_details_pb2.QuotaFailure, error_details_pb2.RetryInfo
    )
    assert (info.reason, info.domain) == ("VIEW_LIMIT_REACHED", "codingahead")
    assert info.metadata["limit"] == info.metadata["used"] == "1"
    assert info.metadata["window_ends_at"]
    assert quotas.violations[0].description.startswith("0 code page views remaining.")
    assert retry.retry_delay.seconds > 3500


async def test_the_network_cap_has_a_reason_of_its_own(gateway: Gateway, stub: "LookupServiceAsyncStub") -> None:
    gateway.quota.cap = 0

    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stub.GetCodePage(PAGE)

    [info] = details(caught.value, error_details_pb2.ErrorInfo)
    assert info.reason == "NETWORK_VIEW_LIMIT_REACHED"


async def test_a_refusal_of_lookup_arrives_whole_and_is_not_charged(
    gateway: Gateway, stub: "LookupServiceAsyncStub"
) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stub.GetCodePage(lookup.GetCodePageRequest(system=lookup.CODE_SYSTEM_ICD10CM, code="Q99"))
    with pytest.raises(grpc.aio.AioRpcError) as bad:
        await stub.Search(lookup.SearchRequest(query="x", page_token="forged"))

    [info] = details(caught.value, error_details_pb2.ErrorInfo)
    assert (caught.value.code(), info.reason) == (grpc.StatusCode.NOT_FOUND, "CODE_NOT_FOUND")
    [fields] = details(bad.value, error_details_pb2.BadRequest)
    assert fields.field_violations[0].field == "page_token"
    assert gateway.quota.asked == []


async def test_a_message_that_is_none_is_refused(channel: grpc.aio.Channel) -> None:
    for path in ("Search", "GetCodePage"):
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await raw(channel, f"/codingahead.lookup.v1.LookupService/{path}")(b"\xff\xff\xff")

        assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT


async def test_fields_of_a_newer_contract_pass(gateway: Gateway, channel: grpc.aio.Channel) -> None:
    unknown = b"\xfa\x3f\x02hi"  # field 1023

    await raw(channel, "/codingahead.lookup.v1.LookupService/Search")(
        lookup.SearchRequest(query="diabetes", page_size=1).SerializeToString() + unknown
    )

    assert unknown in gateway.lookup.searches[-1].SerializeToString()


@pytest.mark.parametrize("path", ["/codingahead.quota.v1.QuotaService/GrantViews", "/x/Y"])
async def test_a_method_without_a_row_is_not_offered(channel: grpc.aio.Channel, path: str) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await raw(channel, path)(b"")

    assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED


async def test_trace_and_deadline_pass_and_the_subject_is_ours(
    gateway: Gateway, stub: "LookupServiceAsyncStub"
) -> None:
    trace = f"00-{'ab' * 16}-{'cd' * 8}-01"

    await stub.GetCodePage(PAGE, timeout=1.5, metadata=((TRACE_HEADER, trace), (SUBJECT_HEADER, "member:forged")))

    assert gateway.lookup.subjects[-1] == f"guest:{gateway.quota.asked[-1].network}"
    remaining = gateway.lookup.remaining[-1]
    assert remaining is not None
    assert remaining < 1.5


async def test_the_content_of_a_section_that_is_not_open_is_not_in_the_answer(
    gateway: Gateway, channel: grpc.aio.Channel
) -> None:
    unlocked = lookup.GetCodePageRequest(
        system=lookup.CODE_SYSTEM_ICD10CM,
        code="E11.9",
        sections=[lookup.PAGE_SECTION_NOTES],
        locked_sections=[lookup.PAGE_SECTION_OFFICIAL_DESCRIPTION],
    )
    member = gateway.accounts.add_key(gateway.accounts.add_member(), "pages")
    get_page = raw(channel, "/codingahead.lookup.v1.LookupService/GetCodePage")

    to_guest = await get_page(unlocked.SerializeToString())
    to_member = await get_page(unlocked.SerializeToString(), metadata=(("authorization", f"Bearer {member}"),))

    assert b"gestational diabetes" not in to_guest
    assert lookup.GetCodePageResponse.FromString(to_guest).notes.availability == lookup.AVAILABILITY_LOCKED
    assert b"gestational diabetes" in to_member
    for_guests = [section for section in lookup.PageSection.values() if section not in (0, *policy.OPEN_SECTIONS)]
    assert [list(page.locked_sections) for page in gateway.lookup.pages] == [for_guests, []]
    assert [list(page.sections) for page in gateway.lookup.pages] == [[lookup.PAGE_SECTION_NOTES]] * 2


async def test_a_method_that_is_not_for_guests_is_refused_to_them() -> None:
    rows = [replace(row, plans=frozenset({"member"})) for row in policy.TABLE]
    async with running(rows) as gateway, grpc.aio.insecure_channel(f"127.0.0.1:{gateway.grpc_port}") as channel:
        stub: LookupServiceAsyncStub = lookup_pb2_grpc.LookupServiceStub(channel)
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await stub.GetCodePage(PAGE)

    assert caught.value.code() is grpc.StatusCode.PERMISSION_DENIED
    assert gateway.lookup.subjects == []


async def test_a_caller_without_a_deadline_gets_the_one_of_the_table(
    gateway: Gateway, stub: "LookupServiceAsyncStub"
) -> None:
    await stub.GetCodePage(PAGE)

    remaining = gateway.lookup.remaining[-1]
    assert remaining is not None
    assert 2.0 < remaining < 3.0


async def test_a_bad_view_id_is_refused(gateway: Gateway, stub: "LookupServiceAsyncStub") -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stub.GetCodePage(PAGE, metadata=(("x-request-id", "two words"),))

    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert gateway.quota.asked == []


async def test_lookup_away_is_told_without_addresses() -> None:
    async with running() as gateway:
        await gateway.stop_lookup()
        async with grpc.aio.insecure_channel(f"127.0.0.1:{gateway.grpc_port}") as channel:
            stub: LookupServiceAsyncStub = lookup_pb2_grpc.LookupServiceStub(channel)
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await stub.GetCodePage(PAGE)

    assert caught.value.code() is grpc.StatusCode.UNAVAILABLE
    assert "127.0.0.1" not in str(caught.value.details())
    assert gateway.quota.asked == []


async def test_reflection_names_what_is_offered(channel: grpc.aio.Channel) -> None:
    reflect: Any = reflection_pb2_grpc.ServerReflectionStub(channel)  # type: ignore[arg-type]
    stream = reflect.ServerReflectionInfo(iter([reflection_pb2.ServerReflectionRequest(list_services="")]))
    names = {service.name for service in (await stream.read()).list_services_response.service}

    assert "codingahead.lookup.v1.LookupService" in names
    assert not any("Quota" in name for name in names)


CLAIMS = lookup.CheckClaimsRequest(claims=[lookup.Claim(id="a"), lookup.Claim(id="b")])


def as_member(gateway: Gateway) -> tuple[tuple[str, str], ...]:
    """Return the metadata of a new member's API key."""
    return (("authorization", f"Bearer {gateway.accounts.add_key(gateway.accounts.add_member(), 'pages')}"),)


async def test_a_stream_is_forwarded_with_its_answers_and_its_limits(
    gateway: Gateway, stub: "LookupServiceAsyncStub"
) -> None:
    trace = f"00-{'ab' * 16}-{'cd' * 8}-01"
    call = stub.CheckClaims(CLAIMS, metadata=(*as_member(gateway), (TRACE_HEADER, trace)))

    assert [(answer.position, answer.findings.id) async for answer in call] == [(0, "a"), (1, "b")]
    trailing = dict(await call.trailing_metadata() or ())
    assert trailing["x-ratelimit-resource"] == "calls"


async def test_a_stream_is_refused_as_other_methods_are(
    gateway: Gateway, stub: "LookupServiceAsyncStub", channel: grpc.aio.Channel
) -> None:
    codes_only = gateway.accounts.add_key(gateway.accounts.add_member(), "codes")
    no_message: Any = channel.unary_stream("/codingahead.lookup.v1.LookupService/CheckClaims")
    found = []
    for call in (
        stub.CheckClaims(CLAIMS),
        stub.CheckClaims(CLAIMS, metadata=(("authorization", f"Bearer {codes_only}"),)),
        no_message(b"\xff\xff\xff", metadata=as_member(gateway)),
    ):
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await call.read()
        [info] = details(caught.value, error_details_pb2.ErrorInfo)
        found.append(info.reason)

    assert found == ["PLAN_NOT_PERMITTED", "SCOPE_NOT_PERMITTED", "INVALID_ARGUMENT"]
    assert gateway.lookup.claims == []


async def test_a_refusal_of_lookup_in_mid_stream_arrives_after_the_answers_before_it(
    gateway: Gateway, stub: "LookupServiceAsyncStub"
) -> None:
    request = lookup.CheckClaimsRequest(claims=[lookup.Claim(id="a"), lookup.Claim(id="stop")])
    call = stub.CheckClaims(request, metadata=as_member(gateway))

    first = await call.read()
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call.read()

    assert isinstance(first, lookup.CheckClaimsResponse)
    assert first.findings.id == "a"
    assert caught.value.code() is grpc.StatusCode.UNAVAILABLE
    details(caught.value, error_details_pb2.ErrorInfo, error_details_pb2.RetryInfo)


async def test_a_caller_that_leaves_a_stream_ends_it_at_lookup(
    gateway: Gateway, stub: "LookupServiceAsyncStub"
) -> None:
    request = lookup.CheckClaimsRequest(claims=[lookup.Claim(id="a"), lookup.Claim(id="wait")])
    call = stub.CheckClaims(request, metadata=as_member(gateway))
    await call.read()
    await gateway.lookup.waiting.wait()

    call.cancel()

    await gateway.lookup.stream_ended.wait()


async def test_the_deadline_of_the_table_ends_a_stream() -> None:
    rows = [replace(row, seconds=0.2) for row in policy.TABLE]
    async with running(rows) as gateway, grpc.aio.insecure_channel(f"127.0.0.1:{gateway.grpc_port}") as channel:
        stub: LookupServiceAsyncStub = lookup_pb2_grpc.LookupServiceStub(channel)
        request = lookup.CheckClaimsRequest(claims=[lookup.Claim(id="wait")])
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await stub.CheckClaims(request, metadata=as_member(gateway)).read()
        await gateway.lookup.stream_ended.wait()

    assert caught.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED


async def test_a_stream_that_would_be_charged_is_refused_at_start() -> None:
    rows = [replace(row, charge=lambda _: "icd10cm:E11.9") for row in policy.TABLE]
    with pytest.raises(AssertionError, match="stream"):
        async with running(rows):
            pass
