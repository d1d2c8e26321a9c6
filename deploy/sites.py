"""The sites as `make sites` built them, the same bytes as on the server, each with the config.json of where it is."""

import io
import json
import time
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit
from urllib.request import Request, urlopen

from uconnect.application.security_headers import for_address

DIST = Path(__file__).resolve().parents[1] / "sites/dist"
KINDS = ("user", "school", "worker")
BRANCH = "main"
COMPRESSED = {".br", ".gz"}  # for the server; Amplify's own network compresses by itself
ENDED = ("SUCCEED", "FAILED", "CANCELLED")


def config(kind: str, outputs: Mapping[str, str]) -> dict[str, Any]:
    """What a site is told: see sites/src/api/config.ts. Workers make their account by the link they are sent."""
    pages, client = outputs["Pages"], outputs[f"{kind.capitalize()}Client"]
    asked = {
        "client_id": client,
        "response_type": "code",
        "scope": "openid email profile",
        "redirect_uri": f"{outputs[f'{kind.capitalize()}Origin']}/{kind}/",
    }
    issuer = outputs["Issuer"]
    local = pages.startswith("http:")
    where = f"{pages}/{issuer.rpartition('/')[2]}" if local else issuer  # the emulator's issuer is not where it says
    return {
        "site": kind,
        "api": f"{outputs['Url']}/api",
        "socket": outputs["SocketUrl"].replace("http", "ws", 1),
        "issuer": issuer,
        "metadata": f"{where}/.well-known/openid-configuration",
        "client": client,
        "sites": {each: f"{outputs[f'{each.capitalize()}Origin']}/{each}/" for each in KINDS},
        "sign_up": f"{pages}/signup?{urlencode(asked)}" if pages and kind != "worker" else None,
        "account": f"{pages}/forgotPassword?{urlencode(asked)}" if pages else issuer,
        "invitation": None,
        "letter": None,
        "new_account": f"{pages}/signup" if pages else None,
        "notices": outputs["Mails"] == "true",
        "idle": 0,
    }


def policy(outputs: Mapping[str, str]) -> str:
    """The Content-Security-Policy of every page (W3C CSP 3): the server's, with the API, the socket and the issuer."""
    api, socket = _origin(outputs["Url"]), _origin(outputs["SocketUrl"].replace("http", "ws", 1))
    others = " ".join(
        dict.fromkeys([api, socket, _origin(outputs["Issuer"]), *filter(None, [_origin(outputs["Pages"])])])
    )
    return (
        f"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: {api};"
        f" connect-src 'self' {others}; manifest-src 'self'; base-uri 'none'; form-action 'self';"
        " frame-ancestors 'none'; require-trusted-types-for 'script'"
    )


def headers(outputs: Mapping[str, str]) -> dict[str, str]:
    """What each page is served with."""
    return for_address(https=True) | {"Content-Security-Policy": policy(outputs)}


def publish(amplify: Any, kind: str, outputs: Mapping[str, str], dist: Path = DIST, every: float = 2) -> str:
    """Put one site on Amplify Hosting by its manual-deployment API; its address. Raises RuntimeError if it fails."""
    app = outputs[f"{kind.capitalize()}App"]
    amplify.update_app(appId=app, customHeaders=custom_headers(outputs))
    begun = amplify.create_deployment(appId=app, branchName=BRANCH)
    body = zipped(kind, outputs, dist)
    upload = Request(begun["zipUploadUrl"], body, {"Content-Type": "application/zip"}, method="PUT")  # noqa: S310 - Amplify's
    with urlopen(upload):  # noqa: S310 - (the same)
        pass
    job = {"appId": app, "branchName": BRANCH, "jobId": begun["jobId"]}
    amplify.start_deployment(**job)
    while (status := amplify.get_job(**job)["job"]["summary"]["status"]) not in ENDED:
        time.sleep(every)
    if status != "SUCCEED":
        raise RuntimeError(f"Amplify did not publish the {kind} site: {status}")
    return f"{outputs[f'{kind.capitalize()}Origin']}/{kind}/"


def zipped(kind: str, outputs: Mapping[str, str], dist: Path = DIST) -> bytes:
    """The built sites, and the config.json of one."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for file in sorted(dist.rglob("*")):
            if file.is_file() and file.suffix not in COMPRESSED:
                packed.write(file, str(file.relative_to(dist)))
        packed.writestr(f"{kind}/config.json", json.dumps(config(kind, outputs)))
    return made.getvalue()


def custom_headers(outputs: Mapping[str, str]) -> str:
    """Amplify's YAML, of which JSON is a part."""
    pages = headers(outputs)
    assets = {"Cache-Control": "public, max-age=31536000, immutable"}  # a built asset's name changes with its bytes
    rules = [("**", pages), ("assets/**", assets)]
    made = [
        {"pattern": pattern, "headers": [{"key": key, "value": value} for key, value in named.items()]}
        for pattern, named in rules
    ]
    return json.dumps({"customHeaders": made})


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
