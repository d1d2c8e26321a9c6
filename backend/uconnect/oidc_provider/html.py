"""Every page is plain HTML, shown in no frame, kept in no cache, with all that varies escaped.

One script is allowed, by its whole address, and on pages with a password alone: it shows what is typed. They work
without it.
"""

import hashlib
import html
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from importlib import resources
from string import Template

from starlette.responses import HTMLResponse, RedirectResponse, Response

from uconnect.oidc_provider.accounts import Profile
from uconnect.oidc_provider.clients import Client
from uconnect.oidc_provider.form_fields import CODE, Field, Form
from uconnect.oidc_provider.sessions import Session


def _packaged(name: str) -> str:
    return resources.files("uconnect.oidc_provider").joinpath("pages", name).read_text("utf-8")


def _named(stem: str, ending: str, text: str) -> str:
    """New bytes have a new address, so that a browser may keep the old ones for good."""
    return f"{stem}-{hashlib.sha256(text.encode()).hexdigest()[:12]}.{ending}"


STYLE, ICON, SHOW = _packaged("style.css"), _packaged("icon.svg"), _packaged("show.js")
STYLE_NAME, ICON_NAME, SHOW_NAME = (
    _named(*it) for it in (("style", "css", STYLE), ("icon", "svg", ICON), ("show", "js", SHOW))
)
FRAME, FORM, SIGN_OUT, NOTICE, ACCOUNT, PLACE = (
    Template(_packaged(f"{name}.html")) for name in ("frame", "form", "sign_out", "notice", "account", "place")
)

Links = Sequence[tuple[str, str]]

PRIVATE = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff"}


class HtmlPages:
    """The pages, for the issuer `url`, which answers below the path `base`."""

    def __init__(self, base: str, url: str = "") -> None:
        self._base = base
        self._url = url

    def form(
        self,
        client: Client,
        form: Form,
        action: str,
        mark: str,
        filled: Mapping[str, str],
        problem: str,
        status: int,
        at_fault: str,
    ) -> Response:
        """A page with a form. `filled` is what was typed before: it stays, but for passwords and codes. The focus is in
        the field `at_fault`, which `problem` is about, or in the first that is empty."""
        focus = at_fault or next((field.name for field in form.fields if not _kept(field, filled)), "")
        inputs = [_input(field, _kept(field, filled), focus, at_fault) for field in form.fields]
        main = _fill(
            FORM,
            title=form.title,
            about=form.about,
            about_hidden="" if form.about else "hidden",
            action=action,
            mark=mark,
            problem=problem,
            problem_hidden="" if problem else "hidden",
            button=form.button,
        )
        inputs = [*_hidden(form.hidden), *inputs]
        main = main.replace("<!--fields-->", "\n".join(inputs)).replace("<!--second-->", _second(form))
        shows = any(field.type == "password" for field in form.fields)
        return self.page(form.title, main.replace("<!--links-->", _links(form.links)), client, status, shows=shows)

    def sign_out(self, client: Client, fields: Mapping[str, str]) -> Response:
        """Asks whether to sign out; `fields` are sent back with the answer."""
        hidden = "".join(_hidden(fields.items()))
        main = _fill(SIGN_OUT, name=client.name, action=f"{self._base}/oauth/sign-out").replace("<!--fields-->", hidden)
        return self.page("Sign out", main, client)

    def account(
        self,
        client: Client,
        profile: Profile,
        links: Links,
        places: Sequence[Session],
        here: str,
        action: str,
        mark: str,
        said: str,
    ) -> Response:
        """Who one is, and where one is signed in; `here` is the sid of this very session."""
        main = _fill(
            ACCOUNT,
            name=profile.name,
            name_hidden="" if profile.name else "hidden",
            email=profile.email,
            said=said,
            action=action,
            mark=mark,
            home=client.home,
        )
        listed = "\n".join(_place(place, here, action, mark) for place in places)
        main = main.replace("<!--links-->", _links(links)).replace("<!--places-->", listed)
        return self.page("Your account", main, client)

    def notice(
        self, title: str, text: str, client: Client | None = None, detail: str = "", status: int = 200
    ) -> Response:
        """A sentence or two, and in small letters what a developer needs to know."""
        main = _fill(NOTICE, title=title, text=text, detail=detail, detail_hidden="" if detail else "hidden")
        return self.page(title, main, client, status)

    def page(
        self,
        title: str,
        main: str,
        client: Client | None = None,
        status: int = 200,
        *,
        wide: bool = False,
        shows: bool = False,
    ) -> Response:
        """A page of ours around `main`, which is HTML. A `wide` one is for reading; one that `shows` lets a person see
        the password they type."""
        script = f"{self._url}/oauth/{SHOW_NAME}" if shows else ""
        name = client.name if client else ""
        page = _fill(
            FRAME,
            title=f"{title} · {name} · uconnect" if name else f"{title} · uconnect",
            style=f"{self._base}/oauth/{STYLE_NAME}",
            icon=f"{self._base}/oauth/{ICON_NAME}",
            site=name,
            site_hidden="" if name else "hidden",
            room="room wide" if wide else "room",
        ).replace("<!--main-->", main)
        page = page.replace("<!--script-->", f'<script src="{html.escape(script)}" defer></script>' if script else "")
        return HTMLResponse(page, status, PRIVATE | _security_headers(client, script))


