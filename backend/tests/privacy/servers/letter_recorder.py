"""A mail server that keeps each letter as it came, byte by byte, or refuses the next one in words of its own."""

from aiosmtpd.smtp import SMTP, Envelope, Session


class LetterRecorder:
    """Implements aiosmtpd's handler. `mails` are (to, what came: the envelope's two lines and the letter)."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, bytes]] = []
        self.refusals: list[str] = []

    def forget(self) -> None:
        self.mails.clear()
        self.refusals.clear()

    def to(self, address: str, after: int = 0) -> list[bytes]:
        """What came for an address, oldest first, but for as many as are known."""
        return [mail for to, mail in self.mails if to == address][after:]

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, _: SMTP, __: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, _: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.refusals:
            return self.refusals.pop(0)
        assert isinstance(envelope.content, bytes)
        head = f"HELO {session.host_name}\nFROM {envelope.mail_from} {envelope.mail_options}\n".encode()
        self.mails.extend((to, head + envelope.content) for to in envelope.rcpt_tos)
        return "250 OK"
