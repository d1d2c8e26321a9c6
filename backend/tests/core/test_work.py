"""What a transaction left to do is done in steps that may be repeated, and struck off only when all are done."""

from collections import Counter
from collections.abc import Callable
from functools import partial

import pytest
from msgspec.structs import replace

from tests.kit.beyond import Post, nobody, outside
from tests.kit.cast import ACADEMY, ANN, SCHOOL, WALT, WENDY, Case, Cast, beside, calling, send
from tests.kit.homes import Interrupted, Time, fresh
from tests.kit.world import Counting
from uconnect.core import pace, views, wire, work
from uconnect.core.commands import Invite
from uconnect.core.decide import accounts, closing, handling, threads, todos, workers
from uconnect.core.facts import Decision, Delivery, Moment, Plan
from uconnect.core.keys import AddressKey, AsideKey, EntryKey, HandleKey, PaceKey, PartyKey, PlacementKey, TodoKey
from uconnect.core.model import School, Todo, User, Worker
from uconnect.core.refusals import Refused
from uconnect.core.rules import Role
from uconnect.core.tasks import Assign, Close, Erase, Left, Return, Welcome, Write
from uconnect.core.terms import Kind, Policy
from uconnect.core.views.letters import Invited
from uconnect.core.views.pages import Done
from uconnect.core.views.school import SchoolAssigned
from uconnect.core.work import Outside, carry_out, run_due

LATER = 10**15


@pytest.fixture
def cases(cast: Cast) -> list[Case]:
    """Three threads of Wendy's, the second of which has ended; she has been removed since."""
    cases = [cast.raised() for _ in range(3)]
    for case in cases:
        case.offload()
    cases[1].terminate()
    assert run_due(cast.home.store, outside()) == 3  # what the raises left
    cast.run(partial(workers.remove, by=SCHOOL, worker_id=WENDY))
    return cases


def deleted(cast: Cast, messages: int) -> str:
    """A thread of so many messages, that has been deleted and not yet erased."""
    cast.home.time.now += 1000
    case = cast.raised()
    for _ in range(messages - 1):
        cast.home.time.now += 1000
        cast.run(send(ANN, case.id(ANN)))
    case.terminate()
    thread = case.thread.id
    cast.run(calling(threads.delete, ANN, case.raiser_id))
    return thread


def left(cast: Cast) -> tuple[Todo, ...]:
    return cast.home.jobs()


def test_only_what_is_due_is_asked_for_the_oldest_first(cast: Cast, time: Time) -> None:
    dues = {"early": time.now - 2, "now": time.now, "late": time.now + 1, "earlier": time.now - 3}
    cast.home.keep(*(Todo(id=id, due=due, task=Return(WENDY)) for id, due in dues.items()))
    assert [todo.id for todo in cast.ask(todos.due)] == ["earlier", "early", "now"]
    assert run_due(cast.home.store, outside()) == 3
    assert [todo.id for todo in left(cast)] == ["late"]
    time.now += 1
    assert run_due(cast.home.store, outside()) == 1
    assert (left(cast), run_due(cast.home.store, outside())) == ((), 0)


def test_at_most_fifty_are_done_at_a_time(cast: Cast) -> None:
    cast.home.keep(*(Todo(id=f"{number}", due=1, task=Return(WALT)) for number in range(51)))
    assert [run_due(cast.home.store, outside()) for _ in range(3)] == [50, 1, 0]


def test_a_todo_is_struck_off_once_or_twice_alike(cast: Cast) -> None:
    cast.home.keep(Todo(id="t", due=1, task=Return(WENDY)))
    for _ in range(2):
        assert cast.plan(partial(todos.finish, id="t")) == Plan(None, deletes=(TodoKey("t"),))
        assert left(cast) == ()


