"""What the protocol answers, before it is HTTP."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from uconnect.oidc_provider.clients import Client
from uconnect.oidc_provider.sessions import Session


@dataclass(frozen=True, slots=True)
class Answer:
    """A JSON object, or an address of the site to be sent to; `ended` are the places whose tokens have ended by it."""

    status: int = 200
    body: Mapping[str, Any] = field(default_factory=dict)
    location: str | None = None
    ended: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class SignInNeeded:
    """The request is in order, but nobody is signed in, or they must prove it again."""

    client: Client


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The request is in order and this session answers it: a code may be given."""

    session: Session
