"""Writes docs/protocol.md from the structs of the frames and bodies: `python -m tools.protocol_page`."""

import sys
from collections.abc import Collection
from typing import get_args

from tools.typescript import components, declared
from uconnect.api.operations import BY_ANY, BY_PARTY, OPERATIONS, Operation
from uconnect.domain import protocol, views
from uconnect.domain.errors import RefusalCode
from uconnect.domain.text_fields import MESSAGE, NAME, SUBJECT

BYES = {
    "reload": ("The server does not speak the client's protocol ([versions](#versions)).", "Load the page anew."),
    "ended": ("The account has ended, or the worker was removed.", "Stop."),
    "rotate": (
        "The socket was silent for 10 minutes, is an hour old, or its session was signed out.",
        "Start again at 1. Without a session there is no ticket.",
    ),
    "slow": ("512 frames wait to be read, or the party has opened more than 100 sockets.", "Start again at 1."),
    "flood": ("The client has sent too much for 10 seconds. On the server only.", "Start again at 1, and send less."),
    "restart": ("The server ends. On the server only.", "Start again at 1 after a few seconds."),
}


def _byes() -> str:
    return "\n".join(f"| `{code}` | {why} | {then} |" for code, (why, then) in BYES.items())


INTRODUCTION = f"""# The protocol

Made by `make generated` from the structs in `backend/uconnect/domain`; change those.

Requests are HTTP and JSON, described in full by `/api/openapi.json`. Live changes are sent over one WebSocket.

1. `POST /api/tickets` with the access token answers with a ticket. It opens one socket, once, within half a minute.
2. Open `/api/socket?ticket=…` from a site and send `hello` with protocol {protocol.PROTOCOL}. Keep every frame,
   also those that come before it is answered.
3. Load the lists. Apply a row only if its `rev` is higher than the one you hold. Ask by id for rows that you hold and
   that were not listed: `not_found` means gone. Fetch the open thread's log after the last `seq` you hold, and again
   at any gap.
4. Store a message under a random key before you send it, and repeat it under that key until `ack` or `refused`.
5. Send `ping` when you have nothing to send: the socket closes after 10 minutes of silence, and after an hour. Then
   start again at 1.

A frame is at most {protocol.FRAME_BYTES // 1024} KB, a message {MESSAGE.most:,} code points, a subject {SUBJECT.most},
a name {NAME.most}. Texts are cleaned of what cannot be seen, and are kept in NFC
([decision 0033](decisions/0033-one-rule-for-texts.md)). Unknown frames and fields are refused.
On the server a socket may send 100 frames and 128 KB a second continuously, and 500 frames and 1 MB at once, with
fragments, pings and pongs. Over the limit it is not read from; after 10 seconds over the limit it gets `bye flood` and
is closed. A socket that leaves 512 frames unread gets `bye slow` and is closed; it may start again at 1.
Times are milliseconds since 1970 by the server's clock. An id is valid only for the party that it was given
to. The number of unread messages is a row's `theirs` minus `read`.

Close codes mean nothing: a `bye` frame comes first and says why.

| `bye` | why | what to do |
|---|---|---|
{_byes()}

No `bye` comes before the end of a connection that broke or takes nothing for two seconds, that sent a frame over 32 KB
or a binary frame, or whose frame failed on our side. On AWS the gateway also closes without one after 10 minutes of
silence, after 2 hours, and where it cannot pass a frame on. Start again at 1.

## Versions

`hello` carries the protocol that the client speaks. A server takes its own and the one before, and answers with the one
that the client spoke. A page that was open during an update goes on so, and gets the new page when it is loaded anew.
To any other it says `bye reload`: to a page that is two protocols old, and to one that is newer than the server after
a roll-back. Such a page stops, says that it must be reloaded, and keeps what was written. It never reloads by itself,
so it cannot do so again and again.

A client ignores frames that it does not know, and fields that it does not know in frames and answers; after a `bye`
that it does not know it starts again at 1. So a new frame, a new field in an answer and a new operation leave the
protocol as it is. It becomes one higher with a release whose server no longer takes, or no longer sends, what a page
of the release before needs. Such a change takes two releases: the first takes both, and the second takes the old away.
By HTTP, what a server does not know is refused as `malformed` or `not_found`, and the page then says that it must be
reloaded.
"""


def source() -> str:
    """The page."""
    return "\n".join(
        [
            INTRODUCTION,
            _section("Frames that a client sends", protocol.ClientFrame),
            _section("Frames that the server sends", protocol.ServerFrame),
            _section("Rows: a thread in a list, as each party sees it", views.Row),
            _section("Entries: what is in a log, as each party sees it", views.ShownEntry),
            _section("Internal notes and assignments, as each party sees them", views.ShownInternalEntry),
            "## Operations\n",
            f"Any operation can be refused as {_codes(BY_ANY)}.\n",
            f"Any but the two about the caller's own invitations can be refused as {_codes(BY_PARTY)}.\n",
            "| does | call | for | takes | answers | is also refused as |\n|---|---|---|---|---|---|",
            *map(_operation, OPERATIONS),
            "\n## Bodies and answers of the operations\n",
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
    common = BY_ANY if operation.newcomers else BY_ANY | BY_PARTY
    return (
        f"| {operation.summary} | `{operation.method} {operation.path}` | {who} | {takes} |"
        f" {operation.answers.__name__} | {_codes(set(operation.refusals) - common)} |"
    )


def _codes(refusals: Collection[RefusalCode]) -> str:
    return ", ".join(f"`{each.refusal.code}`" for each in RefusalCode if each in refusals)


if __name__ == "__main__":
    sys.stdout.write(source())
