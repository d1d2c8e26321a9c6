"""A start on a disk that is full, or in a terminal of another time, says what is wrong or serves: never a traceback."""

import os
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.support.ports import free_port
from tests.support.server_process import serving

STARTS = 60.0  # seconds
SIZES = (4, 32, 128, 512)  # KiB: from no room for a file's first page to none for the last table
COMMAND = [sys.executable, "-c", "from uconnect.entrypoints.cli.main import main\nmain()"]


@pytest.mark.parametrize("how", ["serve", "demo"])
@pytest.mark.parametrize("size", SIZES)
def test_a_disk_without_room_is_said_in_words_at_each_step(tmp_path: Path, how: str, size: int) -> None:
    for folder in ("data", "sites"):
        (tmp_path / folder).mkdir(0o700)
    disk = ["mount", "-t", "tmpfs", "-o", f"size={size}k,mode=0700", "uconnect-test", str(tmp_path / "data")]
    subprocess.run(disk, check=True)
    environment = os.environ | {"DATA": str(tmp_path / "data"), "SITES": str(tmp_path / "sites")}
    try:
        started = subprocess.run(
            [*COMMAND, how],
            check=False,
            env=environment | {"PORT": str(free_port())},
            capture_output=True,
            encoding="utf-8",
            timeout=STARTS,
        )
    except subprocess.TimeoutExpired as still:
        pytest.fail(f"it was not refused on {size} KiB: {still.output}")
    finally:
        subprocess.run(["umount", tmp_path / "data"], check=True)
    assert started.returncode == 1
    assert started.stdout == ""
    assert started.stderr.startswith("Error: ")
    assert "full" in started.stderr or "make room" in started.stderr
    assert started.stderr.count("\n") == 1, started.stderr


@pytest.mark.parametrize("locale", ["C", "en_US.ISO-8859-1"])
def test_a_locale_of_another_time_changes_no_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, locale: str) -> None:
    for name, value in (("LC_ALL", locale), ("PYTHONUTF8", "0"), ("PYTHONCOERCECLOCALE", "0")):
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PYTHONWARNDEFAULTENCODING", "1")
    with serving(tmp_path, "demo") as server:
        for path, told in (
            ("/api/docs", "·"),
            ("/oauth/forgot?client_id=uconnect-user", "password"),
            ("/mail", "uconnect"),
        ):
            with urlopen(server.url + path) as answer:
                page = answer.read().decode("utf-8")
            assert told in page
            assert "Â" not in page
    assert "EncodingWarning" not in server.printed.read_text("utf-8")
    assert "Traceback" not in server.printed.read_text("utf-8")
