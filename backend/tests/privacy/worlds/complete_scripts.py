"""One story for each blind party in which everything is done that can be: fast, and the same in every run."""

from tests.privacy.worlds.raiser_scripts import RaisersScript, Secret
from tests.privacy.worlds.worker_scripts import Actions, WorkersScript
from tests.privacy.worlds.worker_scripts import Secret as Owners
from tests.privacy.worlds.worker_steps import SILENCE
from uconnect.domain.enums import Kind

SOON, LATER = 1_000, 10_000  # ms

NOTHING = Secret()


def by_a_worker(*actions: tuple[str, int], more: bool = False) -> Secret:
    return Secret(actions, hand=1, more=more)


def by_the_school(*actions: tuple[str, int], more: bool = False) -> Secret:
    return Secret(actions, hand=0, more=more)


# In one world the school does it all by itself; in the other what stands on the right is done too.
RAISERS: list[tuple[str, int, int, Secret]] = [
    ("raise", 0, 0, NOTHING),
    ("answer", 0, SOON, by_a_worker(("offload", 0), ("idle", 0))),
    ("see", 0, SOON, NOTHING),
    ("write", 0, SOON, NOTHING),
    ("filter", 0, SOON, NOTHING),
    ("answer_by_http", 0, SOON, by_a_worker()),
    ("write_by_http", 0, SOON, NOTHING),
    ("hand_sees", 0, SOON, by_a_worker(more=True)),
    ("hand_types", 0, LATER, by_a_worker()),
    ("hand_types", 0, SOON, by_the_school()),
    ("hand_types", 0, LATER, by_a_worker(more=True)),
    ("type", 0, LATER, by_a_worker()),
    ("hand_types", 0, SOON, by_a_worker(("compose", 0))),
    ("answer_again", 0, SOON, by_the_school()),
    ("reload", 0, SOON, by_the_school(("offload", 1))),
    ("answer", 0, 1, by_a_worker(("be_refused", 1))),
    ("answer", 0, SOON, by_a_worker(("save_reply", 1), ("hide", 0))),
    ("write_again", 0, SOON, by_a_worker()),
    ("answer", 0, SOON, by_a_worker(("hide", 0))),
    ("hand_types", 0, LATER, by_a_worker(("show", 0))),
    ("reload", 0, SOON, by_a_worker(("drop_reply", 0))),
    ("hand_asks", 0, SOON, by_a_worker(more=True)),
    ("reload", 0, SOON, by_a_worker()),
    ("not_yet", 0, SOON, by_a_worker()),
    ("not_yet", 0, SOON, NOTHING),
    ("hand_asks", 0, SOON, by_a_worker()),
    ("write", 0, SOON, by_a_worker(("snooze", 0))),
    ("reload", 0, SOON, by_a_worker(("snooze", 0))),
    ("answer", 0, SOON, by_a_worker(("wake", 0))),
    ("hand_sees", 0, SOON, by_a_worker(("snooze", 0))),
    ("raise", 1, SOON, by_a_worker(("automatic", 0), ("be_away", 0), ("be_there", 1))),
    ("reload", 0, SOON, NOTHING),
    ("school_shows_itself", 0, SOON, by_a_worker(("work", 0), ("by_hand", 0))),
    ("rename", 0, SOON, by_a_worker(("rename_hand", 0), ("be_there", 0))),
    ("try_odd_things", 0, SOON, by_a_worker(("note", 0), ("serve_another", 2), ("save_reply", 0))),
    ("search", 0, SOON, NOTHING),
    ("answer", 1, SOON, by_a_worker(("offload", 0))),
    ("hand_asks", 1, SOON, by_a_worker()),
    ("write_again", 1, SOON, by_a_worker(("hand_back", 0))),
    ("answers_a_lot", 1, LATER, by_a_worker(("offload", 2), ("note", 0), more=True)),
    ("reload", 0, SOON, by_a_worker(("remove", 0), ("offload", 0), ("remove", 1), ("work", 0), ("rejoin", 2))),
    ("answer", 0, LATER, by_a_worker(("offload", 2))),
    ("writes_a_lot", 0, SOON, by_a_worker(("take_back", 0), ("offload", 2))),
    *(("raise", 0, LATER, NOTHING) for _ in range(4)),
    ("write", 0, SOON, by_a_worker(("hide", 0))),
    ("terminate", 0, SOON, by_a_worker()),
    ("answer", 0, SOON, by_a_worker()),
    ("write", 0, SOON, by_a_worker(("hand_back", 0))),
    ("filter", 0, SOON, NOTHING),
    ("search", 0, SOON, NOTHING),
    ("delete", 1, SOON, by_a_worker()),
    ("reload", 0, SOON, by_a_worker()),
    ("delete", 0, SOON, by_a_worker(("offload", 2), ("work", 0))),
    ("delete", 0, SOON, by_a_worker(("work", 0))),
    ("reload", 0, SOON, by_a_worker()),
    ("answer", 2, SOON, by_a_worker(("offload", 2), ("note", 0))),
    ("close_account", 0, SOON, by_a_worker()),
    ("search", 0, SOON, NOTHING),
    ("answer", 2, SOON, by_a_worker()),
    ("reload", 0, SOON, by_a_worker(("work", 0))),
]


def raisers_story(kind: Kind) -> RaisersScript:
    steps = tuple((what, which, wait) for what, which, wait, _ in RAISERS)
    return RaisersScript(kind, steps, ((NOTHING,) * len(steps), tuple(secret for *_, secret in RAISERS)))


