"""What todos reach beyond the store, embedded: letters into the outbox, and logins of our own issuer."""

import sqlite3
from dataclasses import dataclass

from uconnect.core.terms import Kind
from uconnect.core.views.letters import Invited
from uconnect.embedded.door import ISSUER
from uconnect.embedded.sites import client_of
from uconnect.identities import builtin
from uconnect.identities.builtin import Issuer
from uconnect.mails import Letter, Outbox, letters
from uconnect.sqlite import Database


@dataclass(frozen=True)
class Post:
    """Implements `core.ports.Mail`: each letter is written with the invitation whose link it holds."""

    database: Database
    outbox: Outbox
    issuer: Issuer

    def invite_worker(self, invited: Invited) -> None:
        def letter(connection: sqlite3.Connection) -> Letter:
            if invited.taken:
                return letters.invitation_to_account(invited.email, invited.school)
            link = self.issuer.invitation(
                connection, invited.email, client_of(Kind.WORKER), invited.name, invited.school, invited.place
            )
            return letters.invitation(invited.email, invited.school, link)

        self.database.write_in_background(lambda connection: self.outbox.put(connection, letter(connection)))

    def invite_school(self, email: str) -> None:
        def work(connection: sqlite3.Connection) -> None:
            link = self.issuer.invitation(connection, email, client_of(Kind.SCHOOL))
            self.outbox.put(connection, letters.school_invitation(email, link))

        self.database.write_in_background(work)


@dataclass(frozen=True)
class Logins:
    """Implements `core.ports.Identity`."""

    database: Database
    outbox: Outbox

    def forget(self, issuer: str, subject: str) -> None:
        def work(connection: sqlite3.Connection) -> None:
            email = builtin.forget(connection, subject)
            if email is not None:
                self.outbox.forget(connection, email)
                self.outbox.put(connection, letters.account_closed(email))

        if issuer == ISSUER:
            self.database.write_in_background(work)

    def withdraw(self, place: str) -> None:
        self.database.write_in_background(lambda connection: builtin.withdraw(connection, place))
