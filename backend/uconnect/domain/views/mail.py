"""What a letter may tell: a school's name, and nothing about a thread."""

from msgspec import Struct


class WorkerInvitation(Struct, frozen=True):
    """A school's invitation to a worker. `invitation` is the invited worker's id: one address may have several.

    `taken`: the address has an account already. Only the owner of the address is told.
    """

    email: str
    name: str
    school: str
    invitation: str
    taken: bool