def test_a_removed_workers_thread_returns_as_by_a_take_back(cast: Cast, cases: list[Case]) -> None:
    case = next(case for case in cases if case.thread.id == max(it.thread.id for it in cases))
    before = case.thread
    at = before.worker
    assert at
    plan = cast.plan(partial(todos.return_one, worker=WENDY))
    home = replace(before, worker=None, school=replace(before.school, rev=before.school.rev + 1), asides=2)
    assert case.thread == home
    assigned = SchoolAssigned(seq=2, at=cast.home.time.now, worker=None)
    assert plan.answer is True
    assert plan.deliveries == (
        Delivery(WENDY, wire.Gone(id=at.id, rev=at.rev + 1)),
        Delivery(ANN, None),
        Delivery(home.id, None),
        Delivery(SCHOOL, wire.RowChanged(row=views.row(case.thread, Role.SCHOOL))),
        Delivery(SCHOOL, wire.Noted(id=home.school.id, entry=assigned)),
    )


def test_all_of_a_removed_workers_threads_return_and_the_raiser_sees_nothing(cast: Cast, cases: list[Case]) -> None:
    before = [(views.row(case.thread, Role.RAISER), case.log()) for case in cases]
    told: list[Delivery] = []
    assert run_due(cast.home.store, outside(told.extend)) == 1
    assert {todo.task for todo in left(cast)} == {Left(case.thread.id) for case in cases}
    assert run_due(cast.home.store, outside(told.extend)) == 3
    assert [case.thread.worker for case in cases] == [None, None, None]
    assert [(views.row(case.thread, Role.RAISER), case.log()) for case in cases] == before
    assert [it.frame for it in told if it.to == ANN] == [None, None, None]
    rows = [it.frame for it in told if it.to == SCHOOL and it.frame]
    assert {it.row.id for it in rows if isinstance(it, wire.RowChanged)} == {case.id(SCHOOL) for case in cases}
    assert left(cast) == ()


def test_the_threads_of_other_workers_stay_where_they_are(cast: Cast, cases: list[Case]) -> None:
    other = cast.raised()
    other.offload(WALT)
    before = replace(other.thread, policy_applied=True)
    run_due(cast.home.store, outside())
    assert other.thread == before


def test_a_worker_without_threads_has_none_to_return(cast: Cast) -> None:
    assert cast.plan(partial(todos.return_one, worker=WENDY)) == Plan(False)


@pytest.mark.parametrize("to", ["the school", WALT, "nobody"])
def test_a_thread_that_moved_since_the_list_was_read_is_left_where_it_is(cast: Cast, to: str) -> None:
    case = cast.raised()
    case.offload(WENDY)

    def move() -> None:
        if to == WALT:
            case.offload(WALT)
        else:
            cast.run(calling(handling.take_back, SCHOOL, case.id(SCHOOL)))
        if to == "nobody":
            case.terminate()
            cast.run(calling(threads.delete, ANN, case.raiser_id))

    outcome = Interrupted(cast.home, partial(todos.return_one, worker=WENDY), move, rounds=1).run()
    assert outcome == Plan(True)
    assert to != WALT or case.id(WALT)


def test_a_deleted_thread_is_erased_in_steps_until_nothing_is_left(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "SWEPT", 3)
    other = cast.raised()
    thread = deleted(cast, messages=8)
    assert run_due(cast.home.store, outside()) == 3  # with what two raises left
    assert [cast.home.one(EntryKey(thread, seq)) for seq in range(1, 10)] == [None] * 9
    assert len(other.log()) == 1


def test_what_was_cut_short_is_done_to_its_end_the_next_time(cast: Cast, cases: list[Case]) -> None:
    thread = deleted(cast, messages=2)
    assert Counter(type(todo.task) for todo in left(cast)) == {Assign: 1, Erase: 1, Return: 1}

    with pytest.raises(ConnectionError):
        run_due(cast.home.store, outside(cut_after(1)))
    assert sum(case.thread.worker is None for case in cases) == 2  # the step was kept before it was told
    assert Return(WENDY) in [todo.task for todo in left(cast)]

    cast.work()
    cast.home.time.now += todos.LEASE
    cast.work()
    assert [case.thread.worker for case in cases] == [None, None, None]
    assert cast.home.one(EntryKey(thread, 1)) is None
    assert left(cast) == ()


