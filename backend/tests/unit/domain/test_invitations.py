"""A person is asked whose worker they will be: they read each school's name, and one answer accepts one invitation."""

from functools import partial

import pytest

from tests.support.sample_university import ACADEMY, ANN, SCHOOL, WENDY, SampleUniversity
from tests.support.stores import Interrupted, fresh, refused
from tests.unit.domain.test_accounts import invited, remove
from uconnect.domain import protocol
from uconnect.domain.context import Delivery, Plan, UseCase
from uconnect.domain.enums import Kind
from uconnect.domain.keys import PartyKey
from uconnect.domain.models import Address, Login, School, Worker
from uconnect.domain.request_bodies import ProfileUpdate
from uconnect.domain.usecases import account_closing, invitations, profiles, registration
from uconnect.domain.views.directory import Invitation
from uconnect.domain.views.pages import Done, InvitationList


def who(email: str = "new@x", subject: str = "new", site: Kind = Kind.WORKER) -> registration.Registration:
    return registration.Registration(site=site, issuer="issuer", subject=subject, email=email, name="New")


def pending(person: registration.Registration | None = None) -> UseCase[InvitationList]:
    return partial(invitations.pending, who=person or who())


def accept(place: str, person: registration.Registration | None = None) -> UseCase[Done]:
    return partial(invitations.accept, who=person or who(), id=place)


def shown(place: str) -> UseCase[Invitation]:
    return partial(invitations.invited_by, id=place)


def pending_invitations(
    university: SampleUniversity, person: registration.Registration | None = None
) -> list[tuple[str, str]]:
    return [(it.id, it.school) for it in university.ask(pending(person)).invitations]


def joined(university: SampleUniversity, place: str) -> bool:
    worker = university.home.one(PartyKey(place))
    assert isinstance(worker, Worker)
    return worker.joined


def test_a_person_is_shown_each_school_that_invites_them_by_its_name(university: SampleUniversity) -> None:
    places = invited(university, SCHOOL, "new@x"), invited(university, ACADEMY)
    assert pending_invitations(university, who("new@x")) == [(places[0], "School"), (places[1], "Academy")]
    university.run(remove(places[0]))
    assert pending_invitations(university) == [(places[1], "Academy")]


def test_the_name_is_the_schools_name_of_now(university: SampleUniversity) -> None:
    place = invited(university)
    face = ProfileUpdate(name="School of Law", about="", hours=(), zone="")
    university.run(partial(profiles.update_profile, by=SCHOOL, command=face))
    assert pending_invitations(university) == [(place, "School of Law")]
    assert university.ask(shown(place)) == Invitation(id=place, school="School of Law")


@pytest.mark.parametrize("address", [None, Address(email="new@x"), Address(email="new@x", invitations=("gone", ANN))])
def test_whom_nobody_invites_is_asked_nothing(university: SampleUniversity, address: Address | None) -> None:
    if address:
        university.home.keep(address)
    assert pending_invitations(university) == []


def test_an_invitation_of_a_school_that_is_not_there_is_not_shown(university: SampleUniversity) -> None:
    university.home.keep(
        Worker(id="p", email="new@x", name="N", school="lost"), Address(email="new@x", invitations=("p",))
    )
    assert pending_invitations(university) == []
    assert university.refusal(shown("p")) == "not_found"


def test_accepting_one_makes_that_schools_worker_and_tells_that_school(university: SampleUniversity) -> None:
    honest, other = invited(university, SCHOOL), invited(university, ACADEMY)
    plan = university.plan(accept(honest))
    assert plan.answer == Done()
    assert plan.deliveries == (Delivery(SCHOOL, protocol.Changed(what=protocol.ChangedSubject.WORKERS)),)
    assert (joined(university, honest), joined(university, other)) == (True, False)
    me = university.ask(partial(profiles.me, by=honest))
    assert (me.name, me.card.name if me.card else None, me.may_leave) == ("As invited", "School", True)


def test_accepted_again_it_is_answered_as_the_first_time_and_another_is_not_there(university: SampleUniversity) -> None:
    honest, other = invited(university, SCHOOL), invited(university, ACADEMY)
    university.run(accept(honest))
    assert university.plan(accept(honest)) == Plan(Done())
    assert university.refusal(accept(other)) == "not_found"
    assert pending_invitations(university) == []


