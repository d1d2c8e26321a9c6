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
from uconnect.entrypoints.server.job_adapters import IdentityAdapter, MailAdapter
from uconnect.oidc_provider import accounts as logins

ADA = "ada@example.org"


def do_what_is_due(place: ServerInProcess) -> None:
    parts = place.parts
    outside = JobDependencies(
        lambda _: None,
        MailAdapter(parts.database, parts.outbox, parts.issuer),
        IdentityAdapter(parts.database, parts.outbox),
        _raised,
    )
    while run_due_jobs(parts.service.store, outside):
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
    place = open_server(SCHOOLS="invited")
    assert place.enter(Kind.SCHOOL, place.account(ADA)) == RefusalCode.SCHOOLS_INVITED_ONLY.refusal
    assert not place.parts.issuer.offers_sign_up("uconnect-school")
    assert place.parts.issuer.offers_sign_up("uconnect-user")
    place.run(partial(registration.invite_school, email="law@example.org"))
    assert isinstance(place.enter(Kind.SCHOOL, place.account("law@example.org")), str)


def test_an_invited_school_is_written_a_link(place: ServerInProcess) -> None:
    place.run(partial(registration.invite_school, email=ADA))
    do_what_is_due(place)
    (letter,) = place.mail(ADA)
    assert letter.subject == "Your school is invited to uconnect"
    assert "http://localhost:8000/school/#invitation=" in letter.text


def test_a_party_goes_along_to_its_logins_new_address(place: ServerInProcess) -> None:
    subject = place.account(ADA)
    id = place.enter(Kind.USER, subject)
    assert isinstance(id, str)
    place.parts.database.write(lambda connection: logins.change_email(connection, subject, "ada@new.example.org"))
    place.wait(place.parts.issuer.email_changes.deliver())
    assert place.me(id).email == "ada@new.example.org"
    other = place.party(Kind.SCHOOL, ADA)
    assert other != id


def test_a_move_that_could_not_be_kept_is_told_again(place: ServerInProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    subject = place.account(ADA)
    id = place.enter(Kind.USER, subject)
    assert isinstance(id, str)
    place.parts.database.write(lambda connection: logins.change_email(connection, subject, "ada@new.example.org"))

    async def full(_: object) -> None:
        raise Unavailable

    with monkeypatch.context() as patch:
        patch.setattr(place.parts.service.store, "run_soon", full)
        place.wait(place.parts.issuer.email_changes.deliver())
    assert place.me(id).email == ADA
    place.wait(place.parts.issuer.email_changes.deliver())
    assert place.me(id).email == "ada@new.example.org"


def test_of_a_closed_account_its_login_goes_and_one_letter_says_so(place: ServerInProcess) -> None:
    subject = place.account(ADA)
    id = place.enter(Kind.USER, subject)
    assert isinstance(id, str)
    place.parts.database.write(
        lambda connection: place.parts.outbox.put(
            connection, templates.confirm_code(ADA, "123456", "https://ask.uni.edu/link")
        )
    )
    place.run(partial(account_closing.close, by=id))
    do_what_is_due(place)
    assert place.wait(place.parts.issuer.accounts.profile(subject)) is None
    assert [letter.subject for letter in place.mail(ADA)] == ["Your account is closed"]
    IdentityAdapter(place.parts.database, place.parts.outbox).forget("builtin", subject)
    assert len(place.mail(ADA)) == 1, "told once, however often it is done"
    assert place.party(Kind.USER, ADA) != id, "the address is free"


def test_a_login_of_another_issuer_is_not_ours_to_forget(place: ServerInProcess) -> None:
    subject = place.account(ADA)
    IdentityAdapter(place.parts.database, place.parts.outbox).forget("https://elsewhere.example", subject)
    assert place.wait(place.parts.issuer.accounts.profile(subject)) is not None


def test_the_links_of_an_invitation_that_is_withdrawn_open_nothing(place: ServerInProcess) -> None:
    law = place.party(Kind.SCHOOL, "law@example.org")
    place.run(partial(workers.invite, by=law, command=Invite(key=fresh(), email=ADA, name="Ada")))
    place.run(partial(workers.invite, by=law, command=Invite(key=fresh(), email="eve@example.org", name="Eve")))
    do_what_is_due(place)
    first, second = (it.id for it in place.run(partial(workers.workers, by=law)).workers)

    def links() -> set[str]:
        rows = place.parts.database.read(lambda c: c.execute("SELECT place FROM issuer_invitation").fetchall())
        return {place for (place,) in rows}

    assert links() == {first, second}
    identity = IdentityAdapter(place.parts.database, place.parts.outbox)
    identity.withdraw("")  # the operator's invitations, which lead to no place, stay
    identity.withdraw(first)  # what the job does that the removal left
    assert links() == {second}
