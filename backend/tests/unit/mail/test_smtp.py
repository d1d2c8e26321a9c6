"""Letters reach a real mail server, once each, whatever it answers on the way."""

import asyncio
import sqlite3
from datetime import UTC, datetime
from functools import partial
from itertools import pairwise
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.support.polling import TIMEOUT, poll
from tests.unit.mail.fake_mail_server import SENDER, FakeMailServer, OutboxInProcess, only
from uconnect.adapters.mail import outbox, smtp


def test_a_letter_arrives_as_it_was_written(mailer: OutboxInProcess) -> None:
    mailer.put("ada@example.org", "Zwölf: 12", "Für Ada,\n\n" + "long " * 300 + "\n.\nbye\n")
    mailer.carry()
    (arrived,) = mailer.postmaster.arrived
    assert (arrived.sender, arrived.to) == (SENDER, ["ada@example.org"])
    assert arrived.mail["Subject"] == "Zwölf: 12"
    assert arrived.mail.get_content().replace("\r\n", "\n") == "Für Ada,\n\n" + "long " * 300 + "\n.\nbye\n"
    assert mailer.left == []


def test_the_headers_say_what_the_letter_says_and_nothing_else(mailer: OutboxInProcess) -> None:
    mailer.put()
    mailer.clock.at += 3600
    mailer.carry()
    mail = mailer.postmaster.arrived[0].mail
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
    assert mail["Date"].datetime == datetime.fromtimestamp(mailer.clock.at - 3600, UTC), "when it was written"
    assert mail["Message-ID"].endswith("@uni.example>")
    assert mailer.postmaster.hello == "uni.example", "not this machine's own name"


def test_what_others_chose_adds_no_header(mailer: OutboxInProcess) -> None:
    mailer.put(subject="A school\r\nBcc: eve@example.org")
    mailer.put("bea@example.org", subject="=?utf-8?q?=0D=0ABcc=3A_eve=40example=2Eorg?=")
    mailer.carry()
    assert mailer.received_texts == ["bea@example.org"]
    assert mailer.postmaster.arrived[0].mail["Bcc"] is None


@pytest.mark.parametrize("address", ["ada@example.org\r\nDATA", "ada <x>@example.org", "", "@"])
def test_an_address_that_is_none_harms_no_other_letter(mailer: OutboxInProcess, address: str) -> None:
    mailer.put(address)
    mailer.put("bea@example.org")
    mailer.carry()
    assert mailer.received_texts == ["bea@example.org"]
    assert mailer.left == []
    (kept,) = mailer.refused
    assert (kept.letter.to.lower(), kept.refused) == (address.lower(), smtp.BAD_ADDRESS)


def test_a_domain_in_another_script_is_written_as_servers_know_it(mailer: OutboxInProcess) -> None:
    mailer.put("ada@bücher.example")
    mailer.carry()
    assert mailer.received_texts == ["ada@xn--bcher-kva.example"]


def test_letters_leave_oldest_first(mailer: OutboxInProcess) -> None:
    names = [f"{name}@example.org" for name in "dcba"]
    for name in names:
        mailer.put(name)
    mailer.carry()
    assert mailer.received_texts == names


def test_while_no_server_is_there_letters_wait_longer_and_longer_and_then_arrive(mailer: OutboxInProcess) -> None:
    mailer.shut()
    mailer.put()
    pauses = []
    for _ in range(12):
        mailer.carry()
        pauses.append(mailer.mail_sender.pause)
    assert pauses[:3] == [5, 10, 20]
    assert pauses[-1] == smtp.SERVER_WAIT_MOST
    mailer.open()
    mailer.carry()
    assert mailer.received_texts == ["ada@example.org"]
    assert mailer.mail_sender.pause == smtp.LOOK


