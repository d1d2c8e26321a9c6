"""How much is tried, in one place: a little in `make test`, the figures' sizes with PROVE=full."""

import os

FULL = os.environ.get("PROVE") == "full"

HISTORIES = {"memory": 20_000, "sqlite": 5_000} if FULL else {"memory": 120, "sqlite": 20}
STEPS = 50 if FULL else 40  # of a history
# Of twin worlds, for each of the two that are blind.
PAIRS = {"memory": 100_000, "sqlite": 2_000} if FULL else {"memory": 150, "sqlite": 10}
RACES = 10_000 if FULL else 30  # of each kind
VECTORS = 5_000 if FULL else 300
