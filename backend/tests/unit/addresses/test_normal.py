"""One address has one spelling, and what no letter can reach is no address."""

import pytest
from hypothesis import given

from tests.support.email_spellings import NORMAL, ODD, spellings
from uconnect.application.email_addresses import NO_DOMAIN, NOT_WHOLE, TOO_LONG, NotAnAddress, for_mail, kept, normal
from uconnect.application.email_addresses import spellings as looked_for
from uconnect.domain.email_addresses import checked


@given(spellings())
def test_every_spelling_of_an_address_has_one_normal_form(written: str) -> None:
    assert normal(written) == kept(written) == NORMAL


@pytest.mark.parametrize("written", ODD)
def test_the_normal_form_is_its_own_and_the_core_takes_it(written: str) -> None:
    assert normal(normal(written)) == checked(normal(written)) == NORMAL


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("strasse@x.example", "straße@x.example"),
        ("a@strasse.example", "a@straße.example"),
        ("a.b@x.example", "ab@x.example"),
        ("a+b@x.example", "a@x.example"),
        ("\u0131@x.example", "i@x.example"),
        ("\u0430@x.example", "a@x.example"),  # the first is Cyrillic
    ],
)
def test_what_may_be_two_mailboxes_stays_two_addresses(one: str, other: str) -> None:
    assert normal(one) != normal(other)


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("", NOT_WHOLE),
        ("ada", NOT_WHOLE),
        ("@example.org", NOT_WHOLE),
        ("ada@", NOT_WHOLE),
        ("ada@localhost", NOT_WHOLE),
        ("ada@eve@example.org", NOT_WHOLE),
        ("a\u200bda@example.org", NOT_WHOLE),
        ("ada@example.org\r\nBcc: x@example.org", NOT_WHOLE),
        ("a\ud800@example.org", NOT_WHOLE),
        ("ada@printer.local", NO_DOMAIN),
        ("ada@x.invalid", NO_DOMAIN),
        ("ada@xn--zzzzzz-zz.de", NO_DOMAIN),
        ("ada@ex_ample.org", NO_DOMAIN),
        ("ada@example..org", NO_DOMAIN),
        ("a" * 65 + "@example.org", TOO_LONG),
        ("ü" * 33 + "@example.org", TOO_LONG),
        ("a@" + "b" * 255, TOO_LONG),
        ("a@" + ".".join(["ü" * 40] * 5) + ".example", NO_DOMAIN),
    ],
)
def test_what_no_letter_can_reach_is_refused_in_words(written: str, why: str) -> None:
    with pytest.raises(NotAnAddress) as refused:
        normal(written)
    assert str(refused.value) == why


def test_the_longest_address_is_taken_and_one_octet_more_is_not() -> None:
    domain = ".".join(["b" * 47] * 4)[: 254 - 1 - 64]
    assert normal(f"{'a' * 64}@{domain}") == f"{'a' * 64}@{domain}"
    with pytest.raises(NotAnAddress):
        normal(f"{'a' * 64}@b{domain}")


def test_what_an_earlier_release_kept_and_no_letter_can_reach_is_looked_for_as_it_is() -> None:
    assert looked_for("Ada@LOCALHOST") == ("ada@localhost",)
    assert looked_for("ada@example.org") == ("ada@example.org",)
    assert looked_for("Ada@XN--bcher-kva.example") == ("ada@xn--bcher-kva.example", "ada@bücher.example")


def test_mail_servers_are_given_a_labels() -> None:
    assert for_mail("ada@bücher.example") == "ada@xn--bcher-kva.example"
    assert for_mail("zoë@bücher.example") == "zoë@bücher.example"
    with pytest.raises(NotAnAddress):
        for_mail("ada@localhost")
