"""What whoever runs uconnect asks: they are no party, so no door is passed, and no operation leads here."""

from uconnect.core import rules
from uconnect.core.decide.access import Looking
from uconnect.core.facts import Decision, Moment, Plan
from uconnect.core.keys import AddressKey, LoadOf, PartyKey, SchoolsOf, Shelf
from uconnect.core.model import KIND_OF, Owner
from uconnect.core.refusals import Refusal, Refused
from uconnect.core.terms import Kind
from uconnect.core.views.operator import Account
from uconnect.core.views.operator import account as shown


def schools(at: Moment, after: Account | None, most: int) -> Decision[tuple[Account, ...]]:
    """The schools by name, those that follow `after`."""
    listing = SchoolsOf((after.name.lower(), after.id) if after else None, most)
    facts = yield (listing,)
    found = facts.all(listing)
    facts = yield tuple(LoadOf(school.id, Shelf.RECEIVED) for school in found)
    return Plan(tuple(shown(school, facts.one(LoadOf(school.id, Shelf.RECEIVED))) for school in found))


def account(at: Moment, email: str, kind: Kind) -> Decision[Account]:
    """The user or the school of an address. Refusals: not_found."""
    owner = yield from owning(email, kind)
    if isinstance(owner, Refusal):
        return owner
    facts = yield (LoadOf(owner.id, Shelf.RECEIVED),)
    return Plan(shown(owner, facts.one(LoadOf(owner.id, Shelf.RECEIVED))))


def owning(email: str, kind: Kind) -> Looking[Owner | Refusal]:
    """The owner of that kind that an address is, if it has not ended. `email` as it is kept. Refusals: not_found."""
    key = AddressKey(email)
    facts = yield (key,)
    address = facts.one(key)
    if address is None or address.party is None:
        return Refused.NOT_FOUND.refusal
    facts = yield (PartyKey(address.party),)
    party = facts.one(PartyKey(address.party))
    if not isinstance(party, Owner) or KIND_OF[type(party)] is not kind or not rules.may_act(party):
        return Refused.NOT_FOUND.refusal
    return party
