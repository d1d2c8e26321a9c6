"""What a school's figures say of its last week."""

from typing import Any

from tests.api.caller import Caller


def last_week(school: Caller) -> dict[str, Any] | None:
    """The figures of its last week; None if nothing was counted yet."""
    weeks: list[dict[str, Any]] = school.ask("GET /api/figures")["weeks"]
    return weeks[-1] if weeks else None


def raised(school: Caller) -> int:
    """How many threads of its last week were counted as raised to it."""
    week = last_week(school)
    return sum(week["raised"]["days"]) if week else 0
