"""An operator's command acts on the same file while the server runs: what it did holds at once for everyone."""

import asyncio
from collections.abc import Callable
from functools import partial

import pytest

from tests.support.polling import TIMEOUT
from tests.unit.server.server_in_process import ServerInProcess, SocketClient
from uconnect.domain.enums import Kind
from uconnect.domain.errors import RefusalCode
from uconnect.domain.request_bodies import Invite
from uconnect.domain.usecases import account_closing, profiles, registration, workers
from uconnect.domain.usecases.tickets import TicketHolder
from uconnect.entrypoints.cli.admin_service import DataFolderAdmin
from uconnect.oidc_provider import sessions

LAW, ADA, WANDA = "law@example.org", "ada@example.org", "wanda@example.org"


@pytest.fixture
def server(server: ServerInProcess) -> ServerInProcess:
    return server


@pytest.fixture
def command(server: ServerInProcess, open_server: Callable[..., ServerInProcess]) -> ServerInProcess:
    return open_server()


async def close_ended(server: ServerInProcess) -> None:
    container = server.container
    await container.service.close_ended_sockets(container.database, container.issuer.ended_among)


def test_what_the_server_remembered_is_forgotten_when_another_wrote(
    server: ServerInProcess, command: ServerInProcess
) -> None:
    id = server.party(Kind.USER, ADA)
    assert server.me(id).email == ADA
    command.run(partial(account_closing.close_by_admin, email=ADA, kind=Kind.USER))
    assert server.wait(server.container.service.run(partial(profiles.me, by=id))) == RefusalCode.ACCOUNT_ENDED.refusal
    server.run(partial(registration.invite_school, email=ADA))  # decided on the address as the other left it


def test_sockets_of_those_whom_another_process_ended_are_told_and_closed(
    server: ServerInProcess, command: ServerInProcess
) -> None:
    law, ada = server.party(Kind.SCHOOL, LAW), server.party(Kind.USER, ADA)
    server.run(partial(workers.invite, by=law, command=Invite(key="k" * 22, email=WANDA, name="Wanda")))
    wanda = server.party(Kind.WORKER, WANDA)
    lines = {id: SocketClient() for id in (law, ada, wanda)}

    async def story() -> None:
        service = server.container.service
        for id, line in lines.items():
            service.sockets.add(id, line)
        parting = asyncio.create_task(close_ended(server))
        await asyncio.sleep(0)
        await asyncio.to_thread(command.run, partial(account_closing.close_by_admin, email=LAW, kind=Kind.SCHOOL))
        await asyncio.to_thread(service.store.forget_expired, 0)  # what the server does every few seconds
        await asyncio.gather(lines[law].closed.wait(), lines[wanda].closed.wait())
        parting.cancel()
        await asyncio.gather(parting, return_exceptions=True)

    server.wait(story())
    assert lines[law].frames == lines[wanda].frames == [{"t": "bye", "code": "ended"}]
    assert lines[ada].frames == []
    assert not lines[ada].closed.is_set()


def session(server: ServerInProcess, subject: str) -> str:
    """The account is signed in: where its tokens are good."""
    now = server.container.service.now()
    begun, _ = server.container.database.write(lambda c: sessions.begin(c, "uconnect-user", subject, now))
    return begun.sid


def test_sockets_of_whom_another_process_suspended_are_closed_and_nobody_elses(
    server: ServerInProcess, command: ServerInProcess
) -> None:
    lines, unlisted = {}, []
    for email in (ADA, LAW):
        subject = server.account(email)
        party = server.enter(Kind.USER, subject)
        assert isinstance(party, str)
        lines[email] = SocketClient()
        unlisted.append((TicketHolder(party=party, session=session(server, subject)), lines[email]))

    async def story() -> None:
        service = server.container.service
        for holder, line in unlisted:
            service.list_socket(holder, line)
        parting = asyncio.create_task(close_ended(server))
        await asyncio.sleep(0)
        operator = DataFolderAdmin(
            command.container.database, command.container.service.store, command.container.outbox
        )
        await asyncio.to_thread(operator.logins.suspend, ADA, Kind.USER)
        await asyncio.to_thread(service.store.forget_expired, 0)  # what the server does every few seconds
        await asyncio.wait_for(lines[ADA].closed.wait(), TIMEOUT)
        parting.cancel()
        await asyncio.gather(parting, return_exceptions=True)

    server.wait(story())
    assert lines[ADA].frames == [{"t": "bye", "code": "rotate"}]
    assert (lines[LAW].frames, lines[LAW].closed.is_set()) == ([], False)
    lasting = [server.wait(server.container.authentication.lasts(holder.session)) for holder, _ in unlisted]
    assert lasting == [False, True], "a ticket that was fetched before opens no socket: it is asked once that is listed"
