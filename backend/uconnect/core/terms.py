"""The product's own few words, which mean the same inside and outside."""

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
