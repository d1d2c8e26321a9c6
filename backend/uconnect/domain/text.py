"""The one rule for texts that people give. `sites/src/i18n/clean-text.ts` is the same rule, over the same table.

What cannot be seen is removed, what can be seen is kept. Refused is only what is blank, too long, or of many lines in a
field of one; the sentence names the field. Why each class of characters is treated as it is: docs/decisions/0033.
"""

import re
from functools import cache
from typing import Annotated, Any, get_args, get_origin, get_type_hints
from unicodedata import category, normalize

from msgspec import Meta, Struct, structs

from uconnect.domain.text_fields import (
    BLACK_FLAG,
    BLANKS,
    CANCEL_TAG,
    JOINERS,
    JOINING_SCRIPTS,
    MARKS_OF_LINES,
    REMOVED,
    SELECTORS,
    SPACES,
    STACKED,
    STAND_INS,
    TAGS_OF_FLAG,
    TURNING,
    Ranges,
    TextField,
)


class InvalidText(ValueError):
    """A text cannot be kept. The message is a sentence for the person; `field` is the text that is at fault."""

    def __init__(self, sentence: str, field: TextField) -> None:
        super().__init__(sentence)
        self.field = field


def character_class(*of: Ranges) -> str:
    """Characters as a regular expression lists them between brackets."""
    return "".join(f"\\U{first:08x}-\\U{last:08x}" for ranges in of for first, last in ranges)


APART = rf"\n{character_class(SPACES, BLANKS, MARKS_OF_LINES)}"
UNSEEN = APART + character_class(JOINERS, SELECTORS)
LINES = re.compile(r"[\n\r\v\f\x85\u2028\u2029]")
HALF = re.compile(r"[\ud800-\udfff]")
BREAK = re.compile(r"\r\n|[\r\v\f\x85\u2028\u2029]")
FLAG_OR_REMOVED = re.compile(
    f"({chr(BLACK_FLAG)}[{character_class(TAGS_OF_FLAG)}]{{1,8}}{chr(CANCEL_TAG)})|[{character_class(REMOVED)}]"
)
UNUSUAL = re.compile(
    rf"[\r\v\f\x85\u2028\u2029\ud800-\udfff{character_class(REMOVED, BLANKS, MARKS_OF_LINES, JOINERS, SELECTORS)}]"
)
LINE_MARK = re.compile(f"[{character_class(MARKS_OF_LINES)}]")
GAP = re.compile(rf"[\n{character_class(SPACES, BLANKS)}]+")
# A joiner or selector that follows nothing that is seen; a second one; a joiner that joins to nothing.
STRAY = re.compile(
    rf"(?<![^{APART}])[{character_class(JOINERS, SELECTORS)}]+"
    rf"|(?<=[{character_class(SELECTORS)}])[{character_class(SELECTORS)}]+"
    rf"|(?<=[{character_class(JOINERS)}])[{character_class(JOINERS, SELECTORS)}]+"
)
LOOSE = re.compile(rf"(?<![{character_class(JOINING_SCRIPTS)}])[{character_class(JOINERS)}](?![^{UNSEEN}])")
ENDS = "".join(map(chr, (0xA, *(point for first, last in SPACES for point in range(first, last + 1)))))
TURNS = re.compile(f"[{character_class(TURNING)}]")
CONTROL = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
SEEN = re.compile(f"[^{UNSEEN}{character_class(STAND_INS)}]")


STACKING = {"Mn", "Me"}  # categories of marks that stand above, below or around a letter


def clean(text: str, *, many_lines: bool) -> str:
    """A text without what cannot be seen, in NFC. In a text of one line, whatever looks like a space is one space."""
    if not (text.isascii() and text.isprintable()):  # else nothing in it is unusual, and NFC leaves it as it is
        text = _cleaned(text, many_lines)
    return text.strip(ENDS) if many_lines else GAP.sub(" ", text).strip(" ")


def _cleaned(text: str, many_lines: bool) -> str:
    characters = set(text)
    if UNUSUAL.search("".join(characters)) or any(category(it) in STACKING for it in characters):
        text = normalize("NFC", BREAK.sub("\n", HALF.sub("\ufffd", text)))
        text = _unstacked(FLAG_OR_REMOVED.sub(r"\1", text))
        if not many_lines:
            text = GAP.sub(" ", LINE_MARK.sub("", text))
        text = LOOSE.sub("", STRAY.sub("", text))
    return normalize("NFC", text)


def checked(text: str, field: TextField) -> str:
    """The text as it is kept. Raises InvalidText."""
    if not field.many_lines and LINES.search(text):
        raise InvalidText(f"The {field.noun} has more than one line. Put it on one.", field)
    cleaned = clean(text, many_lines=field.many_lines)
    if field.required and is_blank(cleaned):
        raise InvalidText(f"Enter a {field.noun}: at least one character that can be seen.", field)
    if (over := len(cleaned) - field.most) > 0:
        many = f"{over:,} character{'' if over == 1 else 's'}"
        raise InvalidText(f"The {field.noun} is {many} too long (limit {field.most:,}).", field)
    return cleaned


