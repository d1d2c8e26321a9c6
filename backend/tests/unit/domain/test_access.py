"""The guarded door: an ended account is nobody, and what is another's is as if it had never been, word for word."""

from collections.abc import Callable
from functools import partial
from itertools import product
from typing import Any

import pytest

from tests.support.sample_university import (
    ACADEMY,
    ANN,
    BOB,
    SCHOOL,
    WALT,
    WENDY,
    Case,
    SampleUniversity,
    composing,
    internal_entries,
    log,
    note,
    on_thread,
    raise_,
    seen,
    send,
    typing,
)
from tests.support.sample_university import offload as offload_to
from tests.support.stores import fresh
from tests.support.world import Counting
from uconnect.domain.context import UseCase
from uconnect.domain.enums import Policy
from uconnect.domain.errors import RefusalCode
from uconnect.domain.keys import Mailbox, PartyKey, ThreadKey
from uconnect.domain.models import ThreadReference, Worker
from uconnect.domain.request_bodies import (
    AvailabilityUpdate,
    Invite,
    NameUpdate,
    PictureUpload,
    PolicyUpdate,
    ProfileUpdate,
)
from uconnect.domain.usecases import account_closing, assignment, profiles, queries, threads, tickets, workers

At = Callable[[str, str], UseCase[Any]]
By = Callable[[str], UseCase[Any]]

AT_A_THREAD: dict[str, At] = {
    "send": send,
    "typing": typing,
    "composing": composing,
    "seen": lambda by, id: seen(by, id, 1, 1),
    "log": log,
    "thread": partial(on_thread, queries.thread),
    "terminate": partial(on_thread, threads.terminate),
    "delete": partial(on_thread, threads.delete),
    "offload": lambda by, id: offload_to(id, WENDY, by),
    "take back": partial(on_thread, assignment.take_back),
    "hand back": partial(on_thread, assignment.hand_back),
    "notes": internal_entries,
    "note": note,
}
ELSEWHERE: dict[str, By] = {
    "me": lambda by: partial(profiles.me, by=by),
    "threads": lambda by: partial(queries.threads, by=by, mailbox=Mailbox.HANDLED, before=None, most=9),
    "schools": lambda by: partial(queries.schools, by=by, after=None, most=9),
    "workers": lambda by: partial(workers.workers, by=by),
    "invite": lambda by: partial(workers.invite, by=by, command=Invite(key=fresh(), email="w@x", name="W")),
    "remove": lambda by: partial(workers.remove, by=by, worker_id=WALT),
    "resend": lambda by: partial(workers.resend, by=by, worker_id=WALT),
    "school": lambda by: partial(queries.school, by=by, id=SCHOOL),
    "overview": lambda by: partial(queries.overview, by=by),
    "rename": lambda by: partial(profiles.rename, by=by, command=NameUpdate(name="N")),
    "present": lambda by: partial(
        profiles.update_profile, by=by, command=ProfileUpdate(name="N", about="", hours=(), zone="")
    ),
    "choose": lambda by: partial(profiles.update_policy, by=by, command=PolicyUpdate(policy=Policy.AUTOMATIC)),
    "portray": lambda by: partial(profiles.update_picture, by=by, command=PictureUpload(image=b"")),
    "switch": lambda by: partial(profiles.update_availability, by=by, command=AvailabilityUpdate(available=False)),
    "close": lambda by: partial(account_closing.close, by=by),
    "raise": lambda by: raise_(by, ACADEMY),
    "ticket": lambda by: partial(tickets.issue, by=by),
}
at_a_thread = pytest.mark.parametrize("call", AT_A_THREAD.values(), ids=AT_A_THREAD)


@pytest.fixture
def case(university: SampleUniversity) -> Case:
    """A thread that Wendy has."""
    case = university.raised()
    case.offload()
    return case


@pytest.fixture
def ended(university: SampleUniversity, case: Case) -> dict[str, str]:
    """Parties that are nobody, each with an id that it knew a thread by."""
    wendys = case.id(WENDY)
    university.run(partial(workers.remove, by=SCHOOL, worker_id=WENDY))
    university.home.keep(
        Worker(id="invited", email="i@x", name="I", school=SCHOOL),
        ThreadReference(viewer="invited", id="invited's", thread=case.thread.id, owner="user"),
        ThreadReference(viewer="nobody", id="nobody's", thread=case.thread.id, owner="user"),
    )
    return {WENDY: wendys, "invited": "invited's", "nobody": "nobody's"}


