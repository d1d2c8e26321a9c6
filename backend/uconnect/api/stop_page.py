"""The page behind the link in a letter: a click stops such letters, and opening the page changes nothing.

Scanners of mail open every link. A mail program that offers to stop letters by itself sends the same POST (RFC 8058).
"""

import base64
import hashlib
from http import HTTPStatus

from uconnect.api.http import HEADERS, EncodedAnswer

STYLE = (
    ":root{color-scheme:light dark;font:16px/1.5 system-ui}body{max-width:34rem;margin:15vh auto;padding:0 1rem}"
    "h1{font-size:1.25rem}button{font:inherit;padding:.5rem 1rem}"
)
# `default-src` does not reach forms: this page may post to where it is, and to nowhere else.
POLICY = (
    f"default-src 'none'; style-src 'sha256-{base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def _page(title: str, body: str) -> EncodedAnswer:
    html = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head>'
        f"<body><main><h1>{title}</h1>{body}</main></body></html>"
    )
    headers = HEADERS | {"Content-Security-Policy": POLICY}
    return EncodedAnswer(HTTPStatus.OK, html.encode(), headers, "text/html; charset=utf-8")


QUESTION = _page(
    "Stop e-mails about new messages?",
    "<p>You will still see new messages when you open the site. You can turn these e-mails on again in Settings.</p>"
    '<form method="post"><button>Stop these e-mails</button></form>',
)
STOPPED = _page(
    "E-mails are off",
    "<p>You will get no more e-mails about new messages. You can turn them on again in Settings.</p>",
)
