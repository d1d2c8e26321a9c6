"""A thread ends, and is deleted, at the same moment whoever handles it and whoever owns it (leak 42).

Two worlds are played for weeks, hour by hour, with a rule that ends and deletes what is silent for 14 days. What the
blind party hears is compared with the hour of each. The random part of each moment is fixed: it is drawn from ids that
mean nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from msgspec.structs import replace

from tests.privacy.worlds.counted_store import CountedStore
from tests.privacy.worlds.leak_planting import Leak, Patch
from tests.privacy.worlds.raiser_scripts import School, Secret
from tests.privacy.worlds.twin_worlds import Observed, Stages, TwinWorld, compare, heard_of, play
from tests.privacy.worlds.worker_steps import SILENCE, WorkerWorld
from tests.support.fake_job_dependencies import FakeMail, fake_job_dependencies
from uconnect.application.jobs import run_due_jobs
from uconnect.domain.context import Plan
from uconnect.domain.enums import Kind
from uconnect.domain.keys import ThreadKey
from uconnect.domain.models import Thread
from uconnect.domain.usecases import account_closing, assignment, retention
from uconnect.domain.usecases.retention import HOUR

DAYS = 14
WEEKS_2 = DAYS * 24  # hours


def _with_costs(twin: TwinWorld) -> CountedStore:
    """What each act of retention costs, and at which place the blind party is told of it."""

    def cost(reads: int, plan: Plan[Any]) -> bytes:
        if twin.kind is Kind.WORKER or not plan.writes:
            return b""
        order = [it.to for it in plan.deliveries]
        found = reads, len(plan.puts), len(plan.deletes), len(order), order.index(twin.blind)
        return b"cost %d %d %d %d %d" % found

    return CountedStore(twin, lambda: retention.apply, cost)


class Clock:
    """Moves a world hour by hour, and does its jobs in each."""

    def __init__(self, twin: TwinWorld) -> None:
        self.twin, self.begun = twin, twin.world.home.time.now
        twin.world.do(partial(retention.begin, days=(DAYS, DAYS)))

    def pass_hours(self, many: int) -> None:
        store: Any = _with_costs(self.twin)
        beyond = fake_job_dependencies(self.twin.world.sockets.deliver, FakeMail())
        time = self.twin.world.home.time
        for _ in range(many):
            self.twin.wait(HOUR)
            before = len(self.twin.heard)
            run_due_jobs(store, beyond)
            while any(it.due <= time.now for it in self.twin.world.home.jobs()):
                run_due_jobs(store, beyond)
            if len(self.twin.heard) > before:
                self.twin.heard.append(b"hour %d" % ((time.now - self.begun) // HOUR))


@dataclass(frozen=True)
class AnsweredBy:
    """For a raiser of a kind: in one world the school handles its threads, in the other a worker gets them."""

    kind: Kind
    secrets: tuple[bool, ...] = (False, True)

    def play(self, twin: TwinWorld) -> None:
        by_worker = self.secrets[twin.number]
        twin.secrets.append(by_worker)
        cast, clock = School(twin, self.kind), Clock(twin)
        hand = Secret(hand=int(by_worker))

        def secretly(which: int, *acts: str) -> None:
            for act in acts if by_worker else ():
                cast.do(act, which, 0)

        def step(what: str, hours: int, which: int = 0) -> None:
            cast.step(what, which, hand)
            clock.pass_hours(hours)

        step("reload", 1)
        step("raise", 5)
        secretly(0, "offload")
        step("answer", 30)
        step("raise", 20, 1)
        step("terminate", 1, 1)
        secretly(0, "note", "snooze", "hand_back", "offload")
        clock.pass_hours(WEEKS_2 - 2 * 24)
        secretly(0, "note", "take_back", "offload")  # nobody hears of it, so it puts nothing off
        clock.pass_hours(2 * WEEKS_2 - 10 * 24)
        step("reload", 1)
        clock.pass_hours(WEEKS_2)
        step("reload", 1)


@dataclass(frozen=True)
class OwnedBy:
    """For a worker: in one world one user owns three threads, in the other a school and two users, whose accounts end
    four hours before one thread is to end and another to be deleted."""

    secrets: tuple[tuple[int, int, int], ...] = ((0, 0, 0), (2, 1, 0))

    def play(self, twin: TwinWorld) -> None:
        owners = self.secrets[twin.number]
        twin.secrets.append(owners)
        desk = WorkerWorld(twin, owners, frozenset({0, 1, 2} if twin.number else ()))
        clock = Clock(twin)
        for which in range(3):
            desk.step("see", which)
        clock.pass_hours(WEEKS_2)  # the rule has been told
        for which in range(3):
            desk.step("write", which)
        twin.call(desk.talks[1].owner, f"POST /api/threads/{desk.talks[1].owners}/terminate")
        clock.pass_hours(24)
        desk.step("write", 2)
        desk.step("reload", 0)
        clock.pass_hours(WEEKS_2 - 24 + 12 - 4)  # the random part is fixed: half a day
        desk.step(SILENCE, 0)
        clock.pass_hours(5)
        desk.step("reload", 0)


@pytest.fixture(autouse=True)
def _fixed_moments(monkeypatch: Patch) -> None:
    monkeypatch.setattr(retention, "_random_part", lambda _: retention.SPREAD // 2)
    monkeypatch.setattr(retention, "random_below", lambda limit, _: limit // 2)
    monkeypatch.setattr(account_closing, "_random_delay", lambda _: account_closing.DETACH_WINDOW)


def hours(stages: Stages) -> list[list[int]]:
    """The hours in which the blind party heard something of itself, in each world."""
    return [[int(line.split()[1]) for line in twin.heard if line.startswith(b"hour ")] for twin in stages]


def gone(twin: TwinWorld) -> int:
    return sum(b'"t":"gone"' in line for line in twin.heard)


def without_hours(twin: TwinWorld) -> TwinWorld:
    return TwinWorld(twin.world, twin.number, heard=[it for it in twin.heard if not it.startswith(b"hour ")])


@pytest.mark.parametrize("kind", [Kind.USER, Kind.SCHOOL])
def test_a_raisers_threads_end_and_go_at_the_same_moments_whoever_handles_them(kind: Kind) -> None:
    stages = play(AnsweredBy(kind))
    compare(stages)
    assert gone(stages[0]) == 4  # two threads, two devices
    assert heard_of(without_hours(stages[0]))["frame event"] > 4
    assert stages[0].secrets != stages[1].secrets


def test_a_workers_threads_end_and_go_at_the_same_moments_whoever_owns_them() -> None:
    stages = play(OwnedBy())
    compare(stages)
    assert gone(stages[0]) == 2  # one thread, two devices
    assert hours(stages)[0][-1] > WEEKS_2
    assert stages[0].secrets != stages[1].secrets


# --- planted


def applied_at(change: Callable[[Thread, int], int]) -> Callable[[Patch], None]:
    """The moment of a thread is another; `change` gets the thread and the right one."""

    def plant(patch: Patch) -> None:
        found = retention.applies_at

        def changed(thread: Any, kept: Any) -> int | None:
            at = found(thread, kept)
            return None if at is None else change(thread, at)

        patch.setattr(retention, "applies_at", changed)

    return plant


def a_hand_off_is_activity(patch: Patch) -> None:
    """A thread that changes hands is kept as if somebody had written."""
    assign = assignment.assign

    def assigning(context: Any, thread: Any, worker: str) -> Any:
        plan = assign(context, thread, worker)
        puts = tuple(replace(it, at=context.now) if type(it) is type(thread) else it for it in plan.puts)
        return replace(plan, puts=puts)

    patch.setattr(assignment, "assign", assigning)


def one_read_more_with_a_worker(patch: Patch) -> None:
    apply = retention.apply

    def reading(context: Any, thread: str) -> Any:
        head = context.get(ThreadKey(thread))
        if head and head.worker:
            context.get(ThreadKey("nothing"))
        return apply(context, thread=thread)

    patch.setattr(retention, "apply", reading)


def the_worker_is_told_first(patch: Patch) -> None:
    apply = retention.apply

    def telling(context: Any, thread: str) -> Any:
        head, plan = context.get(ThreadKey(thread)), apply(context, thread=thread)
        if head and head.worker and plan.writes:
            mine = [it for it in plan.deliveries if it.to == head.worker.party]
            return replace(plan, deliveries=(*mine, *(it for it in plan.deliveries if it not in mine)))
        return plan

    patch.setattr(retention, "apply", telling)


FOR_RAISERS = [
    Leak("retention", "what a worker has is kept longer", applied_at(lambda it, at: at + 3 * HOUR * bool(it.worker))),
    Leak(
        "retention",
        "what a worker had is kept longer",
        applied_at(lambda it, at: at + 3 * HOUR * bool(it.internal_seq)),
    ),
    Leak("retention", "a hand-off keeps a thread open", a_hand_off_is_activity),
    Leak("retention", "an act reads more for a worker", one_read_more_with_a_worker),
    Leak("retention", "the worker is told before the raiser", the_worker_is_told_first),
]
FOR_WORKERS = [
    Leak(
        "retention", "a school's are kept longer", applied_at(lambda it, at: at + 3 * HOUR * (it.kind is Kind.SCHOOL))
    ),
    Leak(
        "retention",
        "what has lost its owner is kept until it is taken back",
        lambda patch: patch.setattr(retention, "jobs_of_detached", lambda *_: ()),
    ),
    Leak(
        "retention",
        "what has lost its owner is kept longer",
        applied_at(lambda it, at: at + HOUR * (not it.raiser.party)),
    ),
]


@pytest.mark.planted(9)
@pytest.mark.parametrize("leak", FOR_RAISERS, ids=str)
def test_what_retention_would_tell_a_raiser_is_noticed(leak: Leak, monkeypatch: Patch) -> None:
    leak.plant(monkeypatch)
    with pytest.raises(Observed):
        compare(play(AnsweredBy(Kind.USER)))


@pytest.mark.planted(10)
@pytest.mark.parametrize("leak", FOR_WORKERS, ids=str)
def test_what_retention_would_tell_a_worker_is_noticed(leak: Leak, monkeypatch: Patch) -> None:
    leak.plant(monkeypatch)
    with pytest.raises(Observed):
        compare(play(OwnedBy()))
