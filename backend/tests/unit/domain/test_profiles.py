"""What a party says of itself changes that alone, and only those who are shown it are told to ask again."""

from collections.abc import Callable
from functools import partial

import pytest
from msgspec.structs import replace

from tests.support.sample_university import ACADEMY, ANN, BOB, SCHOOL, WALT, WENDY, SampleUniversity
from tests.support.stores import Interrupted, Time
from uconnect.domain import notifications, protocol, rate_limit
from uconnect.domain.context import Delivery, Plan, UseCase
from uconnect.domain.enums import ActKind, Kind, Policy
from uconnect.domain.errors import RefusalCode
from uconnect.domain.keys import PartyKey, PictureKey
from uconnect.domain.models import OfficeHours, Party, Picture, RateLimitState, School, Worker
from uconnect.domain.request_bodies import (
    AvailabilityUpdate,
    NameUpdate,
    OpeningHours,
    PictureUpload,
    PolicyUpdate,
    ProfileUpdate,
)
from uconnect.domain.usecases import profiles, threads, workers
from uconnect.domain.usecases.school_acts import by_school
from uconnect.domain.views.directory import directory_card
from uconnect.domain.views.pages import Done
from uconnect.domain.views.school import Person

ME, WORKERS = protocol.Changed(what=protocol.ChangedSubject.ME), protocol.Changed(what=protocol.ChangedSubject.WORKERS)
TO_THE_SCHOOL = (Delivery(SCHOOL, ME), Delivery(WENDY, ME), Delivery(WALT, ME))
PROFILE = ProfileUpdate(
    name="School of Law",
    about="Two floors up.",
    hours=(OpeningHours(day=1, opens=540, closes=720), OpeningHours(day=1, opens=780, closes=1020)),
    zone="Europe/Vienna",
)


def rename(by: str, name: str = "New") -> UseCase[Done]:
    return partial(profiles.rename, by=by, command=NameUpdate(name=name))


def present(by: str = SCHOOL) -> UseCase[Done]:
    return partial(profiles.update_profile, by=by, command=PROFILE)


def choose(policy: Policy, by: str = SCHOOL) -> UseCase[Done]:
    return partial(profiles.update_policy, by=by, command=PolicyUpdate(policy=policy))


def portray(image: bytes, by: str = SCHOOL) -> UseCase[Done]:
    return partial(profiles.update_picture, by=by, command=PictureUpload(image=image))


def switch(available: bool, by: str = WENDY) -> UseCase[Done]:
    return partial(profiles.update_availability, by=by, command=AvailabilityUpdate(available=available))


def party(university: SampleUniversity, id: str) -> Party:
    found = university.home.one(PartyKey(id))
    assert found
    return found


def school(university: SampleUniversity, id: str = SCHOOL) -> School:
    found = party(university, id)
    assert isinstance(found, School)
    return found


def acquainted(party: str, *told: Delivery) -> tuple[Delivery, ...]:
    """The deliveries to those whom a party has threads with: always as many look-ups (leak 24)."""
    return (*told, *[Delivery(party, None)] * (notifications.NOTIFIED_THREADS - len(told)))


def used(by: str, time: Time) -> RateLimitState:
    return RateLimitState(party=by, what="profile", due=time.now + rate_limit.PROFILE.every)


@pytest.mark.parametrize(
    ("by", "told"),
    [
        (ANN, (Delivery(ANN, ME), *acquainted(ANN))),
        (WENDY, (Delivery(WENDY, ME), Delivery(SCHOOL, WORKERS))),
        (SCHOOL, (*acquainted(SCHOOL), *TO_THE_SCHOOL, *acquainted(SCHOOL))),
        (ACADEMY, (*acquainted(ACADEMY), Delivery(ACADEMY, ME), *acquainted(ACADEMY))),
    ],
)
def test_a_party_takes_another_name_and_those_are_told_who_are_shown_it(
    university: SampleUniversity, time: Time, by: str, told: tuple[Delivery, ...]
) -> None:
    before = party(university, by)
    plan = university.plan(rename(by))
    acts = by_school(by, ActKind.CHANGED_NAME) if isinstance(before, School) else ()
    assert plan == Plan(Done(), puts=(replace(before, name="New"), used(by, time)), deliveries=told, acts=acts)
    assert party(university, by) == replace(before, name="New")


