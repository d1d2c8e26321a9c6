"""A wrong setting is refused at start, with the sentence that mends it."""

import re
from dataclasses import fields, replace
from pathlib import Path

import pytest
from tools import settings_page

from uconnect.adapters.mail import TlsMode
from uconnect.domain.enums import Kind
from uconnect.domain.rate_limit import RateLimit
from uconnect.entrypoints.server.oidc_clients import clients
from uconnect.entrypoints.server.settings import InvalidSetting, Settings, read
from uconnect.entrypoints.server.settings_sources import not_read
from uconnect.entrypoints.server.settings_table import NAMES, SETTINGS
from uconnect.oidc_provider import Limits

ROOT = Path(__file__).parents[4]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def refusal(environment: dict[str, str]) -> str:
    with pytest.raises(InvalidSetting) as refused:
        read(environment)
    return str(refused.value)


def test_nothing_set_serves_this_machine_alone() -> None:
    settings = read({})
    assert (settings.port, settings.host, settings.url) == (8000, "127.0.0.1", "http://localhost:8000")
    assert settings.socket_url == "ws://localhost:8000/api/socket"
    assert settings.data == Path("data")
    assert settings.smtp is None
    assert settings.sign_in_limits == Limits()
    assert not settings.schools_invited_only


def test_the_port_is_part_of_the_address() -> None:
    assert read({"PORT": "8123"}).url == "http://localhost:8123"


