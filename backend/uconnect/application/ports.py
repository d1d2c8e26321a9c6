"""The ports: small protocols for everything outside the application, implemented by the adapters."""

from collections.abc import Sequence
from typing import Protocol, TypeVar

from uconnect.domain.context import Delivery, Plan, UseCase
from uconnect.domain.errors import Refusal
from uconnect.domain.keys import PartyKey, ThreadKey
from uconnect.domain.views.mail import WorkerInvitation

A = TypeVar("A")


class Store(Protocol):
    """Keeps the records. It knows keys and guards, never commands. All calls block; see each home for how it waits."""

    def run(self, use_case: UseCase[A]) -> Plan[A] | Refusal:
        """Load, decide, and commit if what the plan guards still holds; else do it all again. The one verb that writes.

        When it returns a plan, the plan is kept for good. Raises Unavailable if it cannot be.
        """
        ...

    def ask(self, use_case: UseCase[A]) -> Plan[A] | Refusal:
        """Load and decide without writing, in what is committed now. A plan that writes is a bug: AssertionError."""
        ...

    def purge(self, what: ThreadKey | PartyKey, most: int) -> bool:
        """Erase up to `most` of what hangs on a deleted thread or an ended party; True when nothing is left.

        A head and a party's own record are not touched. May be repeated.
        """
        ...

    def forget_expired(self, now: int) -> None:
        """Drop tickets that expired before `now`. Reading them checks the time too; this only frees the room."""
        ...


class Unavailable(Exception):
    """The store could not keep something just now; nothing of it is kept."""


class Deliveries(Protocol):
    """Carries frames to the sockets a party has open."""

    def deliver(self, deliveries: Sequence[Delivery]) -> None:
        """Send each in order. A socket that cannot take its frame is closed, so that its client resumes."""
        ...


class Mail(Protocol):
    """Writes letters. A letter may be asked for twice, when a job was cut short."""

    def invite_worker(self, invited: WorkerInvitation) -> None: ...

    def invite_school(self, email: str) -> None: ...


class Identity(Protocol):
    """Whoever signs people in."""

    def forget(self, issuer: str, subject: str) -> None:
        """Delete the login of an account that ended, with its sessions. If it is gone already, nothing is done."""
        ...

    def withdraw(self, invitation: str) -> None:
        """Let the links of an invitation to this place open nothing any more. If there are none, nothing is done."""
        ...


class Clock(Protocol):
    def now(self) -> int:
        """Milliseconds since 1970, UTC."""
        ...


class Ids(Protocol):
    def new_id(self) -> str:
        """128 random bits as 22 characters of A-Z a-z 0-9 - _."""
        ...
