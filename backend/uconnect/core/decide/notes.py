"""Internal notes: what a school and its workers say among themselves, in a stream of its own that is not the log."""

from msgspec.structs import replace

from uconnect.core import pace, views
from uconnect.core.commands import WriteNote
from uconnect.core.decide.access import Looking, Place, at_thread, told
from uconnect.core.decide.fanout import noted
from uconnect.core.decide.pacing import one_more
from uconnect.core.facts import Decision, Moment, Plan
from uconnect.core.keys import AsideKey, AsidesOf, PaceKey, ReceiptKey
from uconnect.core.model import Aside, Note, Receipt
from uconnect.core.refusals import Refusal, Refused
from uconnect.core.rules import Role
from uconnect.core.views.pages import AsidePage, AsideShown


def write(at: Moment, by: str, id: str, command: WriteNote) -> Decision[AsideShown]:
    """Write a note beside a thread, open or terminated. A key used before is answered as the first time.

    Refusals: account_ended, not_found (no such thread, or the caller raised it), too_fast.
    """
    place = yield from _inside(by, id)
    if isinstance(place, Refusal):
        return place
    thread = place.thread
    # Within the thread: a key is unique for (thread, author), and its note is erased with the thread.
    receipt, pacing = ReceiptKey(by, f"{thread.id}.{command.key}"), PaceKey(by, "note")
    facts = yield (receipt, pacing)
    before = facts.one(receipt)
    if before is not None:
        key = AsideKey(thread.id, int(before.made))
        facts = yield (key,)
        return Plan(_shown(place, facts.one(key)))
    used = one_more(at, facts, pacing, pace.NOTE)
    if used is None:
        return Refused.TOO_FAST.refusal
    head = replace(thread, asides=thread.asides + 1)
    note = Note(thread=thread.id, seq=head.asides, at=at.now, author=by, key=command.key, text=command.text)
    return Plan(
        _shown(place, note),
        puts=(head, note, Receipt(party=by, key=receipt.key, made=str(note.seq)), used),
        deliveries=noted((yield from told(head)), note),
    )


def notes(at: Moment, by: str, id: str, after: int, most: int) -> Decision[AsidePage]:
    """What stands beside the log after `after`, as the caller may read it.

    Refusals: account_ended, not_found (no such thread, or the caller raised it).
    """
    place = yield from _inside(by, id)
    if isinstance(place, Refusal):
        return place
    listing = AsidesOf(place.thread.id, after, most + 1)
    facts = yield (listing,)
    # As far as they went when the door was passed: a worker taken off since then reads nothing that was noted after.
    found = tuple(aside for aside in facts.all(listing) if aside.seq <= place.thread.asides)
    shown = (views.aside(aside, place.role, by) for aside in found[:most])
    following = found[most - 1].seq if len(found) > most else None
    return Plan(AsidePage(entries=tuple(entry for entry in shown if entry), next=following))


def _shown(place: Place, written: Aside | None) -> AsideShown:
    entry = views.aside(written, place.role, place.party.id) if written else None
    assert entry is not None  # who wrote a note can read it
    return AsideShown(entry)


def _inside(by: str, id: str) -> Looking[Place | Refusal]:
    """The caller's place at a thread it has from the inside: to whoever raised it there are no notes (rule 6)."""
    place = yield from at_thread(by, id)
    if isinstance(place, Place) and place.role is Role.RAISER:
        return Refused.NOT_FOUND.refusal
    return place
