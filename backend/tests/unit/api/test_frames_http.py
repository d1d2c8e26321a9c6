"""Whatever comes in on a socket is a frame that is obeyed, or it is refused in words that are documented."""

import resource
from collections.abc import Iterator
from random import Random

import msgspec
import pytest

from tests.support import sizes
from tests.support.evidence import Evidence
from tests.support.mutated_frames import mutant
from tests.support.world import World, home
from uconnect.api import websocket
from uconnect.domain import protocol
from uconnect.domain.enums import Kind
from uconnect.domain.text_fields import MESSAGE
from uconnect.domain.views.raiser import RaiserMessage

A_HOME = 10_000  # frames, and then another home
FLAT = 64 * 1024  # kB taken beyond what the first homes took
REFUSALS = {"malformed", "not_found", "too_fast"}


def answers(chance: Random, many: int) -> Iterator[protocol.ServerFrame]:
    """What a user is answered who says so many mutated frames."""
    with home("memory", chance.randrange(2**32)) as kept:
        world = World(kept)
        ann, arts = world.newcomer(Kind.USER, "Ann"), world.newcomer(Kind.SCHOOL, "Arts")
        letter = {"key": "key-of-the-thread", "school": arts, "subject": "A question", "text": "Hello"}
        id = msgspec.json.decode(world.call(ann, "POST /api/threads", letter).body)["row"]["id"]
        sends = [{"t": "send", "key": f"key-of-a-message-{number}", "id": id, "text": "Is it?"} for number in range(20)]
        said = (
            *sends,
            {"t": "typing", "id": id},
            {"t": "composing", "id": id, "open": True},
            {"t": "seen", "id": id, "seq": 1, "theirs": 0},
            {"t": "hello", "protocol": protocol.PROTOCOL},
            {"t": "ping"},
        )
        frames = [msgspec.json.encode(frame) for frame in said]
        for _ in range(many):
            kept.time.now += 1_000
            heard = websocket.decode_frame(ann, mutant(chance, frames))
            if isinstance(heard, websocket.Command):
                heard = websocket.reply(heard, kept.store.run(heard.use_case))
            yield from heard.frames


@pytest.mark.parametrize(("own", "told"), [(1, "hello"), (2, "hello"), (3, "bye")])
def test_a_page_of_the_protocol_before_is_served_and_an_older_one_is_told_to_reload(
    own: int, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "PROTOCOL", own)
    heard = websocket.decode_frame("ann", b'{"t":"hello","protocol":1}')
    assert isinstance(heard, websocket.Reply)
    assert [msgspec.to_builtins(it) for it in heard.frames] == [
        {"t": "hello", "protocol": 1} if told == "hello" else {"t": "bye", "code": "reload"}
    ]


def refused_in_words(chance: Random, many: int) -> set[str]:
    """The codes of the refusals among what is answered; all else is as it should be."""
    codes = set[str]()
    for answer in answers(chance, many):
        match answer:
            case protocol.SendRefused(code=code):
                codes.add(code)
            case protocol.Ack(entry=RaiserMessage(text=text)):
                assert 1 <= len(text) <= MESSAGE.most
            case protocol.Bye(code=code):
                assert code == "reload"
            case _:
                assert isinstance(answer, protocol.Welcome | protocol.Pong), answer
    return codes


@pytest.mark.timeout(0 if sizes.FULL else 600)
@pytest.mark.parametrize("shard", sizes.SHARDS)
def test_a_mutated_frame_is_obeyed_or_refused_in_words_and_leaves_nothing(shard: int, evidence: Evidence) -> None:
    chance, codes, tried, first = Random(shard), set[str](), 0, 0
    for many in sizes.batches(sizes.shard(sizes.FRAMES, shard), 0.4, A_HOME):
        codes |= refused_in_words(chance, many)
        tried += many
        taken = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        first = taken if tried <= 2 * A_HOME else first
        assert taken <= first + FLAT
    assert {"malformed"} <= codes <= REFUSALS
    evidence(13, "mutated frames, read and obeyed over memory", tried)


@pytest.mark.planted(13)
def test_a_length_that_is_not_checked_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    class Send(protocol.Incoming, frozen=True, tag="send"):
        key: str
        id: str
        text: str

    decode = msgspec.json.Decoder(Send | protocol.Typing | protocol.Seen | protocol.Hello | protocol.Ping).decode
    monkeypatch.setattr(websocket, "_decode", decode)
    monkeypatch.setattr(protocol, "Send", Send)
    with pytest.raises(AssertionError):
        refused_in_words(Random(1), 3_000)
