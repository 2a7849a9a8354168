from typing import Any

import pytest
from codingahead.lookup.v1 import lookup_pb2 as lookup
from codingahead.quota.v1 import quota_pb2 as quota
from fastapi import FastAPI
from google.protobuf.descriptor import Descriptor
from google.protobuf.message_factory import GetMessageClass
from google.protobuf.timestamp_pb2 import Timestamp

from services.gateway.api.plain import as_json, model

MESSAGES = list(lookup.DESCRIPTOR.message_types_by_name.values())
RELEASE = lookup.SourceRelease(
    source=lookup.FACT_SOURCE_PTP_HOSPITAL,
    name="NCCI PTP hospital 2026Q3",
    rows=5_000_000_000,
    left_out={"another system": 3},
    loaded_at=Timestamp(seconds=1_760_000_000),
)


def schema(message: Descriptor) -> dict[str, Any]:
    found = model(message).model_json_schema(mode="serialization")
    # A message that holds others of its kind is among the definitions itself.
    return found | found["$defs"][message.name] if "$ref" in found else found


def test_a_message_is_its_fields_with_words_numbers_and_moments() -> None:
    release = as_json(RELEASE)

    assert release["source"] == "ptp_hospital"
    assert release["rows"] == 5_000_000_000
    assert release["left_out"] == {"another system": 3}
    assert release["loaded_at"] == "2025-10-09T08:53:20Z"


def test_what_is_not_set_is_there_and_empty() -> None:
    status = as_json(lookup.SourceStatus())

    assert status == {"availability": "", "source": "", "release": None, "missing": ""}


def test_messages_within_messages_and_lists_of_them_are_followed() -> None:
    summary = lookup.PtpSummary(
        status=lookup.SourceStatus(availability=lookup.AVAILABILITY_AVAILABLE, release=RELEASE),
        column1=[lookup.PtpEdit(column2="93000", modifier_indicator=lookup.MODIFIER_INDICATOR_ALLOWED)],
    )

    found = as_json(summary)

    assert found["status"]["release"]["name"] == "NCCI PTP hospital 2026Q3"
    assert [(edit["column2"], edit["modifier_indicator"]) for edit in found["column1"]] == [("93000", "allowed")]
    assert found["column2"] == []


def test_of_a_choice_only_what_was_chosen_is_set() -> None:
    failed = as_json(lookup.CheckClaimsResponse(position=3, failure=lookup.LookupFailure(reason="INVALID_ARGUMENT")))

    assert failed["findings"] is None
    assert failed["failure"]["reason"] == "INVALID_ARGUMENT"


def test_an_optional_scalar_is_null_only_when_it_is_not_set() -> None:
    assert as_json(lookup.SearchRequest())["billable"] is None
    assert as_json(lookup.SearchRequest(billable=False))["billable"] is False


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.name)
def test_the_schema_of_every_message_describes_its_json(message: Descriptor) -> None:
    empty = as_json(GetMessageClass(message)())

    described = schema(message)

    assert list(described.get("properties", {})) == list(empty)
    assert described.get("required", []) == list(empty)
    assert described["description"]
    assert all(field["description"] for field in described.get("properties", {}).values())
    model(message).model_validate(empty, strict=True)


def test_the_schema_names_the_words_of_an_enum_and_says_what_may_be_null() -> None:
    properties = schema(quota.RecordViewResponse.DESCRIPTOR)["properties"]
    release = schema(lookup.SourceStatus.DESCRIPTOR)["properties"]["release"]

    assert "denied_limit" in properties["outcome"]["enum"]
    assert release["anyOf"][1] == {"type": "null"}
    assert release["description"] == "The edition that was asked; unset when none is loaded for the date."


def test_models_are_named_types_of_an_openapi_document() -> None:
    app = FastAPI()
    app.get("/edits", response_model=model(lookup.ListEditsResponse.DESCRIPTOR))(lambda: None)
    app.get("/page", response_model=model(lookup.Edits.DESCRIPTOR))(lambda: None)

    types = app.openapi()["components"]["schemas"]

    assert {"ListEditsResponse", "Edits", "PtpEdit", "SourceStatus", "SourceRelease"} <= types.keys()
    assert types["SourceRelease"]["properties"]["loaded_at"]["anyOf"][0] == {"type": "string", "format": "date-time"}
