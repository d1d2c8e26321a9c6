"""The bodies of the operations: each field at its limit and beyond it, and no field more."""

from typing import Any

import msgspec
import pytest

from uconnect.core.commands import Body, Invite, Nothing, Offload, Raise

ID, KEY = "A" * 22, "k" * 16
RAISE = {"key": KEY, "school": ID, "subject": "A question", "text": "Hello"}
INVITE = {"key": KEY, "email": "w@school.example", "name": "Wendy"}
BODIES = [(Raise, RAISE), (Offload, {"worker": ID}), (Invite, INVITE), (Nothing, {})]


def understood(kind: type[Body], body: dict[str, Any]) -> bool:
    try:
        read = msgspec.json.decode(msgspec.json.encode(body), type=kind)
    except msgspec.MsgspecError:
        return False
    assert msgspec.to_builtins(read) == body  # as it is: nothing is trimmed, folded or dropped
    return True


def test_these_are_all_the_bodies() -> None:
    assert {kind for kind, _ in BODIES} == set(Body.__subclasses__())


@pytest.mark.parametrize(("kind", "body"), BODIES)
def test_a_body_needs_all_its_fields_and_takes_no_other(kind: type[Body], body: dict[str, Any]) -> None:
    assert understood(kind, body)
    assert not understood(kind, body | {"by": ID})
    for field in body:
        assert not understood(kind, {name: body[name] for name in body if name != field})
        assert not understood(kind, body | {field: None})
        assert not understood(kind, body | {field: 5})


@pytest.mark.parametrize(
    ("kind", "body", "field", "value"),
    [
        (Raise, RAISE, "subject", "x"),
        (Raise, RAISE, "subject", "🦉" * 120),
        (Raise, RAISE, "subject", " x "),
        (Raise, RAISE, "text", "x" * 4_000),
        (Invite, INVITE, "name", "x" * 80),
        (Invite, INVITE, "email", "a@b"),
        (Invite, INVITE, "email", "Ünï@schüle.example"),
        (Invite, INVITE, "email", "a@" + "b" * 252),
    ],
)
def test_at_its_limit_a_field_is_understood(kind: type[Body], body: dict[str, Any], field: str, value: str) -> None:
    assert understood(kind, body | {field: value})


@pytest.mark.parametrize(
    ("kind", "body", "field", "value"),
    [
        (Raise, RAISE, "subject", ""),
        (Raise, RAISE, "subject", " \t"),
        (Raise, RAISE, "subject", "x" * 121),
        (Raise, RAISE, "subject", "two\nlines"),
        (Raise, RAISE, "subject", "one line\n"),
        (Raise, RAISE, "subject", "one\rline"),
        (Raise, RAISE, "subject", "\nx"),
        (Raise, RAISE, "text", "x" * 4_001),
        (Raise, RAISE, "text", "\n"),
        (Raise, RAISE, "school", "A" * 22 + "\n"),
        (Raise, RAISE, "key", "k" * 15),
        (Offload, {"worker": ID}, "worker", "A" * 21),
        (Invite, INVITE, "name", ""),
        (Invite, INVITE, "name", "  "),
        (Invite, INVITE, "name", "x" * 81),
        (Invite, INVITE, "name", "Wendy\r\nBcc: everyone@school.example"),  # it stands in a mail's header
        (Invite, INVITE, "email", ""),
        (Invite, INVITE, "email", "a"),
        (Invite, INVITE, "email", "@b"),
        (Invite, INVITE, "email", "a@"),
        (Invite, INVITE, "email", "a@b@c"),
        (Invite, INVITE, "email", "a b@c"),
        (Invite, INVITE, "email", "a@b\n"),
        (Invite, INVITE, "email", "a@b\nBcc: c@d"),
        (Invite, INVITE, "email", "a@" + "b" * 253),
        (Invite, INVITE, "key", "k" * 65),
    ],
)
def test_beyond_its_limit_a_field_is_refused(kind: type[Body], body: dict[str, Any], field: str, value: str) -> None:
    assert not understood(kind, body | {field: value})
