"""What the last audit found, left in `var/run/audit.json` for the register, which shows it to Prometheus."""

import json
from datetime import datetime
from pathlib import Path

from infra import metrics
from infra.audit.law import Findings
from infra.clock import Clock
from infra.durable import write_atomically
from infra.settings import Settings

KINDS = ("lost", "duplicate_effects", "unexplained")


def leave(settings: Settings, found: Findings, now: datetime) -> None:
    """Leave how many findings of each kind there are."""
    said = {"at": now.isoformat(), **{kind: len(getattr(found, kind)) for kind in KINDS}}
    write_atomically(_file(settings), json.dumps(said).encode())


def show(settings: Settings, process: str, clock: Clock) -> None:
    """Measure what the last audit found and how long ago; nothing where there was none."""
    try:
        said = json.loads(_file(settings).read_text())
        at, counts = datetime.fromisoformat(said["at"]), {kind: int(said[kind]) for kind in KINDS}
    except (OSError, ValueError, TypeError, LookupError):
        return
    metrics.AUDIT_AGE.labels(process=process).set(max(0.0, (clock.now() - at).total_seconds()))
    for kind, count in counts.items():
        metrics.AUDIT.labels(what=kind).set(count)


def _file(settings: Settings) -> Path:
    return settings.run_folder / "audit.json"
