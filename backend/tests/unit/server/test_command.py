"""The command says what it did, and what to do when it did not."""

import errno
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.unit.server.server_in_process import ServerInProcess
from uconnect.adapters.mail import Email, templates
from uconnect.domain.enums import Kind
from uconnect.entrypoints.cli.folder import data_file_error
from uconnect.entrypoints.cli.mail import SHOWN
from uconnect.entrypoints.cli.main import main

ADA, LAW = "ada@example.org", "law@example.org"
Say = Callable[..., Result]


@pytest.fixture
def say(tmp_path: Path) -> Say:
    """Runs the command on the test's data folder."""

    def run(*words: str, answer: str = "", **environment: str) -> Result:
        usual = {"DATA": str(tmp_path / "data"), "SITES": str(tmp_path / "sites"), "PORT": "8000"}
        return CliRunner().invoke(main, words, input=answer, env=usual | environment)

    return run


def put(server: ServerInProcess, *written: Email) -> None:
    for letter in written:
        server.container.database.write(lambda c, it=letter: server.container.outbox.put(c, it))  # type: ignore[misc]


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("serve",),
        ("demo",),
        ("mail",),
        ("mail", "test"),
        ("school",),
        ("school", "invite"),
        ("school", "close"),
        ("school", "suspend"),
        ("school", "resume"),
        ("user", "list"),
        ("user", "suspend"),
        ("user", "resume"),
        ("user", "export"),
        ("user", "close"),
        ("audit",),
        ("audit", "show"),
        ("audit", "verify"),
        ("audit", "export"),
        ("jobs",),
        ("jobs", "retry"),
        ("doctor",),
        ("backup",),
        ("restore",),
        ("upgrade",),
    ],
)
def test_every_command_has_help(say: Say, words: tuple[str, ...]) -> None:
    result = say(*words, "--help")
    assert result.exit_code == 0
    assert "Usage:" in result.output
    assert len(result.output.splitlines()) > 4


def test_help_does_not_cut_a_sentence(say: Say) -> None:
    for words in ((), ("school",), ("user",), ("audit",)):
        assert "..." not in say(*words, "--help").output.replace("[ARGS]...", "")


def test_a_setting_that_is_wrong_is_answered_with_what_to_set(say: Say) -> None:
    for words in (("serve",), ("demo",), ("mail",), ("school", "list")):
        result = say(*words, PORT="eighty")
        assert result.exit_code == 1
        assert result.output == "Error: PORT is 'eighty'. Set it to a number from 1 to 65535, such as 8000.\n"


def test_without_a_data_folder_nothing_is_made(say: Say, tmp_path: Path) -> None:
    result = say("school", "list")
    assert result.exit_code == 1
    assert f"{tmp_path / 'data'} contains no data of uconnect. Set DATA to" in result.output
    assert not (tmp_path / "data").exists()


def test_a_data_file_that_cannot_be_used_is_said_in_words(server: ServerInProcess, say: Say, tmp_path: Path) -> None:
    junk = tmp_path / "junk"
    junk.mkdir(mode=0o700)
    (junk / "uconnect.sqlite").write_text("this is no data file of uconnect")
    damaged = "Error: The data file is damaged: it contains something that uconnect did not write."
    for words in (("school", "list"), ("keys", "list"), ("mail",), ("upgrade", "--dry-run"), ("export", "all.zip")):
        result = say(*words, DATA=str(junk))
        assert (result.exit_code, result.output.startswith(damaged)) == (1, True), result.output


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (sqlite3.SQLITE_READONLY_DIRECTORY, "Run uconnect as the account that owns it."),
        (sqlite3.SQLITE_FULL, "its disk is full."),
        (sqlite3.SQLITE_BUSY, "Try again in a minute."),
        (sqlite3.SQLITE_IOERR_READ, "cannot be read or written: the words of SQLite."),
        (None, "cannot be read or written: the words of SQLite."),
    ],
)
def test_each_error_of_sqlite_says_what_to_do(code: int | None, told: str) -> None:
    error = sqlite3.OperationalError("the words of SQLite")
    if code is not None:
        error.sqlite_errorcode = code
    assert told in data_file_error(error)


