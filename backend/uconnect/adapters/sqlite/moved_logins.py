"""Gives records the logins that their accounts have with another identity provider."""

from collections.abc import Callable, Iterable, Iterator

from msgspec.structs import replace

from uconnect.application.audit import Act
from uconnect.domain.models import Login, Owner, Record

Move = Callable[[str, str], tuple[str, str]]  # of an issuer and a subject


def moved(given: Iterable[Record | Act], move: Move) -> Iterator[Record | Act]:
    """The same records, with the issuers and subjects that `move` makes of theirs."""
    for each in given:
        if isinstance(each, Login):
            issuer, subject = move(each.issuer, each.subject)
            yield replace(each, issuer=issuer, subject=subject)
        elif isinstance(each, Owner) and each.login is not None:
            issuer, subject = move(each.login.issuer, each.login.subject)
            yield replace(each, login=replace(each.login, issuer=issuer, subject=subject))
        else:
            yield each
