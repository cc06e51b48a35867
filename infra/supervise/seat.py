"""One supervisor a `var` folder: it holds a lock while it lives, and is known by pid and start time, so that `down` can end it."""

import fcntl
import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.durable import write_atomically
from infra.errors import EnvironmentFaultError
from infra.supervise.ledger import start_ticks

ORDERLY_SECONDS = 20.0
"""What a supervisor may take to stop all its processes; a little more than it promises."""


class SeatTakenError(EnvironmentFaultError):
    """Another `up` runs on the same folder."""


@contextmanager
def seat(run_folder: Path) -> Iterator[None]:
    """Be the only supervisor of this folder; raise `SeatTakenError`. The lock goes with the process, however it ends."""
    run_folder.mkdir(parents=True, exist_ok=True)
    with (run_folder / "up.lock").open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SeatTakenError(
                f"an axis runs here already ({run_folder.parent})",
                "`lienthong down` ends it; LIENTHONG_VAR names another",
            ) from None
        said = {"pid": os.getpid(), "ticks": start_ticks(os.getpid())}
        write_atomically(run_folder / "up.json", json.dumps(said).encode())
        try:
            yield
        finally:
            (run_folder / "up.json").unlink(missing_ok=True)


def end_sitter(run_folder: Path) -> bool:
    """Ask the supervisor of this folder to stop all in order, and wait; True if there was one. One that does not stop is killed."""
    pid = sitting(run_folder)
    if pid is None:
        return False
    os.kill(pid, signal.SIGTERM)
    until = time.monotonic() + ORDERLY_SECONDS
    while sitting(run_folder) == pid:
        if time.monotonic() > until:
            os.kill(pid, signal.SIGKILL)
            return True
        time.sleep(0.05)  # the exit of a stranger's child cannot be waited for in another way
    return True


def sitting(run_folder: Path) -> int | None:
    """Return the pid of the supervisor that runs here, None if there is none."""
    try:
        said = json.loads((run_folder / "up.json").read_text())
        pid, ticks = int(said["pid"]), int(said["ticks"])
    except (OSError, ValueError, TypeError, LookupError):
        return None
    return pid if start_ticks(pid) == ticks else None
