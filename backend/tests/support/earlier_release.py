"""The tables of the first release."""

from uconnect.adapters.sqlite import Migrations, erasures
from uconnect.entrypoints.server.container import MIGRATIONS

FIRST_RELEASE = [Migrations(it.component, it.scripts[:1]) for it in MIGRATIONS if it is not erasures.LOGIN_MIGRATIONS]
