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


def listen(post: OutboxInProcess, shown: Certificate, safety: TlsMode) -> None:
    post.shut()
    if safety is TlsMode.TLS:
        post.open(shown.shown)
    else:
        post.open(tls_context=shown.shown, require_starttls=True)


@BOTH
def test_a_server_with_a_good_certificate_gets_the_letter(
    post: OutboxInProcess, ours: Certificate, safety: TlsMode
) -> None:
    listen(post, ours, safety)
    post.mail_sender = post.carried_by(post.server(safety, "localhost"), ours.believed)
    post.put()
    post.carry()
    assert post.came == ["ada@example.org"]


@BOTH
def test_a_certificate_that_nobody_vouches_for_gets_nothing(
    post: OutboxInProcess, ours: Certificate, safety: TlsMode
) -> None:
    listen(post, ours, safety)
    post.mail_sender = post.carried_by(post.server(safety, "localhost"))
    post.put()
    post.carry()
    assert post.postmaster.tried == []
    assert post.left == ["ada@example.org"]


@BOTH
def test_a_certificate_for_another_name_gets_nothing(post: OutboxInProcess, tmp_path: Path, safety: TlsMode) -> None:
    other = certificate("mail.example.org", tmp_path)
    listen(post, other, safety)
    post.mail_sender = post.carried_by(post.server(safety, "localhost"), other.believed)
    post.put()
    post.carry()
    assert post.postmaster.tried == []
    assert post.left == ["ada@example.org"]


def test_a_server_that_offers_no_safety_is_told_nothing(post: OutboxInProcess) -> None:
    post.mail_sender = post.carried_by(post.server(TlsMode.START_TLS))
    post.put()
    post.carry()
    assert post.postmaster.tried == []
    assert post.left == ["ada@example.org"]
