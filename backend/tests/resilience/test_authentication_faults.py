"""Promise 14 at a running server: nobody comes in by what is forged, used up or another's, and none of it stays."""

import time
from pathlib import Path
from typing import Any

import msgspec
import pytest
from joserfc import jws

from tests.api.caller import Caller
from tests.api.party_factory import PartyFactory, party_factory
from tests.api.server_home import ServerHome, server_home
from tests.support import sizes
from tests.support.evidence import Evidence
from tests.support.forged_tokens import FORGERIES, Good
from uconnect.domain.enums import Kind

ORIGINS = (None, "null", "https://example.org", "http://localhost", "file://")
REUSED = 5  # tickets; the conformance suite tries thousands
TRIED = len(FORGERIES) + len(ORIGINS) + REUSED + 1

# Planted faults.
TICKETS_ARE_READ = """
from msgspec.structs import replace
from uconnect.domain.usecases import tickets
redeem = tickets.redeem
def kept(context, ticket):
    return replace(redeem(context, ticket), deletes=())
tickets.redeem = kept
"""
TICKETS_ARE_KEPT_AS_THEY_ARE = """
from uconnect.domain.usecases import tickets
tickets.hash_ticket = lambda ticket: ticket
"""
ANY_PAGE = """
from uconnect.entrypoints.server import websocket_connection
answer = websocket_connection.serve_websocket
websocket_connection.serve_websocket = lambda socket, service, authentication, _: answer(
    socket, service, authentication, socket.headers.get("origin")
)
"""
ANY_TYPE = """
from uconnect.adapters.tokens import verification
verification._is_access = lambda *_: True
"""
LOGGED = """
from uconnect.domain.usecases import tickets
redeem = tickets.redeem
def logged(at, ticket):
    print("redeeming", ticket, flush=True)
    return redeem(at, ticket)
tickets.redeem = logged
"""


def good(home: ServerHome, caller: Caller) -> Good:
    found = jws.extract_compact(caller.party.token.encode())
    return Good(found.headers(), msgspec.json.decode(found.payload), home._signer._private, time.time())


def come_in(home: ServerHome, parties: PartyFactory) -> set[str]:
    """By which doors somebody came in who should not; and nothing that was held there may stay in a log or a file."""
    found, held = set[str](), list[str]()
    user, other = parties.user(), parties.enter(Kind.SCHOOL)
    for name, forge in FORGERIES.items():
        token = forge(good(home, user))
        held.append(token)
        answers = [status(user, route, token) for route in ("GET /api/me", "POST /api/tickets")]
        found |= {name} if answers != [401, 401] else set()
    assert status(user, "GET /api/me", user.party.token) == 200
    for origin in ORIGINS:
        held.append(user.ticket())
        found |= {"a foreign page"} if opens(user, held[-1], origin) else set()
    for _ in range(REUSED):
        held.append(user.ticket())
        assert opens(other, held[-1])
        found |= {"a ticket again"} if opens(user, held[-1]) else set()
    found |= {"a token for a ticket"} if opens(user, user.party.token) else set()
    return found | left_behind(home, [*held, user.party.token, other.party.token])


def status(caller: Caller, route: str, token: str) -> int:
    method, path = route.split()
    return caller.http.request(method, path, headers={"authorization": f"Bearer {token}"}).status_code


def opens(caller: Caller, ticket: str, *origin: Any) -> bool:
    try:
        caller.dial(f"?ticket={ticket}", *origin).close()
    except Exception as error:
        if "HTTP 40" not in str(error):
            raise
        return False
    return True


def left_behind(home: ServerHome, held: list[str]) -> set[str]:
    """Where something lies that opens a door: in what was printed, or in a file."""
    server = home._server
    files = [server.printed, *(it for it in server.data.rglob("*") if it.is_file())]
    kept = b"\n".join(it.read_bytes() for it in files)
    return {"what was left behind"} if any(each.encode() in kept for each in held) else set()


def try_every_entry(folder: Path, fault: str = "") -> None:
    with server_home(folder, fault) as home, party_factory(home) as parties:
        assert come_in(home, parties) == set()


def test_nobody_comes_in_by_what_is_not_theirs(tmp_path: Path, evidence: Evidence) -> None:
    try_every_entry(tmp_path)
    evidence(14, "forged tokens, foreign pages and tickets of others, at a running server", TRIED)


FAULTS = [
    (TICKETS_ARE_READ, "a ticket again"),
    (ANY_PAGE, "a foreign page"),
    (ANY_TYPE, "an ID token"),
    (LOGGED, "what was left behind"),
    (TICKETS_ARE_KEPT_AS_THEY_ARE, "what was left behind"),
]


@pytest.mark.planted(14)
@pytest.mark.parametrize(("fault", "authentication"), FAULTS if sizes.FULL else FAULTS[:2])
def test_a_hole_left_open_is_noticed(fault: str, authentication: str, tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match=authentication):
        try_every_entry(tmp_path, fault)