def cut_after(deliveries: int) -> Callable[[tuple[Delivery, ...]], None]:
    remaining = iter(range(deliveries))

    def deliver(_: tuple[Delivery, ...]) -> None:
        if next(remaining, None) is None:
            raise ConnectionError

    return deliver


class Down(Post):
    """A post office and an issuer that take nothing."""

    def invite_worker(self, invited: Invited) -> None:
        raise ConnectionError

    def forget(self, issuer: str, subject: str) -> None:
        raise ConnectionError


def test_what_cannot_be_done_is_told_of_and_tried_again_a_minute_later(cast: Cast, time: Time) -> None:
    failed: list[Exception] = []
    cast.home.keep(
        Worker(id="new", email="new@x", name="New", school=SCHOOL), Todo(id="letter", due=time.now, task=Write("new"))
    )
    beyond = Outside(nobody, Down(), Down(), failed.append)
    assert run_due(cast.home.store, beyond) == 0
    assert [type(it) for it in failed] == [ConnectionError]
    assert left(cast) == (Todo(id="letter", due=time.now + todos.LATER, task=Write("new"), tries=1, failures=1),)
    assert run_due(cast.home.store, outside()) == 0
    time.now += todos.LATER
    post = Post()
    assert run_due(cast.home.store, outside(post=post)) == 1
    assert [it.email for it in post.workers] == ["new@x"]


def test_those_that_cannot_be_done_however_many_keep_no_other_waiting(cast: Cast, time: Time) -> None:
    cast.home.keep(Worker(id="new", email="new@x", name="New", school=SCHOOL))
    cast.home.keep(*(Todo(id=f"{number}", due=1, task=Write("new")) for number in range(50)))
    cast.home.keep(Todo(id="other", due=2, task=Return(WENDY)))
    beyond = Outside(nobody, Down(), Down(), lambda _: None)
    assert [run_due(cast.home.store, beyond) for _ in range(2)] == [0, 1]


def test_a_todo_that_another_has_done_meanwhile_is_not_put_off(cast: Cast) -> None:
    assert cast.plan(partial(todos.put_off, id="done")) == Plan(False)


@pytest.fixture
def new(cast: Cast) -> Worker:
    """Somebody invited, and not written to yet."""
    command = Invite(key=fresh(), email="new@x", name="New")
    cast.run(partial(workers.invite, by=SCHOOL, command=command))
    school = cast.home.one(PartyKey(SCHOOL))
    assert isinstance(school, School)
    found = cast.home.one(PartyKey(school.workers[-1]))
    assert isinstance(found, Worker)
    return found


@pytest.mark.parametrize("owner", [None, ANN])
def test_who_is_invited_gets_a_letter_which_alone_tells_whether_the_address_is_taken(
    cast: Cast, new: Worker, owner: str | None
) -> None:
    address = cast.home.one(AddressKey("new@x"))
    assert address
    cast.home.change(replace(address, party=owner))
    post = Post()
    cast.work(post)
    assert post.workers == [Invited(email="new@x", name="New", school="School", place=new.id, taken=owner is not None)]
    cast.work(post)
    assert len(post.workers) == 1


@pytest.mark.parametrize("since", ["come", "removed", "its school closed"])
def test_nobody_is_written_to_about_an_invitation_that_no_longer_stands(cast: Cast, new: Worker, since: str) -> None:
    if since == "come":
        cast.home.change(replace(new, joined=True))
    elif since == "removed":
        cast.run(partial(workers.remove, by=SCHOOL, worker_id=new.id))
    else:
        carry_out(cast.home.store, partial(closing.close, by=SCHOOL), nobody)
    post = Post()
    cast.work(post)
    assert post.workers == []


