"""Fills a data folder before its server starts: people who are signed in, and schools with many threads.

What a crowd would do in minutes, by calls, is written here in one transaction.
"""

import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from joserfc.jwk import ECKey

from tests.support.stores import answer, fresh, keeping
from uconnect.adapters.clock import new_context
from uconnect.adapters.sqlite import Database
from uconnect.adapters.sqlite.store import SqliteStore
from uconnect.domain.enums import Kind, Policy, Side, State
from uconnect.domain.models import (
    Address,
    IdempotencyRecord,
    Login,
    LoginSubject,
    Message,
    Participant,
    Preview,
    Record,
    School,
    SideCounters,
    Thread,
    ThreadReference,
    Ticket,
    User,
    Worker,
)
from uconnect.domain.rules import FIVE
from uconnect.domain.usecases import tickets
from uconnect.entrypoints.server.authentication import ISSUER
from uconnect.entrypoints.server.container import MIGRATIONS
from uconnect.oidc_provider import accounts, sessions, signing_keys
from uconnect.oidc_provider.sessions import Session
from uconnect.oidc_provider.token_store import Signer

TEXT = "Where is room 12?"
TICKET_LIFETIME = 3_600_000  # ms: longer than any run


@dataclass(frozen=True)
class SignedIn:
    """Who has an account, a session and a party."""

    party: str
    email: str
    session: Session


@dataclass
class PreparedFolder:
    """A data folder on which no server runs yet. What is added is written by `keep`."""

    database: Database
    store: SqliteStore
    _records: list[Record] = field(default_factory=list)

    def keep(self) -> None:
        answer(self.store.run(keeping(*self._records)))
        self._records.clear()

    def signing_key(self) -> ECKey:
        """What the server on this folder will sign with."""
        return self.database.write(lambda connection: signing_keys.make_first(connection, time.time()))

    def tickets(self, party: str, many: int) -> list[str]:
        """So many tickets of a party, however many it had: nobody's pace is what is tried."""
        made, until = [fresh() for _ in range(many)], new_context().now + TICKET_LIFETIME
        self._records += [Ticket(hashed=tickets.hash_ticket(it), party=party, expires=until) for it in made]
        return made

    def users(self, many: int, open: Sequence[tuple[str, ...]] = ()) -> list[SignedIn]:
        """Users, with the ids of the threads that each has open."""
        people = self._sign_up(Kind.USER, many)
        for person, theirs in zip(people, open or [()] * many, strict=True):
            login = LoginSubject(ISSUER, person.session.subject)
            self._records.append(User(id=person.party, email=person.email, name="Ada", open=theirs, login=login))
        return people

    def school(self, policy: Policy = Policy.BY_HAND) -> SignedIn:
        """A school with five workers."""
        [person] = self._sign_up(Kind.SCHOOL, 1)
        login, workers = LoginSubject(ISSUER, person.session.subject), tuple(fresh() for _ in range(FIVE))
        school = School(id=person.party, email=person.email, name="Law", login=login, policy=policy, workers=workers)
        staff = [_worker(worker, person.party) for worker in workers]
        self._records += [school, *staff, *(Address(email=it.email, party=it.id) for it in staff)]
        return person

    def ended_threads(self, owner: SignedIn, to: SignedIn, many: int) -> None:
        """Threads that one school raised to another, and has ended."""
        for _ in range(many):
            self._records += _thread(fresh(), Kind.SCHOOL, owner.party, to.party, State.TERMINATED)

    def open_threads(self, to: SignedIn, many: int) -> None:
        """Threads to a school that are open, five of each owner."""
        theirs = [tuple(fresh() for _ in range(FIVE)) for _ in range(many // FIVE)]
        for owner, ids in zip(self.users(len(theirs), theirs), theirs, strict=True):
            for id in ids:
                self._records += _thread(id, Kind.USER, owner.party, to.party, State.OPEN)

    def _sign_up(self, site: Kind, many: int) -> list[SignedIn]:
        def transaction(connection: sqlite3.Connection) -> list[SignedIn]:
            found = []
            for _ in range(many):
                email = f"{fresh().lower()}@x.example"
                subject = accounts.add(connection, email, "", verified=True, name="Ada")
                assert subject is not None
                session, _ = sessions.begin(connection, f"uconnect-{site.value}", subject, time.time())
                found.append(SignedIn(fresh(), email, session))
            return found

        people = self.database.write(transaction)
        for person in people:
            self._records += [
                Address(email=person.email, party=person.party),
                Login(issuer=ISSUER, subject=person.session.subject, party=person.party),
            ]
        return people


@contextmanager
def preparing(data: Path) -> Iterator[PreparedFolder]:
    database = Database(data / "uconnect.sqlite", MIGRATIONS)
    try:
        yield PreparedFolder(database, SqliteStore(database, new_context))
    finally:
        database.close()


def tokens(signer: Signer, people: Iterable[SignedIn]) -> list[str]:
    """An access token for each."""
    return [signer.access_token(it.session, "openid email", time.time()) for it in people]


def _worker(id: str, school: str) -> Worker:
    return Worker(id=id, email=f"{id.lower()}@x.example", name="Wim", school=school, joined=True, answered=True)


def _thread(id: str, kind: Kind, owner: str, school: str, state: State) -> list[Record]:
    """A thread of one message, and what stands beside it."""
    key, now = fresh(), new_context().now
    thread = Thread(
        id=id,
        key=key,
        kind=kind,
        subject="A question",
        since=now,
        at=now,
        raiser=Participant(party=owner, id=fresh()),
        school=Participant(party=school, id=fresh()),
        state=state,
        seq=1,
        last=Preview(Side.RAISER, TEXT),
        asked=SideCounters(messages=1, sent=now),
        policy_applied=True,
        turn_since=now,
    )
    return [
        thread,
        Message(thread=id, seq=1, at=now, side=Side.RAISER, author=owner, key=key, text=TEXT),
        *(ThreadReference(viewer=it.party, id=it.id, thread=id, owner=owner) for it in (thread.raiser, thread.school)),
        IdempotencyRecord(party=owner, key=key, made=thread.raiser.id),
    ]
