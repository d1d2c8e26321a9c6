"""A school is found by the beginning of each word of its name, however it is typed."""

from functools import partial

import pytest

from tests.support.sample_university import SampleUniversity
from tests.support.stores import Home, answer
from uconnect.domain.models import School, User
from uconnect.domain.school_search import LENGTH, WORDS, name_endings, search_key
from uconnect.domain.usecases import queries
from uconnect.domain.views.pages import SchoolPage


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("School of Law", "law"),
        ("School of Law", "  of  LAW"),
        ("École d'Été", "ecole d ete"),
        ("École d\u2019Été", "D'ÉT"),
        ("Straße", "STRASSE"),
        ("Łódź", "lodz"),
        ("Art\u00ad & Music", "art music"),
        ("हिन्दी विद्यालय", "विद्या"),
        ("Owls 🦉", "🦉"),
        ("Room \uff12", "2"),
    ],
)
def test_a_name_is_found_by_what_people_type(name: str, typed: str) -> None:
    assert any(it.startswith(search_key(typed)) for it in name_endings(name))


@pytest.mark.parametrize(
    ("name", "typed"), [("School of Law", "aw"), ("School of Law", "law school"), ("हिन्दी", "न्दी")]
)
def test_a_name_is_not_found_by_the_middle_of_a_word(name: str, typed: str) -> None:
    assert not any(it.startswith(search_key(typed)) for it in name_endings(name))


def test_a_name_has_an_ending_for_each_word_up_to_a_limit() -> None:
    assert name_endings("Art and Art") == ("art and art", "and art", "art")
    assert name_endings("Art Art") == ("art art", "art")
    assert name_endings("") == name_endings(" -- ") == ()
    assert len(name_endings(" ".join(map(str, range(40))))) == WORDS
    assert max(map(len, name_endings("\ufdfa" * 40))) == LENGTH


NAMES = ("Law", "Art and Law", "Lawn Care", "Law and Law", "Physics")


@pytest.fixture
def directory(university: SampleUniversity) -> Home:
    home = university.home
    home.keep(*(School(id=f"{number:022}", email="", name=name) for number, name in enumerate(NAMES)))
    home.keep(User(id="user", email="", name="U"))
    return home


def page(home: Home, find: str, after: str | None = None, most: int = 50, by: str = "user") -> SchoolPage:
    return answer(home.store.ask(partial(queries.schools, by=by, after=after, most=most, find=find)))


def names(found: SchoolPage) -> list[str]:
    return [it.name for it in found.schools]


def test_a_search_shows_each_school_once(directory: Home) -> None:
    assert names(page(directory, "LAW")) == ["Law", "Art and Law", "Law and Law", "Lawn Care"]
    assert names(page(directory, "law ", by="0" * 22)) == ["Art and Law", "Law and Law", "Lawn Care"]
    assert names(page(directory, "chemistry")) == []
    assert len(page(directory, " -- ").schools) == len(page(directory, "").schools) > len(NAMES)


@pytest.mark.parametrize("most", [1, 2, 3])
def test_the_pages_of_a_search_meet(directory: Home, most: int) -> None:
    found, after = list[str](), None
    while True:
        part = page(directory, "law", after, most)
        found += names(part)
        if (after := part.next) is None:
            break
    assert list(dict.fromkeys(found)) == ["Law", "Art and Law", "Law and Law", "Lawn Care"]
    assert len(found) <= 5  # "Law and Law" has two endings that match


def test_a_place_before_the_search_is_its_beginning(directory: Home) -> None:
    assert names(page(directory, "lawn", after="x.art")) == ["Lawn Care"]
