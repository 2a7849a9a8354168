"""What quota does about what has happened elsewhere. An event that comes again changes nothing."""

from codingahead.events.v1 import events_pb2

from services.quota.decisions import ViewWall
from services.runtime.events.outbox import Relay


class Consumers:
    """The handlers of the events that quota consumes."""

    def __init__(self, wall: ViewWall, relay: Relay) -> None:
        self._wall = wall
        self._relay = relay

    async def charge_served(self, event: events_pb2.ViewServed, _: str) -> None:
        """Charge a page that was served while quota did not answer."""
        await self._wall.record_view(event.subject, event.plan, event.page, event.request_id, event.network)
        self._relay.notify()

    async def merge_guest(self, event: events_pb2.AccountRegistered, event_id: str) -> None:
        """Open to a new member the pages that it opened as a guest."""
        if event.guest_subject:
            await self._wall.merge_balances(
                event.guest_subject, event.guest_network, event.subject, event.plan, event_id
            )

    async def forget_member(self, event: events_pb2.AccountClosed, _: str) -> None:
        """Delete what is kept of a closed account.

        Events of one member may overtake each other. A registration or a served view that is told after this leaves
        opened pages under a name that nobody can log in with, until their window ends.
        """
        await self._wall.forget(event.subject)