@pytest.mark.parametrize("id", [ANN, "nobody", "astray"])
def test_only_a_worker_of_a_school_is_written_to(cast: Cast, id: str) -> None:
    cast.home.keep(Worker(id="astray", email="a@x", name="A", school="nowhere"))
    assert cast.ask(partial(todos.invited, worker=id)) is None


def pressed(cast: Cast, school: str, times: int, email: str = "new@x") -> None:
    """A school invites an address, and presses "Send again" so many times."""
    command = Invite(key=fresh(), email=email, name="New")
    assert cast.run(partial(workers.invite, by=school, command=command)) == Done()
    after = cast.home.one(PartyKey(school))
    assert isinstance(after, School)
    for _ in range(times):
        assert cast.run(partial(workers.resend, by=school, worker_id=after.workers[-1])) == Done()


@pytest.fixture
def schools(cast: Cast) -> tuple[School, ...]:
    made = tuple(School(id=f"school {number}", email=f"{number}@x", name=f"School {number}") for number in range(4))
    cast.home.keep(*made)
    return made


def test_one_address_gets_a_few_letters_of_schools_however_many_invite_it_and_no_school_is_told(
    cast: Cast, schools: tuple[School, ...]
) -> None:
    post = Post()
    for school in schools:
        pressed(cast, school.id, pace.INVITE.burst - 1)
        cast.work(post)
    assert len(post.workers) == pace.INVITATION_LETTERS.burst


def test_one_school_that_presses_again_and_again_uses_up_no_letter_of_another(cast: Cast) -> None:
    post = Post()
    pressed(cast, ACADEMY, pace.INVITE.burst - 1)
    cast.work(post)
    assert [it.school for it in post.workers] == ["Academy"] * pace.SCHOOLS_LETTERS.burst
    pressed(cast, SCHOOL, 0)
    cast.work(post)
    assert post.workers[-1].school == "School"


def test_a_letter_beyond_the_limit_waits_and_is_written_once_however_often_it_was_asked_for(
    cast: Cast, time: Time, schools: tuple[School, ...]
) -> None:
    post = Post()
    for school in schools[:3]:
        pressed(cast, school.id, 2)
    cast.work(post)
    post.workers.clear()
    pressed(cast, SCHOOL, 5)
    cast.work(post)
    assert post.workers == []
    waiting = [it for it in left(cast) if isinstance(it.task, Write)]
    assert {it.due - time.now for it in waiting} == {pace.INVITATION_LETTERS.every}
    assert len({it.task for it in waiting}) == len(waiting), "one of each invitation"
    assert {(it.tries, it.failures) for it in waiting} == {(0, 0)}, "to wait is neither a try nor a failure"
    assert not cast.ask(todos.health).overdue
    for _ in waiting:
        time.now += pace.INVITATION_LETTERS.every
        cast.work(post)
    assert sorted(it.school for it in post.workers).count("School") == 1
    assert [it for it in left(cast) if isinstance(it.task, Write)] == []


def test_a_letter_that_waits_is_not_written_once_the_invitation_is_taken_back(cast: Cast, time: Time) -> None:
    post = Post()
    pressed(cast, SCHOOL, pace.SCHOOLS_LETTERS.burst)
    cast.work(post)
    school = cast.home.one(PartyKey(SCHOOL))
    assert isinstance(school, School)
    cast.run(partial(workers.remove, by=SCHOOL, worker_id=school.workers[-1]))
    time.now += pace.SCHOOLS_LETTERS.every
    cast.work(post)
    assert len(post.workers) == pace.SCHOOLS_LETTERS.burst
    assert post.withdrawn == [school.workers[-1]], "the link in the letters is worth nothing any more"
    assert [it for it in left(cast) if isinstance(it.task, Write)] == []


def test_a_letter_that_another_runner_has_written_meanwhile_is_not_put_off(cast: Cast) -> None:
    assert cast.plan(partial(todos.wait_for_letters, id="done", wait=1)) == Plan(None)


