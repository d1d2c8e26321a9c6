"""The operator's drills: the bad days of a machine, each with the tests that live through it. No result stands here."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Drill:
    """One bad day. `tests` are below backend/tests; `full` tries as much as `make prove` does."""

    name: str
    day: str
    holds: str
    tests: tuple[str, ...]
    full: bool = False


DRILLS = (
    Drill(
        "backup under load",
        "A backup is written while people write",
        "It holds all that was acknowledged before it began",
        ("resilience/test_backups.py::test_a_backup_under_load_has_all_that_was_acknowledged_before",),
    ),
    Drill(
        "backup killed",
        "A backup is killed (-9) at random moments",
        "None is taken for a whole one; the data is as it was",
        ("resilience/test_backups.py::test_a_backup_that_is_killed_leaves_no_backup",),
        full=True,
    ),
    Drill(
        "restore",
        "The machine is lost, or its data file; a backup is put back",
        "All is there; what was deleted since is not; everybody is signed out; damaged and foreign backups are refused",
        ("unit/backups/test_backups.py", "unit/backups/test_journal.py"),
    ),
    Drill(
        "restore on AWS",
        "A table is restored to an earlier moment, beside the one in use",
        "The stack uses it; what was deleted since is not there; an interrupted restore continues",
        ("unit/deploy/test_restore_on_emulator.py",),
    ),
    Drill(
        "restore killed",
        "A restore is killed (-9) at random moments",
        "The data folder is the old one or the new one, whole",
        ("resilience/test_backups.py::test_a_restore_that_is_killed_leaves_the_old_or_the_new",),
        full=True,
    ),
    Drill(
        "backups by the clock",
        "Backups are due; their folder is missing, or full of old ones",
        "They are written, the oldest go, and a folder that fails is told",
        ("unit/backups/test_schedule.py",),
    ),
    Drill(
        "upgrade",
        "A data folder of each earlier schema is opened; an upgrade is tried on a copy",
        "All rows are there, and the schema is a new one's",
        ("resilience/test_schemas.py", "unit/backups/test_upgrade.py"),
    ),
    Drill(
        "upgrade killed",
        "An upgrade of 50,000 threads is killed (-9) at random moments, and done again",
        "All rows are there",
        ("resilience/test_backups.py::test_an_upgrade_that_is_killed_goes_on_where_it_was",),
    ),
    Drill(
        "upgrade killed at each statement",
        "An upgrade from the first release is killed (-9) before each statement that SQLite runs",
        "The next start completes it, and all rows are there",
        ("resilience/test_migrations_killed.py",),
        full=True,
    ),
    Drill(
        "disk full",
        "The disk takes no more, and takes it again; it is full at the start",
        "Nothing acknowledged is lost; who writes is told; health turns red",
        ("resilience/test_disk.py", "resilience/test_full_at_start.py"),
    ),
    Drill(
        "server killed",
        "The server is killed (-9) under load and started again",
        "Every acknowledged message is there, once",
        ("resilience/test_kept.py",),
    ),
    Drill(
        "ill in other ways",
        "A background task dies, the mail server is gone, a page is damaged, the data folder is deleted underneath",
        "Health says which; people are told; the rest goes on",
        ("resilience/test_ill.py",),
    ),
    Drill(
        "mail server ill",
        "The mail server hangs, hangs up, refuses, or comes back after a day",
        "Letters wait and are sent once",
        ("unit/mail/test_smtp.py",),
    ),
    Drill(
        "two servers, a demo's folder, a port that is taken",
        "What an operator starts by mistake",
        "It is refused in words",
        ("resilience/test_data_folder.py", "resilience/test_one_command.py"),
    ),
    Drill(
        "clock",
        "The clock is set back, and jumps",
        "The order of messages has no gap, and nobody waits for the jump",
        ("resilience/test_turned.py",),
    ),
    Drill(
        "everybody comes back",
        "All are cut off at once",
        "All come back, with the same log",
        ("resilience/test_reconnecting.py",),
    ),
    Drill(
        "server started again",
        "The server is started again while 10,000 sockets are open, and some of them write",
        "All come back, and nothing that was acknowledged is lost",
        ("resilience/test_restarted.py",),
        full=True,
    ),
)
