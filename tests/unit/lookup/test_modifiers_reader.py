from datetime import date

import pytest

from services.lookup.codes.modifier import Modifier
from services.lookup.facts.source import Source
from services.lookup.index.modifiers import MODIFIER_CPT, MODIFIER_HCPCS, modifier_document, read_modifier


@pytest.mark.parametrize(
    "modifier",
    [
        Modifier("59", "Something else"),
        Modifier("GT", "From afar", date(2002, 1, 1)),
        Modifier("ZZ", "Over", date(2002, 1, 1), date(2025, 9, 30)),
        Modifier("Q0", "Ends", None, date(2025, 9, 30)),
    ],
)
def test_a_modifier_is_read_as_it_was_written(modifier: Modifier) -> None:
    id, values = modifier_document(modifier)

    assert id == modifier.modifier
    assert read_modifier(id, values) == modifier


def test_modifiers_of_hcpcs_and_of_cpt_are_sources_of_their_own() -> None:
    assert [kind.source for kind in (MODIFIER_HCPCS, MODIFIER_CPT)] == [Source.MODIFIERS_HCPCS, Source.MODIFIERS_CPT]
