"""The operator lists, suspends and closes the accounts of people, also of those who have opened no site."""

import sqlite3
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.support.sample_university import log, raise_
from tests.support.stores import Home, Time, answer, finding, fresh
from tests.unit.server.server_in_process import ServerInProcess, SocketClient
from tests.unit.server.test_accounts_server import do_what_is_due
from uconnect.adapters.mail import templates
from uconnect.adapters.sqlite import erasures
from uconnect.adapters.sqlite.erasures import Erased
from uconnect.domain.enums import Kind
from uconnect.domain.jobs import ForgetAddress
from uconnect.domain.keys import LoginKey, PartyKey
from uconnect.domain.models import Worker
from uconnect.domain.request_bodies import Invite
from uconnect.domain.usecases import addresses, workers
from uconnect.domain.views.mail import NewMessageNotice
from uconnect.entrypoints.cli import logins
from uconnect.entrypoints.cli.main import main
from uconnect.oidc_provider import account_admin, sessions
from uconnect.oidc_provider.new_passkeys import add_passkey, new_passkey
from uconnect.oidc_provider.relying_party import NewCredential

ADA, BEN, LAW, WANDA = "ada@example.org", "ben@example.org", "law@example.org", "wanda@example.org"
Say = Callable[..., Result]


@pytest.fixture
def say(tmp_path: Path) -> Say:
    def run(*words: str, typed: str = "") -> Result:
        environment = {"DATA": str(tmp_path / "data"), "SITES": str(tmp_path / "sites")}
        return CliRunner().invoke(main, words, input=typed, env=environment)

    return run


def worker(server: ServerInProcess, email: str = WANDA, name: str = "Wanda") -> tuple[str, str]:
    """A school, and its worker: their ids."""
    law = server.party(Kind.SCHOOL, LAW, "School of Law")
    server.run(partial(workers.invite, by=law, command=Invite(key=fresh(), email=email, name=name)))
    return law, server.party(Kind.WORKER, email, name)


def rows(connection: sqlite3.Connection, table: str) -> list[Any]:
    return connection.execute(f"SELECT * FROM {table}").fetchall()


def audit_log(server: ServerInProcess) -> list[tuple[str, str]]:
    """What operators did."""
    return [(it.what, it.whom) for it in server.container.service.store.acts() if not it.by]


def logged_in(server: ServerInProcess) -> set[str]:
    rows = server.container.database.read(lambda c: c.execute("SELECT email FROM issuer_account").fetchall())
    return {email for (email,) in rows}


def one(server: ServerInProcess, key: Any) -> Any:
    return answer(server.container.service.store.ask(finding(key)))


ODD = [
    "\udcff@x.example",
    "a\x00@x.example",
    "\x1b[2J@x.example",
    "\u202ea@x.example",
    "a\nb@x.example",
    "a" * 5000 + "@x",
]


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize("who", ["user", "school"])
@pytest.mark.parametrize("email", ODD, ids=ascii)
def test_an_address_of_any_shape_is_answered_in_words_that_move_no_cursor(say: Say, who: str, email: str) -> None:
    for verb in ("unlink", "reset-passkeys", "suspend", "resume", "close"):
        said = say(who, verb, email)
        assert isinstance(said.exception, SystemExit), said.exception
        assert (said.exit_code, said.output[:5]) in {(1, "Error"), (2, "Usage")}
        assert said.output.replace("\n", "").isprintable(), ascii(said.output)


@pytest.mark.usefixtures("server")
def test_there_may_be_no_account(say: Say) -> None:
    assert say("user", "list").output == "There are no accounts.\n"


@pytest.mark.parametrize("page", [1, 2, 500])
def test_accounts_are_listed_by_address_with_what_they_are(
    server: ServerInProcess, say: Say, monkeypatch: pytest.MonkeyPatch, page: int
) -> None:
    monkeypatch.setattr(logins, "PAGE", page)
    worker(server)
    server.account(BEN, "Ben\x1b[2J")
    server.party(Kind.USER, ADA, "Ada")
    say("user", "suspend", ADA)
    assert say("user", "list").output == (
        "ada@example.org    user, suspended  Ada\n"
        "ben@example.org    has opened no site  Ben[2J\n"
        "wanda@example.org  worker  Wanda\n"
        "3 accounts.\n"
    )
    assert say("user", "list", "--suspended").output == "ada@example.org  user, suspended  Ada\n1 suspended account.\n"


