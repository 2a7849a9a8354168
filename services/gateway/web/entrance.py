"""The ways into an account and out of it: register, confirm, log in, log out, reset the password."""

from codingahead.accounts.v1 import accounts_pb2 as accounts
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from services.gateway.edge import edge_of
from services.gateway.identity import Caller
from services.gateway.outages import is_outage
from services.gateway.web import addresses, forms
from services.gateway.web.render import form_page, fresh_page
from services.runtime.errors import Refusal

_GET_POST = ["GET", "POST"]
_NOT_CONFIRMED = (
    "This address is not confirmed yet. Open the link in the letter that we sent you. "
    "If you no longer have it, register again with the same address."
)
_NOT_CHOSEN = "This is not the password that you chose when you registered."
_LINK_NOT_VALID = "It was used already, is too old, or was not copied as a whole."


def routes() -> list[BaseRoute]:
    """Return the routes of these pages."""
    return [
        Route("/register", register, methods=_GET_POST),
        Route("/register/sent", register_sent),
        Route("/confirm", confirm, methods=_GET_POST),
        Route("/login", log_in, methods=_GET_POST),
        Route("/logout", log_out, methods=["POST"]),
        Route("/reset", reset, methods=_GET_POST),
        Route("/reset/sent", reset_sent),
        Route("/reset/new", new_password, methods=_GET_POST),
    ]


async def register(request: Request) -> Response:
    """Ask for an account. What follows is the same for every address, so that nobody learns who has one."""
    edge = edge_of(request)
    caller = edge.identity.of_request(request)
    if caller.is_member:
        return RedirectResponse("/account", 303)
    guest = edge.identity.guest_of(request)
    response: Response
    if request.method == "POST":
        typed = await forms.read(request)
        asked = accounts.RegisterRequest(
            email=typed.get("email", ""),
            password=typed.get("password", ""),
            guest=accounts.Guest(subject=guest.subject, network=guest.network),
            network=edge.identity.network_of(request),
        )
        try:
            await edge.accounts.Register(asked)
            response = RedirectResponse("/register/sent", 303)
        except Refusal as refusal:
            response = form_page(request, "register.html", caller, typed, forms.failure(refusal, {}))
    else:
        response = form_page(request, "register.html", caller)
    # The browser that registers is told from others by its cookie.
    edge.identity.remember(guest, request, response)
    return response


async def register_sent(request: Request) -> Response:
    """Say where to look for the letter of a registration."""
    return fresh_page(request, "sent.html", edge_of(request).identity.of_request(request), again="/register")


async def confirm(request: Request) -> Response:
    """Make the account of a registration and log in: by the button, since mail scanners open links."""
    edge = edge_of(request)
    caller = edge.identity.of_request(request)
    if request.method != "POST":
        return form_page(request, "confirm.html", caller, request.query_params, ask_password=False)
    typed = await forms.read(request)
    guest = edge.identity.guest_of(request)
    asked = accounts.ConfirmEmailRequest(
        token=typed.get("token", ""),
        guest=accounts.Guest(subject=guest.subject, network=guest.network),
        password=typed.get("password", ""),
        network=edge.identity.network_of(request),
    )
    try:
        session = (await edge.accounts.ConfirmEmail(asked)).session
    except Refusal as refusal:
        if refusal.reason == "LINK_NOT_VALID":
            ways = (("Register again", "/register"), ("Log in, if you have confirmed before", "/login"))
            return _link_not_valid(request, caller, refusal, ways)
        if refusal.reason == "PASSWORD_REQUIRED" and not asked.password:
            failure = forms.Failure(refusal.kind.http_status, {})
            return form_page(request, "confirm.html", caller, typed, failure, ask_password=True)
        told = {"WRONG_CREDENTIALS": ("password", _NOT_CHOSEN)}
        failure = forms.failure(refusal, told)
        return form_page(request, "confirm.html", caller, typed, failure, ask_password=bool(asked.password))
    return await _begin(request, session, "/account?notice=welcome")


