"""How often a party may do a thing: a record for each, which is written with what was done."""

from uconnect.domain import rate_limit
from uconnect.domain.context import Context
from uconnect.domain.keys import RateLimitKey
from uconnect.domain.models import RateLimitState


def consume(context: Context, key: RateLimitKey, allowance: rate_limit.RateLimit) -> RateLimitState | None:
    """What is to be written if one more is allowed now, else None. `key` must have been asked for."""
    used = context.get(key)
    due = rate_limit.admit(allowance, used.due if used else 0, context.now)
    return None if due is None else RateLimitState(party=key.party, what=key.what, due=due)
