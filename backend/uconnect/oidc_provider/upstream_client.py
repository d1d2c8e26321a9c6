"""Signs in at one OpenID provider of others, as OpenID Connect Core §3.1 says for its clients.

Authlib writes the requests and checks the claims of ID tokens. Nothing that the provider says is shown or logged: a
failure is one of a few kinds, which the pages have words for.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc.errors import JoseError

from uconnect.oidc_provider.upstream_authentication import client_authentication
from uconnect.oidc_provider.upstream_fetch import Fetch, Fetched, HttpRequest, NotFetched, fetch, is_safe
from uconnect.oidc_provider.upstream_requests import LIFETIME, Secrets
from uconnect.oidc_provider.upstream_settings import Upstream
from uconnect.oidc_provider.upstream_tokens import InvalidToken, PublishedKeys, VerifiedToken, usable

SKEW = 120  # seconds that the provider's clock may be ahead of ours, or behind
METADATA_LIFETIME = 3600.0  # seconds that what the provider publishes about itself counts
RETRY = 5.0  # seconds after a failure until it is asked again: many people wait for the same answer
LONGEST_SUBJECT = 255  # characters (OpenID Connect Core §2)
WELL_KNOWN = "/.well-known/openid-configuration"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"

NOT_OUR_CLIENT = ("invalid_client", "unauthorized_client")  # errors of a token endpoint

log = logging.getLogger("uconnect")


class FailureKind(StrEnum):
    """Why another provider signed nobody in."""

    DENIED = "denied"  # the person or the provider said no
    REFUSED = "refused"  # the provider takes no such request from us, or not for this person
    AGAIN = "again"  # the provider wants the person to begin again
    DOWN = "down"  # it cannot be asked
    WRONG = "wrong"  # its answer is not one that may be believed


class UpstreamFailure(Exception):
    """Nobody was signed in. `detail` is for the operator's log, and holds no word of the provider's."""

    def __init__(self, kind: FailureKind, detail: str = "") -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail


OPERATORS = {FailureKind.REFUSED, FailureKind.DOWN, FailureKind.WRONG}  # what the person can do nothing about


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a provider publishes about itself (OpenID Connect Discovery §3), as far as we use it."""

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str = ""
    names_issuer: bool = False  # it says in each answer which provider answers (RFC 9207)


@dataclass(frozen=True, slots=True)
class UpstreamPerson:
    """The person whom the provider has named. `authenticated` is when they proved who they are there (0 if it does not
    say), `session` the provider's own name for its session (empty if it does not say)."""

    subject: str
    claims: Mapping[str, Any]
    authenticated: int = 0
    session: str = ""


