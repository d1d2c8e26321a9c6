"""The function behind the WebSocket API: it takes a frame, posts the answer, then delivers to the other parties."""

import base64
import logging
from collections.abc import Mapping
from functools import partial
from typing import Any

from uconnect.adapters.realtime.api_gateway import Connection
from uconnect.api.websocket import Command, Reply, decode_frame, reply
from uconnect.domain import protocol
from uconnect.domain.context import Plan
from uconnect.domain.errors import Refusal
from uconnect.domain.usecases import tickets
from uconnect.entrypoints.aws_lambda import dependencies, service

STORE = dependencies.store()
GATEWAY = dependencies.gateway()
dependencies.posts()  # made before the first frame, which is answered by a post
DONE = {"statusCode": 200}  # and nothing else: the gateway takes other keys for an error
log = logging.getLogger("uconnect")


def handler(event: Mapping[str, Any], _: object) -> dict[str, Any]:
    """Serve one event of a socket. What fails closes it, and its client resumes; the gateway would tell it more."""
    said = event["requestContext"]
    connection = Connection(said["authorizer"]["party"], said["connectionId"])
    try:
        match said["eventType"]:
            case "CONNECT":
                pass  # nothing can be posted to it yet: it is listed when it says hello
            case "DISCONNECT":
                GATEWAY.forget(connection)
            case _:
                _receive(connection, _frame(event))
    except Exception as error:  # noqa: BLE001 - (see above)
        log.error("a socket is closed, for its frame failed: %s", type(error).__name__)
        GATEWAY.close_connection(connection)
    return DONE


def _receive(connection: Connection, raw: bytes) -> None:
    if len(raw) > protocol.FRAME_BYTES:
        GATEWAY.close_connection(connection)
        return
    heard = decode_frame(connection.party, raw)
    if isinstance(heard, Reply):
        GATEWAY.send(connection, _arrived(connection, heard.frames))
    else:
        _answer(connection, heard)


def _arrived(connection: Connection, frames: tuple[protocol.ServerFrame, ...]) -> tuple[protocol.ServerFrame, ...]:
    """List the socket before it is welcomed. Its party is read after that: whoever ends it later finds the socket."""
    if not isinstance(frames[0], protocol.Welcome):
        return frames
    GATEWAY.register(connection)
    ended = isinstance(service.ask(STORE, partial(tickets.check_connected, by=connection.party)), Refusal)
    return (protocol.Bye(code="ended"),) if ended else frames


def _answer(connection: Connection, asked: Command) -> None:
    outcome, _ = service.run(STORE, asked.use_case, GATEWAY.deliver)
    GATEWAY.send(connection, reply(asked, outcome).frames)
    if isinstance(outcome, Plan):
        GATEWAY.deliver(outcome.deliveries, exclude=connection if asked.key else None)  # its own `read` it hears too


def _frame(event: Mapping[str, Any]) -> bytes:
    body = event.get("body") or ""
    return base64.b64decode(body) if event.get("isBase64Encoded") else body.encode("utf-8", "surrogatepass")
