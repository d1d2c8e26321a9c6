"""All data out of a stack into an archive, and out of an archive into an empty stack: see docs/archive.md.

Nobody uses the stack in the meantime: its functions are closed before, and opened again at the end. If that end does
not come, they stay closed, so nobody ever sees a half of the data; the same command then continues.
"""

import hashlib
import secrets
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from botocore.exceptions import ClientError

from deploy import stack
from deploy.questions import agreed
from uconnect.adapters.dynamodb import transfer
from uconnect.adapters.dynamodb.table import Table
from uconnect.adapters.mail.ses import Ses
from uconnect.adapters.sqlite import Database
from uconnect.adapters.sqlite.moved_logins import moved
from uconnect.application.email_addresses import kept
from uconnect.application.ports import Unavailable
from uconnect.domain.enums import Kind
from uconnect.entrypoints.backups import journal
from uconnect.entrypoints.backups.archive import Refused
from uconnect.entrypoints.backups.restore import Known, erase_again
from uconnect.entrypoints.cli.folder import progress_bar
from uconnect.entrypoints.exports import archive_file, data_export, data_import, records_file
from uconnect.entrypoints.exports.members import Account
from uconnect.entrypoints.server.container import MIGRATIONS

TRIES = 3  # of reading the table, if a function that had begun wrote once more
PAUSE = 20.0  # s between them: as long as a function may take
ORIGINS = {Kind.USER: "UserOrigin", Kind.SCHOOL: "SchoolOrigin", Kind.WORKER: "WorkerOrigin"}


class Stack:
    """The parts of a stack that data are moved to or from. `session` makes clients."""

    def __init__(self, session: Any, name: str) -> None:
        cloudformation = session.client("cloudformation")
        self.outputs = stack.outputs(cloudformation, name)
        self.table = Table(session.client("dynamodb"), self.outputs["Table"])
        self.pool = self.outputs.get("Pool", "")
        self.issuer = self.outputs["Issuer"]
        self.cognito = session.client("cognito-idp")
        self._lambda = session.client("lambda")
        self._session = session
        self.functions = _functions(cloudformation, name)
        self.parameters = stack.parameters(stack.find(cloudformation, name) or {})

    @contextmanager
    def closed(self) -> Iterator[None]:
        """Nobody uses it in the block. Whatever is raised there, or while it closes, leaves it open again; a process
        that is killed does not."""
        try:
            self.close()
            yield
        finally:
            self.open()

    def close(self) -> None:
        """Let no function begin."""
        for name in self.functions:
            self._lambda.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)

    def open(self) -> None:
        """Let all functions begin again."""
        jobs, reserved = self.outputs.get("JobsFunction"), self.outputs.get("JobsReserved", "")
        for name in self.functions:
            if name == jobs and reserved.isdigit():
                self._lambda.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=int(reserved))
            else:
                self._lambda.delete_function_concurrency(FunctionName=name)

    @property
    def letters(self) -> Ses | None:
        """Sends the e-mails that ask people to choose a password; None if the stack sends no e-mail."""
        sender = self.parameters.get("MailFrom", "")
        if not sender:
            return None
        sites = {kind: f"{self.outputs[name]}/{kind.value}/" for kind, name in ORIGINS.items()}
        return Ses(lambda: self._session.client("sesv2"), sender, sites, "", self.outputs["Url"])

    def accounts(self) -> Iterator[Account]:
        """The accounts of its pool, one for each address. The pool has two for a person who has a password and also
        came by the university's provider: the one with the password counts."""
        known: set[str] = set()
        trusted = self.parameters.get("IdpVerified") == "always"
        for user in sorted(self.users(), key=_is_of_university):
            account = _account(user, trusted=trusted)
            if account.email not in known:
                yield account
            known.add(account.email)

    def sign_everybody_out(self) -> None:
        """End each sign-in: by the username, for the pool finds nobody of another provider by an address."""
        for user in self.users():
            self.cognito.admin_user_global_sign_out(UserPoolId=self.pool, Username=user["Username"])

    def users(self) -> Iterator[dict[str, Any]]:
        """The users of its pool, without those who have not entered the code of the sign-up."""
        asked: dict[str, Any] = {"UserPoolId": self.pool}
        while self.pool:
            page = self.cognito.list_users(**asked)
            for user in page["Users"]:
                if user["UserStatus"] != "UNCONFIRMED":
                    yield user
            if not page.get("PaginationToken"):
                return
            asked["PaginationToken"] = page["PaginationToken"]

    def create(self, account: Account) -> str:
        """The subject of an account in its pool, which is made unless it is there. Nobody knows its password."""
        who = {"UserPoolId": self.pool, "Username": account.email}
        verified = "true" if account.verified else "false"
        known = {"email": account.email, "email_verified": verified, "name": account.name or account.email}
        attributes = [{"Name": name, "Value": value} for name, value in known.items()]
        try:
            self.cognito.admin_create_user(**who, UserAttributes=attributes, MessageAction="SUPPRESS")
        except self.cognito.exceptions.UsernameExistsException:  # an import that was interrupted, or a sign-up just now
            self.cognito.admin_update_user_attributes(**who, UserAttributes=attributes)
        # Permanent, or Cognito would send no code to who has forgotten it. With all that a pool's policy may ask for.
        self.cognito.admin_set_user_password(**who, Password=f"{secrets.token_urlsafe(32)}aA1!", Permanent=True)
        if account.suspended:
            self.cognito.admin_disable_user(**who)
        return _attributes(self.cognito.admin_get_user(**who)["UserAttributes"])["sub"]


