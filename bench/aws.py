"""What uconnect costs on AWS: what each operation asks, counted at the SDK; what a cold start loads; how both grow.

The handlers run here as they run there, over the emulator's DynamoDB and SQS, and a gateway that takes posts.
`bench/aws_count.py` counts what they ask for. Functions are timed by the processor time of the real handler; what they
wait for and cost is the model of `bench/aws_bill.py`. Writes bench/aws.json and the table of docs/aws.md, and prints
both. `make bench-aws`.

On a busy machine the emulator may answer late, and a handler then says that it is busy. That operation is done again,
at most TRIES times, and how often that happened is told (`repeated`).
"""

import json
import logging
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from bench import aws_bill, aws_growth
from bench.aws_count import Count, issuer, size_of
from bench.aws_load import raises_per_second_without_refusal
from deploy import package
from deploy.emulator import emulator
from deploy.local import ARCH, VERSION
from deploy.sites import TYPING

from tests.unit.aws_lambda.fake_api_gateway import Posts, posts
from tests.unit.aws_lambda.test_imports import ENVIRONMENT
from uconnect.adapters.clock import fresh, new_context
from uconnect.adapters.dynamodb import counts
from uconnect.adapters.dynamodb.items import Item, item, rows
from uconnect.adapters.dynamodb.table import create_table
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

ROOT = Path(__file__).resolve().parents[1]
SIZES = (10, 200)  # threads at a school, and messages in a thread; `bench/aws_growth.py` counts up to a million
AGAIN = 3  # more universities of 200: a function's time is the least of all
PATIENCE = 60  # s for one answer of the emulator
ROUNDS = 7  # of each start, interleaved; the least is told

TRIES = 8  # of an operation that is answered as busy
LONG = 1_000  # characters of the longer message; the others have 200
NOW = new_context().now
AN_ID = fresh()
KB = 1024 - size_of(  # characters of a message that is kept in 1 KB
    item(Message(thread=AN_ID, seq=1, at=NOW, side=Side.SCHOOL, author=AN_ID, key=AN_ID, text=""), "0" * 12)
)
ISSUER = "https://issuer.example"
HOUR = 3_600_000
LATE_AFTER = (LATE + JOBS_WITHIN) / 1000  # s until the schedule takes a job that nobody does
UNTIL = 2**31  # s: when a socket is to be closed
END = "<!-- end -->"
FLOOR = 4.62  # a bare write: neither order, nor idempotence, nor a check of the handler


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
            with self.count.invocation("Todos"):
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


def measure(university: BenchUniversity, repeated: Counter[str]) -> dict[str, Any]:
    """What each operation asks for."""
    found = {}
    for name, operation in university.operations():
        for _ in range(TRIES):
            university.count.reset()
            before = sum(map(len, university.api.posted.values()))
            try:
                operation()
            except Busy:
                repeated[name] += 1
                time.sleep(1)
            else:
                break
        else:
            sys.exit(f"{name} was answered {TRIES} times that it is busy. Run this on a quieter machine.")
        found[name] = university.count.shown()
        assert found[name]["posts"] == sum(map(len, university.api.posted.values())) - before
    return found


def steady(runs: Sequence[dict[str, Any]]) -> None:
    """Each invocation gets the least of the processor times of all runs: a busy machine makes none shorter."""
    for name in runs[0]:
        for each in zip(*(run[name]["invocations"] for run in runs if name in run), strict=False):
            least = min(it["cpu_ms"] for it in each)
            for it in each:
                it["cpu_ms"] = least


def memory_of(operations: dict[str, Any], cold: dict[str, int]) -> dict[str, int]:
    """MB for each function of the template. The one that reads pictures is left as it was: its work is not measured."""
    of: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for operation in operations.values():
        for each in operation["invocations"]:
            of[each["function"]].append(each)
    modules = {"Http": "http", "Socket": "websocket", "Authz": "authorizer", "Todos": "jobs"}
    return {name: aws_bill.chosen_memory(of[name], cold[module]) for name, module in modules.items()}


