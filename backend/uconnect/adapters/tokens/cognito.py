"""Reads tokens that the gateway has verified: Cognito's, or another issuer's that the gateway was told to trust.

The gateway has checked signature, issuer, expiry and audience. It does not check that the token is an access token.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from uconnect.application.ports import Principal, Profile
from uconnect.domain.enums import Kind

if TYPE_CHECKING:
    from types_boto3_cognito_idp.client import CognitoIdentityProviderClient

PATIENCE = 5  # seconds that the issuer has to answer


def principal(
    claims: Mapping[str, str], sites: Mapping[str, Kind], authorization: str = "", provider: str = ""
) -> Principal | None:
    """The person behind an access token; None for an ID token, which has the same signature and audience.

    `claims` are as HTTP APIs hand them on, each a string. An access token names its client in `client_id` (RFC 9068
    §2.2, and Cognito), which an ID token has no place for; a `nonce` is an ID token's alone.

    `provider` is the university's identity provider, as the pool calls it. Who comes by it has the username
    `provider_id`, in small letters where usernames have no case, as in our pool (Cognito Developer Guide, "Mapping IdP
    attributes to profiles and tokens"). The pool itself makes the usernames of others, which hold no underscore.
    """
    site = sites.get(claims.get("client_id", ""))
    if site is None or not claims.get("sub") or claims.get("token_use", "access") != "access" or "nonce" in claims:
        return None
    authenticated = _seconds(claims.get("auth_time", ""))
    federated = bool(provider) and claims.get("username", "").lower().startswith(f"{provider}_".lower())
    return Principal(claims["iss"], claims["sub"], site, authenticated, "", federated, authorization)


def profile(userinfo: str, authorization: str, *, trusted: bool = False) -> Profile | None:
    """What the issuer says now of a token's owner (OpenID Connect Core §5.3); None if it knows no verified address.

    `trusted`: each address that it names is verified. So an operator says of a university's provider that does not.

    Raises OSError if the issuer cannot be asked, ValueError if it does not answer in JSON.
    """
    said = _user_info(userinfo, authorization)
    if said is None:
        return None
    email, name = str(said.get("email", "")), str(said.get("name", ""))
    verified = trusted or str(said.get("email_verified", "")).lower() == "true"  # Cognito says "true", others say true
    if not email or not verified:
        return None
    return Profile(email, name)


def is_signed_in(userinfo: str, authorization: str) -> bool:
    """Whether the sign-in of a token goes on: the issuer still says whose the token is. Raises as `profile`."""
    return _user_info(userinfo, authorization) is not None


def _user_info(userinfo: str, authorization: str) -> Mapping[str, Any] | None:
    """What the issuer says of a token; None if it takes the token no more, though it has not expired.

    Cognito refuses a token "if the user has globally signed out, is disabled or was deleted", and one whose refresh
    token was revoked (its UserInfo endpoint).
    """
    from urllib.error import HTTPError  # noqa: PLC0415 - half a cold start, and most calls ask nothing
    from urllib.request import Request, urlopen  # noqa: PLC0415 - (the same)

    try:
        with urlopen(Request(userinfo, headers={"Authorization": authorization}), timeout=PATIENCE) as answer:  # noqa: S310 - the template's address
            said: Mapping[str, Any] = json.load(answer)
    except HTTPError as error:
        if error.code in (401, 403):
            return None
        raise
    return said


def _seconds(text: str) -> float:
    return float(text) if text.isdecimal() else 0


@dataclass(frozen=True, slots=True)
class Pool:
    """Implements `application.ports.Identity` for one user pool. Logins of another issuer are not ours to delete."""

    client: "Callable[[], CognitoIdentityProviderClient]"
    id: str
    issuer: str

    def forget(self, issuer: str, subject: str) -> None:
        """Deletes the account, which ends its refresh tokens; access tokens live on some minutes, and open nothing."""
        if issuer != self.issuer or not self.id:
            return
        client, username = self.client(), self._username(subject)
        if username is None:
            return
        try:
            client.admin_delete_user(UserPoolId=self.id, Username=username)
        except client.exceptions.UserNotFoundException:
            return

    def end_sign_ins(self, issuer: str, subject: str) -> None:
        """Ends all refresh tokens. Access tokens live on some minutes, and open no socket: see `is_signed_in`."""
        if issuer != self.issuer or not self.id:
            return
        client, username = self.client(), self._username(subject)
        if username is None:
            return
        try:
            client.admin_user_global_sign_out(UserPoolId=self.id, Username=username)
        except client.exceptions.UserNotFoundException:
            return

    def _username(self, subject: str) -> str | None:
        """What the pool calls a login; None if it is gone. The subject of a login from another provider is not its
        username, which is the provider's name and id there."""
        found = self.client().list_users(UserPoolId=self.id, Filter=f'sub = "{subject}"', Limit=1)["Users"]
        return found[0]["Username"] if found else None

    def withdraw(self, invitation: str) -> None:
        """Nothing to do: the letters hold no link that lets anybody in."""
