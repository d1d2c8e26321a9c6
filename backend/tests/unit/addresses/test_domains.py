"""Which domain an address is of: by the same normal form that addresses have, whatever was typed."""

import pytest

from uconnect.application.email_addresses import NotAnAddress, is_of_domains, normal, normal_domain


@pytest.mark.parametrize(
    ("typed", "domain"),
    [
        ("uni.edu", "uni.edu"),
        ("Uni.EDU", "uni.edu"),
        (" uni.edu. ", "uni.edu"),
        ("uni\u3002edu", "uni.edu"),
        ("\uff55\uff4e\uff49.edu", "uni.edu"),
        ("Bücher.example.org", "bücher.example.org"),
        ("xn--bcher-kva.example.org", "bücher.example.org"),
        ("XN--BCHER-KVA.example.org", "bücher.example.org"),
        ("edu", "edu"),
        ("x.edu", "x.edu"),
        ("x.x.edu", "x.x.edu"),
    ],
)
def test_a_domain_has_one_spelling(typed: str, domain: str) -> None:
    assert normal_domain(typed) == domain


@pytest.mark.parametrize("typed", ["", ".", "*", "*.uni.edu", "uni..edu", ".uni.edu", "a@uni.edu", "uni edu", "ä" * 70])
def test_what_is_no_domain_is_refused(typed: str) -> None:
    with pytest.raises(NotAnAddress):
        normal_domain(typed)


@pytest.mark.parametrize(
    ("email", "domains", "is_of"),
    [
        ("ada@uni.edu", ("uni.edu",), True),
        ("Ada@UNI.edu.", ("uni.edu",), True),
        ("ada@cs.uni.edu", ("uni.edu",), False),
        ("ada@myuni.edu", ("uni.edu",), False),
        ("ada@uni.edu.evil.org", ("uni.edu",), False),
        ("ada@edu.uni", ("uni.edu",), False),
        ("ada@cs.uni.edu", ("*.uni.edu",), True),
        ("ada@a.cs.uni.edu", ("*.uni.edu",), True),
        ("ada@uni.edu", ("*.uni.edu",), False),
        ("ada@myuni.edu", ("*.uni.edu",), False),
        ("ada@uni.edu", ("*.edu",), True),
        ("ada@uni.edu", ("other.org", "uni.edu"), True),
        ("ada@bücher.example.org", ("bücher.example.org",), True),
        ("ada@xn--bcher-kva.example.org", ("bücher.example.org",), True),
        ("ada@x.BÜCHER.example.org", ("*.bücher.example.org",), True),
        ("ada@bucher.example.org", ("bücher.example.org",), False),
        ('"@uni.edu"@evil.org', ("uni.edu",), False),
        ("ada@anywhere.org", (), True),
    ],
)
def test_an_address_is_of_a_domain_or_of_one_below_it_and_of_no_other(
    email: str, domains: tuple[str, ...], is_of: bool
) -> None:
    try:
        known = normal(email)
    except NotAnAddress:
        assert not is_of
        return
    assert is_of_domains(known, domains) is is_of