def test_a_letter_that_could_not_be_written_counts_for_nothing(cast: Cast, time: Time, new: Worker) -> None:
    beyond = Outside(nobody, Down(), Down(), lambda _: None)
    for _ in range(pace.INVITATION_LETTERS.burst + 1):
        run_due(cast.home.store, beyond)
        time.now += todos.LATEST
    post = Post()
    cast.work(post)
    assert [it.email for it in post.workers] == ["new@x"]


def test_a_letter_counts_for_its_school_and_its_address(cast: Cast, time: Time, new: Worker) -> None:
    used = (AddressKey(new.email), PaceKey(SCHOOL, todos.letters_to(new.email)))
    cast.run(partial(todos.letter_written, worker=new.id))
    address, school = cast.home.one(used[0]), cast.home.one(used[1])
    assert address
    assert school
    assert address.letters == time.now + pace.INVITATION_LETTERS.every
    assert school.due == time.now + pace.SCHOOLS_LETTERS.every


def test_a_letter_that_another_used_up_the_limits_of_meanwhile_counts_no_more(
    cast: Cast, time: Time, new: Worker
) -> None:
    for _ in range(9):
        cast.run(partial(todos.letter_written, worker=new.id))
    address = cast.home.one(AddressKey(new.email))
    assert address
    assert address.letters == time.now + pace.INVITATION_LETTERS.every * pace.INVITATION_LETTERS.burst


def test_a_letter_counts_also_for_an_address_that_nothing_is_known_of_and_not_for_nobody(
    cast: Cast, time: Time
) -> None:
    cast.home.keep(Worker(id="new", email="new@x", name="New", school=SCHOOL))
    cast.run(partial(todos.letter_written, worker="new"))
    address = cast.home.one(AddressKey("new@x"))
    assert address
    assert address.letters == time.now + pace.INVITATION_LETTERS.every
    assert cast.plan(partial(todos.letter_written, worker="nobody")) == Plan(None)


def test_a_school_that_the_operator_invited_gets_a_letter(cast: Cast) -> None:
    cast.run(partial(accounts.invite_school, email="law@x"))
    post = Post()
    cast.work(post)
    assert (post.schools, left(cast)) == (["law@x"], ())


def test_what_must_be_decided_after_a_plan_answers_in_its_place(cast: Cast) -> None:
    def third(at: Moment) -> Decision[str]:
        yield (PartyKey("b"),)
        return Plan("third", puts=(User(id="c", email="c@x", name="C"),))

    def second(at: Moment) -> Decision[str]:
        yield (PartyKey("a"),)
        return Plan("second", (User(id="b", email="b@x", name="B"),), deliveries=(Delivery("b", None),), then=third)

    def first(at: Moment) -> Decision[str]:
        yield ()
        return Plan("first", (User(id="a", email="a@x", name="A"),), deliveries=(Delivery("a", None),), then=second)

    heard: list[Delivery] = []
    outcome = carry_out(cast.home.store, first, heard.extend)
    assert [it.to for it in heard] == ["a", "b"], "what was decided before is told before: the last is its caller's"
    assert isinstance(outcome, Plan)
    assert outcome.answer == "third"
    assert all(cast.home.one(PartyKey(id)) for id in "abc")


def test_a_refusal_ends_what_was_to_be_decided_and_keeps_what_was(cast: Cast) -> None:
    def no(at: Moment) -> Decision[str]:
        yield ()
        return Refused.TOO_FAST.refusal

    def first(at: Moment) -> Decision[str]:
        yield ()
        return Plan("first", puts=(User(id="a", email="a@x", name="A"),), then=no)

    assert carry_out(cast.home.store, first, nobody) == Refused.TOO_FAST.refusal
    assert cast.home.one(PartyKey("a"))


def test_the_raisers_own_id_outlives_what_is_erased_to_answer_a_repetition(cast: Cast) -> None:
    case = cast.raised()
    case.terminate()
    for _ in range(2):
        cast.run(calling(threads.delete, ANN, case.raiser_id))
        run_due(cast.home.store, outside())
    handle = cast.home.one(HandleKey(ANN, case.raiser_id))
    assert handle
    assert (handle.thread, handle.gone) == ("", 3)


