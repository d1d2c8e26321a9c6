"""Decodes JSON that somebody sent, and makes the refusal for what cannot be decoded."""

import re
from collections.abc import Callable
from typing import TypeVar

import msgspec

from uconnect.domain.errors import Refusal, RefusalCode
from uconnect.domain.text import InvalidText

# What reading a stranger's JSON can raise. The last: it is nested deeper than the stack that reads it.
DECODE_ERRORS = (msgspec.MsgspecError, ValueError, RecursionError)

# Each escape of a string: a whole surrogate pair, half of one (RFC 8259 section 8.2), or another.
ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)", re.DOTALL
)
PATTERN = re.compile(r"`str` matching regex '.*'")

T = TypeVar("T")


def decode(decoder: Callable[[bytes | str], T], raw: bytes | str) -> T:
    """What the JSON says. Half a surrogate pair, which a cut through an emoji leaves, is U+FFFD, as on the sites.
    Raises DECODE_ERRORS."""
    try:
        return decoder(raw)
    except DECODE_ERRORS:
        given = raw if isinstance(raw, bytes) else raw.encode("utf-8", "surrogatepass")
        whole = ESCAPE.sub(lambda it: b"\\ufffd" if it[1] else it[0], given)
        if whole == given:
            raise
        return decoder(whole)


def malformed(error: Exception) -> Refusal:
    """What was wrong with the form of it. Of a text, in a sentence for the person; else msgspec's own words name the
    field and what was expected of it."""
    if isinstance(error.__cause__, InvalidText):
        return Refusal(code=RefusalCode.MALFORMED.refusal.code, sentence=str(error.__cause__))
    told = PATTERN.sub("a text of another form", str(error)) if isinstance(error, msgspec.MsgspecError) else ""
    sentence = f"The request is not valid: {told}." if told else RefusalCode.MALFORMED.refusal.sentence
    return Refusal(code=RefusalCode.MALFORMED.refusal.code, sentence=sentence)
