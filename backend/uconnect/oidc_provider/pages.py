"""The pages: plain HTML, shown in no frame, kept in no cache, with all that varies escaped.

One script is allowed, by its whole address, and only where there is work for it: it shows a password that is typed, or
times by the reader's clock. The pages work without it. Password managers and phones understand each field.
"""

import hashlib
import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlencode, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from uconnect.application.security_headers import SECURITY_HEADERS
from uconnect.oidc_provider import csrf, email_verification, validation
from uconnect.oidc_provider.accounts import Profile
from uconnect.oidc_provider.authlib_server import Answer, OAuthServer, SignInNeeded
from uconnect.oidc_provider.csrf import Pairs
from uconnect.oidc_provider.passkeys import Passkey
from uconnect.oidc_provider.passwords import Busy
from uconnect.oidc_provider.relying_party import PasskeyRequest
from uconnect.oidc_provider.sessions import Session
from uconnect.oidc_provider.settings import Client
from uconnect.oidc_provider.throttle import TooManyTries
from uconnect.oidc_provider.upstream_settings import SignInMethods
from uconnect.oidc_provider.validation import InvalidInput

TEMPLATES = Path(__file__).with_name("templates")

WAIT = "Too many tries. Wait {}, then try again."
BUSY = "Many people are signing in right now. Wait a few seconds, then try again."
FOREIGN = "Your browser did not confirm that this form came from uconnect. Try again here."
TOO_MUCH = "This is too long to send. Enter something shorter."
BROKEN = "Nothing was changed. Go back to uconnect and sign in from there."

# `strict-origin` tells nobody the address of a page, which may hold a letter's token. With `no-referrer` browsers would
# send our own forms with `Origin: null` (Fetch §3.2).
PRIVATE = SECURITY_HEADERS | {"Cache-Control": "no-store", "Referrer-Policy": "strict-origin"}


def _named(stem: str, ending: str, text: str) -> str:
    """New bytes have a new address, so that a browser may keep the old ones for good."""
    return f"{stem}-{hashlib.sha256(text.encode()).hexdigest()[:12]}.{ending}"


STYLE, ICON, SHOW, TIMES, PASSKEY = (
    (TEMPLATES / name).read_text("utf-8") for name in ("style.css", "icon.svg", "show.js", "times.js", "passkey.js")
)
STYLE_NAME, ICON_NAME, SHOW_NAME, TIMES_NAME, PASSKEY_NAME = (
    _named(*it)
    for it in (
        ("style", "css", STYLE),
        ("icon", "svg", ICON),
        ("show", "js", SHOW),
        ("times", "js", TIMES),
        ("passkey", "js", PASSKEY),
    )
)

Links = Sequence[tuple[str, str]]  # address, text


@dataclass(frozen=True, slots=True)
class Field:
    """One labelled input that must be filled in. `more` are its other attributes.

    None has a `maxlength`: browsers cut what is pasted without a word, and count UTF-16 units where we count code
    points. What is too long is refused in words.
    """

    name: str
    label: str
    type: str
    autocomplete: str
    hint: str = ""
    more: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Choices:
    """Buttons (id, text) that lead to other providers, in a form of their own that is sent to `action`. `hidden` are
    (name, value) that are sent with it."""

    action: str
    buttons: Links
    hidden: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Form:
    """A page with one form, none if there is neither a `button` nor a `passkey`. `links` stand below it; `second` is
    another button (name, text) that needs no field filled in; `hidden` are (name, value) that are sent with it.
    `filled` is what its fields have at first. `passkey` is what the browser may be asked for in place of the fields;
    `finish` adds to the page's headers."""

    title: str
    about: str
    button: str
    fields: tuple[Field, ...]
    links: Links = ()
    second: tuple[str, str] | None = None
    hidden: tuple[tuple[str, str], ...] = ()
    choices: Choices | None = None
    filled: Mapping[str, str] = field(default_factory=dict)
    passkey: PasskeyRequest | None = None
    finish: Callable[[Response], object] = lambda _: None


PLAIN = {"autocapitalize": "none", "spellcheck": "false"}
RULE = f"At least {validation.SHORTEST_PASSWORD} characters. A few words are easy to remember."
DIGITS = f"{email_verification.DIGITS} digits"

