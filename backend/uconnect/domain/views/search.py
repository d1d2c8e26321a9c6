"""What a search of a party's own threads shows. It is made of the party's own views, never of a record (leak 11)."""

from msgspec import Struct

from uconnect.domain.enums import Side
from uconnect.domain.text_search import excerpt
from uconnect.domain.views import Listed, raiser, school, worker
from uconnect.domain.views.school import Person

Written = raiser.RaiserMessage | school.SchoolMessage | worker.WorkerMessage | school.SchoolNote | worker.WorkerNote


class FoundText(Struct, frozen=True):
    """A message that was found, or an internal note if it has no side: its place in the log, or among the notes, and
    the part of its text around the first of the words.
    """

    seq: int
    at: int
    side: Side | None
    text: str


class FoundThread(Struct, frozen=True):
    """A thread that was found by its subject and name, or by `texts`. `more` texts may have the words."""

    thread: Listed
    texts: tuple[FoundText, ...]
    more: bool


class SearchPage(Struct, frozen=True):
    """The threads that were found, the latest activity first. `people` are their owners, for the school they were
    raised to, else empty.

    The search has come to threads of the time `until` (ms since 1970), and continues from `next`; both are None at its
    end. A thread with many messages may be found on several pages.
    """

    found: tuple[FoundThread, ...]
    people: tuple[Person, ...]
    until: int | None
    next: str | None


def found_text(shown: Written, words: tuple[str, ...]) -> FoundText:
    """What a party reads, as a search that found the words in it shows it."""
    side = None if isinstance(shown, school.SchoolNote | worker.WorkerNote) else shown.side
    return FoundText(seq=shown.seq, at=shown.at, side=side, text=excerpt(shown.text, words))
