"""What people type: digits of any script, texts of any length, and forms that come back with one field at fault."""

import re

import httpx
import pytest

from tests.unit.oidc_provider.provider_kit import EMAIL, PASSWORD, USER, Browser, World, landed
from uconnect.oidc_provider import email_verification
from uconnect.oidc_provider.validation import LONGEST_PASSWORD

EVE, LONG = "eve@example.org", "four quiet herons wading"
ARABIC, FULL_WIDTH, DEVANAGARI = ("".join(chr(zero + it) for it in range(10)) for zero in (0x660, 0xFF10, 0x966))


def begin(browser: Browser, **changes: str) -> httpx.Response:
    return browser.fill(browser.ask("sign-up"), **({"name": "Eve", "email": EVE, "password": LONG} | changes))


def in_digits(digits: str, code: str) -> str:
    return code.translate(str.maketrans("0123456789", digits))


@pytest.mark.parametrize(
    "typed",
    [
        "{code}",
        " {code} ",
        "{code:.4} {rest}",
        "{code:.4}-{rest}",
        "{code:.4}\u00a0{rest}",
        "{arabic}",
        "\u2067{arabic}\u2069",
        "{full_width}",
        "{devanagari}",
        "Your code is {code}",
        "Your code is {code}.",
        "Your code is {code}\n\nEnter it on the page where you signed up. It works for 15 minutes.",
        "12:30 Your code is {code}",
        "Code: {code:.4} {rest}, good for 15 minutes",
    ],
)
def test_a_code_may_be_typed_in_any_digits_or_pasted_with_its_sentence(
    world: World, browser: Browser, typed: str
) -> None:
    page, code = browser.follow(begin(browser)), world.code(EVE)
    written = typed.format(
        code=code,
        rest=code[4:],
        arabic=in_digits(ARABIC, code),
        full_width=in_digits(FULL_WIDTH, code),
        devanagari=in_digits(DEVANAGARI, code),
    )
    assert "code" in landed(browser.fill(page, code=written))


@pytest.mark.parametrize("typed", ["", "no digits", "1234567", "123456789", "²³¹⁴⁵⁶⁷⁸", "12345678x" * 800])
def test_what_is_no_code_is_wrong_and_nothing_worse(browser: Browser, typed: str) -> None:
    page = browser.follow(begin(browser))
    assert browser.fill(page, code=typed or "-").status_code == 400


def test_what_is_no_code_spends_no_try(world: World, browser: Browser) -> None:
    page, code = browser.follow(begin(browser)), world.code(EVE)
    for typed in ["", "no digits", code[:-1], f"{code}0", "Your code is", "-"] * 2:
        shown = browser.fill(page, code=typed)
        assert (shown.status_code, "It has 8 digits." in shown.text) == (400, True)
    assert "code" in landed(browser.fill(page, code=code))


def test_a_code_is_read_out_of_a_longer_text() -> None:
    assert email_verification.parse_code("Your code is 12345678. It works for 15 minutes.") == "12345678"
    pasted = "30.11.2026 09:15 uconnect: your code is 12345678."
    assert email_verification.parse_code(pasted) == "12345678", "a date before it is no code"
    assert email_verification.parse_code("1234 5678, sent 2026-11-30 9") == "12345678"
    assert email_verification.parse_code("123456789") == "123456789", "nine digits are not cut to eight"


@pytest.mark.parametrize("page", ["sign-up", "sign-in", "forgot", "code"])
def test_no_field_cuts_what_is_pasted_without_a_word(browser: Browser, page: str) -> None:
    begin(browser)
    shown = browser.authorize() if page == "sign-in" else browser.ask(page)
    assert "<input" in shown.text
    assert "maxlength" not in shown.text


@pytest.mark.parametrize("character", ["x", "ü", "🙂"])
def test_a_password_that_is_too_long_is_refused_in_words_at_sign_up(browser: Browser, character: str) -> None:
    answer = begin(browser, password=f"four quiet herons {character * 300}")
    assert answer.status_code == 400
    assert f"Choose a password of at most {LONGEST_PASSWORD} characters." in answer.text


@pytest.mark.parametrize("character", ["x", "🙂"])
def test_the_longest_password_signs_up_and_signs_in(world: World, browser: Browser, character: str) -> None:
    longest = f"four quiet herons {character * 300}"[:LONGEST_PASSWORD]
    page = browser.follow(begin(browser, password=longest))
    browser.fill(page, code=world.code(EVE))
    other = world.browser()
    assert other.submit(other.authorize(), EVE, longest[:-1]).status_code == 400, "no character is left out"
    assert "code" in landed(other.submit(other.authorize(), EVE, longest))


@pytest.mark.parametrize("page", ["sign-in", "sign-up"])
def test_more_than_a_form_may_hold_is_refused_in_words(browser: Browser, page: str) -> None:
    shown = browser.authorize() if page == "sign-in" else browser.ask(page)
    answer = browser.fill(shown, name="Eve", email=EVE, password="🙂" * 2000)
    assert answer.status_code == 413
    assert "This is too long to send. Enter something shorter." in answer.text
    assert "<form" in answer.text


# --- a form that comes back ------------------------------------------------------------------------------------------


def fields(page: httpx.Response) -> dict[str, dict[str, str]]:
    """The attributes of each input, by name."""
    found = {}
    for tag in re.findall(r"<input [^>]+>", page.text):
        attributes = dict(re.findall(r'([a-z-]+)="([^"]*)"', tag)) | dict.fromkeys(
            re.findall(r" (autofocus)\b", tag), ""
        )
        found[attributes["name"]] = attributes
    return found


@pytest.mark.parametrize(
    ("changes", "at_fault"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"email": "eve"}, "email"),
        ({"password": "short"}, "password"),
        ({"password": "password1234"}, "password"),
    ],
)
def test_a_form_keeps_what_was_typed_and_leads_to_the_field_at_fault(
    browser: Browser, changes: dict[str, str], at_fault: str
) -> None:
    typed = {"name": "Eve", "email": EVE, "password": LONG} | changes
    found = fields(begin(browser, **changes))
    assert (found["name"]["value"], found["email"]["value"]) == (typed["name"], typed["email"])
    assert "value" not in found["password"]
    assert [name for name, it in found.items() if "autofocus" in it] == [at_fault]
    assert [name for name, it in found.items() if it.get("aria-invalid") == "true"] == [at_fault]
    assert "problem" in found[at_fault]["aria-describedby"].split()


def test_a_wrong_code_leads_to_the_code(browser: Browser) -> None:
    found = fields(browser.fill(browser.follow(begin(browser)), code="00000000"))
    assert found["code"]["aria-invalid"] == "true"
    assert "autofocus" in found["code"]


def test_a_wrong_sign_in_names_neither_field_and_leads_to_the_one_to_type_anew(browser: Browser) -> None:
    found = fields(browser.submit(browser.authorize(), password="wrong"))
    assert not [it for it in found.values() if "aria-invalid" in it], "or it would tell whether there is an account"
    assert "autofocus" in found["password"]


def test_ones_own_address_as_the_new_one_leads_to_the_address(browser: Browser) -> None:
    browser.submit(browser.authorize(), EMAIL, PASSWORD)
    found = fields(browser.fill(browser.get(f"/oauth/email?client_id={USER.id}"), email=EMAIL))
    assert found["email"]["aria-invalid"] == "true"


def test_a_page_that_is_shown_for_the_first_time_finds_no_fault(browser: Browser) -> None:
    assert "aria-invalid" not in browser.authorize().text + browser.ask("sign-up").text
