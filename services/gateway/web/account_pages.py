"""The pages of an account: what its member has, may change and may take along. All of it is the caller's own."""

import asyncio
from typing import Any, NamedTuple, Self

import orjson
from codingahead.accounts.v1 import accounts_pb2 as accounts
from codingahead.assistant.v1 import assistant_pb2 as assistant
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from services.gateway.edge import Edge, edge_of
from services.gateway.identity import Caller
from services.gateway.web import editions, forms
from services.gateway.web.members import members_only
from services.gateway.web.render import form_page, fresh_page
from services.runtime.errors import Refusal

_GET_POST = ["GET", "POST"]
# What a key may do, as its owner is told.
_SCOPES = (
    ("codes", "Codes", "Search, names of codes, browsing, releases. Free."),
    ("pages", "Code pages", "Whole code pages. Each page opened counts as one of your views."),
)


class Key(NamedTuple):
    """An API key in words."""

    id: str
    name: str
    ending: str
    scopes: str
    created: str
    last_used: str

    @classmethod
    def of(cls, key: accounts.ApiKey) -> Self:
        """Put a key into words."""
        used = editions.moment(key.last_used_at) if key.HasField("last_used_at") else "never"
        return cls(key.id, key.name, key.ending, ", ".join(key.scopes), editions.moment(key.created_at), used)


def routes() -> list[BaseRoute]:
    """Return the routes of these pages."""
    return [
        Route("/account", members_only(account)),
        Route("/account/export", members_only(export)),
        Route("/account/password", members_only(password), methods=_GET_POST),
        Route("/account/logout", members_only(log_out_everywhere), methods=["POST"]),
        Route("/account/close", members_only(close), methods=_GET_POST),
        Route("/account/keys", members_only(keys), methods=_GET_POST),
        Route("/account/keys/{key}/revoke", members_only(revoke), methods=["POST"]),
    ]


async def account(request: Request, caller: Caller) -> Response:
    """What the member has: views, plan, address, devices, data."""
    edge = edge_of(request)
    answer, balance = await asyncio.gather(
        edge.accounts.GetAccount(accounts.GetAccountRequest(subject=caller.subject)), edge.wall.balance(caller)
    )
    mine = answer.account
    return fresh_page(
        request,
        "account.html",
        caller,
        balance=balance,
        account=mine,
        left=balance,
        again=editions.moment(balance.window_ends_at) if balance and balance.HasField("window_ends_at") else "",
        plan_ends=editions.moment(mine.plan_ends_at) if mine.HasField("plan_ends_at") else "",
        registered=editions.moment(mine.registered_at),
    )


async def export(request: Request, caller: Caller) -> Response:
    """Everything that is kept of the member, as a file."""
    edge = edge_of(request)
    kept, conversations, balance = await asyncio.gather(
        edge.accounts.ExportAccount(accounts.ExportAccountRequest(subject=caller.subject)),
        _conversations(edge, caller.subject),
        edge.wall.balance(caller),
    )
    document = {"account": _document(kept), "conversations": [_document(one) for one in conversations]}
    if balance:
        document["views"] = _document(balance)
    headers = {"cache-control": "no-store", "content-disposition": 'attachment; filename="coding-ahead-account.json"'}
    return Response(orjson.dumps(document, option=orjson.OPT_INDENT_2), 200, headers, "application/json")


async def _conversations(edge: Edge, subject: str) -> list[assistant.Conversation]:
    """Return all conversations of a member with their turns, latest first."""
    found: list[assistant.Conversation] = []
    asked = assistant.ListConversationsRequest(subject=subject)
    while True:
        page = await edge.assistant.ListConversations(asked)
        for listed in page.conversations:
            whole = assistant.GetConversationRequest(subject=subject, conversation_id=listed.conversation_id)
            found.append((await edge.assistant.GetConversation(whole)).conversation)
        if not page.next_page_token:
            return found
        asked.page_token = page.next_page_token


def _document(message: Message) -> Any:
    return MessageToDict(message, preserving_proto_field_name=True, always_print_fields_with_no_presence=True)


async def password(request: Request, caller: Caller) -> Response:
    """Change the password."""
    if request.method != "POST":
        return form_page(request, "password.html", caller)
    edge = edge_of(request)
    typed = await forms.read(request)
    asked = accounts.ChangePasswordRequest(
        subject=caller.subject,
        session_id=caller.session_id,
        current_password=typed.get("current_password", ""),
        new_password=typed.get("new_password", ""),
        network=edge.identity.network_of(request),
    )
    told = {"WRONG_CREDENTIALS": ("current_password", "This is not your current password.")}
    try:
        await edge.accounts.ChangePassword(asked)
    except Refusal as refusal:
        return form_page(request, "password.html", caller, typed, forms.failure(refusal, told))
    return RedirectResponse("/account?notice=password-changed", 303)


async def log_out_everywhere(request: Request, caller: Caller) -> Response:
    """End every session of the member."""
    edge = edge_of(request)
    await edge.accounts.LogOutEverywhere(accounts.LogOutEverywhereRequest(subject=caller.subject))
    response = RedirectResponse("/login?notice=logged-out-everywhere", 303)
    edge.sessions.end(request, response)
    return response


async def close(request: Request, caller: Caller) -> Response:
    """Delete the account."""
    if request.method != "POST":
        return form_page(request, "close.html", caller)
    edge = edge_of(request)
    typed = await forms.read(request)
    asked = accounts.CloseAccountRequest(
        subject=caller.subject,
        password=typed.get("password", ""),
        network=edge.identity.network_of(request),
    )
    told = {"WRONG_CREDENTIALS": ("password", "This is not your password.")}
    try:
        await edge.accounts.CloseAccount(asked)
    except Refusal as refusal:
        return form_page(request, "close.html", caller, typed, forms.failure(refusal, told))
    response = RedirectResponse("/?notice=account-closed", 303)
    edge.sessions.end(request, response)
    return response


async def keys(request: Request, caller: Caller) -> Response:
    """The API keys, and a form for one more; its secret is on the answer to the form and nowhere else."""
    edge = edge_of(request)
    typed, failure, made = forms.NOTHING_TYPED, forms.NO_FAILURE, None
    if request.method == "POST":
        typed = await forms.read(request)
        asked = accounts.CreateApiKeyRequest(
            subject=caller.subject, name=typed.get("name", ""), scopes=typed.getlist("scopes")
        )
        try:
            made = await edge.accounts.CreateApiKey(asked)
        except Refusal as refusal:
            failure = forms.failure(refusal, {})
        else:
            typed = forms.NOTHING_TYPED
    answer = await edge.accounts.GetAccount(accounts.GetAccountRequest(subject=caller.subject))
    shown = [Key.of(each) for each in answer.account.api_keys]
    return form_page(request, "keys.html", caller, typed, failure, keys=shown, made=made, all_scopes=_SCOPES)


async def revoke(request: Request, caller: Caller) -> Response:
    """End an API key."""
    edge = edge_of(request)
    asked = accounts.RevokeApiKeyRequest(subject=caller.subject, api_key_id=request.path_params["key"])
    await edge.accounts.RevokeApiKey(asked)
    return RedirectResponse("/account/keys?notice=key-revoked", 303)
