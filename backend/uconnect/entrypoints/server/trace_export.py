"""Turns traces into spans of OpenTelemetry, and sends them to a receiver of OTLP over HTTP.

Here alone they leave, so here what they say is held against `trace_attributes`, and their moments are made coarse.
"""

import logging
import random
import secrets
from collections.abc import Iterator, Sequence

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExportResult
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import SpanContext, SpanKind, TraceFlags
from opentelemetry.trace.status import Status, StatusCode

from uconnect import VERSION
from uconnect.application.tracing import ERROR, Span
from uconnect.entrypoints.server.trace_attributes import REQUEST, Allowed
from uconnect.entrypoints.server.trace_sender import Ended

PATH = "/v1/traces"
TIMEOUT = 5.0  # seconds for a batch, with all tries
MINUTE, STEP = 60 * 10**9, 10**5  # ns: a trace begins at a whole minute, and lasts a multiple of 0.1 ms
RESOURCE = Resource({"service.name": "uconnect", "service.version": VERSION})  # nothing of this machine
SCOPE = InstrumentationScope("uconnect", VERSION)
_shuffle = random.SystemRandom().shuffle


class Exporter:
    """Sends traces of a server that has these templates of routes."""

    def __init__(self, endpoint: str, routes: frozenset[str]) -> None:
        logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)  # we say so ourselves, seldom and in a sentence
        self._allowed = Allowed(routes)
        self._exporter = OTLPSpanExporter(endpoint=endpoint + PATH, timeout=TIMEOUT)

    def send(self, traces: Sequence[Ended]) -> bool:
        """Whether the receiver took them. The order in which they ended is not kept."""
        spans = [made for it in traces for made in self._spans(*it)]
        _shuffle(spans)
        return self._exporter.export(spans) is SpanExportResult.SUCCESS

    def _spans(self, ended: float, spans: Sequence[Span]) -> Iterator[ReadableSpan]:
        root = next((it for it in spans if it.parent is None), None)
        if root is None:
            return
        trace = secrets.randbits(128)
        contexts = {it: _context(trace) for it in spans}
        begun = int((ended - (root.ended - root.began)) * 10**9) // MINUTE * MINUTE
        for it in spans:
            attributes = self._allowed.attributes(it.attributes)
            yield ReadableSpan(
                self._allowed.name(it.name, attributes),
                contexts[it],
                contexts.get(it.parent) if it.parent else None,
                RESOURCE,
                attributes,
                kind=SpanKind.SERVER if it.name == REQUEST else SpanKind.INTERNAL,
                status=Status(StatusCode.ERROR if ERROR in attributes else StatusCode.UNSET),
                start_time=begun + _coarse(it.began - root.began),
                end_time=begun + _coarse(it.ended - root.began),
                instrumentation_scope=SCOPE,
            )


def _context(trace: int) -> SpanContext:
    return SpanContext(trace, secrets.randbits(64) or 1, is_remote=False, trace_flags=TraceFlags(TraceFlags.SAMPLED))


def _coarse(seconds: float) -> int:
    """Nanoseconds."""
    return max(0, round(seconds * 10**9 / STEP)) * STEP
