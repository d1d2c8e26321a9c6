"""An account ends at once for its party; a school's only while nobody it was asked by is left without an answer."""

from functools import partial

import pytest
from msgspec.structs import replace

from tests.core.test_accounts import enter, entering
from tests.kit.beyond import nobody
from tests.kit.cast import ACADEMY, ANN, BOB, SCHOOL, WALT, WENDY, Case, Cast, raise_
from tests.kit.homes import Interrupted, Time, fresh
from uconnect.core import wire
from uconnect.core.commands import Invite
from uconnect.core.decide import accounts, closing, profiles, reading, workers
from uconnect.core.facts import Delivery, Plan, UseCase
from uconnect.core.keys import AddressKey, PartyKey
from uconnect.core.model import Address, OwnerEnded, School, Todo, User, Worker
from uconnect.core.refusals import Refusal, Refused
from uconnect.core.tasks import Close, Return, Shut
from uconnect.core.terms import Kind
from uconnect.core.views.pages import Done
from uconnect.core.work import carry_out

LATER = 10**15
BYE = wire.Bye(code="ended")


@pytest.fixture
def cast(cast: Cast) -> Cast:
    return cast.signed_in(ANN, BOB, SCHOOL, ACADEMY)


def close(by: str) -> UseCase[Done]:
    return partial(closing.close, by=by)


def closed(cast: Cast, by: str) -> Plan[Done] | Refusal:
    """What a party that closes its account is answered at last."""
    return carry_out(cast.home.store, close(by), nobody)


def by_operator(id: str, kind: Kind) -> UseCase[str]:
    return partial(closing.close_by_operator, email=f"{id}@x", kind=kind)


def settle(school: str = SCHOOL) -> UseCase[Done]:
    return partial(closing.settle, school=school)


def school(cast: Cast, id: str = SCHOOL) -> School:
    found = cast.home.one(PartyKey(id))
    assert isinstance(found, School)
    return found


def tasks(cast: Cast) -> list[object]:
    return [todo.task for todo in cast.home.jobs()]


def directory(cast: Cast, by: str = ANN) -> list[str]:
    page = cast.ask(partial(reading.schools, by=by, after=None, most=50))
    return [card.id for card in page.schools]


def test_a_users_account_ends_with_its_threads_in_the_count_and_leaves_the_rest_to_do(cast: Cast, time: Time) -> None:
    cast.raised(ANN)
    before = cast.home.one(PartyKey(ANN))
    assert isinstance(before, User)
    plan = cast.plan(close(ANN))
    ended, mark, todo = plan.puts
    assert ended == replace(before, ended=True, open=())
    assert mark == OwnerEnded(party=ANN)
    assert isinstance(todo, Todo)
    assert (todo.due, todo.task) == (time.now, Close(ANN))
    assert (plan.answer, plan.deletes, plan.then) == (Done(), (AddressKey("ann@x"),), None)
    assert plan.deliveries == (Delivery(ANN, BYE),)


@pytest.mark.parametrize("by", [ANN, ACADEMY])
def test_from_its_end_a_party_is_nobody(cast: Cast, by: str) -> None:
    closed(cast, by)
    assert cast.refusal(partial(profiles.me, by=by)) == "account_ended"
    assert cast.refusal(raise_(by)) == "account_ended"
    assert cast.refusal(close(by)) == "account_ended"
    assert cast.refusal(entering(Kind.USER, by)) == "account_ended"


@pytest.mark.parametrize(("id", "kind"), [(ANN, Kind.USER), (ACADEMY, Kind.SCHOOL)])
def test_from_its_end_its_address_is_anybodys(cast: Cast, id: str, kind: Kind) -> None:
    closed(cast, id)
    assert cast.home.one(AddressKey(f"{id}@x")) is None  # nothing of it is kept
    other = cast.run(enter(kind, f"{id}@x"))
    assert other != id
    assert cast.home.one(AddressKey(f"{id}@x")) == Address(email=f"{id}@x", party=other)


