from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

import pytest

from tests.kit.cast import Cast
from tests.kit.homes import Home, Time
from uconnect.core.facts import Decision, Moment, Plan, UseCase, Wanted, decide
from uconnect.core.refusals import Refusal
from uconnect.stores.memory import MemoryStore

A = TypeVar("A")


class DoubtingStore(MemoryStore):
    """Decides everything twice, from the same facts, and insists on the same outcome: a use case is pure."""

    def run(self, use_case: UseCase[A]) -> Plan[A] | Refusal:
        return super().run(twice(use_case))

    def ask(self, use_case: UseCase[A]) -> Plan[A] | Refusal:
        return super().ask(twice(use_case))


def twice(use_case: UseCase[A]) -> UseCase[A]:
    def deciding(at: Moment) -> Decision[A]:
        drawn: list[str] = []
        rounds: list[Wanted] = []
        decision = use_case(replace(at, fresh=noting(at.fresh, drawn)))
        facts: Any = None
        try:
            while True:
                rounds.append(decision.send(facts))
                facts = yield rounds[-1]
        except StopIteration as end:
            outcome: Plan[A] | Refusal = end.value
            again: list[Wanted] = []
            second = decide(use_case(replace(at, fresh=iter(drawn).__next__)), facts, again.append)
            assert comparable(second) == comparable(outcome)
            assert again == rounds
            return outcome

    return deciding


def comparable(outcome: Plan[A] | Refusal) -> object:
    """An outcome that is equal to one that says the same: what is decided next is a partial, equal to itself alone."""
    if isinstance(outcome, Refusal) or not isinstance(outcome.then, partial):
        return outcome
    return replace(outcome, then=None), outcome.then.func, outcome.then.args, outcome.then.keywords


def noting(draw: Callable[[], str], drawn: list[str]) -> Callable[[], str]:
    def fresh() -> str:
        drawn.append(draw())
        return drawn[-1]

    return fresh


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def cast(time: Time) -> Cast:
    return Cast(Home(DoubtingStore(time.moment), time)).enter()
