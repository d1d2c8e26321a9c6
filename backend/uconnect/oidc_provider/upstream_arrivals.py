"""Signs in a person whom another provider has named, or says what they need first.

A person is known by the provider's own name for them. Their address leads to an account only once: where the provider
is believed for that address, or when they have proved that the account is theirs.
"""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

from starlette.responses import Response

from uconnect.application import email_addresses
from uconnect.application.email_addresses import kept
from uconnect.domain.email_addresses import EmailAddress
from uconnect.domain.text import isolated
from uconnect.oidc_provider import (
    accounts,
    invitations,
    second_step,
    upstream_links,
    upstream_requests,
    upstream_sessions,
    validation,
)
from uconnect.oidc_provider import upstream_refusals as words
from uconnect.oidc_provider.pages import AnswerInstead, HtmlPages, PageRequest, is_plain, redirect
from uconnect.oidc_provider.sessions import BrowserSessions, Cookie, UpstreamProof
from uconnect.oidc_provider.sign_in import Admission
from uconnect.oidc_provider.upstream_client import UpstreamPerson
from uconnect.oidc_provider.upstream_links import AlreadyLinked
from uconnect.oidc_provider.upstream_refusals import UpstreamRefusals
from uconnect.oidc_provider.upstream_requests import Arrival
from uconnect.oidc_provider.upstream_settings import SignInMethods, Upstream

UNSAID = 3600  # seconds since a person proved who they are, if a provider that says when has left it out
JOIN, LINK = "welcome", "link-account"  # the pages after an arrival


@dataclass(frozen=True, slots=True)
class Address:
    """What a provider says of a person's e-mail address: its normal form, or empty."""

    email: str
    verified: bool


def address_of(upstream: Upstream, person: UpstreamPerson) -> Address:
    """The address. A claim of any other shape than OpenID Connect Core §5.1 gives it counts as missing; some providers
    write `true` as a text."""
    said = person.claims.get(upstream.email_claim)
    try:
        email = str(email_addresses.normal(said)) if isinstance(said, str) else ""
    except email_addresses.NotAnAddress:
        email = ""
    verified = person.claims.get(upstream.verified_claim) if upstream.verified_claim else True
    return Address(email, verified is True or verified == "true")


def name_of(upstream: Upstream, person: UpstreamPerson) -> str:
    """The name, empty if there is none that may be a name here."""
    said = person.claims.get(upstream.name_claim)
    try:
        return validation.name(said) if isinstance(said, str) else ""
    except validation.InvalidInput:
        return ""


