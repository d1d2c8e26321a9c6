"""What a plan says becomes so at once and entirely, or not at all."""

import pytest

from tests.contract.sample_records import every_kind, message, thread
from tests.support.stores import Home, answer, finding, keeping, refused
from uconnect.application.ports import Unavailable
from uconnect.domain.context import Context, Plan
from uconnect.domain.enums import Side
from uconnect.domain.errors import Refusal, RefusalCode, Refused
from uconnect.domain.keys import (
    EntryKey,
    LoginKey,
    PartyKey,
    SentMessageKey,
    SideActivityKey,
    ThreadReferenceKey,
    TicketKey,
)
from uconnect.domain.models import Login, Record, School, SideActivity, ThreadReference, Ticket, User
from uconnect.domain.records import key_of

RECORDS = every_kind()
ANN = User(id="ann", email="ann@x", name="Ann")
BOB = User(id="bob", email="bob@x", name="Bob")


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record).__name__)
def test_what_is_put_is_found_again(home: Home, record: Record) -> None:
    key = key_of(record)
    assert home.one(key) is None
    home.keep(record)
    assert home.one(key) == record
    assert answer(home.store.run(finding(key))) == record


def test_all_records_of_a_plan_are_found_together(home: Home) -> None:
    home.keep(*RECORDS)
    assert [home.one(key_of(record)) for record in RECORDS] == RECORDS


def test_keys_that_look_alike_do_not_meet(home: Home) -> None:
    logins = [Login(issuer=issuer, subject=subject, party=f"{issuer}{subject}") for issuer, subject in TWINS]
    handles = [ThreadReference(viewer=viewer, id=id, thread=f"{viewer}{id}", owner="user") for viewer, id in TWINS]
    home.keep(*logins, *handles)
    assert [home.one(LoginKey(*twin)) for twin in TWINS] == logins
    assert [home.one(ThreadReferenceKey(*twin)) for twin in TWINS] == handles


TWINS = [("a", "b#c"), ("a#b", "c"), ("a", "b"), ("a#", "b")]


def test_a_decision_sees_what_the_same_store_has_just_kept(home: Home) -> None:
    """An entry asked for in vain, then written, then asked for again: no memory of its absence is left."""
    entry = message("t", 1)
    assert answer(home.store.run(finding(EntryKey("t", 1)))) is None

    def write(context: Context) -> Plan[None]:
        context.load(EntryKey("t", 1))
        return Plan(None, puts=(entry,))

    answer(home.store.run(write))
    assert answer(home.store.run(finding(EntryKey("t", 1)))) == entry


def test_a_put_replaces_and_a_delete_removes_what_was_loaded(home: Home) -> None:
    home.keep(ANN, BOB)

    def change(context: Context) -> Plan[None]:
        context.load(PartyKey("ann"), PartyKey("bob"))
        assert context.get(PartyKey("ann")) == ANN
        return Plan(None, puts=(User(id="ann", email="ann@x", name="Anna"),), deletes=(PartyKey("bob"),))

    answer(home.store.run(change))
    found = home.one(PartyKey("ann"))
    assert found is not None
    assert found.name == "Anna"
    assert home.one(PartyKey("bob")) is None


def test_facts_come_in_rounds_and_a_key_asked_twice_is_the_same(home: Home) -> None:
    home.keep(ANN, BOB)

    def use_case(context: Context) -> Plan[tuple[str, str]]:
        ann = context.get(PartyKey("ann"))
        context.load(PartyKey("bob"), PartyKey("ann"))
        bob = context.get(PartyKey("bob"))
        assert ann is not None
        assert bob is not None
        assert context.get(PartyKey("ann")) == ann
        return Plan((ann.name, bob.name))

    assert answer(home.store.ask(use_case)) == ("Ann", "Bob")
    assert answer(home.store.run(use_case)) == ("Ann", "Bob")


def test_what_was_not_asked_for_before_is_loaded_when_it_is_needed(home: Home) -> None:
    home.keep(ANN)

    def use_case(context: Context) -> Plan[tuple[bool, bool]]:
        context.load(PartyKey("nobody"))
        return Plan((context.get(PartyKey("nobody")) is None, context.get(PartyKey("ann")) == ANN))

    assert answer(home.store.ask(use_case)) == (True, True)


