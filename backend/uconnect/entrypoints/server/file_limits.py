"""Raises the number of files that this process may open: each connection is one."""

import sys

WITHOUT_LIMIT = 1_000_000


def raise_limit(wanted: int) -> int:
    """Ask the system for so many, as far as it lets us (getrlimit(2)). Returns how many there may be."""
    if sys.platform == "win32":
        return WITHOUT_LIMIT
    import resource  # noqa: PLC0415 - not on Windows

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return wanted
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return most
