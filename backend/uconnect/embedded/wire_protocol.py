"""Who does not read is not read from, and keeps nothing of ours once it is let go."""

from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

UNREAD = 60_000  # ms that the system keeps what the other end does not take (TCP_USER_TIMEOUT, see tcp(7))


class WireProtocol(WebSocketsSansIOProtocol):
    """Uvicorn's, but for two things that it leaves to the other end's good will.

    Pings are answered at once, and no application sees them: sent without end and never read, their answers alone would
    fill the memory. So reading stops while the other end takes nothing. And a close waits for what is still to be
    taken: who never takes it would keep the connection, so it is broken off.
    """

    def pause_writing(self) -> None:
        super().pause_writing()
        self.transport.pause_reading()

    def resume_writing(self) -> None:
        super().resume_writing()
        if not self.read_paused:
            self.transport.resume_reading()

    async def receive(self) -> Any:
        message = await super().receive()
        if not self.writable.is_set():
            self.transport.pause_reading()
        return message

    async def run_asgi(self) -> None:
        try:
            await super().run_asgi()
        finally:
            self._break_off_if_unread()

    def keepalive_timeout(self) -> None:
        super().keepalive_timeout()
        self._break_off_if_unread()

    def _break_off_if_unread(self) -> None:
        if not self.writable.is_set():
            self.transport.abort()
