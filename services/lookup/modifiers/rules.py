"""Which modifiers a code takes, and why: by the fee schedule, the NCCI edits and the add-on rules.

"Manual" is the Medicare Claims Processing Manual of CMS (publication 100-04). What no source speaks of is left out.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.lookup.edits.model import AddOn, ModifierIndicator, PtpEdits
from services.lookup.facts.source import Source
from services.lookup.fees.indicators import ASSISTANT, BILATERAL, CO_SURGEONS, GLOBAL_DAYS, MULTIPLE, PCTC, TEAM
from services.lookup.fees.model import CodeFees, FeeRow
from services.lookup.fees.payment import SPLIT_GLOBAL_DAYS

# Of these the rules below may speak.
MODIFIERS = (
    *("22", "24", "25", "26", "50", "51", "53", "54", "55", "56", "57", "58", "59", "62", "66", "78", "79"),
    *("80", "81", "82", "AS", "TC", "XE", "XP", "XS", "XU"),
)

# Of other codes the indicators say nothing: they are not paid by the fee schedule.
_SCHEDULED = frozenset("ACRT")
_PROCEDURE_GLOBAL_DAYS = frozenset(("000", "010", "090"))
_DISTINCT = ("59", "XE", "XP", "XS", "XU")


class Standing(StrEnum):
    """Whether a code takes a modifier."""

    ALLOWED = "allowed"
    WITH_DOCUMENTATION = "with_documentation"
    EXEMPT = "exempt"
    NOT_ALLOWED = "not_allowed"


@dataclass(frozen=True, slots=True)
class ModifierRule:
    """Whether a code takes a modifier, why, and the source that says so."""

    modifier: str
    standing: Standing
    reason: str
    source: Source


@dataclass(frozen=True, slots=True)
class PtpCounts:
    """The procedure-to-procedure edits of a code in force on a date of service, in either column."""

    bypassable: int
    firm: int


def count_edits(day: date, *columns: PtpEdits | None) -> PtpCounts:
    """Count the edits of a code in force by whether a modifier bypasses them."""
    counts: Counter[ModifierIndicator] = Counter()
    for edits in filter(None, columns):
        by_place = Counter(edits.places)
        for place, terms in enumerate(edits.terms):
            if terms.in_force(day):
                counts[terms.indicator] += by_place[place]
    return PtpCounts(counts[ModifierIndicator.ALLOWED], counts[ModifierIndicator.NOT_ALLOWED])


def modifier_rules(
    code: str, fees: CodeFees | None, edits: PtpCounts | None, add_on: AddOn | None
) -> list[ModifierRule]:
    """Return the rules of a code by modifier; what is None says nothing. Edits are those of practitioners."""
    rules: dict[str, ModifierRule] = {}
    # Of two rules for a modifier the later one is the more particular.
    for rule in (*_by_fees(code, fees), *_by_edits(code, edits), *_by_add_on(add_on)):
        rules[rule.modifier] = rule
    return [rules[modifier] for modifier in sorted(rules)]


def is_evaluation(code: str) -> bool:
    """Whether a CPT code is an evaluation and management service or an ophthalmological visit."""
    return "99202" <= code <= "99499" or "92002" <= code <= "92014"


def _by_fees(code: str, fees: CodeFees | None) -> Iterator[ModifierRule]:
    row = fees.row() if fees else None
    if fees is None or row is None or row.status not in _SCHEDULED:
        return
    yield from _components(row)
    yield _bilateral(row)
    yield _multiple(row)
    if fees.row("53"):
        yield _rule("53", Standing.ALLOWED, "The fee schedule prices the discontinued procedure in a row of its own.")
    yield from _global_period(code, row)
    yield from _surgeons(row)


def _components(row: FeeRow) -> Iterator[ModifierRule]:
    """RVUPUF, Attachment A, PC/TC indicator."""
    taken = {"1": ("26", "TC"), "6": ("26",)}.get(row.pctc, ())
    for modifier in ("26", "TC"):
        standing = Standing.ALLOWED if modifier in taken else Standing.NOT_ALLOWED
        yield _rule(modifier, standing, _indicated("PC/TC", row.pctc, PCTC))


def _bilateral(row: FeeRow) -> ModifierRule:
    """Manual, chapter 12, section 40.7."""
    standing = {"1": Standing.ALLOWED, "2": Standing.EXEMPT, "3": Standing.ALLOWED}
    reason = _indicated("Bilateral", row.bilateral, BILATERAL)
    return _rule("50", standing.get(row.bilateral, Standing.NOT_ALLOWED), reason)


def _multiple(row: FeeRow) -> ModifierRule:
    """Manual, chapter 12, section 40.6."""
    if row.global_days == "ZZZ":
        return _rule("51", Standing.EXEMPT, _indicated("Global days", row.global_days, GLOBAL_DAYS))
    if row.multiple in ("1", "2", "3"):
        standing = Standing.ALLOWED
    else:
        standing = Standing.NOT_ALLOWED if row.multiple == "9" else Standing.EXEMPT
    return _rule("51", standing, _indicated("Multiple procedures", row.multiple, MULTIPLE))


def _global_period(code: str, row: FeeRow) -> Iterator[ModifierRule]:
    """Manual, chapter 12, sections 40.2 and 40.4."""
    global_days = _indicated("Global days", row.global_days, GLOBAL_DAYS)
    if row.global_days == "YYY":
        # The contractor sets what follows from the days.
        return
    split = row.global_days in SPLIT_GLOBAL_DAYS
    for modifier in ("54", "55"):
        reason = f"Care may be split. {global_days}" if split else f"Split care needs 010 or 090. {global_days}"
        yield _rule(modifier, Standing.ALLOWED if split else Standing.NOT_ALLOWED, reason)
    if split:
        reason = "Medicare pays the preoperative part to the surgeon."
        yield _rule("56", Standing.NOT_ALLOWED, reason)
    if row.global_days in _PROCEDURE_GLOBAL_DAYS:
        yield _rule("22", Standing.WITH_DOCUMENTATION, "The operative report must show the greater service.")
        yield _rule("58", Standing.ALLOWED, "A procedure staged or related, in the global period of another.")
        yield _rule(
            "78", Standing.ALLOWED, "A return to the operating room, in the global period of another procedure."
        )
        yield _rule("79", Standing.ALLOWED, "An unrelated procedure, in the global period of another.")
        for modifier in ("24", "25", "57"):
            yield _rule(modifier, Standing.NOT_ALLOWED, f"Only for evaluation and management services. {global_days}")
    if is_evaluation(code):
        yield _rule("24", Standing.ALLOWED, "An unrelated visit in the global period of a procedure.")
        yield _rule("25", Standing.ALLOWED, "A separate visit on the day of a minor procedure (000 or 010).")
        yield _rule(
            "57", Standing.ALLOWED, "The visit with the decision for major surgery (090), the day before or of."
        )
        for modifier in ("58", "78", "79"):
            yield _rule(modifier, Standing.NOT_ALLOWED, "Only for procedures: this is a visit.")


def _surgeons(row: FeeRow) -> Iterator[ModifierRule]:
    """Manual, chapter 12, sections 20.4.3 (assistants) and 40.8 (co-surgeons and teams)."""
    documented, allowed = Standing.WITH_DOCUMENTATION, Standing.ALLOWED
    team = {"1": documented, "2": allowed}
    co_surgeons = team.get(row.co_surgeons, Standing.NOT_ALLOWED)
    yield _rule("62", co_surgeons, _indicated("Co-surgeons", row.co_surgeons, CO_SURGEONS))
    yield _rule("66", team.get(row.team, Standing.NOT_ALLOWED), _indicated("Team surgery", row.team, TEAM))
    assistant = {"0": documented, "2": allowed}.get(row.assistant, Standing.NOT_ALLOWED)
    for modifier in ("80", "81", "82", "AS"):
        yield _rule(modifier, assistant, _indicated("Assistant at surgery", row.assistant, ASSISTANT))


def _by_edits(code: str, edits: PtpCounts | None) -> Iterator[ModifierRule]:
    """NCCI Policy Manual, chapter I, section E: visits take 25, other services 59 or one of its kinds."""
    if edits is None:
        return
    if is_evaluation(code):
        for modifier in _DISTINCT:
            reason = "Not for evaluation and management services, which take 25."
            yield ModifierRule(modifier, Standing.NOT_ALLOWED, reason, Source.PTP_PRACTITIONER)
    if not edits.bypassable + edits.firm:
        return
    modifiers = ("25",) if is_evaluation(code) else _DISTINCT
    if edits.bypassable:
        standing = Standing.ALLOWED
        reason = f"Bypasses {_edits(edits.bypassable)} (indicator 1); {_edits(edits.firm)} may not be bypassed."
    else:
        standing = Standing.NOT_ALLOWED
        reason = f"{_edits(edits.firm).capitalize()} may not be bypassed (indicator 0), and there is no other."
    for modifier in modifiers:
        yield ModifierRule(modifier, standing, reason, Source.PTP_PRACTITIONER)


def _by_add_on(add_on: AddOn | None) -> Iterator[ModifierRule]:
    if add_on and add_on.type:
        reason = f"An add-on code (type {add_on.type}) is never reduced beside its primary code."
        yield ModifierRule("51", Standing.EXEMPT, reason, Source.ADD_ON_CODES)


def _rule(modifier: str, standing: Standing, reason: str) -> ModifierRule:
    return ModifierRule(modifier, standing, reason, Source.RVU)


def _indicated(name: str, value: str, meanings: dict[str, str]) -> str:
    return f"{name} {value}: {meanings.get(value, 'not described.')}"


def _edits(number: int) -> str:
    return f"{number} edit{'' if number == 1 else 's'} of the code"
