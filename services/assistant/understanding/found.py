"""Codes that a question means by what an earlier one of its message finds: "code for asthma, and is it billable"."""

from collections.abc import Sequence
from dataclasses import replace

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.assistant.question import Code, Question, System, Topic
from services.assistant.understanding.missing import what_is_missing

# What no code is written with.
_SIGN = "#"


def code_found(number: int, systems: Sequence[System]) -> Code:
    """Return what stands for the code that is found for a question of a message, by its number from 0 on."""
    return Code(f"{_SIGN}{number}", tuple(systems))


def is_old(codes: Sequence[Code]) -> bool:
    """Tell whether codes are of ICD-9-CM: what is asked further is of what they map to."""
    return bool(codes) and all(code.systems[0] == lookup.CODE_SYSTEM_ICD9CM for code in codes)


def is_found(code: Code) -> bool:
    """Tell whether a code stands for one that is found for an earlier question."""
    return code.text.startswith(_SIGN)


def with_found(question: Question, found: Sequence[Sequence[Code]]) -> Question:
    """Return a question with the codes that are found in the place of those that stand for them.

    `found` are those of the answers to the questions before it. It asks back where one of them found nothing.
    """
    if question.otherwise:
        question = replace(question, otherwise=with_found(question.otherwise, found))
    codes = [_found(code, found) for code in question.codes]
    if None not in codes:
        return replace(question, codes=tuple(code for code in codes if code))
    named = tuple(code for code in question.codes if not is_found(code))
    missing = what_is_missing("", question.topic)
    return replace(question, topic=Topic.UNSPECIFIED, codes=named, missing=missing)


def _found(code: Code, found: Sequence[Sequence[Code]]) -> Code | None:
    if not is_found(code):
        return code
    number = int(code.text.removeprefix(_SIGN))
    answered = found[number] if number < len(found) else ()
    # An answer on a mapping names what is mapped first.
    of_kind = [one for one in answered if one.systems[0] in code.systems] or answered
    return replace(of_kind[0], modifiers=code.modifiers, units=code.units) if of_kind else None
