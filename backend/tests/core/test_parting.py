"""When an owner's account ends, raiser and school lose its threads at once; a worker must not be able to tell."""

from functools import partial
from typing import Any

import pytest
from msgspec.structs import replace

from tests.core.test_accounts import enter, entering
from tests.kit.beyond import Post, nobody
from tests.kit.cast import ACADEMY, ANN, BOB, SCHOOL, WALT, WENDY, Cast, beside, calling, log, note, send
from tests.kit.cast import offload as offload_to
from tests.kit.cast import seen as seen_by
from tests.kit.cast import typing as typing_by
from tests.kit.homes import Interrupted, Time, fresh
from uconnect.core import views, wire
from uconnect.core.commands import Portrait
from uconnect.core.decide import closing, handling, profiles, reading, todos, workers
from uconnect.core.facts import Decision, Delivery, Moment, Plan, UseCase
from uconnect.core.keys import (
    AsidesOf,
    DueBy,
    EntryKey,
    HandleKey,
    LoginKey,
    PaceKey,
    PartyKey,
    PictureKey,
    ReceiptKey,
    Shelf,
    ThreadKey,
)
from uconnect.core.model import NOBODY, School, Subject, Thread
from uconnect.core.refusals import Refusal, Refused
from uconnect.core.rules import Role
from uconnect.core.tasks import Leave
from uconnect.core.terms import Kind
from uconnect.core.work import carry_out

OWNERS = pytest.mark.parametrize("owner", [ANN, ACADEMY])
LATER = 10**15


@pytest.fixture
def cast(cast: Cast) -> Cast:
    return cast.signed_in(ANN, BOB, SCHOOL, ACADEMY)


def end(cast: Cast, owner: str) -> None:
    """The flip, and nothing after it."""
    assert isinstance(carry_out(cast.home.store, partial(closing.close, by=owner), nobody), Plan)


def part(owner: str) -> UseCase[bool]:
    return partial(closing.part_one, party=owner)


def head(cast: Cast, thread: str) -> Thread:
    found = cast.home.one(ThreadKey(thread))
    assert found
    return found


def leaving(cast: Cast) -> dict[str, int]:
    """When each thread's worker loses it, in ms from now."""
    return {it.task.thread: it.due - cast.home.time.now for it in cast.home.jobs() if isinstance(it.task, Leave)}


def shelf(cast: Cast, by: str, shelf: Shelf) -> Any:
    return cast.ask(partial(reading.threads, by=by, shelf=shelf, before=None, most=50))


class Fetching:
    """A use case, and each key that a store had to fetch for it: what is known is not fetched again."""

    def __init__(self, use_case: UseCase[Any]) -> None:
        self._use_case = use_case
        self.keys: set[Any] = set()

    def __call__(self, at: Moment) -> Decision[Any]:
        decision = self._use_case(at)
        self.keys.clear()
        try:
            wanted = next(decision)
            while True:
                self.keys |= {*wanted}
                wanted = decision.send((yield wanted))
        except StopIteration as end:
            outcome: Plan[Any] | Refusal = end.value
            return outcome


@pytest.mark.parametrize("act", ["send", "send again", "typing", "seen", "note", "hand back", "thread", "log", "notes"])
def test_a_worker_waits_for_no_fetch_more_at_a_thread_that_is_nobodys(cast: Cast, act: str) -> None:
    fetched = []
    for ends in (False, True):
        case, key = cast.raised(ANN), fresh()
        id = case.offload()
        cast.run(send(WENDY, id, key=key))
        if ends:
            end(cast, ANN)
            assert cast.run(part(ANN))
        acts = worker_acts(id) | {
            "send again": send(WENDY, id, key=key),
            "thread": calling(reading.thread, WENDY, id),
            "log": log(WENDY, id),
            "notes": beside(WENDY, id),
        }
        fetching = Fetching(acts[act])
        assert isinstance(cast.home.store.run(fetching), Plan)
        fetched.append(len(fetching.keys))
    assert fetched[0] == fetched[1]


# --- the flip: from it on, and before any step


@OWNERS
def test_from_the_flip_the_school_lists_and_finds_nothing_of_an_owners_threads(cast: Cast, owner: str) -> None:
    case, other = cast.raised(owner), cast.raised(BOB)
    case.offload()
    id = case.id(SCHOOL)
    end(cast, owner)
    page = shelf(cast, SCHOOL, Shelf.RECEIVED)
    assert [it.row.id for it in page.threads] == [other.id(SCHOOL)]
    assert [it.id for it in page.people] == [BOB]
    for use_case in (
        calling(reading.thread, SCHOOL, id),
        log(SCHOOL, id),
        beside(SCHOOL, id),
        note(SCHOOL, id),
        send(SCHOOL, id),
        seen_by(SCHOOL, id, 1, 1),
        typing_by(SCHOOL, id),
        offload_to(id, WALT),
        calling(handling.take_back, SCHOOL, id),
    ):
        assert cast.home.store.run(use_case) == Refused.NOT_FOUND.refusal


