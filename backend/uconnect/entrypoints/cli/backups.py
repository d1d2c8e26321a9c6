"""The operator's commands that back up a data folder and restore it."""

import os
from pathlib import Path

import click

from uconnect.entrypoints.backups import archive, journal
from uconnect.entrypoints.backups.restore import Restored, find_erasures
from uconnect.entrypoints.backups.restore import restore as put_back
from uconnect.entrypoints.cli.checks.findings import size_text
from uconnect.entrypoints.cli.folder import failures_in_words, progress_bar, require_data
from uconnect.entrypoints.cli.words import many, minute
from uconnect.entrypoints.server import data_folder, settings

NICE = 10  # of 19: how much a backup stands back behind what people wait for
FILE = click.argument("file", type=click.Path(path_type=Path))


@click.command(short_help="Back up the data folder into one file.")
@FILE
def backup(file: Path) -> None:
    """Write everything into one new FILE, also while the server runs: what people wrote, their accounts, the keys that
    sign them in, pictures, e-mails that wait, and uconnect.toml of the data folder.

    It is as confidential as the data folder. To put it back: uconnect restore FILE. With BACKUPS set, the
    server backs up every day.
    """
    with failures_in_words():
        chosen = settings.read()
        require_data(chosen)
        os.nice(NICE)
        with progress_bar("Backing up") as progress:
            manifest = archive.write(chosen, file, progress)
    click.echo(f"{file} is a backup of {minute(manifest.taken)}, {size_text(file.stat().st_size)}.")


@click.command(short_help="Put a backup back.")
@FILE
@click.option("--yes", is_flag=True, help="Do not ask first.")
@click.option("--no-journal", is_flag=True, help="Restore although it is not known what was deleted since.")
def restore(file: Path, *, yes: bool, no_journal: bool) -> None:
    """Put the backup in FILE in the place of the data folder's file. Stop the server first.

    What was deleted since the backup is deleted again: the journal uconnect.erased in the data folder, or beside FILE,
    has it. Everybody must sign in again. The file that was there before stays beside it under another name.
    """
    with failures_in_words():
        chosen = settings.read()
        manifest = archive.read_manifest(file)
        with data_folder.held(chosen.data):
            found = find_erasures(chosen, file, manifest)
            if not found.complete and not no_journal:
                raise archive.Refused(
                    "There is no journal of what was deleted since the backup. Put the file"
                    f" {journal.NAME} of the old data folder, or of its backups, into {chosen.data}. If it is lost, add"
                    f" --no-journal: what people deleted since {minute(manifest.taken)} is then there again."
                )
            if not yes:
                click.echo(f"{file} is a backup of {minute(manifest.taken)}, by uconnect {manifest.uconnect}.")
                click.echo("What was written since is replaced, and everybody must sign in again.")
                click.confirm(f"Restore it in {chosen.data}?", abort=True)
            with progress_bar("Restoring") as progress:
                done = put_back(chosen, file, found.known, progress)
    _tell(done)


def _tell(done: Restored) -> None:
    click.echo(f"The backup of {minute(done.manifest.taken)} is restored. Deleted again: {many(done.erased, 'item')}.")
    if done.kept_settings:
        click.echo("The settings file of the data folder stays as it is. The backup has one too, which is not used.")
    if done.replaced:
        click.echo(f"What was there before is in {done.replaced}. Delete it when you no longer need it.")
    click.echo("Start uconnect. Everybody must sign in again, with the password of that time.")
    click.echo("Suspend again whom you have suspended since.")
