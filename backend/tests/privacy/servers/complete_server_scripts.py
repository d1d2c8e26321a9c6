"""One short story for each blind party in which everything happens that a server adds to the twin worlds."""

from tests.privacy.servers.server_scripts import Names, ServerScript
from tests.privacy.servers.side_actions import TOGETHER
from tests.privacy.worlds.complete_scripts import LATER, NOTHING, SOON, by_a_worker
from tests.privacy.worlds.raiser_scripts import RaisersScript
from tests.privacy.worlds.worker_scripts import Secret as Owners
from tests.privacy.worlds.worker_scripts import WorkersScript
from uconnect.domain.enums import Kind

# Before each step: what is done at the server for all to see, and in the second world secretly.
SERVER: list[tuple[Names, Names]] = [
    ((), ()),
    ((), ()),
    (("reconnects",), ("come_online", "invite_in_vain")),
    (("meets_a_full_disk", TOGETHER), ("call_badly", "act_at_once")),
    (("looks_around", "visits_account", "forgets_the_password", "calls_badly"), ("speak_badly",)),
    (("is_cut", "speaks_badly"), ("go_offline",)),
    (("signs_in_again", "knocks_badly", "reconnects"), ("come_online",)),
    (("visits_account",), ()),
]
SEEN, HIDDEN = (tuple(names) for names in zip(*SERVER, strict=True))
NEVER: tuple[Names, ...] = ((),) * len(SERVER)

RAISERS = [
    ("raise", 0, 0, NOTHING),
    ("answer", 0, SOON, by_a_worker(("offload", 0))),
    ("write", 0, SOON, by_a_worker(("note", 0))),
    ("school_shows_itself", 0, SOON, NOTHING),
    ("try_odd_things", 0, SOON, by_a_worker(("offload", 1))),
    ("answer", 0, LATER, by_a_worker(("offload", 1))),
    ("close_account", 0, SOON, NOTHING),
    ("reload", 0, SOON, NOTHING),
]
WORKERS = [
    ("write", 0, 1),
    ("write", 1, SOON),
    ("school_shows_itself", 0, SOON),
    ("take_back", 0, SOON),
    ("try_odd_things", 1, SOON),
    ("note", 1, LATER),
    ("be_removed", 0, SOON),
    ("reload", 0, SOON),
]


def raisers_story(kind: Kind = Kind.USER) -> ServerScript[RaisersScript]:
    """The school does it all by itself, or a worker does it."""
    steps = tuple((what, which, wait) for what, which, wait, _ in RAISERS)
    worlds = ((NOTHING,) * len(steps), tuple(secret for *_, secret in RAISERS))
    return ServerScript(RaisersScript(kind, steps, worlds), SEEN, (NEVER, HIDDEN))


def workers_story() -> ServerScript[WorkersScript]:
    """One user owns all threads, or a school and a user do, who have others beside."""
    quiet = Owners((0, 0, 0), ((),) * len(WORKERS), frozenset())
    acts = ((("raise_other", 2),), (("look", 2), ("be_renamed", 1)), *((),) * (len(WORKERS) - 2))
    busy = Owners((2, 1, 0), acts, frozenset())
    return ServerScript(WorkersScript(tuple(WORKERS), (quiet, busy)), SEEN, (NEVER, HIDDEN))
