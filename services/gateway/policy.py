"""What the public may call, and on which terms: one row for each rpc, whichever face it is called by."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import Enum

from codingahead.assistant.v1 import assistant_pb2
from codingahead.lookup.v1 import lookup_pb2
from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor
from google.protobuf.message import Message

from services.gateway.identity import GUEST, Caller
from services.gateway.words import SYSTEM_WORDS
from services.runtime.errors import Kind, Refusal

LOOKUP: ServiceDescriptor = lookup_pb2.DESCRIPTOR.services_by_name["LookupService"]
ASSISTANT: ServiceDescriptor = assistant_pb2.DESCRIPTOR.services_by_name["AssistantService"]

MEMBERS = frozenset({"member", "subscriber"})
EVERYONE = MEMBERS | {"guest"}

# What an API key may be good for.
CODES, PAGES = "codes", "pages"

# The sections of a code page that guests see; members see all.
OPEN_SECTIONS = frozenset(
    {
        lookup_pb2.PAGE_SECTION_OFFICIAL_DESCRIPTION,
        lookup_pb2.PAGE_SECTION_COMMON_LANGUAGE_DESCRIPTION,
        lookup_pb2.PAGE_SECTION_HISTORY,
    }
)


# What the assistant keeps belongs to its `subject`.
_OfSubject = (
    assistant_pb2.AskRequest
    | assistant_pb2.ListConversationsRequest
    | assistant_pb2.GetConversationRequest
    | assistant_pb2.DeleteConversationsRequest
)


class Upstream(Enum):
    """The services that public rpcs are forwarded to."""

    LOOKUP = "lookup"
    ASSISTANT = "assistant"


@dataclass(frozen=True, slots=True)
class Row:
    """The terms of one rpc.

    `plans` may call it, and keys with `scope`; it takes at most `seconds`. `charge` returns, from the bytes of its
    answer, the page that one view is charged for, empty when it shows nothing; None for an rpc that is free. `asks`:
    each call is a question, charged once its answer has begun. `restrict` changes a request to what the caller may see;
    None for an rpc that answers everyone alike.
    """

    method: MethodDescriptor
    upstream: Upstream
    plans: frozenset[str]
    scope: str
    seconds: float
    charge: Callable[[bytes], str] | None = None
    asks: bool = False
    restrict: Callable[[Message, Caller], None] | None = None

    @property
    def path(self) -> str:
        """The name of the rpc on the wire."""
        return f"/{self.method.containing_service.full_name}/{self.method.name}"


def permit(row: Row, caller: Caller) -> None:
    """Raise the Refusal of a caller that may not call the rpc of `row`."""
    if caller.plan not in row.plans:
        raise Refusal(Kind.FORBIDDEN, "PLAN_NOT_PERMITTED", f"{caller.plan} accounts may not call this method.")
    if caller.key_id and row.scope not in caller.scopes:
        raise Refusal(
            Kind.FORBIDDEN,
            "SCOPE_NOT_PERMITTED",
            f"This API key lacks the scope {row.scope}.",
            metadata={"scope": row.scope},
        )


def page_name(entry: lookup_pb2.Entry) -> str:
    """Return the name that quota counts a code page under, such as "icd10cm:E11.9".

    It is made of lookup's answer, not of what was asked: E11.9, e119 and E119 are one page.
    """
    return page_name_of(entry.system, entry.code)


def page_name_of(system: lookup_pb2.CodeSystem.ValueType, code: str) -> str:
    """Return the name that quota counts the page of a code under, as lookup's answer writes it."""
    return f"{SYSTEM_WORDS[system]}:{code}"


def may_open(plan: str, section: lookup_pb2.PageSection.ValueType) -> bool:
    """Return whether a plan sees a section of a code page."""
    return plan != GUEST or section in OPEN_SECTIONS


def page_request(
    plan: str,
    *,
    system: lookup_pb2.CodeSystem.ValueType,
    code: str,
    effective_on: str = "",
    sections: Iterable[lookup_pb2.PageSection.ValueType] = (),
) -> lookup_pb2.GetCodePageRequest:
    """Return the request for a code page, with the sections locked that the plan does not see."""
    request = lookup_pb2.GetCodePageRequest(system=system, code=code, effective_on=effective_on, sections=sections)
    _lock(request, plan)
    return request