def test_the_other_invitation_keeps_its_place_at_its_school(university: SampleUniversity) -> None:
    honest, other = invited(university, SCHOOL), invited(university, ACADEMY)
    university.run(accept(honest))
    academy = university.home.one(PartyKey(ACADEMY))
    assert isinstance(academy, School)
    assert academy.workers == (other,)
    university.run(remove(honest))
    assert pending_invitations(university) == [
        (other, "Academy")
    ]  # the address is free again, and that one still stands


def every_other_place(university: SampleUniversity) -> dict[str, str]:
    lapsed, taken = invited(university, ACADEMY), invited(university, ACADEMY, "taken@x")
    university.run(remove(lapsed, ACADEMY))
    university.run(accept(taken, who("taken@x", "taken")))
    foreign = invited(university, ACADEMY, "other@x")
    return {"lapsed": lapsed, "accepted": taken, "foreign": foreign, "unknown": fresh(), "user": ANN, "worker": WENDY}


@pytest.mark.parametrize("invites", [True, False])
@pytest.mark.parametrize("which", ["lapsed", "accepted", "foreign", "unknown", "user", "worker"])
def test_what_cannot_be_accepted_is_one_and_the_same_answer(
    university: SampleUniversity, which: str, invites: bool
) -> None:
    place = every_other_place(university)[which]
    if invites:
        invited(university)
    assert university.refusal(accept(place)) == "not_found"
    assert len(pending_invitations(university)) == invites  # and nothing has changed


@pytest.mark.parametrize("which", ["lapsed", "accepted", "unknown", "user", "worker"])
def test_who_invites_is_told_of_no_place_that_nobody_waits_for(university: SampleUniversity, which: str) -> None:
    assert university.refusal(shown(every_other_place(university)[which])) == "not_found"


@pytest.mark.parametrize("somebody", [True, False])
def test_who_invites_is_told_alike_whether_the_address_has_an_account(
    university: SampleUniversity, somebody: bool
) -> None:
    place = invited(university)
    if somebody:
        university.run(partial(registration.register, command=who(site=Kind.USER)))
    assert university.ask(shown(place)) == Invitation(id=place, school="School")


@pytest.mark.parametrize("site", [Kind.USER, Kind.SCHOOL])
def test_on_another_site_there_are_no_invitations(university: SampleUniversity, site: Kind) -> None:
    place = invited(university)
    assert university.refusal(pending(who(site=site))) == "not_found"
    assert university.refusal(accept(place, who(site=site))) == "not_found"
    assert pending_invitations(university) == [(place, "School")]


@pytest.mark.parametrize("site", [Kind.USER, Kind.SCHOOL])
def test_who_is_somebody_already_is_shown_its_site(university: SampleUniversity, site: Kind) -> None:
    place = invited(university)
    university.run(partial(registration.register, command=who(site=site)))
    assert university.refusal(pending()) == f"site_is_{site}"
    assert university.refusal(accept(place)) == f"site_is_{site}"
    again = who(subject="another")
    assert pending_invitations(university, again) == []
    assert university.refusal(accept(place, again)) == f"site_is_{site}"


def test_a_login_whose_party_is_gone_has_ended(university: SampleUniversity) -> None:
    university.home.keep(Login(issuer="issuer", subject="new", party="gone"))
    assert university.refusal(pending()) == "account_ended"
    assert university.refusal(accept("place")) == "account_ended"


# --- races


def test_an_invitation_withdrawn_while_it_is_accepted_makes_nobody_a_worker(university: SampleUniversity) -> None:
    place = invited(university)
    outcome = Interrupted(university.home, accept(place), partial(university.run, remove(place))).run()
    assert refused(outcome) == "not_found"


def test_a_school_that_closes_while_its_invitation_is_accepted_has_no_worker(university: SampleUniversity) -> None:
    university.signed_in(SCHOOL)
    place = invited(university)

    def close() -> None:
        university.run(partial(account_closing.close, by=SCHOOL))
        university.run(partial(account_closing.finish_closing, school=SCHOOL))

    assert refused(Interrupted(university.home, accept(place), close).run()) == "not_found"


def test_of_two_invitations_accepted_at_once_one_counts(university: SampleUniversity) -> None:
    one, other = invited(university, SCHOOL), invited(university, ACADEMY)
    outcome = Interrupted(university.home, accept(one), partial(university.run, accept(other))).run()
    assert refused(outcome) == "not_found"
    assert (joined(university, one), joined(university, other)) == (False, True)
