"""The list of processes a supervisor started, so that the next `up` or `down` can end what was left.

A process is named by pid *and* start time (field 22 of /proc/PID/stat, proc(5)): a pid alone may belong to a stranger by now.
Ticks count from the machine's boot, so the boot is noted as well: after another one, nothing that was recorded is ours.
"""

import json
import os
import signal
import time
from pathlib import Path

from infra.durable import write_atomically

GONE_SECONDS = 10.0
BOOT = Path("/proc/sys/kernel/random/boot_id")


class Ledger:
    """`processes.json` of one `var` folder: name -> [pid, start time in clock ticks since boot]."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._boot_file = path.with_suffix(".boot")
        self._entries: dict[str, tuple[int, int]] = {}

    def add(self, name: str, pid: int) -> None:
        """Record a process that has just been started."""
        if not self._entries:
            write_atomically(self._boot_file, BOOT.read_bytes())
        self._entries[name] = (pid, start_ticks(pid) or 0)
        self._write()

    def remove(self, name: str) -> None:
        """Forget a process that has ended."""
        if self._entries.pop(name, None) is not None:
            self._write()

    def end_leftovers(self) -> list[str]:
        """End every recorded process (and its group) that still runs; return their names."""
        ended = []
        for name, (pid, ticks) in self._read().items():
            if start_ticks(pid) == ticks:
                ended.append(name)
            elif start_ticks(pid) is None and _is_left_by(pid, ticks):
                ended.append(f"{name} (children)")
            else:
                continue
            try:
                os.killpg(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
            _wait_until_gone(pid)
        self._entries = {}
        if self._path.exists():
            self._write()
        return ended

    def _read(self) -> dict[str, tuple[int, int]]:
        if self._boot_file.exists() and self._boot_file.read_text() != BOOT.read_text():
            return {}
        try:
            entries = json.loads(self._path.read_text())
            return {str(name): (int(pid), int(ticks)) for name, (pid, ticks) in entries.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            return {}  # no ledger, or one cut short by a crash: nothing that could be trusted with a kill

    def _write(self) -> None:
        write_atomically(self._path, json.dumps(self._entries).encode())


def _wait_until_gone(pgid: int) -> None:
    """Wait until a killed group let go of its ports and files; what is stuck in the kernel is not waited for for ever."""
    until = time.monotonic() + GONE_SECONDS
    while group_members(pgid) and time.monotonic() < until:
        time.sleep(0.01)  # the exit of a stranger's child cannot be waited for in another way


def start_ticks(pid: int) -> int | None:
    """Return when a process started, in clock ticks since boot; None when there is none (a zombie counts as none)."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else int(fields[19])


def _is_left_by(pgid: int, ticks: int) -> bool:
    """Tell whether a group whose leader is gone is the one he led: nobody in it is older than he was."""
    members = group_members(pgid)
    return bool(members) and all((start_ticks(member) or ticks) >= ticks for member in members)


def _threads(process: Path) -> bool:
    """Tell whether a dead leader's other threads still run: they hold its ports and files until the last one ended."""
    try:
        return len(list((process / "task").iterdir())) > 1
    except OSError:
        return False


def group_members(pgid: int) -> list[int]:
    """Return the processes of a session whose leader may be gone."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if (fields[0] != "Z" or _threads(stat.parent)) and int(fields[2]) == pgid and int(fields[3]) == pgid:
            found.append(int(stat.parent.name))
    return found
