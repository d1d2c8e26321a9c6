"""SQLite as uconnect uses it: one writer that commits in groups, readers that cannot write, numbered migrations."""

from uconnect.sqlite.check import Damaged, check
from uconnect.sqlite.database import Database
from uconnect.sqlite.migrations import Migrations

__all__ = ["Damaged", "Database", "Migrations", "check"]
