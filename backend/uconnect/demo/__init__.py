"""A small demo university with a few days of threads, for `make run`."""
