"""Whatever is written into a setting: uconnect starts, or says in one sentence which one it is and what is right."""

import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.ports import free_port
from uconnect.entrypoints.cli import main as command
from uconnect.entrypoints.server.container import Container
from uconnect.entrypoints.server.settings_table import NAMES, SETTINGS

Start = Callable[..., Result]
CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR")
ODD = (
    *("", " ", "\t", "0", "-1", "+1", "1e3", "65536", "99999999999999999999", "8000 ", " 8000", "٨٠٠٠", "\uff18\uff10"),
    *("'8000'", '"8000"', "`x`", "80\n81", "a\x07b", "\x1b[2J", "\x7f", "a\u2028b", "\u202e8000", "caf\udce9"),
    *("~", "~/uconnect", "~nobody-of-this-name/x", ".", "..", "/", "/proc/nowhere/at/all", "/dev/null", "/dev/null/x"),
    *("file", "file/x", "loop", "dangling", "linked", "with space", "frågor", "x" * 300, "x/" * 3000, "open to all"),
    *("::", "::1", "[::1]", "0.0.0.0", "*", "localhost.", "nowhere.invalid", "127.1", "0x7f.1", "1.2.3.4", "a..b"),
    *(
        "ä" * 70,
        "-",
        "fe80::1%eth0",
        "::ffff:127.0.0.1",
        "localhost:8000",
        "10.0.0.0/8",
        "10.0.0.1/8",
        "::/0",
        ",",
        "a,b",
    ),
    *("https://ask.uni.edu", "https://ask.uni.edu/", "https://ask.uni.edu/a", "http://ask.uni.edu", "ask.uni.edu"),
    *(
        "https://ask uni.edu",
        "https://ask.uni.edu:99999",
        "https://[::1",
        "https://",
        "ftp://ask.uni.edu",
        "https://1.2",
    ),
    *("smtp://", "smtp://u:p@h", "smtp://a b", "smtps://[::1]:465", "mailto:x@y.example", "smtp://h:0", "smtp://ä..b"),
    *(
        "true",
        "None",
        "null",
        "open",
        "Open",
        "invited ",
        "6/900",
        "6/0",
        "0/6",
        "6/ 900",
        "6/900/1",
        "6",
        "a@b",
        "a@b.edu",
    ),
    *("A <a@b.edu>", "a@b.edu,c@d.edu", "%s", "{}", "$(id)", "'; DROP TABLE party; --", "../../etc/passwd"),
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with what paths may lead to. No server is run: all that a start does before is done."""
    (tmp_path / "sites").mkdir()
    (tmp_path / "home").mkdir(0o700)
    (tmp_path / "file").write_text("port = 1 = 2\n", "utf-8")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "dangling").symlink_to(tmp_path / "not there")
    (tmp_path / "linked").symlink_to(tmp_path / "home")
    (tmp_path / "open to all").mkdir(0o755)
    (tmp_path / "open to all" / "novel.txt").write_text("", "utf-8")
    before = {sign: signal.getsignal(sign) for sign in (signal.SIGTERM, signal.SIGINT)}
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(command, "_run", lambda parts, *_, **__: click.echo(f"serves {parts.settings.url}"))
    for name in (*NAMES, *CERTIFICATES):
        monkeypatch.delenv(name, raising=False)
    yield tmp_path
    for sign, handler in before.items():
        signal.signal(sign, handler)


@pytest.fixture
def start(folder: Path) -> Start:
    def run(how: str = "serve", **environment: str) -> Result:
        usual = {"SITES": str(folder / "sites"), "HOME": str(folder / "home"), "PORT": str(free_port())}
        return CliRunner().invoke(command.main, [how], env=usual | environment)

    return run


def refused_in_words(result: Result, *names: str) -> bool:
    """Whether a start was refused; if so, in a sentence that names a setting. Anything else is a fault."""
    if result.exit_code == 0:
        assert result.output.startswith("serves http"), result.output
        return False
    assert isinstance(result.exception, SystemExit), repr(result.exception)
    assert result.exit_code == 1
    assert result.output.startswith("Error: ")
    assert result.output.count("\n") == 1, result.output
    assert any(name in result.output for name in names), result.output
    for foreign in ("Traceback", "Errno", "Unknown error"):
        assert foreign not in result.output
    return True


@pytest.mark.parametrize("name", [*NAMES, *CERTIFICATES])
def test_whatever_is_in_the_environment_is_taken_or_refused_by_name(start: Start, name: str) -> None:
    for odd in ODD:
        more = {"MAIL_FROM": "help@uni.edu"} if name == "SMTP" else {}
        refused_in_words(start(**more | {name: odd}), name, *_file(name, odd))


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda it: it.name)
def test_whatever_is_in_the_file_is_taken_or_refused_by_name_and_place(
    start: Start, folder: Path, setting: Any
) -> None:
    file, name = folder / "help.toml", setting.name
    for value in (*map(_toml, ODD), "true", "1.5", "[]", '["a"]', "{ a = 1 }", "1979-05-27", "-1", "0", "nan", "00"):
        more = {"MAIL_FROM": "help@uni.edu"} if name == "SMTP" else {}
        more |= {} if name == "SITES" else {"SITES": "sites"}
        usual = {"CONFIG": str(file), "SITES": "", "PORT": "" if name == "PORT" else str(free_port())}
        file.write_text(f"{name.lower()} = {value}\n", "utf-8", "surrogatepass")
        refused_in_words(start(**usual | more), name, str(file))


def _file(name: str, text: str) -> tuple[str, ...]:
    """How a file of settings is named by what is wrong in it."""
    return (text.strip(),) if name == "CONFIG" and text.strip() else ()


def _toml(text: str) -> str:
    return '"' + "".join(it if it.isascii() and it.isalnum() else f"\\U{ord(it):08x}" for it in text) + '"'


@given(text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40), data=st.data())
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_any_text_at_all_is_taken_or_refused_by_name(start: Start, text: str, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from([*NAMES, *CERTIFICATES]))
    refused_in_words(start(**{name: text}), name, *_file(name, text))


def test_what_is_empty_is_not_set_and_spaces_around_are_not_part_of_a_value(start: Start) -> None:
    port = free_port()
    given = dict.fromkeys(NAMES, "") | {"SITES": "sites ", "PORT": f" {port}\r", "URL": ""}
    assert start(**given).output == f"serves http://localhost:{port}\n"


def test_a_home_is_found_where_no_shell_has_replaced_it(start: Start, folder: Path) -> None:
    assert not refused_in_words(start(DATA="~/kept", CONFIG=""))
    assert (folder / "home" / "kept" / "uconnect.sqlite").is_file()
    (folder / "help.toml").write_text('data = "~/filed"\r\n', "utf-8")
    assert not refused_in_words(start(CONFIG="help.toml"))
    assert (folder / "home" / "filed" / "uconnect.sqlite").is_file()


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"PORT": '"8000"'}, "PORT has quotation marks around it, which are not part of it: leave them out."),
        ({"DATA": "file"}, "file is a file, but DATA must be a folder."),
        ({"DATA": "file/x"}, "DATA is 'file/x', and uconnect cannot keep its data there: Not a directory."),
        ({"DATA": "x" * 300}, "File name too long."),
        ({"DATA": "loop"}, "Too many levels of symbolic links."),
        ({"DATA": "open to all"}, "other things are in that folder"),
        ({"DATA": "~nobody-of-this-name"}, "This home folder does not exist"),
        ({"CONFIG": "sites"}, "CONFIG is 'sites', but that is not a file."),
        ({"CONFIG": "sixteen.toml"}, "sixteen.toml is not written in UTF-8. Save it in that encoding."),
        ({"HOST": "nowhere.invalid", "URL": "https://a.edu"}, "Set HOST to an address of this computer."),
        ({"HOST": "203.0.113.7", "URL": "https://a.edu"}, "Set HOST to an address of this computer."),
        ({"URL": "https://ask.uni.edu/help"}, "without a path: set it to https://ask.uni.edu."),
        ({"SSL_CERT_FILE": "file"}, "SSL_CERT_FILE is 'file', which is not a file of certificates"),
        ({"SSL_CERT_DIR": "file"}, "SSL_CERT_DIR is 'file'"),
        ({"SITES": "file"}, "The sites are not in file. Build them with `make sites`, or set SITES"),
    ],
)
def test_the_reason_that_is_told_is_the_true_one(
    start: Start, folder: Path, environment: dict[str, str], told: str
) -> None:
    (folder / "sixteen.toml").write_text("port = 8123\n", "utf-16")
    result = start(**environment)
    assert refused_in_words(result, *environment, *environment.values())
    assert told in result.output


def test_a_start_that_is_refused_changes_nothing(start: Start, folder: Path) -> None:
    before = sorted(folder.rglob("*"))
    assert refused_in_words(start(DATA="open to all"), "DATA")
    assert refused_in_words(start(HOST="nowhere.invalid", URL="https://a.edu"), "HOST")
    assert sorted(folder.rglob("*")) == before


def test_a_name_that_is_almost_a_settings_is_told(folder: Path) -> None:
    from uconnect.entrypoints.server.settings_sources import alike  # noqa: PLC0415

    assert alike({"SITE": "x", "port": "1", "PATH": "/bin", "DATE": "x", "HOSTNAME": "x"}) == {
        "SITE": "SITES",
        "port": "PORT",
    }


def test_both_families_are_listened_to_and_nobody_comes_in_another_spelling(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port, seen = free_port(), list[str]()

    def run(parts: Container, listening: list[socket.socket], **_: Any) -> None:
        for host in ("127.0.0.1", "::1"):
            with socket.create_connection((host, port)):
                ours = next(it for it in listening if (it.family == socket.AF_INET6) == (":" in host))
                taken, address = ours.accept()
                taken.close()
                seen.append(address[0])

    monkeypatch.setattr(command, "_run", run)
    environment = {"HOST": "::", "URL": "https://a.edu", "PORT": str(port), "SITES": "sites"}
    assert CliRunner().invoke(command.main, ["serve"], env=environment).exit_code == 0
    assert seen == ["127.0.0.1", "::1"]
