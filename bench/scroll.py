"""How smoothly a long list and a long thread scroll on a slow processor, in frames.

A server with one school, ROWS (10,000) threads to it and one thread of MESSAGES (10,000), Chromium at 360 x 740 with a
processor SLOWER (4) times slower. The inbox is scrolled from its start to its end, and the thread from its end to its
beginning, with a wheel; a button for more is pressed where there is one. Each stops after SECONDS (90), or when it is
through. `.venv/bin/python bench/scroll.py` prints the time between frames (median, p99, longest), the long tasks, how
far it came, and how many elements the document has then. It measures the sites as built: `make sites` first.

On a machine that does other things the frames tell little. SLOWER=1 prints how much processor time the tasks of the
page took: one of 12.5 ms takes 50 on a processor four times slower.
"""

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from playwright.sync_api import CDPSession, Page, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "backend"))

from tests.support.filled_folder import FilledFolder  # noqa: E402 - the tests' kit fills a data folder
from tests.support.server_process import Server, serving  # noqa: E402 - (the same)
from uconnect.domain.enums import Kind  # noqa: E402 - (the same)

ROWS = int(os.environ.get("ROWS", "10000"))
MESSAGES = int(os.environ.get("MESSAGES", "10000"))
SECONDS = float(os.environ.get("SECONDS", "90"))
SLOWER = int(os.environ.get("SLOWER", "4"))
OPEN_EACH = 5  # threads that one person may have open
STEP = 150_000  # ms between two events: the messages are of some weeks
SCHOOL, LONG = "school@bench.example", "The long one"
WHEEL, PAUSE = 800, 50  # px and ms
FRAME = 12.5  # ms of processor time

FRAMES = """() => {
  window.frames = []; window.longTasks = [];
  let last = performance.now();
  const next = (now) => { frames.push(now - last); last = now; requestAnimationFrame(next); };
  requestAnimationFrame(next);
  new PerformanceObserver((list) => longTasks.push(...list.getEntries().map((it) => it.duration)))
    .observe({ entryTypes: ["longtask"] });
}"""
# Presses the button for more, where there is one, and says whether the end is reached.
IS_THROUGH = """([scroller, direction, label]) => {
  const box = document.querySelector(scroller);
  const button = [...box.querySelectorAll("button")].find((it) => it.textContent === label);
  const atEdge = direction > 0 ? box.scrollHeight - box.scrollTop - box.clientHeight < 2 : box.scrollTop < 2;
  if (atEdge) button?.click();
  return atEdge && !button;
}"""
HOW_FAR = {
    ".list-pane": "[...document.querySelectorAll('.thread-rows > li')].reduce("
    "(most, it, n) => Math.max(most, Number(it.getAttribute('aria-posinset') ?? n + 1)), 0)",
    ".log": f"{MESSAGES} - Number(document.querySelector('.bubble').textContent.match(/\\d+/)) + 1",
}


def fill(server: Server) -> None:
    """The threads and the messages, by the use cases, with a clock that leaves time between them."""
    events = 2 * ROWS + MESSAGES + 10
    with closing(FilledFolder(server, events, STEP)) as folder:
        school = folder.party(SCHOOL)
        people = [folder.register(Kind.USER, f"Person {number}") for number in range(-(-ROWS // OPEN_EACH))]
        for number in range(ROWS):
            by = people[number // OPEN_EACH]
            id = folder.ask(by, school, f"Question {number}" if number else LONG, f"Message 1 of {number}")
            for each in range(2, MESSAGES + 1) if number == 0 else ():
                folder.say(by, id, f"Message {each}. " + "It says a little more. " * (each % 7))


@contextmanager
def task_times(page: Page) -> Iterator[None]:
    """Prints how much processor time each task of the page took while the block ran."""
    session: CDPSession = page.context.new_cdp_session(page)
    events: list[dict[str, Any]] = []
    ended: list[bool] = []
    session.on("Tracing.dataCollected", lambda it: events.extend(it["value"]))
    session.on("Tracing.tracingComplete", lambda _: ended.append(True))
    categories = ["devtools.timeline", "disabled-by-default-devtools.timeline"]
    session.send("Tracing.start", {"transferMode": "ReportEvents", "traceConfig": {"includedCategories": categories}})
    yield
    session.send("Tracing.end")
    while not ended:
        page.wait_for_timeout(100)
    thread = next(it["tid"] for it in events if it["name"] == "UpdateLayoutTree")
    tasks = sorted(
        it["tdur"] / 1000 for it in events if it["name"] == "RunTask" and it["tid"] == thread and "tdur" in it
    )
    over = sum(it > FRAME for it in tasks)
    print(
        f"{'':11} tasks of over {FRAME} ms of processor time {over:4}   longest {tasks[-1]:.1f}   all {sum(tasks):.0f}"
    )


def scroll(page: Page, scroller: str, direction: int, button: str) -> None:
    """Scrolls from one end to the other, and prints what it was like."""
    page.evaluate(FRAMES)
    box = page.locator(scroller).bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    began = time.monotonic()
    while time.monotonic() - began < SECONDS:
        page.mouse.wheel(0, direction * WHEEL)
        page.wait_for_timeout(PAUSE)
        if page.evaluate(IS_THROUGH, [scroller, direction, button]):
            page.wait_for_timeout(500)  # a page that is on its way
            if page.evaluate(IS_THROUGH, [scroller, direction, button]):
                break
    took = time.monotonic() - began
    frames = sorted(page.evaluate("frames"))
    tasks = page.evaluate("longTasks")
    nodes = page.evaluate("document.querySelectorAll('*').length")
    print(
        f"{scroller:11} {page.evaluate(HOW_FAR[scroller]):6} in {took:5.1f} s   frames {len(frames):5}"
        f"   median {frames[len(frames) // 2]:6.1f} ms   p99 {frames[len(frames) * 99 // 100]:6.1f}"
        f"   longest {frames[-1]:7.1f}   over 50 ms {sum(it > 50 for it in frames):4}"
        f"   long tasks {len(tasks):4} (longest {max(tasks, default=0):.0f} ms)   elements {nodes}",
        flush=True,
    )


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder)) as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"))
        context = browser.new_context(viewport={"width": 360, "height": 740}, locale="en-GB")
        _, cookie = server.sign_in(Kind.SCHOOL, SCHOOL, "School of Scrolling")
        context.add_cookies([{"name": "uconnect_session_school", "value": cookie, "url": server.url}])
        page = context.new_page()
        page.goto(f"{server.url}/school/#/inbox")
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("navigation", name="Main").wait_for()
        page.wait_for_timeout(1_000)
        began = time.monotonic()
        fill(server)
        print(f"filled in {time.monotonic() - began:.0f} s", flush=True)
        page.reload()
        page.locator(".thread-row").first.wait_for()
        page.wait_for_timeout(3_000)  # what is loaded after the first page
        session = context.new_cdp_session(page)
        session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        with task_times(page) if SLOWER == 1 else nullcontext():
            scroll(page, ".list-pane", 1, "Show more threads")
        page.reload()
        page.get_by_text(LONG).first.click()
        page.locator(".bubble").first.wait_for()
        page.wait_for_timeout(3_000)
        with task_times(page) if SLOWER == 1 else nullcontext():
            scroll(page, ".log", -1, "Show earlier messages")
        browser.close()


if __name__ == "__main__":
    main()
