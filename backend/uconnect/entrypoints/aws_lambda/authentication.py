"""Takes the claims that API Gateway has verified, and asks the identity provider's userinfo endpoint for profiles."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from uconnect.adapters.tokens import cognito
from uconnect.application.authentication import Authentication
from uconnect.application.ports import Principal, Profile, Unavailable
from uconnect.application.service import ApplicationService
from uconnect.domain.enums import Kind

A = TypeVar("A")
log = logging.getLogger("uconnect")


@dataclass(frozen=True, slots=True)
class UniversityProvider:
    """The university's identity provider, as the pool calls it, and whether each address that it names is verified."""

    name: str = ""
    trusted: bool = False


NO_PROVIDER = UniversityProvider()


class ClaimsAuthentication(Authentication):
    """Turns the claims of a call into a principal, and a principal into a party's id."""

    def __init__(
        self,
        service: ApplicationService,
        sites: Mapping[str, Kind],
        userinfo: str,
        provider: UniversityProvider = NO_PROVIDER,
        *,
        schools_invited_only: bool,
    ) -> None:
        super().__init__(service, schools_invited_only=schools_invited_only)
        self._sites = sites
        self._userinfo = userinfo
        self._provider = provider

    def principal(self, claims: Mapping[str, str], authorization: str) -> Principal | None:
        """The person behind an access token; None without one. The gateway takes a token without `Bearer`, too."""
        if authorization[:7].lower() != "bearer ":
            return None
        return cognito.principal(claims, self._sites, authorization, self._provider.name)

    async def profile(self, who: Principal) -> Profile | None:
        trusted = who.federated and self._provider.trusted
        return self._ask_issuer(partial(cognito.profile, trusted=trusted), who)

    async def is_signed_in(self, who: Principal) -> bool:
        return self._ask_issuer(cognito.is_signed_in, who)

    def _ask_issuer(self, question: Callable[[str, str], A], who: Principal) -> A:
        try:
            return question(self._userinfo, who.authorization)
        except (OSError, ValueError) as error:
            log.error("the issuer did not say whose token it is: %s", type(error).__name__)
            raise Unavailable from error

    async def has_returned(self, who: Principal) -> None:
        """Nothing to do: nobody accepts an invitation at this identity provider."""
