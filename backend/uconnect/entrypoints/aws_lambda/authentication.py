"""Finds the party of a token that API Gateway has verified, and registers it on its first call."""

import logging
from collections.abc import Mapping
from functools import partial

from uconnect.adapters.tokens import cognito
from uconnect.adapters.tokens.cognito import Principal
from uconnect.api.read_rate_limit import ReadPace
from uconnect.application.email_addresses import NotAnAddress, normal
from uconnect.application.ports import Store
from uconnect.domain.context import Deliver
from uconnect.domain.enums import Kind
from uconnect.domain.errors import Refusal, RefusalCode
from uconnect.domain.usecases import registration
from uconnect.entrypoints.aws_lambda import service

log = logging.getLogger("uconnect")


class Authentication:
    """Turns the claims of a call into a party's id. `deliver` tells others what a first call has decided."""

    def __init__(
        self,
        store: Store,
        sites: Mapping[str, Kind],
        userinfo: str,
        deliver: Deliver,
        *,
        schools_invited_only: bool,
    ) -> None:
        self._store = store
        self._sites = sites
        self._userinfo = userinfo
        self._deliver = deliver
        self._invited_only = schools_invited_only
        self._entries = ReadPace()  # of people who are no party; each try asks the issuer, and writes

    def principal(self, claims: Mapping[str, str]) -> Principal | None:
        return cognito.principal(claims, self._sites)

    def caller(self, who: Principal, authorization: str) -> str | Refusal:
        """The party's id. Refusals: those of `registration.register` and of `who`; too_fast."""
        known = service.ask(
            self._store, partial(registration.find_login, site=who.site, issuer=who.issuer, subject=who.subject)
        )
        if isinstance(known, Refusal) or known.answer is not None:
            return known if isinstance(known, Refusal) else known.answer or ""
        return self._register(who, authorization)

    def _register(self, who: Principal, authorization: str) -> str | Refusal:
        if not self._entries.admits(who.subject):
            return RefusalCode.TOO_FAST.refusal
        command = self.who(who, authorization)
        if isinstance(command, Refusal):
            return command
        entered, _ = service.run(self._store, partial(registration.register, command=command), self._deliver)
        if isinstance(entered, Refusal):
            return entered
        self._deliver(entered.deliveries)
        return entered.answer

    def who(self, who: Principal, authorization: str) -> registration.Registration | Refusal:
        """Who has come, and is no party by that alone. Refusals: account_ended if the issuer forgot it; busy;
        unreachable_address."""
        try:
            found = cognito.profile(self._userinfo, authorization)
        except (OSError, ValueError) as error:
            log.error("the issuer did not say whose token it is: %s", type(error).__name__)
            return RefusalCode.BUSY.refusal
        if found is None:
            return RefusalCode.ACCOUNT_ENDED.refusal
        try:
            email = normal(found.email)  # the issuer tells it as it was typed there
        except NotAnAddress:
            return RefusalCode.UNREACHABLE_ADDRESS.refusal
        return registration.Registration(
            site=who.site,
            issuer=who.issuer,
            subject=who.subject,
            email=email,
            name=found.name,
            schools_invited_only=self._invited_only,
        )
