"""Starts and stops ministack, an emulator of AWS: on the loopback, with a port and a folder of its own."""

import http.client
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PYTHON = Path(__file__).resolve().parents[1] / ".venv-emulator/bin/python"
PATCHED = Path(__file__).with_name("patched_ministack.py")
PATIENCE = 60  # s until it must answer: a busy machine needs many, a quiet one one


@contextmanager
def emulator(folder: Path, port: int = 0) -> Iterator[str]:
    """Run it, and give its address. It enforces the roles of functions, as AWS does."""
    port = port or _free_port()
    process = started(folder, port)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        _end(process)


def started(folder: Path, port: int) -> "subprocess.Popen[bytes]":
    """Start it, and give its process once it answers on that port. The caller stops it."""
    if not PYTHON.exists():
        raise FileNotFoundError(f"There is no {PYTHON}: `make test` and `make deploy-local` set it up.")
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([PYTHON, PATCHED], env=_settings(folder, port), stdout=log, stderr=log)
    try:
        _wait_until_healthy(process, port, folder / "log")
    except BaseException:
        _end(process)
        raise
    return process


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _settings(folder: Path, port: int) -> dict[str, str]:
    for name in ("tmp", "state"):
        (folder / name).mkdir(exist_ok=True)
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "TMPDIR": str(folder / "tmp"),
        "STATE_DIR": str(folder / "state"),
        "AUTH": "true",
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "IOT_MTLS_ENABLED": "0",  # or it listens on 0.0.0.0:8883 whatever BIND_HOST says
        "LAMBDA_EXECUTOR": "local",
        "MINISTACK_HOST": "localhost",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def _wait_until_healthy(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
        try:
            connection.request("GET", "/_ministack/health")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.05)
        finally:
            connection.close()
    raise RuntimeError(f"ministack did not start:\n{log.read_text('utf-8')[-2000:]}")
