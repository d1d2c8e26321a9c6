"""Every setting, once: a field of `Settings`, with its default, how it is read, an example, and what it is for.

`settings.read` reads them, and docs/settings.md is made of them.
"""

# ruff: noqa: RUF009 - `setting` makes a field of a dataclass

import ast
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from uconnect.adapters.mail import Server
from uconnect.application.loopback import is_loopback
from uconnect.domain.rate_limit import RateLimit
from uconnect.entrypoints.server import settings_values as values
from uconnect.entrypoints.server.limits import ADDRESS_BURST, CONNECTIONS
from uconnect.entrypoints.server.log_output import LogFormat, LogLevel
from uconnect.entrypoints.server.providers_file import read_providers
from uconnect.entrypoints.server.settings_values import Fault, NeedPasskey
from uconnect.oidc_provider import Limits
from uconnect.oidc_provider.sessions import LIFETIME
from uconnect.oidc_provider.token_store import TOKEN_LIFETIME
from uconnect.oidc_provider.upstream_settings import SignInMethods

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Setting:
    """How a field of `Settings` is set.

    `read` makes a value of the text, or raises Fault. `default` is the text that holds while nothing is set; it may
    follow from the values of the fields before. `else_` says in words what holds then. A `secret` is shown nowhere.
    """

    field: str
    name: str
    read: Callable[[str], Any]
    default: str | Callable[[Mapping[str, Any]], str]
    else_: str
    example: str
    secret: bool

    @property
    def about(self) -> str:
        """What the setting is for: the text below its field."""
        return _texts()[self.field]


def setting(
    read: Callable[[str], T],
    default: str | Callable[[Mapping[str, Any]], str],
    else_: str = "",
    *,
    example: str,
    name: str = "",
    secret: bool = False,
) -> T:
    """A field of `Settings`. Its name in small letters is the field's, unless `name` is another."""
    metadata = {"read": read, "default": default, "else_": else_ or default, "example": example, "secret": secret}
    return cast("T", field(metadata=metadata | {"name": name}, repr=not secret))


