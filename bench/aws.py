"""What uconnect costs on AWS: what each operation asks, counted at the SDK; what a cold start loads; how both grow.

The handlers run here as they run there, over the emulator's DynamoDB and a gateway that takes posts. A hook on the SDK
counts each request; reads are priced by the sizes of what was read (consistent: 1 unit each 4 KB and item, or query),
writes by what the table says it consumed. Functions are timed by the processor time of the real handler; what they wait
for and cost is the model of `bench/aws_bill.py`. Writes bench/aws.json and the table of docs/aws.md, and prints both.
`make bench-aws`.

On a busy machine the emulator may answer late, and a handler then says that it is busy. That operation is done again,
at most TRIES times, and how often that happened is told (`repeated`).
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, partial
from math import ceil
from pathlib import Path
from typing import Any

from bench import aws_bill
from deploy import package
from deploy.emulator import emulator
from deploy.local import ARCH, VERSION
from deploy.sites import TYPING

from tests.unit.aws_lambda.fake_api_gateway import Posts, _Call, posts
from tests.unit.aws_lambda.template_reader import of_type
from tests.unit.aws_lambda.test_imports import ENVIRONMENT
from uconnect.adapters.clock import fresh, new_context
from uconnect.adapters.dynamodb.items import item, rows
from uconnect.adapters.dynamodb.table import create_table
from uconnect.adapters.realtime.api_gateway import Connection
from uconnect.application.ports import Unavailable
from uconnect.domain import protocol
from uconnect.domain.context import JOBS_WITHIN
from uconnect.domain.enums import Kind, Side
from uconnect.domain.models import (
    Login,
    Message,
    Participant,
    Party,
    School,
    SideCounters,
    Thread,
    ThreadReference,
    User,
    Worker,
)

ROOT = Path(__file__).resolve().parents[1]
SIZES = (10, 200, 10_000)  # threads at a school, and messages in the thread at hand
PATIENCE = 60  # s for one answer of the emulator
JOBS_UP_TO = 200  # where jobs are measured: in a greater table the emulator takes too long for each of their queries
ROUNDS = 7  # of each start, interleaved; the least is told

TRIES = 8  # of an operation that is answered as busy
LONG = 1_000  # characters of the longer message; the others have 200
ISSUER = "https://issuer.example"
NOW = new_context().now
UNTIL = 2**31  # s: when a socket is to be closed
MARKS = ("<!-- the month: make bench-aws -->", "<!-- end -->")
FLOOR = 4.62  # a bare write: neither order, nor idempotence, nor a check of the handler


class Busy(Exception):
    """A handler could not do it now."""


class Count:
    """What was asked of AWS since `reset`."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.requests: Counter[str] = Counter()
        self.rru = self.wru = self.index = 0.0
        self.frames = self.calls = self.bytes_out = 0
        self.invocations: list[dict[str, Any]] = []
        self._begin()

    def _begin(self) -> None:
        self._waits = self._pool_posts = 0
        self._pooled: set[str] = set()  # of what threads ask at once

    @contextmanager
    def invocation(self, function: str) -> Iterator[None]:
        """One run of a function: its processor time, without the gateway's that stands in, and what it waits for."""
        self._begin()
        began = time.process_time() - GATEWAY_TIME.seconds
        yield
        cpu = time.process_time() - GATEWAY_TIME.seconds - began
        wait = self._waits + sum(aws_bill.WAITS[it] for it in self._pooled)
        wait += min(self._pool_posts, 2) * aws_bill.WAITS["PostToConnection"]  # the first party, then the others
        logged = 0 if is_quiet(function) else aws_bill.LOGGED
        cpu_ms = round(cpu * 1000, 1)
        self.invocations.append({"function": function, "cpu_ms": cpu_ms, "wait_ms": wait, "logged": logged})

    def watch(self, client: Any) -> None:
        events = client.meta.events
        if client.meta.service_model.service_name == "dynamodb":
            for name in ("PutItem", "DeleteItem", "UpdateItem", "BatchWriteItem", "TransactWriteItems"):
                events.register(f"provide-client-params.dynamodb.{name}", _asks_for_units)
        events.register("before-call.*.*", self._count_request)
        events.register("after-call.*.*", self._answered)

    def _count_request(self, model: Any, params: dict[str, Any], **_: Any) -> None:
        self.requests[model.name] += 1
        if model.name == "PostToConnection":
            self.bytes_out += len(params["body"])
        if threading.current_thread() is threading.main_thread():
            self._waits += aws_bill.WAITS[model.name]
        elif model.name == "PostToConnection":
            self._pool_posts += 1
        else:
            self._pooled.add(model.name)

    def _answered(self, parsed: dict[str, Any], model: Any, **_: Any) -> None:
        match model.name:
            case "Query":
                self.rru += max(1, ceil(sum(map(_size, parsed["Items"])) / 4096))
            case "GetItem":
                self.rru += 0.5  # eventually consistent, and small
            case "BatchGetItem":
                self.rru += sum(max(1, ceil(_size(it) / 4096)) for its in parsed["Responses"].values() for it in its)
        for said in _listed(parsed.get("ConsumedCapacity", [])):
            index = sum(it["CapacityUnits"] for it in said.get("LocalSecondaryIndexes", {}).values())
            self.index += index
            self.wru += said["CapacityUnits"]

    def shown(self) -> dict[str, Any]:
        asked = sum(self.requests.values())
        posted = self.requests["PostToConnection"]
        return {
            "requests": asked,
            "rru": self.rru,
            "wru": self.wru,
            "wru_index": self.index,
            "posts": posted,
            "frames": self.frames,
            "calls": self.calls,
            "bytes_out": self.bytes_out,
            "invocations": self.invocations,
        }


