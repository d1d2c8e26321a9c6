"""A school on AWS as `bench/aws.py` measures it: what lies in its table, and each operation by the real handlers."""

import json
import os
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from bench.aws_count import Count

from tests.unit.aws_lambda.fake_api_gateway import Posts
from uconnect.adapters.clock import fresh, new_context
from uconnect.adapters.dynamodb import counts
from uconnect.adapters.dynamodb.items import Item, item, rows
from uconnect.adapters.realtime.api_gateway import Connection
from uconnect.domain import protocol
from uconnect.domain.context import JOBS_WITHIN
from uconnect.domain.enums import Kind, Side
from uconnect.domain.models import (
    Login,
    Message,
    Participant,
    Party,
    Preview,
    School,
    SideCounters,
    Thread,
    ThreadReference,
    User,
    Worker,
)
from uconnect.domain.usecases.job_steps import LATE
from uconnect.entrypoints.aws_lambda.entry_point import FunctionFailed

NOW = new_context().now
ISSUER = "https://issuer.example"
HOUR = 3_600_000
LATE_AFTER = (LATE + JOBS_WITHIN) / 1000  # s until the schedule takes a job that nobody does
UNTIL = 2**31  # s: when a socket is to be closed


class Busy(Exception):
    """A handler could not do it now."""


class _Patient:
    """Lambda's context, as far as jobs ask for it."""

    def get_remaining_time_in_millis(self) -> int:
        return 300_000


