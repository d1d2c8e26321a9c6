"""What a test of a promise has tried, for whoever writes docs/promises.md."""

from typing import Protocol


class Evidence(Protocol):
    def __call__(self, promise: int, layer: str, n: int) -> None:
        """So many trials of a promise (its number in docs/promises.md) on a layer."""
        ...
