"""What a decision may ask a store for: one record by its key, or a short listing."""

from enum import StrEnum
from typing import Generic, TypeVar

from msgspec import Struct

from uconnect.core import model
from uconnect.core.terms import Side

R_co = TypeVar("R_co", covariant=True)


class Key(Struct, Generic[R_co], frozen=True):
    """Names at most one record of its type."""


class Shelf(StrEnum):
    """The three lists of threads a party can have."""

    RAISED = "raised"
    RECEIVED = "received"
    HANDLED = "handled"


class PartyKey(Key[model.Party], frozen=True):
    id: str


class OwnerEndedKey(Key[model.OwnerEnded], frozen=True):
    party: str


class AddressKey(Key[model.Address], frozen=True):
    email: str


class LoginKey(Key[model.Login], frozen=True):
    issuer: str
    subject: str


class ThreadKey(Key[model.Thread], frozen=True):
    id: str


class HandleKey(Key[model.Handle], frozen=True):
    viewer: str
    id: str


class LoadOf(Key[model.Load], frozen=True):
    """A count of open threads, not a record: it can be asked for and never written."""

    party: str
    shelf: Shelf


class PlacementKey(Key[model.Placement], frozen=True):
    thread: str
    worker: str


class PresenceKey(Key[model.Presence], frozen=True):
    thread: str
    side: Side


class EntryKey(Key[model.Entry], frozen=True):
    thread: str
    seq: int


class AsideKey(Key[model.Aside], frozen=True):
    thread: str
    seq: int


class PictureKey(Key[model.Picture], frozen=True):
    id: str


class SentKey(Key[model.Message], frozen=True):
    """The message an author has sent under a key. Look it up only after the thread's head: see `decide.messages`."""

    thread: str
    author: str
    key: str


class ReceiptKey(Key[model.Receipt], frozen=True):
    party: str
    key: str


class PaceKey(Key[model.Pace], frozen=True):
    party: str
    what: str


class TicketKey(Key[model.Ticket], frozen=True):
    hashed: str


class TodoKey(Key[model.Job], frozen=True):
    id: str


def key_of(record: model.AnyRecord) -> Key[model.AnyRecord]:
    """The key a record is kept under."""
    match record:
        case model.School() | model.Worker() | model.User():
            return PartyKey(record.id)
        case model.OwnerEnded():
            return OwnerEndedKey(record.party)
        case model.Address():
            return AddressKey(record.email)
        case model.Login():
            return LoginKey(record.issuer, record.subject)
        case model.Thread():
            return ThreadKey(record.id)
        case model.Handle():
            return HandleKey(record.viewer, record.id)
        case model.Placement():
            return PlacementKey(record.thread, record.worker)
        case model.Presence():
            return PresenceKey(record.thread, record.side)
        case model.Message() | model.Terminated():
            return EntryKey(record.thread, record.seq)
        case model.Note() | model.Assigned():
            return AsideKey(record.thread, record.seq)
        case model.Picture():
            return PictureKey(record.id)
        case model.Receipt():
            return ReceiptKey(record.party, record.key)
        case model.Pace():
            return PaceKey(record.party, record.what)
        case model.Ticket():
            return TicketKey(record.hashed)
        case model.Todo() | model.UnreadableJob():
            return TodoKey(record.id)


class Listing(Struct, Generic[R_co], frozen=True):
    """Names several records, in the order it says, `most` at the most."""


class LogOf(Listing[model.Entry], frozen=True):
    """A thread's entries after `after`, by seq."""

    thread: str
    after: int
    most: int


class AsidesOf(Listing[model.Aside], frozen=True):
    """What was noted and assigned beside a thread's log after `after`, by seq."""

    thread: str
    after: int
    most: int


class ThreadsOf(Listing[model.Thread], frozen=True):
    """The threads on a party's shelf, latest activity first, then the highest id; after the place `before` (at, id)."""

    party: str
    shelf: Shelf
    before: tuple[int, str] | None
    most: int


class SchoolsOf(Listing[model.School], frozen=True):
    """The schools that anybody may raise to, by (name in small letters, id), after the place `after`."""

    after: tuple[str, str] | None
    most: int


class DueBy(Listing[model.Job], frozen=True):
    """The jobs due at `now`, the oldest first; with `since`, those that are due from then on."""

    now: int
    most: int
    since: int = 0
