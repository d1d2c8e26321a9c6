"""Gives records the logins that their accounts have with another identity provider."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from msgspec.structs import replace

from uconnect.domain.models import Login, LoginSubject, Owner, Party, Record

T = TypeVar("T")
Move = Callable[[str, str], tuple[str, str]]  # of an issuer and a subject


def moved(given: Iterable[Record | T], move: Move) -> Iterator[Record | T]:
    """The same records, and whatever is among them, with the issuers and subjects that `move` makes of theirs."""
    for each in given:
        if isinstance(each, Login):
            issuer, subject = move(each.issuer, each.subject)
            yield replace(each, issuer=issuer, subject=subject)
        elif isinstance(each, Party):
            party = replace(each, joined_logins=tuple(_moved(it, move) for it in each.joined_logins))
            yield replace(party, login=_moved(party.login, move)) if isinstance(party, Owner) and party.login else party
        else:
            yield each


def _moved(login: LoginSubject, move: Move) -> LoginSubject:
    return LoginSubject(*move(login.issuer, login.subject))
