"""An access token is believed only if our issuer signed it, for our site, and it has not ended."""

import base64
import hmac
import json
from typing import Any

import pytest
from joserfc import jws, jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

from uconnect.adapters.tokens import verification
from uconnect.adapters.tokens.verification import Claims, TokenTrust

NOW = 1_800_000_000.0
ISSUER = "https://issuer.example"
KEY = ECKey.generate_key("P-256", {"kid": "ours", "use": "sig", "alg": "ES256"})
JWKS: dict[str, Any] = {"keys": [KEY.as_dict(private=False)]}
TRUST = TokenTrust.of(ISSUER, JWKS, ["uconnect-user", "uconnect-school"], "ES256")


def claims(**changes: Any) -> dict[str, Any]:
    usual = {"iss": ISSUER, "sub": "ada", "aud": "uconnect-user", "client_id": "uconnect-user", "exp": NOW + 600}
    return {name: value for name, value in (usual | changes).items() if value is not None}


def token(header: dict[str, Any] | None = None, key: ECKey = KEY, **changes: Any) -> str:
    head = {"alg": "ES256", "kid": "ours", "typ": "at+jwt"} | (header or {})
    return jwt.encode({k: v for k, v in head.items() if v is not None}, claims(**changes), key, default_type=None)


def part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def test_a_good_token_says_who_for_which_site_until_when_and_when_they_proved_it() -> None:
    proved = token(auth_time=NOW - 60, scope="openid email")
    assert verification.verify(proved, TRUST, NOW) == Claims(
        ISSUER, "ada", "uconnect-user", NOW + 600, NOW - 60, key="ours", scope="openid email"
    )


@pytest.mark.parametrize("auth_time", [None, "now", True])
def test_a_token_that_does_not_say_when_they_proved_it_counts_as_proved_long_ago(auth_time: Any) -> None:
    found = verification.verify(token(auth_time=auth_time), TRUST, NOW)
    assert found
    assert found.authenticated == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://evil.example"},
        {"iss": f"{ISSUER}/"},
        {"iss": None},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"client_id": "uconnect-worker"},
        {"client_id": None},
        {"client_id": ["uconnect-user"]},
        {"aud": "uconnect-school"},
        {"aud": ["https://other.example"]},
        {"aud": 7},
        {"exp": NOW},
        {"exp": NOW - 1},
        {"exp": None},
        {"exp": "never"},
        {"exp": True},
        {"nbf": NOW + 1},
        {"nbf": "soon"},
    ],
)
def test_a_token_that_is_not_ours_for_us_and_now_is_refused(changes: dict[str, Any]) -> None:
    assert verification.verify(token(**changes), TRUST, NOW) is None


@pytest.mark.parametrize("changes", [{"aud": None}, {"aud": ["x", "uconnect-user"]}, {"nbf": NOW}])
def test_an_audience_may_be_left_out_or_be_one_of_several(changes: dict[str, Any]) -> None:
    assert verification.verify(token(**changes), TRUST, NOW) is not None


def test_only_access_tokens_are_believed() -> None:
    assert verification.verify(token({"typ": "JWT"}), TRUST, NOW) is None
    assert verification.verify(token({"typ": None}), TRUST, NOW) is None
    assert verification.verify(token({"typ": None}, token_use="id"), TRUST, NOW) is None
    assert verification.verify(token({"typ": "application/at+jwt"}), TRUST, NOW) is not None


def test_an_unsigned_token_is_refused() -> None:
    for alg in ("none", "None", "NONE"):
        head = part({"alg": alg, "typ": "at+jwt", "kid": "ours"})
        for signature in ("", token().split(".")[2]):
            assert verification.verify(f"{head}.{part(claims())}.{signature}", TRUST, NOW) is None


@pytest.mark.parametrize("secret", [KEY.as_pem(private=False), json.dumps(JWKS["keys"][0]).encode()])
@pytest.mark.parametrize("alg", ["HS256", "HS384", "HS512"])
def test_the_public_key_is_no_shared_secret(secret: bytes, alg: str) -> None:
    body = f"{part({'alg': alg, 'typ': 'at+jwt', 'kid': 'ours'})}.{part(claims())}"
    digest = hmac.digest(secret, body.encode(), alg.replace("HS", "sha"))
    signature = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    assert verification.verify(f"{body}.{signature}", TRUST, NOW) is None


def test_a_key_inside_the_token_is_not_believed() -> None:
    theirs = ECKey.generate_key("P-256")
    assert verification.verify(token({"jwk": theirs.as_dict(private=False)}, theirs), TRUST, NOW) is None


def test_another_key_another_name_for_it_or_none_is_refused() -> None:
    assert verification.verify(token(key=ECKey.generate_key("P-256")), TRUST, NOW) is None
    assert verification.verify(token({"kid": "theirs"}), TRUST, NOW) is None
    assert verification.verify(token({"kid": None}), TRUST, NOW) is None


def test_every_changed_character_of_the_signature_is_noticed() -> None:
    good = token()
    body, _, signature = good.rpartition(".")
    for at in range(len(signature) - 1):  # the last one holds unused bits
        other = "A" if signature[at] != "A" else "B"
        assert verification.verify(f"{body}.{signature[:at]}{other}{signature[at + 1 :]}", TRUST, NOW) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "..",
        "...",
        "....",
        "a.b.c",
        "ä.ö.ü",
        "\x00",
        "x" * 100_000,
        f"{part({'alg': 'ES256'})}..",
        "e30.e30.e30",
    ]
    + [f"{part({'alg': alg, 'kid': 'ours'})}.e30.AAAA" for alg in ("ES256", 7, None, ["ES256"], "RS256", "dir")]
    + [f"{part({'alg': 'ES256', 'kid': kid})}.e30.AAAA" for kid in (7, None, ["ours"])]
    + [f"{part({'alg': 'ES256', 'kid': 'ours', 'crit': crit})}.e30.AAAA" for crit in (7, None, ["b64"], ["x"])]
    + ["WzFd.e30.AAAA", f"{'W10' * 900}.e30.AAAA", base64.b64encode(b"[" * 4000).decode() + ".e30.AAAA"],
)
def test_any_bytes_are_answered_with_no_and_never_raise(text: str) -> None:
    assert verification.verify(text, TRUST, NOW) is None


@pytest.mark.parametrize("payload", ["[]", "7", "null", "{", "\udc80", "[" * 3000])
def test_a_signed_payload_that_is_no_object_is_refused(payload: str) -> None:
    signed = jws.serialize_compact(
        {"alg": "ES256", "kid": "ours", "typ": "at+jwt"}, payload.encode("utf-8", "replace"), KEY, algorithms=["ES256"]
    )
    assert verification.verify(signed, TRUST, NOW) is None


def test_cognitos_access_tokens_are_believed_and_its_id_tokens_are_not() -> None:
    key = RSAKey.generate_key(2048, {"kid": "aws", "use": "sig", "alg": "RS256"})
    trust = TokenTrust(ISSUER, KeySet([key]), frozenset({"7abc"}), "RS256")

    def cognito(**said: Any) -> str:
        return jwt.encode({"alg": "RS256", "kid": "aws"}, {"iss": ISSUER, "sub": "ada", "exp": NOW + 1} | said, key)

    assert verification.verify(cognito(client_id="7abc", token_use="access"), trust, NOW) is not None
    assert verification.verify(cognito(aud="7abc", token_use="id"), trust, NOW) is None
    assert verification.verify(cognito(client_id="7abc", aud="7abc", token_use="id"), trust, NOW) is None
    assert verification.verify(token(), trust, NOW) is None
