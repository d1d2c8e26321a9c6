"""Writes docs/protocol.md from the structs of the frames and bodies: `python -m tools.protocol_page`."""

import sys
from typing import get_args

from tools.typescript import components, declared
from uconnect.api.operations import OPERATIONS, Operation
from uconnect.domain import protocol, views
from uconnect.domain.errors import RefusalCode

INTRODUCTION = f"""# The protocol

Made by `make generated` from the structs in `backend/uconnect/domain`; change those.

Everything that is not live is HTTP and JSON, described in full by `/api/openapi.json`. What is live is one WebSocket.

1. `POST /api/tickets` with the access token answers a ticket for one socket, good once, for half a minute.
2. Open `/api/socket?ticket=…` from a page of ours; say `hello` with protocol {protocol.PROTOCOL}. Keep what arrives.
3. Load the lists; apply a row only if its `rev` is higher than the one held. Ask by id for rows that are held but were
   not listed: not found means gone. Fetch the open thread's log after the last `seq` held, and again at any gap.
4. Store a message before it is sent, under a random key, and send it again under that key until `ack` or `refused`.
5. `ping` when nothing was sent for a while: 10 minutes of silence close the socket, and so do 2 hours. Then resume.

A frame is at most {protocol.FRAME_BYTES // 1024} KB, a message {protocol.TEXT_POINTS:,} code points, a subject \
{protocol.SUBJECT_POINTS}. Unknown frames and fields are refused.
A socket may send 100 frames and 128 KB a second for ever, 500 frames and 1 MB at once, fragments, pings and pongs
included (embedded). Beyond that it is not read from; after 10 seconds of it, it is told `bye flood` and closed. One
that leaves 512 frames unread is told `bye slow` and closed, and resumes.
Times are milliseconds since 1970 by the server's clock. Ids mean something only to the party that was given them.
Unread is a row's `theirs` less its `read` mark. Close codes mean nothing: a `bye` frame comes first and says why.
"""


def source() -> str:
    """The page."""
    return "\n".join(
        [
            INTRODUCTION,
            _section("What a client says", protocol.ClientFrame),
            _section("What the server says", protocol.ServerFrame),
            _section("Rows: a thread in a list, as each party sees it", views.Row),
            _section("Entries: what is in a log, as each party sees it", views.ShownEntry),
            _section("What stands beside a log, as each party sees it", views.ShownInternalEntry),
            "## Operations\n",
            "| | | for | takes | answers |\n|---|---|---|---|---|",
            *map(_operation, OPERATIONS),
            "\n## What operations take and answer\n",
            f"```ts\n{_types()}```",
            "\n## Refusals\n",
            "Unknown, not yours and forbidden are `not_found` alike.\n",
            "| code | status | sentence |\n|---|---|---|",
            *(f"| `{each.refusal.code}` | {each.status} | {each.refusal.sentence} |" for each in RefusalCode),
            "",
        ]
    )


def _types() -> str:
    """The types that only operations name."""
    unions = (protocol.ClientFrame, protocol.ServerFrame, views.Row, views.ShownEntry, views.ShownInternalEntry)
    shown = {each.__name__ for union in unions for each in get_args(union)}
    return "\n".join(declared(name, schema) for name, schema in components().items() if name not in shown)


def _section(title: str, union: object) -> str:
    schemas = components()
    code = "\n".join(declared(each.__name__, schemas[each.__name__]) for each in get_args(union))
    return f"## {title}\n\n```ts\n{code}```\n"


def _operation(operation: Operation) -> str:
    who = ", ".join(sorted(operation.by))
    takes = operation.reads.__name__ if operation.reads.__struct_fields__ else ""
    return (
        f"| {operation.summary} | `{operation.method} {operation.path}` | {who} | {takes} |"
        f" {operation.answers.__name__} |"
    )


if __name__ == "__main__":
    sys.stdout.write(source())