NAME = Field("name", "Your name", "text", "name")
EMAIL = Field("email", "E-mail", "email", "username", more={"inputmode": "email"} | PLAIN)
EMAIL_OR_PASSKEY = replace(EMAIL, autocomplete="username webauthn")  # browsers then offer passkeys in the field
NEW_EMAIL = Field("email", "New e-mail", "email", "email", more={"inputmode": "email"} | PLAIN)
PASSWORD = Field("password", "Password", "password", "current-password")
NEW_PASSWORD = Field("password", "New password", "password", "new-password", RULE)
CODE = Field("code", "Code", "text", "one-time-code", DIGITS, {"inputmode": "numeric"} | PLAIN)


@dataclass(frozen=True, slots=True)
class AccountMethods:
    """How an account's owner may sign in: with a password, with those `linked` providers, and with those that are
    `offered` to be linked. Of each (id or issuer, name). `kept` are the issuers that cannot be disconnected."""

    passwords: bool
    linked: Links = ()
    kept: Collection[str] = ()
    offered: Links = ()


class HtmlPages:
    """The pages of the provider at `url`."""

    def __init__(self, url: str) -> None:
        self.url, self._base = url, urlsplit(url).path
        self._templates = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._templates.filters["utc"] = lambda seconds: datetime.fromtimestamp(seconds, UTC)

    def path(self, name: str, query: Pairs) -> str:
        """The address of a page that goes on with the same request. No e-mail is put into addresses."""
        return f"{self._base}/oauth/{name}?{urlencode([it for it in query if it[0] != 'login_hint'])}"

    def path_for(self, name: str, client: Client, **more: str) -> str:
        """The address of a page for people of a client, apart from any request of its site."""
        return self.path(name, [("client_id", client.id), *more.items()])

    def form(
        self,
        client: Client,
        form: Form,
        action: str,
        typed: Mapping[str, str],
        problem: str,
        status: int,
        at_fault: str,
    ) -> Response:
        """A page with a form. What was `typed` before stays, but for passwords and codes. The focus is in the field
        `at_fault`, which `problem` is about, or in the first that is empty."""
        typed = {**form.filled, **typed}
        filled = {it.name: "" if it.type == "password" or it is CODE else typed.get(it.name, "") for it in form.fields}
        focus = at_fault or next((name for name, value in filled.items() if not value), "")
        scripts = [SHOW_NAME] if any(it.type == "password" for it in form.fields) else []
        scripts += [PASSKEY_NAME] if form.passkey else []
        about = {"form": form, "action": action, "filled": filled, "problem": problem, "at_fault": at_fault}
        response = self._page("form.html", form.title, client, about | {"focus": focus}, status, scripts=scripts)
        form.finish(response)
        return response

    def choices(self, request: "PageRequest", methods: SignInMethods, *hidden: tuple[str, str]) -> Choices | None:
        """The buttons of the other providers of a site, if it has any: the same for everybody."""
        buttons = methods.choices(request.client.kind)
        return Choices(self.path("begin", request.query), buttons, hidden) if buttons else None

    def leave(self, client: Client, name: str, address: str) -> Response:
        """Sends the browser on to another provider. It is a page and no redirect: a browser follows those of a form
        only to where the page with the form allows, and a provider may send people further to any address."""
        return self._page("leave.html", "Continue", client, {"name": name, "address": address})

    def sign_out(self, clients: Sequence[Client], fields: Mapping[str, str]) -> Response:
        """Asks whether to sign out of one or several sites; `fields` are sent back with the answer."""
        *some, last = (f"“{client.name}”" for client in clients)
        names = f"the sites {', '.join(some)} and {last}" if some else f"the site {last}"
        about = {"action": f"{self._base}/oauth/sign-out", "fields": fields, "names": names, "several": bool(some)}
        return self._page("sign_out.html", "Sign out", None if some else clients[0], about)

    def account(
        self,
        client: Client,
        profile: Profile,
        sessions: Sequence[Session],
        here: str,
        done: str,
        sites: Mapping[str, Client],
        methods: AccountMethods,
    ) -> Response:
        """The account, and where it is signed in. `here` is the sid of this very session."""
        about = {"client": client, "profile": profile, "sessions": sessions, "here": here, "done": done, "sites": sites}
        about |= {"methods": methods}
        paths = {name: self.path_for(name, client) for name in ("account", "password", "email", "begin", "passkeys")}
        return self._page("account.html", "Your account", client, about | {"paths": paths}, scripts=[TIMES_NAME])

    def passkeys(
        self, client: Client, has: Sequence[Passkey], left: int, form: Form, problem: str, done: str, status: int
    ) -> Response:
        """The passkeys of an account, how many recovery codes are `left`, and the `form` for one more passkey."""
        about = {"passkeys": has, "left": left, "form": form, "problem": problem, "done": done}
        paths = {name: self.path_for(name, client) for name in ("account", "passkeys")}
        scripts = [TIMES_NAME, PASSKEY_NAME]
        response = self._page("passkeys.html", "Passkeys", client, about | {"paths": paths}, status, scripts=scripts)
        form.finish(response)
        return response

    def recovery_codes(self, client: Client, codes: Sequence[str], about: str, onward: str) -> Response:
        """New recovery codes. They are shown this once."""
        return self._page("codes.html", "Recovery codes", client, {"codes": codes, "about": about, "onward": onward})

    def notice(
        self,
        title: str,
        text: str,
        client: Client | None = None,
        detail: str = "",
        status: int = 200,
        onward: tuple[str, str] | None = None,
    ) -> Response:
        """A sentence or two, and in small letters what a developer needs to know. `onward` is a link (address, text)
        below."""
        return self._page("notice.html", title, client, {"text": text, "detail": detail, "onward": onward}, status)

    def page(self, title: str, main: Markup) -> Response:
        """A wide page for reading, around `main`."""
        return self._page("frame.html", title, None, {"main": main, "wide": True})

    def answer(self, answer: Answer) -> Response:
        """An answer of the protocol as a person sees it."""
        if answer.location is not None:
            return redirect(answer.location)
        detail = ": ".join(str(text) for text in answer.body.values() if text)
        return self.notice("This link does not work", BROKEN, detail=detail, status=answer.status)

    def _page(
        self,
        template: str,
        title: str,
        site: Client | None,
        about: Mapping[str, Any],
        status: int = 200,
        *,
        scripts: Sequence[str] = (),
    ) -> Response:
        addresses = [f"{self.url}/oauth/{it}" for it in scripts]
        page = self._templates.get_template(template).render(
            {"wide": False, "title": title, "site": site.name if site else "", "scripts": addresses},
            style=f"{self._base}/oauth/{STYLE_NAME}",
            icon=f"{self._base}/oauth/{ICON_NAME}",
            **about,
        )
        return HTMLResponse(page, status, PRIVATE | _security_headers(site, addresses))


