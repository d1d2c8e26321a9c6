"""A world in which a question is put once, as long as nothing is written: its answer comes of what is kept alone.

Most steps of a random history are refused, and after each step everybody looks at everything.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from tests.support.stores import Home
from tests.support.world import World
from uconnect.application.ports import Store
from uconnect.domain.context import Plan, UseCase
from uconnect.domain.errors import Refusal
from uconnect.domain.keys import PartyKey, ThreadKey

A = TypeVar("A")


class Remembering(World):
    """It forgets all answers at every write, and whenever it is told to."""

    def __init__(self, home: Home) -> None:
        self._answers: dict[tuple[str, str, str], Any] = {}
        super().__init__(replace(home, store=Watched(home.store, self.forget)))

    def forget(self) -> None:
        self._answers.clear()

    def look(self, by: str, route: str, query: str = "") -> Any:
        asked = by, route, query
        if asked not in self._answers:
            self._answers[asked] = super().look(by, route, query)
        return self._answers[asked]


@dataclass(frozen=True)
class Watched:
    """Implements `application.ports.Store`, and tells of every write, done or failed."""

    store: Store
    written: Callable[[], None]

    def run(self, use_case: UseCase[A]) -> Plan[A] | Refusal:
        try:
            outcome = self.store.run(use_case)
        except Exception:
            self.written()
            raise
        if isinstance(outcome, Plan) and outcome.writes:
            self.written()
        return outcome

    def run_all(self, use_cases: Sequence[UseCase[A]]) -> list[Plan[A] | Refusal]:
        return [self.run(it) for it in use_cases]

    def ask(self, use_case: UseCase[A]) -> Plan[A] | Refusal:
        return self.store.ask(use_case)

    def purge(self, what: ThreadKey | PartyKey, most: int) -> bool:
        self.written()
        return self.store.purge(what, most)

    def forget_expired(self, now: int) -> None:
        self.written()
        self.store.forget_expired(now)
