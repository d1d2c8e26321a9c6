"""What an invited person is asked: which schools invite them, and whose invitation they accept.

Whoever is asked is no party yet. Unknown, another's, withdrawn and already accepted are one and the same answer.
"""

from msgspec.structs import replace

from uconnect.core import rules
from uconnect.core.addresses import checked
from uconnect.core.decide.accounts import Enter, enter, entering
from uconnect.core.facts import Decision, Moment, Plan
from uconnect.core.keys import AddressKey, PartyKey
from uconnect.core.model import School, Worker
from uconnect.core.refusals import Refusal, Refused
from uconnect.core.terms import Kind
from uconnect.core.views.directory import Invitation, invitation
from uconnect.core.views.pages import Done, InvitationList


def pending(at: Moment, who: Enter) -> Decision[InvitationList]:
    """The invitations that the person's address can accept; none once it is a worker.

    Refusals: not_found (on another site), those of `entering`.
    """
    if who.site is not Kind.WORKER:
        return Refused.NOT_FOUND.refusal
    known = yield from entering(at, who.site, who.issuer, who.subject)
    if isinstance(known, Refusal):
        return known
    if known.answer is not None:
        return Plan(InvitationList(()))
    key = AddressKey(checked(who.email))
    facts = yield (key,)
    address = facts.one(key)
    places = () if address is None or address.party is not None else address.invitations
    facts = yield tuple(map(PartyKey, places))
    invited = [it for id in places if isinstance(it := facts.one(PartyKey(id)), Worker) and rules.is_invited(it)]
    facts = yield tuple(PartyKey(it.school) for it in invited)
    schools = [facts.one(PartyKey(it.school)) for it in invited]
    pairs = zip(invited, schools, strict=True)
    return Plan(InvitationList(tuple(invitation(it, school) for it, school in pairs if isinstance(school, School))))


def accept(at: Moment, who: Enter, place: str) -> Decision[Done]:
    """Become the worker of this place; said again, it is answered as the first time.

    Refusals: not_found (nothing that this address can accept), those of `entering`.
    """
    if who.site is not Kind.WORKER:
        return Refused.NOT_FOUND.refusal
    entered = yield from enter(at, replace(who, place=place))
    if isinstance(entered, Refusal):
        nothing = entered.code in (Refused.INVITED.refusal.code, Refused.NOT_INVITED.refusal.code)
        return Refused.NOT_FOUND.refusal if nothing else entered
    return entered.answering(Done()) if entered.answer == place else Refused.NOT_FOUND.refusal


def invited_by(at: Moment, place: str) -> Decision[Invitation]:
    """Who invites to a place: for everyone who has its link, so that a person reads it before they sign in.

    Whether the invited address is somebody already changes nothing in it: else a school could ask. Refusals: not_found.
    """
    facts = yield (PartyKey(place),)
    worker = facts.one(PartyKey(place))
    school_key = PartyKey(worker.school if isinstance(worker, Worker) else place)
    facts = yield (school_key,)
    school = facts.one(school_key)
    if isinstance(worker, Worker) and rules.is_invited(worker) and isinstance(school, School):
        return Plan(invitation(worker, school))
    return Refused.NOT_FOUND.refusal
