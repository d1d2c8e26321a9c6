"""`uconnect doctor` finds each trouble, says it in one line and what to do, and tells monitors by its exit status."""

import json
import os
import re
import shutil
import sqlite3
import ssl
import time
from collections import namedtuple
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.support.loopback_http import QuietHandler, running
from tests.support.ports import free_port
from tests.unit.mail.certificates import certificate
from tests.unit.server.server_in_process import ServerInProcess
from uconnect.adapters.mail import Email
from uconnect.adapters.sqlite import Damaged
from uconnect.domain.context import Plan
from uconnect.domain.jobs import ReturnThreads
from uconnect.domain.models import Job
from uconnect.entrypoints.cli.checks import findings, service
from uconnect.entrypoints.cli.main import main
from uconnect.entrypoints.server import data_folder

CHECKS = ["settings", "folder", "release", "integrity", "counts", "clock", "emails", "jobs", "signing_key"]
CHECKS += ["disk", "server", "certificate"]
SMTP = {"SMTP": "smtp://127.0.0.1:9", "MAIL_FROM": "help@uni.edu"}
Usage = namedtuple("Usage", ("total", "used", "free"))
DAY = timedelta(days=1)


class Doctor:
    """The command on the test's data folder."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.exit = -1

    def ask(self, *options: str, **environment: str) -> dict[str, Any]:
        """What it found, by check."""
        usual = {"DATA": str(self.data), "SITES": str(self.data), "PORT": "8000"}
        result = CliRunner().invoke(main, ["doctor", "--json", *options], env=usual | environment)
        self.exit = result.exit_code
        self.report = json.loads(result.output)
        return {it["check"]: it for it in self.report["checks"]}

    def status(self, check: str, *options: str, **environment: str) -> str:
        found = self.ask(*options, **environment)[check]
        self.says, self.do = found["says"], found["do"]
        return str(found["status"])


@pytest.fixture
def doctor(tmp_path: Path, server: ServerInProcess) -> Doctor:
    (tmp_path / "data").chmod(0o700)
    for it in (tmp_path / "data").iterdir():
        it.chmod(0o600)
    return Doctor(tmp_path / "data")


def text(doctor: Doctor, *options: str, **environment: str) -> tuple[int, list[str]]:
    usual = {"DATA": str(doctor.data), "SITES": str(doctor.data), "PORT": "8000"}
    result = CliRunner().invoke(main, ["doctor", *options], env=usual | environment)
    return result.exit_code, result.output.splitlines()


def test_each_check_is_one_line(doctor: Doctor) -> None:
    status, lines = text(doctor)
    assert [line[9:].partition(":")[0] for line in lines] == CHECKS
    assert {line[:9].strip() for line in lines} == {"ok", "warning"}
    assert "ok       integrity: The data file is whole." in lines
    assert "ok       counts: The counts of threads are right." in lines
    assert any(line.startswith("warning  server: No server runs in") for line in lines)
    assert status == 1


def test_the_shape_for_monitors_stays_the_same(doctor: Doctor) -> None:
    found = doctor.ask()
    assert list(found) == CHECKS
    assert (doctor.report["version"], doctor.report["status"], doctor.exit) == (1, "warning", 1)
    assert doctor.report.keys() == {"version", "status", "checks"}
    for each in found.values():
        assert each.keys() == {"check", "status", "says", "do"}
        assert each["status"] in ("ok", "warning", "failed")
        assert each["says"].endswith(".")


def test_quick_leaves_out_what_reads_the_whole_file(doctor: Doctor) -> None:
    assert list(doctor.ask("--quick")) == [it for it in CHECKS if it not in ("integrity", "counts")]


def test_it_changes_nothing(doctor: Doctor, server: ServerInProcess) -> None:
    def dump() -> list[str]:
        return server.container.database.read(lambda connection: list(connection.iterdump()))

    before = dump()
    doctor.ask()
    assert dump() == before


# --- settings


def test_a_setting_that_is_wrong_is_said_and_nothing_else_is_checked(doctor: Doctor) -> None:
    assert doctor.status("settings", PORT="eighty") == "failed"
    assert doctor.says == "PORT is 'eighty'. Set it to a number from 1 to 65535, such as 8000."
    assert len(doctor.report["checks"]) == 1
    assert doctor.exit == 2


def test_a_name_that_is_almost_a_setting_is_said(doctor: Doctor) -> None:
    assert doctor.status("settings", SMTPS="smtp://x", ISSUER="x") == "warning"
    assert doctor.says == "ISSUER is ignored: only the AWS version uses it. SMTPS is ignored. Did you mean SMTP?"


def test_the_file_of_settings_is_named_and_kept_private(doctor: Doctor, tmp_path: Path) -> None:
    assert doctor.status("settings") == "ok"
    assert doctor.says == "They are valid. They come from the environment, and no file."
    file = tmp_path / "settings.toml"
    file.write_text('smtp = "smtp://ada:secret@127.0.0.1"\nmail_from = "help@uni.edu"\n')
    file.chmod(0o600)
    assert doctor.status("settings", CONFIG=str(file)) == "ok"
    assert str(file) in doctor.says
    file.chmod(0o644)
    assert doctor.status("settings", CONFIG=str(file)) == "warning"
    assert doctor.do == f"Run: chmod 600 {file}"
    assert "secret" not in json.dumps(doctor.report)


# --- the data folder


def test_a_folder_without_data_is_said(tmp_path: Path) -> None:
    doctor = Doctor(tmp_path / "nothing")
    assert doctor.status("folder") == "failed"
    assert "contains no data of uconnect" in doctor.says
    assert doctor.exit == 2
    assert not (tmp_path / "nothing").exists()


def test_a_folder_that_cannot_be_read_is_said(doctor: Doctor, tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("")
    data = str(tmp_path / ("long" * 100))
    assert doctor.status("folder", DATA=data, CONFIG=str(tmp_path / "settings.toml")) == "failed"
    assert doctor.says == f"{data}/uconnect.sqlite cannot be read: File name too long."
    assert [it["check"] for it in doctor.report["checks"]] == ["settings", "folder"]


def test_a_folder_that_others_can_read_is_said(doctor: Doctor) -> None:
    (doctor.data / "uconnect.sqlite").chmod(0o644)
    assert doctor.status("folder") == "failed"
    assert "Run: chmod 600" in doctor.says


def test_a_store_of_another_release_is_said_and_left_as_it_is(doctor: Doctor, server: ServerInProcess) -> None:
    def at(change: str) -> None:
        server.container.database.write(
            lambda c: c.execute(f"UPDATE migration SET version = version {change} WHERE component = 'mails'").rowcount
        )

    at("- 1")
    assert doctor.status("release") == "failed"
    assert doctor.says == "The store is from an earlier release."
    assert "integrity" not in doctor.ask()
    with data_folder.held(doctor.data):
        assert doctor.status("release") == "failed"
        assert doctor.do == "Restart the server with this release."
    assert doctor.status("release") == "failed", "the check did not update it"
    at("+ 2")
    assert doctor.status("release") == "failed"
    assert "Start the newer release" in doctor.says


def test_a_damaged_file_is_said(doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    def check(_: Path) -> bool:
        raise Damaged

    monkeypatch.setattr("uconnect.entrypoints.cli.checks.store.check", check)
    assert doctor.status("integrity") == "failed"
    assert doctor.says.startswith("The data file is damaged")
    assert "emails" not in doctor.ask(), "nothing is read from it"
    assert doctor.exit == 2


def test_a_file_that_is_no_store_is_said(doctor: Doctor, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir(0o700)
    (other / "uconnect.sqlite").write_bytes(b"no database, but long enough" * 500)
    (other / "uconnect.sqlite").chmod(0o600)
    assert Doctor(other).status("release") == "failed"


def test_counts_that_are_wrong_are_said_and_corrected(doctor: Doctor, server: ServerInProcess) -> None:
    wrong = "INSERT INTO thread_count VALUES ('s', 'received', 'ended', 7)"
    server.container.database.write(lambda connection: connection.execute(wrong).rowcount)
    assert doctor.status("counts") == "failed"
    assert doctor.says == "Wrong counts of threads: 1."
    assert doctor.do == "To correct them: uconnect doctor --repair"
    assert doctor.status("counts", "--repair") == "ok"
    assert doctor.says == "Wrong counts of threads: 1. They are correct now."
    assert doctor.status("counts") == "ok"


@pytest.mark.parametrize(("free", "status"), [(10_000_000, "failed"), (500_000_000, "warning"), (5_000_000_000, "ok")])
def test_a_disk_that_fills_is_said(doctor: Doctor, monkeypatch: pytest.MonkeyPatch, free: int, status: str) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10**12, 10**12 - free, free))
    assert doctor.status("disk") == status
    assert "the store has " in doctor.says


def test_a_disk_has_room_for_the_store_once_more(doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10**12, 0, 5_000_000_000))
    with (doctor.data / "uconnect.sqlite-wal").open("r+b") as log:
        log.truncate(6_000_000_000)  # a sparse file
    try:
        assert doctor.status("disk", "--quick") == "warning"
        assert doctor.says == "5 GB are free; the store has 6 GB."
    finally:
        os.truncate(doctor.data / "uconnect.sqlite-wal", 0)


def test_a_clock_that_was_set_back_is_said(doctor: Doctor, server: ServerInProcess) -> None:
    assert doctor.status("clock") == "ok"
    later = str((int(time.time()) + 86_400) * 10**9)
    probe = "INSERT OR REPLACE INTO data_folder (what, value) VALUES ('probe', ?)"
    server.container.database.write(lambda c: c.execute(probe, (later,)).rowcount)
    assert doctor.status("clock") == "failed"
    assert "but the store was last written at" in doctor.says
    assert "timedatectl" in doctor.do


# --- what waits


def letter(server: ServerInProcess, ago: int = 0) -> None:
    email = Email("ada@example.org", "A subject", "Words")
    server.container.database.write(lambda c: server.container.outbox.put(c, email))
    old = "UPDATE letter SET written = written - ?, due = due - ?"
    server.container.database.write(lambda c: c.execute(old, (ago, ago)).rowcount)


def test_emails_that_wait_are_said(doctor: Doctor, server: ServerInProcess) -> None:
    assert doctor.status("emails") == "ok"
    assert doctor.says == "No mail server is set. No e-mails saved here."
    assert doctor.status("emails", URL="https://ask.uni.edu") == "warning", "people wait for their codes"
    letter(server)
    assert doctor.status("emails", **SMTP) == "ok"
    assert doctor.says.startswith("Waiting: 1 e-mail, the oldest for ")
    letter(server, ago=400)
    assert doctor.status("emails", **SMTP) == "warning"
    assert doctor.do == "They are sent while the server runs: uconnect serve"
    with data_folder.held(doctor.data):
        assert doctor.status("emails", **SMTP) == "failed"
        assert "uconnect mail test ADDRESS" in doctor.do
    assert "ada@" not in json.dumps(doctor.report)


def test_emails_that_are_put_off_for_an_hour_are_said(doctor: Doctor, server: ServerInProcess) -> None:
    letter(server, ago=66 * 60)
    server.container.database.write(lambda c: c.execute("UPDATE letter SET due = written + 5000").rowcount)
    assert doctor.status("emails", **SMTP) == "warning"
    assert re.search("the oldest for 6[67] minutes", doctor.says)


def test_refused_emails_are_counted(doctor: Doctor, server: ServerInProcess) -> None:
    letter(server)
    server.wait(server.container.outbox.refuse(1, 550))
    assert doctor.status("emails", **SMTP) == "ok", "anyone who mistypes an address makes one"
    assert doctor.says == "Waiting: no e-mails. Refused for good: 1 e-mail."


def job(server: ServerInProcess, id: str, due: int) -> None:
    server.run(lambda context: Plan(None, puts=(Job(id=id, due=due, task=ReturnThreads("walt")),)))


def test_jobs_that_are_overdue_or_set_aside_are_said(doctor: Doctor, server: ServerInProcess) -> None:
    assert doctor.status("jobs") == "ok"
    job(server, "aside", 9 * 10**14)
    assert doctor.status("jobs") == "warning"
    assert doctor.says == "Due: no jobs. Set aside: 1 job."
    assert "uconnect jobs retry" in doctor.do
    job(server, "late", int(time.time() - 400) * 1000)
    assert doctor.status("jobs") == "warning"
    assert doctor.do == "They run while the server runs: uconnect serve"
    with data_folder.held(doctor.data):
        assert doctor.status("jobs") == "failed"
    assert "walt" not in json.dumps(doctor.report)


# --- what people reach


@contextmanager
def answering(answers: dict[str, Any], shown: ssl.SSLContext | None = None) -> Iterator[int]:
    """Something on a port of the loopback that answers so, by path; what it does not know is 404."""

    class Handler(QuietHandler):
        def do_GET(self) -> None:  # noqa: N802 - the name of http.server
            found = answers.get(self.path)
            body = found if isinstance(found, bytes) else json.dumps(found).encode()
            self.answer_with(200 if found is not None else 404, body)

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if shown:
        http.socket = shown.wrap_socket(http.socket, server_side=True)
    with running(http):
        yield http.server_port


@pytest.mark.parametrize(
    ("health", "status"),
    [
        ({"status": "pass", "reasons": []}, "ok"),
        ({"status": "warn", "reasons": ["jobs_set_aside"]}, "warning"),
        ({"status": "fail", "reasons": ["mail_stands"]}, "failed"),
        ({}, "failed"),
        ([], "failed"),
        (b"<html>another program</html>", "failed"),
        (None, "failed"),
    ],
)
def test_what_the_server_says_of_itself_is_told(doctor: Doctor, health: Any, status: str) -> None:
    with data_folder.held(doctor.data), answering({"/api/health": health}) as port:
        assert doctor.status("server", URL=f"http://localhost:{port}") == status
    for reason in health.get("reasons", ()) if isinstance(health, dict) else ():
        assert reason in doctor.says


def test_sign_in_is_at_the_address_that_people_open(doctor: Doctor) -> None:
    answers: dict[str, Any] = {"/api/health": {"status": "pass"}}
    with data_folder.held(doctor.data), answering(answers) as port:
        url = f"http://localhost:{port}"
        assert doctor.status("sign_in", URL=url) == "failed"
        answers["/.well-known/openid-configuration"] = {"issuer": "http://localhost:1"}
        assert doctor.status("sign_in", URL=url) == "failed"
        assert "Set URL to the address people open" in doctor.do
        answers["/.well-known/openid-configuration"] = {"issuer": url}
        assert doctor.status("sign_in", URL=url) == "ok"


def test_a_server_that_cannot_be_reached_is_said(doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "WAIT", 0.2)
    port = free_port()
    with data_folder.held(doctor.data):
        found = doctor.ask(URL=f"http://localhost:{port}", PORT=str(port))
    for check in ("server", "sign_in"):
        assert found[check]["status"] == "failed"
        assert "cannot be reached: Connection refused." in found[check]["says"]
        assert found[check]["do"] == "Start the doctor with the same PORT and URL as the server."
    with data_folder.held(doctor.data):
        found = doctor.ask(URL=f"https://localhost:{port}", PORT=str(port))
        other = doctor.ask(URL=f"http://localhost:{port}", PORT="8123")
    assert "Does the server in front run" in found["server"]["do"]
    assert "listens on PORT 8123, and URL leads to another. Remove URL" in other["server"]["do"]


@pytest.mark.parametrize(
    ("since", "until", "status"),
    [
        (10 * DAY, 80 * DAY, "ok"),
        (75 * DAY, 15 * DAY, "warning"),
        (1 * DAY, 5 * DAY, "ok"),
        (5 * DAY, 1 * DAY, "warning"),
        (90 * DAY, -1 * DAY, "failed"),
    ],
)
def test_a_certificate_that_ends_is_said_in_time(
    doctor: Doctor, tmp_path: Path, since: timedelta, until: timedelta, status: str
) -> None:
    """A quarter of its time before its end, or three weeks: some certificates are good for six days."""
    shown = certificate("localhost", tmp_path, since, until).shown
    with answering({}, shown) as port:
        environment = {"URL": f"https://localhost:{port}", "SSL_CERT_FILE": str(tmp_path / "both.pem")}
        assert doctor.status("certificate", **environment) == status
    if status == "failed":
        assert "certificate has expired" in doctor.says


def test_a_certificate_that_nobody_vouches_for_is_said(doctor: Doctor, tmp_path: Path) -> None:
    shown = certificate("localhost", tmp_path).shown
    with data_folder.held(doctor.data), answering({"/api/health": {"status": "pass"}}, shown) as port:
        found = doctor.ask(URL=f"https://localhost:{port}")
    assert found["certificate"]["says"] == "The certificate of localhost is not valid: self-signed certificate."
    assert "its certificate is not valid, self-signed certificate" in found["server"]["says"]
    assert doctor.exit == 2


def test_without_https_no_certificate_is_needed(doctor: Doctor) -> None:
    assert doctor.status("certificate") == "ok"


def test_a_file_that_is_no_data_file_is_to_be_replaced(tmp_path: Path) -> None:
    folder = tmp_path / "junk"
    folder.mkdir(mode=0o700)
    (folder / "uconnect.sqlite").write_text("this is no data file of uconnect")
    (folder / "uconnect.sqlite").chmod(0o600)
    doctor = Doctor(folder)
    assert doctor.status("release") == "failed"
    assert doctor.says == "The data file cannot be read: file is not a database."
    assert doctor.do == "Stop the server, and put your latest backup in its place: uconnect restore FILE"


def test_a_check_that_cannot_be_made_is_told_and_the_others_are_made(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: Any) -> Any:
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr("uconnect.adapters.sqlite.job_queue.status", fails)
    assert doctor.status("jobs") == "failed"
    assert doctor.says == "The data file cannot be read: disk I/O error."
    assert list(doctor.ask()) == CHECKS


@pytest.mark.parametrize(
    ("size", "shown"), [(0, "0 bytes"), (999, "999 bytes"), (1500, "1.5 KB"), (5 * 10**9, "5 GB"), (2 * 10**12, "2 TB")]
)
def test_sizes_are_in_words(size: int, shown: str) -> None:
    assert findings.size_text(size) == shown


def test_durations_are_in_words() -> None:
    found = [findings.duration_text(it) for it in (1, 119, 120, 7200, 200_000)]
    assert found == ["1 second", "119 seconds", "2 minutes", "2 hours", "2 days"]


def _backup(folder: Path, hours: float) -> None:
    folder.mkdir(exist_ok=True)
    taken = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(time.time() - hours * 3600))
    (folder / f"uconnect-{taken}.backup").write_text("", "utf-8")


def test_backups_are_missed_where_others_come(doctor: Doctor) -> None:
    assert "backups" not in doctor.ask(), "it is tried out on this computer"
    assert doctor.status("backups", URL="https://ask.uni.edu") == "warning"
    assert doctor.do == "Set BACKUPS to a folder on another disk."


def test_the_last_backup_is_said_and_missed_when_it_is_old(doctor: Doctor, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    assert doctor.status("backups", BACKUPS=str(folder)) == "warning"
    assert doctor.says == f"There is no backup in {folder}."
    for hours, status in ((100, "failed"), (49, "failed"), (-1, "failed"), (47, "ok"), (0, "ok")):
        _backup(folder, hours)
        assert doctor.status("backups", BACKUPS=str(folder)) == status
    assert doctor.status("backups", BACKUPS=str(folder), BACKUP_EVERY="1") == "ok"


@pytest.mark.parametrize(("days", "status"), [(0, "ok"), (729, "ok"), (731, "warning")])
def test_an_old_signing_key_is_to_be_changed(doctor: Doctor, server: ServerInProcess, days: int, status: str) -> None:
    made = int(time.time()) - days * 86400
    server.container.database.write(lambda c: c.execute("UPDATE issuer_key SET made = ?", (made,)))
    assert doctor.status("signing_key") == status
    assert doctor.do == ("Make a new one: uconnect keys rotate" if status == "warning" else "")
