"""What a party says of itself: told to whom it concerns, shown to whom it is for."""

import base64
import struct
import zlib
from typing import Any

import pytest

from tests.api.caller import ABSENT, Caller
from tests.api.party_factory import PartyFactory, Topic
from tests.api.weeks import raised
from tests.support.polling import poll
from uconnect.domain.enums import Kind

HOURS = [{"day": 1, "opens": 540, "closes": 720}, {"day": 1, "opens": 780, "closes": 1020}]
PROFILE = {"name": "Faculty of Law", "about": "Ask us.\nWe know.", "hours": HOURS, "zone": "Europe/Vienna"}


@pytest.fixture
def school(parties: PartyFactory) -> Caller:
    return parties.school()


def card(school: Caller, seen_by: Caller) -> Any:
    return seen_by.ask(f"GET /api/schools/{school.id}")


# --- names and faces


@pytest.mark.parametrize("kind", Kind)
def test_whoever_takes_another_name_has_it_from_then_on(kind: Kind, parties: PartyFactory, school: Caller) -> None:
    caller = parties.worker(school) if kind is Kind.WORKER else parties.enter(kind)
    line = caller.open()
    caller.ask("PUT /api/me", {"name": "Nora Ní Dhomhnaill"})
    assert caller.me["name"] == "Nora Ní Dhomhnaill"
    assert line.heard() == [{"t": "changed", "what": "me"}]


@pytest.mark.parametrize("name", ["", " ", "x" * 81, "two\nlines", "ends\n"])
def test_a_name_is_one_line_with_something_on_it(name: str, parties: PartyFactory) -> None:
    assert parties.user().refused("PUT /api/me", {"name": name}) == "malformed"


def test_the_school_hears_that_a_worker_of_its_has_another_name(parties: PartyFactory, school: Caller) -> None:
    worker = parties.worker(school)
    line = school.open()
    worker.ask("PUT /api/me", {"name": "Willa"})
    assert line.heard() == [{"t": "changed", "what": "workers"}]
    assert [it["name"] for it in school.ask("GET /api/workers")["workers"]] == ["Willa"]


def test_a_new_name_of_a_raiser_is_shown_to_its_school_and_not_to_its_worker(parties: PartyFactory) -> None:
    topic = parties.thread()
    worker = parties.worker(topic.school)
    workers_id = parties.offloaded(topic, worker)
    line = worker.open()
    topic.raiser.ask("PUT /api/me", {"name": "Nora"})
    assert topic.school.ask(f"GET /api/threads/{topic.theirs}")["people"][0]["name"] == "Nora"
    assert "Nora" not in str([worker.threads("handled"), worker.ask(f"GET /api/threads/{workers_id}")])
    assert line.heard() == []


def test_a_schools_face_is_what_others_are_shown(parties: PartyFactory, school: Caller) -> None:
    school.ask("PUT /api/face", PROFILE)
    shown = card(school, parties.user())
    face = {"id": school.id, **PROFILE, "picture": "", "takes": True}
    assert shown == face | {"reply_time": None}
    assert school.me["card"] == face
    assert parties.worker(school).me["card"] == face


def test_a_schools_workers_hear_that_its_face_is_another(parties: PartyFactory, school: Caller) -> None:
    line = parties.worker(school).open()
    school.ask("PUT /api/face", PROFILE)
    assert line.heard() == [{"t": "changed", "what": "me"}]


@pytest.mark.parametrize(
    "change",
    [
        {"about": "x" * 401},
        {"zone": "x" * 65},
        {"zone": "Vienna!"},
        {"hours": HOURS * 11},
        {"hours": [{"day": 0, "opens": 0, "closes": 1}]},
        {"hours": [{"day": 8, "opens": 0, "closes": 1}]},
        {"hours": [{"day": 1, "opens": 60, "closes": 60}]},
        {"hours": [{"day": 1, "opens": 0, "closes": 1441}]},
        {"hours": [{"day": 1, "opens": 0}]},
        {"hours": [{"day": 1, "opens": 0, "closes": 1, "x": 1}]},
        {"picture": ABSENT},
        {"email": "law@example.org"},
    ],
    ids=str,
)
def test_a_face_that_cannot_be_is_refused(change: dict[str, Any], school: Caller) -> None:
    before = school.me
    assert school.refused("PUT /api/face", PROFILE | change) == "malformed"
    assert school.me == before


# --- pictures


