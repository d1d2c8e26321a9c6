"""`python -m uconnect.entrypoints.server` is the `uconnect` command."""

from uconnect.entrypoints.cli.main import main

main()
