from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

import pytest

from tests.support.sample_university import SampleUniversity
from tests.support.stores import Home, Time
from uconnect.adapters.memory import MemoryStore
from uconnect.domain.context import Context, Plan, UseCase, Wanted, drive
from uconnect.domain.errors import Refusal

A = TypeVar("A")


class DoubtingStore(MemoryStore):
    """Decides everything twice, from the same facts, and insists on the same outcome: a use case is pure."""

    def run(self, use_case: UseCase[A]) -> Plan[A] | Refusal:
        return super().run(twice(use_case))

    def ask(self, use_case: UseCase[A]) -> Plan[A] | Refusal:
        return super().ask(twice(use_case))


def twice(use_case: UseCase[A]) -> UseCase[A]:
    def committing(context: Context) -> Plan[A]:
        drawn: list[str] = []
        rounds: list[Wanted] = []
        decision = use_case(replace(context, new_id=noting(context.new_id, drawn)))
        facts: Any = None
        try:
            while True:
                rounds.append(decision.send())
                context.load(*rounds[-1])
        except StopIteration as end:
            outcome: Plan[A] | Refusal = end.value
            again: list[Wanted] = []
            second = drive(use_case(replace(context, new_id=iter(drawn).__next__)), again.append)
            assert comparable(second) == comparable(outcome)
            assert again == rounds
            return outcome

    return committing


def comparable(outcome: Plan[A] | Refusal) -> object:
    """An outcome that is equal to one that says the same: what is decided next is a partial, equal to itself alone."""
    if isinstance(outcome, Refusal) or not isinstance(outcome.then, partial):
        return outcome
    return replace(outcome, then=None), outcome.then.func, outcome.then.args, outcome.then.keywords


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
    return SampleUniversity(Home(DoubtingStore(time.moment), time)).enter()