def test_a_data_folder_that_may_not_be_opened_is_said(
    say: Say, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The settings are in another place, so nothing else has looked into the folder before."""
    (tmp_path / "uconnect.toml").touch(0o600)

    def refused(self: Path) -> bool:
        raise PermissionError(errno.EACCES, "Permission denied", str(self))

    monkeypatch.setattr(Path, "is_file", refused)
    result = say("school", "list", CONFIG=str(tmp_path / "uconnect.toml"))
    assert result.exit_code == 1
    assert "uconnect.sqlite cannot be read or written: Permission denied (run uconnect as the acc" in result.output


def test_ctrl_c_while_the_command_loads_ends_it_without_a_traceback() -> None:
    """The finder presses it when the first module of the command is looked for."""
    program = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
class Finder:
    def find_spec(self, name, *_):
        if name == "uconnect.entrypoints.cli.main":
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Finder())
from uconnect.entrypoints.cli.__main__ import run
run()
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60)
    assert (ended.returncode, ended.stdout, ended.stderr) == (-signal.SIGINT, "", "")


def test_ctrl_c_after_that_is_python_s_again() -> None:
    program = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from uconnect.entrypoints.cli import __main__, main
main.main = lambda: print(signal.getsignal(signal.SIGINT) is signal.default_int_handler)
__main__.run()
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60)
    assert (ended.stdout, ended.stderr) == ("True\n", "")


def test_the_installed_command_is_the_one_that_loads_quietly() -> None:
    (command,) = metadata.entry_points(group="console_scripts", name="uconnect")
    assert command.value == "uconnect.entrypoints.cli.__main__:run"


def test_a_school_that_is_suspended_is_listed_as_such(server: ServerInProcess, say: Say) -> None:
    for name, email in (("School of Law", LAW), ("School of Art", "art@example.org")):
        server.party(Kind.SCHOOL, email, name)
    assert "suspended" not in say("school", "list").output
    assert say("school", "suspend", LAW).exit_code == 0
    lines = say("school", "list").output.splitlines()
    assert [it.split("  ")[0] for it in lines if it.endswith("  suspended")] == ["School of Law"]


def test_schools_are_listed_in_columns(server: ServerInProcess, say: Say) -> None:
    assert say("school", "list").output.startswith("There are no schools yet. Invite one with: uconnect school invite")
    server.party(Kind.SCHOOL, LAW, "School of Law")
    assert say("school", "list").output == (
        "School         Address          Workers  Asked  Raised\nSchool of Law  law@example.org  0        0      0\n"
    )


def test_names_that_strangers_chose_do_not_steer_the_terminal(server: ServerInProcess, say: Say) -> None:
    server.party(Kind.SCHOOL, LAW, "Law\x1b[2J\u202e\x07")
    output = say("school", "list").output
    assert "Law[2J" in output
    for character in ("\x1b", "\u202e", "\x07"):
        assert character not in output


def test_a_school_is_invited_once_it_has_no_account(server: ServerInProcess, say: Say) -> None:
    assert f"{LAW} is invited." in say("school", "invite", "Law@Example.org").output
    server.party(Kind.SCHOOL, LAW)
    result = say("school", "invite", LAW)
    assert (result.exit_code, result.output) == (
        1,
        "Error: This address already has an account. Use another address.\n",
    )


def test_an_address_that_is_none_is_not_invited(server: ServerInProcess, say: Say) -> None:
    result = say("school", "invite", "law")
    assert result.exit_code == 2
    assert "'law': Enter a full address, like name@example.org." in result.output


@pytest.mark.parametrize(("kind", "word"), [(Kind.USER, "user"), (Kind.SCHOOL, "school")])
def test_an_account_is_closed_after_a_question(server: ServerInProcess, say: Say, kind: Kind, word: str) -> None:
    server.party(kind, ADA, "Ada")
    asked = say(word, "close", ADA, answer="n\n")
    assert asked.exit_code == 1
    assert f"Ada <{ADA}> has no" in asked.output
    assert "Close the account? This cannot be undone." in asked.output
    assert say(word, "close", ADA, answer="y\n").exit_code == 0
    told = {Kind.USER: f"The account of {ADA} is closed.", Kind.SCHOOL: f"No school has the address {ADA}."}
    assert f"Error: {told[kind]}" in say(word, "close", ADA).output


def test_it_can_be_closed_without_a_question(server: ServerInProcess, say: Say) -> None:
    server.party(Kind.USER, ADA)
    result = say("user", "close", ADA, "--yes")
    assert result.output == f"The account of {ADA} is closed. Its data is deleted while uconnect runs.\n"


def test_another_kind_of_account_is_not_closed_by_mistake(server: ServerInProcess, say: Say) -> None:
    server.party(Kind.SCHOOL, LAW)
    result = say("user", "close", LAW, "--yes")
    assert result.exit_code == 1
    assert f"No user and no worker has the address {LAW}. It may belong to a school" in result.output


def test_letters_are_read_the_last_one_at_the_end(server: ServerInProcess, say: Say) -> None:
    assert say("mail").output == "There are no e-mails.\n"
    put(
        server,
        templates.confirm_code(ADA, "111111", "https://ask.uni.edu/link"),
        templates.confirm_code(LAW, "222222", "https://ask.uni.edu/link"),
    )
    output = say("mail").output
    assert output.index("    Your code is 111111") < output.index("    Your code is 222222")
    assert output.endswith("2 e-mails.\n")
    only = say("mail", "--to", LAW).output
    assert "222222" in only
    assert "111111" not in only


def test_of_many_letters_the_last_few_are_shown_unless_all_are_asked_for(server: ServerInProcess, say: Say) -> None:
    put(
        server,
        *(templates.confirm_code(ADA, f"{number:06}", "https://ask.uni.edu/link") for number in range(SHOWN + 2)),
    )
    few, everything = say("mail").output, say("mail", "--all").output
    assert few.endswith(f"The last {SHOWN} of {SHOWN + 2} e-mails. To see all: uconnect mail --all\n")
    assert "000001" not in few
    assert "000002" in few
    assert "000000" in everything


def test_where_letters_leave_only_their_number_is_told(server: ServerInProcess, say: Say) -> None:
    smtp = {"SMTP": "smtp://localhost", "MAIL_FROM": "help@uni.edu"}
    assert say("mail", **smtp).output == "E-mails are sent by SMTP. None are waiting.\n"
    put(server, templates.confirm_code(ADA, "111111", "https://ask.uni.edu/link"))
    output = say("mail", **smtp).output
    assert "Waiting: 1 e-mail, the oldest since" in output
    assert "111111" not in output
    assert ADA not in output


def test_letters_that_no_server_will_take_are_shown_to_the_operator(server: ServerInProcess, say: Say) -> None:
    smtp = {"SMTP": "smtp://localhost", "MAIL_FROM": "help@uni.edu"}
    put(
        server,
        templates.confirm_code(ADA, "111111", "https://ask.uni.edu/1"),
        templates.confirm_code(LAW, "222222", "https://ask.uni.edu/2"),
    )
    (first, _) = server.container.database.read(server.container.outbox.read)
    server.wait(server.container.outbox.refuse(first.number, 550))
    output = say("mail", **smtp).output
    assert "Waiting: 1 e-mail, the oldest since" in output
    assert "1 e-mail refused for good. The mail server answered:" in output
    assert f"550  To {ADA}  " in output
    assert "111111" not in output


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as it:
        port: int = it.getsockname()[1]
        yield port


def test_a_port_that_is_taken_is_said_in_words(server: ServerInProcess, say: Say, taken: int) -> None:
    result = say("serve", PORT=str(taken))
    assert result.exit_code == 1
    assert f"uconnect cannot listen on port {taken} of 127.0.0.1: Address already in use. If another" in result.output


def test_sites_that_are_not_built_are_said_in_words(say: Say, tmp_path: Path) -> None:
    result = say("serve", SITES=str(tmp_path / "nowhere"))
    assert "Build them with `make sites`, or set SITES to their folder." in result.output
    assert not (tmp_path / "data").exists()
