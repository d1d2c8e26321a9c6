"""Many raises a second, in virtual time: the real store, use cases, trigger, queue and function of the jobs, on AWS as
its documents describe it (`virtual_dynamodb`, `virtual_lambda`).

Raises come at random moments, as people do. Cold starts, the gateway and the sockets' posts take no time here.
"""

import base64
import random
import statistics
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from tests.support.fake_job_dependencies import FakeMail
from tests.support.virtual_dynamodb import VirtualDynamoDB
from tests.support.virtual_lambda import Queue, VirtualLambda
from tests.support.virtual_time import BEGINNING, SideBySide, VirtualTime
from uconnect.adapters.dynamodb import items
from uconnect.adapters.dynamodb.items import ALL_COUNTED
from uconnect.adapters.dynamodb.store import DynamoStore
from uconnect.adapters.dynamodb.table import PATIENT_TRIES, TRIES
from uconnect.adapters.realtime.api_gateway import Gateway
from uconnect.application.jobs import JobDependencies
from uconnect.application.service import complete
from uconnect.domain.context import Context, Plan
from uconnect.domain.enums import Policy
from uconnect.domain.models import Record, School, User, Worker
from uconnect.domain.request_bodies import Raise
from uconnect.domain.usecases import figures, threads
from uconnect.entrypoints.aws_lambda.job_function import JobFunction
from uconnect.entrypoints.aws_lambda.job_queue import JobQueue, received
from uconnect.entrypoints.aws_lambda.job_trigger import JobTrigger, unpacked
from uconnect.entrypoints.aws_lambda.service import CallService

TABLE, FUNCTION = "table", "jobs"
MINUTE = 60.0
MIN_REMAINING = 30.0  # s, as in entrypoints/aws_lambda/jobs.py
PATIENCE = 600.0  # s after the last raise in which its job must be done
TEXT = "x" * 200


@dataclass(frozen=True)
class Measured:
    """What so many raises a second did. Times are in seconds of the model."""

    rate: float
    schools: int
    raises: int
    refused: int  # `busy`
    tries: float  # transactions a raise
    calls: float  # of DynamoDB a raise, with all that its job asks
    runs: int  # of the function of the jobs at once, at most
    paid: float  # seconds of them a raise
    median: float  # from a raise to the end of its job
    p99: float
    undone: int  # jobs
    failures: int  # of jobs, which were tried again
    hottest: str  # the PK that most was written under
    heat: int  # write units in a second, under it
    cancelled: dict[str, int]

    HEAD = "raises/s schools  raises refused tries calls runs   paid  median     p99 undone failures  hottest PK: WRU/s"

    def __str__(self) -> str:
        return (
            f"{self.rate:>8.0f} {self.schools:>7} {self.raises:>7} {self.refused:>7} {self.tries:>5.2f} "
            f"{self.calls:>5.1f} {self.runs:>4} {self.paid:>5.2f}s {self.median:>6.1f}s {self.p99:>6.1f}s "
            f"{self.undone:>6} {self.failures:>8}  {self.hottest}: {self.heat}"
        )


