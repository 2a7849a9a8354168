"""What is loaded, as metrics."""

import math
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta

from prometheus_client.metrics_core import GaugeMetricFamily
from prometheus_client.registry import Collector

from services.lookup.lookup import Lookup
from services.lookup.releases import DatedLoad


class LoadedReleases(Collector):
    """Tells at each scrape which editions serve, whether they are in force today and until when they are."""

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """Return the metrics of what is loaded now."""
        releases = [(one.release.system.value, one.release, one.in_force) for one in self._lookup.list_releases()]
        sources = [(one.load.source.value, one.load, one.in_force) for one in self._lookup.list_sources()]
        number = GaugeMetricFamily("codingahead_lookup_releases", "How many editions serve", labels=["kind"])
        number.add_metric(["code_set"], len(releases))
        number.add_metric(["facts"], len(sources))
        rows = [("code_set", *row) for row in releases] + [("facts", *row) for row in sources]
        yield number
        yield from _gauges(rows)


def _gauges(rows: Iterable[tuple[str, str, DatedLoad, bool]]) -> Iterator[GaugeMetricFamily]:
    labels = ["kind", "source", "edition"]
    in_force = GaugeMetricFamily(
        "codingahead_lookup_release_in_force", "Whether an edition answers for today (1) or not (0)", labels=labels
    )
    ends = GaugeMetricFamily(
        "codingahead_lookup_release_ends_timestamp_seconds",
        "When the last day of service of an edition is over, UTC; +Inf for one without an end",
        labels=labels,
    )
    loaded = GaugeMetricFamily(
        "codingahead_lookup_release_loaded_timestamp_seconds", "When an edition was loaded", labels=labels
    )
    codes = GaugeMetricFamily(
        "codingahead_lookup_release_codes", "For how many codes an edition has something", labels=labels
    )
    for kind, source, load, is_in_force in rows:
        values = [kind, source, load.edition]
        in_force.add_metric(values, is_in_force)
        ends.add_metric(values, _end_of(load.effective_to))
        loaded.add_metric(values, load.loaded_at.timestamp())
        codes.add_metric(values, load.codes)
    yield from (in_force, ends, loaded, codes)


def _end_of(day: date) -> float:
    if day == date.max:
        return math.inf
    return datetime.combine(day + timedelta(days=1), datetime.min.time(), UTC).timestamp()
