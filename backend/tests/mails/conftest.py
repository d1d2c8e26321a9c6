from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.mails.kit import Post
from uconnect import mails
from uconnect.sqlite import Database


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "uconnect.sqlite", [mails.MIGRATIONS])
    yield database
    database.close()


@pytest.fixture
def post(database: Database) -> Iterator[Post]:
    post = Post(database)
    yield post
    post.shut()
    post.runner.close()
