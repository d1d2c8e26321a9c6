"""The zip stands alone: it runs where there is nothing but Lambda's own runtime, and it is small."""

import json
import os
import subprocess
import threading
import time
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from deploy import package
from deploy.local import ARCH, VERSION

from tests.unit.aws_lambda.test_imports import ENVIRONMENT

LARGEST = 4_600_000  # bytes, a tenth of them the time zones: Lambda may lack them
UNCHECKED = 0b01  # PEP 552: made of a hash of the source, which is not looked at
PYTHON = package.ROOT / ".venv-lambda/bin/python"
HANDLERS = ("http", "authorizer", "websocket", "jobs")


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> package.Packed:
    return package.functions(ARCH, VERSION, tmp_path_factory.mktemp("build"))


@pytest.fixture(scope="module")
def unpacked(packed: package.Packed, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("task")
    with zipfile.ZipFile(packed.path) as held:
        held.extractall(folder)
    return folder


def test_the_zip_is_small(packed: package.Packed) -> None:
    assert packed.path.stat().st_size <= LARGEST


def test_the_sdk_in_it_speaks_to_our_services_alone(unpacked: Path) -> None:
    assert {it.name for it in (unpacked / "botocore/data").iterdir() if it.is_dir()} == package.SERVICES
    assert not (unpacked / "PIL").exists()


def test_its_compiled_files_are_believed_without_a_look_at_their_sources(unpacked: Path) -> None:
    compiled = [*unpacked.rglob("*.pyc")]
    assert len(compiled) == len([*unpacked.rglob("*.py")])
    assert {int.from_bytes(it.read_bytes()[4:8], "little") for it in compiled} == {UNCHECKED}


class Runtime(ThreadingHTTPServer):
    """Lambda's Runtime API for one event: what came of it is in `sent` once `done` is set."""

    def __init__(self, event: Any) -> None:
        super().__init__(("127.0.0.1", 0), Call)
        self.event = event
        self.taken = False
        self.sent: list[tuple[str, Any]] = []
        self.done = threading.Event()


EXPECTED = {
    "Aws-Request-Id": "8476a536-e9f4-11e8-9739-2dfe598c3fcd",
    "Deadline-Ms": str(int(time.time() * 1000) + 6_000_000),
    "Invoked-Function-Arn": "arn:aws:lambda:us-east-1:123456789012:function:uconnect",
    "Trace-Id": "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=1",
}


class Call(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Runtime

    def do_GET(self) -> None:
        if self.server.taken:
            self.server.done.wait()
            self.send_error(410)
            return
        self.server.taken = True
        self.send_response(200)
        for name, value in EXPECTED.items():
            self.send_header(f"Lambda-Runtime-{name}", value)
        self.send_header("Content-Type", "application/json")
        body = json.dumps(self.server.event).encode()
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        self.server.sent.append((self.path.rpartition("/")[2], json.loads(body or b"null")))
        self.send_response(202)
        self.send_header("Content-Length", "0")
        self.end_headers()
        self.server.done.set()

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@pytest.fixture
def runtime(request: pytest.FixtureRequest) -> Iterator[Runtime]:
    with Runtime(request.param) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.done.set()
        server.shutdown()
        thread.join()


DESCRIBED = {"routeKey": "GET /api/openapi.json", "requestContext": {}}
CONNECTED = {"requestContext": {"eventType": "CONNECT", "connectionId": "c", "authorizer": {"party": "p"}}}
DENIED = {"headers": {"Origin": "https://evil.example"}, "queryStringParameters": {"ticket": "t"}, "methodArn": "arn"}
CASES = [("http", DESCRIBED), ("websocket", CONNECTED), ("authorizer", DENIED), ("jobs", {})]


@pytest.mark.parametrize(("function", "runtime"), CASES, indirect=["runtime"], ids=[name for name, _ in CASES])
def test_a_function_starts_where_there_is_nothing_but_lambdas_runtime(
    function: str, runtime: Runtime, unpacked: Path
) -> None:
    environment = ENVIRONMENT | {
        "PATH": os.environ["PATH"],
        "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{runtime.server_port}",
        "LAMBDA_TASK_ROOT": str(unpacked),
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",  # nobody is there
    }
    command = [str(PYTHON), "-m", "awslambdaric", f"uconnect.entrypoints.aws_lambda.{function}.handler"]
    with subprocess.Popen(
        command, env=environment, cwd=unpacked, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as it:
        try:
            assert runtime.done.wait(60), it
        finally:
            it.terminate()
    ((how, answer),) = runtime.sent
    match function:
        case "http":
            assert json.loads(answer["body"])["openapi"] == "3.1.0"
        case "websocket":
            assert answer == {"statusCode": 200}
        case "authorizer":
            assert answer["policyDocument"]["Statement"][0]["Effect"] == "Deny"
        case "jobs":
            assert (how, answer["errorType"]) == ("error", "Unavailable"), "it has come as far as the table"


def test_a_letter_is_written_with_what_is_in_the_zip(unpacked: Path) -> None:
    """Its templates, and Jinja2, which no function loads before the first letter."""
    code = (
        "from uconnect.adapters.mail import templates; "
        "print(templates.school_invitation_to_sign_up('a@b.example', 'LINK').text)"
    )
    environment = {"PYTHONPATH": str(unpacked), "PYTHONDONTWRITEBYTECODE": "1"}
    written = subprocess.run([PYTHON, "-S", "-c", code], env=environment, check=True, capture_output=True, text=True)
    assert "To join, create an account with this address here:\nLINK\n" in written.stdout
