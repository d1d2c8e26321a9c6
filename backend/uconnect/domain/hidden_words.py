"""Finds the words that a school hides in a text, and puts one mask in their place, the same for every word.

A word is found as whole words, in any case, with or without accents, over line breaks and quote marks, and between the
marks of bold, italic and code. A telephone number is found with any spaces and dashes in it.
`sites/src/i18n/hidden-words.ts` is the same rule; both read the same cases.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import chain, compress, islice, pairwise, repeat
from unicodedata import category

from msgspec import Struct

from uconnect.domain.models import Message
from uconnect.domain.text import character_class
from uconnect.domain.text_fields import UNSPACED
from uconnect.domain.text_search import FORMS

MASK = "\u2588" * 5  # no script has it, and it says neither how long nor what the word is
ELISION = "…"
MOST_CHECKED = 500  # places in a text at which a hidden word may stand

QUOTE_MARKS = re.compile(r"(?m)^(?:[ \t]*>)+")
MARKS = "*_`"  # of bold, italic and code: they may stand inside of a name
PHONE = re.compile(r"[\d ()./+-]+")
PHONE_DIGITS = 5  # fewer are a room or a year
PHONE_SEPARATORS = frozenset(" ()./+-")
WITHOUT_SEPARATORS = dict.fromkeys(map(ord, PHONE_SEPARATORS))
SPACES = re.compile(" +")
UNSPACED_CHARACTER = re.compile(f"[{character_class(UNSPACED)}]")
BETWEEN = re.compile(r"[\W_]{0,3}")  # two masks with no more between them are one: it says not of how many words

Span = tuple[int, int]
Form = tuple[str, Sequence[int]]  # the characters that are compared, and for each the place it is of


class Hidden(Struct, frozen=True):
    """What a worker must not read of a thread: the forms of the hidden words. A preview is made of the `last` message.

    `is_known`: it was looked up. A view of a thread that hides words is not made without that.
    """

    forms: tuple[str, ...] = ()
    last: Message | None = None
    is_known: bool = False


NOTHING_HIDDEN = Hidden()


def mask(text: str, forms: Sequence[str]) -> str:
    """A text with one mask in place of each of the words of these forms. Words that touch each other are one.

    A text in which these words may stand at more than MOST_CHECKED places is one mask. Nobody writes such a text, and
    others would wait while each place is looked at.
    """
    spans = _spans(text, forms) if forms else []
    if spans is None:
        return MASK
    shown, end = [], 0
    for start, until in _joined(text, sorted(spans)):
        shown += [text[end:start], MASK]
        end = until
    return "".join((*shown, text[end:]))


def without_masks(text: str) -> str:
    """What somebody of the school's side writes. A quote of a masked message must not tell the raiser of the mask: that
    words are hidden says that a worker reads."""
    return text.replace(MASK, ELISION)


def word_form(word: str) -> str:
    """A word as it is looked for. Two words of one form are one. Empty: nothing can be found by it."""
    return _form(word)[0].strip()


def _form(text: str) -> Form:
    """Folded characters without marks; what stands between two words is one space."""
    quoted = QUOTE_MARKS.sub(lambda found: " " * len(found[0]), text)
    form = quoted.translate(FOLDED)
    places: Sequence[int] = range(len(quoted))
    if any(len(FOLDED[it]) != 1 for it in map(ord, set(quoted))):
        lengths = (len(FOLDED[it]) for it in map(ord, quoted))
        places = [*chain.from_iterable(map(repeat, places, lengths))]
    if "  " in form:
        kept = [(before, it) != (" ", " ") for before, it in pairwise(f"-{form}")]
        form, places = "".join(compress(form, kept)), [*compress(places, kept)]
    return form, places


class _Folded(dict[int, str]):
    """The form of each character. It is made when the character is first met."""

    def __missing__(self, point: int) -> str:
        character = chr(point)
        form = self[point] = " " if character.isspace() else "" if character in MARKS else FORMS[point]
        return form


FOLDED = _Folded()


def _spans(text: str, forms: Sequence[str]) -> list[Span] | None:
    """The places of the words in a text; None if there are too many to look at."""
    if not _may_have(text, forms):
        return []
    whole = _form(text)
    numbers = [it for it in forms if is_phone(it)]
    in_whole = ((whole, word, at) for word in forms if word not in numbers for at in _places(whole[0], word))
    found = [*islice(chain(in_whole, _numbers_in(whole, numbers)), MOST_CHECKED + 1)]
    if len(found) > MOST_CHECKED:
        return None
    return [span for form, word, at in found if (span := _span(text, form, word, at))]


def _may_have(text: str, forms: Sequence[str]) -> bool:
    """Whether one of the words is in a text, perhaps inside of another word. It is fast: most texts have none."""
    plain = SPACES.sub(" ", QUOTE_MARKS.sub(" ", text).translate(FOLDED))
    digits = plain.translate(WITHOUT_SEPARATORS)
    return any((digits_of(it) in digits) if is_phone(it) else it in plain for it in forms)


def _numbers_in(whole: Form, numbers: Sequence[str]) -> Iterator[tuple[Form, str, int]]:
    """Where telephone numbers may stand, without the spaces and dashes of both."""
    folded, places = whole
    kept = [it not in PHONE_SEPARATORS for it in folded] if numbers else []
    digits = "".join(compress(folded, kept)), [*compress(places, kept)]
    return ((digits, word, at) for word in map(digits_of, numbers) for at in _places(digits[0], word))


def _places(folded: str, word: str) -> Iterator[int]:
    at = folded.find(word)
    while at >= 0:
        yield at
        at = folded.find(word, at + 1)


def is_phone(form: str) -> bool:
    """Whether a word is a telephone number, in which spaces and dashes do not count."""
    return PHONE.fullmatch(form) is not None and sum(it.isdigit() for it in form) >= PHONE_DIGITS


def digits_of(form: str) -> str:
    return form.translate(WITHOUT_SEPARATORS)


def _span(text: str, form: Form, word: str, at: int) -> Span | None:
    """What a word covers in a text if it stands in its form at a place; None if it is only a part of a word there."""
    places, until = form[1], at + len(word)
    is_whole = places[at - 1 : at] != places[at : at + 1] and places[until : until + 1] != places[until - 1 : until]
    start = places[at]
    if not is_whole or _is_inside(text, start):
        return None
    end = _end(text, places[until - 1])
    if _is_inside(text, end):
        return None
    if is_phone(word):
        start = len(text[:start].rstrip("+("))
    return start, end


def _end(text: str, last: int) -> int:
    """The end of the character at `last`, with the accents and joiners that belong to it."""
    end = last + 1
    while end < len(text) and FOLDED[ord(text[end])] == "" and text[end] not in MARKS:
        end += 1
    return end


def _is_inside(text: str, at: int) -> bool:
    """Whether a place is inside of a word or a number: "Ann" is not in "Hannah", but is in Chinese text, which has no
    spaces."""
    before = next((text[it] for it in range(at - 1, -1, -1) if not category(text[it]).startswith("M")), "")
    after = text[at : at + 1]
    if before.isalpha() and after.isalpha():
        return UNSPACED_CHARACTER.match(before) is None and UNSPACED_CHARACTER.match(after) is None
    return before.isdigit() and after.isdigit()


def _joined(text: str, spans: Sequence[Span]) -> list[Span]:
    """Spans that overlap, touch, or have only a space or a sign between them, as one."""
    joined: list[Span] = []
    for start, end in spans:
        before = joined[-1] if joined else None
        if before and (start <= before[1] or BETWEEN.fullmatch(text, before[1], start)):
            joined[-1] = before[0], max(end, before[1])
        else:
            joined.append((start, end))
    return joined
