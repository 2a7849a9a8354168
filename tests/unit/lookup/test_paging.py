import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.lookup import paging
from services.runtime.errors import Refusal


@given(st.integers(1, 2**31 - 2), st.text())
def test_a_token_holds_its_position_for_its_request_only(position: int, request: str) -> None:
    token = paging.encode(position, [request])
    assert paging.decode(token, [request]) == position
    with pytest.raises(Refusal):
        paging.decode(token, [request + "x"])


@given(st.text(min_size=1))
def test_what_is_no_token_is_refused_by_its_field(text: str) -> None:
    with pytest.raises(Refusal) as caught:
        paging.decode(text, [])
    assert caught.value.metadata == {"field": "page_token"}


@pytest.mark.parametrize("position", [-1, 0, 2**31, 10**30])
def test_positions_out_of_bounds_are_refused(position: int) -> None:
    token = paging.encode(position, []) if position < 2**63 else "W10"
    with pytest.raises(Refusal):
        paging.decode(token, [])


def test_page_sizes() -> None:
    assert paging.page_size(0, 20, 100) == 20
    assert paging.page_size(100, 20, 100) == 100
    for size in (-1, 101):
        with pytest.raises(Refusal, match="page_size: expected 1 to 100, or 0 for 20"):
            paging.page_size(size, 20, 100)
