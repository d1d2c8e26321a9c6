"""Scripts for a worker, before their site: the worlds differ in who owns the threads, of which kind, one or two."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from random import Random

from playwright.sync_api import expect

from tests.api.caller import fresh
from tests.api.party_factory import raising
from tests.e2e.browser_party import DESKTOP, PHONE, Device
from tests.e2e.leak_watcher import LeakWatcher
from tests.e2e.raiser_page_scripts import WAITS
from tests.e2e.site_drivers import Worker
from tests.e2e.twin_site_servers import Before, Hand, World
from uconnect.domain.enums import Kind

KINDS = (Kind.USER, Kind.USER, Kind.SCHOOL)  # of the owners there are
THREADS = 2
ABOUT = "About this thread"

Actions = tuple[tuple[str, int], ...]  # what is secretly done, and by which owner


@dataclass(frozen=True)
class WorkersScript:
    """Each step is (what, which thread, ms waited before); each world has its owners of the threads, and its acts
    before each step."""

    device: Device
    steps: tuple[tuple[str, int, int], ...]
    owners: tuple[tuple[int, ...], tuple[int, ...]]
    actions: tuple[tuple[Actions, ...], tuple[Actions, ...]]

    def play(self, world: World, before: Before) -> LeakWatcher:
        desk = WorkerPages(world, self.owners[world.number], self.device)
        desk.watcher.come(before)
        for (what, which, wait), actions in zip(self.steps, self.actions[world.number], strict=True):
            desk.watcher.look()
            desk.watcher.wait(wait)
            world.wait(wait)
            for act, owner in actions:
                world.secrets.append((act, owner))
                SECRET_ACTIONS[act](desk, desk.owners[owner])
            desk.step(what, desk.talks[which])
        desk.watcher.look()
        return desk.watcher


def workers_script(chance: Random, steps: int) -> WorkersScript:
    """It begins with two threads given to the worker, whose owners differ between the worlds."""
    what = [(chance.choice(list(STEPS)), chance.randrange(THREADS), chance.choice(WAITS)) for _ in range(steps)]
    first, second = chance.sample([(a, b) for a in range(len(KINDS)) for b in range(len(KINDS))], 2)
    actions = [
        ((), (), *(_choose_actions(chance) if number or chance.random() < 0.5 else () for _ in what))
        for number in range(2)
    ]
    begin = (("write", 0, 1_000), ("open", 0, 1_000))
    return WorkersScript(chance.choice([PHONE, DESKTOP]), (*begin, *what), (first, second), (actions[0], actions[1]))


def _choose_actions(chance: Random) -> Actions:
    return tuple(
        (chance.choice(list(SECRET_ACTIONS)), chance.randrange(len(KINDS))) for _ in range(chance.randrange(3))
    )


@dataclass
class Owner:
    """Who raises threads; `other` is one that the worker never has."""

    hand: Hand
    other: str = ""


@dataclass
class Talk:
    """One thread of the script: who owns it and what owner and school know it by. Raised anew when it was deleted."""

    owner: Owner
    subject: str = ""
    raisers_id: str = ""
    schools: str = ""
    over: bool = False
    given: bool = False


class WorkerPages:
    """The worker before their site; their school, a colleague, and owners whose names differ between the worlds."""

    def __init__(self, world: World, owners: tuple[int, ...], device: Device) -> None:
        self.world, self.number = world, 0
        self.school = world.hand(Kind.SCHOOL, "School")
        self.owners = [
            Owner(world.hand(kind, f"Owner {number} in {world.number}")) for number, kind in enumerate(KINDS)
        ]
        self.colleague = world.worker(self.school, "Colleague")
        self.worker = world.worker(self.school, "Worker")
        self.talks = [Talk(self.owners[owner]) for owner in owners]
        world.secrets.append(owners)
        self.browser_party, self.watcher = world.blind(Worker, self.worker, device)

    def step(self, what: str, talk: Talk) -> None:
        if not talk.raisers_id:
            self.raised(talk)
            self.watcher.wait_until_quiet()
        STEPS[what](self, talk)

    def raised(self, talk: Talk) -> None:
        """The worker hears of it when it is given it."""
        talk.subject, talk.over = self.text("Question"), False
        body = raising(self.school.id, subject=talk.subject, text=self.text("Hello"))
        talk.raisers_id = talk.owner.hand.do("POST /api/threads", body)["row"]["id"]
        talk.schools = self.school.thread(talk.subject, "received")
        self.gives(talk)

    def text(self, what: str) -> str:
        self.number += 1
        return f"{what} {self.number}"

    # --- what others do at the worker's threads

    def owner_writes(self, talk: Talk) -> None:
        talk.owner.hand.write(talk.raisers_id, self.text("A word"))

    def owner_types(self, talk: Talk) -> None:
        talk.owner.hand.say(t="typing", id=talk.raisers_id)

    def owner_sees(self, talk: Talk) -> None:
        talk.owner.hand.see(talk.raisers_id)

    def owner_ends(self, talk: Talk) -> None:
        """The thread; and when it has ended, for ever."""
        if talk.over:
            talk.owner.hand.do(f"DELETE /api/threads/{talk.raisers_id}")
            talk.raisers_id, talk.given = "", False
        else:
            talk.owner.hand.do(f"POST /api/threads/{talk.raisers_id}/terminate")
            talk.over = True

    def gives(self, talk: Talk) -> None:
        answered = self.school.do(f"POST /api/threads/{talk.schools}/offload", {"worker": self.worker.id})
        talk.given = answered.get("t") != "refused" or talk.given

    def takes_back(self, talk: Talk) -> None:
        self.school.do(f"POST /api/threads/{talk.schools}/take-back")
        talk.given = False

    # --- what the worker does

    def goes(self, tab: str) -> None:
        self.browser_party.tab(tab)

    def searches(self) -> None:
        self.goes("Threads")
        self.watcher.search()

    def opens(self, talk: Talk) -> bool:
        """Whether it is theirs, and open for them to write in."""
        self.goes("Threads")
        if talk.given:
            self.browser_party.open(talk.subject)
            self.watcher.wait_until_quiet()
        return talk.given and not talk.over

    def answers(self, talk: Talk, *, sends: bool) -> None:
        if self.opens(talk):
            if sends:
                self.browser_party.thread.say(self.text("Answer"))
            else:
                self.browser_party.thread.composer.fill(self.text("Answer begun"))

    def notes(self, talk: Talk) -> None:
        self.opens(talk)
        if not talk.given:
            return
        page, text = self.browser_party.page, self.text(f"@{self.school.name} A note")
        about = page.get_by_role("complementary").or_(page.get_by_role("dialog"))
        if self.browser_party.device is PHONE:
            self.browser_party.page.get_by_role("button", name=ABOUT).click()
        about.get_by_label("Add a note").fill(text)
        about.get_by_role("button", name="Add note").click()
        expect(about.get_by_text(text)).to_be_visible()
        if self.browser_party.device is PHONE:
            self.browser_party.button("Close").click()

    def hands_back(self, talk: Talk) -> None:
        self.opens(talk)
        if talk.given:
            self.browser_party.hand_back()
            talk.given = False

    def switches(self) -> None:
        """Whether threads may come to them by themselves."""
        self.goes("Settings")
        self.browser_party.page.get_by_role("switch").first.click()

    # --- what others do elsewhere

    def raises_other(self, owner: Owner) -> None:
        if not owner.other:
            body = raising(self.school.id, subject=f"Other {fresh()}", text="Something else")
            owner.other = owner.hand.do("POST /api/threads", body)["row"]["id"]

    def writes_other(self, owner: Owner) -> None:
        """And another worker has it."""
        self.raises_other(owner)
        subject = owner.hand.caller.row(owner.other)["subject"]
        id = self.school.thread(subject, "received")
        self.school.do(f"POST /api/threads/{id}/offload", {"worker": self.colleague.id})
        owner.hand.write(owner.other, "Elsewhere")
        owner.hand.say(t="typing", id=owner.other)

    def ends_other(self, owner: Owner) -> None:
        if owner.other:
            owner.hand.do(f"POST /api/threads/{owner.other}/terminate")
            owner.hand.do(f"DELETE /api/threads/{owner.other}")
            owner.other = ""

    def is_renamed(self, owner: Owner) -> None:
        owner.hand.do("PUT /api/me", {"name": f"Renamed in {self.world.number}"})

    def looks(self, owner: Owner) -> None:
        for it in owner.hand.caller.threads("raised"):
            owner.hand.do(f"GET /api/threads/{it['row']['id']}/log")


STEPS: dict[str, Callable[[WorkerPages, Talk], object]] = {
    "write": WorkerPages.owner_writes,
    "write again": WorkerPages.owner_writes,
    "type": WorkerPages.owner_types,
    "see": WorkerPages.owner_sees,
    "end": WorkerPages.owner_ends,
    "the school answers": lambda it, talk: it.school.write(talk.schools, it.text("From the school")),
    "the school notes": lambda it, talk: it.school.note(talk.schools, it.worker.name),
    "give": WorkerPages.gives,
    "take back": WorkerPages.takes_back,
    "open": WorkerPages.opens,
    "search": lambda it, _: it.searches(),
    "note": WorkerPages.notes,
    "answer": partial(WorkerPages.answers, sends=True),
    "begin to answer": partial(WorkerPages.answers, sends=False),
    "hand back": WorkerPages.hands_back,
    "settings": lambda it, _: it.goes("Settings"),
    "switch": lambda it, _: it.switches(),
    "reload": lambda it, _: it.watcher.reload(),
}
SECRET_ACTIONS: dict[str, Callable[[WorkerPages, Owner], None]] = {
    "raise": WorkerPages.raises_other,
    "write": WorkerPages.writes_other,
    "end": WorkerPages.ends_other,
    "rename": WorkerPages.is_renamed,
    "look": WorkerPages.looks,
}
