"""A data folder of an earlier release, with addresses in odd spellings, opens: all move to the normal form, and two
accounts that are one address both work on."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from click.testing import CliRunner

from tests.resilience.test_schemas import TODAY
from tests.support.email_spellings import wide
from tests.unit.server.server_in_process import ServerInProcess
from uconnect.adapters.sqlite import Database, Migrations
from uconnect.domain.enums import Kind
from uconnect.entrypoints.cli.main import main
from uconnect.entrypoints.server.authentication import ISSUER
from uconnect.oidc_provider import accounts

HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
OLD_SPELLING, NEW_SPELLING = "ada@xn--bcher-kva.example", "ada@bücher.example"
ODD, NORMAL = "zoë@xn--bcher-kva.example", "zoë@bücher.example"
UNREACHABLE = "ann@localhost"
BEFORE = {"uconnect": 2, "issuer": 3, "mails": 1, "operator": 1}  # the schemas before there was a normal form
PASSWORDS = {OLD_SPELLING: "of ada", ODD: "of the odd one", NORMAL: "of the other", UNREACHABLE: "of ann"}


def party(connection: sqlite3.Connection, tag: str, id: str, email: str, **more: object) -> None:
    body = {"type": tag, "id": id, "email": email, "name": id, **more}
    connection.execute("INSERT INTO party (id, body) VALUES (?, ?)", (id, json.dumps(body)))


def address(connection: sqlite3.Connection, email: str, party: str | None = None, *invitations: str) -> None:
    body = {"email": email, "party": party, "invitations": invitations, "school_invited": False}
    connection.execute("INSERT INTO address (email, body) VALUES (?, ?)", (email, json.dumps(body)))


def account(connection: sqlite3.Connection, email: str, party: str) -> None:
    kept = HASHER.hash(PASSWORDS[email])
    connection.execute("INSERT INTO issuer_account VALUES (?, ?, 1, ?, ?)", (party, email, kept, party))
    body = json.dumps({"issuer": ISSUER, "subject": party, "party": party})
    connection.execute("INSERT INTO login (issuer, subject, body) VALUES (?, ?, ?)", (ISSUER, party, body))


def fill(connection: sqlite3.Connection) -> None:
    """As an earlier release kept them: each door in a form of its own."""
    for id, email in (("ada", OLD_SPELLING), ("odd", ODD), ("other", NORMAL), ("ann", UNREACHABLE)):
        party(connection, "user", id, email)
        account(connection, email, id)
    party(connection, "school", "law", "law@example.org", workers=["invited"])
    party(connection, "worker", "invited", f"{wide('wim')}@example.org", school="law")
    address(connection, OLD_SPELLING, "ada")
    address(connection, NEW_SPELLING, None, "lapsed")
    address(connection, ODD, "odd")
    address(connection, NORMAL, "other")
    address(connection, UNREACHABLE, "ann")
    address(connection, "law@example.org", "law")
    address(connection, f"{wide('wim')}@example.org", None, "invited")
    welcome = json.dumps({"id": "t", "due": 0, "task": {"type": "welcome", "email": "art@xn--bcher-kva.example"}})
    connection.execute("INSERT INTO todo VALUES ('t', 99999999999999, ?)", (welcome,))
    letter = "INSERT INTO letter (id, written, recipient, subject, text, due) VALUES ('l', 1, ?, '', '', 1)"
    connection.execute(letter, (OLD_SPELLING,))
    connection.commit()


@pytest.fixture
def old_server(tmp_path: Path) -> Iterator[ServerInProcess]:
    """The folder, opened by this release."""
    then = [Migrations(it.component, it.scripts[: BEFORE[it.component]]) for it in TODAY if it.component in BEFORE]
    path = tmp_path / "data/uconnect.sqlite"
    Database(path, then).close()
    with closing(sqlite3.connect(path)) as connection:
        fill(connection)
    old_server = ServerInProcess(tmp_path / "data")
    yield old_server
    old_server.close()


@pytest.fixture
def say(old_server: ServerInProcess, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    monkeypatch.setenv("DATA", str(old_server.container.settings.data))
    return lambda *words: CliRunner().invoke(main, words).output


def column(old_server: ServerInProcess, table: str, name: str) -> set[str]:
    return {
        it
        for (it,) in old_server.container.database.read(lambda c: c.execute(f"SELECT {name} FROM {table}").fetchall())
    }


def signed_in(old_server: ServerInProcess, email: str, password: str) -> str | None:
    known = old_server.wait(old_server.container.issuer.accounts.check(email, password))
    return known.subject if known else None


def test_every_spelling_moves_but_where_two_accounts_are_of_one_address(old_server: ServerInProcess) -> None:
    accounts = {NEW_SPELLING, ODD, NORMAL, UNREACHABLE}
    assert column(old_server, "issuer_account", "email") == accounts
    assert column(old_server, "address", "email") == accounts | {"law@example.org", "wim@example.org"}
    assert {old_server.me(id).email for id in ("ada", "odd", "other", "ann")} == accounts
    assert column(old_server, "letter", "recipient") == {NEW_SPELLING}
    assert "art@bücher.example" in str(column(old_server, "job", "body"))


@pytest.mark.parametrize(
    ("typed", "password", "who"),
    [
        (OLD_SPELLING, "of ada", "ada"),
        ("Ada@BÜCHER.example", "of ada", "ada"),
        (ODD, "of the odd one", "odd"),
        ("Zoë@XN--BCHER-KVA.example", "of the odd one", "odd"),
        (ODD, "of the other", "other"),  # a browser posts A-labels, whatever was typed
        (NORMAL, "of the other", "other"),
        ("Ann@Localhost", "of ann", "ann"),
        (NORMAL, "of the odd one", None),
        (ODD, "of nobody", None),
    ],
)
def test_everybody_signs_in_as_who_they_were(
    old_server: ServerInProcess, typed: str, password: str, who: str | None
) -> None:
    assert signed_in(old_server, typed, password) == who


def test_an_invitation_in_another_spelling_is_still_an_invitation(old_server: ServerInProcess) -> None:
    assert old_server.party(Kind.WORKER, "wim@example.org") == "invited"


def test_a_collision_is_listed_with_whose_it_is_and_what_to_do(
    old_server: ServerInProcess, say: Callable[..., str]
) -> None:
    told = say("address", "collisions")
    assert told.startswith(f"{ODD} (user odd) is the same address as {NORMAL} (user other).\n")
    assert told.count("is the same address") == 1
    assert "uconnect user close" in told


@pytest.mark.parametrize(("closed", "stays"), [(ODD, "other"), (NORMAL, "odd")])
def test_either_of_two_is_closed_by_its_own_spelling(
    closed: str, stays: str, old_server: ServerInProcess, say: Callable[..., str]
) -> None:
    assert f"The account of {closed} is closed." in say("user", "close", closed, "--yes")
    assert old_server.me(stays).name == stays


def test_a_command_repeated_with_yes_does_not_close_the_other_account(
    old_server: ServerInProcess, say: Callable[..., str]
) -> None:
    say("user", "close", ODD, "--yes")
    assert "Close the account?" in say("user", "close", ODD, "--yes")  # asks, and nobody answers
    assert old_server.me("other").name == "other"


def test_without_a_collision_the_command_says_so(old_server: ServerInProcess, say: Callable[..., str]) -> None:
    old_server.container.database.write(lambda c: accounts.forget(c, "odd"))
    say("user", "close", ODD, "--yes")
    assert say("address", "collisions") == "No two accounts have the same address.\n"


def test_the_odd_spelling_may_become_the_normal_form_once_the_other_account_is_gone(
    old_server: ServerInProcess,
) -> None:
    def move(connection: sqlite3.Connection) -> str | None:
        return accounts.change_email(connection, "odd", NORMAL)

    assert old_server.container.database.write(move) is None
    old_server.container.database.write(lambda c: accounts.forget(c, "other"))
    assert old_server.container.database.write(move) == ODD
    assert signed_in(old_server, ODD, "of the odd one") == "odd"
