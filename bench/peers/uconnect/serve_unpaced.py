"""Runs the real `uconnect` command, but lets a thread have more messages than a person writes.

The rate of sends and of a socket's frames is counted as ever. Only the limits are lifted: four messages a second, or a
hundred frames, would measure the limit itself.
"""

from uconnect.domain import rate_limit
from uconnect.entrypoints.cli.main import main
from uconnect.entrypoints.server import limits
from uconnect.entrypoints.server.budget import rate

rate_limit.SEND = rate_limit.RateLimit(every=0, burst=1)
limits.FRAMES = limits.FRAME_BYTES = rate(per_second=10**9, burst=10**9)
main()
