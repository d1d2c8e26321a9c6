"""What the application needs of the world, as small protocols. Each home chooses the adapters behind them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from uconnect.application.audit import Act
from uconnect.domain.context import Delivery, Plan, UseCase
from uconnect.domain.enums import Kind
from uconnect.domain.errors import Refusal
from uconnect.domain.keys import PartyKey, ThreadKey
from uconnect.domain.views.mail import NewMessageNotice, WorkerInvitation

A = TypeVar("A")


class Store(Protocol):
    """Keeps the records. It knows keys and guards, never commands. All calls block."""

    def run(self, use_case: UseCase[A]) -> Plan[A] | Refusal:
        """Load, decide, and commit if what the plan guards still holds; else do it all again. The one verb that writes.

        When it returns a plan, the plan is kept for good. Raises Unavailable if it cannot be.
        """
        ...

    def run_all(self, use_cases: Sequence[UseCase[A]]) -> list[Plan[A] | Refusal]:
        """`run` for several, in their order: each sees what those before it wrote. A store may take one transaction for
        all: then either each plan is kept, or none."""
        ...

    def ask(self, use_case: UseCase[A]) -> Plan[A] | Refusal:
        """Load and decide without writing, in what is committed now. A plan that writes is a bug: AssertionError."""
        ...

    def purge(self, what: ThreadKey | PartyKey, most: int) -> bool:
        """Erase up to `most` records whose parent is a deleted thread or an ended party; True when none is left.

        The thread's and the party's own record are not touched. May be repeated. See `domain.records` for parents.
        """
        ...

    def forget_expired(self, now: int) -> None:
        """Drop tickets that expired before `now`. Reading them checks the time too; this only frees the room."""
        ...


class AsyncStore(Protocol):
    """The first two verbs of a Store, awaited. `service.Blocking` makes one of any Store."""

    async def run_soon(self, use_case: UseCase[A]) -> Plan[A] | Refusal: ...

    async def ask_soon(self, use_case: UseCase[A]) -> Plan[A] | Refusal: ...


class AuditedStore(Store, Protocol):
    """A Store that shows the audit log. Each Store adds a plan's `acts` to it, in the same transaction."""

    def acts(self) -> Iterator[Act]:
        """The audit log, the first act first. It is read in parts, so a long one takes no memory."""
        ...


class Unavailable(Exception):
    """The store could not keep something just now; nothing of it is kept."""


class Deliveries(Protocol):
    """Carries frames to the sockets a party has open."""

    def deliver(self, deliveries: Sequence[Delivery], exclude: Any = None) -> None:
        """Send each in order. A socket that cannot take its frame is closed, so that its client resumes.

        `exclude` is the socket that asked, which has its own answer.
        """
        ...


class Mail(Protocol):
    """Writes letters. A letter may be asked for twice, when a job was cut short."""

    def invite_worker(self, invited: WorkerInvitation) -> None: ...

    def invite_school(self, email: str) -> None: ...

    def tell_of_message(self, notice: NewMessageNotice) -> None: ...


class Identity(Protocol):
    """The identity provider, as jobs call it."""

    def forget(self, issuer: str, subject: str) -> None:
        """Delete the login of an account that ended, with its sessions. If it is gone already, nothing is done."""
        ...

    def end_sign_ins(self, issuer: str, subject: str) -> None:
        """End every sign-in of a login, on every browser. If the login is gone, nothing is done."""
        ...

    def withdraw(self, place: str) -> None:
        """Make the links of an invitation to this place useless. If there are none, nothing is done."""
        ...


@dataclass(frozen=True, slots=True)
class Principal:
    """The person behind a verified access token, and the site that the token is for.

    `authenticated` is when the person last proved who they are (Unix seconds), 0 if the token does not say. `session`
    is where they are signed in, empty if it does not say. `federated`: the university's identity provider says who they
    are. `authorization` is the header with the token, for an identity provider that is asked with it.
    """

    issuer: str
    subject: str
    site: Kind
    authenticated: float
    session: str = ""
    federated: bool = False
    authorization: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Profile:
    """What an identity provider knows of a person: a verified e-mail address, and a name, which may be empty.

    `accepted` is the worker's place whose invitation the person has accepted there, empty if none.
    """

    email: str
    name: str
    accepted: str = ""