@pytest.mark.parametrize("verb", ["RCPT", "DATA"])
def test_a_letter_put_off_by_the_server_is_tried_again_as_the_same_letter(mailer: OutboxInProcess, verb: str) -> None:
    mailer.put("ada@example.org")
    mailer.put("bea@example.org")
    mailer.postmaster.replies[verb] = ["451 4.7.1 Later"]
    mailer.carry()
    assert mailer.received_texts == ["bea@example.org"], "the others do not wait for it"
    mailer.carry()
    assert mailer.received_texts == ["bea@example.org"], "it is not too soon"
    kept = mailer.database.read(mailer.outbox.read)[0]
    mailer.clock.at += smtp.LETTER_WAIT
    mailer.carry()
    assert mailer.received_texts == ["bea@example.org", "ada@example.org"]
    mail = mailer.postmaster.arrived[1].mail
    assert mail["Message-ID"] == f"<{kept.id}@uni.example>"
    assert mail["Date"].datetime.timestamp() == kept.written
    assert mailer.left == []


def test_a_letter_is_tried_less_and_less_often_and_at_last_given_up(mailer: OutboxInProcess) -> None:
    begun = mailer.clock.at
    mailer.put()
    tried = []
    while mailer.left:
        mailer.postmaster.replies["RCPT"] = ["450 Later"]
        before = len(mailer.postmaster.tried)
        mailer.carry()
        if len(mailer.postmaster.tried) > before:
            tried.append(mailer.clock.at)
        mailer.clock.at += smtp.LETTER_WAIT
    waits = [late - soon for soon, late in pairwise(tried)]
    assert waits == sorted(waits)
    assert waits[:4] == [30, 60, 120, 240]
    assert waits[-1] == smtp.LETTER_WAIT_MOST
    assert smtp.LONGEST < tried[-1] - begun < smtp.LONGEST + 2 * smtp.LETTER_WAIT_MOST


@pytest.mark.parametrize("verb", ["RCPT", "DATA"])
def test_a_letter_refused_for_good_is_kept_without_its_words_for_the_operator_to_see(
    mailer: OutboxInProcess, verb: str
) -> None:
    mailer.put("nobody@example.org", text="Your code is 123456")
    mailer.put("bea@example.org")
    mailer.postmaster.replies[verb] = ["550 5.1.1 No such mailbox"]
    mailer.carry()
    mailer.carry()
    assert mailer.received_texts == ["bea@example.org"]
    assert mailer.left == []
    (kept,) = mailer.refused
    assert (kept.letter.to, kept.letter.subject, kept.letter.text, kept.refused) == (
        "nobody@example.org",
        "A subject",
        "",
        550,
    )
    assert len(mailer.postmaster.tried) == 4, "it is not tried again"
    poll(mailer.stored, lambda stored: b"123456" not in stored, what="nothing of its words is left")


def test_of_letters_that_were_refused_only_the_last_are_kept_and_not_for_ever(
    mailer: OutboxInProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "MOST_READ", 3)
    for number in range(5):
        mailer.put(f"{number}@example.org")
        mailer.postmaster.replies["RCPT"] = ["550 No such mailbox"]
        mailer.carry()
    assert [kept.letter.to for kept in mailer.refused] == [f"{number}@example.org" for number in (2, 3, 4)]
    mailer.put("waits@example.org")
    mailer.clock.at += outbox.SECONDS_READ + 1
    mailer.put("new@example.org")
    mailer.postmaster.replies["RCPT"] = ["250 OK", "550 No such mailbox"]
    mailer.carry()
    assert [kept.letter.to for kept in mailer.refused] == ["new@example.org"]
    assert mailer.received_texts == ["waits@example.org"], "what waits is no refused letter"


@pytest.mark.parametrize("address", ["ä@x.example", "x@localhost", "x@x", "'x y'@x.example", "ä@ü.example"])
def test_an_odd_address_is_written_to_or_told_to_the_operator(mailer: OutboxInProcess, address: str) -> None:
    mailer.put(address)
    mailer.put("bea@example.org")
    mailer.carry()
    assert len(mailer.received_texts) + len(mailer.refused) == 2, "no letter is lost without a word"
    assert "bea@example.org" in mailer.received_texts


