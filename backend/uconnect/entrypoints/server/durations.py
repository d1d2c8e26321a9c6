"""Counts how often operations ran and how long they took, by a few fixed words each, in some additions an operation.

The loop alone adds, so nothing is locked. Another thread reads a copy.
"""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field

BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)  # seconds
Labels = tuple[str, ...]


@dataclass(slots=True)
class Duration:
    """How many took up to each of BOUNDS and more than the one before; the last is for those beyond all."""

    counts: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS) + 1))
    total: float = 0.0

    @property
    def buckets(self) -> list[tuple[str, float]]:
        """How many took no longer than each bound, as Prometheus counts."""
        found, so_far = [], 0
        for bound, count in zip((*map(str, BOUNDS), "+Inf"), self.counts, strict=True):
            so_far += count
            found.append((bound, float(so_far)))
        return found


class Durations:
    """Durations by labels. A label is one of a few words that the code knows, never what somebody sent or has."""

    def __init__(self) -> None:
        self._by_labels: dict[Labels, Duration] = {}

    def add(self, labels: Labels, seconds: float) -> None:
        found = self._by_labels.get(labels)
        if found is None:
            found = self._by_labels[labels] = Duration()
        found.counts[bisect_left(BOUNDS, seconds)] += 1
        found.total += seconds

    def copy(self) -> "Durations":
        """The counts of this moment, for another thread."""
        made = Durations()
        made._by_labels = {labels: Duration([*it.counts], it.total) for labels, it in self}
        return made

    def __iter__(self) -> Iterator[tuple[Labels, Duration]]:
        return iter(self._by_labels.items())


@dataclass(frozen=True, slots=True)
class Measures:
    """What is measured all the time."""

    requests: Durations
    frames: Durations
    loop_lag: Durations

    def copy(self) -> "Measures":
        return Measures(self.requests.copy(), self.frames.copy(), self.loop_lag.copy())
