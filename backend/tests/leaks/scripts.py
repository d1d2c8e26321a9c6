"""Where scripts come from: chance, and one story for each blind party that tries everything."""

import hypothesis.strategies as st

from tests.leaks import raisers, workers
from tests.leaks.raisers import RaisersScript, Secret
from tests.leaks.stage import WAITS
from tests.leaks.workers import KINDS, THREADS, WorkersScript
from uconnect.core.terms import Kind

FEWEST, MOST = 6, 25  # steps after the first two

QUIET = Secret()
STAFFED = Secret(acts=(("offload", 0),), hand=1)
CALM: workers.Acts = ()

ACTS = ("offload", "offload", *raisers.SECRETS, *raisers.BESIDE)
secrets = st.builds(
    Secret,
    acts=st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, raisers.HANDS - 1)), max_size=3).map(tuple),
    hand=st.integers(0, 1),
    more=st.booleans(),
)
owners_acts = st.lists(
    st.tuples(st.sampled_from(list(workers.SECRETS)), st.integers(0, len(KINDS) - 1)), max_size=3
).map(tuple)
owners = st.tuples(*[st.integers(0, len(KINDS) - 1)] * THREADS)


def steps(names: list[str], threads: int) -> st.SearchStrategy[list[tuple[str, int, int]]]:
    step = st.tuples(st.sampled_from(names), st.integers(0, threads - 1), st.sampled_from(WAITS))
    return st.lists(step, min_size=FEWEST, max_size=MOST)


@st.composite
def raisers_scripts(draw: st.DrawFn) -> RaisersScript:
    """It begins with an answer, by the school in one world and by a worker in the other."""
    what = draw(steps([*raisers.ANYWHERE, *raisers.STEPS], 5))
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
    what = draw(steps(["reload", *workers.STEPS], THREADS))
    if draw(st.booleans()):
        what += [("remove", 0, 0), ("write", 0, 0), ("answer", 0, 0), ("reload", 0, 0)]
    several = st.lists(owners_acts, min_size=len(what), max_size=len(what))
    first = draw(owners)
    second = draw(owners.filter(lambda it: it[:2] != first[:2]))
    quiet, busy = draw(st.just([CALM] * len(what)) | several), draw(several)
    return WorkersScript(
        (("write", 0, 0), ("write", 1, 1_000), *what),
        (first, second),
        ((CALM, CALM, *quiet), (CALM, CALM, *busy)),
    )
