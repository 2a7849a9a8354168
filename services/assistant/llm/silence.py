"""Why a model is not heard, or no longer."""

from enum import StrEnum


class Reason(StrEnum):
    """What stood in the way, as it is counted."""

    TIMEOUT = "timeout"
    RATE_LIMITED = "rate_limited"
    SERVER_ERROR = "server_error"
    REFUSED = "refused"
    CONNECTION = "connection"
    CUT = "cut"
    MALFORMED = "malformed"
    TOO_LONG = "too_long"
    TOO_MANY_CALLS = "too_many_calls"
    UNKNOWN_TOOL = "unknown_tool"
    WRONG_ARGUMENTS = "wrong_arguments"
    LOOKUP = "lookup"
    MARKUP = "markup"
    NEW_SOURCE = "new_source"
    INVENTED_CODE = "invented_code"
    INVENTED_NUMBER = "invented_number"
    CONTRADICTED_VERDICT = "contradicted_verdict"


class Silence(Exception):
    """Nothing more of the model is said; its message is the reason."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason
