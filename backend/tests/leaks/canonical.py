"""Makes two transcripts comparable, each by itself: what is random is named by its first appearance, and nothing else.

It is given one transcript and never the secret. Random are the ids, 22 characters each, and the fields listed here, as
long as they have the form that chance gives them: a ticket is 44 characters, an alias two words and a number.
"""

import re
from collections.abc import Iterable

_RANDOM = re.compile(
    rb'(?P<field>"alias":|"ticket":)'
    rb'"(?P<value>[A-Z][a-z]{2,7} [a-z]{3,7} [1-9][0-9]|[A-Za-z0-9_-]{44})"'
    rb"|(?<![A-Za-z0-9_-])(?P<id>[A-Za-z0-9_-]{22})(?![A-Za-z0-9_-])"
)


def canonical(transcript: Iterable[bytes]) -> list[bytes]:
    names: dict[bytes, bytes] = {}

    def named(match: re.Match[bytes]) -> bytes:
        field, value, id = match.group("field", "value", "id")
        name = names.setdefault(value or id, b"<%d>" % len(names))
        return b'%s"%s"' % (field, name) if field else name

    return [_RANDOM.sub(named, line) for line in transcript]


def ids(transcript: Iterable[bytes]) -> set[str]:
    """Every id in it."""
    return {found["id"].decode() for line in transcript for found in _RANDOM.finditer(line) if found["id"]}
