"""What todos reach beyond the store, as the tests look at it: letters and forgotten logins are kept in lists."""

from collections.abc import Callable
from dataclasses import dataclass, field

from uconnect.core.facts import Delivery
from uconnect.core.views.letters import Invited
from uconnect.core.work import Outside


@dataclass(frozen=True)
class Post:
    """Implements `core.ports.Mail` and `core.ports.Identity`."""

    workers: list[Invited] = field(default_factory=list)
    schools: list[str] = field(default_factory=list)
    forgotten: list[tuple[str, str]] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)

    def invite_worker(self, invited: Invited) -> None:
        self.workers.append(invited)

    def invite_school(self, email: str) -> None:
        self.schools.append(email)

    def forget(self, issuer: str, subject: str) -> None:
        self.forgotten.append((issuer, subject))

    def withdraw(self, place: str) -> None:
        self.withdrawn.append(place)


def nobody(_: tuple[Delivery, ...]) -> None:
    """Has no socket open."""


def outside(deliver: Callable[[tuple[Delivery, ...]], None] = nobody, post: Post | None = None) -> Outside:
    """The world beyond a store; a todo that cannot be done fails the test."""
    post = post or Post()
    return Outside(deliver, post, post, _raised, _set_aside)


def _set_aside(kind: str) -> None:
    raise AssertionError(f"{kind} is set aside")


def _raised(error: Exception) -> None:
    raise error
