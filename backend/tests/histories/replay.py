"""A history played twice, in uconnect and by the model: after every step both say the same, and every screen too."""

from collections import Counter
from collections.abc import Iterator
from functools import partial
from typing import Any

from tests.histories import invariants
from tests.histories.caching_world import Remembering
from tests.histories.invariants import Differs
from tests.histories.membership_rules import Rules
from tests.histories.reference_model import PartyModel, Talk
from tests.support.screen import Screen, fresh_load
from tests.support.site_reducer import Json
from tests.support.stores import Home
from tests.support.world import body, code, deliveries_of
from uconnect.domain.enums import Kind
from uconnect.domain.jobs import UnassignThread
from uconnect.domain.keys import ThreadKey
from uconnect.domain.usecases import account_closing

USERS, SCHOOLS = ("Ann", "Bob", "Cy"), ("Arts", "Law")
ADDRESSES = tuple(f"hand{number}@example.org" for number in range(8))
NOBODY = "0" * 22  # an id that was never given out
LATER = 10**15

STEPS = (
    "raise",
    "send",
    "terminate",
    "delete",
    "offload",
    "take_back",
    "hand_back",
    "invite",
    "remove",
    "seen",
    "typing",
    "note",
    "switch",
    "choose",
    "resend",
    "close",
)
CODES = (
    None,
    "account_ended",
    "not_found",
    "five_threads",
    "five_workers",
    "thread_open",
    "thread_terminated",
    "still_asked",
)
Tried = Counter[tuple[str, str | None]]  # how often each act had each outcome


def untried(tried: Tried) -> set[str]:
    """What was never done, never refused, or never answered: histories without it prove nothing about it."""
    done, refused = {act for act, code in tried if code is None}, {act for act, code in tried if code}
    return (
        (set(STEPS) - done)
        | (set(STEPS) - refused)
        | {f"{code}" for code in CODES if code not in {it for _, it in tried}}
    )


