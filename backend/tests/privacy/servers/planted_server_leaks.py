"""Leaks of a server's own: its headers, its sockets' ends, its letters and tokens. The core knows nothing of these."""

import sqlite3
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import replace
from email.headerregistry import Address
from typing import Any

import msgspec
from picows import WSCloseCode, WSUpgradeRequest, WSUpgradeResponse, WSUpgradeResponseWithListener
from starlette.responses import Response

from tests.privacy.worlds.leak_planting import Leak, Patch, Plant
from uconnect.adapters.mail import message as letters
from uconnect.adapters.mail import smtp
from uconnect.adapters.mail.smtp import SmtpSender
from uconnect.adapters.sqlite.store import SqliteStore
from uconnect.api import websocket
from uconnect.api.health import Report
from uconnect.domain import protocol
from uconnect.domain.context import Plan
from uconnect.domain.errors import Refusal, RefusalCode
from uconnect.domain.keys import Mailbox, PartyKey, ThreadsOf
from uconnect.domain.models import Thread
from uconnect.entrypoints.server import http
from uconnect.entrypoints.server.frame_passes import FramePasses
from uconnect.entrypoints.server.health import Health
from uconnect.entrypoints.server.http import HttpHandlers
from uconnect.entrypoints.server.picows_protocol import PicowsConnection, PicowsProtocol
from uconnect.entrypoints.server.service import ServerService
from uconnect.entrypoints.server.static_files import Sites
from uconnect.oidc_provider.authlib_server import OAuthServer

NOW: ContextVar[Any] = ContextVar("NOW")  # what is told in the call or on the socket that is served now
Fact = Callable[[SqliteStore, str], object]


def of(store: SqliteStore, party: str) -> list[Thread]:
    """The threads that a party raised, or handles."""

    def use_case(context: Any) -> Any:
        raised, handled = (ThreadsOf(party, shelf, None, 50) for shelf in (Mailbox.RAISED, Mailbox.HANDLED))
        context.load(raised, handled)
        return Plan([*context.list(raised), *context.list(handled)])

    found = store.ask(use_case)
    return found.answer if isinstance(found, Plan) else []


def owners(store: SqliteStore, party: str) -> list[Any]:
    keys = tuple(PartyKey(it.raiser.party) for it in of(store, party))

    def use_case(context: Any) -> Any:
        context.load(*keys)
        return Plan([context.get(key) for key in keys])

    found = store.ask(use_case)
    return found.answer if isinstance(found, Plan) else []


def signed_in_elsewhere(store: SqliteStore, _: str) -> bool:
    """Whether another provider has signed anybody in."""
    asked = "SELECT EXISTS (SELECT 1 FROM issuer_session WHERE issuer <> '')"
    return bool(store._database.read(lambda connection: connection.execute(asked).fetchone()[0]))


def handled_by_workers(store: SqliteStore, party: str) -> int:
    return sum(it.worker is not None for it in of(store, party))


def kinds(store: SqliteStore, party: str) -> str:
    return " ".join(it.kind.value for it in of(store, party))


def kinds_of_all(store: SqliteStore, _: str) -> list[str]:
    """The kind of each owner on the server. When its last socket closes, a worker has no thread any more."""
    asked = "SELECT raiser, body FROM thread"
    heads = store._database.read(lambda connection: connection.execute(asked).fetchall())
    return sorted({raiser: str(msgspec.json.decode(body)["kind"]) for raiser, body in heads}.values())


def written(store: SqliteStore, _: str) -> int:
    """How much was written since the server started."""
    return store._database._writer.total_changes


def online(service: ServerService) -> int:
    return sum(map(len, service.sockets._open.values()))


def in_a_header(name: str, fact: Fact) -> Plant:
    def plant(patch: Patch) -> None:
        decide, response = HttpHandlers._outcome, http._response

        async def told_now(self: HttpHandlers, operation: Any, id: str, by: str, *what: Any) -> Any:
            found = await decide(self, operation, id, by, *what)
            NOW.set(str(fact(self.service.store, by)))
            return found

        def telling(*of: Any) -> Response:
            made = response(*of)
            if NOW.get(""):
                made.headers[name] = NOW.get("")
            return made

        patch.setattr(HttpHandlers, "_outcome", told_now)
        patch.setattr(http, "_response", telling)

    return plant


