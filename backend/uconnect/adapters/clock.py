"""Makes contexts from this machine's clock and random numbers."""

import secrets
import time

from uconnect.domain.context import JOBS_WITHIN, Context

jobs_within = JOBS_WITHIN  # ms; a test that waits for a job sets it to 0 before the server starts


def new_context() -> Context:
    """Now, by this machine's clock, with ids of 128 random bits."""
    return Context(now=time.time_ns() // 1_000_000, new_id=fresh, jobs_within=jobs_within)


def fresh() -> str:
    return secrets.token_urlsafe(16)
