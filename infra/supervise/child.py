"""One supervised process: started in a session of its own, ended with all that it started."""

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from infra.logfile import Bounds, turn_if_full
from infra.supervise.ledger import Ledger
from infra.supervise.words import Mark, last_words

PR_SET_PDEATHSIG = 1
"""prctl(2): the signal a process gets when its parent dies."""

LOG_FILE = "LIENTHONG_LOG_FILE"
"""Names a child's log to it, so that it can turn the file itself while it lives (`infra.logfile`)."""

_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """What to run and how to judge it."""

    name: str
    argv: tuple[str, ...]
    rank: int
    """Started in rising order, stopped in falling order."""

    environment: Mapping[str, str] = field(default_factory=dict)
    once: bool = False
    """True for a process that is expected to end by itself; it is not started again."""

    progress: Path | None = None
    """File in which the process says how far it is; None: only its existence is judged."""

    patience: float = 60.0
    """Seconds without progress while work waits, after which it is restarted although it lives."""


class Child:
    """The running process of one spec."""

    def __init__(
        self,
        spec: Spec,
        *,
        log_folder: Path,
        ledger: Ledger,
        environment: Mapping[str, str],
        bounds: Bounds,
    ) -> None:
        self.spec = spec
        self._log, self._bounds = log_folder / f"{spec.name}.log", bounds
        self._ledger = ledger
        self._environment = {**environment, LOG_FILE: str(self._log.absolute()), **spec.environment}
        self._process: subprocess.Popen[bytes] | None = None
        self._over = True
        self._log_began: Mark | None = None
        self.started_at = 0.0

    @property
    def pid(self) -> int | None:
        """Process id, or None before the start."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Start it; stdout and stderr go to its log."""
        self._log.parent.mkdir(parents=True, exist_ok=True)
        turn_if_full(self._log, self._bounds)
        with self._log.open("ab") as log:
            self._log_began = Mark.of(log)
            self._process = subprocess.Popen(  # noqa: S603 - our own commands
                self.spec.argv,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=dict(self._environment),
                start_new_session=True,
                preexec_fn=die_with_parent,  # noqa: PLW1509 - one prctl call, no locks taken
            )
        self._over = False
        self.started_at = time.monotonic()
        self._ledger.add(self.spec.name, self._process.pid)

    def exit_code(self) -> int | None:
        """Return the exit code once it has ended (negative: the signal that ended it), else None."""
        return self._process.poll() if self._process else None

    def ask_to_stop(self) -> None:
        """Send SIGTERM to the process itself, which stops its own children in order."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it and everything in its session group at once, also what a dead leader left behind."""
        if self._process is None or self._over:
            return  # once over, its number may be a stranger's
        self._over = True
        end_group(self._process.pid)
        self._process.wait()
        self._ledger.remove(self.spec.name)

    def last_words(self) -> str:
        """Return why it ended, as far as its log says, in one line for people."""
        return last_words(self._log, self._log_began)


def end_group(pgid: int) -> None:
    """SIGKILL a whole process group; one that is gone already is fine."""
    try:
        os.killpg(pgid, signal.SIGKILL)
    except ProcessLookupError:
        return


def die_with_parent() -> None:
    """Take the process along when its parent dies (runs in the child, before exec): a supervisor that dies takes its processes along."""
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
