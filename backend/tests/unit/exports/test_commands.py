"""The commands write a new private file or none, and fill an empty data folder or none, whenever they end."""

import json
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable, Generator
from contextlib import closing
from pathlib import Path
from threading import Event, Thread

import pytest
from click.testing import CliRunner, Result

from tests.support.altered_archive import altered, every, records
from tests.unit.exports.conftest import opened
from uconnect.adapters.sqlite import erasures
from uconnect.domain.context import Plan
from uconnect.domain.usecases import erasures as erasing
from uconnect.entrypoints.backups import journal
from uconnect.entrypoints.backups.archive import Refused
from uconnect.entrypoints.cli.main import main
from uconnect.entrypoints.exports import archive_file, data_export
from uconnect.entrypoints.exports.members import ACCOUNTS, LINKS, MEMBERS, Member, Row
from uconnect.entrypoints.server import data_folder
from uconnect.entrypoints.server.settings import Settings

KILLED_IN = """
import os, signal, sys
from uconnect.entrypoints.exports import data_import
from uconnect.entrypoints.cli.main import main
def die(*_): os.kill(os.getpid(), signal.SIGKILL)
setattr(data_import, sys.argv.pop(1), die)
main()
"""

pytestmark = pytest.mark.xdist_group("exports")  # one worker makes the university


def say(chosen: Settings, *words: str, typed: str = "", **more: str) -> Result:
    environment = {"DATA": str(chosen.data), "SITES": str(chosen.data.parent)} | more
    return CliRunner().invoke(main, [str(it) for it in words], input=typed, env=environment)


def test_an_export_is_a_new_file_for_this_account_alone(copied: Settings, tmp_path: Path) -> None:
    file = tmp_path / "all.zip"
    said = say(copied, "export", str(file))
    assert said.exit_code == 0, said.output
    assert "threads" in said.output
    assert "the hashes" not in said.output
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    before = file.read_bytes()
    said = say(copied, "export", str(file))
    assert (said.exit_code, file.read_bytes()) == (1, before)
    assert "exists already" in said.output
    assert [it.name for it in tmp_path.iterdir() if it.name.startswith(".")] == []


