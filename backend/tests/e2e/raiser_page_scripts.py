"""Scripts for whoever raises threads, before their site: only who answers differs between the two worlds."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from random import Random

from tests.e2e.browser_party import DESKTOP, PHONE, Device
from tests.e2e.leak_watcher import LeakWatcher
from tests.e2e.site_drivers import Raiser, School, User
from tests.e2e.twin_site_servers import Before, Hand, World
from uconnect.domain.enums import Kind

WAITS = (1_000, 3_000, 5_000, 9_000)  # ms before a step; a page takes ten without a word for a lost connection
RAISED = 3  # threads at most
SITES: dict[Kind, type[Raiser]] = {Kind.USER: User, Kind.SCHOOL: School}


@dataclass(frozen=True)
class Secret:
    """Before a step: what is done behind the school's door, and by which worker; then whose hands do the step, and
    whether the others do the same right after, where it must not be noticed."""

    acts: tuple[tuple[str, int], ...] = ()
    hand: int = 0
    more: bool = False


QUIET, STAFFED = Secret(), Secret((("offload", 0),), 1)


@dataclass(frozen=True)
class RaisersScript:
    """Each step is (what, which thread, ms waited before); each world has a secret for each step."""

    kind: Kind
    device: Device
    steps: tuple[tuple[str, int, int], ...]
    secrets: tuple[tuple[Secret, ...], tuple[Secret, ...]]

    def play(self, world: World, before: Before) -> LeakWatcher:
        scene = Scene(world, self.kind, self.device)
        scene.watcher.come(before)
        for (what, which, wait), secret in zip(self.steps, self.secrets[world.number], strict=True):
            scene.watcher.look()
            scene.watcher.wait(wait)
            world.wait(wait)
            scene.step(what, which, secret)
        scene.watcher.look()
        return scene.watcher


def raisers_script(chance: Random, steps: int) -> RaisersScript:
    """It begins with a thread and an answer, by the school in one world and by a worker in the other."""
    what = [(chance.choice(list(STEPS)), chance.randrange(RAISED), chance.choice(WAITS)) for _ in range(steps)]
    first, second = ([_secret(chance) for _ in what] for _ in range(2))
    if chance.random() < 0.5:
        first = [QUIET] * steps
    begin = (("raise", 0, 1_000), ("answer", 0, 1_000))
    return RaisersScript(
        chance.choice(list(SITES)),
        chance.choice([PHONE, DESKTOP]),
        (*begin, *what),
        ((QUIET, QUIET, *first), (QUIET, STAFFED, *second)),
    )


def _secret(chance: Random) -> Secret:
    acts = [(chance.choice(["offload", *SECRET_ACTIONS]), chance.randrange(2)) for _ in range(chance.randrange(3))]
    return Secret(tuple(acts), chance.randrange(2), chance.random() < 0.5)


class Scene:
    """The raiser before their site; behind the door, the school and two who work there."""

    def __init__(self, world: World, kind: Kind, device: Device) -> None:
        self.world, self.number, self.secret = world, 0, QUIET
        self.school = world.hand(Kind.SCHOOL, "School")
        self.workers: list[Hand | None] = [
            world.worker(self.school, f"{name} in {world.number}") for name in ("Ada", "Ben")
        ]
        self.there: list[str] = []  # the subjects of the threads
        self.ended: set[str] = set()
        self.browser_party, self.watcher = world.blind(SITES[kind], world.hand(kind, "Raiser"), device)

    def step(self, what: str, which: int, secret: Secret) -> None:
        subject = self.there[which % len(self.there)] if self.there else ""
        for act, place in secret.acts:
            worker = self.workers[place]
            if subject and worker:
                self.world.secrets.append((act, place))
                SECRET_ACTIONS[act](self, subject, worker)
        self.secret = secret
        if subject or what in ANYWHERE:
            STEPS[what](self, subject)

    def text(self, what: str) -> str:
        self.number += 1
        return f"{what} {self.number}"

    # --- what the raiser can notice

    def raises(self, _: str) -> None:
        if len(self.there) < RAISED:
            subject = self.text("Question")
            self.browser_party.ask(f"School {self.world.script}", subject, self.text("Hello"))
            self.there.append(subject)

    def goes(self, tab: str) -> None:
        self.browser_party.tab(tab)

    def searches(self, _: str) -> None:
        self.goes(self.browser_party.raised)
        self.watcher.search()

    def opens(self, subject: str) -> None:
        self.browser_party.tab(self.browser_party.raised)
        self.browser_party.open(subject)
        self.watcher.wait_until_quiet()

    def writes(self, subject: str, *, sends: bool) -> None:
        self.opens(subject)
        if subject in self.ended:
            return
        if sends:
            self.browser_party.thread.say(self.text("A word"))
        else:
            self.browser_party.thread.composer.fill(self.text("A word begun"))

    def ends(self, subject: str) -> None:
        self.opens(subject)
        if subject in self.ended:
            self.browser_party.delete()
            self.there.remove(subject)
        else:
            self.browser_party.end()
            self.ended.add(subject)

    # --- what hands do

    def signatories(self, subject: str) -> list[tuple[Hand, str]]:
        """Who does the step first, then those who do the same, each with what they know the thread by."""
        school = (self.school, self.school.thread(subject, "received"))
        workers = [(it, it.thread(subject, "handled")) for it in self.workers if it]
        hands = [school, *[(hand, id) for hand, id in workers if id]]
        if self.secret.hand:
            hands.reverse()
        self.world.secrets.append([hand is self.school for hand, _ in hands])
        return hands if self.secret.more else hands[:1]

    def answers(self, subject: str) -> None:
        hand, id = self.signatories(subject)[0]
        hand.write(id, self.text("Answer"))

    def types(self, subject: str) -> None:
        for hand, id in self.signatories(subject):
            hand.say(t="typing", id=id)

    def sees(self, subject: str) -> None:
        for hand, id in self.signatories(subject):
            hand.see(id)

    # --- what happens behind the door

    def at_school(self, way: str, subject: str, worker: Hand) -> None:
        id = self.school.thread(subject, "received")
        self.school.do(f"POST /api/threads/{id}/{way}", {"worker": worker.id} if way == "offload" else None)

    def hands_back(self, subject: str, worker: Hand) -> None:
        if id := worker.thread(subject, "handled"):
            worker.do(f"POST /api/threads/{id}/hand-back")

    def notes(self, subject: str, worker: Hand) -> None:
        self.school.note(self.school.thread(subject, "received"), worker.name)
        if id := worker.thread(subject, "handled"):
            worker.note(id, self.school.name)

    def reads(self, subject: str, worker: Hand) -> None:
        """Idle readers: they look at everything there is, and do nothing."""
        for hand, id in (
            (self.school, self.school.thread(subject, "received")),
            (worker, worker.thread(subject, "handled")),
        ):
            for page in ("", "/log", "/notes") if id else ():
                hand.do(f"GET /api/threads/{id}{page}")

    def is_renamed(self, _: str, worker: Hand) -> None:
        worker.do("PUT /api/me", {"name": f"Renamed in {self.world.number}"})

    def is_removed(self, _: str, worker: Hand) -> None:
        """Its threads are back with the school when this returns."""
        self.workers[self.workers.index(worker)] = None
        mine = [it["row"]["id"] for it in worker.caller.threads("handled")]
        self.school.do(f"DELETE /api/workers/{worker.id}")
        for _ in mine:
            self.school.socket.hear_until(t="row")


ANYWHERE = ("raise", "reload", "settings", "schools")
STEPS: dict[str, Callable[[Scene, str], None]] = {
    "raise": Scene.raises,
    "reload": lambda it, _: it.watcher.reload(),
    "settings": lambda it, _: it.goes("Settings"),
    "schools": lambda it, _: it.goes(it.browser_party.schools),
    "open": Scene.opens,
    "search": Scene.searches,
    "write": partial(Scene.writes, sends=True),
    "begin to write": partial(Scene.writes, sends=False),
    "end": Scene.ends,
    "answer": Scene.answers,
    "answer again": Scene.answers,
    "a hand types": Scene.types,
    "a hand sees": Scene.sees,
}
SECRET_ACTIONS: dict[str, Callable[[Scene, str, Hand], None]] = {
    "offload": lambda it, *who: it.at_school("offload", *who),
    "take back": lambda it, *who: it.at_school("take-back", *who),
    "hand back": Scene.hands_back,
    "note": Scene.notes,
    "read": Scene.reads,
    "rename": Scene.is_renamed,
    "remove": Scene.is_removed,
}
