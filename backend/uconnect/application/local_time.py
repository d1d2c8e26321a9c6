"""The clock of a place: what time it is in a zone of the IANA time zone database."""

from datetime import datetime
from zoneinfo import ZoneInfo


def local_time(now: int, zone: str) -> datetime:
    """`now` (ms since 1970) by the clock of `zone`; by this machine's own if there is no such zone."""
    try:
        return datetime.fromtimestamp(now / 1000, ZoneInfo(zone))
    except (LookupError, ValueError, OSError):  # unknown, empty, or the name of no file
        return datetime.fromtimestamp(now / 1000).astimezone()
