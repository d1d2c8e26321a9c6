"""Registers a party on its first authenticated call. The kind (school, worker, user) is fixed from then on."""

from msgspec import Struct
from msgspec.structs import replace

from uconnect.domain import protocol, rules
from uconnect.domain.authorization import require_active
from uconnect.domain.context import Context, Plan
from uconnect.domain.email_addresses import checked
from uconnect.domain.enums import ActKind, Kind
from uconnect.domain.errors import RefusalCode, Refused
from uconnect.domain.jobs import MailSchoolInvitation
from uconnect.domain.keys import AddressKey, LoginKey, PartyKey
from uconnect.domain.models import KIND_OF, Address, Job, Login, LoginSubject, Party, School, User, Worker
from uconnect.domain.notifications import notify_changed, notify_profile
from uconnect.domain.usecases.addresses import free_address, let_go
from uconnect.domain.usecases.school_acts import by_school
from uconnect.domain.views.pages import Done

JOINED_LOGINS = 5  # of one party: a person has one at the university, and a new one if it made their account anew
SITE_OF = {
    Kind.SCHOOL: RefusalCode.SITE_IS_SCHOOL,
    Kind.WORKER: RefusalCode.SITE_IS_WORKER,
    Kind.USER: RefusalCode.SITE_IS_USER,
}


class Registration(Struct, frozen=True, kw_only=True):
    """A verified token that came to the site of a kind. A new party is given `name`.

    `invitation` is the id of the worker whose invitation the person has accepted; empty if none. `joins`: if a party
    has the address, the login is that party's too. For the university's identity provider alone, which says whose an
    address is: a new login of another provider may be somebody who got the address of a party that has left it.
    """

    site: Kind
    issuer: str
    subject: str
    email: str
    name: str
    schools_invited_only: bool = False
    invitation: str = ""
    joins: bool = False


def find_login(context: Context, site: Kind, issuer: str, subject: str) -> Plan[str | None]:
    """The party that a known login is, None if it has never been here.

    Refusals: account_ended, site_is_school, site_is_worker, site_is_user.
    """
    key = LoginKey(issuer, subject)
    login = context.get(key)
    if login is None:
        return Plan(None)
    party = context.get(PartyKey(login.party))
    if isinstance(party, Worker) and party.removed:
        return Plan(None)  # its address is free again: it may be invited anew, as a new party
    return _check_site(party, site)


def register(context: Context, command: Registration) -> Plan[str]:
    """Make the party of a login that is new, by the site it came to. An invitation counts on the worker site only.

    No invitation is accepted by coming here: the person names the one they accept, having read whose it is. Else a
    school could make a worker of somebody who opened another school's letter.

    Refusals: those of `find_login`, address_taken, not_invited, invited (nothing was accepted yet),
    schools_invited_only.
    """
    known = find_login(context, command.site, command.issuer, command.subject).answer
    if known is not None:
        return Plan(known)
    email = checked(command.email)
    context.load(AddressKey(email), LoginKey(command.issuer, command.subject))
    address = context.get(AddressKey(email)) or Address(email=email)
    if address.party is not None:
        party = context.get(PartyKey(address.party))
        _check_site(party, command.site)
        return _join(party, command)
    places = dict.fromkeys((*address.invitations, *((command.invitation,) if command.invitation else ())))
    context.load(*map(PartyKey, places))
    invited = [it for id in places if isinstance(it := context.get(PartyKey(id)), Worker) and _stands(it, email)]
    party = _new_party(context, command, address, invited)
    return Plan(
        party.id,
        puts=(
            party,
            replace(address, party=party.id, school_invited=False),
            Login(issuer=command.issuer, subject=command.subject, party=party.id),
        ),
        deliveries=notify_changed(party.school, what=protocol.ChangedSubject.WORKERS)
        if isinstance(party, Worker)
        else (),
        acts=by_school(party.id, ActKind.JOINED) if isinstance(party, School) else (),
    )


