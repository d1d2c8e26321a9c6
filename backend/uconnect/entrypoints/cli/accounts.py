"""The operator's commands about schools, users and their addresses."""

from itertools import islice
from pathlib import Path

import click

from uconnect.application.admin import AdminRefused
from uconnect.application.email_addresses import kept
from uconnect.application.own_data import OwnDataEnded
from uconnect.domain.email_addresses import earlier
from uconnect.domain.enums import Kind
from uconnect.domain.views.admin import Account, PartyState
from uconnect.entrypoints.cli import account_archive
from uconnect.entrypoints.cli.admin_service import DataFolderAdmin
from uconnect.entrypoints.cli.logins import LoginAccount
from uconnect.entrypoints.cli.new_file import new_file
from uconnect.entrypoints.cli.operator import ADDRESS, open_operator
from uconnect.entrypoints.cli.words import many, printable

LISTED = 500  # accounts whose columns are of one width
UNKNOWN = {
    Kind.SCHOOL: "No school has the address {}. To see them all: uconnect school list",
    Kind.USER: "No user and no worker has the address {}. It may belong to a school, or the person may have a new"
    " address. To see all: uconnect user list",
}
NOT_CLOSED = {
    PartyState.ENDED: "The account of {} is closed. Its data is deleted while uconnect runs.",
    PartyState.USER: "{} is a user, who is changing the address just now. Try again in a minute.",
}
IS = {
    PartyState.NONE: "has opened no site",
    PartyState.REMOVED: "was a worker, whom the school removed",
    PartyState.WORKER: "is a worker. The threads of this worker return to the school, and what they wrote stays there"
    " without a name",
}
COLLISION_ADVICE = (
    "Ask the owner of the first address of each pair to change it on the account page. Or close one of the two accounts"
    " with uconnect user close or uconnect school close, with its address exactly as above. The other keeps working."
)
YES = click.option("--yes", is_flag=True, help="Do not ask first, if the address is spelled exactly as in the account.")


@click.group(short_help="Invite, list, suspend or close schools.")
def school() -> None:
    """Invite, list, suspend, export or close schools, or reset their passkeys."""


@school.command("invite", short_help="Invite a school by e-mail.")
@ADDRESS
def invite_school(email: str) -> None:
    """Invite a school by e-mail. Its link leads to a page where the school enters its name and a password, and joins.

    With SCHOOLS=invited this is the only way to become a school.
    """
    with open_operator() as operator:
        operator.invite_school(email)
    click.echo(f"{kept(email)} is invited. uconnect sends the e-mail while it runs. Its link works for 14 days.")


@school.command("list", short_help="List the schools, their workers and threads.")
def list_schools() -> None:
    """List the schools by name, with their address, workers, the open threads that they received and raised, and
    whether they are suspended."""
    with open_operator() as operator:
        found = list(operator.schools())
        suspended = operator.logins.suspended_schools()
    if not found:
        click.echo("There are no schools yet. Invite one with: uconnect school invite name@example.org")
        return
    rows = [
        ("School", "Address", "Workers", "Asked", "Raised", ""),
        *((*_row(it), "suspended" if it.id in suspended else "") for it in found),
    ]
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


@school.command("suspend", short_help="Let a school sign in no longer.")
@ADDRESS
def suspend_school(email: str) -> None:
    """Let a school sign in no longer, until you resume it. It is signed out everywhere right away.

    Nothing is deleted, and no one is told. Its workers can still sign in and answer, and threads can still be raised to
    it: they wait. With the right password, the sign-in page says that the account is suspended.
    """
    _suspend(email, Kind.SCHOOL)


@school.command("resume", short_help="Let a suspended school sign in again.")
@ADDRESS
def resume_school(email: str) -> None:
    """Let a suspended school sign in again."""
    _resume(email, Kind.SCHOOL)


@school.command("unlink", short_help="Disconnect a school's account from other sign-in providers.")
@ADDRESS
def unlink_school(email: str) -> None:
    """Disconnect a school's account from the providers in PROVIDERS. Sessions that came by one end right away.

    When someone signs in there with its address, the account is connected again, as docs/sign-in.md says.
    """
    _unlink(email, Kind.SCHOOL)


@school.command("reset-passkeys", short_help="Remove a school's passkeys.")
@ADDRESS
def reset_passkeys_of_school(email: str) -> None:
    """Remove all passkeys and recovery codes of a school that has lost them, and sign it out everywhere.

    Then its password, or its sign-in provider, signs it in: first make sure who asks. With NEED_PASSKEY=schools it adds
    a passkey right after that. The school is told by e-mail.
    """
    _reset_passkeys(email, Kind.SCHOOL)


