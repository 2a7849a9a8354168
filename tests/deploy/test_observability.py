"""Dashboard, alerts and runbooks against each other, and against the metrics that the services have."""

import importlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import promql_parser as promql
import pytest
import yaml
from prometheus_client import REGISTRY

from services.lookup.codes.model import System
from services.lookup.loaded import LoadedReleases
from services.lookup.lookup import Lookup
from services.lookup.releases import Release, ReleaseChoice

REPOSITORY = Path(__file__).parents[2]
FOLDER = REPOSITORY / "deploy" / "observability"
ALERTS = [rule for group in yaml.safe_load((FOLDER / "alerts.yaml").read_text())["groups"] for rule in group["rules"]]
DASHBOARD = json.loads((FOLDER / "dashboard.json").read_text())
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
RUNBOOKS = (REPOSITORY / "docs" / "runbooks.md").read_text()

SERVICES = ("accounts", "assistant", "gateway", "lookup", "quota")
# What Prometheus adds to each target, see deploy/observability/scrape.yaml.
OF_THE_TARGET = {"namespace", "service", "pod", "instance", "job"}
SERIES = {"counter": ("_total",), "gauge": ("",), "histogram": ("_bucket", "_count", "_sum"), "info": ("_info",)}
OF_PROMETHEUS = {"ALERTS": {"alertname", "alertstate", "severity"} | OF_THE_TARGET}


class OneRelease(Lookup):
    """What is loaded, without a store."""

    def __init__(self) -> None:
        release = Release(
            system=System.ICD10CM,
            edition="FY2026",
            effective_from=date(2025, 10, 1),
            effective_to=date.max,
            codes=1,
            billable_codes=1,
            loaded_at=datetime(2026, 1, 1, tzinfo=UTC),
            origin="",
            content="",
            codes_index="",
            book_index="",
        )
        self.choice = ReleaseChoice(release, in_force=True)

    def list_releases(self, systems: object = ()) -> list[ReleaseChoice]:
        return [self.choice]

    def list_sources(self) -> list[Any]:
        return []


@pytest.fixture(scope="module")
def metrics() -> dict[str, set[str]]:
    """The labels of all series that the services may have, by name."""
    for service in SERVICES:
        importlib.import_module(f"services.{service}.main")
    importlib.import_module("services.assistant.llm.model")
    known: dict[str, set[str]] = {}
    for collector in (*REGISTRY._collector_to_names, LoadedReleases(OneRelease())):
        # One that has labels has no samples before it is used.
        for ending in SERIES.get(getattr(collector, "_type", ""), ()):
            known[f"{collector._name}{ending}"] = set(collector._labelnames)  # type: ignore[attr-defined]
        for sample in (sample for family in collector.collect() for sample in family.samples):
            known.setdefault(sample.name, set()).update(sample.labels)
    for name in known:
        if name.endswith("_bucket"):
            known[name].add("le")
    return known


@dataclass(frozen=True)
class Query:
    """An expression, and the labels that what it returns is named by."""

    expression: str
    shown: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return self.expression


def queries() -> Iterator[Query]:
    for rule in ALERTS:
        texts = " ".join(rule["annotations"].values())
        yield Query(rule["expr"], frozenset(re.findall(r"\$labels\.(\w+)", texts)))
    for panel in PANELS:
        for target in panel["targets"]:
            yield Query(target["expr"], frozenset(re.findall(r"{{(\w+)}}", target["legendFormat"])))
    for annotation in DASHBOARD["annotations"]["list"]:
        yield Query(annotation["expr"], frozenset(re.findall(r"{{(\w+)}}", annotation["titleFormat"])))
    for variable in DASHBOARD["templating"]["list"]:
        if variable["type"] == "query":
            selector, label = re.fullmatch(r"label_values\((.*), (\w+)\)", variable["definition"]).groups()  # type: ignore[union-attr]
            yield Query(selector, frozenset([label]))


