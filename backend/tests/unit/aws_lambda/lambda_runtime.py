"""Lambda's runtime on this machine: AWS's own awslambdaric runs a handler for one event, and what it logs is kept."""

import json
import os
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

from deploy import package

from tests.support.loopback_http import QuietHandler, running
from tests.unit.aws_lambda.test_imports import ENVIRONMENT

PYTHON = package.ROOT / ".venv-lambda/bin/python"
REQUEST = "8476a536-e9f4-11e8-9739-2dfe598c3fcd"


class Runtime(ThreadingHTTPServer):
    """Lambda's Runtime API for one event: what came of it is in `sent` once `done` is set. Who asks for a second event
    waits until `ended` is set."""

    def __init__(self, event: Any) -> None:
        super().__init__(("127.0.0.1", 0), Call)
        self.event = event
        self.taken = False
        self.sent: list[tuple[str, Any]] = []
        self.done = threading.Event()
        self.ended = threading.Event()


EXPECTED = {
    "Aws-Request-Id": REQUEST,
    "Invoked-Function-Arn": "arn:aws:lambda:us-east-1:123456789012:function:uconnect",
    "Trace-Id": "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=1",
}


class Call(QuietHandler):
    protocol_version = "HTTP/1.1"
    server: Runtime

    def do_GET(self) -> None:  # noqa: N802 - the name of http.server
        if self.server.taken:
            self.server.ended.wait()
            self.close_connection = True
            return
        self.server.taken = True
        self.send_response(200)
        deadline = str(int(time.time() * 1000) + 6_000_000)
        for name, value in {"Deadline-Ms": deadline, **EXPECTED}.items():
            self.send_header(f"Lambda-Runtime-{name}", value)
        self.send_header("Content-Type", "application/json")
        body = json.dumps(self.server.event).encode()
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:  # noqa: N802 - the name of http.server
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        self.server.sent.append((self.path.rpartition("/")[2], json.loads(body or b"null")))
        self.answer_with(202)
        self.server.done.set()


@contextmanager
def runtime(event: Any) -> Iterator[Runtime]:
    with running(Runtime(event)) as server:
        try:
            yield server
        finally:
            server.ended.set()


@dataclass(frozen=True)
class Ran:
    """What the runtime was answered (`response` or `error`, and its body), and all that the process printed."""

    how: str
    answer: Any
    printed: str


def run(handler: str, event: Any, folder: Path) -> Ran:
    """Let a handler answer one event, as Lambda would where it has JSON logs; `folder` holds the unpacked zip."""
    with runtime(event) as server:
        environment = ENVIRONMENT | {
            "PATH": os.environ["PATH"],
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{server.server_port}",
            "AWS_LAMBDA_FUNCTION_NAME": "uconnect",
            "AWS_LAMBDA_LOG_FORMAT": "JSON",
            "AWS_LAMBDA_LOG_LEVEL": "INFO",
            "LAMBDA_TASK_ROOT": str(folder),
            "AWS_ENDPOINT_URL": "http://127.0.0.1:9",  # nobody is there
        }
        command = [str(PYTHON), "-m", "awslambdaric", handler]
        with subprocess.Popen(
            command, env=environment, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as it:
            try:
                assert server.done.wait(60), it
            finally:
                it.terminate()
            assert it.stdout
            printed = it.stdout.read()
        ((how, answer),) = server.sent
        return Ran(how, answer, printed)
