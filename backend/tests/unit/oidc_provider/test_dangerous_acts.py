"""Every act that could cost a person their account asks for a fresh proof. A new page is put in one of the lists."""

import pytest

from tests.support.software_authenticator import Authenticator
from tests.unit.oidc_provider.passkey_kit import add
from tests.unit.oidc_provider.provider_kit import USER, Browser, World
from tests.unit.oidc_provider.upstream_kit import CAMPUS, Campus
from uconnect.oidc_provider.account_page import RECENT

DANGEROUS = {
    "password": [{"password": "seven lamps over harbour"}],
    "email": [{"email": "ada@new.example.org"}],
    "passkeys": [{"passkey": "{}"}, {"rename": "1", "name": "x"}, {"remove": "1"}, {"codes": "1"}],
    "account": [{"sid": ""}, {"others": "1"}, {"everywhere": "1"}, {"unlink": "https://idp.example"}],
    "begin": [{"provider": CAMPUS, "purpose": "link"}],
}
HARMLESS = {
    "authorize": "begins a sign-in, or gives a code to a site that is signed in",
    "sign-in": "asks for a proof itself",
    "second-step": "asks for a proof itself, after the password",
    "again": "asks for a proof itself",
    "link-account": "asks for a proof itself, after another provider has named the person",
    "welcome": "makes an account that nobody has yet, after another provider has named the person",
    "logout/{id}": "for other providers: has no cookie, and takes what they have signed",
    "sign-out": "ends the session that it comes from",
    "sign-up": "makes an account that nobody has yet",
    "join": "makes an account, after a letter",
    "invitation": "asks for the password, or makes an account, after a letter",
    "open-invitation": "shows a form",
    "open-letter": "shows a form",
    "letter": "goes on to a form, after a letter",
    "forgot": "writes a letter",
    "new-password": "changes the password after a letter, which is a proof; a passkey is asked for after it",
    "code": "does what was asked for a while ago; a new address was asked for with a fresh proof",
    "token": "for sites: has no cookie",
    "userinfo": "for sites: has no cookie",
    "revoke": "for sites: has no cookie, and ends what it is given",
}


def test_every_page_that_takes_a_form_is_in_one_of_the_lists(world: World) -> None:
    taking = {it.path for it in world.issuer.routes() if "POST" in (it.methods or ())}
    assert taking == {f"/oauth/{name}" for name in (*DANGEROUS, *HARMLESS)}
    assert not {*DANGEROUS} & {*HARMLESS}


@pytest.mark.parametrize(("page", "fields"), [(page, it) for page, all_ in DANGEROUS.items() for it in all_])
def test_a_dangerous_act_does_nothing_before_a_fresh_proof(
    world: World, browser: Browser, page: str, fields: dict[str, str]
) -> None:
    Campus(world)
    browser.sign_in()
    add(browser, Authenticator())
    other = world.browser("203.0.113.9")
    other.authorize()
    world.clock.at += RECENT + 1
    rows = "SELECT id, NULL FROM issuer_passkey UNION SELECT NULL, sid FROM issuer_session"
    ids = [it for row in world.database.read(lambda c: c.execute(rows).fetchall()) for it in row if it]
    before = world.database.read(lambda c: "\n".join(c.iterdump()))
    for id in ids:
        named = dict.fromkeys(("id", "sid"), id) if "sid" not in fields else {"sid": id}
        answer = browser.post(f"/oauth/{page}?client_id={USER.id}", named | {k: v for k, v in fields.items() if v})
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/oauth/again?")
    assert world.database.read(lambda c: "\n".join(c.iterdump())) == before
