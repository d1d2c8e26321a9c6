"""The file of other sign-in providers: what it means, and how what is wrong in it is refused."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.upstream_provider import CLIENT_KEY
from uconnect.domain import protocol
from uconnect.domain.enums import Kind
from uconnect.entrypoints.server.providers_file import ProviderEntry
from uconnect.entrypoints.server.settings import InvalidSetting, read
from uconnect.oidc_provider import token_store

ROOT = Path(__file__).parents[4]
SOCKETS = {
    "sign-in.md": "An open socket may last up to an hour longer.",
    "operate.md": "Within ten minutes their people are asked to sign in and to add a passkey; with an open connection,"
    " within 70 minutes.",
}
SMALL = """
[[provider]]
id = "campus"
name = "Campus"
issuer = "https://idp.uni.edu"
client_id = "uconnect"
"""


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "campus.secret").write_text("the secret\n")
    (tmp_path / "campus.jwk").write_text(json.dumps(CLIENT_KEY.as_dict(private=True)))
    (tmp_path / "public.jwk").write_text(json.dumps(CLIENT_KEY.as_dict(private=False)))


def read_file(text: str, **more: str) -> Any:
    Path("providers.toml").write_text(text, "utf-8")
    return read({"PROVIDERS": "providers.toml"} | more).sign_in_methods


def test_the_example_of_the_page_is_read() -> None:
    page = (ROOT / "docs/sign-in.md").read_text("utf-8")
    found = re.search(r"```toml\n(.*?)```", page, re.DOTALL)
    assert found
    (campus,) = read_file(found[1]).upstreams
    assert (campus.id, campus.secret, campus.believed_domains) == ("campus", "the secret", ("uni.edu",))
    student, staff = {"eduperson_affiliation": ["student", "library"]}, {"eduperson_affiliation": "staff"}
    assert campus.allows(student, Kind.USER)
    assert not campus.allows(student, Kind.WORKER)
    assert campus.allows(staff, Kind.SCHOOL)
    assert not campus.allows({}, Kind.USER)


def test_the_example_of_the_page_about_saml_is_read() -> None:
    page = (ROOT / "docs/saml.md").read_text("utf-8")
    found = re.search(r"```toml\n(.*?)```", page, re.DOTALL)
    assert found
    (campus,) = read_file(found[1]).upstreams
    assert (campus.verified_claim, campus.says_auth_time) == ("", False)
    (client,) = json.loads(page.partition("```json\n")[2].partition("```")[0]).items()
    assert client[0] == campus.client_id
    assert client[1]["redirect_uris"][0].endswith(f"/oauth/return/{campus.id}")
    bridge, *_, backend = (yaml.safe_load(it) for it in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL))
    assert bridge["BASE"] == campus.issuer
    assert backend["config"]["sp_config"]["service"]["sp"]["force_authn"], "or nobody is asked anew"


def test_the_page_names_each_setting_of_the_file_and_no_other() -> None:
    page = (ROOT / "docs/sign-in.md").read_text("utf-8")
    rows = re.findall(r"^\| (`[^|]*`) \|", page.partition("## What is in the file")[2], re.MULTILINE)
    assert re.findall(r"`(\w+)`", " ".join(rows)) == list(ProviderEntry.__struct_fields__)


def test_the_pages_say_how_long_a_socket_outlives_a_sign_in() -> None:
    assert (protocol.SOCKET_SECONDS, token_store.TOKEN_LIFETIME) == (3600, 600), "or the pages have other words"
    for page, sentence in SOCKETS.items():
        words = " ".join((ROOT / "docs" / page).read_text("utf-8").split())
        assert sentence in words
        assert "two hours" not in words


def test_a_provider_needs_four_lines() -> None:
    methods = read_file(SMALL)
    (campus,) = methods.upstreams
    assert methods.passwords
    assert campus.label == "Sign in with Campus"
    assert campus.kinds == set(Kind)
    assert campus.allows({}, Kind.SCHOOL)


def test_a_provider_is_believed_to_ask_for_a_second_factor_if_the_file_says_so() -> None:
    (campus,) = read_file(SMALL).upstreams
    assert not campus.second_factor
    (campus,) = read_file(SMALL + "second_factor = true").upstreams
    assert campus.second_factor


def test_a_client_may_sign_with_a_key() -> None:
    (campus,) = read_file(SMALL + 'key_file = "campus.jwk"').upstreams
    assert campus.key["d"]
    assert campus.key["d"] not in repr(campus)


def test_without_passwords_somebody_else_must_sign_people_in() -> None:
    assert not read_file(SMALL, PASSWORDS="off").passwords
    with pytest.raises(InvalidSetting, match=r"PASSWORDS is 'off'\. No one could sign in then"):
        read({"PASSWORDS": "off"})


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "is empty"),
        ("\xff", "cannot be used: Invalid statement"),
        ("provider = 7", "cannot be used: Expected `array`"),
        (SMALL.replace("name", "nam"), "contains unknown field `nam`"),
        (SMALL.replace('id = "campus"', 'id = "Campus!"'), "cannot be used"),
        (SMALL.replace("https:", "http:"), "an issuer that is not an https:// address"),
        (SMALL.replace("idp.uni.edu", "idp.uni.edu/?x=1"), "an issuer that is not an https:// address"),
        (SMALL + SMALL, "Two of its providers have the same id"),
        (SMALL + SMALL.replace('"campus"', '"other"'), "Two of its providers have the same issuer"),
        (SMALL + 'scopes = ["email"]', 'scopes without "openid"'),
        (SMALL + 'sites = ["students"]', "Invalid enum value"),
        (SMALL + 'domains = ["uni"]', "domains that are none"),
        (SMALL + "hours = 0", "cannot be used"),
        (SMALL + 'secret_file = "nowhere"', "nowhere cannot be read: No such file"),
        (SMALL + 'secret_file = "."', "cannot be read"),
        (SMALL + 'key_file = "campus.secret"', "is not a private key"),
        (SMALL + 'key_file = "public.jwk"', "is not a private key"),
        (SMALL + 'key_file = "campus.jwk"\nsecret_file = "campus.secret"', "Remove one of them"),
        (SMALL + '[[provider.rules]]\nclaim = "a"\nmay_be = ["user"]', "needs either equals or contains"),
        (SMALL + '[[provider.rules]]\nclaim = "a"\nequals = "b"\nmay_be = []', "cannot be used"),
    ],
)
def test_what_is_wrong_is_said_and_no_secret_is_shown(text: str, told: str) -> None:
    with pytest.raises(InvalidSetting) as refused:
        read_file(text)
    assert str(refused.value).startswith("PROVIDERS is 'providers.toml'. ")
    assert told in str(refused.value)
    assert "the secret" not in str(refused.value)


def test_a_path_in_a_file_of_settings_is_meant_from_there(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "providers.toml").write_text(SMALL)
    (tmp_path / "etc" / "uconnect.toml").write_text('providers = "providers.toml"')
    assert read({"CONFIG": "etc/uconnect.toml"}).sign_in_methods.upstreams
