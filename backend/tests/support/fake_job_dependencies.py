"""What jobs reach beyond the store, as the tests look at it: letters and forgotten logins are kept in lists."""

from collections.abc import Callable
from dataclasses import dataclass, field

from uconnect.application.jobs import JobDependencies
from uconnect.domain.context import Delivery
from uconnect.domain.views.mail import NewMessageNotice, WorkerInvitation


@dataclass(frozen=True)
class FakeMail:
    """Implements `application.ports.Mail` and `application.ports.Identity`."""

    workers: list[WorkerInvitation] = field(default_factory=list)
    schools: list[str] = field(default_factory=list)
    notices: list[NewMessageNotice] = field(default_factory=list)
    forgotten: list[tuple[str, str]] = field(default_factory=list)
    signed_out: list[tuple[str, str]] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)

    def invite_worker(self, invited: WorkerInvitation) -> None:
        self.workers.append(invited)

    def invite_school(self, email: str) -> None:
        self.schools.append(email)

    def tell_of_message(self, notice: NewMessageNotice) -> None:
        self.notices.append(notice)

    def forget(self, issuer: str, subject: str) -> None:
        self.forgotten.append((issuer, subject))

    def end_sign_ins(self, issuer: str, subject: str) -> None:
        self.signed_out.append((issuer, subject))

    def withdraw(self, place: str) -> None:
        self.withdrawn.append(place)


def no_logins(_: tuple[Delivery, ...]) -> None:
    """Has no socket open."""


def fake_job_dependencies(
    deliver: Callable[[tuple[Delivery, ...]], None] = no_logins, post: FakeMail | None = None
) -> JobDependencies:
    """What jobs reach beyond a store. A job that cannot be done fails the test."""
    post = post or FakeMail()
    return JobDependencies(deliver, post, post, _raised, _set_aside)


def _set_aside(kind: str) -> None:
    raise AssertionError(f"{kind} is set aside")


def _raised(error: Exception) -> None:
    raise error
