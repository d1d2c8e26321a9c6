"""`python -m uconnect.embedded` is the `uconnect` command."""

from uconnect.embedded.command import main

main()
