"""The issuer's pages, as a browser reads and sends them."""

import html
import json
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

FORM = re.compile(r'<form method="post" action="([^"]+)">(.*?)</form>', re.DOTALL)
HIDDEN = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')
OPTIONS = re.compile(r'data-options="([^"]+)"')
CODE = re.compile(r"<li>((?:[0-9a-z]{4}-){3}[0-9a-z]{4})</li>")


def form(page: str) -> tuple[str, dict[str, str]]:
    """Where the first form of a page is sent to, and what is sent with it besides what a person types."""
    found = FORM.search(page)
    assert found, page
    hidden = {html.unescape(name): html.unescape(value) for name, value in HIDDEN.findall(found[2])}
    return html.unescape(found[1]), hidden


def handed_on(link: str, client: str) -> tuple[str, dict[str, str]]:
    """Where a site sends what stands in the fragment of a letter's link, and what it sends."""
    ((kind, (token,)),) = parse_qs(urlsplit(link).fragment).items()
    return f"/oauth/open-{kind}?client_id={client}", {"token": token}


def passkey_options(page: str) -> dict[str, Any]:
    """What a page's script asks the browser for."""
    found = OPTIONS.search(page)
    assert found, page
    options: dict[str, Any] = json.loads(html.unescape(found[1]))
    return options


def recovery_codes(page: str) -> list[str]:
    """The recovery codes that a page shows."""
    return CODE.findall(page)
