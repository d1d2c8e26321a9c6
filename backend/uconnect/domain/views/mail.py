"""What a letter may tell: a school's name, and nothing about a thread."""

from msgspec import Struct


class WorkerInvitation(Struct, frozen=True):
    """Who is invited to work for a school, and to which `place`: the id that names this invitation among others.

    `taken`: the address is somebody already, which only its owner is told.
    """

    email: str
    name: str
    school: str
    invitation: str
    taken: bool
