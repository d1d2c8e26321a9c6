"""Lets Playwright drive the Firefox of a distribution, which lacks some newer commands of WebDriver BiDi.

Playwright starts this script in place of Firefox. It starts Firefox, and stands between the two. A command that this
Firefox does not know is answered as done: such commands only set what a test does not ask for (downloads, a screen's
size) or what preferences of Firefox set as well (language, motion). What Playwright asks of a page reaches it as code,
not as a text for `eval`, which our content security policy forbids.
"""

import asyncio
import json
import re
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Awaitable, Callable, Iterator

from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve

FIREFOX = "/usr/bin/firefox-esr"
LISTENING = "WebDriver BiDi listening on"
UNKNOWN, DONE = "unknown command", {"collector": "none"}
EVALUATES = "utilityScript.evaluate(...args)"
FUNCTIONS = ("functionText", "callbackText")  # arguments that are functions
EXTENDS, MODULE = "injectedScript.extend(", "source"  # a call with an argument that is a module
WITHOUT_EVAL = """async (utilityScript, ...args) => {
  const { global } = utilityScript;
  const evaluate = global.eval;
  const codes = [%s];
  global.eval = (text) => (codes.find(([code]) => text.includes(code))?.[1] ?? (() => evaluate(text)))();
  try { return await utilityScript.evaluate(...args); } finally { global.eval = evaluate; }
}"""


async def main() -> int:
    firefox = await asyncio.create_subprocess_exec(FIREFOX, *sys.argv[1:], stdout=DEVNULL, stderr=PIPE)
    assert firefox.stderr
    address = await _address(firefox.stderr)

    async def carry(playwright: ServerConnection) -> None:
        async with connect(f"{address}/session", max_size=None, compression=None, open_timeout=60) as browser:
            commands = asyncio.create_task(_commands(playwright, browser.send))
            async for answer in browser:
                await playwright.send(_known(str(answer)))
            await commands

    async with serve(carry, "127.0.0.1", 0, max_size=None, compression=None) as server:
        port = server.sockets[0].getsockname()[1]
        print(f"{LISTENING} ws://127.0.0.1:{port}", file=sys.stderr, flush=True)  # noqa: T201 - Playwright waits for it
        while await firefox.stderr.readline():
            continue  # else Firefox waits until somebody reads what it prints
    return await firefox.wait()


def _texts(told: object) -> Iterator[str]:
    """Every text that is a value in the arguments of a call, in order."""
    match told:
        case {"type": "string", "value": str(text)}:
            yield text
        case {"value": list(parts)} | list(parts):
            for part in parts:
                yield from _texts(part)
        case _:
            return


async def _address(printed: asyncio.StreamReader) -> str:
    while line := (await printed.readline()).decode():
        if found := re.search(f"{LISTENING} (ws://\\S+)", line):
            return found[1]
    raise SystemExit("Firefox has ended before it listened.")


async def _commands(playwright: ServerConnection, send: Callable[[str], Awaitable[None]]) -> None:
    async for command in playwright:
        await send(_without_eval(str(command)))


def _without_eval(command: str) -> str:
    if EVALUATES not in command:
        return command
    asked = json.loads(command)
    call = asked["params"]
    texts = list(_texts(call["arguments"]))
    codes = [(texts[0], f"({texts[0].rstrip().rstrip(';')}\n)")]
    for name, text in zip(texts, texts[2:], strict=False):  # Playwright writes k, name, v, value
        if name in FUNCTIONS:
            codes.append((text, f"({text}\n)"))
        elif name == MODULE and EXTENDS in texts[0]:
            codes.append((text, f"{{ const module = {{}}; {text}\nreturn module.exports.default(); }}"))
    call["functionDeclaration"] = WITHOUT_EVAL % ",".join(f"[{json.dumps(text)}, () => {code}]" for text, code in codes)
    return json.dumps(asked)


def _known(answer: str) -> str:
    """The answer of Firefox; to a command that it does not know, that it is done."""
    if f'"{UNKNOWN}"' not in answer:
        return answer
    told = json.loads(answer)
    if told.get("error") != UNKNOWN:
        return answer
    return json.dumps({"type": "success", "id": told["id"], "result": DONE})


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
