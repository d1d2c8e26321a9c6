"""Every setting there is, with what it means: what is read, and what docs/settings.md says, come from this table."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting. `else_` says in words what holds while it is not set, `example` is a value that can be."""

    name: str
    about: str
    else_: str
    example: str


SETTINGS = (
    Setting("PORT", "The port to listen on.", "8000", "8080"),
    Setting(
        "HOST",
        "The address to listen on. Other than this machine's own, it needs `URL`.",
        "127.0.0.1, which only this machine reaches",
        "10.0.0.7",
    ),
    Setting(
        "URL",
        "Where people reach uconnect. Browsers sign people in over https only, so beyond this machine it begins with"
        " `https://`: a server with a certificate stands in front and passes requests on.",
        "`http://localhost:PORT`",
        "https://ask.uni.edu",
    ),
    Setting(
        "PROXIES",
        "The addresses, separated by commas, of the servers that stand in front. From them alone `X-Forwarded-For` is"
        " believed: who guesses passwords is slowed by the address they come from.",
        "127.0.0.1, ::1",
        "10.0.0.4",
    ),
    Setting(
        "CONNECTIONS",
        "How many connections may be open at once. More are answered 503. Each takes a file and about 30 KB, so the"
        " system may allow fewer (`ulimit -n`).",
        "10000, or what the system allows",
        "2000",
    ),
    Setting(
        "CONNECTIONS_PER_ADDRESS",
        "How many of them may come from one address. A whole campus may sit behind one; addresses in `PROXIES` have no"
        " limit of their own.",
        "half of `CONNECTIONS`",
        "1000",
    ),
    Setting("DATA", "The folder that keeps everything. Back it up.", "`./data`", "/var/lib/uconnect"),
    Setting("SITES", "The folder of the built sites.", "`sites/dist` of this clone", "/opt/uconnect/sites"),
    Setting(
        "SCHOOLS",
        "Who may become a school: with `open` anyone who signs up on the school site, with `invited` those whom"
        " `uconnect school invite` invited.",
        "open",
        "invited",
    ),
    Setting(
        "SMTP",
        "The mail server that takes our letters, as an address: `smtps://` speaks TLS from the start (port 465),"
        " `smtp://` begins it with STARTTLS (port 587), and does without only if the server is on this machine. Its"
        " certificate must be good for its name; `SSL_CERT_FILE` names the authorities to trust where they are your"
        " own. Write `%40` for an `@` in the name or password, `%3A` for a `:`, `%2F` for a `/`.",
        "letters stay here, to be read with `uconnect mail` or on `/mail`",
        "smtp://uconnect:password@mail.uni.edu:587",
    ),
    Setting(
        "MAIL_FROM",
        "The address our letters come from. `SMTP` needs it.",
        "not needed",
        "help@uni.edu",
    ),
    Setting(
        "CONFIG",
        "A file of settings, which must be there if it is named. In the environment only.",
        "`uconnect.toml` in the data folder, if there is one",
        "/etc/uconnect.toml",
    ),
)

NAMES = tuple(setting.name for setting in SETTINGS)
