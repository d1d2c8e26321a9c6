"""Everything that a trace may say: the names of spans and attributes, and each value. All others never leave.

The values are words of the code. What somebody sent, has or is called is none of them, so it cannot be in a trace.
"""

import inspect
import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from importlib import import_module
from typing import get_args

from uconnect.application.tracing import ERROR, USE_CASE, Value
from uconnect.domain import jobs, usecases, views
from uconnect.domain.views.admin import UNREADABLE_JOB
from uconnect.entrypoints.server.durations import Labels

OTHER = "other"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
FRAMES = ("send", "typing", "seen", "composing")
OUTCOMES = ("done", "refused", "failed")
METHOD, ROUTE, STATUS = "http.request.method", "http.route", "http.response.status_code"
JOB, FRAME, OUTCOME = "uconnect.job", "uconnect.frame", "uconnect.outcome"
REQUEST = "request"
SPANS: Mapping[str, Labels] = {  # each with the attributes whose values are a part of its name
    REQUEST: (METHOD, ROUTE),
    "frame": (FRAME,),
    "job": (JOB,),
    "use case": (USE_CASE,),
    "mail pass": (),
    "commit of frames": (),
    "store write": (),
    "store write in background": (),
    "store read": (),
}
OWN_ERRORS = ("uconnect", "builtins", "sqlite3", "asyncio", "starlette", "aiosmtplib", "ssl", "socket")


class Allowed:
    """What may leave."""

    def __init__(self, routes: Iterable[str]) -> None:
        values: Mapping[str, Iterable[Value]] = {
            METHOD: METHODS,
            ROUTE: routes,
            STATUS: map(int, HTTPStatus),
            JOB: (*(it.__name__ for it in get_args(jobs.JobTask)), UNREADABLE_JOB),
            FRAME: FRAMES,
            OUTCOME: OUTCOMES,
            USE_CASE: _use_cases(),
            ERROR: _errors(),
        }
        self._values = {name: {it: it for it in those} for name, those in values.items()}

    def name(self, name: str, attributes: Mapping[str, Value]) -> str:
        """The name of a span with these attributes, which `attributes` has let through."""
        if name not in SPANS:
            return OTHER
        said = [str(attributes.get(it, OTHER)) for it in SPANS[name]]
        return " ".join(said if name == REQUEST else [name, *said])

    def attributes(self, found: Mapping[str, object]) -> dict[str, Value]:
        """Those that may leave. A value that is not known is `other`."""
        return {name: _known(self._values[name], value) for name, value in found.items() if name in self._values}


def _known(values: Mapping[Value, Value], found: object) -> Value:
    """Ours, not the one that was found."""
    return values.get(found, OTHER) if isinstance(found, str | int) else OTHER


def _use_cases() -> Iterator[str]:
    for package in (usecases, views):
        for it in pkgutil.iter_modules(package.__path__):
            module = import_module(f"{package.__name__}.{it.name}")
            for name, _ in inspect.getmembers(module, inspect.isfunction):
                yield f"{it.name}.{name}"


def _errors() -> Iterator[str]:
    """The kinds of errors that exist when the server has started."""
    waiting: list[type[BaseException]] = [BaseException]
    while waiting:
        kind = waiting.pop()
        waiting += type.__subclasses__(kind)
        if kind.__module__.partition(".")[0] in OWN_ERRORS:
            yield kind.__name__
