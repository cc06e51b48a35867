"""A process that delivers from a log in a file until there is nothing left, or until it kills itself at a crash point.

`python -m tests.connectors.delivery_worker FOLDER [POINT:VISIT]`
"""

import asyncio
import sys
from pathlib import Path

from connectors.delivery.core import DeliveryCore
from infra.clock import FileClock
from infra.kafka.epochs import FixedReferences
from infra.settings import Settings
from schemas.topics import read_by
from tests.reference_files import demo
from tests.shell.bench import Bench, Log


def bench(folder: Path, crash_at: str = "") -> Bench:
    """Return an engine with the delivery core, on what lies in a folder."""
    return Bench(
        log=Log(folder / "log"),
        url=f"sqlite:///{folder / 'state.sqlite'}",
        clock=FileClock(folder / "clock.json"),
        core=DeliveryCore(Settings(var=folder / "var")),
        references=FixedReferences(demo()),
        topics=[topic.name for topic in read_by("deliver")],
        crash_at=crash_at,
    )


async def deliver(folder: Path, crash_at: str = "") -> None:
    """Read everything to its end and fire what is due."""
    one = bench(folder, crash_at)
    try:
        await one.claim()
        await one.drain(size=3)
        await one.engine.tick()  # what the last look saw
    finally:
        one.close()


if __name__ == "__main__":
    asyncio.run(deliver(Path(sys.argv[1]), *sys.argv[2:]))
