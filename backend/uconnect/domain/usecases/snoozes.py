"""A school, and a worker in its own queue, puts a thread off: it leaves the lists of what waits, and comes back.

A snooze is in the viewer's own reference, so nothing that another party does or asks for reads or writes it: nobody
else can learn of it (leak 34). It ends at its time, or when the other side writes. No job ends it: whoever lists or
counts compares it with the clock and with the thread's head.
"""

from msgspec.structs import replace

from uconnect.domain import protocol, rate_limit, rules
from uconnect.domain.authorization import load_membership_inside
from uconnect.domain.context import Context, Delivery, Plan
from uconnect.domain.errors import RefusalCode, Refused
from uconnect.domain.keys import RateLimitKey, SnoozedOf, ThreadKey, ThreadReferenceKey
from uconnect.domain.models import Snooze, Thread, ThreadReference
from uconnect.domain.request_bodies import SnoozeThread
from uconnect.domain.usecases.rate_limits import consume
from uconnect.domain.views import snooze_shown
from uconnect.domain.views.pages import Done

MOST = 100  # of one viewer: what DynamoDB reads in one batch, and what each list leaves out
CLEARED = 20  # snoozes that are over and are removed when there is no room for another
LONGEST = 366 * 24 * 3_600_000  # ms


def snooze(context: Context, by: str, id: str, command: SnoozeThread) -> Plan[Done]:
    """Put an open thread off until a time, and until the other side's next message at the latest.

    Refusals: account_ended, not_found (no such thread, or the caller raised it), malformed (a time that is past, or
    more than a year away), thread_terminated, snoozed_full, too_fast.
    """
    if command.until and not context.now < command.until <= context.now + LONGEST:
        raise Refused(RefusalCode.MALFORMED)
    return _change(context, by, id, command.until)


def wake(context: Context, by: str, id: str) -> Plan[Done]:
    """End a snooze. Refusals: account_ended, not_found (as for snooze), too_fast."""
    return _change(context, by, id, None)


def snoozed_threads(context: Context, by: str) -> tuple[tuple[Thread, ThreadReference], ...]:
    """The threads that a viewer has put off now, the first to come back first; at most MOST."""
    references = context.list(SnoozedOf(by, context.now, MOST))
    context.load(*(ThreadKey(it.thread) for it in references))
    pairs = ((context.get(ThreadKey(it.thread)), it) for it in references)
    return tuple((thread, it) for thread, it in pairs if thread is not None and is_snoozed(thread, it, context.now))


def is_snoozed(thread: Thread, reference: ThreadReference, now: int) -> bool:
    """Whether a snooze goes on: the thread is open and still its viewer's, its time is to come, and nobody has
    written."""
    snooze = reference.snooze
    return (
        snooze is not None
        and snooze.until is not None
        and (snooze.until == 0 or now < snooze.until)
        and rules.is_open(thread)
        and rules.role_of(thread, reference.viewer) is not None
        and thread.asked.messages == snooze.messages
    )


def _change(context: Context, by: str, id: str, until: int | None) -> Plan[Done]:
    membership = load_membership_inside(context, by, id)
    thread, reference = membership.thread, membership.reference
    pace = RateLimitKey(by, "snooze")
    context.load(pace)  # before the list: two at one moment both write it, so that the second one counts the first
    cleared: tuple[ThreadReference, ...] = ()
    if until is not None:
        if not rules.is_open(thread):
            raise Refused(RefusalCode.THREAD_TERMINATED)
        cleared = _make_room(context, reference)
    reference = changed(reference, until, thread.asked.messages)
    shown = snooze_shown(reference)
    assert shown is not None
    return Plan(
        Done(),
        puts=(reference, *cleared, consume(context, pace, rate_limit.SNOOZE)),
        guards=(ThreadKey(thread.id),),  # a worker taken off meanwhile must not leave a snooze
        deliveries=(Delivery(by, protocol.SnoozeChanged(id=id, snooze=shown)),),
    )


def changed(reference: ThreadReference, until: int | None, messages: int = 0) -> ThreadReference:
    """The reference with another snooze, or with None with one that is over."""
    rev = reference.snooze.rev + 1 if reference.snooze else 1
    return replace(reference, snooze=Snooze(rev=rev, until=until, messages=messages))


def _make_room(context: Context, added: ThreadReference) -> tuple[ThreadReference, ...]:
    """The references to write without their snoozes, so that there is room for another. Refusals: snoozed_full."""
    found = [it for it in context.list(SnoozedOf(added.viewer, context.now, MOST)) if it.id != added.id]
    if len(found) < MOST:
        return ()
    going_on = {it.id for _, it in snoozed_threads(context, added.viewer)}
    over = [ThreadReferenceKey(it.viewer, it.id) for it in found if it.id not in going_on][:CLEARED]
    if not over:
        raise Refused(RefusalCode.SNOOZED_FULL)
    context.load(*over)
    references = map(context.get, over)
    return tuple(changed(it, None) for it in references if it is not None)
