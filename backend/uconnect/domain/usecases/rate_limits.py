"""Applies a party's rate limit: its state is a record that is written together with the action."""

from uconnect.domain import rate_limit
from uconnect.domain.context import Context
from uconnect.domain.errors import RefusalCode, Refused
from uconnect.domain.keys import RateLimitKey
from uconnect.domain.models import RateLimitState


def consume(context: Context, key: RateLimitKey, limit: rate_limit.RateLimit) -> RateLimitState:
    """The record to write when one more is allowed now. Refusals: too_fast."""
    used = context.get(key)
    due = rate_limit.admit(limit, used.due if used else 0, context.now)
    if due is None:
        raise Refused(RefusalCode.TOO_FAST)
    return RateLimitState(party=key.party, what=key.what, due=due)
