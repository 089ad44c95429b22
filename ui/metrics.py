"""Figures for Prometheus at `/metrics`: requests and how long they took, answers and refusals, the line, the library."""

import time
from collections.abc import Iterator

from fastapi import FastAPI
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from index.errors import LibraryAway
from ui.asking import Asking

__all__ = ["METRICS", "Measured", "Metrics", "add_metrics"]

METRICS = "/metrics"
_PATHS = ("/api/answer", "/api/retrieve", "/api/documents", "/v1/chat/completions", "/v1/models", "/mcp", "/healthz", METRICS)
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class Metrics:
    """The figures of one server; each server has its own."""

    def __init__(self) -> None:
        """All begin at zero."""
        self.registry = CollectorRegistry()
        self.requests = Counter("citewell_requests", "Requests, by path", ["path", "method", "status"], registry=self.registry)
        self.seconds = Histogram(
            "citewell_request_seconds", "Seconds of a request to its last byte", ["path"], buckets=_SECONDS, registry=self.registry
        )
        self.answers = Counter("citewell_answers", "Programs' questions, by what became of them", ["outcome"], registry=self.registry)
        for outcome in ("answered", "refused", "failed"):
            self.answers.labels(outcome)


class Measured:
    """Counts and times each request, also one that is refused."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        """Wrap an ASGI application."""
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status, began = 500, time.perf_counter()

        async def send_and_note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        # as it is now: applications that are mounted write into the scope
        path, method = _path(scope["path"]), scope["method"] if scope["method"] in _METHODS else "other"
        try:
            await self._app(scope, receive, send_and_note)
        finally:
            self._metrics.requests.labels(path, method, str(status)).inc()
            self._metrics.seconds.labels(path).observe(time.perf_counter() - began)


def add_metrics(app: FastAPI, metrics: Metrics, asking: Asking) -> None:
    """Serve the figures, with those that are looked up when they are asked for."""
    metrics.registry.register(_Now(asking))

    @app.get(METRICS, include_in_schema=False)
    def figures() -> Response:
        return Response(generate_latest(metrics.registry), headers={"Content-Type": CONTENT_TYPE_LATEST})


class _Now(Collector):
    """The line, and the library."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking

    def describe(self) -> list[GaugeMetricFamily]:
        """Nothing, so that nothing is looked up when this is registered."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Each figure as it is now."""
        yield GaugeMetricFamily("citewell_questions_waiting", "Programs' questions in line", value=self._asking.waiting)
        yield GaugeMetricFamily("citewell_questions_at_work", "Programs' questions that are being answered", value=self._asking.at_work)
        library = self._asking.assistant.library
        try:
            documents, chunks = len(library.documents()), library.chunk_count()
        except LibraryAway:
            yield GaugeMetricFamily("citewell_library_there", "Whether the library can be asked", value=0)
            return
        yield GaugeMetricFamily("citewell_library_there", "Whether the library can be asked", value=1)
        yield GaugeMetricFamily("citewell_documents", "Documents in the library", value=documents)
        yield GaugeMetricFamily("citewell_chunks", "Chunks in the library", value=chunks)


def _path(path: str) -> str:
    """One of a few names: a path that a caller makes up is no figure of its own."""
    return next((known for known in _PATHS if path == known or path.startswith(f"{known}/")), "other")
