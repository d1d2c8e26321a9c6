"""Lets a school invite, list and remove its own workers (rule 5)."""

from msgspec.structs import replace

from uconnect.domain import protocol, rate_limit, rules
from uconnect.domain.authorization import load_calling_school
from uconnect.domain.context import Context, Delivery, Plan
from uconnect.domain.email_addresses import checked
from uconnect.domain.enums import ActKind
from uconnect.domain.errors import RefusalCode, Refused
from uconnect.domain.jobs import MailWorkerInvitation, ReturnThreads
from uconnect.domain.keys import (
    AddressKey,
    IdempotencyKey,
    Mailbox,
    OpenThreadCountKey,
    PartyKey,
    RateLimitKey,
    WorkersWaitingKey,
)
from uconnect.domain.models import Address, IdempotencyRecord, Job, Party, School, Worker
from uconnect.domain.notifications import notify_changed
from uconnect.domain.request_bodies import Invite
from uconnect.domain.usecases.addresses import free_address, let_go
from uconnect.domain.usecases.rate_limits import consume
from uconnect.domain.usecases.school_acts import by_school
from uconnect.domain.views.directory import worker_card
from uconnect.domain.views.pages import Done, WorkerList

INVITATIONS = 20  # asked about of one address; an older one is accepted by its own letter alone


def workers(context: Context, by: str) -> Plan[WorkerList]:
    """The school's workers, invited ones too. Refusals: account_ended, not_found."""
    school = load_calling_school(context, by)
    loads, waiting = (
        [OpenThreadCountKey(id, Mailbox.HANDLED) for id in school.workers],
        WorkersWaitingKey(by, school.workers),
    )
    context.load(*map(PartyKey, school.workers), *loads, waiting)
    counted = context.get(waiting)
    found = zip(school.workers, loads, counted.counts if counted else (), strict=True)
    cards = tuple(
        worker_card(worker, context.get(load), waits)
        for id, load, waits in found
        if isinstance(worker := context.get(PartyKey(id)), Worker)
    )
    return Plan(WorkerList(workers=cards, most=rules.FIVE))


def invite(context: Context, by: str, command: Invite) -> Plan[Done]:
    """Invite an address to be a worker of this school. Whether the address has an account is not told.

    Refusals: account_ended, not_found, five_workers, too_fast.
    """
    email = checked(command.email)
    # A key belongs to one kind of act: one that raised a thread before does not answer an invitation.
    receipt, pacing, address_key = (
        IdempotencyKey(by, f"invite.{command.key}"),
        RateLimitKey(by, "invite"),
        AddressKey(email),
    )
    school = load_calling_school(context, by)
    context.load(receipt, pacing, address_key, *(PartyKey(id) for id in school.workers))
    address = context.get(address_key) or Address(email=email)
    # Invited twice is invited once, whatever key came with it.
    if context.get(receipt) or any(_has(context.get(PartyKey(id)), email) for id in school.workers):
        return Plan(Done())
    if not rules.may_invite_another(school):
        raise Refused(RefusalCode.FIVE_WORKERS)
    used = consume(context, pacing, rate_limit.INVITE)
    worker = Worker(id=context.new_id(), email=email, name=command.name, school=school.id)
    return Plan(
        Done(),
        puts=(
            worker,
            replace(school, workers=(*school.workers, worker.id)),
            replace(address, invitations=(*address.invitations, worker.id)[-INVITATIONS:]),
            IdempotencyRecord(party=by, key=receipt.key, made=worker.id),
            used,
            Job(id=context.new_id(), due=context.now, task=MailWorkerInvitation(worker.id)),
        ),
        deliveries=notify_changed(by, what=protocol.ChangedSubject.WORKERS),
        acts=by_school(by, ActKind.INVITED_WORKER, worker.id),
    )


def resend(context: Context, by: str, worker_id: str) -> Plan[Done]:
    """Write to an invited worker again. Refusals: account_ended, not_found (no longer invited, or never), too_fast."""
    school = load_calling_school(context, by)
    pacing = RateLimitKey(by, "invite")
    context.load(PartyKey(worker_id), pacing)
    worker = context.get(PartyKey(worker_id))
    if not isinstance(worker, Worker) or not rules.may_remove(school, worker) or not rules.is_invited(worker):
        raise Refused(RefusalCode.NOT_FOUND)
    used = consume(context, pacing, rate_limit.INVITE)
    work = Job(id=context.new_id(), due=context.now, task=MailWorkerInvitation(worker.id))
    return Plan(Done(), puts=(used, work), acts=by_school(by, ActKind.INVITED_AGAIN, worker.id))


def remove(context: Context, by: str, worker_id: str) -> Plan[Done]:
    """Remove a worker: from this moment it can do nothing; its threads return to the school, its address is free.

    Refusals: account_ended, not_found (no worker of this school).
    """
    school = load_calling_school(context, by)
    worker = context.get(PartyKey(worker_id))
    if not isinstance(worker, Worker) or not rules.may_remove(school, worker):
        raise Refused(RefusalCode.NOT_FOUND)
    if worker.removed:
        return Plan(Done())
    return replace(part(context, school, worker), acts=by_school(by, ActKind.REMOVED_WORKER, worker.id))


def leave(context: Context, worker: Worker) -> Plan[Done]:
    """A worker ends its own account, as a removal would. Refusals: not_found (it has answered in a thread)."""
    if not rules.may_leave(worker):
        raise Refused(RefusalCode.NOT_FOUND)
    school = context.get(PartyKey(worker.school))
    assert isinstance(school, School)  # a school's record stays, and ends its workers before itself
    return part(context, school, worker)


def part(context: Context, school: School, worker: Worker, due: int | None = None) -> Plan[Done]:
    """A worker and its school go apart: whoever of them asked for it. The rest is done soon, or at `due`."""
    address = context.get(AddressKey(worker.email)) or Address(email=worker.email)
    left, deletes = let_go(context, free_address(address, worker.id))
    return Plan(
        Done(),
        puts=(
            replace(school, workers=tuple(id for id in school.workers if id != worker.id)),
            *left,
            *dismiss(context, worker, context.soon() if due is None else due),
        ),
        deletes=deletes,
        deliveries=(
            Delivery(worker.id, protocol.Bye(code="ended")),
            *notify_changed(school.id, what=protocol.ChangedSubject.WORKERS),
        ),
    )


def _has(worker: Party | None, email: str) -> bool:
    return isinstance(worker, Worker) and worker.email == email


def dismiss(context: Context, worker: Worker, due: int) -> tuple[Worker, Job]:
    """A worker who is one no more, and what remains to be done with its threads."""
    return replace(worker, removed=True), Job(id=context.new_id(), due=due, task=ReturnThreads(worker.id))
