"""Where scripts come from: chance, and one story for each blind party that tries everything."""

import hypothesis.strategies as st

from tests.leaks import elsewhere, raisers, workers
from tests.leaks.elsewhere import WorkersScript
from tests.leaks.raisers import RaisersScript, Secret
from tests.leaks.stage import WAITS
from tests.leaks.workers import KINDS, SILENCE, THREADS
from uconnect.core.terms import Kind

Steps = list[tuple[str, int, int]]
QUIET = Secret()
STAFFED = Secret(acts=(("offload", 0),), hand=1)
CALM: elsewhere.Acts = ()

ACTS = ("offload", "offload", *raisers.SECRETS, *raisers.BESIDE)
secrets = st.builds(
    Secret,
    acts=st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, raisers.HANDS - 1)), max_size=3).map(tuple),
    hand=st.integers(0, 1),
    more=st.booleans(),
)
owners_acts = st.lists(
    st.tuples(st.sampled_from(list(elsewhere.SECRETS)), st.integers(0, len(KINDS) - 1)), max_size=3
).map(tuple)
ended = st.frozensets(st.integers(0, len(KINDS) - 1))
owners = st.tuples(*[st.integers(0, len(KINDS) - 1)] * THREADS)


def steps(names: list[str], threads: int, fewest: int = 6, most: int = 25) -> st.SearchStrategy[Steps]:
    step = st.tuples(st.sampled_from(names), st.integers(0, threads - 1), st.sampled_from(WAITS))
    return st.lists(step, min_size=fewest, max_size=most)


@st.composite
def raisers_scripts(draw: st.DrawFn) -> RaisersScript:
    """It begins with an answer, by the school in one world and by a worker in the other."""
    anywhere = [name for name in raisers.ANYWHERE if name != "close_account"]
    what = draw(steps([*anywhere, *raisers.STEPS], 5))
    if draw(st.booleans()):
        what += [("close_account", 0, 1), *draw(steps([*anywhere, *raisers.STEPS], 5, 1, 5))]
    several = st.lists(secrets, min_size=len(what), max_size=len(what))
    first, second = draw(st.just([QUIET] * len(what)) | several), draw(several)
    return RaisersScript(
        draw(st.sampled_from([Kind.USER, Kind.SCHOOL])),
        (("raise", 0, 0), ("answer", 0, 1_000), *what),
        ((QUIET, QUIET, *first), (QUIET, STAFFED, *second)),
    )


@st.composite
def workers_scripts(draw: st.DrawFn) -> WorkersScript:
    """It begins with two threads given to the worker, whose owners differ between the worlds."""
    anywhere = [name for name in workers.ANYWHERE if name not in (SILENCE, "be_removed")]
    what = draw(steps([*anywhere, *workers.STEPS], THREADS))
    if draw(st.booleans()):
        what += [(SILENCE, 0, 1), *draw(steps([*anywhere, *workers.ALONE, "lose"], THREADS, 3, 10))]
    if draw(st.booleans()):
        what += [("be_removed", 0, 1), *draw(steps([*anywhere, *workers.ALONE], THREADS, 1, 4))]
    several = st.lists(owners_acts, min_size=len(what), max_size=len(what))
    first = draw(owners)
    second = draw(owners.filter(lambda it: it[:2] != first[:2]))
    acts = draw(st.just([CALM] * len(what)) | several), draw(several)
    ends = draw(st.tuples(ended, ended))
    worlds = [
        elsewhere.Secret(owners, (CALM, CALM, *acts), ends)
        for owners, acts, ends in zip((first, second), acts, ends, strict=True)
    ]
    return WorkersScript((("write", 0, 1), ("write", 1, 1_000), *what), (worlds[0], worlds[1]))
