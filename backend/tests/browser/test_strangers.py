"""Nobody is there yet: whoever comes comes in with no more than a mailbox."""

import pytest
from playwright.sync_api import expect

from tests.browser.cast import Cast
from tests.browser.parties import School, User, Worker
from tests.browser.person import PHONE, Person

pytestmark = pytest.mark.xdist_group("phone")

SCHOOL, MAYA, WILL, PASSWORD = "Faculty of Rivers", "Maya <b>Lindqvist</b>", "Will Weber", "a quiet place to read"


def test_strangers_come_in_by_a_letter_and_find_each_other(cast: Cast) -> None:
    school, maya, will = cast.someone(School, PHONE), cast.someone(User, PHONE), cast.someone(Worker, PHONE)
    _look_around(maya)
    _mistype(maya)
    school.sign_up(SCHOOL, "rivers@uni.example", PASSWORD)
    _invite(school, will)
    maya.sign_up(MAYA, "maya@uni.example", PASSWORD)
    expect(maya.heading("Find a school")).to_be_visible()
    maya.look("newcomer")
    maya.ask(SCHOOL, "The bridge is closed", "How do I get to the lecture?")
    school.tab("Inbox")
    school.open("The bridge is closed").reads("How do I get to the lecture?")
    school.reads(f"{MAYA} · User")
    school.give(WILL)
    will.open("The bridge is closed").say("Over the other bridge.")
    maya.thread.reads("How do I get to the lecture?", "Over the other bridge.")
    _look_at_the_rest(school, "Inbox", "Raised by us", "Other schools", "Workers", "Settings")
    _look_at_the_rest(maya, "Threads", "Find a school", "Settings")
    _look_at_the_rest(will, "Threads", "Settings")


def _invite(school: School, will: Worker) -> None:
    expect(school.heading("Workers")).to_be_visible()
    school.look("newcomer")
    school.invite(WILL, "will@uni.example")
    school.reads("Invited, has not joined yet")
    will.page.goto(will.server.link("will@uni.example"))
    will.reads("You are invited as will@uni.example.")
    will.look("invited")
    will.fill(**{"New password": PASSWORD})
    will.button("Accept").click()
    will.is_in()
    will.reads("Nothing is with you right now")
    will.look("newcomer")


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


def _look_at_the_rest(person: Person, *tabs: str) -> None:
    for tab in tabs:
        person.tab(tab)
        expect(person.heading(tab)).to_be_visible()
        person.look(tab.lower().replace(" ", "-"))
