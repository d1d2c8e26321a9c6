from collections.abc import Callable
from functools import partial
from typing import TypeVar

import pytest
from msgspec.structs import replace

from tests.support.memory_store import MemoryStore
from tests.support.sample_university import SampleUniversity
from tests.support.stores import Home, Time
from uconnect.domain.context import Context, Plan, UseCase, Wanted, decide
from uconnect.domain.errors import Refusal, Refused
from uconnect.domain.keys import Listing

A = TypeVar("A")


class DoubtingStore(MemoryStore):
    """Decides everything twice, from the same facts, and insists on the same outcome: a use case is pure."""

    def run(self, use_case: UseCase[A]) -> Plan[A] | Refusal:
        return super().run(twice(use_case))

    def ask(self, use_case: UseCase[A]) -> Plan[A] | Refusal:
        return super().ask(twice(use_case))


def twice(use_case: UseCase[A]) -> UseCase[A]:
    def deciding(context: Context) -> Plan[A]:
        drawn: list[str] = []
        rounds: list[Wanted] = []
        again: list[Wanted] = []
        fetch = context.fetch

        def record_reads(context: Context, wanted: Wanted) -> None:
            rounds.append(wanted)
            fetch(context, wanted)

        def remembered(second: Context, wanted: Wanted) -> None:
            again.append(wanted)
            for each in wanted:
                if isinstance(each, Listing):
                    second.listings[each] = context.listings[each]
                else:
                    second.records[each] = context.records[each]

        context.fetch, context.new_id = record_reads, noting(context.new_id, drawn)
        outcome = decide(use_case, context)
        repeated = Context(context.now, iter(drawn).__next__, context.jobs_within, remembered)
        assert comparable(decide(use_case, repeated)) == comparable(outcome)
        assert again == rounds
        if isinstance(outcome, Refusal):
            raise Refused(outcome)
        return outcome

    return deciding


def comparable(outcome: Plan[A] | Refusal) -> object:
    """An outcome that is equal to one that says the same: what is decided next is a new function each time."""
    if isinstance(outcome, Refusal):
        return outcome
    said, then = replace(outcome, then=None, recheck=None), outcome.then
    return (said, then.func, then.args, then.keywords) if isinstance(then, partial) else (said, then)


def noting(draw: Callable[[], str], drawn: list[str]) -> Callable[[], str]:
    def new_id() -> str:
        drawn.append(draw())
        return drawn[-1]

    return new_id


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def university(time: Time) -> SampleUniversity:
    return SampleUniversity(Home(DoubtingStore(time.new_context), time)).create()
