"""The operator's command that brings a data folder to this release, or tries it."""

import time

import click

from uconnect.entrypoints.backups import upgrade as upgrading
from uconnect.entrypoints.cli.folder import failures_in_words, progress_bar, require_data
from uconnect.entrypoints.server import data_folder, settings


@click.command(short_help="Bring the data folder to this release, or try it.")
@click.option("--dry-run", is_flag=True, help="Try it on a copy, also while the server runs.")
def upgrade(*, dry_run: bool) -> None:
    """Bring the tables of the data folder to this release. `uconnect serve` does it too, when it starts.

    Try it before with --dry-run: that says how long it takes, and changes nothing. It needs twice the room of the data
    for a while. Afterwards an earlier release refuses the data folder: take a backup first.
    """
    with failures_in_words():
        chosen = settings.read()
        require_data(chosen)
        steps = upgrading.due(chosen.database)
        for step in steps:
            click.echo(f"The tables of {step.component} go from version {step.before} to {step.after}.")
        if not steps:
            click.echo("The data folder is of this release. There is nothing to do.")
            return
        began = time.monotonic()
        if dry_run:
            with progress_bar("Copying") as progress:
                upgrading.try_on_copy(chosen, progress)
            click.echo(f"It worked on a copy, in {time.monotonic() - began:.0f} s with copying. Nothing was changed.")
            return
        with data_folder.held(chosen.data):
            upgrading.upgrade(chosen.database)
        click.echo(f"The data folder is of this release now, after {time.monotonic() - began:.0f} s.")
