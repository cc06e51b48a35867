"""The pool of judges: processes of our own, so that a poison file costs itself (decision 9).

One pipe a worker, jobs one by one, results one by one. A worker that takes too long, too much memory or dies is killed and
replaced at once; the document is tried once more and is then RESOURCE_LIMIT. Workers end with their parent.

    pool = JudgePool(size=2, lend=store.lend)
    await pool.start()
    judgements = await pool.prepare(events, known, reference)      # one an event; None where none is needed
    await pool.close()
"""

import asyncio
import contextlib
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path

from processors.verification.asked import DEFAULT_LIMITS, Asked
from processors.verification.core import to_judge
from processors.verification.defects import found
from processors.verification.judging import wire
from processors.verification.judging.worker import READY, TAKEN
from processors.verification.verdict import Judgement
from schemas.edxml import Limits as PacketLimits
from schemas.events import DocumentSubmitted, Event
from schemas.reference import Reference
from schemas.reference.policy_dangers import Danger, dangers_of

ROOT = Path(__file__).resolve().parents[3]
"""Where `-m processors…` finds this software, installed or not."""

MAX_COST = 2
"""Workers that one document may cost before it is RESOURCE_LIMIT."""

FILES_A_WORKER = 2
"""Of one it judges, the next may be fetched meanwhile; more would fill the disk with a batch of large packets."""

MAX_ANSWER = 16 * 1024 * 1024
"""Bytes of one answer line; an honest one is a few kB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one document may cost."""

    cpu_seconds: int = 10
    memory_bytes: int = 1024**3
    wall_seconds: float = 15.0
    documents: int = 1_000
    """After so many a worker is replaced by a fresh one."""

    start_seconds: float = 60.0
    """What a worker may take to import its libraries."""


class WorkerLostError(Exception):
    """The worker died, took too long or answered nonsense; `guilty`: while it judged."""

    def __init__(self, why: str, *, guilty: bool = False) -> None:
        super().__init__(why)
        self.guilty = guilty


class _Worker:
    """One process and its pipe."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.served = 0
        self._epoch: str | None = None

    @classmethod
    async def start(cls, limits: Limits) -> "_Worker":
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "processors.verification.judging.worker", str(limits.cpu_seconds), str(limits.memory_bytes),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=MAX_ANSWER, cwd=ROOT,
        )  # fmt: skip
        worker = cls(process)
        if await asyncio.wait_for(worker._line(), limits.start_seconds) != READY:
            await worker.kill()
            raise WorkerLostError("a judge did not start")
        return worker

    async def ask(self, asked: Asked, reference: Reference, *, within: float) -> Judgement:
        """Have one document judged; raise `WorkerLostError`."""
        taken = False
        try:
            async with asyncio.timeout(within):
                if self._epoch != reference.epoch or self._epoch is None:
                    await self._send(wire.pack(wire.needed_of(reference)))
                    self._epoch = reference.epoch
                there = replace(asked, path=asked.path.absolute())  # the worker stands in a folder of its own
                await self._send(wire.pack(wire.Job(asked=there, epoch=reference.epoch)))
                taken = await self._line() == TAKEN
                self.served += 1
                return wire.judgement_of(await self._line())
        except (TimeoutError, OSError, ValueError, LookupError, TypeError) as exc:
            raise WorkerLostError(type(exc).__name__, guilty=taken) from exc

    async def _send(self, message: bytes) -> None:
        if self._process.stdin is None or self._process.stdin.is_closing():  # uvloop would raise a RuntimeError
            raise WorkerLostError("no pipe")
        self._process.stdin.write(message)
        await self._process.stdin.drain()

    async def _line(self) -> bytes:
        if self._process.stdout is None:
            raise WorkerLostError("no pipe")
        return await self._process.stdout.readline()

    async def kill(self) -> None:
        """End the process at once."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()

    @property
    def pid(self) -> int:
        """Process id."""
        return self._process.pid


def _at(path: str) -> AbstractContextManager[Path]:
    """Lend what is a path, not a SHA-256."""
    return contextlib.nullcontext(Path(path))


