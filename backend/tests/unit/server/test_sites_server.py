"""What is served beside the API keeps a browser from guessing, is compressed, and is missing in words."""

import gzip
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.server.server_in_process import ServerInProcess
from uconnect.entrypoints.server.app import build_app
from uconnect.entrypoints.server.content_coding import ENDINGS, IDENTITY, preferred

ROOT = Path(__file__).parents[4]
DIST = ROOT / "sites" / "dist"
SCRIPT, NAME = b"export const number = 1;\n" * 100, "assets/first-Kp5omL5y.js"
SHORT = gzip.compress(SCRIPT, mtime=0)
Ask = Callable[..., httpx.Response]


@pytest.fixture
def ask(server: ServerInProcess) -> Ask:
    """Asks a server with a few files, of which one is compressed. No redirect is followed."""
    sites = server.container.settings.sites
    for folder in ("assets", "user"):
        (sites / folder).mkdir()
    (sites / NAME).write_bytes(SCRIPT)
    (sites / f"{NAME}.gz").write_bytes(SHORT)
    (sites / f"{NAME}.br").write_bytes(b"as brotli")
    (sites / "assets" / "plain.txt").write_bytes(b"plain")
    (sites / "404.html").write_text("<h1>Page not found</h1>", "utf-8")
    (sites / "user" / "index.html").write_text("<h1>User</h1>", "utf-8")
    (sites / "loop").symlink_to(sites / "loop")
    (sites.parent / "secret.txt").write_text("secret", "utf-8")
    app = build_app(server.container, with_demo=True)

    def get(path: str, method: str = "GET", **headers: str) -> httpx.Response:
        async def call() -> httpx.Response:
            transport = httpx.ASGITransport(app, raise_app_exceptions=True)
            async with httpx.AsyncClient(transport=transport, base_url=server.container.settings.url) as http:
                usual = {"accept-encoding": "identity"}
                answer = await http.send(http.build_request(method, path, headers=usual | _named(headers)), stream=True)
                answer.extensions["raw"] = b"".join([part async for part in answer.aiter_raw()])
                return answer

        return server.wait(call())

    return get


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def raw(answer: httpx.Response) -> bytes:
    """The bytes as they were sent."""
    sent: bytes = answer.extensions["raw"]
    return sent


@pytest.mark.parametrize("path", ["/user/config.json", "/school/config.json", "/worker/config.json", "/demo.json"])
def test_no_browser_takes_what_a_site_is_told_for_something_else(ask: Ask, path: str) -> None:
    answer = ask(path)
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("x-gzip", "gzip"),
        ("GZIP;q=0.5", "gzip"),
        ("br;q=0.1, gzip;q=0.9", "gzip"),
        ("br;q=0, *", "gzip"),
        ("*", "br"),
        ("*;q=0", IDENTITY),
        ("gzip;q=0", IDENTITY),
        ("br;q=0.000,gzip ; q=0.001", "gzip"),
        ("identity, br;q=0.5", IDENTITY),
        ("identity;q=0, br;q=0.5", "br"),
        ("deflate", IDENTITY),
        ("", IDENTITY),
        ("brotli, gzipped, ;q=1, br;q=2, gzip;q=x", IDENTITY),
    ],
)
def test_a_file_comes_in_the_coding_that_a_client_likes_best(ask: Ask, accepted: str, coding: str) -> None:
    answer = ask(f"/{NAME}", accept_encoding=accepted)
    assert answer.headers.get("content-encoding", IDENTITY) == coding
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert raw(answer) == {"br": b"as brotli", "gzip": SHORT, IDENTITY: SCRIPT}[coding]


@given(
    header=st.text(max_size=60)
    | st.lists(st.sampled_from([*ENDINGS, "*", "identity", "q=0", ";", "1", "é"])).map(",".join)
)
def test_no_header_breaks_the_choice(header: str) -> None:
    assert preferred([header]) in {*ENDINGS, IDENTITY}


