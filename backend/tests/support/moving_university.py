"""A university that is to move: the demo's people with their accounts, and threads with all that a thread can have."""

import asyncio
from functools import partial
from pathlib import Path
from typing import Any

from tests.support.sample_university import (
    note,
    offload,
    on_thread,
    raise_,
    seen,
    send,
    typing,
)
from tests.support.stores import Home, Time, answer
from uconnect.adapters.sqlite import audit_log
from uconnect.adapters.sqlite.store import SqliteStore
from uconnect.demo import loader
from uconnect.demo.scenario import email
from uconnect.domain.context import AuditedAct, UseCase
from uconnect.domain.enums import Kind
from uconnect.domain.keys import AddressKey, PartyKey, ThreadKey, ThreadReferenceKey
from uconnect.domain.models import Picture, Thread, Times, WeekFigures
from uconnect.domain.request_bodies import HandBack, HideWords, Invite, NoticeUpdate, SnoozeThread
from uconnect.domain.usecases import assignment, hidden_words, messages, notices, snoozes, threads, workers
from uconnect.domain.usecases.registration import Registration, register
from uconnect.entrypoints.server import settings
from uconnect.entrypoints.server.authentication import ISSUER
from uconnect.entrypoints.server.container import build
from uconnect.oidc_provider import account_admin, accounts, upstream_links

EACH = 4  # threads of one user
HOUR = 3_600_000  # ms
PASSWORD = "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$c29tZWhhc2g"
TEXTS = ("Where is room 12?", "Ünï 漢字 🦉 \u202e the door \"'\\ <b>", "first\nsecond\n\n  third", "x" * 3000)


def settings_of(data: Path, sites: Path) -> settings.Settings:
    return settings.read({"DATA": str(data), "SITES": str(sites)})


class MovingUniversity:
    """Fills a data folder. Its clock goes a second at each step, and ends before now."""

    def __init__(self, chosen: settings.Settings, count: int) -> None:
        chosen.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        asyncio.run(loader.make(chosen))
        self._time = Time(step=1000)
        parts = build(chosen, self._time.new_context)
        try:
            self._parts = parts
            self._home = Home(SqliteStore(parts.database, self._time.new_context), self._time)
            self._schools = [self._party(it) for it in ("COMPUTING", "LAW", "LIBRARY")]
            self._worker = self._party("WANDA")
            self._other_worker = self._party("BO")
            self._fill(count)
        finally:
            parts.close()

    def _fill(self, count: int) -> None:
        user = ""
        for number in range(count):
            if number % EACH == 0:
                user = self._user(number)
            self._thread(number, user, self._schools[0] if number % 3 else self._schools[number % 2 + 1])
        self._preferences(user)
        suspended = self._user(-1)
        found = self._home.one(PartyKey(suspended))
        assert found is not None
        self._parts.database.write(partial(_suspend, email=found.email))
        self._parts.database.write(
            lambda c: accounts.add(c, "never.came@town.example", PASSWORD, verified=True, name="")
        )
        for what in ("school.invite", "user.suspend"):
            self._parts.database.write(partial(_act, what=what))

    def _thread(self, number: int, user: str, school: str) -> None:
        """What happens in it depends on its number."""
        id = self._run(raise_(user, school)).row.id
        case = number % 12
        thread = self._thread_of(user, id)
        theirs = thread.school.id
        for each in range(number % 5):
            self._run(
                send(user if each % 2 else school, id if each % 2 else theirs, TEXTS[(number + each) % len(TEXTS)])
            )
        if school == self._schools[0] and case in {1, 2, 4, 7, 8}:
            self._assigned(case, thread, school, user)
        if case in {2, 5}:
            self._run(seen(user, id, self._thread_of(user, id).seq, 1))
            self._run(typing(user, id))
        if case == 5:
            until = 0 if number % 2 else self._time.now + HOUR
            self._run(partial(snoozes.snooze, by=school, id=theirs, command=SnoozeThread(until=until)))
        if case == 10 and self._thread_of(user, id).answered.messages:
            self._run(on_thread(messages.ask_to_end, school, theirs))
            self._run(on_thread(messages.answer_not_yet, user, id))
        if case in {3, 6, 9, 0}:
            self._run(on_thread(threads.terminate, user, id))
        if case == 9:
            self._run(on_thread(threads.delete, user, id))

    def _assigned(self, case: int, thread: Thread, school: str, user: str) -> None:
        self._run(offload(thread.school.id, self._worker, by=school))
        worker = self._thread_of(user, thread.raiser.id).worker
        assert worker is not None
        self._run(send(self._worker, worker.id, "I am looking."))
        self._run(note(self._worker, worker.id))
        self._run(note(school, thread.school.id, "Thank you."))
        if case == 2:
            words = HideWords(words=("room",))
            self._run(partial(hidden_words.hide, by=school, id=thread.school.id, command=words))
        if case == 4:
            back = HandBack(reason="Not mine.")
            self._run(partial(assignment.hand_back, by=self._worker, id=worker.id, command=back))
        if case == 7:
            self._run(on_thread(assignment.take_back, school, thread.school.id))
            self._run(offload(thread.school.id, self._other_worker, by=school))

    def _preferences(self, user: str) -> None:
        for party, wanted in ((user, False), (self._worker, True), (self._schools[0], True)):
            self._run(partial(notices.update_setting, by=party, command=NoticeUpdate(by_email=wanted)))
        school = self._home.one(PartyKey(self._schools[0]))
        assert school is not None
        picture = Picture(id="P" * 22, school=school.id, image=bytes(range(256)) * 30)
        figures = WeekFigures(
            party=school.id, week=105_720, raised=Times(days=(0, 2, 0, 0, 0, 0, 1)), replies=(1, 0, 2)
        )
        self._home.keep(picture, figures)
        invited = Invite(key="K" * 22, email="soon@town.example", name="Soon")
        self._run(partial(workers.invite, by=school.id, command=invited))

    def _user(self, number: int) -> str:
        address = f"user{number}@town.example"

        def add(connection: Any) -> str:
            subject = accounts.add(connection, address, PASSWORD, verified=True, name=f"User {number}")
            assert subject is not None
            person = "https://idp.example", f"there-{number}"
            assert upstream_links.add(connection, *person, subject, address, 1_700_000_000)
            return subject

        subject = self._parts.database.write(add)
        command = Registration(site=Kind.USER, issuer=ISSUER, subject=subject, email=address, name=f"User {number}")
        return str(self._run(partial(register, command=command)))

    def _party(self, key: str) -> str:
        address = self._home.one(AddressKey(email(key)))
        assert address is not None
        assert address.party is not None
        return address.party

    def _thread_of(self, user: str, id: str) -> Thread:
        reference = self._home.one(ThreadReferenceKey(user, id))
        assert reference is not None
        thread = self._home.one(ThreadKey(reference.thread))
        assert thread is not None
        return thread

    def _run(self, use_case: UseCase[Any]) -> Any:
        return answer(self._home.store.run(use_case))


def _suspend(connection: Any, email: str) -> None:
    found = account_admin.find(connection, email)
    assert found is not None
    account_admin.suspend(connection, found.subject, 1_700_000_000)


def _act(connection: Any, what: str) -> None:
    audit_log.add(connection, 1_700_000_000, AuditedAct(what, "somebody"))
