"""Seventh characters: which there are, where they do not apply, how a code takes one (Guidelines, Section I.A.5)."""

import re
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from services.lookup.codes.model import SeventhCharacter, System
from services.lookup.codes.notation import compact, display
from services.lookup.sources.icd10cm_code import CATEGORY
from services.lookup.sources.xmltext import text_of

_CHARACTER = re.compile(r"[0-9A-Z]")
# Printed at S06 alone (FY2026): "7th characters D and S do not apply to codes in category S06 with 6th character
# 7 - death due to brain injury ..., or 8 - death due to other cause ...".
_NOT_APPLICABLE = re.compile(r"7th characters? .*not apply")
_RESTRICTION = re.compile(
    rf"7th characters (?P<seventh>.+) do not apply to codes in category (?P<category>{CATEGORY})"
    r" with 6th character (?P<sixth>.+)"
)


@dataclass(frozen=True, slots=True)
class Definition:
    """One seventh character and the inclusion terms printed under it."""

    character: SeventhCharacter
    inclusion_terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Restriction:
    """Seventh characters that do not apply to the codes of a category with certain sixth characters."""

    category: str
    sixth: frozenset[str]
    seventh: frozenset[str]

    def forbids(self, code: str, character: str) -> bool:
        """Tell whether the printed code may not take this seventh character."""
        return code.startswith(self.category) and code[6:7] in self.sixth and character in self.seventh


def definitions(element: Element) -> tuple[list[Definition], list[str]]:
    """Return what a <sevenChrDef> defines, in its order, and the inclusion terms in it that belong to the code itself.

    Raises ValueError for a character that is not one letter or digit, one without a meaning, and one given twice.
    """
    found: dict[str, Definition] = {}
    own_terms: list[str] = []
    character = meaning = ""
    for child in element:
        text = text_of(child)
        if child.tag == "extension":
            character, meaning = child.get("char", "").strip(), text
            if not _CHARACTER.fullmatch(character) or not meaning or character in found:
                raise ValueError(f"expected a new seventh character with its meaning, found {character!r} {meaning!r}")
            found[character] = Definition(SeventhCharacter(character, meaning), ())
        elif child.tag == "note" and text:
            # W08 prints a term of its own after its last character: there is no other kind of sequela to name.
            if not character or meaning == "sequela":
                own_terms.append(text)
            else:
                defined = found[character]
                found[character] = Definition(defined.character, (*defined.inclusion_terms, text))
    return list(found.values()), own_terms


def restriction(note: str) -> Restriction | None:
    """Return the restriction that a note states, None when it states none.

    Raises ValueError for a restriction in words that are not known here: the set of billable codes depends on it.
    """
    if not _NOT_APPLICABLE.search(note):
        return None
    stated = _RESTRICTION.search(note)
    if not stated:
        raise ValueError(f"expected a rule on seventh characters in the words of category S06, found {note!r}")
    return Restriction(
        category=stated["category"],
        sixth=frozenset(re.findall(r"\b([0-9A-Z]) - ", stated["sixth"])),
        seventh=frozenset(re.findall(r"\b[0-9A-Z]\b", stated["seventh"])),
    )


def extended(code: str, character: str) -> str:
    """Return the printed code with its seventh character, placeholder X in the positions between (Section I.A.4)."""
    return display(System.ICD10CM, compact(code).ljust(6, "X") + character)
