"""Runs the `uconnect` command, also with `python -m`."""

import signal


def run() -> None:
    """Load the command and run it. Loading takes half a second, in which Ctrl-C ends the process without a word."""
    before = signal.signal(signal.SIGINT, signal.SIG_DFL)
    from uconnect.entrypoints.cli.main import main  # noqa: PLC0415 - see above

    if before is not None:
        signal.signal(signal.SIGINT, before)
    main()


if __name__ == "__main__":
    run()