def test_each_coding_has_an_etag_of_its_own_and_is_not_sent_twice(ask: Ask) -> None:
    answers = {coding: ask(f"/{NAME}", accept_encoding=coding) for coding in (*ENDINGS, IDENTITY)}
    assert len({it.headers["etag"] for it in answers.values()}) == 3
    for coding, answer in answers.items():
        again = ask(f"/{NAME}", accept_encoding=coding, if_none_match=f'"x", W/{answer.headers["etag"]}')
        assert (again.status_code, raw(again), again.headers["vary"]) == (304, b"", "Accept-Encoding")
        assert again.headers["etag"] == answer.headers["etag"]
        other = ask(
            f"/{NAME}", accept_encoding="gzip" if coding != "gzip" else "br", if_none_match=answer.headers["etag"]
        )
        assert other.status_code == 200


def test_a_range_is_one_of_the_bytes_that_are_sent(ask: Ask) -> None:
    for coding, whole in (("gzip", SHORT), (IDENTITY, SCRIPT)):
        part = ask(f"/{NAME}", accept_encoding=coding, range="bytes=5-14")
        assert (part.status_code, raw(part)) == (206, whole[5:15])
        assert part.headers["content-range"] == f"bytes 5-14/{len(whole)}"
    changed = ask(f"/{NAME}", range="bytes=5-14", if_range='"of another coding"')
    assert (changed.status_code, raw(changed)) == (200, SCRIPT)
    assert ask(f"/{NAME}", range="bytes=9999-").status_code == 416


def test_who_asks_for_the_head_is_told_what_would_come(ask: Ask) -> None:
    head, body = (ask(f"/{NAME}", method, accept_encoding="gzip") for method in ("HEAD", "GET"))
    assert raw(head) == b""
    assert head.headers == body.headers


def test_a_page_is_asked_for_anew_each_time_and_what_is_not_there_is_not_kept(ask: Ask) -> None:
    assert ask("/user/").headers["cache-control"] == "no-cache"
    assert ask("/assets/gone-1234.js").headers["cache-control"] == "no-cache"


def test_what_holds_somebodys_secret_is_never_compressed(ask: Ask) -> None:
    for path in ("/api/me", "/mail", "/oauth/forgot?client_id=uconnect-user", "/oauth/sign-in?client_id=uconnect-user"):
        assert "content-encoding" not in ask(path, accept_encoding="br, gzip").headers
    for path in ("/api/openapi.json", "/api/docs"):
        answer = ask(path, accept_encoding="br, gzip")
        assert (answer.headers["content-encoding"], answer.headers["vary"]) == ("gzip", "Accept-Encoding")
        assert gzip.decompress(raw(answer)) == raw(ask(path))


MISSING = (
    *("/x", "/user/x", "/USER/", "/favicon.ico", "/apple-touch-icon.png", "/sitemap.xml", "/wp-login.php", "/.env"),
    *("/.git/config", "/user/..%2f..%2fsecret.txt", "/%2e%2e/secret.txt", "/user/%00", "/loop", "/a\\..\\b", "/%5c"),
    *(
        "/" + "x" * 5000,
        "/user/" + "y/" * 2000,
        "/%0a",
        "/%ff",
        "/assets/",
        f"/{NAME}.br",
        f"/{NAME}.gz",
        "/index.html/",
    ),
    *("/oauth", "/oauth/", "/oauth/none", "/oauth/sign-in/", "/.well-known/", "/.well-known/none", "/mail/", "/mail/x"),
    *("/user/config.json/", "/school/", "/robots.txt.gz", "/user/index.html/x", "/C:/secret.txt", "/assets/plain.txt/"),
)


