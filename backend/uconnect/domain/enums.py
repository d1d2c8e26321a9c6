"""The enumerations that mean the same in records and on the wire."""

from enum import StrEnum


class Kind(StrEnum):
    """What a party is, for ever."""

    SCHOOL = "school"
    WORKER = "worker"
    USER = "user"


class Side(StrEnum):
    """Whose voice a message is: the one who asked, or the institution, whichever of its hands wrote."""

    RAISER = "raiser"
    SCHOOL = "school"


class State(StrEnum):
    """Whether anybody may still post."""

    OPEN = "open"
    TERMINATED = "terminated"


class Policy(StrEnum):
    """What a school does with a new thread."""

    BY_HAND = "by_hand"  # it waits with the school
    AUTOMATIC = "automatic"  # it goes to the least loaded worker who is available
