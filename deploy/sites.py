"""The sites as `make sites` built them, the same bytes as on the server, each with the config.json of where it is."""

import io
import json
import time
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import Request, urlopen

from deploy.stack import Failed
from uconnect.application.security_headers import for_address

DIST = Path(__file__).resolve().parents[1] / "sites/dist"
KINDS = ("user", "school", "worker")
BRANCH = "main"
COMPRESSED = {".br", ".gz"}  # for the server; Amplify's own network compresses by itself
# ms between two pings of a page, each of which is paid for. A page pings up to an eighth earlier. API Gateway closes a
# socket after ten idle minutes (Developer Guide, "Quotas for WebSocket APIs": idle connection timeout).
BEAT = 8 * 60_000
# ms between two signs that somebody still types, each of which is paid for too. They fade a little later. XMPP's chat
# states take 30 s without a keystroke for a pause (XEP-0085, "Chat State Definitions").
TYPING = 30_000
ENDED = ("SUCCEED", "FAILED", "CANCELLED")
PATIENCE = 900  # s, for one job
Job = dict[str, str]


def config(kind: str, outputs: Mapping[str, str]) -> dict[str, Any]:
    """The config.json of a site: see sites/src/api/config.ts. Workers make their account by the link that they get."""
    pages, client = outputs["Pages"], outputs[f"{kind.capitalize()}Client"]
    asked = {
        "client_id": client,
        "response_type": "code",
        "scope": "openid email profile",
        "redirect_uri": f"{outputs[f'{kind.capitalize()}Origin']}/{kind}/",
    }
    issuer = outputs["Issuer"]
    own_passwords = pages and outputs[f"{kind.capitalize()}Idp"] != "alone"
    local = pages.startswith("http:")
    where = f"{pages}/{issuer.rpartition('/')[2]}" if local else issuer  # the emulator's issuer is not where it says
    return {
        "site": kind,
        "api": f"{outputs['Url']}/api",
        "socket": outputs["SocketUrl"].replace("http", "ws", 1),
        "beat": BEAT,
        "typing": TYPING,
        "issuer": issuer,
        "metadata": f"{where}/.well-known/openid-configuration",
        "client": client,
        "sites": {each: f"{outputs[f'{each.capitalize()}Origin']}/{each}/" for each in KINDS},
        "sign_up": f"{pages}/signup?{urlencode(asked)}" if own_passwords and kind != "worker" else None,
        **_account(outputs, kind, urlencode(asked)),
        "sign_out_everywhere": bool(pages),  # another issuer's sign-ins are not ours to end
        "invitation": None,
        "letter": None,
        "new_account": f"{pages}/signup" if own_passwords else None,
        "notices": outputs["Mails"] == "true",
        "idle": 0,
    }


def _account(outputs: Mapping[str, str], kind: str, asked: str) -> dict[str, str | None]:
    """Which pages about a person's account there are."""
    pages = outputs["Pages"]
    if not pages:
        return {"account": outputs["Issuer"], "account_offers": "issuer", "passkey": None}
    forgotten, passkey = f"{pages}/forgotPassword?{asked}", f"{pages}/passkeys/add?{asked}"
    return {
        "account": forgotten if outputs[f"{kind.capitalize()}Idp"] != "alone" else None,
        "account_offers": "password" if outputs[f"{kind.capitalize()}Idp"] == "none" else "own_password",
        "passkey": passkey if outputs["Passkeys"] == "true" else None,
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
    """The headers of every page."""
    return for_address(https=True) | {"Content-Security-Policy": policy(outputs)}


def publish(amplify: Any, kind: str, outputs: Mapping[str, str], dist: Path = DIST, every: float = 2) -> str:
    """Put one site on Amplify Hosting by its manual-deployment API; its address. Raises Failed."""
    app = outputs[f"{kind.capitalize()}App"]
    amplify.update_app(appId=app, customHeaders=custom_headers(outputs))
    _stop_unfinished(amplify, app, every)
    begun = amplify.create_deployment(appId=app, branchName=BRANCH)
    body = zipped(kind, outputs, dist)
    upload = Request(begun["zipUploadUrl"], body, {"Content-Type": "application/zip"}, method="PUT")  # noqa: S310 - Amplify's
    try:
        with urlopen(upload):  # noqa: S310 - (the same)
            pass
    except URLError as error:
        raise Failed(f"The {kind} site could not be sent to Amplify: {error.reason}. Run make deploy again.") from None
    job = {"appId": app, "branchName": BRANCH, "jobId": begun["jobId"]}
    amplify.start_deployment(**job)
    status = _ended(amplify, job, every)
    if status != "SUCCEED":
        raise Failed(
            f"Amplify did not publish the {kind} site ({status}): the Amplify console says why (app {app}, job"
            f" {begun['jobId']}). Run make deploy again."
        )
    return f"{outputs[f'{kind.capitalize()}Origin']}/{kind}/"


def _stop_unfinished(amplify: Any, app: str, every: float) -> None:
    """Amplify begins no deployment while one is not finished, as after an interrupted upload: "The last job(deployment)
    64 was not finished, please wait until it finish or use StopJob operation to cancel it"."""
    for it in amplify.list_jobs(appId=app, branchName=BRANCH)["jobSummaries"]:
        job = {"appId": app, "branchName": BRANCH, "jobId": it["jobId"]}
        if it["status"] in ENDED:
            continue
        if it["status"] != "CANCELLING":
            print(f"A deployment of {app} was left unfinished. It is stopped.")
            amplify.stop_job(**job)
        _ended(amplify, job, every)


def _ended(amplify: Any, job: Job, every: float) -> str:
    """The status of a job once it has ended. Raises Failed if it takes too long."""
    until = time.monotonic() + PATIENCE
    while (status := str(amplify.get_job(**job)["job"]["summary"]["status"])) not in ENDED:
        if time.monotonic() > until:
            raise Failed(f"Amplify is still at work on job {job['jobId']} of app {job['appId']} ({status}).")
        time.sleep(every)
    return status


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