def redirect(location: str) -> Response:
    """A redirect that is always followed by GET, so that no form travels on with it (RFC 9700 §4.12)."""
    return RedirectResponse(location, 303, PRIVATE)


def _security_headers(client: Client | None, script: str) -> dict[str, str]:
    # Chromium follows a redirect after a form only to where form-action allows: the site's own origins too.
    landing = " ".join(["'self'", *(client.landing_origins if client else [])])
    allowed = script or "'none'"
    return {
        "Content-Security-Policy": f"default-src 'none'; script-src {allowed}; style-src 'self';"
        " img-src 'self'; base-uri 'none';"
        f" frame-ancestors 'none'; form-action {landing}",
        "X-Frame-Options": "DENY",
    }


def _kept(field: Field, filled: Mapping[str, str]) -> str:
    return "" if field.type == "password" or field is CODE else filled.get(field.name, "")


def _input(field: Field, value: str, focus: str, at_fault: str) -> str:
    kept = {} if field.type == "password" else {"value": value}
    described = f"problem {field.name}-hint" if field.hint else "problem"
    attributes = {
        "id": field.name,
        "name": field.name,
        "type": field.type,
        **kept,
        "autocomplete": field.autocomplete,
        **field.more,
        "aria-describedby": described,
        **({"aria-invalid": "true"} if field.name == at_fault else {}),
    }
    written = " ".join(f'{name}="{html.escape(value)}"' for name, value in attributes.items())
    hint = f'\n<p class="hint" id="{field.name}-hint">{html.escape(field.hint)}</p>' if field.hint else ""
    label = f'<label for="{field.name}">{html.escape(field.label)}</label>'
    return f"{label}\n<input {written} required{' autofocus' if field.name == focus else ''}>{hint}"


def _hidden(fields: Iterable[tuple[str, str]]) -> list[str]:
    return [f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(value)}">' for name, value in fields]


def _second(form: Form) -> str:
    if form.second is None:
        return ""
    name, text = form.second
    return f'<button class="second" type="submit" name="{name}" value="1" formnovalidate>{html.escape(text)}</button>'


def _links(links: Links) -> str:
    written = [f'<a href="{html.escape(address)}">{html.escape(text)}</a>' for address, text in links]
    return f'<p class="links">{" ".join(written)}</p>' if written else ""


def _place(place: Session, here: str, action: str, mark: str) -> str:
    at = datetime.fromtimestamp(place.authenticated, UTC)
    return _fill(
        PLACE,
        action=action,
        mark=mark,
        sid=place.sid,
        browser=place.browser or "A browser",
        here="(this one)" if place.sid == here else "",
        site=place.client,
        at=at.isoformat(),
        since=f"{at:%d %B %Y, %H:%M} UTC",
    )


def _fill(template: Template, **values: str) -> str:
    return template.substitute({name: html.escape(value) for name, value in values.items()})
