"""A script for two servers: one of the twin worlds', and what is done at the server before each of its steps."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Generic

from tests.privacy.servers.server_world import ServerTwinWorld
from tests.privacy.servers.side_actions import ALL, ONCE, SECRET, SEEN, TOGETHER
from tests.privacy.worlds.random_scripts import AnyScript, Scripts
from tests.privacy.worlds.worker_steps import SILENCE

Names = tuple[str, ...]
OFTEN = 0.15  # of the steps have something beside them


@dataclass(frozen=True)
class ServerScript(Generic[AnyScript]):
    """`seen` is done before each step in both worlds, after what is done in `hidden`, which has both worlds'."""

    script: AnyScript
    seen: tuple[Names, ...]
    hidden: tuple[tuple[Names, ...], tuple[Names, ...]]

    def play(self, twin: ServerTwinWorld) -> None:
        steps = zip(self.hidden[twin.number], self.seen, strict=True)
        twin.between = lambda twin: self._between(twin, steps)
        twin.secrets.append(self.hidden[twin.number])
        self.script.play(twin)

    def _between(self, twin: ServerTwinWorld, steps: Iterator[tuple[Names, Names]]) -> None:
        for name in (name for names in next(steps) for name in names):
            ALL[name](twin)


def with_server(scripts: Scripts[AnyScript], chance: Random) -> ServerScript[AnyScript]:
    """A script that chance gives, with what it gives beside."""
    script = scripts(chance)
    names = [what for what, *_ in script.steps]
    alone = names.index(SILENCE) if SILENCE in names else len(names)
    once: set[str] = set()
    both = [*SEEN, TOGETHER]
    seen = [_some(chance, both if 1 < place < alone else list(SEEN), once) for place, _ in enumerate(names)]
    hidden = [tuple(_some(chance, list(SECRET), used) for _ in names) for used in (set[str](), set[str]())]
    return ServerScript(script, tuple(seen), (hidden[0], hidden[1]))


def _some(chance: Random, names: list[str], used: set[str]) -> Names:
    if chance.random() > OFTEN:
        return ()
    name = chance.choice([name for name in names if name not in used])
    used |= {name} & ONCE
    return (name,)