@school.command("export", short_help="Write a school's own data to a file.")
@ADDRESS
@click.argument("file", type=click.Path(path_type=Path))
def export_school(email: str, file: Path) -> None:
    """Write what a school sees on its own pages to FILE, a zip archive that must not exist: once to read in a browser
    and once for programs.

    It contains the account and its changes, the workers, the threads with their notes, the saved replies and the
    figures, but not the picture. It names the people who asked. Send it only to the school.
    """
    _export(email, Kind.SCHOOL, file)


@click.group(short_help="List, suspend or close accounts of people.")
def user() -> None:
    """List, suspend or close the accounts of people, or reset their passkeys."""


@user.command("list", short_help="List the accounts of people.")
@click.option("--suspended", is_flag=True, help="Only the accounts that are suspended.")
def list_users(suspended: bool) -> None:
    """List the accounts of users and workers by address, with what they are and their name.

    An account that has opened no site is nothing yet. Schools are in: uconnect school list
    """
    count = 0
    with open_operator() as operator:
        accounts = operator.logins.all(suspended=suspended)
        while page := [*islice(accounts, LISTED)]:
            widest = max(len(it.account.email) for it in page)
            for it in page:
                state = f"{it.holder.state.value}{', suspended' if it.account.suspended else ''}"
                click.echo(printable(f"{it.account.email.ljust(widest)}  {state}  {it.name}").rstrip())
            count += len(page)
    what = "suspended account" if suspended else "account"
    click.echo(f"{many(count, what)}." if count else f"There are no {what}s.")


@user.command("suspend", short_help="Let a user or worker sign in no longer.")
@ADDRESS
def suspend_user(email: str) -> None:
    """Let a user or a worker sign in no longer, until you resume the account. It is signed out everywhere right away.

    Nothing is deleted, and no one is told: the threads wait. With the right password, the sign-in page says that the
    account is suspended.
    """
    _suspend(email, Kind.USER)


@user.command("unlink", short_help="Disconnect an account from other sign-in providers.")
@ADDRESS
def unlink_user(email: str) -> None:
    """Disconnect a user's or worker's account from the providers in PROVIDERS. Sessions that came by one end right
    away.

    When someone signs in there with its address, the account is connected again, as docs/sign-in.md says.
    """
    _unlink(email, Kind.USER)


@user.command("resume", short_help="Let a suspended user or worker sign in again.")
@ADDRESS
def resume_user(email: str) -> None:
    """Let a suspended user or worker sign in again."""
    _resume(email, Kind.USER)


@user.command("reset-passkeys", short_help="Remove a person's passkeys.")
@ADDRESS
def reset_passkeys_of_user(email: str) -> None:
    """Remove all passkeys and recovery codes of a user or a worker who has lost them, and sign them out everywhere.

    Then the password, or their sign-in provider, signs them in: first make sure who asks. The person is told by e-mail.
    """
    _reset_passkeys(email, Kind.USER)


@user.command("export", short_help="Write a person's own data to a file.")
@ADDRESS
@click.argument("file", type=click.Path(path_type=Path))
def export_user(email: str, file: Path) -> None:
    """Write what a user or a worker sees on their own pages to FILE, a zip archive that must not exist: once to read
    in a browser and once for programs.

    It contains the account, where it is signed in, and its threads. Send it only to the person whose account it is.
    """
    _export(email, Kind.USER, file)


@user.command("close", short_help="Close a person's account.")
@ADDRESS
@YES
def close_user(email: str, yes: bool) -> None:
    """Close a person's account, and erase their name and address. This cannot be undone.

    The threads that a user raised are deleted, for the schools too. A worker's threads return to the school, where
    what the worker wrote stays, without a name. Schools' invitations to the address are withdrawn. An account that has
    opened no site can be closed, too, and that of a worker whom the school has removed.
    """
    _close(email, Kind.USER, "All threads of this person are deleted, for the schools too.", yes=yes)


@click.group()
def address() -> None:
    """Check the addresses of accounts."""


@address.command("collisions", short_help="List addresses that two accounts have.")
def collisions() -> None:
    """List addresses that two accounts have, because an earlier release treated two spellings as two addresses.

    Both accounts work. Each signs in with its own spelling and its own password.
    """
    with open_operator() as operator:
        found = operator.collisions()
    if not found:
        click.echo("No two accounts have the same address.")
        return
    for it in found:
        click.echo(printable(f"{it.odd} ({it.odd_is}) is the same address as {it.normal} ({it.normal_is})."))
    click.echo(COLLISION_ADVICE)


