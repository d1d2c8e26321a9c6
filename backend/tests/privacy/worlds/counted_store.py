"""A store that writes down what each decision of one use case costs, for what a blind party is told of it."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from tests.privacy.worlds.twin_worlds import TwinWorld
from tests.support.world import Counting
from uconnect.domain.context import Plan, UseCase

Cost = Callable[[int, Plan[Any]], bytes]  # of the keys read, and of what was planned; empty if it is not told


class CountedStore:
    """`counted` says which function is counted: a planted fault may have replaced it."""

    def __init__(self, twin: TwinWorld, counted: Callable[[], Any], cost: Cost) -> None:
        self._store, self._twin, self._function, self._cost = twin.world.home.store, twin, counted, cost
        self.purge, self.forget_expired = self._store.purge, self._store.forget_expired

    def run(self, use_case: UseCase[Any]) -> Any:
        return self._with_cost(use_case, self._store.run)

    def run_all(self, use_cases: Sequence[UseCase[Any]]) -> list[Any]:
        return [self.run(it) for it in use_cases]

    def ask(self, use_case: UseCase[Any]) -> Any:
        return self._with_cost(use_case, self._store.ask)

    def _with_cost(self, use_case: UseCase[Any], do: Callable[[UseCase[Any]], Any]) -> Any:
        counting = Counting(use_case)
        outcome = do(counting)
        if isinstance(use_case, partial) and use_case.func is self._function():
            assert isinstance(outcome, Plan)
            if told := self._cost(counting.reads, outcome):
                self._twin.heard.append(told)
        return outcome
