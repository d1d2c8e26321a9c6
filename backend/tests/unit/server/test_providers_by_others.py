"""People sign in with providers that others wrote: uconnect's client is a standard one."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from click.testing import CliRunner

from tests.support.glewlwyd_provider import GlewlwydBrowser, change_address, glewlwyd_provider
from tests.support.listening_server import started
from tests.support.node_provider import NodeBrowser, node_provider
from tests.support.polling import poll
from tests.support.ports import free_port
from tests.support.upstream_browser import SECRET, UpstreamBrowser
from tests.support.upstream_provider import CLIENT_KEY, parse
from tests.unit.oidc_provider.provider_kit import CHALLENGE, VERIFIER
from uconnect.entrypoints.cli.main import main

RULE = '[[provider.rules]]\nclaim = "affiliation"\nequals = "student"\nmay_be = ["user"]\n'
SHOWS_SECRET = 'secret_file = "secret"\n'
SHOWS_KEY = 'key_file = "key"\n'


@dataclass(frozen=True)
class Provider:
    """A provider that others wrote: how it runs (its folder, port, and uconnect's address), who signs in there, what
    it needs in the file `PROVIDERS`, and a person whom it does not let use uconnect, with the words for that."""

    run: Callable[[Path, int, str], AbstractContextManager[str]]
    browser: Callable[[str, str], UpstreamBrowser]
    refuses: tuple[str, str]
    settings: str = SHOWS_SECRET


def run_node(_: Path, port: int, url: str, key: dict[str, Any] | None = None) -> AbstractContextManager[str]:
    return node_provider(port, url, key)


NODE = Provider(run_node, NodeBrowser, ("", "or you canceled it there"))
GLEWLWYD = Provider(
    glewlwyd_provider,
    GlewlwydBrowser,
    ("eve", "refused to sign you in"),
    # `auth_time` is 0 in its ID tokens for a code
    f'{SHOWS_SECRET}secret_in = "body"\nsays_auth_time = false\n',
)
BOTH = pytest.mark.parametrize("provider", [NODE, GLEWLWYD], ids=["oidc-provider", "glewlwyd"])


@dataclass(frozen=True)
class Site:
    """One of the three sites, in somebody's browser."""

    browser: UpstreamBrowser
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
def university(folder: Path, provider: Provider) -> Iterator[UpstreamBrowser]:
    """Both servers, and a browser."""
    (folder / "data").mkdir(mode=0o700)
    port, other = free_port(), free_port()
    url = f"http://localhost:{port}"
    (folder / "secret").write_text(SECRET)
    (folder / "key").write_bytes(msgspec.json.encode(CLIENT_KEY.as_dict(private=True)))
    with provider.run(folder, other, url) as issuer:
        about = f'id = "campus"\nname = "Campus"\nissuer = "{issuer}"\nclient_id = "uconnect"\n{provider.settings}'
        (folder / "providers.toml").write_text(f"[[provider]]\n{about}{RULE}")
        browser = provider.browser(url, issuer)

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
    assert 'value="Grace Hopper"' in welcome.text
    return site.tokens(site.browser.submit(welcome, name="Grace"))


@BOTH
def test_a_person_joins_comes_again_and_is_signed_out_by_the_provider(tmp_path: Path, provider: Provider) -> None:
    with university(tmp_path, provider) as browser:
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


@BOTH
def test_an_account_that_exists_is_linked_when_its_address_is_believed(tmp_path: Path, provider: Provider) -> None:
    believed = replace(provider, settings=f'{provider.settings}believed_domains = ["uni.example"]\n')
    with university(tmp_path, believed) as browser:
        site = Site(browser)
        join(site)
        unlinked = CliRunner().invoke(main, ["user", "unlink", "grace@uni.example"], env={"DATA": f"{tmp_path}/data"})
        assert unlinked.output == "grace@uni.example is disconnected from 1 sign-in provider.\n"
        back = browser.arrive(site.begin(prompt="login"), "grace")
        assert site.calls(site.tokens(back)) == 200, "no page asks for a new account"


@BOTH
def test_who_is_not_let_in_is_told(tmp_path: Path, provider: Provider) -> None:
    with university(tmp_path, provider) as browser:
        assert "has not verified your e-mail address" in browser.arrive(Site(browser).begin(), "mallory").text
        browser.http.cookies.clear()
        person, words = provider.refuses
        assert words in browser.arrive(Site(browser).begin(), person).text
    assert "uni.example" not in (tmp_path / "printed").read_text("utf-8")


def test_an_address_that_changes_there_or_goes_to_somebody_else_opens_nothing(tmp_path: Path) -> None:
    with university(tmp_path, GLEWLWYD) as browser:
        site = Site(browser)
        join(site)
        change_address(browser.issuer, "grace", "hopper@uni.example")
        assert "now says that your e-mail address is" in browser.arrive(site.begin(prompt="login"), "grace").text
        change_address(browser.issuer, "heidi", "grace@uni.example")
        browser.http.cookies.clear()
        assert "somebody else signs in to it with" in browser.arrive(site.begin(), "heidi").text


def test_the_client_may_sign_with_its_key(tmp_path: Path) -> None:
    keyed = replace(NODE, run=partial(run_node, key=CLIENT_KEY.as_dict(private=False)), settings=SHOWS_KEY)
    with university(tmp_path, keyed) as browser:
        site = Site(browser)
        assert site.calls(join(site)) == 200


def test_a_setting_that_this_provider_needs_is_missed_in_words(tmp_path: Path) -> None:
    """Glewlwyd reads the parts of HTTP Basic as they stand, where RFC 6749 §2.3.1 encodes them."""
    with university(tmp_path, replace(GLEWLWYD, settings=SHOWS_SECRET)) as browser:
        assert "refused to sign you in" in browser.arrive(Site(browser).begin(), "grace").text
    printed = (tmp_path / "printed").read_text("utf-8")
    assert "campus failed: it does not accept uconnect's client_id, secret or key" in printed