class _GatewayTime:
    """Processor seconds of the gateway that stands in for AWS's, in threads of this process."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._lock = threading.Lock()

    def watch(self) -> None:
        handle = _Call.handle_one_request

        def timed(call: Any) -> None:
            began = time.thread_time()
            handle(call)
            with self._lock:
                self.seconds += time.thread_time() - began

        setattr(_Call, "handle_one_request", timed)  # noqa: B010 - it is replaced for good, in this process


GATEWAY_TIME = _GatewayTime()


def _asks_for_units(params: dict[str, Any], **_: Any) -> dict[str, Any]:
    return params | {"ReturnConsumedCapacity": "INDEXES"}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _size(item: dict[str, dict[str, str]]) -> int:
    return sum(len(name) + len(next(iter(value.values())).encode()) for name, value in item.items())


@cache
def is_quiet(function: str) -> bool:
    """Whether Lambda leaves out of its log what each invocation would say: START, END and REPORT."""
    logging = of_type("AWS::Serverless::Function")[function]["LoggingConfig"]
    return (logging.get("LogFormat"), logging.get("SystemLogLevel")) == ("JSON", "WARN")


class _Patient:
    """Lambda's context, as far as jobs ask for it."""

    def get_remaining_time_in_millis(self) -> int:
        return 300_000


