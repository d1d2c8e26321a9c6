"""The eleven rules as a customer would check them: plain lists, written from the customer's text and not from the code.

Each act answers None if it is right to do it, else the code of the refusal. Threads are known by their number.
"""

from dataclasses import dataclass, field

MOST = 5


@dataclass
class PartyModel:
    """A party, until it has ended or, as a worker, was removed. A worker has a school, a school a policy.

    `address` is a worker's, which its school invited; `answered`: it has sent a message. `struck`: nothing of an ended
    owner is kept any more.
    """

    kind: str
    school: str = ""
    here: bool = True
    address: str = ""
    available: bool = True
    policy: str = "by_hand"
    answered: bool = False
    struck: bool = False


@dataclass
class Talk:
    """A thread. `entries` are (side, author, key, text); None is the end. `internal_entries` are (author, key, text) of
    a note, or the worker it was given to; None is no worker.

    `alone`: its owner's account has ended, so that only a worker still has it; `parted`: its school's list says so too.
    """

    number: int
    raiser: str
    school: str
    key: str
    worker: str | None = None
    open: bool = True
    deleted: bool = False
    entries: list[tuple[str, str, str, str] | None] = field(default_factory=list)
    handlers: set[str] = field(default_factory=set)
    read: dict[str, int] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=lambda: {"raiser": 0, "school": 0})
    typed: dict[str, tuple[int, int]] = field(default_factory=dict)
    internal_entries: list[tuple[str, str, str] | str | None] = field(default_factory=list)
    alone: bool = False
    parted: bool = False

    def readers(self) -> set[str]:
        owning = set() if self.alone else {self.raiser, self.school}
        return set() if self.deleted else owning | ({self.worker} if self.worker else set())

    def side_of(self, party: str) -> str:
        return "raiser" if party == self.raiser else "school"

    def messages(self, side: str) -> int:
        return sum(it is not None and it[0] == side for it in self.entries)

    def place_of(self, author: str, key: str) -> int | None:
        """The number of the message that an author sent under a key."""
        sent = enumerate(self.entries[1:], 2)  # the first was raised: its key belongs to another kind of act
        return next((seq for seq, it in sent if it is not None and it[1:3] == (author, key)), None)


