"""The operator alone reads the metrics; for others they do not exist. They count, and name nobody."""

import asyncio
import json
import sqlite3
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from tests.support.polling import TIMEOUT
from tests.support.stores import fresh
from tests.unit.server.server_in_process import ServerInProcess
from uconnect.adapters.mail import Email
from uconnect.api.operations import OPERATIONS
from uconnect.api.websocket import Reply
from uconnect.application.ports import Unavailable
from uconnect.domain.context import Plan
from uconnect.domain.enums import Kind
from uconnect.domain.jobs import ReturnThreads
from uconnect.domain.models import Job
from uconnect.domain.request_bodies import Raise
from uconnect.domain.usecases import threads
from uconnect.entrypoints.server import app, health, loop_lag, metrics
from uconnect.entrypoints.server.durations import BOUNDS, Durations
from uconnect.entrypoints.server.frame_passes import FramePasses
from uconnect.entrypoints.server.loop_lag import LoopLag

TOKEN = "5c1f0e7d2b9a48c6a3f1"
PUBLIC = {"URL": "https://ask.uni.edu", "HOST": "127.0.0.1", "METRICS_TOKEN": TOKEN}
Open = Callable[..., ServerInProcess]


class Site:
    """The whole application of a server, asked by a peer."""

    def __init__(self, server: ServerInProcess) -> None:
        self.server = server
        self.app = app.build_app(server.container)

    def ask(
        self, method: str = "GET", path: str = "/metrics", peer: str = "127.0.0.1", **headers: str
    ) -> httpx.Response:
        transport = httpx.ASGITransport(self.app, client=(peer, 50000), raise_app_exceptions=False)
        url = self.server.container.settings.url

        async def request() -> httpx.Response:
            async with httpx.AsyncClient(transport=transport, base_url=url) as http:
                given = {name.replace("_", "-").encode(): value.encode("latin-1") for name, value in headers.items()}
                return await http.request(method, path, headers=given)

        return self.server.wait(request())

    def samples(self, **headers: str) -> list[Sample]:
        answer = self.ask(**headers)
        assert answer.status_code == 200, answer.text
        return [it for family in text_string_to_metric_families(answer.text) for it in family.samples]

    def value(self, name: str, **labels: str) -> float:
        found = [it.value for it in self.samples() if it.name == f"uconnect_{name}" and it.labels == labels]
        assert len(found) == 1, (name, labels)
        return found[0]


@pytest.fixture(autouse=True)
def _health_is_looked_at_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "FRESH", 0.0)


@pytest.fixture
def site(server: ServerInProcess) -> Site:
    return Site(server)


def is_hidden(site: Site, **asked: Any) -> bool:
    """Whether the answer is the one to an address that does not exist, in every byte."""
    found, unknown = site.ask(**asked), site.ask(**(asked | {"path": "/metrico"}))
    assert unknown.status_code != 200
    return (found.status_code, found.content, [it for it in found.headers.items() if it[0] != "location"]) == (
        unknown.status_code,
        unknown.content,
        [it for it in unknown.headers.items() if it[0] != "location"],
    )


@pytest.mark.parametrize("peer", ["127.0.0.1", "::1"])
def test_this_machine_reads_them_while_nobody_else_can_reach_it(site: Site, peer: str) -> None:
    answer = site.ask(peer=peer)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "asked",
    [
        {"peer": "198.51.100.7"},
        {"peer": "10.0.0.4"},
        {"peer": ""},
        {"X_Forwarded_For": "127.0.0.1"},
        {"Via": "1.1 front"},
        {"host": "evil.example"},
        {"method": "POST"},
        {"method": "DELETE"},
    ],
)
def test_for_others_there_is_nothing(site: Site, asked: dict[str, str]) -> None:
    assert is_hidden(site, **asked)


def test_behind_a_server_in_front_this_machine_needs_the_token_too(open_server: Open) -> None:
    """nginx without a header of its own looks as if its visitors sat here."""
    site = Site(open_server(**PUBLIC | {"METRICS_TOKEN": ""}))
    assert is_hidden(site, host="127.0.0.1:8000")
    assert is_hidden(site)
    assert is_hidden(site, Authorization=f"Bearer {TOKEN}")


def test_who_sends_the_token_reads_them_from_anywhere_by_any_name(open_server: Open) -> None:
    site = Site(open_server(**PUBLIC))
    right = f"Bearer {TOKEN}"
    assert site.ask(peer="198.51.100.7", Authorization=right).status_code == 200
    assert site.ask(peer="127.0.0.1", host="127.0.0.1:8000", Authorization=right).status_code == 200
    assert site.ask(peer="127.0.0.1", X_Forwarded_For="198.51.100.7", Authorization=right).status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        TOKEN,
        f"Bearer {TOKEN}x",
        f"Bearer {TOKEN[:-1]}",
        f"bearer {TOKEN}",
        "Bearer \N{LATIN SMALL LETTER E WITH ACUTE}",
    ],
)
def test_who_sends_another_token_finds_nothing(open_server: Open, wrong: str) -> None:
    site = Site(open_server(**PUBLIC))
    for peer in ("127.0.0.1", "198.51.100.7"):
        for host in ("ask.uni.edu", "127.0.0.1:8000"):
            assert is_hidden(site, peer=peer, host=host, Authorization=wrong)


