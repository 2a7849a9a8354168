"""Elasticsearch, as the rest of lookup knows it: searches, documents by id, and indices made and swapped."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import orjson
from elastic_transport import ConnectionTimeout, TransportError
from elasticsearch import ApiError, AsyncElasticsearch, BadRequestError, ConflictError, NotFoundError, OrjsonSerializer

from services.lookup.errors import LoadFailed
from services.lookup.index.mappings import SERVING
from services.lookup.metrics import ELASTICSEARCH_SECONDS
from services.runtime import telemetry
from services.runtime.errors import Kind, Refusal, unavailable

# Answers that mean "not now" rather than "never": overload, and a shard or a node that is away.
_PASSING = frozenset({429, 502, 503, 504})
# What of the answer to a search is read.
_FOUND = ("timed_out", "hits.hits._id", "hits.hits._score", "hits.hits._source", "aggregations")
# More would hold up the event loop while it is sent.
_BULK_BYTES = 1_000_000


class IndexGone(Exception):
    """An index that was asked for does not exist any more."""


class BulkFailed(LoadFailed):
    """Some documents of a bulk were not indexed."""

    def __init__(self, failed: int, first: str) -> None:
        super().__init__(f"{failed} documents were not indexed; the first: {first}")


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to a search: the sources in order, with their ids and scores, and the aggregations."""

    sources: list[dict[str, Any]]
    ids: list[str]
    scores: list[float | None]
    aggregations: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Versioned:
    """A document and the version that a conditional write names."""

    source: dict[str, Any]
    seq_no: int
    primary_term: int


@dataclass(frozen=True, slots=True)
class Access:
    """How to reach a cluster: addresses, and what it asks for."""

    urls: Sequence[str]
    username: str = ""
    password: str = ""
    api_key: str = ""
    ca_certs: str = ""


