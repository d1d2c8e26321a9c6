"""Promise 11, counted: in no sequence of acts does the work in a blind party's way depend on what it must not know.

A clock can measure only work, so equal work is the proof, and the timed figures its check. What is counted is what
stands between an act and its answer, and what jobs do between one act and the next.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from msgspec.structs import replace

from tests.privacy.clock import act_sequences
from tests.privacy.clock.act_sequences import RAISERS, WORKERS, Act, ActWorld, Story, act_world, sequences, workers_of
from tests.privacy.clock.work_counter import Work
from tests.privacy.worlds.leak_planting import found_by
from tests.support import sizes
from tests.support.evidence import Evidence
from uconnect.domain import authorization
from uconnect.domain.authorization import Membership
from uconnect.domain.context import Context, Plan
from uconnect.domain.enums import Policy
from uconnect.domain.keys import Mailbox, OpenThreadCountKey, PartyKey, SentMessageKey, ThreadReferenceKey
from uconnect.domain.models import Thread
from uconnect.domain.rules import Role
from uconnect.domain.usecases import assignment, job_steps, messages, queries
from uconnect.domain.views.pages import Done
from uconnect.entrypoints.exports import references

Begin = Callable[[ActWorld, int], Story]
World = tuple[Policy, int, Begin]
AUTOMATIC: World = (Policy.AUTOMATIC, 5, act_sequences.raiser)
BY_HAND: World = (Policy.BY_HAND, 0, act_sequences.raiser)
STORES = ("sqlite", "dynamodb")
# How many sequences of two and of three acts are played; each with jobs in between, and without.
MOST = {"sqlite": (100, 1_000) if sizes.FULL else (100, 20), "dynamodb": (100, 60) if sizes.FULL else (4, 1)}

# What a raiser must not know, and whether what jobs find may differ: they run at a random moment, in the background.
RAISERS_WORLDS: dict[str, tuple[World, World, bool]] = {
    "the policy": (BY_HAND, AUTOMATIC, True),
    "whether anybody is available": (AUTOMATIC, (Policy.AUTOMATIC, 0, act_sequences.raiser), True),
    "who answered": (
        (Policy.BY_HAND, 1, act_sequences.raiser_answered),
        (Policy.BY_HAND, 1, act_sequences.raiser_answered_by_school),
        False,
    ),
    "whether the school has snoozed it": (
        (Policy.BY_HAND, 1, act_sequences.raiser_answered_by_school),
        (Policy.BY_HAND, 1, act_sequences.raiser_snoozed),
        False,
    ),
}
WORKERS_WORLDS: dict[str, tuple[World, World, bool]] = {
    name: ((Policy.BY_HAND, 1, workers_of(*one)), (Policy.BY_HAND, 1, workers_of(*other)), False)
    for name, one, other in (
        ("which kind the owner is", ("user", ""), ("school", "")),
        ("whether the owner's account has ended", ("user", ""), ("user", "owner ended")),
        ("whether a lost thread was deleted", ("user", "taken back"), ("user", "deleted")),
        ("whose lost thread it was", ("user", "taken back"), ("school", "taken back")),
    )
}


def differences(
    store: str, one: World, other: World, table: dict[str, Act], chosen: Sequence[tuple[str, ...]], jobs_too: bool
) -> list[str]:
    """Where the work differs in two worlds: the sequence, the act, and in what."""
    played = [_played(store, *world, table, chosen) for world in (one, other)]
    found = []
    for left, right in zip(*played, strict=True):
        for (name, jobs, free, mine), (*_, theirs) in zip(left, right, strict=True):
            differs = mine.differs(theirs)
            if differs and not (free or (jobs and not jobs_too)):
                found.append(f"{name}: {differs}")
    return found


def _played(
    store: str, policy: Policy, staff: int, begin: Begin, table: dict[str, Act], chosen: Sequence[tuple[str, ...]]
) -> list[list[tuple[str, bool, bool, Work]]]:
    everyone = []
    with act_world(store, policy, staff, begin) as it:
        for number, names in enumerate(chosen):
            for jobs in (False, True):
                works = it.played(2 * number + jobs, [table[name] for name in names], jobs=jobs)
                everyone.append([(*step, work) for step, work in zip(_steps(names, jobs), works, strict=True)])
    return everyone


def _steps(names: Sequence[str], jobs: bool) -> Iterator[tuple[str, bool, bool]]:
    """What each work is of, whether it is a job's, and whether it need not be equal.

    When an account is closed, more is to be done for a thread that a worker has. Nobody acts for that account any more.
    """
    closed = False
    for name in names:
        closed = closed or name == "close"
        yield f"{name!r} of {' then '.join(names)}", False, False
        if jobs:
            yield f"the jobs after {name!r} of {' then '.join(names)}", True, closed


def several(table: dict[str, Act], store: str) -> list[tuple[str, ...]]:
    """All acts of the table in a row, so that each is played in every run, and pairs and triples of them."""
    pairs, triples = MOST[store]
    return [tuple(table), *sequences([*table], 2, pairs), *sequences([*table], 3, triples)]


@pytest.mark.parametrize("store", STORES)
@pytest.mark.parametrize("secret", RAISERS_WORLDS)
@pytest.mark.timeout(0 if sizes.FULL else 600)
def test_no_act_of_a_raiser_waits_for_work_that_tells(secret: str, store: str, evidence: Evidence) -> None:
    chosen = several(RAISERS, store)
    one, other, jobs_too = RAISERS_WORLDS[secret]
    assert differences(store, one, other, RAISERS, chosen, jobs_too) == []
    evidence(11, f"sequences of a raiser's acts counted ({store})", 2 * len(chosen))


@pytest.mark.parametrize("store", STORES)
@pytest.mark.parametrize("secret", WORKERS_WORLDS)
@pytest.mark.timeout(0 if sizes.FULL else 600)
def test_no_act_of_a_worker_waits_for_work_that_tells(secret: str, store: str, evidence: Evidence) -> None:
    chosen = several(WORKERS, store)
    one, other, jobs_too = WORKERS_WORLDS[secret]
    assert differences(store, one, other, WORKERS, chosen, jobs_too) == []
    evidence(11, f"sequences of a worker's acts counted ({store})", 2 * len(chosen))


@pytest.mark.parametrize("store", STORES)
@pytest.mark.parametrize("secret", WORKERS_WORLDS)
def test_a_key_that_was_sent_before_costs_as_much_whatever_became_of_the_thread(secret: str, store: str) -> None:
    """A worker knows the keys that it sent. Sent again, they must not be loaded from a thread that it has lost."""
    one, other, jobs_too = WORKERS_WORLDS[secret]
    assert differences(store, one, other, WORKERS, [("send again", "send again")], jobs_too) == []


# --- planted faults


def noticed(worlds: tuple[World, World, bool], table: dict[str, Act], *names: str) -> bool:
    """Whether a difference is found in one sequence of acts."""
    one, other, jobs_too = worlds
    return differences("sqlite", one, other, table, [names], jobs_too) != []


@pytest.mark.planted(11)
def test_a_job_that_does_more_for_automatic_schools_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def keep_at_school(context: Context, head: Thread, guarded: str) -> Plan[None]:
        return Plan(None, puts=(head,))

    monkeypatch.setattr(job_steps, "_keep_at_school", keep_at_school)
    assert noticed(RAISERS_WORLDS["the policy"], RAISERS, "raise", "send")


@pytest.mark.planted(11)
def test_a_search_that_decodes_the_schools_record_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """By its name a thread could be found. It is longer with workers (leak 31)."""
    found_by(lambda context, thread: str(context.get(PartyKey(thread.school.party))))(monkeypatch)
    assert noticed(RAISERS_WORLDS["the policy"], RAISERS, "search")


@pytest.mark.planted(11)
def test_a_hidden_act_that_moves_the_time_of_a_thread_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The raiser's next message would move no entry of the mailboxes, which are kept by the hour."""
    assign = assignment.assign

    def at_its_time(context: Context, thread: Thread, worker: str) -> Plan[Done]:
        return assign(context, replace(thread, at=context.now), worker)

    monkeypatch.setattr(job_steps, "assign", at_its_time)
    assert noticed(RAISERS_WORLDS["the policy"], RAISERS, "send")


