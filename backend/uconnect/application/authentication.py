"""Turns a verified token into a party. The first call of a person registers the party of the site they came to."""

from abc import ABC, abstractmethod
from functools import partial

from uconnect.application.email_addresses import NotAnAddress, normal
from uconnect.application.ports import Principal, Profile, Unavailable
from uconnect.application.read_rate_limit import ReadRateLimiter
from uconnect.application.service import ApplicationService
from uconnect.domain.context import Plan
from uconnect.domain.errors import Refusal, RefusalCode
from uconnect.domain.text import fitted
from uconnect.domain.text_fields import NAME
from uconnect.domain.usecases import registration
from uconnect.domain.usecases.registration import Registration


class Authentication(ABC):
    """Finds and registers parties. Each home adds how a token is verified, and what its identity provider knows."""

    def __init__(self, service: ApplicationService, *, schools_invited_only: bool) -> None:
        self._service = service
        self._schools_invited_only = schools_invited_only
        self._registrations = ReadRateLimiter()  # a person who is no party: each try asks the provider, and writes

    @abstractmethod
    async def profile(self, who: Principal) -> Profile | None:
        """What the identity provider knows of a person; None if it knows no verified address. Raises Unavailable."""

    @abstractmethod
    async def has_returned(self, who: Principal) -> None:
        """Called at each call of a person who is a party."""

    @abstractmethod
    async def is_signed_in(self, who: Principal) -> bool:
        """Whether the sign-in that a token came of goes on, as the identity provider knows now. Raises Unavailable."""

    async def caller(self, who: Principal) -> str | Refusal:
        """The party's id. Refusals: those of `find_login`, `register` and `identify`; too_fast."""
        known = await self._service.ask(
            partial(registration.find_login, site=who.site, issuer=who.issuer, subject=who.subject)
        )
        if isinstance(known, Refusal):
            return known
        if known.answer is None:
            return await self._register(who)
        await self.has_returned(who)
        return known.answer

    async def _register(self, who: Principal) -> str | Refusal:
        if not self._registrations.admits(who.subject):
            return RefusalCode.TOO_FAST.refusal
        command = await self.identify(who)
        if isinstance(command, Refusal):
            return command
        outcome = await self._service.run_and_tell(partial(registration.register, command=command))
        return outcome.answer if isinstance(outcome, Plan) else outcome

    async def identify(self, who: Principal) -> Registration | Refusal:
        """The registration that a person may ask for. It does not make them a party.

        Refusals: account_ended (the provider has no such account any more); unreachable_address; busy.
        """
        try:
            found = await self.profile(who)
        except Unavailable:
            return RefusalCode.BUSY.refusal
        if found is None:
            return RefusalCode.ACCOUNT_ENDED.refusal
        try:
            email = normal(found.email)
        except NotAnAddress:
            return RefusalCode.UNREACHABLE_ADDRESS.refusal
        return Registration(
            site=who.site,
            issuer=who.issuer,
            subject=who.subject,
            email=email,
            name=fitted(found.name, NAME) or fitted(email.partition("@")[0], NAME) or email,
            invitation=found.accepted,
            schools_invited_only=self._schools_invited_only,
            joins=who.federated,
        )