def _lock(request: lookup_pb2.GetCodePageRequest, plan: str) -> None:
    request.locked_sections[:] = [
        section for section in lookup_pb2.PageSection.values() if section and not may_open(plan, section)
    ]


def _lock_page(request: Message, caller: Caller) -> None:
    assert isinstance(request, lookup_pb2.GetCodePageRequest)
    _lock(request, caller.plan)


def subject_of(caller: Caller) -> str:
    """Return whose conversations a caller has; empty for a guest, of whom none is kept."""
    return caller.subject if caller.is_member else ""


def _of_caller(request: Message, caller: Caller) -> None:
    assert isinstance(request, _OfSubject)
    request.subject = subject_of(caller)


def _page_answered(answer: bytes) -> str:
    return page_name(lookup_pb2.GetCodePageResponse.FromString(answer).entry)


def _edits_answered(answer: bytes) -> str:
    response = lookup_pb2.ListEditsResponse.FromString(answer)
    return page_name_of(response.system, response.code) if response.edits else ""


def _fees_answered(answer: bytes) -> str:
    response = lookup_pb2.GetFeesResponse.FromString(answer)
    return page_name_of(response.system, response.code) if response.HasField("row") else ""


def _lookup(name: str, seconds: float) -> Row:
    return Row(LOOKUP.methods_by_name[name], Upstream.LOOKUP, EVERYONE, CODES, seconds)


def _assistant(name: str, seconds: float) -> Row:
    method = ASSISTANT.methods_by_name[name]
    return Row(method, Upstream.ASSISTANT, MEMBERS, PAGES, seconds, restrict=_of_caller)


SEARCH = _lookup("Search", 3.0)
SPECIFY = _lookup("Specify", 3.0)
GET_CODE = _lookup("GetCode", 2.0)
GET_CODE_PAGE = replace(_lookup("GetCodePage", 3.0), scope=PAGES, charge=_page_answered, restrict=_lock_page)
BATCH_GET_CODES = _lookup("BatchGetCodes", 5.0)
BROWSE = _lookup("Browse", 3.0)
LIST_RELEASES = _lookup("ListReleases", 2.0)
BROWSE_INDEX = _lookup("BrowseIndex", 3.0)
LIST_LOCALITIES = _lookup("ListLocalities", 3.0)
LIST_PLACES_OF_SERVICE = _lookup("ListPlacesOfService", 3.0)
LIST_MODIFIERS = _lookup("ListModifiers", 3.0)
SEARCH_PASSAGES = replace(_lookup("SearchPassages", 3.0), plans=MEMBERS, scope=PAGES)
GET_PASSAGE = replace(_lookup("GetPassage", 3.0), plans=MEMBERS, scope=PAGES)
CHECK_EDITS = replace(_lookup("CheckEdits", 5.0), plans=MEMBERS, scope=PAGES)
CHECK_CLAIMS = replace(_lookup("CheckClaims", 60.0), plans=MEMBERS, scope=PAGES)
# What they show stands on the page of the code: its view pays for them.
LIST_EDITS = replace(_lookup("ListEdits", 3.0), plans=MEMBERS, scope=PAGES, charge=_edits_answered)
GET_FEES = replace(_lookup("GetFees", 3.0), plans=MEMBERS, scope=PAGES, charge=_fees_answered)

ASK = replace(_assistant("Ask", 60.0), plans=EVERYONE, asks=True)
LIST_CONVERSATIONS = _assistant("ListConversations", 3.0)
GET_CONVERSATION = _assistant("GetConversation", 3.0)
DELETE_CONVERSATIONS = _assistant("DeleteConversations", 3.0)

# A method that has no row here is not offered.
TABLE: tuple[Row, ...] = (
    *(SEARCH, SPECIFY, GET_CODE, GET_CODE_PAGE, BATCH_GET_CODES, BROWSE, LIST_RELEASES),
    *(BROWSE_INDEX, LIST_LOCALITIES, LIST_PLACES_OF_SERVICE, LIST_MODIFIERS, SEARCH_PASSAGES, GET_PASSAGE),
    *(CHECK_EDITS, CHECK_CLAIMS, LIST_EDITS, GET_FEES),
    *(ASK, LIST_CONVERSATIONS, GET_CONVERSATION, DELETE_CONVERSATIONS),
)
