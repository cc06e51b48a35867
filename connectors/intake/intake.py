"""One round of intake: take files, read them, write the events, wait for the broker, leave receipts, put the files away.

The order of effects is what nothing is lost by: content and index, then the event confirmed by the broker, then the receipt,
then the file moves. Whatever ends the process in between, the file still lies in `work/`, and the next round repeats the same
event ids with the same content.
"""

import math
import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from threading import Event as Flag
from typing import Protocol

import structlog

from connectors.folders import Door
from connectors.intake import answers, reading
from connectors.intake.answers import Answer, Fate
from connectors.intake.queue import Queue
from connectors.intake.taking import Taken
from connectors.intake.window import Window
from connectors.receipts import RECEIPT, write_receipt
from infra import metrics
from infra.clock import Clock
from infra.content import ContentError, ContentStore
from infra.kafka.crashpoint import CrashPoints, no_crash
from infra.kafka.outbox import Outbox
from infra.kafka.records import Message
from infra.kafka.sealing import seal
from infra.kafka.settle import attempt
from schemas.edxml import Limits
from schemas.events import DocumentSubmitted, StatusSubmitted
from schemas.reference import Reference

NAME = "intake"
BATCH = 64
"""Files of one round: read side by side, confirmed at once."""

THREADS = 4
"""Reading is the interpreter's work, one at a time; storing waits for the disk, side by side."""

BUG_TRIES = 3
"""After so many tries that broke the reader itself the sender is told (`INTERNAL_ERROR`)."""

log = structlog.get_logger(__name__)


class References(Protocol):
    """Where the reference data in force comes from."""

    def current(self) -> Reference:
        """Return the bundle in force."""


@dataclass(frozen=True, slots=True)
class _Ready:
    """A file with its answer, sealed."""

    taken: Taken
    answer: Answer
    message: Message | None


class Intake:
    """Serves some doors. One thread calls `round`; `end` may be called from any."""

    def __init__(
        self,
        *,
        doors: Callable[[], Iterable[Door]],
        clock: Clock,
        references: References,
        content: ContentStore,
        outbox: Outbox,
        limits: Limits,
        crash: CrashPoints = no_crash,
        window: Window | None = None,
    ) -> None:
        """`window`: how much may be under way; without one everything that waits is taken in."""
        self._clock, self._references, self._outbox, self._crash = clock, references, outbox, crash
        self._answer_to = partial(reading.answer_to, content=content, limits=limits, crash=crash)
        self._queue, self._window = Queue(doors, clock), window
        self._pool = ThreadPoolExecutor(THREADS, "packet")
        self._ending = Flag()
        self.after_each: Callable[[], None] = lambda: None
        """Called whenever a file was tried or put away."""

        self.tried = 0
        """Files that were tried so far: moves as long as anything is done."""

    @property
    def waiting(self) -> int:
        """Files that were there at the beginning of the round."""
        return self._queue.waiting

    def end(self) -> None:
        """Finish the files at work and begin no other; what was taken stays in `work/` for the next start."""
        self._ending.set()

    def close(self) -> None:
        """Let the threads go."""
        self._pool.shutdown()

    def round(self) -> int:
        """Take and finish what is there; return how many files were put away. Raise `NotConfirmedError`: nothing was moved."""
        batch = self._queue.next(BATCH, self._window.room() if self._window else math.inf)
        if batch:
            self._crash("taken")
        ready = []
        for taken, found in zip(batch, self._pool.map(self._prepare, batch), strict=True):
            if isinstance(found, _Ready):
                ready.append(found)
            elif found is not None:
                self._queue.failed(taken, found)
            self._moved()
        if messages := [each.message for each in ready if each.message]:
            self._count(ready)
            self._outbox.write(messages)
        done = 0
        for each, fault in zip(ready, self._pool.map(self._put_away, ready), strict=True):
            done += fault is None
            self._look_at(each, fault)
        return done

    def wait(self, seconds: float) -> None:
        """Wait before the next round, where the last one put nothing away: until there is room, or so long."""
        if self._window is not None and self._window.room() == 0:
            self._window.wait(seconds)
        else:
            self._ending.wait(seconds)

    def _count(self, ready: Iterable[_Ready]) -> None:
        """Count what will have an outcome; what intake itself refuses has had it."""
        for each in ready:
            event = each.answer.event
            if self._window is not None and isinstance(event, DocumentSubmitted | StatusSubmitted):
                self._window.took(event.event_id, self._queue.units(each.taken))

    def _prepare(self, taken: Taken) -> _Ready | Exception | None:
        """Read, store and seal one file; None for one that is not ours to finish any more, or not now."""
        if self._ending.is_set():
            return None
        ready = attempt(self._ready, taken)
        if not isinstance(ready, Exception):
            return ready
        if not os.path.lexists(taken.path):
            return None
        if isinstance(ready, OSError | ContentError) or self._queue.failures(taken) + 1 < BUG_TRIES:
            return ready
        refused = attempt(reading.broken, taken.path)
        return refused if isinstance(refused, Exception) else self._sealed(taken, answers.refusal(taken, refused))

    def _ready(self, taken: Taken) -> _Ready:
        return self._sealed(taken, self._answer_to(taken, reference=self._references.current()))

    def _sealed(self, taken: Taken, answer: Answer) -> _Ready:
        return _Ready(taken, answer, seal(answer.event, app=NAME, clock=self._clock) if answer.event else None)

    def _put_away(self, ready: _Ready) -> OSError | None:
        """Leave the receipt, then move the file; what fails is done again, the event included."""
        taken, answer = ready.taken, ready.answer
        folder = taken.door.accepted if answer.fate is Fate.ACCEPTED else taken.door.refused
        try:
            write_receipt(folder, taken.name, RECEIPT, answer.receipt)
            self._crash("receipted")
            if answer.fate is Fate.ERASED:
                taken.path.unlink(missing_ok=True)
            else:
                taken.path.rename(folder / taken.name)
        except OSError as exc:
            return exc
        return None

    def _look_at(self, ready: _Ready, fault: OSError | None) -> None:
        taken, answer = ready.taken, ready.answer
        if fault is not None:
            if os.path.lexists(taken.path):  # else another intake was quicker, with the same event and the same receipt
                self._queue.failed(taken, fault)
            return
        self._queue.well(taken.door)
        outcome = "accepted" if answer.fate is Fate.ACCEPTED else "refused"
        metrics.INTAKE.labels(channel=taken.door.channel, outcome=outcome, reason=answer.reason).inc()
        if answer.reason:
            log.info("refused", door=taken.door.principal, reason=answer.reason, sha256=answer.sha256)
        self._moved()

    def _moved(self) -> None:
        self.tried += 1
        self.after_each()
