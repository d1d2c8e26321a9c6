"""An OpenID provider of somebody else, with a switch for each thing that it may do wrong.

It is an ASGI application, so it is asked in process or over a socket.
"""

import base64
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"


@dataclass
class SampleIdentity:
    """Somebody whom the provider knows. `claims` are in the ID token, `more` are told by UserInfo alone."""

    subject: str
    claims: dict[str, Any] = field(default_factory=dict)
    more: dict[str, Any] = field(default_factory=dict)


@dataclass
class UpstreamProvider:
    """The provider. `now` is Unix seconds. `signed_in` is who is signed in there now; without one it says `error`."""

    now: Any
    issuer: str = "http://127.0.0.1:9001"
    client_id: str = "uconnect"
    secret: str = "s3cret: with 100% of it"
    signed_in: SampleIdentity | None = None
    error: str = "access_denied"
    # what it may do wrong
    says_issuer: str = ""  # in its description of itself
    names_issuer: bool = True  # in its answers (RFC 9207)
    answers_as: str = ""  # the issuer that its answers name, if it is another
    token_claims: dict[str, Any] = field(default_factory=dict)  # instead of the right ones; None leaves one out
    algorithm: str = "ES256"
    forged: bool = False  # the signature is by a key that it does not publish
    hides_key_id: bool = False
    userinfo_subject: str = ""
    down: set[str] = field(default_factory=set)  # paths that answer 500
    bodies: dict[str, bytes] = field(default_factory=dict)  # what paths answer instead
    metadata: dict[str, Any] = field(default_factory=dict)  # instead of the right one; None leaves one out
    auth_age: int | None = 0  # seconds since the person proved who they are; None: it does not say
    session: str = "upstream-session-1"
    authorize_requests: list[dict[str, str]] = field(default_factory=list)  # what /authorize was asked
    requests: list[Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.keys = [self._new_key()]
        self.codes: dict[str, dict[str, str]] = {}
        self.app = Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self._endpoint(self._description)),
                Route("/jwks", self._endpoint(self._jwks)),
                Route("/authorize", self._authorize),
                Route("/token", self._endpoint(self._token), methods=["POST"]),
                Route("/userinfo", self._endpoint(self._userinfo)),
            ]
        )

    def rotate(self) -> None:
        """Sign with a new key from now on."""
        self.keys = [self._new_key(), *self.keys]

    def logout_token(self, **changes: Any) -> str:
        """What it sends when somebody has signed out there; a change to None leaves a claim out."""
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "aud": self.client_id,
            "iat": int(self.now()),
            "exp": int(self.now()) + 120,
            "jti": secrets.token_urlsafe(8),
            "events": {LOGOUT_EVENT: {}},
            "sub": self.signed_in.subject if self.signed_in else "nobody",
        }
        return self._signed({name: it for name, it in (claims | changes).items() if it is not None}, "logout+jwt")

    def answer(self, address: str, person: SampleIdentity | None) -> str:
        """What its sign-in page does when `person` has signed in, or None has refused: where the browser goes then."""
        self.signed_in = person
        asked = dict(parse(address))
        self.authorize_requests.append(asked)
        fields = {"state": asked["state"]} | ({"iss": self.answers_as or self.issuer} if self.names_issuer else {})
        if person is None:
            fields |= {"error": self.error, "error_description": "<b>upstream words</b>"}
        else:
            code = secrets.token_urlsafe(8)
            self.codes[code] = asked
            fields |= {"code": code}
        return f"{asked['redirect_uri']}?{urlencode(fields)}"

    def _endpoint(self, answer: Any) -> Any:
        async def endpoint(request: Request) -> Response:
            self.requests.append(request)
            path = request.url.path
            if path in self.down:
                return Response("upstream words", 500)
            if path in self.bodies:
                return Response(self.bodies[path])
            found: Response = await answer(request)
            return found

        return endpoint

    async def _authorize(self, request: Request) -> Response:
        return RedirectResponse(self.answer(str(request.url), self.signed_in), 303)

    async def _description(self, _: Request) -> Response:
        said = {
            "issuer": self.says_issuer or self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "authorization_response_iss_parameter_supported": self.names_issuer,
        }
        return JSONResponse({name: it for name, it in (said | self.metadata).items() if it is not None})

    async def _jwks(self, _: Request) -> Response:
        return JSONResponse(KeySet([*self.keys]).as_dict(private=False))

    async def _token(self, request: Request) -> Response:
        fields = dict(parse(f"?{(await request.body()).decode()}"))
        asked = self.codes.pop(fields.get("code", ""), None)
        challenge = hashlib.sha256(fields.get("code_verifier", "").encode()).digest()
        written = base64.urlsafe_b64encode(challenge).rstrip(b"=").decode()
        if asked is None or asked["code_challenge"] != written or asked["redirect_uri"] != fields["redirect_uri"]:
            return JSONResponse({"error": "invalid_grant"}, 400)
        if not self._is_client(request, fields) or self.signed_in is None:
            return JSONResponse({"error": "invalid_client"}, 401)
        now = int(self.now())
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "sub": self.signed_in.subject,
            "aud": self.client_id,
            "exp": now + 300,
            "iat": now,
            "nonce": asked["nonce"],
            "sid": self.session,
        }
        if self.auth_age is not None:
            claims["auth_time"] = now - self.auth_age
        claims |= self.signed_in.claims | self.token_claims
        id_token = self._signed({name: it for name, it in claims.items() if it is not None}, "JWT")
        return JSONResponse({"access_token": "at", "token_type": "Bearer", "id_token": id_token, "expires_in": 300})

    def _is_client(self, request: Request, fields: dict[str, str]) -> bool:
        scheme, _, sent = request.headers.get("authorization", "").partition(" ")
        if scheme == "Basic":
            name, _, secret = base64.b64decode(sent).decode().partition(":")
            decoded = dict(parse(f"?name={name}&secret={secret}"))
            return decoded == {"name": self.client_id, "secret": self.secret}
        if "client_assertion" in fields:
            found = jwt.decode(fields["client_assertion"], self.client_key, ["ES256"])
            return {found.claims["iss"], found.claims["sub"]} == {self.client_id}
        return (fields.get("client_id"), fields.get("client_secret")) == (self.client_id, self.secret)

    @property
    def client_key(self) -> ECKey:
        """The key that the client may sign with instead of knowing the secret."""
        return CLIENT_KEY

    async def _userinfo(self, request: Request) -> Response:
        if request.headers.get("authorization") != "Bearer at" or self.signed_in is None:
            return JSONResponse({"error": "invalid_token"}, 401)
        return JSONResponse({"sub": self.userinfo_subject or self.signed_in.subject} | self.signed_in.more)

    def _signed(self, claims: dict[str, Any], kind: str) -> str:
        key = self._new_key() if self.forged else self.keys[0]
        header: dict[str, Any] = {"alg": self.algorithm, "typ": kind, "kid": self.keys[0].kid}
        if self.hides_key_id:
            del header["kid"]
        if self.algorithm == "none":
            return f"{_part(header)}.{_part(claims)}."
        if self.algorithm == "HS256":  # with what everybody can read as the secret
            signed = f"{_part(header)}.{_part(claims)}"
            made = hmac.digest(self.keys[0].as_pem(private=False), signed.encode(), "sha256")
            return f"{signed}.{base64.urlsafe_b64encode(made).rstrip(b'=').decode()}"
        return jwt.encode(header, claims, key, ["ES256"])

    @staticmethod
    def _new_key() -> ECKey:
        return ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, auto_kid=True)


CLIENT_KEY = ECKey.generate_key("P-256", auto_kid=True)


def parse(address: str) -> list[tuple[str, str]]:
    """The parameters in an address."""
    return parse_qsl(urlsplit(address).query, keep_blank_values=True)


def _part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()
