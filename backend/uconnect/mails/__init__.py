"""What we write to people, and how it leaves: kept with what decided it, sent until a mail server has taken it."""

from uconnect.mails import letters
from uconnect.mails.carrier import Carrier, Safety, Server
from uconnect.mails.letters import Letter
from uconnect.mails.outbox import MIGRATIONS, Kept, Outbox

__all__ = ["MIGRATIONS", "Carrier", "Kept", "Letter", "Outbox", "Safety", "Server", "letters"]
