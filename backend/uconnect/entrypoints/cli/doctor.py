"""The operator's command that checks everything that can be checked from here, and says what to do."""

import json
import os
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator

import click

from uconnect.application.ports import Unavailable
from uconnect.entrypoints.cli.admin_service import open_admin
from uconnect.entrypoints.cli.checks import backups, installation, service, store, upstreams
from uconnect.entrypoints.cli.checks.findings import EXIT, Finding, Status, report, worst
from uconnect.entrypoints.cli.checks.subject import Subject
from uconnect.entrypoints.cli.folder import is_damage
from uconnect.entrypoints.server import data_folder, settings
from uconnect.entrypoints.server.settings_sources import reason

Check = Callable[[Subject], Finding | None]


@click.command(short_help="Check everything, and say what to do.")
@click.option("--repair", is_flag=True, help="Correct the counts that are wrong.")
@click.option("--quick", is_flag=True, help="Leave out what reads the whole data file.")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON object, for monitors.")
@click.pass_context
def doctor(context: click.Context, *, repair: bool, quick: bool, as_json: bool) -> None:
    """Check settings, data folder, data file, disk, clock, backups, e-mails, jobs, key, server, sign-in, certificate,
    and other sign-in providers.

    It changes nothing without --repair, and the server may run. A big file takes a while: --quick leaves that out.

    The exit status is 0 if all is well, 1 if there are warnings, and 2 if something failed.
    """
    found: list[Finding] = []
    for finding in diagnose(quick=quick, repair=repair):
        found.append(finding)
        if not as_json:
            click.echo(finding.line)
            sys.stdout.flush()
    if as_json:
        click.echo(json.dumps(report(found), indent=2))
    context.exit(EXIT[worst(found)])


def diagnose(*, quick: bool = False, repair: bool = False) -> Iterator[Finding]:
    """The findings, one after the other. What cannot be checked because of an earlier one is left out."""
    try:
        chosen = settings.read()
    except settings.InvalidSetting as error:
        yield Finding("settings", Status.FAILED, str(error))
        return
    yield installation.settings(os.environ)
    subject = Subject(chosen, time.time(), data_folder.is_served(chosen.data))
    yield from _made(installation.folder, subject)
    if subject.files:
        yield from _of_store(subject, quick=quick, repair=repair)
        for check in (backups.last_backup, installation.disk, service.server, service.sign_in, service.certificate):
            yield from _made(check, subject)
    yield from upstreams.providers(subject)


def _of_store(subject: Subject, *, quick: bool, repair: bool) -> Iterator[Finding]:
    """The findings about what is in the store, as far as it can be read."""
    for check in (installation.release, *(() if quick else (store.integrity,))):
        for finding in _made(check, subject):
            yield finding
            if finding.status is Status.FAILED:
                return
    counts = (_repaired_counts if repair else store.counts,) if repair or not quick else ()
    for check in (*counts, installation.clock, store.emails, store.jobs, store.signing_key):
        yield from _made(check, subject)


def _made(check: Check, subject: Subject) -> Iterator[Finding]:
    """What a check found, if it applies; that it could not be made is a finding, too."""
    try:
        found = check(subject)
    except (sqlite3.Error, Unavailable) as error:
        do = store.RESTORE if isinstance(error, sqlite3.Error) and is_damage(error) else ""
        found = Finding(check.__name__, Status.FAILED, f"The data file cannot be read: {error}.", do)
    except OSError as error:
        found = Finding(check.__name__, Status.FAILED, f"{error.filename or 'A file'} cannot be read: {reason(error)}.")
    if found is not None:
        yield found


def _repaired_counts(subject: Subject) -> Finding:
    found = store.counts(subject)
    if found.status is Status.OK:
        return found
    try:
        with open_admin(subject.settings) as admin:
            wrong = admin.wrong_counts(repair=True)
    except settings.InvalidSetting as refused:
        return Finding("counts", Status.FAILED, str(refused))
    return Finding("counts", Status.OK, f"Wrong counts of threads: {wrong}. They are correct now.")
