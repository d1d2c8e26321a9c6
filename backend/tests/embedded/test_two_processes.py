"""An operator's command acts on the same file while the server runs: what it did holds at once for everyone."""

import asyncio
from collections.abc import Callable
from functools import partial

import pytest

from tests.embedded.kit import Line, Place
from uconnect.core.commands import Invite
from uconnect.core.decide import accounts, closing, profiles, workers
from uconnect.core.refusals import Refused
from uconnect.core.terms import Kind

LAW, ADA, WANDA = "law@example.org", "ada@example.org", "wanda@example.org"


@pytest.fixture
def server(place: Place) -> Place:
    return place


@pytest.fixture
def command(server: Place, open_place: Callable[..., Place]) -> Place:
    return open_place()


def test_what_the_server_remembered_is_forgotten_when_another_wrote(server: Place, command: Place) -> None:
    id = server.party(Kind.USER, ADA)
    assert server.me(id).email == ADA
    command.run(partial(closing.close_by_operator, email=ADA, kind=Kind.USER))
    assert server.wait(server.parts.desk.run(partial(profiles.me, by=id))) == Refused.ACCOUNT_ENDED.refusal
    server.run(partial(accounts.invite_school, email=ADA))  # decided on the address as the other left it


def test_sockets_of_those_whom_another_process_ended_are_told_and_closed(server: Place, command: Place) -> None:
    law, ada = server.party(Kind.SCHOOL, LAW), server.party(Kind.USER, ADA)
    server.run(partial(workers.invite, by=law, command=Invite(key="k" * 22, email=WANDA, name="Wanda")))
    wanda = server.party(Kind.WORKER, WANDA)
    lines = {id: Line() for id in (law, ada, wanda)}

    async def story() -> None:
        desk = server.parts.desk
        for id, line in lines.items():
            desk.sockets.add(id, line)
        parting = asyncio.create_task(desk.keep_parting(server.parts.database))
        await asyncio.sleep(0)
        await asyncio.to_thread(command.run, partial(closing.close_by_operator, email=LAW, kind=Kind.SCHOOL))
        await asyncio.to_thread(desk.store.forget_expired, 0)  # what the server does every few seconds
        await asyncio.gather(lines[law].closed.wait(), lines[wanda].closed.wait())
        parting.cancel()
        await asyncio.gather(parting, return_exceptions=True)

    server.wait(story())
    assert lines[law].frames == lines[wanda].frames == [{"t": "bye", "code": "ended"}]
    assert lines[ada].frames == []
    assert not lines[ada].closed.is_set()
