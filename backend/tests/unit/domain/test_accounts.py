"""Who comes in by which door: the first call makes the party that an address will be for ever."""

from functools import partial
from itertools import product

import pytest
from msgspec.structs import replace

from tests.support.sample_university import ACADEMY, ANN, SCHOOL, WENDY, SampleUniversity, answers_of
from tests.support.stores import Interrupted, fresh, refused
from uconnect.domain import protocol
from uconnect.domain.context import Delivery, Plan, UseCase
from uconnect.domain.enums import Kind
from uconnect.domain.jobs import MailSchoolInvitation
from uconnect.domain.keys import AddressKey, LoginKey, PartyKey
from uconnect.domain.models import Address, Job, Login, LoginSubject, School, User, Worker
from uconnect.domain.request_bodies import Invite
from uconnect.domain.usecases import profiles, registration, workers
from uconnect.domain.views import directory
from uconnect.domain.views.pages import Done

PARTY = {Kind.USER: ANN, Kind.SCHOOL: SCHOOL, Kind.WORKER: WENDY}
SITE_PAIRS = list(product(Kind, Kind))


def enter(
    site: Kind,
    email: str = "new@x",
    subject: str = "new",
    *,
    issuer: str = "issuer",
    invited_only: bool = False,
    invitation: str = "",
) -> UseCase[str]:
    """Come to a site; on the worker site, having accepted `invitation`."""
    command = registration.Registration(
        site=site,
        issuer=issuer,
        subject=subject,
        email=email,
        name="New",
        schools_invited_only=invited_only,
        invitation=invitation,
    )
    return partial(registration.register, command=command)


def find_login(site: Kind, subject: str = "new", issuer: str = "issuer") -> UseCase[str | None]:
    return partial(registration.find_login, site=site, issuer=issuer, subject=subject)


def invited(university: SampleUniversity, by: str = SCHOOL, email: str = "new@x") -> str:
    """The place that an address was invited to."""
    university.run(partial(workers.invite, by=by, command=Invite(key=fresh(), email=email, name="As invited")))
    school = university.home.one(PartyKey(by))
    assert isinstance(school, School)
    return school.workers[-1]


def remove(worker: str, by: str = SCHOOL) -> UseCase[object]:
    return partial(workers.remove, by=by, worker_id=worker)


@pytest.fixture
def known_parties(university: SampleUniversity) -> None:
    """Each of the three has been here, under its kind as the subject."""
    for kind, id in PARTY.items():
        university.home.keep(
            Login(issuer="issuer", subject=kind, party=id), Address(email=f"{id}@x", party=id, invitations=())
        )


@pytest.mark.parametrize(("by", "face"), [(ANN, None), (SCHOOL, SCHOOL), (WENDY, SCHOOL)])
def test_each_sees_itself_and_the_school_that_it_is_or_works_for(
    university: SampleUniversity, by: str, face: str | None
) -> None:
    party, school = university.home.one(PartyKey(by)), university.home.one(PartyKey(face)) if face else None
    assert party
    assert school is None or isinstance(school, School)
    assert university.ask(partial(profiles.me, by=by)) == directory.me(party, school, None)


@pytest.mark.usefixtures("known_parties")
@pytest.mark.parametrize(("site", "kind"), SITE_PAIRS)
def test_a_known_login_enters_by_the_site_of_its_kind_and_is_shown_it_by_the_others(
    university: SampleUniversity, site: Kind, kind: Kind
) -> None:
    for use_case in (find_login(site, kind), enter(site, "whatever@x", kind)):
        if site is kind:
            assert university.plan(use_case) == Plan(PARTY[kind])
        else:
            assert university.refusal(use_case) == f"site_is_{kind}"


@pytest.mark.usefixtures("known_parties")
@pytest.mark.parametrize(("site", "kind"), SITE_PAIRS)
def test_a_new_login_of_a_known_address_is_shown_its_site_and_let_in_by_none(
    university: SampleUniversity, site: Kind, kind: Kind
) -> None:
    use_case = enter(site, f"{PARTY[kind]}@x", "another")
    assert university.refusal(use_case) == ("address_taken" if site is kind else f"site_is_{kind}")
    assert university.home.one(LoginKey("issuer", "another")) is None


@pytest.mark.parametrize("site", Kind)
def test_a_login_that_was_never_here_is_nobody_yet(university: SampleUniversity, site: Kind) -> None:
    assert university.plan(find_login(site)) == Plan(None)


@pytest.mark.usefixtures("known_parties")
def test_a_subject_is_known_to_its_issuer_alone(university: SampleUniversity) -> None:
    assert university.plan(find_login(Kind.USER, Kind.USER, "another issuer")) == Plan(None)


