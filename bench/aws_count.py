"""Counts what the handlers ask of AWS, by hooks in the SDK, and how long and how much each run of a function works.

Reads are priced by the sizes of what was read (consistent: 1 unit each 4 KB and item, or query; an item that is not
there takes one too, "the minimum read capacity units according to the type of read", API_BatchGetItem), writes by what
the table says it consumed. Nobody is behind the invocations of a function: their payloads are kept, and so are the
queue's messages, for whoever runs the function with them.
"""

import io
import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from math import ceil
from typing import Any

from bench import aws_bill
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

from tests.unit.aws_lambda.fake_api_gateway import _Call
from tests.unit.aws_lambda.template_reader import of_type, read
from uconnect.entrypoints.aws_lambda import entry_point


class Count:
    """What was asked of AWS since `reset`."""

    def __init__(self) -> None:
        self.handed: list[dict[str, Any]] = []  # events that functions are to be run with
        self.asked_issuer = 0
        self.reset()

    def reset(self) -> None:
        self.requests: Counter[str] = Counter()
        self.rru = self.wru = self.index = 0.0
        self.frames = self.calls = self.bytes_out = self.queued = 0
        self.invocations: list[dict[str, Any]] = []
        self._begin()

    def _begin(self) -> None:
        self._waits = self._pool_posts = 0
        self._pooled: set[str] = set()  # of what threads ask at once

    @contextmanager
    def invocation(self, function: str) -> Iterator[None]:
        """One run of a function: its processor time, without the gateway's that stands in, and what it waits for."""
        self._begin()
        asked_before = self.asked_issuer
        lines = io.StringIO()
        entry_point.print_logs(lines)
        began = time.process_time() - STAND_INS_TIME.seconds
        with redirect_stdout(lines):
            yield
        cpu = time.process_time() - STAND_INS_TIME.seconds - began
        wait = self._waits + sum(aws_bill.WAITS[it] for it in self._pooled)
        wait += min(self._pool_posts, 2) * aws_bill.WAITS["PostToConnection"]  # the first party, then the others
        wait += (self.asked_issuer - asked_before) * aws_bill.WAITS["UserInfo"]
        logged = aws_bill.logged(lines.getvalue()) + (0 if is_quiet(function) else aws_bill.LOGGED)
        cpu_ms = round(cpu * 1000, 1)
        self.invocations.append({"function": function, "cpu_ms": cpu_ms, "wait_ms": wait, "logged": logged})

    def watch(self, client: Any) -> None:
        events = client.meta.events
        if client.meta.service_model.service_name == "dynamodb":
            for name in ("PutItem", "DeleteItem", "UpdateItem", "BatchWriteItem", "TransactWriteItems"):
                events.register(f"provide-client-params.dynamodb.{name}", _asks_for_units)
        events.register("provide-client-params.lambda.Invoke", self._keep_payload)
        events.register("provide-client-params.sqs.SendMessage", self._keep_message)
        events.register("before-send.lambda.Invoke", _accepted)
        events.register("before-call.*.*", self._count_request)
        events.register("after-call.*.*", self._answered)

    def _keep_payload(self, params: dict[str, Any], **_: Any) -> None:
        self.handed.append(json.loads(params["Payload"]))

    def _keep_message(self, params: dict[str, Any], **_: Any) -> None:
        self.queued += 1
        self.handed.append({"Records": [{"body": params["MessageBody"]}]})

    def _count_request(self, model: Any, params: dict[str, Any], **_: Any) -> None:
        self.requests[model.name] += 1
        if model.name == "BatchGetItem":
            self.rru += sum(len(asked["Keys"]) for asked in json.loads(params["body"])["RequestItems"].values())
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
                self.rru += max(1, ceil(sum(map(size_of, parsed["Items"])) / 4096))
            case "GetItem":
                self.rru += 0.5  # eventually consistent, and small
            case "BatchGetItem":
                items = [it for its in parsed["Responses"].values() for it in its]
                self.rru += sum(max(1, ceil(size_of(it) / 4096)) - 1 for it in items)
        for said in _listed(parsed.get("ConsumedCapacity", [])):
            index = sum(it["CapacityUnits"] for it in said.get("LocalSecondaryIndexes", {}).values())
            self.index += index
            self.wru += said["CapacityUnits"]

    def take_handed(self) -> list[dict[str, Any]]:
        """The events that a function is to be run with now."""
        handed, self.handed = self.handed, []
        return handed

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
            "queued": self.queued,
            "invocations": self.invocations,
        }


class _StandInsTime:
    """Processor seconds of what stands in for AWS's own services, in threads of this process."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._lock = threading.Lock()

    def watch(self, call: type[BaseHTTPRequestHandler]) -> None:
        handle = call.handle_one_request

        def timed(call: Any) -> None:
            began = time.thread_time()
            handle(call)
            with self._lock:
                self.seconds += time.thread_time() - began

        setattr(call, "handle_one_request", timed)  # noqa: B010 - it is replaced for good, in this process


STAND_INS_TIME = _StandInsTime()
STAND_INS_TIME.watch(_Call)


@contextmanager
def issuer(count: Count) -> Iterator[str]:
    """An issuer that takes every token: the address where it says whose one is."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            count.asked_issuer += 1
            body = b'{"sub": "s"}'
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Nothing: what was asked is counted."""

    STAND_INS_TIME.watch(Answer)
    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/userinfo"
        finally:
            server.shutdown()
            thread.join()


class _Empty(io.BytesIO):
    """The body of an answer that has none."""

    def stream(self) -> Iterator[bytes]:
        yield from ()


def _accepted(request: Any, **_: Any) -> AWSResponse:
    """Lambda's answer to an invocation that nobody waits for."""
    return AWSResponse(request.url, 202, HTTPHeaders(), _Empty())


def _asks_for_units(params: dict[str, Any], **_: Any) -> dict[str, Any]:
    return params | {"ReturnConsumedCapacity": "INDEXES"}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def size_of(item: dict[str, dict[str, str]]) -> int:
    return sum(len(name) + len(next(iter(value.values())).encode()) for name, value in item.items())


@cache
def is_quiet(function: str) -> bool:
    """Whether Lambda leaves out of its log what each invocation would say: START, END and REPORT."""
    of_all = read()["Globals"]["Function"]["LoggingConfig"]
    logging = of_type("AWS::Serverless::Function")[function].get("LoggingConfig", of_all)
    return (logging.get("LogFormat"), logging.get("SystemLogLevel")) == ("JSON", "WARN")
