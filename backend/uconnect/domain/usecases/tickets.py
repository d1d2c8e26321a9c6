"""Issues and redeems tickets: each opens one socket, once, within half a minute."""

import hashlib
from dataclasses import dataclass

from msgspec.structs import replace

from uconnect.domain import rate_limit, rules
from uconnect.domain.authorization import load_caller
from uconnect.domain.context import Context, Plan
from uconnect.domain.keys import PartyKey, RateLimitKey, TicketKey
from uconnect.domain.models import Ticket
from uconnect.domain.usecases.rate_limits import consume
from uconnect.domain.views.pages import TicketShown

SECONDS = 30
HELLO_WITHIN = 30  # seconds in which a socket that has opened says hello: before that, some homes do not list it
RATE_LIMIT = "ticket"  # a site takes one whenever it opens: its state also says when that was


@dataclass(frozen=True, slots=True)
class TicketHolder:
    """Whose socket a ticket opens, and the session that it was fetched in."""

    party: str
    session: str


def hash_ticket(ticket: str) -> str:
    """What is kept of a ticket: a copy of the store opens no socket."""
    return hashlib.sha256(ticket.encode()).hexdigest()


def issue(context: Context, by: str, session: str = "") -> Plan[TicketShown]:
    """A new ticket for the caller, signed in by `session`. Refusals: account_ended, too_fast.

    One that is counted and then not kept opens nothing, and its caller asks for another.
    """
    load_caller(context, by)
    pacing = RateLimitKey(by, RATE_LIMIT)
    used = consume(context, pacing, rate_limit.TICKET)
    ticket = context.new_id() + context.new_id()
    return Plan(
        TicketShown(ticket=ticket, seconds=SECONDS),
        puts=(
            replace(used, at=context.now),
            Ticket(hashed=hash_ticket(ticket), party=by, expires=context.now + SECONDS * 1000, session=session),
        ),
        separable=True,
    )


def is_kept(context: Context, ticket: str) -> Plan[bool]:
    """Whether there is such a ticket, good or late. To be asked first: who has none makes nobody write."""
    return Plan(context.get(TicketKey(hash_ticket(ticket))) is not None)


def redeem(context: Context, ticket: str) -> Plan[TicketHolder | None]:
    """Whose a ticket was, deleting it as it is read; None if it is unknown, used, late or its party ended."""
    key = TicketKey(hash_ticket(ticket))
    found = context.get(key)
    if found is None:
        return Plan(None)
    party = context.get(PartyKey(found.party))
    valid = found.expires > context.now and party is not None and rules.may_act(party)
    return Plan(TicketHolder(found.party, found.session) if valid else None, deletes=(key,))