@pytest.mark.planted(11)
def test_a_job_that_runs_at_once_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Context, "soon", lambda at: at.now)
    with pytest.raises(AssertionError, match="may run at once"):
        noticed(RAISERS_WORLDS["the policy"], RAISERS, "raise", "send")


@pytest.mark.planted(11)
def test_one_more_read_where_a_worker_has_the_thread_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def everyone(context: Context, thread: Thread) -> Thread:
        if thread.worker is not None:
            context.load(OpenThreadCountKey(thread.worker.party, Mailbox.HANDLED))
        return authorization.visible_to_others(context, thread)

    monkeypatch.setattr("uconnect.domain.usecases.messages.visible_to_others", everyone)
    assert noticed(RAISERS_WORLDS["who answered"], RAISERS, "read", "send")


@pytest.mark.planted(11)
def test_a_record_that_is_decoded_and_not_shown_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    at_thread = authorization.load_membership

    def with_owner(context: Context, by: str, id: str) -> Membership:
        place = at_thread(context, by, id)
        if place.role is Role.WORKER:
            context.load(PartyKey(place.thread.raiser.party))
        return place

    monkeypatch.setattr(queries, "load_membership", with_owner)
    assert noticed(WORKERS_WORLDS["which kind the owner is"], WORKERS, "send", "read")


@pytest.mark.planted(11)
def test_a_thread_that_is_erased_as_its_worker_leaves_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    leave = assignment.unassign

    def at_once(context: Context, thread: Thread) -> Plan[Any]:
        plan = leave(context, thread)
        if thread.school.party:
            return plan
        return replace(plan, puts=(assignment.purge_job(context, thread.id),))

    monkeypatch.setattr(assignment, "unassign", at_once)
    monkeypatch.setattr(references, "check", lambda _: None)  # such a thread is left in parts too
    assert noticed(WORKERS_WORLDS["whether the owner's account has ended"], WORKERS, "read", "hand back")


@pytest.mark.planted(11)
def test_a_message_that_is_loaded_by_its_key_before_who_asks_is_known_is_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    load_membership = authorization.load_membership

    def looked_for(context: Context, by: str, id: str, *key: str) -> Membership:
        reference = context.get(ThreadReferenceKey(by, id))
        context.get(SentMessageKey(reference.thread if reference else "", by, f"B{by[1:]}"))
        return load_membership(context, by, id, *key)

    monkeypatch.setattr(messages, "load_membership", looked_for)
    assert noticed(WORKERS_WORLDS["whether a lost thread was deleted"], WORKERS, "send again", "send again")
