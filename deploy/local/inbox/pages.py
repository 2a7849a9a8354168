"""The inbox in a browser, and as JSON for tests."""

from importlib.resources import files
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.types import Message as AsgiMessage

from deploy.local.inbox.messages import Message, Messages

# The page of another site must not reach the inbox by a name of its own that leads to this machine.
HOSTS = ["127.0.0.1", "localhost", "[::1]"]
HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}

_templates = Environment(
    loader=PackageLoader("deploy.local.inbox"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_STYLE = (files("deploy.local.inbox") / "inbox.css").read_bytes()


def application(messages: Messages) -> Starlette:
    """Return the pages over `messages`."""

    def found(request: Request) -> Message:
        message = messages.get(request.path_params["id"])
        if message is None:
            raise HTTPException(404, "There is no such message.")
        return message

    def index(_: Request) -> Response:
        return _page("index.html", messages=messages.newest_first())

    def message(request: Request) -> Response:
        return _page("message.html", message=found(request))

    def source(request: Request) -> Response:
        return Response(found(request).source, media_type="text/plain")

    def index_json(_: Request) -> Response:
        return JSONResponse([_fields(message) for message in messages.newest_first()])

    def message_json(request: Request) -> Response:
        return JSONResponse(_fields(found(request)))

    def delete(request: Request) -> Response:
        if _is_foreign(request):
            raise HTTPException(403, "Only the inbox's own page may delete.")
        messages.delete_all()
        return RedirectResponse("/", 303)

    def style(_: Request) -> Response:
        return Response(_STYLE, media_type="text/css")

    return Starlette(
        routes=[
            Route("/", index),
            Route("/messages.json", index_json),
            Route("/messages/{id}.json", message_json),
            Route("/messages/{id}", message),
            Route("/messages/{id}/source", source),
            Route("/delete", delete, methods=["POST"]),
            Route("/inbox.css", style),
        ],
        middleware=[Middleware(_WithHeaders), Middleware(TrustedHostMiddleware, allowed_hosts=HOSTS)],
    )


class _WithHeaders:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: AsgiMessage) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _page(template: str, **data: object) -> HTMLResponse:
    return HTMLResponse(_templates.get_template(template).render(**data))


def _fields(message: Message) -> dict[str, object]:
    return {
        "id": message.id,
        "received_at": message.received_at.isoformat(),
        "from": message.sender,
        "to": message.to,
        "subject": message.subject,
        "text": message.text,
        "links": message.links(),
    }


def _is_foreign(request: Request) -> bool:
    """Tell whether a browser says that another site's page sent this."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = request.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != request.headers["host"]
