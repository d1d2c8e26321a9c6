"""Opens SQLite files with one writer that commits in groups, readers that cannot write, and numbered migrations."""

from uconnect.adapters.sqlite.check import Damaged, check
from uconnect.adapters.sqlite.engine import Database, Watcher
from uconnect.adapters.sqlite.lanes import Lent
from uconnect.adapters.sqlite.migrations import Migrations

__all__ = ["Damaged", "Database", "Lent", "Migrations", "Watcher", "check"]
