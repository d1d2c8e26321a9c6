"""What one attempt at a decision has loaded: every store fills it, a decision reads it."""

from typing import Any, TypeVar, cast

from uconnect.domain.keys import Key, Listing

R = TypeVar("R")


class Loaded:
    """Implements `domain.context.Facts`; asking for what was never loaded raises KeyError, for it is a bug."""

    def __init__(self) -> None:
        self.records: dict[Key[Any], Any] = {}
        self.listings: dict[Listing[Any], tuple[Any, ...]] = {}

    def one(self, key: Key[R]) -> R | None:
        return cast("R | None", self.records[key])

    def all(self, listing: Listing[R]) -> tuple[R, ...]:
        return self.listings[listing]
