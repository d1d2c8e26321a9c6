"""The table of all settings, with what each means. docs/settings.md is generated from it."""

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
        "The address to listen on; `::` is all of this machine's, of both families. Other than this machine's own, it"
        " needs `URL`.",
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
        "The addresses or networks, separated by commas, of the servers that stand in front. From them alone"
        " `X-Forwarded-For` is believed: who guesses passwords is slowed by the address they come from.",
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
        "How many of them may come from one address, or from one /64 of IPv6. A whole campus may sit behind one;"
        " addresses in `PROXIES` have no limit of their own.",
        "half of `CONNECTIONS`",
        "1000",
    ),
    Setting(
        "DATA",
        "The folder that keeps everything. Nobody but the account that runs uconnect may look into it (`chmod 700`),"
        ' and one server uses it at a time. To back it up, also while it serves: `sqlite3 DATA/uconnect.sqlite "VACUUM'
        " INTO 'copy.sqlite'\"`, under `umask 077`. A plain copy of the files may be damaged. To restore it, put that"
        " copy alone into a folder of its own, as `uconnect.sqlite`.",
        "`./data`",
        "/var/lib/uconnect",
    ),
    Setting("SITES", "The folder of the built sites.", "`sites/dist` of this clone", "/opt/uconnect/sites"),
    Setting(
        "SCHOOLS",
        "Who may become a school: with `open` anyone who signs up on the school site, with `invited` those whom"
        " `uconnect school invite` invited.",
        "open",
        "invited",
    ),
    Setting(
        "TRIES_HERE",
        "Wrong passwords for one account from one network (an address, or the /64 of an IPv6 customer): so many at"
        " once, then one more each so many seconds. All `TRIES_` and `LETTERS_` are written like that. What was right"
        " is given back.",
        "6/900",
        "10/600",
    ),
    Setting(
        "TRIES_ACCOUNT",
        "Wrong passwords for one account from everywhere together, but for browsers that signed in to it before. It"
        " bounds what attackers with many addresses may guess: 4,350 passwords in a month. While it is used up, a new"
        " browser is let in by a letter.",
        "30/600",
        "20/1200",
    ),
    Setting(
        "TRIES_KNOWN",
        "Wrong passwords in a browser that signed in to the account before, in a session, or behind the link of an"
        " invitation. Strangers cannot use it up.",
        "10/120",
        "10/300",
    ),
    Setting(
        "TRIES_NETWORK",
        "Wrong passwords from one network for all accounts together. Many people may sit behind one address.",
        "300/6",
        "1000/2",
    ),
    Setting(
        "LETTERS_ADDRESS",
        "Letters with a code to one address, for all who sign up or forgot a password. At most one each 12 hours and at"
        " least one each minute: the link in a letter works twice as long as the next one takes.",
        "5/3600",
        "5/1800",
    ),
    Setting(
        "LETTERS_NETWORK",
        "Letters with a code that one network may ask for, to all addresses. Those whose code is typed count no more.",
        "500/10",
        "2000/5",
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
