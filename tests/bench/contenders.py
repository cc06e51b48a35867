"""Who runs: our worker, the bare loop, plain Faust, Kafka Streams; each a process that works through the prepared records and says marks."""

import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

from infra.settings import Settings
from infra.supervise.child import die_with_parent
from tests.axis import environment
from tests.bench.marks import Lap, lap

ROOT = Path(__file__).parents[2]
SECONDS = 600
"""Longest run of one contender."""

STOP_SECONDS = 20
LAST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """One program."""

    name: str
    argv: Sequence[str]
    more: Mapping[str, str] = field(default_factory=dict)
    """Environment beyond the axis' settings; `{run}` stands for the run's own name."""

    same_results: bool = True
    """Whether its outputs must be those of the others."""

    before: Callable[[], None] = lambda: None
    """Called before each of its runs."""


def ours(processor: str, records: int, *, name: str = "lienthong", **more: str) -> Contender:
    """Return our worker as it really runs; state in a fresh database a run."""
    return Contender(name=name, argv=(sys.executable, "-m", "tests.bench.ours", processor, str(records)), more=more)


def bare(source: str, out: str, records: int) -> Contender:
    """Return the floor."""
    argv = (sys.executable, "-m", "tests.bench.bare", source, out, str(records))
    return Contender(name="bare loop", argv=argv, same_results=False)


def plain_faust(processor: str, records: int) -> Contender:
    """Return plain Faust."""
    return Contender(
        name="plain Faust", argv=(sys.executable, "-m", "tests.bench.plain_faust", processor, str(records))
    )


def run(contender: Contender, settings: Settings, folder: Path) -> Lap:
    """Let a contender work through the records, stop it and return its lap; raise ValueError if it did not come to the end."""
    run_name = f"r{uuid.uuid4().hex[:8]}"
    folder.mkdir(parents=True, exist_ok=True)
    own = {"LIENTHONG_STATE": f"sqlite:///{folder / run_name}.sqlite", "LIENTHONG_PROCESS": run_name}
    more = {name: value.format(run=run_name) for name, value in contender.more.items()}
    if "{run}" in contender.more.get("LIENTHONG_STATE", ""):
        provide(more["LIENTHONG_STATE"])
    contender.before()
    argv = [each.format(run=run_name) for each in contender.argv]
    lines: list[str] = []
    with (folder / f"{contender.name.replace(' ', '-')}.log").open("wb") as log:
        process = subprocess.Popen(
            argv,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            cwd=ROOT,
            env=os.environ | environment(settings) | own | more,
            start_new_session=True,
            preexec_fn=die_with_parent,  # noqa: PLW1509 - one prctl call, no locks taken
        )
        with _ended(process):
            assert process.stdout is not None
            for line in process.stdout:
                lines.append(line.strip())
                if sum(each.startswith("MARK ") for each in lines) == LAST:
                    break
    return lap(contender.name, lines)


def provide(url: str) -> None:
    """Make an empty database of the run's own, where the state is not in a file."""
    if url.startswith("postgresql"):
        made = make_url(url)
        admin = create_engine(made.set(database="postgres"), isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text(f'create database "{made.database}"'))
        admin.dispose()


@contextmanager
def _ended(process: "subprocess.Popen[str]") -> Iterator[None]:
    """Bound a process' life, and let it end by its own way first."""
    try:
        yield
        if process.args[0] == sys.executable:  # type: ignore[index] # a list here
            process.send_signal(signal.SIGTERM)
        process.wait(STOP_SECONDS)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if process.stdout is not None:
            process.stdout.close()
