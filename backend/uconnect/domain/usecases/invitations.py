"""Shows a person the schools that invite them, and accepts an invitation.

Whoever is asked is no party yet. Unknown, another's, withdrawn and already accepted are one and the same answer.
"""

from msgspec.structs import replace

from uconnect.domain import rules
from uconnect.domain.context import Context, Plan
from uconnect.domain.email_addresses import checked
from uconnect.domain.enums import Kind
from uconnect.domain.errors import RefusalCode, Refused
from uconnect.domain.keys import AddressKey, PartyKey
from uconnect.domain.models import School, Worker
from uconnect.domain.usecases.registration import Registration, find_login, register
from uconnect.domain.views.directory import Invitation, invitation
from uconnect.domain.views.pages import Done, InvitationList


def pending(context: Context, who: Registration) -> Plan[InvitationList]:
    """The invitations that the person's address can accept; none once it is a worker.

    Refusals: not_found (on another site), those of `register`.
    """
    if who.site is not Kind.WORKER:
        raise Refused(RefusalCode.NOT_FOUND)
    known = find_login(context, who.site, who.issuer, who.subject)
    if known.answer is not None:
        return Plan(InvitationList(()))
    key = AddressKey(checked(who.email))
    address = context.get(key)
    places = () if address is None or address.party is not None else address.invitations
    context.load(*map(PartyKey, places))
    invited = [it for id in places if isinstance(it := context.get(PartyKey(id)), Worker) and rules.is_invited(it)]
    context.load(*(PartyKey(it.school) for it in invited))
    schools = [context.get(PartyKey(it.school)) for it in invited]
    pairs = zip(invited, schools, strict=True)
    return Plan(InvitationList(tuple(invitation(it, school) for it, school in pairs if isinstance(school, School))))


def accept(context: Context, who: Registration, id: str) -> Plan[Done]:
    """Becomes the worker whom this invitation is for. A repeated call gets the first answer.

    Refusals: not_found (nothing that this address can accept), those of `register`.
    """
    if who.site is not Kind.WORKER:
        raise Refused(RefusalCode.NOT_FOUND)
    try:
        entered = register(context, replace(who, invitation=id))
    except Refused as refused:
        if refused.refusal in (RefusalCode.INVITED.refusal, RefusalCode.NOT_INVITED.refusal):
            raise Refused(RefusalCode.NOT_FOUND) from None
        raise
    if entered.answer != id:
        raise Refused(RefusalCode.NOT_FOUND)
    return entered.answering(Done())


def invited_by(context: Context, id: str) -> Plan[Invitation]:
    """Shows who invites. Anyone who has the link may ask, so that a person can read it before they sign in.

    The answer does not depend on whether the invited address has an account: else a school could find out.
    Refusals: not_found.
    """
    worker = context.get(PartyKey(id))
    school_key = PartyKey(worker.school if isinstance(worker, Worker) else id)
    school = context.get(school_key)
    if isinstance(worker, Worker) and rules.is_invited(worker) and isinstance(school, School):
        return Plan(invitation(worker, school))
    raise Refused(RefusalCode.NOT_FOUND)