class Slow(FakeMailServer):
    """A server that thinks about one domain until the test lets it."""

    def __init__(self) -> None:
        super().__init__()
        self.go_on = asyncio.Event()

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.endswith("@slow.example"):
            await self.go_on.wait()
        return await super().handle_RCPT(server, session, envelope, address, options)


def test_a_letter_that_was_taken_while_the_outbox_was_read_is_not_sent_again(mailer: OutboxInProcess) -> None:
    mailer.put()
    sender, read = mailer.mail_sender, mailer.database.read_soon

    async def read_then_wait(transaction: Any) -> Any:
        found = await read(transaction)
        await asyncio.gather(*sender._lanes)
        return found

    async def story() -> None:
        await sender._look()
        mailer.database.read_soon = read_then_wait  # type: ignore[method-assign]
        await sender.carry()

    mailer.wait(story())
    assert mailer.received_texts == ["ada@example.org"]


def test_a_domain_that_makes_the_server_slow_delays_no_letter_to_another(
    mailer: OutboxInProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "LOOK", 0.01)
    slow = mailer.postmaster = Slow()
    for number in range(smtp.AT_ONCE + 5):
        mailer.put(f"{number}@slow.example")

    async def story() -> None:
        carrying = asyncio.create_task(mailer.mail_sender.run())
        for number in range(smtp.AT_ONCE + 5):  # also those that are written while the slow one is waited for
            await asyncio.to_thread(mailer.put, f"{number}@example.org")
            async with asyncio.timeout(TIMEOUT):
                assert (await slow.news.get()).to == [f"{number}@example.org"]
        slow.go_on.set()
        for _ in range(smtp.AT_ONCE + 5):
            async with asyncio.timeout(TIMEOUT):
                await slow.news.get()
        carrying.cancel()
        await asyncio.gather(carrying, return_exceptions=True)

    mailer.wait(story())
    assert len(mailer.received_texts) == len(set(mailer.received_texts)) == 2 * (smtp.AT_ONCE + 5), (
        "each arrives, and once"
    )


def test_the_mail_counts_as_dead_while_the_server_is_not_there_or_wants_none_of_it(mailer: OutboxInProcess) -> None:
    standing = partial(mailer.database.read, lambda c: mailer.outbox.status(c, mailer.mail_sender.taken))
    mailer.shut()
    mailer.put()
    for _ in range(smtp.FAILS):
        assert not mailer.mail_sender.fails
        mailer.carry()
    assert mailer.mail_sender.fails
    assert not standing().stands
    mailer.clock.at += outbox.STANDS + 1
    assert standing().stands
    mailer.open()
    mailer.carry()
    assert (mailer.mail_sender.fails, standing().stands, standing().waiting) == (False, False, 0)


def test_addresses_that_the_server_puts_off_are_a_warning_and_never_a_dead_mail(mailer: OutboxInProcess) -> None:
    """Anybody can type such addresses into the sign-up form."""
    standing = partial(mailer.database.read, lambda c: mailer.outbox.status(c, mailer.mail_sender.taken))
    for number in range(outbox.SEVERAL):
        mailer.put(f"{number}@example.org")
    mailer.postmaster.replies["RCPT"] = ["452 4.3.1 No room"] * 99
    mailer.carry()
    assert not standing().delayed, "they may be taken in a minute"
    for _ in range(3):
        mailer.clock.at += outbox.STANDS + 1
        mailer.carry()
        assert (mailer.mail_sender.fails, standing().stands, standing().delayed) == (False, False, True)
    mailer.postmaster.replies["RCPT"] = []
    mailer.clock.at += smtp.LETTER_WAIT_MOST
    mailer.carry()
    assert standing() == outbox.OutboxStatus(waiting=0, failed=0, stands=False, delayed=False)