@at_a_thread
def test_a_stranger_finds_nothing_whichever_id_it_names(university: SampleUniversity, case: Case, call: At) -> None:
    before = case.thread
    for by in (BOB, WALT, ACADEMY):
        for id in (case.id(ANN), case.id(SCHOOL), case.id(WENDY), before.id, fresh(), ""):
            assert university.home.store.run(call(by, id)) == RefusalCode.NOT_FOUND.refusal
    assert case.thread == before


@at_a_thread
@pytest.mark.parametrize("by", [ANN, SCHOOL, WENDY])
def test_an_id_opens_the_thread_to_its_own_viewer_alone(
    university: SampleUniversity, case: Case, call: At, by: str
) -> None:
    for id in {case.id(viewer) for viewer in (ANN, SCHOOL, WENDY)} - {case.id(by)}:
        assert university.home.store.run(call(by, id)) == RefusalCode.NOT_FOUND.refusal


@at_a_thread
def test_a_worker_taken_off_a_thread_is_a_stranger_to_it(university: SampleUniversity, case: Case, call: At) -> None:
    wendys = case.id(WENDY)
    case.offload(WALT)
    assert university.home.store.run(call(WENDY, wendys)) == RefusalCode.NOT_FOUND.refusal
    assert case.thread.worker
    assert case.thread.worker.party == WALT


@at_a_thread
def test_a_thread_that_was_taken_is_looked_for_as_long_as_one_that_is_no_more(
    university: SampleUniversity, case: Case, call: At
) -> None:
    wendys = case.id(WENDY)
    university.run(on_thread(assignment.take_back, SCHOOL, case.id(SCHOOL)))
    taken, thread = reads(university, call(WENDY, wendys)), case.thread.id
    case.terminate()
    university.run(on_thread(threads.delete, ANN, case.id(ANN)))
    deleted = reads(university, call(WENDY, wendys))
    while not university.home.store.purge(ThreadKey(thread), 9):
        pass
    assert reads(university, call(WENDY, wendys)) == deleted == taken
    assert reads(university, call(WENDY, fresh())) == taken


def reads(university: SampleUniversity, use_case: UseCase[Any]) -> int:
    """How many keys a use case asks for, in a store as it is."""
    counting = Counting(use_case)
    university.home.store.run(counting)
    return counting.reads


@at_a_thread
def test_nothing_is_left_of_a_deleted_thread(university: SampleUniversity, case: Case, call: At) -> None:
    ids = {by: case.id(by) for by in (ANN, SCHOOL, WENDY)}
    case.terminate()
    university.run(on_thread(threads.delete, ANN, ids[ANN]))
    for by, id in ids.items():
        if (by, call) != (ANN, AT_A_THREAD["delete"]):
            assert university.home.store.run(call(by, id)) == RefusalCode.NOT_FOUND.refusal


@at_a_thread
def test_an_ended_account_is_nobody_at_any_thread(
    university: SampleUniversity, ended: dict[str, str], call: At
) -> None:
    for by, id in ended.items():
        for named in (id, fresh()):
            assert university.home.store.run(call(by, named)) == RefusalCode.ACCOUNT_ENDED.refusal


@pytest.mark.parametrize("call", ELSEWHERE.values(), ids=ELSEWHERE)
def test_an_ended_account_is_nobody_anywhere(university: SampleUniversity, ended: dict[str, str], call: By) -> None:
    for by in ended:
        assert university.home.store.run(call(by)) == RefusalCode.ACCOUNT_ENDED.refusal


FOR_SCHOOLS = ["workers", "invite", "remove", "resend", "overview", "present", "choose", "portray"]
ELSEWHERE_NOT_FOR = (
    *product(FOR_SCHOOLS, (ANN, WENDY)),
    *product(["schools", "school", "close"], [WENDY]),
    *product(["switch"], (ANN, SCHOOL)),
)


@pytest.mark.parametrize(("what", "by"), ELSEWHERE_NOT_FOR)
def test_what_is_for_one_kind_is_not_there_for_others(university: SampleUniversity, what: str, by: str) -> None:
    before = [university.home.one(PartyKey(id)) for id in (by, WALT, SCHOOL)]
    assert university.home.store.run(ELSEWHERE[what](by)) == RefusalCode.NOT_FOUND.refusal
    assert [university.home.one(PartyKey(id)) for id in (by, WALT, SCHOOL)] == before


def test_the_answer_to_the_deletion_of_a_thread_is_for_those_who_have_an_account(university: SampleUniversity) -> None:
    university.home.keep(ThreadReference(viewer="nobody", id="i", thread="", owner="user", gone=3))
    assert university.refusal(on_thread(threads.delete, "nobody", "i")) == "account_ended"
