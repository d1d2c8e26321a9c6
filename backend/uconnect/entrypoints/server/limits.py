"""How much one connection may send, and how fast: limits that hold before sign-in.

They are looked up when a connection opens, so a test can set others. An operator sets others in `settings_table`.
"""

from uconnect.domain.rate_limit import RateLimit
from uconnect.entrypoints.server.budget import rate

# One turn: what is parsed of one connection before the others have theirs.
PIECE = 512  # bytes parsed at once: at most 85 frames, or 28 requests
TURN_STEPS = 32  # frames, requests, headers or chunks of a body; the piece that reaches it is finished
TURN_BYTES = 16 * 1024

# A WebSocket. Beyond its rate nothing is read from it; the kernel then holds its sender back.
FRAMES = rate(per_second=100, burst=500)  # of every kind: data, fragments, pings, pongs
FRAME_BYTES = rate(per_second=128 * 1024, burst=1024 * 1024)
FLOOD_SECONDS = 10.0  # over its rate for so long: it is told `bye flood` and closed
FRAGMENTS = 64  # kept apart; more are joined, so that empty ones take no memory

# A request.
URL_BYTES = 12 * 1024
HEAD_BYTES = 16 * 1024  # the request line and all headers
HEADERS = 100
HEAD_SECONDS = 15.0  # from the first byte, or from the connection, to the end of the head
BODY_SECONDS = 30.0  # from there to the end of the body
FRAMING_BYTES = 4 * 1024  # of the chunk sizes, extensions and trailers of a body,
FRAMING_SHARE = 1 / 4  # and so much more for each byte of its content
UNWANTED_BYTES = 64 * 1024  # of a body that goes on after its answer
LINGER_SECONDS = 2.0  # a refused connection is kept so long, unread: its answer can be read, and it costs nothing
REQUESTS = rate(per_second=20, burst=100)  # a connection; one that a trusted proxy shares between people has none

# All connections of one address, behind which may be a campus.
ADDRESS_BURST = 4_000


def address_requests(burst: int) -> RateLimit:
    return rate(per_second=burst / 10, burst=burst)


ADDRESS_REQUESTS = address_requests(ADDRESS_BURST)
TURN_SECONDS = 5.0  # that a request waits for its turn at the most; one that would wait longer is refused
ADDRESSES = 10_000  # whose requests are remembered; of IPv6 a /64, which is one customer, counts as one
CONNECTIONS_PER_ADDRESS = 5_000
CONNECTIONS = 10_000  # in all
