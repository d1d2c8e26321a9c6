"""Takes the claims that API Gateway has verified, and asks the identity provider's userinfo endpoint for profiles."""

import logging
from collections.abc import Callable, Mapping
from typing import TypeVar

from uconnect.adapters.tokens import cognito
from uconnect.application.authentication import Authentication
from uconnect.application.ports import Principal, Profile, Unavailable
from uconnect.application.service import ApplicationService
from uconnect.domain.enums import Kind

A = TypeVar("A")
log = logging.getLogger("uconnect")


class ClaimsAuthentication(Authentication):
    """Turns the claims of a call into a principal, and a principal into a party's id."""

    def __init__(
        self, service: ApplicationService, sites: Mapping[str, Kind], userinfo: str, *, schools_invited_only: bool
    ) -> None:
        super().__init__(service, schools_invited_only=schools_invited_only)
        self._sites = sites
        self._userinfo = userinfo

    def principal(self, claims: Mapping[str, str], authorization: str) -> Principal | None:
        """The person behind an access token; None without one. The gateway takes a token without `Bearer`, too."""
        return cognito.principal(claims, self._sites, authorization) if authorization[:7].lower() == "bearer " else None

    async def profile(self, who: Principal) -> Profile | None:
        return self._asked(cognito.profile, who)

    async def is_signed_in(self, who: Principal) -> bool:
        return self._asked(cognito.is_signed_in, who)

    def _asked(self, question: Callable[[str, str], A], who: Principal) -> A:
        try:
            return question(self._userinfo, who.authorization)
        except (OSError, ValueError) as error:
            log.error("the issuer did not say whose token it is: %s", type(error).__name__)
            raise Unavailable from error

    async def has_returned(self, who: Principal) -> None:
        """Nothing to do: nobody accepts an invitation at this identity provider."""
