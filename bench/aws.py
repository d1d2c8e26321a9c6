"""What uconnect costs on AWS: what each operation asks, counted at the SDK; what a cold start loads; how both grow.

The handlers run here as they run there, over the emulator's DynamoDB and a gateway that takes posts. A hook on the SDK
counts each request; reads are priced by the sizes of what was read (consistent: 1 unit each 4 KB and item, or query),
writes by what the table says it consumed. Writes bench/aws.json and prints the same. `make bench-aws`.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from math import ceil
from pathlib import Path
from typing import Any

from deploy import package
from deploy.emulator import emulator
from deploy.local import ARCH, VERSION

from tests.unit.aws_lambda.fake_api_gateway import Posts, posts
from tests.unit.aws_lambda.test_imports import ENVIRONMENT
from uconnect.adapters.clock import fresh, new_context
from uconnect.adapters.dynamodb.items import item, rows
from uconnect.adapters.dynamodb.table import create_table
from uconnect.adapters.realtime.api_gateway import Connection
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
ROUNDS = 7  # of each start, interleaved; the median is told

# us-east-1, dollars a million (shared facts in docs/aws.md)
FRAME, POST, CALL, READ, WRITE = 1.00, 1.00, 1.00, 0.125, 0.625
INVOKED = 0.20 + 0.5 * 0.05 * 13.3334  # a request, and 512 MB for 50 ms on arm64
EGRESS = 0.09  # about 1 KB a message
ISSUER = "https://issuer.example"
NOW = new_context().now
UNTIL = 2**31  # s: when a socket is to be closed
FLOOR = 4.62  # a bare write: neither order, nor idempotence, nor a check of the handler


class Count:
    """What was asked of AWS since `reset`."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.requests: Counter[str] = Counter()
        self.rru = self.wru = self.index = 0.0

    def watch(self, client: Any) -> None:
        events = client.meta.events
        if client.meta.service_model.service_name == "dynamodb":
            for name in ("PutItem", "DeleteItem", "TransactWriteItems"):
                events.register(f"provide-client-params.dynamodb.{name}", _asks_for_units)
        events.register("before-call.*.*", self._count_request)
        events.register("after-call.*.*", self._answered)

    def _count_request(self, model: Any, **_: Any) -> None:
        self.requests[model.name] += 1

    def _answered(self, parsed: dict[str, Any], model: Any, **_: Any) -> None:
        match model.name:
            case "Query":
                self.rru += max(1, ceil(sum(map(_size, parsed["Items"])) / 4096))
            case "BatchGetItem":
                self.rru += sum(max(1, ceil(_size(it) / 4096)) for its in parsed["Responses"].values() for it in its)
        for said in _listed(parsed.get("ConsumedCapacity", [])):
            index = sum(it["CapacityUnits"] for it in said.get("LocalSecondaryIndexes", {}).values())
            self.index += index
            self.wru += said["CapacityUnits"]

    def shown(self) -> dict[str, Any]:
        asked = sum(self.requests.values())
        posted = self.requests["PostToConnection"]
        return {"requests": asked, "rru": self.rru, "wru": self.wru, "wru_index": self.index, "posts": posted}


def _asks_for_units(params: dict[str, Any], **_: Any) -> dict[str, Any]:
    return params | {"ReturnConsumedCapacity": "INDEXES"}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _size(item: dict[str, dict[str, str]]) -> int:
    return sum(len(name) + len(next(iter(value.values())).encode()) for name, value in item.items())


