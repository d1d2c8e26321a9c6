"""A small university with a few busy days behind it, for `make run`."""
