"""An account is changed only by who is signed in to it, and typed its password a moment ago."""

from dataclasses import dataclass

from starlette.responses import Response

from uconnect.oidc_provider import html
from uconnect.oidc_provider.clients import Client
from uconnect.oidc_provider.pages import PageContext, PageRequest
from uconnect.oidc_provider.sessions import Session

RECENT = 600  # seconds since the password was typed: changes need no more then


@dataclass(frozen=True)
class RecentSignIn:
    """Whose account it is that a browser may change, and whether it may now."""

    context: PageContext

    async def recent(self, visit: PageRequest, to: str) -> Session | Response:
        """The session, if the password was typed in it of late; else where that is done first. `to` is the page."""
        session = await self.context.session(visit.request, visit.client)
        if session is None:
            return self._go(visit.client, "sign-in", to="account")
        if self.context.now() - session.authenticated > RECENT:
            return self._go(visit.client, "again", to=to)
        return session

    def back(self, client: Client, **said: str) -> Response:
        """To the account page."""
        return self._go(client, "account", **said)

    def to(self, client: Client, name: str) -> str:
        """The address of a page about the account."""
        return self.context.path(name, [("client_id", client.id)])

    def _go(self, client: Client, name: str, **said: str) -> Response:
        return html.redirect(self.context.path(name, [("client_id", client.id), *said.items()]))
