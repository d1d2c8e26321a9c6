"""What a call, a hook of the issuer or an operator decides for others is delivered, or the API's tests fail.

`tests.support.dropped_deliveries` watches each server that the API's tests start: every operation, frame and job of
theirs. The doors that they do not use are here.
"""

from pathlib import Path

import httpx
import pytest

from tests.api.server_home import server_home
from tests.support.polling import TIMEOUT
from tests.unit.server.server_in_process import ServerInProcess, SocketClient
from tests.unit.server.test_entry import invited
from uconnect.application.admin import Admin
from uconnect.domain import protocol
from uconnect.domain.context import Delivery
from uconnect.domain.enums import Kind
from uconnect.oidc_provider import accounts

DROPS = """
from uconnect.application.service import ApplicationService
ApplicationService.tell = lambda *_, **__: None
"""


@pytest.mark.parametrize("planted", [DROPS, ""], ids=["dropped", "told"])
def test_a_server_that_drops_what_it_decided_for_others_is_noticed(tmp_path: Path, planted: str) -> None:
    def renames() -> None:
        with server_home(tmp_path, planted) as home:
            party = home.party(Kind.USER, "uma@example.org", "Uma")
            headers = {"Authorization": f"Bearer {party.token}"}
            httpx.put(
                f"{home.url}/api/me", json={"name": "Uma Petrov"}, headers=headers, timeout=TIMEOUT
            ).raise_for_status()

    if not planted:
        renames()
        return
    with pytest.raises(AssertionError, match=r"not delivered: Changed\(what=<ChangedSubject.ME"):
        renames()


def test_a_new_address_that_the_issuer_has_proved_is_told_to_its_party(server: ServerInProcess) -> None:
    party, line = server.party(Kind.USER, "ada@example.org"), SocketClient()
    server.container.service.sockets.add(party, line)
    subject = server.container.database.read(lambda connection: accounts.of_email(connection, "ada@example.org"))
    server.container.database.write(lambda connection: accounts.change_email(connection, str(subject), "a@new.example"))
    server.wait(server.container.issuer.email_changes.deliver())
    assert line.frames == [{"t": "changed", "what": "me"}]


def test_an_operator_beside_the_server_decides_for_others_only_what_the_server_finds_by_itself(
    server: ServerInProcess,
) -> None:
    """A command has no sockets. The server closes those of parties that have ended (`close_ended_sockets`)."""
    told: list[Delivery] = []
    ada, law = server.party(Kind.USER, "ada@example.org"), server.party(Kind.SCHOOL, "law@example.org")
    worker = invited(server, law)
    admin = Admin(server.container.service.store, told.extend)
    admin.close("ada@example.org", Kind.USER)
    admin.close("law@example.org", Kind.SCHOOL)
    admin.invite_school("new@school.example")
    admin.retry()
    ended = protocol.Bye(code="ended")
    assert told == [Delivery(it, ended) for it in (ada, law, worker)]
