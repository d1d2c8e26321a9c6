"""OAuth 2.0 and OpenID Connect as the RFCs say, by Authlib, for our sites.

Its callbacks are synchronous. Each step here runs inside one SQLite transaction, so a code, a refresh token and what
they are exchanged for change together or not at all.
"""

import logging
import re
import sqlite3
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from authlib.common.urls import add_params_to_uri
from authlib.oauth2.rfc6749 import AuthorizationServer, InvalidRequestError, OAuth2Error, OAuth2Request
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant, RefreshTokenGrant
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import OpenIDCode
from authlib.oidc.core.errors import LoginRequiredError, RequestNotSupportedError, RequestURINotSupportedError

from uconnect.adapters.tokens import verification
from uconnect.oidc_provider import sessions, token_store
from uconnect.oidc_provider.hashed_secrets import hash_secret, new_secret
from uconnect.oidc_provider.sessions import Session
from uconnect.oidc_provider.settings import Client
from uconnect.oidc_provider.signing_keys import SigningKeys
from uconnect.oidc_provider.token_store import TOKEN_LIFETIME, AuthorizationCode, TokenFamily

SCOPES = ("openid", "email", "profile")

# Authlib writes whole tokens at DEBUG; no level an operator turns on may put one into a log.
logging.getLogger("authlib").setLevel(logging.WARNING)

# Authlib repeats a wrong value in its error_description and fails if that may not hold it (RFC 6749 §5.2).
REPEATED = ("client_id", "redirect_uri", "response_type", "grant_type", "scope", "prompt")
SECONDS = re.compile(r"[0-9]{1,9}")  # of `max_age`: 31 years; with no end to it, int() fails at 4,300 digits
REPEATABLE = re.compile(r"[\x20-\x21\x23-\x5B\x5D-\x7E]*")

Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Answer:
    """A JSON object, or the site's address to send the browser to. `ended` are the places whose tokens end by it."""

    status: int = 200
    body: Mapping[str, Any] = field(default_factory=dict)
    location: str | None = None
    ended: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class SignInNeeded:
    """The request is valid, but nobody is signed in, or the password must be typed again."""

    client: Client


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The request is valid and this session answers it: a code may be given."""

    session: Session


class ClientAdapter:
    """A site, as Authlib asks for it: public, code flow only. Its scope holds `openid`, or it gets none. Scopes that we
    do not know are ignored, and not granted (OpenID Connect Core §3.1.2.1)."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.id = client.id

    def get_default_redirect_uri(self) -> None:
        """OpenID Connect Core §3.1.2.1: the site always says it."""

    def get_allowed_scope(self, scope: str | None) -> str | None:
        asked = (scope or "").split()
        return " ".join(it for it in SCOPES if it in asked) if "openid" in asked else None

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri in self.client.redirect_uris

    def check_endpoint_auth_method(self, method: str, _endpoint: str) -> bool:
        return method == "none"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in {"authorization_code", "refresh_token"}


class CodeAdapter:
    """A code that was just taken, and its session (None if that has ended)."""

    def __init__(self, code: AuthorizationCode, session: Session | None) -> None:
        self.code = code
        self.session = session
        self.code_challenge = code.challenge
        self.code_challenge_method = "S256"

    def get_redirect_uri(self) -> str:
        return self.code.redirect_uri

    def get_scope(self) -> str:
        return self.code.scope


class RefreshTokenAdapter:
    """A good token of a family, and its living session, with the time of its code."""

    def __init__(self, family: TokenFamily, session: Session) -> None:
        self.family = family
        self.session = replace(session, authenticated=family.authenticated)

    def check_client(self, client: ClientAdapter) -> bool:
        return self.family.client == client.id

    def get_scope(self) -> str:
        return self.family.scope


class _Payload(BasicOAuth2Payload):
    """Parameters with their repetitions: a parameter sent twice is refused, not read as either."""

    def __init__(self, pairs: Pairs) -> None:
        super().__init__(dict(reversed(pairs)))
        self._datalist = defaultdict(list)
        for name, value in pairs:
            self._datalist[name].append(value)


class _Request(OAuth2Request):
    """One request, with the transaction and the time it is answered in."""

    def __init__(self, method: str, pairs: Pairs, now: float, connection: sqlite3.Connection | None = None) -> None:
        # Authlib refuses http, loopback too. Whether our address is good enough is settled where it is configured.
        super().__init__(method, "https://the.issuer/")
        self.payload = _Payload(pairs)
        self.now = now
        self.connection = connection
        self.ended: list[str] = []

    @property
    def form(self) -> Any:
        return self.payload.data


