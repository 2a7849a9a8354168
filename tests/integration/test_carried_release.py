"""The release that ships along, whole."""

import re

import pytest

from services.lookup.codes import notation
from services.lookup.codes.model import Edition, Level, System
from services.lookup.index.book import records
from services.lookup.releases import today
from services.lookup.sources.descriptions import read_samples
from services.lookup.sources.icd10cm import carried_release, read_edition
from services.lookup.sources.recognition import recognise
from services.lookup.specificity import choices, only_way


@pytest.fixture(scope="module")
def edition() -> Edition:
    return read_edition(recognise([carried_release()]).files)


def test_every_entry_can_be_asked_for_by_what_it_is_called(edition: Edition) -> None:
    for entry in edition.entries:
        assert notation.parse_entry(System.ICD10CM, entry.code, "under") == entry.code
        if entry.level is Level.CODE:
            compact = notation.compact(entry.code)
            assert notation.parse_code(System.ICD10CM, compact.lower()) == entry.code
            assert notation.code_prefix(System.ICD10CM, entry.code) == compact


def test_every_seventh_character_is_an_entry_below_the_code_it_belongs_to(edition: Edition) -> None:
    parents = {entry.code: entry.parent for entry in edition.entries}

    assert parents["S52.501A"] == "S52.501"
    assert parents["W00.0XXA"] == "W00.0"
    assert sum(entry.billable for entry in edition.entries) == 74_719


def test_every_header_leads_to_billable_codes_by_choices_whose_labels_differ(edition: Edition) -> None:
    headers = [one for one in records(edition) if one.line.level is Level.CODE and not one.line.billable]
    found = [choice for header in headers for choice in choices([header])]

    assert len(found) == len(headers) - sum(only_way(header) is not None for header in headers)
    for choice in found:
        named = [option.label for option in choice.options]
        assert all(named)
        assert len({label.lower() for label in named}) == len(named), choice.above
        assert all(option.line.billable or option.line.has_children for option in choice.options)


def test_every_sample_description_is_of_a_billable_code_of_the_edition_and_names_only_codes_of_it(
    edition: Edition,
) -> None:
    billable = {entry.code for entry in edition.entries if entry.billable}
    codes = {entry.code for entry in edition.entries if entry.level is Level.CODE}
    samples = read_samples(today()).descriptions
    assert {one.code for one in samples if one.system is System.ICD10CM} <= billable
    named = {code for one in samples for code in re.findall(r"\b[A-Z]\d[0-9A-Z](?:\.[0-9A-Z]{1,4})?\b", one.text)}
    assert len(named) > 100
    assert named <= codes
