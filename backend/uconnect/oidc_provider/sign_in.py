"""Only who knows the password of an account gets a session, and who does not learns nothing about the account."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from uconnect.oidc_provider import accounts, csrf, html
from uconnect.oidc_provider.csrf import Pairs
from uconnect.oidc_provider.form_fields import EMAIL, PASSWORD, Form
from uconnect.oidc_provider.pages import OR_LETTER, PageContext, PageRequest, ShowFormAgain, plain
from uconnect.oidc_provider.results import Answer, SignedIn, SignInNeeded
from uconnect.oidc_provider.sessions import Session

WRONG = "The e-mail address or the password is not right. Check both, then try again."


@dataclass(frozen=True)
class SignIn:
    """The authorization endpoint and the form it shows."""

    context: PageContext
    path: str = "sign-in"

    async def authorize(self, request: Request) -> Response:
        """GET or POST /oauth/authorize: back to the site with a code, or the sign-in form."""
        asked = await csrf.asked(request)
        client = self.context.clients.get(dict(asked).get("client_id", ""))
        session = await self.context.session(request, client) if client else None
        match self.context.protocol.consider(asked, session, self.context.now()):
            case Answer() as answer:
                return self.context.say(answer)
            case SignInNeeded(client):
                hinted = {"email": dict(asked).get("login_hint", "")}
                return await self.context.present(PageRequest(request, client, asked, hinted), self)
            case SignedIn(session):
                return self.context.say(await self._code_for(asked, session))

    async def resume(self, request: Request) -> Response:
        """GET /oauth/sign-in: the form of somebody whom no site sent, or the address of a form that was sent."""
        asked = csrf.in_address(request)
        if plain(asked) and dict(asked).get("client_id") in self.context.clients:
            return await self.context.show(request, self)
        return html.redirect(f"{self.context.base}/oauth/authorize?{request.url.query}")

    async def submit(self, request: Request) -> Response:
        """POST /oauth/sign-in: the form; its address carries the request that it answers."""
        return await self.context.take(request, self)

    async def form(self, visit: PageRequest) -> Form:
        links = [(self.context.path("forgot", visit.asked), "Forgot your password?")]
        if visit.client.sign_up:
            links.append((self.context.path("sign-up", visit.asked), "Create an account"))
        return Form("Sign in", visit.client.about, "Sign in", (EMAIL, PASSWORD), tuple(links))

    async def done(self, visit: PageRequest) -> Response:
        typed = visit.of("email")
        known = await self.context.check(visit, typed, await self.context.counted_at(visit, typed), OR_LETTER)
        if known is not None:
            held = known
            response = await self.context.admit(visit, lambda connection: accounts.still_valid(connection, held))
            if response is not None:
                return response
        raise ShowFormAgain(WRONG)

    async def _code_for(self, asked: Pairs, session: Session) -> Answer:
        return await self.context.database.write_soon(
            lambda connection: self.context.protocol.grant(connection, asked, session, self.context.now())
        )