def test_requests_are_counted_by_template_and_class(site: Site) -> None:
    for path in ("/api/threads/AAAAAAAAAAAAAAAAAAAAAA", "/api/threads/BBBBBBBBBBBBBBBBBBBBBB?words=secret"):
        site.ask(path=path)
    site.ask(path="/api/pictures/CCCCCCCCCCCCCCCCCCCCCC")
    site.ask(path="/api/nothing/DDDDDDDDDDDDDDDDDDDDDD")
    site.ask(path="/user/EEEEEEEE")
    site.ask(method="BREW", path="/user/EEEEEEEE")
    count = partial(site.value, "http_request_seconds_count")
    assert count(method="GET", route="/api/threads/{id}", status="4xx") == 2
    assert count(method="GET", route="/api/pictures/{id}", status="4xx") == 1
    assert count(method="GET", route="other", status="4xx") == 1
    assert count(method="GET", route="/{file}", status="4xx") == 1
    assert site.value("http_request_seconds_bucket", method="GET", route="/api/threads/{id}", status="4xx", le="+Inf")


def test_no_label_has_what_somebody_sent(site: Site) -> None:
    strange = (
        "/api/threads/SECRET",
        "/api/SECRET",
        "/SECRET?SECRET",
        "/oauth/SECRET",
        "/api/notices/SECRET",
        "//SECRET",
    )
    for path in strange:
        for method in ("GET", "POST", "SECRET"):
            site.ask(method=method, path=path, Authorization="Bearer SECRET", host="SECRET")
            site.ask(method=method, path=path, Authorization="Bearer SECRET")
    assert "SECRET" not in site.ask().text
    assert site.ask().text.count("http_request_seconds_count") > 5


LABELS = {"method", "route", "status", "frame", "outcome", "reason", "le", "version"}


def test_no_label_has_an_id_a_name_or_an_address(site: Site) -> None:
    server = site.server
    ada, law = server.party(Kind.USER, "ada@example.org", "Ada"), server.party(Kind.SCHOOL, "law@example.org", "Law")
    raised = Raise(key=fresh(), school=law, subject="The library", text="Which card?")
    server.run(partial(threads.raise_, by=ada, command=raised))
    send_frames(server, ada, law)
    samples = site.samples()
    assert {name for it in samples for name in it.labels} <= LABELS
    routes = {it.labels["route"] for it in samples if "route" in it.labels}
    assert routes <= {it.path for it in OPERATIONS} | {"other", "/metrics"}
    told = site.ask().text
    for secret in (ada, law, "ada@", "Ada", "Law", "law@", "library"):
        assert secret not in told


class Session:
    """A socket that counts its answers."""

    def __init__(self, party: str) -> None:
        self.party, self.waiting, self.answered = party, 0, asyncio.Event()

    def send(self, said: Reply) -> None: ...

    def decided(self) -> None:
        self.answered.set()

    def close(self) -> None: ...

    def fail(self) -> None: ...

    def write(self) -> None: ...


def send_frames(server: ServerInProcess, by: str, *frames: str) -> dict[tuple[str, ...], int]:
    """Decide frames one after the other. How many there were, by kind and outcome."""
    passes = FramePasses(server.container.service)

    async def run() -> None:
        for frame in frames:
            session = Session(by)
            passes.receive(session, frame)
            await asyncio.wait_for(session.answered.wait(), TIMEOUT)

    server.wait(run())
    return {labels: sum(it.counts) for labels, it in passes.durations}


