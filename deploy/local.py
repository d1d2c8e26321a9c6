"""Runs the AWS version on this machine: the same template and zips on an emulator, and the sites beside it."""

import io
import json
import platform
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import boto3

from deploy import lifecycle, sites
from deploy.code_bucket import CodeBucket
from deploy.emulator import emulator
from deploy.lifecycle import DesiredStack
from deploy.package import ROOT, functions, pillow

REGION = "us-east-1"
MAIL_FROM = "help@uconnect.example"
PASSWORD = "open the door please"  # noqa: S105 - of made-up people, on a machine that only listens to itself
VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
ARCH = {"aarch64": "arm64", "arm64": "arm64"}.get(platform.machine(), "x86_64")


def session() -> Any:
    """The emulator's own account."""
    return boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name=REGION)  # noqa: S106 - it has no other


class EmulatorSession:
    """A session whose clients all call the emulator at one address."""

    def __init__(self, address: str) -> None:
        self._session = session()
        self._address = address
        self.region_name = REGION

    def client(self, service: str, **settings: Any) -> Any:
        return self._session.client(service, endpoint_url=self._address, **settings)


def deploy(address: str, origin: str, build: Path = ROOT / "build", **others: str) -> dict[str, str]:
    """Put everything up on the emulator at an address, for sites at `origin`; the stack's outputs."""
    aws = EmulatorSession(address)
    aws.client("sesv2").create_email_identity(EmailIdentity=MAIL_FROM)
    bucket = CodeBucket(aws, "uconnect")
    code = bucket.put(functions(ARCH, VERSION, build), pillow(ARCH, VERSION, build))
    here = {"UserSite": origin, "SchoolSite": origin, "WorkerSite": origin, "LocalBase": address}
    chosen = {"Arch": ARCH, "Runtime": f"python{VERSION}", "MailFrom": MAIL_FROM, "Protect": "false"}
    chosen |= {"Hosting": "elsewhere"}
    desired = DesiredStack(bucket.put_template(), code | here | chosen | others, sure=True)
    with redirect_stdout(io.StringIO()):  # hundreds of lines, within seconds
        outputs = lifecycle.deploy(aws, "uconnect", desired)
    _allow_origin(aws, outputs["HttpApi"], origin)
    return outputs


def _allow_origin(aws: EmulatorSession, api: str, origin: str) -> None:
    """Set what the template says of CORS by the API, because the emulator does not read it there."""
    rules = {
        "AllowOrigins": [origin],
        "AllowMethods": ["GET", "POST", "PUT", "DELETE"],
        "AllowHeaders": ["authorization", "content-type"],
        "ExposeHeaders": ["retry-after"],
        "MaxAge": 86400,
    }
    aws.client("apigatewayv2").update_api(ApiId=api, CorsConfiguration=rules)


@contextmanager
def serve_sites(outputs: dict[str, str], port: int) -> Iterator[ThreadingHTTPServer]:
    """Serve the built sites on the loopback; `outputs` may be filled in before the first request."""
    server = ThreadingHTTPServer(("127.0.0.1", port), partial(SiteHandler, outputs))
    try:
        yield server
    finally:
        server.server_close()


class SiteHandler(SimpleHTTPRequestHandler):
    """The files of sites/dist with the headers they have on Amplify, and each site's config.json."""

    def __init__(self, outputs: Mapping[str, str], *rest: Any) -> None:
        self._outputs = outputs
        super().__init__(*rest, directory=str(sites.DIST))

    def do_HEAD(self) -> None:
        """As GET, without the body (RFC 9110, 9.3.2): a site asks so for the time."""
        self.do_GET()

    def do_GET(self) -> None:
        parts = self.path.split("?")[0].strip("/").split("/")
        if len(parts) == 2 and parts[0] in sites.KINDS and parts[1] == "config.json":
            self._send(json.dumps(sites.config(parts[0], self._outputs)).encode())
        elif parts == ["demo.json"]:
            self.send_error(404)
        elif self.command == "HEAD":
            super().do_HEAD()
        else:
            super().do_GET()

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer 404 with the page that the template names."""
        if code != HTTPStatus.NOT_FOUND:
            super().send_error(code, message, explain)
            return
        self._send((sites.DIST / "404.html").read_bytes(), HTTPStatus.NOT_FOUND, "text/html")

    def _send(self, body: bytes, status: int = HTTPStatus.OK, media_type: str = "application/json") -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def end_headers(self) -> None:
        for name, value in sites.headers(self._outputs).items():
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, *_: Any) -> None:
        """Print nothing for each request."""


def serve(folder: Path, port: int) -> None:
    """Run everything until it is interrupted."""
    outputs: dict[str, str] = {}
    with emulator(folder) as address, serve_sites(outputs, port) as server:
        outputs |= deploy(address, f"http://localhost:{port}")
        _people(address, outputs["Pool"])
        for kind in sites.KINDS:
            print(f"{kind:>7}  http://localhost:{port}/{kind}/   {kind}@demo.example   {PASSWORD}")
        print("Invite the worker as the school first. Other people cannot sign up or accept an invitation, because the")
        print(
            f"emulator has no page for that. The e-mails: {address}/_ministack/ses/messages   (Ctrl-C stops it)",
            flush=True,
        )
        server.serve_forever()


def _people(address: str, pool: str) -> None:
    """Make one account for each site: the emulator has no page for it."""
    make = Accounts(address, pool)
    for kind in sites.KINDS:
        make(f"{kind}@demo.example", f"Demo {kind}")


class Accounts:
    """Makes accounts of a pool, whose password everybody knows."""

    def __init__(self, address: str, pool: str) -> None:
        self._cognito = EmulatorSession(address).client("cognito-idp")
        self._pool = pool

    def __call__(self, email: str, name: str) -> None:
        known = {"email": email, "email_verified": "true", "name": name}
        attributes = [{"Name": name, "Value": value} for name, value in known.items()]
        who = {"UserPoolId": self._pool, "Username": email}
        self._cognito.admin_create_user(**who, UserAttributes=attributes, MessageAction="SUPPRESS")
        self._cognito.admin_set_user_password(**who, Password=PASSWORD, Permanent=True)
