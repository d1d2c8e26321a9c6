"""Every refusal that an operation declares is one that it answers: none is listed for nothing."""

from collections.abc import Callable, Iterator

import pytest

from tests.api.access_matrix import NAMED
from tests.api.caller import ABSENT, Caller, fresh
from tests.api.home import Home
from tests.api.party_factory import PartyFactory, Topic, address, invite, party_factory, raising
from tests.api.scenario import SAVED_REPLY
from uconnect.api.operations import OPERATIONS, Operation
from uconnect.domain.enums import Kind
from uconnect.domain.errors import RefusalCode
from uconnect.domain.usecases import saved_replies

# Refusals that another test makes, and where.
ELSEWHERE = {
    RefusalCode.MALFORMED: "test_bad_calls",
    RefusalCode.TOO_LARGE: "test_bad_calls",
    RefusalCode.NOT_FOUND: "test_matrix, and here for closeAccount",
    RefusalCode.TOO_FAST: "test_read_pace_server, test_read_pace_lambda, and each limit in unit/domain",
    RefusalCode.BUSY: "the tests of a store that fails",
    RefusalCode.ACCOUNT_ENDED: "test_closing, and unit/domain/test_access for each use case",
    RefusalCode.SIGN_IN_AGAIN: "test_tokens",
    RefusalCode.UNREACHABLE_ADDRESS: "test_workers; of a caller, faults/test_old_spellings",
    RefusalCode.SNOOZED_FULL: "unit/domain/test_snoozes: a hundred threads take twenty people who ask",
    RefusalCode.ADDRESS_TAKEN: "unit/domain/test_accounts: two logins of one address",
    RefusalCode.SCHOOLS_INVITED_ONLY: "unit/domain/test_accounts: a home that is set up so",
}


# --- who is no party here: refused by each operation


def at_the_wrong_site(kind: Kind, site: Kind) -> Callable[[PartyFactory], Caller]:
    def made(parties: PartyFactory) -> Caller:
        party = parties.worker(parties.school()) if kind is Kind.WORKER else parties.enter(kind)
        return parties.before_sign_in(site, party.party.email)

    return made


CALLERS: dict[RefusalCode, Callable[[PartyFactory], Caller]] = {
    RefusalCode.SITE_IS_SCHOOL: at_the_wrong_site(Kind.SCHOOL, Kind.WORKER),
    RefusalCode.SITE_IS_USER: at_the_wrong_site(Kind.USER, Kind.WORKER),
    RefusalCode.SITE_IS_WORKER: at_the_wrong_site(Kind.WORKER, Kind.USER),
    RefusalCode.NOT_INVITED: lambda parties: parties.before_sign_in(Kind.WORKER),
    RefusalCode.INVITED: lambda parties: parties.before_sign_in(Kind.WORKER, parties.invited(parties.school())),
}


@pytest.fixture(scope="module")
def callers(home: Home) -> Iterator[dict[RefusalCode, Caller]]:
    with party_factory(home) as parties:
        yield {refused: made(parties) for refused, made in CALLERS.items()}


def named(it: object) -> str:
    return it.name if isinstance(it, Operation | RefusalCode) else ""


@pytest.mark.parametrize(
    ("operation", "refused"), [(it, each) for it in OPERATIONS for each in it.refusals if each in CALLERS], ids=named
)
def test_who_is_no_party_here_is_refused_as_declared(
    operation: Operation, refused: RefusalCode, callers: dict[RefusalCode, Caller]
) -> None:
    route = f"{operation.method} {operation.path.replace('{id}', ABSENT)}"
    assert callers[refused].refused(route) == refused.refusal.code


# --- refusals of one operation alone


def still_asked(parties: PartyFactory) -> str:
    topic = parties.thread()
    return topic.school.refused("DELETE /api/me")


def has_answered(parties: PartyFactory) -> str:
    topic = parties.thread()
    worker = parties.worker(topic.school)
    worker.open().send(parties.offloaded(topic, worker), "Here.", fresh())
    return worker.refused("DELETE /api/me")


def no_picture(parties: PartyFactory) -> str:
    return parties.school().refused("PUT /api/picture", {"image": "bm8gcGljdHVyZQ=="})


def sixth_thread(parties: PartyFactory) -> str:
    user, school = parties.user(), parties.school()
    for _ in range(5):
        parties.thread(user, school)
    return user.refused("POST /api/threads", raising(school.id))


def still_open(parties: PartyFactory) -> str:
    topic = parties.thread()
    return topic.raiser.refused(f"DELETE /api/threads/{topic.raisers_id}")


