"""The function behind the WebSocket API: a frame comes, its answer is posted, then what others are told."""

import base64
import logging
from collections.abc import Mapping
from functools import partial
from typing import Any

from uconnect.api.socket import Asked, Said, hear, told
from uconnect.aws import desk, surroundings
from uconnect.core import wire
from uconnect.core.decide import tickets
from uconnect.core.facts import Plan
from uconnect.core.refusals import Refusal
from uconnect.deliveries.gateway import Line

STORE = surroundings.store()
GATEWAY = surroundings.gateway()
surroundings.posts()  # made before the first frame, which is answered by a post
DONE = {"statusCode": 200}  # and nothing else: the gateway takes other keys for an error
log = logging.getLogger("uconnect")


def handler(event: Mapping[str, Any], _: object) -> dict[str, Any]:
    """Serve one event of a socket. What fails closes it, and its client resumes; the gateway would tell it more."""
    said = event["requestContext"]
    line = Line(said["authorizer"]["party"], said["connectionId"])
    try:
        match said["eventType"]:
            case "CONNECT":
                pass  # nothing can be posted to it yet: it is listed when it says hello
            case "DISCONNECT":
                GATEWAY.forget(line)
            case _:
                _hear(line, _frame(event))
    except Exception as error:  # noqa: BLE001 - (see above)
        log.error("a socket is closed, for its frame failed: %s", type(error).__name__)
        GATEWAY.hang_up(line)
    return DONE


def _hear(line: Line, raw: bytes) -> None:
    if len(raw) > wire.FRAME_BYTES:
        GATEWAY.hang_up(line)
        return
    heard = hear(line.party, raw)
    if isinstance(heard, Said):
        GATEWAY.say(line, _arrived(line, heard.frames))
    else:
        _answer(line, heard)


def _arrived(line: Line, frames: tuple[wire.ServerFrame, ...]) -> tuple[wire.ServerFrame, ...]:
    """List the socket before it is welcomed. Its party is read after that: whoever ends it later finds the socket."""
    if not isinstance(frames[0], wire.Welcome):
        return frames
    GATEWAY.register(line)
    ended = isinstance(desk.ask(STORE, partial(tickets.arrive, by=line.party)), Refusal)
    return (wire.Bye(code="ended"),) if ended else frames


def _answer(line: Line, asked: Asked) -> None:
    outcome, _ = desk.run(STORE, asked.use_case, GATEWAY.deliver)
    GATEWAY.say(line, told(asked, outcome).frames)
    if isinstance(outcome, Plan):
        GATEWAY.deliver(outcome.deliveries, but=line if asked.key else None)  # its own `read` it hears too


def _frame(event: Mapping[str, Any]) -> bytes:
    body = event.get("body") or ""
    return base64.b64decode(body) if event.get("isBase64Encoded") else body.encode("utf-8", "surrogatepass")
