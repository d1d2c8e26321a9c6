"""What is waited for is looked for again, not too often and not without end."""

from itertools import count

import httpx
import pytest

from tests.support.polling import poll, poll_answer
from tests.support.ports import FIRST, LAST, free_port


def answers(*statuses: int) -> httpx.MockTransport:
    left = list(statuses)
    return httpx.MockTransport(lambda _: httpx.Response(left.pop(0), text="so"))


def polled(*statuses: int) -> int:
    with httpx.Client(transport=answers(*statuses), base_url="http://home.example") as http:
        return poll_answer(lambda: http.get("/api/me"), 403, what="it is let in", pause=0).status_code


def test_an_answer_that_came_too_fast_is_asked_for_again() -> None:
    assert polled(403, 429, 403, 200) == 200


@pytest.mark.parametrize("status", [401, 404, 500, 503])
def test_an_answer_that_is_not_expected_fails_at_once_and_is_shown(status: int) -> None:
    with pytest.raises(AssertionError, match=f"it is let in: {status} so"):
        polled(403, status, 200)


def test_what_never_comes_fails_with_what_was_found_last() -> None:
    with pytest.raises(AssertionError, match="there are ten: not within 0 s, but 0"):
        poll(count().__next__, lambda found: found == 10, what="there are ten", timeout=0)


def test_what_comes_is_returned() -> None:
    assert poll(count().__next__, lambda found: found == 10, what="there are ten", pause=0) == 10


def test_ports_are_never_those_of_outgoing_connections_nor_the_same_twice() -> None:
    found = [free_port() for _ in range(50)]
    assert len(set(found)) == len(found)
    assert all(FIRST <= port <= LAST < 32_768 for port in found)