class RaiseLoad:
    """One stack, to which people raise."""

    def __init__(self, rate: float, schools: int, seconds: float, job_runs: int, seed: int) -> None:
        self._rate, self._schools, self._seconds = rate, schools, seconds
        self._time = VirtualTime(seed)
        self._dynamodb = VirtualDynamoDB(self._time)
        self._lambda = VirtualLambda(self._time, {FUNCTION: self._run_jobs})
        self._queue = Queue(self._time, self._lambda, FUNCTION, job_runs)
        self._outcomes: Counter[str] = Counter()
        self._failures: Counter[str] = Counter()
        self._left: dict[str, float] = {}
        self._done: dict[str, float] = {}
        self._dynamodb.watch = self._watch_jobs
        self._calls, self._works = self._dynamodb.client(), self._dynamodb.client()
        self._dynamodb.fill([ALL_COUNTED.item, *(item for record in self._parties() for item in _items(record))])

    def run(self) -> Measured:
        at = self._time.now
        for number in range(self._number):
            at += self._time.random.expovariate(self._rate)
            self._time.start(partial(self._raise, number), at)
        self._time.start(self._schedule)
        end = BEGINNING + self._seconds + PATIENCE
        with _seeded():
            while len(self._done) < self._number and self._time.now < end:
                self._time.run(self._time.now + 1)
        return self._measured()

    @property
    def _number(self) -> int:
        return int(self._rate * self._seconds)

    def _parties(self) -> Iterator[Record]:
        for number in range(self._schools):
            school, worker = f"school-{number}", f"worker-{number}"
            yield School(id=school, email="s@x", name="S", policy=Policy.AUTOMATIC, workers=(worker,))
            yield Worker(id=worker, email="w@x", name="W", school=school, joined=True, answered=True)
        for number in range(self._number):
            yield User(id=f"user-{number}", email="u@x", name="U")

    # --- the functions

    def _store(self, client: Any, tries: int = TRIES) -> DynamoStore:
        return DynamoStore(client, TABLE, lambda: Context(self._time.ms, self._fresh), self._time.sleep, tries)

    def _gateway(self, client: Any) -> Gateway:
        gateway = Gateway(client, TABLE, _nobody, clock=lambda: self._time.now)
        gateway._pool.shutdown()
        gateway._pool = SideBySide(self._time)  # type: ignore[assignment] # it maps as one does
        return gateway

    def _fresh(self) -> str:
        return base64.urlsafe_b64encode(self._time.random.randbytes(16)).decode().rstrip("=")

    def _raise(self, number: int) -> None:
        """A call of the function of HTTP."""
        trigger = JobTrigger(lambda: self._lambda, FUNCTION)  # type: ignore[arg-type,return-value] # it invokes as one does
        service = CallService(self._store(self._calls), self._gateway(self._calls), lambda: trigger)
        command = Raise(school=f"school-{number % self._schools}", subject="Hello", text=TEXT, key=self._fresh())
        outcome = complete(service.run(partial(threads.raise_, by=f"user-{number}", command=command)))
        self._outcomes["raised" if isinstance(outcome, Plan) else outcome.code] += 1
        service.tell(outcome)

    def _run_jobs(self, event: dict[str, Any], remaining: Callable[[], float]) -> None:
        def may_go_on() -> bool:
            return remaining() > MIN_REMAINING

        store, gateway, post = self._store(self._works, PATIENT_TRIES), self._gateway(self._works), FakeMail()
        beyond = JobDependencies(gateway.deliver, post, post, self._failed, lambda kind: self._failures.update([kind]))
        queue = JobQueue(lambda: self._queue, "queue", lambda: self._time.ms)
        function = JobFunction(store, beyond, queue)
        if "Records" in event:
            function.do(received(event), may_go_on)
        elif "tell" in event:
            function.take_over(unpacked(event))
        else:
            function.do_late([figures.begin], may_go_on)

    def _failed(self, error: Exception) -> None:
        self._failures[type(error).__name__] += 1

    def _schedule(self) -> None:
        while True:
            self._time.sleep(MINUTE)
            self._lambda.start(FUNCTION, {"source": "aws.events"})

    # --- what is measured

    def _watch_jobs(self, kind: str, item_key: items.ItemKey) -> None:
        if item_key.pk in items.JOB_SHARDS and item_key.sk != f"{items.JOB}#{figures.REFRESH.id}":
            (self._done if kind == "Delete" else self._left).setdefault(item_key.sk, self._time.now)

    def _measured(self) -> Measured:
        took = sorted(self._done[id] - self._left[id] for id in self._done) or [0.0]
        heat: Counter[str] = Counter()
        for (pk, _), units in self._dynamodb.written.items():
            heat[pk] = max(heat[pk], units)
        ((hottest, most),) = heat.most_common(1)
        asked = self._calls.calls.total() + self._works.calls.total()
        failures = self._failures + self._lambda.failures
        return Measured(
            rate=self._rate,
            schools=self._schools,
            raises=self._number,
            refused=self._number - self._outcomes["raised"],
            tries=self._calls.calls["TransactWriteItems"] / self._number,
            calls=asked / self._number,
            runs=self._lambda.most[FUNCTION],
            paid=self._lambda.paid[FUNCTION] / self._number,
            median=statistics.median(took),
            p99=took[int(len(took) * 0.99)],
            undone=len(self._left.keys() - self._done.keys()),
            failures=failures.total(),
            hottest=hottest,
            heat=most,
            cancelled=dict(self._calls.cancelled + self._works.cancelled),
        )


def measured(rate: float, schools: int, seconds: float, job_runs: int = 20, seed: int = 1) -> Measured:
    """What so many raises a second do to so many schools, for so long; `job_runs` is the stack's JOB_RUNS."""
    return RaiseLoad(rate, schools, seconds, job_runs, seed).run()


def _nobody() -> Any:
    raise AssertionError("nobody has a socket")


def _items(record: Record) -> list[Any]:
    return [items.item(record, "stamp"), *(row.item for row in items.rows(record))]


@contextmanager
def _seeded() -> Iterator[None]:
    """The store draws its waits by itself."""
    state = random.getstate()
    random.seed(0)
    try:
        yield
    finally:
        random.setstate(state)
