"""Promises 9 and 10 on the pages: whoever is blind finds the same in their browser, whatever is secretly so."""

from collections.abc import Callable, Iterator
from random import Random

import pytest
from playwright.sync_api import Browser

from tests.e2e.browser_party import DESKTOP, PHONE
from tests.e2e.leak_watcher import LeakWatcher
from tests.e2e.planted_page_leaks import LEAKS, Leak
from tests.e2e.raiser_page_scripts import QUIET, STAFFED, RaisersScript, Secret, raisers_script
from tests.e2e.twin_site_servers import Pair, Script, pair, play
from tests.e2e.worker_page_scripts import WorkersScript, workers_script
from tests.support import sizes
from tests.support.evidence import Evidence
from tests.support.network_proxy import Network
from uconnect.domain.enums import Kind

STEPS = 8 if sizes.FULL else 5  # of a script, after its beginning
SHARE = 0.8  # of the seconds of a proof
LEAST = 2  # messages on the page at once, or there was nothing to tell
MADE: dict[int, Callable[[Random, int], Script]] = {9: raisers_script, 10: workers_script}
STORIES: dict[int, Script] = {
    9: RaisersScript(
        Kind.USER,
        DESKTOP,
        (("raise", 0, 1_000), ("answer", 0, 1_000), ("begin to write", 0, 5_000)),
        ((QUIET, QUIET, QUIET), (QUIET, STAFFED, QUIET)),
    ),
    10: WorkersScript(
        DESKTOP,
        (("open", 0, 1_000), ("write", 0, 5_000), ("note", 0, 1_000), ("begin to answer", 0, 1_000)),
        ((0, 0), (1, 2)),
        (((),) * 4, ((),) * 4),
    ),
}
SEARCHES: dict[int, Script] = {
    9: RaisersScript(
        Kind.USER,
        PHONE,
        (("raise", 0, 1_000), ("answer", 0, 1_000), ("search", 0, 1_000)),
        ((QUIET, QUIET, QUIET), (QUIET, STAFFED, Secret((("note", 0), ("rename", 0)), 1))),
    ),
    10: WorkersScript(
        DESKTOP,
        (("open", 0, 1_000), ("note", 0, 1_000), ("search", 0, 1_000)),
        ((0, 0), (1, 2)),
        (((),) * 3, ((), (), (("raise", 1), ("rename", 2)))),
    ),
}
PLANTED = [(promise, leak) for promise in STORIES for leak in LEAKS]

pytestmark = pytest.mark.timeout(10_800 if sizes.FULL else 120)


def counted_for(promise: int) -> pytest.MarkDecorator:
    """The two are tried beside each other; where little is tried, with those who have a browser open already."""
    return pytest.mark.xdist_group(f"blind {promise}" if sizes.FULL else "desktop")


@pytest.fixture(scope="session")
def homes(
    tmp_path_factory: pytest.TempPathFactory, browser: Browser, make_network: Callable[[], Network]
) -> Iterator[Pair]:
    with pair(tmp_path_factory.mktemp("twins"), browser, make_network) as homes:
        yield homes


@pytest.mark.parametrize("promise", [pytest.param(it, marks=counted_for(it)) for it in MADE])
def test_whoever_is_blind_is_shown_the_same_by_their_page(promise: int, homes: Pair, evidence: Evidence) -> None:
    searched = play(SEARCHES[promise], homes)
    assert searched.letters_shown() == {}
    assert any(b"<mark" in line for channel, line in searched.seen[0].lines if channel == "page")
    pairs, first = 0, Random().getrandbits(32) if sizes.FULL else 0
    for _ in sizes.batches(sizes.PAGES, SHARE, at_once=1):
        must_be_blind(promise, first + pairs, homes)
        pairs += 1
    evidence(promise, "pairs of rendered pages", pairs)


def must_be_blind(promise: int, seed: int, homes: Pair) -> None:
    script = MADE[promise](Random(seed), STEPS)
    try:
        played = play(script, homes)
        assert played.letters_shown() == {}
        assert played.secrets[0] != played.secrets[1]
        assert min(map(shown, played.seen)) >= LEAST, "hardly anything was told: nothing is proven"
    except Exception as error:
        error.add_note(f"{MADE[promise].__name__}(Random({seed}), {STEPS}): {script}")
        raise


@pytest.mark.parametrize(
    ("promise", "leak"),
    [
        pytest.param(promise, leak, id=f"{promise}-{leak}", marks=[counted_for(promise), pytest.mark.planted(promise)])
        for promise, leak in (PLANTED if sizes.FULL else PLANTED[:: len(LEAKS) + 3])
    ],
)
def test_what_a_page_would_tell_is_noticed(promise: int, leak: Leak, homes: Pair) -> None:
    assert leak.channel in play(STORIES[promise], homes, leak).letters_shown()


def shown(watcher: LeakWatcher) -> int:
    """The most messages that were on the page at once."""
    return max(line.count(b'class="bubble"') for channel, line in watcher.lines if channel == "page")
