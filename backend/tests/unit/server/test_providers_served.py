"""A server whose people sign in with another provider, both as processes of their own would run: over sockets."""

import json
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest
import uvicorn
from click.testing import CliRunner

from tests.support import provider_pages
from tests.support.listening_server import started
from tests.support.polling import TIMEOUT, poll
from tests.support.ports import free_port
from tests.support.upstream_provider import SampleIdentity, UpstreamProvider, parse
from tests.unit.oidc_provider.provider_kit import CHALLENGE, VERIFIER
from tests.unit.oidc_provider.upstream_kit import choices, left_for
from uconnect.entrypoints.cli.main import main

LOCALE = "xx-Upstream"
GRACE = SampleIdentity(
    "grace-there", {"email": "grace@uni.example", "email_verified": True, "name": "Grace", "locale": LOCALE}
)


@contextmanager
def served(provider: UpstreamProvider, port: int) -> Iterator[None]:
    """The provider, at a port of this computer."""
    server = uvicorn.Server(uvicorn.Config(provider.app, port=port, log_config=None, lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    poll(lambda: server.started, what="the provider listens")
    yield
    server.should_exit = True
    thread.join()


@pytest.fixture
def provider() -> Iterator[UpstreamProvider]:
    port = free_port()
    found = UpstreamProvider(time.time, issuer=f"http://127.0.0.1:{port}")
    with served(found, port):
        yield found


@pytest.fixture
def environment(tmp_path: Path, provider: UpstreamProvider) -> dict[str, str]:
    (tmp_path / "data").mkdir(mode=0o700)
    (tmp_path / "secret").write_text(provider.secret)
    (tmp_path / "providers.toml").write_text(
        f'[[provider]]\nid = "campus"\nname = "Campus"\nissuer = "{provider.issuer}"\n'
        'client_id = "uconnect"\nsecret_file = "secret"\n'
    )
    settings = {"DATA": str(tmp_path / "data"), "SITES": str(tmp_path), "PORT": str(free_port())}
    return settings | {"PROVIDERS": str(tmp_path / "providers.toml"), "PASSWORDS": "off"}


def test_a_person_signs_in_calls_the_api_and_is_signed_out_by_the_provider(
    tmp_path: Path, provider: UpstreamProvider, environment: dict[str, str]
) -> None:
    url = f"http://localhost:{environment['PORT']}"
    site = f"{url}/user/"
    with closing(httpx.Client(base_url=url, timeout=TIMEOUT)) as http:

        def is_up() -> bool:
            try:
                return http.get("/api/health").status_code == 200
            except httpx.ConnectError:
                return False

        with started(tmp_path, is_up, None, "", **environment):
            asked = {"response_type": "code", "client_id": "uconnect-user", "redirect_uri": site}
            asked |= {"scope": "openid email profile", "code_challenge": CHALLENGE, "code_challenge_method": "S256"}
            page = http.get("/oauth/authorize", params=asked)
            action, hidden = choices(page)
            left = http.post(action, data=hidden | {"provider": "campus"}, headers={"Origin": url})
            page = http.get(provider.answer(left_for(left), GRACE), follow_redirects=True)
            action, _ = provider_pages.form(page.text)
            back = http.post(action, data={"name": "Grace"}, headers={"Origin": url})
            code = dict(parse(back.headers["location"]))["code"]
            fields = {"grant_type": "authorization_code", "client_id": "uconnect-user", "redirect_uri": site}
            tokens = http.post("/oauth/token", data=fields | {"code": code, "code_verifier": VERIFIER}).json()
            bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
            me = http.get("/api/me", headers=bearer)
            assert (me.status_code, me.json()["name"]) == (200, "Grace")
            sent = http.post("/oauth/logout/campus", data={"logout_token": provider.logout_token()})
            assert sent.status_code == 200
            assert http.get("/api/me", headers=bearer).status_code == 401
    printed = (tmp_path / "printed").read_text("utf-8")
    kept = b"".join(it.read_bytes() for it in (tmp_path / "data").iterdir() if it.is_file())
    for secret in (provider.secret, provider.session, LOCALE, code, "upstream words"):
        assert secret not in printed
        assert secret.encode() not in kept
    for known in (GRACE.subject, provider.issuer, "campus", "grace"):
        assert known not in printed
    with closing(sqlite3.connect(tmp_path / "data" / "uconnect.sqlite")) as connection:
        assert connection.execute("SELECT upstream_subject FROM issuer_link").fetchall() == [("grace-there",)]
    unlinked = CliRunner().invoke(main, ["user", "unlink", "grace@uni.example"], env=environment)
    assert unlinked.output == "grace@uni.example is disconnected from 1 sign-in provider.\n"
    again = CliRunner().invoke(main, ["user", "unlink", "grace@uni.example"], env=environment)
    assert again.output == "grace@uni.example is not connected to another sign-in provider.\n"


def test_the_doctor_asks_the_provider(provider: UpstreamProvider, environment: dict[str, str]) -> None:
    def found() -> dict[str, str]:
        result = CliRunner().invoke(main, ["doctor", "--json"], env=environment)
        checks = json.loads(result.output)["checks"]
        return next(it for it in checks if it["check"] == "provider campus")

    well = found()
    assert well["status"] == "ok"
    assert f"http://localhost:{environment['PORT']}/oauth/return/campus" in well["says"]
    provider.says_issuer = "https://evil.example"
    assert found()["status"] == "failed"
    provider.says_issuer = ""
    provider.bodies["/jwks"] = b'{"keys": []}'
    assert "no key that signs" in found()["says"]
    provider.down.add("/.well-known/openid-configuration")
    ill = found()
    assert ill["status"] == "failed"
    assert "upstream words" not in json.dumps(ill)