def parsed(query: Query) -> promql.Expr:
    variables = {"$__rate_interval": "5m", "$namespace": "n", "$service": "s"}
    return promql.parse(re.sub("|".join(map(re.escape, variables)), lambda m: variables[m[0]], query.expression))


def nodes(expression: promql.Expr) -> list[promql.Expr]:
    found: list[promql.Expr] = []
    promql.walk(expression, found.append)
    return found


def selectors(expression: promql.Expr) -> list[promql.VectorSelector]:
    return [node for node in nodes(expression) if isinstance(node, promql.VectorSelector)]


@pytest.mark.parametrize("query", list(queries()), ids=str)
def test_an_expression_asks_for_what_there_is(metrics: Mapping[str, set[str]], query: Query) -> None:
    known = {name: labels | OF_THE_TARGET for name, labels in metrics.items()} | OF_PROMETHEUS
    expression = parsed(query)

    assert selectors(expression) or query.expression == "vector(0)"
    for selector in selectors(expression):
        assert selector.name in known
        assert {matcher.name for matcher in selector.matchers.matchers} <= known[selector.name]

    kept: set[str] = set()
    for node in nodes(expression):
        if isinstance(node, promql.AggregateExpr):
            within = set().union(*(known[selector.name or ""] for selector in selectors(node.expr)))
            grouped = set(node.modifier.labels if node.modifier else ())
            assert grouped <= within
            kept |= grouped
    assert query.shown <= (kept or known[selectors(expression)[0].name or ""])


def test_every_metric_of_the_services_is_shown(metrics: Mapping[str, set[str]]) -> None:
    asked = {family(selector.name or "") for query in queries() for selector in selectors(parsed(query))}

    assert {family(name) for name in metrics if name.startswith("codingahead_")} - asked == set()


def family(series: str) -> str:
    return re.sub("_(bucket|count|sum)$", "", series)


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule["alert"])
def test_an_alert_says_what_to_do(rule: dict[str, Any]) -> None:
    assert rule["labels"]["severity"] in ("critical", "warning")
    assert {"summary", "description"} <= rule["annotations"].keys()
    assert rule["annotations"]["runbook_url"] == f"docs/runbooks.md#{rule['alert'].lower()}"


def test_every_alert_has_a_runbook_and_every_runbook_an_alert() -> None:
    sections = re.split(r"^## ", RUNBOOKS, flags=re.MULTILINE)[1:]

    assert [section.split("\n", 1)[0] for section in sections] == list(dict.fromkeys(rule["alert"] for rule in ALERTS))
    for section in sections:
        assert all(f"**{part}**" in section for part in ("Users see", "Look", "Do"))


def test_runbooks_speak_of_panels_that_there_are() -> None:
    titles = [panel["title"] for panel in PANELS]

    spoken_of = re.findall(r"(?<!\*)\*([^*]+)\*(?!\*)", RUNBOOKS)
    assert spoken_of
    assert [name for name in spoken_of if not any(" ".join(name.split()) in title for title in titles)] == []


def test_the_dashboard_is_one_that_grafana_draws() -> None:
    panels = DASHBOARD["panels"]
    ids = Counter(panel["id"] for panel in panels)
    cells = Counter(
        (x, y)
        for at in (panel["gridPos"] for panel in panels)
        for x in range(at["x"], at["x"] + at["w"])
        for y in range(at["y"], at["y"] + at["h"])
    )

    assert set(ids.values()) == {1}
    assert set(cells.values()) == {1}, "panels lie over each other"
    assert max(x for x, _ in cells) < 24
    assert [variable["name"] for variable in DASHBOARD["templating"]["list"]] == ["datasource", "namespace", "service"]
    for panel in PANELS:
        assert panel["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
        assert panel["fieldConfig"]["defaults"].get("unit") or panel["type"] == "table"
        assert len({target["refId"] for target in panel["targets"]}) == len(panel["targets"])
