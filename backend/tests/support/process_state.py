"""What a command that ran in a test's own process leaves there is gone before the next test."""

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def process_as_before() -> Iterator[None]:
    """Within it: the usual umask. After it: the umask and the environment of before."""
    umask, environment = os.umask(0o022), dict(os.environ)
    try:
        yield
    finally:
        os.umask(umask)
        for name in os.environ.keys() - environment.keys():
            del os.environ[name]
        os.environ.update(environment)
