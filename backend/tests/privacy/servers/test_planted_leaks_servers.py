"""A test that cannot fail proves nothing: what a server could tell is planted in turn, and the twin servers notice."""

import pytest

from tests.privacy.servers.complete_server_scripts import SERVER, raisers_story, workers_story
from tests.privacy.servers.log_capture import Journal
from tests.privacy.servers.planted_server_leaks import FOR_RAISERS, FOR_WORKERS
from tests.privacy.servers.side_actions import ALL
from tests.privacy.servers.twin_servers import Servers, must_be_blind, play
from tests.privacy.worlds.leak_planting import Leak, Patch
from tests.privacy.worlds.twin_worlds import Observed, compare
from tests.support import sizes
from uconnect.domain.enums import Kind

STATUSES = {"200", "204", "303", "304", "307", "400", "401", "403", "404", "413", "503"}
EVERYWHERE = STATUSES | {"frame bye", "closed 1000", "socket 101", "socket 401", "socket 403"}
SOME = 6  # in the short run, one leak in so many


def some(leaks: list[Leak], first: int) -> list[Leak]:
    return leaks if sizes.FULL else leaks[first::SOME]


LEAST = 20  # frames that are heard in a story


def test_the_story_tries_everything() -> None:
    assert {name for seen, hidden in SERVER for name in (*seen, *hidden)} == ALL.keys()


@pytest.mark.parametrize("kind", [Kind.USER, Kind.SCHOOL])
def test_the_raisers_story_is_told_as_one(kind: Kind, servers: Servers, journal: Journal) -> None:
    heard = must_be_blind(raisers_story(kind), servers, LEAST, journal).heard
    assert heard.keys() >= EVERYWHERE | {"frame meter", "frame event"}
    assert heard["letter HELO"] == 3  # two codes, and that the account is closed


def test_the_workers_story_is_told_as_one(servers: Servers, journal: Journal) -> None:
    heard = must_be_blind(workers_story(), servers, LEAST, journal).heard
    assert heard.keys() >= EVERYWHERE | {"frame row", "frame gone", "frame noted"}
    assert heard["letter HELO"] == 2  # its invitation and a code


@pytest.mark.planted(9)
@pytest.mark.parametrize("leak", some(FOR_RAISERS, 0), ids=str)
def test_what_would_tell_the_raiser_is_noticed(leak: Leak, servers: Servers, monkeypatch: Patch) -> None:
    leak.plant(monkeypatch)
    with pytest.raises(Observed):
        compare(play(raisers_story(), servers))


@pytest.mark.planted(10)
@pytest.mark.parametrize("leak", some(FOR_WORKERS, 3), ids=str)
def test_what_would_tell_a_worker_is_noticed(leak: Leak, servers: Servers, monkeypatch: Patch) -> None:
    leak.plant(monkeypatch)
    with pytest.raises(Observed):
        compare(play(workers_story(), servers))
