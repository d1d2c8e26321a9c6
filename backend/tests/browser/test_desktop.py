"""On a desk there is room for a list beside its thread, and for a school what it knows of it."""

import pytest
from playwright.sync_api import expect

from tests.browser.cast import COMPUTING, UMA, WANDA, Cast
from tests.browser.person import DESKTOP

pytestmark = pytest.mark.xdist_group("desktop")


def test_a_thread_is_handled_without_leaving_the_list(cast: Cast) -> None:
    uma, school, wanda = cast.uma(DESKTOP), cast.computing(DESKTOP), cast.wanda(DESKTOP)
    uma.look("first")
    school.look("first")
    uma.ask(COMPUTING, "A chair is broken", "It is in room 4.")
    school.open("A chair is broken").reads("It is in room 4.")
    about = school.page.get_by_role("complementary", name="About this thread")
    expect(about).to_contain_text(UMA)
    school.look("received")
    school.give(WANDA)
    expect(about).to_contain_text(WANDA)
    wanda.open("A chair is broken")
    wanda.thread.composer.fill("We bring")
    uma.reads("School of Computing is typing…")
    wanda.thread.say("We bring another one.")
    uma.thread.reads("It is in room 4.", "We bring another one.")
    expect(school.thread.line("We bring another one.")).to_contain_text(WANDA)
    for person in (uma, school, wanda):
        person.look("answered")
    uma.end()
    uma.look("over")
    uma.link("Raise again to this school").click()
    expect(uma.heading(f"Ask {COMPUTING}")).to_be_visible()
    uma.look("raise")


def test_what_is_given_by_mistake_is_taken_back_with_one_click(cast: Cast) -> None:
    school, wanda = cast.computing(DESKTOP), cast.wanda(DESKTOP)
    school.open("Joint seminar room")
    school.give(WANDA)
    expect(wanda.row("Joint seminar room")).to_be_visible()
    school.button("Undo").click()
    expect(wanda.row("Joint seminar room")).to_have_count(0)
    expect(school.button("Give to a worker")).to_be_visible()


def test_what_is_begun_and_who_is_signed_in_outlive_the_tab_but_not_a_sign_out(cast: Cast) -> None:
    uma = cast.uma(DESKTOP)
    uma.open("Cannot register for CS-301")
    uma.thread.composer.fill("Only begun")
    uma.page.reload()
    expect(uma.thread.composer).to_have_value("Only begun")
    uma.tab("Settings")
    uma.look("settings")
    uma.button("Sign out").click()
    expect(uma.button("Sign in")).to_be_visible()
    assert "Only begun" not in uma.knows()
    uma.page.go_back()
    expect(uma.button("Sign in")).to_be_visible()
