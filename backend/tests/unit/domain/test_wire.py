"""The socket's frames: what is understood at each limit, what is refused beyond it, and what leaves, to the byte."""

from typing import Any, get_args

import msgspec
import pytest

from uconnect.domain import protocol
from uconnect.domain.enums import Kind, Side, State
from uconnect.domain.errors import RefusalCode
from uconnect.domain.text_fields import MESSAGE
from uconnect.domain.views.common import Last, ShownSnooze
from uconnect.domain.views.directory import DirectoryCard
from uconnect.domain.views.raiser import RaiserMessage, RaiserRow
from uconnect.domain.views.school import Person, SchoolAssignment, SchoolNote
from uconnect.domain.views.worker import WorkerNote

decode = msgspec.json.Decoder(protocol.ClientFrame).decode

ID, KEY = "A-z_0" * 4 + "Az", "A-z_" * 4
SEND = {"t": "send", "key": KEY, "id": ID, "text": "Hello"}
SEEN = {"t": "seen", "id": ID, "seq": 3, "theirs": 2}
MOST = 2**53 - 1  # the largest whole number that JavaScript holds

UNDERSTOOD = [
    ({"t": "hello", "protocol": 1}, protocol.Hello(protocol=1)),
    (SEND, protocol.Send(key=KEY, id=ID, text="Hello")),
    ({"t": "typing", "id": ID}, protocol.Typing(id=ID)),
    ({"t": "composing", "id": ID, "open": True}, protocol.Composing(id=ID, open=True)),
    (SEEN, protocol.Seen(id=ID, seq=3, theirs=2)),
    ({"t": "ping"}, protocol.Ping()),
]


def refuses(frame: object) -> bool:
    try:
        decode(frame if isinstance(frame, bytes) else msgspec.json.encode(frame))
    except (msgspec.MsgspecError, UnicodeError):
        return True
    return False


@pytest.mark.parametrize(("frame", "heard"), UNDERSTOOD)
def test_each_frame_is_understood(frame: dict[str, Any], heard: protocol.ClientFrame) -> None:
    assert decode(msgspec.json.encode(frame)) == heard


def test_these_are_all_the_frames_there_are() -> None:
    assert {type(heard) for _, heard in UNDERSTOOD} == set(get_args(protocol.ClientFrame))


@pytest.mark.parametrize(("frame", "heard"), UNDERSTOOD)
def test_each_frame_needs_all_its_fields_and_takes_no_other(frame: dict[str, Any], heard: protocol.ClientFrame) -> None:
    assert refuses(frame | {"more": 1})
    assert refuses(frame | {"": None})
    for field, value in frame.items():
        assert refuses({name: frame[name] for name in frame if name != field})
        assert refuses(frame | {field: None})
        assert refuses(frame | {field: [value]})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", "A" * 22),
        ("id", "-" * 22),
        ("key", "k" * 16),
        ("key", "_" * 64),
        ("text", "x"),
        ("text", "x" * 4_000),
        ("text", "🦉" * 4_000),  # code points, not bytes
        ("text", "two\nlines"),
    ],
)
def test_a_send_at_its_limits_is_understood_as_it_is(field: str, value: str) -> None:
    assert getattr(decode(msgspec.json.encode(SEND | {field: value})), field) == value


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", ""),
        ("id", "A" * 21),
        ("id", "A" * 23),
        ("id", "A" * 22 + "\n"),
        ("id", "\n" + "A" * 22),
        ("id", "A" * 21 + "+"),
        ("id", "A" * 21 + "\0"),
        ("id", "A" * 21 + "é"),
        ("id", "A" * 21 + "٣"),
        ("key", "k" * 15),
        ("key", "k" * 65),
        ("key", "k" * 16 + "\n"),
        ("key", "k" * 16 + "\nk"),
        ("key", "k" * 15 + " "),
        ("key", "k" * 15 + "\u017f"),
        ("text", ""),
        ("text", " \t\r\n"),
        ("text", "\u3000\u2028"),
        ("text", "\0"),
        ("text", "\u200b\u202e\u2066"),
        ("text", "x" * 4_001),
        ("text", "🦉" * 4_001),
        ("text", 5),
        ("text", True),
    ],
)
def test_a_send_over_its_limits_is_refused(field: str, value: object) -> None:
    assert refuses(SEND | {field: value})


@pytest.mark.parametrize("number", [0, 1, MOST])
def test_a_whole_number_is_a_count(number: int) -> None:
    assert decode(msgspec.json.encode(SEEN | {"seq": number})) == protocol.Seen(id=ID, seq=number, theirs=2)
    assert decode(msgspec.json.encode(SEEN | {"theirs": number})) == protocol.Seen(id=ID, seq=3, theirs=number)


