"""The fixture that the engine's tests share."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.shell.bench import Bench, Log, Make, stepped


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
