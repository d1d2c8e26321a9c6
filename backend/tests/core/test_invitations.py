"""A person is asked whose worker they will be: they read each school's name, and one answer accepts one invitation."""

from functools import partial

import pytest

from tests.core.test_accounts import invited, remove
from tests.kit.cast import ACADEMY, ANN, SCHOOL, WENDY, Cast
from tests.kit.homes import Interrupted, fresh, refused
from uconnect.core import wire
from uconnect.core.commands import Face
from uconnect.core.decide import accounts, closing, invitations, profiles
from uconnect.core.facts import Delivery, Plan, UseCase
from uconnect.core.keys import PartyKey
from uconnect.core.model import Address, Login, School, Worker
from uconnect.core.terms import Kind
from uconnect.core.views.directory import Invitation
from uconnect.core.views.pages import Done, InvitationList


def who(email: str = "new@x", subject: str = "new", site: Kind = Kind.WORKER) -> accounts.Enter:
    return accounts.Enter(site=site, issuer="issuer", subject=subject, email=email, name="New")


def pending(person: accounts.Enter | None = None) -> UseCase[InvitationList]:
    return partial(invitations.pending, who=person or who())


def accept(place: str, person: accounts.Enter | None = None) -> UseCase[Done]:
    return partial(invitations.accept, who=person or who(), place=place)


def shown(place: str) -> UseCase[Invitation]:
    return partial(invitations.invited_by, place=place)


def asked(cast: Cast, person: accounts.Enter | None = None) -> list[tuple[str, str]]:
    return [(it.id, it.school) for it in cast.ask(pending(person)).invitations]


def joined(cast: Cast, place: str) -> bool:
    worker = cast.home.one(PartyKey(place))
    assert isinstance(worker, Worker)
    return worker.joined


def test_a_person_is_shown_each_school_that_invites_them_by_its_name(cast: Cast) -> None:
    places = invited(cast, SCHOOL, "new@x"), invited(cast, ACADEMY)
    assert asked(cast, who("new@x")) == [(places[0], "School"), (places[1], "Academy")]
    cast.run(remove(places[0]))
    assert asked(cast) == [(places[1], "Academy")]


def test_the_name_is_the_schools_name_of_now(cast: Cast) -> None:
    place = invited(cast)
    face = Face(name="School of Law", about="", hours=(), zone="")
    cast.run(partial(profiles.present, by=SCHOOL, command=face))
    assert asked(cast) == [(place, "School of Law")]
    assert cast.ask(shown(place)) == Invitation(id=place, school="School of Law")


@pytest.mark.parametrize("address", [None, Address(email="new@x"), Address(email="new@x", invitations=("gone", ANN))])
def test_whom_nobody_invites_is_asked_nothing(cast: Cast, address: Address | None) -> None:
    if address:
        cast.home.keep(address)
    assert asked(cast) == []


def test_an_invitation_of_a_school_that_is_not_there_is_not_shown(cast: Cast) -> None:
    cast.home.keep(Worker(id="p", email="new@x", name="N", school="lost"), Address(email="new@x", invitations=("p",)))
    assert asked(cast) == []
    assert cast.refusal(shown("p")) == "not_found"


def test_accepting_one_makes_that_schools_worker_and_tells_that_school(cast: Cast) -> None:
    honest, other = invited(cast, SCHOOL), invited(cast, ACADEMY)
    plan = cast.plan(accept(honest))
    assert plan.answer == Done()
    assert plan.deliveries == (Delivery(SCHOOL, wire.Changed(what=wire.What.WORKERS)),)
    assert (joined(cast, honest), joined(cast, other)) == (True, False)
    me = cast.ask(partial(profiles.me, by=honest))
    assert (me.name, me.card.name if me.card else None, me.may_leave) == ("As invited", "School", True)


def test_accepted_again_it_is_answered_as_the_first_time_and_another_is_not_there(cast: Cast) -> None:
    honest, other = invited(cast, SCHOOL), invited(cast, ACADEMY)
    cast.run(accept(honest))
    assert cast.plan(accept(honest)) == Plan(Done())
    assert cast.refusal(accept(other)) == "not_found"
    assert asked(cast) == []


