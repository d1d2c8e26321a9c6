"""What an operator does to the accounts that people sign in with, whether or not they have opened a site."""

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from msgspec.structs import replace

from uconnect.adapters.mail import Outbox, templates
from uconnect.adapters.sqlite import Database, audit_log
from uconnect.adapters.sqlite.store import SqliteStore
from uconnect.application.admin import AdminRefused
from uconnect.application.own_data import OwnData, OwnDataEnded
from uconnect.domain.context import AuditedAct, Plan, UseCase
from uconnect.domain.enums import Kind
from uconnect.domain.errors import Refusal
from uconnect.domain.usecases import admin
from uconnect.domain.views.admin import AccountHolder, PartyState
from uconnect.entrypoints.cli.account_archive import AccountShown
from uconnect.entrypoints.server.authentication import ISSUER
from uconnect.entrypoints.server.job_adapters import forget_account
from uconnect.oidc_provider import account_admin, passkeys, upstream_links
from uconnect.oidc_provider.account_admin import ListedAccount
from uconnect.oidc_provider.sessions import of_subject

Holders = tuple[AccountHolder, ...]
Run = Callable[[UseCase[Holders]], Plan[Holders] | Refusal]
PAGE = 500  # accounts read at once
WITHOUT_PARTY = {PartyState.NONE, PartyState.REMOVED}


@dataclass(frozen=True, slots=True)
class LoginAccount:
    """An account, and what it is here. `id` is what the audit log keeps of it."""

    account: ListedAccount
    holder: AccountHolder

    @property
    def id(self) -> str:
        return self.holder.id or self.account.subject

    @property
    def name(self) -> str:
        return self.holder.name or self.account.name

    @property
    def kind(self) -> str:
        """What it is called in the audit log."""
        return "account" if self.holder.state in WITHOUT_PARTY else self.holder.state.value


