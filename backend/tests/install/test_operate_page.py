"""docs/operate.md names settings, commands and files that exist, and its example of settings is accepted."""

import re
from pathlib import Path

import click
from tools import wheel

from tests.support.nginx import PACKAGING
from uconnect.entrypoints.cli.main import main
from uconnect.entrypoints.server import settings
from uconnect.entrypoints.server.settings_table import NAMES

PAGE = (PACKAGING.parent / "docs" / "operate.md").read_text("utf-8")
CODE = [*re.findall(r"^```\w+\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL), *re.findall(r"`([^`\n]+)`", PAGE)]


def test_every_setting_that_it_names_exists() -> None:
    named = {word for code in CODE for word in re.findall(r"^([A-Z][A-Z_]+)$", code)}
    assert {"HOST", "LETTERS_NETWORK", "REQUESTS_PER_ADDRESS"} <= named
    assert named - {*NAMES} == set()


def test_every_command_that_it_names_exists() -> None:
    typed = re.compile(r"(?:^|exec uconnect )uconnect ((?:[a-z]+(?:-[a-z]+)*(?![\w.-]) ?){1,2})", re.MULTILINE)
    named = {tuple(words.split()) for code in CODE for words in typed.findall(code)}
    assert ("school", "invite") in named
    for first, *rest in named:
        command = main.commands[first]
        assert not rest or (isinstance(command, click.Group) and rest[0] in command.commands), (first, rest)


def test_no_other_folder_is_given_to_the_alias() -> None:
    """It names the real one, which wins."""
    assert "alias uconnect='sudo -u uconnect DATA=/var/lib/uconnect " in PAGE
    assert re.findall(r"DATA=\S+ uconnect ", PAGE) == []


def test_every_file_that_is_copied_is_in_the_folder_that_is_built(tmp_path: Path) -> None:
    wheel.main(tmp_path / "dist")
    built = {it.name for it in (tmp_path / "dist").iterdir()}
    copied = re.findall(r"^(?:cp|install -o \S+ -g \S+ -m \d+) (.+) /", PAGE, re.MULTILINE)
    names = {name for each in copied for name in each.split()} | {"requirements.txt"}
    assert {"uconnect.service", "uconnect.socket", "nginx.conf", "Caddyfile", "uconnect.toml"} <= names
    assert names <= built


def test_the_pages_in_the_folder_that_is_built_lead_to_files_beside_them(tmp_path: Path) -> None:
    wheel.main(tmp_path / "dist")
    page = (tmp_path / "dist" / "operate.md").read_text("utf-8")
    linked = {it.partition("#")[0] for it in re.findall(r"\]\(([^)]+)\)", page)}
    beside = {it for it in linked if not it.startswith("decisions/")} - {"aws.md"}  # which needs a clone
    assert {"settings.md", "monitoring.md", "archive.md", "nginx.conf", "Caddyfile"} <= beside
    assert [it for it in beside if not (tmp_path / "dist" / it).is_file()] == []


def test_its_example_of_settings_is_accepted(tmp_path: Path) -> None:
    found = settings.read({"DATA": str(tmp_path), "CONFIG": str(PACKAGING / "uconnect.toml")})
    assert (found.url, found.schools_invited_only, found.mail_from) == ("https://ask.uni.edu", True, "help@uni.edu")
    assert found.smtp


HALL = dict(re.findall(r"^\| `([A-Z_]+)` \|[^|]*\| `([\d/]+)`", PAGE, re.MULTILINE))


def test_what_it_tells_to_set_for_a_lecture_hall_is_accepted(tmp_path: Path) -> None:
    assert {"REQUESTS_PER_ADDRESS", "LETTERS_NETWORK", "TRIES_NETWORK"} == HALL.keys()
    assert settings.read({"DATA": str(tmp_path), **HALL}).requests_per_address == int(HALL["REQUESTS_PER_ADDRESS"])
