"""Where scripts come from: chance. A script's seed is all that is needed to have it again."""

from collections.abc import Callable, Iterable
from random import Random
from typing import TypeVar

from tests.privacy.worlds import raiser_scripts, worker_scripts, worker_steps
from tests.privacy.worlds.raiser_scripts import RaisersScript, Secret
from tests.privacy.worlds.twin_worlds import WAITS
from tests.privacy.worlds.worker_scripts import WorkersScript
from tests.privacy.worlds.worker_steps import KINDS, SILENCE, THREADS
from uconnect.domain.enums import Kind

Steps = list[tuple[str, int, int]]
AnyScript = TypeVar("AnyScript", RaisersScript, WorkersScript)
Scripts = Callable[..., AnyScript]  # of chance, and in how many worlds

QUIET = Secret()
STAFFED = Secret(actions=(("offload", 0),), hand=1)
CALM: worker_scripts.Actions = ()

SELDOM = {"writes_a_lot", "answers_a_lot"}  # a step of 45 messages; these alone would take most of the time
ACTIONS = ("offload", "offload", *raiser_scripts.SECRETS, *raiser_scripts.SIDE_ACTIONS)
MOST = 3  # secret acts before a step


def likely(names: Iterable[str], *but: str) -> list[str]:
    """Names to choose from, but for those that come at one place only."""
    return [name for name in names if name not in but for _ in range(1 if name in SELDOM else 3)]


GOES = ("be_removed", "leave")  # a worker's last steps
RAISERS = likely([*raiser_scripts.ANYWHERE, *raiser_scripts.STEPS], "close_account")
WORKERS = likely([*worker_steps.ANYWHERE, *worker_steps.STEPS], SILENCE, *GOES)
SILENT = likely([*worker_steps.ANYWHERE, *worker_steps.ALONE, "lose"], SILENCE, *GOES)
REMOVED = likely([*worker_steps.ANYWHERE, *worker_steps.ALONE], SILENCE, *GOES)


def steps(chance: Random, names: list[str], threads: int, fewest: int = 6, most: int = 25) -> Steps:
    """Twice the fewest are the usual number."""
    many = min(fewest + int(chance.expovariate(1 / fewest)), most)
    return [(chance.choice(names), chance.randrange(threads), chance.choice(WAITS)) for _ in range(many)]


def secret(chance: Random) -> Secret:
    actions = [
        (chance.choice(ACTIONS), chance.randrange(raiser_scripts.WORKERS)) for _ in range(chance.randint(0, MOST))
    ]
    return Secret(tuple(actions), chance.randrange(2), chance.random() < 0.5)


def owners_acts(chance: Random) -> worker_scripts.Actions:
    names = list(worker_scripts.SECRETS)
    return tuple((chance.choice(names), chance.randrange(len(KINDS))) for _ in range(chance.randint(0, MOST)))


def raisers_script(chance: Random, worlds: int = 2) -> RaisersScript:
    """It begins with an answer, by the school in the first world and by a worker in the others."""
    what = steps(chance, RAISERS, 5)
    if chance.random() < 0.5:
        what += [("close_account", 0, 1), *steps(chance, RAISERS, 5, 1, 5)]
    calm = chance.random() < 0.5
    first = (QUIET, QUIET, *(QUIET if calm else secret(chance) for _ in what))
    others = [(QUIET, STAFFED, *(secret(chance) for _ in what)) for _ in range(1, worlds)]
    return RaisersScript(
        chance.choice([Kind.USER, Kind.SCHOOL]),
        (("raise", 0, 0), ("answer", 0, 1_000), *what),
        (first, *others),
    )


def workers_script(chance: Random, worlds: int = 2) -> WorkersScript:
    """It begins with two threads given to the worker, whose owners in the first world are not those in the others."""
    what = steps(chance, WORKERS, THREADS)
    if chance.random() < 0.5:
        what += [(SILENCE, 0, 1), *steps(chance, SILENT, THREADS, 3, 10)]
    if chance.random() < 0.5:
        what += [(chance.choice(GOES), 0, 1), *steps(chance, REMOVED, THREADS, 1, 4)]
    calm, owners = chance.random() < 0.5, three_owners(chance)
    first = [CALM if calm else owners_acts(chance) for _ in what]
    secrets = [worker_scripts.Secret(owners, (CALM, CALM, *first), ended(chance))]
    for _ in range(1, worlds):
        actions = [owners_acts(chance) for _ in what]
        secrets.append(worker_scripts.Secret(three_owners(chance, owners), (CALM, CALM, *actions), ended(chance)))
    return WorkersScript((("write", 0, 1), ("write", 1, 1_000), *what), tuple(secrets))


def three_owners(chance: Random, but: tuple[int, ...] = ()) -> tuple[int, ...]:
    """Who owns the threads; not these at the first two."""
    while True:
        owners = tuple(chance.randrange(len(KINDS)) for _ in range(THREADS))
        if owners[:2] != but[:2]:
            return owners


def ended(chance: Random) -> frozenset[int]:
    return frozenset(number for number in range(len(KINDS)) if chance.random() < 0.5)


def smallest(script: AnyScript, fails: Callable[[AnyScript], bool]) -> AnyScript:
    """The script that fails, without the steps it fails without; what it begins with stays."""
    size = len(script.steps)
    while size := size // 2:
        for place in range(len(script.steps) - size, 1, -size):
            shorter = script.without(place, place + size)
            script = shorter if fails(shorter) else script
    return script
