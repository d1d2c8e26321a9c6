"""Nobody on the way reads a letter: not even its address is said to a server that has not shown who it is."""

from pathlib import Path

import pytest

from tests.unit.mail.certificates import Certificate, certificate
from tests.unit.mail.fake_mail_server import OutboxInProcess
from uconnect.adapters.mail import TlsMode

BOTH = pytest.mark.parametrize("safety", [TlsMode.TLS, TlsMode.START_TLS])


@pytest.fixture
def ours(tmp_path: Path) -> Certificate:
    return certificate("localhost", tmp_path)


def listen(mailer: OutboxInProcess, shown: Certificate, safety: TlsMode) -> None:
    mailer.shut()
    if safety is TlsMode.TLS:
        mailer.open(shown.shown)
    else:
        mailer.open(tls_context=shown.shown, require_starttls=True)


@BOTH
def test_a_server_with_a_good_certificate_gets_the_letter(
    mailer: OutboxInProcess, ours: Certificate, safety: TlsMode
) -> None:
    listen(mailer, ours, safety)
    mailer.mail_sender = mailer.carried_by(mailer.server(safety, "localhost"), ours.believed)
    mailer.put()
    mailer.carry()
    assert mailer.received_texts == ["ada@example.org"]


@BOTH
def test_a_certificate_that_nobody_vouches_for_gets_nothing(
    mailer: OutboxInProcess, ours: Certificate, safety: TlsMode
) -> None:
    listen(mailer, ours, safety)
    mailer.mail_sender = mailer.carried_by(mailer.server(safety, "localhost"))
    mailer.put()
    mailer.carry()
    assert mailer.postmaster.tried == []
    assert mailer.left == ["ada@example.org"]


@BOTH
def test_a_certificate_for_another_name_gets_nothing(mailer: OutboxInProcess, tmp_path: Path, safety: TlsMode) -> None:
    other = certificate("mail.example.org", tmp_path)
    listen(mailer, other, safety)
    mailer.mail_sender = mailer.carried_by(mailer.server(safety, "localhost"), other.believed)
    mailer.put()
    mailer.carry()
    assert mailer.postmaster.tried == []
    assert mailer.left == ["ada@example.org"]


def test_a_server_that_offers_no_safety_is_told_nothing(mailer: OutboxInProcess) -> None:
    mailer.mail_sender = mailer.carried_by(mailer.server(TlsMode.START_TLS))
    mailer.put()
    mailer.carry()
    assert mailer.postmaster.tried == []
    assert mailer.left == ["ada@example.org"]
