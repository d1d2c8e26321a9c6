"""A school sees what it did in its account and with its workers, and what an operator did; nobody else sees it."""

from functools import partial

import pytest
from msgspec.structs import replace

from tests.support.sample_university import ACADEMY, ANN, SCHOOL, WALT, WENDY, SampleUniversity
from tests.support.stores import fresh
from uconnect.domain.context import AuditedAct, Plan, UseCase
from uconnect.domain.enums import ActKind, Kind, Policy
from uconnect.domain.errors import RefusalCode
from uconnect.domain.keys import PartyKey
from uconnect.domain.models import School
from uconnect.domain.request_bodies import Invite, NameUpdate, PictureUpload, PolicyUpdate, ProfileUpdate
from uconnect.domain.usecases import account_closing, profiles, registration, school_acts, workers
from uconnect.domain.views.school_acts import ActCard, ActPage


def shown(university: SampleUniversity, by: str = SCHOOL, before: int | None = None, most: int = 50) -> ActPage:
    return university.ask(partial(school_acts.own_acts, by=by, before=before, most=most))


def kinds(university: SampleUniversity, by: str = SCHOOL) -> list[str]:
    return [it.act.name for it in shown(university, by).acts]


def operator(what: str, school: str = SCHOOL) -> UseCase[None]:
    return lambda _: Plan(None, acts=(AuditedAct(what, school, school=school),))


def invited(university: SampleUniversity, by: str = ACADEMY) -> str:
    university.run(partial(workers.invite, by=by, command=Invite(key=fresh(), email="new@x", name="New")))
    return university.ask(partial(workers.workers, by=by)).workers[-1].id


def test_each_change_of_an_account_is_an_act_of_its_school(university: SampleUniversity) -> None:
    new = invited(university)
    changes: list[UseCase[object]] = [
        partial(workers.resend, by=ACADEMY, worker_id=new),
        partial(profiles.rename, by=ACADEMY, command=NameUpdate(name="The Academy")),
        partial(profiles.update_profile, by=ACADEMY, command=ProfileUpdate(about="Hello")),
        partial(profiles.update_policy, by=ACADEMY, command=PolicyUpdate(policy=Policy.BY_HAND)),
        partial(profiles.update_picture, by=ACADEMY, command=PictureUpload(image=b"")),
        partial(workers.remove, by=ACADEMY, worker_id=new),
    ]
    for change in changes:
        university.run(change)
    assert kinds(university, ACADEMY) == [
        "REMOVED_WORKER",
        "CHANGED_PICTURE",
        "CHANGED_POLICY",
        "CHANGED_PROFILE",
        "CHANGED_NAME",
        "INVITED_AGAIN",
        "INVITED_WORKER",
    ]
    assert kinds(university, SCHOOL) == []


def test_joining_a_new_address_and_closing_are_acts(university: SampleUniversity) -> None:
    command = registration.Registration(site=Kind.SCHOOL, issuer="i", subject="s", email="law@x", name="Law")
    law = university.run(partial(registration.register, command=command))
    university.run(partial(registration.change_email, issuer="i", subject="s", email="new-law@x"))
    assert kinds(university, law) == ["CHANGED_ADDRESS", "JOINED"]
    school = university.home.one(PartyKey(SCHOOL))
    assert isinstance(school, School)
    university.home.change(replace(school, closing=True))
    plan = university.plan(partial(account_closing.finish_closing, school=SCHOOL))
    assert plan.acts == (AuditedAct("close the account", SCHOOL, SCHOOL, SCHOOL),)


def test_what_changes_nothing_is_no_act(university: SampleUniversity) -> None:
    key = fresh()
    for _ in range(2):
        university.run(partial(workers.invite, by=ACADEMY, command=Invite(key=key, email="new@x", name="New")))
    new = university.ask(partial(workers.workers, by=ACADEMY)).workers[-1].id
    for _ in range(2):
        university.run(partial(workers.remove, by=ACADEMY, worker_id=new))
    assert kinds(university, ACADEMY) == ["REMOVED_WORKER", "INVITED_WORKER"]


def test_a_users_and_a_workers_own_changes_are_no_acts(university: SampleUniversity) -> None:
    for party in (ANN, WALT):
        plan = university.plan(partial(profiles.rename, by=party, command=NameUpdate(name="Other")))
        assert plan.acts == ()
    assert kinds(university) == []


def test_an_act_says_when_by_whom_and_which_worker(university: SampleUniversity) -> None:
    new = invited(university)
    university.run(operator("suspend a school", ACADEMY))
    suspended, invitation = shown(university, ACADEMY).acts
    now = university.home.time.now // 1000 * 1000
    assert suspended == ActCard(act=ActKind.SUSPENDED, at=now, by_operator=True, worker="")
    assert invitation == ActCard(act=ActKind.INVITED_WORKER, at=now, by_operator=False, worker="New")
    university.run(partial(workers.remove, by=ACADEMY, worker_id=new))
    assert {it.worker for it in shown(university, ACADEMY).acts} == {""}, "a removed worker has no name here"


def test_pages_go_on_where_the_last_one_ended_by_numbers_of_the_schools_own(university: SampleUniversity) -> None:
    for number in range(3):
        university.run(operator("suspend a school", ACADEMY))
        university.run(operator("suspend a school" if number else "resume a school"))
    first = shown(university, most=2)
    assert (len(first.acts), first.next) == (2, 2)
    last = shown(university, before=first.next, most=2)
    assert ([it.act for it in last.acts], last.next) == ([ActKind.RESUMED], None)


def test_an_act_that_this_release_does_not_know_is_left_out(university: SampleUniversity) -> None:
    university.run(operator("resume a school"))
    university.run(operator("do what only a later release does"))
    assert kinds(university) == ["RESUMED"]


@pytest.mark.parametrize("by", [ANN, WENDY, WALT])
def test_nobody_but_a_school_reads_acts(university: SampleUniversity, by: str) -> None:
    university.run(operator("suspend a school"))
    assert (
        university.refusal(partial(school_acts.own_acts, by=by, before=None, most=9))
        == RefusalCode.NOT_FOUND.refusal.code
    )
