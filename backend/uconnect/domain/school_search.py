"""Finds schools by what a person types: by words of the name or the description, from the beginning of each word.

Where nothing matches, a typing error is forgiven: a word of the name with one letter too many, too few or wrong, or
with two letters that changed places. Then either what comes before the middle of the word is as typed, or what comes
after it. So each word has two keys, and a search reads six of them, however many schools there are.
"""

from unicodedata import category

from uconnect.domain.text_search import plain_letters

WORDS = 12  # of a name that are searched; a longer name is found by its first ones
# All texts of a school change in one transaction, which on DynamoDB has at most 100 items: twice 46, and its record.
DESCRIBED = 22  # words of a description that are searched, the first ones
FORGIVEN = 6  # words of a name in which an error is forgiven, the first ones
SHORT = 4  # letters of a word that is left out of a description's words
LEAST = 5  # letters of a word in which an error is forgiven: a shorter one is too near to others
EDGE = "\x1f"  # around a key: no search key has it, so what is typed finds no key, and a key finds only itself
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


def search_texts(name: str, about: str) -> tuple[str, ...]:
    """All that a search finds a school by, each once. A search finds the texts that begin with what it looks for."""
    of_name = search_key(name).split()
    described = [it for it in dict.fromkeys(_words(about)) if len(it) >= SHORT and it not in of_name]
    forgiven = list(dict.fromkeys(it for it in of_name if len(it) >= LEAST))[:FORGIVEN]
    keys = [key for word in forgiven for key in _halves(word, len(word))]
    return tuple(dict.fromkeys([*name_endings(name), *described[:DESCRIBED], *keys]))


def near_keys(word: str) -> tuple[str, ...]:
    """The keys that a word with one typing error may have; none for a short one."""
    lengths = range(max(LEAST, len(word) - 1), len(word) + 2)
    return tuple(dict.fromkeys(key for length in lengths for key in _halves(word, length)))


def is_match(typed: str, name: str, about: str) -> bool:
    """Whether each word of a search key is the beginning of a word of the school, or near a word of its name."""
    of_name, described = search_key(name).split(), _words(about)
    return all(
        any(it.startswith(word) for it in (*of_name, *described)) or any(is_near(word, it) for it in of_name)
        for word in typed.split()
    )


def is_near(typed: str, word: str) -> bool:
    """Whether one typing error makes one word of the other. Not for words of fewer than LEAST letters."""
    if min(len(typed), len(word)) < LEAST - 1 or len(word) < LEAST or abs(len(typed) - len(word)) > 1:
        return False
    start = next((at for at, (one, other) in enumerate(zip(typed, word, strict=False)) if one != other), len(typed))
    rest, other_rest = typed[start:], word[start:]
    swapped = rest[1::-1] + rest[2:] if len(rest) > 1 else rest
    return rest[1:] in (other_rest, other_rest[1:]) or rest == other_rest[1:] or swapped == other_rest


def _words(text: str) -> list[str]:
    """The words of a text of any length."""
    return [word for line in text.split() for word in search_key(line).split()]


def _halves(word: str, length: int) -> tuple[str, str]:
    """What a word of this length has before its middle letter, and after it."""
    middle = (length - 1) // 2
    after = length - middle - 1
    return f"{EDGE}{length}<{word[:middle]}{EDGE}", f"{EDGE}{length}>{word[len(word) - after :]}{EDGE}"
