"""Whatever a call decides is told to others, and its jobs are begun, whether or not the caller was a party before."""

import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeVar, cast

import pytest

from uconnect.adapters.realtime.api_gateway import Gateway
from uconnect.api.http_calls import HttpCalls
from uconnect.api.operations import OPERATIONS, Operation
from uconnect.application.authentication import Authentication
from uconnect.application.ports import Principal, Profile, Store
from uconnect.application.service import ApplicationService, Blocking, complete
from uconnect.domain import protocol
from uconnect.domain.context import Context, Delivery, DueJob, Plan, UseCase
from uconnect.domain.enums import Kind
from uconnect.domain.jobs import PurgeThread
from uconnect.domain.models import Job
from uconnect.entrypoints.aws_lambda.job_trigger import JobTrigger, unpacked
from uconnect.entrypoints.aws_lambda.service import CallService

A = TypeVar("A")
NEWS = protocol.Changed(what=protocol.ChangedSubject.WORKERS)
WRITES = [it for it in OPERATIONS if it.writes]
ANN = Principal("issuer", "ann", Kind.WORKER, authenticated=1_000)


class Journal:
    """A store in which nobody has been before: each plan tells somebody, and leaves a job. It notes who is told."""

    def __init__(self) -> None:
        self.decided: list[tuple[str, int]] = []  # who is to be told, and when a job is due
        self.notified: list[str] = []
        self.begun: list[int] = []

    def run(self, _: UseCase[A]) -> Plan[A]:
        number = len(self.decided) + 1
        self.decided.append((f"party {number}", number))
        job = Job(id=f"{number}", due=number, task=PurgeThread("t"))
        return Plan(cast(A, "ann"), puts=(job,), deliveries=(Delivery(f"party {number}", NEWS),))

    def ask(self, _: UseCase[A]) -> Plan[A]:
        return Plan(cast(A, None))

    def deliver(self, deliveries: Any, exclude: Any = None) -> None:
        self.notified += [it.to for it in deliveries]

    def invoke(self, Payload: bytes, **_: Any) -> None:  # noqa: N803 - as the SDK spells it
        handed = unpacked(json.loads(Payload))
        self.deliver(handed.deliveries)
        self.begun += [due for _, due in handed.jobs]


class Server(ApplicationService):
    def __init__(self, journal: Journal) -> None:
        super().__init__(Blocking(cast(Store, journal)), journal)
        self._journal = journal

    def note_jobs(self, jobs: tuple[DueJob, ...]) -> None:
        self._journal.begun += [it.due for it in jobs]


def server(journal: Journal) -> ApplicationService:
    return Server(journal)


def aws(journal: Journal) -> ApplicationService:
    trigger = JobTrigger(lambda: cast(Any, journal), "jobs")
    return CallService(cast(Store, journal), cast(Gateway, journal), lambda: trigger)


class Known(Authentication):
    """Everybody is a person with a verified address."""

    async def profile(self, who: Principal) -> Profile | None:
        return Profile(f"{who.subject}@uni.example", "Ann")

    async def is_signed_in(self, who: Principal) -> bool:
        return True

    async def has_returned(self, who: Principal) -> None:
        raise AssertionError("nobody has been here before")


class Calls(HttpCalls):
    """The calls as they are, with use cases that need no body."""

    async def _prepare(self, operation: Operation, *_: Any) -> UseCase[Any]:
        return lambda _: Plan(None)


Home = Callable[[Journal], ApplicationService]


def calls(home: Home, journal: Journal) -> Calls:
    service = home(journal)
    return Calls(service, Known(service, schools_invited_only=False), lambda: 1_000.0)


def assert_all_told(journal: Journal, plans: int) -> None:
    assert len(journal.decided) == plans
    assert journal.notified == [who for who, _ in journal.decided]
    assert journal.begun == [due for _, due in journal.decided]


@pytest.mark.parametrize("home", [server, aws])
@pytest.mark.parametrize("operation", WRITES, ids=lambda it: it.name)
def test_what_a_first_call_decides_is_told_before_it_is_answered(operation: Operation, home: Home) -> None:
    journal = Journal()
    answer = complete(calls(home, journal).answer(operation, "", ANN, "", b""))
    assert answer.status is HTTPStatus.OK
    assert_all_told(journal, 1 if operation.newcomers else 2)


@pytest.mark.parametrize("home", [server, aws])
def test_what_a_first_call_that_only_reads_decides_is_told_too(home: Home) -> None:
    journal = Journal()
    reads = next(it for it in OPERATIONS if it.name == "me")
    complete(calls(home, journal).answer(reads, "", ANN, "", b""))
    assert_all_told(journal, 1)


@pytest.mark.parametrize("home", [server, aws])
def test_what_a_call_without_a_token_decides_is_told(home: Home) -> None:
    class Linked(Journal):
        def ask(self, _: UseCase[A]) -> Plan[A]:
            return Plan(cast(A, True))

    journal = Linked()
    complete(calls(home, journal).stop("link"))
    assert_all_told(journal, 1)


@pytest.mark.parametrize("home", [server, aws])
def test_a_fault_in_a_later_plan_keeps_nobody_from_hearing_of_an_earlier_one(home: Home) -> None:
    class Failing(Journal):
        def run(self, use_case: UseCase[A]) -> Plan[A]:
            if self.decided:
                raise ZeroDivisionError
            first = super().run(use_case)
            return Plan(first.answer, first.puts, deliveries=first.deliveries, then=_nothing)

    journal = Failing()
    service = home(journal)
    with pytest.raises(ZeroDivisionError):
        complete(service.run_and_tell(_nothing))
    assert_all_told(journal, 1)


def _nothing(_: Context) -> Plan[Any]:
    return Plan(None)
