"""The request that an operation gets: the caller, the id in the path, and the checked body or query."""

from dataclasses import dataclass
from typing import Annotated, Any

from msgspec import Meta, Struct

from uconnect.domain.keys import Mailbox
from uconnect.domain.protocol import PAGE, Count
from uconnect.domain.usecases.registration import Registration

Most = Annotated[int, Meta(ge=1, le=PAGE)]
Cursor = Annotated[str, Meta(max_length=200, description="The `next` of the page before.")]


@dataclass(frozen=True, slots=True)
class Request:
    """A call that has reached its operation: `by` is the caller's party, `id` the path's (empty if it has none).

    `session` is where the caller is signed in, if the token says it. `who` has come with a token to an operation that
    is also for people who are no party yet; `by` is empty there.
    """

    by: str
    id: str
    body: Any
    session: str = ""
    who: Registration | None = None

    @property
    def newcomer(self) -> Registration:
        assert self.who is not None  # the table says which operations are handed one
        return self.who


class Query(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The query of an operation. Unknown fields are refused."""


class ThreadsQuery(Query, frozen=True, kw_only=True):
    shelf: Mailbox
    before: Cursor | None = None
    most: Most = PAGE


class SchoolsQuery(Query, frozen=True, kw_only=True):
    after: Cursor | None = None
    most: Most = PAGE


class LogQuery(Query, frozen=True, kw_only=True):
    after: Count = 0
    most: Most = PAGE


class InternalEntriesQuery(Query, frozen=True, kw_only=True):
    after: Count = 0
    most: Most = PAGE
