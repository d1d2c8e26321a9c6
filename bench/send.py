"""Measures one send in Python: calls, switches between modules, rounds of loading, microseconds.

Run it with `PYTHONPATH=backend .venv/bin/python bench/send.py`. The store is the tests' own, in memory, so that it
measures the use case and the views alone. A call counts when a function of a module of `uconnect` is entered.
"""

import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import Any

from tests.support.memory_store import MemoryStore
from tests.support.sample_university import ANN, SampleUniversity
from tests.support.stores import Home, Time, fresh
from uconnect.domain import protocol
from uconnect.domain.context import Context, Wanted
from uconnect.domain.usecases import messages

TIMES = 3_000


def prepare() -> tuple[Callable[[], Any], int]:
    """What sends one message, and how many rounds of loading a send has."""
    clock = Time()
    store = MemoryStore(clock.new_context)
    university = SampleUniversity(Home(store, clock)).create()
    id = university.raised(ANN).id(ANN)
    rounds: list[Wanted] = []

    def send(use_case: Callable[..., Any] = messages.send) -> Any:
        clock.now += 60_000
        command = protocol.Send(key=fresh(), id=id, text="Which card?")
        return store.run(partial(use_case, by=ANN, command=command))

    def counted(context: Context, by: str, command: protocol.Send) -> Any:
        fetch = context.fetch

        def count_round(context: Context, wanted: Wanted) -> None:
            rounds.append(wanted)
            fetch(context, wanted)

        context.fetch = count_round
        return messages.send(context, by, command)

    send(counted)
    return send, len(rounds)


def main() -> None:
    send, rounds = prepare()
    calls, switches, modules, last = 0, 0, set[str](), [""]

    def profile(frame: FrameType, event: str, _: Any) -> None:
        nonlocal calls, switches
        module = frame.f_globals.get("__name__", "")
        if event in ("call", "return") and module.startswith("uconnect."):
            if event == "call":
                calls += 1
            modules.add(module)
            if module != last[0]:
                switches += 1
                last[0] = module

    sys.setprofile(profile)
    send()
    sys.setprofile(None)
    times = []
    for _ in range(TIMES):
        begin = time.perf_counter_ns()
        send()
        times.append((time.perf_counter_ns() - begin) / 1000)
    print(f"calls {calls}, switches {switches} between {len(modules)} modules, rounds of loading {rounds}, ", end="")
    print(f"median {statistics.median(times):.1f} us")


if __name__ == "__main__":
    main()
