"""Operator commands. They do not go through authorization: no HTTP operation exposes them."""

from uconnect.domain import rules
from uconnect.domain.context import Context, Plan
from uconnect.domain.enums import Kind
from uconnect.domain.errors import RefusalCode, Refused
from uconnect.domain.keys import AddressKey, Mailbox, OpenThreadCountKey, PartyKey, SchoolsOf
from uconnect.domain.models import KIND_OF, Owner
from uconnect.domain.views.admin import Account
from uconnect.domain.views.admin import account as shown


def schools(context: Context, after: Account | None, most: int) -> Plan[tuple[Account, ...]]:
    """The schools by name, those that follow `after`."""
    listing = SchoolsOf((after.name.lower(), after.id) if after else None, most)
    found = context.list(listing)
    context.load(*(OpenThreadCountKey(school.id, Mailbox.RECEIVED) for school in found))
    return Plan(tuple(shown(school, context.get(OpenThreadCountKey(school.id, Mailbox.RECEIVED))) for school in found))


def account(context: Context, email: str, kind: Kind) -> Plan[Account]:
    """The user or the school of an address. Refusals: not_found."""
    owner = find_owner(context, email, kind)
    return Plan(shown(owner, context.get(OpenThreadCountKey(owner.id, Mailbox.RECEIVED))))


def find_owner(context: Context, email: str, kind: Kind) -> Owner:
    """The owner of that kind that an address is, if it has not ended. `email` as it is kept. Refusals: not_found."""
    key = AddressKey(email)
    address = context.get(key)
    if address is None or address.party is None:
        raise Refused(RefusalCode.NOT_FOUND)
    party = context.get(PartyKey(address.party))
    if not isinstance(party, Owner) or KIND_OF[type(party)] is not kind or not rules.may_act(party):
        raise Refused(RefusalCode.NOT_FOUND)
    return party
