"""The operator's commands. They may run while the server runs."""

import sqlite3
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import click

from uconnect.adapters.mail import StoredEmail
from uconnect.adapters.sqlite import Damaged
from uconnect.adapters.sqlite.migrations import NewerSchema
from uconnect.application.admin import AdminRefused
from uconnect.application.email_addresses import NOT_WHOLE, kept
from uconnect.application.ports import Unavailable
from uconnect.domain.email_addresses import earlier
from uconnect.domain.enums import Kind
from uconnect.domain.views.admin import Account
from uconnect.entrypoints.cli.admin_service import DataFolderAdmin, open_admin
from uconnect.entrypoints.server import settings

UNKNOWN = {
    Kind.SCHOOL: "No school has the address {}. To see them all: uconnect school list",
    Kind.USER: "No user has the address {}. It may belong to a school or a worker, or the user may have a new address.",
}
COLLISION_ADVICE = (
    "Ask the owner of the first address of each pair to change it on the account page. Or close one of the two accounts"
    " with uconnect user close or uconnect school close, with its address exactly as above. The other keeps working."
)
SHOWN = 5  # e-mails, unless more are asked for


class Address(click.ParamType[str]):
    """An e-mail address. It stays as it was typed: an old spelling may name another account than the normal form."""

    name = "email"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if "@" not in kept(value):
            self.fail(f"{value!r}: {NOT_WHOLE}", param, ctx)
        return str(value)


ADDRESS = click.argument("email", type=Address())
YES = click.option("--yes", is_flag=True, help="Do not ask first, if the address is spelled exactly as in the account.")


@click.group()
def school() -> None:
    """Invite, list or close schools."""


@school.command("invite", short_help="Invite a school by e-mail.")
@ADDRESS
def invite_school(email: str) -> None:
    """Invite a school by e-mail. Its link leads to a page where the school enters its name and a password, and joins.

    With SCHOOLS=invited this is the only way to become a school.
    """
    with _admin() as operator:
        operator.invite_school(email)
    click.echo(f"{kept(email)} is invited. uconnect sends the e-mail while it runs. Its link works for 14 days.")