def test_a_long_list_is_read_in_parts(server: ServerInProcess, say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    """The most accounts that are in memory together are those of one part, however many there are."""
    read: list[int] = []
    page = account_admin.page

    def counted(*asked: Any, **how: Any) -> Any:
        found = page(*asked, **how)
        read.append(len(found))
        return found

    monkeypatch.setattr(account_admin, "page", counted)
    rows = [(f"s{number:05}", f"u{number:05}@example.org") for number in range(1201)]
    sql = "INSERT INTO issuer_account (subject, email, verified, password) VALUES (?, ?, 1, '')"
    server.container.database.write(lambda c: c.executemany(sql, rows).rowcount)
    lines = say("user", "list").output.splitlines()
    assert [it.split()[0] for it in lines[:-1]] == [email for _, email in rows]
    assert lines[-1] == "1201 accounts."
    assert read == [500, 500, 201, 0]


@pytest.mark.parametrize(("kind", "word"), [(Kind.USER, "user"), (Kind.SCHOOL, "school")])
def test_an_account_is_suspended_and_resumed_and_both_are_in_the_log(
    server: ServerInProcess, say: Say, kind: Kind, word: str
) -> None:
    id = server.party(kind, ADA, "Ada")
    assert say(word, "suspend", " Ada@Example.org").output == (
        f"{ADA} is suspended and signed out. To undo this: uconnect {word} resume {ADA}\n"
    )
    assert say(word, "suspend", ADA).output == f"{ADA} is suspended already.\n"
    assert say(word, "resume", ADA).output == f"{ADA} can sign in again.\n"
    assert say(word, "resume", ADA).output == f"{ADA} is not suspended.\n"
    assert audit_log(server) == [(f"suspend a {word}", id), (f"resume a {word}", id)]
    assert server.me(id).name == "Ada", "nothing was deleted"


def test_a_worker_and_an_account_without_a_site_are_suspended_too(server: ServerInProcess, say: Say) -> None:
    _, wanda = worker(server)
    ben = server.account(BEN)
    assert say("user", "suspend", WANDA).exit_code == 0
    assert say("user", "suspend", BEN).exit_code == 0
    assert audit_log(server) == [("suspend a worker", wanda), ("suspend an account", ben)]
    assert f"suspend an account: {BEN} ({ben})" in say("audit", "show").output


@pytest.mark.parametrize(("kind", "word"), [(Kind.USER, "user"), (Kind.SCHOOL, "school")])
def test_lost_passkeys_are_reset_and_that_is_in_the_log(
    server: ServerInProcess, say: Say, kind: Kind, word: str
) -> None:
    """After that the password signs in, and who had found the device is out."""
    id = server.party(kind, ADA, "Ada")
    assert say(word, "reset-passkeys", ADA).output == f"{ADA} has no passkey.\n"
    database, now = server.container.database, server.container.service.now()
    found = database.read(lambda c: account_admin.find(c, ADA))
    assert found is not None
    made = NewCredential(b"credential", b"key", 0, syncs=False, backed_up=False)
    passkey = new_passkey(made, found.subject, "My phone", now)
    assert database.write(lambda c: add_passkey(c, server.container.outbox, passkey))
    database.write(lambda c: sessions.begin(c, f"uconnect-{word}", found.subject, now, strong=True))
    assert say(word, "reset-passkeys", ADA).output.startswith(f"{ADA} has no passkey any longer")
    tables = ("issuer_passkey", "issuer_recovery_code", "issuer_session")
    for table in tables:
        assert database.read(partial(rows, table=table)) == []
    assert audit_log(server) == [(f"reset the passkeys of a {word}", id)]
    assert server.mail(ADA)[-1].subject == "Your passkeys were removed"


@pytest.mark.parametrize("verb", ["suspend", "resume", "reset-passkeys"])
def test_a_school_is_not_taken_for_a_user_nor_a_user_for_a_school(server: ServerInProcess, say: Say, verb: str) -> None:
    server.party(Kind.SCHOOL, LAW)
    server.party(Kind.USER, ADA)
    assert f"Error: No user and no worker has the address {LAW}." in say("user", verb, LAW).output
    assert f"Error: No school has the address {ADA}." in say("school", verb, ADA).output
    assert f"Error: No user and no worker has the address {BEN}." in say("user", verb, BEN).output
    assert audit_log(server) == []


def test_what_cannot_be_logged_is_not_done(server: ServerInProcess, say: Say) -> None:
    server.account(ADA)
    full = "CREATE TRIGGER full BEFORE INSERT ON operator_act BEGIN SELECT RAISE(ABORT, 'full'); END"
    server.container.database.write(lambda c: c.execute(full).rowcount)
    assert say("user", "suspend", ADA).exit_code == 1
    assert say("user", "close", ADA, "--yes").exit_code == 1
    assert "suspended" not in say("user", "list").output
    assert logged_in(server) == {ADA}


def test_a_suspended_person_is_not_asked_by_e_mail_to_sign_in(server: ServerInProcess, say: Say) -> None:
    for email in (ADA, BEN):
        server.account(email)
        server.post.tell_of_message(NewMessageNotice(email=email, kind=Kind.USER, stop="s"))
    say("user", "suspend", ADA)
    for email in (ADA, BEN):
        server.post.tell_of_message(NewMessageNotice(email=email, kind=Kind.USER, stop="s"))
    assert [len(server.mail(email)) for email in (ADA, BEN)] == [1, 2]


def test_an_account_that_has_opened_no_site_is_closed(server: ServerInProcess, say: Say) -> None:
    ben = server.account(BEN, "Ben")
    letter = templates.confirm_code(BEN, "111111", "https://ask.uni.edu/link")
    server.container.database.write(lambda c: server.container.outbox.put(c, letter))
    asked = say("user", "close", BEN, typed="n\n")
    assert (asked.exit_code, logged_in(server)) == (1, {BEN})
    assert f"{BEN} has opened no site." in asked.output
    assert say("user", "close", BEN, "--yes").output == f"The account of {BEN} is deleted.\n"
    assert logged_in(server) == set()
    assert [it.subject for it in server.mail(BEN)] == ["Your account is closed"]
    assert audit_log(server) == [("close an account", ben)]
    shown = say("audit", "show").output
    assert BEN not in shown
    assert f"close an account: an account that is deleted ({ben})" in shown
    assert f"No user and no worker has the address {BEN}." in say("user", "close", BEN, "--yes").output
    assert isinstance(server.party(Kind.USER, BEN), str), "the address is free"


def test_the_account_of_a_removed_worker_is_closed_and_nothing_is_left_of_the_person(
    server: ServerInProcess, say: Say
) -> None:
    law, wanda = worker(server)
    server.run(partial(workers.remove, by=law, worker_id=wanda))
    do_what_is_due(server)
    (subject,) = server.container.database.read(
        lambda c: c.execute("SELECT subject FROM issuer_account WHERE email = ?", (WANDA,)).fetchone()
    )
    assert f"{WANDA} was a worker, whom the school removed." in say("user", "close", WANDA, typed="n\n").output
    assert say("user", "close", WANDA, "--yes").output == f"The account of {WANDA} is deleted.\n"
    assert WANDA not in logged_in(server)
    assert one(server, LoginKey("builtin", subject)) is None
    assert one(server, PartyKey(wanda)) == Worker(id=wanda, email="", name="", school=law, joined=True, removed=True), (
        "its id stays: what it wrote is the school's"
    )
    assert audit_log(server) == [("close an account", wanda)]


def everywhere(server: ServerInProcess, *words: str) -> set[str]:
    """The tables in which one of these words stands, but for letters: the last one tells its reader."""

    def work(connection: sqlite3.Connection) -> set[str]:
        named = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return {
            table
            for (table,) in named
            if table != "letter"
            and any(word in repr(connection.execute(f"SELECT * FROM {table}").fetchall()) for word in words)
        }

    return server.container.database.read(work)


def test_the_account_of_a_worker_is_closed_and_nothing_is_left_of_the_person(server: ServerInProcess, say: Say) -> None:
    law, wanda = worker(server)
    ada, art = server.party(Kind.USER, ADA, "Ada"), server.party(Kind.SCHOOL, "art@example.org", "School of Art")
    case = server.run(raise_(by=ada, to=law)).row.id
    server.run(partial(workers.invite, by=art, command=Invite(key=fresh(), email=WANDA, name="Wanda W.")))
    do_what_is_due(server)
    asked = say("user", "close", WANDA, typed="n\n")
    assert f"{WANDA} is a worker. The threads of this worker return to the school" in asked.output
    assert everywhere(server, WANDA, "Wanda") >= {"party", "address", "issuer_account"}
    seen = server.run(log(ada, case))
    assert say("user", "close", WANDA, "--yes").output == f"The account of {WANDA} is deleted.\n"
    do_what_is_due(server)
    assert everywhere(server, WANDA, "Wanda") <= {"address", "job"}, "until the letters to it count no more"
    assert {it.task for it in Home(server.container.service.store, Time()).jobs()} >= {ForgetAddress(WANDA)}
    server.run(partial(addresses.forget, email=WANDA))
    assert server.run(log(ada, case)) == seen
    assert [it.removed for it in (one(server, PartyKey(wanda)),)] == [True]
    assert server.run(partial(workers.workers, by=art)).workers == ()
    kinds = [it.kind for it in server.container.database.read(lambda connection: erasures.after(connection, 0))]
    assert sorted(kinds) == [Erased.LOGIN, Erased.WORKER, Erased.WORKER], "a restore does the same again"
    assert [what for what, _ in audit_log(server)] == ["close a worker", "close a worker", "close an account"]


def test_invitations_to_an_address_without_an_account_are_withdrawn(server: ServerInProcess, say: Say) -> None:
    law = server.party(Kind.SCHOOL, LAW, "School of Law")
    server.run(partial(workers.invite, by=law, command=Invite(key=fresh(), email=BEN, name="Ben")))
    do_what_is_due(server)
    asked = say("user", "close", BEN, typed="n\n")
    assert f"{BEN} has no account, and 1 invitation to be a worker." in asked.output
    assert len(server.run(partial(workers.workers, by=law)).workers) == 1
    assert say("user", "close", BEN, "--yes").output == f"{BEN} has no invitation any longer.\n"
    do_what_is_due(server)
    assert server.run(partial(workers.workers, by=law)).workers == ()
    assert everywhere(server, BEN, "Ben") <= {"address", "job"}
    assert f"No user and no worker has the address {BEN}." in say("user", "close", BEN, "--yes").output


def test_a_users_invitations_are_withdrawn_with_the_account(server: ServerInProcess, say: Say) -> None:
    law = server.party(Kind.SCHOOL, LAW, "School of Law")
    server.party(Kind.USER, ADA, "Ada")
    server.run(partial(workers.invite, by=law, command=Invite(key=fresh(), email=ADA, name="Ada")))
    assert say("user", "close", ADA, "--yes").exit_code == 0
    do_what_is_due(server)
    assert server.run(partial(workers.workers, by=law)).workers == ()
    assert everywhere(server, ADA) <= {"address", "job"}


def test_an_account_that_opens_a_site_meanwhile_is_not_deleted(
    server: ServerInProcess, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    subject = server.account(BEN)
    close = logins.LoginAdmin.close

    def late(self: logins.LoginAdmin, email: str) -> None:
        server.enter(Kind.USER, subject)
        close(self, email)

    monkeypatch.setattr(logins.LoginAdmin, "close", late)
    result = say("user", "close", BEN, "--yes")
    assert result.exit_code == 1
    assert "belongs to a user, a worker or a school" in result.output
    assert logged_in(server) == {BEN}
    assert audit_log(server) == []


def test_a_suspended_user_is_closed_like_another(server: ServerInProcess, say: Say) -> None:
    server.party(Kind.USER, ADA)
    say("user", "suspend", ADA)
    assert say("user", "close", ADA, "--yes").exit_code == 0
    do_what_is_due(server)
    assert logged_in(server) == set()


def contents(server: ServerInProcess) -> dict[str, list[Any]]:
    """All rows but those of the identity provider and of the audit log: what others can be shown."""

    def work(connection: sqlite3.Connection) -> dict[str, list[Any]]:
        named = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
        own = [it for (it,) in named if not it.startswith("issuer_") and it not in {"operator_act", "sqlite_sequence"}]
        return {it: connection.execute(f"SELECT * FROM {it}").fetchall() for it in own}

    return server.container.database.read(work)


@pytest.mark.parametrize("suspended", [ADA, LAW, WANDA])
def test_the_others_of_a_thread_cannot_tell_that_an_account_is_suspended_or_resumed(
    server: ServerInProcess, say: Say, suspended: str
) -> None:
    """Leak 40."""
    law, wanda = worker(server)
    parties = {ADA: server.party(Kind.USER, ADA, "Ada"), LAW: law, WANDA: wanda}
    server.run(raise_(by=parties[ADA], to=law))
    do_what_is_due(server)
    lines = {email: SocketClient() for email in parties}
    for email, id in parties.items():
        server.container.service.sockets.add(id, lines[email])
    before = contents(server)
    word = "school" if suspended == LAW else "user"
    for verb in ("suspend", "resume"):
        assert say(word, verb, suspended).exit_code == 0
        assert contents(server) == before
    assert before["thread"]
    assert before["entry"]
    assert [it.frames for it in lines.values()] == [[], [], []]