def worker_acts(id: str) -> dict[str, UseCase[Any]]:
    return {
        "send": send(WENDY, id),
        "typing": typing_by(WENDY, id),
        "seen": seen_by(WENDY, id, 1, 1),
        "note": note(WENDY, id),
        "hand back": calling(handling.hand_back, WENDY, id),
        "return": partial(todos.return_one, worker=WENDY),
    }


@pytest.mark.parametrize("act", worker_acts(""))
@OWNERS
def test_from_the_flip_the_school_hears_nothing_of_what_a_worker_does_there(cast: Cast, owner: str, act: str) -> None:
    case = cast.raised(owner)
    id = case.offload()
    end(cast, owner)
    plan = cast.plan(worker_acts(id)[act])
    assert {it.to for it in plan.deliveries if it.frame} <= {WENDY, NOBODY}


@pytest.mark.parametrize("parted", [False, True])
@OWNERS
def test_a_send_that_is_said_again_is_not_told_to_the_school_either(cast: Cast, owner: str, parted: bool) -> None:
    case = cast.raised(owner)
    use_case = send(WENDY, case.offload(), key=fresh())
    first = cast.run(use_case)
    end(cast, owner)
    if parted:
        cast.run(part(owner))
    plan = cast.plan(use_case)
    assert plan.answer == first
    assert [it.to for it in plan.deliveries] == [NOBODY, WENDY, NOBODY]


@OWNERS
def test_to_a_worker_its_thread_is_as_it_was_before_and_after_it_is_parted(cast: Cast, owner: str, time: Time) -> None:
    case = cast.raised(owner)
    id, thread = case.offload(), case.thread.id
    cast.run(send(ANN if owner == ANN else ACADEMY, case.id(owner)))
    cast.run(note(SCHOOL, case.id(SCHOOL)))

    def shown() -> list[Any]:
        return [
            cast.ask(calling(reading.thread, WENDY, id)),
            cast.ask(log(WENDY, id)),
            cast.ask(beside(WENDY, id)),
            shelf(cast, WENDY, Shelf.HANDLED),
        ]

    before = shown()
    end(cast, owner)
    assert shown() == before
    plan = cast.plan(part(owner))
    assert WENDY not in {it.to for it in plan.deliveries}
    assert shown() == before
    time.now += closing.UNNOTICED
    ack = cast.run(send(WENDY, id))
    assert (ack.entry.seq, ack.row.rev) == (3, before[0].thread.row.rev + 1)
    cast.run(note(WENDY, id))
    cast.run(seen_by(WENDY, id, 3, 2))
    cast.run(typing_by(WENDY, id))
    assert head(cast, thread).seq == 3


# --- parting


@OWNERS
def test_a_thread_that_the_school_has_itself_is_gone_for_it_and_erased(cast: Cast, owner: str) -> None:
    case = cast.raised(owner)
    before, mine = case.thread, case.raiser_id
    end(cast, owner)
    plan = cast.plan(part(owner))
    school = before.school
    assert plan.deliveries == (Delivery(SCHOOL, wire.Gone(id=school.id, rev=school.rev + 1)),)
    assert set(plan.deletes) == {ThreadKey(before.id), HandleKey(owner, mine), HandleKey(SCHOOL, school.id)}
    cast.work()
    assert cast.home.one(EntryKey(before.id, 1)) is None
    assert leaving(cast) == {}


@OWNERS
def test_a_thread_that_a_worker_has_is_nobodys_but_that_workers(cast: Cast, owner: str) -> None:
    case = cast.raised(owner)
    case.offload()
    before, mine = case.thread, case.raiser_id
    end(cast, owner)
    plan = cast.plan(part(owner))
    assert head(cast, before.id) == replace(
        before, raiser=replace(before.raiser, party=NOBODY), school=replace(before.school, party=NOBODY)
    )
    assert plan.deliveries == (Delivery(SCHOOL, wire.Gone(id=before.school.id, rev=before.school.rev + 1)),)
    assert set(plan.deletes) == {HandleKey(owner, mine), HandleKey(SCHOOL, before.school.id)}
    assert leaving(cast).keys() == {before.id}


