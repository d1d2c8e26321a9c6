"""The data folder is one process's and nobody else's to read; it is a demo's or real people's, and a demo is whole."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from tests.api.caller import fresh
from tests.api.party_factory import party_factory
from tests.api.server_home import ServerHome
from tests.support import sizes
from tests.support.evidence import Evidence
from tests.support.polling import poll
from tests.support.ports import free_port
from tests.support.server_process import PATIENCE, serving
from uconnect.demo import loader, scenario

Command = Callable[..., subprocess.CompletedProcess[str]]
STARTS = 60.0  # seconds


@pytest.fixture(autouse=True)
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An operator who has set nothing but where things are."""
    (tmp_path / "sites").mkdir()
    for name, value in (("SITES", tmp_path / "sites"), ("DATA", tmp_path / "data"), ("PORT", free_port())):
        monkeypatch.setenv(name, str(value))


def start(how: str = "serve", **environment: str) -> subprocess.Popen[str]:
    code = f"from uconnect.entrypoints.cli.main import main\nmain([{how!r}])"
    return subprocess.Popen(
        [sys.executable, "-c", code],
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def refusal(how: str = "serve", **environment: str) -> str:
    """What a start that is refused says, in one sentence or two."""
    process = start(how, **environment)
    try:
        said, _ = process.communicate(timeout=STARTS)
    except subprocess.TimeoutExpired:
        process.kill()
        pytest.fail(f"it was not refused: {process.communicate()[0]}")
    assert process.returncode == 1, said
    assert said.startswith("Error: "), said
    assert len(said.splitlines()) == 1, said
    return said


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_whatever_the_umask_the_folder_and_all_files_are_for_its_account_alone(tmp_path: Path) -> None:
    with serving(tmp_path) as server, party_factory(ServerHome(server)) as parties:
        parties.thread()
        assert mode(server.data) == 0o700
        files = {it.name: mode(it) for it in server.data.iterdir()}
        assert {"uconnect.sqlite", "uconnect.sqlite-wal", "uconnect.sqlite-shm", "uconnect.lock"} <= files.keys()
        assert set(files.values()) == {0o600}


@pytest.mark.parametrize("looser", [0o755, 0o750, 0o711, 0o770])
def test_a_folder_that_others_may_look_into_is_refused_with_the_command_that_mends_it(
    tmp_path: Path, looser: int
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    data.chmod(looser)
    said = refusal()
    assert f"Run: chmod 700 {data}\n" in said
    assert not list(data.iterdir()), "nothing was made in it"


def test_files_that_others_may_read_are_refused_with_the_command_that_mends_them(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with serving(tmp_path):
        pass
    data.chmod(0o755)
    (data / "uconnect.sqlite").chmod(0o644)
    (data / "uconnect.toml").write_text('schools = "invited"\n')
    said = refusal()
    command = said.partition("Run: ")[2].strip()
    assert command == f"chmod 700 {data} && chmod 600 {data}/uconnect.sqlite {data}/uconnect.toml"
    subprocess.run(command, shell=True, check=True)
    with serving(tmp_path):
        pass


def test_data_that_is_no_folder_of_ours_is_said_in_words(tmp_path: Path) -> None:
    data, other = tmp_path / "data", tmp_path / "other"
    data.write_text("")
    assert f"{data} is a file, but DATA must be a folder." in refusal()
    data.unlink()
    other.mkdir(0o700)
    data.symlink_to(other)
    assert f"{data} is a symbolic link. Set DATA to the folder itself: {other}" in refusal()
    data.unlink()
    data.mkdir(0o700)
    os.chown(data, 12345, 12345)
    assert f"{data} belongs to another account (user id 12345)." in refusal()
    os.chown(data, os.geteuid(), os.getegid())
    (data / "uconnect.sqlite").mkdir(0o700)
    assert "uconnect.sqlite is not a regular file." in refusal()


def test_a_second_server_on_the_folder_is_refused_and_the_operators_commands_still_run(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        for how in ("serve", "demo"):
            said = refusal(how, PORT=str(free_port()))
            assert f"Another uconnect (process {server.pid}) already uses {server.data}" in said
        listed = start("school").communicate()[0]
        assert "Invite, list, suspend, export or close schools, or reset their passkeys." in listed
        code = "from uconnect.entrypoints.cli.main import main\nmain(['school', 'list'])"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert "There are no schools yet." in done.stdout
    with serving(tmp_path):
        pass


def test_a_server_that_was_killed_leaves_no_lock(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        os.kill(server.pid, signal.SIGKILL)
    with serving(tmp_path):
        pass


def test_a_demos_folder_is_not_served_to_real_people_nor_theirs_to_a_demo(tmp_path: Path) -> None:
    with serving(tmp_path, "demo"):
        pass
    said = refusal("serve")
    assert "contains the demo university, and everyone knows its passwords." in said
    assert "DATA=./real uconnect serve" in said
    with serving(tmp_path, "demo"):
        pass
    real = tmp_path / "real"
    real.mkdir()
    with serving(real):
        pass
    before = (real / "data" / "uconnect.sqlite").read_bytes()
    assert "Set DATA to another folder for the demo" in refusal("demo", DATA=str(real / "data")), (
        "though nobody has come yet"
    )
    assert (real / "data" / "uconnect.sqlite").read_bytes() == before


def test_a_demo_of_an_earlier_release_is_known_too(tmp_path: Path) -> None:
    with serving(tmp_path, "demo") as server:
        server.write(lambda c: c.execute("DELETE FROM data_folder WHERE what = 'purpose'"))
    assert "contains the demo university" in refusal("serve")
    with serving(tmp_path, "demo"):
        pass


def rows(data: Path) -> dict[str, int]:
    """How many rows each table of a university has, apart from what running it adds."""
    with closing(sqlite3.connect(f"{(data / 'uconnect.sqlite').as_uri()}?mode=ro", uri=True)) as connection:
        counted = {}
        for table in ("party", "thread", "entry", "issuer_account", "address"):
            (counted[table],) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
        return counted


@pytest.mark.timeout(900)  # a start for each, on a machine that is busy with other tests
def test_a_demo_killed_at_any_moment_is_not_there_or_whole(tmp_path: Path, evidence: Evidence) -> None:
    began = time.monotonic()
    with serving(tmp_path, "demo"):
        took = time.monotonic() - began
    whole = rows(tmp_path / "data")
    assert whole["issuer_account"] == len(scenario.PEOPLE)
    found = []
    for number in range(sizes.DEMOS_KILLED):
        folder = tmp_path / f"{number}"
        process = start("demo", DATA=str(folder), PORT=str(free_port()))
        time.sleep(random.uniform(0.3 * took, 1.1 * took))
        process.kill()
        process.communicate(timeout=PATIENCE)
        there = (folder / "uconnect.sqlite").exists()
        found.append(there)
        assert not there or rows(folder) == whole
    for number in range(min(3, sizes.DEMOS_KILLED // 2)):
        again = tmp_path / f"again{number}"
        again.mkdir()
        if (tmp_path / f"{number}").exists():
            (tmp_path / f"{number}").rename(again / "data")
        with serving(again, "demo") as server:
            assert rows(server.data) == whole
            assert not (server.data / loader.MAKING).exists()
    evidence(19, f"demo starts killed, {found.count(True)} of them with a whole university", len(found))


def said_goodbye(printed: str) -> bool:
    return "uconnect has stopped. Nothing is lost." in printed


def test_a_server_that_is_told_to_end_says_goodbye_however_it_is_told(tmp_path: Path) -> None:
    for sign in (signal.SIGTERM, signal.SIGINT):
        with serving(tmp_path) as server:
            os.kill(server.pid, signal.SIGHUP)
            time.sleep(0.5)
            with party_factory(ServerHome(server)) as parties:
                parties.thread()
            os.kill(server.pid, sign)
            poll(partial(server.printed.read_text, "utf-8"), said_goodbye, what="it says goodbye")


def test_a_disk_that_fails_under_a_mapped_file_ends_the_server_with_a_word_and_loses_nothing(tmp_path: Path) -> None:
    """SQLite maps its -shm file. Where that cannot be read, the system sends SIGBUS: no Python code can run then, for
    the same instruction would fail again. What is printed says that it was the disk, and where."""
    with serving(tmp_path) as server:
        with party_factory(ServerHome(server)) as parties:
            topic = parties.thread()
            sent = topic.raiser.open().send(topic.raisers_id, "Is it open?", fresh())
        os.kill(server.pid, signal.SIGBUS)
        poll(lambda: "Bus error" in server.printed.read_text("utf-8"), what="it says what it was")
    assert sent["t"] == "ack"
    with closing(sqlite3.connect(tmp_path / "data/uconnect.sqlite")) as connection:
        assert "Is it open?" in "".join(body for (body,) in connection.execute("SELECT body FROM entry"))