def test_behind_https_the_socket_is_safe_too() -> None:
    settings: Settings = read({"URL": "https://ask.uni.edu/", "HOST": "0.0.0.0"})
    assert settings.url == "https://ask.uni.edu"
    assert settings.socket_url == "wss://ask.uni.edu/api/socket"


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"PORT": "eighty"}, "PORT is 'eighty'. Set it to a number"),
        ({"PORT": "٨٠"}, "PORT is '٨٠'"),
        ({"PORT": "0"}, "PORT is '0'"),
        ({"PORT": "70000"}, "PORT is '70000'"),
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL is 'loud'. Set it to error, warning or info."),
        ({"LOG_FORMAT": "xml"}, "LOG_FORMAT is 'xml'. Set it to text or json."),
        ({"ACCESS_LOG": "yes"}, "ACCESS_LOG is 'yes'. Set it to off or on."),
        ({"METRICS_TOKEN": "short"}, "METRICS_TOKEN is not valid. Set it to 20 to 200 characters"),
        ({"URL": "ask.uni.edu"}, "URL is 'ask.uni.edu'. Set it to the address people open"),
        ({"URL": "https://ask.uni.edu/help"}, "URL is"),
        ({"URL": "https://ask.uni.edu:eighty"}, "URL is"),
        ({"URL": "https://me@ask.uni.edu"}, "URL is"),
        ({"URL": "http://ask.uni.edu"}, "only over https"),
        ({"HOST": "0.0.0.0"}, "HOST is '0.0.0.0'. This opens uconnect to a network. Set URL too"),
        ({"HOST": "ask"}, "Set URL too"),
        ({"PROXIES": "the-proxy"}, "PROXIES is 'the-proxy'. Set it to addresses"),
        ({"PROXIES": "10.0.0.1/8"}, "PROXIES is '10.0.0.1/8'. Set it to addresses or networks"),
        ({"UCONNECT_PORT": "80"}, "UCONNECT_PORT is not a setting. Did you mean PORT?"),
        ({"UCONNECT_COLOUR": "red"}, "UCONNECT_COLOUR is not a setting. The settings are PORT, HOST"),
        ({"SSL_CERT_FILE": "/nowhere.pem"}, "SSL_CERT_FILE is '/nowhere.pem', which does not exist"),
        ({"URL": "https://ask.uni.edu:0"}, "URL is"),
        ({"SCHOOLS": "closed"}, "SCHOOLS is 'closed'. Set it to open or invited."),
        ({"SIGN_UP_DOMAINS": "uni"}, "SIGN_UP_DOMAINS is 'uni'. Set it to domains, separated by commas, such as"),
        ({"SIGN_UP_DOMAINS": "uni.edu,"}, "SIGN_UP_DOMAINS is"),
        ({"SIGN_UP_DOMAINS": ","}, "SIGN_UP_DOMAINS is"),
        ({"SIGN_UP_DOMAINS": "*"}, "SIGN_UP_DOMAINS is"),
        ({"SIGN_UP_DOMAINS": "uni.*"}, "SIGN_UP_DOMAINS is"),
        ({"SIGN_UP_DOMAINS": "@uni.edu"}, "SIGN_UP_DOMAINS is"),
        ({"SIGN_UP_DOMAINS": "uni.edu *.uni.edu"}, "SIGN_UP_DOMAINS is"),
        ({"PASSWORDS": "no"}, "PASSWORDS is 'no'. Set it to off or on."),
        ({"PROVIDERS": "nowhere"}, "PROVIDERS is 'nowhere'. nowhere cannot be read: No such file or directory."),
        ({"SMTP": "smtp://mail.uni.edu"}, "SMTP is set, but MAIL_FROM is not. Set it to the sender address"),
        ({"MAIL_FROM": "help"}, "MAIL_FROM is 'help'. Set it to a full e-mail address"),
        ({"MAIL_FROM": "help@büro.edu"}, "MAIL_FROM is"),
        ({"TRIES_HERE": "often"}, "TRIES_HERE is 'often'. Set it to a number of tries, a slash, and the seconds"),
        ({"TRIES_ACCOUNT": "0/600"}, "TRIES_ACCOUNT is '0/600'"),
        ({"TRIES_NETWORK": "٣/600"}, "TRIES_NETWORK is"),
        ({"LETTERS_ADDRESS": "5/59"}, "LETTERS_ADDRESS is '5/59'. Set it to one e-mail every 60 to 43200 seconds"),
        ({"LETTERS_ADDRESS": "5/43201"}, "LETTERS_ADDRESS is '5/43201'"),
        ({"CONFIG": "nowhere.toml"}, "CONFIG is 'nowhere.toml', but this file does not exist"),
    ],
)
def test_a_wrong_setting_says_what_to_set(environment: dict[str, str], told: str) -> None:
    assert told in refusal(environment)


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("https://Ask.Uni.Example", "https://ask.uni.example"),
        ("HTTPS://ask.uni.example:443/", "https://ask.uni.example"),
        ("https://ask.uni.example:8443", "https://ask.uni.example:8443"),
        ("https://frågor.uni.example", "https://xn--frgor-nra.uni.example"),
        ("https://straße.example", "https://xn--strae-oqa.example"),
        ("http://LOCALHOST:80", "http://localhost"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_an_address_has_one_spelling_that_of_browsers(given: str, url: str) -> None:
    assert read({"URL": given}).url == url


def test_a_network_of_proxies_can_be_set() -> None:
    assert read({"PROXIES": "10.1.0.0/16, ::1"}).proxies == ("10.1.0.0/16", "::1")


@pytest.mark.parametrize(
    ("given", "domains"),
    [
        ("", ()),
        ("  ", ()),
        ("Uni.EDU", ("uni.edu",)),
        ("uni.edu., *.Uni.edu", ("uni.edu", "*.uni.edu")),
        ("*.edu", ("*.edu",)),
        ("*.xn--bcher-kva.example.org,Bücher.example.org", ("*.bücher.example.org", "bücher.example.org")),
    ],
)
def test_the_domains_of_sign_up_have_one_spelling_that_of_addresses(given: str, domains: tuple[str, ...]) -> None:
    assert read({"SIGN_UP_DOMAINS": given}).sign_up_domains == domains


def test_what_only_the_aws_version_reads_is_told() -> None:
    assert not_read({"ISSUER": "https://x", "PATH": "/bin"}) == ["ISSUER"]


def test_a_file_that_an_editor_began_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "uconnect.toml").write_bytes(b"\xef\xbb\xbfport = 8123\n")
    assert read({}).port == 8123


@pytest.mark.parametrize(
    "smtp",
    [
        "mail.uni.edu",
        "https://mail.uni.edu",
        "smtp://",
        "smtp://us:sec/ret@mail.uni.edu",
        "smtp://us:secret@mail.uni.edu:mail",
        "smtp://us:secret@mail.uni.edu:0",
        "smtp://us:secret@mail.uni.edu/?tls=no",
        "smtp://secret@mail.uni.edu",
        "smtp://[secret",
    ],
)
def test_a_wrong_mail_server_is_refused_and_its_password_shown_nowhere(smtp: str) -> None:
    told = refusal({"SMTP": smtp, "MAIL_FROM": "help@uni.edu"})
    assert "Set it to your mail server, such as smtp://" in told
    assert "secret" not in told
    assert "ret" not in told.replace("write", "")


