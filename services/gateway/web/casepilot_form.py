"""What the form of CasePilot sends, and what of it is refused before it costs a question."""

import re
from datetime import date
from urllib.parse import quote_plus

from codingahead.assistant.v1 import assistant_pb2 as pb
from google.protobuf import json_format

from services.gateway.identity import Caller
from services.gateway.web.casepilot_turns import written
from services.gateway.web.forms import Typed
from services.gateway.words import system_of
from services.runtime.errors import invalid

# In characters.
LONGEST_QUESTION = 4_000
# A page carries so many turns of who has no stored conversation, and so many bytes of them as forms encode them.
_MOST_EARLIER = 20
_MOST_BYTES = 600_000
# With the longest question, each character four bytes that the encoding makes twelve, and room for the rest.
MAX_BYTES = _MOST_BYTES + 60_000

_CODE = re.compile(r"[0-9A-Za-z.]{2,10}")


def message(caller: Caller, typed: Typed, earlier: pb.Conversation) -> pb.AskRequest:
    """Return the question that is asked. Raises a Refusal of the field that is wrong."""
    question, on = typed.get("question", ""), typed.get("effective_on", "")
    if not question.strip() or len(question) > LONGEST_QUESTION:
        raise invalid("question", f"expected 1 to {LONGEST_QUESTION:,} characters")
    if on and not _is_date(on):
        raise invalid("effective_on", "expected a date as YYYY-MM-DD")
    asked = pb.AskRequest(question=question, effective_on=on, about=about(typed.get("code", "")))
    if caller.is_member and typed.get("conversation_id"):
        asked.conversation_id = typed["conversation_id"]
    else:
        asked.earlier.extend(pb.Turn(question=turn.question, answer=written(turn)) for turn in earlier.turns)
    return asked


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def about(name: str) -> pb.CodeName | None:
    """Return the code that a page names as "icd10cm:E11.9", None for no name. Raises a Refusal for what is none."""
    if not name:
        return None
    word, _, code = name.partition(":")
    if not _CODE.fullmatch(code):
        raise invalid("code", "expected a code with its system, such as icd10cm:E11.9")
    return pb.CodeName(system=system_of(word), code=code)


def earlier(typed: Typed) -> pb.Conversation:
    """Return the conversation that a page carries because it is not stored. Raises a Refusal for what is none."""
    text = typed.get("earlier") or "{}"
    conversation = pb.Conversation()
    try:
        json_format.Parse(text, conversation)
    except (json_format.ParseError, ValueError):
        raise invalid("earlier", "expected the conversation as this page sends it") from None
    if len(conversation.turns) > _MOST_EARLIER:
        raise invalid("earlier", f"expected at most {_MOST_EARLIER} turns")
    return pb.Conversation(turns=conversation.turns)


def carried(conversation: pb.Conversation) -> str:
    """Return the last turns of a conversation as a page carries them."""
    kept = pb.Conversation(turns=conversation.turns[-_MOST_EARLIER:])
    while len(quote_plus(text := json_format.MessageToJson(kept, indent=None, ensure_ascii=False))) > _MOST_BYTES:
        del kept.turns[0]
    return text
