"""A day of an office: many threads, a school and a worker in front of their sites, and their colleagues who call the
server. After each hour the inbox counts what a small model of the day counts."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle, islice

import pytest

from tests.api.caller import Caller, fresh
from tests.api.party_factory import PartyFactory, party_factory, raising
from tests.api.server_home import ServerHome
from tests.e2e.browser_party import DESKTOP
from tests.e2e.engines import expect
from tests.e2e.party_browsers import PartyBrowsers
from tests.e2e.site_drivers import School, Worker
from tests.support.evidence import Evidence
from tests.support.server_process import Server
from tests.support.sizes import OFFICE_THREADS, OFFICE_WORKERS
from uconnect.domain.enums import Kind

pytestmark = [pytest.mark.xdist_group("desktop"), pytest.mark.timeout(1800)]
PROMISE = 23
EACH = 4  # threads that one person asks; five may be open
RARE = "axolotl"  # in one thread alone
FIRST_PAGE = 10  # rows whose order is compared


@dataclass
class Question:
    """What the office knows of a thread."""

    subject: str
    owner: Caller
    owners_id: str
    id: str = ""
    worker: str = ""
    turn: str = "new"  # who is to write, as the filters call it
    since: int = 0
    ended: bool = False
    snoozed: bool = False


@dataclass
class Office:
    """The model: all that was asked, and what the filters of the inbox must count."""

    questions: list[Question] = field(default_factory=list)
    _time: int = 0

    def raised(self, question: Question) -> None:
        self.questions.append(question)
        self._turns(question, "new")

    def answered(self, question: Question) -> None:
        self._turns(question, "them")

    def written(self, question: Question) -> None:
        """Its owner writes: it comes back, and waits from now on unless it waited already."""
        question.snoozed = False
        if question.turn == "them":
            self._turns(question, "us")

    def counts(self) -> dict[str, int]:
        open_ones = [it for it in self.questions if not it.ended and not it.snoozed]
        own = [it for it in open_ones if not it.worker]
        return {
            "Open": len(open_ones),
            "New": sum(it.turn == "new" for it in own),
            "With us": sum(it.turn == "us" for it in own),
            "With a worker": sum(bool(it.worker) for it in open_ones),
            "Waiting for them": sum(it.turn == "them" for it in own),
            "Snoozed": sum(it.snoozed and not it.ended for it in self.questions),
            "Ended": sum(it.ended for it in self.questions),
        }

    def first(self) -> list[str]:
        """The subjects at the top of the open ones: who waits for us comes first, the longest first."""
        open_ones = [it for it in self.questions if not it.ended and not it.snoozed]
        open_ones.sort(key=lambda it: (it.turn == "them", it.since))
        return [it.subject for it in open_ones[:FIRST_PAGE]]

    def of(self, worker: str) -> list[Question]:
        return [it for it in self.questions if it.worker == worker and not it.ended]

    def _turns(self, question: Question, turn: str) -> None:
        self._time += 1
        question.turn, question.since = turn, self._time


@dataclass
class Day:
    """Who is in the office, and what happens in an hour of it."""

    office: Office
    factory: PartyFactory
    page: School
    school: Caller
    wanda: Worker
    workers: dict[str, Caller]

    def is_counted(self, *looks: str) -> None:
        """The inbox counts and orders as the model does."""
        self.page.tab("Inbox")
        self.page.page.get_by_role("radio", name="Open").check(force=True)
        expect(self.page.page.locator(".list-pane .skeleton")).to_have_count(0)
        for name, many in self.office.counts().items():
            expect(self.page.page.get_by_role("radio", name=name)).to_have_accessible_name(f"{name} {many:,}")
        subjects = self.page.page.locator(".list-pane .thread-row .row-subject")
        expect(subjects.first).to_be_visible()
        shown = islice(subjects.all_inner_texts(), FIRST_PAGE)
        assert list(shown) == self.office.first()
        for look in looks:
            self.page.look(look)
            self.page.look_in_every_window(look)

    def give(self, question: Question, worker: str) -> None:
        self.school.ask(f"POST /api/threads/{question.id}/offload", {"worker": self.workers[worker].id})
        question.worker = worker


@pytest.fixture
def server(own_server: Server) -> Server:
    """Of its own: its directory and its figures are those of one office."""
    return own_server


@pytest.fixture
def factory(server: Server) -> Iterator[PartyFactory]:
    with party_factory(ServerHome(server)) as made:
        yield made


@pytest.fixture
def day(parties: PartyBrowsers, factory: PartyFactory) -> Day:
    page = parties.school(DESKTOP, "Student Office")
    wanda = parties.worker(DESKTOP, page, "Wanda Okafor")
    workers = {wanda.name: factory.enter(Kind.WORKER, wanda.email)}
    school = factory.enter(Kind.SCHOOL, page.email, page.name)
    for number in range(1, OFFICE_WORKERS):
        email = f"colleague-{number}@uni.example"
        school.ask("POST /api/workers", {"key": fresh(), "email": email, "name": f"Colleague {number}"})
        workers[f"Colleague {number}"] = factory.enter(Kind.WORKER, email, f"Colleague {number}")
    return Day(Office(), factory, page, school, wanda, workers)


def test_an_office_works_through_a_day(day: Day, evidence: Evidence) -> None:
    _people_ask_over_night(day)
    day.is_counted("day-morning")
    _the_school_answers_by_keys(day)
    day.is_counted()
    _threads_are_given_away(day)
    day.is_counted("day-given")
    _workers_answer(day)
    day.is_counted()
    _a_worker_works_by_keys(day)
    day.is_counted()
    _people_write_again_and_end(day)
    day.is_counted("day-noon")
    _the_school_settles(day)
    day.is_counted("day-evening")
    _a_word_is_found_among_all(day)
    _the_overview_agrees(day)
    evidence(PROMISE, "threads of a day", len(day.office.questions))


def _people_ask_over_night(day: Day) -> None:
    day.page.page.goto("about:blank")  # nobody is in the office
    texts = cycle(("Where do I hand in the form?", "学生証をなくしました。", "My card does not open the *library*."))
    for first in range(0, OFFICE_THREADS, EACH):
        owner = day.factory.enter(Kind.USER, f"asker-{first}@uni.example", f"Asker {first}")
        for number in range(first, first + EACH):
            text = next(texts) + (f" It is about my {RARE}." if number == OFFICE_THREADS // 2 else "")
            body = raising(day.school.id, subject=f"Question {number:04}", text=text)
            id = owner.ask("POST /api/threads", body)["row"]["id"]
            day.office.raised(Question(body["subject"], owner, id))
    ids = _ids_by_subject(day.school, "received")
    for question in day.office.questions:
        question.id = ids[question.subject]
    day.page.open_page()
    day.page.is_in()


def _ids_by_subject(caller: Caller, shelf: str) -> dict[str, str]:
    """Of all threads of a mailbox, page after page."""
    found: dict[str, str] = {}
    after = ""
    while True:
        page = caller.ask(f"GET /api/threads?shelf={shelf}{after}")
        found |= {it["row"]["subject"]: it["row"]["id"] for it in page["threads"]}
        if not page["next"]:
            return found
        after = f"&before={page['next']}"


def _the_school_answers_by_keys(day: Day) -> None:
    """From the top of the list: who waits longest comes first."""
    school, keyboard = day.page, day.page.page.keyboard
    for question in day.office.questions[:3]:
        keyboard.press("j")
        expect(school.row(question.subject)).to_be_focused()
        keyboard.press("r")
        expect(school.thread.composer).to_be_focused()
        keyboard.type(f"Answer to {question.subject}")
        keyboard.press("Enter")
        school.thread.kept(f"Answer to {question.subject}")
        day.office.answered(question)
        keyboard.press("Escape")


def _threads_are_given_away(day: Day) -> None:
    """One by keys, some at once on the page, and most by a colleague at another desk."""
    school, questions = day.page, day.office.questions[3:]
    row = school.row(questions[0].subject)
    row.focus()
    school.page.keyboard.press("o")
    menu = school.page.get_by_role("group", name="Who should answer this?")
    expect(menu.get_by_role("button").first).to_be_focused()
    school.look("day-give-menu")
    menu.get_by_role("button", name=day.wanda.name).press("Enter")
    expect(school.button(f"With {day.wanda.name}")).to_be_focused()
    questions[0].worker = day.wanda.name
    _several_are_given_at_once(day, questions[1:4])
    names = cycle(day.workers)
    for question, name in zip(questions[4 : len(questions) * 4 // 5], names, strict=False):
        day.give(question, name)


def _several_are_given_at_once(day: Day, questions: list[Question]) -> None:
    school = day.page
    school.tab("Inbox")
    school.button("Give several").click()
    dialog = school.page.get_by_role("dialog", name="Give several threads to workers")
    for question in questions:
        dialog.get_by_label(question.subject).check()
    dialog.get_by_role("button", name=f"Give {len(questions)} threads").click()
    school.reads(f"{len(questions)} of {len(questions)} done")
    dialog.get_by_role("button", name="Close").last.click()
    ids = {caller.id: name for name, caller in day.workers.items()}
    for question in questions:
        question.worker = ids[day.school.row(question.id)["worker"]]


def _workers_answer(day: Day) -> None:
    """All but the one who sits in front of the site."""
    for name, caller in day.workers.items():
        if name == day.wanda.name:
            continue
        ids, socket = _ids_by_subject(caller, "handled"), caller.open()
        for question in day.office.of(name):
            socket.say({"t": "send", "key": fresh(), "id": ids[question.subject], "text": "Room 12."})
            socket.heard()
            day.office.answered(question)


def _a_worker_works_by_keys(day: Day) -> None:
    wanda, keyboard = day.wanda, day.wanda.page.keyboard
    mine = day.office.of(wanda.name)
    for question in mine[:3]:
        keyboard.press("j")
        expect(wanda.row(question.subject)).to_be_focused()
        keyboard.press("r")
        expect(wanda.thread.composer).to_be_focused()
        keyboard.type("In **room 12**, from nine.")
        keyboard.press("Enter")
        expect(wanda.thread.log.locator("strong")).to_have_text("room 12")
        expect(wanda.thread.log.locator(".sending")).to_have_count(0)
        day.office.answered(question)
        keyboard.press("Escape")
    wanda.look("day-queue")
    wanda.look_in_every_window("day-queue")
    wanda.open(mine[3].subject)
    wanda.hand_back("I do not know the answer.", "It is for the library.")
    mine[3].worker = ""


def _people_write_again_and_end(day: Day) -> None:
    answered = [it for it in day.office.questions if it.turn == "them"]
    for question in answered[::3]:
        socket = question.owner.open()
        socket.say({"t": "send", "key": fresh(), "id": question.owners_id, "text": "Thank you. And on Sunday?"})
        socket.heard()
        day.office.written(question)
    for question in answered[1::3]:
        question.owner.ask(f"POST /api/threads/{question.owners_id}/terminate", {})
        question.ended = True


def _the_school_settles(day: Day) -> None:
    """It puts one off by keys, and asks in another whether it is settled."""
    school = day.page
    waiting = next(it for it in day.office.questions if it.turn == "new" and not it.worker)
    school.tab("Inbox")
    school.page.get_by_role("radio", name="New").check(force=True)
    school.scroll_to(waiting.subject).focus()
    school.page.keyboard.press("e")
    menu = school.page.get_by_role("group", name="Snooze until")
    expect(menu.get_by_role("button").first).to_be_focused()
    menu.get_by_role("button", name="Tomorrow morning").press("Enter")
    expect(school.button("Snoozed")).to_be_visible()
    waiting.snoozed = True
    settled = next(it for it in day.office.questions if it.turn == "us" and not it.ended and not it.worker)
    school.tab("Inbox")
    school.page.get_by_role("radio", name="With us").check(force=True)
    school.scroll_to(settled.subject).click()
    school.button("Ask if this is settled").click()
    school.thread.hears("Is this settled?")
    day.office.answered(settled)


def _a_word_is_found_among_all(day: Day) -> None:
    school = day.page
    field = school.page.get_by_role("searchbox", name="Search threads")
    field.fill(RARE)
    results = school.page.get_by_role("list", name="Search results").get_by_role("link")
    expect(results).to_have_count(2)  # its subject, and the place in it
    expect(school.page.get_by_role("status").filter(has_text="1 thread found")).to_be_visible()
    school.look("day-search")
    school.look_in_every_window("day-search")
    field.fill("")


def _the_overview_agrees(day: Day) -> None:
    school = day.page
    school.tab("Overview")
    school.look("day-overview")
    school.look_in_every_window("day-overview")
    waiting = sum(not it.ended and not it.snoozed and it.turn in ("new", "us") for it in day.office.questions)
    figures = {"Open threads": day.office.counts()["Open"], "Waiting for our answer": waiting}
    for name, many in figures.items():
        expect(school.page.locator("dl.figures div", has_text=name).locator("dd")).to_have_text(f"{many:,}")
