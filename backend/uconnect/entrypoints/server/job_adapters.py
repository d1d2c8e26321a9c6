"""What jobs reach beyond the store on the server: the outbox for letters, and the logins of the built-in provider."""

import sqlite3
from dataclasses import dataclass

from uconnect import oidc_provider
from uconnect.adapters.mail import Email, Outbox, templates
from uconnect.adapters.sqlite import Database
from uconnect.domain.enums import Kind
from uconnect.domain.views.mail import NewMessageNotice, WorkerInvitation
from uconnect.entrypoints.server.authentication import ISSUER
from uconnect.entrypoints.server.static_files import client_of
from uconnect.oidc_provider import Provider, account_admin


@dataclass(frozen=True)
class MailAdapter:
    """Implements `application.ports.Mail`: each letter is written with the invitation whose link it holds."""

    database: Database
    outbox: Outbox
    issuer: Provider
    url: str

    def invite_worker(self, invited: WorkerInvitation) -> None:
        def letter(connection: sqlite3.Connection) -> Email:
            if invited.taken:
                return templates.invitation_to_account(invited.email, invited.school)
            link = self.issuer.invitation(
                connection, invited.email, client_of(Kind.WORKER), invited.name, invited.school, invited.invitation
            )
            return templates.invitation(invited.email, invited.school, link)

        self.database.write_in_background(lambda connection: self.outbox.put(connection, letter(connection)))

    def invite_school(self, email: str) -> None:
        def transaction(connection: sqlite3.Connection) -> None:
            link = self.issuer.invitation(connection, email, client_of(Kind.SCHOOL))
            self.outbox.put(connection, templates.school_invitation(email, link))

        self.database.write_in_background(transaction)

    def tell_of_message(self, notice: NewMessageNotice) -> None:
        letter = templates.new_message(notice.email, f"{self.url}/{notice.kind.value}/", self.url, notice.stop)

        def transaction(connection: sqlite3.Connection) -> None:
            account = account_admin.find(connection, notice.email)
            if account is None or not account.suspended:  # who may not sign in is not asked to
                self.outbox.put(connection, letter)

        self.database.write_in_background(transaction)


def forget_account(connection: sqlite3.Connection, outbox: Outbox, subject: str) -> None:
    """Delete the account of a login, and say so in its last letter. If it is gone already, nothing is done."""
    email = oidc_provider.forget(connection, subject)
    if email is not None:
        outbox.forget(connection, email)
        outbox.put(connection, templates.account_closed(email))


@dataclass(frozen=True)
class IdentityAdapter:
    """Implements `application.ports.Identity`."""

    database: Database
    outbox: Outbox

    def forget(self, issuer: str, subject: str) -> None:
        if issuer == ISSUER:
            self.database.write_in_background(lambda connection: forget_account(connection, self.outbox, subject))

    def end_sign_ins(self, issuer: str, subject: str) -> None:
        if issuer == ISSUER:
            self.database.write_in_background(lambda connection: oidc_provider.end_sign_ins(connection, subject))

    def withdraw(self, invitation: str) -> None:
        self.database.write_in_background(lambda connection: oidc_provider.withdraw(connection, invitation))
