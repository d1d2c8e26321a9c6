"""Where passwords are hashed: in processes of low priority, so that whoever writes meanwhile does not feel it."""

import base64
import json
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from argon2 import PasswordHasher

from uconnect.oidc_provider.hashing_worker import matches

WORKER = Path(__file__).with_name("hashing_worker.py")


class Hashing(Protocol):
    """Both calls block, for as long as a hash takes."""

    def hash(self, password: bytes) -> str: ...

    def matches(self, kept: str, password: bytes) -> bool: ...

    def close(self) -> None: ...


class InThread:
    """Hashes in the calling thread: for tests, whose hashes cost nothing."""

    def __init__(self, hasher: PasswordHasher) -> None:
        self._hasher = hasher

    def hash(self, password: bytes) -> str:
        return self._hasher.hash(password)

    def matches(self, kept: str, password: bytes) -> bool:
        return matches(self._hasher, kept, password)

    def close(self) -> None:
        """There is nothing to end."""


class InProcesses:
    """Hashes in a process for each calling thread, which is started when it is first needed, or has died."""

    def __init__(self, hasher: PasswordHasher) -> None:
        self._parameters = {
            name: getattr(hasher, name) for name in ("time_cost", "memory_cost", "parallelism", "hash_len", "salt_len")
        }
        self._local = threading.local()
        self._all: list[subprocess.Popen[str]] = []

    def hash(self, password: bytes) -> str:
        return str(self._ask({"password": base64.b64encode(password).decode()}))

    def matches(self, kept: str, password: bytes) -> bool:
        return self._ask({"password": base64.b64encode(password).decode(), "kept": kept}) is True

    def close(self) -> None:
        """End the processes. Nothing may be asked meanwhile or after."""
        for process in self._all:
            process.communicate()  # its input ends, and so does it

    def _ask(self, asked: Mapping[str, str]) -> Any:
        line = json.dumps(asked) + "\n"
        answer = self._answer(self._process(), line) or self._answer(self._another(), line)
        return json.loads(answer)

    def _answer(self, process: "subprocess.Popen[str]", line: str) -> str:
        """Its answer; nothing if it has died."""
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(line)
            process.stdin.flush()
        except BrokenPipeError:
            return ""
        return process.stdout.readline()

    def _process(self) -> "subprocess.Popen[str]":
        found: subprocess.Popen[str] | None = getattr(self._local, "process", None)
        return found or self._another()

    def _another(self) -> "subprocess.Popen[str]":
        command = [sys.executable, "-P", str(WORKER), json.dumps(self._parameters)]
        made = subprocess.Popen(  # noqa: S603 - this interpreter and a file of ours
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # what it complains of might name what it was asked
            text=True,
            start_new_session=True,  # Ctrl-C is for the server, which ends it
        )
        self._local.process = made
        self._all.append(made)
        return made
