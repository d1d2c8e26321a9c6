"""A school's workers: invited, listed and removed by it, and by no one else (rule 5)."""

from msgspec.structs import replace

from uconnect.core import pace, rules, wire
from uconnect.core.addresses import checked
from uconnect.core.commands import Invite
from uconnect.core.decide.access import Looking, calling_school
from uconnect.core.decide.fanout import changed
from uconnect.core.decide.pacing import one_more
from uconnect.core.facts import Decision, Delivery, Moment, Plan
from uconnect.core.keys import AddressKey, LoadOf, PaceKey, PartyKey, ReceiptKey, Shelf
from uconnect.core.model import Address, Party, Receipt, School, Todo, Worker
from uconnect.core.refusals import Refusal, Refused
from uconnect.core.tasks import Return, Write
from uconnect.core.views.directory import worker_card
from uconnect.core.views.pages import Done, WorkerList

INVITATIONS = 20  # asked about of one address; an older one is accepted by its own letter alone


def workers(at: Moment, by: str) -> Decision[WorkerList]:
    """The school's workers, invited ones too. Refusals: account_ended, not_found."""
    school = yield from calling_school(by)
    if isinstance(school, Refusal):
        return school
    facts = yield tuple(key for id in school.workers for key in (PartyKey(id), LoadOf(id, Shelf.HANDLED)))
    found = ((facts.one(PartyKey(id)), facts.one(LoadOf(id, Shelf.HANDLED))) for id in school.workers)
    cards = tuple(worker_card(worker, load) for worker, load in found if isinstance(worker, Worker))
    return Plan(WorkerList(workers=cards, most=rules.FIVE))


def invite(at: Moment, by: str, command: Invite) -> Decision[Done]:
    """Invite an address to be a worker of this school. Whether the address has an account is not told.

    Refusals: account_ended, not_found, five_workers, too_fast.
    """
    email = checked(command.email)
    # A key belongs to one kind of act: one that raised a thread before does not answer an invitation.
    receipt, pacing, address_key = ReceiptKey(by, f"invite.{command.key}"), PaceKey(by, "invite"), AddressKey(email)
    school = yield from calling_school(by)
    if isinstance(school, Refusal):
        return school
    facts = yield (receipt, pacing, address_key, *(PartyKey(id) for id in school.workers))
    address = facts.one(address_key) or Address(email=email)
    # Invited twice is invited once, whatever key came with it.
    if facts.one(receipt) or any(_has(facts.one(PartyKey(id)), email) for id in school.workers):
        return Plan(Done())
    if not rules.may_invite_another(school):
        return Refused.FIVE_WORKERS.refusal
    used = one_more(at, facts, pacing, pace.INVITE)
    if used is None:
        return Refused.TOO_FAST.refusal
    worker = Worker(id=at.fresh(), email=email, name=command.name, school=school.id)
    return Plan(
        Done(),
        puts=(
            worker,
            replace(school, workers=(*school.workers, worker.id)),
            replace(address, invitations=(*address.invitations, worker.id)[-INVITATIONS:]),
            Receipt(party=by, key=receipt.key, made=worker.id),
            used,
            Todo(id=at.fresh(), due=at.now, task=Write(worker.id)),
        ),
        deliveries=changed(by, what=wire.What.WORKERS),
    )


def resend(at: Moment, by: str, worker_id: str) -> Decision[Done]:
    """Write to an invited worker again. Refusals: account_ended, not_found (no longer invited, or never), too_fast."""
    school = yield from calling_school(by)
    if isinstance(school, Refusal):
        return school
    pacing = PaceKey(by, "invite")
    facts = yield (PartyKey(worker_id), pacing)
    worker = facts.one(PartyKey(worker_id))
    if not isinstance(worker, Worker) or not rules.may_remove(school, worker) or not rules.is_invited(worker):
        return Refused.NOT_FOUND.refusal
    used = one_more(at, facts, pacing, pace.INVITE)
    if used is None:
        return Refused.TOO_FAST.refusal
    work = Todo(id=at.fresh(), due=at.now, task=Write(worker.id))
    return Plan(Done(), puts=(used, work))


def remove(at: Moment, by: str, worker_id: str) -> Decision[Done]:
    """Remove a worker: from this moment it can do nothing; its threads return to the school, its address is free.

    Refusals: account_ended, not_found (no worker of this school).
    """
    school = yield from calling_school(by)
    if isinstance(school, Refusal):
        return school
    facts = yield (PartyKey(worker_id),)
    worker = facts.one(PartyKey(worker_id))
    if not isinstance(worker, Worker) or not rules.may_remove(school, worker):
        return Refused.NOT_FOUND.refusal
    if worker.removed:
        return Plan(Done())
    return (yield from _parted(at, school, worker))


def leave(at: Moment, worker: Worker) -> Decision[Done]:
    """A worker ends its own account, as a removal would. Refusals: not_found (it has answered in a thread)."""
    if not rules.may_leave(worker):
        return Refused.NOT_FOUND.refusal
    facts = yield (PartyKey(worker.school),)
    school = facts.one(PartyKey(worker.school))
    assert isinstance(school, School)  # a school's record stays, and ends its workers before itself
    return (yield from _parted(at, school, worker))


def _parted(at: Moment, school: School, worker: Worker) -> Looking[Plan[Done]]:
    """A worker and its school go apart: whoever of them asked for it."""
    key = AddressKey(worker.email)
    facts = yield (key,)
    return Plan(
        Done(),
        puts=(
            replace(school, workers=tuple(id for id in school.workers if id != worker.id)),
            freed(facts.one(key) or Address(email=worker.email), worker.id),
            *dismissed(at, worker, at.soon()),
        ),
        deliveries=(Delivery(worker.id, wire.Bye(code="ended")), *changed(school.id, what=wire.What.WORKERS)),
    )


def _has(worker: Party | None, email: str) -> bool:
    return isinstance(worker, Worker) and worker.email == email


def dismissed(at: Moment, worker: Worker, due: int) -> tuple[Worker, Todo]:
    """A worker who is one no more, and what remains to be done with its threads."""
    return replace(worker, removed=True), Todo(id=at.fresh(), due=due, task=Return(worker.id))


def freed(address: Address, *parties: str) -> Address:
    """An address that is none of these parties any more, and invites to none of their places."""
    return replace(
        address,
        party=None if address.party in parties else address.party,
        invitations=tuple(id for id in address.invitations if id not in parties),
    )
