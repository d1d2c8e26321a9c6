"""The operator's commands about the audit log: what operators and schools did, and whether it is as it was written."""

import os
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import click

from uconnect.application.audit import Act, AuditBroken, line, read_line
from uconnect.domain.views.admin import AccountHolder, PartyState
from uconnect.entrypoints.cli.admin_service import DataFolderAdmin
from uconnect.entrypoints.cli.new_file import new_file
from uconnect.entrypoints.cli.operator import open_operator
from uconnect.entrypoints.cli.words import many, printable

SHOWN = 500  # acts whose parties are looked up together
CHANGED = "Keep the data folder as it is, compare it with your backups, and find out who can write to its files."


@click.group(short_help="Show, check or export the audit log.")
def audit() -> None:
    """Show, check or export the audit log: what operators did to accounts, what schools did in theirs, and when.

    It can only be added to, and each act confirms the act before it.
    """


@audit.command("show", short_help="Show what operators and schools did.")
def show() -> None:
    """Show what was done, the first act first: its number, its time in UTC, what was done, and to whom.

    An act of a school names the school first. A school sees its own acts on its site.

    The log keeps a random id, and no name and no address. Whose id it is can be shown while the account exists.
    """
    with open_operator() as operator:
        shown = 0
        acts = operator.acts()
        while page := [*islice(acts, SHOWN)]:
            for act, text in zip(page, _whom(operator, page), strict=True):
                click.echo(f"{act.number:>6}  {_time(act)}  {text}")
            shown += len(page)
    if not shown:
        click.echo("No one has changed an account yet.")


@audit.command("verify", short_help="Check that nothing in it was changed.")
@click.argument("exported", required=False, type=click.Path(path_type=Path, exists=True, dir_okay=False))
def verify(exported: Path | None) -> None:
    """Check that no act was changed, removed or moved. The first one that was is named.

    A person who can write to the data file can also write the whole log again. To notice that, export the log from
    time to time, keep the file elsewhere, and name it here: the log must still begin with all that is in EXPORTED.
    """
    with open_operator() as operator:
        before = _exported(exported) if exported else iter(())
        try:
            last = _last(operator.checked_acts(), before)
        except AuditBroken as broken:
            raise click.ClickException(f"{broken} {CHANGED}") from broken
    number, end = (last.number, f" The last hash: {last.hash}") if last else (0, "")
    click.echo(f"The audit log is whole: {many(number, 'act')}.{end}")


@audit.command("export", short_help="Write it to a file.")
@click.argument("file", type=click.Path(path_type=Path))
def export(file: Path) -> None:
    """Write the audit log to FILE, which must not exist: a line of JSON for each act.

    docs/decisions/0068 has a short program with which others can check the file.
    """
    with open_operator() as operator:
        try:
            with new_file(file) as opened:
                written = sum(opened.write(line(act)) > 0 for act in operator.checked_acts())
        except AuditBroken as broken:
            raise click.ClickException(f"{broken} Nothing was exported. {CHANGED}") from broken
    click.echo(f"{file} contains {many(written, 'act')}.")


def _last(acts: Iterable[Act], exported: Iterator[Act]) -> Act | None:
    """The last of the acts. Raises AuditBroken unless they begin with those that were exported."""
    last: Act | None = None
    for act in acts:
        expected = next(exported, None)
        if expected not in {None, act}:
            raise AuditBroken(f"Act {act.number} is not the act that was exported.")
        last = act
    if (missing := next(exported, None)) is not None:
        raise AuditBroken(f"Act {missing.number} was exported, and is not in the log now.")
    return last


def _exported(file: Path) -> Iterator[Act]:
    try:
        with file.open("rb") as opened:
            yield from map(read_line, opened)
    except OSError as error:
        raise click.ClickException(f"{file} cannot be read: {os.strerror(error.errno or 0)}.") from error


def _whom(operator: DataFolderAdmin, acts: list[Act]) -> Iterator[str]:
    """What was done, by which school, and to whom."""
    ids = [*(act.whom for act in acts), *(act.by for act in acts)]
    holders = operator.logins.named(operator.parties(ids), ids)
    for act, whom, by in zip(acts, holders[: len(acts)], holders[len(acts) :], strict=True):
        did = f"{_described(act.by, by)}: {act.what}" if act.by else act.what
        yield printable(f"{did}: {_described(act.whom, whom)}" if act.whom not in {"", act.by} else did)


def _described(id: str, holder: AccountHolder) -> str:
    if holder.state is PartyState.NONE and not holder.email:
        return f"an account that is deleted ({id})"
    return f"{holder.email or holder.name or holder.state} ({id})"


def _time(act: Act) -> str:
    return datetime.fromtimestamp(act.at, UTC).isoformat(" ", "seconds").removesuffix("+00:00")
