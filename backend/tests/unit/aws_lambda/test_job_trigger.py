"""What a call must not wait for, another function does: it tells the other parties, and does the job when it is due."""

import json
from collections.abc import Sequence
from typing import Any, cast

import msgspec
import pytest
from botocore.exceptions import ClientError

from uconnect.adapters.realtime.api_gateway import Gateway
from uconnect.application.ports import Store
from uconnect.application.service import complete
from uconnect.domain import protocol, views
from uconnect.domain.context import JOBS_WITHIN, Delivery, DueJob, Plan
from uconnect.domain.enums import Kind, Side
from uconnect.domain.errors import RefusalCode
from uconnect.domain.models import Assignee, Message, Participant, Preview, Thread
from uconnect.domain.notifications import entry_events, notify_entry
from uconnect.domain.rules import Role
from uconnect.entrypoints.aws_lambda.job_queue import JobQueue, received
from uconnect.entrypoints.aws_lambda.job_trigger import Handed, JobTrigger, unpacked
from uconnect.entrypoints.aws_lambda.service import CallService

THREAD = Thread(
    id="t",
    key="k",
    kind=Kind.SCHOOL,
    subject="\u202eÜ\0",
    since=1,
    at=2,
    raiser=Participant(party="ann", id="a"),
    school=Participant(party="school", id="s"),
    worker=Assignee(party="wendy", id="w", alias="Quiet harbour 42"),
    last=Preview(Side.RAISER, "Hi"),
)
MESSAGE = Message(thread="t", seq=1, at=2, side=Side.RAISER, author="ann", key="k", text='\u2028 \\ " 🦉')
JOB, OTHER_JOB = DueJob("job", 7), DueJob("other", 9)
NO_STORE = cast(Store, None)
NEWS = (
    *notify_entry(THREAD, entry_events(THREAD, MESSAGE)),
    Delivery("nobody", None),
    Delivery("school", protocol.RowChanged(row=views.row(THREAD, Role.SCHOOL))),
    Delivery("wendy", protocol.Gone(id="w", rev=3)),
    Delivery("walt", protocol.Bye(code="ended")),
)


class Lambda:
    """As much of Lambda as a job trigger calls."""

    def __init__(self, *, fails: bool = False) -> None:
        self.payloads: list[bytes] = []
        self._fails = fails

    def invoke(self, FunctionName: str, InvocationType: str, Payload: bytes) -> None:  # noqa: N803 - as the SDK spells it
        assert (FunctionName, InvocationType) == ("jobs", "Event")
        if self._fails:
            raise ClientError({"Error": {"Code": "TooManyRequestsException"}}, "Invoke")
        self.payloads.append(Payload)


def trigger(of: Any) -> JobTrigger:
    return JobTrigger(lambda: of, "jobs")


def test_each_frame_arrives_at_the_other_function_as_it_would_have_been_posted() -> None:
    function = Lambda()
    trigger(function)(NEWS, (JOB, OTHER_JOB))
    handed = unpacked(json.loads(function.payloads[0]))
    assert handed.jobs == (JOB, OTHER_JOB)
    assert [it.to for it in handed.deliveries] == [it.to for it in NEWS]
    assert [msgspec.json.encode(it.frame) for it in handed.deliveries] == [msgspec.json.encode(it.frame) for it in NEWS]
    assert isinstance(handed.deliveries[-1].frame, protocol.Bye)  # after which the socket is closed


def test_what_a_function_of_the_release_before_hands_over_is_told_and_its_jobs_wait_for_the_schedule() -> None:
    assert unpacked({"tell": [["ann", None]], "at": 7}) == Handed(tell=(("ann", None),))


def test_a_function_that_cannot_be_invoked_is_logged_by_its_kind_and_fails_no_call(
    caplog: pytest.LogCaptureFixture,
) -> None:
    trigger(Lambda(fails=True))(NEWS, ())
    assert [it.getMessage() for it in caplog.records] == [
        "others are not told, and jobs wait for their minute: ClientError"
    ]


class Posts:
    """Who was told, in order."""

    def __init__(self) -> None:
        self.posted: list[str] = []

    def deliver(self, deliveries: Sequence[Delivery], exclude: Any = None) -> None:
        self.posted += [it.to for it in deliveries]


