"""Signs a person out on every browser: at the identity provider first, then their sockets are closed.

A socket that was closed before the provider knows could be opened again with a token that is still good.
"""

from uconnect.domain import protocol, rate_limit
from uconnect.domain.authorization import load_caller
from uconnect.domain.context import Context, Delivery, Plan
from uconnect.domain.jobs import CloseSockets, EndSignIns
from uconnect.domain.keys import LoginKey, PartyKey, RateLimitKey
from uconnect.domain.models import Job, LoginSubject, logins
from uconnect.domain.usecases import tickets
from uconnect.domain.usecases.rate_limits import consume
from uconnect.domain.views.pages import Done


def sign_out(context: Context, by: str, login: LoginKey) -> Plan[Done]:
    """Sign the caller out everywhere, also here, by whichever of its logins. Refusals: account_ended, too_fast."""
    pacing = RateLimitKey(by, "sign_out")
    context.load(PartyKey(by), pacing)
    every = dict.fromkeys((LoginSubject(login.issuer, login.subject), *logins(load_caller(context, by))))
    used = consume(context, pacing, rate_limit.SIGN_OUT)
    tasks = [EndSignIns(by, it.issuer, it.subject) for it in every]
    return Plan(Done(), puts=(used, *(Job(id=context.new_id(), due=context.now, task=it) for it in tasks)))


def close_sockets(context: Context, party: str) -> Plan[None]:
    """Close the sockets of a party. Who is still signed in comes back at once; another cannot.

    A ticket that was fetched before opens a socket for some seconds more, and that may say hello some seconds later. A
    job closes it.
    """
    wait = (tickets.SECONDS + tickets.HELLO_WITHIN) * 1000
    again = Job(id=context.new_id(), due=context.now + wait, task=CloseSockets(party))
    return Plan(None, puts=(again,), deliveries=_rotate(party))


def close_sockets_again(_: Context, party: str) -> Plan[None]:
    """The same, when no ticket from before is good any longer."""
    return Plan(None, deliveries=_rotate(party))


def _rotate(party: str) -> tuple[Delivery, ...]:
    return (Delivery(party, protocol.Bye(code="rotate")),)
