"""How often a party may do a thing: a record for each, which is written with what was done."""

from uconnect.core import pace
from uconnect.core.facts import Facts, Moment
from uconnect.core.keys import PaceKey
from uconnect.core.model import Pace


def one_more(at: Moment, facts: Facts, key: PaceKey, allowance: pace.Allowance) -> Pace | None:
    """What is to be written if one more is allowed now, else None. `key` must have been asked for."""
    used = facts.one(key)
    due = pace.admit(allowance, used.due if used else 0, at.now)
    return None if due is None else Pace(party=key.party, what=key.what, due=due)