@pytest.mark.parametrize(
    ("smtp", "port", "safety"),
    [
        ("smtp://mail.uni.edu", 587, TlsMode.START_TLS),
        ("smtp://mail.uni.edu:2525", 2525, TlsMode.START_TLS),
        ("smtps://mail.uni.edu/", 465, TlsMode.TLS),
        ("smtp://localhost", 25, TlsMode.NEAR),
        ("smtp://127.0.0.1", 25, TlsMode.NEAR),
        ("smtps://localhost", 465, TlsMode.TLS),
    ],
)
def test_letters_travel_in_the_open_on_this_machine_only(smtp: str, port: int, safety: TlsMode) -> None:
    mail = read({"SMTP": smtp, "MAIL_FROM": "help@uni.edu"})
    assert mail.smtp is not None
    assert (mail.smtp.port, mail.smtp.safety) == (port, safety)


def test_a_password_is_read_with_its_signs_and_not_shown() -> None:
    settings = read({"SMTP": "smtp://us%40uni.edu:p%40ss%3A%2F@mail.uni.edu", "MAIL_FROM": "help@uni.edu"})
    assert settings.smtp is not None
    assert (settings.smtp.user, settings.smtp.password) == ("us@uni.edu", "p@ss:/")
    assert "p@ss" not in repr(settings)


@pytest.mark.parametrize(
    ("environment", "shown"),
    [
        ({}, True),
        ({"HOST": "::1", "URL": "http://[::1]:8000"}, True),
        ({"URL": "https://ask.uni.edu"}, False),
        ({"HOST": "10.0.0.7", "URL": "http://localhost:8000"}, False),
        ({"SMTP": "smtp://localhost", "MAIL_FROM": "help@uni.edu"}, False),
    ],
)
def test_letters_are_shown_only_where_nobody_else_comes(environment: dict[str, str], shown: bool) -> None:
    assert read(environment).has_dev_mailbox is shown


def test_the_file_in_the_data_folder_is_read_and_the_environment_wins(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "uconnect.toml").write_text('port = 8123\nschools = "invited"\nsites = "built"\n')
    settings = read({})
    assert (settings.port, settings.schools_invited_only) == (8123, True)
    assert settings.sites == Path("data/built")
    assert read({"PORT": "9000", "SCHOOLS": "open"}).port == 9000


def test_a_file_that_is_named_may_say_where_the_data_is(tmp_path: Path) -> None:
    file = tmp_path / "etc" / "help.toml"
    file.parent.mkdir()
    file.write_text('data = "kept"\nproxies = "10.0.0.4, 10.0.0.5"\n')
    settings = read({"CONFIG": str(file)})
    assert settings.data == file.parent / "kept"
    assert settings.proxies == ("10.0.0.4", "10.0.0.5")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('school = "invited"', "sets 'school', which is not a setting. Did you mean schools?"),
        ("[server]\nport = 1", "sets 'server', which is not a setting. The settings are port, host, url"),
        ("config = 'x'", "sets 'config', which is not a setting."),
        ("port = true", 'sets port to something that is not text. Put it in quotes:  port = "..."'),
        ("data = 'x'", "sets data, but it is itself in the data folder"),
        ("port = ", "cannot be read: Invalid value (at end of document)"),
        (
            "port = 1\nport = 2\n",
            "has a setting twice (at line 2, column 9). Remove one of the two lines.",
        ),
        ("schools = 'closed'", "SCHOOLS (in data/uconnect.toml) is 'closed'. Set it to open or invited."),
    ],
)
def test_a_wrong_line_in_the_file_says_how_to_mend_it(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "uconnect.toml").write_text(text)
    assert told in refusal({})


def test_a_token_is_not_shown() -> None:
    settings = read({"METRICS_TOKEN": "5c1f0e7d2b9a48c6a3f1"})
    assert settings.metrics_token == "5c1f0e7d2b9a48c6a3f1"
    assert "5c1f0e7d2b9a48c6a3f1" not in repr(settings)


