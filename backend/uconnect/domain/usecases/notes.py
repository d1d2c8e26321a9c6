"""Internal notes: a school and its workers write them in a stream that is not the log and that no raiser sees."""

from msgspec.structs import replace

from uconnect.domain import rate_limit, views
from uconnect.domain.authorization import Membership, load_membership_inside, visible_to_others
from uconnect.domain.context import Context, Plan
from uconnect.domain.hidden_from_worker import load_hidden
from uconnect.domain.hidden_words import NOTHING_HIDDEN
from uconnect.domain.keys import IdempotencyKey, InternalEntriesOf, InternalEntryKey, RateLimitKey
from uconnect.domain.models import IdempotencyRecord, InternalEntry, Note
from uconnect.domain.notifications import notify_internal_entry
from uconnect.domain.request_bodies import WriteNote
from uconnect.domain.usecases.rate_limits import consume
from uconnect.domain.views.pages import InternalEntryPage, NoteShown


def write(context: Context, by: str, id: str, command: WriteNote) -> Plan[NoteShown]:
    """Write a note beside a thread, open or terminated. A key used before is answered as the first time.

    Refusals: account_ended, not_found (no such thread, or the caller raised it), too_fast.
    """
    membership = load_membership_inside(context, by, id)
    thread = membership.thread
    # Within the thread: a key is unique for (thread, author), and its note is erased with the thread.
    receipt, pacing = IdempotencyKey(by, f"{thread.id}.{command.key}"), RateLimitKey(by, "note")
    context.load(receipt, pacing)
    before = context.get(receipt)
    if before is not None:
        return Plan(_show(membership, context.get(InternalEntryKey(thread.id, int(before.made)))))
    used = consume(context, pacing, rate_limit.NOTE)
    head = replace(thread, internal_seq=thread.internal_seq + 1)
    note = Note(thread=thread.id, seq=head.internal_seq, at=context.now, author=by, key=command.key, text=command.text)
    return Plan(
        _show(membership, note),
        puts=(head, note, IdempotencyRecord(party=by, key=receipt.key, made=str(note.seq)), used),
        deliveries=notify_internal_entry(visible_to_others(context, head), note),
    )


def notes(context: Context, by: str, id: str, after: int, most: int) -> Plan[InternalEntryPage]:
    """What stands beside the log after `after`, as the caller may read it.

    Refusals: account_ended, not_found (no such thread, or the caller raised it).
    """
    membership = load_membership_inside(context, by, id)
    listing = InternalEntriesOf(membership.thread.id, after, most + 1)
    # Only entries from before the authorization: a worker taken off the thread since then reads no later note.
    found = tuple(
        internal_entry
        for internal_entry in context.list(listing)
        if internal_entry.seq <= membership.thread.internal_seq
    )
    hidden = load_hidden(context, membership)
    shown = (views.internal_entry(internal_entry, membership.role, by, hidden) for internal_entry in found[:most])
    following = found[most - 1].seq if len(found) > most else None
    return Plan(InternalEntryPage(entries=tuple(entry for entry in shown if entry), next=following))


def _show(membership: Membership, written: InternalEntry | None) -> NoteShown:
    # Nothing is hidden of what one wrote oneself.
    entry = views.internal_entry(written, membership.role, membership.party.id, NOTHING_HIDDEN) if written else None
    assert entry is not None  # who wrote a note can read it
    return NoteShown(entry)
