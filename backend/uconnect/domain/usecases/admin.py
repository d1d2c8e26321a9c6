"""Operator commands. They do not go through authorization: no HTTP operation exposes them."""

from uconnect.domain import rules
from uconnect.domain.context import Context, Plan
from uconnect.domain.enums import Kind
from uconnect.domain.errors import RefusalCode, Refused
from uconnect.domain.keys import AddressKey, LoginKey, Mailbox, OpenThreadCountKey, PartyKey, SchoolsOf
from uconnect.domain.models import KIND_OF, Owner
from uconnect.domain.views.admin import Account, AccountHolder, PartyState
from uconnect.domain.views.admin import account as shown
from uconnect.domain.views.admin import account_holder as holder


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


def holders(context: Context, issuer: str, subjects: tuple[str, ...]) -> Plan[tuple[AccountHolder, ...]]:
    """The party of each of these logins."""
    logins = [LoginKey(issuer, it) for it in subjects]
    context.load(*logins)
    ids = [login.party if (login := context.get(key)) else None for key in logins]
    context.load(*(PartyKey(id) for id in ids if id is not None))
    return Plan(tuple(holder(context.get(PartyKey(id)) if id is not None else None) for id in ids))


def parties(context: Context, ids: tuple[str, ...]) -> Plan[tuple[AccountHolder, ...]]:
    """What is left of each of these parties."""
    context.load(*map(PartyKey, ids))
    return Plan(tuple(holder(context.get(PartyKey(id))) for id in ids))


def release_login(context: Context, issuer: str, subject: str) -> Plan[str]:
    """Forget a login that is nobody's: it has opened no site, or its worker was removed. The id of that worker, empty
    if none. Refusals: not_found (the login is somebody's, whose account is closed and not its login alone)."""
    (found,) = holders(context, issuer, (subject,)).answer
    if found.state not in {PartyState.NONE, PartyState.REMOVED}:
        raise Refused(RefusalCode.NOT_FOUND)
    key = LoginKey(issuer, subject)
    return Plan(found.id, deletes=(key,) if context.get(key) else ())