def test_those_who_see_a_name_hear_of_a_new_one(university: SampleUniversity) -> None:
    """The schools that an owner has asked, ended threads too, and the owners who have asked a school; each once."""
    for to in (SCHOOL, SCHOOL, ACADEMY):
        university.raised(to=to)
        university.home.time.now += 1  # the latest first
    ended = university.raised(BOB, ACADEMY)
    university.run(partial(threads.terminate, by=BOB, id=ended.raiser_id))
    university.raised(SCHOOL, ACADEMY)
    ann = protocol.OwnerChanged(owner=Person(id=ANN, kind=Kind.USER, name="New", email="ann@x"))
    told = university.plan(rename(ANN)).deliveries
    assert told == (Delivery(ANN, ME), *acquainted(ANN, Delivery(ACADEMY, ann), Delivery(SCHOOL, ann)))
    told = university.plan(rename(SCHOOL)).deliveries
    card = protocol.SchoolChanged(school=directory_card(school(university)))
    person = protocol.OwnerChanged(owner=Person(id=SCHOOL, kind=Kind.SCHOOL, name="New", email="school@x"))
    raisers, schools = acquainted(SCHOOL, Delivery(ANN, card)), acquainted(SCHOOL, Delivery(ACADEMY, person))
    assert told == (*raisers, *TO_THE_SCHOOL, *schools)
    asked = [it.to for it in university.plan(rename(ACADEMY)).deliveries if isinstance(it.frame, type(card))]
    assert sorted(asked) == sorted([SCHOOL, BOB, ANN])


@pytest.mark.parametrize("change", [present(), portray(b"an owl")], ids=["profile", "picture"])
def test_who_has_asked_a_school_hears_of_what_it_shows_anew(
    university: SampleUniversity, change: UseCase[Done]
) -> None:
    university.raised()
    told = university.plan(change).deliveries
    assert told[0] == Delivery(ANN, protocol.SchoolChanged(school=directory_card(school(university))))


def test_a_worker_never_hears_of_a_requesters_new_name(university: SampleUniversity) -> None:
    university.raised().offload(WENDY)
    assert WENDY not in {it.to for it in university.plan(rename(ANN)).deliveries}
    told = university.plan(rename(SCHOOL)).deliveries
    assert [it.frame for it in told if it.to == WENDY] == [ME]


def test_the_other_sides_of_the_latest_threads_alone_hear_at_once(
    university: SampleUniversity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notifications, "NOTIFIED_THREADS", 1)
    for to in (SCHOOL, ACADEMY):
        university.raised(to=to)
        university.home.time.now += 1
    assert [it.to for it in university.plan(rename(ANN)).deliveries] == [ANN, ACADEMY]  # one look-up


def test_a_school_says_of_itself_what_the_directory_shows(university: SampleUniversity, time: Time) -> None:
    before = school(university)
    plan = university.plan(present())
    after = replace(
        before,
        name="School of Law",
        about="Two floors up.",
        hours=(OfficeHours(day=1, opens=540, closes=720), OfficeHours(day=1, opens=780, closes=1020)),
        zone="Europe/Vienna",
    )
    told = (*acquainted(SCHOOL), *TO_THE_SCHOOL, *acquainted(SCHOOL))
    acts = by_school(SCHOOL, ActKind.CHANGED_PROFILE)
    assert plan == Plan(Done(), puts=(after, used(SCHOOL, time)), deliveries=told, acts=acts)


@pytest.mark.parametrize(
    ("command", "changed"),
    [
        (ProfileUpdate(name="Law"), {"name": "Law"}),
        (ProfileUpdate(about=""), {"about": ""}),
        (ProfileUpdate(hours=()), {"hours": ()}),
        (ProfileUpdate(zone="Asia/Tokyo"), {"zone": "Asia/Tokyo"}),
    ],
    ids=str,
)
def test_what_a_school_does_not_say_anew_stays_as_it_was(
    university: SampleUniversity, command: ProfileUpdate, changed: dict[str, object]
) -> None:
    university.run(present())
    before = school(university)
    university.run(partial(profiles.update_profile, by=SCHOOL, command=command))
    assert school(university) == replace(before, **changed)


@pytest.mark.parametrize("policy", Policy)
def test_a_school_chooses_its_policy_and_hears_of_it_on_its_other_devices(
    university: SampleUniversity, time: Time, policy: Policy
) -> None:
    before = school(university)
    plan = university.plan(choose(policy))
    puts = (replace(before, policy=policy), used(SCHOOL, time))
    acts = by_school(SCHOOL, ActKind.CHANGED_POLICY)
    assert plan == Plan(Done(), puts=puts, deliveries=(Delivery(SCHOOL, ME),), acts=acts)


