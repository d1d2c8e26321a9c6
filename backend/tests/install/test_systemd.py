"""The systemd unit closes what uconnect does not need, and nothing that it needs."""

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.letter_requests import ask_for_code
from tests.support.listening_server import SERVE, asking, is_up_in
from tests.support.nginx import PACKAGING
from tests.support.ordinary_account import ORDINARY
from tests.support.polling import poll

MOST_EXPOSED = 2.0  # of 10, by `systemd-analyze security`
SERVICE, SOCKET = PACKAGING / "uconnect.service", PACKAGING / "uconnect.socket"
URL = "https://ask.uni.example"

ANALYZE = shutil.which("systemd-analyze")
needs_systemd = pytest.mark.skipif(ANALYZE is None, reason="systemd-analyze is not here: the unit is not judged")


def values(file: Path, name: str) -> list[str]:
    """All that a unit sets a name to, in order."""
    return re.findall(rf"^{name}=(.*)$", file.read_text("utf-8"), re.MULTILINE)


def analyzed(*words: str) -> "subprocess.CompletedProcess[str]":
    assert ANALYZE
    return subprocess.run([ANALYZE, *words], capture_output=True, text=True, check=False)


@needs_systemd
def test_the_unit_is_locked_down() -> None:
    judged = analyzed("security", "--offline=true", f"--threshold={MOST_EXPOSED * 10:.0f}", str(SERVICE))
    found = re.search(r"Overall exposure level for uconnect.service: ([\d.]+)", judged.stdout)
    assert found, judged.stderr
    assert (judged.returncode, float(found[1]) <= MOST_EXPOSED) == (0, True), judged.stdout


@needs_systemd
def test_systemd_understands_every_line(tmp_path: Path) -> None:
    for file in (SERVICE, SOCKET):
        (tmp_path / file.name).write_text(
            re.sub("^ExecStart=.*", "ExecStart=/bin/true", file.read_text("utf-8"), flags=re.MULTILINE)
        )
    verified = analyzed("verify", "--man=no", *(str(tmp_path / file.name) for file in (SERVICE, SOCKET)))
    assert (verified.returncode, verified.stderr) == (0, "")
    (tmp_path / SERVICE.name).write_text(f"{SERVICE.read_text('utf-8')}\n[Service]\nProtectSistem=strict\n")
    assert "ProtectSistem" in analyzed("verify", "--man=no", str(tmp_path / SERVICE.name)).stderr


def test_all_files_name_the_same_places() -> None:
    (listens,) = values(SOCKET, "ListenStream")
    assert f"server unix:{listens};" in (PACKAGING / "nginx.conf").read_text("utf-8")
    assert f"reverse_proxy unix/{listens} " in (PACKAGING / "Caddyfile").read_text("utf-8")
    (state,) = values(SERVICE, "StateDirectory")
    assert values(SERVICE, "Environment") == [f"DATA=/var/lib/{state}"]
    assert values(SERVICE, "StateDirectoryMode") == ["0700"]
    page = (PACKAGING.parent / "docs" / "operate.md").read_text("utf-8")
    (starts,) = values(SERVICE, "ExecStart")
    for place in (listens, starts.split()[0], f"/var/lib/{state}", "--system --group", SERVICE.name, SOCKET.name):
        assert place in page, place


# --- what the server asks of the system -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def trace(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """All calls to the system of a server that starts, serves a page, hashes a password, writes a letter and ends; and
    its data folder."""
    folder = tmp_path_factory.mktemp("traced")
    file, data = folder / "socket", folder / "data"
    (folder / "sites").mkdir()
    strace = shutil.which("strace")
    assert strace, "the system-call tracer is missing: `make test` installs it"
    under = [*ORDINARY, strace, "-f", "-qq", "-o", str(folder / "trace")]
    environment = {**os.environ, "DATA": str(data), "SITES": str(folder / "sites"), "HOST": str(file), "URL": URL}
    with (folder / "printed").open("w") as printed:
        process = subprocess.Popen(
            [*under, sys.executable, "-B", "-c", SERVE], env=environment, stdout=printed, stderr=printed
        )
    try:
        poll(lambda: is_up_in(file), what="the server answers")
        with asking(file) as http:
            assert ask_for_code(http, URL) == 303
        os.kill(int((data / "uconnect.lock").read_text("ascii")), signal.SIGTERM)
        process.wait(60)
    finally:
        process.kill()
        process.wait(60)
    assert "Nothing is lost" in (folder / "printed").read_text("utf-8")
    return folder, (folder / "trace").read_text(errors="replace")


def group(name: str) -> set[str]:
    """The system calls of a group, as this machine's systemd lists them."""
    found = set[str]()
    for line in analyzed("syscall-filter", name).stdout.splitlines()[1:]:
        word = line.strip()
        if word and not word.startswith("#"):
            found |= group(word) if word.startswith("@") else {word}
    assert found, name
    return found


def allowed() -> set[str]:
    """What the unit lets through: each line adds to what those before it allow, or takes away from it."""
    found = set[str]()
    for line in values(SERVICE, "SystemCallFilter"):
        named = set[str]()
        for word in line.removeprefix("~").split():
            named |= group(word) if word.startswith("@") else {word}
        found = found - named if line.startswith("~") else found | named
    return found


def refused(calls: str) -> set[str]:
    return set(re.findall(r"^\d+ +(?:<\.\.\. )?(\w+)(?:\(| resumed>)", calls, re.MULTILINE)) - allowed()


@needs_systemd
def test_the_unit_allows_every_system_call_that_uconnect_makes(trace: tuple[Path, str]) -> None:
    assert refused(trace[1]) == set()
    assert "setpriority" in trace[1], "the process that hashes passwords was there too"
    assert refused('17 chown("/etc/passwd", 0, 0) = 0\n17 read(3, "") = 0\n') == {"chown"}


def test_uconnect_writes_nothing_but_its_data_folder(trace: tuple[Path, str]) -> None:
    folder, calls = trace
    opened = re.findall(r'openat\([^,]+, "([^"]+)", [^)]*O_(?:WRONLY|RDWR|CREAT)[^)]*\) = \d', calls)
    elsewhere = {it for it in opened if not it.startswith((str(folder / "data"), "/dev/null"))}
    assert any(it.startswith(str(folder / "data")) for it in opened)
    assert elsewhere == set()


def test_uconnect_needs_no_memory_that_it_both_writes_and_runs(trace: tuple[Path, str]) -> None:
    mapped = [line for line in trace[1].splitlines() if "mmap(" in line or "mprotect(" in line]
    assert mapped
    assert [line for line in mapped if "PROT_WRITE|PROT_EXEC" in line] == []


def test_uconnect_opens_no_socket_of_another_family(trace: tuple[Path, str]) -> None:
    (told,) = values(SERVICE, "RestrictAddressFamilies")
    used = set(re.findall(r"socket\((AF_\w+)", trace[1]))
    assert used
    assert used <= {*told.split()}
