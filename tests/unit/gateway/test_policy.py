from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.gateway import policy
from services.gateway.words import SYSTEM_WORDS, section_of, system_of


def test_every_rpc_of_lookup_has_one_row() -> None:
    assert sorted(row.method.name for row in policy.TABLE) == sorted(m.name for m in policy.LOOKUP.methods)


def test_only_the_code_page_is_charged() -> None:
    assert [row.path for row in policy.TABLE if row.charge] == ["/codingahead.lookup.v1.LookupService/GetCodePage"]


def test_a_page_is_named_by_the_code_that_lookup_answered() -> None:
    entry = lookup.Entry(system=lookup.CODE_SYSTEM_ICD10CM, code="E11.9")
    [row] = [row for row in policy.TABLE if row.charge]

    assert row.charge is not None
    assert row.charge(lookup.GetCodePageResponse(entry=entry).SerializeToString()) == "icd10cm:E11.9"


def test_every_system_and_section_has_a_word() -> None:
    assert SYSTEM_WORDS[0] == ""
    assert all(system_of(SYSTEM_WORDS[number]) == number for number in lookup.CodeSystem.values() if number)
    assert section_of("official_description") == lookup.PAGE_SECTION_OFFICIAL_DESCRIPTION
