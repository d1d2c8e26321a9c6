"""Makes two transcripts comparable, each by itself: what is random is named by its first appearance, and nothing else.

It is given one transcript and never the secret. Random are the ids, 22 characters each, and the fields listed here, as
long as they have the form that chance gives them: a ticket is 44 characters, an alias two words and a number.
"""

import re
from collections.abc import Iterable

_FIELD = re.compile(rb'("alias":|"ticket":)"([A-Z][a-z]{2,7} [a-z]{3,7} [1-9][0-9]|[A-Za-z0-9_-]{44})"')
_RUN = re.compile(rb"[A-Za-z0-9_-]{22,}+")  # whole: an id is one that has no more than its 22 characters
_ID = 22
_BETWEEN = b"\n\0\n"  # two lines; it is in no JSON


def canonical(transcript: Iterable[bytes]) -> list[bytes]:
    return named(transcript)[0]


def ids(transcript: Iterable[bytes]) -> set[str]:
    """Every id in it."""
    return named(transcript)[1]


def named(transcript: Iterable[bytes]) -> tuple[list[bytes], set[str]]:
    """The transcript made comparable, and every id in it. All lines are searched as one text: that is much faster."""
    values: dict[bytes, bytes] = {}
    ids: dict[bytes, bytes] = {}

    def value(match: re.Match[bytes]) -> bytes:
        return b'%s"%s"' % (match[1], values.setdefault(match[2], b"<value %d>" % len(values)))

    def id(match: re.Match[bytes]) -> bytes:
        run = match[0]
        return run if len(run) != _ID else ids.setdefault(run, b"<%d>" % len(ids))

    text = _RUN.sub(id, _FIELD.sub(value, _BETWEEN.join(transcript)))
    return text.split(_BETWEEN), {it.decode() for it in ids}
