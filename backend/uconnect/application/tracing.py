"""Records how long the parts of one operation take, if the operator wants traces. Nothing is recorded otherwise.

A trace begins here alone: none is taken from a request, and none is given to another program. What one operation leaves
for another, such as a job or a delivery, has a trace of its own without a link: a link would join two parties.
"""

from collections.abc import Callable, Sequence
from contextvars import ContextVar, Token
from dataclasses import dataclass, field
from functools import partial
from random import SystemRandom
from time import perf_counter
from types import TracebackType
from typing import Any

MOST = 64  # spans of one trace; more are left out
ERROR = "error.type"
USE_CASE = "uconnect.use_case"
Value = str | int
_chance = SystemRandom()


@dataclass(slots=True, eq=False)
class Span:
    """A part of an operation: what it is, and when it began and ended by `perf_counter`."""

    name: str
    parent: "Span | None"
    began: float
    ended: float = 0.0
    attributes: dict[str, Value] = field(default_factory=dict)


Keep = Callable[[Sequence[Span]], None]
_current: ContextVar[tuple[list[Span], Span] | None] = ContextVar("uconnect.span", default=None)


class Measured:
    """Around what is measured. This one records nothing."""

    __slots__ = ()

    def note(self, name: str, value: Value) -> None:
        """Say something more of it, by a name and with a value that `trace_attributes` allows."""

    def __enter__(self) -> "Measured":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        """An error goes on."""


class _Recorded(Measured):
    """Records a span, as a part of the one around it or, with `keep`, as a trace of its own."""

    __slots__ = ("_keep", "_span", "_spans", "_token")

    def __init__(self, span: Span, spans: list[Span], keep: Keep | None = None) -> None:
        self._span = span
        self._spans = spans
        self._keep = keep

    def note(self, name: str, value: Value) -> None:
        self._span.attributes[name] = value

    def __enter__(self) -> Measured:
        self._token: Token[Any] = _current.set((self._spans, self._span))
        self._span.began = perf_counter()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._span.ended = perf_counter()
        _current.reset(self._token)
        if kind is not None and kind is not StopIteration:  # the end of a job's slices is none
            self._span.attributes[ERROR] = kind.__name__  # never its words: they may hold what somebody wrote
        if len(self._spans) < MOST or self._keep:
            self._spans.append(self._span)
        if self._keep:
            self._keep(tuple(self._spans))


class _Unsampled(Measured):
    """An operation that is not recorded: neither are its parts, in whatever context it began."""

    __slots__ = ("_token",)

    def __enter__(self) -> Measured:
        self._token: Token[Any] = _current.set(None)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        _current.reset(self._token)


NOTHING = Measured()


class Traces:
    """Begins traces, for a share of all operations. `keep` gets each that has ended, in whatever thread it does."""

    def __init__(self, share: float = 0.0, keep: Keep | None = None) -> None:
        self._share = share
        self._keep = keep

    def begin(self, name: str, **attributes: Value) -> Measured:
        """Around an operation."""
        if self._keep is None:
            return NOTHING
        if not self._chosen():
            return _Unsampled()
        return _Recorded(Span(name, None, 0.0, attributes=attributes), [], self._keep)

    def add(self, name: str, began: float, ended: float, attributes: dict[str, Value]) -> None:
        """An operation that is over, without its parts."""
        if self._keep is not None and self._chosen():
            self._keep((Span(name, None, began, ended, attributes),))

    def _chosen(self) -> bool:
        return _chance.random() < self._share


NO_TRACES = Traces()


def part(name: str) -> Measured:
    """Around a part of the operation that is underway in this context."""
    found = _current.get()
    return NOTHING if found is None else _Recorded(Span(name, found[1], 0.0), found[0])


def use_case_part(use_case: Callable[..., Any]) -> Measured:
    """`part` around a use case, which has the name of the function that decides it."""
    found = part("use case")
    if found is not NOTHING:
        found.note(USE_CASE, use_case_name(use_case))
    return found


def use_case_name(use_case: Callable[..., Any]) -> str:
    """The module and the function behind the facts that it was bound to."""
    while isinstance(use_case, partial):
        use_case = use_case.func
    return f"{use_case.__module__.rpartition('.')[2]}.{getattr(use_case, '__name__', '')}"