@pytest.mark.parametrize("number", [-1, MOST + 1, 2**64, 10**400, 0.5, 1.0, True, "1", None])
def test_nothing_else_is_a_count(number: object) -> None:
    sent = f"{number}".encode() if isinstance(number, int) and number > MOST else msgspec.json.encode(number)
    assert refuses(b'{"t":"hello","protocol":%b}' % sent)
    assert refuses(b'{"t":"seen","id":"%b","seq":%b,"theirs":0}' % (ID.encode(), sent))
    assert refuses(b'{"t":"seen","id":"%b","seq":0,"theirs":%b}' % (ID.encode(), sent))


@pytest.mark.parametrize(
    "text",
    [
        rb"\ud800",  # half of a pair, in every place that it can have
        rb"\ud800\ud800",
        rb"\udc00",
        rb"x\udfffx",
        rb"\udc00\ud800",
        b"\xed\xa0\x80",
        b"\xff",
        b"\xc0\x80",  # NUL, written too long
        b"\xf4\x90\x80\x80",  # beyond the last code point
        b"\x00",  # control characters are escaped in JSON
        b"\n",
        rb"\x41",
        b'"',
    ],
)
def test_what_is_not_unicode_in_json_is_refused(text: bytes) -> None:
    assert refuses(b'{"t":"send","key":"%b","id":"%b","text":"x%b"}' % (KEY.encode(), ID.encode(), text))


def test_a_pair_of_surrogates_is_the_letter_it_stands_for() -> None:
    frame = rb'{"t":"send","key":"%b","id":"%b","text":"\ud83e\udd89"}' % (KEY.encode(), ID.encode())
    assert decode(frame) == protocol.Send(key=KEY, id=ID, text="🦉")


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b'"ping"',
        b'{"t":"ping"}{"t":"ping"}',
        b'{"t":"ping"',
        b"{'t':'ping'}",
        b'{"T":"ping"}',
        b'{"t":"PING"}',
        b'{"t":1}',
        b'{"t":"ack"}',
        b'{"t":"bye","code":"ended"}',
        b'\xef\xbb\xbf{"t":"ping"}',
        b"[" * protocol.FRAME_BYTES,
    ],
)
def test_what_is_no_frame_is_refused(frame: bytes) -> None:
    assert refuses(frame)


def test_a_frame_holds_the_longest_message_however_it_is_written() -> None:
    assert (
        len(msgspec.json.encode(protocol.Send(key="k" * 64, id=ID, text="🦉" * MESSAGE.most))) <= protocol.FRAME_BYTES
    )
    escaped = {"t": "send", "key": "k" * 64, "id": ID, "text": "\n" * (MESSAGE.most - 1) + "x"}
    assert len(msgspec.json.encode(escaped)) <= protocol.FRAME_BYTES


@pytest.mark.parametrize(("own", "spoken"), [(1, [1]), (2, [1, 2]), (3, [2, 3])])
def test_a_server_takes_its_own_protocol_and_the_one_before(
    own: int, spoken: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "PROTOCOL", own)
    assert [it for it in range(6) if protocol.is_spoken(it)] == spoken


ROW = RaiserRow(
    id="i",
    rev=3,
    school="s",
    subject="S",
    state=State.OPEN,
    since=1,
    at=2,
    seq=2,
    theirs=1,
    last=Last(side=Side.SCHOOL, text="Hi"),
    asked_to_end=0,
)
ENTRY = RaiserMessage(seq=2, at=2, side=Side.SCHOOL, text="Hi", key=None)
WRITTEN_ROW = (
    '{"as":"raiser","id":"i","rev":3,"school":"s","subject":"S","state":"open","since":1,"at":2,"seq":2,"theirs":1,'
    '"last":{"side":"school","text":"Hi"},"asked_to_end":0}'
)
WRITTEN_ENTRY = '{"as":"raiser","seq":2,"at":2,"side":"school","text":"Hi","key":null}'

