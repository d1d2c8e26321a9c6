"""Work that one transaction cannot hold. The plan that makes a job necessary writes it; a job may run twice."""

from enum import StrEnum

from msgspec import Struct


class PurgeThread(Struct, frozen=True, tag="purge_thread"):
    """Remove what is left of a deleted thread."""

    thread: str


class ReturnThreads(Struct, frozen=True, tag="return_threads"):
    """Give a removed worker's threads back to its school."""

    worker: str


class AssignThread(Struct, frozen=True, tag="assign_thread"):
    """Do with a new thread what its school's policy says. Every raise leaves this, whatever the policy."""

    thread: str


class FinishClosing(Struct, frozen=True, tag="finish_closing"):
    """End what an account that ended leaves behind; for a school that is closing, decide first whether it may."""

    party: str


class UnassignThread(Struct, frozen=True, tag="unassign_thread"):
    """Take a thread whose owner's account has ended from its worker, as by a take-back."""

    thread: str


class PurgeLeftThread(Struct, frozen=True, tag="left"):
    """Purge a thread that its worker has left, if nobody else has it. It is written whoever has the thread."""

    thread: str


class TerminateReceived(Struct, frozen=True, tag="terminate_received"):
    """End the threads raised to a school that the operator closed."""

    school: str


class MailWorkerInvitation(Struct, frozen=True, tag="mail_worker_invitation"):
    """Write to a worker who was invited."""

    worker: str


class MailSchoolInvitation(Struct, frozen=True, tag="mail_school_invitation"):
    """Write to a school that the operator invited."""

    email: str


class ForgetAddress(Struct, frozen=True, tag="forget_address"):
    """Delete an address that is nobody's any more, once the letters that were written to it count no more."""

    email: str


class FindUnread(Struct, frozen=True, tag="find_unread"):
    """Leave `TellUnread` for the threads whose messages have been left unread since `after`. There is one such job, and
    it is never done: it comes again each minute."""

    after: int


class TellUnread(Struct, frozen=True, tag="tell_unread"):
    """Tell a party by e-mail that a message waits, if it has not read what waits in this thread."""

    thread: str
    party: str


class MailNotice(Struct, frozen=True, tag="mail_notice"):
    """Write to a party that a message waits. It was decided, and only the letter is missing."""

    party: str


class Milestone(StrEnum):
    """What happens to a thread once, and is counted."""

    REPLY = "reply"  # the first answer
    END = "end"


class CountThread(Struct, frozen=True, tag="count_thread"):
    """Count in the school's figures that a thread came to a milestone at `at`, `took` ms after it was raised. Raises
    leave no such job: `AssignThread` counts them."""

    school: str
    milestone: Milestone
    at: int
    took: int


class RefreshReplyTimes(Struct, frozen=True, tag="refresh_reply_times"):
    """Work out how soon each school usually answers, once a week. There is one such job, and it is never done."""


class Retention(Struct, frozen=True):
    """How long threads are kept, in days since their last activity: until an open one ends, and until one that has
    ended is deleted; 0 is for ever. `since` is when parties were first told (ms)."""

    end: int
    erase: int
    since: int


class SweepPosition(Struct, frozen=True):
    """How far a look at all threads has come: after which school of the directory (its name and its id), in which of
    its two lists, before which thread (`at` and id)."""

    school: tuple[str, str] | None = None
    ended: bool = False
    before: tuple[int, str] | None = None


class FindSilent(Struct, frozen=True, tag="find_silent"):
    """Leave `ApplyRetention` for the threads in which nobody has written for too long, a page of them each time. There
    is one such job while retention is set, and it is never done. `looked` is when it last did (ms)."""

    retention: Retention
    looked: int
    position: SweepPosition = SweepPosition()


class FindSilentOf(Struct, frozen=True, tag="find_silent_of"):
    """The same for a school that has closed, and is in the directory no more. It is done when nothing is left of what
    was raised to the school."""

    school: str
    before: tuple[int, str] | None = None


class ApplyRetention(Struct, frozen=True, tag="apply_retention"):
    """End a thread in which nobody has written for too long, or delete it if it has ended; nothing if somebody has."""

    thread: str


class EndSignIns(Struct, frozen=True, tag="end_sign_ins"):
    """End every sign-in of a login at its identity provider, then close the sockets of its party."""

    party: str
    issuer: str
    subject: str


class CloseSockets(Struct, frozen=True, tag="close_sockets"):
    """Close the sockets of a party once more, when no ticket from before is good any longer."""

    party: str


JobTask = (
    PurgeThread
    | ReturnThreads
    | AssignThread
    | FinishClosing
    | UnassignThread
    | PurgeLeftThread
    | TerminateReceived
    | MailWorkerInvitation
    | MailSchoolInvitation
    | FindUnread
    | TellUnread
    | MailNotice
    | CountThread
    | RefreshReplyTimes
    | ForgetAddress
    | FindSilent
    | FindSilentOf
    | ApplyRetention
    | EndSignIns
    | CloseSockets
)
