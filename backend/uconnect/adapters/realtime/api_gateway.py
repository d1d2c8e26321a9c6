"""Posts frames to the sockets that API Gateway holds: in order for each socket. A busy gateway closes none.

A connection is a row beside its party's record, kept a little longer than a socket may live. Each delivery looks its
party up anew, also one without a frame: so the number of reads never tells who handles a thread (leak 27). The
same look-up, made after the commit, says whether the party has ended: then it hears its `bye` and nothing else, though
the function that is to tell it so may come later than one that has news for it.

A gateway that is busy refuses posts. If their sockets were closed, all their pages would connect at once, at the worst
moment. So the frames are dropped, and the socket's row is marked. The answer to its next ping is followed by `bye
rotate`, at which the page connects again and loads what it shows. Pages ping at moments of their own.
"""

import logging
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from math import inf
from typing import TYPE_CHECKING, Any

import msgspec
from botocore.exceptions import BotoCoreError, ClientError

from uconnect.domain import protocol
from uconnect.domain.context import Delivery

if TYPE_CHECKING:
    from types_boto3_apigatewaymanagementapi.client import ApiGatewayManagementApiClient
    from types_boto3_dynamodb.client import DynamoDBClient

MARGIN = 600  # seconds a row is kept longer than its socket may live: who says nothing is closed at the next news
RECORD = "party"  # where a party's own record lies, right before its sockets: see adapters/dynamodb/items.py
AT_ONCE = 8  # posts
GONE = "GoneException"
ROTATE = protocol.Bye(code="rotate")  # the page connects again, with a ticket, and loads what it shows
FAILURES = (ClientError, BotoCoreError)
log = logging.getLogger("uconnect")


@dataclass(frozen=True, slots=True)
class Connection:
    """One open socket of a party. Of one that asks, `hello_by` says when it has to be listed (Unix seconds)."""

    party: str
    connection: str
    hello_by: float = field(default=inf, compare=False)

    @property
    def key(self) -> dict[str, Any]:
        return {"PK": {"S": f"party#{self.party}"}, "SK": {"S": f"{RECORD}#{self.connection}"}}


@dataclass(frozen=True, slots=True)
class Lookup:
    """What a look-up found: a party's sockets, the one listed first before the others, those of them that have lived
    their time, and whether the party has ended. One that `failed` found nothing."""

    connections: tuple[Connection, ...] = ()
    late: frozenset[Connection] = frozenset()
    ended: bool = True
    failed: bool = False

    def hears(self, frame: object) -> bool:
        return frame is not None and (not self.ended or isinstance(frame, protocol.Bye))

    def frame_for(self, connection: Connection, frame: Any) -> Any:
        """A socket that has lived its time hears no news: it says nothing, or it would have been closed."""
        return ROTATE if connection in self.late and not isinstance(frame, protocol.Bye) else frame


Frames = Sequence[Any]


