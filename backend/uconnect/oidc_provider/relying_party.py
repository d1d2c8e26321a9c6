"""WebAuthn as the provider speaks it (W3C Web Authentication Level 3): what a browser is asked, and what it answers.

This is the only module that knows the library, which is imported for the first answer: 60 ms and 4 MB that a server
without passkeys does not spend.
"""

import asyncio
import base64
import hmac
import json
import re
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import cache
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from uconnect.oidc_provider.accounts import Profile
from uconnect.oidc_provider.hashed_secrets import new_public_id
from uconnect.oidc_provider.passkeys import Passkey, Signature
from uconnect.oidc_provider.settings import origin_of

LIFETIME = 600  # seconds of a challenge: the longest time that WebAuthn §15.1 recommends for a person
ISSUED = re.compile(r"([0-9]{1,12})\.[A-Za-z0-9_-]{22}")
LONGEST_CREDENTIAL = 1023  # bytes of a credential's id (WebAuthn §7.1, step 25)
ALGORITHMS = (-7, -8, -257)  # ES256, EdDSA and RS256, as WebAuthn §5.4 recommends

Find = Callable[[bytes], Awaitable[Passkey | None]]


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a challenge is for: one act, on one site, in one browser. `within` is the session or sign-in it is part of,
    if there is one."""

    act: str
    client: str
    browser: str
    within: str = ""


@dataclass(frozen=True, slots=True)
class PasskeyRequest:
    """What a page asks its browser for: `options` for its script, the text of its `button`, and `issued`, which comes
    back with the answer."""

    options: str
    issued: str
    button: str


@dataclass(frozen=True, slots=True)
class NewCredential:
    """What an authenticator has made."""

    credential: bytes
    key: bytes
    count: int
    syncs: bool
    backed_up: bool


class Expired(Exception):
    """The challenge is too old, of another browser, site or act, or was answered before."""


class Rejected(Exception):
    """The answer is not that of a passkey as we want it. It is not said why."""


class Challenges:
    """Random challenges that were given to one browser for one purpose. Each is answered once.

    Nothing is kept of one until it was answered rightly, so strangers who open pages without end cost no memory: the
    challenge is made of the purpose, of when it ends and of a random part, by a key that this process alone has. `now`
    is Unix seconds.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._key = secrets.token_bytes(32)
        self._answered: dict[bytes, int] = {}  # until they end

    def issue(self, purpose: Purpose) -> tuple[str, bytes]:
        """A new challenge, and the text that `find` finds it by."""
        issued = f"{int(self._now()) + LIFETIME}.{new_public_id()}"
        return issued, self._challenge(purpose, issued)

    def find(self, purpose: Purpose, issued: str) -> bytes:
        """The challenge that was issued with this text. Raises Expired. A text that we did not issue gives a challenge
        that nobody was ever asked to sign."""
        found = ISSUED.fullmatch(issued)
        challenge = self._challenge(purpose, issued)
        if found is None or int(found[1]) <= self._now() or challenge in self._answered:
            raise Expired
        return challenge

    def take(self, challenge: bytes) -> None:
        """Let nobody answer the challenge again. Raises Expired if somebody has, also in a request at the same time."""
        now = int(self._now())
        if challenge in self._answered:
            raise Expired
        self._answered = {it: ends for it, ends in self._answered.items() if ends > now}
        self._answered[challenge] = now + LIFETIME

    def _challenge(self, purpose: Purpose, issued: str) -> bytes:
        about = [purpose.act, purpose.client, purpose.browser, purpose.within, issued]
        return hmac.digest(self._key, json.dumps(about).encode(), "sha256")


def can_have_passkeys(url: str) -> bool:
    """Whether browsers make passkeys for an address: not for an IP address (WebAuthn §5.1.3)."""
    try:
        ip_address(urlsplit(url).hostname or "")
    except ValueError:
        return True
    return False


