"""Deletes again what a restored backup has brought back (leak 29). Each may be repeated, and does nothing the second
time. They do not go through authorization: no HTTP operation exposes them.
"""

from msgspec.structs import replace

from uconnect.domain.context import Context, Plan
from uconnect.domain.keys import IdempotencyKey, PartyKey, ThreadKey, ThreadReferenceKey
from uconnect.domain.models import Owner, School, Worker
from uconnect.domain.usecases import account_closing, workers
from uconnect.domain.usecases.assignment import purge_job
from uconnect.domain.views.pages import Done


def erase_thread(context: Context, id: str) -> Plan[Done]:
    """Delete a thread, open or ended, for everyone. A job erases its messages."""
    thread = context.get(ThreadKey(id))
    if thread is None:
        return Plan(Done())
    raiser, school = thread.raiser, thread.school
    owner = context.get(PartyKey(raiser.party))
    left: tuple[Owner, ...] = ()
    if isinstance(owner, Owner):
        left = (replace(owner, open=tuple(it for it in owner.open if it != id), rev=owner.rev + 1),)
    return Plan(
        Done(),
        puts=(*left, purge_job(context, id)),
        deletes=(
            ThreadKey(id),
            ThreadReferenceKey(raiser.party, raiser.id),
            ThreadReferenceKey(school.party, school.id),
            IdempotencyKey(raiser.party, thread.key),
        ),
    )


def end_account(context: Context, party: str) -> Plan[Done]:
    """End the account of a user or a school, whatever it has open. Jobs do the rest."""
    found = context.get(PartyKey(party))
    if not isinstance(found, Owner) or found.ended:
        return Plan(Done())
    return account_closing.end_anyway(context, found)


def dismiss(context: Context, worker: str) -> Plan[Done]:
    """Part a worker from its school. Jobs do the rest."""
    found = context.get(PartyKey(worker))
    if not isinstance(found, Worker) or found.removed:
        return Plan(Done())
    school = context.get(PartyKey(found.school))
    assert isinstance(school, School)  # a school's record stays, and ends its workers before itself
    return workers.part(context, school, found)
