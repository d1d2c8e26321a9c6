"""A small university to play with: two schools, a worker, two users, and the use cases as each of them calls them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

from msgspec.structs import replace

from tests.support.fake_job_dependencies import FakeMail, fake_job_dependencies
from tests.support.stores import Home, answer, fresh, refused
from uconnect.application.jobs import run_due_jobs
from uconnect.domain import protocol
from uconnect.domain.context import Delivery, Plan, UseCase
from uconnect.domain.errors import Refusal
from uconnect.domain.keys import EntriesOf, PartyKey, ThreadKey, ThreadReferenceKey
from uconnect.domain.models import Address, Login, LoginSubject, Owner, School, Thread, ThreadReference, User, Worker
from uconnect.domain.request_bodies import Offload, Raise, WriteNote
from uconnect.domain.usecases import assignment, messages, notes, queries, signals, threads
from uconnect.domain.views.pages import InternalEntryPage, NoteShown

A = TypeVar("A")

ANN, BOB = "ann", "bob"
SCHOOL, ACADEMY, WENDY, WALT = "school", "academy", "wendy", "walt"


@dataclass(frozen=True)
class SampleUniversity:
    """Acts on one store. `ids` are the ids that each viewer knows the threads by, the first one raised first."""

    home: Home
    ids: dict[str, list[str]] = field(default_factory=dict)

    def create(self) -> "SampleUniversity":
        self.home.keep(
            School(id=SCHOOL, email="school@x", name="School", workers=(WENDY, WALT)),
            School(id=ACADEMY, email="academy@x", name="Academy"),
            Worker(id=WENDY, email="wendy@x", name="Wendy", school=SCHOOL, joined=True, answered=True),
            Worker(id=WALT, email="walt@x", name="Walt", school=SCHOOL, joined=True, answered=True),
            User(id=ANN, email="ann@x", name="Ann"),
            User(id=BOB, email="bob@x", name="Bob"),
        )
        return self

    def signed_in(self, *ids: str) -> "SampleUniversity":
        """These came by a login of their own, whose subject is their id."""
        for id in ids:
            party = self.home.one(PartyKey(id))
            assert isinstance(party, Owner)
            self.home.change(
                replace(party, login=LoginSubject("issuer", id)),
                Address(email=party.email, party=id),
                Login(issuer="issuer", subject=id, party=id),
            )
        return self

    def run_jobs(self, mail: FakeMail | None = None) -> list[Delivery]:
        """Do the jobs that are due now, and those that they leave. Returns who was told what."""
        delivered: list[Delivery] = []
        while run_due_jobs(self.home.store, fake_job_dependencies(delivered.extend, mail)):
            pass
        return delivered

    def run(self, use_case: UseCase[Any]) -> Any:
        return answer(self.home.store.run(use_case))

    def refusal(self, use_case: UseCase[Any]) -> str:
        return refused(self.home.store.run(use_case))

    def plan(self, use_case: UseCase[A]) -> Plan[A]:
        """The whole of what was decided and kept: also what was written, and who was told."""
        outcome = self.home.store.run(use_case)
        assert isinstance(outcome, Plan), outcome
        return outcome

    def ask(self, use_case: UseCase[A]) -> A:
        """The answer to a question, which changes nothing."""
        return answer(self.home.store.ask(use_case))

    def raised(self, by: str = ANN, to: str = SCHOOL) -> "Case":
        """A thread, raised now."""
        listed = self.run(raise_(by, to))
        return Case(self, by, listed.row.id)


@dataclass(frozen=True)
class Case:
    """One thread of the cast."""

    university: SampleUniversity
    raiser: str
    raiser_id: str

    @property
    def reference(self) -> ThreadReference:
        reference = self.university.home.one(ThreadReferenceKey(self.raiser, self.raiser_id))
        assert reference is not None
        return reference

    @property
    def thread(self) -> Thread:
        thread = self.university.home.one(ThreadKey(self.reference.thread))
        assert thread is not None
        return thread

    def id(self, viewer: str) -> str:
        """What a viewer knows the thread by."""
        thread = self.thread
        participants = {thread.raiser.party: thread.raiser, thread.school.party: thread.school}
        if thread.worker:
            participants[thread.worker.party] = thread.worker
        return participants[viewer].id

    def log(self) -> tuple[Any, ...]:
        return self.university.home.all(EntriesOf(self.thread.id, 0, 1000))

    def terminate(self) -> None:
        self.university.run(on_thread(threads.terminate, self.raiser, self.raiser_id))

    def delete(self) -> None:
        self.university.run(on_thread(threads.delete, self.raiser, self.raiser_id))

    def send(self, by: str) -> None:
        self.university.run(send(by, self.id(by)))

    def offload(self, worker: str = WENDY) -> str:
        """Give it to a worker; its id for it."""
        self.university.run(offload(self.id(SCHOOL), worker))
        return self.id(worker)


def raise_(by: str = ANN, to: str = SCHOOL, key: str | None = None) -> UseCase[Any]:
    command = Raise(key=key or fresh(), school=to, subject="A question", text="Hello")
    return partial(threads.raise_, by=by, command=command)


def send(by: str, id: str, text: str = "Hi", key: str | None = None) -> UseCase[protocol.Ack]:
    return partial(messages.send, by=by, command=protocol.Send(key=key or fresh(), id=id, text=text))


def typing(by: str, id: str) -> UseCase[None]:
    return partial(signals.typing, by=by, command=protocol.Typing(id=id))


def composing(by: str, id: str, has_text: bool = True) -> UseCase[None]:
    return partial(signals.composing, by=by, command=protocol.Composing(id=id, open=has_text))


def seen(by: str, id: str, seq: int, theirs: int) -> UseCase[None]:
    return partial(signals.seen, by=by, command=protocol.Seen(id=id, seq=seq, theirs=theirs))


def offload(id: str, worker: str, by: str = SCHOOL) -> UseCase[Any]:
    return partial(assignment.offload, by=by, id=id, command=Offload(worker=worker))


def on_thread(decide: Callable[..., Any], by: str, id: str) -> UseCase[Any]:
    """A use case that needs no more than who and which thread."""
    return partial(decide, by=by, id=id)


def log(by: str, id: str, after: int = 0) -> UseCase[Any]:
    return partial(queries.log, by=by, id=id, after=after, most=50)


def user_in(home: Home, id: str) -> User:
    user = home.one(PartyKey(id))
    assert isinstance(user, User)
    return user


def note(by: str, id: str, text: str = "She asked twice.", key: str | None = None) -> UseCase[NoteShown]:
    return partial(notes.write, by=by, id=id, command=WriteNote(key=key or fresh(), text=text))


def internal_entries(by: str, id: str, after: int = 0, most: int = 50) -> UseCase[InternalEntryPage]:
    """What stands beside a thread's log, as somebody reads it."""
    return partial(notes.notes, by=by, id=id, after=after, most=most)


def answers_of(outcomes: list[Plan[Any] | Refusal]) -> list[Any]:
    """The answers of those that were not refused."""
    return [it.answer for it in outcomes if isinstance(it, Plan)]


def codes(outcomes: list[Plan[Any] | Refusal]) -> set[str]:
    """Why the others were."""
    return {it.code for it in outcomes if isinstance(it, Refusal)}