class RelyingParty:
    """The provider at `url`, to authenticators. Its passkeys are bound to the host name of its address for good."""

    def __init__(self, url: str, now: Callable[[], float]) -> None:
        self.id = urlsplit(url).hostname or ""
        self.origin = origin_of(url)
        self._challenges = Challenges(now)

    @property
    def is_offered(self) -> bool:
        """Whether browsers make passkeys for this address."""
        return can_have_passkeys(self.origin)

    def ask_to_sign(self, purpose: Purpose, button: str, allowed: Sequence[Passkey] = ()) -> PasskeyRequest:
        """Ask for a signature by one of these passkeys; if there are none, by any that the browser has for us."""
        issued, challenge = self._challenges.issue(purpose)
        return _request(
            issued,
            button,
            do="get",
            challenge=encoded(challenge),
            rpId=self.id,
            allow=[encoded(it.credential) for it in allowed],
            timeout=LIFETIME * 1000,
        )

    def ask_to_add(
        self, purpose: Purpose, button: str, subject: str, profile: Profile, has: Sequence[Passkey] = ()
    ) -> PasskeyRequest:
        """Ask for a new passkey of an account, in none of the authenticators where it `has` one.

        The user handle is the subject: random, and no name of the person (WebAuthn §14.6.1).
        """
        issued, challenge = self._challenges.issue(purpose)
        return _request(
            issued,
            button,
            do="create",
            challenge=encoded(challenge),
            rp={"id": self.id, "name": "uconnect"},
            user={
                "id": encoded(subject.encode()),
                "name": profile.email,
                "displayName": profile.name or profile.email,
            },
            algorithms=ALGORITHMS,
            exclude=[encoded(it.credential) for it in has],
            timeout=LIFETIME * 1000,
        )

    async def check(self, answer: str, issued: str, purpose: Purpose, find: Find) -> Signature:
        """The signature in a browser's answer (WebAuthn §7.2). `find` looks a passkey up.

        The user was verified, or it is none: a PIN or a finger, beside the device. Raises Expired and Rejected. An
        unknown passkey takes the same work, and gets the same answer, as a wrong signature.
        """
        challenge = self._challenges.find(purpose, issued)
        known = await find(_credential_in(answer))
        compared = known or _nobodys()  # equal work: leak 14
        found = await asyncio.to_thread(_verify_signature, self, answer, challenge, compared)
        if known is None or not found.is_of(known, is_expected=bool(purpose.within)):
            raise Rejected
        self._challenges.take(challenge)
        return Signature(known, found.count, found.backed_up)

    async def check_new(self, answer: str, issued: str, purpose: Purpose) -> NewCredential:
        """The passkey in a browser's answer (WebAuthn §7.1). Raises Expired and Rejected."""
        challenge = self._challenges.find(purpose, issued)
        made = await asyncio.to_thread(_verify_new, self, answer, challenge)
        self._challenges.take(challenge)
        return made


@dataclass(frozen=True, slots=True)
class _Verified:
    """A right signature, of whichever account."""

    user_handle: bytes
    count: int
    syncs: bool
    backed_up: bool

    def is_of(self, passkey: Passkey, *, is_expected: bool) -> bool:
        """Whether it is of the account that the authenticator names, and of the same sort of passkey as before. Where
        the account is known before (`is_expected`), an authenticator need not name it (WebAuthn §7.2, step 6)."""
        names = {passkey.subject.encode(), *([b""] if is_expected else [])}
        return self.user_handle in names and self.syncs == passkey.syncs


def encoded(data: bytes) -> str:
    """Bytes as WebAuthn's JSON has them (base64url without padding)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _request(issued: str, button: str, **options: Any) -> PasskeyRequest:
    return PasskeyRequest(json.dumps(options), issued, button)


def _credential_in(answer: str) -> bytes:
    """The id of the passkey that an answer names. Raises Rejected."""
    try:
        found = json.loads(answer)
        return _decoded(found["rawId"])
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Rejected from None


def _verify_signature(party: RelyingParty, answer: str, challenge: bytes, passkey: Passkey) -> _Verified:
    import webauthn  # noqa: PLC0415 - see above
    from webauthn.helpers import parse_authentication_credential_json  # noqa: PLC0415
    from webauthn.helpers.structs import CredentialDeviceType  # noqa: PLC0415

    try:
        credential = parse_authentication_credential_json(answer)
        _require_same_origin(credential.response.client_data_json)
        verified = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=passkey.key,
            credential_current_sign_count=passkey.count,
            require_user_verification=True,
        )
    except Exception as error:
        raise Rejected from error
    return _Verified(
        credential.response.user_handle or b"",
        verified.new_sign_count,
        verified.credential_device_type is CredentialDeviceType.MULTI_DEVICE,
        verified.credential_backed_up,
    )


def _verify_new(party: RelyingParty, answer: str, challenge: bytes) -> NewCredential:
    import webauthn  # noqa: PLC0415 - see above
    from webauthn.helpers import parse_registration_credential_json  # noqa: PLC0415
    from webauthn.helpers.cose import COSEAlgorithmIdentifier  # noqa: PLC0415
    from webauthn.helpers.structs import CredentialDeviceType  # noqa: PLC0415

    try:
        credential = parse_registration_credential_json(answer)
        _require_same_origin(credential.response.client_data_json)
        made = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            require_user_verification=True,
            supported_pub_key_algs=[COSEAlgorithmIdentifier(it) for it in ALGORITHMS],
        )
    except Exception as error:
        raise Rejected from error
    if len(made.credential_id) > LONGEST_CREDENTIAL:
        raise Rejected
    syncs = made.credential_device_type is CredentialDeviceType.MULTI_DEVICE
    return NewCredential(
        made.credential_id, made.credential_public_key, made.sign_count, syncs, made.credential_backed_up
    )


def _require_same_origin(client_data: bytes) -> None:
    """Raises ValueError for an answer that was made in a frame of another origin (WebAuthn §7.1, step 10): no page may
    frame ours."""
    if json.loads(client_data).get("crossOrigin", False) is not False:
        raise ValueError("The answer comes from a frame of another origin.")


@cache
def _nobodys() -> Passkey:
    """A passkey that nobody has: its private key is thrown away."""
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415 - with the first answer
    from webauthn.helpers import encode_cbor  # noqa: PLC0415 - see above

    point = ec.generate_private_key(ec.SECP256R1()).public_key().public_numbers()
    key = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}  # RFC 9053 §7.1
    return Passkey("", b"", "", encode_cbor(key), 0, syncs=True, backed_up=True, name="", made=0, used=0)
