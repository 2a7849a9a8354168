"""What lookup measures of its searches, its caches and Elasticsearch."""

import time

from prometheus_client import Counter, Gauge, Histogram

from services.runtime.metrics import SECONDS

SEARCH_SECONDS = Histogram(
    "codingahead_lookup_search_seconds",
    "Duration of the searches that were answered",
    ["kind", "outcome"],
    buckets=SECONDS,
)
ELASTICSEARCH_SECONDS = Histogram(
    "codingahead_lookup_elasticsearch_seconds", "Duration of the calls of Elasticsearch", ["operation"], buckets=SECONDS
)
CACHE_READS = Counter(
    "codingahead_lookup_cache_reads_total",
    "Reads by whether all was kept (hit) or something had to be fetched (miss)",
    ["cache", "result"],
)
RELEASES_READ = Gauge(
    "codingahead_lookup_releases_read_timestamp_seconds", "When it was last read from Elasticsearch what is loaded"
)


def searched(kind: str, outcome: str, started: float) -> None:
    """Measure a search that began at `started`, on the clock of time.perf_counter, and is answered."""
    SEARCH_SECONDS.labels(kind, outcome).observe(time.perf_counter() - started)


def read(cache: str, *, hit: bool) -> None:
    """Count a read from a cache."""
    CACHE_READS.labels(cache, "hit" if hit else "miss").inc()
