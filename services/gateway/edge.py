"""What the faces of the gateway stand on."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.requests import Request

from services.gateway.identity import Identity
from services.gateway.settings import GatewaySettings
from services.gateway.wall import Wall

if TYPE_CHECKING:
    # A name for type checkers: the stub that exists at run time is the same for both kinds of channel.
    from codingahead.lookup.v1.lookup_pb2_grpc import LookupServiceAsyncStub


@dataclass(frozen=True, slots=True)
class Edge:
    """What every face is given, as `request.app.state.edge`."""

    lookup: "LookupServiceAsyncStub"
    wall: Wall
    identity: Identity
    settings: GatewaySettings


def edge_of(request: Request) -> Edge:
    """Return the edge of the application that serves a request."""
    edge: Edge = request.app.state.edge
    return edge
