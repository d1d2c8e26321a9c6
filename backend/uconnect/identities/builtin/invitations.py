"""A link in a letter, good once: who opens it reads that letter, so the address is theirs and a password is enough."""

import sqlite3
from dataclasses import dataclass, replace

from starlette.responses import Response

from uconnect.addresses import kept
from uconnect.identities.builtin import accounts, opaque, typed
from uconnect.identities.builtin.changes import WRONG
from uconnect.identities.builtin.fields import NAME, NEW_PASSWORD, PASSWORD, Form
from uconnect.identities.builtin.reception import Again, Reception, Visit

LIFETIME = 14 * 24 * 3600  # seconds
OVER = "This link was used before, or is too old. If you have chosen a password, sign in; else ask to be invited again."
NEW = "You are invited as {}. Choose a password, and you are in."
KNOWN = "You are invited as {}, and have an account already. Type its password to go on."
MEANWHILE = "Meanwhile this address has got an account. Type its password to go on."


@dataclass(frozen=True, slots=True)
class Invitation:
    """Who is invited to a client, and what they are called if that is known."""

    client: str
    email: str
    name: str


def invite(connection: sqlite3.Connection, invitation: Invitation, now: float) -> str:
    """A new invitation: the secret for its link."""
    connection.execute("DELETE FROM issuer_invitation WHERE expires <= ?", (now,))
    secret, email = opaque.fresh(), kept(invitation.email)
    connection.execute(
        "INSERT INTO issuer_invitation (secret, client, email, name, expires) VALUES (?, ?, ?, ?, ?)",
        (opaque.kept(secret), invitation.client, email, invitation.name, int(now) + LIFETIME),
    )
    return secret


def found(connection: sqlite3.Connection, secret: str, client: str, now: float) -> Invitation | None:
    """The invitation whose link this is, while it is good."""
    row = connection.execute(
        "SELECT client, email, name FROM issuer_invitation WHERE secret = ? AND client = ? AND expires > ?",
        (opaque.kept(secret), client, now),
    ).fetchone()
    return Invitation(*row) if row else None


def end(connection: sqlite3.Connection, secret: str) -> None:
    """The invitation was accepted."""
    connection.execute("DELETE FROM issuer_invitation WHERE secret = ?", (opaque.kept(secret),))


@dataclass(frozen=True)
class Accept:
    """The page behind the link. Opening it changes nothing: letters are looked through by machines."""

    reception: Reception
    path: str = "invitation"

    async def form(self, visit: Visit) -> Form | Response:
        invitation, known = await self._invitation(visit)
        if invitation is None:
            return self._over(visit)
        if known:
            links = ((self.reception.path("forgot", [("client_id", visit.client.id)]), "Forgot your password?"),)
            return Form("You are invited", KNOWN.format(invitation.email), "Sign in", (PASSWORD,), links)
        name = (replace(NAME, label=visit.client.asks_name),) if not invitation.name else ()
        return Form("You are invited", NEW.format(invitation.email), "Accept", (*name, NEW_PASSWORD))

    async def done(self, visit: Visit) -> Response:
        invitation, known = await self._invitation(visit)
        if invitation is None:
            return self._over(visit)
        return await (self._sign_in if known else self._join)(visit, invitation)

    async def _join(self, visit: Visit, invitation: Invitation) -> Response:
        name = invitation.name or typed.name(visit.of("name"))
        kept = await self.reception.passwords.choose(visit.of("password"), invitation.email, name)

        def whom(connection: sqlite3.Connection) -> str | None:
            if self._still(connection, visit) is None:
                return None
            subject = accounts.add(connection, invitation.email, kept, verified=True, name=name)
            if subject is not None:
                end(connection, _secret(visit))
            return subject

        response = await self.reception.admit(visit, whom)
        if response is None:
            raise Again(MEANWHILE, 409)
        return response

    async def _sign_in(self, visit: Visit, invitation: Invitation) -> Response:
        self.reception.slow(visit, invitation.email)
        known = await self.reception.check(visit, invitation.email)
        if known is None:
            raise Again(WRONG)

        def whom(connection: sqlite3.Connection) -> str | None:
            subject = accounts.still(connection, known) if self._still(connection, visit) else None
            if subject is not None:
                end(connection, _secret(visit))
            return subject

        response = await self.reception.admit(visit, whom)
        if response is None:
            raise Again(WRONG)
        self.reception.guesses.right(invitation.email, visit.address)
        return response

    async def _invitation(self, visit: Visit) -> tuple[Invitation | None, bool]:
        """The invitation, and whether its address has an account."""

        def look(connection: sqlite3.Connection) -> tuple[Invitation | None, bool]:
            invitation = self._still(connection, visit)
            known = invitation is not None and accounts.of_email(connection, invitation.email) is not None
            return invitation, known

        return await self.reception.database.read_soon(look)

    def _still(self, connection: sqlite3.Connection, visit: Visit) -> Invitation | None:
        return found(connection, _secret(visit), visit.client.id, self.reception.now())

    def _over(self, visit: Visit) -> Response:
        return self.reception.pages.notice("This invitation is over", OVER, visit.client, status=400)


def _secret(visit: Visit) -> str:
    return dict(visit.asked).get("token", "")
