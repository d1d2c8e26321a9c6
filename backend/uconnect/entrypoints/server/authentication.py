"""Finds the party of an access token, and registers it on its first call by the site that it came from."""

from functools import partial

from uconnect.adapters.tokens.verification import Claims, verify
from uconnect.api.read_rate_limit import ReadPace
from uconnect.application.email_addresses import NotAnAddress, normal
from uconnect.domain.context import Plan
from uconnect.domain.enums import Kind
from uconnect.domain.errors import Refusal, RefusalCode
from uconnect.domain.usecases import registration
from uconnect.entrypoints.server.service import ApplicationService
from uconnect.oidc_provider import Provider

ISSUER = (
    "builtin"  # in our records; not its address, which an operator may change: nobody shall lose an account by that
)
SITE_OF_CLIENT = {f"uconnect-{kind.value}": kind for kind in Kind}


class Authentication:
    """Turns the Authorization header into a party's id."""

    def __init__(self, service: ApplicationService, issuer: Provider, *, schools_invited_only: bool = False) -> None:
        self._service = service
        self._issuer = issuer
        self._schools_invited_only = schools_invited_only
        self._entries = ReadPace()  # of people who are no party; each try takes a turn of the writer

    async def claims(self, authorization: str) -> Claims | None:
        """The verified claims of a bearer token (RFC 6750 §2.1) whose session goes on, or None."""
        scheme, _, token = authorization.partition(" ")
        found = verify(token.strip(), self._issuer.trust, self._service.now()) if scheme.lower() == "bearer" else None
        return None if found is None or await self._issuer.signed_out(found) else found

    async def lasts(self, session: str) -> bool:
        """Whether who fetched a ticket has not signed out since."""
        return await self._issuer.lasts(session)

    async def caller(self, claims: Claims) -> str | Refusal:
        """The party's id. Refusals: those of `registration.register` and of `who`; too_fast."""
        site = SITE_OF_CLIENT[claims.client]
        known = await self._service.ask(
            partial(registration.find_login, site=site, issuer=ISSUER, subject=claims.subject)
        )
        if isinstance(known, Refusal):
            return known
        if known.answer is None:
            return await self._register(claims)
        if site is Kind.WORKER:  # who works for a school works for no other, nor later because of a link of long ago
            await self._issuer.accounts.forget_accepted(claims.subject)
        return known.answer

    async def _register(self, claims: Claims) -> str | Refusal:
        if not self._entries.admits(claims.subject):
            return RefusalCode.TOO_FAST.refusal
        who = await self.who(claims)
        if isinstance(who, Refusal):
            return who
        entered = await self._service.run(partial(registration.register, command=who))
        self._service.tell(entered)
        return entered.answer if isinstance(entered, Plan) else entered

    async def who(self, claims: Claims) -> registration.Registration | Refusal:
        """Who has come, and is no party by that alone. Refusals: account_ended if the account is gone from the issuer;
        unreachable_address (an earlier release kept it)."""
        found = await self._issuer.accounts.profile(claims.subject)
        if found is None or not found.verified:
            return RefusalCode.ACCOUNT_ENDED.refusal
        try:
            email = normal(found.email)
        except NotAnAddress:
            return RefusalCode.UNREACHABLE_ADDRESS.refusal
        name = found.name or found.email.partition("@")[0]
        return registration.Registration(
            site=SITE_OF_CLIENT[claims.client],
            issuer=ISSUER,
            subject=claims.subject,
            email=email,
            name=name,
            invitation=found.accepted,
            schools_invited_only=self._schools_invited_only,
        )
