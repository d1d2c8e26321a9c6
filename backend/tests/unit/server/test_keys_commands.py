"""The operator changes the key that signs while the server runs: it signs by the new one, and nobody is signed out."""

import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.unit.server.server_in_process import ServerInProcess
from uconnect.adapters.tokens.verification import key_id
from uconnect.domain.enums import Kind
from uconnect.entrypoints.cli.admin_service import open_admin
from uconnect.entrypoints.cli.main import main
from uconnect.oidc_provider import sessions

ADA = "ada@example.org"
Say = Callable[..., Result]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def say(data: Path) -> Say:
    def run(*words: str) -> Result:
        return CliRunner().invoke(main, words, env={"DATA": str(data), "SITES": str(data.parent / "sites")})

    return run


def token(server: ServerInProcess, subject: str) -> str:
    """An access token as the server's own token endpoint signs it now."""
    now = server.container.service.now()
    session, _ = server.container.database.write(lambda c: sessions.begin(c, "uconnect-user", subject, now))
    keys = server.container.issuer.keys
    return server.container.database.write(lambda c: keys.signer(c).access_token(session, "openid", now))


def admitted(server: ServerInProcess, held: str) -> bool:
    return server.wait(server.container.authentication.principal(f"Bearer {held}")) is not None


def test_the_running_server_signs_by_the_new_key_and_nobody_is_signed_out(server: ServerInProcess, say: Say) -> None:
    ada = server.account(ADA)
    assert isinstance(server.enter(Kind.USER, ada), str)
    before = token(server, ada)
    said = say("keys", "rotate")
    assert said.exit_code == 0, said.output
    kid = re.match(r"A new key signs from now on: (\S+)\n", said.output)
    assert kid
    assert "trusted until" in said.output
    after = token(server, ada)
    assert key_id(before) != key_id(after) == kid[1]
    assert admitted(server, before)
    assert admitted(server, after)


def test_stolen_the_running_server_takes_no_older_token(server: ServerInProcess, say: Say) -> None:
    ada = server.account(ADA)
    before = token(server, ada)
    assert admitted(server, before)
    said = say("keys", "rotate", "--stolen")
    assert "Older keys are no longer trusted." in said.output
    assert not admitted(server, before)
    assert admitted(server, token(server, ada)), "the session goes on: a refresh brings a new token"


def test_the_list_shows_when_each_was_made_and_no_private_key(server: ServerInProcess, say: Say) -> None:
    (jwk,) = server.container.database.read(lambda c: c.execute("SELECT jwk FROM issuer_key").fetchone())
    say("keys", "rotate")
    shown = say("keys", "list")
    newest, oldest, note = shown.output.splitlines()
    assert newest.endswith("  signs")
    assert "  its last token ends at " in oldest
    assert note.startswith("There are no other keys.")
    assert json.loads(jwk)["d"] not in shown.output


def test_the_old_private_key_is_in_no_file_of_the_data_folder(server: ServerInProcess, say: Say, data: Path) -> None:
    (jwk,) = server.container.database.read(lambda c: c.execute("SELECT jwk FROM issuer_key").fetchone())
    private = json.loads(jwk)["d"].encode()
    assert any(private in it.read_bytes() for it in data.iterdir() if it.is_file())
    say("keys", "rotate")
    assert not any(private in it.read_bytes() for it in data.iterdir() if it.is_file())


def test_it_is_in_the_audit_log(server: ServerInProcess, say: Say) -> None:
    say("keys", "rotate")
    say("keys", "rotate", "--stolen")
    shown = say("audit", "show").output.splitlines()
    assert [line.split("  ")[-1] for line in shown] == ["rotate the signing key", "replace a stolen signing key"]
    assert say("audit", "verify").exit_code == 0


def test_two_stolen_both_make_a_key_and_the_last_signs(server: ServerInProcess, say: Say) -> None:
    before = token(server, server.account(ADA))
    with ThreadPoolExecutor(2) as pool:
        codes = list(pool.map(lambda _: _rotated(server), range(4)))
    assert len({*codes}) == 4
    assert len(say("keys", "list").output.splitlines()) == 6
    assert admitted(server, before)


def _rotated(server: ServerInProcess) -> str:
    with open_admin(server.container.settings) as operator:
        return operator.rotate_signing_key(stolen=False)[0].kid


def test_before_the_first_start_there_is_nothing_to_change(say: Say) -> None:
    assert say("keys", "rotate").exit_code == 1
    assert "no data of uconnect" in say("keys", "list").output
