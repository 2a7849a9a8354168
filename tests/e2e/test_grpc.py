"""The public gRPC as a program of another team finds it."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from typing import Any

import grpc
import pytest
from codingahead.lookup.v1 import lookup_pb2 as pb
from codingahead.lookup.v1 import lookup_pb2_grpc
from google.rpc import error_details_pb2
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from grpc_status import rpc_status

from tests.e2e.people import new_key
from tests.e2e.product import Product

ICD10CM = pb.CODE_SYSTEM_ICD10CM
_ADDRESSES = itertools.count(1)


@pytest.fixture
async def channel(product: Product) -> AsyncIterator[grpc.aio.Channel]:
    async with grpc.aio.insecure_channel(product.grpc) as channel:
        yield channel


@pytest.fixture
def lookup(channel: grpc.aio.Channel) -> "lookup_pb2_grpc.LookupServiceAsyncStub":
    return lookup_pb2_grpc.LookupServiceStub(channel)


@pytest.fixture
def guest() -> tuple[tuple[str, str], ...]:
    """Metadata of a caller from a network of its own."""
    return (("x-forwarded-for", f"198.51.{next(_ADDRESSES)}.1"),)


def details(error: grpc.aio.AioRpcError) -> tuple[Any, Any]:
    status = rpc_status.from_call(error)  # type: ignore[arg-type]
    info, quota = error_details_pb2.ErrorInfo(), error_details_pb2.QuotaFailure()
    for detail in status.details:
        detail.Unpack(info)
        detail.Unpack(quota)
    return info, quota


async def test_reflection_names_the_service_and_describes_it(channel: grpc.aio.Channel) -> None:
    stub: Any = reflection_pb2_grpc.ServerReflectionStub(channel)  # type: ignore[arg-type]
    stream = stub.ServerReflectionInfo(
        iter(
            [
                reflection_pb2.ServerReflectionRequest(list_services=""),
                reflection_pb2.ServerReflectionRequest(file_containing_symbol="codingahead.lookup.v1.LookupService"),
            ]
        )
    )
    names = {service.name for service in (await stream.read()).list_services_response.service}
    described = (await stream.read()).file_descriptor_response

    assert "codingahead.lookup.v1.LookupService" in names
    assert "codingahead.quota.v1.QuotaService" not in names
    assert described.file_descriptor_proto


async def test_a_page_is_read_and_a_second_one_refused(
    lookup: "lookup_pb2_grpc.LookupServiceAsyncStub", guest: tuple[tuple[str, str], ...]
) -> None:
    first = await lookup.GetCodePage(pb.GetCodePageRequest(system=ICD10CM, code="E119"), metadata=guest)
    again = await lookup.GetCodePage(pb.GetCodePageRequest(system=ICD10CM, code="e11.9"), metadata=guest)
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await lookup.GetCodePage(pb.GetCodePageRequest(system=ICD10CM, code="I10"), metadata=guest)

    assert first.entry.title == "Type 2 diabetes mellitus without complications"
    assert again == first
    assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    info, quota = details(caught.value)
    assert (info.reason, info.domain, info.metadata["limit"]) == ("VIEW_LIMIT_REACHED", "codingahead", "1")
    assert quota.violations[0].description.startswith("0 code page views remaining.")


async def test_what_remains_is_told_with_the_page(
    lookup: "lookup_pb2_grpc.LookupServiceAsyncStub", guest: tuple[tuple[str, str], ...]
) -> None:
    call = lookup.GetCodePage(pb.GetCodePageRequest(system=ICD10CM, code="E119"), metadata=guest)
    await call

    assert dict(await call.trailing_metadata())["codingahead-views-remaining"] == "0"


async def test_a_code_that_does_not_exist_costs_no_view(
    lookup: "lookup_pb2_grpc.LookupServiceAsyncStub", guest: tuple[tuple[str, str], ...]
) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await lookup.GetCodePage(pb.GetCodePageRequest(system=ICD10CM, code="E11.99"), metadata=guest)
    page = await lookup.GetCodePage(pb.GetCodePageRequest(system=ICD10CM, code="E11.9"), metadata=guest)

    assert caught.value.code() is grpc.StatusCode.NOT_FOUND
    assert details(caught.value)[0].reason == "CODE_NOT_FOUND"
    assert page.entry.code == "E11.9"


async def test_a_guest_is_not_sent_the_notes(
    lookup: "lookup_pb2_grpc.LookupServiceAsyncStub", guest: tuple[tuple[str, str], ...]
) -> None:
    page = await lookup.GetCodePage(
        pb.GetCodePageRequest(system=ICD10CM, code="E11.9", sections=[pb.PAGE_SECTION_NOTES]), metadata=guest
    )

    assert page.notes == pb.Notes(availability=pb.AVAILABILITY_LOCKED)
    assert not page.HasField("official_description")


async def test_a_key_opens_pages_with_what_guests_do_not_see_and_is_told_what_remains(
    lookup: "lookup_pb2_grpc.LookupServiceAsyncStub", product: Product
) -> None:
    key = (("authorization", f"Bearer {await new_key(product, 'codes', 'pages')}"),)
    call = lookup.GetCodePage(pb.GetCodePageRequest(system=ICD10CM, code="E11.9"), metadata=key)
    page, told = await call, dict(await call.trailing_metadata())
    search = lookup.Search(pb.SearchRequest(query="asthma"), metadata=key)
    await search
    searched = dict(await search.trailing_metadata())

    assert any(note.kind == pb.NOTE_KIND_EXCLUDES1 for group in page.notes.groups for note in group.notes)
    assert (told["x-ratelimit-resource"], told["x-ratelimit-limit"], told["x-ratelimit-remaining"]) == (
        "views",
        "5",
        "4",
    )
    assert (searched["x-ratelimit-resource"], searched["x-ratelimit-limit"]) == ("calls", "60")


async def test_a_key_is_held_to_its_scopes_and_a_forged_one_refused(
    lookup: "lookup_pb2_grpc.LookupServiceAsyncStub", product: Product
) -> None:
    secret = await new_key(product, "codes")
    with pytest.raises(grpc.aio.AioRpcError) as beyond:
        await lookup.GetCodePage(
            pb.GetCodePageRequest(system=ICD10CM, code="E11.9"), metadata=(("authorization", f"Bearer {secret}"),)
        )
    with pytest.raises(grpc.aio.AioRpcError) as forged:
        await lookup.Search(
            pb.SearchRequest(query="asthma"), metadata=(("authorization", f"Bearer {secret[:-4]}AAAA"),)
        )

    assert (beyond.value.code(), details(beyond.value)[0].reason) == (
        grpc.StatusCode.PERMISSION_DENIED,
        "SCOPE_NOT_PERMITTED",
    )
    assert (forged.value.code(), details(forged.value)[0].reason) == (
        grpc.StatusCode.UNAUTHENTICATED,
        "KEY_NOT_VALID",
    )


async def test_a_key_makes_so_many_calls_a_minute(
    lookup: "lookup_pb2_grpc.LookupServiceAsyncStub", product: Product
) -> None:
    key = (("authorization", f"Bearer {await new_key(product, 'codes')}"),)
    calls = (lookup.ListReleases(pb.ListReleasesRequest(), metadata=key) for _ in range(61))
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await asyncio.gather(*calls)

    info, quota = details(caught.value)
    assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert info.reason == "CALL_LIMIT_REACHED"
    assert quota.violations[0].subject.startswith("key:")


async def test_every_seventh_character_has_a_page_with_the_notes_of_its_ancestors(
    lookup: "lookup_pb2_grpc.LookupServiceAsyncStub", product: Product
) -> None:
    key = (("authorization", f"Bearer {await new_key(product, 'pages')}"),)
    page = await lookup.GetCodePage(pb.GetCodePageRequest(system=ICD10CM, code="W00.0XXA"), metadata=key)

    assert page.entry.billable
    assert [ancestor.code for ancestor in page.ancestors][-2:] == ["W00", "W00.0"]
    assert {value.character for value in page.notes.seventh_characters} == {"A", "D", "S"}
    assert any(group.inherited and group.entry.code == "20" for group in page.notes.groups)


async def test_the_whole_release_is_loaded(lookup: "lookup_pb2_grpc.LookupServiceAsyncStub") -> None:
    (release,) = (await lookup.ListReleases(pb.ListReleasesRequest())).releases

    assert (release.edition, release.codes, release.billable_codes) == ("FY2026 April", 98186, 74719)
    assert (release.effective_from, release.effective_to) == ("2026-04-01", "2026-09-30")


async def test_a_date_that_no_release_covers_is_refused_with_the_range_that_is_loaded(
    lookup: "lookup_pb2_grpc.LookupServiceAsyncStub",
) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await lookup.GetCode(pb.GetCodeRequest(system=ICD10CM, code="E11.9", effective_on="2024-05-01"))

    info, _ = details(caught.value)
    assert caught.value.code() is grpc.StatusCode.FAILED_PRECONDITION
    assert info.reason == "NO_RELEASE_IN_FORCE"
    assert info.metadata["loaded"] == "2026-04-01/2026-09-30"


@pytest.mark.parametrize(
    "query",
    ["", " ", "x" * 10_000, "\x00", "pain\x07left", "\u200b"],
    ids=["empty", "blank", "long", "null", "bell", "zero width"],
)
async def test_a_bad_query_is_refused_by_name(lookup: "lookup_pb2_grpc.LookupServiceAsyncStub", query: str) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await lookup.Search(pb.SearchRequest(query=query))

    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert details(caught.value)[0].metadata["field"] == "query"


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (pb.SearchRequest(query="pain", page_size=-1), "page_size"),
        (pb.SearchRequest(query="pain", page_size=101), "page_size"),
        (pb.SearchRequest(query="pain", page_token="forged"), "page_token"),
        (pb.SearchRequest(query="pain", chapters=["99"]), "chapters"),
        (pb.SearchRequest(query="pain", effective_on="2026-02-30"), "effective_on"),
        (pb.SearchRequest(query="pain", systems=[77]), "system"),  # type: ignore[list-item]
        (pb.GetCodeRequest(code="E11.9"), "system"),
        (pb.GetCodeRequest(system=ICD10CM, code="not a code"), "code"),
        (pb.GetCodePageRequest(system=ICD10CM, code="E11.9", sections=[0]), "sections"),  # type: ignore[list-item]
        (pb.BatchGetCodesRequest(system=ICD10CM), "codes"),
        (pb.BrowseRequest(system=ICD10CM, page_size=-1), "page_size"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
async def test_a_bad_field_is_refused_by_name(
    lookup: "lookup_pb2_grpc.LookupServiceAsyncStub", request_: Any, field: str
) -> None:
    method = getattr(lookup, type(request_).__name__.removesuffix("Request"))
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await method(request_)

    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert details(caught.value)[0].metadata["field"] == field
