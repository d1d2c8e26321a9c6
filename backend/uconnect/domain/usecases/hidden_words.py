"""A school hides words of a thread from whoever works on it, so that the worker does not learn who owns the thread.

Only the school that received a thread may do it. The raiser is told nothing: it would learn that a worker reads (leak
36). The words are in a record of their own, and the worker's reference has a copy. The thread's head has one number,
which each act that writes the head takes as it is: so no message, hand-off or hiding that meets another one is told
unmasked.
"""

from msgspec.structs import replace

from uconnect.domain import protocol, rate_limit, views
from uconnect.domain.authorization import load_membership
from uconnect.domain.context import Context, Delivery, Plan
from uconnect.domain.errors import RefusalCode, Refused
from uconnect.domain.hidden_words import word_form
from uconnect.domain.keys import HiddenWordsKey, RateLimitKey, ThreadKey, ThreadReferenceKey
from uconnect.domain.models import HiddenWords, KnownHiddenWords, Thread
from uconnect.domain.notifications import (
    bump_assignee_revision,
    bump_revision,
    notify_participants,
    reload_frame,
)
from uconnect.domain.request_bodies import MOST_HIDDEN, HideWords
from uconnect.domain.rules import SCHOOL
from uconnect.domain.usecases.rate_limits import consume
from uconnect.domain.views.pages import HiddenWordsShown


def hidden_words(context: Context, by: str, id: str) -> Plan[HiddenWordsShown]:
    """What the calling school hides in a thread that it received. Refusals: account_ended, not_found."""
    thread = _received(context, by, id)
    return Plan(_shown(thread, _words(context, thread)))


def hide(context: Context, by: str, id: str, command: HideWords) -> Plan[HiddenWordsShown]:
    """Hide these too, open or terminated, whoever has the thread.

    Refusals: account_ended, not_found (no such thread, or it was not raised to the caller), malformed (a text of marks
    alone), hidden_words_full, too_fast.
    """
    forms = _forms(command)
    thread = _received(context, by, id)
    words = _words(context, thread)
    known = {word_form(it) for it in words}
    added = tuple(dict.fromkeys(forms[word_form(it)] for it in command.words if word_form(it) not in known))
    if len(words) + len(added) > MOST_HIDDEN:
        raise Refused(RefusalCode.HIDDEN_WORDS_FULL)
    return _change(context, by, thread, words, (*words, *added))


def show(context: Context, by: str, id: str, command: HideWords) -> Plan[HiddenWordsShown]:
    """Show these again. What is not hidden stays so.

    Refusals: account_ended, not_found and malformed (as for hide), too_fast.
    """
    shown = _forms(command)
    thread = _received(context, by, id)
    words = _words(context, thread)
    return _change(context, by, thread, words, tuple(it for it in words if word_form(it) not in shown))


def _forms(command: HideWords) -> dict[str, str]:
    """The first word of each form."""
    forms = {word_form(it): it for it in reversed(command.words)}
    if "" in forms:
        raise Refused(RefusalCode.MALFORMED)
    return forms


def _received(context: Context, by: str, id: str) -> Thread:
    membership = load_membership(context, by, id)
    if membership.role is not SCHOOL:
        raise Refused(RefusalCode.NOT_FOUND)
    return membership.thread


def _words(context: Context, thread: Thread) -> tuple[str, ...]:
    found = context.get(HiddenWordsKey(thread.id))
    return found.words if found else ()


def _shown(thread: Thread, words: tuple[str, ...]) -> HiddenWordsShown:
    return HiddenWordsShown(rev=thread.school.rev, words=words, most=MOST_HIDDEN)


def _change(
    context: Context, by: str, thread: Thread, before: tuple[str, ...], words: tuple[str, ...]
) -> Plan[HiddenWordsShown]:
    """The head is written with each change: a message or a hand-off that meets it is decided anew."""
    if words == before:
        return Plan(_shown(thread, words), guards=(ThreadKey(thread.id),))
    used = consume(context, RateLimitKey(by, "hide"), rate_limit.HIDE)
    school = bump_revision(thread.school)
    worker = bump_assignee_revision(thread.worker)
    head = replace(thread, hides=school.rev if words else 0, school=school, worker=worker)
    reference = context.get(ThreadReferenceKey(worker.party, worker.id)) if worker else None
    copy = KnownHiddenWords(rev=head.hides, words=words) if words else None
    kept = HiddenWords(thread=thread.id, words=words)
    return Plan(
        _shown(head, words),
        puts=(head, used, *((kept,) if words else ()), *((replace(reference, hidden=copy),) if reference else ())),
        deletes=() if words else (HiddenWordsKey(thread.id),),
        deliveries=(
            *notify_participants(
                head,
                None,
                reload_frame(worker, texts=True) if worker else None,
                protocol.RowChanged(row=views.row(head, SCHOOL)),
            ),
            Delivery(by, protocol.HiddenWordsChanged(id=head.school.id, rev=head.school.rev, words=words)),
        ),
    )
