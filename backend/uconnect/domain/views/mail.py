"""What a letter may tell: a school's name, or that a message waits, and nothing else about a thread."""

from msgspec import Struct

from uconnect.domain.enums import Kind


class WorkerInvitation(Struct, frozen=True):
    """A school's invitation to a worker. `invitation` is the invited worker's id: one address may have several.

    `taken`: the address has an account already. Only the owner of the address is told.
    """

    email: str
    name: str
    school: str
    invitation: str
    taken: bool


class NewMessageNotice(Struct, frozen=True):
    """That a message waits at the site of this kind, and nothing else (leak 38).

    `stop` is the last part of the link that switches such letters off.
    """

    email: str
    kind: Kind
    stop: str
