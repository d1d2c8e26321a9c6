"""The bodies of the operations: each field at its limit and beyond it, and no field more."""

import base64
from typing import Any

import msgspec
import pytest

from uconnect.domain.request_bodies import (
    IMAGE_BYTES,
    AddSavedReply,
    AvailabilityUpdate,
    Body,
    EmptyBody,
    HandBack,
    HideWords,
    Invite,
    NameUpdate,
    NoticeUpdate,
    Offload,
    OpeningHours,
    PictureUpload,
    PolicyUpdate,
    ProfileUpdate,
    Raise,
    SavedReplyUpdate,
    SearchThreads,
    SendMessage,
    ShownSchool,
    SnoozeThread,
    WriteNote,
)

ID, KEY = "A" * 22, "k" * 16
RAISE = {"key": KEY, "school": ID, "subject": "A question", "text": "Hello"}
INVITE = {"key": KEY, "email": "w@school.example", "name": "Wendy"}
MESSAGE = {"key": KEY, "text": "Hello again"}
NOTE = {"key": KEY, "text": "She asked twice."}
OPEN_ON = {"day": 1, "opens": 540, "closes": 1020}
PROFILE = {"name": "School", "about": "", "hours": [], "zone": ""}
REPLY = {"key": KEY, "folder": "Office", "title": "Hours", "text": "From nine.\nTo four."}
REPLY_UPDATE = {"folder": "", "title": "Hours", "text": "From nine."}
SHOWN = {"id": ID, "name": "School of Law"}
SEARCH = {"shelf": "raised", "words": "lost card", "schools": [SHOWN]}
BODIES: list[tuple[type[Body], dict[str, Any]]] = [
    (Raise, RAISE),
    (SendMessage, MESSAGE),
    (Offload, {"worker": ID}),
    (HandBack, {"reason": "I do not know."}),
    (HideWords, {"words": ["Uma Petrov", "uma@uni.example"]}),
    (SnoozeThread, {"until": 1}),
    (Invite, INVITE),
    (WriteNote, NOTE),
    (NameUpdate, {"name": "Wendy"}),
    (OpeningHours, OPEN_ON),
    (ProfileUpdate, PROFILE),
    (PolicyUpdate, {"policy": "automatic"}),
    (PictureUpload, {"image": "AAAA"}),
    (AvailabilityUpdate, {"available": False}),
    (AddSavedReply, REPLY),
    (SavedReplyUpdate, REPLY_UPDATE),
    (NoticeUpdate, {"by_email": False}),
    (ShownSchool, SHOWN),
    (SearchThreads, SEARCH),
    (EmptyBody, {}),
]


def image(size: int) -> str:
    return base64.b64encode(bytes(size)).decode()


def understood(kind: type[Body], body: dict[str, Any]) -> bool:
    try:
        read = msgspec.json.decode(msgspec.json.encode(body), type=kind)
    except msgspec.MsgspecError:
        return False
    assert msgspec.json.decode(msgspec.json.encode(read)) == body  # as it is: nothing is trimmed, folded or dropped
    return True


def test_these_are_all_the_bodies() -> None:
    assert {kind for kind, _ in BODIES} == set(Body.__subclasses__())


@pytest.mark.parametrize(("kind", "body"), BODIES)
def test_a_body_needs_all_its_fields_and_takes_no_other(kind: type[Body], body: dict[str, Any]) -> None:
    assert understood(kind, body)
    assert not understood(kind, body | {"by": ID})
    for field in body:
        # These alone may be told in part: what is left out stays as it is.
        in_part = kind in {ProfileUpdate, SavedReplyUpdate, HandBack} or (kind, field) == (SearchThreads, "schools")
        assert understood(kind, {name: body[name] for name in body if name != field}) is in_part
        assert not understood(kind, body | {field: None})
        assert not understood(kind, body | {field: 5.5})


@pytest.mark.parametrize(
    ("kind", "body", "field", "value"),
    [
        (Raise, RAISE, "subject", "x"),
        (Raise, RAISE, "subject", "🦉" * 120),
        (Raise, RAISE, "subject", "x y"),
        (Raise, RAISE, "text", "x" * 4_000),
        (SendMessage, MESSAGE, "text", "🦉" * 4_000),
        (SendMessage, MESSAGE, "text", "two\nlines"),
        (Invite, INVITE, "name", "x" * 80),
        (Invite, INVITE, "email", "a@b"),
        (Invite, INVITE, "email", "Ünï@schüle.example"),
        (Invite, INVITE, "email", "a@" + "b" * 252),
        (WriteNote, NOTE, "text", "x" * 4_000),
        (WriteNote, NOTE, "text", "two\nlines"),
        (NameUpdate, {"name": "x"}, "name", "🦉" * 80),
        (OpeningHours, OPEN_ON, "day", 7),
        (OpeningHours, OPEN_ON, "opens", 0),
        (OpeningHours, OPEN_ON, "opens", 1019),
        (OpeningHours, OPEN_ON, "closes", 24 * 60),
        (OpeningHours, OPEN_ON, "closes", 541),
        (ProfileUpdate, PROFILE, "name", "x" * 80),
        (ProfileUpdate, PROFILE, "about", "🦉" * 400),
        (ProfileUpdate, PROFILE, "about", "two\nlines"),
        (ProfileUpdate, PROFILE, "hours", [OPEN_ON] * 21),
        (ProfileUpdate, PROFILE, "zone", "America/Argentina/ComodRivadavia"),
        (ProfileUpdate, PROFILE, "zone", "Etc/GMT+12"),
        (ProfileUpdate, PROFILE, "zone", "x" * 64),
        (PolicyUpdate, {"policy": "automatic"}, "policy", "by_hand"),
        (PictureUpload, {"image": ""}, "image", ""),
        (PictureUpload, {"image": ""}, "image", image(IMAGE_BYTES)),
        (AvailabilityUpdate, {"available": False}, "available", True),
        (AddSavedReply, REPLY, "folder", ""),
        (AddSavedReply, REPLY, "folder", "x" * 40),
        (AddSavedReply, REPLY, "title", "x" * 80),
        (SavedReplyUpdate, REPLY_UPDATE, "text", "🦉" * 2_000),
        (SearchThreads, SEARCH, "words", "図" * 100),
        (SearchThreads, SEARCH, "before", "x" * 200),
        (SearchThreads, SEARCH, "state", "terminated"),
        (SearchThreads, SEARCH, "since", 2**53 - 1),
        (SearchThreads, SEARCH, "schools", [SHOWN] * 100),
    ],
)
def test_at_its_limit_a_field_is_understood(kind: type[Body], body: dict[str, Any], field: str, value: Any) -> None:
    assert understood(kind, body | {field: value})


