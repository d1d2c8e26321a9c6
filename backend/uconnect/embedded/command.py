"""The `uconnect` command."""

import asyncio
import logging
import sqlite3
import sys
from socket import socket

import click
import uvicorn

from uconnect import VERSION
from uconnect.core.wire import FRAME_BYTES
from uconnect.embedded import app, settings
from uconnect.embedded.desk import Desk
from uconnect.sqlite.migrations import NewerSchema

GRACE = 3  # seconds that open calls have to end after Ctrl-C
DENIED = "ASGI callable returned without completing handshake."


class Server(uvicorn.Server):
    """Uvicorn, saying goodbye to open sockets so that their clients come back soon and not all at once."""

    def __init__(self, config: uvicorn.Config, desk: Desk) -> None:
        super().__init__(config)
        self._desk = desk

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        self._desk.sockets.close_all("restart")
        await asyncio.sleep(0)  # lets the lines send it
        await super().shutdown(sockets)


@click.group()
@click.version_option(VERSION, prog_name="uconnect")
def main() -> None:
    """uconnect: questions for institutions."""


@main.command()
@click.option("--demo", is_flag=True, help="Fill an empty data folder with a small university to look around in.")
def serve(demo: bool) -> None:
    """Serve the whole product from this machine, until Ctrl-C.

    Set in the environment: PORT (8000), HOST (127.0.0.1), DATA (./data), URL (http://localhost:PORT).
    """
    try:
        chosen = settings.read()
        if demo and not settings.is_loopback(chosen.host):
            raise settings.Unusable(
                "The demo's passwords are known to all. Run it without HOST, or serve without --demo."
            )
        made = app.make(chosen, with_demo=demo)
    except (settings.Unusable, NewerSchema, sqlite3.Error, OSError) as error:
        raise click.ClickException(str(error)) from error
    config = uvicorn.Config(
        made,
        host=chosen.host,
        port=chosen.port,
        ws="websockets-sansio",
        ws_max_size=FRAME_BYTES,
        ws_per_message_deflate=False,  # as API Gateway: and a secret beside a stranger's text is not to be compressed
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE,
    )
    logging.getLogger("uvicorn.error").addFilter(_is_news)
    server = Server(config, made.state.parts.desk)
    click.echo(f"uconnect is at {chosen.url} (Ctrl-C ends it). Its data is in {chosen.data.resolve()}.")
    try:
        server.run()
    except KeyboardInterrupt:  # uvicorn has shut down in order, and raises the signal again
        click.echo("uconnect has ended. Nothing is lost.")
    sys.exit(0 if server.started else 1)


def _is_news(record: logging.LogRecord) -> bool:
    """Uvicorn takes a socket that was denied for one that was forgotten; whoever knocks would fill the log with it."""
    return record.msg != DENIED
