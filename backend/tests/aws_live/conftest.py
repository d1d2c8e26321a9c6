"""What no emulator can show, to be run on an account: see test_live.py. Not collected unless a stack is named."""

import os

collect_ignore_glob = [] if os.environ.get("UCONNECT_LIVE_STACK") else ["test_*.py"]
