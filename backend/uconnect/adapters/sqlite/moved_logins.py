"""Gives records the logins that their accounts have with another identity provider."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from msgspec.structs import replace

from uconnect.domain.models import Login, Owner, Record

T = TypeVar("T")
Move = Callable[[str, str], tuple[str, str]]  # of an issuer and a subject


def moved(given: Iterable[Record | T], move: Move) -> Iterator[Record | T]:
    """The same records, and whatever is among them, with the issuers and subjects that `move` makes of theirs."""
    for each in given:
        if isinstance(each, Login):
            issuer, subject = move(each.issuer, each.subject)
            yield replace(each, issuer=issuer, subject=subject)
        elif isinstance(each, Owner) and each.login is not None:
            issuer, subject = move(each.login.issuer, each.login.subject)
            yield replace(each, login=replace(each.login, issuer=issuer, subject=subject))
        else:
            yield each
