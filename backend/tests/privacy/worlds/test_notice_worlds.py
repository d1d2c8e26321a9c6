"""A letter about a message, its moment and its cause are the same whoever answers a raiser, and whoever owns a thread.

Two worlds are played for half a day, minute by minute. The blind party's letters are compared as a mail server gets
them, each with its minute. The random part of each moment is fixed: it is drawn from ids that mean nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from tests.privacy.worlds.counted_store import CountedStore
from tests.privacy.worlds.leak_planting import Leak, Patch
from tests.privacy.worlds.raiser_scripts import School, Secret
from tests.privacy.worlds.twin_worlds import Observed, Stages, TwinWorld, compare, play
from tests.privacy.worlds.worker_steps import SILENCE, WorkerWorld
from tests.support.fake_job_dependencies import FakeMail
from uconnect.adapters.mail import StoredEmail, templates
from uconnect.adapters.mail.message import message
from uconnect.application.jobs import JobDependencies, run_due_jobs
from uconnect.domain.context import Plan
from uconnect.domain.enums import Kind
from uconnect.domain.keys import ThreadKey
from uconnect.domain.usecases import account_closing, assignment, notices
from uconnect.domain.usecases.notices import MINUTE
from uconnect.domain.views.mail import NewMessageNotice

SHORT, LONG = (
    20,
    80,
)  # minutes: a letter is written in the first; the pause between two is over in the other


@dataclass(frozen=True, kw_only=True)
class Letters(FakeMail):
    """Writes down each letter to the blind party, as a mail server gets it, and when."""

    twin: TwinWorld
    begun: int

    def tell_of_message(self, notice: NewMessageNotice) -> None:
        if notice.stop.startswith(self.twin.blind):
            minute = (self.twin.world.home.time.now - self.begun) // MINUTE
            letter = templates.new_message(notice.email, "https://ask.example/x/", "https://ask.example", notice.stop)
            sent = message(StoredEmail(1, "id", 0, letter, 0), "help@ask.example").as_bytes()
            self.twin.heard.append(b"letter %d " % minute + sent)


def _cost(reads: int, plan: Plan[Any]) -> bytes:
    """Of each decision about an unread message: the keys read, the records written."""
    return b"cost %d %d" % (reads, len(plan.puts))


class Clock:
    """Moves a world minute by minute, and does its jobs in each. It is noon everywhere."""

    def __init__(self, twin: TwinWorld) -> None:
        self.twin, self.letters = twin, Letters(twin=twin, begun=twin.world.home.time.now)
        twin.world.do(notices.begin)

    def pass_minutes(self, many: int) -> None:
        store: Any = CountedStore(self.twin, lambda: notices.decide, _cost)
        deliver = self.twin.world.sockets.deliver
        beyond = JobDependencies(deliver, self.letters, self.letters, _raised, local_time=_noon)
        for _ in range(many):
            self.twin.wait(MINUTE)
            while run_due_jobs(store, beyond):
                pass


def _noon(_: int, __: str) -> datetime:
    return datetime(2026, 11, 30, 12, tzinfo=UTC)


def _raised(error: Exception) -> None:
    raise error


@dataclass(frozen=True)
class AnsweredBy:
    """For a raiser of a kind: in one world the school answers, in the other a worker who is given the thread."""

    kind: Kind
    secrets: tuple[bool, ...] = (False, True)

    def play(self, twin: TwinWorld) -> None:
        by_worker = self.secrets[twin.number]
        twin.secrets.append(by_worker)
        cast, clock = School(twin, self.kind), Clock(twin)
        hand = Secret(hand=int(by_worker))

        def secretly(*acts: str) -> None:
            for act in acts if by_worker else ():
                cast.do(act, 0, 0)

        def step(what: str, minutes: int, which: int = 0) -> None:
            cast.step(what, which, hand)
            clock.pass_minutes(minutes)

        step("raise", LONG)
        secretly("offload")
        step("answer", SHORT)  # told
        step("answer", SHORT)  # not again
        secretly("hand_back", "offload", "note")
        step("see", SHORT)
        secretly("take_back", "offload")
        clock.pass_minutes(LONG)  # no hand-off is told
        step("answer", 5)
        step("see", SHORT)  # read in time
        step("write", 3)
        step("hand_sees", SHORT)
        step("answer", 12)
        secretly("take_back", "offload")  # between the look and the moment
        clock.pass_minutes(LONG)
        step("raise", 1)
        step("answer", LONG, 1)
        step("reload", 1)
        step("answer", LONG, 1)
        step("terminate", LONG)


@dataclass(frozen=True)
class OwnedBy:
    """For a worker: in one world one user owns three threads, in the other a school and two users, whose accounts end.

    The ends come a minute after the last message in one thread, when no look has found it yet.
    """

    secrets: tuple[tuple[int, int, int], ...] = ((0, 0, 0), (2, 1, 0))

    def play(self, twin: TwinWorld) -> None:
        owners = self.secrets[twin.number]
        twin.secrets.append(owners)
        desk = WorkerWorld(twin, owners, frozenset({0, 1, 2} if twin.number else ()))
        clock = Clock(twin)

        def step(what: str, which: int, minutes: int) -> None:
            desk.step(what, which)
            clock.pass_minutes(minutes)

        for which in range(3):
            step("see", which, 1)
        clock.pass_minutes(LONG)
        step("write", 0, SHORT)  # told
        step("write", 1, SHORT)  # not again
        step("see", 0, LONG)
        step("write", 1, SHORT)  # told of another
        step("take_back", 1, LONG)
        step("give", 1, LONG)  # no hand-off is told
        step("write", 2, 12)
        step("see", 2, LONG)
        step("reload", 0, 1)
        step("write", 0, LONG)
        step("see", 0, LONG)
        step("see", 1, LONG)
        step("write", 0, 1)
        desk.step(SILENCE, 0)
        clock.pass_minutes(LONG)


@pytest.fixture(autouse=True)
def _fixed_moments(monkeypatch: Patch) -> None:
    monkeypatch.setattr(notices, "random_below", lambda limit, _: limit // 2)
    monkeypatch.setattr(account_closing, "_random_delay", lambda _: account_closing.DETACH_WINDOW)


def letters(stages: Stages) -> list[list[int]]:
    """The minutes of the blind party's letters in each world."""
    return [[int(line.split()[1]) for line in twin.heard if line.startswith(b"letter ")] for twin in stages]


