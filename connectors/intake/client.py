"""Handing files over as a client system does: into a door, then waiting for the receipt. What `submit` and `ack` are made of."""

import glob
import json
import shutil
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connectors.folders import SUFFIX, Door
from connectors.intake.taking import tidy
from connectors.receipts import RECEIPT
from infra.errors import EnvironmentFaultError
from infra.settings import Settings

ALIVE_SECONDS = 15.0
"""An intake that has said nothing for so long does not run."""

LOOK_SECONDS = 0.05


class NoIntakeError(EnvironmentFaultError):
    """Nobody would take the file."""

    def __init__(self) -> None:
        super().__init__(
            "the intake of this axis does not run", "start it with `lienthong up`, in the same LIENTHONG_VAR"
        )


class NoReceiptError(EnvironmentFaultError):
    """The file was handed over, and no answer came in time."""

    def __init__(self, file: str, seconds: float) -> None:
        super().__init__(
            f"no receipt for {file} within {seconds:g} s; it lies in the intake folder and is not lost",
            "see the log of intake in var/log, or `lienthong doctor`",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """A file in a door, under a name of its own."""

    door: Door
    name: str


def require_intake(settings: Settings) -> None:
    """Raise `NoIntakeError` unless an intake said lately how far it is."""
    now = time.monotonic()
    for said in settings.run_folder.glob("intake*.progress"):
        try:
            if now - float(json.loads(said.read_bytes())["at"]) < ALIVE_SECONDS:
                return
        except (OSError, ValueError, LookupError, TypeError):
            continue
    raise NoIntakeError


def drop(door: Door, source: Path) -> Dropped:
    """Copy a file into a door and rename it into place, under its own name and a mark that makes it unique."""
    name = f"{tidy(source.name).removesuffix(SUFFIX)}.{uuid.uuid4().hex[:12]}{SUFFIX}"
    door.folder.mkdir(parents=True, exist_ok=True)
    beside = door.folder / f".{name}.part"
    try:
        shutil.copyfile(source, beside)
        beside.rename(door.folder / name)
    finally:
        beside.unlink(missing_ok=True)
    return Dropped(door=door, name=name)


def wait_for_receipt(settings: Settings, dropped: Dropped, *, seconds: float) -> dict[str, Any]:
    """Return what intake answered; raise `NoReceiptError`, or `NoIntakeError` as soon as nobody is left to answer."""
    now = time.monotonic()
    until, ask_again = now + seconds, now + ALIVE_SECONDS
    while (receipt := _receipt(dropped)) is None:
        now = time.monotonic()
        if now > until:
            raise NoReceiptError(dropped.name, seconds)
        if now > ask_again:
            require_intake(settings)
            ask_again = now + 1.0
        time.sleep(LOOK_SECONDS)  # the other process answers by a file
    return receipt


def _receipt(dropped: Dropped) -> dict[str, Any] | None:
    pattern = f"{glob.escape(dropped.name.removesuffix(SUFFIX))}~*.{RECEIPT}.json"
    for folder in (dropped.door.accepted, dropped.door.refused):
        for file in folder.glob(pattern):
            found: dict[str, Any] = json.loads(file.read_bytes())
            return found
    return None
