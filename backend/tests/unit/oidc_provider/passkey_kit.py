"""A person with a passkey, as the provider meets them."""

import httpx

from tests.support.provider_pages import passkey_options, recovery_codes
from tests.support.software_authenticator import Authenticator
from tests.unit.oidc_provider.provider_kit import USER, Browser, landed
from uconnect.oidc_provider import Client


def passkeys_at(client: Client = USER) -> str:
    return f"/oauth/passkeys?client_id={client.id}"


def add(browser: Browser, device: Authenticator, client: Client = USER, name: str = "My phone") -> httpx.Response:
    """Add the passkey of a device on the page of a person who is signed in."""
    page = browser.get(passkeys_at(client))
    return browser.fill(page, name=name, passkey=device.create(passkey_options(page.text)))


def enrolled(browser: Browser, client: Client = USER) -> tuple[Authenticator, list[str]]:
    """Sign in by password, add a passkey, and sign out. Returns the device, and the recovery codes that were shown."""
    browser.sign_in(client)
    device = Authenticator()
    shown = add(browser, device, client)
    browser.http.cookies.clear()
    return device, recovery_codes(shown.text)


def show(browser: Browser, page: httpx.Response, device: Authenticator) -> httpx.Response:
    """Answer a page's form by the passkey of a device."""
    return browser.fill(page, passkey=device.get(passkey_options(page.text)))


def by_password(browser: Browser, client: Client = USER) -> httpx.Response:
    """Type the right password, and go on to the page of the second step."""
    return browser.follow(browser.submit(browser.authorize(client)))


def is_in(response: httpx.Response, client: Client = USER) -> bool:
    """Whether somebody was signed in and sent back to the site."""
    return response.status_code == 303 and "code" in landed(response, client)
