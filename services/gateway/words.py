"""The words that addresses, JSON and pages use for the enums of the contracts: CODE_SYSTEM_ICD10CM is "icd10cm"."""

from collections.abc import Mapping
from functools import cache
from typing import TypeVar

from codingahead.assistant.v1 import assistant_pb2
from codingahead.lookup.v1 import lookup_pb2
from google.protobuf.descriptor import EnumDescriptor

from services.runtime.errors import invalid


@cache
def words_of(enum: EnumDescriptor) -> Mapping[int, str]:
    """Return the word of each value of an enum; what is unspecified has none."""
    prefix = enum.values_by_number[0].name.removesuffix("UNSPECIFIED")
    return {value.number: value.name.removeprefix(prefix).lower() if value.number else "" for value in enum.values}


SYSTEM_WORDS = words_of(lookup_pb2.CodeSystem.DESCRIPTOR)
LEVEL_WORDS = words_of(lookup_pb2.Level.DESCRIPTOR)
MATCH_KIND_WORDS = words_of(lookup_pb2.MatchKind.DESCRIPTOR)
AVAILABILITY_WORDS = words_of(lookup_pb2.Availability.DESCRIPTOR)
PAGE_SECTION_WORDS = words_of(lookup_pb2.PageSection.DESCRIPTOR)
NOTE_KIND_WORDS = words_of(lookup_pb2.NoteKind.DESCRIPTOR)
SOURCE_WORDS = words_of(lookup_pb2.FactSource.DESCRIPTOR)
SETTING_WORDS = words_of(lookup_pb2.Setting.DESCRIPTOR)
VERDICT_WORDS = words_of(lookup_pb2.Verdict.DESCRIPTOR)
FINDING_KIND_WORDS = words_of(lookup_pb2.FindingKind.DESCRIPTOR)
CHOICE_AXIS_WORDS = words_of(lookup_pb2.ChoiceAxis.DESCRIPTOR)
INDEX_BOOK_WORDS = words_of(lookup_pb2.IndexBook.DESCRIPTOR)
TOPIC_WORDS = words_of(assistant_pb2.Topic.DESCRIPTOR)
ANSWER_KIND_WORDS = words_of(assistant_pb2.AnswerKind.DESCRIPTOR)
ANSWER_VERDICT_WORDS = words_of(assistant_pb2.Verdict.DESCRIPTOR)

# The sources that are books of coding rules, to be read section by section.
BOOKS_OF_RULES = {
    SOURCE_WORDS[number]: number
    for number in (lookup_pb2.FACT_SOURCE_ICD10CM_GUIDELINES, lookup_pb2.FACT_SOURCE_NCCI_POLICY_MANUAL)
}
_SYSTEMS = {SYSTEM_WORDS[number]: number for number in lookup_pb2.CodeSystem.values() if number}
_SECTIONS = {PAGE_SECTION_WORDS[number]: number for number in lookup_pb2.PageSection.values() if number}
_INDEX_BOOKS = {INDEX_BOOK_WORDS[number]: number for number in lookup_pb2.IndexBook.values() if number}
_SETTINGS = {SETTING_WORDS[number]: number for number in lookup_pb2.Setting.values() if number}

N = TypeVar("N", bound=int)


def system_of(word: str) -> lookup_pb2.CodeSystem.ValueType:
    """Return the system that an address names. Raises a Refusal of the field "system" for an unknown one."""
    return _named(word, _SYSTEMS, "system")


def section_of(word: str) -> lookup_pb2.PageSection.ValueType:
    """Return the section that an address names. Raises a Refusal of the field "section" for an unknown one."""
    return _named(word, _SECTIONS, "section")


def index_book_of(word: str) -> lookup_pb2.IndexBook.ValueType:
    """Return the book of the index that an address names. Raises a Refusal of the field "book" for an unknown one."""
    return _named(word, _INDEX_BOOKS, "book")


def book_of_rules(word: str) -> lookup_pb2.FactSource.ValueType:
    """Return the book of rules that an address names. Raises a Refusal of the field "book" for an unknown one."""
    return _named(word, BOOKS_OF_RULES, "book")


def setting_of(word: str) -> lookup_pb2.Setting.ValueType:
    """Return the setting that an address names. Raises a Refusal of the field "setting" for an unknown one."""
    return _named(word, _SETTINGS, "setting")


def _named(word: str, numbers: Mapping[str, N], field: str) -> N:
    try:
        return numbers[word]
    except KeyError:
        raise invalid(field, f"expected one of {', '.join(numbers)}") from None
