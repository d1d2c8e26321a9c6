"""The operator shows, checks and exports the audit log; whatever was done to it with another program is found."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.unit.server.server_in_process import ServerInProcess
from uconnect.adapters.sqlite import Database, Migrations, audit_log
from uconnect.application.audit import checked
from uconnect.domain.context import AuditedAct
from uconnect.domain.enums import Kind
from uconnect.domain.keys import ActsOf
from uconnect.domain.request_bodies import Invite
from uconnect.domain.usecases import school_acts, workers
from uconnect.entrypoints.cli import audit
from uconnect.entrypoints.cli.main import main

ADA, LAW = "ada@example.org", "law@example.org"
Say = Callable[..., Result]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def say(data: Path, server: ServerInProcess) -> Say:
    """Runs the command on the test's data folder."""

    def run(*words: str) -> Result:
        return CliRunner().invoke(main, words, env={"DATA": str(data), "SITES": str(data.parent / "sites")})

    return run


@pytest.fixture
def ids(server: ServerInProcess, say: Say) -> list[str]:
    """Three acts: a school joins, then Ada's account and the school's are closed. Whom the last two concern."""
    ada, law = server.party(Kind.USER, ADA), server.party(Kind.SCHOOL, LAW, "School of Law")
    for words in (("user", "close", ADA), ("school", "close", LAW)):
        assert say(*words, "--yes").exit_code == 0
    return [ada, law]


@pytest.fixture
def intruder(data: Path) -> Callable[[str], None]:
    """Changes the file as a person can who may write to it: no trigger is left."""

    def change(sql: str) -> None:
        with closing(sqlite3.connect(data / "uconnect.sqlite")) as connection:
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                connection.execute(f"DROP TRIGGER {name}")
            assert connection.execute(sql).rowcount
            connection.commit()

    return change


def test_without_acts_it_says_so(say: Say) -> None:
    assert say("audit", "show").output == "No one has changed an account yet.\n"
    assert say("audit", "verify").output == "The audit log is whole: no acts.\n"


@pytest.mark.parametrize("page", [1, 500])
def test_each_act_is_shown_with_its_time_and_whom_it_met(
    server: ServerInProcess, say: Say, monkeypatch: pytest.MonkeyPatch, page: int
) -> None:
    monkeypatch.setattr(audit, "SHOWN", page)
    ada = server.party(Kind.USER, ADA)
    say("school", "invite", "music@example.org")
    say("user", "suspend", ADA)
    first, second = say("audit", "show").output.splitlines()
    assert first.startswith("     1  20")
    assert first.endswith("  invite a school")
    assert second.endswith(f"  suspend a user: {ADA} ({ada})")


def test_an_act_of_a_school_is_shown_with_the_school_and_its_worker(server: ServerInProcess, say: Say) -> None:
    law = server.party(Kind.SCHOOL, LAW, "School of Law")
    server.run(partial(workers.invite, by=law, command=Invite(key="k" * 22, email="wanda@example.org", name="Wanda")))
    (wanda,) = (it.id for it in server.run(partial(workers.workers, by=law)).workers)
    say("school", "suspend", LAW)
    joined, invited, suspended = say("audit", "show").output.splitlines()
    assert joined.endswith(f"  {LAW} ({law}): join")
    assert invited.endswith(f"  {LAW} ({law}): invite a worker: wanda@example.org ({wanda})")
    assert suspended.endswith(f"  suspend a school: {LAW} ({law})")
    page = server.run(partial(school_acts.own_acts, by=law, before=None, most=9))
    assert [(it.act.name, it.by_operator) for it in page.acts] == [
        ("SUSPENDED", True),
        ("INVITED_WORKER", False),
        ("JOINED", False),
    ]
    assert say("audit", "verify").exit_code == 0


def test_whom_an_act_met_has_no_name_once_the_account_is_erased(
    server: ServerInProcess, say: Say, ids: list[str]
) -> None:
    server.container.database.write(lambda c: c.execute("DELETE FROM party WHERE id = ?", (ids[0],)).rowcount)
    shown = say("audit", "show").output
    assert f"close a user: an account that is deleted ({ids[0]})" in shown
    assert ADA not in shown
    assert f"close a school: {LAW} ({ids[1]})" in shown, "while it is being closed"


def test_a_log_as_it_was_written_is_whole(say: Say, ids: list[str]) -> None:
    assert ids
    found = say("audit", "verify")
    assert found.exit_code == 0
    assert found.output.startswith("The audit log is whole: 3 acts. The last hash: ")


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("UPDATE operator_act SET party = 'x' WHERE number = 2", "Act 2 was changed"),
        ("UPDATE operator_act SET at = at - 1 WHERE number = 1", "Act 1 was changed"),
        ("UPDATE operator_act SET hash = upper(hash) WHERE number = 3", "Act 3 was changed"),
        ("DELETE FROM operator_act WHERE number = 2", "Act 2 was removed"),
        ("DELETE FROM operator_act WHERE number = 1", "Act 1 was removed"),
        ("DELETE FROM operator_act WHERE number = 3", "Act 3 was removed: there were 3."),
        ("DELETE FROM operator_act", "Act 1 was removed: there were 3."),
        ("UPDATE operator_act SET number = number + 10 WHERE number > 1", "Act 2 was removed"),
    ],
)
def test_the_first_act_that_is_not_as_written_is_named(
    say: Say, ids: list[str], intruder: Callable[[str], None], sql: str, told: str
) -> None:
    assert ids
    intruder(sql)
    found = say("audit", "verify")
    assert found.exit_code == 1
    assert f"Error: {told}" in found.output
    assert "Keep the data folder as it is" in found.output


