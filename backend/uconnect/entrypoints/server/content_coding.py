"""Chooses in which coding a client gets bytes that were compressed before: what is the same for everybody.

An answer that holds a secret beside what a stranger chose is never compressed: its length would tell the secret
(BREACH; decision 0043). So nothing here compresses on the way out.
"""

import gzip
import re
from collections.abc import Iterable, Sequence

ENDINGS = {"br": ".br", "gzip": ".gz"}  # of a file that was compressed when it was built, the shorter coding first
IDENTITY = "identity"
PART = re.compile(r"\s*([\w*-]+)\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*)?", re.ASCII | re.IGNORECASE)
SMALL = 500  # bytes; less is hardly shorter compressed


def preferred(headers: Iterable[str], offered: Sequence[str] = tuple(ENDINGS)) -> str:
    """The coding for these Accept-Encoding headers (RFC 9110, 12.5.3): one that is offered, or `identity`.

    Of several that a client likes as much, the first that is offered. What cannot be read of a header says nothing.
    """
    found = (PART.fullmatch(it) for header in headers for it in header.split(","))
    weights = {it[1].lower().replace("x-gzip", "gzip"): float(it[2] or 1) for it in found if it}
    anything = weights.get("*", 0.0)
    best = max(offered, key=lambda coding: weights.get(coding, anything), default=IDENTITY)
    weight = weights.get(best, anything)
    return best if weight > 0 and weight >= weights.get(IDENTITY, 0.0) else IDENTITY


def compressed(body: bytes) -> dict[str, bytes]:
    """The bytes by coding. The same bytes are compressed to the same."""
    found = {IDENTITY: body}
    return found | {"gzip": gzip.compress(body, mtime=0)} if len(body) > SMALL else found
