"""The guarded door: an ended account is nobody, and what is another's is as if it had never been, word for word."""

from collections.abc import Callable
from functools import partial
from itertools import product
from typing import Any

import pytest

from tests.kit.cast import (
    ACADEMY,
    ANN,
    BOB,
    SCHOOL,
    WALT,
    WENDY,
    Case,
    Cast,
    beside,
    calling,
    log,
    note,
    raise_,
    seen,
    send,
    typing,
)
from tests.kit.cast import offload as offload_to
from tests.kit.homes import fresh
from tests.kit.world import Counting
from uconnect.core.commands import Availability, Face, Invite, Name, Policied, Portrait
from uconnect.core.decide import closing, handling, profiles, reading, threads, tickets, workers
from uconnect.core.facts import UseCase
from uconnect.core.keys import PartyKey, Shelf, ThreadKey
from uconnect.core.model import Handle, Worker
from uconnect.core.refusals import Refused
from uconnect.core.terms import Policy

At = Callable[[str, str], UseCase[Any]]
By = Callable[[str], UseCase[Any]]

AT_A_THREAD: dict[str, At] = {
    "send": send,
    "typing": typing,
    "seen": lambda by, id: seen(by, id, 1, 1),
    "log": log,
    "thread": partial(calling, reading.thread),
    "terminate": partial(calling, threads.terminate),
    "delete": partial(calling, threads.delete),
    "offload": lambda by, id: offload_to(id, WENDY, by),
    "take back": partial(calling, handling.take_back),
    "hand back": partial(calling, handling.hand_back),
    "notes": beside,
    "note": note,
}
ELSEWHERE: dict[str, By] = {
    "me": lambda by: partial(profiles.me, by=by),
    "threads": lambda by: partial(reading.threads, by=by, shelf=Shelf.HANDLED, before=None, most=9),
    "schools": lambda by: partial(reading.schools, by=by, after=None, most=9),
    "workers": lambda by: partial(workers.workers, by=by),
    "invite": lambda by: partial(workers.invite, by=by, command=Invite(key=fresh(), email="w@x", name="W")),
    "remove": lambda by: partial(workers.remove, by=by, worker_id=WALT),
    "resend": lambda by: partial(workers.resend, by=by, worker_id=WALT),
    "school": lambda by: partial(reading.school, by=by, id=SCHOOL),
    "overview": lambda by: partial(reading.overview, by=by),
    "rename": lambda by: partial(profiles.rename, by=by, command=Name(name="N")),
    "present": lambda by: partial(profiles.present, by=by, command=Face(name="N", about="", hours=(), zone="")),
    "choose": lambda by: partial(profiles.choose, by=by, command=Policied(policy=Policy.AUTOMATIC)),
    "portray": lambda by: partial(profiles.portray, by=by, command=Portrait(image=b"")),
    "switch": lambda by: partial(profiles.switch, by=by, command=Availability(available=False)),
    "close": lambda by: partial(closing.close, by=by),
    "raise": lambda by: raise_(by, ACADEMY),
    "ticket": lambda by: partial(tickets.issue, by=by),
}
at_a_thread = pytest.mark.parametrize("call", AT_A_THREAD.values(), ids=AT_A_THREAD)


@pytest.fixture
def case(cast: Cast) -> Case:
    """A thread that Wendy has."""
    case = cast.raised()
    case.offload()
    return case


@pytest.fixture
def ended(cast: Cast, case: Case) -> dict[str, str]:
    """Parties that are nobody, each with an id that it knew a thread by."""
    wendys = case.id(WENDY)
    cast.run(partial(workers.remove, by=SCHOOL, worker_id=WENDY))
    cast.home.keep(
        Worker(id="invited", email="i@x", name="I", school=SCHOOL),
        Handle(viewer="invited", id="invited's", thread=case.thread.id, owner="user"),
        Handle(viewer="nobody", id="nobody's", thread=case.thread.id, owner="user"),
    )
    return {WENDY: wendys, "invited": "invited's", "nobody": "nobody's"}


@at_a_thread
def test_a_stranger_finds_nothing_whichever_id_it_names(cast: Cast, case: Case, call: At) -> None:
    before = case.thread
    for by in (BOB, WALT, ACADEMY):
        for id in (case.id(ANN), case.id(SCHOOL), case.id(WENDY), before.id, fresh(), ""):
            assert cast.home.store.run(call(by, id)) == Refused.NOT_FOUND.refusal
    assert case.thread == before


