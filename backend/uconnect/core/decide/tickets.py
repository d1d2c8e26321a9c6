"""Single-use tickets: the right to open one socket, once, within half a minute."""

import hashlib
from dataclasses import dataclass

from uconnect.core import pace
from uconnect.core.decide.access import calling
from uconnect.core.decide.pacing import one_more
from uconnect.core.facts import Decision, Moment, Plan
from uconnect.core.keys import PaceKey, TicketKey
from uconnect.core.model import Ticket
from uconnect.core.refusals import Refusal, Refused
from uconnect.core.views.pages import TicketShown

SECONDS = 30


@dataclass(frozen=True, slots=True)
class Admitted:
    """Whose socket a ticket opens, and the session that it was fetched in."""

    party: str
    session: str


def hashed(ticket: str) -> str:
    """What is kept of a ticket: a copy of the store opens no socket."""
    return hashlib.sha256(ticket.encode()).hexdigest()


def issue(at: Moment, by: str, session: str = "") -> Decision[TicketShown]:
    """A new ticket for the caller, signed in by `session`. Refusals: account_ended, too_fast."""
    party = yield from calling(by)
    if isinstance(party, Refusal):
        return party
    pacing = PaceKey(by, "ticket")
    used = one_more(at, (yield (pacing,)), pacing, pace.TICKET)
    if used is None:
        return Refused.TOO_FAST.refusal
    ticket = at.fresh() + at.fresh()
    return Plan(
        TicketShown(ticket=ticket, seconds=SECONDS),
        puts=(
            Ticket(hashed=hashed(ticket), party=by, expires=at.now + SECONDS * 1000, session=session),
            used,
        ),
    )


def is_kept(at: Moment, ticket: str) -> Decision[bool]:
    """Whether there is such a ticket, good or late. To be asked first: who has none makes nobody write."""
    key = TicketKey(hashed(ticket))
    facts = yield (key,)
    return Plan(facts.one(key) is not None)


def redeem(at: Moment, ticket: str) -> Decision[Admitted | None]:
    """Whose a ticket was, deleting it as it is read; None if it is unknown, used, late or its party ended."""
    key = TicketKey(hashed(ticket))
    facts = yield (key,)
    found = facts.one(key)
    if found is None:
        return Plan(None)
    party = yield from calling(found.party)
    valid = found.expires > at.now and not isinstance(party, Refusal)
    return Plan(Admitted(found.party, found.session) if valid else None, deletes=(key,))


def arrive(at: Moment, by: str) -> Decision[None]:
    """Whether a party that has opened a socket is still one. Refusals: account_ended."""
    party = yield from calling(by)
    return party if isinstance(party, Refusal) else Plan(None)
