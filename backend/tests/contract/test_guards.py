"""A plan is kept only if what it wrote and what it guards is still as the decision saw it; else it is decided anew."""

from collections.abc import Callable
from functools import partial

import pytest

from tests.support.stores import Home, Interrupted, answer, finding, insist, race
from uconnect.domain.context import Context, Plan, UseCase
from uconnect.domain.errors import Refusal, RefusalCode, Refused
from uconnect.domain.keys import PartyKey
from uconnect.domain.models import RateLimitState, User

ANN, BOB = PartyKey("ann"), PartyKey("bob")


def user(id: str, rev: int = 1) -> User:
    return User(id=id, email="", name="", rev=rev)


def rev_of(found: object) -> int:
    return found.rev if isinstance(found, User) else 0


def count(context: Context, key: PartyKey = ANN) -> Plan[int]:
    """Ann's revision, one higher."""
    context.load(key)
    rev = rev_of(context.get(key)) + 1
    return Plan(rev, puts=(user(key.id, rev),))


def erase(context: Context, key: PartyKey = ANN) -> Plan[None]:
    context.load(key)
    return Plan(None, deletes=(key,))


def erase_and_make_anew(home: Home) -> None:
    answer(home.store.run(erase))
    home.keep(user("ann", 70))


def copy(context: Context) -> Plan[int]:
    """Bob's revision is set to Ann's, and guards that it is hers."""
    context.load(ANN, BOB)
    rev = rev_of(context.get(ANN))
    return Plan(rev, puts=(user("bob", rev),), guards=(ANN,))


def read(context: Context) -> Plan[int]:
    """Ann's revision, guarded to the end although nothing is written."""
    context.load(ANN)
    return Plan(rev_of(context.get(ANN)), guards=(ANN,))


def look(context: Context) -> Plan[int]:
    """Bob's revision is set to Ann's at some moment: she is not guarded."""
    context.load(ANN, BOB)
    rev = rev_of(context.get(ANN))
    return Plan(rev, puts=(user("bob", rev),))


MEANWHILE: dict[str, Callable[[Home], object]] = {
    "changed": lambda home: answer(home.store.run(count)),
    "deleted": lambda home: answer(home.store.run(erase)),
    "made anew": erase_and_make_anew,
}
AFTER = {"changed": 8, "deleted": 0, "made anew": 70}


@pytest.mark.parametrize("what", MEANWHILE)
@pytest.mark.parametrize("use_case", [count, copy, read], ids=["written", "guarded", "guarded alone"])
def test_what_came_between_is_seen_by_a_second_decision(home: Home, use_case: UseCase[int], what: str) -> None:
    home.keep(user("ann", 7))
    interrupted = Interrupted(home, use_case, lambda: MEANWHILE[what](home))
    seen = answer(interrupted.run())
    more = 1 if use_case is count else 0
    assert interrupted.decided == (1 if home.serial else 2)
    assert seen == (7 if home.serial else AFTER[what]) + more


@pytest.mark.parametrize("use_case", [count, copy, read], ids=["written", "guarded", "guarded alone"])
def test_an_absence_is_guarded_as_a_record_is(home: Home, use_case: UseCase[int]) -> None:
    interrupted = Interrupted(home, use_case, lambda: home.store.run(count))
    seen = answer(interrupted.run())
    assert interrupted.decided == (1 if home.serial else 2)
    assert seen == (0 if home.serial else 1) + (1 if use_case is count else 0)


def test_a_loaded_record_is_deleted_only_as_it_was_loaded(home: Home) -> None:
    home.keep(user("ann", 7))

    def erase_and_tell(context: Context) -> Plan[int]:
        context.load(ANN)
        return Plan(rev_of(context.get(ANN)), deletes=(ANN,))

    interrupted = Interrupted(home, erase_and_tell, lambda: home.store.run(count))
    assert answer(interrupted.run()) == (7 if home.serial else 8)
    assert interrupted.decided == (1 if home.serial else 2)


