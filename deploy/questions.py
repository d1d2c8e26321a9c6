"""Asks the operator before something is done that cannot be undone, or that people notice."""

import sys


def agreed(*, sure: bool) -> bool:
    """Whether to go ahead. Where nobody can be asked, only `sure`, SURE=yes, is a yes."""
    if sure:
        return True
    if not sys.stdin.isatty():
        print("To go ahead without being asked, add SURE=yes.")
        return False
    return input("Continue? [y/N] ").strip().lower() in {"y", "yes"}