@dataclass(frozen=True)
class LoginAdmin:
    """Lists, suspends, resumes and closes accounts in a data file. All raise AdminRefused if there is none to act on.

    Each act that changes one leaves a line in the audit log, in the same transaction.
    """

    database: Database
    store: SqliteStore
    outbox: Outbox
    now: Callable[[], float] = time.time  # Unix seconds

    def all(self, *, suspended: bool = False) -> Iterator[LoginAccount]:
        """All accounts but those of schools, by address. A few are read at a time, however many there are."""
        return (it for it in self._each(suspended=suspended) if it.holder.state is not PartyState.SCHOOL)

    def suspended_schools(self) -> set[str]:
        """The ids of the schools whose accounts are suspended."""
        return {it.holder.id for it in self._each(suspended=True) if it.holder.state is PartyState.SCHOOL}

    def _each(self, *, suspended: bool) -> Iterator[LoginAccount]:
        after = ""
        while page := self.database.read(partial(self._page, after=after, suspended=suspended)):
            yield from _with_holders(page, self.store.ask)
            after = page[-1].email

    def find(self, email: str, kind: Kind) -> LoginAccount:
        """The account with an address that is a school's, or one that is not."""
        account = self.database.read(partial(account_admin.find, email=email))
        return _require(account, kind, self.store.ask)

    def suspend(self, email: str, kind: Kind) -> bool:
        """Let nobody in to an account; a server that runs closes its sockets. False if it was suspended before."""

        def act(connection: sqlite3.Connection, found: LoginAccount) -> bool:
            if found.account.suspended:
                return False
            account_admin.suspend(connection, found.account.subject, self.now())
            return True

        return self._act("suspend", email, kind, act)

    def resume(self, email: str, kind: Kind) -> bool:
        """Let its owner sign in again. False if it was not suspended."""

        def act(connection: sqlite3.Connection, found: LoginAccount) -> bool:
            account_admin.resume(connection, found.account.subject)
            return found.account.suspended > 0

        return self._act("resume", email, kind, act)

    def unlink(self, email: str, kind: Kind) -> int:
        """Let no other provider sign anybody in to an account, and end the sessions that came by one. How many
        providers these were. No school is shown that: how somebody signs in is nobody's but theirs."""
        count = 0

        def act(connection: sqlite3.Connection, found: LoginAccount) -> bool:
            nonlocal count
            links = upstream_links.of_subject(connection, found.account.subject)
            for link in links:
                upstream_links.remove(connection, found.account.subject, link.issuer)
            count = len(links)
            return count > 0

        self._act("unlink", email, kind, act, shown=False)
        return count

    def reset_passkeys(self, email: str, kind: Kind) -> bool:
        """Let an account sign in without a passkey, once it is signed out everywhere. False if it has none."""

        def act(connection: sqlite3.Connection, found: LoginAccount) -> bool:
            if account_admin.reset_passkeys(connection, found.account.subject) is None:
                return False
            self.outbox.put(connection, templates.passkeys_reset(found.account.email))
            return True

        return self._act("reset the passkeys of", email, kind, act)

    def close(self, email: str) -> None:
        """Delete an account that has opened no site, or whose worker was removed. An account of a user or a school is
        closed with all that it has: see `Admin.close`."""

        def act(connection: sqlite3.Connection, found: LoginAccount) -> bool:
            use_case = partial(admin.release_login, issuer=ISSUER, subject=found.account.subject)
            if isinstance(self.store.run_within(connection, use_case), Refusal):
                raise AdminRefused("The account belongs to a user, a worker or a school.")
            forget_account(connection, self.outbox, found.account.subject)
            return True

        self._act("close", email, Kind.USER, act)

    def begin_export(self, email: str, kind: Kind) -> tuple[AccountShown, OwnData | None]:
        """What an account's own pages show, once the audit log says that an operator reads it. The second is None if
        the account has opened no site."""
        found = self.find(email, kind)
        subject = found.account.subject
        shown = self.database.read(
            lambda connection: AccountShown(
                found.account,
                of_subject(connection, subject, self.now()),
                passkeys.of_subject(connection, subject),
                upstream_links.of_subject(connection, subject),
            )
        )
        try:
            own = OwnData(self.store, found.holder.id) if found.holder.state not in WITHOUT_PARTY else None
        except OwnDataEnded as ended:
            raise AdminRefused(str(ended)) from ended
        self._act("export", email, kind, lambda *_: True)
        return shown, own

    def named(self, holders: Sequence[AccountHolder], ids: Sequence[str]) -> Holders:
        """The same, with the addresses of accounts that have opened no site, whose subjects are among the ids."""

        def look(connection: sqlite3.Connection) -> Holders:
            return tuple(
                replace(holder, email=account_admin.email_of(connection, id) or "")
                if holder.state is PartyState.NONE and id
                else holder
                for holder, id in zip(holders, ids, strict=True)
            )

        return self.database.read(look)

    def _act(
        self,
        verb: str,
        email: str,
        kind: Kind,
        act: Callable[[sqlite3.Connection, LoginAccount], bool],
        *,
        shown: bool = True,
    ) -> bool:
        def transaction(connection: sqlite3.Connection) -> bool:
            found = _require(account_admin.find(connection, email), kind, partial(self.store.run_within, connection))
            done = act(connection, found)
            if done:
                article = "an" if found.kind == "account" else "a"
                school = found.id if shown and found.holder.state is PartyState.SCHOOL else ""
                audited = AuditedAct(f"{verb} {article} {found.kind}", found.id, school=school)
                audit_log.add(connection, int(self.now()), audited)
            return done

        return self.database.write(transaction)

    def _page(self, connection: sqlite3.Connection, after: str, *, suspended: bool) -> list[ListedAccount]:
        return account_admin.page(connection, after, PAGE, suspended=suspended)


def _require(account: ListedAccount | None, kind: Kind, run: Run) -> LoginAccount:
    """The account, if there is one and it is a school's or not, as `kind` says."""
    if account is not None:
        (found,) = _with_holders([account], run)
        if (found.holder.state is PartyState.SCHOOL) is (kind is Kind.SCHOOL):
            return found
    raise AdminRefused("The account is not known.")


def _with_holders(accounts: Sequence[ListedAccount], run: Run) -> list[LoginAccount]:
    outcome = run(partial(admin.holders, issuer=ISSUER, subjects=tuple(it.subject for it in accounts)))
    assert isinstance(outcome, Plan)  # nothing here is refused
    return [LoginAccount(*it) for it in zip(accounts, outcome.answer, strict=True)]