@pytest.mark.parametrize("kind", [Kind.USER, Kind.SCHOOL])
def test_a_raisers_letters_are_the_same_whoever_answers(kind: Kind) -> None:
    stages = play(AnsweredBy(kind))
    compare(stages)
    assert len(letters(stages)[0]) >= 3
    assert stages[0].secrets != stages[1].secrets


def test_a_workers_letters_are_the_same_whoever_owns_its_threads() -> None:
    stages = play(OwnedBy())
    compare(stages)
    assert len(letters(stages)[0]) >= 4


# --- planted


def the_letter_names_the_author(patch: Patch) -> None:
    decide, notice = notices.decide, notices.notice
    last: list[str] = [""]

    def deciding(context: Any, id: str, task: Any, local_time: Any) -> Any:
        thread = context.get(ThreadKey(task.thread))
        last[0] = thread.worker.alias if thread and thread.worker else "the school"
        return decide(context, id, task, local_time)

    def telling(context: Any, party: str) -> Any:
        letter = notice(context, party).answer
        return Plan(letter and replace(letter, stop=f"{letter.stop}#{last[0]}"))

    patch.setattr(notices, "decide", deciding)
    patch.setattr(notices, "notice", telling)


def unread_at(change: Callable[[Any, Any], Any]) -> Callable[[Patch], None]:
    """The look finds others: `change` gets the thread and the task that was made of it, and returns one or None."""

    def plant(patch: Patch) -> None:
        found = notices.unread_at

        def changed(context: Any, **asked: Any) -> Any:
            plan = found(context, **asked)
            kept = [change(context.get(ThreadKey(it.thread)), it) for it in plan.answer.tasks]
            return Plan(notices.Found(tuple(it for it in kept if it), plan.answer.next))

        patch.setattr(notices, "unread_at", changed)

    return plant