async def log_in(request: Request) -> Response:
    """Begin a session and go on to the address that was asked for."""
    edge = edge_of(request)
    caller = edge.identity.of_request(request)
    if request.method != "POST":
        if caller.is_member:
            return RedirectResponse(addresses.local(request.query_params.get("next", "")) or "/account", 303)
        return form_page(request, "login.html", caller, request.query_params)
    typed = await forms.read(request)
    asked = accounts.LogInRequest(
        email=typed.get("email", ""),
        password=typed.get("password", ""),
        network=edge.identity.network_of(request),
    )
    told = {"EMAIL_NOT_CONFIRMED": ("", _NOT_CONFIRMED)}
    try:
        session = (await edge.accounts.LogIn(asked)).session
    except Refusal as refusal:
        return form_page(request, "login.html", caller, typed, forms.failure(refusal, told))
    return await _begin(request, session, addresses.local(typed.get("next", "")) or "/")


async def log_out(request: Request) -> Response:
    """End the session of this browser. While accounts does not answer, the browser forgets it all the same."""
    edge = edge_of(request)
    token = edge.sessions.refresh_token(request)
    if token:
        try:
            await edge.accounts.LogOut(accounts.LogOutRequest(refresh_token=token))
        except Refusal as refusal:
            if not is_outage(refusal):
                raise
    response = RedirectResponse("/?notice=logged-out", 303)
    edge.sessions.end(request, response)
    return response


async def reset(request: Request) -> Response:
    """Ask for the letter that lets one set a new password; the same answer for every address."""
    edge = edge_of(request)
    caller = edge.identity.of_request(request)
    if request.method != "POST":
        return form_page(request, "reset.html", caller)
    typed = await forms.read(request)
    asked = accounts.RequestPasswordResetRequest(
        email=typed.get("email", ""), network=edge.identity.network_of(request)
    )
    try:
        await edge.accounts.RequestPasswordReset(asked)
    except Refusal as refusal:
        return form_page(request, "reset.html", caller, typed, forms.failure(refusal, {}))
    return RedirectResponse("/reset/sent", 303)


async def reset_sent(request: Request) -> Response:
    """Say where to look for the letter."""
    return fresh_page(request, "sent.html", edge_of(request).identity.of_request(request), again="/reset")


async def new_password(request: Request) -> Response:
    """Set a new password by the link of a letter; every session of the account ends."""
    edge = edge_of(request)
    caller = edge.identity.of_request(request)
    if request.method != "POST":
        return form_page(request, "new_password.html", caller, request.query_params)
    typed = await forms.read(request)
    asked = accounts.ResetPasswordRequest(token=typed.get("token", ""), new_password=typed.get("new_password", ""))
    try:
        await edge.accounts.ResetPassword(asked)
    except Refusal as refusal:
        if refusal.reason == "LINK_NOT_VALID":
            return _link_not_valid(request, caller, refusal, (("Ask for a new link", "/reset"), ("Log in", "/login")))
        return form_page(request, "new_password.html", caller, typed, forms.failure(refusal, {}))
    response = RedirectResponse("/login?notice=password-reset", 303)
    edge.sessions.end(request, response)
    return response


async def _begin(request: Request, session: accounts.Session, then: str) -> Response:
    """Go on with a new session in place of the one this browser had."""
    edge = edge_of(request)
    before = edge.sessions.refresh_token(request)
    if before:
        await edge.accounts.LogOut(accounts.LogOutRequest(refresh_token=before))
    response = RedirectResponse(then, 303)
    edge.sessions.begin(request, response, session)
    return response


def _link_not_valid(request: Request, caller: Caller, refusal: Refusal, ways: tuple[tuple[str, str], ...]) -> Response:
    return fresh_page(
        request,
        "error.html",
        caller,
        status=refusal.kind.http_status,
        heading="This link is not valid any more",
        message=_LINK_NOT_VALID,
        ways=ways,
    )