def built_sites(package: Path = Path(__file__).parents[2]) -> Path:
    """The sites that came with this package: `tools.wheel` puts them into it; a clone has them beside it."""
    inside = package / "sites"
    return inside if inside.is_dir() else package.parents[1] / "sites" / "dist"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The values that hold."""

    port: int = setting(values.port, "8000", example="8080")
    """The port to listen on."""

    host: str = setting(values.host, "127.0.0.1", "127.0.0.1, which only this computer can reach", example="10.0.0.7")
    """The address to listen on; `::` means all addresses of this computer, IPv4 and IPv6. With an address that others
    can reach, set `URL` too. A path, such as `/run/uconnect/socket`, means a Unix socket: the account that runs
    uconnect and its group can use it, and are believed as servers in `PROXIES` are. Sockets that systemd opens
    (`LISTEN_FDS`) are used instead of `HOST` and `PORT`."""

    url: str = setting(
        values.url,
        lambda found: f"http://localhost:{found['port']}",
        "`http://localhost:PORT`",
        example="https://ask.uni.edu",
    )
    """The address people open. Browsers can sign people in only over https, so for others than this computer it begins
    with `https://`: a server with a certificate stands in front of uconnect and passes requests on."""

    hsts_subdomains: bool = setting(values.is_on, "off", example="on")
    """With `on`, browsers that were here ask every host below ours over https alone, for a year
    (`includeSubDomains`). It is off because these hosts may be others'."""

    proxies: tuple[str, ...] = setting(values.networks, "127.0.0.1, ::1", example="10.0.0.4")
    """The addresses or networks, separated by commas, of the servers that stand in front. From them alone
    `X-Forwarded-For` is believed: who guesses passwords is slowed by the address they come from."""

    connections: int = setting(values.count, str(CONNECTIONS), "10000, or what the system allows", example="2000")
    """How many connections may be open at the same time. More are answered 503. Each takes a file and about 30 KB, so
    the system may allow fewer (`ulimit -n`)."""

    connections_per_address: int = setting(
        values.count, lambda found: str(max(1, found["connections"] // 2)), "half of `CONNECTIONS`", example="1000"
    )
    """How many of them may come from one address, or from one /64 of IPv6. A whole campus may sit behind one; addresses
    in `PROXIES` have no limit of their own."""

    requests_per_address: int = setting(values.count, str(ADDRESS_BURST), example="20000")
    """How many requests one address may send at the same time, and a tenth of it each second after that. Someone who
    opens a site for the first time sends about 30, so a lecture hall of 500 people behind one address needs 15000. More
    are answered 429."""

    data: Path = setting(values.path, "data", "`./data`", example="/var/lib/uconnect")
    """The folder that contains everything. Only the account that runs uconnect may open it (`chmod 700`), and one
    server uses it at a time. To back it up, also while it serves: `uconnect backup FILE`. A plain copy of the files may
    be damaged."""

    sites: Path = setting(
        values.path,
        str(built_sites()),
        "those in the wheel; in a clone `sites/dist`",
        example="/opt/uconnect/sites",
    )
    """The folder of the built sites."""

    schools_invited_only: bool = setting(values.is_invited, "open", example="invited", name="SCHOOLS")
    """Who may become a school: with `open` anyone who signs up on the school site, with `invited` those whom `uconnect
    school invite` invited."""

    sign_up_domains: tuple[str, ...] = setting(
        values.domains, "", "addresses of all domains may sign up", example="uni.edu, *.uni.edu"
    )
    """The domains, separated by commas, whose addresses may sign up. `uni.edu` is that domain alone, `*.uni.edu` is
    every domain below it. Other people are told so before an e-mail is sent. It does not limit schools and workers who
    are invited, accounts that exist, or the address to which a person moves an account later."""

    providers: Path | None = setting(
        values.optional_path, "", "people sign in with a password alone", example="/etc/uconnect/providers.toml"
    )
    """A file of OpenID providers of others, such as your campus login, with which people may sign in. docs/sign-in.md
    says what is in it. It names files with secrets, which only the account that runs uconnect should be able to
    read."""

    passwords: bool = setting(values.is_on, "on", example="off")
    """With `off`, people sign in with `PROVIDERS` alone: passwords of accounts do not work, no e-mail is about one, and
    passkeys are asked for after a provider only."""

    need_passkey: NeedPasskey = setting(values.one_of(NeedPasskey), "none", example="schools")
    """Who needs more than a password: `none`, `schools` or `all`. Anyone may add a passkey; who has one needs it. With
    `schools`, a school that has none adds one at its next sign-in and cannot open its site before that; with `all`,
    users and workers too. Who is signed in already signs in again within ten minutes. Recovery codes, and `uconnect
    school reset-passkeys`, let in who has lost theirs. A provider of `PROVIDERS` is enough only with `second_factor`
    (docs/sign-in.md). `URL` needs a name: browsers have no passkeys for an address of numbers."""

    idle_sign_out: int = setting(values.minutes, "", "no one is signed out for being away", example="15")
    """Minutes without anyone at the keyboard or the screen after which the sites sign out, from 5 to 1440, for
    computers that people share. A minute before, the page asks. If the page was closed instead, the sign-in ends
    on the server, at most 11 minutes later."""

    tries_here: RateLimit = setting(values.rate, "6/900", example="10/600")
    """Wrong passwords for one account from one network (an address, or the /64 of an IPv6 customer): so many right
    away, then one more every so many seconds. All `TRIES_` and `LETTERS_` are written like that. Right passwords do
    not count."""

    tries_account: RateLimit = setting(values.rate, "30/600", example="20/1200")
    """Wrong passwords for one account from everywhere together, but for browsers that signed in to it before. It bounds
    what attackers with many addresses may guess: 4,350 passwords in a month. While it is used up, a new browser is
    let in by an e-mail."""

    tries_known: RateLimit = setting(values.rate, "10/120", example="10/300")
    """Wrong passwords in a browser that signed in to the account before, in a session, or behind the link of an
    invitation. Strangers cannot use it up."""

    tries_network: RateLimit = setting(values.rate, "300/6", example="1000/2")
    """Wrong passwords from one network for all accounts together. Many people may sit behind one address."""

    letters_address: RateLimit = setting(values.rate_of_letters, "5/3600", example="5/1800")
    """E-mails with a code to one address, for people who sign up or forgot their password. Allow one every minute to
    12 hours: the link in an e-mail works twice as long as the next one takes."""

    letters_network: RateLimit = setting(values.rate, "500/10", example="2000/5")
    """E-mails with a code that one network may ask for, to all addresses. Those whose code is entered do not count."""

    smtp: Server | None = setting(
        values.mail_server,
        "",
        "e-mails stay here: read them with `uconnect mail` or on `/mail`",
        example="smtp://uconnect:password@mail.uni.edu:587",
        secret=True,
    )
    """The mail server that sends the e-mails, as an address: `smtps://` speaks TLS from the start (port 465), `smtp://`
    begins it with STARTTLS (port 587), and does without only if the server is on this computer. Its certificate
    must be valid for its name; `SSL_CERT_FILE` names the authorities to trust if they are your own. Write `%40` for an
    `@` in the name or password, `%3A` for a `:`, `%2F` for a `/`."""

    mail_from: str = setting(values.email_address, "", "not needed", example="help@uni.edu")
    """The sender address of the e-mails. `SMTP` needs it."""

    backups: Path | None = setting(
        values.optional_path, "", "the server writes no backups", name="BACKUPS", example="/mnt/backups/uconnect"
    )
    """The folder that the server writes backups into, better on another disk. Only the account that runs uconnect can
    open them. It also gets `uconnect.erased`: a restore deletes again what was deleted since, and finds it there."""

    backup_every: int = setting(values.count, "24", example="6")
    """Hours between two such backups."""

    backups_kept: int = setting(values.count, "7", example="14")
    """How many of them are kept. The oldest is deleted when a new one is whole."""

    end_threads_after: int = setting(
        values.days, "", "a thread is open until the person who asked ends it", example="180"
    )
    """Days without a message after which an open thread ends automatically, from 14 on. With this setting or the next
    one the sites say how long threads are kept, and each thread says its day from 14 days before it on. After you set
    or change one of the two, nothing ends and nothing is deleted for 14 days. See docs/operate.md."""

    delete_threads_after: int = setting(
        values.days, "", "a thread is kept until the person who asked deletes it", example="365"
    )
    """Days after its end when a thread is deleted for everyone, from 14 on. Backups that are older still have it."""

    log_level: LogLevel = setting(values.one_of(LogLevel), "warning", example="error")
    """From which level on the log is printed: `error` (something failed), `warning` (someone should look), `info`."""

    log_format: LogFormat = setting(values.one_of(LogFormat), "text", example="json")
    """How the log is printed, on standard error: `text`, or `json` with one object a line. Both have no name, no
    address, no id and no text of anyone: of an error its kind and place, of what a library says the place alone."""

    access_log: bool = setting(values.is_on, "off", example="on")
    """With `on`, the log has a line for each HTTP request: its method, the template of its route (such as
    `/api/threads/{id}`), its status, and the milliseconds. It is off because it would show when
    people were here: beside the log of the server in front, or beside what someone saw, the moment of a request leads
    to a person. To count requests, use `/metrics`."""

    metrics_token: str = setting(
        values.token,
        "",
        "no token: this computer alone can read `/metrics`, and only if `HOST` and `URL` are of this computer",
        example="5c1f0e7d2b9a48c6a3f1",
        secret=True,
    )
    """Who may read `/metrics`, from anywhere: who sends this token as `Authorization: Bearer …`. With a server in front
    a token is needed, for what comes through it looks as if it came from this computer. Everyone else gets the answer
    to an address that does not exist. docs/monitoring.md says what to watch."""

    traces: str = setting(values.receiver, "", "no traces are recorded or sent", example="http://127.0.0.1:4318")
    """Where traces are sent: a receiver of OpenTelemetry's OTLP over HTTP (protobuf), by its address without a path.
    Another computer needs `https://`. It needs more packages than uconnect itself; docs/monitoring.md says which, and
    what is in a trace. Only the operator may see traces: they show that someone was here."""

    traces_share: float = setting(values.share, "0.1", example="0.01")
    """How many of all operations are traced, above 0 and up to 1. Which ones is decided by chance."""

    config: str = setting(str, "", "`uconnect.toml` in the data folder, if there is one", example="/etc/uconnect.toml")
    """A file of settings, which must exist if it is named. Only in the environment."""

    @property
    def socket_url(self) -> str:
        return f"ws{self.url.removeprefix('http')}/api/socket"

    @property
    def database(self) -> Path:
        return self.data / "uconnect.sqlite"

    @property
    def sign_in_limits(self) -> Limits:
        """How often passwords may be tried, and letters asked for."""
        return Limits(
            here=self.tries_here,
            account=self.tries_account,
            known=self.tries_known,
            network=self.tries_network,
            letters=self.letters_address,
            network_letters=self.letters_network,
        )

    @property
    def sign_in_methods(self) -> SignInMethods:
        """How people may sign in. Raises Fault for a file that cannot be used."""
        found = read_providers(self.providers) if self.providers else ()
        if not self.passwords and not found:
            raise Fault("No one could sign in then. Set PROVIDERS, too, or PASSWORDS to on.")
        return SignInMethods(self.passwords, found)

    @property
    def session_idle(self) -> int:
        """The seconds that a session lasts at the issuer without use. A person who types asks for new tokens only when
        the last have ended, so these are added; and a minute for a slow page."""
        return self.idle_sign_out * 60 + TOKEN_LIFETIME + 60 if self.idle_sign_out else LIFETIME

    @property
    def kept_days(self) -> tuple[int, int]:
        """After how many days silent threads end, and ended ones are deleted; 0 is never."""
        return self.end_threads_after, self.delete_threads_after

    @property
    def is_local(self) -> bool:
        """Whether nobody else can reach this machine: no server stands in front, and we listen to no network."""
        return all(map(is_loopback, (self.host, urlsplit(self.url).hostname or "")))

    @property
    def has_dev_mailbox(self) -> bool:
        """Whether letters can be read on a page. They open accounts, so nobody else may reach this machine."""
        return self.smtp is None and self.is_local


SETTINGS = tuple(
    Setting(it.name, **dict(it.metadata) | {"name": it.metadata["name"] or it.name.upper()}) for it in fields(Settings)
)
NAMES = tuple(setting.name for setting in SETTINGS)


@cache
def _texts() -> dict[str, str]:
    """The text below each field of `Settings`, in one line."""
    (body,) = (it.body for it in ast.parse(inspect.getsource(Settings)).body if isinstance(it, ast.ClassDef))
    return {
        each.target.id: " ".join(str(ast.literal_eval(text.value)).split())
        for each, text in pairwise(body)
        if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name) and isinstance(text, ast.Expr)
    }
