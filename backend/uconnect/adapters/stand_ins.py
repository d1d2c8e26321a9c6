"""Records that a store decodes when it finds nothing, so that found and not found take the same time."""

from typing import Any

import msgspec

from uconnect.domain import keys, models
from uconnect.domain.enums import Kind, Side
from uconnect.domain.keys import Key

AN_ID = "A" * 22
_PARTICIPANT = models.Participant(party=AN_ID, id=AN_ID)
_COUNTERS = models.SideCounters(messages=1, sent=10**12, due=10**12)
_RECORDS: tuple[models.AnyRecord, ...] = (
    models.ThreadReference(viewer=AN_ID, id=AN_ID, thread=AN_ID, owner=AN_ID),
    models.OwnerEnded(party=AN_ID),
    models.Worker(id=AN_ID, email="walt@uni.example", name="Walt Whitman", school=AN_ID, joined=True),
    models.Thread(
        id=AN_ID,
        key=AN_ID,
        kind=Kind.USER,
        subject="A question about the fees",
        since=10**12,
        at=10**12,
        raiser=_PARTICIPANT,
        school=_PARTICIPANT,
        seq=2,
        last=models.Preview(Side.SCHOOL, "x" * (models.PREVIEW_LENGTH // 2)),
        asked=_COUNTERS,
        answered=_COUNTERS,
        internal_count=1,
        policy_applied=True,
    ),
)
# equal work: leak 31. Decoded when nothing is found under one of these keys. A worker must not tell a deleted thread
# from one that was taken away, nor an owner whose account has ended from another; nor a raiser how many workers the job
# of its raise has found (leak 30).
STAND_INS: dict[type[Key[Any]], str] = {type(keys.key_of(it)): msgspec.json.encode(it).decode() for it in _RECORDS}


def nobody_on(thread: models.Thread) -> str:
    """The party that a thread is listed for while no worker has it. No real party has this id."""
    # equal work: leak 30. The id changes when the policy is applied, so that the job of a raise moves a list entry
    # whether or not it gives the thread to a worker.
    return f"{thread.id}." if thread.policy_applied else thread.id
