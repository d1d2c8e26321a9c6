"""What goes wrong is printed by its kind and place. An error's words may hold what somebody wrote: they stay out.

So whoever reads the log reads nobody's words in it, whatever fails.
"""

import logging
import traceback

DENIED = "ASGI callable returned without completing handshake."
LOGGERS = ("uvicorn.error", "uconnect", "asyncio")


def be_discreet() -> None:
    """Let the loggers of this process print no more than may be read."""
    for name in LOGGERS:
        logging.getLogger(name).addFilter(_without_words)
    logging.getLogger("uvicorn.error").addFilter(_is_news)


def _without_words(record: logging.LogRecord) -> bool:
    error = record.exc_info[1] if record.exc_info else None
    if error is not None:
        record.exc_text = "".join(_placed(error)).rstrip()
    if record.name == "asyncio":  # its first line says what happened, the others show the objects it happened to
        record.msg, record.args = record.getMessage().partition("\n")[0], ()
    return True


def _placed(error: BaseException) -> list[str]:
    """The places an error came through and its kind, after those of what it came of."""
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    here = [*traceback.format_tb(error.__traceback__), f"{type(error).__name__}\n"]
    return [*_placed(before), "\n", *here] if before else here


def _is_news(record: logging.LogRecord) -> bool:
    """Uvicorn takes a socket that was denied for one that was forgotten; whoever knocks would fill the log with it."""
    return record.msg != DENIED
