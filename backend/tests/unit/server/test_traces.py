"""Traces are off. When they are on, a receiver gets names, durations and words of the code, and nothing of anybody."""

import asyncio
import json
import logging
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import Any

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.support.polling import TIMEOUT, poll, poll_async
from tests.support.stores import fresh
from tests.support.trace_receiver import TraceReceiver, receiving
from tests.unit.server.server_in_process import ServerInProcess
from tests.unit.server.test_access_log import PATH, PLANTED
from tests.unit.server.test_metrics import Session, Site
from uconnect.adapters.mail import Email
from uconnect.api.operations import OPERATIONS
from uconnect.application import tracing
from uconnect.domain.context import Plan
from uconnect.domain.enums import Kind
from uconnect.domain.jobs import ReturnThreads
from uconnect.domain.models import Job
from uconnect.domain.request_bodies import Raise
from uconnect.domain.usecases import threads
from uconnect.entrypoints.server import trace_attributes, trace_sender
from uconnect.entrypoints.server.frame_passes import FramePasses
from uconnect.entrypoints.server.settings import InvalidSetting, read
from uconnect.entrypoints.server.trace_sender import TraceSender

# Written down anew and on purpose, not taken from the code: what may leave.
SOON = 20.0  # seconds, long before a receiver that hangs would answer
WORD = r"[A-Za-z]+"
FUNCTION = r"[a-z_]+\.[a-z_]+"
ROUTES = {it.path for it in OPERATIONS} | {"/api/health", "/api/openapi.json", "/{file}", "/metrics", "other"}
ALLOWED: dict[str, Callable[[Any], bool]] = {
    "http.request.method": lambda it: it in {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "other"},
    "http.route": lambda it: it in ROUTES,
    "http.response.status_code": lambda it: 200 <= it < 600,
    "error.type": lambda it: re.fullmatch(WORD, it) is not None,
    "uconnect.use_case": lambda it: it == "other" or re.fullmatch(FUNCTION, it) is not None,
    "uconnect.job": lambda it: re.fullmatch(WORD, it) is not None,
    "uconnect.frame": lambda it: it in {"send", "typing", "seen", "composing"},
    "uconnect.outcome": lambda it: it in {"done", "refused", "failed"},
}
NAMES = re.compile(
    rf"frame (send|typing|seen|composing)|job {WORD}|use case ({FUNCTION}|other)|mail pass|commit of frames"
    r"|store (read|write|write in background)|([A-Z]+|other) (/[a-z0-9_./{}-]*|other)"
)
WHO = ("ada@", "Ada", "law@", "Law", "library", "198.51.100", "secret", "AAAA", "uni.edu")
TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
Open = Callable[..., ServerInProcess]


def check(receiver: TraceReceiver) -> list[Span]:
    """All that came is allowed. The spans."""
    spans = receiver.spans
    assert spans
    for request in receiver.requests:
        for resource in request.resource_spans:
            said = {it.key: it.value.string_value for it in resource.resource.attributes}
            assert said.keys() == {"service.name", "service.version"}, said
            assert [(it.scope.name, it.schema_url) for it in resource.scope_spans] == [("uconnect", "")]
    for span in spans:
        assert NAMES.fullmatch(span.name), span.name
        assert not span.events
        assert not span.links
        assert not span.trace_state
        assert not span.status.message
        for it in span.attributes:
            value = getattr(it.value, it.value.WhichOneof("value") or "")
            assert it.key in ALLOWED, it.key
            assert ALLOWED[it.key](value), (it.key, value)
        assert (span.end_time_unix_nano - span.start_time_unix_nano) % 10**5 == 0
        if not span.parent_span_id:
            assert span.start_time_unix_nano % (60 * 10**9) == 0, "the minute alone is told"
    assert said_of_anybody(receiver) == []
    return spans


