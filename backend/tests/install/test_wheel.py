"""The wheel carries the product and its sites, and serves them for an ordinary account, without Node and this clone."""

import os
import re
import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from tools import wheel

from tests.install.conftest import Installed
from tests.support.ordinary_account import ORDINARY
from tests.support.polling import TIMEOUT, poll
from tests.support.ports import free_port
from tests.support.server_process import is_up
from uconnect import VERSION
from uconnect.domain.enums import Kind
from uconnect.entrypoints.server.settings_table import built_sites

PLAIN = {"PATH": os.environ["PATH"]}  # an account that has set nothing


@contextmanager
def served(installed: Installed, folder: Path, **environment: str) -> Iterator[str]:
    """`uconnect serve`, typed by an ordinary account in this folder."""
    port = free_port()
    with (folder / "printed").open("w") as printed:
        process = subprocess.Popen(
            [*ORDINARY, installed.command, "serve"],
            cwd=folder,
            env=PLAIN | {"PORT": str(port)} | environment,
            stdout=printed,
            stderr=printed,
        )
    try:

        def answers() -> bool:
            assert process.poll() is None, (folder / "printed").read_text("utf-8")
            return is_up(f"http://localhost:{port}/api/health")

        poll(answers, what="uconnect serves from its wheel")
        yield f"http://localhost:{port}"
    finally:
        process.terminate()
        process.wait(30)


def names(file: Path) -> set[str]:
    with zipfile.ZipFile(file) as opened:
        return set(opened.namelist())


def test_the_wheel_contains_what_is_committed_and_the_built_sites(installed: Installed) -> None:
    listed = ["git", "ls-files", "-z", "backend/uconnect"]
    committed = subprocess.run(listed, cwd=wheel.ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    dist = wheel.ROOT / "sites" / "dist"
    sites = {f"uconnect/sites/{it.relative_to(dist).as_posix()}" for it in dist.rglob("*") if it.is_file()}
    package = {it for it in names(installed.wheel) if it.startswith("uconnect/") and not it.endswith("/")}
    assert {f"uconnect/sites/{name}" for name in ("index.html", "user/index.html", "licenses.txt")} <= sites
    assert package == {it.removeprefix("backend/") for it in committed if it} | sites
    assert f"uconnect-{VERSION}.dist-info/licenses/LICENSE" in names(installed.wheel)


def test_what_sends_traces_is_an_extra_with_a_lock_of_its_own(installed: Installed) -> None:
    with zipfile.ZipFile(installed.wheel) as file:
        said = file.read(f"uconnect-{VERSION}.dist-info/METADATA").decode()
    needed = re.findall(r"^Requires-Dist: (opentelemetry[\w-]+).* ; extra == 'traces'$", said, re.MULTILINE)
    locks = wheel.ROOT / "requirements"
    assert sorted(needed) == re.findall(
        r"^(opentelemetry[\w-]+)==", (locks / "traces.in").read_text("utf-8"), re.MULTILINE
    )
    assert "opentelemetry" not in (locks / "run.txt").read_text("utf-8")
    assert wheel.ALONGSIDE[locks / "traces.txt"] == "requirements-traces.txt"


def test_the_same_sources_make_the_same_wheel(installed: Installed, tmp_path: Path) -> None:
    again = wheel.build(tmp_path)
    assert (again.name, again.read_bytes()) == (installed.wheel.name, installed.wheel.read_bytes())


def test_a_wheel_without_sites_is_not_built(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="Build them first: make sites"):
        wheel.build(tmp_path / "dist", tmp_path)
    assert not (tmp_path / "dist").exists()


def test_sites_are_found_in_a_wheel_and_in_a_clone(tmp_path: Path) -> None:
    package = tmp_path / "backend" / "uconnect"
    package.mkdir(parents=True)
    assert built_sites(package) == tmp_path / "sites" / "dist"
    (package / "sites").mkdir()
    assert built_sites(package) == package / "sites"
    assert built_sites() == wheel.ROOT / "sites" / "dist", "a build leaves nothing in the clone"


def test_an_ordinary_account_serves_the_sites_from_the_wheel_in_an_empty_folder(
    installed: Installed, tmp_path: Path
) -> None:
    with served(installed, tmp_path) as url, httpx.Client(base_url=url, trust_env=False, timeout=TIMEOUT) as http:
        assert http.get("/api/health").json()["status"] == "pass"
        for path in ("/", *(f"/{kind.value}/" for kind in Kind)):
            page = http.get(path)
            assert page.status_code == 200
            for asset in _assets(page.text):
                assert http.get(f"{path}{asset}").status_code == 200, asset
        assert http.get("/user/config.json").json()["site"] == "user"
        assert _capabilities(tmp_path) == 0
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
    assert {it.stat().st_mode & 0o777 for it in (tmp_path / "data").iterdir()} == {0o600}
    assert "uconnect has stopped. Nothing is lost." in (tmp_path / "printed").read_text("utf-8")


def _capabilities(folder: Path) -> int:
    """The rights beyond an ordinary account's that the server in this folder has (capabilities(7))."""
    status = Path("/proc") / (folder / "data" / "uconnect.lock").read_text("ascii").strip() / "status"
    (effective,) = (line for line in status.read_text("ascii").splitlines() if line.startswith("CapEff:"))
    return int(effective.split()[1], 16)


def _assets(page: str) -> list[str]:
    found = [part.partition('"')[0] for mark in ('src="', 'href="') for part in page.split(mark)[1:]]
    assets = [it for it in found if "assets/" in it]
    assert assets, page
    return assets


def test_other_sites_can_be_set(installed: Installed, tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "index.html").write_text("our own page")
    with served(installed, tmp_path, SITES="own") as url:
        assert httpx.get(url, trust_env=False, timeout=TIMEOUT).text == "our own page"


def test_the_command_knows_its_version(installed: Installed) -> None:
    said = subprocess.run([installed.command, "--version"], env=PLAIN, capture_output=True, text=True, check=True)
    assert said.stdout == f"uconnect, version {VERSION}\n"
