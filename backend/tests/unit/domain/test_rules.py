"""The eleven rules, as predicates: each table and each sentence of the customer's."""

from itertools import product

import pytest
from msgspec.structs import replace

from tests.contract.sample_records import thread
from uconnect.domain import rules
from uconnect.domain.enums import Kind, Side, State
from uconnect.domain.models import School, User, Worker
from uconnect.domain.rules import Role

SCHOOL = School(id="school", email="s@x", name="S")
WORKER = Worker(id="worker", email="w@x", name="W", school="school", joined=True)
USER = User(id="user", email="u@x", name="U")
THREAD = thread("thread", worker="worker")


@pytest.mark.parametrize(
    ("party", "may"),
    [
        (SCHOOL, True),
        (USER, True),
        (WORKER, True),
        (replace(SCHOOL, closing=True), True),
        (replace(SCHOOL, ended=True), False),
        (replace(USER, ended=True), False),
        (replace(WORKER, joined=False), False),
        (replace(WORKER, removed=True), False),
        (replace(WORKER, available=False), True),
    ],
)
def test_a_party_acts_from_its_coming_to_its_end(party: School | Worker | User, may: bool) -> None:
    assert rules.may_act(party) is may


def test_rule_1_schools_are_the_only_institutions() -> None:
    assert {Kind.SCHOOL} == rules.INSTITUTIONS


def test_rule_2_a_school_offloads_to_its_own_worker() -> None:
    assert rules.may_offload(THREAD, SCHOOL, WORKER)


@pytest.mark.parametrize(
    "worker",
    [
        replace(WORKER, school="academy"),
        replace(WORKER, joined=False),
        replace(WORKER, removed=True),
        replace(SCHOOL, id="academy"),
        SCHOOL,
        USER,
        None,
    ],
)
def test_rule_2_to_nobody_but_its_own_worker_at_work(worker: School | Worker | User | None) -> None:
    assert not rules.may_offload(THREAD, SCHOOL, worker)


def test_rule_2_only_what_was_raised_to_it() -> None:
    raised_itself = thread("thread", raiser="school", school="academy")
    assert not rules.may_offload(raised_itself, SCHOOL, WORKER)


@pytest.mark.parametrize(
    ("worker", "may"),
    [
        (WORKER, True),
        (replace(WORKER, available=False), False),
        (replace(WORKER, joined=False), False),
        (replace(WORKER, removed=True), False),
    ],
)
def test_rule_2_a_policy_gives_to_workers_who_are_at_work_and_available(worker: Worker, may: bool) -> None:
    assert rules.may_take(worker) is may


def test_rule_3_only_the_raiser_stands_on_the_raisers_side() -> None:
    assert rules.SIDE_OF == {Role.RAISER: Side.RAISER, Role.SCHOOL: Side.SCHOOL, Role.WORKER: Side.SCHOOL}


@pytest.mark.parametrize(("raiser", "target"), list(product(Kind, Kind)))
def test_rules_4_8_and_9_users_and_schools_raise_to_schools_and_nobody_else_to_anybody(
    raiser: Kind, target: Kind
) -> None:
    allowed = (raiser, target) in {(Kind.USER, Kind.SCHOOL), (Kind.SCHOOL, Kind.SCHOOL)}
    assert rules.may_raise(raiser, "one", target, "other") is allowed


@pytest.mark.parametrize("kind", Kind)
def test_rule_4_nobody_raises_to_itself(kind: Kind) -> None:
    assert not rules.may_raise(kind, "one", kind, "one")


@pytest.mark.parametrize(("closing", "ended"), list(product([False, True], repeat=2)))
def test_nobody_raises_to_a_school_that_has_ended_or_is_about_to(closing: bool, ended: bool) -> None:
    assert rules.takes_threads(replace(SCHOOL, closing=closing, ended=ended)) is not (closing or ended)


def test_rule_5_a_school_removes_its_own_workers_only() -> None:
    assert rules.may_remove(SCHOOL, WORKER)
    assert rules.may_remove(SCHOOL, replace(WORKER, joined=False))
    others = (replace(WORKER, school="academy"), USER, SCHOOL, None)
    assert not any(rules.may_remove(SCHOOL, other) for other in others)


def test_rule_6_only_the_raiser_is_blind_to_the_handler() -> None:
    assert rules.SEES_HANDLER == {Role.RAISER: False, Role.SCHOOL: True, Role.WORKER: True}


def test_rule_7_only_the_worker_is_blind_to_the_owner() -> None:
    assert rules.SEES_OWNER == {Role.RAISER: True, Role.SCHOOL: True, Role.WORKER: False}


@pytest.mark.parametrize("held", range(8))
def test_rule_10_five_open_threads_and_five_workers_are_all(held: int) -> None:
    five = tuple("abcdefgh"[:held])
    assert rules.may_open_another(replace(USER, open=five)) is (held < 5)
    assert rules.may_open_another(replace(SCHOOL, open=five)) is (held < 5)
    assert rules.may_invite_another(replace(SCHOOL, workers=five)) is (held < 5)


def test_rule_10_threads_and_workers_are_counted_apart() -> None:
    five = tuple("abcde")
    assert rules.may_open_another(replace(SCHOOL, workers=five))
    assert rules.may_invite_another(replace(SCHOOL, open=five))


@pytest.mark.parametrize("role", Role)
def test_rule_11_only_the_raiser_terminates_or_deletes(role: Role) -> None:
    assert rules.may_terminate(role) is (role is Role.RAISER)
    assert rules.may_delete(role) is (role is Role.RAISER)


def test_a_thread_is_open_until_it_is_terminated() -> None:
    assert rules.is_open(THREAD)
    assert not rules.is_open(replace(THREAD, state=State.TERMINATED))


@pytest.mark.parametrize(
    ("party", "role"),
    [("user", Role.RAISER), ("school", Role.SCHOOL), ("worker", Role.WORKER), ("stranger", None), ("", None)],
)
def test_a_party_is_to_a_thread_what_its_head_says(party: str, role: Role | None) -> None:
    assert rules.role_of(THREAD, party) is role


def test_a_worker_is_nothing_to_a_thread_that_the_school_has_itself() -> None:
    assert rules.role_of(replace(THREAD, worker=None), "worker") is None
