"""Modifiers against the lists of modifiers, and against the codes they stand on."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from services.lookup.codes.modifier import Modifier
from services.lookup.edits.check import Finding, FindingKind, Sourced, Verdict
from services.lookup.edits.claim import Line
from services.lookup.edits.model import AddOnHistory, PtpEdits
from services.lookup.facts.source import Source
from services.lookup.fees.model import CodeFees
from services.lookup.modifiers.rules import ModifierRule, PtpCounts, Standing, modifier_rules

_SAID = {
    Standing.NOT_ALLOWED: (Verdict.FAIL, "is not allowed on"),
    Standing.WITH_DOCUMENTATION: (Verdict.PASS, "needs supporting documentation on"),
    Standing.EXEMPT: (Verdict.PASS, "is not needed on"),
}


def check_modifiers(
    line: Line, lists: Mapping[str, Sequence[Sourced[Modifier]]], rules: Sequence[tuple[ModifierRule, str]]
) -> Iterator[Finding]:
    """Check the modifiers of a line: known, valid on the date, given once, and taken by its code.

    `lists` are those that a modifier may stand in; `rules` are those of the code, each with its source. A modifier of
    which nothing is known gives no finding.
    """
    for modifier, times in Counter(line.modifiers).items():
        if times > 1:
            yield Finding(
                FindingKind.MODIFIER,
                Verdict.FAIL,
                f"Modifier {modifier} stands more than once on {line.code}.",
                (line.number,),
                (line.code,),
                "",
            )
        yield from _listed(line, modifier, lists[modifier])
    for rule, source in rules:
        if rule.modifier in line.modifiers and rule.standing in _SAID:
            verdict, said = _SAID[rule.standing]
            yield Finding(
                FindingKind.MODIFIER,
                verdict,
                f"Modifier {rule.modifier} {said} {line.code}. {rule.reason}",
                (line.number,),
                (line.code,),
                source,
            )


def rules_of(
    line: Line, fees: Sourced[CodeFees], edits: Sourced[PtpEdits], add_ons: Sourced[AddOnHistory]
) -> list[tuple[ModifierRule, str]]:
    """Return the rules for practitioners of the code of a line, each with its source.

    That a code has no edit to bypass says nothing against 59 and its kinds: they also tell repeated lines apart (NCCI
    Policy Manual, Chapter I, Section V). Of the edits only what they say of visits counts.
    """
    sources = {Source.RVU: fees.source, Source.PTP_PRACTITIONER: edits.source, Source.ADD_ON_CODES: add_ons.source}
    counts = None if edits.missing else PtpCounts(bypassable=0, firm=0)
    add_on = add_ons.value.on(line.day) if add_ons.value else None
    return [(rule, sources[rule.source]) for rule in modifier_rules(line.code, fees.value, counts, add_on)]


def _listed(line: Line, modifier: str, lists: Sequence[Sourced[Modifier]]) -> Iterator[Finding]:
    found = next((one for one in lists if one.value), None)
    if found and found.value:
        first, last = found.value.effective_from, found.value.effective_to
        if first and line.day < first:
            yield Finding(
                FindingKind.MODIFIER,
                Verdict.FAIL,
                f"Modifier {modifier} is valid from {first} on.",
                (line.number,),
                (line.code,),
                found.source,
            )
        elif last and last < line.day:
            yield Finding(
                FindingKind.MODIFIER,
                Verdict.FAIL,
                f"Modifier {modifier} was valid until {last}.",
                (line.number,),
                (line.code,),
                found.source,
            )
    elif all(not one.missing for one in lists):
        sources = " and ".join(one.source for one in lists)
        yield Finding(
            FindingKind.MODIFIER,
            Verdict.FAIL,
            f"Modifier {modifier} is not in {sources}.",
            (line.number,),
            (line.code,),
            sources,
        )