def _close(email: str, kind: Kind, means: str, *, yes: bool) -> None:
    with open_operator() as operator:
        try:
            found = operator.account(email, kind)
        except AdminRefused:
            if kind is Kind.SCHOOL:
                raise click.ClickException(UNKNOWN[kind].format(printable(email))) from None
            _close_login(operator, email, yes=yes)
            return
        has = f"{printable(found.name)} <{found.email}> has {_belongings(found, kind)}. {means}"
        _confirm(email, found.email, has, yes=yes)
        operator.close(found.email, kind)
        if kind is Kind.USER:
            operator.close_workers(found.email)
    click.echo(f"The account of {found.email} is closed. Its data is deleted while uconnect runs.")


def _close_login(operator: DataFolderAdmin, email: str, *, yes: bool) -> None:
    """Close an account that is neither a user's nor a school's."""
    try:
        found = operator.logins.find(email, Kind.USER)
    except AdminRefused:
        _withdraw(operator, email, yes=yes)
        return
    if found.holder.state in NOT_CLOSED:
        raise click.ClickException(NOT_CLOSED[found.holder.state].format(found.account.email))
    _confirm(email, found.account.email, f"{found.account.email} {IS[found.holder.state]}.", yes=yes)
    operator.close_workers(found.account.email)
    operator.logins.close(found.account.email)
    click.echo(f"The account of {found.account.email} is deleted.")


def _withdraw(operator: DataFolderAdmin, email: str, *, yes: bool) -> None:
    """Withdraw the invitations to an address that has no account."""
    count = len(operator.workers_at(email))
    if not count:
        raise click.ClickException(UNKNOWN[Kind.USER].format(printable(email)))
    invitations = many(count, "invitation")
    _confirm(email, kept(email), f"{kept(email)} has no account, and {invitations} to be a worker.", yes=yes)
    operator.close_workers(email)
    click.echo(f"{kept(email)} has no {'invitation' if count == 1 else 'invitations'} any longer.")


def _confirm(typed: str, spelled: str, has: str, *, yes: bool) -> None:
    """Ask first. --yes answers for the account that was typed: another spelling may name one that was not meant."""
    if not yes or spelled != earlier(typed):
        click.echo(has)
        click.confirm("Close the account? This cannot be undone.", abort=True)


def _export(email: str, kind: Kind, file: Path) -> None:
    with open_operator() as operator, new_file(file) as opened:
        found = _login(operator, email, kind).account.email
        shown, own = operator.logins.begin_export(found, kind)
        try:
            count = account_archive.write(opened, shown, own)
        except OwnDataEnded:
            raise click.ClickException("The account was closed in the meantime. Nothing was exported.") from None
    click.echo(f"{file} contains the account of {found}, with {many(count, 'thread')}.")


def _suspend(email: str, kind: Kind) -> None:
    with open_operator() as operator:
        found = _login(operator, email, kind).account.email
        done = operator.logins.suspend(found, kind)
    if done:
        click.echo(f"{found} is suspended and signed out. To undo this: uconnect {kind.value} resume {found}")
    else:
        click.echo(f"{found} is suspended already.")


def _resume(email: str, kind: Kind) -> None:
    with open_operator() as operator:
        found = _login(operator, email, kind).account.email
        done = operator.logins.resume(found, kind)
    click.echo(f"{found} can sign in again." if done else f"{found} is not suspended.")


def _unlink(email: str, kind: Kind) -> None:
    with open_operator() as operator:
        found = _login(operator, email, kind).account.email
        count = operator.logins.unlink(found, kind)
    done = f"{found} is disconnected from {many(count, 'sign-in provider')}."
    click.echo(done if count else f"{found} is not connected to another sign-in provider.")


def _reset_passkeys(email: str, kind: Kind) -> None:
    with open_operator() as operator:
        found = _login(operator, email, kind).account.email
        done = operator.logins.reset_passkeys(found, kind)
    if done:
        click.echo(f"{found} has no passkey any longer, is signed out, and signs in without one.")
    else:
        click.echo(f"{found} has no passkey.")


def _login(operator: DataFolderAdmin, email: str, kind: Kind) -> LoginAccount:
    try:
        return operator.logins.find(email, kind)
    except AdminRefused:
        raise click.ClickException(UNKNOWN[kind].format(printable(email))) from None


def _row(found: Account) -> tuple[str, str, str, str, str]:
    return printable(found.name), found.email, str(found.workers), str(found.asked), str(found.raised)


def _belongings(found: Account, kind: Kind) -> str:
    raised = many(found.raised, "open thread")
    if kind is Kind.USER:
        return raised
    return f"{many(found.workers, 'worker')}, {many(found.asked, 'open thread')} raised to it, {raised} that it raised"