def test_the_job_of_a_thread_that_is_gone_does_nothing(cast: Cast) -> None:
    assert cast.plan(partial(todos.settle_left, thread="gone")) == Plan(None)
    assert cast.plan(partial(todos.assign, thread="gone")) == Plan(None)


def test_letters_leave_at_once_and_all_other_jobs_at_a_random_moment(cast: Cast, time: Time, new: Worker) -> None:
    """A job that began right after the act that left it would run beside that party's next act."""
    time.jobs_within = 1_000_000_000
    case = cast.raised()
    case.offload()
    cast.run(calling(handling.hand_back, WENDY, case.id(WENDY)))
    case.terminate()
    case.delete()
    cast.run(partial(workers.remove, by=SCHOOL, worker_id=WALT))
    cast.run(partial(closing.close, by=ANN))
    cast.run(partial(workers.resend, by=SCHOOL, worker_id=new.id))
    cast.run(partial(accounts.invite_school, email="law@x"))
    dues = Counter((type(it.task), it.due == time.now) for it in left(cast))
    later = {(task, False): 1 for task in (Assign, Left, Erase, Return, Close)}
    assert dues == later | {(Write, True): 2, (Welcome, True): 1}


def test_what_the_operator_closes_is_done_at_once(cast: Cast, time: Time) -> None:
    time.jobs_within = 1_000_000_000
    cast.signed_in(SCHOOL)
    cast.run(partial(closing.close_by_operator, email="school@x", kind=Kind.SCHOOL))
    assert {it.due for it in left(cast)} == {time.now}


def test_whatever_becomes_of_a_raise_its_job_loads_writes_and_looks_up_as_much(cast: Cast, time: Time) -> None:
    """Else the raiser's clock would say which policy the school has, and whether anybody is available (leak 30)."""
    found: dict[str, tuple[object, ...]] = {}
    for name, policy, staff, available in (
        ("by hand, nobody", Policy.BY_HAND, 0, True),
        ("by hand, five workers", Policy.BY_HAND, 5, True),
        ("automatic, nobody", Policy.AUTOMATIC, 0, True),
        ("automatic, nobody available", Policy.AUTOMATIC, 5, False),
        ("automatic, one", Policy.AUTOMATIC, 1, True),
        ("automatic, five workers", Policy.AUTOMATIC, 5, True),
    ):
        crew = [
            Worker(id=f"{name} {it}", email="", name="", school=name, joined=True, available=available)
            for it in range(staff)
        ]
        cast.home.keep(School(id=name, email="", name=name, policy=policy, workers=tuple(it.id for it in crew)), *crew)
        case = cast.raised(to=name)
        counting = Counting(partial(todos.assign, thread=case.thread.id))
        plan = cast.plan(counting)
        given = "automatic, one" in name or name == "automatic, five workers"
        assert (case.thread.worker is not None) is given
        kinds = Counter(type(it).__name__ for it in plan.puts)
        found[name] = (counting.reads, kinds, len(plan.deletes), len(plan.guards), len(plan.deliveries))
        case.terminate()
    assert len({str(it) for it in found.values()}) == 1, found


def test_a_thread_that_its_school_kept_shows_nobody_what_was_written_for_that_and_is_erased_whole(cast: Cast) -> None:
    case = cast.raised()
    cast.work()
    id = case.thread.id
    cast.run(partial(todos.assign, thread=id))  # cut short, it is done again
    assert cast.ask(beside(SCHOOL, case.id(SCHOOL))).entries == ()
    assert cast.home.one(PlacementKey(id, id))
    case.terminate()
    case.delete()
    cast.work()
    kept = (PlacementKey(id, id), HandleKey(id, id), AsideKey(id, todos.BEFORE_ALL))
    assert [cast.home.one(key) for key in kept] == [None, None, None]
