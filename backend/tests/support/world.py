"""A world that can be replayed: one seed gives its times and ids, and it keeps every byte that each party receives.

It speaks as the homes do: calls by the table of operations, frames by the socket's session, deliveries by `Sockets`.
"""

import base64
import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
from msgspec.structs import replace

from tests.support import dynamodb_emulator
from tests.support.fake_job_dependencies import FakeMail, fake_job_dependencies
from tests.support.memory_store import MemoryStore
from tests.support.stores import Home, Time
from tests.support.table_check import wrong_rows
from uconnect.adapters.dynamodb.store import DynamoStore
from uconnect.adapters.realtime.in_process import Socket, Sockets
from uconnect.adapters.sqlite import Database
from uconnect.adapters.sqlite.store import MIGRATIONS, SqliteStore
from uconnect.adapters.sqlite.thread_counts import wrong_counts
from uconnect.api import http, websocket
from uconnect.application.jobs import run, run_due_jobs
from uconnect.domain.context import Context, Delivery, Plan, UseCase, Wanted
from uconnect.domain.enums import Kind
from uconnect.domain.errors import Refusal
from uconnect.domain.keys import PartyKey
from uconnect.domain.models import KIND_OF
from uconnect.domain.usecases import invitations, registration
from uconnect.entrypoints.exports import references

Outcome = Plan[Any] | Refusal


class Replayed(Time):
    """A clock that stands still until it is moved, and ids that the seed gives."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self._random = random.Random(seed)

    def new_id(self) -> str:
        return base64.urlsafe_b64encode(self._random.randbytes(16))[:22].decode()

    def new_context(self) -> Context:
        return Context(self.now, self.new_id, self.jobs_within)


@contextmanager
def home(store: str, seed: int = 0) -> Iterator[Home]:
    """A home over an empty store: `memory`, `sqlite` or `dynamodb`."""
    time = Replayed(seed)
    if store == "memory":
        yield Home(MemoryStore(time.new_context), time)
        return
    if store == "dynamodb":
        client, table = dynamodb_emulator.dynamodb(), dynamodb_emulator.table()
        yield Home(DynamoStore(client, table, time.new_context), time)
        assert wrong_rows(client, table) == [], "whatever was done, the rows and counts are right"
        return
    with TemporaryDirectory() as folder:
        database = Database(Path(folder) / "uconnect.db", MIGRATIONS, readers=1)
        try:
            yield Home(SqliteStore(database, time.new_context), time, serial=True)
            assert database.read(wrong_counts) == [], "whatever was done, the kept counts are right"
            database.read(references.check)  # whatever was done, an archive of it can be imported
        finally:
            database.close()


@dataclass(frozen=True)
class Device:
    """One open socket of a party; what arrives is heard and written down."""

    record: Callable[[bytes], None]
    disconnect: Callable[[Socket], None]

    def push(self, frame: bytes) -> None:
        self.record(frame)

    def close(self) -> None:
        self.disconnect(self)


@dataclass(frozen=True)
class Cost:
    """What a decision took before the first frame could reach a party: keys read, look-ups made on the way to it."""

    reads: int
    order: tuple[str, ...]


@dataclass
class World:
    """A store and those who use it. `heard` is, for each party, all that it received, in order."""

    home: Home
    sockets: Sockets = field(default_factory=Sockets)
    heard: dict[str, list[bytes]] = field(default_factory=lambda: defaultdict(list))
    cost: Cost = Cost(0, ())
    mail: FakeMail = field(default_factory=FakeMail)

    # --- coming in

    def enter(self, kind: Kind, name: str, email: str) -> str | None:
        """The party that an address is at the site of that kind; None if it is turned away.

        Who comes as a worker accepts the invitation that was written last.
        """
        who = registration.Registration(site=kind, issuer="issuer", subject=email, email=email, name=name)
        pending = self.home.store.ask(partial(invitations.pending, who=who))
        if isinstance(pending, Plan) and pending.answer.invitations:
            who = replace(who, invitation=pending.answer.invitations[-1].id)
        outcome = self.home.store.run(partial(registration.register, command=who))
        self._deliver(outcome)
        return outcome.answer if isinstance(outcome, Plan) else None

    def newcomer(self, kind: Kind, name: str) -> str:
        party = self.enter(kind, name, f"{name.lower()}@example.org")
        assert party is not None
        return party

    def open(self, party: str, record: Callable[[bytes], None] = lambda _: None) -> Socket:
        """A socket of a party, open from now on."""

        def heard(frame: bytes) -> None:
            self.heard[party].append(b"frame " + frame)
            record(frame)

        device = Device(heard, partial(self.sockets.remove, party))
        self.sockets.add(party, device)
        return device

    # --- acting

    def call(self, by: str, route: str, body: Any = None, query: str = "") -> http.EncodedAnswer:
        """An HTTP call: `route` is the method and the path, as in "GET /api/me"."""
        found = http.find_operation(*route.split())
        assert found is not None
        outcome = self._decided(*found, by, query, b"" if body is None else msgspec.json.encode(body))
        self._deliver(outcome)
        given = http.encode_outcome(outcome)
        self.heard[by].append(b"%d " % given.status + given.body)
        return given

    def look(self, by: str, route: str, query: str = "") -> Any:
        """What a question is answered with, asked beside the story: nothing is written down. None if refused."""
        found = http.find_operation(*route.split())
        assert found is not None
        outcome = self._decided(*found, by, query, b"")
        return msgspec.json.decode(http.encode_outcome(outcome).body) if isinstance(outcome, Plan) else None

    def say(self, by: str, frame: Any, device: Socket | None = None) -> Outcome:
        """A frame from one of the party's sockets (which is answered there), or from one that is not looked at."""
        heard = websocket.decode_frame(by, msgspec.json.encode(frame))
        assert isinstance(heard, websocket.Command)
        outcome = self._run(heard.use_case)
        for said in websocket.reply(heard, outcome).frames:
            if device:
                device.push(msgspec.json.encode(said))
        self._deliver(outcome, device if heard.key else None)
        return outcome

    def do(self, use_case: UseCase[Any]) -> None:
        """Does what a job does, now."""
        self._deliver(self._run(use_case))

    def run_jobs(self) -> int:
        """Do the jobs that are due, and those that they leave. Returns how many were finished."""
        finished = 0
        while more := run_due_jobs(self.home.store, fake_job_dependencies(self.sockets.deliver, self.mail)):
            finished += more
        return finished

    def _decided(self, operation: Any, id: str, by: str, query: str, body: bytes) -> Outcome:
        use_case = http.prepare_use_case(
            operation, by, id, query, body, who=self._login(by) if operation.newcomers else None
        )
        if isinstance(use_case, Refusal):
            return use_case
        return self._run(use_case) if operation.writes else self._ask(use_case)

    def _login(self, by: str) -> registration.Registration:
        """Whoever has come with the login of a party."""
        party = self.home.one(PartyKey(by))
        assert party is not None
        email = party.email
        return registration.Registration(
            site=KIND_OF[type(party)], issuer="issuer", subject=email, email=email, name=party.name
        )

    def _run(self, use_case: UseCase[Any]) -> Outcome:
        counting = Counting(use_case)
        outcome = run(self.home.store, counting, self._told_first)
        self.cost = Cost(counting.reads, tuple(it.to for it in deliveries_of(outcome)))
        return outcome

    def _told_first(self, deliveries: Sequence[Delivery]) -> None:
        """What is told before something else is decided. Times and costs that can be seen begin after it."""
        self.sockets.deliver(deliveries)

    def _ask(self, use_case: UseCase[Any]) -> Outcome:
        counting = Counting(use_case)
        outcome = self.home.store.ask(counting)
        self.cost = Cost(counting.reads, ())
        return outcome

    def _deliver(self, outcome: Outcome, exclude: Socket | None = None) -> None:
        self.sockets.deliver(deliveries_of(outcome), exclude)


