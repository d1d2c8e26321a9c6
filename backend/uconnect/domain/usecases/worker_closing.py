"""Ends workers' accounts and invitations for the operator, whom a person asked to be erased (decision 0076).

It is rule 5's removal, by the operator in the school's place. They do not go through authorization: no HTTP operation
exposes them.
"""

from uconnect.domain.context import Context, Plan
from uconnect.domain.keys import AddressKey, PartyKey
from uconnect.domain.models import School, Worker
from uconnect.domain.usecases import workers


def workers_at(context: Context, email: str) -> Plan[tuple[str, ...]]:
    """The ids of the worker that an address is, and of those that it is invited to become; none if neither."""
    address = context.get(AddressKey(email))
    if address is None:
        return Plan(())
    ids = dict.fromkeys((*((address.party,) if address.party else ()), *address.invitations))
    context.load(*map(PartyKey, ids))
    return Plan(tuple(id for id in ids if _is_there(context.get(PartyKey(id)))))


def close_worker(context: Context, worker: str) -> Plan[str]:
    """Part a worker from its school, or withdraw an invitation. Jobs return its threads and erase its name and address.

    The answer is its id, also if it was gone already.
    """
    found = context.get(PartyKey(worker))
    if not isinstance(found, Worker) or found.removed:
        return Plan(worker)
    school = context.get(PartyKey(found.school))
    assert isinstance(school, School)  # a school's record stays, and ends its workers before itself
    return workers.part(context, school, found, context.now).answering(worker)  # an operator waits for the rest


def _is_there(party: object) -> bool:
    return isinstance(party, Worker) and not party.removed
