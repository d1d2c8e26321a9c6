"""Writes the server's metrics of one moment as Prometheus reads them. No label says who, or what somebody sent."""

import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.process_collector import ProcessCollector

from uconnect import VERSION
from uconnect.adapters.mail import OutboxStatus
from uconnect.adapters.sqlite.job_queue import JobQueue
from uconnect.api.health import Reason, Report, Status
from uconnect.entrypoints.server.container import Container
from uconnect.entrypoints.server.durations import Durations, Measures

__all__ = ["CONTENT_TYPE_LATEST", "Snapshot", "generate_latest"]


@dataclass(frozen=True)
class Snapshot:
    """The metrics of this moment, as prometheus_client collects them."""

    parts: Container
    health: Report
    sockets: int
    measures: Measures
    jobs: JobQueue | None
    letters: OutboxStatus | None

    def collect(self) -> Iterator[Metric]:
        yield InfoMetricFamily("uconnect_build", "The release that runs.", {"version": VERSION})
        yield from ProcessCollector(registry=None).collect()
        yield from self._well()
        yield from self._measured()
        yield from self._queues()
        yield from self._files()

    def _well(self) -> Iterator[Metric]:
        serves = self.health.status is not Status.FAIL
        yield _gauge("serves", "1 while everybody can be served, as /api/health says.", float(serves))
        reasons = [((it.value,), float(it in self.health.reasons)) for it in Reason]
        yield _gauges("health_reason", "1 while /api/health gives this reason.", ("reason",), reasons)
        yield _gauge("sockets_open", "Sockets that are open.", self.sockets)

    def _measured(self) -> Iterator[Metric]:
        them = self.measures
        words = ("method", "route", "status")
        yield _histogram("http_request_seconds", "HTTP requests, by the template of their route.", words, them.requests)
        frame = "Frames of sockets, from their arrival until what they ask is on the disk."
        yield _histogram("frame_seconds", frame, ("frame", "outcome"), them.frames)
        yield _histogram("loop_lag_seconds", "How late the event loop was, twice a second.", (), them.loop_lag)

    def _queues(self) -> Iterator[Metric]:
        if (jobs := self.jobs) is not None:
            yield _gauge("jobs_due", "Background jobs that may run now.", jobs.due)
            yield _gauge("jobs_waited_seconds", "How long the oldest of them has waited.", jobs.waited)
            yield _gauge("jobs_set_aside", "Jobs that are not tried again, see `uconnect jobs`.", jobs.set_aside)
        yield _counter("job_failures", "How often a job failed, and is tried again.", self.parts.service.failed_jobs)
        sender, letters = self.parts.mail_sender, self.letters
        if letters is not None:
            yield _gauge("emails_waiting", "E-mails that no mail server has taken yet.", letters.waiting)
            yield _gauge("emails_waited_seconds", "How long the oldest of them has waited.", letters.waited)
        if sender is not None:
            yield _counter("emails_sent", "E-mails that the mail server took.", sender.counts.sent)
            yield _counter("emails_refused", "E-mails that the mail server refused for good.", sender.counts.refused)
            failures = "How often the mail server did not answer, or refused uconnect itself."
            yield _counter("email_failures", failures, sender.counts.failures)

    def _files(self) -> Iterator[Metric]:
        file = self.parts.database.path
        log = file.with_name(f"{file.name}-wal")
        yield _gauge("database_bytes", "Size of the data file.", _size(file))
        yield _gauge("wal_bytes", "Size of SQLite's log beside the data file.", _size(log))
        with suppress(OSError):
            free = shutil.disk_usage(file.parent).free
            yield _gauge("disk_free_bytes", "Free space on the disk of the data folder.", free)


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0


def _gauge(name: str, about: str, value: float) -> Metric:
    return _gauges(name, about, (), [((), value)])


def _gauges(name: str, about: str, words: tuple[str, ...], values: Iterable[tuple[tuple[str, ...], float]]) -> Metric:
    found = GaugeMetricFamily(f"uconnect_{name}", about, labels=words)
    for labels, value in values:
        found.add_metric(labels, value)
    return found


def _counter(name: str, about: str, value: float) -> Metric:
    return CounterMetricFamily(f"uconnect_{name}", about, value=value)


def _histogram(name: str, about: str, words: tuple[str, ...], durations: Durations) -> Metric:
    found = HistogramMetricFamily(f"uconnect_{name}", about, labels=words)
    for labels, duration in durations:
        found.add_metric(labels, duration.buckets, duration.total)
    return found
