"""Over every store: a message that is left unread causes one letter, however many runners do the jobs."""

from functools import partial

import pytest

from tests.support.fake_job_dependencies import FakeMail
from tests.support.sample_university import ANN, SCHOOL, WENDY, Case, SampleUniversity, seen
from tests.support.stores import Home, together
from uconnect.application.jobs import JobDependencies, run_due_jobs
from uconnect.application.local_time import local_time
from uconnect.domain.jobs import MailNotice, TellUnread
from uconnect.domain.keys import JobKey, NoticeStateKey, PartyKey
from uconnect.domain.models import Job
from uconnect.domain.usecases import notices
from uconnect.domain.usecases.notices import EVERY, MINUTE, SPREAD, UNREAD

LATEST = UNREAD + EVERY + SPREAD + EVERY


@pytest.fixture
def university(home: Home) -> SampleUniversity:
    university = SampleUniversity(home).create()
    university.run(notices.begin)
    return university


def wait(university: SampleUniversity, mail: FakeMail, ms: int = LATEST) -> list[str]:
    """Who is written to meanwhile. It is day everywhere."""
    noon = partial(local_time, 1_800_000_000_000, "Europe/Helsinki")
    beyond = JobDependencies(lambda _: None, mail, mail, failed, local_time=lambda *_: noon())
    before = len(mail.notices)
    for _ in range(ms // MINUTE):
        university.home.time.now += MINUTE
        while run_due_jobs(university.home.store, beyond):
            pass
    return [it.email for it in mail.notices[before:]]


def failed(error: Exception) -> None:
    raise error


def read(case: Case, by: str) -> None:
    thread = case.thread
    written = thread.answered.messages if by == case.raiser else thread.asked.messages
    case.university.run(seen(by, case.id(by), thread.seq, written))


def test_each_side_is_told_once_of_what_it_has_not_read(university: SampleUniversity) -> None:
    mail = FakeMail()
    case, other = university.raised(), university.raised()
    read(other, SCHOOL)
    assert wait(university, mail) == ["school@x"]
    case.offload(WENDY)
    case.send(WENDY)
    other.send(SCHOOL)
    read(other, ANN)
    assert wait(university, mail) == ["ann@x"]
    read(case, ANN)
    case.send(ANN)
    assert wait(university, mail) == ["wendy@x"]
    assert wait(university, mail, 3 * LATEST) == []


def test_two_decisions_about_one_party_at_once_cause_one_letter(university: SampleUniversity) -> None:
    cases = [university.raised() for _ in range(3)]
    for case in cases:
        case.send(SCHOOL)
    tasks = [TellUnread(case.thread.id, ANN) for case in cases]
    university.home.keep(*(Job(id=f"{number}", due=0, task=task) for number, task in enumerate(tasks)))
    day = partial(local_time, 1_800_000_000_000, "Europe/Helsinki")
    decide = [
        partial(notices.decide, id=f"{number}", task=task, local_time=lambda *_: day())
        for number, task in enumerate(tasks)
    ]
    verdicts = together([partial(university.run, it) for it in decide])
    assert sorted(it.name for it in verdicts) == ["NOTHING", "NOTHING", "TELL"]
    jobs = [it for it in (university.home.one(JobKey(f"{number}")) for number in range(3)) if isinstance(it, Job)]
    assert sum(it.task == MailNotice(ANN) for it in jobs) == 1


def test_what_a_party_was_told_is_erased_with_it(university: SampleUniversity) -> None:
    university.raised()
    wait(university, FakeMail())
    assert university.home.one(NoticeStateKey(SCHOOL)) is not None
    assert university.home.store.purge(PartyKey(SCHOOL), 99)
    assert university.home.one(NoticeStateKey(SCHOOL)) is None
