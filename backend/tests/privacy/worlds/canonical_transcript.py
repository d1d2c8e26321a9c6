"""Makes two transcripts comparable, each by itself: what is random is named by its first appearance, and nothing else.

It is given one transcript and never the secret. Random are the ids, 22 characters each, and the fields listed here, as
long as they have the form that chance gives them: a ticket is 44 characters, an alias two words and a number.
"""

import base64
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


# What a server sends beside, by name, each as long as chance makes it. A token is no secret but for its signature.
_SERVED = re.compile(
    rb"(\r\nSec-WebSocket-Accept: )([A-Za-z0-9+/]{27}=)"
    rb"|(uconnect_(?:session|proof|device|passkey)_[a-z]+=)([\w-]{43})(?![\w-])"
    rb"|((?:[?&;](?:code|token)|#(?:invitation|letter))=(?:3D)?)([\w-]{43})(?![\w-])"
    rb"|(challenge&#34;: &#34;)([\w-]{43})(?=&#34;)"
    rb'|(name="issued" value=")([\w.-]+)(?=")'
    rb'|(name="token" value=")([\w-]{43})(?=")'
    rb'|("refresh_token":")([\w-]{22}\.[\w-]{43})(?=")'
    rb'|("(?:kid|x|y)":")([\w-]{43})(?=")'
    rb"|(\r\nYour code is )(\d{8})(?=\r\n)"
    rb"|(\.signed\.)([\w-]{86})(?![\w-])"
)
_DATE = re.compile(rb"(?<=\r\n[dD]ate: )[^\r\n]{25} GMT(?=\r\n)")  # of an answer: the server's own clock
_TOKEN = re.compile(rb"(eyJ[\w-]+)\.(eyJ[\w-]+)\.([\w-]{86})(?![\w-])")


def served(transcript: Iterable[bytes]) -> list[bytes]:
    """What a running server sent, without what is random in it alone; to be made `canonical` like any other."""
    names: dict[bytes, bytes] = {}

    def named(match: re.Match[bytes]) -> bytes:
        assert match.lastindex
        field, value = match.group(match.lastindex - 1, match.lastindex)
        return b"%s<secret %s>" % (field, names.setdefault(value, b"%d" % len(names)))

    return [_SERVED.sub(named, _TOKEN.sub(_opened, _DATE.sub(b"<date>", line))) for line in transcript]


def _opened(token: re.Match[bytes]) -> bytes:
    """A signed token (RFC 7515 §3.1): what it says is to be compared."""
    head, claims = (base64.urlsafe_b64decode(part + b"==") for part in token.group(1, 2))
    return b"%s.%s.signed.%s" % (head, claims, token[3])
