"""Measures what a person waits for, in universities of 1,000 and more threads: a table of sizes and operations.

Run it with `PYTHONPATH=backend:. .venv/bin/python -m bench.growth`. SIZES (1000,100000) are the numbers of threads, up
to 1000000. ROUNDS (15) is how often each operation is measured at each size. FOLDER is where the data folders are made,
and removed at the end: some 6 KB a thread. PORT (8120) is where the server of the last two lines listens.

The operations run in this process, on the real store and the real use cases, each a round at one size after another.
A figure is the median of the wall clock in ms; start (s) and memory (MB) are those of the real command. The first ratio
is that of the figures, the second that of the processor time of this process, which is steadier on a busy machine.
"""

import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple
from urllib.request import urlopen

from bench.growth_data import LONG, RaisedThread, University, fill

from uconnect.adapters.clock import fresh
from uconnect.adapters.sqlite import Database
from uconnect.adapters.sqlite.store import MIGRATIONS, SqliteStore
from uconnect.application.jobs import JobDependencies, run_due_jobs
from uconnect.domain import protocol, rate_limit
from uconnect.domain.context import Context, Delivery, Plan, UseCase
from uconnect.domain.enums import Policy, ThreadFilter
from uconnect.domain.keys import Mailbox
from uconnect.domain.request_bodies import Offload, PolicyUpdate, Raise
from uconnect.domain.usecases import (
    account_closing,
    admin,
    assignment,
    messages,
    profiles,
    queries,
    signals,
    threads,
    workers,
)
from uconnect.domain.views.mail import NewMessageNotice, WorkerInvitation

ROUNDS = int(os.environ.get("ROUNDS", "15"))
PORT = os.environ.get("PORT", "8120")
PAGE = 10  # rows: each list has more of them at every size
# What the key `growth` of bench/results.json says, by the operations that are measured here.
REPORTED = {
    "send": "send",
    "raise": "raise, until a worker has it",
    "open_end": "open a thread at its end",
    "open_middle": "open a thread in its middle",
    "inbox": "inbox",
    "directory": "directory",
    "overview": "counts of the inbox",
    "delete": "delete 10,000 messages",
    "start": "start",
    "memory": "memory",
}


class NobodyElse:
    """Implements `application.ports.Mail` and `application.ports.Identity`: sends nothing, knows no login."""

    def invite_worker(self, invited: WorkerInvitation) -> None: ...

    def invite_school(self, email: str) -> None: ...

    def tell_of_message(self, notice: NewMessageNotice) -> None: ...

    def forget(self, issuer: str, subject: str) -> None: ...

    def end_sign_ins(self, issuer: str, subject: str) -> None: ...

    def withdraw(self, place: str) -> None: ...


def _deliver(_: tuple[Delivery, ...]) -> None:
    """No socket is open."""


def _failed(error: Exception) -> None:
    raise error


