"""The HTTP face of the gateway: pages, APIs and probes as one ASGI application."""

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Match, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Scope

from services.gateway.answers import field_path, refused
from services.gateway.api import (
    ask,
    check,
    clinical_tables,
    compare,
    edits,
    fees,
    guidelines,
    index,
    line_fields,
    openai,
    reference,
    specify,
    v1,
)
from services.gateway.edge import Edge
from services.gateway.identity import COOKIE_FIELD
from services.gateway.middleware import LIMITS, MAX_BODY_BYTES, Surroundings
from services.gateway.web import pages
from services.gateway.web.render import STATIC
from services.runtime import logs
from services.runtime.errors import FieldViolation, Kind, Refusal, defect

__all__ = ["Edge", "create_app"]

_HTTP_REFUSALS = {
    404: Refusal(Kind.NOT_FOUND, "NOT_FOUND", "There is nothing at this address."),
    405: Refusal(Kind.UNIMPLEMENTED, "METHOD_NOT_ALLOWED", "This address does not take that method."),
    **LIMITS,
}
_UNREADABLE = Refusal(Kind.INVALID, "INVALID_ARGUMENT", "The request could not be read.")


def create_app(edge: Edge, ready: Callable[[], bool]) -> ASGIApp:
    """Return the application; `ready` answers /readyz."""
    app = _Application(
        title="Coding Ahead",
        version="1",
        description=v1.DESCRIPTION,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=lambda route: route.name,
        max_body_size=MAX_BODY_BYTES,
        exception_handlers={
            Refusal: _on_refusal,
            RequestValidationError: _on_invalid_request,
            HTTPException: _on_http_error,
            Exception: _on_defect,
        },
    )
    app.state.edge = edge
    # By how often they are asked for: routes are tried in this order.
    app.include_router(v1.router)
    for area in (check, compare, edits, fees, line_fields, index, guidelines, specify, ask, openai):
        app.include_router(area.router)
    app.router.routes.extend(
        [*pages.routes(), *clinical_tables.routes(), *reference.routes(), *_probes(edge, ready)],
    )
    app.mount("/static", _Static(directory=STATIC))
    app.router.routes[:] = map(_told, app.router.routes)
    return Surroundings(
        app, edge.identity, edge.sessions, edge.settings.request_timeout_seconds, ready, logs.get("gateway")
    )


class _Application(FastAPI):
    """Says in its OpenAPI document that callers may have an API key, but need none."""

    def openapi(self) -> dict[str, Any]:
        document = super().openapi()
        document["components"]["securitySchemes"] = {"apiKey": v1.API_KEY}
        document["security"] = [{}, {"apiKey": []}]
        return document


class _Told(Route):
    """Tells which route a request took, as those of FastAPI do: requests are counted by it."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        match, found = super().matches(scope)
        return match, {**found, "route": self} if found else found


def _told(route: BaseRoute) -> BaseRoute:
    if type(route) is not Route:
        return route
    return _Told(route.path, route.endpoint, methods=route.methods, name=route.name)


class _Static(StaticFiles):
    """Files whose addresses change with their content: browsers keep them."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers["cache-control"] = "public, max-age=31536000, immutable"
        return response


def _probes(edge: Edge, ready: Callable[[], bool]) -> list[BaseRoute]:
    async def alive(_: Request) -> Response:
        return PlainTextResponse("alive\n")

    async def is_ready(_: Request) -> Response:
        return PlainTextResponse("ready\n") if ready() else PlainTextResponse("not ready\n", 503)

    async def metrics(_: Request) -> Response:
        return Response(generate_latest(), headers={"content-type": CONTENT_TYPE_LATEST})

    probes: list[BaseRoute] = [Route("/healthz", alive), Route("/readyz", is_ready)]
    return probes if edge.settings.gateway_metrics_listen else [*probes, Route("/metrics", metrics)]


async def _on_refusal(request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, Refusal)
    return await _answer(request, refusal)


async def _on_invalid_request(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    fields = tuple(FieldViolation(field_path(e["loc"][1:]) or str(e["loc"][0]), str(e["msg"])) for e in error.errors())
    message = "; ".join(f"{violation.field}: {violation.description}" for violation in fields)
    return await _answer(request, Refusal(Kind.INVALID, "INVALID_ARGUMENT", message, fields=fields))


async def _on_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    refusal = _HTTP_REFUSALS.get(error.status_code, _UNREADABLE if error.status_code < 500 else defect())
    response = await _answer(request, refusal, error.status_code)
    response.headers.update(error.headers or {})
    return response


async def _on_defect(request: Request, _: Exception) -> Response:
    return await _answer(request, defect())


async def _answer(request: Request, refusal: Refusal, status: int | None = None) -> Response:
    """Return a refusal as a page to who reads pages, as a problem document to everyone else."""
    if "text/html" in request.headers.get("accept", "") and not request.url.path.startswith("/api/"):
        response = await pages.error_page(request, refusal)
        response.status_code = status or response.status_code
    else:
        response = refused(request, refusal, status)
    if refusal.metadata.get("field") == COOKIE_FIELD:
        edge: Edge = request.app.state.edge
        edge.identity.forget(response)
    return response
