"""The one rule for texts: what is cleaned, what is refused, and where a text is cut. The sites' tests read the same
texts."""

import json
import re
from pathlib import Path
from unicodedata import is_normalized, normalize

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from uconnect.domain import protocol
from uconnect.domain.request_bodies import Invite, NameUpdate, ProfileUpdate, Raise, WriteNote
from uconnect.domain.text import InvalidText, _cleaned, checked, clean, cut, fitted, is_blank, isolated, text_fields
from uconnect.domain.text_fields import ABOUT, MESSAGE, NAME, NOTE, STACKED, SUBJECT, TEXT_FIELDS, TextField, TextRule

TEXTS = json.loads(Path(__file__).parents[2].joinpath("support/texts.json").read_text("utf-8"))
CHARACTERS = sorted({character for text, *_ in TEXTS for character in text})
texts = st.text(st.sampled_from(CHARACTERS) | st.characters(), max_size=60)
FORBIDDEN = re.compile(r"[\ud800-\udfff\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\u00ad]")


@pytest.mark.parametrize(("text", "line", "lines", "blank", "shown"), TEXTS)
def test_a_text_is_cleaned_and_cut_as_the_sites_expect(
    text: str, line: str, lines: str, blank: bool, shown: str
) -> None:
    assert clean(text, many_lines=False) == line
    assert clean(text, many_lines=True) == lines
    assert is_blank(lines) is blank
    assert cut(lines, 7) == shown


@given(texts, st.booleans())
def test_what_is_cleaned_is_clean(text: str, many_lines: bool) -> None:
    cleaned = clean(text, many_lines=many_lines)
    assert clean(cleaned, many_lines=many_lines) == cleaned
    assert is_normalized("NFC", cleaned)
    assert not FORBIDDEN.search(cleaned)
    if not many_lines:
        assert not re.search(r"[\n\t\u200b\u200e\u3164\u2800]| {2}", cleaned)


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=90), st.booleans())
def test_nothing_in_a_text_of_printable_ascii_needs_cleaning(text: str, many_lines: bool) -> None:
    """So it is spared the work. And it is cut anywhere, and is blank if it is of spaces."""
    assert _cleaned(text, many_lines) == text
    assert cut(text, 80) == text[:80]
    assert is_blank(text) is (text.strip(" ") == "")


@given(st.text(st.characters(categories=("Lu", "Ll", "Lo", "Nd", "Po", "So")), max_size=40))
def test_letters_digits_and_signs_stay(text: str) -> None:
    assert clean(text, many_lines=True) == normalize("NFC", text)


@given(texts, st.integers(1, 30))
def test_a_cut_text_is_a_beginning_of_it(text: str, most: int) -> None:
    assert text.startswith(cut(text, most))
    assert 0 < len(cut(text, most)) <= most or text == ""


def test_a_pile_of_marks_is_as_high_as_a_language_needs() -> None:
    assert len(clean("x" + "\u0335" * 500 + "y", many_lines=True)) == 1 + STACKED + 1


@pytest.mark.parametrize(
    "name", ["", " ", "\u200b", "\u200d\u2060", "\u3164", "\u2800", "\0\x1b", "\u202e", "\u0301", "\ue000", "\ufffd"]
)
def test_a_name_that_cannot_be_seen_is_refused(name: str) -> None:
    with pytest.raises(InvalidText, match=r"^Enter a name: at least one character that can be seen\.$") as refused:
        checked(name, NAME)
    assert refused.value.field is NAME


@pytest.mark.parametrize("field", [NAME, SUBJECT, MESSAGE, NOTE, ABOUT], ids=lambda it: it.name)
def test_a_text_may_have_as_many_code_points_as_its_table_says(field: TextField) -> None:
    assert checked("🙂" * field.most, field) == "🙂" * field.most
    with pytest.raises(InvalidText, match=rf"The {field.noun} is 2 characters too long \(limit {field.most:,}\)\."):
        checked("x" * (field.most + 2), field)


@pytest.mark.parametrize("between", ["\n", "\r", "\r\n", "\v", "\f", "\x85", "\u2028", "\u2029"])
def test_a_field_of_one_line_refuses_a_second(between: str) -> None:
    with pytest.raises(InvalidText, match="has more than one line"):
        checked(f"a{between}b", SUBJECT)
    assert checked(f"a{between}b", MESSAGE) == "a\nb"


def test_a_description_may_be_empty() -> None:
    assert checked(" \u200b\u00ad", ABOUT) == "\u200b"
    assert checked("", ABOUT) == ""


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        (NameUpdate, {"name": NAME}),
        (ProfileUpdate, {"name": NAME, "about": ABOUT}),
        (Raise, {"subject": SUBJECT, "text": MESSAGE}),
        (WriteNote, {"text": NOTE}),
        (Invite, {"name": NAME}),
        (protocol.Send, {"text": MESSAGE}),
        (protocol.Ping, {}),
    ],
)
def test_each_body_and_frame_has_its_texts_in_the_table(
    kind: type[msgspec.Struct], found: dict[str, TextField]
) -> None:
    assert dict(text_fields(kind)) == found
    cleaned = {it for it in TEXT_FIELDS if it.rule is TextRule.CLEANED}
    assert set(found.values()) <= cleaned


def test_whatever_makes_a_body_or_a_frame_cleans_it() -> None:
    key, id = "k" * 16, "A" * 22
    sent = msgspec.json.decode(
        msgspec.json.encode({"t": "send", "key": key, "id": id, "text": "\x1b[31m e\u0301 "}), type=protocol.Send
    )
    assert sent.text == "[31m \u00e9"
    assert msgspec.convert({"name": "\u202eAnn\0"}, NameUpdate).name == "Ann"
    assert msgspec.json.decode(b'{"about": "a\\r\\nb"}', type=ProfileUpdate).about == "a\nb"
    with pytest.raises(msgspec.ValidationError, match="Enter a subject") as refused:
        msgspec.convert({"key": key, "school": id, "subject": "\u200b", "text": "x"}, Raise)
    assert isinstance(refused.value.__cause__, InvalidText)


def test_where_nobody_can_be_asked_a_text_is_made_to_fit() -> None:
    assert fitted("\u202e Ann\x00 ", NAME) == "Ann"
    assert fitted("\u200b\u3164", NAME) == ""
    assert fitted("x" * 79 + "🇩🇪", NAME) == "x" * 79


def test_a_text_is_isolated_only_where_it_would_turn_what_is_around_it() -> None:
    assert isolated("Ünal, Ç.") == "Ünal, Ç."
    assert isolated("\u05e9\u05dc") == "\u2068\u05e9\u05dc\u2069"
    assert isolated("\u202eevil\u2069") == "\u2068evil\u2069"