class BenchUniversity:
    """A school that was raised `size` threads, one with as many messages; its raiser and itself have a socket each."""

    def __init__(self, size: int) -> None:
        from uconnect.entrypoints.aws_lambda import dependencies  # noqa: PLC0415 - made of the environment

        self.size = size
        self.table = os.environ["TABLE"]
        self.dynamodb = dependencies._dynamodb()  # noqa: SLF001 - what is to be counted
        self.user, self.school, self.worker = (f"{kind}-{size}".ljust(22, "-") for kind in ("user", "school", "worker"))
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
        id = f"{self.size}-{number}"
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

    def operations(self) -> Iterator[tuple[str, Callable[[], None]]]:
        """Each once, in an order in which each can be done."""
        long, short = self.long, self.short
        pages = range(0, min(200, self.size), 50)
        yield "send", partial(self._send, self.user, long.raiser.id)
        yield "answer", partial(self._send, self.school, long.school.id)
        yield "open_thread", self._open
        yield "open_inbox", partial(self._inbox, len(pages))
        yield "raise", partial(self._call, self.user, "POST /api/threads", body=self._raise())
        yield (
            "offload",
            partial(
                self._call, self.school, "POST /api/threads/{id}/offload", short.school.id, body={"worker": self.worker}
            ),
        )
        yield "terminate", partial(self._call, self.user, "POST /api/threads/{id}/terminate", short.raiser.id)

    def _raise(self) -> dict[str, str]:
        return {"key": fresh(), "school": self.school, "subject": "Another question", "text": "x" * 200}

    def _open(self) -> None:
        id = self.long.school.id
        self._call(self.school, "GET /api/threads/{id}", id)
        self._call(self.school, "GET /api/threads/{id}/log", id, f"after={max(0, self.size - 50)}")

    def _inbox(self, pages: int) -> None:
        query = "shelf=received"
        for _ in range(pages):
            following = self._call(self.school, "GET /api/threads", query=query)["next"]
            query = f"shelf=received&before={following}"

    def _send(self, by: str, id: str) -> None:
        from uconnect.entrypoints.aws_lambda import websocket  # noqa: PLC0415 - (see above)

        frame = {"t": "send", "key": fresh(), "id": id, "text": "x" * 200}
        said = {"eventType": "MESSAGE", "connectionId": f"socket-of-{by}", "authorizer": {"party": by}}
        assert websocket.handler({"requestContext": said, "body": json.dumps(frame)}, None) == {"statusCode": 200}

    def _call(self, by: str, route: str, id: str = "", query: str = "", body: Any = None) -> Any:
        from uconnect.entrypoints.aws_lambda import http  # noqa: PLC0415 - (see above)

        client = {self.user: "u", self.school: "s"}[by]
        claims = {"iss": ISSUER, "sub": by, "client_id": client, "token_use": "access"}
        answer = http.handler(
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
        assert answer["statusCode"] == 200, answer
        return json.loads(answer["body"])


def measure(university: BenchUniversity, count: Count, api: Posts) -> dict[str, Any]:
    """What each operation asks for."""
    found = {}
    for name, operation in university.operations():
        count.reset()
        before = sum(map(len, api.posted.values()))
        operation()
        found[name] = count.shown()
        assert found[name]["posts"] == sum(map(len, api.posted.values())) - before
    return found


def _mean(each: Iterable[float]) -> float:
    return round(statistics.mean(each), 2)


def usd(send: dict[str, Any], wru: float) -> float:
    """A million messages: a frame in, a function, what the table is asked, the posts, and what leaves."""
    return FRAME + INVOKED + float(send["rru"]) * READ + wru * WRITE + int(send["posts"]) * POST + EGRESS


def _alike(one: dict[str, float], other: dict[str, float]) -> bool:
    """As many requests, and units but for the length of a number."""
    return all(abs(one[name] - other[name]) <= 0.05 * other[name] for name in one)


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
    took = {name: statistics.median(held) for name, held in times.items()}
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
        os.environ |= {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
        from uconnect.entrypoints.aws_lambda import dependencies  # noqa: PLC0415 - (see above)

        count = Count()
        create_table(dependencies._dynamodb(), os.environ["TABLE"])  # noqa: SLF001 - (see above)
        for client in (dependencies._dynamodb(), dependencies.posts(), dependencies.client_of("lambda")):  # noqa: SLF001
            count.watch(client)
        grown = {size: measure(BenchUniversity(size), count, api) for size in SIZES}
        operations = grown[200]
        sends = [operations["send"], operations["answer"]]
        found = {
            "usd_per_million": _mean(usd(it, it["wru"]) for it in sends),
            "usd_floor": FLOOR,
            **starts(folder),
            "operations": operations,
            "grown": {str(size): it for size, it in grown.items()},
            "flat": all(_alike(grown[10_000][name], grown[200][name]) for name in operations),
        }
    (ROOT / "bench/aws.json").write_text(json.dumps(found, indent=2) + "\n")
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
