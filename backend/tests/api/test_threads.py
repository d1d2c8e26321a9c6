"""Raising, ending and deleting a thread, and the lists it stands in."""

import pytest

from tests.api.caller import ABSENT, Caller, fresh
from tests.api.party_factory import PartyFactory, Topic, raising
from uconnect.domain.enums import Kind

RAISERS = [Kind.USER, Kind.SCHOOL]


@pytest.fixture
def topic(parties: PartyFactory) -> Topic:
    return parties.thread()


def end(topic: Topic) -> None:
    topic.raiser.ask(f"POST /api/threads/{topic.raisers_id}/terminate")


def delete(topic: Topic) -> None:
    topic.raiser.ask(f"DELETE /api/threads/{topic.raisers_id}")


def subjects(caller: Caller, shelf: str) -> list[str]:
    return [it["row"]["subject"] for it in caller.threads(shelf)]


# --- raising


@pytest.mark.parametrize("kind", RAISERS)
def test_a_raise_is_answered_with_the_row_of_the_new_thread(kind: Kind, parties: PartyFactory) -> None:
    raiser, school = parties.enter(kind), parties.school()
    listed = raiser.ask("POST /api/threads", raising(school.id, subject="The form", text="Which?"))
    row = listed["row"]
    assert listed == {"row": raiser.row(row["id"]), "read": 0, "snooze": None}
    assert (row["as"], row["school"], row["subject"], row["state"]) == ("raiser", school.id, "The form", "open")
    assert (row["seq"], row["theirs"], row["last"]) == (1, 0, {"side": "raiser", "text": "Which?"})
    assert raiser.threads("raised") == [listed]


@pytest.mark.parametrize("kind", RAISERS)
def test_the_school_sees_who_asks_with_their_name_and_address(kind: Kind, parties: PartyFactory) -> None:
    raiser, school = parties.enter(kind), parties.school()
    topic = parties.thread(raiser, school)
    person = {"id": raiser.id, "kind": kind.value, "name": raiser.me["name"], "email": raiser.party.email}
    shown = school.ask(f"GET /api/threads/{topic.theirs}")
    assert shown["people"] == [person]
    assert school.ask("GET /api/threads?shelf=received")["people"] == [person]
    assert (shown["thread"]["row"]["owner"], shown["thread"]["row"]["kind"]) == (raiser.id, kind.value)


def test_nobody_but_the_school_is_told_of_people(parties: PartyFactory, topic: Topic) -> None:
    worker = parties.worker(topic.school)
    workers_id = parties.offloaded(topic, worker)
    for caller, id, shelf in ((topic.raiser, topic.raisers_id, "raised"), (worker, workers_id, "handled")):
        assert caller.ask(f"GET /api/threads/{id}")["people"] == []
        assert caller.ask(f"GET /api/threads?shelf={shelf}")["people"] == []


@pytest.mark.parametrize("change", [{}, {"text": "Other words."}, {"subject": "Another"}])
def test_a_raise_said_again_under_its_key_is_the_same_thread(change: dict[str, str], parties: PartyFactory) -> None:
    user, school = parties.user(), parties.school()
    body = raising(school.id)
    first = user.ask("POST /api/threads", body)
    assert user.ask("POST /api/threads", body | change) == first
    assert len(school.threads("received")) == user.me["open"] == 1


def test_one_key_from_two_raisers_is_two_threads(parties: PartyFactory) -> None:
    school = parties.school()
    body = raising(school.id)
    one, other = (parties.user().ask("POST /api/threads", body) for _ in range(2))
    assert one["row"]["id"] != other["row"]["id"]
    assert len(school.threads("received")) == 2


def test_a_school_that_raises_to_another_is_its_raiser_and_the_other_its_school(parties: PartyFactory) -> None:
    topic = parties.thread(parties.school())
    assert topic.raiser.row(topic.raisers_id)["as"] == "raiser"
    assert topic.school.row(topic.theirs)["as"] == "school"
    assert topic.raiser.threads("received") == topic.school.threads("raised") == []
    assert topic.raiser.me["open"] == 1
    assert topic.school.me["open"] == 0


