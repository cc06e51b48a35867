"""What the shell's tests share: a maker of engines, and the event loop that processors run on."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import uvloop

from tests.shell.bench import Bench, Log, Make, stepped


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Return uvloop, as in production: its pipes fail in other words than those of the standard library."""
    return {"uvloop": uvloop.new_event_loop}


@pytest.fixture
def make(database: str, tmp_path: Path) -> Iterator[Make]:
    """Return a maker of engines that share one log, one database and one clock."""
    made: list[Bench] = []

    def one(**more: Any) -> Bench:
        log, clock = (made[0].log, made[0].clock) if made else (Log(tmp_path / "log"), stepped(tmp_path))
        shared: dict[str, Any] = {"log": log, "clock": clock}
        made.append(Bench(url=database, **shared | more))
        return made[-1]

    yield one
    for bench in made:
        bench.close()