def test_what_others_made_of_an_address_stays_when_its_party_ends(cast: Cast) -> None:
    cast.run(partial(workers.invite, by=ACADEMY, command=Invite(key=fresh(), email="ann@x", name="Ann")))
    (place,) = school(cast, ACADEMY).workers
    closed(cast, ANN)
    assert cast.home.one(AddressKey("ann@x")) == Address(email="ann@x", invitations=(place,))
    assert cast.run(enter(Kind.WORKER, "ann@x", place=place)) == place


def test_a_school_that_nobody_asks_ends_and_its_workers_with_it(cast: Cast, time: Time) -> None:
    cast.home.keep(Address(email="wendy@x", party=WENDY, invitations=(WENDY,)))
    before, staff = school(cast), [cast.home.one(PartyKey(id)) for id in (WENDY, WALT)]
    outcome = closed(cast, SCHOOL)
    assert isinstance(outcome, Plan)
    assert outcome.deliveries == (Delivery(SCHOOL, BYE), Delivery(WENDY, BYE), Delivery(WALT, BYE))
    assert school(cast) == replace(before, ended=True, workers=())
    removed = [replace(it, removed=True) for it in staff if isinstance(it, Worker)]
    assert [cast.home.one(PartyKey(id)) for id in (WENDY, WALT)] == removed
    assert cast.home.one(AddressKey("wendy@x")) is None
    assert set(tasks(cast)) == {Close(SCHOOL), Return(WENDY), Return(WALT)}
    assert cast.refusal(partial(profiles.me, by=WENDY)) == "account_ended"


def test_a_school_with_open_threads_goes_on_and_is_told_how_many(cast: Cast) -> None:
    cases, before = [cast.raised(by) for by in (ANN, BOB, ACADEMY)], school(cast)
    cases[1].terminate()
    outcome = closed(cast, SCHOOL)
    assert isinstance(outcome, Refusal)
    assert outcome.code == "still_asked"
    assert outcome.sentence == f"{Refused.STILL_ASKED.refusal.sentence} Open now: 2."
    assert school(cast) == before
    cast.raised()  # it is raised to as before
    assert directory(cast) == [ACADEMY, SCHOOL]


@pytest.mark.parametrize("end", ["terminated", "deleted"])
def test_when_the_last_has_been_ended_by_who_raised_it_the_school_closes(cast: Cast, end: str) -> None:
    case = cast.raised()
    assert isinstance(closed(cast, SCHOOL), Refusal)
    case.terminate()
    if end == "deleted":
        case.delete()
    assert isinstance(closed(cast, SCHOOL), Plan)
    assert school(cast).ended


def test_what_a_school_raised_itself_does_not_keep_it(cast: Cast) -> None:
    cast.raised(SCHOOL, ACADEMY)
    assert isinstance(closed(cast, SCHOOL), Plan)
    assert school(cast).open == ()


def test_while_it_counts_a_school_is_raised_to_by_nobody_and_acts_as_before(cast: Cast) -> None:
    plan = cast.plan(close(SCHOOL))
    assert plan.then is not None
    assert cast.refusal(raise_()) == "not_found"
    assert directory(cast) == [ACADEMY]
    assert not cast.ask(partial(reading.school, by=ANN, id=SCHOOL)).takes
    cast.raised(SCHOOL, ACADEMY)
    assert isinstance(carry_out(cast.home.store, plan.then, nobody), Plan)
    assert school(cast).ended


def test_a_raise_that_comes_first_is_counted_and_one_that_comes_second_is_refused(cast: Cast) -> None:
    outcome = Interrupted(cast.home, raise_(), partial(closed, cast, SCHOOL)).run()
    assert outcome == Refused.NOT_FOUND.refusal  # it had decided, and the school closed before it was kept
    assert school(cast).ended

    first = partial(cast.raised, BOB, ACADEMY)
    flip = Interrupted(cast.home, close(ACADEMY), first)
    outcome = carry_out(cast.home.store, flip, nobody)
    assert isinstance(outcome, Refusal)
    assert outcome.code == "still_asked"
    assert not school(cast, ACADEMY).ended


