"""What a party says of itself changes that alone, and only those who are shown it are told to ask again."""

from collections.abc import Callable
from functools import partial

import pytest
from msgspec.structs import replace

from tests.kit.cast import ACADEMY, ANN, SCHOOL, WALT, WENDY, Cast
from tests.kit.homes import Interrupted, Time
from uconnect.core import pace, wire
from uconnect.core.commands import Availability, Face, Name, OpenOn, Policied, Portrait
from uconnect.core.decide import profiles, workers
from uconnect.core.facts import Delivery, Plan, UseCase
from uconnect.core.keys import PartyKey, PictureKey
from uconnect.core.model import Hours, Pace, Party, Picture, School, Worker
from uconnect.core.refusals import Refused
from uconnect.core.terms import Policy
from uconnect.core.views.pages import Done

ME, WORKERS = wire.Changed(what=wire.What.ME), wire.Changed(what=wire.What.WORKERS)
FACE = Face(
    name="School of Law",
    about="Two floors up.",
    hours=(OpenOn(day=1, opens=540, closes=720), OpenOn(day=1, opens=780, closes=1020)),
    zone="Europe/Vienna",
)


def rename(by: str, name: str = "New") -> UseCase[Done]:
    return partial(profiles.rename, by=by, command=Name(name=name))


def present(by: str = SCHOOL) -> UseCase[Done]:
    return partial(profiles.present, by=by, command=FACE)


def choose(policy: Policy, by: str = SCHOOL) -> UseCase[Done]:
    return partial(profiles.choose, by=by, command=Policied(policy=policy))


def portray(image: bytes, by: str = SCHOOL) -> UseCase[Done]:
    return partial(profiles.portray, by=by, command=Portrait(image=image))


def switch(available: bool, by: str = WENDY) -> UseCase[Done]:
    return partial(profiles.switch, by=by, command=Availability(available=available))


def party(cast: Cast, id: str) -> Party:
    found = cast.home.one(PartyKey(id))
    assert found
    return found


def school(cast: Cast, id: str = SCHOOL) -> School:
    found = party(cast, id)
    assert isinstance(found, School)
    return found


def used(by: str, time: Time) -> Pace:
    return Pace(party=by, what="profile", due=time.now + pace.PROFILE.every)


@pytest.mark.parametrize(
    ("by", "told"),
    [
        (ANN, (Delivery(ANN, ME),)),
        (WENDY, (Delivery(WENDY, ME), Delivery(SCHOOL, WORKERS))),
        (SCHOOL, (Delivery(SCHOOL, ME), Delivery(WENDY, ME), Delivery(WALT, ME))),
        (ACADEMY, (Delivery(ACADEMY, ME),)),
    ],
)
def test_a_party_takes_another_name_and_those_are_told_who_are_shown_it(
    cast: Cast, time: Time, by: str, told: tuple[Delivery, ...]
) -> None:
    before = party(cast, by)
    plan = cast.plan(rename(by))
    assert plan == Plan(Done(), puts=(replace(before, name="New"), used(by, time)), deliveries=told)
    assert party(cast, by) == replace(before, name="New")


def test_a_school_says_of_itself_what_the_directory_shows(cast: Cast, time: Time) -> None:
    before = school(cast)
    plan = cast.plan(present())
    after = replace(
        before,
        name="School of Law",
        about="Two floors up.",
        hours=(Hours(day=1, opens=540, closes=720), Hours(day=1, opens=780, closes=1020)),
        zone="Europe/Vienna",
    )
    told = (Delivery(SCHOOL, ME), Delivery(WENDY, ME), Delivery(WALT, ME))
    assert plan == Plan(Done(), puts=(after, used(SCHOOL, time)), deliveries=told)


@pytest.mark.parametrize(
    ("command", "changed"),
    [
        (Face(name="Law"), {"name": "Law"}),
        (Face(about=""), {"about": ""}),
        (Face(hours=()), {"hours": ()}),
        (Face(zone="Asia/Tokyo"), {"zone": "Asia/Tokyo"}),
    ],
    ids=str,
)
def test_what_a_school_does_not_say_anew_stays_as_it_was(cast: Cast, command: Face, changed: dict[str, object]) -> None:
    cast.run(present())
    before = school(cast)
    cast.run(partial(profiles.present, by=SCHOOL, command=command))
    assert school(cast) == replace(before, **changed)


