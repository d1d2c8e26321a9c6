"""The `uconnect` command."""

import asyncio
import faulthandler
import gc
import os
import signal
import socket
import sqlite3
import sys
from collections.abc import Callable
from contextlib import ExitStack
from io import TextIOWrapper
from types import FrameType

import click
import uvicorn

from uconnect import VERSION
from uconnect.adapters.sqlite import Damaged, check
from uconnect.adapters.sqlite.migrations import NewerSchema
from uconnect.application.ports import Unavailable
from uconnect.demo import loader
from uconnect.domain.protocol import FRAME_BYTES
from uconnect.entrypoints.cli import accounts, audit, backups, doctor, exports, jobs, keys, listening, mail, upgrade
from uconnect.entrypoints.cli.folder import data_file_error
from uconnect.entrypoints.server import app, data_folder, file_limits, limits, log_output, log_redaction, settings
from uconnect.entrypoints.server.connections import Connections
from uconnect.entrypoints.server.container import DEV_MAILBOX_PATH, Container, build
from uconnect.entrypoints.server.http_protocol import bounded
from uconnect.entrypoints.server.service import ServerService
from uconnect.entrypoints.server.settings import InvalidSetting, Settings
from uconnect.entrypoints.server.settings_sources import alike, not_read, reason
from uconnect.entrypoints.server.websocket_protocol import BoundedWebSocketProtocol

RESERVED = 100  # files that are no connections: the database and its readers, the log, the sites
GRACE = 3  # seconds that open calls have to end after Ctrl-C
YOUNG_OBJECTS = 50_000  # that were made and not dropped since the last look for unused ones, about 10 MB
CHECKED = 0.25  # seconds that a start reads the data file for; what is left of a big one is read while it serves


class Ended(Exception):
    """Somebody asked this process to end, in order."""


class Server(uvicorn.Server):
    """Uvicorn, saying goodbye to open sockets so that their clients come back soon and not all at once.

    `end` tells others who wait for something longer than a stop may take.
    """

    def __init__(self, config: uvicorn.Config, service: ServerService, end: Callable[[], None] = lambda: None) -> None:
        super().__init__(config)
        self._service = service
        self._end = end

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._service.sockets.close_all("restart")
        self._end()
        await asyncio.sleep(0)  # lets the sockets send it
        await super().shutdown(sockets)


@click.group(epilog="Set settings such as PORT and DATA in the environment or a file. docs/settings.md lists them.")
@click.version_option(VERSION, prog_name="uconnect")
def main() -> None:
    """uconnect is a help desk: people ask schools, and schools answer.

    Run `uconnect demo` to try it, `uconnect serve` for real people. The other commands work on the same data folder,
    also while the server runs.
    """
    data_folder.be_private()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that cannot show a name shows the rest


@main.command(short_help="Run uconnect on this computer.")
def serve() -> None:
    """Run uconnect on this computer until you press Ctrl-C.

    It listens on PORT (8000) and keeps everything in DATA (./data). For other people, set URL to the https:// address
    they open. To send e-mails, set SMTP and MAIL_FROM.
    """
    _serve(with_demo=False)


@main.command("demo", short_help="Run a made-up university to try uconnect.")
def serve_demo() -> None:
    """Run a small made-up university to try uconnect, until you press Ctrl-C.

    It fills an empty DATA folder. Everyone knows its passwords, so only this computer can reach it.
    """
    _serve(with_demo=True)


for _command in (
    accounts.school,
    accounts.user,
    accounts.address,
    audit.audit,
    keys.keys,
    mail.mail,
    jobs.jobs,
    doctor.doctor,
    backups.backup,
    backups.restore,
    exports.export,
    exports.import_,
    upgrade.upgrade,
):
    main.add_command(_command)


def _serve(*, with_demo: bool) -> None:
    with ExitStack() as held:
        try:
            for sign in (signal.SIGTERM, signal.SIGINT):  # also where a shell in the background ignored the latter
                signal.signal(sign, _end)
            chosen = settings.read()
            _check_sites(chosen)
            if with_demo:
                loader.check_settings(chosen)
            sockets = [held.enter_context(it) for it in listening.listen(chosen)]
            held.enter_context(data_folder.held(chosen.data))
            checked = _checked(chosen)
            if with_demo:
                asyncio.run(loader.make(chosen))
            parts = build(chosen)
            held.callback(parts.close)
            loader.check_folder(parts, wanted=with_demo)
            _run(parts, sockets, with_demo=with_demo, checked=checked)
        except (InvalidSetting, NewerSchema, Unavailable, sqlite3.Error, OSError) as error:
            raise click.ClickException(_error_text(error)) from error
        except Ended:  # uvicorn has shut down in order, and raises the signal again
            click.echo("uconnect has stopped. Nothing is lost.")


