"""Questions to CasePilot, asked in the same way by every face but the public gRPC, which is forwarded."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass

from codingahead.assistant.v1 import assistant_pb2 as pb
from codingahead.quota.v1 import quota_pb2

from services.gateway import policy
from services.gateway.answers import limit_headers
from services.gateway.edge import Edge
from services.gateway.identity import Caller
from services.runtime import context
from services.runtime.errors import invalid
from services.runtime.rpc.client import stream

MOST_CHARACTERS = 4_000


@dataclass(frozen=True, slots=True)
class Asked:
    """A message that is being answered: what remains to its asker, None when not known, and the events of the answer.

    The events raise a Refusal when the answer cannot be completed. Closing them ends the work on it.
    """

    left: quota_pb2.TakeQuestionResponse | None
    events: AsyncGenerator[pb.AskResponse, None]

    @property
    def limits(self) -> dict[str, str]:
        """The headers that tell of the limit of the asker."""
        return limit_headers("questions", self.left)


async def ask(edge: Edge, caller: Caller, request: pb.AskRequest, *, keep: bool = True) -> Asked:
    """Have a message answered, which may last as long as the policy says; once that begins, a question is charged.

    A conversation of a member is stored, unless `keep` is false: for a caller that keeps it itself. Raises the Refusal
    of what is refused before the answer begins, of reason questions.LIMIT_REACHED when no question remains.
    """
    policy.permit(policy.ASK, caller)
    if not 1 <= len(request.question.strip()) <= MOST_CHARACTERS:
        raise invalid("question", f"expected 1 to {MOST_CHARACTERS:,} characters")
    request.subject = policy.subject_of(caller) if keep else ""
    call = context.current()
    if call:
        call.deadline = None
        call.shorten(policy.ASK.seconds)
    return Asked(*await edge.questions.charge(caller, stream(edge.assistant.Ask(request))))
