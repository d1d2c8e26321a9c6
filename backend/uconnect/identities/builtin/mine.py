"""An account is changed only by who is signed in to it, and typed its password a moment ago."""

from dataclasses import dataclass

from starlette.responses import Response

from uconnect.identities.builtin import views
from uconnect.identities.builtin.clients import Client
from uconnect.identities.builtin.reception import Reception, Visit
from uconnect.identities.builtin.sessions import Session

RECENT = 600  # seconds since the password was typed: changes need no more then


@dataclass(frozen=True)
class Mine:
    """Whose account it is that a browser may change, and whether it may now."""

    reception: Reception

    async def recent(self, visit: Visit, to: str) -> Session | Response:
        """The session, if the password was typed in it of late; else where that is done first. `to` is the page."""
        session = await self.reception.session(visit.request, visit.client)
        if session is None:
            return self._go(visit.client, "sign-in", to="account")
        if self.reception.now() - session.authenticated > RECENT:
            return self._go(visit.client, "again", to=to)
        return session

    def back(self, client: Client, **said: str) -> Response:
        """To the account page."""
        return self._go(client, "account", **said)

    def to(self, client: Client, name: str) -> str:
        """The address of a page about the account."""
        return self.reception.path(name, [("client_id", client.id)])

    def _go(self, client: Client, name: str, **said: str) -> Response:
        return views.sent_to(self.reception.path(name, [("client_id", client.id), *said.items()]))
