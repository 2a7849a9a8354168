"""The words that addresses, JSON and pages use for the enums of the contracts: CODE_SYSTEM_ICD10CM is "icd10cm"."""

from codingahead.lookup.v1 import lookup_pb2
from google.protobuf.descriptor import EnumDescriptor

from services.runtime.errors import invalid


def _words(enum: EnumDescriptor, prefix: str) -> dict[int, str]:
    """Return the word of each value; what is unspecified has none."""
    return {value.number: value.name.removeprefix(prefix).lower() if value.number else "" for value in enum.values}


SYSTEM_WORDS = _words(lookup_pb2.CodeSystem.DESCRIPTOR, "CODE_SYSTEM_")
LEVEL_WORDS = _words(lookup_pb2.Level.DESCRIPTOR, "LEVEL_")
MATCH_KIND_WORDS = _words(lookup_pb2.MatchKind.DESCRIPTOR, "MATCH_KIND_")
AVAILABILITY_WORDS = _words(lookup_pb2.Availability.DESCRIPTOR, "AVAILABILITY_")
PAGE_SECTION_WORDS = _words(lookup_pb2.PageSection.DESCRIPTOR, "PAGE_SECTION_")
NOTE_KIND_WORDS = _words(lookup_pb2.NoteKind.DESCRIPTOR, "NOTE_KIND_")

_SYSTEMS = {SYSTEM_WORDS[number]: number for number in lookup_pb2.CodeSystem.values() if number}
_SECTIONS = {PAGE_SECTION_WORDS[number]: number for number in lookup_pb2.PageSection.values() if number}


def system_of(word: str) -> lookup_pb2.CodeSystem.ValueType:
    """Return the system that an address names. Raises a Refusal of the field "system" for an unknown one."""
    try:
        return _SYSTEMS[word]
    except KeyError:
        raise invalid("system", f"expected one of {', '.join(_SYSTEMS)}") from None


def section_of(word: str) -> lookup_pb2.PageSection.ValueType:
    """Return the section that an address names. Raises a Refusal of the field "section" for an unknown one."""
    try:
        return _SECTIONS[word]
    except KeyError:
        raise invalid("section", f"expected one of {', '.join(_SECTIONS)}") from None
