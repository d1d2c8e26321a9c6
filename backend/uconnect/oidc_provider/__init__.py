"""The built-in OpenID Connect provider: e-mail and password or other providers, three sites, one SQLite file."""

from uconnect.oidc_provider.accounts import Accounts, EmailTaken, end_sign_ins, forget
from uconnect.oidc_provider.invitations import withdraw
from uconnect.oidc_provider.routes import Provider
from uconnect.oidc_provider.schema import MIGRATIONS
from uconnect.oidc_provider.sessions import sign_everybody_out
from uconnect.oidc_provider.settings import Client, Limits

__all__ = [
    "MIGRATIONS",
    "Accounts",
    "Client",
    "EmailTaken",
    "Limits",
    "Provider",
    "end_sign_ins",
    "forget",
    "sign_everybody_out",
    "withdraw",
]
