"""What happens, counted for Prometheus. Labels are names of routes and statuses, nothing that was asked."""

from __future__ import annotations

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)

from qa.assistant import Assistant
from qa.desk import Desk
from qa.types import Answer

# Seconds: an extractive answer takes a fifth, a language model's may take a minute.
_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class Metrics:
    """Counters of their own registry, so that two servers in one process do not mix."""

    def __init__(self, assistant: Assistant, desk: Desk) -> None:
        """Count nothing yet; what stands at `desk` and in the folder is read when it is asked for."""
        registry = self._registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        self._requests = Counter(
            "citewise_requests", "Requests.", ("route", "method", "status"), registry=registry
        )
        self._request_seconds = Histogram(
            "citewise_request_seconds",
            "From a request to the end of its response.",
            ("route",),
            buckets=_SECONDS,
            registry=registry,
        )
        self._answers = Counter(
            "citewise_answers", "Answers by their status.", ("status",), registry=registry
        )
        self._answer_seconds = Histogram(
            "citewise_answer_seconds",
            "Seconds an answer took when its turn had come.",
            buckets=_SECONDS,
            registry=registry,
        )
        for name, text, value in (
            ("questions_answering", "Questions being answered.", lambda: desk.load()[0]),
            ("questions_waiting", "Questions in line.", lambda: desk.load()[1]),
            ("documents", "Documents.", lambda: assistant.folder_state().documents),
            (
                "documents_unreadable",
                "Files that cannot be read.",
                lambda: len(assistant.folder_state().failed),
            ),
        ):
            Gauge(f"citewise_{name}", text, registry=registry).set_function(value)

    def answered(self, answer: Answer) -> None:
        """Count an answer."""
        self._answers.labels(answer.status).inc()
        self._answer_seconds.observe(answer.timings.get("total", 0.0))

    def requested(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count a request."""
        self._requests.labels(route, method, str(status)).inc()
        self._request_seconds.labels(route).observe(seconds)

    def text(self) -> bytes:
        """All of it, in Prometheus's text format."""
        return generate_latest(self._registry)
