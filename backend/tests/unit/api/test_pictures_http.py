"""Whatever bytes are sent as a picture, they are one or they are refused in words."""

import struct
import zlib

import pytest

from uconnect.api.images import reencode
from uconnect.domain.errors import RefusalCode
from uconnect.domain.request_bodies import PictureUpload


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(width: int, height: int) -> bytes:
    """As much of a PNG as says how large it is."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 64)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*each) for each in chunks)


@pytest.mark.parametrize("side", [10_000, 30_000, 2**31 - 1])
def test_a_picture_that_says_it_is_enormous_is_refused(side: int) -> None:
    assert reencode(PictureUpload(image=png(side, side))) == RefusalCode.NO_PICTURE.refusal


def test_a_decoder_that_stumbles_refuses_the_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(_: object) -> None:
        raise struct.error("required argument is not an integer")  # as Pillow did at a mutated JPEG

    monkeypatch.setattr("PIL.ImageOps.exif_transpose", stumble)
    assert reencode(PictureUpload(image=png(8, 8))) == RefusalCode.NO_PICTURE.refusal
