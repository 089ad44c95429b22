"""Stages as OpenTelemetry spans, with the extra `citewell[trace]` and where variables `OTEL_…` ask for it; else nothing is loaded.

A span has counts, scores and names of models. Words of questions and documents are added only with
`OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=true`; a key never is. What a language model was asked goes by OpenTelemetry's
conventions for generative AI (`gen_ai.…`).
"""

import logging
import os
import sys
from functools import cache
from importlib.metadata import entry_points, version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter
    from opentelemetry.trace import Span, Tracer

    from rag.trace import Stage

__all__ = ["Spans", "open_spans"]

_WANTED = ("OTEL_TRACES_EXPORTER", "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
_WITH_WORDS = "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"
_MISSING = "OpenTelemetry is configured (%s), but tracing is not installed: pip install 'citewell[trace]'. Nothing is traced."
_UNKNOWN = "OpenTelemetry's exporter %r (OTEL_TRACES_EXPORTER) is not installed. Nothing is traced."


class Spans:
    """The spans of one question, each inside the one that was open when it began."""

    def __init__(self, tracer: "Tracer") -> None:
        """The outermost one goes into the span that this process is in, if it is in one."""
        self._tracer = tracer
        self._open: list[tuple[Stage, Span]] = []
        self._words = os.environ.get(_WITH_WORDS, "").casefold() == "true"

    def begin(self, stage: "Stage") -> None:
        """Open the span of a stage."""
        from opentelemetry.trace import set_span_in_context

        inside = set_span_in_context(self._open[-1][1]) if self._open else None
        self._open.append((stage, self._tracer.start_span(f"citewell {stage.name}", context=inside)))

    def end(self, stage: "Stage", error: BaseException | None) -> None:
        """Close it with what the stage did; of an error the kind, never the words."""
        from opentelemetry.trace import StatusCode

        while self._open:
            opened, span = self._open.pop()
            told = opened.facts | (opened.texts if self._words else {})
            span.set_attributes({name if "." in name else f"citewell.{name}": value for name, value in told.items()})
            if isinstance(error, Exception):
                span.set_attribute("error.type", type(error).__name__)
                span.set_status(StatusCode.ERROR)
            span.end()
            if opened is stage:
                return


def open_spans() -> Spans | None:
    """The spans of another question, if somebody wants them."""
    tracer = _tracer()
    return Spans(tracer) if tracer else None


@cache
def _tracer() -> "Tracer | None":
    """Where spans go: as the environment says, or as the program that this runs in has set it up; None where nobody wants them."""
    disabled = os.environ.get("OTEL_SDK_DISABLED", "").casefold() == "true"
    if disabled or os.environ.get("OTEL_TRACES_EXPORTER") == "none":
        return None
    if "opentelemetry.sdk.trace" in sys.modules:
        from opentelemetry import trace
        from opentelemetry.sdk.trace import TracerProvider

        if isinstance(provider := trace.get_tracer_provider(), TracerProvider):
            return provider.get_tracer("citewell", version("citewell"))
    wanted = next((name for name in _WANTED if os.environ.get(name)), None)
    return _own_tracer(wanted) if wanted else None


def _own_tracer(wanted: str) -> "Tracer | None":
    """A tracer of our own provider: what other packages trace is not ours to send."""
    try:
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        logging.getLogger("citewell").warning(_MISSING, wanted)
        return None
    if (exporter := _exporter()) is None:
        return None
    # the package itself takes resource, sampler, limits and times from OTEL_…
    named = os.environ.get("OTEL_SERVICE_NAME") or "service.name=" in os.environ.get("OTEL_RESOURCE_ATTRIBUTES", "")
    provider = TracerProvider(resource=Resource.create(None if named else {"service.name": "citewell"}))
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return provider.get_tracer("citewell", version("citewell"))


def _exporter() -> "SpanExporter | None":
    """What the variables name, by default OTLP over HTTP."""
    name = os.environ.get("OTEL_TRACES_EXPORTER") or "otlp"
    if name == "otlp":
        protocol = os.environ.get("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL") or os.environ.get("OTEL_EXPORTER_OTLP_PROTOCOL")
        name = "otlp_proto_grpc" if protocol == "grpc" else "otlp_proto_http"
    for found in entry_points(group="opentelemetry_traces_exporter", name=name):
        made: SpanExporter = found.load()()
        return made
    logging.getLogger("citewell").warning(_UNKNOWN, name)
    return None
