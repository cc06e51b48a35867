"""A disk that is full: of the content store, of SQLite, of the broker. Each is a small file system of its own on this stage."""

from pathlib import Path

from tests.chaos.fault import fault
from tests.chaos.stage import Stage

FULL_SECONDS = 15.0
PIECE = b"\0" * 65_536


def _fill(folder: Path) -> Path:
    """Leave no byte free where a folder lies."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as out:
        for piece in (PIECE, b"\0" * 512):
            try:
                while out.write(piece):
                    pass
            except OSError:
                continue
    return ballast


@fault("content-full", "disks", short=False)
def content_full(stage: Stage) -> None:
    """No space left in the content store for 15 s."""
    ballast = _fill(stage.settings.content_folder)
    stage.wait(FULL_SECONDS)
    ballast.unlink()
    stage.wait_until_back(*stage.all_names())


@fault("state-full", "disks", short=False)
def state_full(stage: Stage) -> None:
    """No space left for SQLite for 15 s."""
    ballast = _fill(stage.settings.var / "state")
    stage.wait(FULL_SECONDS)
    ballast.unlink()
    stage.wait_until_back(*stage.all_names())


@fault("broker-full", "disks", short=False)
def broker_full(stage: Stage) -> None:
    """No space left for the broker for 15 s; if that ended it, it is started again."""
    ballast = _fill(stage.cluster.folder / "node-1" / "data")
    stage.wait(FULL_SECONDS)
    ballast.unlink()
    stage.cluster.kill(1)
    stage.cluster.start_node(1)
    stage.cluster.wait_until_ready()
    stage.wait_until_back(*stage.all_names(), seconds=120)
