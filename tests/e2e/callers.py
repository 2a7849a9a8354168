"""People and programs that use the product all the time: what was answered, and what failed."""

import asyncio
import itertools
import json
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import httpx
from codingahead.assistant.v1 import assistant_pb2, assistant_pb2_grpc
from codingahead.lookup.v1 import lookup_pb2, lookup_pb2_grpc

from services.gateway import policy
from services.runtime.errors import Refusal
from services.runtime.rpc.client import Client, stream
from tests.e2e.people import PASSWORD, Member, network, new_email

Act = Callable[[httpx.AsyncClient], Coroutine[Any, Any, None]]

CODES = ("I10", "E11.9", "J18.9", "M25.561", "C50.911", "N39.0")
QUESTION = "Is E11.9 billable?"
# As fast as this, a caller is more than one person; the machine is to have time for what is tested.
_PAUSE_SECONDS = 0.05
# Nobody reaches a limit.
UNLIMITED = json.dumps(
    {
        "guest": {"views": None, "questions_per_day": None},
        "member": {"views": None, "calls_per_minute": None, "questions_per_day": None},
    }
)

# What is looked for are calls that fail, not a small machine that is slow.
PATIENCE = {
    "CODINGAHEAD_ACCOUNTS_TIMEOUT_SECONDS": "20",
    "CODINGAHEAD_QUOTA_TIMEOUT_SECONDS": "10",
    "CODINGAHEAD_REQUEST_TIMEOUT_SECONDS": "30",
    "CODINGAHEAD_STOP_SECONDS": "30",
}


class Callers:
    """Uses the web at one address and the public gRPC at one target.

    `answered` and `failures` are counted by what was asked. Connections are kept between requests, as browsers do.
    """

    def __init__(self, web: str, grpc_target: str, member: Member, key: str) -> None:
        self._web = web
        self._clients = Client(policy.LOOKUP, grpc_target), Client(policy.ASSISTANT, grpc_target)
        codes, casepilot = self._clients
        self._lookup = codes.stub(lookup_pb2_grpc.LookupServiceStub, 5.0)
        self._assistant = casepilot.stub(assistant_pb2_grpc.AssistantServiceStub, 20.0)
        self._member = member
        self._key = {"authorization": f"Bearer {key}"}
        self._guest = network()
        self._codes = itertools.cycle(CODES)
        self.answered: Counter[str] = Counter()
        self.failures: Counter[str] = Counter()
        self.acts: tuple[Act, ...] = (
            *(self.read_page, self.search, self.search_with_key, self.log_in_and_out, self.register, self.ask),
            *(self.search_by_grpc, self.read_page_by_grpc, self.ask_by_grpc),
        )

    @asynccontextmanager
    async def calling(self) -> AsyncIterator[None]:
        """Call as long as the block lasts; each call that was begun is waited for."""
        stopped = asyncio.Event()
        calling = [asyncio.create_task(self._repeat(act, stopped)) for act in self.acts]
        try:
            yield
        finally:
            stopped.set()
            await asyncio.gather(*calling)
            for client in self._clients:
                await client.close()

    def __str__(self) -> str:
        """Return what was answered and what failed, a line each."""
        lines = [f"{name:<20}{count:>7,} answered" for name, count in sorted(self.answered.items())]
        return "\n".join([*lines, *(f"{count} x {failure}" for failure, count in self.failures.items())])

    async def read_page(self, http: httpx.AsyncClient) -> None:
        await _expect(200, http.get(f"/codes/icd10cm/{next(self._codes)}", headers=self._guest))

    async def search(self, http: httpx.AsyncClient) -> None:
        await _expect(200, http.get("/api/v1/search", params={"query": "pneumonia"}, headers=self._guest))

    async def search_with_key(self, http: httpx.AsyncClient) -> None:
        await _expect(200, http.get("/api/v1/search", params={"query": "asthma"}, headers=self._key))

    async def log_in_and_out(self, http: httpx.AsyncClient) -> None:
        typed = {"email": self._member.email, "password": PASSWORD}
        await _expect(303, http.post("/login", data=typed, headers=network()))
        await _expect(303, http.post("/logout"))

    async def register(self, http: httpx.AsyncClient) -> None:
        typed = {"email": new_email(), "password": PASSWORD}
        await _expect(303, http.post("/register", data=typed, headers=network()))

    async def ask(self, http: httpx.AsyncClient) -> None:
        body = {"model": "casepilot", "stream": True, "messages": [{"role": "user", "content": QUESTION}]}
        async with http.stream("POST", "/v1/chat/completions", json=body, headers=self._guest) as answer:
            lines = [line async for line in answer.aiter_lines() if line]
        assert answer.status_code == 200, f"{answer.status_code} {lines}"
        assert lines[-1] == "data: [DONE]", lines[-1]

    async def search_by_grpc(self, _: httpx.AsyncClient) -> None:
        await self._lookup.Search(lookup_pb2.SearchRequest(query="pneumonia"))

    async def read_page_by_grpc(self, _: httpx.AsyncClient) -> None:
        await self._lookup.GetCodePage(
            lookup_pb2.GetCodePageRequest(system=lookup_pb2.CODE_SYSTEM_ICD10CM, code=next(self._codes))
        )

    async def ask_by_grpc(self, _: httpx.AsyncClient) -> None:
        answers = stream(self._assistant.Ask(assistant_pb2.AskRequest(question=QUESTION)))
        events = [event async for event in answers]
        assert events[-1].HasField("done"), events[-1]

    async def _repeat(self, act: Act, stopped: asyncio.Event) -> None:
        name = act.__name__
        async with httpx.AsyncClient(base_url=self._web, timeout=30.0) as http:
            while not stopped.is_set():
                try:
                    await act(http)
                    self.answered[name] += 1
                except (AssertionError, Refusal, httpx.HTTPError) as error:
                    self.failures[f"{name}: {error!r}"] += 1
                await asyncio.sleep(_PAUSE_SECONDS)


async def _expect(status: int, answer: Awaitable[httpx.Response]) -> None:
    response = await answer
    assert response.status_code == status, f"{response.status_code} {response.text[:300]}"
