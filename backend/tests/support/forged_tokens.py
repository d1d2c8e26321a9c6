"""Tokens that are none of ours, for us and now: made of one that is, by its issuer's own key or by somebody's."""

import base64
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey

Json = dict[str, Any]
THEIRS = ECKey.generate_key("P-256", {"kid": "theirs", "use": "sig", "alg": "ES256"})


@dataclass(frozen=True)
class Good:
    """A good token's head and claims, and the key that signed it. `now` is in Unix seconds."""

    head: Json
    claims: Json
    key: ECKey
    now: float

    def signed(self, head: Json | None = None, key: ECKey | None = None, **claims: Any) -> str:
        """The same but for this; None leaves a claim out."""
        said = {name: value for name, value in (self.claims | claims).items() if value is not None}
        written = {name: value for name, value in (self.head | (head or {})).items() if value is not None}
        return jwt.encode(written, said, key or self.key, default_type=None)

    def shared(self, alg: str, secret: bytes) -> str:
        """Signed with a secret that everybody can read."""
        body = f"{_part(self.head | {'alg': alg})}.{_part(self.claims)}"
        return f"{body}.{_text(hmac.digest(secret, body.encode(), alg.replace('HS', 'sha')))}"

    def unsigned(self, alg: str, signature: str = "") -> str:
        return f"{_part(self.head | {'alg': alg})}.{_part(self.claims)}.{signature}"


def _part(value: Json) -> str:
    return _text(json.dumps(value).encode())


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _public(key: ECKey) -> Json:
    return dict(key.as_dict(private=False))


FORGERIES: dict[str, Callable[[Good], str]] = {
    "of another site's audience": lambda it: it.signed(aud="https://elsewhere.example"),
    "for a site that is none of ours": lambda it: it.signed(client_id="another-site", aud="another-site"),
    "for one site, by another": lambda it: it.signed(client_id="uconnect-school", aud="uconnect-user"),
    "for no site": lambda it: it.signed(client_id=None),
    "of another issuer": lambda it: it.signed(iss="https://issuer.example"),
    "of no issuer": lambda it: it.signed(iss=None),
    "of nobody": lambda it: it.signed(sub=None),
    "ended": lambda it: it.signed(exp=int(it.now) - 1),
    "without an end": lambda it: it.signed(exp=None),
    "not yet good": lambda it: it.signed(nbf=int(it.now) + 600),
    "an ID token": lambda it: it.signed({"typ": "JWT"}),
    "of no type": lambda it: it.signed({"typ": None}),
    "signed by somebody else": lambda it: it.signed(key=THEIRS),
    "signed by somebody else, under their name": lambda it: it.signed({"kid": "theirs"}, THEIRS),
    "under no key's name": lambda it: it.signed({"kid": None}),
    "with its own key in it": lambda it: it.signed({"jwk": _public(THEIRS)}, THEIRS),
    "with an address of its own key": lambda it: it.signed({"jku": "https://elsewhere.example/keys"}, THEIRS),
    "with a chain of its own": lambda it: it.signed({"x5c": ["MIIB"], "x5u": "https://elsewhere.example"}, THEIRS),
    "with a path for a key": lambda it: it.signed({"kid": "../../../dev/null"}, THEIRS),
    "signed with the public key": lambda it: it.shared("HS256", it.key.as_pem(private=False)),
    "signed with the published key": lambda it: it.shared("HS256", json.dumps(_public(it.key)).encode()),
    "signed with nothing": lambda it: it.shared("HS256", b""),
    "unsigned": lambda it: it.unsigned("none"),
    "unsigned, said otherwise": lambda it: it.unsigned("nOnE", it.signed().rpartition(".")[2]),
    "with what another has signed": lambda it: it.unsigned("ES256", it.signed(sub="another").rpartition(".")[2]),
}