@pytest.mark.parametrize(
    ("kind", "body", "field", "value"),
    [
        (Raise, RAISE, "subject", ""),
        (Raise, RAISE, "subject", " \t"),
        (Raise, RAISE, "subject", "x" * 121),
        (Raise, RAISE, "subject", "two\nlines"),
        (Raise, RAISE, "subject", "one line\n"),
        (Raise, RAISE, "subject", "one\rline"),
        (Raise, RAISE, "subject", "\nx"),
        (Raise, RAISE, "text", "x" * 4_001),
        (Raise, RAISE, "text", "\n"),
        (Raise, RAISE, "school", "A" * 22 + "\n"),
        (Raise, RAISE, "key", "k" * 15),
        (Offload, {"worker": ID}, "worker", "A" * 21),
        (AddSavedReply, REPLY, "folder", "x" * 41),
        (AddSavedReply, REPLY, "folder", "two\nlines"),
        (AddSavedReply, REPLY, "title", ""),
        (AddSavedReply, REPLY, "title", "x" * 81),
        (AddSavedReply, REPLY, "text", " "),
        (SavedReplyUpdate, REPLY_UPDATE, "title", "two\nlines"),
        (SavedReplyUpdate, REPLY_UPDATE, "text", "x" * 2_001),
        (SearchThreads, SEARCH, "words", " "),
        (SearchThreads, SEARCH, "words", "x" * 101),
        (SearchThreads, SEARCH, "words", "two\nlines"),
        (SearchThreads, SEARCH, "shelf", "theirs"),
        (SearchThreads, SEARCH, "before", "x" * 201),
        (SearchThreads, SEARCH, "state", "ended"),
        (SearchThreads, SEARCH, "since", -1),
        (SearchThreads, SEARCH, "schools", [SHOWN] * 101),
        (ShownSchool, SHOWN, "id", "A" * 21),
        (ShownSchool, SHOWN, "name", "x" * 81),
        (Invite, INVITE, "name", ""),
        (Invite, INVITE, "name", "  "),
        (Invite, INVITE, "name", "x" * 81),
        (Invite, INVITE, "name", "Wendy\r\nBcc: everyone@school.example"),  # it stands in a mail's header
        (Invite, INVITE, "email", ""),
        (Invite, INVITE, "email", "a"),
        (Invite, INVITE, "email", "@b"),
        (Invite, INVITE, "email", "a@"),
        (Invite, INVITE, "email", "a@b@c"),
        (Invite, INVITE, "email", "a b@c"),
        (Invite, INVITE, "email", "a@b\n"),
        (Invite, INVITE, "email", "a@b\nBcc: c@d"),
        (Invite, INVITE, "email", "a@" + "b" * 253),
        (Invite, INVITE, "key", "k" * 65),
        (WriteNote, NOTE, "text", ""),
        (WriteNote, NOTE, "text", " \n"),
        (WriteNote, NOTE, "text", "x" * 4_001),
        (WriteNote, NOTE, "key", "k" * 15),
        (NameUpdate, {"name": "x"}, "name", ""),
        (NameUpdate, {"name": "x"}, "name", "x" * 81),
        (NameUpdate, {"name": "x"}, "name", "two\nlines"),
        (OpeningHours, OPEN_ON, "day", 0),
        (OpeningHours, OPEN_ON, "day", 8),
        (OpeningHours, OPEN_ON, "opens", -1),
        (OpeningHours, OPEN_ON, "opens", 1020),  # an office opens before it closes
        (OpeningHours, OPEN_ON, "opens", 1021),
        (OpeningHours, OPEN_ON, "closes", 24 * 60 + 1),
        (ProfileUpdate, PROFILE, "name", " "),
        (ProfileUpdate, PROFILE, "about", "x" * 401),
        (ProfileUpdate, PROFILE, "hours", [OPEN_ON] * 22),
        (ProfileUpdate, PROFILE, "hours", [OPEN_ON | {"opens": 1020}]),
        (ProfileUpdate, PROFILE, "hours", [OPEN_ON | {"lunch": 720}]),
        (ProfileUpdate, PROFILE, "zone", "x" * 65),
        (ProfileUpdate, PROFILE, "zone", "../../etc/passwd"),
        (ProfileUpdate, PROFILE, "zone", "Europe/Vienna\n"),
        (PolicyUpdate, {"policy": "automatic"}, "policy", "random"),
        (PictureUpload, {"image": ""}, "image", "not base64"),
        (PictureUpload, {"image": ""}, "image", image(IMAGE_BYTES + 1)),
        (AvailabilityUpdate, {"available": False}, "available", "yes"),
    ],
)
def test_over_its_limit_a_field_is_refused(kind: type[Body], body: dict[str, Any], field: str, value: Any) -> None:
    assert not understood(kind, body | {field: value})