def test_the_other_invitation_keeps_its_place_at_its_school(cast: Cast) -> None:
    honest, other = invited(cast, SCHOOL), invited(cast, ACADEMY)
    cast.run(accept(honest))
    academy = cast.home.one(PartyKey(ACADEMY))
    assert isinstance(academy, School)
    assert academy.workers == (other,)
    cast.run(remove(honest))
    assert asked(cast) == [(other, "Academy")]  # the address is free again, and that one still stands


def every_other_place(cast: Cast) -> dict[str, str]:
    lapsed, taken = invited(cast, ACADEMY), invited(cast, ACADEMY, "taken@x")
    cast.run(remove(lapsed, ACADEMY))
    cast.run(accept(taken, who("taken@x", "taken")))
    foreign = invited(cast, ACADEMY, "other@x")
    return {"lapsed": lapsed, "accepted": taken, "foreign": foreign, "unknown": fresh(), "user": ANN, "worker": WENDY}


@pytest.mark.parametrize("invites", [True, False])
@pytest.mark.parametrize("which", ["lapsed", "accepted", "foreign", "unknown", "user", "worker"])
def test_what_cannot_be_accepted_is_one_and_the_same_answer(cast: Cast, which: str, invites: bool) -> None:
    place = every_other_place(cast)[which]
    if invites:
        invited(cast)
    assert cast.refusal(accept(place)) == "not_found"
    assert len(asked(cast)) == invites  # and nothing has changed


@pytest.mark.parametrize("which", ["lapsed", "accepted", "unknown", "user", "worker"])
def test_who_invites_is_told_of_no_place_that_nobody_waits_for(cast: Cast, which: str) -> None:
    assert cast.refusal(shown(every_other_place(cast)[which])) == "not_found"


@pytest.mark.parametrize("somebody", [True, False])
def test_who_invites_is_told_alike_whether_the_address_has_an_account(cast: Cast, somebody: bool) -> None:
    place = invited(cast)
    if somebody:
        cast.run(partial(accounts.enter, command=who(site=Kind.USER)))
    assert cast.ask(shown(place)) == Invitation(id=place, school="School")


@pytest.mark.parametrize("site", [Kind.USER, Kind.SCHOOL])
def test_on_another_site_there_are_no_invitations(cast: Cast, site: Kind) -> None:
    place = invited(cast)
    assert cast.refusal(pending(who(site=site))) == "not_found"
    assert cast.refusal(accept(place, who(site=site))) == "not_found"
    assert asked(cast) == [(place, "School")]


@pytest.mark.parametrize("site", [Kind.USER, Kind.SCHOOL])
def test_who_is_somebody_already_is_shown_its_door(cast: Cast, site: Kind) -> None:
    place = invited(cast)
    cast.run(partial(accounts.enter, command=who(site=site)))
    assert cast.refusal(pending()) == f"site_is_{site}"
    assert cast.refusal(accept(place)) == f"site_is_{site}"
    again = who(subject="another")
    assert asked(cast, again) == []
    assert cast.refusal(accept(place, again)) == f"site_is_{site}"


def test_a_login_whose_party_is_gone_has_ended(cast: Cast) -> None:
    cast.home.keep(Login(issuer="issuer", subject="new", party="gone"))
    assert cast.refusal(pending()) == "account_ended"
    assert cast.refusal(accept("place")) == "account_ended"


# --- races


def test_an_invitation_withdrawn_while_it_is_accepted_makes_nobody_a_worker(cast: Cast) -> None:
    place = invited(cast)
    outcome = Interrupted(cast.home, accept(place), partial(cast.run, remove(place))).run()
    assert refused(outcome) == "not_found"


def test_a_school_that_closes_while_its_invitation_is_accepted_has_no_worker(cast: Cast) -> None:
    cast.signed_in(SCHOOL)
    place = invited(cast)

    def close() -> None:
        cast.run(partial(closing.close, by=SCHOOL))
        cast.run(partial(closing.settle, school=SCHOOL))

    assert refused(Interrupted(cast.home, accept(place), close).run()) == "not_found"


def test_of_two_invitations_accepted_at_once_one_counts(cast: Cast) -> None:
    one, other = invited(cast, SCHOOL), invited(cast, ACADEMY)
    outcome = Interrupted(cast.home, accept(one), partial(cast.run, accept(other))).run()
    assert refused(outcome) == "not_found"
    assert (joined(cast, one), joined(cast, other)) == (False, True)
