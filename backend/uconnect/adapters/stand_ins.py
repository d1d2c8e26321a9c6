"""Records that are decoded where a store finds nothing, so that both stores do the same work either way."""

from typing import Any

import msgspec

from uconnect.domain import models, records
from uconnect.domain.enums import Kind, Side
from uconnect.domain.keys import Key

AN_ID = "A" * 22
_PARTICIPANT = models.Participant(party=AN_ID, id=AN_ID)
_COUNTERS = models.SideCounters(messages=1, sent=10**12, due=10**12)
_RECORDS: tuple[models.Record, ...] = (
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
        internal_seq=1,
        policy_applied=True,
        turn_since=10**12,
        settled=1,
    ),
)
# equal work: leak 31. Decoded when nothing is found under one of these keys. A worker must not tell a deleted thread
# from one that was taken away, nor an owner whose account has ended from another; nor a raiser how many workers the job
# of its raise has found (leak 30).
STAND_INS: dict[type[Key[Any]], str] = {type(records.key_of(it)): msgspec.json.encode(it).decode() for it in _RECORDS}
