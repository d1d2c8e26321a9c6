"""What only time can show. It begins when the session does, so that there is little left to wait for."""

import time

from tests.api.caller import Caller

TICKET = 30  # seconds a ticket is good


def test_a_ticket_is_good_for_half_a_minute_and_no_longer(early: tuple[Caller, str, float]) -> None:
    user, ticket, since = early
    time.sleep(max(0.0, since + TICKET + 1 - time.monotonic()))  # nothing tells that time has passed
    assert user.denied(f"?ticket={ticket}") == 403
