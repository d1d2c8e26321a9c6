"""What depends on the engine: keys, an input method, dates, what is kept, and what is shown after sign-out."""

from tests.e2e.browser_party import DESKTOP
from tests.e2e.engines import ENGINES, expect, in_engines
from tests.e2e.party_browsers import PartyBrowsers

CONFIRMS_CANDIDATE = """(box) => box.dispatchEvent(
  new KeyboardEvent('keydown', { key: 'Enter', keyCode: 229, bubbles: true, cancelable: true })
)"""
FULL = "void (Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') })"
SIGNED_OUT_ELSEWHERE = """void (
  localStorage.removeItem('uconnect-user:tokens'),
  dispatchEvent(new StorageEvent('storage', { key: 'uconnect-user:tokens', newValue: null }))
)"""
SUBJECT = "My card opens no door"


@in_engines(*ENGINES)
def test_what_depends_on_the_engine_is_the_same_in_each(parties: PartyBrowsers) -> None:
    school, uma = parties.school(DESKTOP), parties.user(DESKTOP)
    uma.ask(school.name, SUBJECT, "It worked yesterday.")
    composer = uma.thread.composer
    expect(uma.page.locator(".day-divider")).to_have_text("Today")

    composer.fill("\u6c34\u66dc\u65e5")
    composer.evaluate(CONFIRMS_CANDIDATE)
    uma.page.wait_for_timeout(300)
    expect(composer).to_have_value("\u6c34\u66dc\u65e5")
    composer.press("Enter")
    uma.thread.kept("\u6c34\u66dc\u65e5")

    composer.press_sequentially("One")
    composer.press("Shift+Enter")
    composer.press_sequentially("two")
    expect(composer).to_have_value("One\ntwo")
    uma.page.reload()
    expect(composer).to_have_value("One\ntwo")

    uma.page.evaluate(SIGNED_OUT_ELSEWHERE)
    expect(uma.page.get_by_text(SUBJECT)).to_have_count(0)
    uma.button("Sign in").click()
    expect(composer).to_have_value("One\ntwo")

    uma.page.evaluate(FULL)
    composer.fill("No room")
    uma.reads("This browser has no space left")
    uma.thread.say("No room at all")
    uma.page.reload()
    uma.thread.hears("No room at all")

    uma.tab("Settings")
    uma.button("Sign out").click()
    expect(uma.button("Sign in")).to_be_visible()
    uma.page.go_back()
    expect(uma.button("Sign in")).to_be_visible()
    expect(uma.page.get_by_text(SUBJECT)).to_have_count(0)
