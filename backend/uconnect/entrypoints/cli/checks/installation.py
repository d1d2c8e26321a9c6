"""Checks the settings, the rights of the data folder, its release, its disk and the clock."""

import shutil
from collections.abc import Mapping

from uconnect.adapters.sqlite.migrations import NewerSchema
from uconnect.entrypoints.cli.checks.findings import Finding, Status, duration_text, size_text, time_text
from uconnect.entrypoints.cli.checks.subject import Subject
from uconnect.entrypoints.cli.folder import SET_DATA, no_data
from uconnect.entrypoints.server import data_folder
from uconnect.entrypoints.server.container import MIGRATIONS
from uconnect.entrypoints.server.settings_sources import InvalidSetting, alike, not_read, read_sources

LEAST_FREE = 200_000_000  # bytes: below it the store may soon be unable to write
ROOM = 1_000_000_000  # bytes that should be free, or the size of the store if that is more
AHEAD = 60  # seconds that the last write may lie in the future: two clocks differ a little


def settings(environment: Mapping[str, str]) -> Finding:
    """Where settings come from, and names that are almost a setting's. They have been read before."""
    source = read_sources(environment)
    ignored = [f"{name} is ignored: only the AWS version uses it." for name in not_read(environment)]
    ignored += [f"{name} is ignored. Did you mean {meant}?" for name, meant in alike(environment).items()]
    if source.file and source.file.stat().st_mode & data_folder.OWN_ONLY and _has_secret(source.values):
        says = f"Other accounts of this computer can read {source.file}, which contains a password."
        return Finding("settings", Status.WARNING, says, f"Run: chmod 600 {source.file}")
    if ignored:
        return Finding("settings", Status.WARNING, " ".join(ignored), "Correct or remove these names.")
    where = f"{source.file} and the environment" if source.file else "the environment, and no file"
    return Finding("settings", Status.OK, f"They are valid. They come from {where}.")


def _has_secret(values: Mapping[str, str]) -> bool:
    return "@" in values.get("SMTP", "") or "METRICS_TOKEN" in values


def folder(subject: Subject) -> Finding:
    data = subject.settings.data
    if not subject.settings.database.is_file():
        return Finding("folder", Status.FAILED, no_data(data), SET_DATA)
    try:
        data_folder.check(data)
    except InvalidSetting as refused:
        return Finding("folder", Status.FAILED, str(refused))
    return Finding("folder", Status.OK, f"Only this account can open {data.resolve()}.")


def release(subject: Subject) -> Finding:
    """Whether this release reads the store. `MIGRATIONS` are only compared, not applied."""
    with subject.reading() as connection:
        try:
            due = [it.component for it in MIGRATIONS if it.are_due(connection)]
        except NewerSchema as newer:
            return Finding("release", Status.FAILED, str(newer))
    if due and subject.served:
        says = "An earlier release of uconnect is still running here."
        return Finding("release", Status.FAILED, says, "Restart the server with this release.")
    if due:
        says = "The store is from an earlier release."
        return Finding("release", Status.FAILED, says, "Make a backup, then start uconnect: it updates the store.")
    return Finding("release", Status.OK, "The store is of this release.")


def disk(subject: Subject) -> Finding:
    free = shutil.disk_usage(subject.settings.data).free
    size = sum(it.stat().st_size for it in subject.files)
    says = f"{size_text(free)} are free; the store has {size_text(size)}."
    if free < LEAST_FREE:
        return Finding("disk", Status.FAILED, says, "Make room now: uconnect soon cannot save anything.")
    if free < max(ROOM, size):
        return Finding("disk", Status.WARNING, says, "Make room: a backup or an update may need as much as the store.")
    return Finding("disk", Status.OK, says)


def clock(subject: Subject) -> Finding:
    """A clock that was set back makes codes, limits and jobs wait until it has caught up."""
    written = [it.stat().st_mtime for it in subject.files]
    with subject.reading() as connection:
        for query in ("SELECT max(written) FROM letter", "SELECT max(at) FROM operator_act"):
            written += [it for (it,) in connection.execute(query) if it is not None]
        probe = connection.execute("SELECT value FROM data_folder WHERE what = 'probe'").fetchone()
        written += [int(it) / 1e9 for it in probe or ()]  # the server writes it all the time, see `health`
    last = max(written)
    if last > subject.now + AHEAD:
        says = f"It is {time_text(subject.now)} here, but the store was last written at {time_text(last)}."
        do = "Correct the clock of this computer (timedatectl). Until then e-mails, jobs and limits wait."
        return Finding("clock", Status.FAILED, says, do)
    ago = duration_text(max(0.0, subject.now - last))
    return Finding("clock", Status.OK, f"It is {time_text(subject.now)}; the store was last written {ago} ago.")
