"""The canonicaliser renames what chance gave, by first appearance, and nothing that could tell."""

import base64

import pytest

from tests.privacy.worlds.canonical_transcript import canonical, ids, served

ONE, TWO = "AAAAAAAAAAAAAAAAAAAAAA", "BBBBBBBBBBBBBBBBBBBBBB"


def alike(one: str, other: str) -> bool:
    return canonical([one.encode()]) == canonical([other.encode()])


def test_other_ids_in_the_same_places_are_alike() -> None:
    assert alike(f'{{"id":"{ONE}","to":"{TWO}","of":"{ONE}"}}', f'{{"id":"{TWO}","to":"{ONE}","of":"{TWO}"}}')


def test_one_id_in_two_places_is_not_two_ids() -> None:
    assert not alike(f'["{ONE}","{ONE}"]', f'["{ONE}","{TWO}"]')


def test_other_aliases_are_alike_only_if_chance_can_give_them() -> None:
    assert alike('{"alias":"Quiet harbour 42"}', '{"alias":"Misty oak 10"}')
    assert not alike('{"alias":"Quiet harbour 42"}', '{"alias":"School 42"}')
    assert not alike('{"alias":"Quiet harbour 42"}', '{"alias":"Quiet harbour 142"}')


def test_an_alias_in_another_field_is_not_renamed() -> None:
    assert not alike('{"name":"Quiet harbour 42"}', '{"name":"Misty oak 10"}')


def test_nothing_else_is_renamed() -> None:
    for one, other in (("42", "43"), (f'"{ONE}x"', f'"{TWO}x"'), ('"key-of-a"', '"key-of-b"'), ("1.5", "1.50")):
        assert not alike(one, other)


def test_names_run_through_the_whole_transcript() -> None:
    assert canonical([ONE.encode(), TWO.encode(), ONE.encode()]) == [b"<0>", b"<1>", b"<0>"]


def test_every_id_is_found() -> None:
    said = f'{{"id":"{ONE}","next":"1800000000000.{TWO}","alias":"Misty oak 10"}}'
    assert ids([said.encode()]) == {ONE, TWO}


SECRETS = {
    "\r\ndate: {}\r\n": ("Wed, 25 Nov 2026 19:59:59 GMT", "Thu, 26 Nov 2026 00:00:00 GMT"),
    "\r\nSec-WebSocket-Accept: {}\r\n": (f"{ONE}+/abc=", f"{TWO}a/+bc="),
    "set-cookie: uconnect_session_user={}; HttpOnly": (ONE + "x" * 21, TWO + "y" * 21),
    "location: /user/?code={}&state=state": (ONE + "x" * 21, TWO + "y" * 21),
    '{{"refresh_token":"{}"}}': (f"{ONE}.{ONE}{'x' * 21}", f"{TWO}.{TWO}{'y' * 21}"),
    "\r\nYour code is {}\r\n": ("12345678", "87654321"),
}


def served_alike(one: str, other: str) -> bool:
    return canonical(served([one.encode()])) == canonical(served([other.encode()]))


@pytest.mark.parametrize("place", SECRETS)
def test_a_secret_is_renamed_only_where_it_is_known_and_only_if_it_is_as_long_as_chance_makes_it(place: str) -> None:
    one, two = SECRETS[place]
    assert served_alike(place.format(one), place.format(two))
    assert not served_alike(place.format(one), place.format(two + "z"))
    assert not served_alike(f"elsewhere {one}z", f"elsewhere {two}z")


def test_what_a_signed_token_says_is_compared() -> None:
    def token(claims: str, signature: str) -> str:
        head, said = (base64.urlsafe_b64encode(it.encode()).decode().rstrip("=") for it in ('{"alg":"ES256"}', claims))
        return f"{head}.{said}.{signature * 86}"

    assert served_alike(token(f'{{"sub":"{ONE}"}}', "a"), token(f'{{"sub":"{TWO}"}}', "b"))
    assert not served_alike(token('{"by":"school"}', "a"), token('{"by":"worker"}', "a"))
