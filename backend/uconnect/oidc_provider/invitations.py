"""Invitations: a link in a letter, good once. Its reader has proved the address, so a password is enough."""

import sqlite3
from dataclasses import dataclass, replace

from starlette.responses import Response

from uconnect.application.email_addresses import kept
from uconnect.domain.text import isolated
from uconnect.oidc_provider import accounts, throttle, validation
from uconnect.oidc_provider.account_page import WRONG
from uconnect.oidc_provider.hashed_secrets import hash_secret, new_secret
from uconnect.oidc_provider.pages import NAME, NEW_PASSWORD, PASSWORD, AnswerInstead, Form, PageRequest, ShowFormAgain
from uconnect.oidc_provider.passwords import Passwords
from uconnect.oidc_provider.sign_in import NO_PASSWORDS, Admission, PasswordCheck
from uconnect.oidc_provider.upstream_settings import SignInMethods

LIFETIME = 14 * 24 * 3600  # seconds
OVER = "This link was already used or is too old. If you chose a password, sign in. If not, ask for a new invitation."
WITH_BUTTON = "You are invited as {}. Sign in with the button below to join."
NEW = "You are invited as {}. Choose a password to join."
NAMELESS = "You are invited as {}. Enter {} and choose a password to join."
KNOWN = "You are invited as {} and already have an account. Enter its password to continue."
TITLE = "You are invited"
BY = "{} invites you"
MEANWHILE = "This address got an account in the meantime. Enter its password to continue."


@dataclass(frozen=True, slots=True)
class Invitation:
    """An address invited to a client, with the person's name if it is known.

    `school` is the school that invites; it is empty if the operator does. `for_worker` is the worker's id.
    """

    client: str
    email: str
    name: str
    school: str = ""
    for_worker: str = ""

    @property
    def title(self) -> str:
        return BY.format(isolated(self.school)) if self.school else TITLE


def invite(connection: sqlite3.Connection, invitation: Invitation, now: float) -> str:
    """A new invitation: the secret for its link."""
    connection.execute("DELETE FROM issuer_invitation WHERE expires <= ?", (now,))
    secret, email = new_secret(), kept(invitation.email)
    connection.execute(
        "INSERT INTO issuer_invitation (secret, client, email, name, school, place, expires)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            *(hash_secret(secret), invitation.client, email, invitation.name),
            *(invitation.school, invitation.for_worker, int(now) + LIFETIME),
        ),
    )
    return secret


def find(connection: sqlite3.Connection, secret: str, client: str, now: float) -> Invitation | None:
    """The invitation with this link, while it is good."""
    return of_hash(connection, hash_secret(secret), client, now)


def of_hash(connection: sqlite3.Connection, hashed: bytes, client: str, now: float) -> Invitation | None:
    """The invitation whose link has the secret with this hash, while it is good."""
    row = connection.execute(
        "SELECT client, email, name, school, place FROM issuer_invitation"
        " WHERE secret = ? AND client = ? AND expires > ?",
        (hashed, client, now),
    ).fetchone()
    return Invitation(*row) if row else None


def end(connection: sqlite3.Connection, hashed: bytes, invitation: Invitation, subject: str) -> None:
    """The account has accepted the invitation whose link has the secret with this hash."""
    if invitation.for_worker:
        accounts.accept(connection, subject, invitation.for_worker)
    connection.execute("DELETE FROM issuer_invitation WHERE secret = ?", (hashed,))


def withdraw(connection: sqlite3.Connection, place: str) -> None:
    """Delete the invitations to this place: no link leads there any more."""
    connection.execute("DELETE FROM issuer_invitation WHERE place = ? AND place <> ''", (place,))


@dataclass(frozen=True)
class AcceptInvitation:
    """The page behind the link, which names who invites. Opening it changes nothing: machines look through letters."""

    admission: Admission
    checks: PasswordCheck
    passwords: Passwords
    methods: SignInMethods
    path: str = "invitation"

    async def form(self, request: PageRequest) -> Form:
        invitation, has_account = await self._invitation(request)
        choices = self.admission.html.choices(request, self.methods, *request.hidden_token)
        if not self.methods.passwords:
            about = WITH_BUTTON.format(isolated(invitation.email))
            return Form(invitation.title, about, "", (), choices=choices)
        if has_account:
            forgot = self.admission.html.path_for("forgot", request.client)
            about, links = KNOWN.format(isolated(invitation.email)), ((forgot, "Forgot your password?"),)
            hidden = request.hidden_token
            return Form(invitation.title, about, "Accept", (PASSWORD,), links, hidden=hidden, choices=choices)
        name = (replace(NAME, label=request.client.asks_name),) if not invitation.name else ()
        about = (NEW if invitation.name else NAMELESS).format(isolated(invitation.email), request.client.asked_name)
        fields = (*name, NEW_PASSWORD)
        return Form(invitation.title, about, "Accept", fields, hidden=request.hidden_token, choices=choices)

    async def submit(self, request: PageRequest) -> Response:
        invitation, has_account = await self._invitation(request)
        if not self.methods.passwords:
            raise ShowFormAgain(NO_PASSWORDS, 403)
        return await (self._sign_in if has_account else self._join)(request, invitation)

    async def _join(self, request: PageRequest, invitation: Invitation) -> Response:
        name, secret = invitation.name or validation.name(request.field("name")), request.token
        hashed = await self.passwords.choose(request.field("password"), invitation.email, name, turn=secret)

        def join(connection: sqlite3.Connection) -> str | None:
            if self._find(connection, request) is None:
                return None
            subject = accounts.add(connection, invitation.email, hashed, verified=True, name=name)
            if subject is not None:
                end(connection, hash_secret(secret), invitation, subject)
            return subject

        response = await self.admission.sign_in(request, join)
        if response is None:
            raise ShowFormAgain(MEANWHILE, 409)
        return response

    async def _sign_in(self, request: PageRequest, invitation: Invitation) -> Response:
        secret = request.token
        charges = throttle.for_link(self.checks.throttle.limits, secret)
        known = await self.checks.check(request, invitation.email, charges)
        if known is None:
            raise ShowFormAgain(WRONG)

        def accept(connection: sqlite3.Connection) -> str | None:
            subject = accounts.still_valid(connection, known) if self._find(connection, request) else None
            if subject is not None:
                end(connection, hash_secret(secret), invitation, subject)
            return subject

        response = await self.admission.sign_in(request, accept)
        if response is None:
            raise ShowFormAgain(WRONG)
        return response

    async def _invitation(self, request: PageRequest) -> tuple[Invitation, bool]:
        """The invitation, and whether its address has an account. Raises AnswerInstead if it is over."""

        def look(connection: sqlite3.Connection) -> tuple[Invitation, bool] | None:
            invitation = self._find(connection, request)
            return (invitation, accounts.of_email(connection, invitation.email) is not None) if invitation else None

        found = await self.admission.sessions.database.read_soon(look)
        if found is None:
            over = self.admission.html.notice("This invitation is no longer valid", OVER, request.client, status=400)
            raise AnswerInstead(over)
        return found

    def _find(self, connection: sqlite3.Connection, request: PageRequest) -> Invitation | None:
        return find(connection, request.token, request.client.id, self.admission.sessions.now())