@pytest.mark.parametrize("fails", [False, True])
def test_an_answer_waits_for_the_callers_own_sockets_and_one_invocation(fails: bool) -> None:
    posts, function = Posts(), Lambda(fails=fails)
    service = CallService(NO_STORE, cast(Gateway, posts), lambda: trigger(function))
    service.note_jobs((JOB,))
    service.tell(Plan(None, deliveries=NEWS))
    others = [it.to for it in NEWS if it.to != "ann"]
    assert posts.posted == ["ann"], "whether or not it can be invoked, nobody else is waited for"
    handed = [unpacked(json.loads(event)) for event in function.payloads]
    assert [([it.to for it in one.deliveries], one.jobs) for one in handed] == (
        [] if fails else [(others, (("job", 7),))]
    )


def test_what_a_first_plan_tells_others_is_not_waited_for_either() -> None:
    posts, function = Posts(), Lambda()
    plans = iter([Plan(1, deliveries=NEWS, then=lambda _: Plan(2)), Plan(2, deliveries=NEWS[:1])])

    class Store:
        def run(self, _: Any) -> Plan[Any]:
            return next(plans)

    service = CallService(cast(Any, Store()), cast(Gateway, posts), lambda: trigger(function))
    outcome = complete(service.run(cast(Any, None)))
    assert posts.posted == []
    service.tell(outcome)
    assert posts.posted == ["ann", "ann"]
    (handed,) = [unpacked(json.loads(event)) for event in function.payloads]
    assert [it.to for it in handed.deliveries] == [it.to for it in NEWS if it.to != "ann"]


def test_a_call_that_tells_nobody_else_and_leaves_no_work_invokes_nothing() -> None:
    posts = Posts()
    service = CallService(NO_STORE, cast(Gateway, posts), lambda: pytest.fail("it was invoked"))
    service.tell(Plan(None, deliveries=NEWS[:1]))
    service.tell(Plan(None))
    assert posts.posted == ["ann"]


def test_the_jobs_of_a_call_are_not_handed_over_again_by_the_next() -> None:
    """A process serves many calls, and the plan that leaves a job is not always the last of its call."""
    function = Lambda()
    service = CallService(NO_STORE, cast(Gateway, Posts()), lambda: trigger(function))
    service.note_jobs((JOB,))
    service.tell(RefusalCode.BUSY.refusal)
    service.tell(Plan(None))
    assert [unpacked(json.loads(event)) for event in function.payloads] == [Handed(jobs=(JOB,))]


class Queue:
    """As much of SQS as a queue of jobs calls."""

    def __init__(self, *, fails: bool = False) -> None:
        self.messages: list[tuple[str, int]] = []
        self._fails = fails

    def send_message(self, QueueUrl: str, MessageBody: str, DelaySeconds: int) -> None:  # noqa: N803 - as the SDK spells it
        assert QueueUrl == "queue"
        if self._fails:
            raise ClientError({"Error": {"Code": "AccessDenied"}}, "SendMessage")
        self.messages.append((MessageBody, DelaySeconds))


@pytest.mark.parametrize(
    ("due_in", "delays"), [(-5, [0]), (0, [0]), (1, [1]), (2_000, [2]), (JOBS_WITHIN, [5]), (JOBS_WITHIN + 1, [])]
)
def test_a_job_comes_out_of_the_queue_when_it_is_due_and_one_that_is_due_later_is_the_schedules(
    due_in: int, delays: list[int]
) -> None:
    queue = Queue()
    JobQueue(lambda: queue, "queue", lambda: 1_000_000).put([DueJob("job", 1_000_000 + due_in)])
    assert [delay for _, delay in queue.messages] == delays
    event = {"Records": [{"body": body} for body, _ in queue.messages]}
    assert received(event) == ((("job", 1_000_000 + due_in),) if delays else ())


def test_a_job_that_cannot_be_put_into_the_queue_is_logged_by_its_kind(caplog: pytest.LogCaptureFixture) -> None:
    JobQueue(lambda: Queue(fails=True), "queue", lambda: 0).put([DueJob("job", 0)])
    assert [it.getMessage() for it in caplog.records] == ["a job waits for its minute: ClientError"]