def test_what_was_cut_short_between_the_flip_and_the_count_is_done_by_the_todo(cast: Cast) -> None:
    cast.run(close(SCHOOL))
    assert tasks(cast) == [Close(SCHOOL)]
    cast.work()
    assert school(cast) == School(id=SCHOOL, email="", name="School", ended=True)

    case = cast.raised(to=ACADEMY)
    cast.run(close(ACADEMY))
    cast.work()
    assert not school(cast, ACADEMY).closing
    assert case.log()


def test_the_todo_of_a_close_that_was_refused_closes_nothing_later(cast: Cast) -> None:
    case = cast.raised()
    assert isinstance(closed(cast, SCHOOL), Refusal)
    case.terminate()
    before = school(cast)
    cast.work()
    assert school(cast) == before


def test_counted_twice_at_once_a_school_ends_once(cast: Cast) -> None:
    cast.run(close(SCHOOL))
    assert Interrupted(cast.home, settle(), partial(cast.run, settle())).run() == Plan(Done())
    assert tasks(cast).count(Return(WENDY)) == 1


def test_refused_elsewhere_a_moment_ago_it_is_refused_here_too(cast: Cast) -> None:
    assert cast.refusal(settle()) == "still_asked"


@pytest.mark.parametrize("id", [ANN, WENDY, "nobody"])
def test_nobody_but_a_school_is_counted_for(cast: Cast, id: str) -> None:
    assert cast.plan(settle(id)) == Plan(Done())


def test_a_worker_removed_while_its_school_closes_is_removed_once(cast: Cast) -> None:
    remove = partial(cast.run, partial(workers.remove, by=SCHOOL, worker_id=WENDY))
    Interrupted(cast.home, close(SCHOOL), remove).run()
    assert school(cast).workers == (WALT,)
    cast.run(settle())
    assert tasks(cast).count(Return(WENDY)) == 1


def test_a_school_that_invited_its_own_address_leaves_it_free(cast: Cast) -> None:
    cast.run(partial(workers.invite, by=ACADEMY, command=Invite(key=fresh(), email="academy@x", name="Us")))
    outcome = closed(cast, ACADEMY)
    assert isinstance(outcome, Plan)
    assert len([it for it in outcome.puts if isinstance(it, Address)]) + len(outcome.deletes) == 1
    assert cast.home.one(AddressKey("academy@x")) is None


def test_two_of_its_workers_at_one_address_leave_it_free(cast: Cast) -> None:
    """One was invited to it, and the other has moved there since."""
    for email in ("old@x", "new@x"):
        cast.run(partial(workers.invite, by=ACADEMY, command=Invite(key=fresh(), email=email, name="W")))
    cast.run(enter(Kind.WORKER, "old@x", place=school(cast, ACADEMY).workers[0]))
    cast.run(partial(accounts.moved, issuer="issuer", subject="new", email="new@x"))
    outcome = closed(cast, ACADEMY)
    assert isinstance(outcome, Plan)
    assert sorted(key.email for key in outcome.deletes if isinstance(key, AddressKey)) == ["academy@x", "new@x"]
    assert cast.run(enter(Kind.USER, "new@x", "another"))


@pytest.mark.parametrize(("id", "kind"), [(ANN, Kind.USER), (SCHOOL, Kind.SCHOOL)])
def test_the_operator_ends_an_account_whatever_it_has_open(cast: Cast, id: str, kind: Kind) -> None:
    cast.raised(ANN, SCHOOL)
    assert cast.run(by_operator(id, kind)) == id
    assert cast.refusal(partial(profiles.me, by=id)) == "account_ended"
    assert {Shut(SCHOOL)} & set(tasks(cast)) == ({Shut(SCHOOL)} if kind is Kind.SCHOOL else set())
    assert Close(id) in tasks(cast)


