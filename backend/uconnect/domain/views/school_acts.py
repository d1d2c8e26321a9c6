"""What a school is shown of its own acts in the audit log; nobody else is shown any.

There is no field for a thread, for who asked, or for which operator it was. The number of an act in the log is not
shown: it would tell how much others do.
"""

from msgspec import Struct

from uconnect.domain.enums import ActKind
from uconnect.domain.models import SchoolAct, Worker


class ActCard(Struct, frozen=True):
    """An act: what was done, and when (ms since 1970). `by_operator`: an operator did it, else the school.

    `worker` is the name of the school's worker whom it concerns, as it is now; empty if it concerns none, or one who is
    no worker of the school any more.
    """

    act: ActKind
    at: int
    by_operator: bool
    worker: str


class ActPage(Struct, frozen=True):
    """The acts that a school sees, the last first. `next` is where the next page begins; null if this is the last."""

    acts: tuple[ActCard, ...]
    next: int | None


def act_card(act: SchoolAct, worker: Worker | None) -> ActCard:
    return ActCard(act=ActKind(act.what), at=act.at, by_operator=not act.by, worker=worker.name if worker else "")