# What reads a page, which is full at 200 and not at 10, and what does all jobs that are there.
LISTS = {"open_thread", "open_inbox", "reload_raiser", "reload_school", "late_jobs", "schedule"}


def _alike(one: dict[str, float], other: dict[str, float]) -> bool:
    """As many requests, and units but for the length of a number."""
    return all(abs(one[name] - other[name]) <= 0.05 * other[name] for name in ("requests", "rru", "wru", "posts"))


# --- starts


def starts(folder: Path) -> dict[str, Any]:
    """Import and client of each function, as a ratio to plain boto3 in the same run; a bare interpreter taken off."""
    task, plain = folder / "task", folder / "plain"
    packed = package.functions(ARCH, VERSION, folder)
    with zipfile.ZipFile(packed.path) as held:
        held.extractall(task)
    _plain_boto3(plain)
    runs = {
        name: (task, f"import uconnect.entrypoints.aws_lambda.{name}")
        for name in ("http", "websocket", "authorizer", "jobs")
    }
    runs["boto3"] = (plain, "import boto3; boto3.client('dynamodb')")
    runs["bare"] = (plain, "pass")
    times: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(ROUNDS):
        for name, (where, code) in runs.items():
            times[name].append(_started(where, code))
    took = {name: min(held) for name, held in times.items()}  # see `steady`
    took = {name: it - took["bare"] for name, it in took.items()}
    return {
        "cold_ratio": {
            name: round(took[name] / took["boto3"], 2) for name in ("http", "websocket", "authorizer", "jobs")
        },
        "cold_ms": {name: round(took[name] * 1000) for name in ("http", "websocket", "authorizer", "jobs", "boto3")},
        "zip_mb": round(packed.path.stat().st_size / 1e6, 2),
    }


def _plain_boto3(folder: Path) -> None:
    """As it is commonly shipped: all services, and no compiled file that a zip's new times would not make stale."""
    command: list[str | Path] = [ROOT / ".venv/bin/uv", "pip", "install", "--quiet", "--link-mode", "copy"]
    versions = [it.split(" ")[0] for it in (ROOT / "requirements/deploy.txt").read_text().splitlines()]
    subprocess.run(
        [*command, "--target", folder, *(it for it in versions if it.startswith(("boto3==", "botocore==")))], check=True
    )


def _started(where: Path, code: str) -> float:
    """Processor seconds: what else this machine does is not counted."""
    before = os.times()
    environment = ENVIRONMENT | {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(where)}
    subprocess.run([sys.executable, "-S", "-c", code], env=environment, cwd=where, check=True)
    after = os.times()
    return (after.children_user + after.children_system) - (before.children_user + before.children_system)


def main() -> None:
    count = Count()
    with (
        tempfile.TemporaryDirectory() as made,
        emulator(Path(made)) as address,
        posts() as api,
        issuer(count) as userinfo,
    ):
        folder = Path(made)
        os.environ |= ENVIRONMENT | {"AWS_ENDPOINT_URL": address, "SOCKETS": api.url, "USERINFO": userinfo}
        os.environ |= {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "MAIL_FROM": ""}
        from uconnect.entrypoints.aws_lambda import dependencies  # noqa: PLC0415 - (see above)

        # An emulator on a busy machine takes longer than AWS may: what is counted is what is asked, and not how long.
        dependencies._dynamodb()._endpoint.http_session._timeout = PATIENCE  # noqa: SLF001 - (see above)
        sqs = dependencies.client_of("sqs")
        os.environ["JOB_QUEUE"] = sqs.create_queue(QueueName="jobs")["QueueUrl"]
        create_table(dependencies._dynamodb(), os.environ["TABLE"])  # noqa: SLF001 - (see above)
        for client in (dependencies._dynamodb(), dependencies.posts(), dependencies.client_of("lambda"), sqs):  # noqa: SLF001
            count.watch(client)
        repeated: Counter[str] = Counter()
        grown = {size: measure(BenchUniversity(size, count, api), repeated) for size in SIZES}
        long = measure(BenchUniversity(200, count, api, LONG), repeated)
        kb = measure(BenchUniversity(200, count, api, KB), repeated)
        again = [measure(BenchUniversity(200, count, api, number=it), repeated) for it in range(1, AGAIN + 1)]
        steady([*grown.values(), long, kb, *again])
        found = bill(grown, {LONG: long, KB: kb}, starts(folder)) | {"repeated": dict(repeated)}
    logging.disable()  # what a busy table is asked again is counted
    found["raises_per_second_without_refusal"] = raises_per_second_without_refusal()
    (ROOT / "bench/aws.json").write_text(json.dumps(found, indent=2) + "\n")
    write_tables(found)
    print(
        json.dumps({name: it for name, it in found.items() if "operations" not in name and name != "grown"}, indent=2)
    )
    print(*tables(found).values(), sep="\n\n")


