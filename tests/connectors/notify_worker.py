"""A process that notifies from a log in a file until there is nothing left, or until it kills itself at a crash point.

`python -m tests.connectors.notify_worker FOLDER PORT [POINT:VISIT]`
"""

import asyncio
import sys
from pathlib import Path

from connectors.notify.core import NotifyCore
from connectors.notify.post import Post
from infra.clock import FileClock
from infra.kafka.epochs import FixedReferences
from infra.settings import Settings
from schemas.topics import read_by
from tests.reference_files import demo
from tests.shell.bench import Bench, Log


async def notify(folder: Path, port: int, crash_at: str = "") -> None:
    """Read everything to its end and fire what is due."""
    settings = Settings(var=folder / "var", smtp_port=port)
    post = Post(settings)
    one = Bench(
        log=Log(folder / "log"),
        url=f"sqlite:///{folder / 'state.sqlite'}",
        clock=FileClock(folder / "clock.json"),
        core=NotifyCore(settings, post),
        references=FixedReferences(demo()),
        topics=[topic.name for topic in read_by("notify")],
        crash_at=crash_at,
    )
    try:
        await one.claim()
        for _ in range(2):  # first what a killed process had begun, then what it had not read
            await one.drain(size=3)
    finally:
        one.close()
        post.close()


if __name__ == "__main__":
    asyncio.run(notify(Path(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:]))
