from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.mail.fake_mail_server import OutboxInProcess
from uconnect.adapters import mail
from uconnect.adapters.sqlite import Database


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "uconnect.sqlite", [mail.MIGRATIONS])
    yield database
    database.close()


@pytest.fixture
def mailer(database: Database) -> Iterator[OutboxInProcess]:
    mailer = OutboxInProcess(database)
    yield mailer
    mailer.shut()
    mailer.runner.close()
