"""The operator's commands about schools, users and their addresses."""

import click

from uconnect.application.admin import AdminRefused
from uconnect.application.email_addresses import kept
from uconnect.domain.email_addresses import earlier
from uconnect.domain.enums import Kind
from uconnect.domain.views.admin import Account
from uconnect.entrypoints.cli.operator import ADDRESS, many, open_operator, printable

UNKNOWN = {
    Kind.SCHOOL: "No school has the address {}. To see them all: uconnect school list",
    Kind.USER: "No user has the address {}. It may belong to a school or a worker, or the user may have a new address.",
}
COLLISION_ADVICE = (
    "Ask the owner of the first address of each pair to change it on the account page. Or close one of the two accounts"
    " with uconnect user close or uconnect school close, with its address exactly as above. The other keeps working."
)
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
    with open_operator() as operator:
        operator.invite_school(email)
    click.echo(f"{kept(email)} is invited. uconnect sends the e-mail while it runs. Its link works for 14 days.")


@school.command("list", short_help="List the schools, their workers and threads.")
def list_schools() -> None:
    """List the schools by name, with their address, workers, and the open threads that they received and raised."""
    with open_operator() as operator:
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
            raise click.ClickException(UNKNOWN[kind].format(email)) from None
        # --yes answers for the account that was typed: another spelling may name an account that was not meant.
        if not yes or found.email != earlier(email):
            click.echo(f"{printable(found.name)} <{found.email}> has {_belongings(found, kind)}. {means}")
            click.confirm("Close the account? This cannot be undone.", abort=True)
        operator.close(found.email, kind)
    click.echo(f"The account of {found.email} is closed. Its data is deleted while uconnect runs.")


def _row(found: Account) -> tuple[str, str, str, str, str]:
    return printable(found.name), found.email, str(found.workers), str(found.asked), str(found.raised)


def _belongings(found: Account, kind: Kind) -> str:
    raised = f"{many(found.raised, 'open thread')} that it raised"
    if kind is Kind.USER:
        return raised
    return f"{many(found.workers, 'worker')}, {many(found.asked, 'open thread')} raised to it, {raised}"
