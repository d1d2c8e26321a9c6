"""A school is found by the beginning of each word of its name and its description, however it is typed."""

from functools import partial

import pytest

from tests.support.sample_university import SampleUniversity
from tests.support.stores import Home, answer
from uconnect.domain.models import School, User
from uconnect.domain.school_search import (
    DESCRIBED,
    FORGIVEN,
    LENGTH,
    WORDS,
    is_match,
    is_near,
    name_endings,
    near_keys,
    search_key,
    search_texts,
)
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


# --- descriptions, and typing errors ---

WORDS_NEAR = ("physics", "library", "computing", "\u0444\u0438\u0437\u0438\u043a\u0430", "fives", "business")
ROWS = 46  # of a school: more would not fit into one transaction on DynamoDB


def errors(word: str) -> set[str]:
    """What one typing error makes of a word: a letter left out, too much, wrong, or two that changed places."""
    places = range(len(word) + 1)
    left_out = {word[:at] + word[at + 1 :] for at in places}
    added = {word[:at] + "x" + word[at:] for at in places}
    wrong = {word[:at] + "x" + word[at + 1 :] for at in places[:-1]}
    swapped = {word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in places[:-2]}
    return left_out | added | wrong | swapped


@pytest.mark.parametrize("word", WORDS_NEAR)
def test_each_typing_error_in_a_word_of_a_name_is_forgiven(word: str) -> None:
    for typed in errors(word):
        assert is_near(typed, word), typed
        assert set(near_keys(typed)) & set(search_texts(f"School of {word}", "")), typed
        assert is_match(typed, f"School of {word}", "")


@pytest.mark.parametrize(
    ("typed", "word"), [("phisic", "physics"), ("law", "laws"), ("lww", "law"), ("chemistry", "physics"), ("", "")]
)
def test_two_errors_and_an_error_in_a_short_word_are_not_forgiven(typed: str, word: str) -> None:
    assert not is_near(typed, word)


def test_a_description_is_searched_by_its_longer_words_and_no_further_than_a_limit() -> None:
    assert search_texts("Law", "Exams, the law, and Exams in rooms") == ("law", "exams", "rooms")
    name = " ".join(f"{number:02}word{number:02}" for number in range(40))
    found = search_texts(name, " ".join(f"about{number}" for number in range(200)))
    assert len([it for it in found if it.startswith("about")]) == DESCRIBED
    assert len([it for it in found if it.startswith("\x1f")]) == 2 * FORGIVEN
    assert len(found) == ROWS


def test_what_is_typed_is_no_key() -> None:
    for key in search_texts("Physics", ""):
        assert search_key(key) != key or not key.startswith("\x1f")


@pytest.fixture
def described(directory: Home) -> Home:
    about = "We renew student cards and residence permits. Bring the form in Caf\u00e9 3."
    directory.keep(School(id="cards" * 4 + "00", email="", name="Student Services", about=about))
    directory.keep(School(id="closed" * 3 + "0000", email="", name="Student Residence", about="Keys", closing=True))
    return directory


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("permit", ["Student Services"]),
        ("CAF\u00c9", ["Student Services"]),
        ("residence student", ["Student Services"]),  # in any order, in name and description
        ("student cards", ["Student Services"]),
        ("studnet", ["Student Services"]),
        ("studnet permits", ["Student Services"]),
        ("pysics", ["Physics"]),
        ("permots", []),  # an error is forgiven in a name alone
        ("student chemistry", []),
        ("care lawn", ["Lawn Care"]),
        ("law law care", ["Lawn Care"]),
    ],
)
def test_a_search_finds_words_of_descriptions_and_forgives_an_error(
    described: Home, typed: str, found: list[str]
) -> None:
    shown = page(described, typed)
    assert names(shown) == found
    assert shown.next is None


def test_only_a_search_that_finds_nothing_forgives_an_error(described: Home) -> None:
    described.keep(School(id="near" * 5 + "00", email="", name="Lawns"))
    assert names(page(described, "lawn")) == ["Lawn Care", "Lawns"]
    assert names(page(described, "lawms")) == ["Lawns"]
    assert page(described, "physiks", after="x.physiks").schools == ()


def test_a_search_that_forgives_finds_no_school_for_itself(described: Home) -> None:
    assert names(page(described, "pysics", by="4".zfill(22))) == []