class _CodeGrant(AuthorizationCodeGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ("none",)

    def create_authorization_response(self, redirect_uri: str, grant_user: Session) -> Any:
        # Somebody else may have signed in than the site had in mind.
        if not self.server.is_hinted(self.request, grant_user):
            raise LoginRequiredError(redirect_uri=redirect_uri)
        return super().create_authorization_response(redirect_uri, grant_user)

    def generate_authorization_code(self) -> str:
        return new_secret()

    def save_authorization_code(self, code: str, request: Any) -> None:
        data, session = request.payload.data, request.user
        about = (data["redirect_uri"], request.scope, data.get("nonce"), data["code_challenge"])
        saved = AuthorizationCode(hash_secret(code), session.sid, session.client, *about)
        token_store.save_code(request.connection, saved, request.now)

    def query_authorization_code(self, code: str, client: ClientAdapter) -> CodeAdapter | None:
        # Taken, not looked up: a wrong verifier costs the code too, so it cannot be tried a second time.
        connection, now = self.request.connection, self.request.now
        taken = token_store.take_code(connection, code, client.id, now)
        if taken is None:
            self.request.ended.extend(token_store.end_tokens_of_code(connection, code))
            return None
        return CodeAdapter(taken, self.server.use_session(connection, taken.sid, client, now))

    def authenticate_user(self, authorization_code: CodeAdapter) -> Session | None:
        return authorization_code.session

    def delete_authorization_code(self, authorization_code: CodeAdapter) -> None:
        """It was deleted when it was taken."""


class _RefreshGrant(RefreshTokenGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ("none",)

    def authenticate_refresh_token(self, refresh_token: str) -> RefreshTokenAdapter | None:
        connection, now = self.request.connection, self.request.now
        family = token_store.use_refresh_token(
            connection, refresh_token, self.request.client.id, now, self.request.ended
        )
        session = self.server.use_session(connection, family.sid, self.request.client, now) if family else None
        return RefreshTokenAdapter(family, session) if family and session else None

    def authenticate_user(self, refresh_token: RefreshTokenAdapter) -> Session:
        return refresh_token.session

    def revoke_old_credential(self, refresh_token: RefreshTokenAdapter) -> None:
        """It became an older token of its family when the next one was made."""


class _Pkce(CodeChallenge):
    """PKCE by S256 or nothing: `plain`, Authlib's default, protects no code that was read on its way."""

    CODE_CHALLENGE_METHODS: Mapping[str, Any] = {"S256": CodeChallenge.CODE_CHALLENGE_METHODS["S256"]}

    def validate_code_challenge(self, grant: Any, redirect_uri: str) -> None:
        data = grant.request.payload.data
        if not data.get("code_challenge") or data.get("code_challenge_method") != "S256":
            raise InvalidRequestError("PKCE is required: send code_challenge with code_challenge_method=S256.")
        super().validate_code_challenge(grant, redirect_uri)


class _IdTokens(OpenIDCode):
    """The rules of OpenID Connect for the request; the token itself is ours to sign."""

    def __init__(self, keys: SigningKeys) -> None:
        super().__init__()
        self._keys = keys

    def validate_openid_authorization_request(self, grant: Any, redirect_uri: str) -> None:
        # A nonce may come twice: it ties an ID token to one request of the site, and the site checks it.
        data = grant.request.payload.data
        if data.get("response_mode", "query") != "query":
            raise InvalidRequestError("The only response_mode is query.", redirect_uri=redirect_uri)
        if "request" in data:  # parameters in a signed object, which would have to win over those we read
            raise RequestNotSupportedError(redirect_uri=redirect_uri)
        if "request_uri" in data:
            raise RequestURINotSupportedError(redirect_uri=redirect_uri)
        if "id_token_hint" in data and _hinted_subject(self._keys, data) is None:
            raise InvalidRequestError("The id_token_hint is no ID token of this site.", redirect_uri=redirect_uri)

    def process_token(self, grant: Any, response: Any) -> None:
        request, token = grant.request, response[1]
        if "openid" in token["scope"].split():
            nonce = request.authorization_code.code.nonce if request.authorization_code else None
            signer = self._keys.signer(request.connection)
            token["id_token"] = signer.id_token(request.user, token["access_token"], nonce, request.now)


class OAuthServer(AuthorizationServer):
    """The authorization and token endpoints, as functions of the parameters that were sent."""

    def __init__(
        self, url: str, clients: Mapping[str, Client], keys: SigningKeys, idle: int = sessions.LIFETIME
    ) -> None:
        super().__init__()
        self._url, self._idle = url, idle
        self._clients = {name: ClientAdapter(client) for name, client in clients.items()}
        self._keys = keys
        self.register_token_generator("default", lambda **about: {"token_type": "Bearer", "scope": about["scope"]})
        self.register_grant(_CodeGrant, [_Pkce(required=True), _IdTokens(keys)])
        self.register_grant(_RefreshGrant, [_IdTokens(keys)])

    def query_client(self, client_id: str) -> ClientAdapter | None:
        return self._clients.get(client_id)

    def use_session(
        self, connection: sqlite3.Connection, sid: str, client: ClientAdapter, now: float
    ) -> Session | None:
        """The session that gets tokens now, if it lasts and is strong enough for its site."""
        session = sessions.of_sid(connection, sid, now)
        if session is None or not _is_enough(client, session):
            return None
        sessions.use(connection, sid, now, self._idle)
        return session

    def save_token(self, token: dict[str, Any], request: Any) -> None:
        connection, now = request.connection, request.now
        if request.refresh_token:
            refresh = token_store.rotate(connection, request.refresh_token.family, now)
        else:
            proved = request.user.authenticated
            refresh = token_store.begin_family(connection, request.authorization_code.code, proved, now)
        family = refresh.partition(".")[0]
        token["access_token"] = self._keys.signer(connection).access_token(request.user, token["scope"], now, family)
        token["expires_in"] = TOKEN_LIFETIME
        token["refresh_token"] = refresh

    def create_oauth2_request(self, request: _Request) -> _Request:
        return request

    def handle_response(self, status: int, body: Any, headers: Sequence[tuple[str, str]]) -> Answer:
        return Answer(status, body or {}, dict(headers).get("Location"))

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Nobody listens."""

    def consider(self, pairs: Pairs, session: Session | None, now: float) -> SignInNeeded | SignedIn | Answer:
        """What an authorization request leads to. Changes nothing. An Answer is an error: for the site if it has a
        location, else for the person, because there is no address that it would be safe to send them to."""
        request = _Request("GET", pairs, now)
        if not _repeatable(request) or not SECONDS.fullmatch(request.payload.data.get("max_age", "0")):
            return _malformed()
        client = self.query_client(request.payload.data.get("client_id", ""))
        is_good = session and client and _is_enough(client, session) and _recent(request, session, now)
        session = session if session and is_good and self.is_hinted(request, session) else None
        try:
            grant = self.get_consent_grant(request, session)
        except OAuth2Error as error:
            return self._named(self.handle_error_response(request, error))
        if session is None or grant.prompt in {"login", "select_account"}:
            return SignInNeeded(grant.client.client)
        return SignedIn(session)

    def is_hinted(self, request: _Request, session: Session) -> bool:
        """Whether the session is of the person whom the request's `id_token_hint` names, if it has one. For anybody
        else the answer is an error (OpenID Connect Core §3.1.2.1)."""
        data = request.payload.data
        return "id_token_hint" not in data or _hinted_subject(self._keys, data) == session.subject

    def grant(self, connection: sqlite3.Connection, pairs: Pairs, session: Session, now: float) -> Answer:
        """Send the site a code for this session. The request has been considered."""
        request = _Request("GET", pairs, now, connection)
        grant = self.get_authorization_grant(request)
        return self._named(self.create_authorization_response(request, session, grant))

    def exchange(self, connection: sqlite3.Connection, pairs: Pairs, now: float) -> Answer:
        """Tokens for a code or a refresh token (RFC 6749 §4.1.3, §6)."""
        request = _Request("POST", pairs, now, connection)
        if not _repeatable(request) or any(len(values) > 1 for values in request.payload.datalist.values()):
            return _malformed()
        answer: Answer = self.create_token_response(request)
        return replace(answer, ended=tuple(request.ended))

    def is_junk(self, connection: sqlite3.Connection, pairs: Pairs) -> bool:
        """Whether what would be exchanged is nothing we gave to anybody: then `exchange` writes nothing."""
        fields = dict(pairs)
        code, token = fields.get("code", ""), fields.get("refresh_token", "")
        return not token_store.knows_code(connection, code) and not token_store.knows_family(connection, token)

    def initiate_login_url(self, home: str) -> str:
        """The address that makes a site begin a sign-in, with the issuer's name (OpenID Connect Core §4)."""
        return str(add_params_to_uri(home, [("iss", self._url)]))

    def _named(self, answer: Answer) -> Answer:
        """Say which issuer answers, so that a site with two cannot be made to mix them up (RFC 9207)."""
        if answer.location is None:
            return answer
        return Answer(answer.status, location=add_params_to_uri(answer.location, [("iss", self._url)]))


def _repeatable(request: _Request) -> bool:
    return all(REPEATABLE.fullmatch(value) for name in REPEATED for value in request.payload.datalist.get(name, ()))


def _hinted_subject(keys: SigningKeys, data: Mapping[str, str]) -> str | None:
    """Whom the `id_token_hint` names; None if it is no ID token of ours for this site. It may have ended.

    Each key that signs here is known here, so no look into the database is needed."""
    said = verification.read_hint(data["id_token_hint"], keys.trust)
    return str(said["sub"]) if said is not None and said["aud"] == data.get("client_id") else None


def _malformed() -> Answer:
    return Answer(400, {"error": "invalid_request", "error_description": "The request is malformed."})


def _is_enough(client: ClientAdapter, session: Session) -> bool:
    """Whether as much was shown as the site needs. A session may have begun before that was asked for."""
    return session.strong or not client.client.needs_passkey


def _recent(request: _Request, session: Session, now: float) -> bool:
    """Whether the password was typed recently enough for this request (`max_age`, in seconds)."""
    most = request.payload.data.get("max_age")
    return most is None or now - session.authenticated <= int(most)
