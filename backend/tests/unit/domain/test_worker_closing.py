"""The operator ends a worker and its invitations: nothing of the person is left, and who asks notices nothing."""

from functools import partial

import pytest
from msgspec.structs import replace

from tests.support.sample_university import ACADEMY, ANN, SCHOOL, WENDY, SampleUniversity, log
from tests.support.stores import fresh
from uconnect.domain.jobs import ForgetAddress
from uconnect.domain.keys import AddressKey, PartyKey
from uconnect.domain.models import Address, Worker
from uconnect.domain.request_bodies import Invite
from uconnect.domain.usecases import addresses, job_steps, worker_closing, workers
from uconnect.domain.usecases.addresses import LETTERS_LAST

EMAIL = "wendy@x"


@pytest.fixture
def university(university: SampleUniversity) -> SampleUniversity:
    """Wendy works for the school, and two schools have invited her address."""
    university.home.keep(Address(email=EMAIL, party=WENDY))
    for school in (ACADEMY, SCHOOL):
        university.run(partial(workers.invite, by=school, command=Invite(key=fresh(), email=EMAIL, name="Wendy W.")))
    university.run_jobs()
    return university


def there(university: SampleUniversity) -> tuple[str, ...]:
    found: tuple[str, ...] = university.ask(partial(worker_closing.workers_at, email=EMAIL))
    return found


def close_all(university: SampleUniversity) -> list[str]:
    return [university.run(partial(worker_closing.close_worker, worker=id)) for id in there(university)]


def test_a_worker_and_the_invitations_to_its_address_end(university: SampleUniversity) -> None:
    closed = close_all(university)
    assert closed[0] == WENDY
    assert len(closed) == 2, "the school has her already: it invited nobody"
    university.run_jobs()
    for id in closed:
        worker = university.home.one(PartyKey(id))
        assert isinstance(worker, Worker)
        assert (worker.name, worker.email, worker.removed) == ("", "", True)
    assert there(university) == ()
    assert [it for it in university.home.jobs() if it.task == ForgetAddress(EMAIL)]


def test_who_asked_sees_the_same_and_the_school_has_the_thread_again(university: SampleUniversity) -> None:
    case = university.raised()
    case.offload()
    case.send(WENDY)
    before, row = university.ask(log(ANN, case.raiser_id)), case.thread.raiser
    close_all(university)
    told = university.run_jobs()
    assert ANN not in {it.to for it in told if it.frame}
    assert university.ask(log(ANN, case.raiser_id)) == before
    assert (case.thread.raiser, case.thread.worker) == (row, None)


def test_what_is_gone_already_is_no_error(university: SampleUniversity) -> None:
    assert university.ask(partial(worker_closing.workers_at, email="nobody@x")) == ()
    close_all(university)
    for id in (WENDY, ANN, "nobody"):
        assert university.run(partial(worker_closing.close_worker, worker=id)) == id


# --- the address


def address(university: SampleUniversity, **fields: object) -> Address:
    found = Address(email="old@x", **fields)  # type: ignore[arg-type]
    university.home.keep(found)
    return found


def test_an_address_that_was_written_to_is_deleted_when_the_letters_count_no_more(university: SampleUniversity) -> None:
    close_all(university)
    university.run_jobs()
    kept = university.home.one(AddressKey(EMAIL))
    assert kept is not None
    assert kept.letters > university.home.time.now
    university.home.time.now += LETTERS_LAST
    university.run_jobs()
    assert university.home.one(AddressKey(EMAIL)) is None
    university.run(partial(addresses.forget, email=EMAIL))


def test_an_address_that_is_used_again_meanwhile_stays(university: SampleUniversity) -> None:
    close_all(university)
    kept = university.home.one(AddressKey(EMAIL))
    assert kept is not None
    university.home.change(replace(kept, party=ANN))
    university.home.time.now += LETTERS_LAST
    university.run_jobs()
    assert university.home.one(AddressKey(EMAIL)) is not None


@pytest.mark.parametrize("used", [{"party": ANN}, {"invitations": ("w",)}, {"school_invited": True}])
def test_an_address_of_somebody_is_not_deleted(university: SampleUniversity, used: dict[str, object]) -> None:
    address(university, **used)
    university.run(partial(addresses.forget, email="old@x"))
    assert university.home.one(AddressKey("old@x")) is not None


@pytest.mark.parametrize(("later", "stays"), [(0, False), (1, True), (LETTERS_LAST, True), (LETTERS_LAST + 1, False)])
def test_letters_that_were_written_since_keep_it_but_not_those_of_a_clock_that_was_ahead(
    university: SampleUniversity, later: int, stays: bool
) -> None:
    address(university, letters=university.home.time.now + later)
    university.run(partial(addresses.forget, email="old@x"))
    assert (university.home.one(AddressKey("old@x")) is not None) is stays


@pytest.mark.parametrize("erased", [False, True])
def test_a_letter_that_is_written_while_its_worker_is_removed_brings_no_address_back(
    university: SampleUniversity, erased: bool
) -> None:
    """Another runner may write it at the same time."""
    email = "new@x"
    university.run(partial(workers.invite, by=SCHOOL, command=Invite(key=fresh(), email=email, name="New")))
    (id,) = university.ask(partial(worker_closing.workers_at, email=email))
    university.run(partial(workers.remove, by=SCHOOL, worker_id=id))
    assert university.home.one(AddressKey(email)) is None
    if erased:
        university.run(partial(job_steps.erase_removed_worker, worker=id))
    university.run(partial(job_steps.letter_written, worker=id))
    assert (university.home.one(AddressKey(email)) is None) is erased
    university.home.time.now += LETTERS_LAST
    university.run_jobs()
    assert university.home.one(AddressKey(email)) is None
    assert university.home.one(AddressKey("")) is None
