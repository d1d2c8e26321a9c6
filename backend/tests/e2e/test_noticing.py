"""A person who notices nothing proves nothing: each thing that a page should not do is done once, and noticed."""

import pytest

from tests.e2e.browser_party import PHONE, BrowserParty
from tests.e2e.party_browsers import PartyBrowsers

pytestmark = pytest.mark.xdist_group("desktop")

WRONGS = {
    "an inline script": (
        "document.body.append(Object.assign(document.createElement('script'), {text: '1'}))",
        "policy",
    ),
    "markup from a string": ("document.body.insertAdjacentHTML('beforeend', '<b>bold</b>')", "policy"),
    "a picture from elsewhere": ("new Image().src = 'http://127.0.0.1:9/pixel.png'", "a request to elsewhere"),
    "an error": ("setTimeout(() => { throw new Error('oh') })", "error: oh"),
    "a page that is too wide": ("document.body.style.width = '400px'", "px too wide"),
    "a button without a name": ("document.querySelector('.button').textContent = ''", "button-name"),
    "grey on grey": ("document.querySelector('.lead').style.color = '#999'", "color-contrast"),
}


def test_a_person_notices_what_a_page_should_not_do(parties: PartyBrowsers) -> None:
    person = parties.someone(BrowserParty, PHONE)
    for wrong, (script, noticed) in WRONGS.items():
        person.open_page("/user/")
        person.button("Sign in").wait_for()
        assert person.complaints == [], wrong
        person.page.evaluate(f"() => {{ try {{ {script} }} catch {{}} }}")
        person.look("wrong")
        assert any(noticed in it for it in person.complaints), (wrong, person.complaints)
        person.complaints.clear()