class BenchUniversity:
    """A school that was raised `size` threads, one with as many messages; its raiser and itself have a socket each."""

    def __init__(self, size: int, count: Count, api: Posts, characters: int = 200) -> None:
        from uconnect.entrypoints.aws_lambda import dependencies  # noqa: PLC0415 - made of the environment

        self.size, self.count, self.api = size, count, api
        self.text, self.tag = "x" * characters, f"{size}" if characters == 200 else f"{size}-{characters}"
        self.table = os.environ["TABLE"]
        self.dynamodb = dependencies._dynamodb()  # noqa: SLF001 - what is to be counted
        self.user, self.school, self.worker = (
            f"{kind}-{self.tag}".ljust(22, "-") for kind in ("user", "school", "worker")
        )
        self.long, self.short = self._thread(0, self.user, self.size), self._thread(1, self.user, 1)
        others = [self._thread(n, f"other-{n}", 1) for n in range(2, size)]
        people: list[Party] = [
            User(id=self.user, email="u@a.example", name="U", open=(self.long.id, self.short.id)),
            School(id=self.school, email="s@a.example", name="S", workers=(self.worker,)),
            Worker(id=self.worker, email="w@a.example", name="W", school=self.school, joined=True),
        ]
        logins = [Login(issuer=ISSUER, subject=it.id, party=it.id) for it in people]
        log = [self._message(seq) for seq in range(1, size + 1)]
        self._put(*people, *logins, *log, self.long, self.short, *others)
        self._put(*(it for thread in (self.long, self.short, *others) for it in self._references(thread)))
        for party in (self.user, self.school):
            dependencies.gateway().register(Connection(party, f"socket-of-{party}"), UNTIL)

    def _thread(self, number: int, owner: str, seq: int) -> Thread:
        at = NOW - number * 60_000
        id = f"{self.tag}-{number}"
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
            asked=SideCounters(messages=seq),
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
        puts = [it for record in records for it in (item(record, "0"), *(row.item for row in rows(record)))]
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
        yield "answer", partial(self._send, self.school, school)
        seen = {"t": "seen", "id": raiser, "seq": size + 2, "theirs": 1}
        yield "seen_by_raiser", partial(self._frame, self.user, seen)
        yield "open_thread", self._open
        yield "open_inbox", partial(self._inbox, len(range(0, min(200, size), 50)))
        yield "reload_raiser", partial(self._reload, self.user, "shelf=raised&show=open", "shelf=raised&show=ended")
        yield "reload_school", partial(self._reload, self.school, "shelf=received&show=open")
        yield "raise", partial(self._call, self.user, "POST /api/threads", body=self._raise())
        worker = {"worker": self.worker}
        yield (
            "offload",
            partial(self._call, self.school, "POST /api/threads/{id}/offload", short.school.id, body=worker),
        )
        yield "terminate", partial(self._call, self.user, "POST /api/threads/{id}/terminate", short.raiser.id)
        if size <= JOBS_UP_TO:
            time.sleep(JOBS_WITHIN / 1000)  # until the jobs that these left are due
            yield "jobs", self._jobs

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

    def _frame(self, by: str, frame: dict[str, Any], socket: str = "") -> None:
        socket = socket or f"socket-of-{by}"
        self.count.frames += 1
        self._socket_event(by, socket, {"eventType": "MESSAGE"}, json.dumps(frame))
        said = [json.loads(it) for it in self.api.posted[socket][-1:]]
        if frame["t"] == "send" and said[0]["t"] == "refused":
            assert said[0]["code"] == "busy", said
            raise Busy

    def _socket_event(self, by: str, socket: str, context: dict[str, str], body: str = "") -> None:
        from uconnect.entrypoints.aws_lambda import websocket  # noqa: PLC0415 - (see above)

        said = context | {"connectionId": socket, "authorizer": {"party": by}}
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
        self._frame(self.user, {"t": "hello", "protocol": protocol.PROTOCOL}, "another")
        self._socket_event(self.user, "another", {"eventType": "DISCONNECT"})

    def _jobs(self) -> None:
        from uconnect.entrypoints.aws_lambda import jobs  # noqa: PLC0415 - (see above)

        try:
            with self.count.invocation("Todos"):
                jobs.handler({}, _Patient())
        except Unavailable as error:
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
    with tempfile.TemporaryDirectory() as made, emulator(Path(made)) as address, posts() as api:
        folder = Path(made)
        os.environ |= ENVIRONMENT | {"AWS_ENDPOINT_URL": address, "SOCKETS": api.url}
        os.environ |= {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "MAIL_FROM": ""}
        GATEWAY_TIME.watch()
        from uconnect.entrypoints.aws_lambda import dependencies  # noqa: PLC0415 - (see above)

        # An emulator on a busy machine takes longer than AWS may: what is counted is what is asked, and not how long.
        dependencies._dynamodb()._endpoint.http_session._timeout = PATIENCE  # noqa: SLF001 - (see above)
        count = Count()
        create_table(dependencies._dynamodb(), os.environ["TABLE"])  # noqa: SLF001 - (see above)
        for client in (dependencies._dynamodb(), dependencies.posts(), dependencies.client_of("lambda")):  # noqa: SLF001
            count.watch(client)
        repeated: Counter[str] = Counter()
        grown = {size: measure(BenchUniversity(size, count, api), repeated) for size in SIZES}
        long = measure(BenchUniversity(200, count, api, LONG), repeated)
        steady([*grown.values(), long])
        found = bill(grown, long, starts(folder)) | {"repeated": dict(repeated)}
    (ROOT / "bench/aws.json").write_text(json.dumps(found, indent=2) + "\n")
    write_table(found)
    print(
        json.dumps({name: it for name, it in found.items() if "operations" not in name and name != "grown"}, indent=2)
    )
    print(aws_bill.table(aws_bill.month(found)))


def bill(grown: dict[int, Any], long: dict[str, Any], started: dict[str, Any]) -> dict[str, Any]:
    """What is kept in bench/aws.json."""
    operations = grown[200]
    found = {
        **started,
        "memory": memory_of(operations, started["cold_ms"]),
        "typing_signals": {str(it): aws_bill.signals(it, TYPING) for it in (200, LONG)},
        "alarms": len(of_type("AWS::CloudWatch::Alarm")),
        "operations": operations,
        f"operations_{LONG}": {name: long[name] for name in ("send", "answer")},
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
        "flat": all(_alike(it, operations[name]) for name, it in grown[max(grown)].items()),
    }


def write_table(found: dict[str, Any]) -> None:
    """Put the month's bill into docs/aws.md, between its marks."""
    page = ROOT / "docs/aws.md"
    before, _, rest = page.read_text("utf-8").partition(MARKS[0])
    _, _, after = rest.partition(MARKS[1])
    table = aws_bill.table(aws_bill.month(found))
    page.write_text(f"{before}{MARKS[0]}\n\n{table}\n\n{MARKS[1]}{after}", "utf-8")


if __name__ == "__main__":
    main()
