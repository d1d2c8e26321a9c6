"""Serves the protocol's documentation as one HTML page, which `make generated` writes beside this module."""

import base64
import hashlib
from importlib.resources import files

from uconnect.application.security_headers import SECURITY_HEADERS

STYLE_BEGINS, STYLE_ENDS = "<style>", "</style>"


def page() -> tuple[bytes, dict[str, str]]:
    """The page as HTML, and the headers it is sent with: the policy allows the page's own style and nothing else."""
    text = files("uconnect.entrypoints.server").joinpath("protocol_docs.html").read_text("utf-8")
    style = text.partition(STYLE_BEGINS)[2].partition(STYLE_ENDS)[0]
    allowed = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{allowed}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    headers = SECURITY_HEADERS | {"Cache-Control": "no-cache", "Content-Security-Policy": policy}
    return text.encode(), headers