@dataclass
class Threads:
    """What everybody may do at threads, and what is so when they have done it."""

    people: dict[str, PartyModel] = field(default_factory=dict)
    talks: list[Talk] = field(default_factory=list)
    jobs: list[tuple[int, str, str | int]] = field(default_factory=list)  # (due, what, of whom or of which thread)
    notified: list[tuple[str, int, int]] = field(
        default_factory=list
    )  # (who, thread, number beside its log), this step

    def stranger(self, by: str) -> bool:
        return by not in self.people or not self.people[by].here

    def open_threads_of(self, owner: str) -> list[Talk]:
        return [it for it in self.talks if it.raiser == owner and it.open]

    def raised_before(self, by: str, key: str) -> Talk | None:
        return next((it for it in self.talks if (it.raiser, it.key) == (by, key) and not it.deleted), None)

    def raise_(self, by: str, to: str, key: str, text: str, now: int) -> str | None:
        if self.stranger(by):
            return "account_ended"
        if self.raised_before(by, key):
            return None
        # 8, 9: users and schools raise to schools; 4: two schools talk, not two users, nor two workers.
        to_school = not self.stranger(to) and self.people[to].kind == "school" and to != by
        if self.people[by].kind == "worker" or not to_school:
            return "not_found"
        if len(self.open_threads_of(by)) == MOST:  # 10
            return "five_threads"
        talk = Talk(len(self.talks), by, to, key)
        talk.entries.append(("raiser", by, key, text))
        self.talks.append(talk)
        self.jobs.append((now, "assign", talk.number))
        return None

    def send(self, by: str, talk: Talk, key: str, text: str) -> str | None:
        if refused := self._reads(by, talk):
            return refused
        if talk.place_of(by, key) is not None:
            return None
        if not talk.open:
            return "thread_terminated"
        talk.entries.append((talk.side_of(by), by, key, text))
        return None

    def terminate(self, by: str, talk: Talk) -> str | None:
        if refused := self._reads(by, talk):
            return refused
        if by != talk.raiser:  # 11
            return "not_found"
        self._end(talk)
        return None

    def delete(self, by: str, talk: Talk) -> str | None:
        if by == talk.raiser and talk.deleted and not self.stranger(by):
            return None
        if refused := self._reads(by, talk):
            return refused
        if by != talk.raiser:  # 11
            return "not_found"
        if talk.open:
            return "thread_open"
        talk.deleted = True
        return None

    def offload(self, by: str, talk: Talk, worker: str) -> str | None:
        if refused := self._schools_own(by, talk):
            return refused
        person = self.people.get(worker)
        if person is None or person.school != by or not person.here:  # 2
            return "not_found"
        if talk.worker == worker:
            return None
        if not talk.open:
            return "thread_terminated"
        self._change_handler(talk, worker)
        return None

    def take_back(self, by: str, talk: Talk) -> str | None:
        if refused := self._schools_own(by, talk):
            return refused
        self._change_handler(talk, None)
        return None

    def hand_back(self, by: str, talk: Talk) -> str | None:
        if self.stranger(by):
            return "account_ended"
        if talk.deleted or talk.worker != by:
            return "not_found"
        self._change_handler(talk, None)
        return None

    def note(self, by: str, talk: Talk, key: str, text: str) -> str | None:
        if refused := self._reads(by, talk):
            return refused
        if by == talk.raiser:  # 6
            return "not_found"
        if not any(isinstance(it, tuple) and it[:2] == (by, key) for it in talk.internal_entries):
            self._add_internal_entry(talk, (by, key, text))
        return None

    def mark_seen(self, by: str, talk: Talk, seq: int, theirs: int) -> str | None:
        if refused := self._reads(by, talk):
            return refused
        side = talk.side_of(by)
        other = "school" if side == "raiser" else "raiser"
        talk.read[by] = max(talk.read.get(by, 0), min(theirs, talk.messages(other)))
        talk.seen[side] = max(talk.seen[side], min(seq, len(talk.entries)))
        return None

    def typing(self, by: str, talk: Talk, now: int) -> tuple[str | None, bool]:
        """The refusal, and whether the other side is told: once in 4 s a side, and again after a message of its own."""
        if refused := self._reads(by, talk):
            return refused, False
        side = talk.side_of(by)
        when, after = talk.typed.get(side, (0, -1))
        if not talk.open or (after == talk.messages(side) and 0 <= now - when < 4_000):
            return None, False
        talk.typed[side] = (now, talk.messages(side))
        return None, True

    def _reads(self, by: str, talk: Talk) -> str | None:
        if self.stranger(by):
            return "account_ended"
        return None if by in talk.readers() else "not_found"

    def _schools_own(self, by: str, talk: Talk) -> str | None:
        return self._reads(by, talk) or (None if by == talk.school else "not_found")

    def _end(self, talk: Talk) -> None:
        if talk.open:
            talk.open = False
            talk.entries.append(None)

    def _change_handler(self, talk: Talk, worker: str | None) -> None:
        if talk.worker != worker:
            talk.worker = worker
            talk.handlers |= {worker} if worker else set()
            self._add_internal_entry(talk, worker)

    def _add_internal_entry(self, talk: Talk, what: tuple[str, str, str] | str | None) -> None:
        """Notes are told to the school and whoever has the thread, hands to the school."""
        talk.internal_entries.append(what)
        hearing = talk.readers() - {talk.raiser} - (set() if isinstance(what, tuple) else {talk.worker})
        self.notified += [
            (party, talk.number, len(talk.internal_entries)) for party in hearing if party and self.people[party].here
        ]
