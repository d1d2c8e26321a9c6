"""What the issuer and the core tell each other: who comes, under which address, and whose account has ended."""

from collections.abc import Callable
from functools import partial

import pytest

from tests.support.stores import fresh
from tests.unit.server.server_in_process import ServerInProcess
from uconnect.adapters.mail import templates
from uconnect.application.jobs import JobDependencies, run_due_jobs
from uconnect.application.ports import Unavailable
from uconnect.domain.enums import Kind
from uconnect.domain.errors import RefusalCode
from uconnect.domain.request_bodies import Invite
from uconnect.domain.usecases import account_closing, registration, workers
from uconnect.oidc_provider import accounts as logins

ADA = "ada@example.org"


def do_what_is_due(server: ServerInProcess) -> None:
    outside = JobDependencies(lambda _: None, server.post, server.identity, _raised)
    while run_due_jobs(server.container.service.store, outside):
        pass


def _raised(error: Exception) -> None:
    raise error


def test_a_uconnect_that_is_reached_by_another_address_knows_everyone_still(
    open_server: Callable[..., ServerInProcess],
) -> None:
    before = open_server()
    subject = before.account(ADA)
    id = before.enter(Kind.USER, subject)
    before.close()
    after = open_server(URL="https://ask.uni.edu")
    assert after.enter(Kind.USER, subject) == id


def test_where_schools_are_invited_nobody_else_becomes_one(open_server: Callable[..., ServerInProcess]) -> None:
    server = open_server(SCHOOLS="invited")
    assert server.enter(Kind.SCHOOL, server.account(ADA)) == RefusalCode.SCHOOLS_INVITED_ONLY.refusal
    assert not server.container.issuer.offers_sign_up("uconnect-school")
    assert server.container.issuer.offers_sign_up("uconnect-user")
    server.run(partial(registration.invite_school, email="law@example.org"))
    assert isinstance(server.enter(Kind.SCHOOL, server.account("law@example.org")), str)


def test_an_invited_school_is_written_a_link(server: ServerInProcess) -> None:
    server.run(partial(registration.invite_school, email=ADA))
    do_what_is_due(server)
    (letter,) = server.mail(ADA)
    assert letter.subject == "Your school is invited to uconnect"
    assert "http://localhost:8000/school/#invitation=" in letter.text


def test_a_party_goes_along_to_its_logins_new_address(server: ServerInProcess) -> None:
    subject = server.account(ADA)
    id = server.enter(Kind.USER, subject)
    assert isinstance(id, str)
    server.container.database.write(lambda connection: logins.change_email(connection, subject, "ada@new.example.org"))
    server.wait(server.container.issuer.email_changes.deliver())
    assert server.me(id).email == "ada@new.example.org"
    other = server.party(Kind.SCHOOL, ADA)
    assert other != id


def test_a_move_that_could_not_be_kept_is_told_again(server: ServerInProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    subject = server.account(ADA)
    id = server.enter(Kind.USER, subject)
    assert isinstance(id, str)
    server.container.database.write(lambda connection: logins.change_email(connection, subject, "ada@new.example.org"))

    async def full(_: object) -> None:
        raise Unavailable

    with monkeypatch.context() as patch:
        patch.setattr(server.container.service.store, "run_soon", full)
        server.wait(server.container.issuer.email_changes.deliver())
    assert server.me(id).email == ADA
    server.wait(server.container.issuer.email_changes.deliver())
    assert server.me(id).email == "ada@new.example.org"


def test_of_a_closed_account_its_login_goes_and_one_letter_says_so(server: ServerInProcess) -> None:
    subject = server.account(ADA)
    id = server.enter(Kind.USER, subject)
    assert isinstance(id, str)
    server.container.database.write(
        lambda connection: server.container.outbox.put(
            connection, templates.confirm_code(ADA, "123456", "https://ask.uni.edu/link")
        )
    )
    server.run(partial(account_closing.close, by=id))
    do_what_is_due(server)
    assert server.wait(server.container.issuer.accounts.profile(subject)) is None
    assert [letter.subject for letter in server.mail(ADA)] == ["Your account is closed"]
    server.identity.forget("builtin", subject)
    assert len(server.mail(ADA)) == 1, "told once, however often it is done"
    assert server.party(Kind.USER, ADA) != id, "the address is free"


def test_a_login_of_another_issuer_is_not_ours_to_forget(server: ServerInProcess) -> None:
    subject = server.account(ADA)
    server.identity.forget("https://elsewhere.example", subject)
    assert server.wait(server.container.issuer.accounts.profile(subject)) is not None


def test_the_links_of_an_invitation_that_is_withdrawn_open_nothing(server: ServerInProcess) -> None:
    law = server.party(Kind.SCHOOL, "law@example.org")
    server.run(partial(workers.invite, by=law, command=Invite(key=fresh(), email=ADA, name="Ada")))
    server.run(partial(workers.invite, by=law, command=Invite(key=fresh(), email="eve@example.org", name="Eve")))
    do_what_is_due(server)
    first, second = (it.id for it in server.run(partial(workers.workers, by=law)).workers)

    def links() -> set[str]:
        rows = server.container.database.read(lambda c: c.execute("SELECT place FROM issuer_invitation").fetchall())
        return {server for (server,) in rows}

    assert links() == {first, second}
    identity = server.identity
    identity.withdraw("")  # the operator's invitations, which lead to no place, stay
    identity.withdraw(first)  # what the job does that the removal left
    assert links() == {second}
