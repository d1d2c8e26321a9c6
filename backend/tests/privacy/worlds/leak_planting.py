"""How a leak is planted: a patch of the product, undone after the test, for each channel of the catalogue."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import msgspec
import pytest

from uconnect.api import http
from uconnect.domain import notifications
from uconnect.domain.authorization import load_membership
from uconnect.domain.context import Context, Delivery, Plan, decide
from uconnect.domain.enums import Side, ThreadSort
from uconnect.domain.errors import Refusal, Refused
from uconnect.domain.keys import SideActivityKey
from uconnect.domain.models import Message, SideActivity, Thread
from uconnect.domain.rules import Role
from uconnect.domain.text_search import has_words
from uconnect.domain.usecases import messages, queries, search, signals, threads

Patch = pytest.MonkeyPatch
Plant = Callable[[Patch], None]


@dataclass(frozen=True)
class Leak:
    """`channel` is how such leaks are called; several leaks may be of one."""

    channel: str
    what: str
    plant: Plant

    def __str__(self) -> str:
        return f"{self.channel}: {self.what}"


def telling(shown: Any, **told: Any) -> Any:
    """A view with fields it should not have."""
    return {**msgspec.to_builtins(shown), **told}


def shows(where: Any, name: str, told: Callable[..., dict[str, Any]]) -> Plant:
    """What a view builds has these fields too; `told` gets what the view was built of."""
    view = getattr(where, name)
    return lambda patch: patch.setattr(where, name, lambda *of: telling(view(*of), **told(*of)))


def attempt(case: Callable[..., Any], context: Context, *of: Any, **named: Any) -> Any:
    """What a step of a use case comes to: its result, or the refusal that it raises."""
    return decide(lambda context: case(context, *of, **named), context)


def insist(outcome: Any) -> Any:
    """The other way round: raises a refusal."""
    if isinstance(outcome, Refusal):
        raise Refused(outcome)
    return outcome


def outcome(where: Any, name: str, change: Callable[..., Any]) -> Plant:
    """A use case whose plan is changed: `change` gets the plan, who called and for what, and may look things up."""
    case = getattr(where, name)

    def plant(patch: Patch) -> None:
        def changed(context: Any, by: str, **asked: Any) -> Any:
            return insist(change(context, attempt(case, context, by=by, **asked), by, asked))

        # Called by position from the table of operations, which holds it too, and by name from the socket.
        def either(context: Any, by: str, *asked: Any, **named: Any) -> Any:
            return changed(context, by, **dict(zip(case.__code__.co_varnames[2:], asked, strict=False)), **named)

        patch.setattr(where, name, either)
        in_table = [(replace(it, use_case=either) if it.use_case is case else it, path) for it, path in http.ROUTES]
        patch.setattr(http, "ROUTES", in_table)

    return plant


def sorted_by(role: Role, of: Callable[[Thread], Any]) -> Plant:
    """The threads that were raised last come in an order of something else."""

    def plant(patch: Patch) -> None:
        page = queries._page

        def sorted_page(
            context: Context, by: str, to: Role, found: tuple[Thread, ...], most: int, sort: ThreadSort
        ) -> Any:
            is_planted = to is role and sort is ThreadSort.NEWEST
            return page(context, by, to, tuple(sorted(found, key=of)) if is_planted else found, most, sort)

        patch.setattr(queries, "_page", sorted_page)

    return plant


def frames(where: Any, name: str, told: Callable[[str], dict[str, Any]]) -> Plant:
    """The frames a use case delivers to others have these fields too; `told` gets who called."""

    def change(_: Any, plan: Any, by: str, __: Any) -> Any:
        if not isinstance(plan, Plan):
            return plan
        more = [
            Delivery(it.to, telling(it.frame, **told(by)) if it.frame and it.to != by else it.frame)
            for it in plan.deliveries
        ]
        return msgspec.structs.replace(plan, deliveries=tuple(more))

    return outcome(where, name, change)


def posting(change: Callable[..., Any]) -> Plant:
    """Posting does something else: `change` is given how it is done, and what it is done with."""

    def plant(patch: Patch) -> None:
        append_message = messages.append_message
        for where in (messages, threads):
            patch.setattr(where, "append_message", lambda *of: change(append_message, *of))

    return plant


def marks_kept(whose: Callable[[Thread, str], str]) -> Plant:
    """Typing and having seen are remembered for somebody else than the side: `whose` gets the thread and who calls."""

    def plant(patch: Patch) -> None:
        caller = [""]

        def membership(context: Context, by: str, *thread: str) -> Any:
            caller[0] = by
            return load_membership(context, by, *thread)

        def activity(context: Context, thread: Thread, side: Any) -> Any:
            key = SideActivityKey(whose(thread, caller[0]), side)
            return context.get(key) or SideActivity(thread=key.thread, side=side)

        patch.setattr(signals, "load_membership", membership)
        patch.setattr(signals, "_load_activity", activity)

    return plant


def extra_read(when: Callable[[Any], bool]) -> Plant:
    """One read more on one of the paths."""

    def plant(patch: Patch) -> None:
        def membership(context: Context, by: str, *thread: str) -> Any:
            found = load_membership(context, by, *thread)
            if when(found):
                context.load(SideActivityKey("nothing", Side.SCHOOL))
            return found

        for module in (messages, signals):
            patch.setattr(module, "load_membership", membership)

    return plant


def queue(order: Callable[[Thread, tuple[Delivery, ...]], tuple[Delivery, ...]]) -> Plant:
    """Entries are told in another order, or to others."""

    def plant(patch: Patch) -> None:
        events = notifications.notify_entry
        for where in (messages, threads):
            patch.setattr(where, "notify_entry", lambda thread, told: order(thread, events(thread, told)))

    return plant


def signed(name: Callable[[Thread, str], str]) -> Plant:
    """Messages end with a signature."""

    def append_message(append_message: Any, thread: Thread, side: Any, by: str, key: str, text: str, now: int) -> Any:
        return append_message(thread, side, by, key, f"{text} - {name(thread, by)}", now)

    return posting(append_message)


def found_by(text: Callable[[Context, Thread], str]) -> Plant:
    """A search that finds a thread by a text which its result does not show."""

    def plant(patch: Patch) -> None:
        found = search._found

        def oracle(context: Context, by: str, role: Role, part: Any, words: tuple[str, ...], *more: Any) -> Any:
            is_hidden = role is not Role.SCHOOL and has_words(text(context, part.thread), words)
            return found(context, by, role, part, () if is_hidden else words, *more)

        patch.setattr(search, "_found", oracle)

    return plant


def searched_longer(when: Callable[[Thread], bool]) -> Plant:
    """A search reads one record more for some threads."""

    def look_up(context: Context, thread: Thread) -> str:
        if when(thread):
            context.load(SideActivityKey(thread.id, Side.SCHOOL))
        return ""

    return found_by(look_up)


def entry_told(where: Any, **told: Callable[[Message], Any]) -> Plant:
    """A message of a view's log has these fields too."""

    def fields(entry: Any, *_: Any) -> dict[str, Any]:
        return {name: of(entry) for name, of in told.items()} if isinstance(entry, Message) else {}

    return shows(where, "entry", fields)
