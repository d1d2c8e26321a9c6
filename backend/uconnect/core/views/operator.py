"""What whoever runs uconnect is shown of an account: who it is and how much hangs on it, never what was said."""

from msgspec import Struct

from uconnect.core.model import Load, Owner, School


class Account(Struct, frozen=True):
    """A user or a school. `asked` and `raised` are the open threads raised to it and by it; a user has no workers."""

    id: str
    name: str
    email: str
    workers: int
    asked: int
    raised: int


def account(owner: Owner, asked: Load | None) -> Account:
    workers = len(owner.workers) if isinstance(owner, School) else 0
    return Account(owner.id, owner.name, owner.email, workers, asked.open if asked else 0, len(owner.open))
