"""Posts frames to the sockets that API Gateway holds: in order for each socket; one that fails is closed.

A connection is a row beside its party's record, kept a little longer than a socket may live. Each delivery looks its
party up anew, also one without a frame: so the number of reads never tells who handles a thread (leak 27). The
same look-up, made after the commit, says whether the party has ended: then it hears its `bye` and nothing else, though
the function that is to tell it so may come later than one that has news for it.
"""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec
from botocore.exceptions import BotoCoreError, ClientError

from uconnect.domain import protocol
from uconnect.domain.context import Delivery

if TYPE_CHECKING:
    from types_boto3_apigatewaymanagementapi.client import ApiGatewayManagementApiClient
    from types_boto3_dynamodb.client import DynamoDBClient

MARGIN = 600  # seconds a row is kept longer than its socket may live: an idle socket notices its end late
RECORD = "party"  # where a party's own record lies, right before its sockets: see adapters/dynamodb/items.py
AT_ONCE = 8  # posts
GONE = "GoneException"
FAILURES = (ClientError, BotoCoreError)
log = logging.getLogger("uconnect")


@dataclass(frozen=True, slots=True)
class Connection:
    """One open socket of a party."""

    party: str
    connection: str

    @property
    def key(self) -> dict[str, Any]:
        return {"PK": {"S": f"party#{self.party}"}, "SK": {"S": f"{RECORD}#{self.connection}"}}


@dataclass(frozen=True, slots=True)
class Lookup:
    """What a look-up found: a party's sockets, the one listed first before the others, and whether it has ended."""

    connections: tuple[Connection, ...] = ()
    ended: bool = True

    def hears(self, frame: object) -> bool:
        return frame is not None and (not self.ended or isinstance(frame, protocol.Bye))


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

    def register(self, connection: Connection, until: int) -> None:
        """Lists a socket for the frames of its party, until it is to be closed (Unix seconds). Beyond protocol.SOCKETS
        the oldest are closed."""
        since = int(self._clock() * 1000)
        row = connection.key | {"ttl": {"N": str(until + MARGIN)}, "since": {"N": str(since)}}
        self._dynamodb.put_item(TableName=self._table, Item=row)
        for oldest in self._look_up(connection.party).connections[: -protocol.SOCKETS]:
            self.send(oldest, [protocol.Bye(code="slow")])

    def forget(self, connection: Connection) -> None:
        self._dynamodb.delete_item(TableName=self._table, Key=connection.key)

    def send(self, connection: Connection, frames: Sequence[protocol.ServerFrame]) -> None:
        """Post to one socket; after a `bye` it is closed."""
        self._send_frames(connection, frames)

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
        takes as long to sign the others' posts as to send one. `exclude` is the socket that asked: it gets an answer of
        its own. A party that could not be looked up is told nothing and finds the change at its next gap.
        """
        first: dict[Connection, list[Any]] = {}
        others: dict[Connection, list[Any]] = {}
        # equal work: leak 27. Looks up the party of a delivery without a frame too: it stands for an absent worker.
        looked_up = self._pool.map(self._look_up, [it.to for it in deliveries])
        for delivery, found in zip(deliveries, looked_up, strict=True):
            waiting = first if delivery.to == deliveries[0].to else others
            for connection in found.connections if found.hears(delivery.frame) else ():
                if connection != exclude:
                    waiting.setdefault(connection, []).append(delivery.frame)
        self._post_all(first)
        self._post_all(others)

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
            return Lookup()
        now = self._clock()
        rows = [it for it in items if "ttl" in it and int(it["ttl"]["N"]) > now]
        rows.sort(key=lambda it: int(it["since"]["N"]))
        stands = any(it["SK"]["S"] == RECORD and "over" not in it for it in items)
        return Lookup(tuple(Connection(party, it["SK"]["S"].removeprefix(f"{RECORD}#")) for it in rows), not stands)

    def _send_frames(self, connection: Connection, frames: Frames) -> None:
        for frame in frames:
            try:
                self._posts().post_to_connection(ConnectionId=connection.connection, Data=msgspec.json.encode(frame))
            except FAILURES as error:  # the SDK has tried again where that may help
                if _code(error) == GONE:
                    self._try_to_forget(connection)
                else:
                    log.warning("a socket is closed that could not take a frame: %s", _code(error))
                    self.close_connection(connection)
                return
            if isinstance(frame, protocol.Bye):
                self.close_connection(connection)
                return

    def _try_to_forget(self, connection: Connection) -> None:
        try:
            self.forget(connection)
        except FAILURES as error:  # its time to live ends it
            log.warning("a socket could not be forgotten: %s", _code(error))


def _code(error: Exception) -> str:
    answer: Any = getattr(error, "response", None) or {}  # a request that was never answered has one that is None
    return str(answer.get("Error", {}).get("Code", type(error).__name__))