@at_a_thread
@pytest.mark.parametrize("by", [ANN, SCHOOL, WENDY])
def test_an_id_opens_the_thread_to_its_own_viewer_alone(cast: Cast, case: Case, call: At, by: str) -> None:
    for id in {case.id(viewer) for viewer in (ANN, SCHOOL, WENDY)} - {case.id(by)}:
        assert cast.home.store.run(call(by, id)) == Refused.NOT_FOUND.refusal


@at_a_thread
def test_a_worker_taken_off_a_thread_is_a_stranger_to_it(cast: Cast, case: Case, call: At) -> None:
    wendys = case.id(WENDY)
    case.offload(WALT)
    assert cast.home.store.run(call(WENDY, wendys)) == Refused.NOT_FOUND.refusal
    assert case.thread.worker
    assert case.thread.worker.party == WALT


@at_a_thread
def test_a_thread_that_was_taken_is_looked_for_as_long_as_one_that_is_no_more(cast: Cast, case: Case, call: At) -> None:
    wendys = case.id(WENDY)
    cast.run(calling(handling.take_back, SCHOOL, case.id(SCHOOL)))
    taken, thread = reads(cast, call(WENDY, wendys)), case.thread.id
    case.terminate()
    cast.run(calling(threads.delete, ANN, case.id(ANN)))
    deleted = reads(cast, call(WENDY, wendys))
    while not cast.home.store.sweep(ThreadKey(thread), 9):
        pass
    assert reads(cast, call(WENDY, wendys)) == deleted == taken
    assert reads(cast, call(WENDY, fresh())) == taken


def reads(cast: Cast, use_case: UseCase[Any]) -> int:
    """How many keys a use case asks for, in a store as it is."""
    counting = Counting(use_case)
    cast.home.store.run(counting)
    return counting.reads


@at_a_thread
def test_nothing_is_left_of_a_deleted_thread(cast: Cast, case: Case, call: At) -> None:
    ids = {by: case.id(by) for by in (ANN, SCHOOL, WENDY)}
    case.terminate()
    cast.run(calling(threads.delete, ANN, ids[ANN]))
    for by, id in ids.items():
        if (by, call) != (ANN, AT_A_THREAD["delete"]):
            assert cast.home.store.run(call(by, id)) == Refused.NOT_FOUND.refusal


@at_a_thread
def test_an_ended_account_is_nobody_at_any_thread(cast: Cast, ended: dict[str, str], call: At) -> None:
    for by, id in ended.items():
        for named in (id, fresh()):
            assert cast.home.store.run(call(by, named)) == Refused.ACCOUNT_ENDED.refusal


@pytest.mark.parametrize("call", ELSEWHERE.values(), ids=ELSEWHERE)
def test_an_ended_account_is_nobody_anywhere(cast: Cast, ended: dict[str, str], call: By) -> None:
    for by in ended:
        assert cast.home.store.run(call(by)) == Refused.ACCOUNT_ENDED.refusal


FOR_SCHOOLS = ["workers", "invite", "remove", "resend", "overview", "present", "choose", "portray"]
ELSEWHERE_NOT_FOR = (
    *product(FOR_SCHOOLS, (ANN, WENDY)),
    *product(["schools", "school", "close"], [WENDY]),
    *product(["switch"], (ANN, SCHOOL)),
)


@pytest.mark.parametrize(("what", "by"), ELSEWHERE_NOT_FOR)
def test_what_is_for_one_kind_is_not_there_for_others(cast: Cast, what: str, by: str) -> None:
    before = [cast.home.one(PartyKey(id)) for id in (by, WALT, SCHOOL)]
    assert cast.home.store.run(ELSEWHERE[what](by)) == Refused.NOT_FOUND.refusal
    assert [cast.home.one(PartyKey(id)) for id in (by, WALT, SCHOOL)] == before


def test_the_answer_to_the_deletion_of_a_thread_is_for_those_who_have_an_account(cast: Cast) -> None:
    cast.home.keep(Handle(viewer="nobody", id="i", thread="", owner="user", gone=3))
    assert cast.refusal(calling(threads.delete, "nobody", "i")) == "account_ended"
