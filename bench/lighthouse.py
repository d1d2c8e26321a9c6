"""Lighthouse's scores of the pages before sign-in, as a phone and as a desktop.

A server with the demo's data, the browser of the tests, and Lighthouse of a fixed version, which `make lighthouse`
installs into build/. It prints each page's four scores, and each audit that is not passed. PAGES chooses some, by a
part of their names.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "backend"))

from tests.support.server_process import serving  # noqa: E402 - the tests' kit starts a server

COMMAND = ROOT / "build/lighthouse/node_modules/.bin/lighthouse"
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
FORMS: dict[str, list[str]] = {"phone": [], "desktop": ["--preset=desktop"]}
PAGES = {
    "landing": "/",
    "user": "/user/",
    "school": "/school/",
    "worker": "/worker/",
    "sign-up": "/oauth/sign-up?client_id=uconnect-user",
}
REQUEST = {
    "response_type": "code",
    "client_id": "uconnect-user",
    "scope": "openid",
    "state": "any",
    "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",  # of RFC 7636, appendix B
    "code_challenge_method": "S256",
}
CHOSEN = os.environ.get("PAGES", "")


def report(url: str, options: list[str]) -> dict[str, Any]:
    """What Lighthouse says of a page."""
    flags = "--headless=new --no-sandbox --disable-dev-shm-usage"
    command = [str(COMMAND), url, "--quiet", "--output=json", f"--chrome-flags={flags}", *options]
    command.append(f"--only-categories={','.join(CATEGORIES)}")
    browser = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    done = subprocess.run(command, env=os.environ | {"CHROME_PATH": browser}, stdout=subprocess.PIPE, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def failed(found: dict[str, Any], category: str) -> list[str]:
    """The audits of a category that count and are not passed."""
    counted = [it["id"] for it in found["categories"][category]["auditRefs"] if it["weight"]]
    audits = [found["audits"][name] for name in counted]
    return [f"{it['title']} ({it.get('displayValue', it['id'])})" for it in audits if (it["score"] or 0) < 1]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), "demo") as server:
        sign_in = f"/oauth/authorize?{urlencode(REQUEST | {'redirect_uri': f'{server.url}/user/'})}"
        for name, path in (PAGES | {"sign-in": sign_in}).items():
            for form, options in FORMS.items():
                if CHOSEN not in name:
                    continue
                found = report(server.url + path, options)
                scores = {each: round(100 * (found["categories"][each]["score"] or 0)) for each in CATEGORIES}
                print(f"{name:8} {form:8}", *(f"{each} {score}" for each, score in scores.items()), flush=True)
                for category, score in scores.items():
                    if score < 100:
                        print(*(f"    {category}: {it}" for it in failed(found, category)), sep="\n")


if __name__ == "__main__":
    main()
