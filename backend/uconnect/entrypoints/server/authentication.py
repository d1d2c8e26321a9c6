"""Verifies access tokens of the built-in identity provider, and asks it for profiles."""

from uconnect.application.authentication import Authentication
from uconnect.application.ports import Principal, Profile
from uconnect.domain.enums import Kind
from uconnect.entrypoints.server.service import ServerService
from uconnect.oidc_provider import Provider

# In our records. It is not the provider's address, which an operator may change: nobody shall lose an account by that.
ISSUER = "builtin"
SITE_OF_CLIENT = {f"uconnect-{kind.value}": kind for kind in Kind}


class TokenAuthentication(Authentication):
    """Turns the Authorization header into a principal, and a principal into a party's id."""

    def __init__(self, service: ServerService, issuer: Provider, *, schools_invited_only: bool = False) -> None:
        super().__init__(service, schools_invited_only=schools_invited_only)
        self._issuer = issuer

    async def principal(self, authorization: str) -> Principal | None:
        """The person behind a bearer token (RFC 6750 §2.1) whose session goes on, or None."""
        scheme, _, token = authorization.partition(" ")
        found = await self._issuer.keys.claims(token.strip()) if scheme.lower() == "bearer" else None
        if found is None or await self._issuer.signed_out(found):
            return None
        return Principal(ISSUER, found.subject, SITE_OF_CLIENT[found.client], found.authenticated, found.session_scope)

    async def is_signed_in(self, who: Principal) -> bool:  # noqa: ARG002 - see below
        """`principal` has asked: a token of a sign-in that has ended is nobody's."""
        return True

    async def lasts(self, session: str) -> bool:
        """Whether the session in which a ticket was fetched goes on."""
        return await self._issuer.lasts(session)

    async def profile(self, who: Principal) -> Profile | None:
        found = await self._issuer.accounts.profile(who.subject)
        return Profile(found.email, found.name, found.accepted) if found is not None and found.verified else None

    async def has_returned(self, who: Principal) -> None:
        """A worker of one school becomes no other school's worker, not even later by a link of long ago."""
        if who.site is Kind.WORKER:
            await self._issuer.accounts.forget_accepted(who.subject)