class Gateway:
    """Implements `application.ports.Deliveries`. It keeps nothing between calls. Open sockets first."""

    def __init__(
        self,
        dynamodb: "DynamoDBClient",
        table: str,
        posts: "Callable[[], ApiGatewayManagementApiClient]",
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._posts = posts
        self._clock = clock
        self._pool = ThreadPoolExecutor(AT_ONCE)

    def register(self, connection: Connection, until: int) -> protocol.Bye | None:
        """Lists a socket for the frames of its party, until it is to be closed (Unix seconds). Beyond protocol.SOCKETS
        the oldest are closed. Returns what it hears at once if it cannot stay.

        Its party is looked up after the socket is listed: an act that ends the party later finds the socket.
        """
        since = int(self._clock() * 1000)
        row = connection.key | {"ttl": {"N": str(until + MARGIN)}, "since": {"N": str(since)}}
        self._dynamodb.put_item(TableName=self._table, Item=row)
        found = self._look_up(connection.party)
        for oldest in found.connections[: -protocol.SOCKETS]:
            self.send(oldest, [protocol.Bye(code="slow")])
        if found.failed:
            return ROTATE
        return protocol.Bye(code="ended") if found.ended else None

    def forget(self, connection: Connection) -> None:
        self._dynamodb.delete_item(TableName=self._table, Key=connection.key)

    def send(self, connection: Connection, frames: Sequence[protocol.ServerFrame]) -> None:
        """Post to one socket; after a `bye` it is closed."""
        self._send_frames(connection, frames)

    def answer_ping(self, connection: Connection, frames: Sequence[protocol.ServerFrame]) -> None:
        """Post the answer to a ping. If frames for this socket were dropped, it is told to connect again.

        The row is read with eventual consistency, which costs half: a mark of just now is found at the next ping.
        """
        again = (ROTATE,) if self._has_missed(connection) else ()
        self._send_frames(connection, (*frames, *again))

    def _has_missed(self, connection: Connection) -> bool:
        try:
            row = self._dynamodb.get_item(TableName=self._table, Key=connection.key, ProjectionExpression="SK, missed")
        except FAILURES as error:
            log.warning("a socket could not be looked up: %s", _code(error))
            return False
        return "missed" in row["Item"] if "Item" in row else self._is_unlisted(connection, ())

    def _is_unlisted(self, connection: Connection, listed: Collection[Connection]) -> bool:
        """Whether a socket hears nothing, for it never said hello, so that no sign-out finds it. It gets some time."""
        return connection not in listed and self._clock() > connection.hello_by

    def close_connection(self, connection: Connection) -> None:
        """Close a socket and forget it, whatever it still had to hear: its client resumes."""
        try:
            self._posts().delete_connection(ConnectionId=connection.connection)
        except FAILURES as error:
            if _code(error) != GONE:
                log.warning("a socket could not be closed: %s", _code(error))
        self._try_to_forget(connection)

    def deliver(self, deliveries: Sequence[Delivery], exclude: Connection | None = None) -> None:
        """Post each party's frames to its sockets, those of one delivery side by side.

        The first party is served before anything is made for the others: it must not learn who else is told, and it
        takes as long to sign the others' posts as to send one. A party that could not be looked up is told nothing and
        finds the change at its next gap. `exclude` is the socket that asked: it gets an answer of its own. If the
        look-up of its party shows that it never said hello, it is closed.
        """
        first: dict[Connection, list[Any]] = {}
        others: dict[Connection, list[Any]] = {}
        unlisted = False
        # equal work: leak 27. Looks up the party of a delivery without a frame too: it stands for an absent worker.
        looked_up = self._pool.map(self._look_up, [it.to for it in deliveries])
        for delivery, found in zip(deliveries, looked_up, strict=True):
            waiting = first if delivery.to == deliveries[0].to else others
            if exclude is not None and delivery.to == exclude.party and not found.failed:
                unlisted = self._is_unlisted(exclude, found.connections)
            for connection in found.connections if found.hears(delivery.frame) else ():
                if connection != exclude:
                    waiting.setdefault(connection, []).append(found.frame_for(connection, delivery.frame))
        self._post_all(first)
        self._post_all(others)
        if exclude is not None and unlisted:
            self.send(exclude, [ROTATE])

    def _post_all(self, waiting: Mapping[Connection, Frames]) -> None:
        if waiting:
            self._posts()  # made here, and not by several threads at once
        for _ in self._pool.map(self._send_frames, waiting, waiting.values()):
            pass

    def _look_up(self, party: str) -> Lookup:
        asked: Any = {
            "TableName": self._table,
            "KeyConditionExpression": "PK = :pk AND begins_with(SK, :here)",
            "ExpressionAttributeValues": {":pk": {"S": f"party#{party}"}, ":here": {"S": RECORD}},
            "ProjectionExpression": "SK, since, #ttl, #over",
            "ExpressionAttributeNames": {"#ttl": "ttl", "#over": "over"},  # words that DynamoDB keeps for itself
            "ConsistentRead": True,
        }
        try:
            items: Any = self._dynamodb.query(**asked)["Items"]
        except FAILURES as error:
            log.error("sockets could not be looked up: %s", _code(error))
            return Lookup(failed=True)
        now = self._clock()
        rows = [it for it in items if "ttl" in it and int(it["ttl"]["N"]) > now]
        rows.sort(key=lambda it: int(it["since"]["N"]))
        kept = {Connection(party, it["SK"]["S"].removeprefix(f"{RECORD}#")): int(it["ttl"]["N"]) for it in rows}
        stands = any(it["SK"]["S"] == RECORD and "over" not in it for it in items)
        return Lookup(tuple(kept), frozenset(it for it in kept if kept[it] - MARGIN <= now), not stands)

    def _send_frames(self, connection: Connection, frames: Frames) -> None:
        for number, frame in enumerate(frames):
            try:
                self._posts().post_to_connection(ConnectionId=connection.connection, Data=msgspec.json.encode(frame))
            except FAILURES as error:  # the SDK has tried again, with growing random pauses, where that may help
                self._cannot_post(connection, frames[number:], _code(error))
                return
            if isinstance(frame, protocol.Bye):
                self.close_connection(connection)
                return

    def _cannot_post(self, connection: Connection, frames: Frames, code: str) -> None:
        """A socket that is gone is forgotten. For another its frames are dropped, and it is marked."""
        if code == GONE:
            self._try_to_forget(connection)
            return
        log.warning("%d frames for a socket were dropped: %s", len(frames), code)
        if any(isinstance(frame, protocol.Bye) for frame in frames):
            self.close_connection(connection)  # its party may hear nothing more
        elif not self._try(partial(self._mark, connection), "a socket could not be marked"):
            self.close_connection(connection)  # nothing else would tell it

    def _mark(self, connection: Connection) -> None:
        """Note in the row of a socket that it missed something, if it still has a row."""
        try:
            self._dynamodb.update_item(
                TableName=self._table,
                Key=connection.key,
                UpdateExpression="SET missed = :yes",
                ConditionExpression="attribute_exists(PK)",
                ExpressionAttributeValues={":yes": {"BOOL": True}},
            )
        except ClientError as error:
            if _code(error) != "ConditionalCheckFailedException":
                raise

    def _try_to_forget(self, connection: Connection) -> None:
        self._try(partial(self.forget, connection), "a socket could not be forgotten")  # its time to live ends it

    def _try(self, act: Callable[[], None], what: str) -> bool:
        try:
            act()
        except FAILURES as error:
            log.warning("%s: %s", what, _code(error))
            return False
        return True


def _code(error: Exception) -> str:
    answer: Any = getattr(error, "response", None) or {}  # a request that was never answered has one that is None
    return str(answer.get("Error", {}).get("Code", type(error).__name__))
