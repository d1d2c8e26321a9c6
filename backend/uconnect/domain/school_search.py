"""Finds schools by what a person types: the name of a school matches from the beginning of each of its words."""

from unicodedata import category

from uconnect.domain.text_search import plain_letters

WORDS = 12  # of a name that are searched; a longer name is found by its first ones
LENGTH = 100  # code points of a text that are compared


def search_key(text: str) -> str:
    """A text as people search for it: its words in small letters, without accents, with one space between them."""
    return " ".join("".join(map(_shown, plain_letters(text))).split())[:LENGTH]


def _shown(character: str) -> str:
    """A letter, mark, digit or symbol as it is; nothing for what is not seen; a space for all that parts words."""
    kind = category(character)
    if kind == "Cf":
        return ""
    return " " if kind[0] in "PZC" else character


def name_endings(name: str) -> tuple[str, ...]:
    """What a search finds a name by: its search key from each of its first WORDS words on, each once."""
    words = search_key(name).split(" ")
    return tuple(dict.fromkeys(" ".join(words[first:]) for first in range(min(len(words), WORDS)) if words[first]))
