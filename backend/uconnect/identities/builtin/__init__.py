"""Our own OpenID Connect issuer: e-mail and password, three sites, one SQLite file."""

from uconnect.identities.builtin.accounts import Accounts, EmailTaken, forget
from uconnect.identities.builtin.clients import Client
from uconnect.identities.builtin.invitations import withdraw
from uconnect.identities.builtin.issuer import Issuer
from uconnect.identities.builtin.limits import Limits
from uconnect.identities.builtin.post import Post
from uconnect.identities.builtin.schema import MIGRATIONS

__all__ = ["MIGRATIONS", "Accounts", "Client", "EmailTaken", "Issuer", "Limits", "Post", "forget", "withdraw"]
