"""A link in a letter, good once: who opens it reads that letter, so the address is theirs and a password is enough."""

import sqlite3
from dataclasses import dataclass, replace

from starlette.responses import Response

from uconnect.application.email_addresses import kept
from uconnect.oidc_provider import accounts, charges, hashed_secrets, validation
from uconnect.oidc_provider.account_changes import WRONG
from uconnect.oidc_provider.form_fields import NAME, NEW_PASSWORD, PASSWORD, Form
from uconnect.oidc_provider.pages import PageContext, PageRequest, ShowFormAgain

LIFETIME = 14 * 24 * 3600  # seconds
OVER = "This link was used before, or is too old. If you have chosen a password, sign in; else ask to be invited again."
NEW = "You are invited as {}. Choose a password, and you are in."
NEW_SCHOOL = "You are invited as {}. Say what your school is called and choose a password, and it is in."
KNOWN = "You are invited as {}, and have an account already. Type its password to go on."
TITLE = "You are invited"
BY = "{} invites you"
MEANWHILE = "Meanwhile this address has got an account. Type its password to go on."


@dataclass(frozen=True, slots=True)
class Invitation:
    """Who is invited to a client, and what they are called if that is known.

    `school` is who invites, empty for whoever runs uconnect. `place` says to what, in the product's words, not ours.
    """

    client: str
    email: str
    name: str
    school: str = ""
    place: str = ""

    @property
    def title(self) -> str:
        return BY.format(self.school) if self.school else TITLE


def invite(connection: sqlite3.Connection, invitation: Invitation, now: float) -> str:
    """A new invitation: the secret for its link."""
    connection.execute("DELETE FROM issuer_invitation WHERE expires <= ?", (now,))
    secret, email = hashed_secrets.new_secret(), kept(invitation.email)
    connection.execute(
        "INSERT INTO issuer_invitation (secret, client, email, name, school, place, expires)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            *(hashed_secrets.hash_secret(secret), invitation.client, email, invitation.name),
            *(invitation.school, invitation.place, int(now) + LIFETIME),
        ),
    )
    return secret


def found(connection: sqlite3.Connection, secret: str, client: str, now: float) -> Invitation | None:
    """The invitation whose link this is, while it is good."""
    row = connection.execute(
        "SELECT client, email, name, school, place FROM issuer_invitation"
        " WHERE secret = ? AND client = ? AND expires > ?",
        (hashed_secrets.hash_secret(secret), client, now),
    ).fetchone()
    return Invitation(*row) if row else None


def end(connection: sqlite3.Connection, secret: str, invitation: Invitation, subject: str) -> None:
    """The account has accepted the invitation."""
    if invitation.place:
        accounts.accept(connection, subject, invitation.place)
    connection.execute("DELETE FROM issuer_invitation WHERE secret = ?", (hashed_secrets.hash_secret(secret),))


def withdraw(connection: sqlite3.Connection, place: str) -> None:
    """Whoever invited to this place has thought better of it: no link leads there any more."""
    connection.execute("DELETE FROM issuer_invitation WHERE place = ? AND place <> ''", (place,))


@dataclass(frozen=True)
class Accept:
    """The page behind the link, which names who invites. Opening it changes nothing: machines look through letters."""

    context: PageContext
    path: str = "invitation"

    async def form(self, visit: PageRequest) -> Form | Response:
        invitation, known = await self._invitation(visit)
        if invitation is None:
            return self._over(visit)
        if known:
            links = ((self.context.path("forgot", [("client_id", visit.client.id)]), "Forgot your password?"),)
            about = KNOWN.format(invitation.email)
            return Form(invitation.title, about, "Accept", (PASSWORD,), links, hidden=_kept(visit))
        name = (replace(NAME, label=visit.client.asks_name),) if not invitation.name else ()
        about = (NEW if invitation.school or invitation.name else NEW_SCHOOL).format(invitation.email)
        return Form(invitation.title, about, "Accept", (*name, NEW_PASSWORD), hidden=_kept(visit))

    async def done(self, visit: PageRequest) -> Response:
        invitation, known = await self._invitation(visit)
        if invitation is None:
            return self._over(visit)
        return await (self._sign_in if known else self._join)(visit, invitation)

    async def _join(self, visit: PageRequest, invitation: Invitation) -> Response:
        name = invitation.name or validation.name(visit.of("name"))
        kept = await self.context.passwords.choose(visit.of("password"), invitation.email, name, turn=_secret(visit))

        def whom(connection: sqlite3.Connection) -> str | None:
            if self._still(connection, visit) is None:
                return None
            subject = accounts.add(connection, invitation.email, kept, verified=True, name=name)
            if subject is not None:
                end(connection, _secret(visit), invitation, subject)
            return subject

        response = await self.context.admit(visit, whom)
        if response is None:
            raise ShowFormAgain(MEANWHILE, 409)
        return response

    async def _sign_in(self, visit: PageRequest, invitation: Invitation) -> Response:
        counted = charges.link(self.context.limits, _secret(visit))
        known = await self.context.check(visit, invitation.email, counted)
        if known is None:
            raise ShowFormAgain(WRONG)

        def whom(connection: sqlite3.Connection) -> str | None:
            subject = accounts.still_valid(connection, known) if self._still(connection, visit) else None
            if subject is not None:
                end(connection, _secret(visit), invitation, subject)
            return subject

        response = await self.context.admit(visit, whom)
        if response is None:
            raise ShowFormAgain(WRONG)
        return response

    async def _invitation(self, visit: PageRequest) -> tuple[Invitation | None, bool]:
        """The invitation, and whether its address has an account."""

        def look(connection: sqlite3.Connection) -> tuple[Invitation | None, bool]:
            invitation = self._still(connection, visit)
            known = invitation is not None and accounts.of_email(connection, invitation.email) is not None
            return invitation, known

        return await self.context.database.read_soon(look)

    def _still(self, connection: sqlite3.Connection, visit: PageRequest) -> Invitation | None:
        return found(connection, _secret(visit), visit.client.id, self.context.now())

    def _over(self, visit: PageRequest) -> Response:
        return self.context.pages.notice("This invitation is over", OVER, visit.client, status=400)


def _secret(visit: PageRequest) -> str:
    """What the letter's link held. Letters of before had it in the address, where they still may until they expire."""
    return visit.of("token") or dict(visit.asked).get("token", "")


def _kept(visit: PageRequest) -> tuple[tuple[str, str], ...]:
    return (("token", visit.of("token")),) if visit.of("token") else ()
