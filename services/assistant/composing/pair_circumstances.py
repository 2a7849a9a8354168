"""What is told or asked of procedures beside their edits: one site, the code a modifier goes on, who may be billed."""

import re
from collections.abc import Sequence
from dataclasses import replace

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.assistant.composing.manual_rules import Rule, rule
from services.assistant.composing.parts import bold
from services.assistant.question import Code, Question
from services.assistant.tools import Tools
from services.assistant.understanding.vocabulary import words_of_medicine

# "same wound", "same left knee"; no site is the day, the person or the claim that is the same.
_SAME = re.compile(
    r"(?<!not )(?<!not the )(?<!n't the )(?<!never the )\bsame\s+(?P<what>[\w-]+(?:\s+[\w-]+)?)", re.IGNORECASE
)
_SITE = re.compile(
    r"\b(?:sites?|areas?|regions?|structures?|organs?|levels?|vessels?|sides?|spots?|locations?|segments?)\b",
    re.IGNORECASE,
)
_NO_SITE = re.compile(
    r"\b(?:days?|dates?|dos|visits?|sessions?|encounters?|times?|claims?|patients?|pts?|docs?|doctors?|providers?|"
    r"physicians?|surgeons?|practitioners?|specialt\w+|groups?|codes?|family|as|rules?|edits?|modifiers?)\b",
    re.IGNORECASE,
)
_FOR_PAYMENT = re.compile(
    r"\bon (?:everything|(?:every|any) (?:claim|line|code)|all (?:claims|lines|codes))\b.{0,30}"
    r"\b(?:pay|pays|paid|through|pass\w*)\b"
    r"|\b(?:just|only|solely) (?:so|to)\b.{0,30}\b(?:pay|pays|paid|through|pass\w*|bypass)\b",
    re.IGNORECASE,
)
# What modifiers say of services that may well be of one site: visits, stages and repeated tests.
_OF_NO_SITE = frozenset(("24", "25", "27", "57", "58", "78", "79", "91"))
_AT_ONE_SITE = re.compile(r"contiguous structures in the same organ")
_ALONE = re.compile(r"solely to bypass")
_WHICH_CODE = re.compile(
    r"\bon (?:which|what)\b|\b(?:which|what) (?:one|code|line|of (?:them|the two))\b.{0,30}"
    r"\b(?:gets?|takes?|needs?|carr\w+|go(?:es)?|append\w*|put)\b"
    r"|\b(?:modifiers?|mod|it|\d\d|x[esup])\s+(?:go(?:es)?|belongs?)\s+on\b",
    re.IGNORECASE,
)
_PATIENT = re.compile(
    r"\b(?:bill|charge|collect from)\s+(?:(?:it|that|this|them)\s+to\s+)?(?:(?:the|my|our|a|this)\s+)?(?:medicare\s+)?"
    r"(?:patients?|pt|bene\w*)\b|\b(?:patients?|pt|bene\w*)\s+(?:be\s+|get\s+|is\s+)*(?:billed|charged|owes?|liab\w*|"
    r"responsib\w*)\b|\babn\b",
    re.IGNORECASE,
)
_NOT_THE_PATIENT = re.compile(r"may not be billed to Medicare beneficiaries|cannot use an “Advance")
_VISIT = re.compile(r"99[234]\d\d")


def at_one_site(question: Question) -> bool:
    """Whether a question tells that procedures were done at the same site; a visit is of none."""
    if any(_VISIT.fullmatch(code.text) for code in question.codes):
        return False
    found = (match["what"] for match in _SAME.finditer(question.text))
    return any(not _NO_SITE.search(one) and (_SITE.search(one) or words_of_medicine(one.lower())) for one in found)


def for_payment_alone(question: Question) -> bool:
    """Whether a modifier is wanted for the payment, whatever was done."""
    return bool(_FOR_PAYMENT.search(question.text))


def without_unjustified(question: Question, codes: Sequence[Code]) -> tuple[Question, Sequence[Code]]:
    """Return a question and its codes without the modifiers that what it tells does not justify."""
    if not at_one_site(question) and not for_payment_alone(question):
        return question, codes
    kept = [replace(code, modifiers=tuple(one for one in code.modifiers if one in _OF_NO_SITE)) for code in codes]
    loose = tuple(one for one in question.modifiers if one in _OF_NO_SITE)
    return replace(question, modifiers=loose, codes=tuple(kept)), kept


async def why_unjustified(question: Question, tools: Tools) -> Rule | None:
    """Return the rule by which what is told justifies no modifier of separate sites or encounters."""
    if for_payment_alone(question):
        return await rule("I.E", _ALONE, tools)
    return await rule("I.E", _AT_ONE_SITE, tools) if at_one_site(question) else None


def asks_which_code(question: Question) -> bool:
    """Whether a question asks on which of the codes a modifier goes."""
    return bool(_WHICH_CODE.search(question.text))


def which_code(ptp: lookup.PtpEdit) -> str:
    """Return on which code of an edit a modifier goes."""
    visits = [code for code in (ptp.column1, ptp.column2) if _VISIT.fullmatch(code)]
    if len(visits) == 1:
        return (
            f"The modifier goes on the visit (E/M), {bold(visits[0])}: 25, or 57 with a major procedure, where the "
            "visit is significant and separately identifiable."
        )
    return f"The modifier may go on either code; it usually stands on column 2, {bold(ptp.column2)}."


async def of_patient(question: Question, tools: Tools) -> Rule | None:
    """Return whether a patient may be billed for what an edit denies, where that is asked."""
    return await rule("Intro.2", _NOT_THE_PATIENT, tools) if _PATIENT.search(question.text) else None
