"""What is withheld from a model because it is under licence. The texts are made up."""

import pytest
from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.assistant.llm.licensed import WITHHELD, licensed_texts, withheld

CPT, HCPCS = lookup.CODE_SYSTEM_CPT, lookup.CODE_SYSTEM_HCPCS
TITLE = "Polishing of a left zebra hoof, first 30 minutes"


def test_texts_of_cpt_are_found_wherever_they_stand() -> None:
    page = lookup.GetCodePageResponse(
        entry=lookup.Entry(system=CPT, code="11042", title="one"),
        children=[lookup.Entry(system=CPT, code="11043", title="two")],
        official_description=lookup.OfficialDescription(title="three", inclusion_terms=["four"]),
        common_language_description=lookup.CommonLanguageDescription(title="five", text="six"),
        modifiers=lookup.Modifiers(
            rules=[
                lookup.ModifierRule(modifier="59", title="seven", reason="published by CMS"),
                lookup.ModifierRule(modifier="LT", title="Left side"),
            ]
        ),
    )
    hit = lookup.Hit(entry=lookup.Entry(system=CPT, title="eight"), matched_term="nine")
    supply = lookup.GetCodeResponse(entry=lookup.Entry(system=HCPCS, title="Walker, rigid"))

    found = licensed_texts([page, lookup.SearchResponse(hits=[hit]), supply])

    assert found == {"one", "two", "three", "four", "five", "six", "seven", "eight", "nine"}


@pytest.mark.parametrize(
    "quoted",
    [
        TITLE,
        TITLE.upper(),
        "polishing of a  left **zebra** hoof",
        "Polishing of a left zebra \u2026",
        "a left zebra hoof, first",
    ],
)
def test_a_quotation_is_withheld_in_whatever_form(quoted: str) -> None:
    text = withheld(f"**11042** {quoted}: not paid beside 97597.", {TITLE})

    assert text.startswith(f"**11042** {WITHHELD}")
    assert text.endswith("not paid beside 97597.")
    assert "zebra" not in text.lower()


def test_other_words_stay() -> None:
    text = "The zebra of the first 30 minutes is left."

    assert withheld(text, {TITLE}) == text
    assert withheld("Hoof care and hoofs", {"Hoof care"}) == f"{WITHHELD} and hoofs"