class BenchUniversity:
    """A school that was raised `size` threads, one with as many messages; its raiser and itself have a socket each."""

    def __init__(self, size: int, count: Count, api: Posts, characters: int = 200, number: int = 0) -> None:
        from uconnect.entrypoints.aws_lambda import dependencies  # noqa: PLC0415 - made of the environment

        self.size, self.count, self.api = size, count, api
        self.text, self.tag = "x" * characters, f"{size}-{characters}-{number}"
        self.table = os.environ["TABLE"]
        self.dynamodb = dependencies._dynamodb()  # noqa: SLF001 - what is to be counted
        self.user, self.school, self.worker = (
            f"{kind}-{self.tag}".ljust(22, "-") for kind in ("user", "school", "worker")
        )
        raised, answered = Side.RAISER, Side.SCHOOL
        self.long = self._thread(0, self.user, self.size)
        # Threads in which a message changes the turn, in another hour than the last one.
        self.short = self._thread(1, self.user, 1, since=2 * HOUR)
        self.us = self._thread(2, self.user, 3, since=2 * HOUR, last=raised)
        self.them = self._thread(3, self.user, 2, since=2 * HOUR, last=answered)
        mine = (self.long, self.short, self.us, self.them)
        others = [self._thread(n, f"other-{n}", 1) for n in range(len(mine), size)]
        people: list[Party] = [
            User(id=self.user, email="u@a.example", name="U", open=tuple(it.id for it in mine)),
            School(id=self.school, email="s@a.example", name="S", workers=(self.worker,)),
            Worker(id=self.worker, email="w@a.example", name="W", school=self.school, joined=True),
        ]
        logins = [Login(issuer=ISSUER, subject=it.id, party=it.id) for it in people]
        log = [self._message(seq) for seq in range(1, size + 1)]
        self._put(*people, *logins, *log, *mine, *others)
        self._put(*(it for thread in (*mine, *others) for it in self._references(thread)))
        self._put_counts(*mine, *others)
        for party in (self.user, self.school):
            dependencies.gateway().register(Connection(party, f"socket-of-{party}"), UNTIL)

    def _thread(self, number: int, owner: str, seq: int, *, since: int = 0, last: Side | None = None) -> Thread:
        """One with `seq` messages, the first raised it; with `last`, the school's side has answered once."""
        at = NOW - since - number
        id = f"{self.tag}-{number}"
        answered = int(last is not None)
        return Thread(
            id=id,
            key=f"key-{number}",
            kind=Kind.USER,
            subject=f"Question {number} about the enrolment of next term",
            since=at,
            at=at,
            raiser=Participant(party=owner, id=f"raiser-{id}".ljust(22, "-")),
            school=Participant(party=self.school, id=f"school-{id}".ljust(22, "-")),
            seq=seq,
            last=Preview(last or Side.RAISER, "x" * 80),
            asked=SideCounters(messages=seq - answered),
            answered=SideCounters(messages=answered),
            turn_since=at,
            policy_applied=True,
        )

    def _references(self, thread: Thread) -> list[ThreadReference]:
        owner = thread.raiser.party
        participants = (thread.raiser, thread.school)
        return [ThreadReference(viewer=it.party, id=it.id, thread=thread.id, owner=owner) for it in participants]

    def _message(self, seq: int) -> Message:
        side, author = Side.RAISER, self.user
        return Message(
            thread=self.long.id, seq=seq, at=NOW, side=side, author=author, key=f"key-{seq:016d}", text="x" * 200
        )

    def _put(self, *records: Any) -> None:
        """By the batch: the store would take them one by one."""
        self._put_items([it for record in records for it in (item(record, "0"), *(row.item for row in rows(record)))])

    def _put_counts(self, *threads: Thread) -> None:
        counted = counts.changes(({}, counts.counts(it)) for it in threads)
        self._put_items([counts.item_of(place, numbers) for place, numbers in counted.items()])

    def _put_items(self, puts: Sequence[Item]) -> None:
        for start in range(0, len(puts), 25):
            asked: Any = [{"PutRequest": {"Item": it}} for it in puts[start : start + 25]]
            self.dynamodb.batch_write_item(RequestItems={self.table: asked})

    def operations(self) -> Iterator[tuple[str, Callable[[], object]]]:
        """Each once, in an order in which each can be done."""
        long, short, size = self.long, self.short, self.size
        raiser, school = long.raiser.id, long.school.id
        yield "connect", self._connect
        yield "ping", partial(self._frame, self.user, {"t": "ping"})
        yield "typing_by_raiser", partial(self._frame, self.user, {"t": "typing", "id": raiser})
        yield "send", partial(self._send, self.user, raiser)
        seen = {"t": "seen", "id": school, "seq": size + 1, "theirs": size + 1}
        yield "seen_by_school", partial(self._frame, self.school, seen)
        yield "typing_by_school", partial(self._frame, self.school, {"t": "typing", "id": school})
        yield "first_answer", partial(self._send, self.school, short.school.id)
        yield "turn_by_school", partial(self._send, self.school, self.us.school.id)
        yield "turn_by_raiser", partial(self._send, self.user, self.them.raiser.id)
        yield "turn_within_the_hour", partial(self._send, self.school, school)
        yield "answer", partial(self._send, self.school, school)
        seen = {"t": "seen", "id": raiser, "seq": size + 3, "theirs": 2}
        yield "seen_by_raiser", partial(self._frame, self.user, seen)
        yield "open_thread", self._open
        yield "open_inbox", partial(self._inbox, len(range(0, min(200, size), 50)))
        yield "reload_raiser", partial(self._reload, self.user, "shelf=raised&show=open", "shelf=raised&show=ended")
        yield "reload_school", partial(self._reload, self.school, "shelf=received&show=open")
        yield "raise", partial(self._call, self.user, "POST /api/threads", body=self._raise())
        yield "after_raise", self._handed
        worker = {"worker": self.worker}
        yield (
            "offload",
            partial(self._call, self.school, "POST /api/threads/{id}/offload", short.school.id, body=worker),
        )
        yield "after_offload", self._handed
        yield "terminate", partial(self._call, self.user, "POST /api/threads/{id}/terminate", short.raiser.id)
        yield "after_terminate", self._handed
        time.sleep(LATE_AFTER)
        yield "late_jobs", self._scheduled  # of the first answers: no function takes them over
        yield "schedule", self._scheduled

    def _raise(self) -> dict[str, str]:
        return {"key": fresh(), "school": self.school, "subject": "Another question", "text": self.text}

    def _open(self) -> None:
        id = self.long.school.id
        self._call(self.school, "GET /api/threads/{id}", id)
        self._call(self.school, "GET /api/threads/{id}/log", id, f"after={max(0, self.size - 50)}")

    def _reload(self, by: str, *lists: str) -> None:
        """What a page loads when it has connected: itself, and the first page of each list."""
        self._call(by, "GET /api/me")
        for query in lists:
            self._call(by, "GET /api/threads", query=query)

    def _inbox(self, pages: int) -> None:
        query = "shelf=received"
        for _ in range(pages):
            following = self._call(self.school, "GET /api/threads", query=query)["next"]
            query = f"shelf=received&before={following}"

    def _send(self, by: str, id: str) -> None:
        self._frame(by, {"t": "send", "key": fresh(), "id": id, "text": self.text})

    def _frame(self, by: str, frame: dict[str, Any], socket: str = "", until: str = f"{UNTIL}") -> None:
        socket = socket or f"socket-of-{by}"
        self.count.frames += 1
        self._socket_event(by, socket, {"eventType": "MESSAGE"}, json.dumps(frame), until)
        said = [json.loads(it) for it in self.api.posted[socket][-1:]]
        if frame["t"] == "send" and said[0]["t"] == "refused":
            assert said[0]["code"] == "busy", said
            raise Busy

    def _socket_event(
        self, by: str, socket: str, context: dict[str, str], body: str = "", until: str = f"{UNTIL}"
    ) -> None:
        from uconnect.entrypoints.aws_lambda import websocket  # noqa: PLC0415 - (see above)

        said = context | {"connectionId": socket, "authorizer": {"party": by, "until": until}}
        with self.count.invocation("Socket"):
            assert websocket.handler({"requestContext": said, "body": body}, None) == {"statusCode": 200}

    def _connect(self) -> None:
        """A page's socket from its ticket to its end."""
        from uconnect.entrypoints.aws_lambda import authorizer  # noqa: PLC0415 - (see above)

        ticket = self._call(self.user, "POST /api/tickets")["ticket"]
        asked = {"headers": {"Origin": "https://user.example"}, "queryStringParameters": {"ticket": ticket}}
        with self.count.invocation("Authz"):
            decided = authorizer.handler(asked | {"methodArn": "arn"}, None)
        assert decided["policyDocument"]["Statement"][0]["Effect"] == "Allow"
        until = decided["context"]["until"]
        self._frame(self.user, {"t": "hello", "protocol": protocol.PROTOCOL}, "another", until)
        self._socket_event(self.user, "another", {"eventType": "DISCONNECT"})

    def _handed(self) -> None:
        """What a call has left: others are told, and each job is done by a run of its own, until none is left."""
        while events := self.count.take_handed():
            time.sleep(JOBS_WITHIN / 1000 if any("Records" in it for it in events) else 0)  # until they are due
            try:
                for event in events:
                    self._run_jobs(event)
            except Busy:
                self.count.handed[:0] = events
                raise

    def _scheduled(self) -> None:
        self._run_jobs({})

    def _run_jobs(self, event: dict[str, Any]) -> None:
        from uconnect.entrypoints.aws_lambda import jobs  # noqa: PLC0415 - (see above)

        try:
            with self.count.invocation("Jobs"):
                jobs.handler(event, _Patient())
        except FunctionFailed as error:
            raise Busy from error

    def _call(self, by: str, route: str, id: str = "", query: str = "", body: Any = None) -> Any:
        from uconnect.entrypoints.aws_lambda import http  # noqa: PLC0415 - (see above)

        client = {self.user: "u", self.school: "s"}[by]
        claims = {"iss": ISSUER, "sub": by, "client_id": client, "token_use": "access"}
        self.count.calls += 1
        with self.count.invocation("Http"):
            answer = self._answer(http, route, id, query, body, claims)
        if answer["statusCode"] == 503:
            raise Busy(answer["body"])
        assert answer["statusCode"] == 200, answer
        self.count.bytes_out += len(answer["body"]) + 400  # its headers
        return json.loads(answer["body"])

    @staticmethod
    def _answer(http: Any, route: str, id: str, query: str, body: Any, claims: dict[str, str]) -> Any:
        return http.handler(
            {
                "routeKey": route,
                "pathParameters": {"id": id} if id else None,
                "rawQueryString": query,
                "headers": {"authorization": "Bearer t"},
                "body": json.dumps(body) if body else None,
                "requestContext": {"authorizer": {"jwt": {"claims": claims}}},
            },
            None,
        )
