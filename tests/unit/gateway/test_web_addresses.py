import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.gateway.web.addresses import local, log_in

# What browsers give a meaning to in an address, and what they leave out of it.
addresses = st.text() | st.lists(
    st.sampled_from(
        [*"/\\:@?#.%& \t\r\n\0", "http:", "javascript:", "other.example", "%2f", "codes", "é", "‮", "\ud800"]
    )
).map("".join)


def leaves_the_site(address: str) -> bool:
    """Return whether a browser on a page of this site would go elsewhere (WHATWG URL, special schemes)."""
    read = re.sub(r"[\t\r\n]", "", address.strip("".join(map(chr, range(0x21))))).replace("\\", "/")
    return bool(re.match(r"//|[A-Za-z][A-Za-z0-9+.-]*:", read))


@given(addresses)
@example("//other.example")
@example("/\\other.example")
@example("/\t/other.example")
@example("\t//other.example")
@example("https://other.example")
@example("javascript:alert(1)")
def test_what_a_link_names_to_go_on_to_never_leaves_the_site(text: str) -> None:
    found = local(text)

    assert found in ("", text)
    assert not leaves_the_site(found)
    assert found.isprintable()


@pytest.mark.parametrize(
    "text",
    ["/", "/codes/icd10cm/E11.9?effective_on=2026-05-01", "/search?query=type+2//3", "/codes/icd10cm/E11.9#note"],
)
def test_the_addresses_of_the_site_are_kept(text: str) -> None:
    assert local(text) == text


@pytest.mark.parametrize("text", ["", "codes", "./codes", "?query=x", "#note", "/" + "x" * 2_000])
def test_what_is_no_path_is_dropped(text: str) -> None:
    assert local(text) == ""


def test_the_log_in_carries_an_address_whole() -> None:
    assert log_in("/search?query=a&b=c") == "/login?next=%2Fsearch%3Fquery%3Da%26b%3Dc"
    assert log_in() == "/login"
