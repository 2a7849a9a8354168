"""Settings and mappings of the indices. `_meta` holds the load, so that the aliases alone say what is loaded."""

from typing import Any

# Raised whenever documents are made differently. It is part of every name: while replicas of two versions run side by
# side, each reads what it understands, and what was loaded before is loaded anew.
FORMAT = 4

CODES_ALIAS = f"codingahead-{FORMAT}-codes"
BOOKS_ALIAS = f"codingahead-{FORMAT}-books"
FACTS_ALIAS = f"codingahead-{FORMAT}-facts"
DESCRIPTIONS_ALIAS = f"codingahead-{FORMAT}-descriptions"
# The indices that serve: aliases end with a letter, names of indices with a time.
SERVING = f"codingahead-{FORMAT}-*s"
LOCKS_INDEX = "codingahead-locks"

_KEYWORD = {"type": "keyword"}
_STORED_ONLY = {"type": "object", "enabled": False}
# Stems are matched, never weighed by Elasticsearch: the query says what each is worth.
_STEMS = {
    "type": "text",
    "analyzer": "whitespace",
    "similarity": "boolean",
    "index_options": "docs",
    "norms": False,
}

# Of passages Elasticsearch says how well they match (BM25).
_WEIGHED_STEMS = {"type": "text", "analyzer": "whitespace"}


def codes_index(meta: dict[str, Any]) -> dict[str, Any]:
    """Return the body that makes a codes index. Only what a hit shows is kept as source."""
    properties = {
        "code": _KEYWORD,
        "length": {"type": "byte", "index": False},
        "first": {"type": "boolean"},
        "stems": _STEMS,
        "cost": {"type": "float", "index": False},
        "kind": {"type": "byte", "index": False},
        "chapter": _KEYWORD,
        "billable": {"type": "boolean"},
        "order": {"type": "integer"},
        "hit": _STORED_ONLY,
    }
    return _index(meta, properties, _source={"includes": ["hit"]})


def book_index(meta: dict[str, Any]) -> dict[str, Any]:
    """Return the body that makes the index of a book."""
    properties = {
        "code": _KEYWORD,
        "order": {"type": "integer"},
        "line": _STORED_ONLY,
        "details": _STORED_ONLY,
        "outline": _STORED_ONLY,
        "lexicon": _STORED_ONLY,
    }
    return _index(meta, properties)


def facts_index(meta: dict[str, Any]) -> dict[str, Any]:
    """Return the body that makes an index of facts: nothing in it is searched but the words of passages."""
    return _index(meta, {"facts": _STORED_ONLY, "heading": _WEIGHED_STEMS, "body": _WEIGHED_STEMS})


def descriptions_index(meta: dict[str, Any]) -> dict[str, Any]:
    """Return the body that makes an index of descriptions: nothing in it is searched."""
    return _index(meta, dict.fromkeys(("title", "text", "author", "reviewed_on", "edition"), _STORED_ONLY))


def locks_index() -> dict[str, Any]:
    """Return the body that makes the index of locks; it spreads over the nodes that there are."""
    return {
        "settings": {"number_of_shards": 1, "auto_expand_replicas": "0-1"},
        "mappings": {"dynamic": "strict", "properties": {"holder": _KEYWORD, "expires_at": {"type": "double"}}},
    }


def serving_settings(replicas: int) -> dict[str, Any]:
    """Return the settings of an index that is filled: nothing is written to it any more."""
    return {"index": {"refresh_interval": None, "number_of_replicas": replicas, "blocks.write": True}}


def _index(meta: dict[str, Any], properties: dict[str, Any], **mapping: Any) -> dict[str, Any]:
    return {
        "settings": {"number_of_shards": 1, "number_of_replicas": 0, "refresh_interval": "-1"},
        "mappings": {"dynamic": "strict", "_meta": meta, "properties": properties, **mapping},
    }
