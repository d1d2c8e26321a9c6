"""A party is told once by e-mail that a message waits, at a random moment, if it has not read it by then."""

from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from tests.support.fake_job_dependencies import FakeMail, fake_job_dependencies
from tests.support.sample_university import ANN, BOB, SCHOOL, WALT, WENDY, Case, SampleUniversity, note, on_thread, seen
from uconnect.application import jobs
from uconnect.application.local_time import local_time
from uconnect.domain.context import Context, Plan
from uconnect.domain.enums import Kind
from uconnect.domain.jobs import FindUnread, MailNotice, TellUnread
from uconnect.domain.keys import NoticeStateKey, PartyKey, RateLimitKey
from uconnect.domain.models import Job, NoticeState, School, Thread
from uconnect.domain.request_bodies import NoticeUpdate
from uconnect.domain.usecases import account_closing, assignment, notices, tickets, workers
from uconnect.domain.usecases.notices import DAY, EVERY, FIND_UNREAD, HOUR, MINUTE, SPREAD, UNREAD

LATEST = UNREAD + EVERY + SPREAD + EVERY  # until when the letter about a message is written, by looks a minute apart


class Post:
    """The letters of a university whose clock moves a minute at a time, from a morning on."""

    def __init__(self, university: SampleUniversity) -> None:
        self.university, self.time, self.mail = university, university.home.time, FakeMail()
        self.zone = UTC
        university.run(notices.begin)
        school = university.home.one(PartyKey(SCHOOL))
        assert isinstance(school, School)
        university.home.change(replace(school, zone="Europe/Helsinki"))

    def wait(self, ms: int = LATEST) -> list[str]:
        """The kinds of those who are written to meanwhile."""
        before = len(self.mail.notices)
        for _ in range(ms // MINUTE):
            self.time.now += MINUTE
            self.run_jobs()
        return self.written[before:]

    def run_jobs(self) -> None:
        clock = partial(_in_zone, self.zone)
        beyond = fake_job_dependencies(post=self.mail)
        beyond = jobs.JobDependencies(beyond.deliver, self.mail, self.mail, beyond.failed, local_time=clock)
        while jobs.run_due_jobs(self.university.home.store, beyond):
            pass

    @property
    def written(self) -> list[str]:
        return [it.email.partition("@")[0] for it in self.mail.notices]


def _in_zone(of_server: timezone, now: int, zone: str) -> datetime:
    return datetime.fromtimestamp(now / 1000, ZoneInfo(zone) if zone else of_server)


@pytest.fixture
def post(university: SampleUniversity) -> Post:
    return Post(university)


@pytest.fixture
def case(university: SampleUniversity, post: Post) -> Case:
    """A thread that Ann has raised and read; its school has read it, too."""
    case = university.raised()
    read(case, SCHOOL)
    assert post.wait() == []
    return case


def read(case: Case, by: str) -> None:
    thread = case.thread
    written = thread.answered.messages if by == case.raiser else thread.asked.messages
    case.university.run(seen(by, case.id(by), thread.seq, written))


# --- what causes a letter


def test_a_message_that_is_left_unread_for_ten_minutes_causes_one_letter(post: Post, case: Case) -> None:
    case.send(SCHOOL)
    assert post.wait(UNREAD - MINUTE) == []
    assert post.wait() == ["ann"]
    assert post.wait(DAY // 2) == []


def test_a_new_thread_is_told_to_its_school(university: SampleUniversity, post: Post) -> None:
    university.raised()
    assert post.wait() == ["school"]


def test_the_letter_says_where_and_nothing_else(post: Post, case: Case) -> None:
    case.send(SCHOOL)
    post.wait()
    (letter,) = post.mail.notices
    state = case.university.home.one(NoticeStateKey(ANN))
    assert state is not None
    assert (letter.email, letter.kind, letter.stop) == ("ann@x", Kind.USER, f"{ANN}.{state.stop}")


def test_what_is_read_in_time_causes_none(post: Post, case: Case) -> None:
    case.send(SCHOOL)
    post.wait(UNREAD - MINUTE)
    read(case, ANN)
    assert post.wait() == []


def test_what_is_read_before_the_random_moment_causes_none(post: Post, case: Case) -> None:
    case.send(SCHOOL)
    post.wait(UNREAD)
    assert [it for it in case.university.home.jobs() if isinstance(it.task, TellUnread)]
    read(case, ANN)
    assert post.wait() == []


def test_what_the_other_side_has_answered_causes_none(post: Post, case: Case) -> None:
    case.send(ANN)
    post.wait(UNREAD)
    case.send(SCHOOL)
    read(case, ANN)
    assert post.wait() == []


def test_messages_that_follow_the_first_put_off_no_letter(post: Post, university: SampleUniversity) -> None:
    case = university.raised()
    for _ in range(UNREAD // MINUTE):
        post.wait(MINUTE)
        case.send(ANN)
    assert post.wait(MINUTE + SPREAD) == ["school"]


def test_a_second_message_after_the_first_was_read_is_told(post: Post, case: Case) -> None:
    case.send(SCHOOL)
    read(case, ANN)
    post.wait(HOUR)
    case.send(SCHOOL)
    assert post.wait() == ["ann"]


def test_the_moment_is_random_within_five_minutes(post: Post, university: SampleUniversity) -> None:
    for _ in range(5):
        university.raised()
    post.wait(UNREAD)
    dues = {it.due - post.time.now for it in university.home.jobs() if isinstance(it.task, TellUnread)}
    assert len(dues) == 5
    assert all(-MINUTE <= due < SPREAD for due in dues)


# --- once, until it is read


def test_a_second_thread_causes_none_until_the_first_was_read(post: Post, case: Case) -> None:
    other = case.university.raised()
    read(other, SCHOOL)
    case.send(SCHOOL)
    assert post.wait() == ["ann"]
    other.send(SCHOOL)
    assert post.wait() == []
    read(case, ANN)
    other.send(SCHOOL)
    assert post.wait() == ["ann"]


def test_whoever_has_opened_the_site_again_is_told_again(post: Post, case: Case) -> None:
    case.send(SCHOOL)
    assert post.wait() == ["ann"]
    case.university.run(partial(tickets.issue, by=ANN))
    used = case.university.home.one(RateLimitKey(ANN, tickets.RATE_LIMIT))
    assert used is not None
    assert used.at == post.time.now
    assert post.wait(HOUR) == []  # nothing new has come
    case.send(SCHOOL)
    assert post.wait() == ["ann"]


def test_whoever_was_told_of_a_thread_that_has_ended_is_told_of_another(post: Post, case: Case) -> None:
    other = case.university.raised()
    read(other, SCHOOL)
    case.send(SCHOOL)
    assert post.wait() == ["ann"]
    case.terminate()
    other.send(SCHOOL)
    assert post.wait() == ["ann"]
    other.terminate()
    other.delete()
    third = case.university.raised()
    read(third, SCHOOL)
    third.send(SCHOOL)
    assert post.wait() == ["ann"]


def test_a_school_gets_at_most_one_letter_an_hour(post: Post, case: Case) -> None:
    case.send(ANN)
    assert post.wait() == ["school"]
    first = case.university.home.one(NoticeStateKey(SCHOOL))
    assert first is not None
    read(case, SCHOOL)
    case.send(ANN)
    others = [case.university.raised(BOB) for _ in range(3)]
    assert post.wait(first.sent + HOUR - post.time.now - MINUTE) == []
    assert post.wait(SPREAD + 2 * MINUTE) == ["school"]
    assert [it.thread.answered.messages for it in others] == [0, 0, 0]
    assert post.wait(DAY // 3) == []


# --- who is told


def test_the_worker_who_handles_a_thread_is_told_and_not_its_school(post: Post, case: Case) -> None:
    case.offload(WENDY)
    case.send(ANN)
    assert post.wait() == ["wendy"]


def test_a_hand_off_causes_none(post: Post, university: SampleUniversity) -> None:
    case = university.raised()
    assert post.wait() == ["school"]
    case.offload(WENDY)
    assert post.wait(HOUR) == []
    case.offload(WALT)
    assert post.wait(HOUR) == []
    case.university.run(on_thread(assignment.take_back, SCHOOL, case.id(SCHOOL)))
    assert post.wait(HOUR) == []


def test_a_thread_that_changes_hands_before_the_moment_causes_none(post: Post, case: Case) -> None:
    case.offload(WENDY)
    case.send(ANN)
    post.wait(UNREAD)
    case.offload(WALT)
    assert post.wait(HOUR) == []


def test_a_thread_that_is_taken_back_before_the_moment_causes_none(post: Post, case: Case) -> None:
    case.offload(WENDY)
    case.send(ANN)
    post.wait(UNREAD)
    case.university.run(on_thread(assignment.take_back, SCHOOL, case.id(SCHOOL)))
    assert post.wait(HOUR) == []


def test_a_worker_who_was_told_of_a_thread_that_was_taken_back_is_told_of_another(post: Post, case: Case) -> None:
    other = case.university.raised(BOB)
    other.offload(WENDY)
    read(other, WENDY)
    case.offload(WENDY)
    case.send(ANN)
    assert post.wait() == ["wendy"]
    case.university.run(on_thread(assignment.take_back, SCHOOL, case.id(SCHOOL)))
    post.wait(HOUR)
    other.send(BOB)
    assert post.wait() == ["wendy"]


def test_an_end_a_deletion_and_a_note_cause_none(post: Post, case: Case) -> None:
    case.offload(WENDY)
    case.university.run(note(SCHOOL, case.id(SCHOOL)))
    assert post.wait() == []
    case.send(ANN)
    case.terminate()
    assert post.wait() == []
    second, third = case.university.raised(), case.university.raised()
    post.wait(UNREAD)
    second.terminate()
    third.terminate()
    third.delete()
    assert post.wait() == []


def test_a_worker_who_was_removed_and_an_account_that_ended_are_told_nothing(post: Post, case: Case) -> None:
    case.offload(WENDY)
    case.send(ANN)
    other = case.university.raised(BOB)
    other.send(SCHOOL)
    post.wait(UNREAD)
    case.university.run(partial(workers.remove, by=SCHOOL, worker_id=WENDY))
    case.university.signed_in(BOB)
    case.university.run(partial(account_closing.close, by=BOB))
    assert post.wait() == []


def test_a_school_is_not_told_of_an_owner_whose_account_has_ended(post: Post, case: Case) -> None:
    """It has lost the threads at once, before they are parted from it."""
    case.university.signed_in(ANN)
    case.send(ANN)
    post.wait(UNREAD)
    case.university.home.time.jobs_within = 6 * HOUR
    case.university.run(partial(account_closing.close, by=ANN))
    assert post.wait(SPREAD) == []


@pytest.mark.parametrize("minutes", [1, 10])
def test_a_worker_is_told_whether_or_not_the_owners_account_has_ended(post: Post, case: Case, minutes: int) -> None:
    case.university.signed_in(ANN)
    case.offload(WENDY)
    case.send(ANN)
    post.wait(minutes * MINUTE)
    case.university.run(partial(account_closing.close, by=ANN))
    assert post.wait() == ["wendy"]


def test_an_owners_end_tells_a_worker_of_nothing_old(post: Post, case: Case) -> None:
    case.university.signed_in(ANN)
    case.send(ANN)
    assert post.wait(HOUR) == ["school"]
    case.offload(WENDY)
    case.university.run(partial(account_closing.close, by=ANN))
    assert post.wait(HOUR) == []


# --- quiet hours


def at(post: Post, hour: int, minute: int = 0, zone: str = "Europe/Helsinki") -> None:
    """Move the clock to the next time that it is this late."""
    now = datetime.fromtimestamp(post.time.now / 1000, ZoneInfo(zone))
    then = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    then += timedelta(days=1) if then <= now else timedelta()
    while post.time.now < then.timestamp() * 1000:
        post.wait(MINUTE)


@pytest.mark.parametrize(("hour", "minute"), [(20, 51), (23, 0), (3, 0)])
def test_nobody_is_written_to_at_night_and_everybody_within_an_hour_of_the_morning(
    post: Post, case: Case, hour: int, minute: int
) -> None:
    post.zone = ZoneInfo("Europe/Helsinki")  # type: ignore[assignment]
    at(post, hour, minute)
    case.send(ANN)
    other = case.university.raised(BOB)
    other.send(SCHOOL)
    at(post, 7)
    assert post.written == []
    at(post, 8)
    at(post, 8, 2)
    assert sorted(post.written) == ["bob", "school"]


def test_the_night_of_a_school_and_its_workers_is_that_of_its_zone(post: Post, case: Case) -> None:
    at(post, 22, zone="UTC")  # midnight in Helsinki
    post.zone = timezone(timedelta(hours=-8))
    case.offload(WENDY)
    case.send(ANN)
    other = case.university.raised(BOB)
    other.send(SCHOOL)
    assert post.wait() == ["bob"]


def test_a_zone_that_is_none_is_the_servers_own() -> None:
    now = 1_800_000_000_000
    assert local_time(now, "Europe/Helsinki").hour == 10
    for zone in ("", "No/Where", "../etc", "/etc/passwd"):
        assert local_time(now, zone).timestamp() * 1000 == now
        assert local_time(now, zone).hour == datetime.fromtimestamp(now / 1000).astimezone().hour


# --- the switch


def switch(university: SampleUniversity, by: str, *, on: bool) -> None:
    university.run(partial(notices.update_setting, by=by, command=NoticeUpdate(by_email=on)))


def is_on(university: SampleUniversity, by: str) -> bool:
    return university.ask(partial(notices.setting, by=by)).by_email


def test_it_is_on_until_it_is_switched_off_and_can_be_switched_on_again(post: Post, case: Case) -> None:
    university = case.university
    assert is_on(university, ANN)
    switch(university, ANN, on=False)
    assert not is_on(university, ANN)
    case.send(SCHOOL)
    assert post.wait(HOUR) == []
    switch(university, ANN, on=True)
    assert is_on(university, ANN)
    assert post.wait(HOUR) == []
    case.send(SCHOOL)
    assert post.wait() == ["ann"]


def test_the_link_in_a_letter_switches_it_off(post: Post, case: Case) -> None:
    case.send(SCHOOL)
    post.wait()
    link = post.mail.notices[0].stop
    assert case.university.ask(partial(notices.has_stop_link, link=link))
    case.university.run(partial(notices.stop, link=link))
    assert not is_on(case.university, ANN)
    assert not case.university.ask(partial(notices.has_stop_link, link=link))


@pytest.mark.parametrize("link", ["", ".", ANN, f"{ANN}.", f"{ANN}.wrong", f"{BOB}.x", "ü.ü", "\ud800.\ud800"])
def test_another_link_switches_nothing_off(post: Post, case: Case, link: str) -> None:
    case.send(SCHOOL)
    post.wait()
    assert not case.university.ask(partial(notices.has_stop_link, link=link))
    case.university.run(partial(notices.stop, link=link))
    assert is_on(case.university, ANN)


def test_a_letter_that_was_decided_on_is_not_written_once_it_is_switched_off(university: SampleUniversity) -> None:
    ask = partial(university.ask, partial(notices.notice, party=ANN))
    assert ask() is None
    university.home.keep(NoticeState(party=ANN, stop="secret"))
    assert ask() is not None
    switch(university, ANN, on=False)
    assert ask() is None


# --- the jobs


def test_a_letter_that_cannot_be_written_is_tried_again_and_written_once(post: Post, case: Case) -> None:
    case.send(SCHOOL)
    post.wait(UNREAD)
    failed: list[Exception] = []

    class Broken(FakeMail):
        def tell_of_message(self, notice: object) -> None:
            raise OSError

    beyond = jobs.JobDependencies(lambda _: None, Broken(), post.mail, failed.append)
    post.time.now += SPREAD
    jobs.run_due_jobs(case.university.home.store, beyond)
    assert len(failed) == 1
    (job,) = [it for it in case.university.home.jobs() if isinstance(it.task, MailNotice)]
    assert job.failures == 1
    assert post.wait(HOUR) == ["ann"]


def test_the_look_goes_on_where_it_ended_and_after_a_long_rest_looks_a_day_back(post: Post, case: Case) -> None:
    university = case.university
    case.send(SCHOOL)
    post.time.now += 3 * DAY
    job = university.home.one(FIND_UNREAD)
    assert isinstance(job, Job)
    assert isinstance(job.task, FindUnread)
    assert post.time.now - job.task.after > 3 * DAY
    assert post.wait() == ["ann"]
    university.run(partial(notices.sweep_again, until=0))
    job = university.home.one(FIND_UNREAD)
    assert isinstance(job, Job)
    assert job.task == FindUnread(post.time.now - DAY)


def test_the_look_is_begun_once(university: SampleUniversity, post: Post) -> None:
    before = university.home.one(FIND_UNREAD)
    post.time.now += MINUTE
    university.run(notices.begin)
    assert university.home.one(FIND_UNREAD) == before


def test_a_clock_that_was_ahead_and_is_set_back_stops_no_look(university: SampleUniversity, post: Post) -> None:
    post.time.now += 400 * DAY
    post.run_jobs()
    post.time.now -= 400 * DAY
    university.run(notices.begin)
    university.raised(BOB)
    assert post.wait() == ["school"]


def test_the_look_reads_many_threads_by_pages(
    post: Post, university: SampleUniversity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notices, "PAGE", 2)
    for _ in range(5):
        university.raised(BOB)
    post.wait(UNREAD)
    assert len([it for it in university.home.jobs() if isinstance(it.task, TellUnread)]) == 5


def test_a_job_whose_record_is_gone_decides_nothing(case: Case) -> None:
    task = TellUnread(case.thread.id, ANN)
    decided = partial(notices.decide, id="gone", task=task, local_time=local_time)
    assert case.university.run(decided) is notices.Verdict.NOTHING
    case.university.run(partial(notices.sweep_again, until=1))
    assert case.university.home.one(NoticeStateKey(ANN)) is None


def test_there_is_nothing_to_go_on_with_where_no_look_was_begun(university: SampleUniversity) -> None:
    university.run(partial(notices.sweep_again, until=1))
    assert university.home.one(FIND_UNREAD) is None


# --- equal work: leak 38


def cost(university: SampleUniversity, thread: Thread, party: str) -> tuple[list[int], list[str]]:
    """How many keys a decision loads in each round, and what it writes."""
    rounds: list[int] = []
    job = Job(id="own", due=0, task=TellUnread(thread.id, party))
    university.home.change(job)

    def counted(context: Context) -> Plan[notices.Verdict]:
        fetch = context.fetch

        def count(context: Context, wanted: tuple[object, ...]) -> None:
            rounds.append(len(set(wanted)))
            fetch(context, wanted)  # type: ignore[arg-type]

        context.fetch = count
        return notices.decide(context, "own", job.task, local_time)  # type: ignore[arg-type]

    plan = university.plan(counted)
    return rounds[: len(rounds) // 2], [type(it).__name__ for it in plan.puts]


def test_a_decision_loads_and_writes_as_much_whoever_handles_the_thread(case: Case) -> None:
    case.send(ANN)
    by_school = cost(case.university, case.thread, SCHOOL)
    case.offload(WENDY)
    by_worker = cost(case.university, case.thread, WENDY)
    assert by_school == by_worker == ([5, 5], ["NoticeState", "Job"])
    read(case, WENDY)
    assert cost(case.university, case.thread, WENDY) == by_worker
    case.university.run(on_thread(assignment.take_back, SCHOOL, case.id(SCHOOL)))
    assert cost(case.university, case.thread, WENDY) == by_worker


def test_a_decision_about_a_thread_that_is_gone_loads_and_writes_as_much(case: Case) -> None:
    before = cost(case.university, case.thread, SCHOOL)
    thread = case.thread
    case.terminate()
    case.delete()
    assert cost(case.university, thread, SCHOOL) == before