def terminated(parties: PartyFactory) -> Topic:
    topic = parties.thread()
    topic.raiser.ask(f"POST /api/threads/{topic.raisers_id}/terminate")
    return topic


def offloaded_too_late(parties: PartyFactory) -> str:
    topic = terminated(parties)
    worker = parties.worker(topic.school)
    return topic.school.refused(f"POST /api/threads/{topic.theirs}/offload", {"worker": worker.id})


def sent_too_late(parties: PartyFactory) -> str:
    topic = terminated(parties)
    body = {"key": fresh(), "text": "One more."}
    return topic.raiser.refused(f"POST /api/threads/{topic.raisers_id}/messages", body)


def sixth_worker(parties: PartyFactory) -> str:
    school = parties.school()
    for _ in range(5):
        invite(school, address())
    return school.refused("POST /api/workers", {"key": fresh(), "email": address(), "name": "Willa"})


def too_many_replies(parties: PartyFactory) -> str:
    school = parties.school()
    for _ in range(saved_replies.MOST):
        school.ask("POST /api/saved-replies", {"key": fresh(), **SAVED_REPLY})
    return school.refused("POST /api/saved-replies", {"key": fresh(), **SAVED_REPLY})


def snoozed_too_late(parties: PartyFactory) -> str:
    topic = terminated(parties)
    return topic.school.refused(f"PUT /api/threads/{topic.theirs}/snooze", {"until": 0})


def too_many_hidden(parties: PartyFactory) -> str:
    topic = parties.thread()
    topic.school.ask(f"POST /api/threads/{topic.theirs}/hide-words", {"words": [f"Uma{it}" for it in range(30)]})
    return topic.school.refused(f"POST /api/threads/{topic.theirs}/hide-words", {"words": ["one more"]})


def asked_too_late(parties: PartyFactory) -> str:
    topic = terminated(parties)
    return topic.school.refused(f"POST /api/threads/{topic.theirs}/ask-to-end")


def denied_too_late(parties: PartyFactory) -> str:
    topic = terminated(parties)
    return topic.raiser.refused(f"POST /api/threads/{topic.raisers_id}/not-yet")


def asked_twice_in_a_week(parties: PartyFactory) -> str:
    topic = parties.thread()
    topic.school.ask(f"POST /api/threads/{topic.theirs}/ask-to-end")
    topic.raiser.ask(f"POST /api/threads/{topic.raisers_id}/not-yet")
    return topic.school.refused(f"POST /api/threads/{topic.theirs}/ask-to-end")


OWN: dict[tuple[str, RefusalCode], Callable[[PartyFactory], str]] = {
    ("closeAccount", RefusalCode.STILL_ASKED): still_asked,
    ("closeAccount", RefusalCode.NOT_FOUND): has_answered,
    ("setPicture", RefusalCode.NO_PICTURE): no_picture,
    ("raiseThread", RefusalCode.FIVE_THREADS): sixth_thread,
    ("deleteThread", RefusalCode.THREAD_OPEN): still_open,
    ("offloadThread", RefusalCode.THREAD_TERMINATED): offloaded_too_late,
    ("sendMessage", RefusalCode.THREAD_TERMINATED): sent_too_late,
    ("askToEnd", RefusalCode.THREAD_TERMINATED): asked_too_late,
    ("askToEnd", RefusalCode.ASKED_LATELY): asked_twice_in_a_week,
    ("answerNotYet", RefusalCode.THREAD_TERMINATED): denied_too_late,
    ("snoozeThread", RefusalCode.THREAD_TERMINATED): snoozed_too_late,
    ("hideWords", RefusalCode.HIDDEN_WORDS_FULL): too_many_hidden,
    ("inviteWorker", RefusalCode.FIVE_WORKERS): sixth_worker,
    ("addSavedReply", RefusalCode.SAVED_REPLIES_FULL): too_many_replies,
}


@pytest.mark.parametrize(("name", "refused"), OWN, ids=lambda it: it if isinstance(it, str) else named(it))
def test_an_operation_answers_the_refusal_of_its_own(name: str, refused: RefusalCode, parties: PartyFactory) -> None:
    assert refused in NAMED[name].refuses
    assert OWN[name, refused](parties) == refused.refusal.code


def test_every_refusal_that_is_declared_is_made_by_a_test() -> None:
    declared = {(it.name, each) for it in OPERATIONS for each in it.refusals}
    here = {(it.name, each) for it in OPERATIONS for each in CALLERS} | set(OWN)
    assert {(name, each) for name, each in declared - here if each not in ELSEWHERE} == set()
    assert set(ELSEWHERE) | set(CALLERS) | {each for _, each in OWN} == set(RefusalCode)
