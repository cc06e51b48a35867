"""Contenders as processes of their own, which take `path<TAB>count` on standard input and answer `CPU seconds<TAB>answer`."""

import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from infra.supervise.child import die_with_parent
from tests.bench.verification.contenders import PYTHON
from tests.bench.verification.turns import MISSING, READY

ROOT = Path(__file__).parents[3]
SECONDS = 120
"""Longest turn."""


class SilentContenderError(Exception):
    """A contender ended or said something else than an answer; its log says more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A contender that may play."""

    name: str
    argv: Sequence[str]
    files: tuple[str, ...]
    """What it validates, as patterns."""

    trusts: bool
    """Whether it builds paths and asks revocation lists."""

    warm_seconds: float
    """CPU time before anything counts: a compiler at run time needs more."""

    def validates(self, name: str) -> bool:
        """Tell whether a file is one of its own."""
        return any(fnmatch(name, each) for each in self.files)


class Player:
    """One that plays."""

    def __init__(self, entry: Entry, process: "subprocess.Popen[str]") -> None:
        self.entry = entry
        self._process = process

    @property
    def pid(self) -> int:
        """Process id."""
        return self._process.pid

    def ask(self, path: Path, count: int) -> tuple[float, str]:
        """Have a file validated so many times; return CPU seconds of the validating thread, and the answer."""
        self.say(path, count)
        return self.hear()

    def say(self, path: Path, count: int) -> None:
        """Ask, and do not wait."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{path}\t{count}\n")
        self._process.stdin.flush()

    def hear(self) -> tuple[float, str]:
        """Wait for the answer."""
        seconds, tab, answer = self.line().partition("\t")
        if not tab:
            raise SilentContenderError(f"{self.entry.name}: {seconds!r}")
        return float(seconds), answer

    def line(self) -> str:
        """Read one line; one that takes too long ends the process."""
        assert self._process.stdout is not None
        bound = threading.Timer(SECONDS, self._process.kill)
        bound.start()
        try:
            return self._process.stdout.readline().rstrip("\n")
        finally:
            bound.cancel()


def python_entries(folder: Path) -> list[Entry]:
    """Return the contenders in Python."""
    command = (sys.executable, "-m", "tests.bench.verification.turns")
    return [
        Entry(name=name, argv=(*command, name, str(folder)), files=each.files, trusts=each.trusts, warm_seconds=0.5)
        for name, each in PYTHON.items()
    ]


@contextmanager
def player(entry: Entry, folder: Path) -> Iterator[Player | None]:
    """Yield the contender at work, None where what it needs is not installed."""
    with (folder / f"{entry.name}.log").open("wb") as log:
        process = subprocess.Popen(
            entry.argv,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            cwd=ROOT,
            preexec_fn=die_with_parent,  # noqa: PLW1509 - one prctl call, no locks taken
        )
        try:
            made = Player(entry, process)
            said = made.line()
            if said not in (READY, MISSING):
                raise SilentContenderError(f"{entry.name} did not start: {said!r}")
            yield made if said == READY else None
        finally:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()
