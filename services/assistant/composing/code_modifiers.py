"""Which modifiers a code takes, and why."""

import re
from collections.abc import Iterable, Mapping, Sequence

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.assistant.answer import Answer, Source, Verdict, once
from services.assistant.composing.manual_rules import Rule, rules_found
from services.assistant.composing.parts import bold, bullets, named, no_data, paragraphs, with_remark
from services.assistant.composing.procedures import find_on, not_known
from services.assistant.editions import Dated
from services.assistant.question import Code, Question
from services.assistant.tools import Tools

_STANDINGS = {
    lookup.MODIFIER_STANDING_ALLOWED: (Verdict.YES, "takes modifier"),
    lookup.MODIFIER_STANDING_WITH_DOCUMENTATION: (Verdict.YES, "takes, with supporting documentation, modifier"),
    lookup.MODIFIER_STANDING_EXEMPT: (Verdict.NO, "does not need modifier"),
    lookup.MODIFIER_STANDING_NOT_ALLOWED: (Verdict.NO, "does not take modifier"),
}
_HEADINGS = {
    lookup.MODIFIER_STANDING_ALLOWED: "Allowed",
    lookup.MODIFIER_STANDING_WITH_DOCUMENTATION: "With supporting documentation",
    lookup.MODIFIER_STANDING_EXEMPT: "Not needed (exempt)",
    lookup.MODIFIER_STANDING_NOT_ALLOWED: "Not allowed",
}
_SIDES = ("LT", "RT")


async def modifiers_of(code: Code, asked: Sequence[str], question: Question, tools: Tools) -> Answer:
    """Say whether a code takes the modifiers that are asked for, or which it takes when none is."""
    dated = _rules_date(question, tools)
    if dated.edition is None:
        return no_data(dated, f"Which modifiers {bold(code.text)} takes")
    (found,) = await find_on([code], dated, tools)
    if unknown := await not_known([found], dated, tools):
        return unknown
    entry = found.entry
    if entry is None:
        return no_data(found.dated, f"Which modifiers {bold(code.text)} takes")
    sections = (lookup.PAGE_SECTION_MODIFIERS, lookup.PAGE_SECTION_FEES)
    page = await tools.page(entry.system, entry.code, dated, *sections)
    rules = {rule.modifier: rule for rule in page.modifiers.rules}
    written = bold(entry.code, entry.title)
    answer = _asked_for(asked, written, rules, dated) if asked else _every(written, rules.values(), dated)
    if forbidden := await _forbidden(entry.code, asked, tools):
        answer = Answer(paragraphs(*(one.text for one in forbidden)), Verdict.NO, once(one.source for one in forbidden))
    unpriced = "" if answer.sources else _unpriced(page.fees)
    fee_schedule = (Source(page.fees.rvu.release.name),) if page.fees.rvu.release.name else ()
    return Answer(
        with_remark(paragraphs(answer.body, unpriced), dated),
        answer.verdict if question.binary else None,
        answer.sources or fee_schedule,
        named(entry),
    )


async def _forbidden(code: str, asked: Sequence[str], tools: Tools) -> list[Rule]:
    """Return the sentences of the policy manual by which a modifier that is asked for shall not stand on a code."""
    if not asked:
        return []
    said = re.compile(rf"^Modifiers? (?:{'|'.join(asked)}) shall not be [^.;]*\b{code}\b")
    return await rules_found(f"modifier {' '.join(asked)} code {code}", said, tools)


def _rules_date(question: Question, tools: Tools) -> Dated:
    """Return the date that the rules of a code are asked for: that of the edits where the fee schedule covers it, too.

    Both speak of modifiers, and where no date is named their newest editions may end on different ones.
    """
    fees = tools.on(lookup.FACT_SOURCE_RVU, question.dates)
    edits = tools.on(lookup.FACT_SOURCE_PTP_PRACTITIONER, question.dates)
    both = fees.edition and edits.edition and fees.edition.covers(edits.on)
    return edits if both and question.dates is None else fees


def _asked_for(asked: Iterable[str], written: str, rules: Mapping[str, lookup.ModifierRule], dated: Dated) -> Answer:
    lines, verdicts, sources = [], [], []
    for name in asked:
        rule = rules.get(name)
        verdict, verb = _STANDINGS[rule.standing] if rule else (Verdict.NO_DATA, "")
        verdicts.append(verdict)
        if rule:
            lines.append(f"{written} {verb} **{name}** {_title(rule)}on {dated.iso}: {rule.reason}")
            sources.append(Source(rule.source))
            continue
        lines.append(f"No loaded source says whether {written} takes modifier **{name}**.")
        if name in _SIDES and "50" in rules:
            lines.append(f"On sides the fee schedule says: {rules['50'].reason}")
            sources.append(Source(rules["50"].source))
    worst = next((one for one in (Verdict.NO, Verdict.NO_DATA) if one in verdicts), Verdict.YES)
    return Answer(paragraphs(*lines), worst, once(sources))


def _title(rule: lookup.ModifierRule) -> str:
    return f"({rule.title}) " if rule.title else ""


def _every(written: str, rules: Iterable[lookup.ModifierRule], dated: Dated) -> Answer:
    """List all rules of a code by what they come to, those of one reason together."""
    alike: dict[int, dict[str, list[lookup.ModifierRule]]] = {}
    for rule in rules:
        alike.setdefault(rule.standing, {}).setdefault(rule.reason, []).append(rule)
    if not alike:
        return Answer(f"No loaded source says anything of modifiers on {written} on {dated.iso}.", Verdict.NO_DATA)
    parts = [
        f"{heading}:\n\n{bullets(f'{_names(group)}: {reason}' for reason, group in alike[standing].items())}"
        for standing, heading in _HEADINGS.items()
        if standing in alike
    ]
    sources = once(
        Source(rule.source) for by_reason in alike.values() for group in by_reason.values() for rule in group
    )
    return Answer(paragraphs(f"Modifiers on {written} on {dated.iso} (practitioner):", *parts), None, sources)


def _names(rules: Iterable[lookup.ModifierRule]) -> str:
    return ", ".join(f"{rule.modifier} {_title(rule)}".rstrip() for rule in rules)


def _unpriced(fees: lookup.Fees) -> str:
    """Say that the fee schedule, whose indicators decide on modifiers, does not pay a code."""
    row = next((one for one in fees.rows if not one.modifier), None)
    if row is None:
        return "The fee schedule does not list the code."
    return f"The fee schedule has the code with status {row.status.value}: {row.status.meaning}"