def _run(parts: Container, sockets: list[socket.socket], *, with_demo: bool, checked: bool) -> None:
    chosen = parts.settings
    log_redaction.redact_logs()
    log_output.print_logs(chosen.log_level, chosen.log_format)
    faulthandler.enable()  # a disk that fails under a mapped file ends the process: it says at least where
    signal.signal(signal.SIGHUP, _stay)
    server = Server(_config(parts, with_demo=with_demo, checked=checked), parts.service, parts.issuer.end)
    click.echo(f"uconnect is at {chosen.url} (press Ctrl-C to stop it). Its data is in {chosen.data.resolve()}.")
    if chosen.has_dev_mailbox:
        click.echo(f"uconnect sends no e-mails. Read them at {chosen.url}{DEV_MAILBOX_PATH}.")
    for name in not_read(os.environ):
        click.echo(f"uconnect ignores {name}: only its AWS version uses it. docs/settings.md lists the settings.")
    for name, meant in alike(os.environ).items():
        click.echo(f"uconnect ignores {name}. Did you mean {meant}?")
    if not (chosen.sites / "index.html").is_file():
        click.echo(
            f"uconnect finds no sites in {chosen.sites}. Build them with `make sites`, or set SITES to their folder."
        )
    _collect_garbage_seldom()
    server.run(sockets)
    sys.exit(0 if server.started else 1)


def _collect_garbage_seldom() -> None:
    """Let Python look for unused objects that hold each other only when there are YOUNG_OBJECTS more than before.

    A pass of the event loop makes thousands of objects and drops them, and its usual 700 would start a look in each:
    it took a fifth of the processor's time under load. What is loaded at the start is not looked at again.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, 20, 20)


def _error_text(error: Exception) -> str:
    """What a person can do about a start that failed."""
    if isinstance(error, Unavailable):
        return f"uconnect cannot write to the data folder: {error.__cause__ or 'try again'}. Is its disk full?"
    if isinstance(error, sqlite3.Error):
        return data_file_error(error)
    if isinstance(error, OSError):
        return f"{error.filename or 'The data folder'} cannot be read or written: {reason(error)}."
    return str(error)


def _checked(chosen: Settings) -> bool:
    """Whether the whole data file was read and found whole; False if there was no time to. Raises Unusable."""
    if not chosen.database.exists():
        return True
    try:
        return check(chosen.database, CHECKED)
    except Damaged:
        raise InvalidSetting(
            f"{chosen.database} is damaged: it contains something that uconnect did not write. Nothing was changed."
            " Put your latest backup in its place: uconnect restore FILE. Or save what can be read: sqlite3"
            f" {chosen.database} .recover | sqlite3 saved.sqlite"
        ) from None


def _end(_: int, __: FrameType | None) -> None:
    raise Ended


def _stay(_: int, __: FrameType | None) -> None:
    """A terminal that closes, or an operator who hopes that settings are read anew."""
    log_redaction.log.warning(
        "uconnect keeps running. It reads its settings when it starts: to change them, stop it and start it."
    )


def _check_sites(chosen: Settings) -> None:
    try:
        there = chosen.sites.is_dir()
    except OSError as error:
        raise InvalidSetting(f"SITES is {str(chosen.sites)!r}, which cannot be read: {reason(error)}.") from error
    if not there:
        raise InvalidSetting(
            f"The sites are not in {chosen.sites}. Build them with `make sites`, or set SITES to their folder."
        )


def _config(parts: Container, *, with_demo: bool, checked: bool = True) -> uvicorn.Config:
    given = parts.settings
    most = max(1, min(given.connections, file_limits.raise_limit(given.connections + RESERVED) - RESERVED))
    is_set = given.requests_per_address != limits.ADDRESS_BURST
    requests = limits.address_requests(given.requests_per_address) if is_set else None
    return uvicorn.Config(
        app.build_app(parts, with_demo, checked=checked),
        http=bounded(Connections(given.proxies, most, given.connections_per_address, requests=requests)),
        ws=BoundedWebSocketProtocol,
        ws_max_size=FRAME_BYTES,
        ws_per_message_deflate=False,  # as API Gateway: and a secret beside a stranger's text is not to be compressed
        log_config=None,  # see `log_output`
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,  # the application reads them, after it has seen who sent them
        timeout_graceful_shutdown=GRACE,
    )
