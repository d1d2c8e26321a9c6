"""Who comes in by which door: the first call of a signed-in address makes the party it will be for ever."""

from msgspec import Struct
from msgspec.structs import replace

from uconnect.core.decide.access import calling, standing
from uconnect.core.facts import Decision, Moment, Plan
from uconnect.core.keys import AddressKey, LoginKey, PartyKey
from uconnect.core.model import KIND_OF, Address, Login, Party, School, User, Worker
from uconnect.core.refusals import Refusal, Refused
from uconnect.core.terms import Kind
from uconnect.core.views.directory import Me
from uconnect.core.views.directory import me as shown

SITE_OF = {
    Kind.SCHOOL: Refused.SITE_IS_SCHOOL,
    Kind.WORKER: Refused.SITE_IS_WORKER,
    Kind.USER: Refused.SITE_IS_USER,
}


class Enter(Struct, frozen=True, kw_only=True):
    """A verified token came to the site of `site`: whose is it? `name` serves a party that is new."""

    site: Kind
    issuer: str
    subject: str
    email: str
    name: str
    schools_invited_only: bool = False


def me(at: Moment, by: str) -> Decision[Me]:
    """The caller as it sees itself. Refusals: account_ended."""
    party = yield from calling(by)
    return party if isinstance(party, Refusal) else Plan(shown(party))


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

    Refusals: those of `entering`, address_taken, not_invited, schools_invited_only.
    """
    known = yield from entering(at, command.site, command.issuer, command.subject)
    if isinstance(known, Refusal) or known.answer is not None:
        return known  # type: ignore[return-value]
    email = command.email.lower()
    facts = yield (AddressKey(email), LoginKey(command.issuer, command.subject))
    address = facts.one(AddressKey(email)) or Address(email=email)
    if address.party is not None:
        facts = yield (PartyKey(address.party),)
        met = _at_its_site(facts.one(PartyKey(address.party)), command.site)
        return met if isinstance(met, Refusal) else Refused.ADDRESS_TAKEN.refusal
    facts = yield tuple(PartyKey(id) for id in address.invitations)
    invited = [facts.one(PartyKey(id)) for id in address.invitations]
    party = _new(at, command, email, invited)
    if isinstance(party, Refusal):
        return party
    return Plan(
        party.id,
        puts=(
            party,
            replace(address, party=party.id),
            Login(issuer=command.issuer, subject=command.subject, party=party.id),
        ),
    )


def _at_its_site(party: Party | None, site: Kind) -> Plan[str | None] | Refusal:
    party_or_refusal = standing(party)
    if isinstance(party_or_refusal, Refusal):
        return party_or_refusal
    kind = KIND_OF[type(party_or_refusal)]
    return Plan(party_or_refusal.id) if kind is site else SITE_OF[kind].refusal


def _new(at: Moment, command: Enter, email: str, invited: list[Party | None]) -> Party | Refusal:
    match command.site:
        case Kind.USER:
            return User(id=at.fresh(), email=email, name=command.name)
        case Kind.SCHOOL:
            if command.schools_invited_only:
                return Refused.SCHOOLS_INVITED_ONLY.refusal
            return School(id=at.fresh(), email=email, name=command.name)
        case Kind.WORKER:
            places = [party for party in invited if isinstance(party, Worker) and not party.removed]
            return replace(places[-1], joined=True) if places else Refused.NOT_INVITED.refusal
