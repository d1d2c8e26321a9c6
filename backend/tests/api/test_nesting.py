"""JSON nested deeper than the stack that reads it is refused like any other nonsense."""

import pytest

from uconnect.api.http import find, prepare
from uconnect.api.socket import Said, hear
from uconnect.core import wire
from uconnect.core.refusals import Refused

MALFORMED = Refused.MALFORMED.refusal


@pytest.mark.parametrize("opening", ['{"t":', '{"a":', '{"t":"none","a":[', "["])
def test_a_nest_is_no_frame(opening: str) -> None:
    frame = opening * (wire.FRAME_BYTES // len(opening))
    for raw in (frame, frame.encode()):
        said = hear("ann", raw)
        assert isinstance(said, Said)
        assert [it.code for it in said.frames if isinstance(it, wire.SendRefused)] == [MALFORMED.code]


@pytest.mark.parametrize("opening", [b'{"key":', b'{"a":', b"["])
def test_a_nest_is_no_body(opening: bytes) -> None:
    found = find("POST", "/api/threads")
    assert found is not None
    refusal = prepare(found[0], "ann", "", "", opening * (wire.FRAME_BYTES // len(opening)))
    assert getattr(refusal, "code", None) == MALFORMED.code
