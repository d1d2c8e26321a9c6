"""The canonicaliser renames what chance gave, by first appearance, and nothing that could tell."""

from tests.leaks.canonical import canonical, ids

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
