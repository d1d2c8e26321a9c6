"""No channel of the catalogue is forgotten: each has a planted leak, or a test that it is not there."""

from pathlib import Path

import pytest

from tests.e2e.planted_page_leaks import LEAKS as ON_PAGES
from tests.privacy.servers import planted_server_leaks
from tests.privacy.worlds.leak_channels import CHANNELS, Channel
from tests.privacy.worlds.planted_for_raisers import LEAKS as FOR_RAISERS
from tests.privacy.worlds.planted_for_workers import LEAKS as FOR_WORKERS

ROOT = Path(__file__).parents[4]
ON_SERVERS = (*planted_server_leaks.FOR_RAISERS, *planted_server_leaks.FOR_WORKERS)
PLANTED = {
    *(leak.channel for leak in (*FOR_RAISERS, *FOR_WORKERS)),
    *(leak.channel for leak in ON_SERVERS),
    *(leak.channel for leak in ON_PAGES),
}


def test_all_of_the_catalogue_is_here() -> None:
    """Those that failed elsewhere, and those of the later rows that this product has by now."""
    numbers = [channel.number for channel in CHANNELS]
    assert numbers == sorted({*range(1, 30), *numbers})


@pytest.mark.parametrize("channel", CHANNELS, ids=lambda it: f"{it.number}: {it.what}")
def test_a_channel_has_a_planted_leak_or_a_test_that_it_is_not_there(channel: Channel) -> None:
    assert channel.planted or channel.shown or channel.open
    assert set(channel.planted) <= PLANTED
    for test in channel.shown:
        path, _, name = test.partition("::")
        found = f"def {name}(" if path.endswith(".py") else f'test("{name}"'
        assert found in (ROOT / path).read_text(), test


def test_every_planted_leak_is_of_a_channel() -> None:
    assert {name for channel in CHANNELS for name in channel.planted} == PLANTED


def test_what_is_open_is_said_in_the_threat_model_and_is_no_more_than_this() -> None:
    model = " ".join((ROOT / "docs" / "threat-model.md").read_text().split())
    found = {channel.number: channel.open for channel in CHANNELS if channel.open}
    assert found.keys() == {29}
    assert [reason for reason in found.values() if reason not in model] == []
