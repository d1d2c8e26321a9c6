"""A school's saved replies: texts that it writes once, and that it and its workers insert in messages.

The site inserts the text, so the server never learns that a message came from one: nothing is marked, and nothing is
counted (leak 35).
"""

from msgspec import UNSET, structs
from msgspec.structs import replace

from uconnect.domain import protocol, rate_limit
from uconnect.domain.authorization import load_caller, load_calling_school
from uconnect.domain.context import Context, Plan
from uconnect.domain.errors import RefusalCode, Refused
from uconnect.domain.keys import IdempotencyKey, Key, PartyKey, RateLimitKey, SavedReplyKey, SavedReplyOrderKey
from uconnect.domain.models import IdempotencyRecord, Record, SavedReply, SavedReplyOrder, School, Worker
from uconnect.domain.notifications import notify_changed
from uconnect.domain.request_bodies import AddSavedReply, SavedReplyUpdate
from uconnect.domain.usecases.rate_limits import consume
from uconnect.domain.views.pages import Done
from uconnect.domain.views.saved_replies import SavedReplyList, card

MOST = 100  # of one school: what DynamoDB reads in one batch


def saved_replies(context: Context, by: str) -> Plan[SavedReplyList]:
    """All of the caller's own school. Refusals: account_ended, not_found (to a user)."""
    order = context.get(SavedReplyOrderKey(_school_of(context, by)))
    keys = [SavedReplyKey(order.party, id) for id in order.replies] if order else []
    context.load(*keys)
    found = (context.get(key) for key in keys)
    return Plan(SavedReplyList(replies=tuple(card(it) for it in found if it is not None), most=MOST))


def add(context: Context, by: str, command: AddSavedReply) -> Plan[Done]:
    """Save one more. A key used before is answered as the first time.

    Refusals: account_ended, not_found, saved_replies_full, too_fast.
    """
    receipt, order_key = IdempotencyKey(by, f"saved_reply.{command.key}"), SavedReplyOrderKey(by)
    school = load_calling_school(context, by)
    context.load(receipt, order_key, _pace(by))
    if context.get(receipt):
        return Plan(Done())
    order = context.get(order_key) or SavedReplyOrder(party=by)
    if len(order.replies) >= MOST:
        raise Refused(RefusalCode.SAVED_REPLIES_FULL)
    reply = SavedReply(party=by, id=context.new_id(), folder=command.folder, title=command.title, text=command.text)
    made = IdempotencyRecord(party=by, key=receipt.key, made=reply.id)
    return _changed(context, school, reply, replace(order, replies=(*order.replies, reply.id)), made)


def change(context: Context, by: str, id: str, command: SavedReplyUpdate) -> Plan[Done]:
    """Edit one, or move it to another folder. Refusals: account_ended, not_found, too_fast."""
    school, reply = _load_own(context, by, id)
    told = {field: value for field, value in structs.asdict(command).items() if value is not UNSET}
    return _changed(context, school, replace(reply, **told))


def delete(context: Context, by: str, id: str) -> Plan[Done]:
    """Delete one. Refusals: account_ended, not_found, too_fast."""
    school, reply = _load_own(context, by, id)
    order = context.get(SavedReplyOrderKey(by)) or SavedReplyOrder(party=by)
    left = replace(order, replies=tuple(it for it in order.replies if it != id))
    return _changed(context, school, left, deletes=(SavedReplyKey(reply.party, reply.id),))


def _school_of(context: Context, by: str) -> str:
    match load_caller(context, by):
        case School(id=id):
            return id
        case Worker(school=school):
            return school
        case _:
            raise Refused(RefusalCode.NOT_FOUND)


def _load_own(context: Context, by: str, id: str) -> tuple[School, SavedReply]:
    """The calling school and a reply of its own. It is looked up by the school, so another's is not there."""
    school, key = load_calling_school(context, by), SavedReplyKey(by, id)
    context.load(key, _pace(by))
    reply = context.get(key)
    if reply is None:
        raise Refused(RefusalCode.NOT_FOUND)
    return school, reply


def _pace(school: str) -> RateLimitKey:
    return RateLimitKey(school, "saved_reply")


def _changed(context: Context, school: School, *puts: Record, deletes: tuple[Key[Record], ...] = ()) -> Plan[Done]:
    """A change, told to the school and its workers: their open pages load the replies again.

    It holds only while the account goes on, else a reply could be saved after the others were erased.
    """
    return Plan(
        Done(),
        puts=(*puts, consume(context, _pace(school.id), rate_limit.SAVED_REPLY)),
        deletes=deletes,
        guards=(PartyKey(school.id),),
        deliveries=notify_changed(school.id, *school.workers, what=protocol.ChangedSubject.SAVED_REPLIES),
    )
