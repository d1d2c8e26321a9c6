"""A job that cannot be done is tried less and less often and then set aside; two runners never both do one."""

from functools import partial

import pytest
from msgspec.structs import replace

from tests.kit.beyond import Post
from tests.kit.cast import ANN, WALT, Cast
from tests.kit.homes import Time
from uconnect.core import work
from uconnect.core.decide import todos
from uconnect.core.facts import Plan
from uconnect.core.keys import TodoKey
from uconnect.core.model import Todo, UnreadableJob
from uconnect.core.tasks import Erase, Return, Welcome
from uconnect.core.views.operator import JobHealth, JobSetAside
from uconnect.core.work import Outside, run_due

LAW = "law@example.org"


class Broken(Post):
    """A post office that fails in a way nobody foresaw."""

    def invite_school(self, email: str) -> None:
        super().invite_school(email)
        raise KeyError(email)


class Runner:
    """One runner of jobs, and what it was told."""

    def __init__(self, cast: Cast, post: Post) -> None:
        self.cast, self.post = cast, post
        self.failed: list[Exception] = []
        self.aside: list[str] = []

    def run(self) -> int:
        beyond = Outside(lambda _: None, self.post, self.post, self.failed.append, self.aside.append)
        return run_due(self.cast.home.store, beyond)


def poison(due: int = 1) -> UnreadableJob:
    return UnreadableJob(id="poison", due=due, kept='{"type":"of a later release"}')


def test_a_job_that_nobody_can_read_is_set_aside_at_once_and_the_others_are_done(cast: Cast) -> None:
    cast.home.keep(poison(), Todo(id="other", due=2, task=Return(WALT)))
    runner = Runner(cast, Post())
    assert runner.run() == 1
    assert runner.aside == ["unreadable"]
    assert cast.home.one(TodoKey("poison")) == poison(due=todos.SET_ASIDE)
    assert cast.home.one(TodoKey("other")) is None
    assert (runner.run(), runner.aside) == (0, ["unreadable"]), "it is told once"


