"""Who comes in by which door: the first call of a signed-in address makes the party it will be for ever."""

from msgspec import Struct
from msgspec.structs import replace

from uconnect.core import rules, wire
from uconnect.core.addresses import checked
from uconnect.core.decide.access import standing
from uconnect.core.decide.fanout import changed
from uconnect.core.facts import Decision, Moment, Plan
from uconnect.core.keys import AddressKey, LoginKey, PartyKey
from uconnect.core.model import KIND_OF, Address, Login, Party, School, Subject, Todo, User, Worker
from uconnect.core.refusals import Refusal, Refused
from uconnect.core.tasks import Welcome
from uconnect.core.terms import Kind
from uconnect.core.views.pages import Done

SITE_OF = {
    Kind.SCHOOL: Refused.SITE_IS_SCHOOL,
    Kind.WORKER: Refused.SITE_IS_WORKER,
    Kind.USER: Refused.SITE_IS_USER,
}


class Enter(Struct, frozen=True, kw_only=True):
    """A verified token came to the site of `site`: whose is it? `name` serves a party that is new.

    `place` names the one worker's place whose invitation the person has accepted, empty if none.
    """

    site: Kind
    issuer: str
    subject: str
    email: str
    name: str
    schools_invited_only: bool = False
    place: str = ""


def entering(at: Moment, site: Kind, issuer: str, subject: str) -> Decision[str | None]:
    """The party that a known login is, None if it has never been here.

    Refusals: account_ended, site_is_school, site_is_worker, site_is_user.
    """
    key = LoginKey(issuer, subject)
    facts = yield (key,)
    login = facts.one(key)
    if login is None:
        return Plan(None)
    facts = yield (PartyKey(login.party),)
    party = facts.one(PartyKey(login.party))
    if isinstance(party, Worker) and party.removed:
        return Plan(None)  # its address is free again: it may be invited anew, as a new party
    return _at_its_site(party, site)


def enter(at: Moment, command: Enter) -> Decision[str]:
    """Make the party of a login that is new, by the site it came to. An invitation counts on the worker site only.

    No invitation is accepted by coming here: the person names the one they accept, having read whose it is. Else a
    school could make a worker of somebody who opened another school's letter.

    Refusals: those of `entering`, address_taken, not_invited, invited (nothing was accepted yet), schools_invited_only.
    """
    known = yield from entering(at, command.site, command.issuer, command.subject)
    if isinstance(known, Refusal) or known.answer is not None:
        return known  # type: ignore[return-value]
    email = checked(command.email)
    facts = yield (AddressKey(email), LoginKey(command.issuer, command.subject))
    address = facts.one(AddressKey(email)) or Address(email=email)
    if address.party is not None:
        facts = yield (PartyKey(address.party),)
        met = _at_its_site(facts.one(PartyKey(address.party)), command.site)
        return met if isinstance(met, Refusal) else Refused.ADDRESS_TAKEN.refusal
    places = dict.fromkeys((*address.invitations, *((command.place,) if command.place else ())))
    facts = yield tuple(map(PartyKey, places))
    invited = [it for id in places if isinstance(it := facts.one(PartyKey(id)), Worker) and _stands(it, email)]
    party = _new(at, command, address, invited)
    if isinstance(party, Refusal):
        return party
    return Plan(
        party.id,
        puts=(
            party,
            replace(address, party=party.id, school_invited=False),
            Login(issuer=command.issuer, subject=command.subject, party=party.id),
        ),
        deliveries=changed(party.school, what=wire.What.WORKERS) if isinstance(party, Worker) else (),
    )


def moved(at: Moment, issuer: str, subject: str, email: str) -> Decision[None]:
    """A login has proved another address: its party has that one now, unless it is somebody's already.

    The old one is free for anybody, so a worker's invitation goes along: it must not make a worker of whoever comes.
    """
    login_key, new_key = LoginKey(issuer, subject), AddressKey(checked(email))
    facts = yield (login_key, new_key)
    login, address = facts.one(login_key), facts.one(new_key) or Address(email=new_key.email)
    if login is None or address.party is not None:
        return Plan(None)
    facts = yield (PartyKey(login.party),)
    party = facts.one(PartyKey(login.party))
    if isinstance(standing(party), Refusal) or party is None:
        return Plan(None)
    old_key = AddressKey(party.email)
    facts = yield (old_key,)
    left = facts.one(old_key) or Address(email=old_key.email)
    place = (party.id,) if isinstance(party, Worker) else ()
    told = changed(party.school, what=wire.What.WORKERS) if isinstance(party, Worker) else ()
    return Plan(
        None,
        puts=(
            replace(party, email=new_key.email),
            replace(left, party=None, invitations=tuple(id for id in left.invitations if id != party.id)),
            replace(address, party=party.id, invitations=(*address.invitations, *place)),
        ),
        deliveries=(*changed(party.id, what=wire.What.ME), *told),
    )


def invite_school(at: Moment, email: str) -> Decision[Done]:
    """The operator lets an address become a school, and writes to it. Refusals: address_taken."""
    key = AddressKey(checked(email))
    facts = yield (key,)
    address = facts.one(key) or Address(email=key.email)
    if address.party is not None:
        return Refused.ADDRESS_TAKEN.refusal
    work = Todo(id=at.fresh(), due=at.now, task=Welcome(key.email))
    return Plan(Done(), puts=(replace(address, school_invited=True), work))


def _at_its_site(party: Party | None, site: Kind) -> Plan[str | None] | Refusal:
    party_or_refusal = standing(party)
    if isinstance(party_or_refusal, Refusal):
        return party_or_refusal
    kind = KIND_OF[type(party_or_refusal)]
    return Plan(party_or_refusal.id) if kind is site else SITE_OF[kind].refusal


def _stands(worker: Worker, email: str) -> bool:
    """Whether this place can be accepted by that address. The address alone opens it: its id is not secret."""
    return rules.is_invited(worker) and worker.email == email


def _new(at: Moment, command: Enter, address: Address, invited: list[Worker]) -> Party | Refusal:
    login = Subject(command.issuer, command.subject)
    match command.site:
        case Kind.USER:
            return User(id=at.fresh(), email=address.email, name=command.name, login=login)
        case Kind.SCHOOL:
            if command.schools_invited_only and not address.school_invited:
                return Refused.SCHOOLS_INVITED_ONLY.refusal
            return School(id=at.fresh(), email=address.email, name=command.name, login=login)
        case Kind.WORKER:
            accepted = [replace(it, joined=True) for it in invited if it.id == command.place]
            waits = Refused.INVITED if invited else Refused.NOT_INVITED
            return accepted[0] if accepted else waits.refusal
