"""What an earlier release of the provider stored under old names still counts after an upgrade."""

import sqlite3
from pathlib import Path

import pytest

from uconnect.adapters.sqlite import Database, Migrations
from uconnect.oidc_provider import MIGRATIONS, second_factor_schema, sessions, throttle, token_store
from uconnect.oidc_provider.hashed_secrets import hash_secret
from uconnect.oidc_provider.throttle import Kind

NOW = 1_800_000_000.0
BEFORE_PASSKEYS = MIGRATIONS.scripts.index(second_factor_schema.SCRIPT)
OLD_KINDS = {Kind.EMAIL_CHANGES: "MOVES", Kind.EMAIL_CHANGES_OF_ACCOUNT: "MOVES_OF_ACCOUNT"}


@pytest.mark.parametrize("kind", OLD_KINDS)
def test_letters_counted_before_the_upgrade_count_after_it(tmp_path: Path, kind: Kind) -> None:
    charges = throttle.for_email_change("ada@example.org", "ada")
    (used_up,) = (it for it in charges if it.key.kind is kind)
    due = int(NOW * 1000) + used_up.allowance.every * used_up.allowance.burst
    old = Database(tmp_path / "old.sqlite", [Migrations(MIGRATIONS.component, MIGRATIONS.scripts[:6])])
    row = (OLD_KINDS[kind], used_up.key.hashed, due)
    old.write(lambda connection: connection.execute("INSERT INTO issuer_letter_limit VALUES (?, ?, ?)", row))
    old.close()
    database = Database(tmp_path / "old.sqlite", [MIGRATIONS])
    assert not database.write(lambda connection: throttle.take_letter(connection, charges, NOW))
    database.close()


def test_the_secret_that_marked_forms_is_gone(tmp_path: Path) -> None:
    old = Database(tmp_path / "old.sqlite", [Migrations(MIGRATIONS.component, MIGRATIONS.scripts[:6])])
    old.write(lambda connection: connection.execute("INSERT INTO issuer_page_secret VALUES (x'00')"))
    old.close()
    database = Database(tmp_path / "old.sqlite", [MIGRATIONS])
    tables = database.read(lambda c: c.execute("SELECT name FROM sqlite_master WHERE name LIKE 'issuer_%'").fetchall())
    database.close()
    assert ("issuer_account",) in tables
    assert ("issuer_page_secret",) not in tables


def test_who_was_signed_in_before_passkeys_stays_signed_in_as_long_as_was_said(tmp_path: Path) -> None:
    """Its 30 days are counted from when it began, also once it may end earlier for want of use."""
    old = Database(tmp_path / "old.sqlite", [Migrations(MIGRATIONS.component, MIGRATIONS.scripts[:BEFORE_PASSKEYS])])
    began = int(NOW) - 1000
    row = ("sid", b"secret", "uconnect-user", "ada", began + 500, began + sessions.LIFETIME, "Firefox")
    old.write(
        lambda connection: connection.execute(
            "INSERT INTO issuer_session (sid, secret, client, subject, authenticated, expires, browser)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            row,
        )
    )
    old.close()
    database = Database(tmp_path / "old.sqlite", [MIGRATIONS])
    found = database.read(lambda connection: sessions.of_sid(connection, "sid", NOW))
    assert found is not None
    assert not found.strong
    assert found.used == sessions.day(began + 500)
    database.write(lambda connection: sessions.use(connection, "sid", NOW))
    later = database.read(lambda connection: sessions.of_sid(connection, "sid", NOW))
    database.close()
    assert later is not None
    assert later.expires == began + sessions.LIFETIME


def test_who_was_signed_in_before_tokens_kept_their_time_stays_signed_in(tmp_path: Path) -> None:
    old = Database(
        tmp_path / "old.sqlite", [Migrations(MIGRATIONS.component, MIGRATIONS.scripts[: BEFORE_PASSKEYS + 1])]
    )
    family = ("family", hash_secret("last"), b"code", "sid", "uconnect-user", "openid", int(NOW))

    def keep(connection: sqlite3.Connection) -> None:
        session, _ = sessions.begin(connection, "uconnect-user", "ada", NOW - 1000)
        connection.execute(
            "INSERT INTO issuer_token_family (id, secret, code, sid, client, scope, used) VALUES (?, ?, ?, ?, ?, ?, ?)",
            family,
        )
        connection.execute("UPDATE issuer_token_family SET sid = ?", (session.sid,))

    old.write(keep)
    old.close()
    database = Database(tmp_path / "old.sqlite", [MIGRATIONS])
    found = database.write(lambda c: token_store.use_refresh_token(c, "family.last", "uconnect-user", NOW, []))
    database.close()
    assert found is not None
    assert found.authenticated == int(NOW) - 1000
