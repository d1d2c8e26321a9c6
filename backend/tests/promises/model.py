"""The eleven rules as a customer would check them: plain lists, written from the customer's text and not from the code.

Each act answers None if it is right to do it, else the code of the refusal. Threads are known by their number.
"""

from dataclasses import dataclass, field

MOST = 5


@dataclass
class Person:
    """A party. A worker has a school, and may be no more than invited, or removed."""

    kind: str
    school: str = ""
    here: bool = True


@dataclass
class Talk:
    """A thread. `said` are (side, author, key, text); None is the end."""

    number: int
    raiser: str
    school: str
    key: str
    worker: str | None = None
    open: bool = True
    deleted: bool = False
    said: list[tuple[str, str, str, str] | None] = field(default_factory=list)
    hands: set[str] = field(default_factory=set)
    read: dict[str, int] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=lambda: {"raiser": 0, "school": 0})
    typed: dict[str, tuple[int, int]] = field(default_factory=dict)

    def readers(self) -> set[str]:
        return set() if self.deleted else {self.raiser, self.school} | ({self.worker} if self.worker else set())

    def side_of(self, party: str) -> str:
        return "raiser" if party == self.raiser else "school"

    def messages(self, side: str) -> int:
        return sum(it is not None and it[0] == side for it in self.said)

    def sent(self, author: str, key: str) -> bool:
        return any(it is not None and it[1:3] == (author, key) for it in self.said)


@dataclass
class Rules:
    """What everybody may do, and what is so when they have done it."""

    people: dict[str, Person] = field(default_factory=dict)
    talks: list[Talk] = field(default_factory=list)
    invited: list[tuple[str, str]] = field(default_factory=list)  # (school, address), the places that are taken
    invitation_keys: set[tuple[str, str]] = field(default_factory=set)
    returning: list[tuple[int, str]] = field(default_factory=list)  # (due, the removed worker)

    def stranger(self, by: str) -> bool:
        return by not in self.people or not self.people[by].here

    def opened(self, owner: str) -> list[Talk]:
        return [it for it in self.talks if it.raiser == owner and it.open]

    def raised_before(self, by: str, key: str) -> Talk | None:
        return next((it for it in self.talks if (it.raiser, it.key) == (by, key) and not it.deleted), None)

    def raise_(self, by: str, to: str, key: str, text: str) -> str | None:
        if self.stranger(by):
            return "account_ended"
        if self.raised_before(by, key):
            return None
        # 8, 9: users and schools raise to schools; 4: two schools talk, not two users, nor two workers.
        to_school = to in self.people and self.people[to].kind == "school" and to != by
        if self.people[by].kind == "worker" or not to_school:
            return "not_found"
        if len(self.opened(by)) == MOST:  # 10
            return "five_threads"
        talk = Talk(len(self.talks), by, to, key)
        talk.said.append(("raiser", by, key, text))
        self.talks.append(talk)
        return None

    def send(self, by: str, talk: Talk, key: str, text: str) -> str | None:
        if refused := self._reads(by, talk):
            return refused
        if talk.sent(by, key):
            return None
        if not talk.open:
            return "thread_terminated"
        talk.said.append((talk.side_of(by), by, key, text))
        return None

    def terminate(self, by: str, talk: Talk) -> str | None:
        if refused := self._reads(by, talk):
            return refused
        if by != talk.raiser:  # 11
            return "not_found"
        if talk.open:
            talk.open = False
            talk.said.append(None)
        return None

    def delete(self, by: str, talk: Talk) -> str | None:
        if by == talk.raiser and talk.deleted:
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
        talk.worker = worker
        talk.hands.add(worker)
        return None

    def take_back(self, by: str, talk: Talk) -> str | None:
        if refused := self._schools_own(by, talk):
            return refused
        talk.worker = None
        return None

    def hand_back(self, by: str, talk: Talk) -> str | None:
        if self.stranger(by):
            return "account_ended"
        if talk.deleted or talk.worker != by:
            return "not_found"
        talk.worker = None
        return None

    def invite(self, by: str, address: str, key: str) -> str | None:
        if self.stranger(by):
            return "account_ended"
        if self.people[by].kind != "school":  # 5
            return "not_found"
        if (by, key) in self.invitation_keys or (by, address) in self.invited:
            return None
        if sum(school == by for school, _ in self.invited) == MOST:  # 10
            return "five_workers"
        self.invited.append((by, address))
        self.invitation_keys.add((by, key))
        return None

    def invites(self, address: str) -> str | None:
        """The school whose worker an address becomes: the last that invited it."""
        return next((school for school, asked in reversed(self.invited) if asked == address), None)

    def remove(self, by: str, worker: str, address: str, now: int) -> str | None:
        if self.stranger(by):
            return "account_ended"
        person = self.people.get(worker)
        if person is None or person.school != by:  # 5
            return "not_found"
        if person.here:
            person.here = False
            self.invited.remove((by, address))
            self.returning.append((now, worker))
        return None

    def work(self, now: int) -> None:
        for due, worker in [it for it in self.returning if it[0] <= now]:
            self.returning.remove((due, worker))
            for talk in self.talks:
                talk.worker = None if talk.worker == worker else talk.worker

    def mark_seen(self, by: str, talk: Talk, seq: int, theirs: int) -> str | None:
        if refused := self._reads(by, talk):
            return refused
        side = talk.side_of(by)
        other = "school" if side == "raiser" else "raiser"
        talk.read[by] = max(talk.read.get(by, 0), min(theirs, talk.messages(other)))
        talk.seen[side] = max(talk.seen[side], min(seq, len(talk.said)))
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
