"""What a school and its workers are shown of its saved replies: the same, and nobody else is shown any.

There is no field for who wrote one, who used it, when or how often (leak 35).
"""

from msgspec import Struct

from uconnect.domain.models import SavedReply


class SavedReplyCard(Struct, frozen=True):
    """A text to insert in messages. It is shown under `folder`, or under none if that is empty."""

    id: str
    folder: str
    title: str
    text: str


class SavedReplyList(Struct, frozen=True):
    """A school's saved replies, the oldest first; at most `most`."""

    replies: tuple[SavedReplyCard, ...]
    most: int


def card(reply: SavedReply) -> SavedReplyCard:
    return SavedReplyCard(id=reply.id, folder=reply.folder, title=reply.title, text=reply.text)