def test_a_job_that_fails_again_and_again_waits_longer_each_time_and_is_then_set_aside(cast: Cast, time: Time) -> None:
    cast.home.keep(Todo(id="letter", due=time.now, task=Welcome(LAW)))
    runner, waits = Runner(cast, Broken()), []
    while not runner.aside:
        assert runner.run() == 0
        (job,) = cast.home.jobs()
        if job.due != todos.SET_ASIDE:
            waits.append((job.due - time.now) // 60_000)
            time.now = job.due
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert runner.aside == ["Welcome"]
    assert [type(it) for it in runner.failed] == [KeyError] * todos.TRIES
    time.now += 10**9
    assert (runner.run(), len(runner.failed)) == (0, todos.TRIES), "it is not tried any more"
    assert cast.ask(todos.jobs_set_aside) == (JobSetAside("letter", "Welcome", todos.TRIES),)


def test_a_job_that_ends_its_own_process_each_time_is_set_aside_too(cast: Cast, time: Time) -> None:
    class Deadly(Post):
        def invite_school(self, email: str) -> None:
            raise SystemExit

    cast.home.keep(Todo(id="letter", due=time.now, task=Welcome(LAW)))
    runner = Runner(cast, Deadly())
    for _ in range(todos.CUT_SHORT):
        with pytest.raises(SystemExit):
            runner.run()
        time.now += todos.LEASE
    assert (runner.run(), runner.aside) == (0, ["Welcome"])


def test_tries_that_were_cut_short_do_not_count_as_failures(cast: Cast, time: Time) -> None:
    cast.home.keep(Todo(id="letter", due=time.now, task=Welcome(LAW), tries=todos.TRIES - 1))
    runner = Runner(cast, Broken())
    assert (runner.run(), runner.aside) == (0, [])
    assert [it.due - time.now for it in cast.home.jobs()] == [todos.LATER], "it waits as after a first failure"
    for _ in range(todos.TRIES - 1):
        time.now += todos.LATEST
        runner.run()
    assert (len(runner.failed), runner.aside) == (todos.TRIES, ["Welcome"])


def test_what_one_runner_has_taken_another_leaves_alone_until_its_lease_has_run_out(cast: Cast, time: Time) -> None:
    cast.home.keep(job := Todo(id="letter", due=time.now, task=Welcome(LAW)))
    post = Post()

    class Slow(Post):
        def invite_school(self, email: str) -> None:
            assert Runner(cast, post).run() == 0
            time.now += todos.LEASE - 1
            assert Runner(cast, post).run() == 0
            super().invite_school(email)

    slow = Slow()
    assert Runner(cast, slow).run() == 1
    assert (slow.schools, post.schools) == ([LAW], [])
    assert not cast.run(partial(todos.claim, job=job, lease=1)), "it is done"


def test_of_two_runners_that_have_the_same_list_one_does_a_job(cast: Cast, time: Time) -> None:
    job = Todo(id="letter", due=time.now, task=Welcome(LAW))
    cast.home.keep(job)
    assert [cast.run(partial(todos.claim, job=job, lease=todos.LEASE)) for _ in range(2)] == [True, False]
    aside = poison()
    cast.home.keep(aside)
    assert [cast.run(partial(todos.set_aside, job=aside)) for _ in range(2)] == [True, False]
    assert not cast.run(partial(todos.set_aside, job=Todo(id="gone", due=1, task=Return(WALT))))


def test_what_another_runner_did_since_the_list_was_read_is_neither_done_nor_told_again(cast: Cast) -> None:
    cast.home.keep(Todo(id="first", due=1, task=Welcome("first@x")), poison(due=2))
    cast.home.keep(Todo(id="last", due=3, task=Welcome("last@x")))
    second = Runner(cast, Post())

    class Slow(Post):
        def invite_school(self, email: str) -> None:
            assert second.run() == 1
            super().invite_school(email)

    first = Runner(cast, Slow())
    assert first.run() == 1
    assert (first.post.schools, second.post.schools) == (["first@x"], ["last@x"])
    assert (first.aside, second.aside) == ([], ["unreadable"])


def test_the_operator_lets_what_was_set_aside_run_again(cast: Cast, time: Time) -> None:
    cast.home.keep(
        poison(due=todos.SET_ASIDE), Todo(id="late", due=todos.SET_ASIDE, task=Welcome(LAW), tries=10, failures=9)
    )
    cast.home.keep(Todo(id="waiting", due=time.now + 1, task=Welcome(LAW)))
    assert [cast.run(partial(todos.retry, id=id)) for id in ("late", "poison", "waiting", "gone")] == [
        True,
        True,
        False,
        False,
    ]
    assert cast.home.one(TodoKey("late")) == Todo(id="late", due=time.now, task=Welcome(LAW))
    assert cast.home.one(TodoKey("poison")) == poison(due=time.now)


def test_health_says_when_a_job_waits_too_long_and_how_many_are_set_aside(cast: Cast, time: Time) -> None:
    assert cast.ask(todos.health) == JobHealth(overdue=False, set_aside=0)
    cast.home.keep(Todo(id="waiting", due=time.now, task=Return(WALT)), poison(due=todos.SET_ASIDE))
    assert cast.ask(todos.health) == JobHealth(overdue=False, set_aside=1)
    time.now += todos.OVERDUE
    assert cast.ask(todos.health) == JobHealth(overdue=True, set_aside=1)
    assert cast.ask(todos.jobs_set_aside) == (JobSetAside("poison", "unreadable", 0),)


@pytest.mark.parametrize("task", ["return", "erase"])
def test_a_long_job_keeps_its_lease_while_it_goes_on_and_is_never_overdue(
    cast: Cast, time: Time, monkeypatch: pytest.MonkeyPatch, task: str
) -> None:
    monkeypatch.setattr(work, "SWEPT", 1)
    cases = [cast.raised() for _ in range(4)]
    for case in cases:
        case.offload(WALT)
        cases[0].say(ANN)
    cast.work()
    cast.home.keep(Todo(id="long", due=time.now, task=Return(WALT) if task == "return" else Erase(cases[0].thread.id)))
    post, steps, failed = Post(), list[int](), list[Exception]()

    def a_step_takes_long() -> None:
        steps.append(time.now)
        time.now += todos.LEASE - 1
        job = cast.home.one(TodoKey("long"))
        assert job is None or job.due > time.now, "no other runner may take it"
        assert isinstance(job, Todo | None)
        assert job is None or job.tries == 1

    beyond = Outside(lambda _: None, post, post, failed.append, pytest.fail, a_step_takes_long)
    assert run_due(cast.home.store, beyond) == 1
    assert failed == []
    assert len(steps) >= len(cases)
    assert cast.home.one(TodoKey("long")) is None


def test_only_a_lease_that_runs_out_soon_is_renewed(cast: Cast, time: Time) -> None:
    job = Todo(id="letter", due=time.now + 501, task=Welcome(LAW))
    cast.home.keep(job)
    renew = partial(todos.renew, id="letter", lease=1000)
    assert (cast.ask(partial(todos.runs_out, id="letter", lease=1000)), cast.plan(renew)) == (False, Plan(None))
    time.now += 1
    assert cast.ask(partial(todos.runs_out, id="letter", lease=1000))
    cast.run(renew)
    assert cast.home.one(TodoKey("letter")) == replace(job, due=time.now + 1000)
    assert not cast.ask(partial(todos.runs_out, id="gone", lease=1000))
    assert cast.plan(partial(todos.renew, id="gone", lease=1000)) == Plan(None)