class UpstreamClient:
    """A client of one provider, which sends people back to `redirect_uri`. `now` is Unix seconds."""

    def __init__(
        self, upstream: Upstream, redirect_uri: str, now: Callable[[], float], fetching: Fetch = fetch
    ) -> None:
        self.upstream = upstream
        self.redirect_uri = redirect_uri
        self._now, self._fetch = now, fetching
        self._keys = PublishedKeys(now)
        self._metadata: Metadata | None = None
        self._fetched_at = float("-inf")
        self._failure: UpstreamFailure | None = None
        self._reported: set[str] = set()  # details, until what it publishes is read again
        self._asking, self._fetching_keys = asyncio.Lock(), asyncio.Lock()

    async def authorization_url(self, secrets: Secrets, *, again: bool = False) -> str:
        """The address to send the browser to. With `again` the provider asks the person to sign in once more.
        Raises UpstreamFailure."""
        metadata = await self.metadata()
        # Asked for `max_age`, it has to say when they did (OpenID Connect Core §3.1.2.1). Some refuse the number 0.
        more: dict[str, str] = {"prompt": "login", "max_age": str(LIFETIME)} if again else {}
        return str(
            prepare_grant_uri(
                metadata.authorization_endpoint,
                self.upstream.client_id,
                "code",
                redirect_uri=self.redirect_uri,
                scope=" ".join(self.upstream.scopes),
                state=secrets.state,
                nonce=secrets.nonce,
                code_challenge=create_s256_code_challenge(secrets.verifier),
                code_challenge_method="S256",
                **more,
            )
        )

    async def identify(self, answer: Mapping[str, str], secrets: Secrets) -> UpstreamPerson:
        """The person that this answer of the authorization endpoint is about. Raises UpstreamFailure."""
        try:
            return await self._identify(await self.metadata(), answer, secrets)
        except UpstreamFailure as failure:
            self._report("a sign-in with the provider %s failed: %s", failure)
            raise

    async def _identify(self, metadata: Metadata, answer: Mapping[str, str], secrets: Secrets) -> UpstreamPerson:
        self._check_issuer(answer.get("iss"), metadata)
        if "error" in answer or not answer.get("code"):
            raise UpstreamFailure(_refusal(answer.get("error", "")), "it refuses what it is asked for")
        tokens = await self._exchange(metadata, answer["code"], secrets.verifier)
        id_token, access_token = tokens.get("id_token"), tokens.get("access_token")
        if not isinstance(id_token, str):
            # It gives a part of what was asked (RFC 6749 §3.3): not who they are.
            raise UpstreamFailure(FailureKind.REFUSED, "there is no ID token")
        if not isinstance(access_token, str | None):
            raise UpstreamFailure(FailureKind.WRONG, "its access token is none")
        params = {"nonce": secrets.nonce, "client_id": self.upstream.client_id, "access_token": access_token}
        claims = await self._claims(metadata, id_token, params)
        found = await self._with_userinfo(metadata, claims, access_token)
        authenticated, session = claims.get("auth_time"), claims.get("sid")
        said = int(authenticated) if isinstance(authenticated, int | float) else 0
        return UpstreamPerson(
            claims["sub"],
            found,
            min(max(said, 0), int(self._now())),
            session if isinstance(session, str) else "",
        )

    async def check(self) -> None:
        """Ask the provider what a sign-in needs from it. Raises UpstreamFailure."""
        metadata = await self.metadata()
        if not usable(await self._json(metadata.jwks_uri)):
            raise UpstreamFailure(FailureKind.WRONG, "it publishes no key that signs")

    async def logout_claims(self, token: str) -> dict[str, Any]:
        """The claims of a valid logout token (OpenID Connect Back-Channel Logout 1.0 §2.6). The caller looks whether
        it was used before. Raises UpstreamFailure."""
        metadata = await self.metadata()
        try:
            found = await self._verified(metadata, token)
        except InvalidToken:
            raise UpstreamFailure(FailureKind.WRONG, "a logout token is not valid") from None
        claims, kind = found.claims, found.header.get("typ", "logout+jwt")
        self._check_claims(claims, found.header, {"client_id": self.upstream.client_id}, essential=("iat", "jti"))
        events = claims.get("events")
        names = [claims[name] for name in ("sub", "sid") if name in claims]
        if (
            str(kind).lower().removeprefix("application/") not in {"logout+jwt", "jwt"}
            or not isinstance(events, dict)
            or not isinstance(events.get(LOGOUT_EVENT), dict)
            or "nonce" in claims
            or not names
            or not all(isinstance(it, str) and it for it in (*names, claims["jti"]))
        ):
            raise UpstreamFailure(FailureKind.WRONG, "it is no logout token")
        return claims

    async def metadata(self) -> Metadata:
        """What the provider publishes about itself. It is asked again each METADATA_LIFETIME, and after a failure not
        before RETRY. Raises UpstreamFailure."""
        async with self._asking:
            age = self._now() - self._fetched_at
            if self._metadata is not None and 0 <= age < METADATA_LIFETIME:
                return self._metadata
            if self._failure is not None and 0 <= age < RETRY:
                raise UpstreamFailure(self._failure.kind, self._failure.detail)  # the same one would keep each request
            self._fetched_at, self._failure = self._now(), None
            try:
                said = await self._json(f"{self.upstream.issuer.rstrip('/')}{WELL_KNOWN}")
                self._metadata = self._read_metadata(said)
                self._reported.clear()
            except UpstreamFailure as failure:
                self._failure = failure
                self._report("the sign-in provider %s cannot be used: %s", failure)
                if self._metadata is None:
                    raise
                self._fetched_at += RETRY - METADATA_LIFETIME  # what it said before counts meanwhile
            return self._metadata

    def _report(self, sentence: str, failure: UpstreamFailure) -> None:
        """Tell the operator, once in a while, what the person who signs in can do nothing about."""
        if failure.kind in OPERATORS and failure.detail not in self._reported:
            self._reported.add(failure.detail)
            log.warning(sentence, self.upstream.id, failure.detail)

    def _read_metadata(self, said: Mapping[str, Any]) -> Metadata:
        # Another name means that somebody else is described there, whose keys would be believed (Discovery §4.3).
        if said.get("issuer") != self.upstream.issuer:
            raise UpstreamFailure(FailureKind.WRONG, "it says that it is another issuer")
        names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        addresses = [said.get(name) for name in (*names, "userinfo_endpoint")]
        found = [it if isinstance(it, str) else "" for it in addresses]
        if not all(map(self._may_ask, found[:3])) or (found[3] and not self._may_ask(found[3])):
            raise UpstreamFailure(FailureKind.WRONG, "one of its endpoints is missing, or not https")
        names_issuer = said.get("authorization_response_iss_parameter_supported") is True
        return Metadata(found[0], found[1], found[2], found[3], names_issuer)

    def _may_ask(self, url: str) -> bool:
        """Whether an address may be asked. A provider elsewhere names none on this computer: whatever listens here
        would take our questions."""
        return is_safe(url) and (urlsplit(url).scheme == "https" or urlsplit(self.upstream.issuer).scheme == "http")

    def _check_issuer(self, named: str | None, metadata: Metadata) -> None:
        """RFC 9207 §2.4: without it, a provider that was asked could send us to spend another's code at it (mix-up)."""
        if named != self.upstream.issuer and (named is not None or metadata.names_issuer):
            raise UpstreamFailure(FailureKind.WRONG, "another issuer has answered")

    async def _exchange(self, metadata: Metadata, code: str, verifier: str) -> dict[str, Any]:
        url = metadata.token_endpoint
        body = prepare_token_request(
            "authorization_code", code=code, redirect_uri=self.redirect_uri, code_verifier=verifier
        )
        url, headers, body = client_authentication(self.upstream, url).prepare("POST", url, dict(FORM), body)
        answer = await self._ask(HttpRequest(url, headers, body.encode()))
        if answer.status != 200:
            raise _no_tokens(answer)
        return self._object(answer)

    async def _claims(self, metadata: Metadata, id_token: str, params: Mapping[str, Any]) -> dict[str, Any]:
        try:
            found = await self._verified(metadata, id_token)
        except InvalidToken:
            raise UpstreamFailure(FailureKind.WRONG, "its ID token is not valid") from None
        self._check_claims(found.claims, found.header, params)
        subject = found.claims["sub"]
        if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT:
            raise UpstreamFailure(FailureKind.WRONG, "its ID token has no subject")
        return found.claims

    def _check_claims(
        self,
        claims: Mapping[str, Any],
        header: Mapping[str, Any],
        params: Mapping[str, Any],
        essential: tuple[str, ...] = ("exp", "iat", "sub"),
    ) -> None:
        """OpenID Connect Core §3.1.3.7: whose token it is, for whom, for which request, and that it is of now."""
        options: dict[str, dict[str, Any]] = {name: {"essential": True} for name in essential}
        options |= {"iss": {"essential": True, "value": self.upstream.issuer}}
        options |= {"aud": {"essential": True, "value": self.upstream.client_id}}
        now = int(self._now())
        kind = CodeIDToken if "sub" in essential else _LogoutToken
        try:
            kind(claims, header, options, params).validate(now, SKEW)
        except (JoseError, ValueError, TypeError, KeyError):
            raise UpstreamFailure(FailureKind.WRONG, "a claim of its token is wrong") from None
        issued = claims.get("iat")
        if not isinstance(issued, int | float) or not now - 3600 - SKEW <= issued:
            raise UpstreamFailure(FailureKind.WRONG, "its token is too old")

    async def _with_userinfo(
        self, metadata: Metadata, claims: dict[str, Any], access_token: object
    ) -> Mapping[str, Any]:
        """The claims, with those of UserInfo where the ID token lacks what we need (OpenID Connect Core §5.3.2)."""
        upstream = self.upstream
        needed = {upstream.email_claim, upstream.name_claim, *(it.claim for it in upstream.rules)}
        needed |= {upstream.verified_claim} if upstream.verified_claim else set()
        if needed <= claims.keys() or not metadata.userinfo_endpoint or not isinstance(access_token, str):
            return claims
        if not access_token.isascii() or not access_token.isprintable():
            raise UpstreamFailure(FailureKind.WRONG, "its access token cannot be sent")
        answer = await self._ask(HttpRequest(metadata.userinfo_endpoint, {"Authorization": f"Bearer {access_token}"}))
        if answer.status != 200:
            raise UpstreamFailure(FailureKind.DOWN, "it does not say who a person is")
        said = self._object(answer)
        # Without this, an access token that was swapped would bring the address of somebody else (§5.3.2).
        if said.get("sub") != claims["sub"]:
            raise UpstreamFailure(FailureKind.WRONG, "it speaks of somebody else")
        return said | claims

    async def _verified(self, metadata: Metadata, token: str) -> VerifiedToken:
        await self._fetch_keys(metadata, token)
        try:
            return self._keys.verify(token)
        except InvalidToken:
            await self._fetch_keys(metadata, token, refused=True)
        return self._keys.verify(token)

    async def _fetch_keys(self, metadata: Metadata, token: str, *, refused: bool = False) -> None:
        if not self._keys.needs_fetch(token, refused=refused):
            return  # whose key is known waits for nobody: anybody may name one that is not
        async with self._fetching_keys:  # people who come meanwhile wait for the same keys
            if not self._keys.needs_fetch(token, refused=refused):
                return  # somebody else has
            try:
                self._keys.keep(await self._json(metadata.jwks_uri))
            except UpstreamFailure:
                self._keys.note_failure()
                if refused or not self._keys.knows(token):
                    raise

    async def _json(self, url: str) -> dict[str, Any]:
        answer = await self._ask(HttpRequest(url, {}))
        if answer.status != 200:
            raise UpstreamFailure(FailureKind.DOWN, "it does not say how to sign in")
        return self._object(answer)

    async def _ask(self, asked: HttpRequest) -> Fetched:
        try:
            return await self._fetch(asked)
        except NotFetched as error:
            raise UpstreamFailure(FailureKind.DOWN, str(error)) from None

    @staticmethod
    def _object(answer: Fetched) -> dict[str, Any]:
        try:
            return answer.json()
        except NotFetched as error:
            raise UpstreamFailure(FailureKind.WRONG, str(error)) from None


