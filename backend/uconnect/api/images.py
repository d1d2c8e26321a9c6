"""Makes a new picture from the pixels of an uploaded one, so that no metadata of the sender is kept."""

import io
import warnings
from typing import TYPE_CHECKING

from uconnect.domain.errors import Refusal, RefusalCode
from uconnect.domain.request_bodies import PictureUpload

if TYPE_CHECKING:
    from PIL import Image

FORMATS = ("PNG", "JPEG", "WEBP")
LONGEST = 2048  # pixels of a side that is read; 20 KB can claim to be far more
SIDE = 192  # pixels of what is kept: a square
MEDIA_TYPE = "image/webp"


def reencode(portrait: PictureUpload) -> PictureUpload | Refusal:
    """The same picture as a square WebP. Refusals: no_picture."""
    if not portrait.image:
        return portrait
    from PIL import Image, ImageOps  # noqa: PLC0415 - heavy, and needed by one operation

    try:
        with warnings.catch_warnings(), Image.open(io.BytesIO(portrait.image), formats=FORMATS) as opened:
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            if max(opened.size) > LONGEST:
                return RefusalCode.NO_PICTURE.refusal
            square = ImageOps.fit(_rgba(ImageOps.exif_transpose(opened)), (SIDE, SIDE))
    except Exception:  # noqa: BLE001 - a decoder raises whatever foreign bytes drive it to: bombs, struct.error, KeyError
        return RefusalCode.NO_PICTURE.refusal
    kept = io.BytesIO()
    square.save(kept, "WEBP", quality=85)
    return PictureUpload(image=kept.getvalue())


def _rgba(image: "Image.Image") -> "Image.Image":
    """The picture in sRGB, with what shines through. It is kept without its colour profile, so that is applied here."""
    profile = image.info.get("icc_profile")
    if image.mode.startswith("I"):
        made = _from_16_bit(image)
    elif image.mode == "CMYK" and profile:
        made = _in_srgb(image, profile).convert("RGBA")
    else:
        made = image.convert("RGBA")
        if profile and image.mode not in ("CMYK", "L", "LA", "1"):
            coloured = _in_srgb(made.convert("RGB"), profile)
            coloured.putalpha(made.getchannel("A"))
            made = coloured
    return made


def _from_16_bit(image: "Image.Image") -> "Image.Image":
    """Grey of 16 bits a pixel, which Pillow does not scale: it takes all above 255 for white."""
    clear, wide = image.info.get("transparency"), image.convert("I")
    grey = wide.point([value >> 8 for value in range(1 << 16)], "L")
    if clear is not None:
        grey.putalpha(wide.point([0 if value == clear else 255 for value in range(1 << 16)], "L"))
    return grey.convert("RGBA")


def _in_srgb(image: "Image.Image", profile: bytes) -> "Image.Image":
    """The same colours in sRGB; as they are, if the profile is none."""
    from PIL import ImageCms  # noqa: PLC0415 - (the same)

    try:
        there = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        made = ImageCms.profileToProfile(image, there, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, TypeError, ValueError):
        made = None
    return made or image.convert("RGB")