@pytest.mark.parametrize(
    ("id", "kind"),
    [
        (ANN, Kind.SCHOOL),
        (SCHOOL, Kind.USER),
        (WENDY, Kind.WORKER),
        (WENDY, Kind.USER),
        ("free", Kind.USER),
        ("nobody", Kind.USER),
        ("ended", Kind.USER),
    ],
)
def test_the_operator_ends_nobody_else(cast: Cast, id: str, kind: Kind) -> None:
    cast.home.keep(
        Address(email="wendy@x", party=WENDY),
        Address(email="free@x"),
        User(id="ended", email="ended@x", name="E", ended=True),
        Address(email="ended@x", party="ended"),
    )
    assert cast.refusal(by_operator(id, kind)) == "not_found"
    assert tasks(cast) == []


def test_after_the_operator_closed_a_school_its_threads_end_for_those_who_raised_them(cast: Cast) -> None:
    cases = [cast.raised(by) for by in (ANN, ANN, BOB, ACADEMY)]
    cases[1].terminate()
    cases[2].offload()
    cast.work()
    cast.run(by_operator(SCHOOL, Kind.SCHOOL))
    told = cast.work()
    for case in cases:
        assert case.thread.state == "terminated"
        assert [entry.seq for entry in case.log()] == [1, 2]
        assert case.thread.worker is None
    nobody = {case.thread.id for case in cases}
    ended = [it.to for it in told if isinstance(it.frame, wire.Event) and it.to not in {SCHOOL, WENDY, *nobody}]
    assert sorted(ended) == [ACADEMY, ANN, BOB]
    meters = {it.to: it.frame.open for it in told if isinstance(it.frame, wire.Meter)}
    assert meters == {ANN: 0, BOB: 0, ACADEMY: 0}
    assert (tasks(cast), school(cast)) == ([], School(id=SCHOOL, email="", name="School", ended=True))


def shut(before: tuple[int, str] = closing.LATEST) -> UseCase[tuple[int, str] | None]:
    return partial(closing.shut_one, school=SCHOOL, before=before)


def open_at(cast: Cast, *raised: str) -> list[Case]:
    """Threads raised a second after each other to a school that the operator closed then."""
    cases = []
    for by in raised:
        cast.home.time.now += 1000
        cases.append(cast.raised(by))
    cast.run(by_operator(SCHOOL, Kind.SCHOOL))
    return cases


def test_the_threads_of_a_closed_school_end_one_at_a_time(cast: Cast) -> None:
    cases = open_at(cast, ANN, BOB)
    place = cast.run(shut())
    assert [case.thread.state for case in cases] == ["open", "terminated"]
    place = cast.run(shut(place))
    assert [case.thread.state for case in cases] == ["terminated", "terminated"]
    assert cast.plan(shut(place)) == Plan(None)


def test_a_thread_that_is_written_to_meanwhile_is_not_passed_over(cast: Cast) -> None:
    cases = open_at(cast, ANN, BOB)
    place = cast.run(shut())
    cast.home.time.now += 1000
    cases[0].say(ANN)  # now it stands before the place
    assert cast.run(shut(place)) == closing.LATEST
    cast.work()
    assert cases[0].thread.state == "terminated"


@pytest.mark.parametrize("gone", ["ended", "deleted", "parted"])
def test_a_thread_that_goes_since_the_list_was_read_is_left_alone(cast: Cast, gone: str) -> None:
    case = cast.raised()
    case.offload()
    cast.run(by_operator(SCHOOL, Kind.SCHOOL))

    def go() -> None:
        if gone == "parted":
            closed(cast, ANN)
            cast.run(partial(closing.part_one, party=ANN))
        else:
            case.terminate()
        if gone == "deleted":
            case.delete()

    outcome = Interrupted(cast.home, shut(), go, rounds=1).run()
    assert isinstance(outcome, Plan)
    assert (outcome.answer, outcome.writes) == (None, False)


def test_a_long_list_without_open_threads_is_gone_through_in_pages(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(closing, "AT_ONCE", 2)
    for _ in range(3):
        cast.home.time.now += 1000
        cast.raised().terminate()
    cast.run(by_operator(SCHOOL, Kind.SCHOOL))
    second = cast.run(shut())
    assert second < closing.LATEST
    assert cast.plan(shut(second)) == Plan(None)
