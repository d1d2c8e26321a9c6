"""The operator's commands that write all data into an archive, and read an archive into an empty data folder."""

import os
from pathlib import Path

import click

from uconnect.entrypoints.backups import journal
from uconnect.entrypoints.backups.restore import find_erasures
from uconnect.entrypoints.cli.checks.findings import size_text
from uconnect.entrypoints.cli.folder import failures_in_words, progress_bar, require_data
from uconnect.entrypoints.cli.words import many, minute
from uconnect.entrypoints.exports import archive_file, data_export, data_import
from uconnect.entrypoints.exports.archive_file import ArchiveManifest
from uconnect.entrypoints.server import data_folder, settings

NICE = 10  # of 19: how much an export stands back behind what people wait for
FILE = click.argument("file", type=click.Path(path_type=Path))


@click.command("export", short_help="Write all data into one archive.")
@FILE
def export(file: Path) -> None:
    """Write all data into one new FILE in a documented format, also while the server runs: people and schools with
    their settings, threads and messages, notes, pictures, accounts with the hashes of their passwords, and the audit
    log.

    It is as confidential as the data folder. Sign-ins, keys and e-mails that wait are not in it. To move to another
    computer, stop the server first. To read it: uconnect import FILE. docs/archive.md describes the format.
    """
    with failures_in_words():
        chosen = settings.read()
        require_data(chosen)
        os.nice(NICE)
        with progress_bar("Exporting") as progress:
            done = data_export.export(chosen.database, file, progress)
    size = size_text(file.stat().st_size)
    click.echo(f"{file} has all data of {minute(done.manifest.taken)}: {_content(done.manifest)}, {size}.")
    if done.waiting:
        which = "that wait to be sent" if chosen.smtp else "that are saved here"
        click.echo(f"It does not have {many(done.waiting, 'e-mail')} {which}. See: uconnect mail")
    if data_folder.is_served(chosen.data):
        click.echo("The server is running: what people write from now on is not in the file.")


@click.command("import", short_help="Read an archive into an empty data folder.")
@FILE
@click.option("--yes", is_flag=True, help="Do not ask first.")
def import_(file: Path, *, yes: bool) -> None:
    """Read the archive in FILE, by uconnect export or make export, into the empty folder DATA.

    Threads, messages, ids and names stay as they are. Everybody must sign in again. An archive that is damaged or of a
    later release is refused, and the folder then stays empty.
    """
    with failures_in_words():
        chosen = settings.read()
        manifest = archive_file.read_manifest(file)
        with data_folder.held(chosen.data):
            data_import.require_empty(chosen.database)
            found = find_erasures(chosen, file, manifest)
            click.echo(f"{file} has the data of {minute(manifest.taken)}: {_content(manifest)}.")
            for sentence in _left_behind(file, manifest, chosen):
                click.echo(sentence)
            if manifest.store and not found.complete:
                click.echo(
                    f"There is no journal of what was deleted since. Put {journal.NAME} of the old data folder beside"
                    f" {file} first, or what people deleted after {minute(manifest.taken)} is there again."
                )
            if not yes:
                click.confirm(f"Import it into {chosen.data}?", abort=True)
            with progress_bar("Importing") as progress:
                done = data_import.import_into(chosen, file, found.known, progress)
    click.echo("The archive is imported. Start uconnect. Everybody must sign in again.")
    if done.erased:
        click.echo(f"Deleted again, because people deleted it after the export: {many(done.erased, 'item')}.")
    if done.without_password:
        click.echo(f"{many(done.without_password, 'e-mail')} will be sent that ask people to choose a password.")


def _content(manifest: ArchiveManifest) -> str:
    named = {"records/thread.jsonl": "thread", "records/entry.jsonl": "message", "accounts.jsonl": "account"}
    return ", ".join(many(manifest.files[name].lines, what) for name, what in named.items())


def _left_behind(file: Path, manifest: ArchiveManifest, chosen: settings.Settings) -> list[str]:
    """What cannot move, in words."""
    said = ["Sign-ins, links in e-mails that were sent, and keys cannot be moved."]
    asked = archive_file.without_password(file, manifest, chosen.sign_in_methods)
    if asked:
        said.append(f"{many(asked, 'account')} came without a password. Each gets an e-mail that asks to choose one.")
    return said
