"""What an event is on the wire: its subject, its stream, its CloudEvents headers."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TypeVar

from codingahead.events.v1 import options_pb2
from google.protobuf.message import Message

Event = TypeVar("Event", bound=Message)

ID = "ce-id"
TYPE = "ce-type"
# What the staff did: the stream that nothing is removed from before its time.
AUDIT = "AUDIT"
DEAD_LETTERS = "DEAD_LETTERS"
DEAD_LETTER_PREFIX = "dlq."


def subject_of(kind: type[Message]) -> str:
    """Return the subject of an event type. Raises TypeError for a message that is not an event."""
    subject = kind.DESCRIPTOR.GetOptions().Extensions[options_pb2.subject]
    if not subject:
        raise TypeError(f"{kind.DESCRIPTOR.full_name} has no subject: it is not an event")
    return subject


def stream_of(subject: str) -> str:
    """Return the stream that keeps a subject: one for each publishing service."""
    return subject.split(".", 1)[0].upper()


def subjects_of(stream: str) -> str:
    """Return the pattern of the subjects that a stream keeps."""
    return f"{DEAD_LETTER_PREFIX}>" if stream == DEAD_LETTERS else f"{stream.lower()}.>"


def headers_of(event: Message, event_id: str) -> Mapping[str, str]:
    """Return the CloudEvents 1.0 attributes (NATS protocol binding, binary mode) and the id JetStream counts once."""
    subject = subject_of(type(event))
    return {
        "Nats-Msg-Id": event_id,
        ID: event_id,
        TYPE: subject,
        "ce-specversion": "1.0",
        "ce-source": f"/codingahead/{subject.split('.', 1)[0]}",
        "ce-time": datetime.now(UTC).isoformat(),
        "content-type": "application/protobuf",
    }
