"""Measures many raises a second on AWS, in virtual time: see `tests/support/raise_load.py`. It needs no account.

Run it with `PYTHONPATH=backend:. .venv/bin/python -m bench.aws_load`; SECONDS (20) is for how long people raise, and
JOB_RUNS (20) how many runs at once may do jobs, as in the template. It prints a line for each rate, to one school and
to 300: how many raises were refused, how often each was tried, what DynamoDB was asked, how many runs of the function
of the jobs there were at once and for how many seconds of them a raise pays, when a raise's job was done, and the PK
that most was written under.
"""

import logging
import os

from tests.support.raise_load import Measured, measured

RATES = (5, 20, 50, 100, 200, 400)  # raises a second
SECONDS = float(os.environ.get("SECONDS", "20"))
JOB_RUNS = int(os.environ.get("JOB_RUNS", "20"))


def raises_per_second_without_refusal(schools: int = 1, seconds: float = 5) -> int:
    """The largest of RATES up to which no raise is refused, and no job is left undone; 0 if one is at the first."""
    best = 0
    for rate in RATES:
        found = measured(rate, schools, seconds, JOB_RUNS)
        if found.refused or found.undone:
            break
        best = rate
    return best


def main() -> None:
    logging.disable()  # what a busy table is asked again is counted here
    print(Measured.HEAD)
    for schools in (1, 300):
        for rate in RATES:
            print(measured(rate, schools, SECONDS, JOB_RUNS), flush=True)


if __name__ == "__main__":
    main()
