"""Numbers, times and strangers' texts as the operator's commands print them."""

import unicodedata
from datetime import UTC, datetime


def many(number: int, what: str) -> str:
    """A number of things in words, such as "2 workers" and "no workers"."""
    return f"{number or 'no'} {what}{'' if number == 1 else 's'}"


def minute(seconds: float) -> str:
    """A moment (Unix seconds) in words, such as "2026-12-01 09:30 UTC"."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M} UTC"


def printable(text: str) -> str:
    """Without what moves a terminal's cursor or turns its text around: names are what strangers chose."""
    return "".join(it for it in text if it == "\n" or unicodedata.category(it) not in ("Cc", "Cf"))
