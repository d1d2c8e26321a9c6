"""SQLite as uconnect uses it: one writer that commits in groups, readers that cannot write, numbered migrations."""

from uconnect.adapters.sqlite.check import Damaged, check
from uconnect.adapters.sqlite.engine import Database
from uconnect.adapters.sqlite.migrations import Migrations

__all__ = ["Damaged", "Database", "Migrations", "check"]
