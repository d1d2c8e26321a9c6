"""A second provider that others wrote, Debian's Glewlwyd, as a process; and somebody's browser that signs in there.

It has no settings but what its own interface is told, as its administration pages do it.
"""

import gzip
import json
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
from joserfc.jwk import ECKey

from tests.support.polling import TIMEOUT, poll
from tests.support.upstream_browser import SECRET, UpstreamBrowser

ROOT = Path(__file__).parents[3]
PACKAGE = ROOT / "build" / "glewlwyd" / "package"
DATABASE = PACKAGE / "usr/share/doc/glewlwyd/database/init.sqlite3.sql.gz"
PROGRAM, MODULES = PACKAGE / "usr/bin/glewlwyd", PACKAGE / "usr/lib/glewlwyd"
PASSWORD = "a password that is known there alone"
ADMINISTRATOR = {"username": "admin", "password": "password"}  # that of each new database
SCOPES = ("openid", "email", "profile")
PEOPLE = {
    "grace": {"name": "Grace Hopper", "verified": "yes", "affiliation": ["student"]},
    "heidi": {"name": "Heidi", "verified": "yes", "affiliation": ["student"]},
    "mallory": {"name": "Mallory", "verified": "no", "affiliation": ["student"]},
    "eve": {"name": "Eve", "verified": "yes", "affiliation": ["student"], "scope": ["email"]},  # may not use uconnect
}
CONFIGURATION = """
port = {port}
bind_address = "127.0.0.1"
external_url = "http://127.0.0.1:{port}"
login_url = "login.html"
api_prefix = "api"
log_mode = "console"
log_level = "WARNING"
session_key = "GLEWLWYD"
admin_scope = "g_admin"
profile_scope = "g_profile"
user_module_path = "{modules}/user"
client_module_path = "{modules}/client"
user_auth_scheme_module_path = "{modules}/scheme"
plugin_module_path = "{modules}/plugin"
hash_algorithm = "SHA512"
database = {{ type = "sqlite3" path = "{database}" }}
"""


@contextmanager
def glewlwyd_provider(folder: Path, port: int, url: str) -> Iterator[str]:
    """The provider, at a port of this computer, for uconnect at `url`; its issuer. Its files are in `folder`."""
    assert PROGRAM.is_file(), "install it: make build/glewlwyd/.stamp"
    database, printed = folder / "glewlwyd.db", folder / "glewlwyd.printed"
    with closing(sqlite3.connect(database)) as connection:
        connection.executescript(f"BEGIN; {gzip.decompress(DATABASE.read_bytes()).decode()} COMMIT;")
    configuration = folder / "glewlwyd.conf"
    configuration.write_text(CONFIGURATION.format(port=port, modules=MODULES, database=database))
    with printed.open("w") as output:
        process = subprocess.Popen([PROGRAM, "-c", configuration], stdout=output, stderr=subprocess.STDOUT)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}/api", timeout=TIMEOUT) as http:

            def listens() -> bool:
                assert process.poll() is None, printed.read_text("utf-8")
                try:
                    return http.post("/auth/", json=ADMINISTRATOR).status_code == 200
                except httpx.ConnectError:
                    return False

            poll(listens, what="the provider listens")
            issuer = f"{http.base_url}oidc"
            _set_up(http, issuer, url)
        yield issuer
    finally:
        process.terminate()
        process.wait(30)


