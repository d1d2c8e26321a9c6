"""A test that runs a command in its own process leaves nothing to the next one."""

import os

from tests.support.process_state import process_as_before


def test_umask_and_environment_are_as_before() -> None:
    before = dict(os.environ)
    with process_as_before():
        os.environ["ALARMS_TO"] = "ops@uni.edu"
        os.environ["HOME"] = "/nowhere"
        del os.environ["PATH"]
        assert os.umask(0o077) == 0o022
    assert dict(os.environ) == before
