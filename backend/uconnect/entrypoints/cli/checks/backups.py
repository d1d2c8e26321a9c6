"""Checks when the last backup was written into the folder of the setting BACKUPS."""

from uconnect.entrypoints.backups.schedule import HOUR, last_taken
from uconnect.entrypoints.cli.checks.findings import Finding, Status, duration_text
from uconnect.entrypoints.cli.checks.subject import Subject


def last_backup(subject: Subject) -> Finding | None:
    settings = subject.settings
    if settings.backups is None:
        if settings.is_local:
            return None  # nobody else comes here: it is tried out
        says = "The server writes no backups."
        return Finding("backups", Status.WARNING, says, "Set BACKUPS to a folder on another disk.")
    last = last_taken(settings.backups) if settings.backups.is_dir() else None
    if last is None:
        do = "The server writes one within a minute of its start. Its log says what fails."
        return Finding("backups", Status.WARNING, f"There is no backup in {settings.backups}.", do)
    says = f"The last backup in {settings.backups} is of {duration_text(max(0, subject.now - last))} ago."
    if subject.now - last > 2 * settings.backup_every * HOUR:
        return Finding("backups", Status.FAILED, says, "The log of the server says what fails. Is that disk full?")
    return Finding("backups", Status.OK, says)
