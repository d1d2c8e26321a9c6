"""Applies numbered migrations: each runs once, in order, in the transaction that records it."""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass


class NewerSchema(Exception):
    """The data folder was written by a later release; opening it could lose what that release stored."""


Step = str | Callable[[sqlite3.Connection], None]


@dataclass(frozen=True, slots=True)
class Migrations:
    """The schema of one component, as scripts whose position is their version (the first is 1).

    A script is a sequence of steps: single SQL statements, and functions where SQL cannot say what is to change. A
    released script is never edited, a change is a new script.
    """

    component: str
    scripts: Sequence[Sequence[Step]]

    def are_due(self, connection: sqlite3.Connection) -> bool:
        """Whether the component's tables are of an earlier release. Raises NewerSchema if they are of a later one."""
        return self._version(connection) < len(self.scripts)

    def apply(self, connection: sqlite3.Connection) -> None:
        """Bring the component's tables to this release's version. Raises NewerSchema if they are ahead of it."""
        connection.execute("CREATE TABLE IF NOT EXISTS migration (component TEXT PRIMARY KEY, version INT NOT NULL)")
        have = self._version(connection)
        for version, script in enumerate(self.scripts[have:], have + 1):
            connection.execute("BEGIN IMMEDIATE")
            with connection:  # commits, or undoes it all
                for step in script:
                    if isinstance(step, str):
                        connection.execute(step)
                    else:
                        step(connection)
                connection.execute("INSERT OR REPLACE INTO migration VALUES (?, ?)", (self.component, version))

    def _version(self, connection: sqlite3.Connection) -> int:
        """The version of the component's tables, 0 if it has none. Raises NewerSchema."""
        row = connection.execute("SELECT version FROM migration WHERE component = ?", (self.component,)).fetchone()
        have = int(row[0]) if row else 0
        if have > len(self.scripts):
            raise NewerSchema(
                f"The data folder has {self.component} schema {have}, but this release knows only {len(self.scripts)}."
                " Start the newer release, or restore a backup from before the upgrade."
            )
        return have
