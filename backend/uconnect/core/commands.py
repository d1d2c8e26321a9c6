"""What parties may ask for over HTTP: the bodies of the operations, with their limits."""

from typing import Annotated

from msgspec import Meta, Struct

from uconnect.core.wire import END, LINE, Id, SendKey, Subject, Text

Email = Annotated[str, Meta(max_length=254, pattern=r"^[^@\s]+@[^@\s]+" + END, description="An e-mail address.")]


class Body(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The JSON body of an operation. Unknown fields are refused."""


class Raise(Body, frozen=True, kw_only=True):
    """Raise a thread to a school, with what it is about and the first message."""

    key: SendKey
    school: Id
    subject: Subject
    text: Text


class Offload(Body, frozen=True, kw_only=True):
    """Give a thread to one of the school's own workers."""

    worker: Id


class Invite(Body, frozen=True, kw_only=True):
    """Invite someone to be a worker of this school."""

    key: SendKey
    email: Email
    name: Annotated[str, Meta(min_length=1, max_length=80, pattern=LINE)]


class Nothing(Body, frozen=True, kw_only=True):
    """An empty body: `{}` or none at all."""