WRITTEN: list[tuple[protocol.ServerFrame, str]] = [
    (protocol.Welcome(protocol=1), '{"t":"hello","protocol":1}'),
    (
        protocol.Ack(key="k", id="i", entry=ENTRY, row=ROW),
        f'{{"t":"ack","key":"k","id":"i","entry":{WRITTEN_ENTRY},"row":{WRITTEN_ROW}}}',
    ),
    (
        protocol.Event(id="i", entry=ENTRY, row=ROW),
        f'{{"t":"event","id":"i","entry":{WRITTEN_ENTRY},"row":{WRITTEN_ROW}}}',
    ),
    (protocol.RowChanged(row=ROW), f'{{"t":"row","row":{WRITTEN_ROW}}}'),
    (protocol.Reload(id="i", rev=4, texts=True), '{"t":"reload","id":"i","rev":4,"texts":true}'),
    (
        protocol.HiddenWordsChanged(id="i", rev=4, words=("Uma",)),
        '{"t":"hidden","id":"i","rev":4,"words":["Uma"]}',
    ),
    (protocol.Gone(id="i", rev=4), '{"t":"gone","id":"i","rev":4}'),
    (protocol.Meter(rev=2, open=1, most=5), '{"t":"meter","rev":2,"open":1,"most":5}'),
    (protocol.TypingNow(id="i"), '{"t":"typing","id":"i"}'),
    (protocol.ComposingNow(id="i", open=True), '{"t":"composing","id":"i","open":true}'),
    (protocol.SeenBy(id="i", seq=2), '{"t":"seen","id":"i","seq":2}'),
    (
        protocol.SnoozeChanged(id="i", snooze=ShownSnooze(rev=2, until=5, theirs=1)),
        '{"t":"snoozed","id":"i","snooze":{"rev":2,"until":5,"theirs":1}}',
    ),
    (protocol.Read(id="i", read=1), '{"t":"read","id":"i","read":1}'),
    (
        protocol.InternalEntryAdded(id="i", entry=SchoolNote(seq=1, at=2, author="w", text="Hm", key="k")),
        '{"t":"noted","id":"i","entry":{"as":"school_note","seq":1,"at":2,"author":"w","text":"Hm","key":"k"}}',
    ),
    (
        protocol.InternalEntryAdded(id="i", entry=SchoolAssignment(seq=2, at=3, worker=None)),
        '{"t":"noted","id":"i","entry":{"as":"assigned","seq":2,"at":3,"worker":null}}',
    ),
    (
        protocol.InternalEntryAdded(id="i", entry=WorkerNote(seq=1, at=2, mine=False, text="Hm", key=None)),
        '{"t":"noted","id":"i","entry":{"as":"worker_note","seq":1,"at":2,"mine":false,"text":"Hm","key":null}}',
    ),
    (protocol.Changed(what=protocol.ChangedSubject.ME), '{"t":"changed","what":"me"}'),
    (protocol.Changed(what=protocol.ChangedSubject.WORKERS), '{"t":"changed","what":"workers"}'),
    (protocol.Changed(what=protocol.ChangedSubject.SAVED_REPLIES), '{"t":"changed","what":"saved_replies"}'),
    (
        protocol.OwnerChanged(owner=Person(id="u", kind=Kind.USER, name="Ann", email="ann@x")),
        '{"t":"owner","owner":{"id":"u","kind":"user","name":"Ann","email":"ann@x"}}',
    ),
    (
        protocol.SchoolChanged(
            school=DirectoryCard(
                id="s", name="Law", about="", hours=(), zone="", picture="", takes=True, reply_time=None
            )
        ),
        '{"t":"school","school":{"id":"s","name":"Law","about":"","hours":[],"zone":"","picture":"","takes":true,"reply_time":null}}',
    ),
    (protocol.SendRefused(key="k", code="c", sentence="S."), '{"t":"refused","key":"k","code":"c","sentence":"S."}'),
    (protocol.Pong(), '{"t":"pong"}'),
    (protocol.Bye(code="rotate"), '{"t":"bye","code":"rotate"}'),
]


@pytest.mark.parametrize(("frame", "written"), WRITTEN)
def test_each_frame_leaves_as_these_bytes(frame: protocol.ServerFrame, written: str) -> None:
    assert msgspec.json.encode(frame).decode() == written
    assert msgspec.json.decode(written, type=protocol.ServerFrame) == frame


def test_these_are_all_the_frames_that_leave() -> None:
    assert {type(frame) for frame, _ in WRITTEN} == set(get_args(protocol.ServerFrame))


def test_a_refused_frame_is_told_with_the_key_that_could_be_read() -> None:
    sentence = RefusalCode.TOO_FAST.refusal.sentence
    assert protocol.refused(RefusalCode.TOO_FAST.refusal, "k") == protocol.SendRefused(
        key="k", code="too_fast", sentence=sentence
    )
    assert protocol.refused(RefusalCode.TOO_FAST.refusal).key is None
