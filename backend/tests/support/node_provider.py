"""A provider that others wrote, oidc-provider for Node, as a process; and somebody's browser that signs in there."""

import json
import re
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.support import provider_pages
from tests.unit.oidc_provider.upstream_kit import choices, left_for

ROOT = Path(__file__).parents[3]
MODULES = ROOT / "build" / "oidc-provider"
PROGRAM = Path(__file__).with_name("oidc_provider") / "provider.mjs"
SECRET = "s3cret: with 100% of it"


@contextmanager
def node_provider(port: int, url: str, key: Mapping[str, Any] | None = None, host: str = "127.0.0.1") -> Iterator[str]:
    """The provider, at a port of this computer, for uconnect at `url`; its issuer. With `key`, the public key of its
    client, there is no secret. `host` is what this computer is called in its addresses."""
    assert (MODULES / "node_modules").is_dir(), "install it: make build/oidc-provider/.stamp"
    addresses = f"{url}/oauth/return/campus", f"{url}/oauth/logout/campus"
    issuer = f"http://{host}:{port}"
    command = ["node", str(PROGRAM), str(MODULES), issuer, *addresses, *([json.dumps(key)] if key else [])]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")
    try:
        assert process.stdout is not None
        said = []
        for line in process.stdout:
            if line == "ready\n":
                break
            said.append(line)
        else:
            raise AssertionError("".join(said))
        yield issuer
    finally:
        process.terminate()
        process.communicate(timeout=30)


class NodeBrowser:
    """A browser that goes to uconnect at `url` and to the provider. `http` has the cookies of both."""

    def __init__(self, url: str, issuer: str) -> None:
        self.url, self.issuer = url, issuer
        self.http = httpx.Client(base_url=url)

    def arrive(self, page: httpx.Response, person: str) -> httpx.Response:
        """Press the button on a page, sign in there, agree, and come back. An empty `person` cancels."""
        action, hidden = choices(page)
        left = self.http.post(action, data=hidden | {"provider": "campus"}, headers={"Origin": self.url})
        answer = self.http.get(left_for(left))
        while "location" in answer.headers:
            address = str(httpx.URL(self.issuer).join(answer.headers["location"]))
            if address.startswith(self.url):
                return self.http.get(address)
            answer = self.http.get(address)
            if answer.text.startswith("sign in: "):
                answer = self.http.get(address, params={"person": person})
        raise AssertionError(answer.text)

    def submit(self, page: httpx.Response, **fields: str) -> httpx.Response:
        """Send the form of a page of uconnect."""
        action, hidden = provider_pages.form(page.text)
        return self.http.post(action, data=hidden | fields, headers={"Origin": self.url})

    def sign_out_there(self) -> None:
        """Sign out at the provider, which asks first."""
        page = self.http.get(f"{self.issuer}/session/end")
        found = re.search(r'name="xsrf" value="([^"]+)"', page.text)
        assert found, page.text
        fields = {"xsrf": found[1], "logout": "yes"}
        answer = self.http.post(f"{self.issuer}/session/end/confirm", data=fields)
        assert answer.status_code < 400, answer.text
