"""Lists the kinds of background jobs. A plan writes the job that it makes necessary; each may run twice."""

from msgspec import Struct


class PurgeThread(Struct, frozen=True, tag="erase"):
    """Remove what is left of a deleted thread."""

    thread: str


class ReturnThreads(Struct, frozen=True, tag="return"):
    """Give a removed worker's threads back to its school."""

    worker: str


class AssignThread(Struct, frozen=True, tag="assign"):
    """Do with a new thread what its school's policy says. Every raise leaves this, whatever the policy."""

    thread: str


class FinishClosing(Struct, frozen=True, tag="close"):
    """End what an account that ended leaves behind; for a school that is closing, decide first whether it may."""

    party: str


class UnassignThread(Struct, frozen=True, tag="leave"):
    """Take a thread whose owner's account has ended from its worker, as by a take-back."""

    thread: str


class Left(Struct, frozen=True, tag="left"):
    """Erase a thread that a worker has left, if nobody else has it. Written whoever has the thread."""

    thread: str


class TerminateReceived(Struct, frozen=True, tag="shut"):
    """End the threads raised to a school that the operator closed."""

    school: str


class MailWorkerInvitation(Struct, frozen=True, tag="write"):
    """Write to a worker who was invited."""

    worker: str


class MailSchoolInvitation(Struct, frozen=True, tag="welcome"):
    """Write to a school that the operator invited."""

    email: str


JobTask = (
    PurgeThread
    | ReturnThreads
    | AssignThread
    | FinishClosing
    | UnassignThread
    | Left
    | TerminateReceived
    | MailWorkerInvitation
    | MailSchoolInvitation
)
