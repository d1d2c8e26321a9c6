"""What strangers send and nobody can read: refused in words, whatever way it came."""

import msgspec

from uconnect.core.refusals import Refusal, Refused

# What reading a stranger's JSON can raise. The last: it is nested deeper than the stack that reads it.
UNREADABLE = (msgspec.MsgspecError, ValueError, RecursionError)


def malformed(error: Exception) -> Refusal:
    """What was wrong with the form of it: msgspec's own words name the field and what was expected of it."""
    told = str(error) if isinstance(error, msgspec.MsgspecError) else ""
    sentence = f"That was not understood: {told}." if told else Refused.MALFORMED.refusal.sentence
    return Refusal(code=Refused.MALFORMED.refusal.code, sentence=sentence)