def as_it_closes(how: Callable[[Any], dict[str, Any]], fact: Fact) -> Plant:
    """A socket is closed in another way; `how` makes what is told the code or the reason."""

    def plant(patch: Patch) -> None:
        def close(self: PicowsConnection) -> None:
            found = how(fact(self._session._passes.service.store, self._session.party))
            self._transport.send_close(found.get("code", WSCloseCode.OK), found.get("reason"))

        patch.setattr(PicowsConnection, "close", close)

    return plant


def as_it_opens(patch: Patch) -> None:
    """The handshake says how many are there."""

    def accepted(self: PicowsProtocol, _: WSUpgradeRequest) -> WSUpgradeResponseWithListener:
        many = online(self._connection._session._passes.service)
        return WSUpgradeResponseWithListener(
            WSUpgradeResponse.create_101_response({"x-online": str(many)}), self._connection
        )

    patch.setattr(PicowsProtocol, "_accepted", accepted)


def in_a_pong(patch: Patch) -> None:
    """Whoever asks whether the socket is open is told who else is there."""
    say = FramePasses._say

    def told(self: FramePasses, session: Any, said: websocket.Reply | None) -> None:
        say(self, session, said)
        if said and any(isinstance(it, protocol.Pong) for it in said.frames):
            frame: Any = {"t": "online", "many": online(self.service)}
            session.send(websocket.Reply((frame,)))

    patch.setattr(FramePasses, "_say", told)


def in_health(patch: Patch) -> None:
    """Anybody may ask how many sockets are open."""
    report, shown = Health.report, Report.shown

    async def count(self: Health) -> Report:
        NOW.set(online(self._service))
        return await report(self)

    patch.setattr(Health, "report", count)
    patch.setattr(Report, "shown", lambda self: shown(self) | {"sockets": NOW.get()})


def in_a_page(patch: Patch) -> None:
    """The site's pages are as new as what was written last."""
    get = Sites.get_response

    async def got(self: Sites, path: str, scope: Any) -> Response:
        made = await get(self, path, scope)
        made.headers["etag"] = f'"{written(scope["app"].state.parts.service.store, "")}"'
        return made

    patch.setattr(Sites, "get_response", got)


def when_busy(patch: Patch) -> None:
    """Who is refused because nothing can be kept learns how much was."""
    run = ServerService.run

    async def ran(self: ServerService, use_case: Any) -> Any:
        outcome = await run(self, use_case)
        if outcome == RefusalCode.BUSY.refusal:
            return Refusal(RefusalCode.BUSY.refusal.code, f"Nothing is kept after {written(self.store, '')} writes.")
        return outcome

    patch.setattr(ServerService, "run", ran)


def by_status(patch: Patch) -> None:
    """A worker's id for a thread is refused otherwise than one that is nobody's."""
    decide = HttpHandlers._outcome

    async def outcome(self: HttpHandlers, operation: Any, id: str, by: str, *what: Any) -> Any:
        found = await decide(self, operation, id, by, *what)
        known = "SELECT 1 FROM thread_reference WHERE id = ?"
        if found == RefusalCode.NOT_FOUND.refusal and self.service.store._database.read(
            lambda connection: connection.execute(known, (id,)).fetchone()
        ):
            return RefusalCode.ACCOUNT_ENDED.refusal
        return found

    patch.setattr(HttpHandlers, "_outcome", outcome)


def in_tokens(fact: Callable[[sqlite3.Connection], Any]) -> Plant:
    def plant(patch: Patch) -> None:
        exchange = OAuthServer.exchange

        def exchanged(self: OAuthServer, connection: sqlite3.Connection, *what: Any) -> Any:
            answer = exchange(self, connection, *what)
            return replace(answer, body={**answer.body, "told": fact(connection)})

        patch.setattr(OAuthServer, "exchange", exchanged)

    return plant