def export(session: Any, name: str, file: Path, *, sure: bool) -> str | None:
    """Write a new archive of a stack. Returns why not."""
    try:
        archive_file.require_new(file)
        here = Stack(session, name)
        if transfer.mark_of(here.table) is not None:
            raise Refused(f"An import into {name} is not finished. Run it again first.")
        print(f"While the data are read, no one can use {name}. Passwords, sign-ins and keys cannot be exported.")
        print("Everybody must choose a new password where the archive is imported.")
        if not agreed(sure=sure):
            return "Nothing was exported."
        with here.closed(), TemporaryDirectory(prefix="uconnect-") as folder:
            manifest = _export(here, file, Path(folder) / "all.sqlite")
    except (Refused, sqlite3.Error, OSError) as refused:
        return str(refused)
    except (ClientError, Unavailable) as error:
        return f"AWS refused, or cannot be reached: {error.__cause__ or error}. Nothing was exported."
    print(f"{file} has all data: {manifest.files['records/thread.jsonl'].lines} threads.")
    return None


def _export(here: Stack, file: Path, database: Path) -> archive_file.ArchiveManifest:
    for attempt in range(TRIES):
        try:
            with data_import.new_file(database) as connection:
                records_file.put(connection, moved(transfer.read(here.table), records_file.from_issuer(here.issuer)))
                records_file.put_accounts(connection, here.accounts())
                data_import.check(connection, "the table")
            break
        except transfer.Changed:
            if attempt + 1 == TRIES:
                raise Refused("Something is still writing to the table. Try again in a few minutes.") from None
            time.sleep(PAUSE)
    with closing(sqlite3.connect(database, isolation_level=None)) as connection, progress_bar("Exporting") as progress:
        return data_export.write(connection, file, None, progress)


def import_(session: Any, name: str, file: Path, *, sure: bool) -> str | None:
    """Read an archive into an empty stack, or continue to. Returns why not."""
    try:
        with TemporaryDirectory(prefix="uconnect-") as folder:
            database = Path(folder) / "all.sqlite"
            manifest = archive_file.read_manifest(file)
            with progress_bar("Checking") as progress:
                data_import.fill(database, file, manifest, progress)
            known = _erase_again(database, file, manifest)
            with closing(sqlite3.connect(database, isolation_level=None)) as connection:
                here, digest = Stack(session, name), _digest(manifest, known)
                return _import(here, connection, digest, name, sure=sure, anew=bool(known))
    except (Refused, sqlite3.Error, OSError) as refused:
        return str(refused)
    except (ClientError, Unavailable) as error:
        return (
            f"AWS refused, or cannot be reached: {error.__cause__ or error}. If the import had begun, no one can use"
            f" {name} until it is finished: run it again."
        )


def _erase_again(file: Path, archive: Path, manifest: archive_file.ArchiveManifest) -> Known:
    """Delete in a data file what was deleted since the export, as the journal beside the archive says (leak 29)."""
    found = journal.read(archive.parent / journal.NAME)
    if manifest.store and manifest.store not in found.stores:
        print(f"There is no journal of what was deleted since. Put {journal.NAME} of the data folder beside {archive}")
        print("first, or what people deleted after the export is there again.")
    known, database = dict(found.erased), Database(file, MIGRATIONS)
    try:
        erase_again(database, known)
    finally:
        database.close()
    return known


