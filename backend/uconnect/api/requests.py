"""The queries of the operations, with their limits."""

from typing import Annotated

from msgspec import Meta, Struct

from uconnect.domain.enums import ThreadFilter, ThreadSort
from uconnect.domain.keys import Mailbox
from uconnect.domain.protocol import PAGE, Count
from uconnect.domain.request_bodies import Cursor
from uconnect.domain.text_fields import NAME

Most = Annotated[int, Meta(ge=1, le=PAGE)]
WorkerId = Annotated[str, Meta(max_length=40, description="Only threads that this worker of the school handles.")]
SearchedName = Annotated[
    str, Meta(max_length=NAME.most, description="Only schools with a word in their name that begins with this.")
]


class Query(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The query of an operation. Unknown fields are refused."""


class ThreadsQuery(Query, frozen=True, kw_only=True, rename={"mailbox": "shelf"}):  # the wire keeps its first word
    mailbox: Mailbox
    before: Cursor | None = None
    most: Most = PAGE
    show: ThreadFilter | None = None
    worker: WorkerId | None = None
    sort: ThreadSort | None = None


class SchoolsQuery(Query, frozen=True, kw_only=True):
    after: Cursor | None = None
    most: Most = PAGE
    find: SearchedName = ""


class LogQuery(Query, frozen=True, kw_only=True):
    after: Count = 0
    most: Most = PAGE


class InternalEntriesQuery(Query, frozen=True, kw_only=True):
    after: Count = 0
    most: Most = PAGE


class ActsQuery(Query, frozen=True, kw_only=True):
    before: Count | None = None
    most: Most = PAGE
