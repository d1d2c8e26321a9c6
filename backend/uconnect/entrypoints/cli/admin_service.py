"""The operator of a data folder, who may act while the server runs."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from uconnect.adapters.clock import new_context
from uconnect.adapters.mail import Outbox, StoredEmail
from uconnect.adapters.sqlite import Database, address_migration, audit_log, thread_counts
from uconnect.adapters.sqlite.checkpointer import empty_log
from uconnect.adapters.sqlite.store import SqliteStore
from uconnect.application.admin import Admin, AdminRefused
from uconnect.application.audit import Act, AuditBroken, checked
from uconnect.application.email_addresses import kept
from uconnect.domain.context import AuditedAct, Delivery
from uconnect.domain.enums import Kind
from uconnect.entrypoints.cli.folder import require_data
from uconnect.entrypoints.cli.logins import LoginAdmin
from uconnect.entrypoints.server import data_folder
from uconnect.entrypoints.server.container import MIGRATIONS
from uconnect.entrypoints.server.settings import InvalidSetting, Settings
from uconnect.oidc_provider import schema, signing_keys
from uconnect.oidc_provider.signing_keys import ListedKey


@dataclass(frozen=True, slots=True)
class Collision:
    """Two accounts with one address: an earlier release took the two spellings for two addresses.

    `odd` and `normal` are the spellings. `odd_is` and `normal_is` say who has them, such as "user Ada".
    """

    odd: str
    odd_is: str
    normal: str
    normal_is: str


class DataFolderAdmin(Admin):
    """The commands of every home, and those about the letters and addresses of a data file."""

    def __init__(self, database: Database, store: SqliteStore, outbox: Outbox) -> None:
        super().__init__(store, _nobody)
        self.outbox = outbox
        self.logins = LoginAdmin(database, store, outbox)
        self._database = database

    def collisions(self) -> list[Collision]:
        """The addresses that two accounts have."""
        odd = self._database.read(lambda c: {*schema.not_normalized(c), *address_migration.odd(c)})
        return [Collision(it, self._who(it), kept(it), self._who(kept(it))) for it in sorted(odd)]

    def wrong_counts(self, *, repair: bool) -> int:
        """How many kept counts are not what the threads say. With `repair`, all are made right."""
        found = self._database.read(thread_counts.wrong_counts)
        if found and repair:
            self._database.write(thread_counts.count_again)
        return len(found)

    def letters(self) -> list[StoredEmail]:
        """The letters in the outbox, oldest first."""
        return self._database.read(self.outbox.read)

    def checked_acts(self) -> Iterator[Act]:
        """The audit log, each act once it was checked. Raises AuditBroken where it is not as it was written."""
        expected, number = self._database.read(audit_log.last_number), 0
        for act in checked(self.acts()):
            number = act.number
            yield act
        if number < expected:
            raise AuditBroken(f"Act {number + 1} was removed: there were {expected}.")

    def signing_keys(self) -> list[ListedKey]:
        """The keys that sign tokens, the newest first."""
        return self._database.read(signing_keys.listed)

    def rotate_signing_key(self, *, stolen: bool) -> list[ListedKey]:
        """Sign with a new key from now on. A server that runs does so from its next token. Returns `signing_keys`."""

        def act(connection: sqlite3.Connection) -> list[ListedKey]:
            now = time.time()
            signing_keys.rotate(connection, now, stolen=stolen)
            what = "replace a stolen signing key" if stolen else "rotate the signing key"
            audit_log.add(connection, int(now), AuditedAct(what))
            return signing_keys.listed(connection)

        found = self._database.write(act)
        empty_log(self._database.path)  # it still has the private half of the old key
        return found

    def _who(self, spelling: str) -> str:
        """The account that has an address in exactly this spelling."""
        for kind in (Kind.USER, Kind.SCHOOL):
            try:
                return f"{kind.value} {self.account_spelled(spelling, kind).name}"
            except AdminRefused:
                continue
        return "a worker, or an account that has not opened a site"


@contextmanager
def open_admin(settings: Settings) -> Iterator[DataFolderAdmin]:
    """The operator of a data folder. Raises InvalidSetting if there is nothing in it; NewerSchema, OSError,
    sqlite3.Error."""
    require_data(settings)
    if data_folder.is_served(settings.data) and _is_of_an_earlier_release(settings.database):
        raise InvalidSetting(
            f"An earlier release of uconnect is still running in {settings.data}. It would stop working if this command"
            " updated its tables. Restart the server with this release, then run the command again."
        )
    database = Database(settings.database, MIGRATIONS)
    try:
        yield DataFolderAdmin(
            database, SqliteStore(database, new_context), Outbox(database, sends=settings.smtp is not None)
        )
    finally:
        database.close()


def _is_of_an_earlier_release(file: Path) -> bool:
    with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        return any(component.are_due(connection) for component in MIGRATIONS)


def _nobody(_: tuple[Delivery, ...]) -> None:
    """The server that runs notices that the file has changed, and closes the sockets of whoever has ended."""
