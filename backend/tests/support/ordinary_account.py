"""Runs a command for an ordinary account, without any of root's rights, also where the tests run as root."""

import os

# Root's files belong to the account then, so it can use this clone; but it has no capability, and is nobody (65534).
AS_NOBODY = ("unshare", "--user", "--map-user=65534", "--map-group=65534", "--")
ORDINARY: tuple[str, ...] = () if os.getuid() else AS_NOBODY
