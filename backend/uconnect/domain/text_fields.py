"""The table of the texts that people give: how long each may be, on how many lines, and which rule it goes by.

`domain.text` cleans texts by it. `tools.text_fields` makes the sites' table of it, so that both sides agree.
"""

from enum import StrEnum

from msgspec import Struct


class TextRule(StrEnum):
    """What is done with a text, in one place each."""

    CLEANED = "cleaned"  # by `domain.text`
    ADDRESS = "address"  # by `application.email_addresses`
    CHOSEN = "chosen"  # a password: kept as it is; compared after NFKC: `oidc_provider.passwords`
    DIGITS = "digits"  # found in what was pasted: `oidc_provider.email_verification`


class TextField(Struct, frozen=True, kw_only=True):
    """A text that a person gives. `most` and `least` count Unicode code points, after cleaning, on every side.

    `noun` names it in a refusal. A text that is not `required` may be blank.
    """

    name: str
    noun: str
    most: int
    least: int = 1
    many_lines: bool = False
    required: bool = True
    rule: TextRule = TextRule.CLEANED


NAME = TextField(name="name", noun="name", most=80)
SUBJECT = TextField(name="subject", noun="subject", most=120)
MESSAGE = TextField(name="message", noun="message", most=4_000, many_lines=True)
NOTE = TextField(name="note", noun="note", most=4_000, many_lines=True)
ABOUT = TextField(name="about", noun="description", most=400, many_lines=True, required=False)
FOLDER = TextField(name="folder", noun="folder name", most=40, required=False)
TITLE = TextField(name="title", noun="title", most=80)
REPLY = TextField(name="reply", noun="reply", most=2_000, many_lines=True)
HIDDEN_WORD = TextField(name="hiddenWord", noun="text to hide", most=254)
SEARCH = TextField(name="search", noun="search", most=100)
EMAIL = TextField(name="email", noun="e-mail address", most=254, rule=TextRule.ADDRESS)
PASSWORD = TextField(name="password", noun="password", least=10, most=256, rule=TextRule.CHOSEN)
CODE = TextField(name="code", noun="code", least=8, most=8, rule=TextRule.DIGITS)
TEXT_FIELDS = (NAME, SUBJECT, MESSAGE, NOTE, ABOUT, FOLDER, TITLE, REPLY, HIDDEN_WORD, SEARCH, EMAIL, PASSWORD, CODE)

# The classes of characters that the rule speaks of, as (first, last) code points. They are listed here and not asked of
# a Unicode library: two libraries of different age would disagree, and a new emoji would be refused by the older.
Ranges = tuple[tuple[int, int], ...]

SPACES: Ranges = (
    *((0x9, 0x9), (0x20, 0x20), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A)),
    *((0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000)),
)
# Letters and symbols that look like a space: Hangul fillers, Khmer inherent vowels, blank braille, a null note head.
BLANKS: Ranges = (
    *((0x115F, 0x1160), (0x17B4, 0x17B5), (0x2800, 0x2800), (0x3164, 0x3164), (0xFFA0, 0xFFA0)),
    (0x1D159, 0x1D159),
)
# Controls (but for tab and line breaks), the soft hyphen, embeddings, overrides and isolates of direction, word joiner,
# invisible operators, deprecated format characters, BOM, annotations, tags and all noncharacters.
REMOVED: Ranges = (
    *((0x0, 0x8), (0xE, 0x1F), (0x7F, 0x84), (0x86, 0x9F), (0xAD, 0xAD), (0x202A, 0x202E), (0x2060, 0x206F)),
    *((0xFDD0, 0xFDEF), (0xFEFF, 0xFEFF), (0xFFF0, 0xFFFB), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A)),
    *((0xE0000, 0xE00FF), (0xE01F0, 0xE0FFF)),
    *((plane * 0x10000 + 0xFFFE, plane * 0x10000 + 0xFFFF) for plane in range(17)),
)
# Marks of direction, and the zero width space that Khmer and Thai break lines at: of use in a text of many lines alone.
MARKS_OF_LINES: Ranges = ((0x61C, 0x61C), (0x200B, 0x200B), (0x200E, 0x200F))
SELECTORS: Ranges = ((0x180B, 0x180F), (0xFE00, 0xFE0F), (0xE0100, 0xE01EF))  # they choose the shape of what precedes
JOINERS: Ranges = ((0x34F, 0x34F), (0x200C, 0x200D))  # they join or part two letters or emoji
# Scripts where a joiner may also end a word, as in Malayalam, Sinhala or Persian.
JOINING_SCRIPTS: Ranges = ((0x600, 0x10FF), (0x1200, 0x1CFF), (0xA800, 0xABFF), (0x10A00, 0x11FFF))
# Scripts that put no space between words, or between a name and what follows it: Han, kana, Thai, Lao, Burmese, Khmer,
# Hangul.
UNSPACED: Ranges = (
    *((0xE00, 0xEFF), (0x1000, 0x109F), (0x1100, 0x11FF), (0x3131, 0x318E), (0xAC00, 0xD7FB)),
    *((0x1780, 0x17FF), (0x3005, 0x3007), (0x3040, 0x30FF), (0x31F0, 0x31FF)),
    *((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0xFF66, 0xFF9D), (0x20000, 0x3FFFF)),
)
STAND_INS: Ranges = ((0xE000, 0xF8FF), (0xFFFC, 0xFFFD), (0xF0000, 0xFFFFD), (0x100000, 0x10FFFD))  # seen as a box
TAGS_OF_FLAG: Ranges = ((0xE0030, 0xE0039), (0xE0061, 0xE007A))  # after a black flag: England, Scotland, Wales
BLACK_FLAG, CANCEL_TAG = 0x1F3F4, 0xE007F
# Letters, marks and controls that turn the direction of the text around them.
TURNING: Ranges = (
    *((0x590, 0x8FF), (0x200E, 0x200F), (0x202A, 0x202E), (0x2066, 0x2069), (0xFB1D, 0xFDFF), (0xFE70, 0xFEFE)),
    *((0x10800, 0x10FFF), (0x1E800, 0x1EFFF)),
)
STACKED = 10  # marks above or below one letter; Tibetan needs nine
