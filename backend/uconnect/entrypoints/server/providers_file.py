"""The file that PROVIDERS names: the OpenID providers of others that people may sign in with.

What is wrong in it is refused at start, with a sentence that says where. No secret is shown.
"""

import json
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import msgspec
from joserfc.errors import JoseError
from msgspec import Meta, Struct

from uconnect.domain.enums import Kind
from uconnect.entrypoints.server.settings_values import Fault, domains
from uconnect.oidc_provider.upstream_authentication import algorithm_of
from uconnect.oidc_provider.upstream_fetch import is_safe
from uconnect.oidc_provider.upstream_settings import Rule, Upstream
from uconnect.oidc_provider.upstream_tokens import KEY_TYPES

MOST = 10  # providers: each is a button
LARGEST = 64 * 1024  # bytes of a file with a secret

Text = Annotated[str, Meta(min_length=1, max_length=200)]


class RuleEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """A line of the rule table: who may be what."""

    claim: Text
    may_be: Annotated[tuple[Kind, ...], Meta(min_length=1)]
    equals: str = ""
    contains: str = ""


class ProviderEntry(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A provider, as docs/sign-in.md describes it."""

    id: Annotated[str, Meta(pattern="^[a-z0-9-]{1,32}$")]
    name: Text
    issuer: Text
    client_id: Text
    secret_file: str = ""
    secret_in: Literal["header", "body"] = "header"  # noqa: S105
    key_file: str = ""
    button: Annotated[str, Meta(max_length=60)] = ""
    sites: Annotated[tuple[Kind, ...], Meta(min_length=1)] = tuple(Kind)
    scopes: tuple[Text, ...] = ("openid", "email", "profile")
    email_claim: Text = "email"
    name_claim: Text = "name"
    verified_claim: str = "email_verified"
    domains: tuple[Text, ...] = ()
    believed_domains: tuple[Text, ...] = ()
    rules: tuple[RuleEntry, ...] = ()
    hours: Annotated[int, Meta(ge=1, le=720)] = 12
    says_auth_time: bool = True
    second_factor: bool = False


class ProvidersFile(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    provider: Annotated[tuple[ProviderEntry, ...], Meta(min_length=1, max_length=MOST)]


def read_providers(file: Path) -> tuple[Upstream, ...]:
    """The providers of a file. Raises Fault."""
    try:
        said = tomllib.loads(_text(file))
        entries = msgspec.convert(said, ProvidersFile).provider
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, RecursionError) as error:
        raise Fault(f"That file cannot be used: {error}. docs/sign-in.md says what is in it.") from None
    for what in ("id", "issuer"):
        if len({getattr(it, what) for it in entries}) < len(entries):
            raise Fault(f"Two of its providers have the same {what}. Give each one of its own.")
    return tuple(_upstream(file.parent, it) for it in entries)


def _upstream(folder: Path, entry: ProviderEntry) -> Upstream:
    where = f"Its provider {entry.id} has "
    parts = urlsplit(entry.issuer)
    if not is_safe(entry.issuer) or parts.query:
        raise Fault(f"{where}an issuer that is not an https:// address, such as https://idp.uni.edu.")
    if "openid" not in entry.scopes:
        raise Fault(f'{where}scopes without "openid". Add it.')
    if entry.secret_file and entry.key_file:
        raise Fault(f"{where}a secret_file and a key_file. Remove one of them.")
    return Upstream(
        id=entry.id,
        name=entry.name,
        issuer=entry.issuer,
        client_id=entry.client_id,
        secret=_text(folder / entry.secret_file).strip() if entry.secret_file else "",
        key=_key(folder / entry.key_file) if entry.key_file else None,
        post_secret=entry.secret_in == "body",  # noqa: S105
        button=entry.button,
        kinds=frozenset(entry.sites),
        scopes=entry.scopes,
        email_claim=entry.email_claim,
        name_claim=entry.name_claim,
        verified_claim=entry.verified_claim,
        domains=_domains(entry.domains, where),
        believed_domains=_domains(entry.believed_domains, where),
        rules=tuple(_rule(it, where) for it in entry.rules),
        hours=entry.hours,
        says_auth_time=entry.says_auth_time,
        second_factor=entry.second_factor,
    )


def _rule(entry: RuleEntry, where: str) -> Rule:
    if bool(entry.equals) == bool(entry.contains):
        raise Fault(f"{where}a rule for {entry.claim!r} that needs either equals or contains.")
    kinds = frozenset(entry.may_be)
    return Rule(entry.claim, entry.equals or entry.contains, kinds, contains=bool(entry.contains))


def _domains(listed: tuple[str, ...], where: str) -> tuple[str, ...]:
    try:
        return domains(", ".join(listed))
    except Fault:
        raise Fault(f'{where}domains that are none. Write them as "uni.edu" or "*.uni.edu".') from None


def _key(file: Path) -> dict[str, Any]:
    """A private key as a JWK (RFC 7517)."""
    try:
        said = json.loads(_text(file))
        key = KEY_TYPES[said["kty"]].import_key(said)
        algorithm_of(key)
        if not key.is_private:
            raise ValueError
    except (ValueError, TypeError, KeyError, JoseError, RecursionError):
        raise Fault(f"{file} is not a private key. Write it there as a JWK, of the type EC, RSA or OKP.") from None
    return dict(said)


def _text(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            found = opened.read(LARGEST + 1)
        if not found.strip() or len(found) > LARGEST:
            raise Fault(f"{file} is empty, or larger than {LARGEST} bytes.")
        return found.decode("utf-8-sig")
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else "it is not a text in UTF-8"
        raise Fault(f"{file} cannot be read: {why}.") from None