def test_the_access_log_is_off() -> None:
    assert not read({}).access_log
    assert read({"ACCESS_LOG": "on"}).access_log


def test_a_limit_is_read_as_so_many_at_once_and_then_one_each_so_many_seconds() -> None:
    limits = read({"TRIES_HERE": "10/60", "LETTERS_ADDRESS": "3/43200"}).sign_in_limits
    assert (limits.here, limits.account) == (RateLimit(every=60_000, burst=10), Limits().account)
    assert limits.link_lifetime == 24 * 3600, "as long as NIST SP 800-63B allows"


def test_every_setting_that_is_read_is_documented_and_no_other() -> None:
    documented = re.findall(r"^## (.*)$", settings_page.source(), re.MULTILINE)
    assert documented == list(NAMES) == [setting.name for setting in SETTINGS]
    assert [setting.field for setting in SETTINGS] == [field.name for field in fields(Settings)]
    for setting in SETTINGS:
        assert setting.about.endswith(".")


def test_the_readme_names_settings_that_exist_and_where_the_others_are() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    table = set(re.findall(r"^\| `([A-Z_]+)` \|", readme, re.MULTILINE))
    assert table
    assert table <= set(NAMES)
    assert "docs/settings.md" in readme


def test_what_the_documentation_gives_as_an_example_can_be_set(tmp_path: Path) -> None:
    examples = {setting.name: setting.example for setting in SETTINGS if setting.name != "CONFIG"}
    (tmp_path / "providers.toml").write_text(
        '[[provider]]\nid = "x"\nname = "X"\nissuer = "https://idp.uni.edu"\nclient_id = "y"\n'
    )
    assert examples["PROVIDERS"].endswith("providers.toml")
    examples["PROVIDERS"] = str(tmp_path / "providers.toml")  # it is read
    settings = read(examples)
    assert settings.smtp is not None
    (tmp_path / "all.toml").write_text("".join(f'{name.lower()} = "{value}"\n' for name, value in examples.items()))
    assert replace(read({"CONFIG": str(tmp_path / "all.toml")}), config="") == settings


@pytest.mark.parametrize(
    ("environment", "kept_days"),
    [
        ({}, (0, 0)),
        ({"END_THREADS_AFTER": "180"}, (180, 0)),
        ({"END_THREADS_AFTER": "14", "DELETE_THREADS_AFTER": "36500"}, (14, 36500)),
    ],
)
def test_threads_are_kept_for_so_many_days(environment: dict[str, str], kept_days: tuple[int, int]) -> None:
    assert read(environment).kept_days == kept_days


@pytest.mark.parametrize("days", ["0", "13", "36501", "1e2", "180 days", "-30", "٣٠", "030"])
@pytest.mark.parametrize("name", ["END_THREADS_AFTER", "DELETE_THREADS_AFTER"])
def test_days_that_are_none_or_too_few_are_refused(name: str, days: str) -> None:
    assert f"{name} is {days!r}. Set it to a number of days from 14 to 36500, such as 180" in refusal({name: days})


@pytest.mark.parametrize(("said", "needing"), [("", []), ("none", []), ("schools", ["school"]), ("all", [*Kind])])
def test_more_than_a_password_is_needed_on_the_sites_that_are_said(said: str, needing: list[Kind]) -> None:
    settings = read({"NEED_PASSKEY": said} if said else {})
    assert [it.short for it in clients(settings) if it.needs_passkey] == needing


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000", "https://[2001:db8::1]"])
def test_a_passkey_cannot_be_needed_at_an_address_of_numbers(url: str) -> None:
    assert "Browsers have no passkeys for an address of numbers" in refusal({"NEED_PASSKEY": "all", "URL": url})


def test_a_sign_in_lasts_without_use_as_long_as_is_said() -> None:
    assert read({}).session_idle == 30 * 24 * 3600
    assert read({"IDLE_SIGN_OUT": "15"}).session_idle == (15 + 11) * 60


@pytest.mark.parametrize("minutes", ["0", "4", "1441", "15m", "-5", "٣٠", "05"])
def test_minutes_that_are_none_too_few_or_too_many_are_refused(minutes: str) -> None:
    assert "Set it to a number of minutes from 5 to 1440, such as 15" in refusal({"IDLE_SIGN_OUT": minutes})
