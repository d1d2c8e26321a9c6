"""Our own OpenID Connect issuer: e-mail and password, three sites, one SQLite file."""

from uconnect.oidc_provider.accounts import Accounts, EmailTaken, forget
from uconnect.oidc_provider.clients import Client
from uconnect.oidc_provider.invitations import withdraw
from uconnect.oidc_provider.limits import Limits
from uconnect.oidc_provider.mailer import Mailer
from uconnect.oidc_provider.provider import Provider
from uconnect.oidc_provider.schema import MIGRATIONS

__all__ = ["MIGRATIONS", "Accounts", "Client", "EmailTaken", "Limits", "Mailer", "Provider", "forget", "withdraw"]