@pytest.mark.parametrize("policy", Policy)
def test_a_school_chooses_its_policy_and_hears_of_it_on_its_other_devices(
    cast: Cast, time: Time, policy: Policy
) -> None:
    before = school(cast)
    plan = cast.plan(choose(policy))
    puts = (replace(before, policy=policy), used(SCHOOL, time))
    assert plan == Plan(Done(), puts=puts, deliveries=(Delivery(SCHOOL, ME),))


@pytest.mark.parametrize("available", [False, True])
def test_a_worker_switches_itself_and_its_school_is_told(cast: Cast, time: Time, available: bool) -> None:
    before = party(cast, WENDY)
    assert isinstance(before, Worker)
    plan = cast.plan(switch(available))
    told = (Delivery(WENDY, ME), Delivery(SCHOOL, WORKERS))
    puts = (replace(before, available=available), used(WENDY, time))
    assert plan == Plan(Done(), puts=puts, deliveries=told)


def test_a_picture_is_kept_under_an_id_of_its_own_and_anyone_may_look_at_it(cast: Cast, time: Time) -> None:
    before = school(cast)
    plan = cast.plan(portray(b"an owl"))
    after = school(cast)
    assert plan == Plan(
        Done(),
        puts=(
            replace(before, picture=after.picture),
            Pace(party=SCHOOL, what="picture", due=time.now + pace.PICTURE.every),
            Picture(id=after.picture, school=SCHOOL, image=b"an owl"),
        ),
        deliveries=(Delivery(SCHOOL, ME), Delivery(WENDY, ME), Delivery(WALT, ME)),
    )
    assert cast.ask(partial(profiles.picture, id=after.picture)) == b"an owl"


@pytest.mark.parametrize("image", [b"a raven", b""])
def test_another_picture_or_none_takes_the_place_of_the_first(cast: Cast, image: bytes) -> None:
    cast.run(portray(b"an owl"))
    first = school(cast).picture
    cast.run(portray(image))
    assert cast.home.one(PictureKey(first)) is None
    assert cast.refusal(partial(profiles.picture, id=first)) == "not_found"
    assert (school(cast).picture != "") is (image != b"")
    assert school(cast).picture != first


def test_a_picture_that_was_never_there_is_not_found(cast: Cast) -> None:
    assert cast.home.store.run(partial(profiles.picture, id="nothing")) == Refused.NOT_FOUND.refusal


def test_no_picture_taken_away_is_no_picture(cast: Cast) -> None:
    plan = cast.plan(portray(b""))
    assert (plan.deletes, school(cast).picture) == ((), "")


def test_ten_pictures_can_be_sent_at_once_then_one_a_minute(cast: Cast, time: Time) -> None:
    for _ in range(10):
        cast.run(portray(b"an owl"))
    kept = school(cast)
    assert cast.refusal(portray(b"a raven")) == "too_fast"
    assert school(cast) == kept
    cast.run(portray(b"a raven", ACADEMY))  # whose pace is its own
    time.now += pace.PICTURE.every
    cast.run(portray(b"a raven"))
    assert cast.refusal(portray(b"a raven")) == "too_fast"


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
    cast: Cast, time: Time, by: str, change: UseCase[Done]
) -> None:
    for _ in range(29):
        cast.run(rename(by))
    cast.run(change)
    before = party(cast, by)
    assert cast.refusal(change) == "too_fast"
    assert party(cast, by) == before
    time.now += pace.PROFILE.every
    cast.run(change)


@pytest.mark.parametrize(
    "change", [rename(SCHOOL), present(), choose(Policy.AUTOMATIC), portray(b"an owl")], ids=lambda it: it.func.__name__
)
def test_what_changes_meanwhile_at_a_school_is_not_undone(cast: Cast, change: UseCase[Done]) -> None:
    meanwhile = partial(cast.run, partial(workers.remove, by=SCHOOL, worker_id=WENDY))
    assert isinstance(Interrupted(cast.home, change, meanwhile).run(), Plan)
    assert school(cast).workers == (WALT,)


@pytest.mark.parametrize("change", [partial(rename, WENDY), partial(switch, False)], ids=["rename", "switch"])
def test_a_worker_removed_meanwhile_is_no_worker_again(cast: Cast, change: Callable[[], UseCase[Done]]) -> None:
    meanwhile = partial(cast.run, partial(workers.remove, by=SCHOOL, worker_id=WENDY))
    assert Interrupted(cast.home, change(), meanwhile).run() == Refused.ACCOUNT_ENDED.refusal
