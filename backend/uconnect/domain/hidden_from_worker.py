"""Loads what a worker must not read of its threads. All others read everything, and it costs them nothing."""

from collections.abc import Iterable, Mapping

from uconnect.domain import rules
from uconnect.domain.authorization import Membership
from uconnect.domain.context import Context
from uconnect.domain.hidden_words import NOTHING_HIDDEN, Hidden, word_form
from uconnect.domain.keys import EntryKey, HiddenWordsKey
from uconnect.domain.models import Message, Thread, ThreadReference
from uconnect.domain.rules import WORKER, Role


def load_hidden(context: Context, membership: Membership, last: Message | None = None) -> Hidden:
    """What the caller must not read of its thread: nothing, but for a worker."""
    if membership.role is not WORKER or not membership.thread.hides:
        return NOTHING_HIDDEN
    return _hidden(context, membership.thread, membership.reference, last)


def load_hidden_of(
    context: Context, role: Role, found: Iterable[tuple[Thread, ThreadReference | None]]
) -> Mapping[str, Hidden]:
    """The same of several threads, by their ids, with their last messages. These are loaded in one round."""
    found = tuple(found)
    hiding = [it for it in found if role is WORKER and it[0].hides]
    last_of = {thread.id: _last_key(thread) for thread, _ in hiding}
    context.load(*last_of.values())
    hidden = {}
    for thread, reference in hiding:
        last = context.get(last_of[thread.id])
        hidden[thread.id] = _hidden(context, thread, reference, last if isinstance(last, Message) else None)
    return {thread.id: hidden.get(thread.id, NOTHING_HIDDEN) for thread, _ in found}


def load_last(context: Context, membership: Membership) -> Message | None:
    """The last message, where a worker's preview is made of it."""
    if membership.role is not WORKER or not membership.thread.hides:
        return None
    last = context.get(_last_key(membership.thread))
    return last if isinstance(last, Message) else None


def _hidden(context: Context, thread: Thread, reference: ThreadReference | None, last: Message | None) -> Hidden:
    """By the worker's own copy, which costs no read. If the copy is not of this change, the words are looked up."""
    known = reference.hidden if reference else None
    if known is not None and known.rev == thread.hides:
        words = known.words
    else:
        found = context.get(HiddenWordsKey(thread.id))
        words = found.words if found else ()
    return Hidden(tuple(map(word_form, words)), last, is_known=True)


def _last_key(thread: Thread) -> EntryKey:
    """The last message: only the end of the thread stands after it."""
    return EntryKey(thread.id, thread.seq if rules.is_open(thread) else thread.seq - 1)