def bill(grown: dict[int, Any], longer: dict[int, Any], started: dict[str, Any]) -> dict[str, Any]:
    """What is kept in bench/aws.json."""
    operations = grown[200]
    lists = _lists()
    found = {
        **started,
        "memory": memory_of(operations, started["cold_ms"]),
        "characters_of_1_kb": KB,
        "typing_signals": {str(it): aws_bill.signals(it, TYPING) for it in (200, KB, LONG)},
        **aws_bill.watched(),
        "operations": operations,
        **{f"operations_{length}": {name: it[name] for name in ("send", "answer")} for length, it in longer.items()},
    }
    both = {
        length: (
            *((name, 0.5) for name in ("seen_by_school", "seen_by_raiser")),
            *((name, found["typing_signals"][str(length)] / 2) for name in ("typing_by_raiser", "typing_by_school")),
        )
        for length in (200, LONG)
    }
    return {
        "usd_per_million": aws_bill.message_usd(found),
        "usd_per_million_of_1_kb": aws_bill.message_usd(found, characters=KB),
        f"usd_per_million_of_{LONG}_characters": aws_bill.message_usd(found, characters=LONG),
        "usd_per_million_with_seen_and_typing": aws_bill.message_usd(found, *both[200]),
        f"usd_per_million_of_{LONG}_characters_with_seen_and_typing": aws_bill.message_usd(
            found, *both[LONG], characters=LONG
        ),
        "month_usd": aws_bill.total(aws_bill.month(found)),
        "month_usd_essentials": aws_bill.total(aws_bill.month(found, "ESSENTIALS")),
        "usd_floor": FLOOR,
        **found,
        "grown": {str(size): it for size, it in grown.items()},
        "lists": lists,
        "flat": lists["flat"]
        and all(_alike(it, operations[name]) for name, it in grown[min(grown)].items() if name not in LISTS),
    }


def _lists() -> dict[str, Any]:
    """The read units of lists and counts, at each number of open threads."""
    found = aws_growth.grown()
    sizes = [*found["units"]]
    names = found["units"][sizes[0]]
    units = {name: [found["units"][it][name]["units"] for it in sizes] for name in names}
    return {"open_threads": [*map(int, sizes)], "read_units": units, "flat": found["flat"]}


def write_tables(found: dict[str, Any]) -> None:
    """Put the bill into docs/aws.md, each table between its marks."""
    page = ROOT / "docs/aws.md"
    text = page.read_text("utf-8")
    for mark, table in tables(found).items():
        before, _, rest = text.partition(mark)
        _, _, after = rest.partition(END)
        text = f"{before}{mark}\n\n{table}\n\n{END}{after}"
    page.write_text(text, "utf-8")


def tables(found: dict[str, Any]) -> dict[str, str]:
    """Each table of the page, by the mark that it stands under."""
    return {
        "<!-- the month: make bench-aws -->": aws_bill.table(aws_bill.month(found)),
        "<!-- a message: make bench-aws -->": aws_bill.parts(found),
    }


if __name__ == "__main__":
    main()