def sooner_with_a_worker(patch: Patch) -> None:
    """The moment of a thread that a worker has is another."""
    job = notices._job

    def changed(context: Any, task: Any, earliest: int) -> Any:
        thread = context.get(ThreadKey(task.thread))
        return job(context, task, earliest - (5 * MINUTE if thread and thread.worker else 0))

    patch.setattr(notices, "_job", changed)


def one_read_more(when: Callable[[Any], bool]) -> Callable[[Patch], None]:
    def plant(patch: Patch) -> None:
        facts = notices._facts

        def reading(context: Any, id: str, task: Any) -> Any:
            found = facts(context, id, task)
            if found.thread and when(found.thread):
                context.get(ThreadKey("nothing"))
            return found

        patch.setattr(notices, "_facts", reading)

    return plant


def told_again(when: Callable[[Any], bool]) -> Callable[[Patch], None]:
    """A letter comes although the party was told."""

    def plant(patch: Patch) -> None:
        may = notices._may_tell_again
        patch.setattr(notices, "_may_tell_again", lambda facts: may(facts) or when(facts))

    return plant


def a_hand_off_is_activity(patch: Patch) -> None:
    """A thread that changes hands is looked at as if somebody had written: its raiser is told again."""
    assign = assignment.assign

    def assigning(context: Any, thread: Any, worker: str) -> Any:
        plan = assign(context, thread, worker)
        puts = tuple(replace(it, at=context.now) if type(it) is type(thread) else it for it in plan.puts)
        return replace(plan, puts=puts)

    patch.setattr(assignment, "assign", assigning)


def other_owners(facts: Any) -> bool:
    told, _ = facts.last_told
    return told is not None and told.raiser.party != facts.thread.raiser.party


def of_users_alone(thread: Any, task: Any) -> Any:
    return None if thread.kind is Kind.SCHOOL else task


FOR_RAISERS = [
    Leak("letters", "a letter names who has the thread", the_letter_names_the_author),
    Leak("letters", "what a worker has is told sooner", sooner_with_a_worker),
    Leak("letters", "what a worker has is not told", unread_at(lambda thread, task: None if thread.worker else task)),
    Leak("letters", "what a worker has is told again", told_again(lambda facts: facts.thread.worker is not None)),
    Leak("letters", "a decision reads more for a worker", one_read_more(lambda thread: thread.worker is not None)),
    Leak("letters", "a hand-off is looked at as a message", a_hand_off_is_activity),
]
FOR_WORKERS = [
    Leak("letters", "a letter names the alias", the_letter_names_the_author),
    Leak(
        "letters",
        "a school's question is not told",
        unread_at(of_users_alone),
    ),
    Leak("letters", "another owner is told again", told_again(other_owners)),
    Leak("letters", "a school's question costs more", one_read_more(lambda thread: thread.kind is Kind.SCHOOL)),
    Leak(
        "letters",
        "an owner's end swallows the letter",
        lambda patch: patch.setattr(account_closing, "tell_worker_of_detached", lambda *_: ()),
    ),
]


@pytest.mark.planted(9)
@pytest.mark.parametrize("leak", FOR_RAISERS, ids=str)
def test_what_a_letter_would_tell_a_raiser_is_noticed(leak: Leak, monkeypatch: Patch) -> None:
    leak.plant(monkeypatch)
    with pytest.raises(Observed):
        compare(play(AnsweredBy(Kind.USER)))


@pytest.mark.planted(10)
@pytest.mark.parametrize("leak", FOR_WORKERS, ids=str)
def test_what_a_letter_would_tell_a_worker_is_noticed(leak: Leak, monkeypatch: Patch) -> None:
    leak.plant(monkeypatch)
    with pytest.raises(Observed):
        compare(play(OwnedBy()))