def test_a_raise_tells_the_other_screens_of_the_raiser_and_the_school(parties: PartyFactory) -> None:
    user, school = parties.user(), parties.school()
    raisers_id, theirs = user.open(), school.open()
    topic = parties.thread(user, school)
    meter, event = raisers_id.heard()
    assert (meter["t"], meter["open"]) == ("meter", 1)
    assert event == {
        "t": "event",
        "id": topic.raisers_id,
        "entry": user.log(topic.raisers_id)[0],
        "row": user.row(topic.raisers_id),
    }
    assert theirs.heard()[0]["row"] == school.row(topic.theirs)


# --- ending


def test_the_end_is_an_entry_without_an_author_and_the_last(topic: Topic) -> None:
    end(topic)
    for caller, id in ((topic.raiser, topic.raisers_id), (topic.school, topic.theirs)):
        last = caller.log(id)[-1]
        assert last == {"as": "ended", "seq": 2, "at": last["at"]}
        assert caller.row(id)["state"] == "terminated"


def test_after_the_end_nobody_posts_any_more(parties: PartyFactory, topic: Topic) -> None:
    worker = parties.worker(topic.school)
    workers_id = parties.offloaded(topic, worker)
    end(topic)
    for caller, id in ((topic.raiser, topic.raisers_id), (topic.school, topic.theirs), (worker, workers_id)):
        refused = caller.open().send(id, "One more.", fresh())
        assert (refused["t"], refused["code"]) == ("refused", "thread_terminated")
        assert refused["sentence"] == "This thread has ended. No one can add messages to it."
        assert len(caller.log(id)) == 2, "and all who could read still can"


def test_an_end_said_again_is_answered_as_the_first_time_and_frees_no_second_place(parties: PartyFactory) -> None:
    user, school = parties.user(), parties.school()
    topic, _ = parties.thread(user, school), parties.thread(user, school)
    end(topic)
    end(topic)
    assert user.me["open"] == 1
    assert len(user.log(topic.raisers_id)) == 2


# --- deleting


def test_an_open_thread_is_not_deleted_and_its_raiser_told_what_to_do(topic: Topic) -> None:
    answer = topic.raiser.call(f"DELETE /api/threads/{topic.raisers_id}")
    assert answer.json()["sentence"] == "This thread is still open. End it first, then delete it."
    assert len(topic.raiser.log(topic.raisers_id)) == 1


def test_a_deleted_thread_is_gone_for_everyone(parties: PartyFactory, topic: Topic) -> None:
    worker = parties.worker(topic.school)
    workers_id = parties.offloaded(topic, worker)
    places = [
        (caller, caller.open(), id, caller.row(id)["rev"])
        for caller, id in ((topic.raiser, topic.raisers_id), (topic.school, topic.theirs), (worker, workers_id))
    ]
    end(topic)
    delete(topic)
    for caller, line, id, rev in places:
        gone = line.heard()[-1]
        assert gone == {"t": "gone", "id": id, "rev": rev + 2}
        assert caller.refused(f"GET /api/threads/{id}") == "not_found"
        assert caller.refused(f"GET /api/threads/{id}/log") == "not_found"
        assert line.send(id, "Anyone?", fresh())["code"] == "not_found"
    assert topic.raiser.threads("raised") == topic.school.threads("received") == worker.threads("handled") == []


def test_a_deletion_said_again_is_answered_as_the_first_time(topic: Topic) -> None:
    end(topic)
    delete(topic)
    delete(topic)


def test_a_key_that_raised_a_deleted_thread_raises_anew(parties: PartyFactory) -> None:
    key = fresh()
    topic = parties.thread(key=key)
    end(topic)
    delete(topic)
    again = parties.thread(topic.raiser, topic.school, key=key)
    assert again.raisers_id != topic.raisers_id


# --- lists


def test_a_list_begins_with_the_thread_that_something_last_happened_in(parties: PartyFactory) -> None:
    user, school = parties.user(), parties.school()
    topics = [parties.thread(user, school, subject=f"{n}") for n in range(3)]
    user.open().send(topics[0].raisers_id, "And?", fresh())
    assert subjects(user, "raised") == subjects(school, "received") == ["0", "2", "1"]


