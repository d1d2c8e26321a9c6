"""Over every store: a job of an unknown kind stops no other, and of any number of runners one does each job."""

import threading
from functools import partial

import pytest

from tests.kit.beyond import Post
from tests.kit.cast import WALT, Cast
from tests.kit.homes import Home, answer, together
from uconnect.core.decide import todos
from uconnect.core.keys import DueBy, TodoKey
from uconnect.core.model import Todo, UnreadableJob
from uconnect.core.tasks import Return, Welcome
from uconnect.core.views.operator import JobHealth
from uconnect.core.work import Outside, run_due

STRANGE = (
    '{"id":"poison","due":1,"task":{"type":"of a later release","what":[1]},"tries":0}',
    '{"id":"poison","due":1}',
    "no json at all",
    "",
)


@pytest.fixture
def cast(home: Home) -> Cast:
    return Cast(home).enter()


@pytest.mark.parametrize("kept", STRANGE)
def test_a_job_that_cannot_be_read_keeps_no_other_waiting_and_stays_as_it_was_written(cast: Cast, kept: str) -> None:
    aside: list[str] = []
    cast.home.keep(UnreadableJob(id="poison", due=1, kept=kept), Todo(id="other", due=2, task=Return(WALT)))
    post = Post()
    beyond = Outside(lambda _: None, post, post, lambda error: None, aside.append)
    assert run_due(cast.home.store, beyond) == 1
    assert (aside, run_due(cast.home.store, beyond)) == (["unreadable"], 0)
    found = cast.home.one(TodoKey("poison"))
    assert found == UnreadableJob(id="poison", due=todos.SET_ASIDE, kept=kept)
    assert cast.ask(todos.health) == JobHealth(overdue=False, set_aside=1)
    assert cast.run(partial(todos.retry, id="poison"))
    assert cast.home.all(DueBy(cast.home.time.now, 9)) == (
        UnreadableJob(id="poison", due=cast.home.time.now, kept=kept),
    )


def test_only_what_is_due_since_a_time_is_listed(cast: Cast) -> None:
    cast.home.keep(*(Todo(id=f"o{due}", due=due, task=Return(WALT)) for due in (1, 5, 9)))
    assert [it.due for it in cast.home.all(DueBy(9, 9, since=5))] == [5, 9]
    assert [it.due for it in cast.home.all(DueBy(8, 9, since=1))] == [1, 5]


def test_runners_that_begin_at_once_do_each_job_once(cast: Cast) -> None:
    cast.home.keep(*(Todo(id=f"o{number}", due=1, task=Welcome(f"{number}@x")) for number in range(12)))
    gate, met = threading.Barrier(3, timeout=30), set[int]()

    class Meeting(Post):
        """Its first letter waits until every runner has one in its hands."""

        def invite_school(self, email: str) -> None:
            if threading.get_ident() not in met:
                met.add(threading.get_ident())
                gate.wait()
            super().invite_school(email)

    post = Meeting()
    beyond = Outside(lambda _: None, post, post, lambda error: None)
    done = together([partial(run_due, cast.home.store, beyond) for _ in range(3)])
    assert sum(done) == 12
    assert sorted(post.schools) == sorted(f"{number}@x" for number in range(12)), "each letter is written once"
    assert answer(cast.home.store.ask(todos.due)) == ()
