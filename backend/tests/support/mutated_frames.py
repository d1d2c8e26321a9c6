"""Frames that chance has spoiled."""

from random import Random


def mutant(chance: Random, frames: list[bytes]) -> str:
    """A frame with a few bytes changed, left out, put in or taken from another; it may be a frame still."""
    frame = bytearray(chance.choice(frames))
    for _ in range(chance.randint(1, 4)):
        place, other = chance.randrange(len(frame) + 1), chance.choice(frames)
        match chance.randrange(4):
            case 0:
                frame[place : place + 1] = bytes([chance.randrange(256)])
            case 1:
                del frame[place : place + chance.randint(1, 8)]
            case 2:
                frame[place:place] = chance.choice(ODD)
            case _:
                frame[place:] = other[chance.randrange(len(other)) :]
    return frame.decode(errors="replace")


ODD = [
    b"null",
    b"true",
    b"-1",
    b"1e999",
    b"[" * 2_000,
    b'{"t":',
    b'"',
    b"\\ud800",
    b"\\u0000",
    b"\\",
    b"{}",
    b"9" * 400,
    b"x" * 4_001,
    b",",
]
