"""Hands one letter to the mail server now, past the outbox, so that an operator sees what the server answers."""

import asyncio
import secrets
import ssl
import time

from uconnect.adapters.mail.message import message
from uconnect.adapters.mail.outbox import StoredEmail
from uconnect.adapters.mail.smtp import Server, session
from uconnect.adapters.mail.templates import Email

ANSWER, ALL = 15.0, 60.0  # seconds: for each answer of the server, and for all of them


async def send_now(server: Server, sender: str, letter: Email, trust: ssl.SSLContext | None = None) -> str:
    """What the server said when it took the letter. It is tried once, and takes no longer than ALL.

    Raises ValueError if no e-mail can be made of it, else what aiosmtplib raises, OSError or TimeoutError.
    """
    made = message(StoredEmail(0, secrets.token_urlsafe(16), int(time.time()), letter, 0), sender)
    smtp = session(server, sender, trust or ssl.create_default_context(), ANSWER)
    try:
        async with asyncio.timeout(ALL):
            await smtp.connect()
            _, said = await smtp.send_message(made)
    finally:
        smtp.close()
    return said
