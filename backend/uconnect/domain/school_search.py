"""Finds schools by what a person types: the name of a school matches from the beginning of each of its words."""

import re
from unicodedata import category, normalize

WORDS = 12  # of a name that are searched; a longer name is found by its first ones
LENGTH = 100  # code points of a text that are compared
# Accents of letters, and the points of Hebrew and Arabic. The marks of other scripts are vowels.
ACCENTS = re.compile("[\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670]")
# Letters that have no accent to leave out, as they are written where a keyboard lacks them.
PLAIN_LETTERS = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ħ": "h", "ŧ": "t", "\u0131": "i"}
)


def search_key(text: str) -> str:
    """A text as people search for it: its words in small letters, without accents, with one space between them."""
    folded = normalize("NFC", ACCENTS.sub("", normalize("NFKD", text).casefold())).translate(PLAIN_LETTERS)
    return " ".join("".join(map(_shown, folded)).split())[:LENGTH]


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