def _set_up(http: httpx.Client, issuer: str, url: str) -> None:
    """Make its OpenID plugin, the people and the client."""

    def send(path: str, body: dict[str, Any], method: str = "POST") -> None:
        answer = http.request(method, path, json=body)
        assert answer.status_code == 200, f"{path}: {answer.text}"

    people = http.get("/mod/user/database").json()
    for name in ("verified", "affiliation"):
        people["parameters"]["data-format"][name] = {"multiple": name == "affiliation", "read": True, "write": True}
    send("/mod/user/database", people, "PUT")
    send("/mod/user/database/reset/", {}, "PUT")
    send("/mod/plugin/", {"module": "oidc", "name": "oidc", "display_name": "OpenID", "parameters": _plugin(issuer)})
    for scope in SCOPES[1:]:
        send("/scope/", {"name": scope, "display_name": scope, "password_required": True, "scheme": {}})
    for name, person in PEOPLE.items():
        about = {"username": name, "email": f"{name}@uni.example", "password": PASSWORD, "scope": SCOPES}
        send("/user/", about | person)
    client = {"client_id": "uconnect", "name": "uconnect", "confidential": True, "client_secret": SECRET}
    client |= {"redirect_uri": [f"{url}/oauth/return/campus"], "authorization_type": ["code"]}
    client |= {"token_endpoint_auth_method": ["client_secret_post"]}
    # Without it, its pairwise names for a person are others each time.
    client |= {"sector_identifier_uri": f"{url}/"}
    client |= {"backchannel_logout_uri": f"{url}/oauth/logout/campus", "backchannel_logout_session_required": "true"}
    send("/client/", client | {"enabled": True, "scope": []})


def change_address(issuer: str, person: str, email: str) -> None:
    """What its administrator does when somebody has another address."""
    with httpx.Client(base_url=issuer.removesuffix("/oidc"), timeout=TIMEOUT) as http:
        http.post("/auth/", json=ADMINISTRATOR).raise_for_status()
        http.put(f"/user/{person}", json=http.get(f"/user/{person}").json() | {"email": email}).raise_for_status()


def _plugin(issuer: str) -> dict[str, Any]:
    key = ECKey.generate_key("P-256", {"kid": "one", "alg": "ES256"}).as_dict(private=True)
    verified = {"name": "email_verified", "user-property": "verified", "scope": ["email"], "type": "boolean"}
    verified |= {"boolean-value-true": "yes", "boolean-value-false": "no"}
    affiliation = {"name": "affiliation", "user-property": "affiliation", "scope": ["profile"], "type": "string"}
    return {
        "iss": issuer,
        "jwks-private": json.dumps({"keys": [key]}),
        "subject-type": "pairwise",
        "access-token-duration": 3600,
        "refresh-token-duration": 3600,
        "code-duration": 600,
        "refresh-token-rolling": False,
        "allow-non-oidc": False,
        "auth-type-code-enabled": True,
        "pkce-allowed": True,
        "pkce-required": True,
        "oauth-as-iss-id": True,
        "name-claim": "on-demand",
        "name-claim-scope": ["profile"],
        "email-claim": "on-demand",
        "email-claim-scope": ["email"],
        "claims": [verified, affiliation],
        "session-management-allowed": True,
        "session-cookie-name": "GLEWLWYD_OPENID",
        "session-cookie-expiration": 3600,
        "back-channel-logout-allowed": True,
    }


class GlewlwydBrowser(UpstreamBrowser):
    """A browser that signs in at this provider: what its page, which is a script, sends."""

    def sign_in_there(self, answer: httpx.Response, person: str) -> httpx.Response:
        page = httpx.URL(answer.headers["location"])
        assert page.path == "/login.html", page
        there = self.issuer.removesuffix("/oidc")
        signed_in = self.http.post(f"{there}/auth/", json={"username": person, "password": PASSWORD})
        assert signed_in.status_code == 200, signed_in.text
        agreed = self.http.put(f"{there}/auth/grant/uconnect", json={"scope": " ".join(SCOPES)})
        assert agreed.status_code == 200, agreed.text
        return self.http.get(f"{page.params['callback_url']}&g_continue")

    def sign_out_there(self) -> None:
        there, session = self.issuer.removesuffix("/oidc"), self.http.cookies["GLEWLWYD_OPENID"]
        assert self.http.delete(f"{self.issuer}/session/{session}").status_code == 200
        assert self.http.delete(f"{there}/auth/").status_code == 200
