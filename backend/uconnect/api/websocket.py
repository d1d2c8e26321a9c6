"""Turns a frame into a use case, and its outcome into frames. Nothing is kept between two frames: any process may serve
any frame."""

from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec

from uconnect.api.decode_errors import DECODE_ERRORS, decode, malformed
from uconnect.application.service import ApplicationService
from uconnect.domain import protocol
from uconnect.domain.context import Plan, UseCase
from uconnect.domain.errors import Refusal, RefusalCode
from uconnect.domain.usecases import messages, signals


class Reply(msgspec.Struct, frozen=True):
    """Frames for the socket itself, at once; after a `bye` it is to be closed."""

    frames: tuple[protocol.ServerFrame, ...]


class Command(msgspec.Struct, frozen=True):
    """A use case to run; `reply` answers with its outcome. `key` names a send, `kind` is the kind of frame."""

    use_case: UseCase[Any]
    key: str | None = None
    kind: str = ""


class _Keyed(msgspec.Struct):
    """The key of a frame that cannot be read as a whole."""

    key: protocol.SendKey | None = None


_decode = msgspec.json.Decoder(protocol.ClientFrame).decode
_decode_key = msgspec.json.Decoder(_Keyed).decode


def decode_frame(by: str, raw: bytes | str) -> Reply | Command:
    """What a frame from the party `by` asks for. Anything that is not a frame is refused, never an exception."""
    try:
        frame: protocol.ClientFrame = decode(_decode, raw)
    except DECODE_ERRORS as error:
        return Reply((protocol.refused(malformed(error), _key_of(raw)),))
    match frame:
        case protocol.Send():
            return Command(partial(messages.send, by=by, command=frame), frame.key, "send")
        case protocol.Hello(spoken):
            known = protocol.is_spoken(spoken)
            return Reply((protocol.Welcome(protocol=spoken) if known else protocol.Bye(code="reload"),))
        case protocol.Ping():
            return Reply((protocol.Pong(),))
        case protocol.Typing():
            return Command(partial(signals.typing, by=by, command=frame), kind="typing")
        case protocol.Seen():
            return Command(partial(signals.seen, by=by, command=frame), kind="seen")
        case protocol.Composing():
            return Command(partial(signals.composing, by=by, command=frame), kind="composing")


def reply(asked: Command, outcome: Plan[Any] | Refusal) -> Reply:
    """The answer to the socket that asked. Signals are answered only when the account has ended."""
    if isinstance(outcome, Plan):
        return Reply((outcome.answer,) if asked.key else ())
    if outcome.code == RefusalCode.ACCOUNT_ENDED.refusal.code:
        return Reply((protocol.refused(outcome, asked.key), protocol.Bye(code="ended")))
    return Reply((protocol.refused(outcome, asked.key),) if asked.key else ())


async def serve_frame(
    service: ApplicationService, party: str, raw: bytes | str, say: Callable[[Reply], object], socket: Any
) -> None:
    """Answer a frame from a party, then tell the others. `say` sends to `socket`, which the frame came from."""
    asked = decode_frame(party, raw)
    if isinstance(asked, Reply):
        say(asked)
        return
    outcome = await service.run(asked.use_case)
    say(reply(asked, outcome))
    service.tell(outcome, exclude=socket if asked.key else None)  # `seen` has no reply: its own socket hears the `read`


def _key_of(raw: bytes | str) -> str | None:
    try:
        return decode(_decode_key, raw).key
    except DECODE_ERRORS:
        return None
