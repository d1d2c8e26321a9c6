"""Decides all frames that arrive in one pass of the event loop in one transaction, and answers them after COMMIT."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import Any, Protocol

from uconnect.adapters.sqlite.store import LentStore
from uconnect.api import websocket
from uconnect.api.websocket import Command, Reply
from uconnect.application.ports import Unavailable
from uconnect.domain.context import Context, Plan, UseCase
from uconnect.domain.errors import Refusal
from uconnect.entrypoints.server.durations import Durations
from uconnect.entrypoints.server.heartbeat import Heartbeat
from uconnect.entrypoints.server.service import ServerService
from uconnect.entrypoints.server.trace_attributes import FRAME, OUTCOME, OUTCOMES

LARGEST_GROUP = 512  # frames in one transaction; beyond it the first waits too long for the last
DONE, REFUSED, FAILED = OUTCOMES  # what became of a frame
NOTHING: Plan[Any] = Plan(None)
LATER: Plan[Any] = Plan(None)  # the outcome of a frame that must wait for one before it
Outcome = Plan[Any] | Refusal | BaseException

log = logging.getLogger("uconnect")


class Session(Protocol):
    """The socket that a frame came from, as the passes need it."""

    party: str
    waiting: int  # frames of it that wait for the store, or for one of these; counted by `FramePasses`

    def send(self, said: Reply) -> None:
        """Queue frames. Call `FramePasses.unwritten` if they are to be written."""
        ...

    def decided(self) -> None:
        """Called once for each frame that `FramePasses.receive` was given, when it has its answer."""
        ...

    def close(self) -> None:
        """Send what is queued, then close."""
        ...

    def fail(self) -> None:
        """Close, after a fault of ours."""
        ...

    def write(self) -> None:
        """Write what is queued, as far as the other end takes it."""
        ...


@dataclass(eq=False, slots=True)
class Work:
    """A frame that was decoded, and what is to be decided next for it. `begun` is when its pass took it."""

    session: Session
    decoded: Command | Reply | None
    use_case: UseCase[Any]
    begun: float


class FramePasses:
    """One transaction at a time. What arrives while one commits is the next.

    The event loop decides and writes, in turn with others who write; only COMMIT waits for the disk, on a thread of the
    database. If a work fails, the group goes to the writer's thread, where one that fails costs the others nothing.
    A socket is answered in the order of its frames: a ping waits for the disk only behind other frames of its socket.
    """

    def __init__(self, service: ServerService) -> None:
        self.service = service
        self.heartbeat = Heartbeat()
        self.durations = Durations()
        self._received: list[tuple[Session, str | None]] = []
        self._works: list[Work] = []
        self._unwritten: dict[Session, None] = {}
        self._committing = False
        self._tasks: set[asyncio.Task[None]] = set()

    def receive(self, session: Session, text: str | None) -> None:
        """Take a frame. It is decided once this pass of the loop has read all sockets. None is what is no text: the
        socket is closed once what came before is answered."""
        if not self._received:
            asyncio.get_running_loop().call_soon(self._run)
        self._received.append((session, text))

    def unwritten(self, session: Session) -> None:
        """Write what a session has queued at the end of this pass: several frames for one socket leave together."""
        if not self._unwritten:
            asyncio.get_running_loop().call_soon(self._write)
        self._unwritten[session] = None

    def _run(self) -> None:
        received, self._received = self._received, []
        now = perf_counter()
        for session, text in received:
            try:
                self._take(session, None if text is None else websocket.decode_frame(session.party, text), now)
            except Exception as error:  # noqa: BLE001 - a fault of ours costs one socket, and no other
                _fail(session, error)
        self._decide()

    def _take(self, session: Session, decoded: Command | Reply | None, now: float) -> None:
        if isinstance(decoded, Command) or session.waiting > 0:
            session.waiting += 1
            use_case = decoded.use_case if isinstance(decoded, Command) else _decide_nothing
            self._works.append(Work(session, decoded, use_case, now))
        else:
            session.decided()
            self._say(session, decoded)

    def _decide(self) -> None:
        if not self._works or self._committing:
            return
        self._committing = True
        lent = self.service.store.begin_now()
        if lent is not None:
            self._decide_in(lent)
            return
        loop = asyncio.get_running_loop()

        def borrow(lent: LentStore | None) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(self._decide_in, lent)
            elif lent is not None:
                lent.undo()

        self.service.store.begin_soon(borrow)

    def _decide_in(self, lent: LentStore | None) -> None:
        works, self._works = self._works[:LARGEST_GROUP], self._works[LARGEST_GROUP:]
        if lent is None or not self._begin(lent, works):
            self._by_writer(works)

    def _begin(self, lent: LentStore, works: Sequence[Work]) -> bool:
        """Decide here, and commit on another thread. Returns whether that has begun."""
        try:
            outcomes = [lent.run(use_case) for use_case in _in_order(works)]
        except Exception:  # noqa: BLE001 - the writer decides them again, and tells which one fails
            lent.undo()
            return False
        loop = asyncio.get_running_loop()

        begun = perf_counter()

        def done(error: Exception | None) -> None:
            # Several parties' frames: so it is no part of a frame's own trace.
            self.service.traces.add("commit of frames", begun, perf_counter(), {OUTCOME: FAILED if error else DONE})
            if not loop.is_closed():
                loop.call_soon_threadsafe(self._committed, works, outcomes, error)

        lent.commit(done)
        return True

    def _committed(self, works: Sequence[Work], outcomes: Sequence[Outcome], error: Exception | None) -> None:
        if error is None:
            self._answer(works, outcomes)
        else:
            self._by_writer(works)

    def _by_writer(self, works: Sequence[Work]) -> None:
        async def run() -> None:
            self._answer(works, await self.service.store.run_all_soon(_in_order(works)))

        task = asyncio.get_running_loop().create_task(run())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _answer(self, works: Sequence[Work], outcomes: Sequence[Outcome]) -> None:
        """Answer who asked, tell who must not know who else is told, write, and only then tell the rest."""
        unfinished: list[Work] = []
        now = perf_counter()
        for work, outcome in zip(works, outcomes, strict=True):
            try:
                if (more := self._conclude(work, outcome, now)) is not None:
                    unfinished.append(more)
            except Exception as error:  # noqa: BLE001 - (the same)
                _fail(work.session, error)
        self._works[:0] = unfinished
        self._committing = False
        self._write()
        self.service.sockets.flush()
        self._decide()

    def _conclude(self, work: Work, outcome: Outcome, now: float) -> Work | None:
        """Answer, and tell the others. Returns what is still to be decided for the frame, if anything."""
        if outcome is LATER:
            return work
        if isinstance(outcome, Plan) and outcome.then is not None:
            self.service.between(outcome)
            return Work(work.session, work.decoded, outcome.then, work.begun)
        work.session.waiting -= 1
        work.session.decided()
        if isinstance(outcome, Unavailable):
            outcome = self.service.busy("the store could not commit", outcome)
        if isinstance(outcome, BaseException):
            if isinstance(work.decoded, Command):
                self._measured(work.decoded.kind, FAILED, work.begun, now)
            raise outcome
        if not isinstance(work.decoded, Command):
            self._say(work.session, work.decoded)
            return None
        if isinstance(outcome, Plan):
            self.service.note_jobs(outcome.jobs)
            said = DONE
        else:
            said = REFUSED
        self._measured(work.decoded.kind, said, work.begun, now)
        self._say(work.session, websocket.reply(work.decoded, outcome))
        # `seen` has no reply: its own socket hears the `read`.
        self.service.tell(outcome, exclude=work.session if work.decoded.key else None)
        return None

    def _measured(self, kind: str, outcome: str, begun: float, now: float) -> None:
        self.durations.add((kind, outcome), now - begun)
        self.service.traces.add("frame", begun, now, {FRAME: kind, OUTCOME: outcome})

    def _say(self, session: Session, said: Reply | None) -> None:
        if said is None:
            session.close()
        elif said.frames:
            self.service.sockets.flush_for(session.party)
            session.send(said)

    def _write(self) -> None:
        sessions, self._unwritten = self._unwritten, {}
        for session in sessions:
            session.write()


def _fail(session: Session, error: Exception) -> None:
    log.error("a frame could not be served", exc_info=error)
    session.fail()


def _decide_nothing(_: Context) -> Plan[Any]:
    """For a frame that asks nothing of the store, behind one that does."""
    return NOTHING


def _in_order(works: Sequence[Work]) -> list[UseCase[Any]]:
    """The use cases of works. While one of a socket has a second part to come, the next frames of that socket wait."""
    unfinished: set[Session] = set()

    def use_case(work: Work, context: Context) -> Plan[Any]:
        if work.session in unfinished:
            return LATER
        plan = work.use_case(context)
        if plan.then is not None:
            unfinished.add(work.session)
        return plan

    return [partial(use_case, work) for work in works]