def said_of_anybody(receiver: TraceReceiver) -> list[str]:
    """The words of WHO in what came. Numbers are not looked at: of three letters, some are in random ids by chance."""
    requests = receiver.requests
    for request in requests:
        for span in (it for resource in request.resource_spans for scope in resource.scope_spans for it in scope.spans):
            for number in ("trace_id", "span_id", "parent_span_id", "start_time_unix_nano", "end_time_unix_nano"):
                span.ClearField(number)
    bodies = [it.SerializeToString() for it in requests]
    return [word for word in WHO if any(word.encode() in it for it in bodies)]


@pytest.fixture
def receiver() -> Iterator[TraceReceiver]:
    with receiving() as found:
        yield found


def traced(open_server: Open, receiver: TraceReceiver, **more: str) -> Site:
    return Site(open_server(TRACES=receiver.url, TRACES_SHARE="1", **more))


def flush(site: Site) -> None:
    """What the end of the server's lifespan does, but for the time that it waits."""
    sender: TraceSender = site.app.state.traces
    sender.start()
    sender.stop()
    sender._thread.join(TIMEOUT)
    assert not sender._thread.is_alive(), "all was sent"


def use(site: Site) -> None:
    """A little of everything."""
    server = site.server
    site.ask(path=PATH, peer="198.51.100.7", traceparent=TRACEPARENT, baggage="who=ada@example.org", **PLANTED)
    site.ask(method="ada@example.org", path="/ada@example.org", peer="198.51.100.7")
    ada, law = server.party(Kind.USER, "ada@example.org", "Ada"), server.party(Kind.SCHOOL, "law@example.org", "Law")
    raised = Raise(key=fresh(), school=law, subject="The library", text="Which card of the library?")
    id = server.run(partial(threads.raise_, by=ada, command=raised)).row.id
    passes = FramePasses(server.container.service)

    async def talk() -> None:
        sessions = Session(ada), Session(law)
        for session, text in zip(sessions, ("Where is the library?", "A library, says Law"), strict=True):
            passes.receive(session, json.dumps({"t": "send", "key": fresh(), "id": id, "text": text}))
        for session in sessions:
            await asyncio.wait_for(session.answered.wait(), TIMEOUT)

    server.wait(talk())


def attributes(span: Span) -> dict[str, Any]:
    return {it.key: it.value.string_value or it.value.int_value for it in span.attributes}


def test_nothing_is_recorded_and_no_sdk_is_imported_while_traces_are_off(server: ServerInProcess) -> None:
    assert Site(server).app.state.traces is None
    assert server.container.service.traces.begin("job") is tracing.NOTHING
    tries = (
        "import sys, uconnect.entrypoints.cli.main; sys.exit(any(it.startswith('opentelemetry') for it in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", tries], check=False).returncode == 0


def test_all_that_leaves_is_allowed(open_server: Open, receiver: TraceReceiver) -> None:
    site = traced(open_server, receiver)
    use(site)
    flush(site)
    spans = check(receiver)
    assert set(receiver.paths) == {"/v1/traces"}
    names = {it.name for it in spans}
    assert {"GET /api/threads/{id}", "other /{file}", "frame send"} <= names
    assert attributes(next(it for it in spans if it.name == "GET /api/threads/{id}")) == {
        "http.request.method": "GET",
        "http.route": "/api/threads/{id}",
        "http.response.status_code": 401,
    }
    assert all(it.trace_id.hex() not in TRACEPARENT for it in spans), "nobody marks a trace from outside"
    assert all(it.parent_span_id.hex() not in TRACEPARENT or not it.parent_span_id for it in spans)


def test_no_trace_joins_two_parties(open_server: Open, receiver: TraceReceiver) -> None:
    """Two who write in one transaction have a trace each, and the transaction has one, too."""
    site = traced(open_server, receiver)
    use(site)
    flush(site)
    frames = [it for it in check(receiver) if it.name in ("frame send", "commit of frames")]
    assert sorted(it.name for it in frames)[-2:] == ["frame send"] * 2
    assert len({it.trace_id for it in frames}) == len(frames) >= 3
    assert not any(it.parent_span_id for it in frames)