def test_acts_removed_at_the_end_leave_a_gap_for_ever(
    say: Say, ids: list[str], intruder: Callable[[str], None]
) -> None:
    assert ids
    intruder("DELETE FROM operator_act WHERE number = 3")
    assert say("school", "invite", "arts@example.org").exit_code == 0
    assert "Error: Act 3 was removed" in say("audit", "verify").output


def test_what_was_exported_is_still_in_the_log_or_it_is_told(
    server: ServerInProcess, say: Say, ids: list[str], tmp_path: Path, intruder: Callable[[str], None]
) -> None:
    assert ids
    file = tmp_path / "log.jsonl"
    assert say("audit", "export", str(file)).output == f"{file} contains 3 acts.\n"
    say("school", "invite", "arts@example.org")
    assert say("audit", "verify", str(file)).output.startswith("The audit log is whole: 4 acts.")
    intruder("DELETE FROM operator_act")
    intruder("DELETE FROM sqlite_sequence WHERE name = 'operator_act'")
    assert say("audit", "verify").exit_code == 0, "a log that was begun anew is whole by itself"
    assert "Error: Act 1 was exported, and is not in the log now." in say("audit", "verify", str(file)).output
    server.party(Kind.USER, "bob@example.org")
    say("user", "suspend", "bob@example.org")  # an invitation in the same second would be the same act
    assert "Error: Act 1 is not the act that was exported." in say("audit", "verify", str(file)).output
    file.write_text("no JSON\n")
    assert "Error: A line of the exported log is not an act." in say("audit", "verify", str(file)).output


def test_an_export_is_private_and_replaces_nothing(say: Say, ids: list[str], tmp_path: Path) -> None:
    assert ids
    file = tmp_path / "log.jsonl"
    assert say("audit", "export", str(file)).exit_code == 0
    assert file.stat().st_mode & 0o777 == 0o600
    text = file.read_text("utf-8")
    assert "@" not in text
    again = say("audit", "export", str(file))
    assert (again.exit_code, again.output) == (1, f"Error: {file} exists already. Choose another name.\n")
    assert file.read_text("utf-8") == text
    nowhere = say("audit", "export", str(tmp_path / "nowhere" / "log"))
    assert nowhere.exit_code == 1
    assert "cannot be written: No such file or directory." in nowhere.output


def test_a_log_that_is_broken_is_not_exported(
    say: Say, ids: list[str], tmp_path: Path, intruder: Callable[[str], None]
) -> None:
    assert ids
    intruder("UPDATE operator_act SET what = 'x' WHERE number = 3")
    found = say("audit", "export", str(tmp_path / "log.jsonl"))
    assert found.exit_code == 1
    assert "Error: Act 3 was changed, or it is not in its place. Nothing was exported." in found.output
    assert not (tmp_path / "log.jsonl").exists()


@pytest.mark.parametrize(
    "change",
    [
        "INSERT OR REPLACE INTO operator_act (number, at, what, party) VALUES (1, 0, 'x', '')",
        "INSERT OR REPLACE INTO operator_act (number, at, what, party) VALUES (0, 0, 'x', '')",
        "UPDATE OR REPLACE operator_act SET number = 2 WHERE number = 1",
    ],
)
def test_the_file_refuses_to_replace_an_act(server: ServerInProcess, say: Say, ids: list[str], change: str) -> None:
    assert ids
    with pytest.raises(sqlite3.IntegrityError, match="what was done"):
        server.container.database.write(lambda c: c.execute(change).rowcount)
    assert say("audit", "verify").exit_code == 0


def test_acts_of_an_earlier_release_are_chained_when_the_file_is_updated(tmp_path: Path) -> None:
    file, today = tmp_path / "old.sqlite", audit_log.MIGRATIONS
    Database(file, [Migrations(today.component, today.scripts[:2])]).close()
    rows = [(7, "invite a school", ""), (8, "close a user", "u"), (9, "close a school", "s")]
    with closing(sqlite3.connect(file)) as connection:
        connection.executemany("INSERT INTO operator_act (at, what, party) VALUES (?, ?, ?)", rows)
        connection.commit()
    database = Database(file, [today])
    database.write(lambda c: audit_log.add(c, 10, AuditedAct("close a user", "v")))
    acts = [*checked(database.read(lambda c: audit_log.page(c, 0, 99)))]
    seen = database.read(lambda c: audit_log.acts_of(c, ActsOf("s", None, 9)))
    database.close()
    assert [(it.number, it.at, it.what) for it in seen] == [(1, 9000, "close a school")]
    assert [(it.at, it.what, it.whom) for it in acts] == [*rows, (10, "close a user", "v")]