class JudgePool:
    """Judges documents in `size` processes.

    `lend` gives the file of a content's SHA-256 as long as it is judged, or raises FileNotFoundError; `keep` takes the evidence, `observe` each judgement and its seconds,
    `lost` why a worker was (a class name), `warn` what is dangerous in a policy that comes into force.
    """

    def __init__(
        self,
        *,
        size: int,
        lend: Callable[[str], AbstractContextManager[Path]] = _at,
        keep: Callable[[bytes], object] | None = None,
        observe: Callable[[Judgement, float], object] | None = None,
        lost: Callable[[str], object] | None = None,
        warn: Callable[[Danger], object] | None = None,
        limits: Limits = Limits(),
        packet_limits: PacketLimits = DEFAULT_LIMITS,
    ) -> None:
        self._size, self._lend, self._keep, self._limits = size, lend, keep, limits
        self._observe, self._lost, self._warn = observe, lost, warn
        self._packet_limits = packet_limits
        self._epoch: str | None = None
        self._lent = asyncio.Semaphore(FILES_A_WORKER * size)
        self._idle: asyncio.Queue[_Worker] = asyncio.Queue()
        self._all: set[_Worker] = set()
        self.killed = 0
        """Workers lost to a document since the start."""

        self.judged = 0
        """Documents judged since the start: what moves while a batch is at work."""

    async def start(self) -> None:
        """Start every worker and wait until all are ready."""
        for worker in await asyncio.gather(*(_Worker.start(self._limits) for _ in range(self._size))):
            self._enlist(worker)

    async def close(self) -> None:
        """End every worker."""
        await asyncio.gather(*(worker.kill() for worker in self._all))
        self._all.clear()

    @property
    def pids(self) -> tuple[int, ...]:
        """Process ids of the workers."""
        return tuple(sorted(worker.pid for worker in self._all))

    async def prepare(
        self, events: Sequence[Event], known: Mapping[str, bytes], reference: Reference
    ) -> list[Judgement | None]:
        """Judge what a batch needs: one judgement an event, None where the rows already answer."""
        self._look_at(reference)
        wanted = [to_judge(event, known, reference) for event in events]
        return list(await asyncio.gather(*(self._prepared(each, reference) for each in wanted)))

    def _look_at(self, reference: Reference) -> None:
        """Warn of each dangerous option of a policy when it comes into force."""
        if reference.epoch == self._epoch:
            return
        self._epoch, policy, warn = reference.epoch, reference.signature_policy, self._warn
        if policy and warn:
            for each in dangers_of(policy):
                warn(each)

    async def _prepared(self, submitted: DocumentSubmitted | None, reference: Reference) -> Judgement | None:
        if submitted is None:
            return None
        started = time.monotonic()
        judgement = await self._judged(submitted, reference)
        if self._observe:
            self._observe(judgement, time.monotonic() - started)
        if self._keep and judgement.evidence:
            await asyncio.to_thread(self._keep, judgement.evidence)  # it waits for the disk
        self.judged += 1
        return judgement

    async def _judged(self, submitted: DocumentSubmitted, reference: Reference) -> Judgement:
        async with self._lent:
            with contextlib.ExitStack() as lent:
                try:
                    path = await asyncio.to_thread(lent.enter_context, self._lend(submitted.content.sha256))
                except FileNotFoundError:  # any other trouble says nothing about this document, and ends the process
                    return Judgement(finding=found(["CONTENT_UNAVAILABLE"]))
                asked = Asked(
                    path=path, receipt=submitted.occurred_at, sender=submitted.sender, limits=self._packet_limits
                )
                return await self.judge(asked, reference)

    async def judge(self, asked: Asked, reference: Reference) -> Judgement:
        """Judge one document; a document that costs two workers is RESOURCE_LIMIT."""
        cost = 0
        while cost < MAX_COST:
            worker = await self._idle.get()
            try:
                judgement = await worker.ask(asked, reference, within=self._limits.wall_seconds)
            except WorkerLostError as exc:
                cost += exc.guilty  # a worker that was dead before it was asked is nobody's fault
                self.killed += exc.guilty
                if self._lost:
                    self._lost(str(exc))
                await self._replace(worker)
                continue
            except asyncio.CancelledError:
                await asyncio.shield(self._replace(worker))  # its answer would meet the next question
                raise
            if worker.served >= self._limits.documents:
                await self._replace(worker)
            else:
                self._idle.put_nowait(worker)
            return judgement
        return Judgement(finding=found(["RESOURCE_LIMIT"]))

    async def _replace(self, worker: _Worker) -> None:
        self._all.discard(worker)
        await worker.kill()
        self._enlist(await _Worker.start(self._limits))

    def _enlist(self, worker: _Worker) -> None:
        self._all.add(worker)
        self._idle.put_nowait(worker)