def test_frames_are_counted_by_kind_and_outcome(server: ServerInProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    ada, law = server.party(Kind.USER, "ada@example.org", "Ada"), server.party(Kind.SCHOOL, "law@example.org", "Law")
    raised = Raise(key=fresh(), school=law, subject="The library", text="Which card?")
    id = server.run(partial(threads.raise_, by=ada, command=raised)).row.id
    said = json.dumps({"t": "send", "key": fresh(), "id": id, "text": "And where?"})
    other = json.dumps({"t": "send", "key": fresh(), "id": "A" * 22, "text": "And where?"})
    ping = json.dumps({"t": "ping"})
    assert send_frames(server, ada, said, said, other, ping) == {("send", "done"): 2, ("send", "refused"): 1}

    async def fails(*_: Any) -> list[Any]:
        return [Unavailable()]

    monkeypatch.setattr(server.container.service.store, "begin_now", lambda: None)
    monkeypatch.setattr(server.container.service.store, "begin_soon", lambda borrow: borrow(None))
    monkeypatch.setattr(server.container.service.store, "run_all_soon", fails)
    assert send_frames(server, ada, said) == {("send", "refused"): 1}, "it is answered that the server is busy"


def test_queues_are_told_by_number_and_age(open_server: Open, tmp_path: Path) -> None:
    site = Site(open_server(SMTP="smtp://127.0.0.1:9", MAIL_FROM="help@uni.edu"))
    server = site.server
    for name in ("jobs_due", "jobs_waited_seconds", "jobs_set_aside", "emails_waiting", "emails_waited_seconds"):
        assert site.value(name) == 0
    now = int(server.container.service.now() * 1000)
    late = Job(id="late", due=now - 90_000, task=ReturnThreads("walt"))
    later = Job(id="later", due=now + 90_000, task=ReturnThreads("walt"))
    aside = Job(id="aside", due=9 * 10**14, task=ReturnThreads("walt"))
    server.run(lambda context: Plan(None, puts=(late, later, aside)))
    letter = Email("ada@example.org", "A subject", "Words")
    server.container.database.write(lambda c: server.container.outbox.put(c, letter))
    server.container.database.write(lambda c: c.execute("UPDATE letter SET written = written - 50"))
    assert site.value("jobs_due") == 1
    assert 90 <= site.value("jobs_waited_seconds") < 190
    assert site.value("jobs_set_aside") == 1
    assert site.value("emails_waiting") == 1
    assert 50 <= site.value("emails_waited_seconds") < 150
    assert site.value("health_reason", reason="jobs_set_aside") == 1
    assert site.value("serves") == 1


def test_failures_of_jobs_and_mail_are_counted(open_server: Open) -> None:
    site = Site(open_server(SMTP="smtp://127.0.0.1:9", MAIL_FROM="help@uni.edu"))
    server = site.server
    assert site.value("job_failures_total") == site.value("email_failures_total") == 0
    server.container.service.job_failed(ValueError("ada@example.org"))
    letter = Email("ada@example.org", "A subject", "Words")
    server.container.database.write(lambda c: server.container.outbox.put(c, letter))
    assert server.container.mail_sender is not None
    server.wait(server.container.mail_sender.carry())  # nobody listens on port 9
    assert site.value("job_failures_total") == 1
    assert site.value("email_failures_total") == 1
    assert "ada@" not in site.ask().text


def test_files_and_sockets_are_told(site: Site) -> None:
    assert site.value("database_bytes") == site.server.container.database.path.stat().st_size
    assert site.value("wal_bytes") > 0
    assert site.value("disk_free_bytes") > 0
    assert site.value("sockets_open") == 0


def test_a_store_that_cannot_be_read_is_told_by_health(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any) -> Any:
        raise sqlite3.OperationalError

    monkeypatch.setattr(site.server.container.database, "read", fails)
    assert site.value("health_reason", reason="read_fails") == 1
    assert site.value("serves") == 0
    assert "uconnect_jobs_due" not in {it.name for it in site.samples()}


def test_a_loop_that_is_late_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop_lag, "EVERY", 0.01)
    lag = LoopLag()

    async def run() -> None:
        task = asyncio.create_task(lag.run())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        import time  # noqa: PLC0415

        time.sleep(0.3)  # noqa: ASYNC251 - what somebody does who holds the loop up
        await asyncio.sleep(0.05)
        task.cancel()

    asyncio.run(run())
    ((_, found),) = lag.durations
    assert found.total > 0.25
    assert any(found.counts[BOUNDS.index(0.25) + 1 :])


def test_a_copy_of_durations_stays_as_it_was() -> None:
    durations = Durations()
    durations.add(("send", "done"), 0.001)
    copied = durations.copy()
    durations.add(("send", "done"), 0.001)
    durations.add(("seen", "done"), 0.001)
    ((labels, found),) = copied
    assert (labels, sum(found.counts)) == (("send", "done"), 1)


def test_the_text_is_written_beside_the_loop(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    threads_of: list[str] = []
    written = metrics._written

    def noted(*moment: Any) -> tuple[bytes, str]:
        threads_of.append(threading.current_thread().name)
        return written(*moment)

    monkeypatch.setattr(metrics, "_written", noted)
    assert site.value("serves") == 1
    assert threads_of
    assert threads_of[0] != threading.main_thread().name


def test_durations_are_counted_as_prometheus_reads_them() -> None:
    durations = Durations()
    for seconds in (0.0, 0.001, 0.002, 99.0):
        durations.add(("send", "done"), seconds)
    ((labels, found),) = durations
    assert labels == ("send", "done")
    assert found.buckets[:2] == [("0.001", 2.0), ("0.0025", 3.0)]
    assert found.buckets[-1] == ("+Inf", 4.0)
    assert found.total == pytest.approx(99.003)
