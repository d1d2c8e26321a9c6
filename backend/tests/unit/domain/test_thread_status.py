"""The status of a thread says by itself whether it waits for the school's side."""

import pytest

from uconnect.domain.enums import ThreadFilter
from uconnect.domain.thread_status import OF_FILTER, STATUSES, awaits_them


@pytest.mark.parametrize("status", [it for pair in STATUSES.values() for it in pair])
def test_a_thread_waits_for_whoever_raised_it_or_for_the_schools_side(status: str) -> None:
    assert awaits_them(status) is (status not in OF_FILTER[ThreadFilter.WAITING])
