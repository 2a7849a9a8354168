"""Claims as JSON: the messages of the contract under their own field names, the setting as a word."""

from typing import Annotated, Any, Literal

from codingahead.lookup.v1 import lookup_pb2 as lookup
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import from_json

from services.gateway.answers import field_path
from services.gateway.words import SETTING_WORDS
from services.runtime.errors import FieldViolation, Kind, Refusal, invalid

_SETTINGS = {SETTING_WORDS[number]: number for number in lookup.Setting.values()}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class ClaimLine(_Strict):
    """One service on a claim."""

    code: Annotated[str, Field(description="CPT or HCPCS code")]
    modifiers: Annotated[list[str], Field(description="At most four modifiers")] = []
    units: Annotated[int, Field(description="Units of service, 1 to 9999; 0 means 1", ge=0, le=9999)] = 0
    diagnosis_pointers: Annotated[
        list[Annotated[int, Field(ge=1, le=25)]],
        Field(description="The diagnoses it is for, by their place in the claim, from 1; at most four"),
    ] = []
    place_of_service: Annotated[str, Field(description="Two digits; empty when not known")] = ""
    effective_on: Annotated[str, Field(description="Date of service, YYYY-MM-DD; empty means that of the claim")] = ""


class Claim(_Strict):
    """What is billed together: one patient, one provider."""

    id: Annotated[str, Field(description="Your own name for it, at most 100 characters; no patient identifier")] = ""
    setting: Annotated[
        Literal["practitioner", "hospital", "dme"], Field(description="Under which edits it is billed")
    ] = "practitioner"
    effective_on: Annotated[
        str, Field(description="Date of service of the lines that name none, YYYY-MM-DD; empty means today")
    ] = ""
    diagnoses: Annotated[list[str], Field(description="ICD-10-CM diagnoses in the order of the claim, at most 25")] = []
    lines: Annotated[list[ClaimLine], Field(description="1 to 100 service lines")]


def as_message(claim: Claim) -> lookup.Claim:
    """Return a claim as the message of the contract."""
    return lookup.Claim(setting=_SETTINGS[claim.setting], **claim.model_dump(exclude={"setting"}))


def read_claims(body: bytes) -> list[lookup.Claim]:
    """Return the claims of a JSON array, of one JSON object, or of NDJSON: an object a line.

    Raises a Refusal that names the field which is wrong by its path, such as claims[3].lines[0].code.
    """
    return [_claim(value, f"claims[{place}]") for place, value in enumerate(_values(body))]


def _values(body: bytes) -> list[Any]:
    if body.lstrip().startswith(b"["):
        values: list[Any] = _json(body, "body")
        return values
    try:
        return [from_json(body)]
    except ValueError:
        lines = [line for line in body.splitlines() if line.strip()]
        return [_json(line, f"claims[{place}]") for place, line in enumerate(lines)]


def _json(text: bytes, field: str) -> Any:
    try:
        return from_json(text)
    except ValueError as error:
        raise invalid(field, f"expected JSON: {error}") from None


def _claim(value: Any, field: str) -> lookup.Claim:
    try:
        return as_message(Claim.model_validate(value))
    except ValidationError as error:
        faults = tuple(FieldViolation(field_path(fault["loc"], field), fault["msg"]) for fault in error.errors())
        text = "; ".join(f"{fault.field}: {fault.description}" for fault in faults)
        raise Refusal(Kind.INVALID, "INVALID_ARGUMENT", text, fields=faults) from None