def png(width: int, height: int, *more: bytes) -> bytes:
    """A picture of one colour, with further chunks in it."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    pixels = zlib.compress((b"\x00" + b"\x20\x60\xa0" * width) * height)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    told = b"".join(chunk(b"tEXt", each) for each in more)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + told + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def shown(school: Caller, image: bytes) -> str:
    """Take a picture; the id it is shown under."""
    school.ask("PUT /api/picture", {"image": base64.b64encode(image).decode()})
    return str(school.me["card"]["picture"])


def test_a_picture_is_shown_to_anyone_who_has_its_id_as_one_that_we_made(parties: PartyFactory, school: Caller) -> None:
    id = shown(school, png(40, 20, b"Author\x00Wanda Okafor"))
    answer = parties.http.get(f"/api/pictures/{id}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/webp")
    assert answer.content[:4] == b"RIFF"
    assert b"Wanda" not in answer.content, "what it told beside its pixels is gone"
    assert "immutable" in answer.headers["cache-control"]


def test_another_picture_has_another_id_and_the_one_before_is_gone(parties: PartyFactory, school: Caller) -> None:
    first = shown(school, png(8, 8))
    second = shown(school, png(8, 8))
    assert first != second
    gone, absent = (parties.http.get(f"/api/pictures/{id}") for id in (first, ABSENT))
    assert (gone.status_code, gone.content) == (absent.status_code, absent.content) == (404, gone.content)


def test_an_empty_picture_takes_the_picture_away(school: Caller) -> None:
    shown(school, png(8, 8))
    assert shown(school, b"") == ""


@pytest.mark.parametrize(
    "image",
    [
        b"no picture",
        png(64, 64)[:90],
        png(2049, 1),
        png(20_000, 20)[:16_000],
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    ],
    ids=["text", "cut off", "too wide", "a bomb", "a drawing"],
)
def test_what_is_no_picture_is_refused_in_words(image: bytes, school: Caller) -> None:
    answer = school.call("PUT /api/picture", {"image": base64.b64encode(image).decode()})
    assert answer.json()["code"] == "no_picture"
    assert school.me["card"]["picture"] == ""


@pytest.mark.parametrize("image", ["!", "a", base64.b64encode(b"x" * 20_481).decode()])
def test_what_is_not_even_base64_or_too_long_is_refused(image: str, school: Caller) -> None:
    assert school.refused("PUT /api/picture", {"image": image}) == "malformed"


def test_pictures_that_are_sent_without_end_are_refused_in_words(school: Caller) -> None:
    body = {"image": base64.b64encode(png(4, 4)).decode()}
    assert [school.call("PUT /api/picture", body).status_code for _ in range(11)] == [200] * 10 + [429]


# --- policy and availability


def automatic(school: Caller) -> None:
    school.ask("PUT /api/policy", {"policy": "automatic"})


def switch(worker: Caller, available: bool) -> Caller:
    worker.ask("PUT /api/availability", {"available": available})
    return worker


def jobs_done(school: Caller, threads: int) -> None:
    """Wait until the job of each raise to a school has run. It applies the policy, then counts the thread."""
    poll(lambda: raised(school), threads.__eq__, what="each raise is counted", pause=0.7)


def test_a_school_begins_by_hand_and_hears_of_its_own_choice(school: Caller) -> None:
    assert school.me["policy"] == "by_hand"
    line = school.open()
    automatic(school)
    assert school.me["policy"] == "automatic"
    assert line.heard() == [{"t": "changed", "what": "me"}]


@pytest.mark.parametrize("available", [True, False])
def test_a_worker_says_whether_it_is_there_and_its_school_hears_of_it(
    available: bool, parties: PartyFactory, school: Caller
) -> None:
    worker = parties.worker(school)
    line = school.open()
    switch(worker, available)
    assert worker.me["available"] is available
    assert line.heard() == [{"t": "changed", "what": "workers"}]
    assert [it["available"] for it in school.ask("GET /api/workers")["workers"]] == [available]


def test_an_automatic_school_gives_new_threads_to_its_least_loaded_worker_who_is_there(
    parties: PartyFactory, school: Caller
) -> None:
    busy, idle, away = (switch(parties.worker(school), available) for available in (True, True, False))
    parties.offloaded(parties.thread(school=school), busy)
    automatic(school)
    line = idle.open()
    topic = parties.thread(school=school)
    given = line.hear_until(t="row")[-1]["row"]
    assert given["subject"] == topic.school.row(topic.theirs)["subject"]
    assert topic.school.row(topic.theirs)["worker"] == idle.id
    assert away.threads("handled") == []


def test_an_automatic_school_whose_workers_are_all_away_has_new_threads_itself(
    parties: PartyFactory, school: Caller
) -> None:
    worker = switch(parties.worker(school), available=False)
    automatic(school)
    quiet = parties.thread(school=school)
    jobs_done(school, threads=1)
    line = switch(worker, available=True).open()
    loud = parties.thread(school=school)
    line.hear_until(t="row")
    assert school.row(quiet.theirs)["worker"] is None
    assert school.row(loud.theirs)["worker"] == worker.id


@pytest.mark.parametrize("kind", [Kind.USER, Kind.SCHOOL])
def test_a_raiser_cannot_tell_an_automatic_school_from_another(
    kind: Kind, parties: PartyFactory, school: Caller
) -> None:
    worker = parties.worker(school)
    automatic(school)
    raiser, listening = parties.enter(kind), worker.open()
    line = raiser.open()
    topic: Topic = parties.thread(raiser, school)
    listening.hear_until(t="row")
    assert [frame["t"] for frame in line.heard()] == ["meter", "event"]
    assert raiser.row(topic.raisers_id)["rev"] == 1
    shown = card(school, raiser)
    assert shown.keys() == {"id", "name", "about", "hours", "zone", "picture", "takes", "reply_time"}
    assert shown["reply_time"] is None


def test_the_overview_counts_what_is_open_and_what_workers_have(parties: PartyFactory, school: Caller) -> None:
    worker = parties.worker(school)
    topics = [parties.thread(school=school) for _ in range(3)]
    parties.thread(school)
    for topic in topics[:2]:
        parties.offloaded(topic, worker)
    counted = school.ask("GET /api/overview")
    waiting_since = counted.pop("waiting_since")
    rest = {"with_us": 0, "with_them": 0, "snoozed": 0}
    assert counted == {"open": 3, "new": 1, "with_workers": 2, "ended": 0, "waiting": 3} | rest
    topics[0].raiser.ask(f"POST /api/threads/{topics[0].raisers_id}/terminate")
    counted = school.ask("GET /api/overview")
    assert counted.pop("waiting_since") >= waiting_since
    assert counted == {"open": 2, "new": 1, "with_workers": 1, "ended": 1, "waiting": 2} | rest