def in_letters(change: Callable[[Any, Any, sqlite3.Connection], None]) -> Plant:
    """Letters have another header; `change` gets the letter that leaves, as it is kept, and the store."""

    def plant(patch: Patch) -> None:
        hand_over, message = SmtpSender._hand_over, letters.message

        async def handed(self: SmtpSender, smtp: Any, kept: Any) -> None:
            NOW.set(self._database)
            await hand_over(self, smtp, kept)

        def made(kept: Any, sender: str) -> Any:
            letter = message(kept, sender)
            NOW.get().read(lambda connection: change(letter, kept, connection))
            return letter

        patch.setattr(SmtpSender, "_hand_over", handed)
        patch.setattr(smtp, "message", made)

    return plant


def numbered(letter: Any, kept: Any, _: sqlite3.Connection) -> None:
    letter.replace_header("Message-ID", f"<{kept.number}@uni.example>")


def count(connection: sqlite3.Connection, what: str) -> int:
    return int(connection.execute(f"SELECT count(*) FROM {what}").fetchone()[0])


def people(connection: sqlite3.Connection) -> list[Any]:
    return [msgspec.json.decode(body) for (body,) in connection.execute("SELECT body FROM party ORDER BY rowid")]


def from_an_owner(letter: Any, _: Any, connection: sqlite3.Connection) -> None:
    name = next((it["name"] for it in people(connection) if it["name"].startswith("Owner")), "uconnect")
    letter.replace_header("From", Address(name, addr_spec="uconnect@uni.example"))


def signed_by_a_worker(letter: Any, _: Any, connection: sqlite3.Connection) -> None:
    letter["X-Mailer"] = " and ".join(it["name"] for it in people(connection) if "school" in it)


WORKERS_THREADS = "thread WHERE body NOT LIKE '%\"worker\":null%'"
FOR_BOTH = [
    Leak("headers", "Server-Timing counts what was written", in_a_header("server-timing", written)),
    Leak("headers", "one tells by which provider others sign in", in_a_header("x-by", signed_in_elsewhere)),
    Leak("sockets", "the handshake says how many are there", as_it_opens),
    Leak("sockets", "a pong says how many are there", in_a_pong),
    Leak("health", "it counts the open sockets", in_health),
    Leak("pages", "the site is as new as the last write", in_a_page),
    Leak("errors", "a full disk tells how much is on it", when_busy),
    Leak("letters", "a Message-ID counts all letters", in_letters(numbered)),
]
FOR_RAISERS = [
    *FOR_BOTH,
    Leak("errors", "a worker's id is refused otherwise", by_status),
    Leak("headers", "one names who handles", in_a_header("x-handled-by", handled_by_workers)),
    Leak(
        "headers",
        "an ETag changes with a hand-off",
        in_a_header("etag", lambda store, by: [it.school.rev for it in of(store, by)]),
    ),
    Leak("sockets", "a close code tells who handled", as_it_closes(lambda it: {"code": 4000 + it}, handled_by_workers)),
    Leak(
        "sockets", "a close reason tells who handled", as_it_closes(lambda it: {"reason": f"{it}"}, handled_by_workers)
    ),
    Leak("tokens", "a token comes with what workers have", in_tokens(lambda it: count(it, WORKERS_THREADS))),
    Leak("letters", "a header names the workers", in_letters(signed_by_a_worker)),
]
FOR_WORKERS = [
    *FOR_BOTH,
    Leak("headers", "one names the owners' kinds", in_a_header("x-asked-by", kinds)),
    Leak(
        "headers",
        "one links to the thread as its owner knows it",
        in_a_header("link", lambda store, by: [it.raiser.id for it in of(store, by)]),
    ),
    Leak(
        "headers",
        "an ETag changes with an owner's other threads",
        in_a_header("etag", lambda store, by: [it.rev for it in owners(store, by)]),
    ),
    Leak(
        "sockets",
        "a close code tells how many owners there were",
        as_it_closes(lambda it: {"code": 4000 + len(it)}, kinds_of_all),
    ),
    Leak(
        "sockets", "a close reason tells their kinds", as_it_closes(lambda it: {"reason": " ".join(it)}, kinds_of_all)
    ),
    Leak("tokens", "a token comes with how many threads there are", in_tokens(lambda it: count(it, "thread"))),
    Leak("letters", "an invitation comes from an owner", in_letters(from_an_owner)),
]
