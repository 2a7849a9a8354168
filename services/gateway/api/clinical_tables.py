"""The search API of NLM's Clinical Table Search Service, answered from our codes.

NLM's own autocomplete widget, and programs written for NLM's service, work against it unchanged. As in NLM's tables,
only codes that are valid for submission are found. Each answer is `[total, codes, extra fields, display rows]`; the
table "codes", which searches every system, adds the system of each code.
"""

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence, Set

from codingahead.lookup.v1 import lookup_pb2 as lookup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from services.gateway import policy
from services.gateway.answers import cacheable, refused
from services.gateway.edge import Edge, edge_of
from services.gateway.words import SYSTEM_WORDS
from services.runtime.errors import Kind, Refusal, invalid

# ICD-9-CM has no titles to search.
_SYSTEMS = [number for number in lookup.CodeSystem.values() if number not in (0, lookup.CODE_SYSTEM_ICD9CM)]
_TABLES: Mapping[str, Sequence[lookup.CodeSystem.ValueType]] = {
    **{SYSTEM_WORDS[number]: (number,) for number in _SYSTEMS},
    "codes": (),
}

_FIELDS: Mapping[str, Callable[[lookup.Entry], str]] = {
    "code": lambda entry: entry.code,
    "name": lambda entry: entry.title,
    "code_system": lambda entry: SYSTEM_WORDS[entry.system],
}
_SEARCHED = ("code", "name")

_DEFAULT_COUNT = 7
_MAX_COUNT = 500
# Lookup pages by token: what stands before the offset is read as well.
_MAX_REACH = 1000
_LOOKUP_PAGE = 100

_WORDS = re.compile(r"[\w\s.,'-]*")

# Anyone's page may call it: what is answered does not depend on who asks.
_ANY_ORIGIN = {"access-control-allow-origin": "*"}


def routes() -> list[BaseRoute]:
    """Return the routes of the tables."""
    return [Route(f"/api/{table}/v3/search", _handler(systems)) for table, systems in _TABLES.items()]


def _handler(systems: Sequence[lookup.CodeSystem.ValueType]) -> Callable[[Request], Awaitable[Response]]:
    async def search(request: Request) -> Response:
        edge = edge_of(request)
        try:
            await edge.access.of_request(request, policy.SEARCH)
            answer = await _answer(edge, systems, request.query_params)
        except Refusal as refusal:
            return refused(request, refusal, headers=_ANY_ORIGIN)
        response = cacheable(request, answer)
        response.headers.update(_ANY_ORIGIN)
        return response

    return search


async def _answer(
    edge: Edge, systems: Sequence[lookup.CodeSystem.ValueType], parameters: Mapping[str, str]
) -> list[object]:
    query = _query(parameters)
    offset, count = _window(parameters)
    shown = [field for field, _ in _fields(parameters, "df", "code,name", _FIELDS)]
    extra = _fields(parameters, "ef", "", _FIELDS)
    [(code_field, _)] = _fields(parameters, "cf", "code", _FIELDS)[:1]
    searched = {field for field, _ in _fields(parameters, "sf", "code,name", _SEARCHED)}

    total, entries = await _search(edge, systems, query, offset + count, searched) if query else (0, [])
    entries = entries[offset : offset + count]
    answer: list[object] = [
        total,
        [_FIELDS[code_field](entry) for entry in entries],
        {alias: [_FIELDS[field](entry) for entry in entries] for field, alias in extra} or None,
        [[_FIELDS[field](entry) for field in shown] for entry in entries],
    ]
    return answer if systems else [*answer, [SYSTEM_WORDS[entry.system] for entry in entries]]


async def _search(
    edge: Edge, systems: Sequence[lookup.CodeSystem.ValueType], query: str, reach: int, searched: Set[str]
) -> tuple[int, list[lookup.Entry]]:
    """Return how many codes match, and the first `reach` of them."""
    request = lookup.SearchRequest(
        query=query, systems=systems, billable=True, page_size=min(reach, _LOOKUP_PAGE), as_typed=True, counted=True
    )
    entries: list[lookup.Entry] = []
    left_out = 0
    while True:
        try:
            answer = await edge.lookup.Search(request)
        except Refusal as refusal:
            if refusal.kind is Kind.PRECONDITION:
                return 0, []  # the system is not loaded
            raise _in_terms(refusal) from None
        found = [hit.entry for hit in answer.hits if _matched_field(hit) in searched]
        left_out += len(answer.hits) - len(found)
        entries += found
        if len(entries) >= reach or not answer.next_page_token:
            return answer.total - left_out, entries
        request.page_token = answer.next_page_token


def _query(parameters: Mapping[str, str]) -> str:
    """Return the words to search for: those of `terms`, and those of `q`, which narrow them down."""
    if "terms" not in parameters:
        raise invalid("terms", "expected what to search for, or part of it")
    narrowing = parameters.get("q", "").strip()
    if not _WORDS.fullmatch(narrowing):
        raise invalid("q", "expected words; the query language of NLM's service is not offered")
    return f"{parameters['terms'].strip()} {narrowing}".strip()


def _window(parameters: Mapping[str, str]) -> tuple[int, int]:
    """Return the offset and the count; `maxList` is an older name of `count`, and empty means as many as possible."""
    name = "count" if "count" in parameters else "maxList"
    offset, count = _number(parameters, "offset", 0, 0), _number(parameters, name, _DEFAULT_COUNT, _MAX_COUNT)
    count = min(count, _MAX_COUNT)
    if offset + count > _MAX_REACH:
        raise invalid("offset", f"expected offset and {name} to be {_MAX_REACH} at most together")
    return offset, count


def _number(parameters: Mapping[str, str], name: str, absent: int, empty: int) -> int:
    text = parameters.get(name, str(absent)).strip() or str(empty)
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise invalid(name, "expected a number, 0 or more")
    return int(text)


def _fields(parameters: Mapping[str, str], name: str, absent: str, known: Iterable[str]) -> list[tuple[str, str]]:
    """Return the fields that a parameter lists, each with the alias it is given ("name:title") or else its own name."""
    fields = []
    for item in (parameters.get(name) or absent).split(","):
        field, _, alias = (part.strip() for part in item.partition(":"))
        if field in known:
            fields.append((field, alias or field))
        elif field:
            raise invalid(name, f"expected fields of {', '.join(known)}")
    return fields


def _matched_field(hit: lookup.Hit) -> str:
    return "code" if hit.match_kind == lookup.MATCH_KIND_CODE else "name"


def _in_terms(refusal: Refusal) -> Refusal:
    """Return a refusal of our search with the field named as this API names it."""
    if [violation.field for violation in refusal.fields] != ["query"]:
        return refusal
    return invalid("terms", refusal.fields[0].description)
