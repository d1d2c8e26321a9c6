"""A chat server as the documents of Channels show it: a group for each thread, the ORM, the ack after the commit.

`python chat_application.py` makes the tables; `daphne chat_application:application` serves. DATABASE is a path. SQLite
is in WAL mode with synchronous=FULL and its connection is kept, as Django's own documents advise for production.
"""

import os
from typing import Any

import django
from django.conf import settings

settings.configure(
    ALLOWED_HOSTS=["*"],
    CHANNEL_LAYERS={"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}},
    DATABASES={
        "default": {
            "CONN_MAX_AGE": None,
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": os.environ["DATABASE"],
            "OPTIONS": {
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
                "timeout": 20,
                "transaction_mode": "IMMEDIATE",
            },
        }
    },
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    INSTALLED_APPS=["channels"],
    SECRET_KEY="benchmark",
    USE_TZ=True,
)
django.setup()

from channels.db import database_sync_to_async  # noqa: E402 - after the settings, as Django wants it
from channels.generic.websocket import AsyncJsonWebsocketConsumer  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.db import IntegrityError, connection, models  # noqa: E402
from django.urls import path  # noqa: E402


class Message(models.Model):
    thread = models.IntegerField()
    sender = models.IntegerField()
    at = models.DateTimeField(auto_now_add=True)
    key = models.CharField(max_length=64)
    text = models.TextField()

    class Meta:
        app_label = "channels"
        unique_together = (("thread", "key"),)


@database_sync_to_async
def keep(thread: int, sender: int, key: str, text: str) -> tuple[int, bool]:
    """The number of the message, and whether it is new."""
    try:
        return Message.objects.create(thread=thread, sender=sender, key=key, text=text).id, True
    except IntegrityError:
        return Message.objects.get(thread=thread, key=key).id, False


class Chat(AsyncJsonWebsocketConsumer):
    async def connect(self) -> None:
        self.socket = self.scope["url_route"]["kwargs"]["socket"]
        self.thread = self.socket // 2
        self.group = f"thread.{self.thread}"
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.accept()

    async def disconnect(self, _: int) -> None:
        await self.channel_layer.group_discard(self.group, self.channel_name)

    async def receive_json(self, sent: dict[str, Any]) -> None:
        if sent["id"] != self.thread:
            await self.send_json({"error": "not_found"})
            return
        number, is_new = await keep(self.thread, self.socket, sent["key"], sent["text"])
        await self.send_json({"t": "ack", "key": sent["key"], "number": number})
        if is_new:
            event = {"id": self.thread, "number": number, "sender": self.socket, "text": sent["text"]}
            await self.channel_layer.group_send(self.group, {"type": "chat.event", "event": event})

    async def chat_event(self, message: dict[str, Any]) -> None:
        if message["event"]["sender"] != self.socket:
            await self.send_json({"t": "event", **message["event"]})


application = ProtocolTypeRouter({"websocket": URLRouter([path("socket/<int:socket>", Chat.as_asgi())])})

if __name__ == "__main__":
    with connection.schema_editor() as editor:
        editor.create_model(Message)
