"""What is kept is found again: the key of each kind of record."""

import pytest

from tests.contracts.records import every_kind
from uconnect.core import keys
from uconnect.core.keys import Key, key_of
from uconnect.core.model import AnyRecord
from uconnect.core.terms import Side

KEYS = [
    keys.PartyKey("school"),
    keys.PartyKey("worker"),
    keys.PartyKey("user"),
    keys.AddressKey("s@x"),
    keys.LoginKey("https://issuer/#", "#subject"),
    keys.ThreadKey("thread"),
    keys.HandleKey("user", "h"),
    keys.PlacementKey("thread", "worker"),
    keys.PresenceKey("thread", Side.SCHOOL),
    keys.EntryKey("thread", 1),
    keys.EntryKey("thread", 2),
    keys.ReceiptKey("user", "k"),
    keys.PaceKey("user", "raise"),
    keys.TicketKey("0f"),
    keys.TodoKey("erase"),
    keys.TodoKey("return"),
]


@pytest.mark.parametrize(("record", "key"), list(zip(every_kind(), KEYS, strict=True)))
def test_a_record_is_kept_under_its_key(record: AnyRecord, key: Key[AnyRecord]) -> None:
    assert key_of(record) == key


def test_keys_of_different_kinds_are_never_equal() -> None:
    assert len({keys.PartyKey("a"), keys.ThreadKey("a"), keys.TodoKey("a"), keys.TicketKey("a")}) == 4
