"""Looks for words in a party's own threads, as that party is shown them. It stores nothing: no index, no query.

A call looks through so many threads and so many of their messages, from the latest activity on, and says where the next
call continues. What it reads follows from the caller's own threads alone, so another's take no time of it (leak 11).
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from msgspec import UNSET, Struct, UnsetType

from uconnect.domain import rules, views
from uconnect.domain.authorization import load_caller, load_membership
from uconnect.domain.context import Context, Plan
from uconnect.domain.enums import State
from uconnect.domain.errors import RefusalCode, Refused
from uconnect.domain.hidden_from_worker import load_hidden_of
from uconnect.domain.hidden_words import Hidden, mask
from uconnect.domain.keys import EntriesOf, InternalEntriesOf, PartyKey, ThreadReferenceKey, ThreadsOf
from uconnect.domain.models import School, Thread, User
from uconnect.domain.request_bodies import SearchThreads
from uconnect.domain.rules import Role
from uconnect.domain.text_search import has_words, words_of
from uconnect.domain.usecases.queries import AFTER_ALL_IDS, ROLE_ON, participant
from uconnect.domain.views.raiser import RaiserMessage
from uconnect.domain.views.school import Person, SchoolMessage, SchoolNote, SchoolRow, person
from uconnect.domain.views.search import FoundThread, SearchPage, Written, found_text
from uconnect.domain.views.worker import WorkerMessage, WorkerNote

THREADS = 100  # that one call looks through at most
ENTRIES = 1_000  # of their logs, and as many notes
FOUND = 20  # threads that one call shows at most
TEXTS = 5  # that are shown of one thread

POSITION = re.compile(r"([0-9]{1,15})\.([A-Za-z0-9_-]{22})(?:\.([0-9]{1,9}))?", re.ASCII)


class Position(Struct, frozen=True):
    """Where a search continues: with older threads than one, or inside of `thread`, after so many entries."""

    before: tuple[int, str] | None = None
    thread: Thread | None = None
    after: int = 0


class Part(Struct, frozen=True):
    """What a call reads of a thread: `most` entries of the log after `after`, and as many notes. 0: the search is for
    threads in another state."""

    thread: Thread
    after: int
    most: int
    is_last: bool


def search(context: Context, by: str, asked: SearchThreads) -> Plan[SearchPage]:
    """A page of what has all the words: a message, an internal note, or a thread by its subject and the other's name.

    A mailbox that the caller cannot have is empty. Refusals: account_ended, malformed (`before`).
    """
    load_caller(context, by)
    role, words = ROLE_ON[asked.mailbox], words_of(asked.words)
    names = {it.id: it.name for it in asked.schools or ()}
    position = _position(context, by, role, asked.before)
    since = 0 if asked.since is UNSET else asked.since
    listed = context.list(ThreadsOf(by, asked.mailbox, position.before, THREADS + 1, since=since))
    threads = [*([position.thread] if position.thread else []), *listed[:THREADS]]
    parts = _parts(threads, position.after, role, asked.state)
    _load(context, by, role, parts)
    read = [part.thread for part in parts if part.most]
    references = [context.get(ThreadReferenceKey(by, participant(it, role).id)) for it in read]
    hidden = load_hidden_of(context, role, zip(read, references, strict=True))
    found: list[FoundThread] = []
    looked_at = 0
    while looked_at < len(parts) and len(found) < FOUND:
        shown = _found(context, by, role, parts[looked_at], words, names, hidden)
        found += [shown] if shown else []
        looked_at += 1
    owners = {it.thread.row.owner: None for it in found if isinstance(it.thread.row, SchoolRow)}
    people = tuple(it for owner in owners if (it := _owner(context, owner)) is not None)
    is_end = looked_at == len(threads) and len(listed) <= THREADS and all(it.is_last for it in parts)
    if is_end:
        return Plan(SearchPage(found=tuple(found), people=people, until=None, next=None))
    last = parts[looked_at - 1]
    return Plan(SearchPage(found=tuple(found), people=people, until=last.thread.at, next=_next(last, role)))


def _position(context: Context, by: str, role: Role, before: str | UnsetType) -> Position:
    """A position names a thread by the caller's own id. One that the caller has no more is as one that never was."""
    if before is UNSET:
        return Position()
    named = POSITION.fullmatch(before)
    if named is None:
        raise Refused(RefusalCode.MALFORMED)
    at = int(named[1])
    try:
        membership = load_membership(context, by, named[2])
    except Refused:
        return Position((at, AFTER_ALL_IDS))
    thread = membership.thread
    if named[3] is None or membership.role is not role:
        return Position((at, thread.id))
    return Position((at, thread.id), thread, int(named[3]))


