"""Promises 5 and 7: in every history the eleven rules hold, and every live screen equals a fresh load."""

from collections import Counter
from contextlib import ExitStack
from functools import partial
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from tests.histories.reference_model import Talk
from tests.histories.replay import ADDRESSES, NOBODY, Play, Tried, untried
from tests.support import sizes
from tests.support.evidence import Evidence
from tests.support.world import home
from uconnect.domain.text import clean, is_blank

KEYS = st.integers(0, 6).map(lambda number: f"key-of-a-message-{number}")
FRESH_OR_OLD = st.one_of(st.uuids(version=4).map(lambda it: it.hex), KEYS)
SHARE = {"memory": 0.5, "sqlite": 0.25, "dynamodb": 0.1}  # of the seconds of a proof
# As they are kept. What is refused or cleaned has tests of its own (`test_text.py`).
TEXTS = (
    st.text(min_size=1, max_size=90)
    .map(partial(clean, many_lines=True))
    .filter(lambda text: text and not is_blank(text))
)
JUMPS = st.sampled_from([0, 1_000, 60_000, 3_600_000, 30 * 86_400_000])


class Histories(RuleBasedStateMachine):
    """Anybody may try anything at any moment."""

    store: str
    tried: Tried

    @initialize(seed=st.integers(0, 2**32))
    def begin(self, seed: int) -> None:
        self.homes = ExitStack()
        self.play = Play(self.homes.enter_context(home(self.store, seed)))
        for number, school in enumerate(self.play.schools * 2):
            self.play.invite(school, ADDRESSES[number], f"key-of-invitation-{number}")
            self.play.join(ADDRESSES[number])
        self.play.raise_(self.play.users[0], self.play.schools[0], "key-of-a-message-0")
        self.play.offload(self.play.schools[0], self.play.rules.talks[0], self.play.workers[0])

    def teardown(self) -> None:
        if hasattr(self, "homes"):
            self.homes.close()
            self.tried.update(self.play.tried)

    def someone(self, data: Any) -> str:
        who: str = data.draw(st.sampled_from(self.play.parties), label="by")
        return who

    def talk(self, data: Any) -> Talk:
        talk: Talk = data.draw(st.sampled_from(self.play.rules.talks), label="thread")
        return talk

    def hand(self, data: Any, talk: Talk, *fit: str | None) -> str:
        """Most often one of those who fit, else one who has to do with the thread, else anybody."""
        handlers = [talk.raiser, talk.school, talk.worker or talk.school, *sorted(talk.handlers)]
        likely = st.sampled_from([it for it in fit if it] or handlers)
        who: str = data.draw(
            likely | likely | st.sampled_from(handlers) | st.sampled_from(self.play.parties), label="by"
        )
        return who

    def talking(self) -> bool:
        return bool(self.play.rules.talks)

    @rule(data=st.data(), keys=st.lists(FRESH_OR_OLD, min_size=1, max_size=4))
    def raise_(self, data: Any, keys: list[str]) -> None:
        first, schools = self.play.users[0], st.sampled_from(self.play.schools)
        usual = st.tuples(st.just(first), schools) | st.tuples(st.sampled_from([first, *self.play.schools]), schools)
        odd = st.tuples(st.sampled_from(self.play.parties), st.sampled_from([*self.play.parties, NOBODY]))
        by, to = data.draw(usual | odd, label="by, to")
        for key in keys:
            self.play.raise_(by, to, key)

    @precondition(talking)
    @rule(data=st.data(), key=FRESH_OR_OLD, text=TEXTS)
    def send(self, data: Any, key: str, text: str) -> None:
        talk = self.talk(data)
        self.play.send(self.hand(data, talk), talk, key, text)

    @precondition(talking)
    @rule(data=st.data(), ended=st.booleans(), written=st.booleans(), deleted=st.booleans())
    def end(self, data: Any, ended: bool, written: bool, deleted: bool) -> None:
        """A thread is terminated, written to, deleted: each of them or not."""
        talk = self.talk(data)
        by = self.hand(data, talk, talk.raiser)
        if ended:
            self.play.terminate(by, talk)
        if written:
            self.play.send(self.hand(data, talk), talk, data.draw(FRESH_OR_OLD, label="key"), "One more thing")
        if deleted:
            self.play.delete(by, talk)

    @precondition(talking)
    @rule(data=st.data())
    def offload(self, data: Any) -> None:
        talk = self.talk(data)
        by = self.hand(data, talk, talk.school)
        staff = st.sampled_from([it for it in self.play.workers if self.play.rules.people[it].school == talk.school])
        worker = data.draw(staff | st.sampled_from([*self.play.workers, by, NOBODY]), label="worker")
        self.play.offload(by, talk, worker)

    @precondition(talking)
    @rule(data=st.data())
    def take_back(self, data: Any) -> None:
        talk = self.talk(data)
        self.play.take_back(self.hand(data, talk, talk.school), talk)

    @precondition(talking)
    @rule(data=st.data())
    def hand_back(self, data: Any) -> None:
        talk = self.talk(data)
        self.play.hand_back(self.hand(data, talk, talk.worker), talk)

    @precondition(talking)
    @rule(data=st.data(), seq=st.integers(0, 9), theirs=st.integers(0, 9))
    def see(self, data: Any, seq: int, theirs: int) -> None:
        talk = self.talk(data)
        self.play.see(self.hand(data, talk), talk, seq, theirs)

    @precondition(talking)
    @rule(data=st.data())
    def type(self, data: Any) -> None:
        talk = self.talk(data)
        self.play.type(self.hand(data, talk), talk)

    @rule(
        data=st.data(),
        addresses=st.lists(st.sampled_from(ADDRESSES), min_size=1, max_size=5, unique=True),
        again=st.booleans(),
        at_once=st.booleans(),
    )
    def invite(self, data: Any, addresses: list[str], again: bool, at_once: bool) -> None:
        by = data.draw(st.one_of(st.just(self.play.schools[0]), st.sampled_from(self.play.parties)), label="by")
        for address in addresses:
            self.play.invite(by, address, data.draw(st.uuids(version=4), label="key").hex)
            if again:
                self.play.resend(by, address)
            if at_once:
                self.play.join(address)

    @rule(address=st.sampled_from(ADDRESSES))
    def join(self, address: str) -> None:
        self.play.join(address)

    @rule(data=st.data())
    def remove(self, data: Any) -> None:
        by = data.draw(st.one_of(st.sampled_from(self.play.schools), st.sampled_from(self.play.parties)), label="by")
        self.play.remove(by, data.draw(st.sampled_from([*self.play.workers, by, NOBODY]), label="worker"))

    @precondition(talking)
    @rule(data=st.data(), key=FRESH_OR_OLD, text=TEXTS)
    def note(self, data: Any, key: str, text: str) -> None:
        talk = self.talk(data)
        self.play.note(self.hand(data, talk, talk.school, talk.worker), talk, key, text)

    @rule(data=st.data(), available=st.booleans())
    def switch(self, data: Any, available: bool) -> None:
        self.play.switch(data.draw(st.sampled_from([*self.play.workers, *self.play.parties]), label="by"), available)

    @rule(data=st.data(), policy=st.sampled_from(["automatic", "automatic", "by_hand"]))
    def choose(self, data: Any, policy: str) -> None:
        by = data.draw(st.sampled_from(self.play.schools) | st.sampled_from(self.play.parties), label="by")
        self.play.choose(by, policy)

    @rule(data=st.data(), address=st.sampled_from(ADDRESSES))
    def resend(self, data: Any, address: str) -> None:
        odd = st.tuples(st.sampled_from(self.play.parties), st.just(address))
        waiting = self.play.rules.waiting()
        by, address = data.draw(st.sampled_from(waiting) | odd if waiting else odd, label="by, address")
        self.play.resend(by, address)

    @precondition(lambda self: self.play.steps > 15)
    @rule(data=st.data(), by_operator=st.integers(0, 3))
    def close(self, data: Any, by_operator: int) -> None:
        """An account ends: most often a user's or a school's."""
        users, schools = st.sampled_from(self.play.users), st.sampled_from(self.play.schools)
        by = data.draw(users | schools | st.sampled_from(self.play.parties), label="by")
        if by_operator:
            self.play.close(by)
        else:
            self.play.operator_closes(by)

    @rule(data=st.data())
    def come_again(self, data: Any) -> None:
        self.play.come_again(self.someone(data))

    @rule()
    def run_jobs(self) -> None:
        self.play.run_jobs()

    @rule(ms=JUMPS)
    def tick(self, ms: int) -> None:
        self.play.tick(ms)

    @rule(data=st.data())
    def cut(self, data: Any) -> None:
        self.play.cut(self.someone(data))

    @rule(data=st.data())
    def connect(self, data: Any) -> None:
        self.play.connect(self.someone(data))


RARE = {"thread_terminated"}  # refusals that few histories may miss


@pytest.mark.timeout(0 if sizes.FULL else 600)
@pytest.mark.parametrize("shard", sizes.SHARDS)
@pytest.mark.parametrize("store", sizes.HISTORIES)
def test_the_rules_hold_in_every_history_and_every_screen_is_fresh(store: str, shard: int, evidence: Evidence) -> None:
    tried: Tried = Counter()
    machine = type(f"Histories_{store}", (Histories,), {"store": store, "tried": tried})
    played = 0
    for many in sizes.batches(sizes.shard(sizes.HISTORIES[store], shard), SHARE[store], sizes.AT_ONCE[store]):
        run_state_machine_as_test(machine, settings=playing(many))
        played += many
    if played > 100:  # fewer may leave anything out by chance, and fewer than 500 what is rare
        assert untried(tried) <= (RARE if played < 500 else set())
    evidence(5, f"histories over {store}", played)
    evidence(7, f"steps after which every screen was compared, over {store}", sum(tried.values()))


def playing(many: int) -> settings:
    """How so many histories are played."""
    return settings(
        max_examples=many,
        stateful_step_count=sizes.STEPS,
        database=None,
        derandomize=not sizes.FULL,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )
