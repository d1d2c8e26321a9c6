"""People sign in with a provider that others wrote: uconnect's client is a standard one."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from tests.support.listening_server import started
from tests.support.node_provider import SECRET, NodeBrowser, node_provider
from tests.support.polling import poll
from tests.support.ports import free_port
from tests.support.upstream_provider import CLIENT_KEY, parse
from tests.unit.oidc_provider.provider_kit import CHALLENGE, VERIFIER

RULE = '[[provider.rules]]\nclaim = "affiliation"\nequals = "student"\nmay_be = ["user"]\n'


@dataclass(frozen=True)
class Site:
    """One of the three sites, in somebody's browser."""

    browser: NodeBrowser
    kind: str = "user"

    @property
    def home(self) -> str:
        return f"{self.browser.url}/{self.kind}/"

    def begin(self, **more: str) -> httpx.Response:
        """What the site's request shows: the sign-in page, or the way back with a code."""
        asked = {"response_type": "code", "client_id": f"uconnect-{self.kind}", "redirect_uri": self.home}
        asked |= {"scope": "openid email profile", "code_challenge": CHALLENGE, "code_challenge_method": "S256"}
        return self.browser.http.get("/oauth/authorize", params=asked | more)

    def tokens(self, landed: httpx.Response) -> dict[str, Any]:
        """What the site gets for the code that the browser has come back with."""
        assert landed.headers["location"].startswith(self.home), landed.text
        code = dict(parse(landed.headers["location"]))["code"]
        fields = {"grant_type": "authorization_code", "client_id": f"uconnect-{self.kind}", "code": code}
        fields |= {"redirect_uri": self.home, "code_verifier": VERIFIER}
        return dict(self.browser.http.post("/oauth/token", data=fields).json())

    def calls(self, tokens: dict[str, Any]) -> int:
        """What the API says to such a token."""
        headers = {"Authorization": f"Bearer {tokens['access_token']}"}
        return self.browser.http.get("/api/me", headers=headers).status_code


@contextmanager
def university(folder: Path, key: dict[str, Any] | None = None) -> Iterator[NodeBrowser]:
    """Both servers, and a browser."""
    (folder / "data").mkdir(mode=0o700)
    port, other = free_port(), free_port()
    url = f"http://localhost:{port}"
    (folder / "secret").write_text(SECRET)
    (folder / "key").write_bytes(msgspec.json.encode(CLIENT_KEY.as_dict(private=True)))
    shows = 'key_file = "key"' if key else 'secret_file = "secret"'
    with node_provider(other, url, key) as issuer:
        about = f'id = "campus"\nname = "Campus"\nissuer = "{issuer}"\nclient_id = "uconnect"\n{shows}\n'
        (folder / "providers.toml").write_text(f"[[provider]]\n{about}{RULE}")
        browser = NodeBrowser(url, issuer)

        def is_up() -> bool:
            try:
                return browser.http.get("/api/health").status_code == 200
            except httpx.ConnectError:
                return False

        environment = {"PORT": str(port), "SITES": str(folder), "PROVIDERS": str(folder / "providers.toml")}
        with closing(browser.http), started(folder, is_up, None, "", **environment):
            yield browser


def join(site: Site) -> dict[str, Any]:
    welcome = site.browser.http.get(site.browser.arrive(site.begin(), "grace").headers["location"])
    assert "Campus signed you in as" in welcome.text
    assert 'value="Grace Hopper"' in welcome.text, "UserInfo has told it"
    return site.tokens(site.browser.submit(welcome, name="Grace"))


def test_a_person_joins_comes_again_and_is_signed_out_by_the_provider(tmp_path: Path) -> None:
    with university(tmp_path) as browser:
        site = Site(browser)
        assert site.calls(join(site)) == 200
        confirmed = site.tokens(browser.arrive(site.begin(prompt="login"), "grace"))
        assert site.calls(confirmed) == 200
        refused = browser.arrive(Site(browser, "school").begin(), "grace")
        assert refused.status_code == 403
        assert "may not open a school here" in refused.text
        browser.sign_out_there()
        poll(lambda: site.calls(confirmed) == 401, what="the provider has told uconnect")
        assert "Sign in" in site.begin().text
    printed = (tmp_path / "printed").read_text("utf-8")
    assert "grace" not in printed
    assert "Traceback" not in printed


def test_who_cancels_and_who_has_no_verified_address_is_told(tmp_path: Path) -> None:
    with university(tmp_path) as browser:
        site = Site(browser)
        assert "or you canceled it there" in browser.arrive(site.begin(), "").text
        assert "has not verified your e-mail address" in browser.arrive(site.begin(), "mallory").text


@pytest.mark.parametrize("key", [CLIENT_KEY.as_dict(private=False)])
def test_the_client_may_sign_with_its_key(tmp_path: Path, key: dict[str, Any]) -> None:
    with university(tmp_path, key) as browser:
        site = Site(browser)
        assert site.calls(join(site)) == 200