class Play:
    """Two schools, three users and whoever is invited. Every party has two devices; only the second is ever cut."""

    def __init__(self, home: Home) -> None:
        self.world = Remembering(home)
        self.rules = Rules()
        self.screens: dict[str, tuple[Screen, Screen]] = {}
        self.ids: dict[tuple[str, int], str] = {}
        self.addresses: dict[str, str] = {}
        self.tried: Tried = Counter()
        self.steps = 0
        self.users = [self._come(Kind.USER, name) for name in USERS]
        self.schools = [self._come(Kind.SCHOOL, name) for name in SCHOOLS]
        self.check()

    def _come(self, kind: Kind, name: str) -> str:
        party = self.world.newcomer(kind, name)
        self._add_party(party, PartyModel(kind, address=f"{name.lower()}@example.org"))
        return party

    def _add_party(self, party: str, person: PartyModel) -> None:
        self.rules.people[party] = person
        self.screens[party] = Screen(self.world, party), Screen(self.world, party)

    @property
    def parties(self) -> list[str]:
        return list(self.rules.people)

    @property
    def workers(self) -> list[str]:
        return [party for party, person in self.rules.people.items() if person.kind == "worker"]

    @property
    def now(self) -> int:
        return self.world.home.time.now

    def id(self, by: str, talk: Talk) -> str:
        """What a party knows a thread by; a stranger to it tries the raiser's id."""
        return self.ids.get((by, talk.number)) or self.ids[talk.raiser, talk.number]

    # --- the steps of a history

    def raise_(self, by: str, to: str, key: str) -> None:
        before = self.rules.raised_before(by, key)
        number, text = len(self.rules.talks), f"Hello from {key}"
        letter = {"key": key, "school": to, "subject": f"Subject {number}", "text": text}
        answered = self.world.call(by, "POST /api/threads", letter)
        self._same("raise", code(answered), self.rules.raise_(by, to, key, text, self.now))
        if before and code(answered) is None and body(answered)["row"]["id"] != self.ids[by, before.number]:
            raise Differs("a raise repeated by its key is answered with another thread")
        self.check()

    def send(self, by: str, talk: Talk, key: str, text: str) -> None:
        frame = {"t": "send", "key": key, "id": self.id(by, talk), "text": text}
        place = talk.place_of(by, key) or len(talk.entries) + 1
        outcome = self.world.say(by, frame, self.screens[by][0].device)
        self._same("send", code(outcome), self.rules.send(by, talk, key, text))
        if code(outcome) is None:
            acks = [it["entry"]["seq"] for it in self.screens[by][0].heard("ack")]
            invariants.same("a message is acknowledged as", acks, [place])
        self.check()

    def terminate(self, by: str, talk: Talk) -> None:
        self._do("terminate", by, f"POST /api/threads/{self.id(by, talk)}/terminate", self.rules.terminate(by, talk))

    def delete(self, by: str, talk: Talk) -> None:
        self._do("delete", by, f"DELETE /api/threads/{self.id(by, talk)}", self.rules.delete(by, talk))

    def offload(self, by: str, talk: Talk, worker: str) -> None:
        expected = self.rules.offload(by, talk, worker)
        self._do("offload", by, f"POST /api/threads/{self.id(by, talk)}/offload", expected, {"worker": worker})

    def take_back(self, by: str, talk: Talk) -> None:
        self._do("take_back", by, f"POST /api/threads/{self.id(by, talk)}/take-back", self.rules.take_back(by, talk))

    def hand_back(self, by: str, talk: Talk) -> None:
        self._do("hand_back", by, f"POST /api/threads/{self.id(by, talk)}/hand-back", self.rules.hand_back(by, talk))

    def invite(self, by: str, address: str, key: str) -> None:
        invitation = {"key": key, "email": address, "name": f"Staff {address}"}
        self._do("invite", by, "POST /api/workers", self.rules.invite(by, address, key, self.now), invitation)

    def resend(self, by: str, address: str) -> None:
        """By whoever it is; the place is that of the school which invited the address, if there is one."""
        inviting = [by, *self.schools]
        cards = [
            it
            for school in inviting
            for it in (self.world.look(school, "GET /api/workers") or {"workers": []})["workers"]
        ]
        place = next((it["id"] for it in cards if it["email"] == address), NOBODY)
        self._do("resend", by, f"POST /api/workers/{place}/resend", self.rules.resend(by, address, self.now))

    def join(self, address: str) -> None:
        """Whoever has this address comes to the worker site."""
        known = next(
            (it for it, mine in self.addresses.items() if mine == address and self.rules.people[it].here), None
        )
        school = self.rules.invites(address)
        party = self.world.enter(Kind.WORKER, "Whoever", address)
        if known or not school:
            invariants.same("join", party, known)
        elif party is None or party in self.addresses:
            raise Differs(f"{address} was invited and did not come in as a new party, but as {party}")
        else:
            self.addresses[party] = address
            self.rules.changed.append((school, "workers"))
            self._add_party(party, PartyModel("worker", school, address=address))
        self.check()

    def remove(self, by: str, worker: str) -> None:
        expected = self.rules.remove(by, worker, self.now)
        self._do("remove", by, f"DELETE /api/workers/{worker}", expected)

    def see(self, by: str, talk: Talk, seq: int, theirs: int) -> None:
        frame = {"t": "seen", "id": self.id(by, talk), "seq": seq, "theirs": theirs}
        outcome = self.world.say(by, frame, self.screens[by][0].device)
        self._same("seen", code(outcome), self.rules.mark_seen(by, talk, seq, theirs))
        self.check()

    def type(self, by: str, talk: Talk) -> None:
        side = talk.side_of(by)
        outcome = self.world.say(by, {"t": "typing", "id": self.id(by, talk)}, self.screens[by][0].device)
        refused, forwarded = self.rules.typing(by, talk, self.now)
        self._same("typing", code(outcome), refused)
        heard = {
            party for party, (screen, _) in self.screens.items() if any(it["t"] == "typing" for it in screen.frames)
        }
        here = {it for it in talk.readers() if self.rules.people[it].here and talk.side_of(it) != side}
        invariants.same("typing is told to", heard, here if forwarded else set())
        self.check()

    def note(self, by: str, talk: Talk, key: str, text: str) -> None:
        route = f"POST /api/threads/{self.id(by, talk)}/notes"
        self._do("note", by, route, self.rules.note(by, talk, key, text), {"key": key, "text": text})

    def switch(self, by: str, available: bool) -> None:
        expected = self.rules.switch(by, available)
        self._do("switch", by, "PUT /api/availability", expected, {"available": available})

    def choose(self, by: str, policy: str) -> None:
        self._do("choose", by, "PUT /api/policy", self.rules.choose(by, policy), {"policy": policy})

    def close(self, by: str) -> None:
        self._do("close", by, "DELETE /api/me", self.rules.close(by, self.now))

    def operator_closes(self, party: str) -> None:
        address = self.rules.people[party].address
        # Who has ended may have come again, as somebody new of the same address.
        party = next((it for it, who in self.rules.people.items() if who.here and who.address == address), party)
        person = self.rules.people[party]
        kind = Kind(person.kind)
        outcome = self.world.home.store.run(partial(account_closing.close_by_admin, email=person.address, kind=kind))
        here = person.here and kind is not Kind.WORKER
        invariants.same("the operator closes", code(outcome), None if here else "not_found")
        self.world.sockets.deliver(deliveries_of(outcome))
        self.rules.operator_closes(party, self.now)
        self.check()

    def come_again(self, party: str) -> None:
        """Who has ended comes by the same door as before: to nobody until all is done, then as somebody new."""
        person = self.rules.people[party]
        if person.kind == "worker" or person.here or self._somebody_has(person.address):
            return
        again = self.world.enter(Kind(person.kind), person.address.partition("@")[0], person.address)
        if not all(it.struck for it in self.rules.people.values() if it.address == person.address):
            invariants.same("comes again before all is done", again, None)
        elif again is None or again in self.rules.people:
            raise Differs(f"{party} has ended and comes again as {again}")
        else:
            (self.users if person.kind == "user" else self.schools).append(again)
            self._add_party(again, PartyModel(person.kind, address=person.address))
        self.check()

    def _somebody_has(self, address: str) -> bool:
        return any(it.here and it.address == address for it in self.rules.people.values())

    def run_jobs(self) -> None:
        while self.world.run_jobs():
            pass
        self.rules.run_jobs(self.now)
        self._check_random_moments()
        invariants.same("the letters", sorted(it.email for it in self.world.mail.workers), sorted(self.rules.letters))
        forgotten = [self.rules.people[it].address for it in self.rules.forgotten]
        invariants.same("the logins forgotten", sorted(it for _, it in self.world.mail.forgotten), sorted(forgotten))
        self.check()

    def _check_random_moments(self) -> None:
        """When a worker loses a thread whose owner has ended is chance: it is looked up, and must be its own."""
        numbers = dict(self._numbers())
        for job in self.world.home.jobs(500):
            if not isinstance(job.task, UnassignThread):
                continue
            head = self.world.home.one(ThreadKey(job.task.thread))
            if head is None or head.worker is None:
                continue
            number = numbers[head.worker.party, head.worker.id]
            if not any(it[1:] == ("leave", number) for it in self.rules.jobs):
                invariants.has_its_own_moment(
                    job.due - self.now, [it[0] for it in self.rules.jobs if it[1] == "leave"], job.due
                )
                self.rules.jobs.append((job.due, "leave", number))

    def _numbers(self) -> Iterator[tuple[tuple[str, str], int]]:
        """Which thread each party means by which id."""
        for (party, number), id in self.ids.items():
            yield (party, id), number

    def tick(self, ms: int) -> None:
        """Time goes by. Nobody's screen may change with it: it is compared with what is loaded then."""
        self.world.home.time.now += ms
        self.world.forget()

    def cut(self, by: str) -> None:
        self.screens[by][1].cut()

    def connect(self, by: str) -> None:
        if not self.screens[by][1].live and self.rules.people[by].here:
            self.screens[by][1].connect()
        self.check()

    def _do(self, act: str, by: str, route: str, expected: str | None, body: Any = None) -> None:
        self._same(act, code(self.world.call(by, route, body)), expected)
        self.check()

    def _same(self, act: str, is_so: str | None, should: str | None) -> None:
        invariants.same(act, is_so, should)
        self.tried[act, is_so] += 1

    # --- what must be so after every step

    def check(self) -> None:
        self.world.home.time.now += 1
        self.steps += 1
        for party, person in self.rules.people.items():
            self._learn(party)
            frames = self._new_frames(party)
            invariants.hears_only_its_own(self.rules, party, self.ids, frames)
            invariants.hears_internal_entries(self.rules, party, self.ids, frames)
            invariants.asks_again_when_told(self.rules, party, frames)
            invariants.stays_blind(self.rules, party, self.addresses, self._new_bytes(party))
            if person.here:
                new_id = fresh_load(self.world, party)
                for screen in self.screens[party]:
                    invariants.is_alive(screen, new_id, self.parting(party))
                invariants.sees_what_is_so(self.rules, party, self.ids, new_id)
                self._reads_beside(party)
        self.rules.notified.clear()
        self.rules.changed.clear()
        for school in [it for it in self.schools if self.rules.people[it].here]:
            invariants.has_its_workers(self.rules, school, self.world.look(school, "GET /api/workers")["workers"])
            invariants.counts(self.rules, school, self.world.look(school, "GET /api/overview"))
        looking = next((it for it in self.users if self.rules.people[it].here), None)
        if looking:
            invariants.finds_the_schools(self.rules, self.world.look(looking, "GET /api/schools")["schools"])

    def parting(self, party: str) -> set[str]:
        """What a school has lost with its owner's end, and is told of within moments."""
        lost = [it for it in self.rules.talks if it.school == party and it.alone and not it.parted]
        return {self.ids[party, it.number] for it in lost if (party, it.number) in self.ids}

    def _reads_beside(self, party: str) -> None:
        for talk in [it for it in self.rules.talks if party in it.readers()]:
            page = self.world.look(party, f"GET /api/threads/{self.ids[party, talk.number]}/notes")
            invariants.reads_internal_entries(party, talk, page and page["entries"])

    def _learn(self, party: str) -> None:
        """What the party calls each thread: told once, it stays so."""
        for row in self.screens[party][0].view.rows.values():
            number = int(row["subject"].split()[1])
            invariants.same("the id of a thread", row["id"], self.ids.setdefault((party, number), row["id"]))

    def _new_frames(self, party: str) -> list[Json]:
        frames = self.screens[party][0].frames
        new, frames[:] = frames[:], []
        return new

    def _new_bytes(self, party: str) -> list[bytes]:
        heard = self.world.heard[party]
        new, heard[:] = heard[:], []
        return new
