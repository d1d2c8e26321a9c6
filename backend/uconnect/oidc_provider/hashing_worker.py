"""Hashes passwords in a process of its own: a request a line comes in, its answer a line goes out, JSON both.

It is run by its path and imports nothing of ours, so it starts in a tenth of a second. Its priority is low, which a
thread could not have safely: a thread of low priority that waits for a core may hold the interpreter's lock, and then
everyone waits for it. It ends when its input does, which is also when the server is gone.
"""

import base64
import json
import os
import sys
from collections.abc import Mapping
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

NICE = 10  # nice(2): the server goes first; on a server that has no rest at all a tenth of a core is left for this


def answer(hasher: PasswordHasher, asked: Mapping[str, str]) -> Any:
    """The hash of a password, or whether it has the hash `hashed`."""
    password, hashed = base64.b64decode(asked["password"]), asked.get("hashed")
    return hasher.hash(password) if hashed is None else matches(hasher, hashed, password)


def matches(hasher: PasswordHasher, hashed: str, password: bytes) -> bool:
    try:
        return hasher.verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False


def main() -> None:
    if hasattr(os, "nice"):
        os.nice(NICE)
    hasher = PasswordHasher(**json.loads(sys.argv[1]))
    for line in sys.stdin:
        sys.stdout.write(json.dumps(answer(hasher, json.loads(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