@dataclass(frozen=True)
class Arrivals:
    """Signs in the person whom a provider has named, or asks for what is missing."""

    methods: SignInMethods
    admission: Admission
    refusals: UpstreamRefusals

    @property
    def sessions(self) -> BrowserSessions:
        return self.admission.sessions

    @property
    def html(self) -> HtmlPages:
        return self.admission.html

    async def receive(
        self, request: PageRequest, upstream: Upstream, person: UpstreamPerson, invitation: bytes | None
    ) -> Response:
        """Sign in the account that is linked, link the one that is theirs, or ask for more."""
        client, address = request.client, address_of(upstream, person)
        name = isolated(upstream.name)
        if not upstream.allows(person.claims, client.kind):
            return self.refusals.refused(words.NOT_ALLOWED[client.kind].format(name), client)
        if address.email and not email_addresses.is_of_domains(kept_address(address), upstream.domains):
            return self.refusals.other_domain(address.email, upstream.domains, client)
        response = await self._linked(request, upstream, person, address, invitation)
        if response is not None:
            return response
        if not address.email or not address.verified:
            text = words.UNVERIFIED if address.email else words.NO_ADDRESS
            return self.refusals.refused(text.format(name), client)
        return await self._unlinked(request, upstream, person, address, invitation)

    async def _linked(
        self,
        request: PageRequest,
        upstream: Upstream,
        person: UpstreamPerson,
        address: Address,
        invitation: bytes | None,
    ) -> Response | None:
        """Sign in the linked account; None if there is none. If the address has changed there, a page says once that it
        stays here what it is."""
        changed: list[str] = []

        def known(connection: sqlite3.Connection) -> str | None:
            link = upstream_links.find(connection, upstream.issuer, person.subject)
            profile = accounts.profile(connection, link.subject) if link else None
            if link is None or profile is None:
                return None
            is_new = upstream_links.note_address(connection, link, address.email)
            changed[:] = [profile.email] if is_new and kept(address.email) != profile.email else []
            self._accept(connection, request, invitation, link.subject, profile.email)
            return link.subject

        response = await self.admission.sign_in(request, known, proof_of(upstream, person, self.sessions.now()))
        return self._with_notice(request, upstream, address, changed, response) if response and changed else response

    def _with_notice(
        self, request: PageRequest, upstream: Upstream, address: Address, changed: list[str], signed_in: Response
    ) -> Response:
        """The page about a changed address, with the cookies of the sign-in. The site's request is answered from
        there: a code would have expired meanwhile."""
        text = words.CHANGED.format(isolated(upstream.name), isolated(address.email), isolated(changed[0]))
        query, second = request.query, self.html.path(second_step.PATH, request.query)
        onward = request.client.home if is_plain(query) else self.html.path("authorize", query)
        if signed_in.headers.get("location") == second:
            onward = second
        title = "Your address changed"
        told = self.html.notice(title, text, request.client, onward=(onward, "Continue to uconnect"))
        told.raw_headers += [it for it in signed_in.raw_headers if it[0] == b"set-cookie"]
        return told

    async def _unlinked(
        self,
        request: PageRequest,
        upstream: Upstream,
        person: UpstreamPerson,
        address: Address,
        invitation: bytes | None,
    ) -> Response:
        """Go on with a person who comes for the first time, with a verified address."""
        client, email = request.client, address.email
        believed = bool(upstream.believed_domains) and email_addresses.is_of_domains(
            kept_address(address), upstream.believed_domains
        )

        def look(connection: sqlite3.Connection) -> tuple[str, bool, invitations.Invitation | None]:
            subject = accounts.of_email(connection, email) or ""
            links = upstream_links.of_subject(connection, subject) if subject else []
            now = self.sessions.now()
            invited = invitations.of_hash(connection, invitation, client.id, now) if invitation else None
            return subject, any(it.issuer == upstream.issuer for it in links), invited

        subject, is_others, invited = await self.sessions.database.read_soon(look)
        if is_others:
            raise self.linked_elsewhere(request, upstream, email)
        if invited is not None and invited.email != kept(email):
            names = isolated(invited.email), isolated(upstream.name), isolated(email)
            return self.refusals.refused(words.OTHER_INVITED.format(*names), client)
        if not subject and invited is None:
            if not client.sign_up:
                return self.refusals.refused(words.INVITED_ONLY, client)
            if not email_addresses.is_of_domains(kept_address(address), client.domains):
                return self.refusals.other_domain(email, client.domains, client)
        proof = proof_of(upstream, person, self.sessions.now())
        name = (invited.name if invited else "") or name_of(upstream, person)
        arrival = Arrival(
            *(client.id, request.query, upstream.id, person.subject, kept(email), name, subject),
            *(invitation, proof.authenticated, proof.upstream_sid),
        )
        if subject and believed:

            def still_theirs(connection: sqlite3.Connection) -> str | None:
                return subject if accounts.of_email(connection, email) == subject else None

            return await self.sign_in(request, arrival, still_theirs)
        return await self._ask_more(request, arrival)

    async def _ask_more(self, request: PageRequest, arrival: Arrival) -> Response:
        """Keep the arrival, and show the page where they make an account, or prove that an existing one is theirs."""
        ticket = await self.sessions.database.write_soon(
            lambda connection: upstream_requests.keep_arrival(connection, arrival, self.sessions.now())
        )
        response = redirect(self.html.path(LINK if arrival.subject else JOIN, request.query))
        self.sessions.set(response, request.client, Cookie.ARRIVAL, ticket)
        return response

    async def require(self, request: PageRequest, *, with_account: bool) -> tuple[Arrival, Upstream]:
        """The arrival of this browser, and its provider. Raises AnswerInstead if there is none."""
        ticket = self.ticket(request)
        arrival = await self.sessions.database.read_soon(
            lambda connection: upstream_requests.find_arrival(
                connection, ticket, request.client.id, self.sessions.now()
            )
        )
        upstream = self.methods.find(arrival.upstream) if arrival else None
        if arrival is None or upstream is None or bool(arrival.subject) != with_account:
            raise AnswerInstead(self.refusals.expired(has_cookie=bool(ticket)))
        return arrival, upstream

    def ticket(self, request: PageRequest) -> str:
        """The secret of this browser's arrival; empty if there is none."""
        return self.sessions.get(request.http, request.client, Cookie.ARRIVAL) or ""

    async def sign_in(
        self,
        request: PageRequest,
        arrival: Arrival,
        find_account: Callable[[sqlite3.Connection], str | None],
        ticket: str = "",
    ) -> Response:
        """Link the account that `find_account` finds or makes to the person of an arrival, and sign them in: all in one
        transaction, or after the second step where the account has a passkey. Raises AnswerInstead if the account or
        the person was linked to somebody else in the meantime."""
        upstream = self.methods.find(arrival.upstream)
        assert upstream is not None, "whoever calls this has looked"
        proof = UpstreamProof(
            *(upstream.issuer, arrival.authenticated, upstream.hours * 3600, arrival.upstream_sid),
            strong=upstream.second_factor,
            upstream_subject=arrival.upstream_subject,
            email=arrival.email,
        )

        def link(connection: sqlite3.Connection) -> str | None:
            now = self.sessions.now()
            if ticket and upstream_requests.find_arrival(connection, ticket, arrival.client, now) is None:
                return None
            subject = find_account(connection)
            if subject is None:
                return None
            self._accept(connection, request, arrival.invitation, subject, arrival.email)
            if ticket:
                upstream_requests.end_arrival(connection, ticket)
            return subject

        try:
            response = await self.admission.sign_in(request, link, proof)
        except AlreadyLinked:
            raise self.linked_elsewhere(request, upstream, arrival.email) from None
        if response is None:
            raise AnswerInstead(self.refusals.expired(has_cookie=True))
        if ticket:
            self.sessions.clear(response, request.client, Cookie.ARRIVAL)
        return response

    def linked_elsewhere(self, request: PageRequest, upstream: Upstream, email: str) -> AnswerInstead:
        """The address is given to somebody else at the provider now, or two accounts there became one."""
        text = words.LINKED_ELSEWHERE.format(isolated(email), isolated(upstream.name))
        return AnswerInstead(self.refusals.refused(text, request.client, 409))

    def _accept(
        self, connection: sqlite3.Connection, request: PageRequest, invitation: bytes | None, subject: str, email: str
    ) -> None:
        """Accept the invitation whose link led to the provider, if it is to the account's own address."""
        if invitation is None:
            return
        found = invitations.of_hash(connection, invitation, request.client.id, self.sessions.now())
        if found is not None and found.email == kept(email):
            invitations.end(connection, invitation, found, subject)


def kept_address(address: Address) -> EmailAddress:
    """The address in its normal form, which it has."""
    return EmailAddress(address.email)


def proof_of(upstream: Upstream, person: UpstreamPerson, now: float) -> UpstreamProof:
    """What counts here of a sign-in at a provider.

    If the provider left out when the person proved who they are, it counts as UNSAID ago: they may not have been asked
    just now. From a provider that never says it (`says_auth_time` is false), each sign-in counts as of now.
    """
    unsaid = now - UNSAID if upstream.says_auth_time else now
    hashed = upstream_sessions.hash_sid(upstream.issuer, person.session) if person.session else None
    at, lifetime = person.authenticated or int(unsaid), upstream.hours * 3600
    return UpstreamProof(upstream.issuer, at, lifetime, hashed, strong=upstream.second_factor)