# In one world one user owns the three threads and does nothing else; in the other they are a school's, a user's and a
# user's, and what stands on the right is done too, by the owner of that number; in silence the accounts of all end.
WORKERS: list[tuple[str, int, int, Actions]] = [
    ("write", 0, SOON, (("raise_other", 2), ("raise_other", 2))),
    ("write", 1, SOON, ()),
    ("see", 0, SOON, (("look", 2),)),
    ("owner_sees", 0, SOON, ()),
    ("answer", 0, SOON, ()),
    ("owner_sees", 0, SOON, ()),
    ("owner_sees", 1, SOON, ()),
    ("write_by_http", 1, SOON, ()),
    ("filter", 0, SOON, ()),
    ("search", 0, SOON, ()),
    ("answer_by_http", 1, SOON, ()),
    ("owner_types", 0, LATER, ()),
    ("owner_types", 1, SOON, (("write_other", 2),)),
    ("type", 1, SOON, ()),
    ("compose", 1, SOON, ()),
    ("school_composes", 0, SOON, ()),
    ("note", 1, SOON, ()),
    ("note_again", 1, SOON, ()),
    ("school_notes", 1, SOON, ()),
    ("reload", 0, SOON, (("give_to_colleague", 2), ("be_refused", 0), ("be_renamed", 2))),
    ("rename", 0, SOON, ()),
    ("be_away", 0, SOON, ()),
    ("be_there", 0, SOON, ()),
    ("school_shows_itself", 0, SOON, ()),
    ("school_saves_reply", 0, SOON, (("save_reply", 2), ("save_reply", 0))),
    ("school_saves_reply", 0, SOON, ()),
    ("owner_tells", 0, SOON, ()),
    ("filter", 0, SOON, ()),
    ("guess", 0, SOON, ()),
    ("reload", 0, SOON, (("be_renamed", 2),)),
    ("school_hides", 1, SOON, ()),
    ("owner_tells", 1, SOON, ()),
    ("school_shows", 1, SOON, ()),
    ("answer_again", 1, SOON, ()),
    ("filter", 0, SOON, ()),
    ("ask", 0, SOON, ()),
    ("owner_not_yet", 0, SOON, ()),
    ("ask", 0, SOON, ()),
    ("school_asks", 1, SOON, ()),
    ("write", 1, SOON, ()),
    ("snooze", 1, SOON, (("school_snoozes", 2),)),
    ("filter", 1, SOON, ()),
    ("write", 1, SOON, (("school_snoozes", 1),)),
    ("snooze_for_now", 0, SOON, ()),
    ("reload", 0, LATER, (("school_wakes", 0),)),
    ("filter", 0, LATER, ()),
    ("wake", 0, SOON, (("school_snoozes", 0),)),
    ("reload", 0, SOON, ()),
    ("school_changes_replies", 0, SOON, (("save_reply", 2),)),
    ("write_again", 2, SOON, (("end_other", 2), ("raise_other", 0))),
    ("answer_again", 2, SOON, ()),
    ("school_answers", 2, SOON, ()),
    ("writes_a_lot", 0, LATER, ()),
    ("write", 1, 1, ()),
    ("try_odd_things", 0, SOON, ()),
    ("answers_a_lot", 1, SOON, ()),
    ("take_back", 0, SOON, ()),
    ("give", 0, SOON, ()),
    ("hand_back", 0, SOON, ()),
    ("answer", 0, SOON, ()),
    ("give", 0, SOON, ()),
    ("reload", 0, SOON, ()),
    ("lose", 2, SOON, ()),
    ("write", 0, SOON, (("write_lost", 0),)),
    ("look_again", 2, SOON, ()),
    ("search", 0, SOON, ()),
    ("try_odd_things", 2, SOON, ()),
    ("terminate", 0, SOON, (("work", 0),)),
    ("answer", 0, SOON, ()),
    ("filter", 0, SOON, ()),
    ("delete", 1, SOON, ()),
    ("delete", 0, SOON, (("work", 0),)),
    ("try_odd_things", 1, SOON, (("work", 0),)),
    ("write", 0, SOON, ()),
    (SILENCE, 0, SOON, ()),
    ("reload", 0, SOON, (("work", 0),)),
    ("answer", 0, SOON, ()),
    ("see", 0, SOON, ()),
    ("compose", 0, SOON, ()),
    ("note", 0, SOON, ()),
    ("search", 0, SOON, ()),
    ("ask", 2, SOON, ()),
    ("snooze", 0, SOON, ()),
    ("filter", 0, SOON, ()),
    ("wake", 0, SOON, ()),
    ("lose", 0, SOON, ()),
    ("answer", 1, SOON, ()),
    ("look_again", 0, SOON, ()),
    ("hand_back", 0, SOON, ()),
    ("hand_back_again", 1, SOON, ()),
    ("reload", 0, SOON, ()),
    ("leave", 0, SOON, ()),
    ("be_removed", 0, SOON, ()),
    ("answer", 1, SOON, ()),
    ("reload", 0, SOON, ()),
]


def workers_story() -> WorkersScript:
    steps = tuple((what, which, wait) for what, which, wait, _ in WORKERS)
    quiet = Owners((0, 0, 0), ((),) * len(steps), frozenset())
    busy = Owners((2, 1, 0), tuple(actions for *_, actions in WORKERS), frozenset({0, 1, 2}))
    return WorkersScript(steps, (quiet, busy))