def test_each_worker_loses_each_thread_at_a_moment_of_its_own_within_six_hours(cast: Cast) -> None:
    cases = [cast.raised() for _ in range(5)]
    for case, worker in zip(cases, (WENDY, WALT, WENDY, WALT, WENDY), strict=True):
        case.offload(worker)
    cast.work()
    end(cast, ANN)
    cast.work()
    moments = sorted(leaving(cast).values())
    assert len(set(moments)) == 5
    assert 0 <= moments[0] < moments[-1] < 6 * 3_600_000


def test_that_moment_may_be_any_within_the_six_hours(cast: Cast) -> None:
    drawn = [closing._unnoticed(fresh()) for _ in range(2_000)]
    sixths = {it // 3_600_000 for it in drawn}
    assert sixths == set(range(6))
    assert closing._unnoticed("A" * 22) == 0


def test_when_it_has_come_the_worker_loses_the_thread_as_by_a_take_back_and_all_of_it_is_erased(
    cast: Cast, time: Time
) -> None:
    case, taken = cast.raised(), cast.raised(BOB)
    id, other = case.offload(), taken.offload()
    cast.run(send(WENDY, id))
    cast.run(send(WENDY, other))
    cast.run(note(WENDY, id))
    thread = case.thread.id
    back = cast.plan(calling(handling.take_back, SCHOOL, taken.id(SCHOOL)))
    end(cast, ANN)
    cast.work()
    assert cast.ask(log(WENDY, id))
    time.now += closing.UNNOTICED
    told = cast.work()
    (gone,) = [it.frame for it in told if it.to == WENDY]
    (lost,) = [it.frame for it in back.deliveries if it.to == WENDY]
    assert isinstance(gone, wire.Gone)
    assert isinstance(lost, wire.Gone)
    assert (gone.id, gone.rev) == (id, lost.rev)  # both had two rows
    assert cast.home.store.ask(log(WENDY, id)) == cast.home.store.ask(log(WENDY, other)) == Refused.NOT_FOUND.refusal
    assert cast.home.one(ThreadKey(thread)) is None
    assert cast.home.one(EntryKey(thread, 1)) is None
    assert cast.home.all(AsidesOf(thread, 0, 9)) == ()
    assert cast.home.one(HandleKey(WENDY, id)) is None
    assert cast.home.all(DueBy(LATER, 9)) == ()


@pytest.mark.parametrize("leave", ["hand back", "return"])
def test_a_worker_who_leaves_a_parted_thread_before_is_the_last_to_have_it(cast: Cast, time: Time, leave: str) -> None:
    case = cast.raised()
    id, thread = case.offload(), case.thread.id
    end(cast, ANN)
    cast.run(part(ANN))
    plan = cast.plan(worker_acts(id)[leave])
    gone, *others = plan.deliveries
    assert (gone.to, gone.frame) == (WENDY, wire.Gone(id=id, rev=2))
    # Nobody else is told, with as many look-ups as for a thread that returns to a school.
    assert [it.to for it in others] == [NOBODY, thread, NOBODY, NOBODY]
    assert [it.to for it in cast.work() if it.frame] == []
    assert cast.home.one(ThreadKey(thread)) is None
    time.now += closing.UNNOTICED
    assert cast.work() == []  # its own moment comes to nothing
    assert cast.home.all(DueBy(LATER, 9)) == ()


def test_a_thread_is_parted_as_it_is_by_then(cast: Cast) -> None:
    """Handed back since the list was read, it needs no moment of its own."""
    case = cast.raised()
    id, thread = case.offload(), case.thread.id
    end(cast, ANN)
    back = partial(cast.run, calling(handling.hand_back, WENDY, id))
    assert isinstance(Interrupted(cast.home, part(ANN), back).run(), Plan)
    assert cast.home.one(ThreadKey(thread)) is None
    assert leaving(cast) == {}


def test_parted_twice_at_once_each_thread_is_parted_once(cast: Cast) -> None:
    case = cast.raised()
    case.offload()
    end(cast, ANN)
    outcome = Interrupted(cast.home, part(ANN), partial(cast.run, part(ANN)), rounds=1).run()
    assert outcome == Plan(True)
    assert cast.plan(part(ANN)) == Plan(False)
    assert len(leaving(cast)) == 1


def test_only_the_owners_own_threads_are_parted(cast: Cast) -> None:
    other, received = cast.raised(BOB), cast.raised(BOB, ACADEMY)
    received.terminate()
    cast.work()
    before = other.thread, received.thread
    end(cast, ACADEMY)
    cast.work()
    assert (other.thread, received.thread) == before


def test_a_moment_comes_to_nothing_for_a_thread_that_is_gone(cast: Cast) -> None:
    assert cast.plan(partial(closing.depart, thread="gone")) == Plan(None)


# --- what is left of the party


@OWNERS
def test_at_the_end_nothing_is_left_of_a_party_but_a_schools_name(cast: Cast, owner: str) -> None:
    if owner == ACADEMY:
        cast.run(partial(profiles.portray, by=ACADEMY, command=Portrait(image=b"an owl")))
    party = cast.home.one(PartyKey(owner))
    case = cast.raised(owner)
    cast.raised(owner).offload()
    mine, receipt = case.raiser_id, ReceiptKey(owner, case.thread.key)
    post = Post()
    end(cast, owner)
    cast.work(post)
    assert post.forgotten == [("issuer", owner)]
    old = School(id=ACADEMY, email="", name="Academy", ended=True)
    assert cast.home.one(PartyKey(owner)) == (old if owner == ACADEMY else None)
    assert cast.home.one(LoginKey("issuer", owner)) is None
    assert cast.home.one(PaceKey(owner, "raise")) is None
    assert cast.home.one(receipt) is None
    assert cast.home.one(HandleKey(owner, mine)) is None
    if isinstance(party, School):
        assert cast.home.one(PictureKey(party.picture)) is None
    assert cast.plan(entering(Kind.USER, owner)) == Plan(None)
    assert cast.run(enter(Kind.USER, f"{owner}@x", owner)) != owner  # it may come again, as somebody new


def test_a_party_that_never_signed_in_with_a_login_of_its_own_ends_all_the_same(cast: Cast) -> None:
    post = Post()
    party = cast.home.one(PartyKey(BOB))
    assert party is not None
    cast.home.change(replace(party, login=None))
    end(cast, BOB)
    cast.work(post)
    assert post.forgotten == []
    assert cast.home.one(PartyKey(BOB)) is None


def test_a_login_is_forgotten_before_the_party_is_so_that_it_is_found_again_if_that_fails(cast: Cast) -> None:
    class Down(Post):
        def forget(self, issuer: str, subject: str) -> None:
            raise ConnectionError

    end(cast, ANN)
    with pytest.raises(ConnectionError):
        cast.work(Down())
    cast.home.time.now += todos.LEASE
    post = Post()
    cast.work(post)
    assert post.forgotten == [("issuer", ANN)]
    assert cast.home.one(PartyKey(ANN)) is None


@pytest.mark.parametrize("id", [WENDY, "nobody"])
def test_a_worker_is_its_schools_to_end(cast: Cast, id: str) -> None:
    before = cast.home.one(PartyKey(id))
    assert cast.plan(partial(closing.strike, party=id)) == Plan(None)
    assert cast.plan(partial(closing.login_of, party=id)) == Plan(None)
    assert cast.home.one(PartyKey(id)) == before


def test_struck_off_twice_is_struck_off_once(cast: Cast) -> None:
    for owner in (ANN, ACADEMY):
        end(cast, owner)
        for _ in range(2):
            cast.run(partial(closing.strike, party=owner))
        assert cast.ask(partial(closing.login_of, party=owner)) is None


def test_an_account_goes_on_until_it_has_ended(cast: Cast) -> None:
    def goes_on(id: str) -> bool:
        return cast.ask(partial(closing.goes_on, party=id))

    assert goes_on(ANN)
    assert goes_on(SCHOOL)
    end(cast, ANN)
    assert not goes_on(ANN)
    assert not goes_on("nobody")
    assert cast.ask(partial(closing.login_of, party=ANN)) == Subject("issuer", ANN)


def test_a_raiser_notices_nothing_of_the_end_of_another(cast: Cast) -> None:
    mine, theirs = cast.raised(BOB), cast.raised(ANN)
    for case in (mine, theirs):
        case.offload()
    before = views.row(mine.thread, Role.RAISER), mine.log()
    end(cast, ANN)
    told = cast.work()
    cast.home.time.now += closing.UNNOTICED
    told += cast.work()
    assert BOB not in {it.to for it in told if it.frame}
    assert (views.row(mine.thread, Role.RAISER), mine.log()) == before


def test_a_removed_workers_threads_are_returned_or_erased_whichever_comes_first(cast: Cast) -> None:
    cases = [cast.raised(by) for by in (ANN, BOB)]
    for case in cases:
        case.offload()
    thread = cases[0].thread.id
    cast.work()
    end(cast, ANN)
    cast.run(partial(workers.remove, by=SCHOOL, worker_id=WENDY))
    cast.work()
    assert cast.home.one(ThreadKey(thread)) is None
    assert cases[1].thread.worker is None
    cast.home.time.now += closing.UNNOTICED
    cast.work()
    assert cast.home.all(DueBy(LATER, 9)) == ()