def fitted(text: str, field: TextField) -> str:
    """The text as it is kept where nobody can be asked to correct it: cut if it is too long, empty if it is blank."""
    cleaned = clean(text, many_lines=field.many_lines)
    return "" if is_blank(cleaned) else cut(cleaned, field.most)


def isolated(text: str) -> str:
    """A text from somebody, to stand inside a sentence of ours: it turns nothing around it (UAX 9, FSI and PDI).

    Left to right text is returned as it is. For HTML there is the element `bdi`.
    """
    return f"\u2068{CONTROL.sub('', text)}\u2069" if TURNS.search(text) else text


def is_blank(text: str) -> bool:
    """Whether there is nothing to see in a text that was cleaned. Accents without a letter are nothing."""
    if text.isascii():
        return not text.strip(ENDS)
    return all(category(seen[0]).startswith("M") for seen in SEEN.finditer(text))


def cut(text: str, most: int) -> str:
    """At most so many code points of a text, and no part of what is seen as one character (UAX 29).

    It may be some characters less than would fit: the cut is made where no version of Unicode sees one character.
    """
    if len(text) <= most:
        return text
    if text[most - 1 : most + 1].isascii() and text[most - 1] != "\r":
        return text[:most]
    end = next((at for at in range(most, 0, -1) if _parts(text, at)), most)
    return text[:end]


def cut_start(text: str, start: int) -> str:
    """A text from about `start` on, and no part of what is seen as one character: it may begin earlier."""
    return text[next((at for at in range(min(start, len(text) - 1), 0, -1) if _parts(text, at)), 0) :]


REGIONAL = re.compile(r"[\U0001f1e6-\U0001f1ff]*")  # a flag is two of them
# Never the first of what is seen as one character, or never the last: marks, joiners, shades of skin; Hangul parts.
NOT_FIRST = re.compile(
    rf"[{character_class(JOINERS, SELECTORS)}\u200b\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f\u0e33\u0eb3\uff9e\uff9f"
    r"\u1160-\u11ff\ud7b0-\ud7ff]"
)
NOT_FIRST_OF = {"Mn", "Mc", "Me", "Cn"}  # what this Python does not know may be a mark
JOINING = re.compile(f"[{character_class(JOINING_SCRIPTS)}]")
NOT_LAST = re.compile(r"[\r\u200d\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u0d4e\u1100-\u115f\ua960-\ua97c]")


def _parts(text: str, at: int) -> bool:
    """Whether one character that is seen ends before `at`, and another begins there."""
    before, after = text[at - 1], text[at]
    if NOT_FIRST.match(after) or category(after) in NOT_FIRST_OF or NOT_LAST.match(before):
        return False
    if JOINING.match(before) and category(before).startswith("M"):  # a virama joins the next letter to it
        return False
    if not REGIONAL.fullmatch(after):
        return True
    run = next((len(text[:at]) - it for it in range(at, 0, -1) if not REGIONAL.fullmatch(text[it - 1])), at)
    return run % 2 == 0


def _unstacked(text: str) -> str:
    """Not more marks on a letter than any language writes: a pile of them would cover the lines around it."""
    kept, pile = [], 0
    for it in text:
        if category(it) in STACKING:
            pile += 1
        elif it not in "\u200c\u200d" or not pile:
            pile = 0
        if pile <= STACKED:
            kept.append(it)
    return "".join(kept)


# --- the texts in what was sent ---------------------------------------------------------------------------------------


def text_type(field: TextField, description: str = "") -> Meta:
    """What a struct says of a field of its own that is such a text. `clean_fields` finds it there.

    The schema has no `maxLength`: a text is measured when it is clean, and may be longer before.
    """
    schema = {"minLength": field.least} if field.required else {}
    limit = f"{'plain text' if field.many_lines else 'one line'} of at most {field.most:,} code points after cleaning."
    about = f"{description} {limit}".strip() if description else limit
    about = about[0].upper() + about[1:]
    return Meta(description=about, extra_json_schema=schema, extra={"field": field})


def clean_fields(made: Struct) -> None:
    """Clean each text in a struct that was just made; its `__post_init__` calls this, so that no door can forget it.
    Raises InvalidText, which msgspec tells as the cause of its own error."""
    for name, field in text_fields(type(made)):
        given = getattr(made, name)
        if isinstance(given, str):
            structs.force_setattr(made, name, checked(given, field))
        elif isinstance(given, tuple):
            structs.force_setattr(made, name, tuple(checked(it, field) for it in given))


@cache
def text_fields(kind: type[Struct]) -> tuple[tuple[str, TextField], ...]:
    """The fields of a struct that are texts which people give."""
    hints = get_type_hints(kind, include_extras=True)
    named = ((name, _field(hint)) for name, hint in hints.items())
    return tuple((name, field) for name, field in named if field is not None)


def _field(hint: Any) -> TextField | None:
    """The text that a type stands for: `Annotated[str, text_type(...)]`, a choice or a tuple of it."""
    metadata = hint.__metadata__ if get_origin(hint) is Annotated else ()
    own = next((it.extra["field"] for it in metadata if isinstance(it, Meta) and it.extra), None)
    return own or next((it for it in map(_field, get_args(hint)) if it is not None), None)
