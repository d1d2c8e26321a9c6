"""Every page is plain HTML without a script, shown in no frame, kept in no cache, with all that varies escaped."""

import hashlib
import html
from collections.abc import Mapping
from importlib import resources
from string import Template

from starlette.responses import HTMLResponse, RedirectResponse, Response

from uconnect.identities.builtin.clients import Client


def _packaged(name: str) -> str:
    return resources.files("uconnect.identities.builtin").joinpath("pages", name).read_text("utf-8")


STYLE = _packaged("style.css")
STYLE_NAME = f"style-{hashlib.sha256(STYLE.encode()).hexdigest()[:12]}.css"  # a new style is a new address
FRAME, SIGN_IN, SIGN_OUT, NOTICE = (
    Template(_packaged(f"{name}.html")) for name in ("frame", "sign_in", "sign_out", "notice")
)

PRIVATE = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff"}


class Views:
    """The pages, for an issuer that answers below the path `base`."""

    def __init__(self, base: str) -> None:
        self._base = base

    def sign_in(
        self, client: Client, action: str, mark: str, email: str = "", problem: str = "", status: int = 200
    ) -> Response:
        """The sign-in form. `problem` is one sentence; what was typed as e-mail stays."""
        main = _fill(
            SIGN_IN,
            about=client.about,
            about_hidden="" if client.about else "hidden",
            action=action,
            mark=mark,
            email=email,
            problem=problem,
            problem_hidden="" if problem else "hidden",
            email_focus="" if email else "autofocus",
            password_focus="autofocus" if email else "",
        )
        return self._page("Sign in", client, main, status)

    def sign_out(self, client: Client, fields: Mapping[str, str]) -> Response:
        """Asks whether to sign out; `fields` are sent back with the answer."""
        hidden = "".join(
            f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(value)}">'
            for name, value in fields.items()
        )
        main = _fill(SIGN_OUT, name=client.name, action=f"{self._base}/oauth/sign-out").replace("<!--fields-->", hidden)
        return self._page("Sign out", client, main, 200)

    def notice(
        self, title: str, text: str, client: Client | None = None, detail: str = "", status: int = 200
    ) -> Response:
        """A sentence or two, and in small letters what a developer needs to know."""
        main = _fill(NOTICE, title=title, text=text, detail=detail, detail_hidden="" if detail else "hidden")
        return self._page(title, client, main, status)

    def _page(self, title: str, client: Client | None, main: str, status: int) -> Response:
        name = client.name if client else ""
        page = _fill(
            FRAME,
            title=f"{title} · {name} · uconnect" if name else f"{title} · uconnect",
            style=f"{self._base}/oauth/{STYLE_NAME}",
            site=name,
            site_hidden="" if name else "hidden",
        ).replace("<!--main-->", main)
        return HTMLResponse(page, status, PRIVATE | _shield(client))


def sent_to(location: str) -> Response:
    """A redirect that is always followed by GET, so that no form travels on with it (RFC 9700 §4.12)."""
    return RedirectResponse(location, 303, PRIVATE)


def _shield(client: Client | None) -> dict[str, str]:
    # Chromium follows a redirect after a form only to where form-action allows: the site's own origins too.
    landing = " ".join(["'self'", *(client.landing_origins if client else [])])
    return {
        "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none';"
        f" form-action {landing}",
        "X-Frame-Options": "DENY",
    }


def _fill(template: Template, **values: str) -> str:
    return template.substitute({name: html.escape(value) for name, value in values.items()})
