"""`uconnect mail test` sends one e-mail, and says what the mail server answered, within a minute."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP
from click.testing import CliRunner, Result

from tests.support.polling import TIMEOUT
from tests.support.ports import free_port
from tests.unit.mail.certificates import Certificate, certificate
from tests.unit.mail.fake_mail_server import FakeMailServer, only
from uconnect.adapters.mail import one_letter
from uconnect.entrypoints.cli.main import main

ADA, SENDER = "ada@example.org", "help@uni.edu"


class Loopback(Controller):
    """A mail server on a port of the loopback."""

    def factory(self) -> SMTP:
        return SMTP(self.handler, hostname="localhost", **self.SMTP_kwargs)


@contextmanager
def listening(postmaster: FakeMailServer, **options: object) -> Iterator[int]:
    served = Loopback(postmaster, "127.0.0.1", free_port(), ready_timeout=TIMEOUT, **options)  # type: ignore[arg-type]
    served.start()
    try:
        yield served.port
    finally:
        served.stop()


@pytest.fixture
def postmaster() -> FakeMailServer:
    return FakeMailServer()


Send = Callable[..., Result]


@pytest.fixture
def send(tmp_path: Path) -> Send:
    def run(smtp: str, to: str = ADA) -> Result:
        usual = {"DATA": str(tmp_path / "data"), "SMTP": smtp, "MAIL_FROM": SENDER}
        return CliRunner().invoke(main, ["mail", "test", to], env=usual)

    return run


def test_the_server_takes_it_and_its_words_are_shown(postmaster: FakeMailServer, send: Send) -> None:
    postmaster.replies["DATA"] = ["250 2.0.0 Queued as 4Xyz\x1b[2J"]
    with listening(postmaster) as port:
        result = send(f"smtp://127.0.0.1:{port}")
    assert result.exit_code == 0, result.output
    assert result.output.startswith(f"127.0.0.1:{port} took the e-mail from {SENDER} to {ADA}: 2.0.0 Queued as 4Xyz")
    assert "\x1b" not in result.output
    (arrived,) = postmaster.arrived
    assert (arrived.sender, arrived.to) == (SENDER, [ADA])
    assert arrived.mail["Subject"] == "A test e-mail"


def test_nothing_is_written_into_the_data_folder(postmaster: FakeMailServer, send: Send, tmp_path: Path) -> None:
    with listening(postmaster) as port:
        send(f"smtp://127.0.0.1:{port}")
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("verb", "reply", "told"),
    [
        ("MAIL", "550 Not yours", f"refused the sender {SENDER}: 550 Not yours. Set MAIL_FROM to"),
        ("RCPT", "550 5.1.1 Unknown", f"refused the address {ADA}: 550 5.1.1 Unknown. Try another address"),
        ("RCPT", "450 Come later", f"refused the address {ADA}: 450 Come later."),
        ("DATA", "554 Spam", "refused the e-mail: 554 Spam. Its log may say why."),
        ("DATA", "", "closed the connection before it took the e-mail."),
    ],
)
def test_a_refusal_is_said_with_the_servers_words(
    postmaster: FakeMailServer, send: Send, verb: str, reply: str, told: str
) -> None:
    postmaster.replies[verb] = [reply]
    with listening(postmaster) as port:
        result = send(f"smtp://127.0.0.1:{port}")
    assert result.exit_code == 1
    assert told in result.output


def test_a_wrong_password_is_said_and_not_shown(postmaster: FakeMailServer, send: Send) -> None:
    with listening(postmaster, authenticator=only("ada", "right"), auth_require_tls=False) as port:
        assert send(f"smtp://ada:right@127.0.0.1:{port}").exit_code == 0
        result = send(f"smtp://ada:hunter2@127.0.0.1:{port}")
    assert result.exit_code == 1
    assert "refused the name or the password in SMTP: 535" in result.output
    assert "hunter2" not in result.output


def test_without_a_server_there_it_is_said(send: Send) -> None:
    port = free_port()
    result = send(f"smtp://127.0.0.1:{port}")
    assert result.exit_code == 1
    assert f"Error: 127.0.0.1:{port} cannot be reached: Connection refused. Does it run," in result.output
    assert "Does it run, and is it the right port in SMTP?" in result.output
    assert "uni.invalid:587 is not known: " in send("smtp://uni.invalid").output


def test_a_server_that_hangs_is_waited_for_no_longer_than_it_may(send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(one_letter, "ANSWER", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        begun = time.monotonic()
        result = send(f"smtp://127.0.0.1:{silent.getsockname()[1]}")
    assert time.monotonic() - begun < 30
    assert result.exit_code == 1
    assert "did not answer in time." in result.output


def test_a_server_that_answers_slowly_is_cut_off_as_a_whole(send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each word in time, and never the last one."""
    monkeypatch.setattr(one_letter, "ANSWER", 60.0)
    monkeypatch.setattr(one_letter, "ALL", 0.5)
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as slow:

        def drip() -> None:
            connection, _ = slow.accept()
            with connection, suppress(OSError):  # the other end has hung up
                while not over.wait(0.1):
                    connection.sendall(b"220-wait\r\n")

        thread = threading.Thread(target=drip)
        thread.start()
        begun = time.monotonic()
        result = send(f"smtp://127.0.0.1:{slow.getsockname()[1]}")
        waited = time.monotonic() - begun
        over.set()
        thread.join(60)
    assert waited < 30
    assert "did not answer in time." in result.output


@pytest.fixture
def shown(tmp_path: Path) -> Certificate:
    return certificate("localhost", tmp_path)


def test_a_certificate_that_nobody_vouches_for_is_said(
    postmaster: FakeMailServer, send: Send, shown: Certificate
) -> None:
    with listening(postmaster, ssl_context=shown.shown) as port:
        result = send(f"smtps://localhost:{port}")
    assert result.exit_code == 1
    assert f"The certificate of localhost:{port} is not valid: self-signed certificate. Set SMTP to" in result.output
    assert postmaster.tried == []


def test_a_port_that_speaks_no_tls_is_said(postmaster: FakeMailServer, send: Send) -> None:
    with listening(postmaster) as port:
        result = send(f"smtps://localhost:{port}")
    assert "did not speak TLS as SMTP says. Use smtps:// for port 465" in result.output


def test_without_a_mail_server_it_is_said_what_to_set(send: Send) -> None:
    result = send("")
    assert result.exit_code == 1
    assert "No mail server is set, so no e-mail leaves" in result.output


def test_what_is_no_address_is_refused(send: Send) -> None:
    result = send("smtp://127.0.0.1:9", "ada")
    assert result.exit_code == 2
    assert "Enter a full address" in result.output
