"""Runs the `uconnect` command with `python -m`."""

from uconnect.entrypoints.cli.main import main

main()
