"""Watches a server process for decisions whose deliveries nobody delivers: whoever drops an outcome leaves others with
an old page."""

import atexit
from collections.abc import Callable, Sequence
from typing import Any

from uconnect.adapters.realtime.in_process import Sockets
from uconnect.adapters.sqlite.store import SqliteStore
from uconnect.domain.context import Delivery, Plan
from uconnect.domain.errors import Refusal
from uconnect.entrypoints.server.frame_passes import FramePasses

PRELUDE = "from tests.support import dropped_deliveries\ndropped_deliveries.watch()\n"

_decided: dict[int, Delivery] = {}  # by identity: two may be equal


def watch() -> None:
    """Patch the store and the sockets, and print at the end what was decided and not delivered."""
    run, run_soon, answer, deliver = SqliteStore.run, SqliteStore.run_soon, FramePasses._answer, Sockets.deliver

    def watched_run(self: SqliteStore, use_case: Any, **named: Any) -> Any:
        return _remember(run(self, use_case, **named))

    async def watched_run_soon(self: SqliteStore, use_case: Any) -> Any:
        return _remember(await run_soon(self, use_case))

    def watched_answer(self: FramePasses, works: Any, outcomes: Sequence[Any]) -> None:
        for outcome in outcomes:
            _remember(outcome)
        answer(self, works, outcomes)

    def watched_deliver(self: Sockets, deliveries: Sequence[Delivery], *others: Any) -> None:
        for delivery in deliveries:
            _decided.pop(id(delivery), None)
        deliver(self, deliveries, *others)

    patches: list[tuple[type, str, Callable[..., Any]]] = [
        (SqliteStore, "run", watched_run),
        (SqliteStore, "run_soon", watched_run_soon),
        (FramePasses, "_answer", watched_answer),
        (Sockets, "deliver", watched_deliver),
    ]
    for owner, name, watched in patches:
        setattr(owner, name, watched)
    atexit.register(lambda: [print("not delivered:", it.frame) for it in _decided.values()])  # noqa: T201 - a complaint


def _remember(outcome: Plan[Any] | Refusal) -> Plan[Any] | Refusal:
    if isinstance(outcome, Plan):
        _decided.update((id(it), it) for it in outcome.deliveries)
    return outcome