@pytest.mark.parametrize("available", [False, True])
def test_a_worker_switches_itself_and_its_school_is_told(
    university: SampleUniversity, time: Time, available: bool
) -> None:
    before = party(university, WENDY)
    assert isinstance(before, Worker)
    plan = university.plan(switch(available))
    told = (Delivery(WENDY, ME), Delivery(SCHOOL, WORKERS))
    puts = (replace(before, available=available), used(WENDY, time))
    assert plan == Plan(Done(), puts=puts, deliveries=told)


def test_a_picture_is_kept_under_an_id_of_its_own_and_anyone_may_look_at_it(
    university: SampleUniversity, time: Time
) -> None:
    before = school(university)
    plan = university.plan(portray(b"an owl"))
    after = school(university)
    assert plan == Plan(
        Done(),
        puts=(
            replace(before, picture=after.picture),
            RateLimitState(party=SCHOOL, what="picture", due=time.now + rate_limit.PICTURE.every),
            Picture(id=after.picture, school=SCHOOL, image=b"an owl"),
        ),
        deliveries=(*acquainted(SCHOOL), *TO_THE_SCHOOL, *acquainted(SCHOOL)),
        acts=by_school(SCHOOL, ActKind.CHANGED_PICTURE),
    )
    assert university.ask(partial(profiles.picture, id=after.picture)) == b"an owl"


@pytest.mark.parametrize("image", [b"a raven", b""])
def test_another_picture_or_none_takes_the_place_of_the_first(university: SampleUniversity, image: bytes) -> None:
    university.run(portray(b"an owl"))
    first = school(university).picture
    university.run(portray(image))
    assert university.home.one(PictureKey(first)) is None
    assert university.refusal(partial(profiles.picture, id=first)) == "not_found"
    assert (school(university).picture != "") is (image != b"")
    assert school(university).picture != first


def test_a_picture_that_was_never_there_is_not_found(university: SampleUniversity) -> None:
    assert university.home.store.run(partial(profiles.picture, id="nothing")) == RefusalCode.NOT_FOUND.refusal


def test_no_picture_taken_away_is_no_picture(university: SampleUniversity) -> None:
    plan = university.plan(portray(b""))
    assert (plan.deletes, school(university).picture) == ((), "")


def test_ten_pictures_can_be_sent_at_once_then_one_a_minute(university: SampleUniversity, time: Time) -> None:
    for _ in range(10):
        university.run(portray(b"an owl"))
    kept = school(university)
    assert university.refusal(portray(b"a raven")) == "too_fast"
    assert school(university) == kept
    university.run(portray(b"a raven", ACADEMY))  # whose pace is its own
    time.now += rate_limit.PICTURE.every
    university.run(portray(b"a raven"))
    assert university.refusal(portray(b"a raven")) == "too_fast"


@pytest.mark.parametrize(
    ("by", "change"),
    [
        (ANN, rename(ANN)),
        (SCHOOL, present()),
        (SCHOOL, choose(Policy.AUTOMATIC)),
        (WENDY, switch(available=False)),
    ],
    ids=lambda it: it if isinstance(it, str) else it.func.__name__,
)
def test_of_itself_a_party_says_thirty_things_at_once_then_one_each_two_seconds(
    university: SampleUniversity, time: Time, by: str, change: UseCase[Done]
) -> None:
    for _ in range(29):
        university.run(rename(by))
    university.run(change)
    before = party(university, by)
    assert university.refusal(change) == "too_fast"
    assert party(university, by) == before
    time.now += rate_limit.PROFILE.every
    university.run(change)


@pytest.mark.parametrize(
    "change", [rename(SCHOOL), present(), choose(Policy.AUTOMATIC), portray(b"an owl")], ids=lambda it: it.func.__name__
)
def test_what_changes_meanwhile_at_a_school_is_not_undone(university: SampleUniversity, change: UseCase[Done]) -> None:
    meanwhile = partial(university.run, partial(workers.remove, by=SCHOOL, worker_id=WENDY))
    assert isinstance(Interrupted(university.home, change, meanwhile).run(), Plan)
    assert school(university).workers == (WALT,)


@pytest.mark.parametrize("change", [partial(rename, WENDY), partial(switch, False)], ids=["rename", "switch"])
def test_a_worker_removed_meanwhile_is_no_worker_again(
    university: SampleUniversity, change: Callable[[], UseCase[Done]]
) -> None:
    meanwhile = partial(university.run, partial(workers.remove, by=SCHOOL, worker_id=WENDY))
    assert Interrupted(university.home, change(), meanwhile).run() == RefusalCode.ACCOUNT_ENDED.refusal