def test_an_export_that_is_cut_short_leaves_nothing(copied: Settings, tmp_path: Path) -> None:
    def stop(_: int, __: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        data_export.export(copied.database, tmp_path / "all.zip", stop)
    assert [it.name for it in tmp_path.iterdir() if "all" in it.name] == []


def test_an_export_says_what_is_not_in_it(copied: Settings, tmp_path: Path) -> None:
    with closing(sqlite3.connect(copied.database)) as connection:
        connection.execute(
            "INSERT INTO letter (id, written, recipient, subject, text, due) VALUES ('i', 1, 'a@x', 's', 't', 1)"
        )
        connection.commit()
    with data_folder.held(copied.data):
        said = say(copied, "export", str(tmp_path / "all.zip"))
    assert "e-mail" in said.output
    assert "what people write from now on is not in the file" in said.output
    with closing(sqlite3.connect(copied.database)) as connection:
        connection.execute("INSERT INTO issuer_email_change (subject, old, new) VALUES ('s', 'a@x', 'b@x')")
        connection.commit()
    said = say(copied, "export", str(tmp_path / "other.zip"))
    assert "Let uconnect run for a minute" in said.output


def test_a_folder_of_an_earlier_release_is_not_exported(copied: Settings, tmp_path: Path) -> None:
    with closing(sqlite3.connect(copied.database)) as connection:
        connection.execute("UPDATE migration SET version = version - 1 WHERE component = 'uconnect'")
        connection.commit()
    assert "is of an earlier release" in say(copied, "export", str(tmp_path / "all.zip")).output


def test_an_import_says_what_does_not_move_and_asks_first(exported: Path, new: Settings) -> None:
    said = say(new, "import", str(exported), typed="n\n")
    assert "Sign-ins, links in e-mails that were sent, and keys cannot be moved." in said.output
    assert said.output.index("cannot be moved") < said.output.index("Import it into")
    assert not new.database.exists()
    said = say(new, "import", str(exported), typed="y\n")
    assert said.exit_code == 0, said.output
    assert "Everybody must sign in again" in said.output
    assert stat.S_IMODE(new.database.stat().st_mode) == 0o600


def test_who_has_no_password_is_asked_to_choose_one(exported: Path, new: Settings, tmp_path: Path) -> None:
    """So it is after AWS, which gives nobody the hashes of its passwords."""
    forget = records(lambda it: it.update(password=""))
    file = altered(exported, tmp_path / "other.zip", {ACCOUNTS.name: forget})
    said = say(new, "import", str(file), "--yes")
    assert "1 account came without a password." in said.output
    with closing(sqlite3.connect(new.database)) as connection:
        asked = connection.execute("SELECT email FROM issuer_account WHERE password = ''").fetchall()
        letters = connection.execute("SELECT recipient, text FROM letter").fetchall()
    assert [it for it, _ in letters] == [it for (it,) in asked]
    assert new.url in letters[0][1]
    assert "Forgot your password?" in letters[0][1]


@pytest.mark.parametrize(("passwords", "letters"), [("on", ["never.came@town.example"]), ("off", [])])
def test_who_signs_in_with_another_provider_is_asked_for_no_password(
    exported: Path, new: Settings, tmp_path: Path, passwords: str, letters: list[str]
) -> None:
    """The users of the town are linked; who never came is not."""
    forget = every(lambda it: it.update(password="") if it["email"].endswith("@town.example") else None)
    file = altered(exported, tmp_path / "other.zip", {ACCOUNTS.name: forget})
    there = tmp_path / "providers.toml"
    there.write_text('[[provider]]\nid = "x"\nname = "X"\nissuer = "https://idp.example"\nclient_id = "y"\n')
    said = say(new, "import", str(file), "--yes", PROVIDERS=str(there), PASSWORDS=passwords)
    assert said.exit_code == 0, said.output
    assert ("1 account came without a password." in said.output) == bool(letters)
    with closing(sqlite3.connect(new.database)) as connection:
        assert connection.execute("SELECT recipient FROM letter").fetchall() == [(it,) for it in letters]


def test_an_archive_of_an_earlier_release_has_no_links(exported: Path, new: Settings, tmp_path: Path) -> None:
    file = tmp_path / "earlier.zip"
    with zipfile.ZipFile(exported) as archive, zipfile.ZipFile(file, "w") as written:
        for name in archive.namelist():
            content = archive.read(name)
            if name == "manifest.json":
                manifest = json.loads(content)
                del manifest["files"][LINKS.name]
                content = json.dumps(manifest).encode()
            if name != LINKS.name:
                written.writestr(name, content)
    assert say(new, "import", str(file), "--yes").exit_code == 0
    with closing(sqlite3.connect(new.database)) as connection:
        assert connection.execute("SELECT count(*) FROM issuer_link").fetchone() == (0,)


def test_a_folder_with_data_is_refused_and_stays_as_it_is(exported: Path, copied: Settings) -> None:
    before = messages(copied)
    said = say(copied, "import", str(exported), "--yes")
    assert (said.exit_code, "is not empty" in said.output) == (1, True)
    assert messages(copied) == before


def test_a_folder_that_was_served_and_never_used_is_empty(exported: Path, old: Settings, new: Settings) -> None:
    with opened(new.database):
        pass
    assert say(new, "import", str(exported), "--yes").exit_code == 0
    assert messages(new) == messages(old)
    assert [it.name for it in new.data.glob("*.sqlite")] == ["uconnect.sqlite"], "nothing else is left"


def test_a_folder_that_is_served_is_refused(exported: Path, new: Settings) -> None:
    with data_folder.held(new.data):
        said = say(new, "import", str(exported), "--yes")
    assert (said.exit_code, "Another uconnect" in said.output) == (1, True)


@pytest.mark.parametrize("killed_in", ["_insert", "put_in_place"])
def test_an_import_that_is_killed_has_changed_nothing_and_can_be_done_again(
    exported: Path, old: Settings, new: Settings, killed_in: str
) -> None:
    environment = os.environ | {"DATA": str(new.data), "SITES": str(new.data.parent)}
    command = [sys.executable, "-c", KILLED_IN, killed_in, "import", str(exported), "--yes"]
    done = subprocess.run(command, env=environment, capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    assert not new.database.exists()
    said = say(new, "import", str(exported), "--yes")
    assert said.exit_code == 0, said.output
    assert messages(new) == messages(old)
    assert [it.name for it in new.data.glob("*.sqlite*")] == ["uconnect.sqlite"]


def messages(chosen: Settings) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(chosen.database)) as connection:
        found = connection.execute("SELECT thread, body FROM entry ORDER BY thread, seq").fetchall()
        connection.execute("PRAGMA journal_mode=DELETE")
    return found


def test_what_was_deleted_since_the_export_is_deleted_again(copied: Settings, new: Settings, tmp_path: Path) -> None:
    """Leak 29: the journal lies beside the archive."""
    with closing(sqlite3.connect(copied.database)) as connection:
        store = erasures.ensure_store_id(connection)
        connection.commit()
        (thread,) = connection.execute("SELECT thread FROM entry LIMIT 1").fetchone()
    file = tmp_path / "all.zip"
    data_export.export(copied.database, file)
    with opened(copied.database) as there:
        assert isinstance(there.run(lambda context: erasing.erase_thread(context, thread)), Plan)
    assert "There is no journal" in say(new, "import", str(file), typed="n\n").output
    journal.append(tmp_path / journal.NAME, [("store", store, 1), ("thread", thread, 1)])
    said = say(new, "import", str(file), "--yes")
    assert "There is no journal" not in said.output
    assert "Deleted again, because people deleted it after the export: 1 item." in said.output
    with closing(sqlite3.connect(new.database)) as connection:
        assert connection.execute("SELECT 1 FROM thread WHERE id = ?", (thread,)).fetchone() is None


def test_of_two_exports_into_one_file_the_first_is_whole_and_the_other_is_refused(tmp_path: Path) -> None:
    file, left = tmp_path / "all.zip", tmp_path / ".all.zip.partial"
    left.touch()  # by one that was killed

    def rows(before_the_last: Callable[[], object]) -> Callable[[Member], Generator[Row]]:
        def of(member: Member) -> Generator[Row]:
            if member is MEMBERS[-1]:
                before_the_last()
            yield from ()

        return of

    def begin_other() -> None:
        other.start()
        assert begun.wait(60)

    def wait_in_the_middle() -> None:
        begun.set()
        done.wait(60)

    def second() -> None:
        with pytest.raises(Refused, match="exists already"):
            archive_file.write(file, rows(wait_in_the_middle), 1, None, lambda: None)
        refused.set()

    begun, done, refused = Event(), Event(), Event()
    other = Thread(target=second)
    try:
        archive_file.write(file, rows(begin_other), 1, None, lambda: None)
        assert archive_file.read_manifest(file).lines == 0, "the other is still being written"
    finally:
        done.set()
        other.join()
    assert refused.is_set()
    assert [it.name for it in tmp_path.iterdir()] == ["all.zip"]
