"""How long threads are kept: the same to everyone, whatever they have raised, received or handle."""

from msgspec import Struct


class RetentionShown(Struct, frozen=True):
    """How long threads are kept, in days; 0 is for ever. An open one ends `ends_after` days after its last message, one
    that has ended is deleted `deleted_after` days after its end. Nothing of it happens before `not_before` (ms), and
    each within a day of its time.
    """

    ends_after: int
    deleted_after: int
    not_before: int
