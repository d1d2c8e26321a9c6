"""Letters reach a real mail server, once each, whatever it answers on the way."""

import asyncio
import sqlite3
from datetime import UTC, datetime
from itertools import pairwise

import pytest

from tests.mails.kit import SENDER, Post, only
from uconnect.mails import carrier


def test_a_letter_arrives_as_it_was_written(post: Post) -> None:
    post.put("ada@example.org", "Zwölf: 12", "Für Ada,\n\n" + "long " * 300 + "\n.\nbye\n")
    post.carry()
    (arrived,) = post.postmaster.arrived
    assert (arrived.sender, arrived.to) == (SENDER, ["ada@example.org"])
    assert arrived.mail["Subject"] == "Zwölf: 12"
    assert arrived.mail.get_content().replace("\r\n", "\n") == "Für Ada,\n\n" + "long " * 300 + "\n.\nbye\n"
    assert post.left == []


def test_the_headers_say_what_the_letter_says_and_nothing_else(post: Post) -> None:
    post.put()
    post.clock.at += 3600
    post.carry()
    mail = post.postmaster.arrived[0].mail
    assert sorted(mail.keys()) == [
        "Auto-Submitted",
        "Content-Transfer-Encoding",
        "Content-Type",
        "Date",
        "From",
        "MIME-Version",
        "Message-ID",
        "Subject",
        "To",
    ]
    assert mail["From"] == f"uconnect <{SENDER}>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"].datetime == datetime.fromtimestamp(post.clock.at - 3600, UTC), "when it was written"
    assert mail["Message-ID"].endswith("@uni.example>")
    assert post.postmaster.hello == "uni.example", "not this machine's own name"


def test_what_others_chose_adds_no_header(post: Post) -> None:
    post.put(subject="A school\r\nBcc: eve@example.org")
    post.put("bea@example.org", subject="=?utf-8?q?=0D=0ABcc=3A_eve=40example=2Eorg?=")
    post.carry()
    assert post.came == ["bea@example.org"]
    assert post.postmaster.arrived[0].mail["Bcc"] is None


@pytest.mark.parametrize("address", ["ada@example.org\r\nDATA", "ada <x>@example.org", "", "@"])
def test_an_address_that_is_none_harms_no_other_letter(post: Post, address: str) -> None:
    post.put(address)
    post.put("bea@example.org")
    post.carry()
    assert post.came == ["bea@example.org"]
    assert post.left == []


def test_a_domain_in_another_script_is_written_as_servers_know_it(post: Post) -> None:
    post.put("ada@bücher.example")
    post.carry()
    assert post.came == ["ada@xn--bcher-kva.example"]


def test_letters_leave_oldest_first(post: Post) -> None:
    names = [f"{name}@example.org" for name in "dcba"]
    for name in names:
        post.put(name)
    post.carry()
    assert post.came == names


def test_while_no_server_is_there_letters_wait_longer_and_longer_and_then_arrive(post: Post) -> None:
    post.shut()
    post.put()
    pauses = []
    for _ in range(12):
        post.carry()
        pauses.append(post.carrier.pause)
    assert pauses[:3] == [5, 10, 20]
    assert pauses[-1] == carrier.SERVER_WAIT_MOST
    post.open()
    post.carry()
    assert post.came == ["ada@example.org"]
    assert post.carrier.pause == carrier.LOOK


@pytest.mark.parametrize("verb", ["RCPT", "DATA"])
def test_a_letter_put_off_by_the_server_is_tried_again_as_the_same_letter(post: Post, verb: str) -> None:
    post.put("ada@example.org")
    post.put("bea@example.org")
    post.postmaster.replies[verb] = ["451 4.7.1 Later"]
    post.carry()
    assert post.came == ["bea@example.org"], "the others do not wait for it"
    post.carry()
    assert post.came == ["bea@example.org"], "it is not too soon"
    kept = post.database.read(post.outbox.read)[0]
    post.clock.at += carrier.LETTER_WAIT
    post.carry()
    assert post.came == ["bea@example.org", "ada@example.org"]
    mail = post.postmaster.arrived[1].mail
    assert mail["Message-ID"] == f"<{kept.id}@uni.example>"
    assert mail["Date"].datetime.timestamp() == kept.written
    assert post.left == []


