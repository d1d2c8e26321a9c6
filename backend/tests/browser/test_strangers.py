"""Nobody is there yet: whoever comes makes an account with no more than a mailbox."""

import pytest
from playwright.sync_api import expect

from tests.browser.cast import Cast
from tests.browser.parties import School, User
from tests.browser.person import PHONE

pytestmark = pytest.mark.xdist_group("phone")

SCHOOL, MAYA, PASSWORD = "Faculty of Rivers", "Maya <b>Lindqvist</b>", "a quiet place to read"


@pytest.fixture
def options() -> tuple[str, ...]:
    return ()


def test_strangers_sign_up_with_the_code_in_a_letter_and_find_each_other(cast: Cast) -> None:
    school, maya = cast.someone(School, PHONE), cast.someone(User, PHONE)
    _look_around(maya)
    school.sign_up(SCHOOL, "rivers@uni.example", PASSWORD)
    school.reads("Nothing has been raised to you yet")
    school.look("empty")
    _mistype(maya)
    maya.sign_up(MAYA, "maya@uni.example", PASSWORD)
    maya.reads("No threads yet")
    maya.look("empty")
    maya.ask(SCHOOL, "The bridge is closed", "How do I get to the lecture?")
    school.row("The bridge is closed").click()
    school.reads(f"{MAYA} · User")
    _look_at_the_rest(school, "Raised by us", "Other schools", "Workers", "Settings")
    _look_at_the_rest(maya, "Settings")


def _look_around(maya: User) -> None:
    maya.visit("/")
    maya.look("home")
    maya.link("For you").click()
    expect(maya.button("Sign in")).to_be_visible()
    maya.look("door")
    maya.button("Sign in").click()
    maya.fill(**{"E-mail": "maya@uni.example", "Password": "not yet known"})
    maya.button("Sign in").click()
    maya.is_told("The e-mail address or the password is not right. Check both, then try again.", 400)
    maya.look("refused")
    maya.link("Forgot your password?").click()
    expect(maya.button("Send a code")).to_be_visible()
    maya.look("forgot")


def _mistype(maya: User) -> None:
    maya.visit()
    maya.link("Create an account").click()
    maya.fill(**{"Your name": MAYA, "E-mail": "maya@uni.example", "New password": "short"})
    maya.button("Continue").click()
    maya.is_told("Choose a password of at least 10 characters. A few words are easy to remember.", 400)
    expect(maya.page.get_by_label("Your name")).to_have_value(MAYA)
    maya.look("short")


def _look_at_the_rest(person: User | School, *tabs: str) -> None:
    person.page.go_back()
    for tab in tabs:
        person.tab(tab)
        expect(person.heading(tab)).to_be_visible()
        person.look(tab.lower().replace(" ", "-"))