@pytest.mark.parametrize("path", MISSING)
def test_what_is_not_there_has_a_page_that_says_so(ask: Ask, path: str) -> None:
    for method in ("GET", "HEAD"):
        answer = ask(path, method, range="bytes=0-3", if_none_match="*")
        assert answer.status_code == 404
        assert "content-security-policy" in answer.headers
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert raw(ask(path)) == b"<h1>Page not found</h1>"


@pytest.mark.parametrize(
    "path", ["/api", "/api/", "/api/x", "/api//me", "/api/me/", "/API/me", "/api/%2e%2e/me", "/api/health/x"]
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "DELETE"])
def test_below_api_it_is_said_in_json(ask: Ask, path: str, method: str) -> None:
    answer = ask(path, method)
    if path.startswith("/API"):
        assert answer.status_code in {404, 405}
        return
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/json")
    assert method == "HEAD" or json.loads(raw(answer)) == {"message": "Not Found"}


@pytest.mark.parametrize(
    ("path", "home"),
    [
        ("/user", "/user/"),
        ("/user?code=1&a=%26", "/user/?code=1&a=%26"),
        ("//user", "/user/"),
        ("//user//", "/user/"),
        ("/./user", "/user/"),
        (f"//{NAME}", f"/{NAME}"),
        ("//evil.example/..//user", "/user/"),
    ],
)
def test_a_page_has_one_address_and_the_others_lead_there(ask: Ask, path: str, home: str) -> None:
    sent = ask(f"http://localhost:8000{path}", x_forwarded_proto="https")
    assert (sent.status_code, sent.headers["location"]) == (307, f"http://localhost:8000{home}")
    assert ask(home).status_code == 200


def test_a_page_cannot_be_posted_to_and_what_is_not_there_is_not_there_either(ask: Ask) -> None:
    assert ask("/user/", "POST").status_code == 405
    for path in ("/x", "/%00", "/loop", "/oauth/none"):
        assert ask(path, "POST").status_code == 404


# --- as they were built -----------------------------------------------------------------------------------------------


def built(ending: str) -> list[Path]:
    return sorted(DIST.rglob(f"*.{ending}"))


def test_all_that_is_long_was_compressed_when_it_was_built() -> None:
    for file in (*built("js"), *built("css"), *built("html"), *built("svg"), *built("txt")):
        whole = file.read_bytes()
        short = file.with_name(f"{file.name}.gz")
        assert len(whole) < 500 or short.is_file(), file
        assert not short.is_file() or gzip.decompress(short.read_bytes()) == whole
        assert short.is_file() == file.with_name(f"{file.name}.br").is_file() or len(whole) < 500
    assert len(built("br")) > 20


def test_the_license_of_each_package_in_the_scripts_is_served_with_them() -> None:
    lock = json.loads((ROOT / "sites" / "package-lock.json").read_text("utf-8"))
    packages: dict[str, Any] = lock["packages"]
    shipped = {
        f"{path.removeprefix('node_modules/')} - {about['version']} ({about['license']})"
        for path, about in packages.items()
        if path and not about.get("dev") and not about.get("peer")
    }
    notices = (DIST / "licenses.txt").read_text("utf-8")
    parts = dict(re.findall(r"^## (.*)\n\n([\s\S]*?)(?=\n## |\Z)", notices, re.MULTILINE))
    assert parts.keys() == shipped
    assert all("copyright" in text.lower() for text in parts.values())
    assert 'href="./licenses.txt"' in (DIST / "index.html").read_text("utf-8")


def test_no_robot_is_let_in_but_to_the_first_page() -> None:
    assert "Allow: /$\nAllow: /assets/\nDisallow: /\n" in (DIST / "robots.txt").read_text("utf-8")


def test_the_page_for_what_is_missing_finds_its_files_at_any_depth() -> None:
    page = (DIST / "404.html").read_text("utf-8")
    found = re.findall(r'(?:src|href)="([^"]*)"', page)
    assert "/" in found
    assert all(it.startswith("/") and (DIST / it[1:]).exists() for it in found)
