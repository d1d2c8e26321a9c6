"""What was fetched and never used is forgotten: the store holds what is good now, and not what ever was."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from tests.resilience.clocked_store import home
from tests.support import sizes
from tests.support.evidence import Evidence
from tests.support.sample_university import ANN, SampleUniversity
from uconnect.adapters.sqlite import Database
from uconnect.domain.usecases import tickets
from uconnect.oidc_provider import MIGRATIONS, email_verification, invitations, sessions, token_store
from uconnect.oidc_provider.email_verification import EmailVerification, Purpose
from uconnect.oidc_provider.invitations import Invitation
from uconnect.oidc_provider.token_store import AuthorizationCode

SECURITY_HEADERS = 5  # seconds between two sweeps of the server, and between two looks


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with closing(Database(tmp_path / "issuer.db", [MIGRATIONS])) as database:
        yield database


def rows(connection: sqlite3.Connection, table: str) -> int:
    found: int = connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    return found


def test_tickets_that_nobody_uses_are_forgotten(tmp_path: Path, evidence: Evidence) -> None:
    with (
        home("sqlite", tmp_path) as kept,
        closing(sqlite3.connect(tmp_path / "uconnect.sqlite")) as internal_entries,
    ):
        parties, most = SampleUniversity(kept).create(), 0
        for number in range(sizes.UNUSED):
            kept.time.now += 1000
            parties.run(partial(tickets.issue, by=ANN))
            if number % SECURITY_HEADERS == 0:
                most = max(most, rows(internal_entries, "ticket"))
                kept.store.forget_expired(kept.time.now)
    assert most <= tickets.SECONDS + SECURITY_HEADERS + 1
    evidence(17, f"tickets left unused, never more than {most} kept", sizes.UNUSED)


def test_codes_and_invitations_that_nobody_uses_are_forgotten(database: Database, evidence: Evidence) -> None:
    most = {"issuer_code": token_store.CODE_LIFETIME, "issuer_email_verification": 60, "issuer_invitation": 14 * 24}
    found = dict.fromkeys(most, 0)

    def transaction(connection: sqlite3.Connection) -> None:
        session, _ = sessions.begin(connection, "uconnect-user", "ada", 0)
        for number in range(sizes.UNUSED):
            email = f"{number}@example.org"
            code = AuthorizationCode(email.encode(), session.sid, session.client, "", "", None, "")
            token_store.save_code(connection, code, number)
            email_verification.begin(
                connection, EmailVerification("uconnect-user", Purpose.SIGN_UP, email, real=True), number * 60
            )
            invitations.invite(connection, Invitation("uconnect-worker", email, ""), number * 3600)
            if number % SECURITY_HEADERS == 0:
                found.update({table: max(found[table], rows(connection, table)) for table in most})

    database.write(transaction)
    assert all(found[table] <= most[table] + 1 for table in most), found
    evidence(17, f"codes and invitations left unused, never more than {max(found.values())} kept", 3 * sizes.UNUSED)