class Store:
    """One Elasticsearch cluster. Every call takes the seconds it may last.

    A call that gets no answer is refused as unavailable, one that runs out of time as a timeout.
    """

    def __init__(self, access: Access, connections: int = 64) -> None:
        options: dict[str, Any] = {}
        if access.api_key:
            options["api_key"] = access.api_key
        elif access.username:
            options["basic_auth"] = (access.username, access.password)
        if access.ca_certs:
            options["ca_certs"] = access.ca_certs
        self._clients: dict[int, AsyncElasticsearch] = {}
        self._client = AsyncElasticsearch(
            list(access.urls),
            connections_per_node=connections,
            serializers={"application/vnd.elasticsearch+json": _Serializer(), "application/json": _Serializer()},
            # A node that refuses connections costs no time: the others are asked. Any other retry inside would spend
            # the caller's time twice; the rpc layer retries.
            max_retries=len(access.urls) - 1,
            retry_on_status=(),
            retry_on_timeout=False,
            **options,
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def ping(self, timeout: float) -> str:
        """Return the colour of what serves: green, yellow when copies are missing. Refused unless it is whole.

        An index that is being loaded or is not ours may have no place: that is nothing to those who search.
        """
        with _refusing():
            health = await self._within(timeout).cluster.health(index=SERVING, filter_path="status")
        if health["status"] == "red":
            raise unavailable("what is loaded is not whole in the search cluster")
        return str(health["status"])

    # Reading

    async def search(self, index: str, body: Mapping[str, Any], timeout: float) -> Found:
        """Search an index."""
        with _span("search", index), ELASTICSEARCH_SECONDS.labels("search").time(), _refusing():
            answer = await self._within(timeout).search(
                index=index,
                body=dict(body),
                filter_path=_FOUND,
            )
        return _found(answer.body)

    async def search_each(self, searches: Sequence[tuple[str, Mapping[str, Any]]], timeout: float) -> list[Found]:
        """Search several indices at once; the answers come in the order of the searches."""
        if not searches:
            return []
        indices = ",".join(index for index, _ in searches)
        lines: list[Any] = [orjson.dumps(line) for index, body in searches for line in ({"index": index}, body)]
        with _span("msearch", indices), ELASTICSEARCH_SECONDS.labels("search").time(), _refusing():
            answer = await self._within(timeout).msearch(
                searches=lines, filter_path=[f"responses.{part}" for part in ("error.type", "status", *_FOUND)]
            )
        return [_found(each) for each in answer["responses"]]

    async def fetch(self, index: str, ids: Sequence[str], timeout: float, fields: str | None = None) -> list[Any]:
        """Return the sources of documents by id, None for each that does not exist; only some `fields` if named."""
        return await self._mget(timeout, [index], ids=list(ids), source_includes=fields, index=index)

    async def fetch_each(self, places: Sequence[tuple[str, str]], timeout: float) -> list[Any]:
        """Return the sources of documents by index and id, None for each that does not exist."""
        docs = [{"_index": index, "_id": id} for index, id in places]
        return await self._mget(timeout, dict.fromkeys(index for index, _ in places), docs=docs)

    async def _mget(self, timeout: float, indices: Iterable[str], **wanted: Any) -> list[Any]:
        with _span("mget", ",".join(indices)), ELASTICSEARCH_SECONDS.labels("fetch").time(), _refusing():
            answer = await self._within(timeout).mget(**wanted, filter_path="docs._source,docs.found,docs.error")
        documents = answer["docs"]
        if any("error" in document for document in documents):
            raise IndexGone(", ".join(indices))
        return [document.get("_source") for document in documents]

    async def count(self, index: str, timeout: float, query: Mapping[str, Any] | None = None) -> int:
        """Return how many documents an index holds, only those that match a `query` if given."""
        with _span("count", index), _refusing():
            answer = await self._within(timeout).count(index=index, query=query)
        return int(answer["count"])

    async def metas(self, pattern: str, timeout: float) -> dict[str, dict[str, Any]]:
        """Return the `_meta` of the indices behind an alias or a pattern, by index name; none when there are none."""
        with _refusing():
            answer = await self._within(timeout).indices.get_mapping(
                index=pattern, allow_no_indices=True, ignore_unavailable=True, filter_path="*.mappings._meta"
            )
        return {name: mapping["mappings"]["_meta"] for name, mapping in answer.items()}

    async def names(self, pattern: str, timeout: float) -> dict[str, list[str]]:
        """Return the aliases of the indices that a pattern names, by index name."""
        with _refusing():
            answer = await self._within(timeout).indices.get_alias(
                index=pattern, allow_no_indices=True, ignore_unavailable=True
            )
        return {name: list(value["aliases"]) for name, value in answer.items()}

    # Making and swapping indices

    async def create_index(self, name: str, body: Mapping[str, Any], timeout: float) -> bool:
        """Make an index of settings and mappings; False when there is one of that name."""
        try:
            with _refusing():
                await self._within(timeout).indices.create(index=name, body=dict(body))
        except BadRequestError as error:
            if error.error != "resource_already_exists_exception":
                raise
            return False
        return True

    async def bulk(self, index: str, documents: Iterable[tuple[str, Mapping[str, Any]]], timeout: float) -> None:
        """Index documents by id, each call of at most a few MB; raises BulkFailed with how many of one were not."""
        operations: list[Any] = []
        waiting = 0
        for id, source in documents:
            operations += (orjson.dumps({"index": {"_id": id}}), orjson.dumps(source))
            waiting += len(operations[-1])
            if waiting >= _BULK_BYTES:
                await self._bulk(index, operations, timeout)
                operations, waiting = [], 0
        if operations:
            await self._bulk(index, operations, timeout)

    async def _bulk(self, index: str, operations: list[Any], timeout: float) -> None:
        with _refusing():
            answer = await self._within(timeout).bulk(
                index=index, operations=operations, filter_path="errors,items.*.error.reason"
            )
        if answer["errors"]:
            reasons = [item["index"]["error"]["reason"] for item in answer["items"] if item]
            raise BulkFailed(len(reasons), reasons[0])

    async def finish_index(self, name: str, settings: Mapping[str, Any], timeout: float) -> None:
        """Make an index that was filled searchable: one segment, refreshed, with its serving settings."""
        client = self._within(timeout)
        with _refusing():
            await client.indices.forcemerge(index=name, max_num_segments=1)
            await client.indices.put_settings(index=name, settings=dict(settings))
            await client.indices.refresh(index=name)

    async def swap(self, add: Mapping[str, str], remove: Mapping[str, str], timeout: float) -> None:
        """Change aliases in one atomic step; both map an index to its alias."""
        actions = [{"remove": {"index": index, "alias": alias}} for index, alias in remove.items()]
        actions += [{"add": {"index": index, "alias": alias}} for index, alias in add.items()]
        with _refusing():
            await self._within(timeout).indices.update_aliases(actions=actions)

    async def set_meta(self, index: str, meta: Mapping[str, Any], timeout: float) -> None:
        """Change the `_meta` of an index."""
        with _refusing():
            await self._within(timeout).indices.put_mapping(index=index, meta=dict(meta))

    async def delete_indices(self, names: Sequence[str], timeout: float) -> None:
        """Delete indices; those that are gone already do not matter."""
        if not names:
            return
        with _refusing():
            await self._within(timeout).indices.delete(index=list(names), ignore_unavailable=True)

    # Single documents with conditions, for locks

    async def get(self, index: str, id: str, timeout: float) -> Versioned | None:
        """Return a document with its version, None when there is none."""
        try:
            with _refusing():
                answer = await self._within(timeout).get(index=index, id=id)
        except IndexGone:
            return None
        return Versioned(answer["_source"], answer["_seq_no"], answer["_primary_term"])

    async def put(
        self, index: str, id: str, source: Mapping[str, Any], timeout: float, replaces: Versioned | None
    ) -> Versioned | None:
        """Write a document that is new, or that replaces exactly the given version; None when it lost the race."""
        condition: dict[str, Any] = (
            {"if_seq_no": replaces.seq_no, "if_primary_term": replaces.primary_term}
            if replaces
            else {"op_type": "create"}
        )
        try:
            with _refusing():
                answer = await self._within(timeout).index(index=index, id=id, document=dict(source), **condition)
        except ConflictError:
            return None
        return Versioned(dict(source), answer["_seq_no"], answer["_primary_term"])

    async def remove(self, index: str, id: str, version: Versioned, timeout: float) -> None:
        """Delete a document if it still is the given version."""
        try:
            with _refusing():
                await self._within(timeout).delete(
                    index=index, id=id, if_seq_no=version.seq_no, if_primary_term=version.primary_term
                )
        except (ConflictError, IndexGone):
            return

    def _within(self, seconds: float) -> AsyncElasticsearch:
        """Return the client with a timeout: to a twentieth of a second, because making one costs half a search."""
        twentieths = max(1, int(seconds * 20))
        client = self._clients.get(twentieths)
        if client is None:
            client = self._clients[twentieths] = self._client.options(request_timeout=twentieths / 20)
        return client


class _Serializer(OrjsonSerializer):
    """orjson, with documents that are JSON already passed through."""

    def dumps(self, data: Any) -> bytes:
        return data if isinstance(data, bytes) else orjson.dumps(data)


def _found(answer: Mapping[str, Any]) -> Found:
    if "error" in answer:  # of one search of several
        raise _failed(answer["status"], answer["error"]["type"])
    if answer.get("timed_out"):
        raise _too_slow()
    rows = answer.get("hits", {}).get("hits", [])
    return Found(
        sources=[row["_source"] for row in rows],
        ids=[row["_id"] for row in rows],
        scores=[row.get("_score") for row in rows],
        aggregations=answer.get("aggregations", {}),
    )


def _failed(status: int, error: str) -> Exception:
    if status == HTTPStatus.NOT_FOUND:
        return IndexGone(error)
    return _not_now() if status in _PASSING else RuntimeError(f"the search cluster answered {status}: {error}")


def _not_now() -> Refusal:
    return unavailable("the search cluster is overloaded or not whole")


def _too_slow() -> Refusal:
    return Refusal(Kind.TIMEOUT, "TIMEOUT", "the search cluster did not answer in time", retry_after=1.0)


def _span(operation: str, index: str) -> telemetry.Span:
    """Return the span of a read. Those that elasticsearch-py offers have texts of errors, which may repeat a query."""
    names = {"db.system.name": "elasticsearch", "db.operation.name": operation, "db.collection.name": index}
    return telemetry.span(f"{operation} {index}", telemetry.Kind.CLIENT, names)


@contextmanager
def _refusing() -> Iterator[None]:
    """Turn failures of the cluster into refusals, and a missing index into IndexGone."""
    try:
        yield
    except ConflictError:
        raise
    except NotFoundError as error:
        raise IndexGone(str(error)) from error
    except ConnectionTimeout as error:
        raise _too_slow() from error
    except TransportError as error:
        raise unavailable("the search cluster does not answer") from error
    except ApiError as error:
        if error.status_code in _PASSING:
            raise _not_now() from error
        raise
