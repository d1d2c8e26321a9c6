"""Finds words in texts, whichever keyboard wrote them: case, accents, and the shapes of quotes and dashes do not count.

A word is found anywhere in a text, inside other words too: Chinese and Japanese have no spaces, and German joins words.
`sites/src/i18n/compare-text.ts` is the same rule, by which a page marks what was found.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from unicodedata import decimal, normalize

from uconnect.domain.text import character_class, cut, cut_start
from uconnect.domain.text_fields import JOINERS, MARKS_OF_LINES, REMOVED, SELECTORS

EXCERPT = 160  # code points at most of a text that are shown around a word
BEFORE = 40  # of them before the word

# Accents of letters, and the points of Hebrew and Arabic. The marks of other scripts are vowels.
ACCENTS = re.compile("[\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670]")
# Letters that have no accent to leave out, as they are written where a keyboard lacks them.
PLAIN_LETTERS = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ħ": "h", "ŧ": "t", "\u0131": "i"}
)
PLAIN_MARKS = str.maketrans(
    dict.fromkeys("\u2018\u2019\u201b\u02b9\u02bb\u02bc\u02bd\u00b4`\u2032\ua78c", "'")
    | dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033\u301d\u301e\u301f", '"')
    | dict.fromkeys("\u058a\u05be\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2e3a\u2e3b\u301c\u3030", "-")
)
UNSEEN = re.compile(f"[{character_class(JOINERS, SELECTORS, MARKS_OF_LINES, REMOVED)}]")
OTHER_DIGIT = re.compile(r"[^\D0-9]")


def plain_letters(text: str) -> str:
    """A text in small letters without accents."""
    return normalize("NFC", ACCENTS.sub("", normalize("NFKD", text).casefold())).translate(PLAIN_LETTERS)


class Forms(dict[int, str]):
    """The form of each character in which words are looked for. It is made when the character is first met."""

    def __missing__(self, point: int) -> str:
        plain = UNSEEN.sub("", plain_letters(chr(point).translate(PLAIN_MARKS)))
        form = self[point] = OTHER_DIGIT.sub(lambda digit: str(decimal(digit[0])), plain)
        return form


FORMS = Forms()


def search_form(text: str) -> str:
    """A text as words are looked for in it."""
    return text.lower().replace("`", "'") if text.isascii() else normalize("NFC", text.translate(FORMS))


def words_of(typed: str) -> tuple[str, ...]:
    """The words of what a person typed, each once."""
    return tuple(dict.fromkeys(search_form(typed).split()))


def has_words(text: str, words: Sequence[str]) -> bool:
    """Whether a text has all words."""
    form = search_form(text)
    return all(word in form for word in words)


def excerpt(text: str, words: Sequence[str]) -> str:
    """The part of a text around the first of the words in it, at most EXCERPT code points and the marks of the cuts."""
    start = max(_first_word(text, words) - BEFORE, 0)
    part = cut_start(text, start)
    shown = cut(part, EXCERPT)
    return ("…" if len(part) < len(text) else "") + shown + ("…" if len(shown) < len(part) else "")


def _first_word(text: str, words: Sequence[str]) -> int:
    """About where in a text the first of the words begins."""
    form = search_form(text)
    place = min((at for it in words if (at := form.find(it)) >= 0), default=0)
    if len(form) == len(text):
        return place
    # Of some characters the form has another length.
    return bisect_right(range(len(text)), place, key=lambda end: len(search_form(text[:end]))) - 1
