"""How much is tried, in one place: a little in `make test`, the figures' sizes with PROVE=full."""

import os

FULL = os.environ.get("PROVE") == "full"

HISTORIES = {"memory": 20_000, "sqlite": 5_000} if FULL else {"memory": 120, "sqlite": 20}
STEPS = 50 if FULL else 40  # of a history
# Of twin worlds, for each of the two that are blind.
PAIRS = {"memory": 100_000, "sqlite": 2_000} if FULL else {"memory": 150, "sqlite": 10}
RACES = 10_000 if FULL else 30  # of each kind
VECTORS = 5_000 if FULL else 300
KILLS = 100 if FULL else 3  # of a server under load
LIVES = (0.3, 1.2) if FULL else (0.3, 0.8)  # seconds a server lives before it is killed
CUTS = 1_000 if FULL else 50  # acks whose sync is looked for
REQUESTS = 800 if FULL else 15  # made up, for each operation, and as many again that are thought out
