"""Checks what people reach at URL: the server, its sign-in, and its certificate."""

import json
import socket
import ssl
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

from uconnect.entrypoints.cli.checks.findings import Finding, Status
from uconnect.entrypoints.cli.checks.subject import Subject
from uconnect.entrypoints.cli.words import printable

WAIT = 5.0  # seconds for each answer
MOST = 65536  # bytes that are read of one
DISCOVERY = "/.well-known/openid-configuration"
SOON, SHARE = 21, 4  # a certificate is to be renewed so many days, or that part of its time, before its end
FRONT = "Does the server in front run, and does it pass requests on to uconnect?"
OTHER = "uconnect listens on PORT {}, and URL leads to another. Remove URL, unless a server in front listens there."
SAME = "Start the doctor with the same PORT and URL as the server."


class Unreached(Exception):
    """There is no answer of ours at URL. The message says why."""


def server(subject: Subject) -> Finding:
    """How the server says it is, as people reach it."""
    if not subject.served:
        says = f"No server runs in {subject.settings.data.resolve()}."
        return Finding("server", Status.WARNING, says, "To start it: uconnect serve")
    try:
        found = _answer(subject.settings.url, "/api/health")
    except Unreached as why:
        return Finding("server", Status.FAILED, str(why), _advice(subject))
    status, reasons = found.get("status"), ", ".join(map(str, found.get("reasons", ())))
    if status == "pass":
        return Finding("server", Status.OK, f"It answers at {subject.settings.url} and is well.")
    says = f"It answers at {subject.settings.url}, and names a reason: {printable(reasons)}."
    worse = Status.WARNING if status == "warn" else Status.FAILED
    return Finding("server", worse, says, "Its log says more. docs/monitoring.md says what to do about each reason.")


def sign_in(subject: Subject) -> Finding | None:
    """Whether the sites find where to sign in. Nothing can be said while no server runs."""
    if not subject.served:
        return None
    url = subject.settings.url
    try:
        issuer = _answer(url, DISCOVERY).get("issuer")
    except Unreached as why:
        return Finding("sign_in", Status.FAILED, str(why), _advice(subject))
    if issuer != url:
        says = f"At {url} another address answers for sign-in: {printable(str(issuer))}."
        return Finding("sign_in", Status.FAILED, says, "Set URL to the address people open, and restart the server.")
    return Finding("sign_in", Status.OK, f"People can sign in at {url}.")


def _advice(subject: Subject) -> str:
    """What to do if nothing of ours answers. An address that is not https is mostly the server's own."""
    url, port = urlsplit(subject.settings.url), subject.settings.port
    if url.scheme == "https":
        return FRONT
    return SAME if (url.port or 80) == port else OTHER.format(port)


def certificate(subject: Subject) -> Finding:
    url = urlsplit(subject.settings.url)
    if url.scheme != "https":
        return Finding("certificate", Status.OK, "None is needed: only this computer can reach uconnect.")
    host, port = url.hostname or "", url.port or 443
    try:
        with (
            socket.create_connection((host, port), WAIT) as plain,
            ssl.create_default_context().wrap_socket(plain, server_hostname=host) as secured,
        ):
            found = secured.getpeercert() or {}
    except ssl.SSLCertVerificationError as error:
        says = f"The certificate of {host} is not valid: {printable(error.verify_message)}."
        return Finding("certificate", Status.FAILED, says, "Renew it, or browsers keep people out.")
    except OSError as error:
        says = f"{host} cannot be reached at port {port}: {_reason(error)}."
        return Finding("certificate", Status.FAILED, says, "Does the server in front run?")
    return _lifetime(host, found, subject.now)


def _lifetime(host: str, found: dict[str, Any], now: float) -> Finding:
    begin, end = (ssl.cert_time_to_seconds(str(found[it])) for it in ("notBefore", "notAfter"))
    left = end - now
    days = f"{int(left // 86400)} days" if left >= 2 * 86400 else f"{int(left // 3600)} hours"
    says = f"The certificate of {host} is valid for {days}, until {datetime.fromtimestamp(end, UTC):%Y-%m-%d}."
    if left < min(SOON * 86400, (end - begin) / SHARE):
        return Finding("certificate", Status.WARNING, says, "Renew it. If that is automatic, find out why it was not.")
    return Finding("certificate", Status.OK, says)


def _answer(url: str, path: str) -> dict[str, Any]:
    """The JSON object at an address of ours. No redirect is followed. Raises Unreached."""
    parts = urlsplit(url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=WAIT)
    try:
        connection.request("GET", path, headers={"Accept": "application/json", "User-Agent": "uconnect-doctor"})
        answer = connection.getresponse()
        found = json.loads(answer.read(MOST))
    except (OSError, HTTPException) as error:
        raise Unreached(f"{url} cannot be reached: {_reason(error)}.") from error
    except ValueError:
        raise Unreached(f"Something else than uconnect answers at {url}{path}.") from None
    finally:
        connection.close()
    if not isinstance(found, dict):
        raise Unreached(f"Something else than uconnect answers at {url}{path}.")
    return found


def _reason(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not valid, {printable(error.verify_message)}"
    if isinstance(error, TimeoutError):
        return "it does not answer in time"
    return printable(getattr(error, "strerror", None) or type(error).__name__)