def test_a_delete_of_what_was_never_loaded_needs_nothing(home: Home) -> None:
    home.keep(ANN)

    def use_case(context: Context) -> Plan[None]:
        return Plan(None, deletes=(PartyKey("ann"), PartyKey("nobody")))

    answer(home.store.run(use_case))
    assert home.one(PartyKey("ann")) is None


def test_a_put_never_loaded_must_not_exist(home: Home) -> None:
    home.keep(ANN)
    with pytest.raises(Unavailable):
        home.store.run(keeping(BOB, User(id="ann", email="other@x", name="Other")))
    assert home.one(PartyKey("ann")) == ANN
    assert home.one(PartyKey("bob")) is None


def test_a_put_never_loaded_may_have_existed(home: Home) -> None:
    home.keep(ANN)

    def use_case(context: Context) -> Plan[None]:
        return Plan(None, deletes=(PartyKey("ann"),))

    answer(home.store.run(use_case))
    home.keep(ANN)
    assert home.one(PartyKey("ann")) == ANN


def test_one_record_out_of_many_that_cannot_be_put_stops_them_all(home: Home) -> None:
    home.keep(message("t", 1))
    mine: list[Record] = [message("t", 2), SideActivity(thread="t", side=Side.RAISER), thread("t"), message("t", 1)]
    with pytest.raises(Unavailable):
        home.store.run(keeping(*mine))
    assert [home.one(key_of(record)) for record in mine[:3]] == [None, None, None]


def test_a_message_key_is_its_authors_once_in_a_thread(home: Home) -> None:
    first = message("t", 1, author="ann", key="k" * 16)
    home.keep(first)
    others = [message("t", 2, author="bob", key="k" * 16), message("u", 1, author="ann", key="k" * 16)]
    home.keep(*others)
    assert home.one(SentMessageKey("t", "ann", "k" * 16)) == first
    assert home.one(SentMessageKey("t", "bob", "k" * 16)) == others[0]
    assert home.one(SentMessageKey("u", "ann", "k" * 16)) == others[1]
    assert home.one(SentMessageKey("t", "ann", "k" * 15)) is None
    assert home.one(SentMessageKey("t", "ann", "k" * 17)) is None


def test_a_refusal_writes_nothing(home: Home) -> None:
    def use_case(context: Context) -> Plan[None]:
        context.load(PartyKey("ann"))
        raise Refused(RefusalCode.NOT_FOUND)

    assert refused(home.store.run(use_case)) == "not_found"
    assert isinstance(home.store.ask(use_case), Refusal)
    assert home.one(PartyKey("ann")) is None


def test_an_exception_writes_nothing_and_is_raised_as_it_is(home: Home) -> None:
    home.keep(ANN)

    def use_case(context: Context) -> Plan[None]:
        context.load(PartyKey("ann"))
        raise ZeroDivisionError("a bug in a decision")

    with pytest.raises(ZeroDivisionError, match="a bug in a decision"):
        home.store.run(use_case)
    assert home.one(PartyKey("ann")) == ANN
    home.keep(BOB)
    assert home.one(PartyKey("bob")) == BOB


def test_a_question_that_writes_is_a_bug_and_writes_nothing(home: Home) -> None:
    with pytest.raises(AssertionError):
        home.store.ask(keeping(ANN))
    assert home.one(PartyKey("ann")) is None


def test_only_tickets_that_expired_are_forgotten(home: Home) -> None:
    late, valid = (Ticket(hashed=name, party="ann", expires=expires) for name, expires in (("l", 999), ("v", 1000)))
    home.keep(late, valid, School(id="s", email="s@x", name="S"))
    home.store.forget_expired(1000)
    assert home.one(TicketKey("v")) == valid
    assert home.one(PartyKey("s")) is not None
    assert home.one(TicketKey("l")) in {None, late}  # DynamoDB takes its time; whoever reads a ticket looks at its own
    assert home.one(SideActivityKey("t", Side.RAISER)) is None


def test_a_guard_that_was_never_loaded_is_a_bug_in_every_store(home: Home) -> None:
    def use_case(context: Context) -> Plan[None]:
        context.load(PartyKey("bob"))
        return Plan(None, puts=(BOB,), guards=(PartyKey("ann"),))

    with pytest.raises(AssertionError):
        home.store.run(use_case)
    assert home.one(PartyKey("bob")) is None