def test_one_address_that_is_never_answered_does_not_make_the_mail_dead(mailer: OutboxInProcess) -> None:
    mailer.put("ada@nowhere.example")
    for _ in range(5):
        mailer.postmaster.replies["DATA"] = [""]
        mailer.carry()
        assert mailer.left == ["ada@nowhere.example"]
        assert not mailer.database.read(lambda c: mailer.outbox.status(c, mailer.mail_sender.taken)).stands
        mailer.clock.at += outbox.STANDS + 1
    assert not mailer.mail_sender.fails


def test_a_server_that_does_not_want_our_address_costs_no_letter(mailer: OutboxInProcess) -> None:
    mailer.put()
    mailer.postmaster.replies["MAIL"] = ["550 5.7.1 You may not send as that"]
    mailer.carry()
    assert mailer.left == ["ada@example.org"]
    assert mailer.mail_sender.pause > smtp.LOOK


def test_a_letter_that_the_server_hangs_up_on_lets_the_others_go_first(mailer: OutboxInProcess) -> None:
    mailer.put("ada@example.org")
    mailer.put("bea@example.org")
    mailer.postmaster.replies["DATA"] = [""]
    mailer.carry()
    assert mailer.left == ["ada@example.org", "bea@example.org"]
    mailer.carry()
    assert mailer.received_texts == ["bea@example.org"]
    mailer.clock.at += smtp.LETTER_WAIT
    mailer.carry()
    assert mailer.received_texts == ["bea@example.org", "ada@example.org"]


def test_who_we_are_is_said_to_a_server_that_asks(mailer: OutboxInProcess) -> None:
    mailer.shut()
    mailer.open(authenticator=only("us", "p@ss:word"))
    mailer.put()
    mailer.mail_sender = mailer.carried_by(mailer.server(user="us", password="wrong"))
    mailer.carry()
    assert mailer.left == ["ada@example.org"], "a wrong password is no letter's fault"
    mailer.mail_sender = mailer.carried_by(mailer.server(user="us", password="p@ss:word"))
    mailer.carry()
    assert mailer.received_texts == ["ada@example.org"]
    assert mailer.postmaster.knew


def test_when_it_cannot_be_struck_off_the_server_is_not_flooded_with_it(
    mailer: OutboxInProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(_: int) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    mailer.put()
    with monkeypatch.context() as patch:
        patch.setattr(mailer.outbox, "remove", full)
        mailer.carry()
    assert mailer.mail_sender.pause > smtp.LOOK
    mailer.carry()
    one, two = (arrived.mail["Message-ID"] for arrived in mailer.postmaster.arrived)
    assert one == two, "so that a server may notice"
    assert mailer.left == []


def test_what_is_logged_names_nobody(mailer: OutboxInProcess, caplog: pytest.LogCaptureFixture) -> None:
    for verb, reply in (("RCPT", "550 ada@example.org is unknown"), ("MAIL", "553 not from uconnect@uni.example")):
        mailer.put(subject="A secret", text="Your code is 123456")
        mailer.postmaster.replies[verb] = [reply]
        mailer.carry()
    ours = [record.getMessage() for record in caplog.records if record.name == "uconnect"]
    assert len(ours) == 2
    for text in ("ada", "uni.example", "A secret", "123456"):
        assert text not in "".join(ours)


def test_the_sender_goes_on_until_it_is_told_to_stop(mailer: OutboxInProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "LOOK", 0.01)

    async def story() -> None:
        carrying = asyncio.create_task(mailer.mail_sender.run())
        for number in range(3):
            await asyncio.to_thread(mailer.put, f"{number}@example.org")
            await mailer.postmaster.news.get()
        carrying.cancel()
        await asyncio.gather(carrying, return_exceptions=True)

    mailer.wait(story())
    assert mailer.received_texts == ["0@example.org", "1@example.org", "2@example.org"]
