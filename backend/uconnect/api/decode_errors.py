"""Makes the refusal for input that cannot be decoded."""

import msgspec

from uconnect.domain.errors import Refusal, RefusalCode
from uconnect.domain.text import InvalidText

# What reading a stranger's JSON can raise. The last: it is nested deeper than the stack that reads it.
DECODE_ERRORS = (msgspec.MsgspecError, ValueError, RecursionError)


def malformed(error: Exception) -> Refusal:
    """What was wrong with the form of it. Of a text, in a sentence for the person; else msgspec's own words name the
    field and what was expected of it."""
    if isinstance(error.__cause__, InvalidText):
        return Refusal(code=RefusalCode.MALFORMED.refusal.code, sentence=str(error.__cause__))
    told = str(error) if isinstance(error, msgspec.MsgspecError) else ""
    sentence = f"The request is not valid: {told}." if told else RefusalCode.MALFORMED.refusal.sentence
    return Refusal(code=RefusalCode.MALFORMED.refusal.code, sentence=sentence)