@pytest.mark.parametrize(("site", "kind"), [(Kind.USER, User), (Kind.SCHOOL, School)])
def test_a_new_address_becomes_what_its_site_makes_of_it(
    university: SampleUniversity, site: Kind, kind: type[User] | type[School]
) -> None:
    plan = university.plan(enter(site, "new@x"))
    party = kind(id=plan.answer, email="new@x", name="New", login=LoginSubject("issuer", "new"))
    assert plan.puts == (
        party,
        Address(email="new@x", party=party.id),
        Login(issuer="issuer", subject="new", party=party.id),
    )
    assert (plan.deletes, plan.deliveries) == ((), ())
    assert university.run(find_login(site)) == party.id


@pytest.mark.parametrize("site", [Kind.USER, Kind.SCHOOL])
def test_two_newcomers_are_two_parties(university: SampleUniversity, site: Kind) -> None:
    assert university.run(enter(site, "one@x", "one")) != university.run(enter(site, "other@x", "other"))


@pytest.mark.parametrize("site", [Kind.USER, Kind.SCHOOL])
def test_entering_again_writes_nothing(university: SampleUniversity, site: Kind) -> None:
    party = university.run(enter(site))
    assert university.plan(enter(site)) == Plan(party)
    assert university.plan(enter(site, "moved@x")) == Plan(party)  # the login is whose it is, not its address


def test_a_school_is_not_made_where_schools_are_invited_only(university: SampleUniversity) -> None:
    assert university.refusal(enter(Kind.SCHOOL, invited_only=True)) == "schools_invited_only"
    university.run(enter(Kind.USER, invited_only=True))  # which is no matter of users


@pytest.mark.usefixtures("known_parties")
def test_a_school_that_is_there_enters_where_schools_are_invited_only(university: SampleUniversity) -> None:
    assert university.run(enter(Kind.SCHOOL, "school@x", Kind.SCHOOL, invited_only=True)) == SCHOOL


def invite_school(email: str = "new@x") -> UseCase[Done]:
    return partial(registration.invite_school, email=email)


def test_an_address_that_the_operator_invited_becomes_a_school_and_is_written_to(university: SampleUniversity) -> None:
    plan = university.plan(invite_school())
    address, work = plan.puts
    assert address == Address(email="new@x", school_invited=True)
    assert isinstance(work, Job)
    assert (work.task, work.due) == (MailSchoolInvitation("new@x"), university.home.time.now)
    school = university.run(enter(Kind.SCHOOL, invited_only=True))
    assert university.home.one(AddressKey("new@x")) == Address(email="new@x", party=school)


def test_an_invitation_as_a_school_stays_beside_what_else_is_known_of_an_address(university: SampleUniversity) -> None:
    invitation = invited(university)
    university.run(invite_school())
    assert university.home.one(AddressKey("new@x")) == Address(
        email="new@x", invitations=(invitation,), school_invited=True
    )


def test_an_invitation_as_a_school_is_for_one_school(university: SampleUniversity) -> None:
    university.run(invite_school())
    university.run(enter(Kind.USER, invited_only=True))
    address = university.home.one(AddressKey("new@x"))
    assert address
    assert not address.school_invited


def test_an_address_that_is_somebodys_is_not_invited_as_a_school(university: SampleUniversity) -> None:
    university.run(enter(Kind.USER))
    assert university.refusal(invite_school()) == "address_taken"


def test_nobody_is_a_worker_without_an_invitation(university: SampleUniversity) -> None:
    assert university.refusal(enter(Kind.WORKER)) == "not_invited"
    assert university.home.one(AddressKey("new@x")) is None


def test_an_invitation_makes_a_worker_of_the_school_that_wrote_it(university: SampleUniversity) -> None:
    invitation = invited(university)
    plan = university.plan(enter(Kind.WORKER, "new@x", invitation=invitation))
    assert plan.answer == invitation
    assert plan.puts == (
        Worker(id=invitation, email="new@x", name="As invited", school=SCHOOL, joined=True),
        Address(email="new@x", party=invitation, invitations=(invitation,)),
        Login(issuer="issuer", subject="new", party=invitation),
    )
    assert plan.deliveries == (Delivery(SCHOOL, protocol.Changed(what=protocol.ChangedSubject.WORKERS)),)


@pytest.mark.parametrize("accepted", [SCHOOL, ACADEMY])
def test_of_several_invitations_the_accepted_one_counts_and_the_others_stand(
    university: SampleUniversity, accepted: str
) -> None:
    places = {by: invited(university, by) for by in (SCHOOL, ACADEMY)}
    assert university.run(enter(Kind.WORKER, invitation=places[accepted])) == places[accepted]
    found = {by: university.home.one(PartyKey(invitation)) for by, invitation in places.items()}
    assert {by for by, it in found.items() if isinstance(it, Worker) and it.joined} == {accepted}
    assert {by for by, it in found.items() if isinstance(it, Worker) and not it.removed} == {SCHOOL, ACADEMY}


@pytest.mark.parametrize("many", [1, 2])
def test_nobody_becomes_a_worker_by_coming_without_accepting(university: SampleUniversity, many: int) -> None:
    for by in (SCHOOL, ACADEMY)[:many]:
        invited(university, by)
    assert university.refusal(enter(Kind.WORKER)) == "invited"
    assert university.home.one(LoginKey("issuer", "new")) is None


