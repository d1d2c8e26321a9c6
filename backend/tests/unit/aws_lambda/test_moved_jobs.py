"""The jobs that an earlier release left are moved in minutes, however many they are, and meanwhile others are done."""

import random
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from tests.support.fake_job_dependencies import FakeMail
from tests.support.virtual_dynamodb import VirtualDynamoDB
from tests.support.virtual_time import VirtualTime
from uconnect.adapters.dynamodb import items
from uconnect.adapters.dynamodb.store import DynamoStore
from uconnect.application.jobs import JobDependencies
from uconnect.domain.context import Context
from uconnect.domain.jobs import MailSchoolInvitation
from uconnect.domain.models import Job
from uconnect.entrypoints.aws_lambda.job_function import JobFunction

MINUTE, TIME, MIN_REMAINING = 60, 300, 30  # s, as in the template and in entrypoints/aws_lambda/jobs.py
NOBODY: Any = None  # puts jobs into the queue


class Stack:
    """A table with jobs of an earlier release, and the function of the jobs, which runs each minute."""

    def __init__(self, jobs: int, due: int) -> None:
        self.time = VirtualTime(1)
        self.table = VirtualDynamoDB(self.time)
        self.post = FakeMail()
        self.failed: list[Exception] = []
        self._numbers = random.Random(1)
        old = {"PK": {"S": items.JOB}}
        kept = (Job(id=f"o{number:06}", due=due, task=MailSchoolInvitation(f"{number}@x")) for number in range(jobs))
        self.table.fill([items.ALL_COUNTED.item, *(items.item(it, "stamp") | old for it in kept)])

    def lie(self, *under: str) -> int:
        return sum(len(self.table._partitions[it].items) for it in under)

    def run(self, minutes: int) -> None:
        for minute in range(minutes):
            begins = self.time.now + minute * MINUTE
            self.time.start(partial(self._do_late, lambda ends=begins + TIME: ends - self.time.now), begins)  # type: ignore[misc] # it is bound
        self.time.run(self.time.now + minutes * MINUTE)

    def _do_late(self, remaining: Callable[[], float]) -> None:
        store = DynamoStore(self.table.client(), "table", self._context, self.time.sleep)  # type: ignore[arg-type] # as one
        beyond = JobDependencies(lambda _: None, self.post, self.post, self.failed.append)
        JobFunction(store, beyond, NOBODY).do_late([], lambda: remaining() > MIN_REMAINING)

    def _context(self) -> Context:
        return Context(self.time.ms, lambda: f"{self._numbers.getrandbits(64):016x}")


def test_twenty_thousand_jobs_are_moved_in_minutes() -> None:
    stack = Stack(20_000, due=10**13)
    stack.run(minutes=3)
    assert stack.lie(items.JOB) == 0
    assert stack.lie(*items.JOB_SHARDS) == 20_000
    assert stack.failed == []
    heat = max(units for (pk, _), units in stack.table.written.items() if pk in items.JOB_SHARDS)
    assert heat < 500, "half of what a key gives in a second is left to the raises"


@pytest.mark.parametrize("jobs", [2_500])
def test_what_is_due_is_done_while_others_are_moved(jobs: int) -> None:
    stack = Stack(jobs, due=1)
    stack.run(minutes=1)
    assert stack.post.schools, "though not all are moved"
    stack.run(minutes=5)
    assert sorted(stack.post.schools) == sorted(f"{number}@x" for number in range(jobs)), "each once"
    assert stack.lie(items.JOB, *items.JOB_SHARDS) == 0
