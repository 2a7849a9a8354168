"""A gateway whose lookup, quota, accounts and assistant are small stand-ins, all of it over real connections."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx
from codingahead.accounts.v1 import accounts_pb2, accounts_pb2_grpc
from codingahead.assistant.v1 import assistant_pb2_grpc
from codingahead.events.v1 import events_pb2
from codingahead.lookup.v1 import lookup_pb2 as lookup
from codingahead.lookup.v1 import lookup_pb2_grpc
from codingahead.quota.v1 import quota_pb2 as quota
from codingahead.quota.v1 import quota_pb2_grpc
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from services.gateway import policy
from services.gateway.access import Access
from services.gateway.calls import Calls
from services.gateway.edge import Edge
from services.gateway.endpoint import HttpEndpoint
from services.gateway.forward import Forwarder
from services.gateway.http import create_app
from services.gateway.identity import Identity
from services.gateway.keys import Keys
from services.gateway.main import ACCOUNTS, QUOTA
from services.gateway.questions import Questions
from services.gateway.sessions import REFRESH_COOKIE, SESSION_COOKIE, Sessions
from services.gateway.settings import GatewaySettings
from services.gateway.wall import Wall
from services.gateway.words import PAGE_SECTION_WORDS
from services.runtime import context, logs
from services.runtime.errors import Kind, Refusal, invalid, unavailable
from services.runtime.rpc.client import Client
from services.runtime.rpc.server import Server
from services.runtime.tokens import Verifier
from tests.integration.gateway_accounts import SIGNER, FakeAccounts
from tests.integration.gateway_assistant import FakeAssistant
from tests.support import plain_client

LOG = logs.get("test")
SECRET = "a secret for tests, of 32 bytes and more"
# An HTTP server takes a fifth of a second to see that it is to stop: it does so beside the next test.
STOPPING: list[asyncio.Task[None]] = []

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


def number_only(code: str) -> lookup.Entry:
    if len(code) != 5 or not code.isdigit():
        raise invalid("code", "expected a CPT code such as 99213")
    return lookup.Entry(system=lookup.CODE_SYSTEM_CPT, level=lookup.LEVEL_CODE, code=code, number_only=True)


NUMBER_ONLY = number_only("99213")
NUMBER_ONLY_PAGE = lookup.GetCodePageResponse(
    entry=NUMBER_ONLY,
    official_description=lookup.OfficialDescription(availability=lookup.AVAILABILITY_NOT_LOADED),
    common_language_description=lookup.CommonLanguageDescription(availability=lookup.AVAILABILITY_NONE),
    notes=lookup.Notes(availability=lookup.AVAILABILITY_NOT_LOADED),
)
COMMON_LANGUAGE = lookup.CommonLanguageDescription(
    availability=lookup.AVAILABILITY_AVAILABLE,
    title="Type 2 diabetes",
    text="The body does not use **insulin** well.",
    author="An editor",
    reviewed_on="2026-01-31",
    edition="Samples",
)
NOTES = lookup.Notes(
    availability=lookup.AVAILABILITY_AVAILABLE,
    printed=lookup.AVAILABILITY_NOT_LOADED,
    groups=[
        lookup.NoteGroup(
            entry=entry("E11"),
            inherited=True,
            notes=[lookup.Note(kind=lookup.NOTE_KIND_EXCLUDES1, text="gestational diabetes")],
        )
    ],
)


def not_loaded_index(_: lookup.BrowseIndexRequest) -> lookup.BrowseIndexResponse:
    status = lookup.SourceStatus(availability=lookup.AVAILABILITY_NOT_LOADED, missing="The index is not loaded.")
    return lookup.BrowseIndexResponse(status=status)


def not_loaded_passage(_: lookup.GetPassageRequest) -> lookup.GetPassageResponse:
    status = lookup.SourceStatus(availability=lookup.AVAILABILITY_NOT_LOADED, missing="The book is not loaded.")
    return lookup.GetPassageResponse(status=status)


def no_passages(request: lookup.SearchPassagesRequest) -> lookup.SearchPassagesResponse:
    status = lookup.SourceStatus(availability=lookup.AVAILABILITY_NOT_LOADED, missing="The books are not loaded.")
    return lookup.SearchPassagesResponse(statuses=[status])


def no_edits(request: lookup.ListEditsRequest) -> lookup.ListEditsResponse:
    return lookup.ListEditsResponse(system=lookup.CODE_SYSTEM_CPT, code=request.code)


def no_fees(request: lookup.GetFeesRequest) -> lookup.GetFeesResponse:
    return lookup.GetFeesResponse(system=lookup.CODE_SYSTEM_CPT, code=request.code)


@dataclass
class FakeLookup:
    """Has four codes and the manners of lookup."""

    subjects: list[str] = field(default_factory=list)
    remaining: list[float | None] = field(default_factory=list)
    searches: list[lookup.SearchRequest] = field(default_factory=list)
    # What is answered to these queries, whatever else is asked of them.
    found: dict[str, lookup.SearchResponse] = field(default_factory=dict)
    pages: list[lookup.GetCodePageRequest] = field(default_factory=list)
    facts: lookup.GetCodePageResponse = field(default_factory=lookup.GetCodePageResponse)
    sources: list[lookup.SourceRelease] = field(default_factory=list)
    # Systems that have the same codes as ICD-10-CM.
    twins: tuple[lookup.CodeSystem.ValueType, ...] = ()
    index: Callable[[lookup.BrowseIndexRequest], lookup.BrowseIndexResponse] = not_loaded_index
    passage: Callable[[lookup.GetPassageRequest], lookup.GetPassageResponse] = not_loaded_passage
    passages: Callable[[lookup.SearchPassagesRequest], lookup.SearchPassagesResponse] = no_passages
    edits: Callable[[lookup.ListEditsRequest], lookup.ListEditsResponse] = no_edits
    fees: Callable[[lookup.GetFeesRequest], lookup.GetFeesResponse] = no_fees
    localities: lookup.ListLocalitiesResponse = field(default_factory=lookup.ListLocalitiesResponse)
    places: lookup.ListPlacesOfServiceResponse = field(default_factory=lookup.ListPlacesOfServiceResponse)
    modifiers: lookup.ListModifiersResponse = field(default_factory=lookup.ListModifiersResponse)
    claims: list[lookup.Claim] = field(default_factory=list)
    verdict: lookup.Verdict.ValueType = lookup.VERDICT_PASS
    findings: list[lookup.Finding] = field(default_factory=list)
    waiting: asyncio.Event = field(default_factory=asyncio.Event)
    release: asyncio.Event = field(default_factory=asyncio.Event)
    stream_ended: asyncio.Event = field(default_factory=asyncio.Event)

    async def search(self, request: lookup.SearchRequest) -> lookup.SearchResponse:
        self.searches.append(request)
        if request.query == "defect":
            raise ValueError("password=hunter2")
        if not request.query.isprintable() or not 1 <= len(request.query) <= 300:
            raise invalid("query", "expected 1 to 300 printable characters")
        if request.page_token and not request.page_token.isdigit():
            raise invalid("page_token", "expected a token of an earlier answer")
        self._check_date(request.effective_on)
        if request.query in self.found:
            return self.found[request.query]
        if request.query == NUMBER_ONLY.code:
            hit = lookup.Hit(entry=NUMBER_ONLY, match_kind=lookup.MATCH_KIND_CODE)
            return lookup.SearchResponse(hits=[hit], total=1)
        if lookup.CODE_SYSTEM_CPT in request.systems:
            raise Refusal(Kind.PRECONDITION, "NO_RELEASE_IN_FORCE", "no release of CPT is loaded")
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

    async def specify(self, request: lookup.SpecifyRequest) -> lookup.SpecifyResponse:
        """Answer with one choice between E11.8 and E11.9."""
        if request.system != lookup.CODE_SYSTEM_ICD10CM:
            raise invalid("system", "expected ICD10CM")
        self._check_date(request.effective_on)
        found = self._find(request.code)
        options = [
            lookup.ChoiceOption(
                entry=entry(code), label=label, chosen=found.code == code, unspecified=label.startswith("unspecified")
            )
            for code, label in (("E11.8", "unspecified complications"), ("E11.9", "without <complications>"))
        ]
        choice = lookup.Choice(axis=lookup.CHOICE_AXIS_DETAIL, above=entry("E11"), options=options)
        return lookup.SpecifyResponse(
            entry=found, choices=[choice] if found.code.startswith("E11") else [], release=RELEASE
        )

    async def get_code(self, request: lookup.GetCodeRequest) -> lookup.GetCodeResponse:
        if request.system == lookup.CODE_SYSTEM_CPT:
            return lookup.GetCodeResponse(entry=number_only(request.code))
        return lookup.GetCodeResponse(entry=self._find(request.code), release=RELEASE)

    async def get_code_page(self, request: lookup.GetCodePageRequest) -> lookup.GetCodePageResponse:
        call = context.current()
        assert call is not None
        self.subjects.append(call.subject)
        self.remaining.append(call.remaining())
        self.pages.append(request)
        self._check_date(request.effective_on)
        if request.system == lookup.CODE_SYSTEM_CPT:
            page = lookup.GetCodePageResponse()
            page.CopyFrom(NUMBER_ONLY_PAGE)
            page.entry.CopyFrom(number_only(request.code))
            return self._with_facts(page, request)
        found = self._find(request.code)
        page = lookup.GetCodePageResponse(
            entry=found,
            children=[entry("E11.8"), entry("E11.9")] if found.has_children else [],
            release=RELEASE,
            official_description=lookup.OfficialDescription(
                availability=lookup.AVAILABILITY_AVAILABLE, title=found.title
            ),
            common_language_description=COMMON_LANGUAGE,
        )
        if lookup.PAGE_SECTION_NOTES in request.locked_sections:
            page.notes.availability = lookup.AVAILABILITY_LOCKED
        else:
            page.notes.CopyFrom(NOTES)
        return self._with_facts(page, request)

    def _with_facts(
        self, page: lookup.GetCodePageResponse, request: lookup.GetCodePageRequest
    ) -> lookup.GetCodePageResponse:
        """Return the page with the sections of `facts` too, as far as they are not locked."""
        with_facts = lookup.GetCodePageResponse()
        with_facts.CopyFrom(page)
        locked = {PAGE_SECTION_WORDS[section] for section in request.locked_sections}
        for section, content in self.facts.ListFields():
            if section.name in locked:
                getattr(with_facts, section.name).availability = lookup.AVAILABILITY_LOCKED
            else:
                getattr(with_facts, section.name).CopyFrom(content)
        return with_facts

    async def batch_get_codes(self, request: lookup.BatchGetCodesRequest) -> lookup.BatchGetCodesResponse:
        self._check_date(request.effective_on)
        if request.system not in (lookup.CODE_SYSTEM_ICD10CM, lookup.CODE_SYSTEM_CPT, *self.twins):
            raise Refusal(Kind.PRECONDITION, "NO_RELEASE_IN_FORCE", "no release of this system is loaded")
        results = []
        for code in request.codes:
            try:
                found = number_only(code) if request.system == lookup.CODE_SYSTEM_CPT else self._find(code)
                results.append(lookup.BatchGetCodesResult(asked=code, entry=found))
            except Refusal as refusal:
                failure = lookup.LookupFailure(reason=refusal.reason, message=refusal.message)
                results.append(lookup.BatchGetCodesResult(asked=code, failure=failure))
        if request.system == lookup.CODE_SYSTEM_CPT:
            return lookup.BatchGetCodesResponse(results=results)
        if request.system in self.twins:
            for result in results:
                if result.HasField("entry"):
                    result.entry.system = request.system
        return lookup.BatchGetCodesResponse(results=results, release=RELEASE)

    async def browse(self, request: lookup.BrowseRequest) -> lookup.BrowseResponse:
        if request.under:
            return lookup.BrowseResponse(entry=self._find(request.under), entries=[entry("E11.8")], release=RELEASE)
        around = self._find(request.around) if request.around else None
        return lookup.BrowseResponse(entry=around, entries=[entry(code) for code in TITLES], release=RELEASE)

    async def list_releases(self, request: lookup.ListReleasesRequest) -> lookup.ListReleasesResponse:
        return lookup.ListReleasesResponse(releases=[RELEASE], sources=[] if request.systems else self.sources)

    async def check_edits(self, request: lookup.CheckEditsRequest) -> lookup.CheckEditsResponse:
        self.claims.append(request.claim)
        return self._checked(request.claim, "claim")

    async def check_claims(self, request: lookup.CheckClaimsRequest) -> AsyncIterator[lookup.CheckClaimsResponse]:
        """Answer each claim; one whose id is "wait" waits for `release`, one whose id is "stop" ends the stream."""
        self.claims.extend(request.claims)
        try:
            for position, claim in enumerate(request.claims):
                if claim.id == "wait":
                    self.waiting.set()
                    await self.release.wait()
                if claim.id == "stop":
                    raise unavailable("Elasticsearch is away.")
                try:
                    findings = self._checked(claim, f"claims[{position}]")
                    yield lookup.CheckClaimsResponse(position=position, findings=findings)
                except Refusal as refusal:
                    failure = lookup.LookupFailure(reason=refusal.reason, message=refusal.message)
                    yield lookup.CheckClaimsResponse(position=position, failure=failure)
        finally:
            self.stream_ended.set()

    async def list_edits(self, request: lookup.ListEditsRequest) -> lookup.ListEditsResponse:
        return self.edits(request)

    async def get_fees(self, request: lookup.GetFeesRequest) -> lookup.GetFeesResponse:
        return self.fees(request)

    async def list_localities(self, request: lookup.ListLocalitiesRequest) -> lookup.ListLocalitiesResponse:
        return self.localities

    async def list_places_of_service(
        self, request: lookup.ListPlacesOfServiceRequest
    ) -> lookup.ListPlacesOfServiceResponse:
        return self.places

    async def list_modifiers(self, request: lookup.ListModifiersRequest) -> lookup.ListModifiersResponse:
        return self.modifiers

    async def browse_index(self, request: lookup.BrowseIndexRequest) -> lookup.BrowseIndexResponse:
        return self.index(request)

    async def search_passages(self, request: lookup.SearchPassagesRequest) -> lookup.SearchPassagesResponse:
        return self.passages(request)

    async def get_passage(self, request: lookup.GetPassageRequest) -> lookup.GetPassageResponse:
        return self.passage(request)

    def _checked(self, claim: lookup.Claim, field: str) -> lookup.CheckEditsResponse:
        self._check_date(claim.effective_on, f"{field}.effective_on")
        for place, line in enumerate(claim.lines):
            if line.code == "00000":
                raise invalid(f"{field}.lines[{place}].code", "expected a CPT or HCPCS code such as 99213 or J1885")
        return lookup.CheckEditsResponse(id=claim.id, verdict=self.verdict, findings=self.findings)

    def _find(self, asked: str) -> lookup.Entry:
        for code in TITLES:
            if code.replace(".", "") == asked.upper().replace(".", ""):
                return entry(code)
        raise Refusal(Kind.NOT_FOUND, "CODE_NOT_FOUND", "ICD-10-CM FY2026 has no such code.")

    def _check_date(self, text: str, field: str = "effective_on") -> None:
        if text and not text.startswith("20"):
            raise invalid(field, "expected a date as YYYY-MM-DD")


@dataclass
class FakeQuota:
    """Counts as quota does, with small numbers: `cap` is that of a network; `away` answers nothing."""

    limit: int = 1
    member_limit: int = 5
    cap: int = 2
    calls_a_minute: int = 100
    questions_a_day: int = 3
    away: bool = False
    asked: list[quota.RecordViewRequest] = field(default_factory=list)
    opened: dict[str, set[str]] = field(default_factory=dict)
    networks: dict[str, int] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)
    questions: Counter[str] = field(default_factory=Counter)

    async def record_view(self, request: quota.RecordViewRequest) -> quota.RecordViewResponse:
        self._check()
        self.asked.append(request)
        pages = self.opened.setdefault(request.subject, set())
        if request.page in pages:
            outcome = quota.OUTCOME_ALREADY_OPENED
        elif self._balance(request).remaining == 0 and request.plan != "subscriber":
            outcome = quota.OUTCOME_DENIED_LIMIT
        elif request.network and self.networks.get(request.network, 0) >= self.cap:
            outcome = quota.OUTCOME_DENIED_NETWORK
        else:
            outcome = quota.OUTCOME_CHARGED
            pages.add(request.page)
            self.networks[request.network] = self.networks.get(request.network, 0) + 1
        allowed = outcome in (quota.OUTCOME_CHARGED, quota.OUTCOME_ALREADY_OPENED)
        return quota.RecordViewResponse(outcome=outcome, allowed=allowed, balance=self._balance(request))

    async def get_balance(self, request: quota.GetBalanceRequest) -> quota.GetBalanceResponse:
        self._check()
        return quota.GetBalanceResponse(balance=self._balance(request))

    async def merge_balances(self, request: quota.MergeBalancesRequest) -> quota.MergeBalancesResponse:
        raise NotImplementedError

    async def grant_views(self, request: quota.GrantViewsRequest) -> quota.GrantViewsResponse:
        raise NotImplementedError

    async def take_call(self, request: quota.TakeCallRequest) -> quota.TakeCallResponse:
        self._check()
        allowed = self.calls[request.subject] < self.calls_a_minute
        self.calls[request.subject] += allowed
        answer = quota.TakeCallResponse(
            allowed=allowed,
            limit=self.calls_a_minute,
            remaining=self.calls_a_minute - self.calls[request.subject],
        )
        answer.window_ends_at.GetCurrentTime()
        answer.window_ends_at.seconds += 60
        return answer

    async def take_question(self, request: quota.TakeQuestionRequest) -> quota.TakeQuestionResponse:
        self._check()
        if request.plan == "subscriber":
            return quota.TakeQuestionResponse(allowed=True, unlimited=True)
        allowed = self.questions[request.subject] < self.questions_a_day
        self.questions[request.subject] += allowed
        remaining = self.questions_a_day - self.questions[request.subject]
        answer = quota.TakeQuestionResponse(allowed=allowed, limit=self.questions_a_day, remaining=remaining)
        answer.window_ends_at.GetCurrentTime()
        answer.window_ends_at.seconds += 86_400
        return answer

    async def get_questions(self, request: quota.GetQuestionsRequest) -> quota.GetQuestionsResponse:
        self._check()
        if request.plan == "subscriber":
            return quota.GetQuestionsResponse(unlimited=True)
        remaining = max(0, self.questions_a_day - self.questions[request.subject])
        answer = quota.GetQuestionsResponse(limit=self.questions_a_day, remaining=remaining)
        answer.window_ends_at.GetCurrentTime()
        answer.window_ends_at.seconds += 86_400
        return answer

    def _check(self) -> None:
        if self.away:
            raise unavailable("Redis is away.")

    def _balance(self, request: quota.RecordViewRequest | quota.GetBalanceRequest) -> quota.Balance:
        if request.plan == "subscriber":
            return quota.Balance(plan=request.plan, unlimited=True)
        limit = self.limit if request.plan == "guest" else self.member_limit
        used = len(self.opened.get(request.subject, ()))
        balance = quota.Balance(plan=request.plan, limit=limit, used=used, remaining=limit - used)
        balance.window_ends_at.GetCurrentTime()
        balance.window_ends_at.seconds += 3600
        return balance


@dataclass
class FakeBus:
    """Keeps views that quota could not charge, unless it is `away`."""

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
    accounts: FakeAccounts
    assistant: FakeAssistant
    bus: FakeBus
    sessions: Sessions
    keys: Keys
    http: httpx.AsyncClient
    http_port: int
    grpc_port: int
    stop_lookup: Callable[[], Awaitable[None]]
    stop_assistant: Callable[[], Awaitable[None]]
    ready: bool = True

    def browser(self, session: accounts_pb2.Session | None = None) -> httpx.AsyncClient:
        """Return a client that likes pages and has no cookies yet but those of `session`."""
        cookies = httpx.Cookies()
        if session:
            # With its domain, as if the gateway had set it: else one that it sets would not take its place.
            cookies.set(SESSION_COOKIE, session.access_token, "127.0.0.1")
            cookies.set(REFRESH_COOKIE, session.refresh_token, "127.0.0.1")
        return plain_client(f"http://127.0.0.1:{self.http_port}", headers={"accept": "text/html"}, cookies=cookies)

    async def page(self, address: str, status: int = 200) -> str:
        """Return the page that a new browser gets, which must come with a status."""
        async with self.browser() as browser:
            answer = await browser.get(address)
        assert answer.status_code == status
        return answer.text

    def tell(self, event: events_pb2.SessionRevoked) -> None:
        """Let the gateway hear of a revocation, as it does by following the bus."""
        self.sessions.revoke(event)
        self.keys.change_owner(event)


@asynccontextmanager
async def running(table: Sequence[policy.Row] = policy.TABLE, **settings: object) -> AsyncIterator[Gateway]:
    """Start a gateway on free ports, with the settings given."""
    configured = GatewaySettings.model_validate(
        {
            "cookie_secret": SECRET,
            "session_public_keys": SIGNER.public_key,
            "quota_timeout_seconds": 2.0,
            **settings,
        }
    )
    fake_lookup, fake_quota, fake_accounts, bus = FakeLookup(), FakeQuota(), FakeAccounts(), FakeBus()
    fake_assistant = FakeAssistant()
    servers = lookup_server, quota_server, accounts_server, assistant_server = [
        Server(LOG, "127.0.0.1:0") for _ in range(4)
    ]
    lookup_server.add(policy.LOOKUP, fake_lookup)
    quota_server.add(QUOTA, fake_quota)
    accounts_server.add(ACCOUNTS, fake_accounts)
    assistant_server.add(policy.ASSISTANT, fake_assistant)
    for server in servers:
        await server.start()
        await server.set_ready(True)
    lookups = Client(policy.LOOKUP, f"127.0.0.1:{lookup_server.port}")
    quotas = Client(QUOTA, f"127.0.0.1:{quota_server.port}")
    people = Client(ACCOUNTS, f"127.0.0.1:{accounts_server.port}")
    assistants = Client(policy.ASSISTANT, f"127.0.0.1:{assistant_server.port}")
    codes = lookups.stub(lookup_pb2_grpc.LookupServiceStub, 5.0)
    views = quotas.stub(quota_pb2_grpc.QuotaServiceStub, configured.quota_timeout_seconds)
    members = people.stub(accounts_pb2_grpc.AccountsServiceStub, configured.accounts_timeout_seconds)
    identity = Identity(configured)
    sessions = Sessions(members, Verifier(configured.session_public_keys), identity)
    keys = Keys(members)
    access = Access(identity, keys, Calls(views, configured))
    wall = Wall(views, bus, configured)
    casepilot = assistants.stub(assistant_pb2_grpc.AssistantServiceStub, 60.0)
    questions = Questions(views, configured)
    edge = Edge(codes, members, casepilot, wall, questions, identity, sessions, access, configured)
    upstreams = {policy.Upstream.LOOKUP: lookups, policy.Upstream.ASSISTANT: assistants}
    forwarder = Forwarder(table, upstreams, access, wall, questions, LOG)
    grpc_server = Server(LOG, "127.0.0.1:0", handlers=(forwarder,))
    grpc_server.describe(policy.LOOKUP)
    grpc_server.describe(policy.ASSISTANT)
    endpoint = HttpEndpoint(create_app(edge, lambda: gateway.ready), "127.0.0.1:0")
    await grpc_server.start()
    await endpoint.start()
    async with plain_client(f"http://127.0.0.1:{endpoint.port}") as http:
        gateway = Gateway(
            fake_lookup,
            fake_quota,
            fake_accounts,
            fake_assistant,
            bus,
            sessions,
            keys,
            http,
            endpoint.port,
            grpc_server.port,
            lambda: lookup_server.stop(0),
            lambda: assistant_server.stop(0),
        )
        yield gateway
    STOPPING.append(asyncio.create_task(endpoint.stop(1)))
    await grpc_server.stop(0)
    for client in (lookups, quotas, people, assistants):
        await client.close()
    for server in servers:
        await server.stop(0)