class Counting:
    """A use case that counts the keys it reads; of several that follow on each other, those of the last.

    What a message carries as its time is the moment of that one: what was decided and told before it delays nothing
    that could be seen.
    """

    def __init__(self, use_case: UseCase[Any]) -> None:
        self._use_case = use_case
        self.reads = 0

    def __call__(self, context: Context) -> Plan[Any]:
        self.reads = 0
        fetch = context.fetch

        def count_reads(context: Context, wanted: Wanted) -> None:
            self.reads += len(wanted)
            fetch(context, wanted)

        context.fetch = count_reads
        plan = self._use_case(context)
        return plan if plan.then is None else replace(plan, then=self._following(plan.then))

    def _following(self, use_case: UseCase[Any]) -> UseCase[Any]:
        def follow(context: Context) -> Plan[Any]:
            self._use_case = use_case
            return self(context)

        return follow


def deliveries_of(outcome: Outcome) -> tuple[Delivery, ...]:
    return outcome.deliveries if isinstance(outcome, Plan) else ()


def code(answered: http.EncodedAnswer | Outcome) -> str | None:
    """Why it was refused; None if it was not."""
    if isinstance(answered, http.EncodedAnswer):
        said = msgspec.json.decode(answered.body)
        return said["code"] if answered.status >= 400 else None
    return answered.code if isinstance(answered, Refusal) else None


def body(answered: http.EncodedAnswer) -> Any:
    return msgspec.json.decode(answered.body)