def new_context() -> Context:
    return Context(now=time.time_ns() // 1_000_000, new_id=fresh, jobs_within=0)


@dataclass
class MeasuredUniversity:
    """A university whose data file is open, and what the operations have used of it so far."""

    university: University
    store: SqliteStore
    raised: int = 0
    used: dict[str, int] = field(default_factory=dict)

    def run(self, use_case: UseCase[Any]) -> Any:
        return _answer(self.store.run(use_case))

    def ask(self, use_case: UseCase[Any]) -> Any:
        return _answer(self.store.ask(use_case))

    def run_jobs(self) -> None:
        others = NobodyElse()
        while run_due_jobs(self.store.background, JobDependencies(_deliver, others, others, _failed)):
            pass

    def next(self, of: str, among: list[Any]) -> Any:
        """One after the other of a list, and from its start again."""
        number = self.used.get(of, 0)
        self.used[of] = number + 1
        return among[number % len(among)]

    def open_thread(self) -> RaisedThread:
        found: RaisedThread = self.next("open", self.university.open[:40])
        return found

    def raise_(self) -> tuple[str, str]:
        """Who raised a thread, and its id for them."""
        by = self.next("raisers", self.university.raisers)
        command = Raise(key=fresh(), school=self.university.school, subject="Rooms", text="Where is room 12?")
        return by, self.run(partial(threads.raise_, by=by, command=command)).row.id

    def set_policy(self, policy: Policy) -> None:
        self.run(partial(profiles.update_policy, by=self.university.school, command=PolicyUpdate(policy=policy)))


def _answer(outcome: Any) -> Any:
    if not isinstance(outcome, Plan):
        raise SystemExit(f"refused: {outcome}")
    return outcome.answer


class Time(NamedTuple):
    """What an operation took, in ms: of the wall clock, and of the processors."""

    wall: float
    processors: float


@contextmanager
def timed(found: list[Time]) -> Iterator[None]:
    began = time.perf_counter(), time.process_time()
    yield
    found.append(Time((time.perf_counter() - began[0]) * 1000, (time.process_time() - began[1]) * 1000))


Operation = Callable[[MeasuredUniversity, list[Time]], None]


def send(at: MeasuredUniversity, found: list[Time]) -> None:
    thread = at.open_thread()
    command = protocol.Send(key=fresh(), id=thread.raised, text="And where is room 13?")
    at.run(partial(signals.typing, by=thread.raiser, command=protocol.Typing(id=thread.raised)))  # it is in the cache
    with timed(found):
        at.run(partial(messages.send, by=thread.raiser, command=command))


def answer(at: MeasuredUniversity, found: list[Time]) -> None:
    """The school's answer: with it, the turn changes."""
    thread = at.open_thread()
    question = protocol.Send(key=fresh(), id=thread.raised, text="And where is room 13?")
    at.run(partial(messages.send, by=thread.raiser, command=question))
    command = protocol.Send(key=fresh(), id=thread.received, text="On the first floor.")
    with timed(found):
        at.run(partial(messages.send, by=at.university.school, command=command))


def raise_by(policy: Policy, *, until_assigned: bool) -> Operation:
    def operation(at: MeasuredUniversity, found: list[Time]) -> None:
        at.set_policy(policy)
        with timed(found):
            by, id = at.raise_()
            if until_assigned:
                at.run_jobs()
        at.run_jobs()
        at.run(partial(threads.terminate, by=by, id=id))
        at.run(partial(threads.delete, by=by, id=id))
        at.run_jobs()

    return operation


def asking(use_case: Callable[[University], UseCase[Any]]) -> Operation:
    """A question, asked once before it is measured."""

    def operation(at: MeasuredUniversity, found: list[Time]) -> None:
        question = use_case(at.university)
        at.ask(question)
        with timed(found):
            at.ask(question)

    return operation


def open_at(after: int) -> Operation:
    def operation(at: MeasuredUniversity, found: list[Time]) -> None:
        by, id = at.university.school, at.university.long[0].received
        for kept in (list[Time](), found):
            with timed(kept):
                at.ask(partial(queries.thread, by=by, id=id))
                at.ask(partial(queries.log, by=by, id=id, after=after, most=PAGE))

    return operation


def inbox(show: ThreadFilter, *, with_worker: bool = False) -> Operation:
    return asking(
        lambda it: partial(
            queries.threads,
            by=it.school,
            mailbox=Mailbox.RECEIVED,
            before=None,
            most=PAGE,
            show=show,
            worker=it.workers[0] if with_worker else None,
        )
    )


def queue(it: University) -> UseCase[Any]:
    return partial(
        queries.threads,
        by=it.workers[0],
        mailbox=Mailbox.HANDLED,
        before=None,
        most=PAGE,
        show=ThreadFilter.OPEN,
    )


def offload(at: MeasuredUniversity, found: list[Time]) -> None:
    by, id = at.university.school, at.open_thread().received
    at.run(partial(assignment.take_back, by=by, id=id))
    worker = at.next("workers", list(at.university.workers))
    with timed(found):
        at.run(partial(assignment.offload, by=by, id=id, command=Offload(worker=worker)))


def terminate(at: MeasuredUniversity, found: list[Time]) -> None:
    by, id = at.raise_()
    at.run_jobs()
    with timed(found):
        at.run(partial(threads.terminate, by=by, id=id))
    at.run(partial(threads.delete, by=by, id=id))
    at.run_jobs()


def delete(at: MeasuredUniversity, found: list[Time]) -> None:
    """A long thread, until nothing of it is left. The last one is kept for those that open it."""
    thread = at.next("long", at.university.long[1:])
    at.run(partial(threads.terminate, by=thread.raiser, id=thread.raised))
    with timed(found):
        at.run(partial(threads.delete, by=thread.raiser, id=thread.raised))
        at.run_jobs()


def close(at: MeasuredUniversity, found: list[Time]) -> None:
    """The account of somebody with five open threads, until all that is left waits for workers to leave."""
    with timed(found):
        at.run(partial(account_closing.close, by=at.next("closers", at.university.closers)))
        at.run_jobs()


OPERATIONS: dict[str, Operation] = {
    "send": send,
    "answer": answer,
    "raise, by hand": raise_by(Policy.BY_HAND, until_assigned=False),
    "raise, automatic": raise_by(Policy.AUTOMATIC, until_assigned=False),
    "raise, until a worker has it": raise_by(Policy.AUTOMATIC, until_assigned=True),
    "open a thread at its end": open_at(LONG - PAGE),
    "open a thread in its middle": open_at(LONG // 2),
    "inbox": inbox(ThreadFilter.OPEN),
    **{f"inbox, {show}": inbox(show) for show in ThreadFilter if show is not ThreadFilter.OPEN},
    "inbox, one worker": inbox(ThreadFilter.WORKER, with_worker=True),
    "a worker's queue": asking(queue),
    "counts of the inbox": asking(lambda it: partial(queries.overview, by=it.school)),
    "workers of a school": asking(lambda it: partial(workers.workers, by=it.school)),
    "directory": asking(lambda it: partial(queries.schools, by=it.raisers[0], after=None, most=PAGE)),
    "search of the directory": asking(
        lambda it: partial(queries.schools, by=it.raisers[0], after=None, most=PAGE, find="school of")
    ),
    "20 schools of `school list`": asking(lambda _: partial(admin.schools, after=None, most=20)),
    "offload": offload,
    "terminate": terminate,
    "close an account": close,
    "delete 10,000 messages": delete,
}
ONCE_EACH = {"delete 10,000 messages": 5, "close an account": 12}  # at most so often: they use something up


def measure(universities: list[MeasuredUniversity]) -> dict[str, list[float]]:
    """The median ms of each operation at each size."""
    found: dict[str, list[float]] = {}
    for name, operation in OPERATIONS.items():
        rounds: list[list[Time]] = [[] for _ in universities]
        for _ in range(min(ROUNDS, ONCE_EACH.get(name, ROUNDS))):
            for university, kept in zip(universities, rounds, strict=True):
                operation(university, kept)
        found[name] = [statistics.median(it.wall for it in kept) for kept in rounds]
        processors = [statistics.median(it.processors for it in kept) for kept in rounds]
        _print_row(name, found[name], processors)
    return found


def start(folder: Path) -> tuple[float, float]:
    """Seconds until the server answers, and its memory in MB two seconds later."""
    environment = {**os.environ, "PORT": PORT, "DATA": str(folder)}
    began = time.perf_counter()
    command = [sys.executable, "-m", "uconnect.entrypoints.cli", "serve"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as process:
        try:
            _wait_until_healthy(process)
            seconds = time.perf_counter() - began
            time.sleep(2)
            status = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(30)
    resident = re.search(r"VmRSS:\s+(\d+)", status)
    assert resident is not None
    return seconds, int(resident[1]) / 1024


def _wait_until_healthy(process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None:
        try:
            with urlopen(f"http://localhost:{PORT}/api/health", timeout=1):
                return
        except OSError:
            time.sleep(0.01)
    raise SystemExit("the server did not start")


def measure_server(folders: list[Path]) -> dict[str, list[float]]:
    rounds = [[start(folder) for folder in folders] for _ in range(3)]
    found = {
        name: [statistics.median(it[at][which] for it in rounds) for at in range(len(folders))]
        for which, name in enumerate(("start", "memory"))
    }
    for name, figures in found.items():
        _print_row(name, figures)
    return found


def table(sizes: tuple[int, ...]) -> dict[str, list[float]]:
    """Each operation at each size: ms; of the start seconds, and of the memory MB."""
    rate_limit.SEND = rate_limit.RAISE = rate_limit.PROFILE = rate_limit.RateLimit(every=0, burst=1)
    with tempfile.TemporaryDirectory(dir=os.environ.get("FOLDER")) as root, ExitStack() as opened:
        folders = [Path(root) / str(size) for size in sizes]
        universities = []
        for size, folder in zip(sizes, folders, strict=True):
            began = time.perf_counter()
            folder.mkdir(mode=0o700)
            file = folder / "uconnect.sqlite"
            university = fill(file, size)
            made = f"{file.stat().st_size / 1e6:,.0f} MB in {time.perf_counter() - began:.0f} s"
            print(f"{size:,} threads at {university.schools:,} schools: {made}", flush=True)
            database = Database(file, MIGRATIONS)
            opened.callback(database.close)
            universities.append(MeasuredUniversity(university, SqliteStore(database, new_context)))
        print(f"{'':30}" + "".join(f"{it:12,}" for it in sizes) + "  last/first  processors", flush=True)
        found = measure(universities)
        opened.close()
        return found | measure_server(folders)


def _print_row(name: str, figures: list[float], processors: list[float] | None = None) -> None:
    ratios = [f"{it[-1] / it[0]:10.2f} x" for it in (figures, processors) if it]
    print(f"{name:30}" + "".join(f"{it:12,.2f}" for it in figures) + "".join(ratios), flush=True)


def ratios(sizes: tuple[int, ...] = (1_000, 100_000)) -> dict[str, float]:
    """How much longer each operation takes at the last of these sizes than at the first."""
    found = table(sizes)
    return {key: round(found[name][-1] / found[name][0], 2) for key, name in REPORTED.items()}


if __name__ == "__main__":
    table(tuple(int(it) for it in os.environ.get("SIZES", "1000,100000").split(",")))