class _LogoutToken(CodeIDToken):
    ESSENTIAL_CLAIMS = ("iss", "aud", "iat", "jti")


def _no_tokens(answer: Fetched) -> UpstreamFailure:
    """What it means that the token endpoint gives none (RFC 6749 §5.2)."""
    if answer.status >= 500:
        return UpstreamFailure(FailureKind.DOWN, "it gives no tokens")
    if answer.status == 401 or _error(answer) in NOT_OUR_CLIENT:
        return UpstreamFailure(FailureKind.REFUSED, "it does not accept uconnect's client_id, secret or key")
    # A code that is not good any more: somebody came back to the page of an hour ago, or read it on its way.
    return UpstreamFailure(FailureKind.AGAIN, "it gives no tokens")


def _refusal(error: str) -> FailureKind:
    """What an error of the authorization endpoint means (RFC 6749 §4.1.2.1, OpenID Connect Core §3.1.2.6)."""
    if error == "access_denied":
        return FailureKind.DENIED
    if error in {"login_required", "interaction_required", "consent_required", "account_selection_required"}:
        return FailureKind.AGAIN
    if error in {"invalid_request", "unauthorized_client", "unsupported_response_type", "invalid_scope"}:
        return FailureKind.REFUSED
    return FailureKind.DOWN if error in {"temporarily_unavailable", "server_error"} else FailureKind.WRONG


def _error(answer: Fetched) -> object:
    """What a token endpoint says is wrong (RFC 6749 §5.2); None if it says nothing."""
    try:
        return answer.json().get("error")
    except NotFetched:
        return None
