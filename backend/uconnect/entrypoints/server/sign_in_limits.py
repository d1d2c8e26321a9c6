"""Reads the limits of sign-in attempts: how many at once, then one in how many seconds."""

import re

from uconnect.domain.rate_limit import RateLimit
from uconnect.entrypoints.server.settings_sources import SettingsSource
from uconnect.oidc_provider import Limits

WRITTEN = re.compile(r"([1-9][0-9]{0,5})/([1-9][0-9]{0,5})")
SHORTEST_LETTER, LONGEST_LETTER = 60, 12 * 3600  # seconds; a link that lets somebody in is good for a day at the most


def limits(given: SettingsSource) -> Limits:
    """The limits. Raises Unusable."""
    chosen = Limits(
        here=_allowance(given, "TRIES_HERE", given.get("TRIES_HERE", "6/900")),
        account=_allowance(given, "TRIES_ACCOUNT", given.get("TRIES_ACCOUNT", "30/600")),
        known=_allowance(given, "TRIES_KNOWN", given.get("TRIES_KNOWN", "10/120")),
        network=_allowance(given, "TRIES_NETWORK", given.get("TRIES_NETWORK", "300/6")),
        letters=_allowance(given, "LETTERS_ADDRESS", given.get("LETTERS_ADDRESS", "5/3600")),
        network_letters=_allowance(given, "LETTERS_NETWORK", given.get("LETTERS_NETWORK", "500/10")),
    )
    if not SHORTEST_LETTER <= chosen.letters.every // 1000 <= LONGEST_LETTER:
        raise given.wrong("LETTERS_ADDRESS", "Set it to one letter each 60 to 43200 seconds, such as 5/3600.")
    return chosen


def _allowance(given: SettingsSource, name: str, value: str) -> RateLimit:
    found = WRITTEN.fullmatch(value)
    if found is None:
        raise given.wrong(name, "Set it to how many at once, a slash, and the seconds until one more, such as 10/600.")
    return RateLimit(every=int(found[2]) * 1000, burst=int(found[1]))