def test_a_use_case_and_its_transactions_are_parts_of_the_request(open_server: Open, receiver: TraceReceiver) -> None:
    site = traced(open_server, receiver)
    site.ask(path=f"/api/invitations/{'A' * 22}")
    site.ask(path="/api/health")
    flush(site)
    by_name = {it.name: it for it in receiver.spans}
    root, decided = by_name["GET /api/invitations/{id}"], by_name["use case invitations.invited_by"]
    within = [it for it in receiver.spans if it.parent_span_id == decided.span_id]
    assert decided.parent_span_id == root.span_id
    assert [it.name for it in within] == ["store read"]
    assert {it.trace_id for it in (root, decided, *within)} == {root.trace_id}
    assert root.start_time_unix_nano <= decided.start_time_unix_nano <= decided.end_time_unix_nano
    assert by_name["GET /api/health"].trace_id != root.trace_id


def test_jobs_and_mail_passes_are_traced_with_the_kind_of_their_errors(
    open_server: Open, receiver: TraceReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = traced(open_server, receiver, SMTP="smtp://127.0.0.1:9", MAIL_FROM="help@uni.edu")
    server, parts = site.server, site.server.container
    parts.database.write(lambda c: parts.outbox.put(c, Email("ada@example.org", "A subject", "Words")))
    assert parts.mail_sender is not None
    server.wait(parts.mail_sender.carry())  # nobody listens on port 9
    server.run(lambda context: Plan(None, puts=(Job(id="late", due=0, task=ReturnThreads("ada@example.org")),)))

    async def run() -> None:
        jobs = asyncio.create_task(server.run_jobs())
        await poll_async(lambda: "ReturnThreads" in traced_jobs(site), what="the job is done")
        jobs.cancel()
        await asyncio.gather(jobs, return_exceptions=True)

    server.wait(run())
    flush(site)
    found = {it.name: attributes(it) for it in check(receiver)}
    assert found["mail pass"] == {"error.type": "SMTPConnectError"}
    assert found["job ReturnThreads"] == {"uconnect.job": "ReturnThreads"}


def traced_jobs(site: Site) -> list[Any]:
    """The kinds of the jobs whose traces wait to be sent."""
    sender: TraceSender = site.app.state.traces
    return [it.attributes.get("uconnect.job") for _, spans in sender._waiting.copy() for it in spans]


class AdaIsHere(Exception):
    """A kind of error whose name the server does not know."""


def plant(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistake of ours: more is noted than may be, and an error has an address in its words."""

    def part(name: str) -> tracing.Measured:
        found = real(name)
        found.note("enduser.id", "ada@example.org")
        found.note("uconnect.use_case", "ada@example.org")
        return found

    real = tracing.part
    monkeypatch.setattr("uconnect.adapters.sqlite.engine.part", part)
    traces = site.server.container.service.traces
    with suppress(ValueError), traces.begin("job", **{"uconnect.job": "Ada"}):
        raise ValueError("ada@example.org")
    with suppress(AdaIsHere), traces.begin("Ada's pass"):
        raise AdaIsHere("ada@example.org")
    site.ask(path=f"/api/invitations/{'A' * 22}")
    flush(site)


def test_what_is_not_allowed_does_not_leave(
    open_server: Open, receiver: TraceReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(traced(open_server, receiver), monkeypatch)
    spans = receiver.spans
    assert said_of_anybody(receiver) == []
    assert {it.name for it in spans} >= {"other", "job other", "store read"}
    assert {"uconnect.job": "other", "error.type": "ValueError"} in map(attributes, spans)
    assert {"error.type": "other"} in map(attributes, spans)
    assert "enduser.id" not in {key for it in spans for key in attributes(it)}


@pytest.mark.parametrize("gate", ["attributes", "name"])
def test_without_its_gate_the_planted_leak_is_noticed(
    open_server: Open, receiver: TraceReceiver, monkeypatch: pytest.MonkeyPatch, gate: str
) -> None:
    through: dict[str, Any] = {"attributes": lambda _, found: dict(found), "name": lambda _, name, __: name}
    monkeypatch.setattr(trace_attributes.Allowed, gate, through[gate])
    plant(traced(open_server, receiver), monkeypatch)
    with pytest.raises(AssertionError):
        check(receiver)


def spans_of(name: str = "job") -> list[tracing.Span]:
    return [tracing.Span(name, None, 0.0, 0.1)]


@pytest.mark.parametrize(("broken", "timeout", "told"), [("down", 0.1, 1), ("hangs", 0.1, 1), ("hangs", 60.0, 0)])
def test_a_receiver_that_fails_slows_nobody_and_is_told_once(
    open_server: Open,
    receiver: TraceReceiver,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    broken: str,
    timeout: float,
    told: int,
) -> None:
    monkeypatch.setattr("uconnect.entrypoints.server.trace_export.TIMEOUT", timeout)
    receiver.answers.clear()
    site = Site(open_server(TRACES=receiver.url if broken == "hangs" else "http://127.0.0.1:9", TRACES_SHARE="1"))
    sender: TraceSender = site.app.state.traces
    sender._every = 0.01
    sender.start()
    with caplog.at_level(logging.WARNING):
        began = time.monotonic()
        for _ in range(5_000):
            sender.keep(spans_of())
        assert site.ask(path="/api/health").status_code in (200, 503)
        assert time.monotonic() - began < SOON
        assert len(sender._waiting) <= trace_sender.MOST
        poll(lambda: caplog.messages, lambda found: len(found) == told, what="it is told")
        began = time.monotonic()
        sender.stop()
        assert time.monotonic() - began < SOON
        receiver.answers.set()
        sender._thread.join(TIMEOUT)  # its last pass is within this test
        assert not sender._thread.is_alive()
    assert caplog.messages == ["traces could not be sent, and are dropped: the receiver did not take them"] * told


def test_a_failure_is_told_once_in_a_while_by_its_kind(caplog: pytest.LogCaptureFixture) -> None:
    def fails(_: Any) -> bool:
        raise ValueError("ada@example.org")

    sender = TraceSender(fails)
    for _ in range(3):
        sender.keep(spans_of())
        sender._pass()
    assert caplog.messages == ["traces could not be sent, and are dropped: ValueError"]


def test_a_share_of_all_operations_is_traced() -> None:
    kept: list[Any] = []
    some = tracing.Traces(0.2, kept.append)
    for _ in range(2_000):
        with some.begin("job"), tracing.part("store write"):
            pass
    assert 250 < len(kept) < 560
    assert {len(it) for it in kept} == {2}, "a trace is whole"


def test_a_task_that_outlives_its_operation_fills_no_memory() -> None:
    kept: list[Any] = []
    with tracing.Traces(1, kept.append).begin("job"):
        for _ in range(tracing.MOST + 9):
            with tracing.part("store read"):
                pass
        with tracing.Traces(0, kept.append).begin("job"), tracing.part("store write") as within:
            assert within is tracing.NOTHING, "what is within one that is not traced is not"
    (spans,) = kept
    assert len(spans) <= tracing.MOST + 1
    assert [it for it in spans if it.parent is None], "its root is there"


def test_missing_packages_are_told_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    assert trace_sender.can_send()
    monkeypatch.setattr(trace_sender, "NEEDED", "nowhere.exporter")
    with pytest.raises(InvalidSetting, match=r"requirements-traces.txt\), or remove TRACES"):
        read({"TRACES": "http://127.0.0.1:4318"})
    assert read({}).traces == ""


@pytest.mark.parametrize(
    "wrong", ["127.0.0.1:4318", "http://traces.uni.edu:4318", "http://127.0.0.1:4318/v1/traces", "on"]
)
def test_another_receiver_is_refused(wrong: str) -> None:
    with pytest.raises(InvalidSetting, match="TRACES"):
        read({"TRACES": wrong})


@pytest.mark.parametrize("wrong", ["0", "1.1", "-1", "nan", "1e-3", "0.", ".", "ten"])
def test_another_share_is_refused(wrong: str) -> None:
    with pytest.raises(InvalidSetting, match="TRACES_SHARE"):
        read({"TRACES_SHARE": wrong})
