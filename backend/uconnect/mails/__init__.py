"""What we write to people, and how it leaves: kept with what decided it, sent until a mail server has taken it."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from uconnect.mails import letters
    from uconnect.mails.carrier import Carrier, Safety, Server
    from uconnect.mails.letters import Letter
    from uconnect.mails.outbox import MIGRATIONS, Kept, Outbox, Standing

__all__ = ["MIGRATIONS", "Carrier", "Kept", "Letter", "Outbox", "Safety", "Server", "Standing", "letters"]

ROOMS = {
    "carrier": ("Carrier", "Safety", "Server"),
    "letters": ("Letter",),
    "outbox": ("MIGRATIONS", "Kept", "Outbox", "Standing"),
}


def __getattr__(name: str) -> Any:
    """Each comes from its room when it is asked for: on AWS letters are written where neither carrier nor outbox is."""
    if name == "letters":
        return import_module("uconnect.mails.letters")
    for room, names in ROOMS.items():
        if name in names:
            return getattr(import_module(f"uconnect.mails.{room}"), name)
    raise AttributeError(name)
