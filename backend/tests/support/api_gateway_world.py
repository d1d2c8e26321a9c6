"""A world whose frames go by `adapters/realtime/api_gateway.py`, over the emulator's table, to a stub that takes posts.

It keeps what DynamoDB was asked in a command, and how much of it before each party's first frame.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from itertools import count
from typing import Any

from tests.support import dynamodb_emulator
from tests.support.stores import Home
from tests.support.world import Outcome, Replayed, World
from uconnect.adapters.dynamodb.store import DynamoStore
from uconnect.adapters.realtime.api_gateway import Connection, Gateway
from uconnect.adapters.realtime.in_process import Socket, Sockets
from uconnect.domain.context import Delivery, UseCase
from uconnect.domain.enums import Kind

BEFORE_REQUEST = "provide-client-params.dynamodb.*"  # the SDK is about to ask something
LATE = 4e9  # s: the rows of sockets outlive every script, and the emulator


class InTurn(Executor):
    """Does one thing after the other, in the order in which the gateway would begin them."""

    def map(self, fn: Callable[..., Any], *each: Iterable[Any], **_: Any) -> Iterator[Any]:
        return iter([fn(*of) for of in zip(*each, strict=True)])


class Posts:
    """As much of ApiGatewayManagementApi as deliveries call. Each socket is a connection.

    All of it since the last command began: `requests` to DynamoDB; `posted`, the parties that frames went to, in this
    order; and `before`, for each party, how many posts and which requests came before its first frame.
    """

    def __init__(self) -> None:
        self.sockets: dict[str, tuple[str, Socket]] = {}
        self.requests: list[str] = []
        self.posted: list[str] = []
        self.before: dict[str, tuple[int, list[str]]] = {}

    def begin(self) -> None:
        for it in (self.requests, self.posted, self.before):
            it.clear()

    def post_to_connection(self, ConnectionId: str, Data: bytes) -> None:  # noqa: N803 - as the SDK spells it
        party, socket = self.sockets[ConnectionId]
        self.before.setdefault(party, (len(self.posted), sorted(self.requests)))
        self.posted.append(party)
        socket.push(Data)

    def delete_connection(self, ConnectionId: str) -> None:  # noqa: N803 - (the same)
        _, socket = self.sockets[ConnectionId]
        socket.close()


class ApiGatewayWorld(Sockets):
    """In place of the sockets of one process."""

    def __init__(self, gateway: Gateway, posts: Posts) -> None:
        super().__init__()
        self.gateway, self.posts = gateway, posts
        self._names = count()

    def add(self, party: str, socket: Socket) -> None:
        connection = f"{next(self._names):04}"
        self.posts.sockets[connection] = party, socket
        self.gateway.register(Connection(party, connection), int(LATE) * 2)

    def remove(self, party: str, socket: Socket) -> None:
        """What a socket leaves when it closes, the gateway has forgotten."""

    def deliver(self, deliveries: Sequence[Delivery], exclude: Socket | None = None) -> None:
        self.gateway.deliver(deliveries, self._connection(exclude))

    def _connection(self, socket: Socket | None) -> Connection | None:
        found = (Connection(party, name) for name, (party, its) in self.posts.sockets.items() if its is socket)
        return next(found, None)


class OnAws(World):
    """A world with a socket open for everybody who comes in."""

    sockets: ApiGatewayWorld

    def __init__(self, home: Home, sockets: ApiGatewayWorld) -> None:
        super().__init__(home, sockets)
        self.posts = sockets.posts

    def enter(self, kind: Kind, name: str, email: str) -> str | None:
        party = super().enter(kind, name, email)
        if party is not None:
            self.open(party)
        return party

    def _run(self, use_case: UseCase[Any]) -> Outcome:
        self.posts.begin()
        return super()._run(use_case)

    def _told_first(self, deliveries: Sequence[Delivery]) -> None:
        super()._told_first(deliveries)
        self.posts.begin()

    def _ask(self, use_case: UseCase[Any]) -> Outcome:
        self.posts.begin()
        return super()._ask(use_case)


@contextmanager
def on_aws(seed: int = 0) -> Iterator[OnAws]:
    """A world over a table of its own."""
    time, client, table = Replayed(seed), dynamodb_emulator.dynamodb(), dynamodb_emulator.table()
    posts: Any = Posts()
    gateway = Gateway(client, table, lambda: posts, clock=lambda: LATE)
    gateway._pool.shutdown()
    gateway._pool = InTurn()  # type: ignore[assignment] # several at once would come in any order
    store = DynamoStore(client, table, time.new_context)
    store._lists()  # asked once a process, whoever asks first for a list or a count
    world = OnAws(Home(store, time), ApiGatewayWorld(gateway, posts))

    def asks(params: dict[str, Any], model: Any, **_: Any) -> None:
        lists = [params.get("TransactItems", ()), *(_keys(it) for it in params.get("RequestItems", {}).values())]
        posts.requests.append(f"{model.name} of {sum(map(len, lists)) or 1}")

    client.meta.events.register(BEFORE_REQUEST, asks)
    try:
        yield world
    finally:
        client.meta.events.unregister(BEFORE_REQUEST, asks)


def _keys(requests: Any) -> Any:
    """Of a batch that reads, or of one that writes."""
    return requests["Keys"] if isinstance(requests, dict) else requests