def _import(
    here: Stack, connection: sqlite3.Connection, digest: str, name: str, *, sure: bool, anew: bool
) -> str | None:
    """With `anew` an import that continues writes all records again. A deletion leaves jobs with other ids each time,
    so the records have another order than before."""
    accounts = records_file.accounts(connection)
    mark = transfer.mark_of(here.table)
    _require_place(here, accounts, mark, digest, name)
    print("Passwords, sign-ins, keys and links in e-mails that were sent cannot be moved.")
    print(f"{len(accounts)} people must choose a new password. {_how_they_know(here)}")
    print(f"No one can use {name} until the import is finished.")
    if not agreed(sure=sure):
        return "Nothing was imported."
    here.close()
    if mark is None and not _is_unused(here):  # somebody came while the operator was asked
        here.open()
        raise _not_empty(name)
    mark = mark._replace(records=0 if anew else mark.records) if mark else transfer.Mark(digest)
    transfer.set_mark(here.table, mark)
    with progress_bar("Creating accounts") as progress:
        subjects = {}
        for number, account in enumerate(accounts, 1):
            subjects[account.subject] = here.create(account)
            progress(number, len(accounts))
    mark = _write(here, connection, mark, subjects)
    _ask_for_passwords(here, connection, accounts, mark)
    transfer.remove_mark(here.table)
    here.open()
    print(f"The archive is imported. {name} can be used.")
    return None


def _require_place(here: Stack, accounts: list[Account], mark: "transfer.Mark | None", digest: str, name: str) -> None:
    """Raises Refused if the archive cannot go there."""
    if accounts and not here.pool:
        raise Refused(
            f"The archive has accounts with passwords, and {name} signs people in by another issuer. Import into a"
            " stack that has a user pool: one without the parameter Issuer."
        )
    if mark is not None and mark.archive != digest:
        raise Refused(f"An import of another archive into {name} is not finished. Run that one again.")
    if mark is None and not _is_unused(here):
        raise _not_empty(name)


def _is_unused(here: Stack) -> bool:
    return transfer.is_empty(here.table) and next(here.users(), None) is None


def _not_empty(name: str) -> Refused:
    return Refused(f"{name} is not empty. An archive is imported into an empty stack only.")


def _write(here: Stack, connection: sqlite3.Connection, mark: transfer.Mark, subjects: dict[str, str]) -> transfer.Mark:
    total = sum(1 for _ in records_file.all_of(connection))
    given = moved(records_file.all_of(connection), records_file.to_issuer(here.issuer, subjects))
    before = mark.records
    with progress_bar("Importing") as progress:
        for done in transfer.write(here.table, islice(given, before, None)):
            mark = mark._replace(records=before + done)
            transfer.set_mark(here.table, mark)
            progress(mark.records, total)
    transfer.count(here.table, records_file.all_of(connection))
    return mark


def _ask_for_passwords(
    here: Stack, connection: sqlite3.Connection, accounts: list[Account], mark: transfer.Mark
) -> None:
    letters, kinds = here.letters, records_file.kinds(connection)
    for number, account in enumerate(accounts):
        if letters is not None and number >= mark.letters and not account.suspended:
            letters.ask_for_password(account.email, Kind(kinds.get(account.subject, Kind.USER.value)))
            transfer.set_mark(here.table, mark._replace(letters=number + 1))


def _how_they_know(here: Stack) -> str:
    if here.letters is not None:
        return "Each gets an e-mail that asks for it."
    return "This stack sends no e-mail, so tell them: open the site, and click 'Forgot your password?'."


def _digest(manifest: archive_file.ArchiveManifest, known: Known) -> str:
    """Of what decides on the records and their order, so that an import continues with the same ones."""
    return hashlib.sha256(repr((manifest, sorted(known))).encode()).hexdigest()


def _is_of_university(user: dict[str, Any]) -> bool:
    return bool(user["UserStatus"] == "EXTERNAL_PROVIDER")


def _account(user: dict[str, Any], *, trusted: bool) -> Account:
    """`trusted`: each address that the university's provider names is verified."""
    found = _attributes(user["Attributes"])
    suspended = 0 if user["Enabled"] else int(time.time())
    email, name = kept(found["email"]), found.get("name", "")
    name = "" if name == email else name  # see `create`
    verified = found.get("email_verified") == "true" or (trusted and _is_of_university(user))
    return Account(found["sub"], email, name, verified=verified, suspended=suspended)


def _attributes(listed: list[dict[str, str]]) -> dict[str, str]:
    return {it["Name"]: it["Value"] for it in listed}


def _functions(cloudformation: Any, name: str) -> list[str]:
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=name)
    found = (it for page in pages for it in page["StackResourceSummaries"])
    return [it["PhysicalResourceId"] for it in found if it["ResourceType"] == "AWS::Lambda::Function"]
