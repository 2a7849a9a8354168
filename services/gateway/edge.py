"""What the faces of the gateway stand on."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.requests import Request

from services.gateway.access import Access
from services.gateway.identity import Identity
from services.gateway.questions import Questions
from services.gateway.sessions import Sessions
from services.gateway.settings import GatewaySettings
from services.gateway.wall import Wall

if TYPE_CHECKING:
    # Names for type checkers: the stubs that exist at run time are the same for both kinds of channel.
    from codingahead.accounts.v1.accounts_pb2_grpc import AccountsServiceAsyncStub
    from codingahead.assistant.v1.assistant_pb2_grpc import AssistantServiceAsyncStub
    from codingahead.lookup.v1.lookup_pb2_grpc import LookupServiceAsyncStub


@dataclass(frozen=True, slots=True)
class Edge:
    """What every face is given, as `request.app.state.edge`."""

    lookup: "LookupServiceAsyncStub"
    accounts: "AccountsServiceAsyncStub"
    assistant: "AssistantServiceAsyncStub"
    wall: Wall
    questions: Questions
    identity: Identity
    sessions: Sessions
    access: Access
    settings: GatewaySettings


def edge_of(request: Request) -> Edge:
    """Return the edge of the application that serves a request."""
    edge: Edge = request.app.state.edge
    return edge
