"""Promise 11, timed: by the second of two acts, no threshold tells a blind party what it must not know.

`tests.privacy.clock.timing` prints the same as a table. The proof is the count of work in test_act_pairs.py: on a busy
machine a clock shows little.
"""

from pathlib import Path

import pytest

from tests.privacy.clock.timing import PAIRS, timed
from tests.resilience.test_clock import MOST, SURE, auc, by_chance
from tests.support import sizes
from tests.support.evidence import Evidence

FEW = ("raise then send", "worker: read, by kind")  # beside other tests, where the machine is busy anyway
pytestmark = pytest.mark.xdist_group("clock")  # one after the other: two at once would time each other
CHOSEN = [*PAIRS] if sizes.FULL else FEW

# A planted fault: the job runs at once, in front of everybody, and takes longer where the school assigns by itself.
AT_ONCE_AND_LONGER = f"""
import time
from concurrent.futures import Future
from uconnect.domain.context import Plan
from uconnect.domain.keys import PartyKey
from uconnect.domain.models import Job, Thread
from uconnect.domain.enums import Policy
from uconnect.adapters.sqlite.store import SqliteStore
from uconnect.adapters.sqlite.schema import find
run_soon = SqliteStore.run_soon
async def at_once(store, use_case):
    outcome = await run_soon(store, use_case)
    if isinstance(outcome, Plan) and any(isinstance(it, Job) for it in outcome.puts):
        raised = [it for it in outcome.puts if isinstance(it, Thread)]
        def work(connection):
            schools = [find(connection, PartyKey(it.school.party)) for it in raised]
            if any(it.policy is Policy.AUTOMATIC for it in schools):
                time.sleep({0.005 if sizes.FULL else 0.2})
        store._database._submit(work, Future())
    return outcome
SqliteStore.run_soon = at_once
"""
# Another: a worker's read decodes the owner's record a hundred times over, as a far disk would take it.
OWNER_DECODED = f"""
import time
from uconnect.domain.usecases import queries
from uconnect.domain.keys import PartyKey
from uconnect.domain.models import School
thread = queries.thread
def with_owner(context, by, id):
    plan = thread(context, by, id)
    place = queries.load_membership(context, by, id)
    context.load(PartyKey(place.thread.raiser.party))
    if isinstance(context.get(PartyKey(place.thread.raiser.party)), School):
        time.sleep({0.002 if sizes.FULL else 0.2})
    return plan
queries.thread = with_owner
"""


def told_apart(folder: Path, name: str, prelude: str = "") -> tuple[float, float, int]:
    """The AUC of two worlds, its standard error by chance, and how many turns there were in each."""
    share = 1 / len(CHOSEN)
    one, other = timed(folder, name, sizes.TIMED_PAIRS, prelude, sizes.batches(sizes.TIMED_PAIRS, share, at_once=10))
    return auc(one, other), by_chance(min(len(one), len(other))), len(one)


@pytest.mark.parametrize("name", CHOSEN)
@pytest.mark.timeout(0 if sizes.FULL else 600)
def test_no_threshold_tells_two_worlds_by_the_second_act(name: str, tmp_path: Path, evidence: Evidence) -> None:
    found, chance, many = told_apart(tmp_path, name)
    assert found - SURE * chance <= MOST
    evidence(11, f"{name}: AUC {found:.3f} ± {1.96 * chance:.3f}, timed in each world", many)


@pytest.mark.planted(11)
@pytest.mark.timeout(0 if sizes.FULL else 600)
def test_a_job_that_runs_at_once_and_does_more_is_timed(tmp_path: Path) -> None:
    found, chance, _ = told_apart(tmp_path, "raise then send", AT_ONCE_AND_LONGER)
    assert found - SURE * chance > MOST


@pytest.mark.planted(11)
@pytest.mark.timeout(0 if sizes.FULL else 600)
def test_an_owner_that_is_decoded_and_not_shown_is_timed(tmp_path: Path) -> None:
    found, chance, _ = told_apart(tmp_path, "worker: read, by kind", OWNER_DECODED)
    assert found - SURE * chance > MOST