def test_a_letter_is_tried_less_and_less_often_and_at_last_given_up(post: Post) -> None:
    begun = post.clock.at
    post.put()
    tried = []
    while post.left:
        post.postmaster.replies["RCPT"] = ["450 Later"]
        before = len(post.postmaster.tried)
        post.carry()
        if len(post.postmaster.tried) > before:
            tried.append(post.clock.at)
        post.clock.at += carrier.LETTER_WAIT
    waits = [late - soon for soon, late in pairwise(tried)]
    assert waits == sorted(waits)
    assert waits[:4] == [30, 60, 120, 240]
    assert waits[-1] == carrier.LETTER_WAIT_MOST
    assert carrier.LONGEST < tried[-1] - begun < carrier.LONGEST + 2 * carrier.LETTER_WAIT_MOST


@pytest.mark.parametrize("verb", ["RCPT", "DATA"])
def test_a_letter_refused_for_good_is_struck_off(post: Post, verb: str) -> None:
    post.put("nobody@example.org")
    post.put("bea@example.org")
    post.postmaster.replies[verb] = ["550 5.1.1 No such mailbox"]
    post.carry()
    assert post.came == ["bea@example.org"]
    assert post.left == []


def test_a_server_that_does_not_want_our_address_costs_no_letter(post: Post) -> None:
    post.put()
    post.postmaster.replies["MAIL"] = ["550 5.7.1 You may not send as that"]
    post.carry()
    assert post.left == ["ada@example.org"]
    assert post.carrier.pause > carrier.LOOK


def test_a_letter_that_the_server_hangs_up_on_lets_the_others_go_first(post: Post) -> None:
    post.put("ada@example.org")
    post.put("bea@example.org")
    post.postmaster.replies["DATA"] = [""]
    post.carry()
    assert post.left == ["ada@example.org", "bea@example.org"]
    post.carry()
    assert post.came == ["bea@example.org"]
    post.clock.at += carrier.LETTER_WAIT
    post.carry()
    assert post.came == ["bea@example.org", "ada@example.org"]


def test_who_we_are_is_said_to_a_server_that_asks(post: Post) -> None:
    post.shut()
    post.open(authenticator=only("us", "p@ss:word"))
    post.put()
    post.carrier = post.carried_by(post.server(user="us", password="wrong"))
    post.carry()
    assert post.left == ["ada@example.org"], "a wrong password is no letter's fault"
    post.carrier = post.carried_by(post.server(user="us", password="p@ss:word"))
    post.carry()
    assert post.came == ["ada@example.org"]
    assert post.postmaster.knew


def test_when_it_cannot_be_struck_off_the_server_is_not_flooded_with_it(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(_: int) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    post.put()
    with monkeypatch.context() as patch:
        patch.setattr(post.outbox, "strike", full)
        post.carry()
    assert post.carrier.pause > carrier.LOOK
    post.carry()
    one, two = (arrived.mail["Message-ID"] for arrived in post.postmaster.arrived)
    assert one == two, "so that a server may notice"
    assert post.left == []


def test_what_is_logged_names_nobody(post: Post, caplog: pytest.LogCaptureFixture) -> None:
    for verb, reply in (("RCPT", "550 ada@example.org is unknown"), ("MAIL", "553 not from uconnect@uni.example")):
        post.put(subject="A secret", text="Your code is 123456")
        post.postmaster.replies[verb] = [reply]
        post.carry()
    ours = [record.getMessage() for record in caplog.records if record.name == "uconnect"]
    assert len(ours) == 2
    for text in ("ada", "uni.example", "A secret", "123456"):
        assert text not in "".join(ours)


def test_the_carrier_goes_on_until_it_is_told_to_stop(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(carrier, "LOOK", 0.01)

    async def story() -> None:
        carrying = asyncio.create_task(post.carrier.keep_carrying())
        for number in range(3):
            await asyncio.to_thread(post.put, f"{number}@example.org")
            await post.postmaster.news.get()
        carrying.cancel()
        await asyncio.gather(carrying, return_exceptions=True)

    post.wait(story())
    assert post.came == ["0@example.org", "1@example.org", "2@example.org"]
