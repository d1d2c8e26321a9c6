"""Words are found in a text whichever keyboard wrote them, and what is shown around them is whole characters."""

import json
from pathlib import Path

import pytest

from uconnect.domain.text_search import EXCERPT, excerpt, has_words, words_of

CASES = json.loads((Path(__file__).parents[4] / "sites/src/i18n/word-cases.json").read_text())


@pytest.mark.parametrize(("text", "typed"), [(it["text"], it["typed"]) for it in CASES["found"]])
def test_what_is_typed_is_found(text: str, typed: str) -> None:
    assert has_words(text, words_of(typed))


@pytest.mark.parametrize(("text", "typed"), [(it["text"], it["typed"]) for it in CASES["missed"]])
def test_what_is_another_word_is_not_found(text: str, typed: str) -> None:
    assert not has_words(text, words_of(typed))


def test_a_word_that_is_typed_twice_is_one() -> None:
    assert words_of(" Exam exam  ÉXAM\n") == ("exam",)


def test_a_short_text_is_shown_whole() -> None:
    assert excerpt("The exam is in room 12.", ("room",)) == "The exam is in room 12."


@pytest.mark.parametrize("filler", ["x", "é", "日", "ß", "ｶﾞ"])
def test_a_long_text_is_shown_around_the_first_word(filler: str) -> None:
    shown = excerpt(filler * 500 + " needle " + filler * 500, ("absent", "needle"))
    assert (shown[0], shown[-1]) == ("…", "…")
    assert " needle " in shown
    assert len(shown) <= EXCERPT + 2


def test_a_text_that_was_found_by_no_place_is_shown_from_its_start() -> None:
    assert excerpt("y" * 500, ("needle",)) == "y" * EXCERPT + "…"
    assert excerpt("ß" * 500, ("needle",)) == "ß" * EXCERPT + "…"


FAMILY = "👩‍👩‍👧"


def test_what_is_seen_as_one_character_is_never_cut() -> None:
    shown = excerpt(FAMILY * 60 + "needle" + FAMILY * 60, ("needle",))
    before, after = shown.strip("…").split("needle")
    assert set(before.split(FAMILY)) == set(after.split(FAMILY)) == {""}
