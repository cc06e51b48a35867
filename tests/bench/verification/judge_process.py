"""A judge as the pool starts it, spoken to over its pipe; without the pool, so that it is never replaced."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.supervise.child import die_with_parent
from processors.verification.asked import Asked
from processors.verification.judging import wire
from processors.verification.judging.pool import ROOT, Limits
from processors.verification.judging.worker import READY, TAKEN
from schemas.reference import Reference
from tests.bench.verification.contest import WrongAnswerError
from tests.vectors.scene import NOON

LIMITS = Limits()
USER, SYSTEM = 11, 12
"""Fields of /proc/PID/stat behind the command's name (proc(5): utime, stime)."""


class JudgeProcess:
    """One judge at work."""

    def __init__(self, process: "subprocess.Popen[bytes]", reference: Reference) -> None:
        self._process, self._epoch = process, reference.epoch
        if self._line() != READY:
            raise WrongAnswerError("the judge did not start")
        self._send(wire.pack(wire.needed_of(reference)))

    @property
    def pid(self) -> int:
        """Process id."""
        return self._process.pid

    @property
    def cpu_seconds(self) -> float:
        """CPU time since its start."""
        fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="utf-8").rpartition(") ")[2].split()
        return (int(fields[USER]) + int(fields[SYSTEM])) / os.sysconf("SC_CLK_TCK")

    def judge(self, path: Path) -> float:
        """Have a sound file judged; return wall seconds; raise `WrongAnswerError` if it does not pass."""
        started = time.perf_counter()
        self._send(wire.pack(wire.Job(asked=Asked(path=path, receipt=NOON), epoch=self._epoch)))
        taken, answer = self._line() == TAKEN, self._line()
        spent = time.perf_counter() - started
        if not taken or json.loads(answer)["defects"]:
            raise WrongAnswerError(f"{path.name}: {answer[:200]!r}")
        return spent

    def _send(self, message: bytes) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(message)
        self._process.stdin.flush()

    def _line(self) -> bytes:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


@contextmanager
def judge_process(reference: Reference) -> Iterator[JudgeProcess]:
    """Start one, end it afterwards."""
    worker = (sys.executable, "-m", "processors.verification.judging.worker")
    process = subprocess.Popen(
        (*worker, str(LIMITS.cpu_seconds), str(LIMITS.memory_bytes)),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
        preexec_fn=die_with_parent,  # noqa: PLW1509 - one prctl call, no locks taken
    )
    try:
        yield JudgeProcess(process, reference)
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
