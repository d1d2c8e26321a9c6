"""What a letter may tell: a school's name, and nothing of a thread."""

from msgspec import Struct


class Invited(Struct, frozen=True):
    """Who is invited to work for a school. `taken`: the address is somebody already, which only its owner is told."""

    email: str
    name: str
    school: str
    taken: bool
