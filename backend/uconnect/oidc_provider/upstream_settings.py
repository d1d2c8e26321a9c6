"""The OpenID providers of others that people may sign in with, as the operator describes them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from uconnect.domain.enums import Kind

MOST_VALUES = 200  # of a claim that is a list: a person with more groups matches by the first ones alone


@dataclass(frozen=True, slots=True)
class Rule:
    """People who have `value` in the claim `claim` may be one of `kinds`.

    A claim that is a list has each of its entries, and a claim that is one text has that text. With `contains` it is
    enough that the text has `value` in it.
    """

    claim: str
    value: str
    kinds: frozenset[Kind]
    contains: bool = False

    def matches(self, claims: Mapping[str, Any]) -> bool:
        """Whether a person with these claims may be one of `kinds`."""
        found = claims.get(self.claim)
        values = found[:MOST_VALUES] if isinstance(found, list) else [found]
        texts = [it for it in values if isinstance(it, str)]
        return any(self.value in it for it in texts) if self.contains else self.value in texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Upstream:
    """One OpenID provider, and what it is believed for.

    `id` stands in addresses of ours, `name` on pages. `secret` is the client's, or `key` its private key (a JWK) with
    which it signs instead. `email_claim`, `name_claim` and `verified_claim` name claims; without a `verified_claim`
    each address that the provider gives counts as verified. `domains` are those whose addresses may sign in, all if
    there are none. For addresses of `believed_domains` an account that exists is linked at once; for others its owner
    proves it first. With `rules`, a person needs one that matches. After `hours` the provider is asked again.
    Without `says_auth_time` it never says when a person proved who they are, so each sign-in counts as such a proof.
    With `second_factor` it asks everybody for more than a password, so we ask for no second step.
    """

    id: str
    name: str
    issuer: str
    client_id: str
    secret: str = field(default="", repr=False)
    key: Mapping[str, Any] | None = field(default=None, repr=False)
    post_secret: bool = False
    button: str = ""
    kinds: frozenset[Kind] = frozenset(Kind)
    scopes: tuple[str, ...] = ("openid", "email", "profile")
    email_claim: str = "email"
    name_claim: str = "name"
    verified_claim: str = "email_verified"
    domains: tuple[str, ...] = ()
    believed_domains: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()
    hours: int = 12
    says_auth_time: bool = True
    second_factor: bool = False

    @property
    def label(self) -> str:
        """What its button says."""
        return self.button or f"Sign in with {self.name}"

    def allows(self, claims: Mapping[str, Any], kind: Kind) -> bool:
        """Whether a person with these claims may be of this kind. An invitation may be needed, too: see `Arrivals`."""
        return not self.rules or any(kind in it.kinds and it.matches(claims) for it in self.rules)


@dataclass(frozen=True, slots=True)
class SignInMethods:
    """How people may sign in: with a password, unless that is off, and with each of the `upstreams`."""

    passwords: bool = True
    upstreams: tuple[Upstream, ...] = ()

    def of_kind(self, kind: Kind) -> tuple[Upstream, ...]:
        """The providers that people of one site may sign in with."""
        return tuple(it for it in self.upstreams if kind in it.kinds)

    def find(self, id: str) -> Upstream | None:
        return next((it for it in self.upstreams if it.id == id), None)

    def of_issuer(self, issuer: str) -> Upstream | None:
        return next((it for it in self.upstreams if it.issuer == issuer), None)

    @property
    def issuers(self) -> frozenset[str]:
        """The issuers that may have begun a session, empty for a password: see `sessions.Session.issuer`."""
        return frozenset([*(it.issuer for it in self.upstreams), *([""] if self.passwords else [])])

    def may_leave(self, issuer: str, linked: Collection[str]) -> bool:
        """Whether somebody with links to these issuers can still sign in without this one."""
        return self.passwords or issuer not in self.issuers or not self.issuers.isdisjoint({*linked} - {issuer})

    def choices(self, kind: Kind) -> Sequence[tuple[str, str]]:
        """The buttons of a page: (id, text)."""
        return [(it.id, it.label) for it in self.of_kind(kind)]
