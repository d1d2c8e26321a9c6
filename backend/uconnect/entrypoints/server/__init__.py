"""The server of `make run`: one process on one machine."""
