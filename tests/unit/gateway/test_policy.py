from dataclasses import replace
from typing import Any

import pytest
from codingahead.lookup.v1 import lookup_pb2 as lookup
from google.protobuf.message_factory import GetMessageClass

from services.gateway import policy
from services.gateway.identity import Caller
from services.gateway.words import SYSTEM_WORDS, section_of, system_of
from services.runtime.errors import Refusal


def test_every_rpc_of_lookup_and_of_the_assistant_has_one_row() -> None:
    offered = [*policy.LOOKUP.methods, *policy.ASSISTANT.methods]
    assert sorted(row.method.full_name for row in policy.TABLE) == sorted(method.full_name for method in offered)


def test_what_the_assistant_keeps_is_of_who_calls_whatever_a_request_says() -> None:
    member, guest = Caller("member:1", "member", "", key_id="k"), Caller("guest:1", "guest", "net")
    rows = [row for row in policy.TABLE if row.upstream is policy.Upstream.ASSISTANT]

    for row in rows:
        request: Any = GetMessageClass(row.method.input_type)(subject="member:2")
        assert row.restrict is not None
        for caller, subject in ((member, "member:1"), (guest, "")):
            row.restrict(request, caller)
            assert request.subject == subject
    assert len(rows) == 4
    assert [row.method.name for row in policy.TABLE if row.asks] == ["Ask"]


def test_the_code_page_is_charged_and_what_shows_all_of_one_of_its_sections() -> None:
    assert {row.method.name for row in policy.TABLE if row.charge} == {"GetCodePage", "ListEdits", "GetFees"}


def test_what_members_alone_see_of_a_code_page_guests_may_not_call_either() -> None:
    members_only = {row.method.name for row in policy.TABLE if row.plans == policy.MEMBERS}
    conversations = {"ListConversations", "GetConversation", "DeleteConversations"}
    of_a_page = {"ListEdits", "GetFees", "SearchPassages", "GetPassage", "CheckEdits", "CheckClaims"}
    assert members_only == of_a_page | conversations


def test_every_plan_sees_the_open_sections_and_only_guests_no_others() -> None:
    sections = [number for number in lookup.PageSection.values() if number]

    assert {section for section in sections if policy.may_open("guest", section)} == policy.OPEN_SECTIONS
    for plan in policy.EVERYONE - {"guest"}:
        assert all(policy.may_open(plan, section) for section in sections)
        assert not policy.page_request(plan, system=lookup.CODE_SYSTEM_ICD10CM, code="I10").locked_sections
    locked = policy.page_request("guest", system=lookup.CODE_SYSTEM_ICD10CM, code="I10").locked_sections
    assert set(locked) == set(sections) - policy.OPEN_SECTIONS


def test_a_key_needs_the_scope_of_the_rpc_and_a_session_none() -> None:
    member = Caller("member:1", "member", "")

    policy.permit(policy.GET_CODE_PAGE, member)
    policy.permit(policy.GET_CODE_PAGE, replace(member, key_id="k", scopes=frozenset({"pages"})))
    with pytest.raises(Refusal, match="pages"):
        policy.permit(policy.GET_CODE_PAGE, replace(member, key_id="k", scopes=frozenset({"codes"})))


def test_a_page_is_named_by_the_code_that_lookup_answered() -> None:
    entry = lookup.Entry(system=lookup.CODE_SYSTEM_ICD10CM, code="E11.9")
    page, charge = lookup.GetCodePageResponse(entry=entry), policy.GET_CODE_PAGE.charge

    assert charge is not None
    assert charge(page.SerializeToString()) == "icd10cm:E11.9"


def test_edits_and_fees_are_charged_as_the_page_of_their_code_unless_they_show_nothing() -> None:
    edits, fees = policy.LIST_EDITS.charge, policy.GET_FEES.charge
    assert edits is not None
    assert fees is not None

    listed = lookup.ListEditsResponse(system=lookup.CODE_SYSTEM_CPT, code="99213")
    priced = lookup.GetFeesResponse(system=lookup.CODE_SYSTEM_CPT, code="99213")
    assert edits(listed.SerializeToString()) == fees(priced.SerializeToString()) == ""
    listed.edits.add()
    priced.row.SetInParent()
    assert edits(listed.SerializeToString()) == fees(priced.SerializeToString()) == "cpt:99213"


def test_every_system_and_section_has_a_word() -> None:
    assert SYSTEM_WORDS[0] == ""
    assert all(system_of(SYSTEM_WORDS[number]) == number for number in lookup.CodeSystem.values() if number)
    assert section_of("official_description") == lookup.PAGE_SECTION_OFFICIAL_DESCRIPTION