def name_of(context: Context, issuer: str, subject: str) -> Plan[str | None]:
    """What the party of a login is called now; None if it has none yet."""
    login = context.get(LoginKey(issuer, subject))
    party = context.get(PartyKey(login.party)) if login else None
    return Plan(party.name if party and rules.may_act(party) else None)


def change_email(context: Context, issuer: str, subject: str, email: str) -> Plan[None]:
    """A login has proved another address: its party has that one now, unless it is somebody's already.

    The old one is free for anybody, so a worker's invitation goes along: it must not make a worker of whoever comes.
    """
    login_key, new_key = LoginKey(issuer, subject), AddressKey(checked(email))
    context.load(login_key, new_key)
    login, address = context.get(login_key), context.get(new_key) or Address(email=new_key.email)
    if login is None or address.party is not None:
        return Plan(None)
    party = context.get(PartyKey(login.party))
    if party is None or not rules.may_act(party):
        return Plan(None)
    old_key = AddressKey(party.email)
    left = context.get(old_key) or Address(email=old_key.email)
    invitation = (party.id,) if isinstance(party, Worker) else ()
    moved = replace(party, email=new_key.email)
    given_up, deletes = let_go(context, free_address(replace(left, party=None), party.id))
    return Plan(
        None,
        puts=(
            moved,
            *given_up,
            replace(address, party=party.id, invitations=(*address.invitations, *invitation)),
        ),
        deletes=deletes,
        deliveries=notify_profile(context, moved),
        acts=by_school(party.id, ActKind.CHANGED_ADDRESS) if isinstance(party, School) else (),
    )


def invite_school(context: Context, email: str) -> Plan[Done]:
    """The operator lets an address become a school, and writes to it. Refusals: address_taken."""
    key = AddressKey(checked(email))
    address = context.get(key) or Address(email=key.email)
    if address.party is not None:
        raise Refused(RefusalCode.ADDRESS_TAKEN)
    work = Job(id=context.new_id(), due=context.now, task=MailSchoolInvitation(key.email))
    return Plan(Done(), puts=(replace(address, school_invited=True), work))


def _check_site(party: Party | None, site: Kind) -> Plan[str | None]:
    active = require_active(party)
    kind = KIND_OF[type(active)]
    if kind is not site:
        raise Refused(SITE_OF[kind])
    return Plan(active.id)


def _join(party: Party | None, command: Registration) -> Plan[str]:
    """One more login of a party, if it may have one. Refusals: address_taken."""
    login = LoginSubject(command.issuer, command.subject)
    if party is None or not command.joins or len(party.joined_logins) >= JOINED_LOGINS:
        raise Refused(RefusalCode.ADDRESS_TAKEN)
    kept = Login(issuer=login.issuer, subject=login.subject, party=party.id)
    return Plan(party.id, puts=(replace(party, joined_logins=(*party.joined_logins, login)), kept))


def _stands(worker: Worker, email: str) -> bool:
    """Whether this place can be accepted by that address. The address alone opens it: its id is not secret."""
    return rules.is_invited(worker) and worker.email == email


def _new_party(context: Context, command: Registration, address: Address, invited: list[Worker]) -> Party:
    login = LoginSubject(command.issuer, command.subject)
    match command.site:
        case Kind.USER:
            return User(id=context.new_id(), email=address.email, name=command.name, login=login)
        case Kind.SCHOOL:
            if command.schools_invited_only and not address.school_invited:
                raise Refused(RefusalCode.SCHOOLS_INVITED_ONLY)
            return School(id=context.new_id(), email=address.email, name=command.name, login=login)
        case Kind.WORKER:
            accepted = [replace(it, joined=True) for it in invited if it.id == command.invitation]
            waits = RefusalCode.INVITED if invited else RefusalCode.NOT_INVITED
            if not accepted:
                raise Refused(waits)
            return accepted[0]
