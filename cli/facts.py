"""The facts of a code page as `codingahead code` prints them: briefly for people, all of them as JSON."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from codingahead.lookup.v1 import lookup_pb2

from cli.output import emit
from services.gateway.api.plain import as_json_if_set
from services.gateway.words import SETTING_WORDS, words_of

_STANDING_WORDS = words_of(lookup_pb2.ModifierStanding.DESCRIPTOR)
_ADJUDICATION_WORDS = words_of(lookup_pb2.MueAdjudicationIndicator.DESCRIPTOR)
_SECTIONS = ("official_description", "modifiers", "crosswalks", "edits", "fees", "coverage", "history")


def facts(page: lookup_pb2.GetCodePageResponse) -> dict[str, Any]:
    """Return the sections of facts as JSON, under the names they have in REST; those that are not there are null."""
    return {name: as_json_if_set(page, name) for name in _SECTIONS} | {
        name: as_json_if_set(page.notes, name) for name in ("guidelines", "index_entries")
    }


def print_facts(page: lookup_pb2.GetCodePageResponse) -> None:
    """Print the sections of facts that the code system has."""
    for attribute in page.official_description.attributes:
        print(f"{attribute.name}: {attribute.value}{f', {attribute.meaning}' if attribute.meaning else ''}")
    if page.HasField("modifiers"):
        _print_modifiers(page.modifiers)
    if page.HasField("edits"):
        _print_edits(page.edits)
    if page.HasField("fees"):
        _print_fees(page.fees)
    if page.HasField("crosswalks"):
        _print_crosswalks(page.crosswalks)
    if page.HasField("coverage"):
        articles = sorted({one.article for one in page.coverage.articles})
        _print_part("coverage", [{"articles": ", ".join(articles)}] if articles else [], [page.coverage.status])
    if page.HasField("history"):
        words = words_of(lookup_pb2.HistoryAction.DESCRIPTOR)
        events = [
            {
                "from": event.effective_from,
                "what": words[event.action],
                "replaced_by": ", ".join(event.replaced_by),
                "replaces": ", ".join(event.replaces),
            }
            for event in page.history.events
        ]
        _print_part("history", events, page.history.sources)


def _print_modifiers(found: lookup_pb2.Modifiers) -> None:
    by_standing = defaultdict(list)
    for rule in found.rules:
        by_standing[_STANDING_WORDS[rule.standing]].append(rule.modifier)
    rows = [{"standing": standing, "modifiers": " ".join(names)} for standing, names in by_standing.items()]
    _print_part("modifiers", rows, found.sources)


def _print_edits(found: lookup_pb2.Edits) -> None:
    known = lookup_pb2.AVAILABILITY_AVAILABLE
    rows = [
        {"setting": SETTING_WORDS[ptp.setting], "column_1": ptp.column1_count, "column_2": ptp.column2_count}
        for ptp in found.ptp
        if ptp.status.HasField("release")
    ]
    _print_part("procedure-to-procedure edits", rows, [ptp.status for ptp in found.ptp])
    rows = [
        {
            "setting": SETTING_WORDS[mue.setting],
            "units": mue.value,
            "counted": _ADJUDICATION_WORDS[mue.adjudication_indicator],
        }
        for mue in found.mue
        if mue.status.availability == known
    ]
    _print_part("medically unlikely edits", rows, [mue.status for mue in found.mue])
    add_on = found.add_on
    rows = [
        {
            "type": add_on.type or "no add-on code",
            "primary_codes": len(add_on.primary_codes),
            "add_on_codes": len(add_on.add_on_codes),
        }
    ]
    _print_part("add-on rules", rows if add_on.status.availability == known else [], [add_on.status])


def _print_fees(found: lookup_pb2.Fees) -> None:
    rows = [
        {
            "modifier": row.modifier,
            "status": row.status.value,
            "for": factor.participation or "all",
            "conversion_factor": factor.value,
            "non_facility": factor.non_facility_payment,
            "facility": factor.facility_payment,
        }
        for row in found.rows
        for factor in row.conversion_factors
    ]
    _print_part("fees, national", rows, [found.rvu])


def _print_crosswalks(found: lookup_pb2.Crosswalks) -> None:
    rows = []
    statuses = []
    for name, mapping in (("to icd9cm", found.to_icd9cm), ("to icd10cm", found.to_icd10cm)):
        if not mapping.HasField("status"):
            continue
        statuses.append(mapping.status)
        if mapping.no_map:
            rows.append({"crosswalk": name, "codes": "no equivalent"})
        rows += [{"crosswalk": name, "codes": one.code} for one in mapping.alternatives]
        for scenario in mapping.scenarios:
            lists = ["/".join(one.code for one in choices.targets) for choices in scenario.choice_lists]
            rows.append({"crosswalk": name, "codes": " and ".join(lists)})
    if found.ccsr.category:
        rows.append({"crosswalk": "ccsr", "codes": f"{found.ccsr.category} {found.ccsr.title}".strip()})
    rows += [{"crosswalk": one.model, "codes": f"{one.category} {one.title}".strip()} for one in found.hcc.categories]
    statuses += [part.status for part in (found.ccsr, found.hcc) if part.HasField("status")]
    _print_part("crosswalks", rows, statuses)


def _print_part(title: str, rows: list[dict[str, Any]], statuses: Iterable[lookup_pb2.SourceStatus]) -> None:
    """Print rows under a title with the sources they follow from; what is not loaded is said, not left out."""
    print(f"\n{title}")
    statuses = list(statuses)
    if rows or any(status.availability == lookup_pb2.AVAILABILITY_AVAILABLE for status in statuses):
        emit(rows, False, "Nothing follows for this code.")
    for status in statuses:
        if not status.HasField("release"):
            print(f"  {status.missing}")
            continue
        nothing = "" if status.availability == lookup_pb2.AVAILABILITY_AVAILABLE else ": nothing for this code"
        late = "" if status.release.in_force else "; NOT the edition for the date"
        print(f"  {status.release.name}{_dates(status.release)}{nothing}{late}")


def _dates(release: lookup_pb2.SourceRelease) -> str:
    first, last = release.effective_from, release.effective_to
    return (f", from {first}" if first else "") + (f" to {last}" if last else "")
