"""A requester's name says nothing: it is drawn from a random id and from nothing else."""

import base64
import re

import pytest

from tests.support.stores import fresh
from uconnect.domain.pseudonyms import ADJECTIVES, PLACES, make_alias

FORM = re.compile(r"([A-Z][a-z]+) ([a-z]+) ([1-9][0-9])")


def numbered(number: int) -> str:
    return base64.urlsafe_b64encode(number.to_bytes(16)).rstrip(b"=").decode()


def test_the_same_id_is_always_the_same_name() -> None:
    assert make_alias(numbered(0)) == "Amber alder 10"
    assert make_alias(numbered(2**128 - 1)) == make_alias("_____________________w")
    assert make_alias("qN3vJ0Zb5_-sXk2mWy7hTg") == make_alias("qN3vJ0Zb5_-sXk2mWy7hTg")


def test_any_random_id_gives_two_words_and_a_number_of_two_digits() -> None:
    names = [FORM.fullmatch(make_alias(fresh())) for _ in range(2000)]
    drawn = [name.groups() for name in names if name]
    assert len(drawn) == 2000
    assert {first.lower() for first, _, _ in drawn} <= set(ADJECTIVES)
    assert {second for _, second, _ in drawn} <= set(PLACES)


def test_each_word_and_each_number_has_its_turn() -> None:
    turns = [make_alias(numbered(number)) for number in range(90 * len(PLACES))]
    assert len(set(turns)) == len(turns)
    assert {int(name.split()[2]) for name in turns} == set(range(10, 100))
    assert [
        make_alias(numbered(90 * len(PLACES) * number)).split()[0].lower() for number in range(len(ADJECTIVES))
    ] == ADJECTIVES


@pytest.mark.parametrize("words", [ADJECTIVES, PLACES])
def test_no_word_is_twice_as_likely_as_another(words: list[str]) -> None:
    assert len(set(words)) == len(words) > 50
    assert all(re.fullmatch(r"[a-z]{3,8}", word) for word in words)