def test_a_list_is_read_in_pages_without_a_gap(parties: PartyFactory) -> None:
    school = parties.school()
    for n in range(7):
        parties.thread(parties.user(), school, subject=f"{n}")
    found, cursor = [], ""
    while True:
        page = school.ask(f"GET /api/threads?shelf=received&most=3{cursor}")
        found.append([it["row"]["subject"] for it in page["threads"]])
        if page["next"] is None:
            break
        cursor = f"&before={page['next']}"
    assert found == [["6", "5", "4"], ["3", "2", "1"], ["0"]]


def test_a_list_goes_on_where_it_was_though_the_thread_there_was_deleted(parties: PartyFactory) -> None:
    user, school = parties.user(), parties.school()
    topics = [parties.thread(user, school, subject=f"{n}") for n in range(3)]
    page = user.ask("GET /api/threads?shelf=raised&most=1")
    end(topics[2])
    delete(topics[2])
    rest = user.ask(f"GET /api/threads?shelf=raised&before={page['next']}")
    assert [it["row"]["subject"] for it in rest["threads"]] == ["1", "0"]


@pytest.mark.parametrize(
    ("kind", "shelf"),
    [
        (Kind.USER, "received"),
        (Kind.USER, "handled"),
        (Kind.SCHOOL, "handled"),
        (Kind.WORKER, "raised"),
        (Kind.WORKER, "received"),
    ],
)
def test_a_mailbox_that_a_kind_cannot_have_is_empty(
    kind: Kind, shelf: str, parties: PartyFactory, topic: Topic
) -> None:
    worker = parties.worker(topic.school)
    parties.offloaded(topic, worker)
    caller = {Kind.USER: topic.raiser, Kind.SCHOOL: topic.school, Kind.WORKER: worker}[kind]
    assert caller.ask(f"GET /api/threads?shelf={shelf}") == {"threads": [], "people": [], "next": None}


def test_each_order_of_a_list_is_paged_and_one_that_a_list_does_not_have_is_refused(parties: PartyFactory) -> None:
    user, school = parties.user(), parties.school()
    worker = parties.worker(school)
    topics = [parties.thread(user, school, subject=it) for it in ("first", "second", "third")]
    user.open().send(topics[0].raisers_id, "Are you there?", fresh())
    for topic in topics:
        parties.offloaded(topic, worker)

    def listed(caller: Caller, query: str) -> list[str]:
        found, cursor = list[str](), ""
        while True:
            page = caller.ask(f"GET /api/threads?most=1&{query}{cursor}")
            found += [it["row"]["subject"] for it in page["threads"]]
            if not page["next"]:
                return found
            cursor = f"&before={page['next']}"

    inside = ((school, "shelf=received&show=open"), (worker, "shelf=handled&show=open"))
    for caller, query in (*inside, (user, "shelf=raised&show=open"), (user, "shelf=raised")):
        assert listed(caller, f"{query}&sort=newest") == ["third", "second", "first"]
        assert listed(caller, f"{query}&sort=activity") == ["first", "third", "second"]
    for caller, query in inside:
        assert listed(caller, f"{query}&sort=waiting") == listed(caller, query) == ["first", "second", "third"]
    for caller, query in (
        (user, "shelf=raised&sort=waiting"),
        (user, "shelf=raised&sort=oldest"),
        (school, "shelf=received&sort=newest"),
        (worker, "shelf=handled&show=snoozed&sort=activity"),
    ):
        assert caller.refused(f"GET /api/threads?{query}") == "malformed"


def test_a_cursor_of_another_party_says_no_more_than_one_that_was_made_up(parties: PartyFactory) -> None:
    user, school = parties.user(), parties.school()
    topics = [parties.thread(user, school) for _ in range(2)]
    cursor = user.ask("GET /api/threads?shelf=raised&most=1")["next"]
    made_up = f"{cursor.partition('.')[0]}.{ABSENT}"
    thief = topics[0].school
    stolen, other = (thief.call(f"GET /api/threads?shelf=received&before={it}") for it in (cursor, made_up))
    assert (stolen.status_code, stolen.content) == (other.status_code, other.content)
