"""Whatever bytes are sent as a picture, they are one or they are refused in words."""

import io
import struct
import zlib
from typing import Any

import pytest
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from uconnect.api.images import LONGEST, SIDE, reencode
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


GREY, SECRET = 117, b"37.7749, -122.4194"
RED, BLUE = (255, 0, 0), (0, 0, 255)


def drawn(depth: int, kind: int, pixel: bytes, *more: bytes) -> bytes:
    """A whole PNG of 64 pixels a side, all alike. `kind` is the colour type of the PNG specification, 11.2.1."""
    header = struct.pack(">IIBBBBB", 64, 64, depth, kind, 0, 0, 0)
    rows = zlib.compress((b"\0" + pixel * (64 * depth // (max(depth, 8)))) * 64)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + b"".join(more) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def saved(image: Image.Image, kind: str, **more: Any) -> bytes:
    made = io.BytesIO()
    image.save(made, kind, **more)
    return made.getvalue()


def flat(mode: str, colour: Any) -> Image.Image:
    return Image.new(mode, (64, 64), colour)


def kept(image: bytes) -> Image.Image:
    made = reencode(PictureUpload(image=image))
    assert isinstance(made, PictureUpload)
    opened = Image.open(io.BytesIO(made.image))
    assert (opened.format, opened.size, getattr(opened, "n_frames", 1)) == ("WEBP", (SIDE, SIDE), 1)
    assert not {"exif", "icc_profile", "xmp"} & set(opened.info)
    assert SECRET not in made.image
    return opened.convert("RGBA")


def palette(*colours: tuple[int, int, int]) -> Image.Image:
    made = flat("P", 1)
    made.putpalette([value for colour in colours for value in colour])
    return made


FRAMES = [flat("RGBA", (*RED, 255)), flat("RGBA", (*BLUE, 255))]
WIDE = struct.pack(">H", GREY << 8)
PICTURES = {
    "grey of 16 bits": (drawn(16, 0, WIDE), (GREY, GREY, GREY, 255)),
    "grey of 16 bits with alpha": (drawn(16, 4, WIDE + b"\xff\xff"), (GREY, GREY, GREY, 255)),
    "grey of 16 bits, of which one is clear": (drawn(16, 0, WIDE, chunk(b"tRNS", WIDE)), (0, 0, 0, 0)),
    "grey of 16 bits, of which another is clear": (
        drawn(16, 0, WIDE, chunk(b"tRNS", b"\0\1")),
        (GREY, GREY, GREY, 255),
    ),
    "colours of 16 bits": (drawn(16, 2, WIDE + b"\0\0\xff\xff"), (GREY, 0, 255, 255)),
    "grey": (saved(flat("L", GREY), "PNG"), (GREY, GREY, GREY, 255)),
    "grey of 4 bits": (drawn(4, 0, b"\x77"), (0x77, 0x77, 0x77, 255)),
    "black and white": (drawn(1, 0, b"\xff"), (255, 255, 255, 255)),
    "a palette": (saved(palette(BLUE, RED), "PNG"), (*RED, 255)),
    "a palette with a clear colour": (saved(palette(BLUE, RED), "PNG", transparency=1), (0, 0, 0, 0)),
    "a palette, half clear": (saved(palette(BLUE, RED), "PNG", transparency=b"\xff\x80"), (*RED, 128)),
    "CMYK": (saved(flat("CMYK", (0, 255, 255, 0)), "JPEG", quality=95), (*RED, 255)),
    "progressive": (saved(flat("RGB", RED), "JPEG", progressive=True, quality=95), (*RED, 255)),
    "an animated PNG": (saved(FRAMES[0], "PNG", save_all=True, append_images=FRAMES[1:]), (*RED, 255)),
    "an animated WebP": (saved(FRAMES[0], "WEBP", save_all=True, append_images=FRAMES[1:], lossless=True), (*RED, 255)),
    "a WebP without loss": (saved(flat("RGBA", (*BLUE, 100)), "WEBP", lossless=True), (*BLUE, 100)),
    "one pixel": (saved(Image.new("RGB", (1, 1), RED), "PNG"), (*RED, 255)),
    "a line": (saved(Image.new("RGB", (1, 2_000), RED), "PNG"), (*RED, 255)),
    "a profile that is none": (saved(flat("RGB", RED), "PNG", icc_profile=b"junk" * 40), (*RED, 255)),
}


@pytest.mark.parametrize("name", PICTURES)
def test_each_form_of_a_picture_is_kept_as_it_looks(name: str) -> None:
    image, expected = PICTURES[name]
    found = kept(image).getpixel((SIDE // 2, SIDE // 2))
    assert isinstance(found, tuple)
    assert all(abs(one - other) <= 6 for one, other in zip(found, expected, strict=True)), (found, expected)


def test_all_shades_of_16_bits_are_told_apart() -> None:
    shades = b"".join(struct.pack(">H", column << 10) for column in range(64))
    header = struct.pack(">IIBBBBB", 64, 64, 16, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + shades) * 64)
    ramp = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    made = kept(ramp).getchannel("R").tobytes()
    row = [made[SIDE * (SIDE // 2) + x] for x in range(8, SIDE, 16)]
    assert row == sorted(row)
    assert len(set(row)) == len(row)


def test_a_picture_stands_upright_whichever_way_the_camera_was_held() -> None:
    """The red quarter is where the orientation of the EXIF standard puts it."""
    corners = {1: (0, 0), 2: (1, 0), 3: (1, 1), 4: (0, 1), 5: (0, 0), 6: (1, 0), 7: (1, 1), 8: (0, 1)}
    for orientation, (right, low) in corners.items():
        image = flat("RGB", BLUE)
        image.paste(RED, (0, 0, 32, 32))
        exif = Image.Exif()
        exif[0x0112], exif[0x010E] = orientation, SECRET.decode()
        made = kept(saved(image, "JPEG", exif=exif, quality=95))
        red = [(x, y) for x in (0, 1) for y in (0, 1) if made.getpixel((20 + 150 * x, 20 + 150 * y))[0] > 128]  # type: ignore[index]
        assert red == [(right, low)], orientation


def test_what_is_written_in_a_picture_is_not_kept() -> None:
    info = PngInfo()
    info.add_text("Comment", SECRET.decode())
    info.add_itxt("XML:com.adobe.xmp", SECRET.decode())
    kept(saved(flat("RGB", RED), "PNG", pnginfo=info))
    kept(saved(flat("RGB", RED), "JPEG", comment=SECRET))
    kept(saved(flat("RGB", RED), "WEBP", xmp=SECRET))


def test_colours_of_another_profile_are_those_that_were_seen() -> None:
    """A profile whose red and blue are exchanged: what looks blue by it must look blue without it."""
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = srgb.replace(b"rXYZ", b"?XYZ", 1).replace(b"bXYZ", b"rXYZ", 1).replace(b"?XYZ", b"bXYZ", 1)
    for image in (
        saved(flat("RGB", RED), "PNG", icc_profile=swapped),
        saved(flat("RGBA", (*RED, 255)), "WEBP", lossless=True, icc_profile=swapped),
    ):
        red, _, blue, alpha = kept(image).getpixel((9, 9))  # type: ignore[misc]
        assert (red < 40, blue > 200, alpha) == (True, True, 255)


WHOLE = saved(flat("RGB", RED), "PNG")
BOMB = zlib.compress(b"x" * 50_000_000, 9)
REFUSED = {
    "a GIF": saved(flat("P", 1), "GIF"),
    "a cut PNG": WHOLE[:-30],
    "a cut JPEG": saved(flat("RGB", RED), "JPEG")[:-90],
    "a side too long": saved(Image.new("L", (LONGEST + 1, 1)), "PNG"),
    "no side": png(0, 0),
    "a text that unfolds without end": drawn(8, 0, b"x", chunk(b"zTXt", b"a\0\0" + BOMB)),
    "a profile that unfolds without end": drawn(8, 0, b"x", chunk(b"iCCP", b"a\0\0" + BOMB)),
    "SVG": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_shown_is_refused_in_words(name: str) -> None:
    assert reencode(PictureUpload(image=REFUSED[name])) == RefusalCode.NO_PICTURE.refusal
