"""A frame becomes a use case, and its outcome frames. It keeps nothing between frames, so any process can serve any."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import msgspec

from uconnect.api.unreadable import UNREADABLE, malformed
from uconnect.core import wire
from uconnect.core.decide import messages
from uconnect.core.facts import Plan, UseCase
from uconnect.core.refusals import Refusal, Refused


@dataclass(frozen=True, slots=True)
class Said:
    """Frames for the socket itself, at once; after a `bye` it is to be closed."""

    frames: tuple[wire.ServerFrame, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A use case to run; its outcome goes to `told`. `key` names a send."""

    use_case: UseCase[Any]
    key: str | None = None


class _Keyed(msgspec.Struct):
    """As much as can be read of a frame that cannot be read."""

    key: wire.SendKey | None = None


_decode = msgspec.json.Decoder(wire.ClientFrame).decode
_decode_key = msgspec.json.Decoder(_Keyed).decode


def hear(by: str, raw: bytes | str) -> Said | Asked:
    """What a frame from the party `by` asks for. Anything that is not a frame is refused, never an exception."""
    try:
        frame: wire.ClientFrame = _decode(raw)
    except UNREADABLE as error:
        return Said((wire.refused(malformed(error), _key_of(raw)),))
    match frame:
        case wire.Hello(protocol):
            spoken = protocol in wire.PROTOCOLS
            return Said((wire.Welcome(protocol=wire.PROTOCOL) if spoken else wire.Bye(code="reload"),))
        case wire.Ping():
            return Said((wire.Pong(),))
        case wire.Send():
            return Asked(partial(messages.send, by=by, command=frame), frame.key)
        case wire.Typing():
            return Asked(partial(messages.typing, by=by, command=frame))
        case wire.Seen():
            return Asked(partial(messages.seen, by=by, command=frame))


def told(asked: Asked, outcome: Plan[Any] | Refusal) -> Said:
    """The answer to the socket that asked. Signals are answered only when the account has ended."""
    if isinstance(outcome, Plan):
        return Said((outcome.answer,) if asked.key else ())
    if outcome.code == Refused.ACCOUNT_ENDED.refusal.code:
        return Said((wire.refused(outcome, asked.key), wire.Bye(code="ended")))
    return Said((wire.refused(outcome, asked.key),) if asked.key else ())


def _key_of(raw: bytes | str) -> str | None:
    try:
        return _decode_key(raw).key
    except UNREADABLE:
        return None
