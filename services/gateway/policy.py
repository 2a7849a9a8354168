"""What the public may call, and on which terms: one row for each rpc."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from codingahead.lookup.v1 import lookup_pb2
from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from services.gateway.words import SYSTEM_WORDS

LOOKUP: ServiceDescriptor = lookup_pb2.DESCRIPTOR.services_by_name["LookupService"]

EVERYONE = frozenset({"guest", "member", "subscriber"})


class Upstream(Enum):
    """The services that public rpcs are forwarded to."""

    LOOKUP = "lookup"


@dataclass(frozen=True, slots=True)
class Row:
    """The terms of one rpc.

    `plans` may call it; it takes at most `seconds`; `charge` returns, from the bytes of its answer, the page that one
    view is charged for, None for an rpc that is free.
    """

    method: MethodDescriptor
    upstream: Upstream
    plans: frozenset[str]
    seconds: float
    charge: Callable[[bytes], str] | None = None

    @property
    def path(self) -> str:
        """The name of the rpc on the wire."""
        return f"/{self.method.containing_service.full_name}/{self.method.name}"


def page_name(entry: lookup_pb2.Entry) -> str:
    """Return the name that quota counts a code page under, such as "icd10cm:E11.9".

    It is made of lookup's answer, not of what was asked: E11.9, e119 and E119 are one page.
    """
    return f"{SYSTEM_WORDS[entry.system]}:{entry.code}"


def _page_answered(answer: bytes) -> str:
    return page_name(lookup_pb2.GetCodePageResponse.FromString(answer).entry)


def _lookup(name: str, seconds: float, charge: Callable[[bytes], str] | None = None) -> Row:
    return Row(LOOKUP.methods_by_name[name], Upstream.LOOKUP, EVERYONE, seconds, charge)


# A method that has no row here is not offered.
TABLE: tuple[Row, ...] = (
    _lookup("Search", 3.0),
    _lookup("GetCode", 2.0),
    _lookup("GetCodePage", 3.0, charge=_page_answered),
    _lookup("BatchGetCodes", 5.0),
    _lookup("Browse", 3.0),
    _lookup("ListReleases", 2.0),
)