@school.command("list", short_help="List the schools, their workers and threads.")
def list_schools() -> None:
    """List the schools by name, with their address, workers, and the open threads that they received and raised."""
    with _admin() as operator:
        found = list(operator.schools())
    if not found:
        click.echo("There are no schools yet. Invite one with: uconnect school invite name@example.org")
        return
    rows = [("School", "Address", "Workers", "Asked", "Raised"), *map(_row, found)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        click.echo("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())


@school.command("close", short_help="Close a school's account.")
@ADDRESS
@YES
def close_school(email: str, yes: bool) -> None:
    """Close a school's account, even with open threads.

    The threads raised to it end, and the people who raised them can still read and delete them. The threads it raised
    are deleted. Its workers can no longer sign in. Only its name is kept. This cannot be undone.
    """
    _close(
        email, Kind.SCHOOL, "Its workers and the threads it raised are deleted. The threads raised to it end.", yes=yes
    )


@click.group()
def user() -> None:
    """Close the account of a user."""


@user.command("close", short_help="Close a user's account.")
@ADDRESS
@YES
def close_user(email: str, yes: bool) -> None:
    """Close a user's account. The threads it raised are deleted, for the schools too. This cannot be undone."""
    _close(email, Kind.USER, "The threads it raised are deleted, for the schools too.", yes=yes)


@click.group()
def address() -> None:
    """Check the addresses of accounts."""


@address.command("collisions", short_help="List addresses that two accounts have.")
def collisions() -> None:
    """List addresses that two accounts have, because an earlier release treated two spellings as two addresses.

    Both accounts work. Each signs in with its own spelling and its own password.
    """
    with _admin() as operator:
        found = operator.collisions()
    if not found:
        click.echo("No two accounts have the same address.")
        return
    for it in found:
        click.echo(_printable(f"{it.odd} ({it.odd_is}) is the same address as {it.normal} ({it.normal_is})."))
    click.echo(COLLISION_ADVICE)


@click.command(short_help="Read the e-mails that are saved here.")
@click.argument("email", type=Address(), required=False)
@click.option("--all", "everything", is_flag=True, help=f"Show all saved e-mails, not only the last {SHOWN}.")
def mail(email: str | None, everything: bool) -> None:
    """Read the e-mails that are saved here because no mail server is set, the latest at the end.

    With an EMAIL, only those to that address. The last 200 e-mails are kept, for 30 days. If a mail server is set,
    show how many e-mails it has not accepted yet, and which it refused.
    """
    with _admin() as operator:
        letters = [it for it in operator.letters() if email is None or it.letter.to == kept(email)]
        sends = operator.outbox.sends
    if sends:
        _tell_waiting([kept for kept in letters if kept.refused is None])
        _tell_refused([kept for kept in letters if kept.refused is not None])
        return
    for letter in letters if everything else letters[-SHOWN:]:
        click.echo(_printable(_written(letter)))
    click.echo(_count_text(len(letters), everything=everything))


@click.group(invoke_without_command=True, short_help="List the jobs that are set aside.")
@click.pass_context
def jobs(context: click.Context) -> None:
    """List the jobs that failed repeatedly, or that this release does not know. They are not tried again."""
    if context.invoked_subcommand:
        return
    with _admin() as operator:
        found = operator.jobs()
    for job in found:
        click.echo(f"{_printable(job.id)}  {job.kind}  tried {_many(job.tries, 'time')}")
    click.echo(f"{_many(len(found), 'job')} set aside." + (" To run them again: uconnect jobs retry" if found else ""))


@jobs.command("retry", short_help="Run the jobs that are set aside again.")
def retry() -> None:
    """Run all jobs that are set aside again, for example after a repair or an upgrade."""
    with _admin() as operator:
        found = operator.retry()
    click.echo(f"{_many(len(found), 'job')} will run again while uconnect runs.")


@click.command(short_help="Check the data file.")
@click.option("--repair", is_flag=True, help="Correct the counts that are wrong.")
def doctor(*, repair: bool) -> None:
    """Check that the data file is whole, and that the counts of threads that it keeps are right.

    It reads everything, which takes a while for a big file. The server may run.
    """
    with _admin() as operator:
        operator.check_file()
        wrong = operator.wrong_counts(repair=repair)
    click.echo("The data file is whole.")
    if not wrong:
        click.echo("The counts of threads are right.")
    elif repair:
        click.echo(f"Wrong counts of threads: {wrong}. They are correct now.")
    else:
        raise click.ClickException(f"Wrong counts of threads: {wrong}. To correct them: uconnect doctor --repair")


def _close(email: str, kind: Kind, means: str, *, yes: bool) -> None:
    with _admin() as operator:
        try:
            found = operator.account(email, kind)
        except AdminRefused:
            raise click.ClickException(UNKNOWN[kind].format(email)) from None
        # --yes answers for the account that was typed: another spelling may name an account that was not meant.
        if not yes or found.email != earlier(email):
            click.echo(f"{_printable(found.name)} <{found.email}> has {_belongings(found, kind)}. {means}")
            click.confirm("Close the account? This cannot be undone.", abort=True)
        operator.close(found.email, kind)
    click.echo(f"The account of {found.email} is closed. Its data is deleted while uconnect runs.")


@contextmanager
def _admin() -> Iterator[DataFolderAdmin]:
    try:
        with open_admin(settings.read()) as operator:
            yield operator
    except Damaged as error:
        raise click.ClickException(
            "The data file is damaged: it contains something that uconnect did not write. Stop the server, and put your"
            " latest backup in its place."
        ) from error
    except (AdminRefused, settings.InvalidSetting, NewerSchema, sqlite3.Error, Unavailable) as error:
        raise click.ClickException(str(error) or "The data file cannot be written now. Try again.") from error


def _row(found: Account) -> tuple[str, str, str, str, str]:
    return _printable(found.name), found.email, str(found.workers), str(found.asked), str(found.raised)


def _belongings(found: Account, kind: Kind) -> str:
    raised = f"{_many(found.raised, 'open thread')} that it raised"
    if kind is Kind.USER:
        return raised
    return f"{_many(found.workers, 'worker')}, {_many(found.asked, 'open thread')} raised to it, {raised}"


def _many(number: int, what: str) -> str:
    return f"{number or 'no'} {what}{'' if number == 1 else 's'}"


def _written(letter: StoredEmail) -> str:
    at = datetime.fromtimestamp(letter.written, UTC)
    head = f"{at:%Y-%m-%d %H:%M} UTC  To {letter.letter.to}\n{letter.letter.subject}"
    body = "\n".join(f"    {line}".rstrip() for line in letter.letter.text.strip().split("\n"))
    return f"{head}\n\n{body}\n"


def _count_text(found: int, *, everything: bool) -> str:
    if not found:
        return "There are no e-mails."
    if everything or found <= SHOWN:
        return f"{_many(found, 'e-mail')}."
    return f"The last {SHOWN} of {found} e-mails. To see all: uconnect mail --all"


def _tell_waiting(letters: list[StoredEmail]) -> None:
    if not letters:
        click.echo("E-mails are sent by SMTP. None are waiting.")
        return
    since = f"{datetime.fromtimestamp(letters[0].written, UTC):%Y-%m-%d %H:%M} UTC"
    click.echo(f"E-mails are sent by SMTP. Waiting: {_many(len(letters), 'e-mail')}, the oldest since {since}.")
    click.echo("If they wait long, the output of the server says why.")


def _tell_refused(letters: list[StoredEmail]) -> None:
    if not letters:
        return
    click.echo(f"{_many(len(letters), 'e-mail')} refused for good. The mail server answered:")
    for letter in letters:
        at = datetime.fromtimestamp(letter.written, UTC)
        about = _printable(letter.letter.subject)
        click.echo(f"{at:%Y-%m-%d %H:%M} UTC  {letter.refused}  To {_printable(letter.letter.to)}  {about}")


def _printable(text: str) -> str:
    """Without what moves a terminal's cursor or turns its text around: names are what strangers chose."""
    return "".join(it for it in text if it == "\n" or unicodedata.category(it) not in ("Cc", "Cf"))
