"""A DynamoDB that runs from the first time it is asked for until the tests end: one for all workers of a test run."""

import atexit
import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from fcntl import LOCK_EX, flock
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from deploy.emulator import emulator, started

from tests.support.polling import TIMEOUT
from tests.support.ports import free_port
from tests.support.stores import fresh
from uconnect.adapters.dynamodb.table import client, create_table

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient

SHARED = "TESTS_SHARED"  # names a folder that all workers of a test run have in common
OTHER = "DYNAMODB"  # names the address of another DynamoDB: see `make second-opinion`

_started: "list[subprocess.Popen[bytes]]" = []  # by this process


@cache
def dynamodb() -> "DynamoDBClient":
    stack = ExitStack()
    atexit.register(stack.close)
    address = os.environ.get(OTHER) or stack.enter_context(_emulated())
    # A machine that stood still for seconds is no fault of the product's, which asks again after three.
    made = client(
        read_timeout=TIMEOUT,
        endpoint_url=address,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    stack.callback(made.close)
    return made


def table() -> str:
    """The name of a new one."""
    name = f"uconnect-{fresh()}"
    create_table(dynamodb(), name)
    return name


@contextmanager
def _emulated() -> Iterator[str]:
    shared = os.environ.get(SHARED)
    if shared is None:
        with TemporaryDirectory() as own, emulator(Path(own), free_port()) as address:
            yield address
        return
    try:
        yield _join(Path(shared))
    finally:
        _leave(Path(shared))


def _join(folder: Path) -> str:
    """The address of the emulator of this test run. The first process that asks for it starts it."""
    with _state(folder) as state:
        if not state:
            port = free_port()
            _started.append(started(folder, port))
            state |= {"address": f"http://127.0.0.1:{port}", "pid": _started[-1].pid, "users": []}
        state["users"].append(os.getpid())
        return str(state["address"])


def _leave(folder: Path) -> None:
    """The last process that uses it ends it: it may outlive the process that started it, which ends now."""
    for process in _started:
        process.returncode = 0  # else Python warns that it still runs
    with _state(folder) as state:
        state["users"].remove(os.getpid())
        if not any(Path(f"/proc/{pid}").exists() for pid in state["users"]):
            with suppress(ProcessLookupError):
                os.kill(state["pid"], signal.SIGTERM)
            state.clear()


@contextmanager
def _state(folder: Path) -> Iterator[dict[str, Any]]:
    """What the processes of a test run know in common; one of them at a time has it."""
    with (folder / "state.json").open("a+") as file:
        flock(file, LOCK_EX)
        file.seek(0)
        state: dict[str, Any] = json.loads(file.read() or "{}")
        yield state
        file.truncate(0)
        file.write(json.dumps(state))
