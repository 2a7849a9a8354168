import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.runtime import paging, timeline
from services.runtime.errors import Refusal
from services.runtime.timeline import Position

SUBJECT = f"member:{'0' * 32}"
HERE = Position(datetime(2026, 4, 1, 12, 0, 0, 123_457, tzinfo=UTC), "icd10cm:E11.9")


def forged(*values: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


@given(st.datetimes(timezones=st.just(UTC)), st.from_regex(r"[a-z0-9]{1,32}:[A-Z0-9.-]{1,32}", fullmatch=True))
def test_a_token_holds_its_position_for_its_list_only(at: datetime, page: str) -> None:
    token = timeline.encode(Position(at, page), "notes", SUBJECT)

    assert timeline.decode(token, "notes", SUBJECT) == Position(at, page)
    for name, subject in (("history", SUBJECT), ("notes", SUBJECT[:-1] + "1")):
        with pytest.raises(Refusal):
            timeline.decode(token, name, subject)


@given(st.text(min_size=1))
def test_what_is_no_token_is_refused_by_its_field(text: str) -> None:
    with pytest.raises(Refusal) as caught:
        timeline.decode(text, "notes", SUBJECT)
    assert caught.value.metadata == {"field": "page_token"}


@pytest.mark.parametrize(
    ("microseconds", "page"),
    [
        (10**20, "a:B"),
        (-(10**20), "a:B"),
        ("1", "a:B"),
        (1.5, "a:B"),
        (True, "a:B"),
        (None, "a:B"),
        (1, 1),
        (1, "a\x00"),
    ],
)
def test_a_token_that_is_made_up_of_other_things_is_refused(microseconds: object, page: object) -> None:
    version, _, _, digest = json.loads(base64.urlsafe_b64decode(timeline.encode(HERE, "notes", SUBJECT) + "=="))

    assert timeline.decode(forged(version, 1, "a:B", digest), "notes", SUBJECT)
    with pytest.raises(Refusal, match="page_token"):
        timeline.decode(forged(version, microseconds, page, digest), "notes", SUBJECT)


def test_without_a_token_a_list_begins_at_its_head() -> None:
    assert timeline.decode("", "notes", SUBJECT) is None


def test_page_sizes() -> None:
    assert paging.page_size(0, 50, 200) == 50
    assert paging.page_size(200, 50, 200) == 200
    for size in (-1, 201):
        with pytest.raises(Refusal, match="page_size: expected 1 to 200, or 0 for 50"):
            paging.page_size(size, 50, 200)
