import re

import pytest
from codingahead.lookup.v1 import lookup_pb2 as lookup
from hypothesis import example, given
from hypothesis import strategies as st

from services.gateway.web.addresses import BOOKS, browse_around, index_term, local, log_in, passage, procedure_page

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


def test_a_procedure_is_of_hcpcs_when_it_begins_with_a_letter_and_of_cpt_otherwise() -> None:
    assert procedure_page("G0289") == "/codes/hcpcs/G0289"
    assert procedure_page("0213T", "2024-08-01") == "/codes/cpt/0213T?effective_on=2024-08-01"


def test_what_a_code_page_leads_to_keeps_the_date_of_service() -> None:
    book = BOOKS[lookup.CODE_SYSTEM_ICD10CM]
    source, index = lookup.FACT_SOURCE_ICD10CM_GUIDELINES, lookup.INDEX_BOOK_DRUGS

    assert browse_around(book, "E11.9", "2026-05-01") == "/browse/icd10cm?around=E11.9&effective_on=2026-05-01"
    assert passage(source, "I.C.4", "2026-05-01") == "/guidelines/icd10cm_guidelines/I.C.4?effective_on=2026-05-01"
    assert index_term(index, "a/1", "2026-05-01") == "/index/drugs?term=a%2F1&effective_on=2026-05-01"
