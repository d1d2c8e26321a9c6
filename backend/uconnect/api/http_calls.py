"""Answers HTTP calls: the caller is settled first, then the operation runs, its answer leaves, and others are told.

The steps and their order are the same in both homes. A home adds how a request comes in and an answer goes out.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from uconnect.api import http, stop_page
from uconnect.api.http import EncodedAnswer, Outcome
from uconnect.api.operations import Operation
from uconnect.application.authentication import Authentication
from uconnect.application.ports import Principal, Unavailable
from uconnect.application.read_rate_limit import ReadRateLimiter
from uconnect.application.service import ApplicationService
from uconnect.domain.context import Plan, UseCase
from uconnect.domain.errors import Refusal, RefusalCode
from uconnect.domain.keys import LoginKey
from uconnect.domain.usecases import notices


class HttpCalls:
    """Serves the table of operations. `now` is Unix seconds."""

    def __init__(self, service: ApplicationService, authentication: Authentication, now: Callable[[], float]) -> None:
        self.service = service
        self._authentication = authentication
        self._now = now
        self._reads = ReadRateLimiter()  # of this process: see docs/decisions/0021-by-the-clock.md

    async def answer(
        self, operation: Operation, id: str, who: Principal, query: str, body: bytes | None
    ) -> EncodedAnswer:
        """Answer a call with a verified token. `body` is None if it was too long to be read.

        In this order: is the body too long, is it too fast, whose is it, was the sign-in recent, is it well formed.
        """
        if body is None or len(body) > http.BODY_BYTES:
            return http.encode_outcome(RefusalCode.TOO_LARGE.refusal)
        if operation.read_limit and not self._reads.admits(who.subject, operation.read_limit):
            return http.TOO_FAST
        outcome = await self._admitted(operation, id, who, query, body)
        if operation.session and isinstance(outcome, Plan):  # asked last: a refused call asks the provider nothing
            try:
                if not await self._authentication.is_signed_in(who):
                    return http.UNAUTHORIZED
            except Unavailable:
                outcome = RefusalCode.BUSY.refusal
        return http.encode_outcome(outcome)

    async def _admitted(self, operation: Operation, id: str, who: Principal, query: str, body: bytes) -> Outcome:
        if operation.newcomers:
            newcomer = await self._authentication.identify(who)
            if isinstance(newcomer, Refusal):
                return newcomer
            return await self._outcome(operation, id, "", query, body, who.session, newcomer)
        by = await self._authentication.caller(who)
        if isinstance(by, Refusal):
            return by
        refusal = http.check_recent_sign_in(operation, who.authenticated, self._now())
        login = LoginKey(who.issuer, who.subject)
        return refusal or await self._outcome(operation, id, by, query, body, who.session, login)

    async def _outcome(self, operation: Operation, id: str, by: str, *call: Any) -> Outcome:
        use_case = await self._prepare(operation, by, id, *call)
        if isinstance(use_case, Refusal):
            return use_case
        if not operation.writes:
            return await self._read(operation, use_case)
        return await self.service.run_and_tell(use_case)

    async def _prepare(self, operation: Operation, *call: Any) -> UseCase[Any] | Refusal:
        return http.prepare_use_case(operation, *call)

    async def _read(self, _: Operation, use_case: UseCase[Any]) -> Outcome:
        return await self.service.ask(use_case)

    async def picture(self, id: str) -> EncodedAnswer:
        """A school's picture, for everyone who has its id: it is shown where no token can be sent."""
        return http.encode_picture(await self.service.ask(http.picture(id)))

    async def stop(self, link: str) -> EncodedAnswer:
        """Stop the letters that have this link. The page is the same whether or not there is such a link (leak 14)."""
        found = await self.service.ask(partial(notices.has_stop_link, link=link))
        stop = partial(notices.stop, link=link)
        outcome = await self.service.run_and_tell(stop) if found == Plan(True) else found
        return stop_page.STOPPED if isinstance(outcome, Plan) else http.encode_outcome(outcome)

    async def invitation(self, place: str) -> EncodedAnswer:
        """Who invites to a place. It is read by the person who opened a letter's link, before they sign in."""
        return http.encode_outcome(await self.service.ask(http.invitation(place)))
