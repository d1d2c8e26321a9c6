"""The function behind the WebSocket API: a frame comes in, its answer is posted, then others are told."""

import logging
import time
from collections.abc import Mapping
from functools import partial
from typing import Any

from uconnect.adapters.realtime.api_gateway import Connection
from uconnect.api.websocket import Reply, serve_frame
from uconnect.application.service import ApplicationService, Blocking, complete
from uconnect.domain import protocol
from uconnect.domain.usecases import tickets
from uconnect.entrypoints.aws_lambda import dependencies
from uconnect.entrypoints.aws_lambda.entry_point import entry_point
from uconnect.entrypoints.aws_lambda.gateway_event import body_of

GATEWAY = dependencies.gateway()
SERVICE = ApplicationService(Blocking(dependencies.store()), GATEWAY)
dependencies.posts()  # made before the first frame, which is answered by a post
DONE = {"statusCode": 200}  # and nothing else: the gateway takes other keys for an error
log = logging.getLogger("uconnect")


@entry_point
def handler(event: Mapping[str, Any], _: object) -> dict[str, Any]:
    """Serve one event of a socket: a frame, or its end. Nothing is asked of us when it opens.

    An error closes the socket, and its client resumes. The gateway would tell more.
    """
    context = event["requestContext"]
    admitted = context["authorizer"]
    until = int(admitted.get("until", 0))
    connection = Connection(admitted["party"], context["connectionId"], _hello_by(until))
    try:
        match context["eventType"]:
            case "DISCONNECT":
                GATEWAY.forget(connection)
            case _:
                _serve(connection, until, body_of(event))
    except Exception as error:
        log.error("a socket is closed, for its frame failed: %s", type(error).__name__, exc_info=error)
        GATEWAY.close_connection(connection)
    return DONE


def _serve(connection: Connection, until: int, raw: bytes) -> None:
    """Answer a frame. A socket that has lived its time comes back with a new ticket, if its sign-in goes on."""
    if until <= time.time():
        GATEWAY.send(connection, [protocol.Bye(code="rotate")])
    elif len(raw) > protocol.FRAME_BYTES:
        GATEWAY.close_connection(connection)
    else:
        say = partial(_say, connection, until)
        complete(serve_frame(SERVICE, connection.party, raw, say, connection))


def _say(connection: Connection, until: int, said: Reply) -> None:
    match said.frames:
        case (protocol.Welcome(),) if time.time() > connection.hello_by:
            # Until it has said hello it is not listed, so a sign-out does not find it: see `sign_out.close_sockets`.
            GATEWAY.send(connection, [protocol.Bye(code="rotate")])
        case (protocol.Welcome(),):
            bye = GATEWAY.register(connection, until)
            GATEWAY.send(connection, said.frames if bye is None else (bye,))
        case (protocol.Pong(),):
            GATEWAY.answer_ping(connection, said.frames)
        case frames:
            GATEWAY.send(connection, frames)


def _hello_by(until: int) -> float:
    """When a socket has to have said hello that may live until then."""
    return until - protocol.SOCKET_SECONDS + tickets.HELLO_WITHIN