def _next(last: Part, role: Role) -> str:
    position = f"{last.thread.at}.{participant(last.thread, role).id}"
    return position if last.is_last else f"{position}.{last.after + last.most}"


def _parts(threads: Sequence[Thread], after: int, role: Role, state: State | UnsetType) -> list[Part]:
    """The threads that one call reads, and of the last one the entries that it still may read."""
    parts: list[Part] = []
    left = ENTRIES
    for thread in threads:
        length = thread.seq if role is Role.RAISER else max(thread.seq, thread.internal_seq)
        most = min(max(length - after, 0), left) if state in {UNSET, thread.state} else 0
        is_last = most == 0 or after + most >= length
        parts.append(Part(thread, after, most, is_last))
        left, after = left - most, 0
        if left == 0 or not is_last:
            break
    return parts


def _load(context: Context, by: str, role: Role, parts: Sequence[Part]) -> None:
    """Loads in one round all but the messages and notes. Those follow thread by thread: the statements of SQLite give
    way to other threads of the process, and the comparing of texts between them is short."""
    read = [part.thread for part in parts if part.most]
    references = [ThreadReferenceKey(by, participant(thread, role).id) for thread in read]
    owners = [PartyKey(thread.raiser.party) for thread in read] if role is Role.SCHOOL else []
    context.load(*references, *dict.fromkeys(owners))


def _found(
    context: Context,
    by: str,
    role: Role,
    part: Part,
    words: tuple[str, ...],
    names: Mapping[str, str],
    hidden: Mapping[str, Hidden],
) -> FoundThread | None:
    """A thread if its row or something in this part has all words. It looks at what the views show, at nothing else."""
    thread = part.thread
    if not part.most:
        return None
    reference = context.get(ThreadReferenceKey(by, participant(thread, role).id))
    if reference is None or (role is Role.SCHOOL and _owner(context, thread.raiser.party) is None):
        return None  # an owner's end takes its threads from the school at once
    shown = views.listed(thread, role, reference, hidden[thread.id])
    subject = mask(thread.subject, hidden[thread.id].forms)
    has_row = part.after == 0 and has_words(f"{subject}\n{_name(context, thread, role, names)}", words)
    texts = [it for it in _read(context, by, role, part, hidden[thread.id]) if has_words(it.text, words)]
    if not has_row and not texts:
        return None
    return FoundThread(
        thread=shown, texts=tuple(found_text(it, words) for it in texts[:TEXTS]), more=len(texts) > TEXTS
    )


def _read(context: Context, by: str, role: Role, part: Part, hidden: Hidden) -> Iterator[Written]:
    """The messages and notes of a part, as the caller reads them. Only those from before the authorization: a worker
    taken off the thread since then finds nothing later."""
    thread = part.thread
    for entry in context.list(EntriesOf(thread.id, part.after, part.most)):
        message = views.entry(entry, role, by, hidden) if entry.seq <= thread.seq else None
        if isinstance(message, RaiserMessage | SchoolMessage | WorkerMessage):
            yield message
    # What a worker has was assigned to it, and that stands among the notes: so they are always read for a worker.
    if role is Role.RAISER or thread.internal_seq <= part.after:
        return
    for internal_entry in context.list(InternalEntriesOf(thread.id, part.after, part.most)):
        is_known = internal_entry.seq <= thread.internal_seq
        note = views.internal_entry(internal_entry, role, by, hidden) if is_known else None
        if isinstance(note, SchoolNote | WorkerNote):
            yield note


def _name(context: Context, thread: Thread, role: Role, names: Mapping[str, str]) -> str:
    """What the caller is shown as the other side: a school, a person with an address, or an alias."""
    if role is Role.RAISER:
        return names.get(thread.school.party, "")
    if thread.worker is not None and role is Role.WORKER:
        return thread.worker.alias
    owner = _owner(context, thread.raiser.party)
    return f"{owner.name}\n{owner.email}" if owner else ""


def _owner(context: Context, id: str) -> Person | None:
    """An owner whose account has not ended. It is loaded already."""
    owner = context.get(PartyKey(id))
    return person(owner) if isinstance(owner, School | User) and rules.may_act(owner) else None