def test_what_is_neither_written_nor_guarded_may_change(home: Home) -> None:
    home.keep(user("ann", 7))
    interrupted = Interrupted(home, look, lambda: home.store.run(count))
    assert answer(interrupted.run()) == 7
    assert interrupted.decided == 1
    assert rev_of(home.one(ANN)) == 8


def test_a_plan_that_is_decided_anew_may_end_in_a_refusal_and_writes_nothing(home: Home) -> None:
    home.keep(user("ann", 7))

    def only_at_seven(context: Context) -> Plan[None]:
        context.load(ANN, BOB)
        if rev_of(context.get(ANN)) != 7:
            raise Refused(RefusalCode.NOT_FOUND)
        return Plan(None, puts=(user("bob"),), guards=(ANN,))

    outcome = Interrupted(home, only_at_seven, lambda: home.store.run(count)).run()
    assert isinstance(outcome, Plan if home.serial else Refusal)
    assert (home.one(BOB) is not None) == home.serial


def test_of_two_that_interleave_neither_is_lost(home: Home) -> None:
    """Ann and Bob count each other's revision: the outcome is that of one after the other, in some order."""
    home.keep(user("ann", 1), user("bob", 10))

    def add(context: Context, to: PartyKey, other: PartyKey) -> Plan[int]:
        context.load(to, other)
        rev = rev_of(context.get(to)) + rev_of(context.get(other))
        return Plan(rev, puts=(user(to.id, rev),), guards=(other,))

    swapped = Interrupted(
        home, partial(add, to=ANN, other=BOB), lambda: home.store.run(partial(add, to=BOB, other=ANN))
    )
    answer(swapped.run())
    assert (rev_of(home.one(ANN)), rev_of(home.one(BOB))) in {(11, 21), (12, 11)}


def test_twenty_who_count_at_once_count_to_twenty(home: Home, impatient: None) -> None:
    home.keep(user("ann", 0))
    assert sorted(answer(outcome) for outcome in race(home, [count] * 20)) == list(range(1, 21))
    assert rev_of(home.one(ANN)) == 20


def test_two_plans_over_the_same_records_in_other_orders_both_end(home: Home, impatient: None) -> None:
    """Neither waits for the other for ever, whichever record each names first."""

    def both(context: Context, first: PartyKey, second: PartyKey) -> Plan[None]:
        context.load(first, second)
        raised = (user(key.id, rev_of(context.get(key)) + 1) for key in (first, second))
        return Plan(None, puts=tuple(raised))

    race(home, [partial(both, first=ANN, second=BOB), partial(both, first=BOB, second=ANN)] * 5)
    assert rev_of(home.one(ANN)) == rev_of(home.one(BOB)) == 10


def test_a_reader_among_writers_sees_no_half_of_a_plan(home: Home, impatient: None) -> None:
    """With both guarded, two records that are always written together are always read together."""

    def both(context: Context) -> Plan[None]:
        context.load(ANN, BOB)
        rev = rev_of(context.get(ANN)) + 1
        return Plan(None, puts=(user("ann", rev), user("bob", rev)))

    def read_both(context: Context) -> Plan[bool]:
        context.load(ANN)
        ann = rev_of(context.get(ANN))
        context.load(BOB)
        return Plan(ann == rev_of(context.get(BOB)), guards=(ANN, BOB))

    outcomes = race(home, [both, read_both] * 8)
    assert [it.answer for it in outcomes if isinstance(it, Plan) and it.answer is not None] == [True] * 8


def test_the_time_and_the_ids_of_a_second_decision_are_its_own(home: Home) -> None:
    home.time.step = 1
    times = list[int]()

    def use_case(context: Context) -> Plan[None]:
        context.load(ANN)
        times.append(context.now)
        return Plan(
            None,
            puts=(RateLimitState(party="ann", what=context.new_id(), due=0), user("ann", rev_of(context.get(ANN)) + 1)),
        )

    insist(home, Interrupted(home, use_case, lambda: home.store.run(count)))
    assert times == sorted(set(times))
    assert answer(home.store.run(finding(ANN))) is not None
