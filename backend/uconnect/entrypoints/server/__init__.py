"""uconnect in one process on one machine: the composition root of `make run`."""
