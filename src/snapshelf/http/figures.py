"""What is counted for Prometheus, over all processes of a server."""

from __future__ import annotations

import os
from collections.abc import MutableMapping
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest

BUCKETS = (0.005, 0.01, 0.02, 0.03, 0.06, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)


class Figures:
    """Counters of one process; with several, what all of them wrote to their common folder is summed."""

    def __init__(self) -> None:
        own = CollectorRegistry()
        self.own = own
        self.requests = Counter("snapshelf_requests", "Answers.", ["route", "method", "status"], registry=own)
        self.seconds = Histogram(
            "snapshelf_request_seconds", "Seconds to an answer.", ["route"], registry=own, buckets=BUCKETS
        )
        self.searches = Counter("snapshelf_searches", "Searches.", ["kind", "found"], registry=own)
        self.dropped = Counter("snapshelf_log_dropped", "Lines of the query log that were dropped.", registry=own)

    def count(self, scope: MutableMapping[str, Any], status: int, seconds: float) -> None:
        """Count an answer, under its route's own name: addresses hold SKUs, of which there is no end."""
        route = getattr(scope.get("route"), "path", "none")
        self.requests.labels(route, scope["method"], str(status)).inc()
        self.seconds.labels(route).observe(seconds)

    def written(self) -> tuple[bytes, str]:
        """The figures as text, with its content type."""
        if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
            return generate_latest(self.own), CONTENT_TYPE_LATEST
        from prometheus_client.multiprocess import MultiProcessCollector

        every = CollectorRegistry()
        MultiProcessCollector(every)  # type: ignore[no-untyped-call]
        return generate_latest(every), CONTENT_TYPE_LATEST
