"""Sends a browser to another provider, and takes the provider's answer when it comes back."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import Response

from uconnect.domain.text import isolated
from uconnect.oidc_provider import (
    csrf,
    second_step,
    sessions,
    throttle,
    upstream_links,
    upstream_requests,
)
from uconnect.oidc_provider import upstream_refusals as words
from uconnect.oidc_provider.account_page import RecentSignIn, address_after_proof
from uconnect.oidc_provider.hashed_secrets import hash_secret, new_secret
from uconnect.oidc_provider.pages import (
    AnswerInstead,
    Form,
    HtmlPages,
    PageRequest,
    ShowFormAgain,
    redirect,
)
from uconnect.oidc_provider.sessions import Cookie
from uconnect.oidc_provider.settings import Client
from uconnect.oidc_provider.throttle import Throttle
from uconnect.oidc_provider.upstream_arrivals import Arrivals, proof_of
from uconnect.oidc_provider.upstream_client import SKEW, FailureKind, UpstreamClient, UpstreamFailure, UpstreamPerson
from uconnect.oidc_provider.upstream_logout import Logout, Logouts
from uconnect.oidc_provider.upstream_refusals import UpstreamRefusals
from uconnect.oidc_provider.upstream_requests import UpstreamPurpose, UpstreamRequest
from uconnect.oidc_provider.upstream_settings import SignInMethods, Upstream

CHOOSE = "Choose how you want to sign in."


@dataclass(frozen=True)
class BeginUpstream:
    """Sends a browser to another provider."""

    methods: SignInMethods
    clients: Mapping[str, UpstreamClient]
    recent: RecentSignIn
    refusals: UpstreamRefusals
    throttle: Throttle
    path: str = "begin"

    @property
    def html(self) -> HtmlPages:
        return self.recent.html

    async def form(self, request: PageRequest) -> Form:
        hidden = tuple((name, request.field(name)) for name in ("token", "purpose") if request.field(name))
        return Form("Sign in", CHOOSE, "", (), choices=self.html.choices(request, self.methods, *hidden))

    async def submit(self, request: PageRequest) -> Response:
        upstream = self.methods.find(request.field("provider"))
        if upstream is None or request.client.kind not in upstream.kinds:
            raise ShowFormAgain(CHOOSE)
        asked, client = await self._request(request, upstream), self.clients[upstream.id]
        try:
            await client.metadata()  # who cannot be sent there costs no write, and counts against nobody's network
        except UpstreamFailure as failure:
            return self.refusals.failed(failure.kind, upstream, request.client)
        self.throttle.charge(throttle.for_upstream(request.address), request.address)
        service = self.recent.sessions
        browser = service.get(request.http, request.client, Cookie.UPSTREAM) or new_secret()
        secrets = await service.database.write_soon(
            lambda connection: upstream_requests.begin(connection, asked, browser, service.now())
        )
        # Who connects an account is asked as well: somebody else may be signed in there on this computer.
        again = wants_proof(asked) or asked.purpose is UpstreamPurpose.LINK
        address = await client.authorization_url(secrets, again=again)
        response = self.html.leave(request.client, upstream.name, address)
        service.set(response, request.client, Cookie.UPSTREAM, browser)
        return response

    async def _request(self, request: PageRequest, upstream: Upstream) -> UpstreamRequest:
        client, purpose = request.client, request.field("purpose")
        invitation = hash_secret(request.token) if request.token else None
        asked = UpstreamRequest(client.id, request.query, upstream.id, invitation=invitation)
        if purpose == UpstreamPurpose.LINK:
            session = await self.recent.require(request.http, client, "account")
            return replace(asked, purpose=UpstreamPurpose.LINK, sid=session.sid)
        session_now = await self.recent.sessions.find(request.http, client)
        if purpose == UpstreamPurpose.AGAIN and session_now is not None:
            return replace(asked, purpose=UpstreamPurpose.AGAIN, sid=session_now.sid)
        return asked


def wants_proof(asked: UpstreamRequest) -> bool:
    """Whether the provider must ask the person to sign in again: to confirm who they are, or because the site asks."""
    query = dict(asked.query)
    is_prompted = "login" in query.get("prompt", "").split()
    return asked.purpose is UpstreamPurpose.AGAIN or is_prompted or "max_age" in query


def _has_proved(asked: UpstreamRequest, upstream: Upstream, person: UpstreamPerson) -> bool:
    """Whether the person was asked since they went there, or the provider is known not to say."""
    if not person.authenticated:
        return not upstream.says_auth_time
    return person.authenticated >= asked.begun - SKEW


@dataclass(frozen=True)
class ReturnFromUpstream:
    """Takes the answer of a provider, in the browser that was sent there."""

    sites: Mapping[str, Client]
    clients: Mapping[str, UpstreamClient]
    arrivals: Arrivals
    recent: RecentSignIn
    throttle: Throttle
    logouts: Logouts

    async def arrive(self, request: Request) -> Response:
        """GET /oauth/return/{id}: each provider has an address of its own, so that none can answer for another."""
        pairs, refusals = csrf.in_address(request), self.arrivals.refusals
        answer = dict(pairs)
        client, service = self.clients.get(request.path_params["id"]), self.arrivals.sessions
        cookies = {it.id: service.get(request, it, Cookie.UPSTREAM) for it in self.sites.values()}
        browsers = {id: secret for id, secret in cookies.items() if secret}
        if client is None or len(answer) != len(pairs) or not answer.get("state"):
            return refusals.expired(has_cookie=bool(browsers))
        upstream, state = client.upstream, answer["state"]
        taken = None
        if await service.database.read_soon(lambda connection: upstream_requests.is_begun(connection, state)):
            taken = await service.database.write_soon(
                lambda connection: upstream_requests.take(connection, state, browsers, upstream.id, service.now())
            )
        if taken is None:
            return refusals.expired(has_cookie=bool(browsers))
        asked, secrets = taken
        page = PageRequest(request, self.sites[asked.client], asked.query, {})
        try:
            with self.logouts.meanwhile() as told:
                person = await client.identify(answer, secrets)
                self.throttle.give_back(throttle.for_upstream(page.address))
                response = await self._received(page, asked, upstream, person)
            left = [it for it in told if it.is_about(upstream, person)]
            return await self._left(page, left) if left else response
        except UpstreamFailure as failure:
            return refusals.failed(failure.kind, upstream, page.client)
        except ShowFormAgain as refused:  # suspended
            return refusals.refused(str(refused), page.client, refused.status)

    async def _left(self, page: PageRequest, left: Sequence[Logout]) -> Response:
        """The person has signed out there while they came here: what they have begun ends."""
        service = self.arrivals.sessions
        ended = await service.database.write_soon(lambda connection: [sid for it in left for sid in it.end(connection)])
        service.ended(ended)
        return self.arrivals.refusals.failed(FailureKind.AGAIN, left[0].upstream, page.client)

    async def _received(
        self, page: PageRequest, asked: UpstreamRequest, upstream: Upstream, person: UpstreamPerson
    ) -> Response:
        if wants_proof(asked) and not _has_proved(asked, upstream, person):
            name = isolated(upstream.name)
            return self.arrivals.refusals.refused(words.NOT_PROVED.format(name), page.client)
        if asked.purpose is UpstreamPurpose.SIGN_IN:
            return await self.arrivals.receive(page, upstream, person, asked.invitation)
        session = await self.arrivals.sessions.find(page.http, page.client)
        if session is None or session.sid != asked.sid:
            return self.arrivals.refusals.expired(has_cookie=True)
        act = self._confirm if asked.purpose is UpstreamPurpose.AGAIN else self._link
        return await act(page, session, upstream, person)

    async def _confirm(
        self, page: PageRequest, session: sessions.Session, upstream: Upstream, person: UpstreamPerson
    ) -> Response:
        """The owner of the session has proved again who they are. Where the provider does not sign the account in by
        itself, it does not confirm it either: the second step follows."""
        service, client = self.arrivals.sessions, page.client
        proof = proof_of(upstream, person, service.now())

        def work(connection: sqlite3.Connection) -> str | None:
            link = upstream_links.find(connection, upstream.issuer, person.subject)
            if link is None or link.subject != session.subject:
                text = words.OTHER_PERSON.format(isolated(upstream.name))
                raise AnswerInstead(self.arrivals.refusals.refused(text, client))
            if second_step.is_needed(connection, client, session.subject, proof):
                return second_step.begin(connection, client.id, session.subject, service.now(), session.sid, proof)
            sessions.renew(connection, session.sid, proof.authenticated, strong=proof.strong)
            return None

        ticket = await service.database.write_soon(work)
        if ticket is not None:
            return self.arrivals.admission.ask_second_step(page, ticket)
        return redirect(address_after_proof(page, self.recent.html))

    async def _link(
        self, page: PageRequest, session: sessions.Session, upstream: Upstream, person: UpstreamPerson
    ) -> Response:
        """Link the account to the person as whom its owner has just signed in at the provider."""
        service = self.arrivals.sessions
        said = person.claims.get(upstream.email_claim)
        email = said if isinstance(said, str) else ""

        def work(connection: sqlite3.Connection) -> bool:
            if sessions.of_sid(connection, session.sid, service.now()) is None:
                return False
            about = upstream.issuer, person.subject, session.subject, email
            done = upstream_links.add(connection, *about, service.now())
            if done:
                self.arrivals.admission.tell_linked(connection, session.subject)
            return done

        if not await service.database.write_soon(work):
            text = words.NOT_LINKED.format(isolated(upstream.name))
            account = (self.recent.html.path_for("account", page.client), "Back to your account")
            return self.recent.html.notice("Nothing was connected", text, page.client, status=409, onward=account)
        return self.recent.back(page.client, done="linked")
