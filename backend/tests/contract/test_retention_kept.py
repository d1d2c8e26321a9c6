"""What is silent is found, ended and deleted alike on every store."""

from functools import partial

from msgspec.structs import replace

from tests.support.sample_university import ANN, SCHOOL, WENDY, Case, SampleUniversity
from tests.support.stores import Home
from uconnect.domain.enums import Kind, State
from uconnect.domain.jobs import ApplyRetention, FindSilentOf
from uconnect.domain.keys import EntriesOf, IdempotencyKey, ThreadKey, ThreadReferenceKey
from uconnect.domain.usecases import account_closing, retention
from uconnect.domain.usecases.retention import DAY, EVERY, NOTICE, SPREAD

END, ERASE = 30, 60  # days


def begun(home: Home) -> SampleUniversity:
    """A university whose rule has been told long enough."""
    university = SampleUniversity(home).create()
    university.run(partial(retention.begin, days=(END, ERASE)))
    begins = home.time.now
    while home.time.now < begins + NOTICE + SPREAD:
        home.time.now += DAY
        university.run(partial(retention.go_on, position=None))
    return university


def age(case: Case, days: int) -> str:
    home = case.university.home
    home.change(replace(case.thread, at=home.time.now - days * DAY, turn_since=home.time.now - days * DAY))
    return case.thread.id


def look(university: SampleUniversity) -> set[str]:
    """What a whole look finds, and leaves a job for."""
    found = set[str]()
    for _ in range(9):
        page = university.ask(retention.look)
        found |= {id for id, _ in page.due}
        university.run(partial(retention.leave, due=page.due))
        university.run(partial(retention.go_on, position=page.position))
        if page.position is None:
            return found
    raise AssertionError("a look does not come to its end")


def act(university: SampleUniversity) -> None:
    university.home.time.now += EVERY
    for job in university.home.jobs():
        if isinstance(job.task, ApplyRetention):
            university.run(partial(retention.apply, thread=job.task.thread))


def test_a_look_finds_what_is_silent_and_nothing_else(home: Home) -> None:
    university = begun(home)
    silent, spoken, ended, just_ended = (university.raised() for _ in range(4))
    silent.offload()
    ended.terminate()
    just_ended.terminate()
    old = {age(silent, END + 2), age(ended, ERASE + 2)}
    age(spoken, END - 1)
    age(just_ended, END + 2)
    assert look(university) == old
    act(university)
    assert silent.thread.state is State.TERMINATED
    assert spoken.thread.state is State.OPEN
    assert just_ended.thread.state is State.TERMINATED
    assert look(university) == set()


def test_all_of_a_thread_is_deleted(home: Home) -> None:
    university = begun(home)
    case = university.raised()
    workers_id = case.offload()
    case.terminate()
    thread, id = case.thread, age(case, ERASE + 2)
    look(university)
    act(university)
    while not home.store.purge(ThreadKey(id), 50):
        pass
    assert home.one(ThreadKey(id)) is None
    assert home.one(IdempotencyKey(ANN, thread.key)) is None
    for viewer, handle in ((ANN, thread.raiser.id), (SCHOOL, thread.school.id), (WENDY, workers_id)):
        assert home.one(ThreadReferenceKey(viewer, handle)) is None
    assert home.all(EntriesOf(id, 0, 10)) == ()


def test_a_thread_without_an_owner_ends_and_is_deleted(home: Home) -> None:
    university = begun(home)
    case = university.raised()
    case.offload()
    id = age(case, END + 2)
    university.run(partial(account_closing.close, by=ANN))
    assert university.run(partial(account_closing.detach_next, party=ANN)) is True
    university.run(partial(retention.apply, thread=id))
    thread = home.one(ThreadKey(id))
    assert thread is not None
    assert thread.state is State.TERMINATED
    home.change(replace(thread, at=home.time.now - (ERASE + 2) * DAY))
    university.run(partial(retention.apply, thread=id))
    assert home.one(ThreadKey(id)) is None


def test_what_was_raised_to_a_school_that_has_closed_is_found(home: Home) -> None:
    university = begun(home).signed_in(SCHOOL)
    case = university.raised()
    university.run(partial(account_closing.close_by_admin, email="school@x", kind=Kind.SCHOOL))
    university.run(partial(account_closing.terminate_received, school=SCHOOL, thread=case.thread.id))
    university.run(partial(account_closing.purge_party, party=SCHOOL))
    id, task = age(case, ERASE + 2), FindSilentOf(SCHOOL)
    assert task in [it.task for it in home.jobs()]
    found = university.ask(partial(retention.look_at, task=task))
    assert [thread for thread, _ in found.due] == [id]
    university.run(partial(retention.apply, thread=id))
    assert not university.ask(partial(retention.look_at, task=task)).left