def test_a_withdrawn_invitation_makes_nobody_a_worker(university: SampleUniversity) -> None:
    invitation = invited(university)
    university.run(remove(invitation))
    assert university.refusal(enter(Kind.WORKER, invitation=invitation)) == "not_invited"


@pytest.mark.parametrize("gone", ["removed", "missing", SCHOOL, ANN])
def test_a_place_that_is_no_more_or_never_was_is_passed_over(university: SampleUniversity, gone: str) -> None:
    invitation = Worker(id="removed", email="new@x", name="", school=ACADEMY, removed=True)
    stands = replace(invitation, id="stands", removed=False)
    university.home.keep(invitation, stands, Address(email="new@x", invitations=("stands", gone)))
    assert university.refusal(enter(Kind.WORKER, invitation=gone)) == "invited"
    assert university.run(enter(Kind.WORKER, invitation="stands")) == "stands"


def test_anothers_invitation_is_not_accepted_by_who_knows_its_id(university: SampleUniversity) -> None:
    invitation = invited(university, email="other@x")
    assert university.refusal(enter(Kind.WORKER, invitation=invitation)) == "not_invited"
    assert university.run(enter(Kind.WORKER, "other@x", "other", invitation=invitation)) == invitation


def test_an_invitation_is_accepted_by_its_letter_however_many_came_after_it(university: SampleUniversity) -> None:
    invitation = invited(university)
    university.home.change(Address(email="new@x", invitations=tuple(f"later-{number}" for number in range(20))))
    assert university.run(enter(Kind.WORKER, invitation=invitation)) == invitation


@pytest.mark.parametrize("site", [Kind.USER, Kind.SCHOOL])
def test_no_school_captures_a_person_by_inviting_them(university: SampleUniversity, site: Kind) -> None:
    invited(university)
    party = university.run(enter(site))
    assert university.run(find_login(site)) == party
    assert university.refusal(enter(Kind.WORKER)) == f"site_is_{site}"  # the invitation has lapsed
    assert university.refusal(enter(Kind.WORKER, subject="another")) == f"site_is_{site}"


def test_an_invitation_withdrawn_meanwhile_makes_nobody_a_worker(university: SampleUniversity) -> None:
    invitation = invited(university)
    outcome = Interrupted(
        university.home, enter(Kind.WORKER, invitation=invitation), lambda: university.run(remove(invitation))
    ).run()
    assert refused(outcome) == "not_invited"


@pytest.mark.parametrize("site", Kind)
def test_one_login_that_comes_twice_at_once_is_one_party(university: SampleUniversity, site: Kind) -> None:
    coming = enter(site, invitation=invited(university))
    twin: list[str] = []
    outcome = Interrupted(university.home, coming, lambda: twin.append(university.run(coming))).run()
    assert answers_of([outcome]) == twin


def test_one_address_that_comes_by_two_sites_at_once_is_one_party(university: SampleUniversity) -> None:
    twin = partial(university.run, enter(Kind.SCHOOL, subject="another"))
    assert refused(Interrupted(university.home, enter(Kind.USER), twin).run()) == "site_is_school"


@pytest.fixture
def removed(university: SampleUniversity) -> str:
    """A worker that had come and was removed."""
    worker = invited(university)
    university.run(enter(Kind.WORKER, invitation=worker))
    university.run(remove(worker))
    return worker


@pytest.mark.parametrize("site", Kind)
def test_a_removed_worker_is_as_one_that_was_never_here(university: SampleUniversity, removed: str, site: Kind) -> None:
    assert university.plan(find_login(site)) == Plan(None)


def test_a_removed_worker_comes_back_by_no_site_of_workers_until_it_is_invited(
    university: SampleUniversity, removed: str
) -> None:
    assert university.refusal(enter(Kind.WORKER, invitation=removed)) == "not_invited"
    invitation = invited(university, ACADEMY)
    assert university.run(enter(Kind.WORKER, invitation=invitation)) == invitation != removed
    assert university.run(find_login(Kind.WORKER)) == invitation


def test_a_removed_worker_may_become_a_user(university: SampleUniversity, removed: str) -> None:
    user = university.run(enter(Kind.USER))
    assert isinstance(university.home.one(PartyKey(user)), User)
    assert university.run(find_login(Kind.USER)) == user


@pytest.mark.parametrize("site", Kind)
def test_a_login_whose_party_is_gone_has_ended(university: SampleUniversity, site: Kind) -> None:
    university.home.keep(Login(issuer="issuer", subject="new", party="gone"), Address(email="gone@x", party="gone"))
    assert university.refusal(find_login(site)) == "account_ended"
    assert university.refusal(enter(site)) == "account_ended"
    assert university.refusal(enter(site, "gone@x", "another")) == "account_ended"
