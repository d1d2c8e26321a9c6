"""JSON nested deeper than the stack that reads it is refused like any other nonsense."""

import pytest

from uconnect.api.http import find_operation, prepare_use_case
from uconnect.api.websocket import Reply, decode_frame
from uconnect.domain import protocol
from uconnect.domain.errors import RefusalCode

MALFORMED = RefusalCode.MALFORMED.refusal


@pytest.mark.parametrize("opening", ['{"t":', '{"a":', '{"t":"none","a":[', "["])
def test_a_nest_is_no_frame(opening: str) -> None:
    frame = opening * (protocol.FRAME_BYTES // len(opening))
    for raw in (frame, frame.encode()):
        said = decode_frame("ann", raw)
        assert isinstance(said, Reply)
        assert [it.code for it in said.frames if isinstance(it, protocol.SendRefused)] == [MALFORMED.code]


@pytest.mark.parametrize("opening", [b'{"key":', b'{"a":', b"["])
def test_a_nest_is_no_body(opening: bytes) -> None:
    found = find_operation("POST", "/api/threads")
    assert found is not None
    refusal = prepare_use_case(found[0], "ann", "", "", opening * (protocol.FRAME_BYTES // len(opening)))
    assert getattr(refusal, "code", None) == MALFORMED.code
