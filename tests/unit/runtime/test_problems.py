import pytest

from services.runtime.errors import Kind, Refusal, invalid
from services.runtime.problems import problem


def test_a_refused_field_is_named_with_what_was_expected() -> None:
    document = problem(invalid("page_size", "expected 1 to 100"), "/api/v1/search")

    assert document["status"] == 400
    assert document["reason"] == "INVALID_ARGUMENT"
    assert document["errors"] == [{"field": "page_size", "detail": "expected 1 to 100"}]
    assert document["instance"] == "/api/v1/search"
    assert document["type"] == "urn:codingahead:problem:invalid-argument"


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_of_refusal_has_a_problem_document(kind: Kind) -> None:
    document = problem(Refusal(kind, "SOME_REASON", "A sentence."), "/")

    assert document["status"] == kind.http_status
    assert document["title"]
