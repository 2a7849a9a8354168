"""A gateway whose lookup and quota are small stand-ins, all of it over real connections."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx
from codingahead.events.v1 import events_pb2
from codingahead.lookup.v1 import lookup_pb2 as lookup
from codingahead.lookup.v1 import lookup_pb2_grpc
from codingahead.quota.v1 import quota_pb2 as quota
from codingahead.quota.v1 import quota_pb2_grpc
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from services.gateway import policy
from services.gateway.edge import Edge
from services.gateway.endpoint import HttpEndpoint
from services.gateway.forward import Forwarder
from services.gateway.http import create_app
from services.gateway.identity import Identity
from services.gateway.main import QUOTA
from services.gateway.settings import GatewaySettings
from services.gateway.wall import Wall
from services.runtime import context, logs
from services.runtime.errors import Kind, Refusal, invalid, unavailable
from services.runtime.rpc.client import Client
from services.runtime.rpc.server import Server

LOG = logs.get("test")
SECRET = "a secret for tests, of 32 bytes and more"

RELEASE = lookup.Release(
    system=lookup.CODE_SYSTEM_ICD10CM,
    edition="FY2026",
    effective_from="2025-10-01",
    effective_to="2026-09-30",
    in_force=True,
    codes=4,
    billable_codes=3,
    loaded_at=Timestamp(seconds=1_760_000_000),
    origin="test",
)
TITLES = {
    "E11": "Type 2 diabetes mellitus",
    "E11.8": "Type 2 diabetes mellitus with unspecified complications",
    "E11.9": "Type 2 diabetes mellitus without complications",
    "I10": "Essential (primary) hypertension",
}


def entry(code: str) -> lookup.Entry:
    return lookup.Entry(
        system=lookup.CODE_SYSTEM_ICD10CM,
        level=lookup.LEVEL_CODE,
        code=code,
        title=TITLES[code],
        billable=code != "E11",
        has_children=code == "E11",
    )


@dataclass
class FakeLookup:
    """Has four codes and the manners of lookup."""

    subjects: list[str] = field(default_factory=list)
    remaining: list[float | None] = field(default_factory=list)
    searches: list[lookup.SearchRequest] = field(default_factory=list)

    async def search(self, request: lookup.SearchRequest) -> lookup.SearchResponse:
        self.searches.append(request)
        if request.query == "defect":
            raise ValueError("password=hunter2")
        if not request.query.isprintable() or not 1 <= len(request.query) <= 300:
            raise invalid("query", "expected 1 to 300 printable characters")
        if request.page_token and not request.page_token.isdigit():
            raise invalid("page_token", "expected a token of an earlier answer")
        self._check_date(request.effective_on)
        if lookup.CODE_SYSTEM_CPT in request.systems:
            raise Refusal(Kind.PRECONDITION, "NO_RELEASE_IN_FORCE", "no release of cpt is loaded")
        by_code = [code for code in TITLES if code.startswith(request.query.upper())]
        by_title = [code for code, title in TITLES.items() if request.query.lower() in title.lower()]
        found = [code for code in by_code or by_title if not request.billable or code != "E11"]
        start = int(request.page_token or 0)
        end = start + request.page_size
        kind = lookup.MATCH_KIND_CODE if by_code else lookup.MATCH_KIND_TITLE
        return lookup.SearchResponse(
            hits=[
                lookup.Hit(entry=entry(code), highlights=[lookup.Span(start=0, end=4)], match_kind=kind)
                for code in found[start:end]
            ],
            total=len(found),
            next_page_token=str(end) if end < len(found) else "",
            releases=[RELEASE],
        )

    async def get_code(self, request: lookup.GetCodeRequest) -> lookup.GetCodeResponse:
        return lookup.GetCodeResponse(entry=self._find(request.code), release=RELEASE)

    async def get_code_page(self, request: lookup.GetCodePageRequest) -> lookup.GetCodePageResponse:
        call = context.current()
        assert call is not None
        self.subjects.append(call.subject)
        self.remaining.append(call.remaining())
        self._check_date(request.effective_on)
        found = self._find(request.code)
        return lookup.GetCodePageResponse(
            entry=found,
            children=[entry("E11.8"), entry("E11.9")] if found.has_children else [],
            release=RELEASE,
            official_description=lookup.OfficialDescription(
                availability=lookup.AVAILABILITY_AVAILABLE, title=found.title
            ),
            notes=lookup.Notes(
                availability=lookup.AVAILABILITY_AVAILABLE,
                groups=[
                    lookup.NoteGroup(
                        entry=entry("E11"),
                        inherited=True,
                        notes=[lookup.Note(kind=lookup.NOTE_KIND_EXCLUDES1, text="gestational diabetes")],
                    )
                ],
            ),
        )

    async def batch_get_codes(self, request: lookup.BatchGetCodesRequest) -> lookup.BatchGetCodesResponse:
        results = []
        for code in request.codes:
            try:
                results.append(lookup.BatchGetCodesResult(asked=code, entry=self._find(code)))
            except Refusal as refusal:
                failure = lookup.LookupFailure(reason=refusal.reason, message=refusal.message)
                results.append(lookup.BatchGetCodesResult(asked=code, failure=failure))
        return lookup.BatchGetCodesResponse(results=results, release=RELEASE)

    async def browse(self, request: lookup.BrowseRequest) -> lookup.BrowseResponse:
        if request.under:
            return lookup.BrowseResponse(entry=self._find(request.under), entries=[entry("E11.8")], release=RELEASE)
        return lookup.BrowseResponse(entries=[entry(code) for code in TITLES], release=RELEASE)

    async def list_releases(self, request: lookup.ListReleasesRequest) -> lookup.ListReleasesResponse:
        return lookup.ListReleasesResponse(releases=[RELEASE])

    def _find(self, asked: str) -> lookup.Entry:
        for code in TITLES:
            if code.replace(".", "") == asked.upper().replace(".", ""):
                return entry(code)
        raise Refusal(Kind.NOT_FOUND, "CODE_NOT_FOUND", "ICD-10-CM FY2026 has no such code.")

    def _check_date(self, text: str) -> None:
        if text and not text.startswith("20"):
            raise invalid("effective_on", "expected a date as YYYY-MM-DD")


@dataclass
class FakeQuota:
    """Counts as quota does: `limit` a guest, `cap` a network; `away` answers nothing."""

    limit: int = 1
    cap: int = 2
    away: bool = False
    asked: list[quota.RecordViewRequest] = field(default_factory=list)
    opened: dict[str, set[str]] = field(default_factory=dict)
    networks: dict[str, int] = field(default_factory=dict)

    async def record_view(self, request: quota.RecordViewRequest) -> quota.RecordViewResponse:
        self._check()
        self.asked.append(request)
        pages = self.opened.setdefault(request.subject, set())
        if request.page in pages:
            outcome = quota.OUTCOME_ALREADY_OPENED
        elif len(pages) >= self.limit:
            outcome = quota.OUTCOME_DENIED_LIMIT
        elif self.networks.get(request.network, 0) >= self.cap:
            outcome = quota.OUTCOME_DENIED_NETWORK
        else:
            outcome = quota.OUTCOME_CHARGED
            pages.add(request.page)
            self.networks[request.network] = self.networks.get(request.network, 0) + 1
        allowed = outcome in (quota.OUTCOME_CHARGED, quota.OUTCOME_ALREADY_OPENED)
        return quota.RecordViewResponse(outcome=outcome, allowed=allowed, balance=self._balance(request.subject))

    async def get_balance(self, request: quota.GetBalanceRequest) -> quota.GetBalanceResponse:
        self._check()
        return quota.GetBalanceResponse(balance=self._balance(request.subject))

    async def merge_balances(self, request: quota.MergeBalancesRequest) -> quota.MergeBalancesResponse:
        raise NotImplementedError

    async def grant_views(self, request: quota.GrantViewsRequest) -> quota.GrantViewsResponse:
        raise NotImplementedError

    def _check(self) -> None:
        if self.away:
            raise unavailable("Redis is away.")

    def _balance(self, subject: str) -> quota.Balance:
        used = len(self.opened.get(subject, ()))
        balance = quota.Balance(plan="guest", limit=self.limit, used=used, remaining=self.limit - used)
        balance.window_ends_at.GetCurrentTime()
        balance.window_ends_at.seconds += 3600
        return balance


@dataclass
class FakeBus:
    """Keeps events, unless it is `away`."""

    away: bool = False
    views: list[events_pb2.ViewServed] = field(default_factory=list)

    async def publish(self, event: Message, event_id: str) -> None:
        if self.away:
            raise ConnectionError
        assert isinstance(event, events_pb2.ViewServed)
        self.views.append(event)


@dataclass
class Gateway:
    """A gateway that serves, and what is behind it."""

    lookup: FakeLookup
    quota: FakeQuota
    bus: FakeBus
    http: httpx.AsyncClient
    http_port: int
    grpc_port: int
    stop_lookup: Callable[[], Awaitable[None]]
    ready: bool = True

    def browser(self) -> httpx.AsyncClient:
        """Return a client that has no cookie yet and likes pages."""
        return httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.http_port}", headers={"accept": "text/html"})


@asynccontextmanager
async def running(table: Sequence[policy.Row] = policy.TABLE, **settings: object) -> AsyncIterator[Gateway]:
    """Start a gateway on free ports, with the settings given."""
    configured = GatewaySettings.model_validate({"cookie_secret": SECRET, "quota_timeout_seconds": 2.0, **settings})
    fake_lookup, fake_quota, bus = FakeLookup(), FakeQuota(), FakeBus()
    lookup_server, quota_server = Server(LOG, "127.0.0.1:0"), Server(LOG, "127.0.0.1:0")
    lookup_server.add(policy.LOOKUP, fake_lookup)
    quota_server.add(QUOTA, fake_quota)
    for server in (lookup_server, quota_server):
        await server.start()
        await server.set_ready(True)
    lookups = Client(policy.LOOKUP, f"127.0.0.1:{lookup_server.port}")
    quotas = Client(QUOTA, f"127.0.0.1:{quota_server.port}")
    identity = Identity(configured)
    wall = Wall(quotas.stub(quota_pb2_grpc.QuotaServiceStub, configured.quota_timeout_seconds), bus, configured)
    edge = Edge(lookups.stub(lookup_pb2_grpc.LookupServiceStub, 5.0), wall, identity, configured)
    forwarder = Forwarder(table, {policy.Upstream.LOOKUP: lookups}, identity, wall, LOG)
    grpc_server = Server(LOG, "127.0.0.1:0", handlers=(forwarder,))
    grpc_server.describe(policy.LOOKUP)
    endpoint = HttpEndpoint(create_app(edge, lambda: gateway.ready), "127.0.0.1:0")
    await grpc_server.start()
    await endpoint.start()
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{endpoint.port}") as http:
        gateway = Gateway(
            fake_lookup, fake_quota, bus, http, endpoint.port, grpc_server.port, lambda: lookup_server.stop(0)
        )
        yield gateway
    await endpoint.stop(1)
    await grpc_server.stop(0)
    await lookups.close()
    await quotas.close()
    await lookup_server.stop(0)
    await quota_server.stop(0)
