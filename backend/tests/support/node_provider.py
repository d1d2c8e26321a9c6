"""A provider that others wrote, oidc-provider for Node, as a process; and somebody's browser that signs in there."""

import json
import re
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.support.upstream_browser import UpstreamBrowser

ROOT = Path(__file__).parents[3]
MODULES = ROOT / "build" / "oidc-provider"
PROGRAM = Path(__file__).with_name("oidc_provider") / "provider.mjs"


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


class NodeBrowser(UpstreamBrowser):
    """A browser that signs in at this provider. An empty `person` cancels."""

    def sign_in_there(self, answer: httpx.Response, person: str) -> httpx.Response:
        while True:
            address = str(httpx.URL(self.issuer).join(answer.headers["location"]))
            if address.startswith(self.url):
                return answer
            answer = self.http.get(address)
            if answer.text.startswith("sign in: "):
                answer = self.http.get(address, params={"person": person})

    def sign_out_there(self) -> None:
        """It asks first."""
        page = self.http.get(f"{self.issuer}/session/end")
        found = re.search(r'name="xsrf" value="([^"]+)"', page.text)
        assert found, page.text
        fields = {"xsrf": found[1], "logout": "yes"}
        answer = self.http.post(f"{self.issuer}/session/end/confirm", data=fields)
        assert answer.status_code < 400, answer.text
