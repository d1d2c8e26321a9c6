"""Who comes, works for whom and goes, by the same rules; and what is done afterwards, when it is due."""

from dataclasses import dataclass, field

from tests.histories.reference_model import MOST, PartyModel, Talk, Threads

HOUR = 3_600_000
SCHOOLS_LETTERS, LETTERS = (3, 8 * HOUR), (5, 4 * HOUR)  # so many at once, and one more after so many ms


@dataclass
class Rules(Threads):
    """What everybody may do, and what is so when they have done it."""

    invited: list[tuple[str, str]] = field(default_factory=list)  # (school, address), the places that are taken
    invitation_keys: set[tuple[str, str]] = field(default_factory=set)
    letters: list[str] = field(default_factory=list)  # the addresses written to
    paces: dict[str, int] = field(default_factory=dict)  # when all letters to an address, or a school's, are spent
    forgotten: list[str] = field(default_factory=list)  # whose logins are
    changed: list[tuple[str, str]] = field(default_factory=list)  # (who, what to ask for again), this step

    def send(self, by: str, talk: Talk, key: str, text: str) -> str | None:
        said = len(talk.entries)
        refused = super().send(by, talk, key, text)
        if len(talk.entries) > said:
            self._has_answered(by)
        return refused

    def _has_answered(self, by: str) -> None:
        """5: from its first answer on a worker is its school's to end, and is told so."""
        if self.people[by].kind == "worker" and not self.people[by].answered:
            self.people[by].answered = True
            self.changed.append((by, "me"))

    def invite(self, by: str, address: str, key: str, now: int) -> str | None:
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
        self.jobs.append((now, "write", f"{by} {address}"))
        self.changed.append((by, "workers"))
        return None

    def resend(self, by: str, address: str, now: int) -> str | None:
        """Write again to who was invited to this address and has not come yet."""
        if self.stranger(by):
            return "account_ended"
        if (by, address) not in self.waiting():
            return "not_found"
        self.jobs.append((now, "write", f"{by} {address}"))
        return None

    def waiting(self) -> list[tuple[str, str]]:
        """The places that nobody has come to yet."""
        return [place for place in self.invited if not self._come(*place)]

    def _come(self, school: str, address: str) -> bool:
        return any((it.school, it.address, it.here) == (school, address, True) for it in self.people.values())

    def invites(self, address: str) -> str | None:
        """The school whose worker an address becomes: the last that invited it."""
        return next((school for school, asked in reversed(self.invited) if asked == address), None)

    def switch(self, by: str, available: bool) -> str | None:
        if self.stranger(by):
            return "account_ended"
        if self.people[by].kind != "worker":
            return "not_found"
        self.people[by].available = available
        self.changed += [(by, "me"), (self.people[by].school, "workers")]
        return None

    def choose(self, by: str, policy: str) -> str | None:
        if self.stranger(by):
            return "account_ended"
        if self.people[by].kind != "school":
            return "not_found"
        self.people[by].policy = policy
        self.changed.append((by, "me"))
        return None

    def close(self, by: str, now: int) -> str | None:
        if self.stranger(by):
            return "account_ended"
        if self.people[by].kind == "worker":
            if self.people[by].answered:  # 5
                return "not_found"
            self._goes(by, self.people[by], now)
            return None
        if any(it.open for it in self.open_threads_at(by)):  # 11: it cannot end them
            return "still_asked"
        self._ends(by, now)
        return None

    def operator_closes(self, party: str, now: int) -> None:
        if not self.stranger(party) and self.people[party].kind != "worker":
            self._ends(party, now)

    def open_threads_at(self, school: str) -> list[Talk]:
        """What was raised to a school, as long as its owner has not been parted from it."""
        return [it for it in self.talks if it.school == school and not it.deleted and not it.parted]

    def _ends(self, party: str, now: int) -> None:
        self.people[party].here = False
        for talk in self.talks:
            talk.alone |= talk.raiser == party
        for worker, person in self.people.items():
            if person.school == party and person.here:
                person.here = False
                self.jobs.append((now, "return", worker))
        for place in [it for it in self.invited if it[0] == party]:
            self._withdraw(*place)
        self.jobs.append((now, "close", party))

    def _withdraw(self, school: str, address: str) -> None:
        self.invited.remove((school, address))
        self.jobs = [it for it in self.jobs if it[1:] != ("write", f"{school} {address}")]

    def remove(self, by: str, worker: str, now: int) -> str | None:
        if self.stranger(by):
            return "account_ended"
        person = self.people.get(worker)
        if person is None or person.school != by:  # 5
            return "not_found"
        if person.here:
            self._goes(worker, person, now)
        return None

    def _goes(self, worker: str, person: PartyModel, now: int) -> None:
        person.here = False
        self._withdraw(person.school, person.address)
        self.jobs.append((now, "return", worker))
        self.changed.append((person.school, "workers"))

    def run_jobs(self, now: int) -> None:
        """What is due is done, the oldest first."""
        for job in sorted((it for it in self.jobs if it[0] <= now), key=lambda it: it[0]):
            self.jobs.remove(job)
            match job[1:]:
                case "write", str(place):
                    school, address = place.split()
                    self._write(school, address, now)
                case "assign", int(number):
                    self._assign(self.talks[number])
                case "return", str(worker):
                    for talk in self.talks:
                        if talk.worker == worker:
                            self._change_handler(talk, None)
                case "close", str(party):
                    self._part(party)
                case "leave", int(number):
                    self.talks[number].worker = None

    def _write(self, school: str, address: str, now: int) -> None:
        """Who has not come yet is written to. Of the letters that were asked for too fast, one waits."""
        if self._come(school, address):
            return
        paces = (f"{school} {address}", SCHOOLS_LETTERS), (address, LETTERS)
        wait = max(self.paces.get(place, 0) - now - every * (burst - 1) for place, (burst, every) in paces)
        if wait <= 0:
            self.letters.append(address)
            self.paces |= {place: max(self.paces.get(place, 0), now) + every for place, (_, every) in paces}
        elif not any(it[0] > now and it[1:] == ("write", f"{school} {address}") for it in self.jobs):
            self.jobs.append((now + wait, "write", f"{school} {address}"))

    def _assign(self, talk: Talk) -> None:
        """2: by the school's policy, to the least loaded of its workers who is available, the one invited first."""
        handlers = [it for it in talk.internal_entries if not isinstance(it, tuple)]
        if self.people[talk.school].policy != "automatic" or handlers or talk.alone or talk.deleted or not talk.open:
            return
        places = [address for school, address in self.invited if school == talk.school]
        staff = [
            (self.load(id), places.index(it.address), id)
            for id, it in self.people.items()
            if it.school == talk.school and it.here and it.available
        ]
        if staff:
            self._change_handler(talk, min(staff)[2])

    def load(self, worker: str) -> int:
        return sum(it.open and not it.deleted and it.worker == worker for it in self.talks)

    def _part(self, owner: str) -> None:
        """What an ended account leaves: its threads are nobody's, and what was raised to a school ends."""
        for talk in self.talks:
            talk.parted |= talk.raiser == owner
        for talk in self.open_threads_at(owner):
            self._end(talk)
        self.people[owner].struck = True
        self.forgotten.append(owner)
