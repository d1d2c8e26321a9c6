"""Makes a new picture from the pixels of an uploaded one, so that no metadata of the sender is kept."""

import io
import warnings

from uconnect.domain.errors import Refusal, RefusalCode
from uconnect.domain.request_bodies import PictureUpload

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
            upright = ImageOps.exif_transpose(opened).convert("RGBA")
            square = ImageOps.fit(upright, (SIDE, SIDE))
    except Exception:  # noqa: BLE001 - a decoder raises whatever foreign bytes drive it to: bombs, struct.error, KeyError
        return RefusalCode.NO_PICTURE.refusal
    kept = io.BytesIO()
    square.save(kept, "WEBP", quality=85)
    return PictureUpload(image=kept.getvalue())
