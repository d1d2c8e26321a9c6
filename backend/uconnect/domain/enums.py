"""The enumerations that mean the same in records and on the wire."""

from enum import StrEnum


class Kind(StrEnum):
    """What a party is, for ever."""

    SCHOOL = "school"
    WORKER = "worker"
    USER = "user"


class Side(StrEnum):
    """Whose voice a message is: the one who asked, or the institution, whichever of its hands wrote."""

    RAISER = "raiser"
    SCHOOL = "school"


class MessageKind(StrEnum):
    """What a message is, beside its text."""

    TEXT = "text"
    ASK_TO_END = "ask_to_end"  # the school's side asks whether the thread is settled
    NOT_YET = "not_yet"  # the raiser's answer to that


class State(StrEnum):
    """Whether anybody may still post."""

    OPEN = "open"
    TERMINATED = "terminated"


class Turn(StrEnum):
    """Whose answer an open thread waits for."""

    NEW = "new"  # ours: the school's side has not answered yet
    US = "us"  # ours, again
    THEM = "them"  # the raiser's


class ThreadFilter(StrEnum):
    """Which threads of a mailbox are listed.

    Every open thread of a school is exactly one of NEW, US, WORKER, THEM and SNOOZED. OPEN is the first four.
    """

    OPEN = "open"
    WAITING = "waiting"  # for an answer of the school's side, whoever handles it
    NEW = "new"
    US = "us"  # with the school itself, which has answered before and has to answer again
    WORKER = "worker"  # a worker handles it
    THEM = "them"  # with the school itself, which has answered
    SNOOZED = "snoozed"  # the viewer has put it off (`usecases.snoozes`)
    ENDED = "ended"


class ThreadSort(StrEnum):
    """In which order a list of threads comes."""

    WAITING = "waiting"  # who has waited longest for an answer first
    NEWEST = "newest"  # who asked last first
    ACTIVITY = "activity"  # the latest message or end first


class ReplyTime(StrEnum):
    """How soon a school usually answers a new thread, in coarse steps that everybody may know."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    LONGER = "longer"


class Policy(StrEnum):
    """What a school does with a new thread."""

    BY_HAND = "by_hand"  # it waits with the school
    AUTOMATIC = "automatic"  # it goes to the least loaded worker who is available


class ActKind(StrEnum):
    """The acts that a school sees in its own view of the audit log, in the words of the log."""

    JOINED = "join"
    INVITED_WORKER = "invite a worker"
    INVITED_AGAIN = "invite a worker again"
    REMOVED_WORKER = "remove a worker"
    CHANGED_NAME = "change the name"
    CHANGED_PROFILE = "change the profile"
    CHANGED_PICTURE = "change the picture"
    CHANGED_POLICY = "change what happens to new threads"
    CHANGED_ADDRESS = "change the address"
    CLOSED = "close the account"
    SUSPENDED = "suspend a school"
    PASSKEYS_RESET = "reset the passkeys of a school"
    RESUMED = "resume a school"
    EXPORTED = "export a school"
