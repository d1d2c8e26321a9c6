"""oidc-client-ts in a process of its own: it calls what a test asks for, and visits what a browser visits for it."""

import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROGRAM = Path(__file__).with_suffix(".mjs")
LIBRARY = Path(__file__).parents[3] / "sites/node_modules/oidc-client-ts/dist/esm/oidc-client-ts.js"


class ClientError(Exception):
    """What the client throws: the provider's `error`, if it is one of those, a message, and the state of the request
    that it answers."""

    def __init__(self, error: str | None, message: str, state: object) -> None:
        super().__init__(message)
        self.error, self.state = error, state


@dataclass(frozen=True)
class OidcClientTs:
    """A `UserManager`. `navigate` goes to an address and returns where the browser has landed."""

    process: "subprocess.Popen[str]"
    navigate: Callable[[str], str]

    def call(self, function: str, given: object = None, navigate: Callable[[str], str] | None = None) -> Any:
        """What a function of the client answers. `navigate` is another browser for it alone. Raises ClientError."""
        self._write(json.dumps({"call": function, "given": {} if given is None else given}))
        while "navigate" in (said := self._read()):
            self._write((navigate or self.navigate)(said["navigate"]))
        if "error" in said:
            raise ClientError(**said["error"])
        return said["result"]

    def _write(self, line: str) -> None:
        assert self.process.stdin is not None
        print(line, file=self.process.stdin, flush=True)

    def _read(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "the client has ended"
        answer: dict[str, Any] = json.loads(line)
        return answer


@contextmanager
def oidc_client_ts(navigate: Callable[[str], str], **settings: object) -> Iterator[OidcClientTs]:
    """The client with these settings, until the block ends."""
    assert LIBRARY.is_file(), "install it: make sites"
    command = ["node", str(PROGRAM), str(LIBRARY), json.dumps(settings)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8") as process:
        yield OidcClientTs(process, navigate)  # its input ends with the block, and it with its input
