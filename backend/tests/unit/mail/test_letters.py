"""What our letters say of others is a name, and never an address that somebody could follow."""

from collections.abc import Callable

import pytest

from uconnect.adapters.mail import Email, templates

KINDS = [
    lambda school: templates.invitation("new@x.example", school, "https://ask.uni.edu/link"),
    lambda school: templates.invitation_to_account("new@x.example", school),
    lambda school: templates.invitation_to_sign_up("new@x.example", school, "https://ask.uni.edu/link"),
]


@pytest.mark.parametrize("write", KINDS)
@pytest.mark.parametrize(
    "school",
    ["Win at https://evil.example", "evil.example", "www.evil", "write to a@evil", "EVIL.EXAMPLE/x", "bücher.example"],
)
def test_a_school_that_is_called_by_an_address_is_not_named(write: Callable[[str], Email], school: str) -> None:
    letter = write(school)
    assert letter.subject == "A school invites you to answer its threads"
    assert school not in letter.text


@pytest.mark.parametrize("write", KINDS)
@pytest.mark.parametrize("school", ["School of Law", "St. Mary's", "No. 7", "Dept. of Maths, Ph.D. School", "3.5 Lab"])
def test_a_school_is_named(write: Callable[[str], Email], school: str) -> None:
    letter = write(school)
    assert letter.subject == f"{school} invites you to answer its threads"
    assert school in letter.text