def letter_link(client: Client, kind: str, token: str) -> str:
    """The link in a letter, to a client's site. The token is in its fragment, which no browser sends: so no server and
    no proxy writes it down. The site sends it on in a form, to the page `open-{kind}`."""
    return f"{client.home}#{urlencode({kind: token})}"


def redirect(location: str) -> Response:
    """A redirect that is always followed by GET, so that no form travels on with it (RFC 9700 §4.12)."""
    return RedirectResponse(location, 303, PRIVATE)


def _security_headers(client: Client | None, scripts: Sequence[str]) -> dict[str, str]:
    # Chromium follows a redirect after a form only to where form-action allows: the site's own origins too.
    landing = " ".join(["'self'", *(client.landing_origins if client else [])])
    allowed = " ".join(scripts) or "'none'"
    return {
        "Content-Security-Policy": f"default-src 'none'; script-src {allowed}; style-src 'self';"
        " img-src 'self'; base-uri 'none';"
        f" frame-ancestors 'none'; form-action {landing}",
    }


# --- a form is shown, read only if it is ours, and refused in words ---------------------------------------------------


class AnswerInstead(Exception):
    """The page cannot be shown or acted on: `response` is answered in its place."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response


class ShowFormAgain(Exception):
    """The form has to be filled in once more. The message says why; `field` is the one at fault."""

    def __init__(self, sentence: str, status: int = 400, field: str = "") -> None:
        super().__init__(sentence)
        self.status = status
        self.field = field


@dataclass(frozen=True, slots=True)
class PageRequest:
    """One request for a page. `query` is in its address and is carried from page to page; `fields` came with its
    form."""

    http: Request
    client: Client
    query: Pairs
    fields: Mapping[str, str]

    @property
    def address(self) -> str:
        return self.http.client.host if self.http.client else ""

    def field(self, name: str) -> str:
        """What was typed into a field."""
        return self.fields.get(name, "")

    @property
    def token(self) -> str:
        """The secret of a letter's link. Earlier letters had it in the address, where it still works until they
        expire."""
        return self.field("token") or dict(self.query).get("token", "")

    @property
    def hidden_token(self) -> tuple[tuple[str, str], ...]:
        """The same as the hidden field of a form, which hands it on."""
        return (("token", self.field("token")),) if self.field("token") else ()


class FormPage(Protocol):
    """A page with a form, at `/oauth/{path}`."""

    @property
    def path(self) -> str: ...

    async def form(self, request: PageRequest) -> Form:
        """The form. Raises AnswerInstead."""
        ...

    async def submit(self, request: PageRequest) -> Response:
        """Do what the form asks. Raises AnswerInstead; and InvalidInput, Busy, TooManyTries, ShowFormAgain, whose
        sentences are shown with the form."""
        ...


@dataclass(frozen=True)
class FormPages:
    """Shows and reads each page with a form. `origin` is the provider's own."""

    oauth: OAuthServer
    clients: Mapping[str, Client]
    html: HtmlPages
    origin: str
    now: Callable[[], float]

    async def show(self, request: Request, page: FormPage) -> Response:
        """GET: the page with its form."""
        query = csrf.in_address(request)
        return await self.present(PageRequest(request, self._client(query), query, {}), page)

    async def open(self, request: Request, page: FormPage) -> Response:
        """POST by one of our sites, which hands on the token of a letter's link: the page with its form. It changes
        nothing, so any page may send it."""
        query, fields = csrf.in_address(request), dict(await csrf.posted(request))
        return await self.present(PageRequest(request, self._client(query), query, fields), page)

    async def submit(self, request: Request, page: FormPage) -> Response:
        """POST: do what the form asks, or show it once more."""
        query, sent = csrf.in_address(request), await csrf.read(request)
        asked = PageRequest(request, self._client(query), query, dict(sent or ()))
        if sent is None:
            return await self.present(asked, page, TOO_MUCH, 413)
        if not csrf.is_own_form(request, self.origin):
            return await self.present(asked, page, FOREIGN, 403)
        try:
            return await page.submit(asked)
        except InvalidInput as invalid:
            return await self.present(asked, page, str(invalid), 400, invalid.field)
        except ShowFormAgain as again:
            return await self.present(asked, page, str(again), again.status, again.field)
        except Busy:
            return await self.present(asked, page, BUSY, 503)
        except TooManyTries as tries:
            response = await self.present(asked, page, WAIT.format(_in_words(tries.wait)) + tries.otherwise, 429)
            response.headers["Retry-After"] = str(tries.wait)
            return response

    async def present(
        self, request: PageRequest, page: FormPage, problem: str = "", status: int = 200, at_fault: str = ""
    ) -> Response:
        """The page with its form, what was typed, what was wrong with it, and in which field."""
        form, action = await page.form(request), self.html.path(page.path, request.query)
        return self.html.form(request.client, form, action, request.fields, problem, status, at_fault)

    def _client(self, query: Pairs) -> Client:
        """The site of a request: one of the site itself (OAuth), or one of a person who came from a letter or a
        link."""
        client = self.clients.get(dict(query).get("client_id", ""))
        if client is not None and is_plain(query):
            return client
        considered = self.oauth.consider(query, None, self.now())
        if isinstance(considered, SignInNeeded):
            return considered.client
        assert isinstance(considered, Answer), "without a session nobody is signed in"
        raise AnswerInstead(self.html.answer(considered))


def is_plain(query: Pairs) -> bool:
    """Whether it is no request of a site (OAuth 2.0 §4.1.1 wants a response_type)."""
    return "response_type" not in dict(query)


def _in_words(seconds: int) -> str:
    if seconds <= 90:
        return "a second" if seconds == 1 else f"{seconds} seconds"
    return f"{math.ceil(seconds / 60)} minutes"
