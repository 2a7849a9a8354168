"""The reference page of the REST API, made from its OpenAPI document; it loads nothing from other hosts."""

from functools import cache
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

_HERE = Path(__file__).parent
_STYLES = (_HERE / "reference.css").read_text()


def routes() -> list[BaseRoute]:
    """Return the routes of the page."""
    return [Route("/api/docs", _page), Route("/api/docs.css", _styles)]


async def _page(request: Request) -> Response:
    return HTMLResponse(_rendered(request.app), headers={"cache-control": "public, max-age=300"})


async def _styles(_: Request) -> Response:
    return Response(_STYLES, media_type="text/css", headers={"cache-control": "public, max-age=300"})


@cache
def _rendered(app: FastAPI) -> str:
    templates = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    templates.filters.update(type=_type, choices=_choices)
    document = app.openapi()
    return templates.get_template("reference.html").render(
        info=document["info"],
        operations=[
            (method.upper(), path, operation)
            for path, methods in document["paths"].items()
            for method, operation in methods.items()
        ],
        schemas=document["components"]["schemas"],
    )


def _type(schema: dict[str, Any]) -> str:
    """Return the type of a JSON schema in words: "list of Entry", "string or null"."""
    if "$ref" in schema:
        return str(schema["$ref"].rsplit("/", 1)[-1])
    if "anyOf" in schema:
        return " or ".join(_type(option) for option in schema["anyOf"])
    if schema.get("type") == "array":
        return f"list of {_type(schema['items'])}"
    return str(schema.get("type", "object"))


def _choices(schema: dict[str, Any]) -> list[str]:
    """Return the words that a parameter may be, none when it may be any."""
    words: list[str] = schema.get("items", schema).get("enum", [])
    return words
