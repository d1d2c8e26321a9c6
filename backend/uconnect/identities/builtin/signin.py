"""Only who knows the password of an account gets a session, and who does not learns nothing about the account."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from uconnect.addresses import kept
from uconnect.identities.builtin import accounts, forms, views
from uconnect.identities.builtin.answers import Answer, SignedIn, SignInNeeded
from uconnect.identities.builtin.fields import EMAIL, PASSWORD, Form
from uconnect.identities.builtin.forms import Pairs
from uconnect.identities.builtin.reception import Again, Reception, Visit, plain
from uconnect.identities.builtin.sessions import Session

WRONG = "The e-mail address or the password is not right. Check both, then try again."


@dataclass(frozen=True)
class SignIn:
    """The authorization endpoint and the form it shows."""

    reception: Reception
    path: str = "sign-in"

    async def authorize(self, request: Request) -> Response:
        """GET or POST /oauth/authorize: back to the site with a code, or the sign-in form."""
        asked = await forms.asked(request)
        client = self.reception.clients.get(dict(asked).get("client_id", ""))
        session = await self.reception.session(request, client) if client else None
        match self.reception.protocol.consider(asked, session, self.reception.now()):
            case Answer() as answer:
                return self.reception.say(answer)
            case SignInNeeded(client):
                hinted = {"email": dict(asked).get("login_hint", "")}
                return await self.reception.present(Visit(request, client, asked, hinted), self)
            case SignedIn(session):
                return self.reception.say(await self._code_for(asked, session))

    async def resume(self, request: Request) -> Response:
        """GET /oauth/sign-in: the form of somebody whom no site sent, or the address of a form that was sent."""
        asked = forms.in_address(request)
        if plain(asked) and dict(asked).get("client_id") in self.reception.clients:
            return await self.reception.show(request, self)
        return views.sent_to(f"{self.reception.base}/oauth/authorize?{request.url.query}")

    async def submit(self, request: Request) -> Response:
        """POST /oauth/sign-in: the form; its address carries the request that it answers."""
        return await self.reception.take(request, self)

    async def form(self, visit: Visit) -> Form:
        links = [(self.reception.path("forgot", visit.asked), "Forgot your password?")]
        if visit.client.sign_up:
            links.append((self.reception.path("sign-up", visit.asked), "Create an account"))
        return Form("Sign in", visit.client.about, "Sign in", (EMAIL, PASSWORD), tuple(links))

    async def done(self, visit: Visit) -> Response:
        typed = visit.of("email")
        email = kept(typed)
        self.reception.slow(visit, email)
        known = await self.reception.check(visit, typed, self.reception.lane(visit, email))
        if known is not None:
            held = known
            self.reception.guesses.right(email, visit.address)  # also if the disk is full: it was no guess
            response = await self.reception.admit(visit, lambda connection: accounts.still(connection, held))
            if response is not None:
                return response
        raise Again(WRONG)

    async def _code_for(self, asked: Pairs, session: Session) -> Answer:
        return await self.reception.database.write_soon(
            lambda connection: self.reception.protocol.grant(connection, asked, session, self.reception.now())
        )
