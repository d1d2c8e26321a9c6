"""Loads what a worker must not read of its threads. All others read everything, and it costs them nothing."""

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from uconnect.domain import rules
from uconnect.domain.authorization import Membership
from uconnect.domain.context import Context
from uconnect.domain.hidden_words import NOTHING_HIDDEN, Hidden, word_form
from uconnect.domain.keys import EntryKey, HiddenWordsKey
from uconnect.domain.models import Message, Thread
from uconnect.domain.rules import WORKER, Role


def load_hidden(context: Context, membership: Membership, last: Message | None = None) -> Hidden:
    """What the caller must not read of its thread: nothing, but for a worker. `last` is its last message, if the caller
    has that already."""
    thread = membership.thread
    if membership.role is not WORKER or not thread.hides:
        return NOTHING_HIDDEN
    found = _hidden(context, thread, with_last=last is None)
    return found if last is None else replace(found, last=last)


def load_hidden_of(context: Context, role: Role, threads: Iterable[Thread]) -> Mapping[str, Hidden]:
    """The same of several threads, by their ids, in one round."""
    threads = tuple(threads)
    hiding = [it for it in threads if it.hides] if role is WORKER else []
    context.load(*(key for it in hiding for key in (HiddenWordsKey(it.id), _last_key(it))))
    found = {it.id: _hidden(context, it, with_last=True) for it in hiding}
    return {it.id: found.get(it.id, NOTHING_HIDDEN) for it in threads}


def _hidden(context: Context, thread: Thread, *, with_last: bool) -> Hidden:
    key, last_key = HiddenWordsKey(thread.id), _last_key(thread)
    context.load(key, *((last_key,) if with_last else ()))
    found, last = context.get(key), context.get(last_key) if with_last else None
    forms = tuple(map(word_form, found.words)) if found else ()
    return Hidden(forms, last if isinstance(last, Message) else None, is_known=True)


def _last_key(thread: Thread) -> EntryKey:
    """The last message: only the end of the thread stands after it."""
    return EntryKey(thread.id, thread.seq if rules.is_open(thread) else thread.seq - 1)
