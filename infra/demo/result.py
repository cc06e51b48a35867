"""How the scripted week ended: the table of expected and actual outcomes, for scripts and for people."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from infra.durable import write_atomically
from infra.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What the play says when its week is over."""

    ok: bool
    """Every packet of the plan was handed over and reached the outcome that the script expects."""

    outcomes: list[dict[str, str]] = field(default_factory=list)
    """`packet, expected, actual, document_id` each."""

    counts: Mapping[str, int] = field(default_factory=dict)
    """Topic -> records."""

    def write(self, settings: Settings) -> None:
        """Leave it for whoever started the play."""
        said = {"ok": self.ok, "outcomes": self.outcomes, "counts": self.counts}
        write_atomically(file_of(settings), json.dumps(said, ensure_ascii=False).encode())

    @classmethod
    def read(cls, settings: Settings) -> "Result | None":
        """Return what the play left; None if it did not get so far."""
        try:
            said: dict[str, Any] = json.loads(file_of(settings).read_text())
        except (OSError, ValueError):
            return None
        return cls(ok=said["ok"], outcomes=said["outcomes"], counts=said["counts"])


def file_of(settings: Settings) -> Path:
    """Return where it lies."""
    return settings.var / "demo" / "result.json"


def print_table(outcomes: list[dict[str, str]]) -> None:
    """Print the table of outcomes on stdout; those that differ come last, where people look."""
    from rich.console import Console  # noqa: PLC0415 - only people pay for importing it
    from rich.table import Table  # noqa: PLC0415 - see above

    table = Table("packet", "expected", "actual", "", box=None, pad_edge=False)
    for row in sorted(outcomes, key=lambda row: row["expected"] != row["actual"]):
        same = row["expected"] == row["actual"]
        table.add_row(
            row["packet"], row["expected"], "" if same else row["actual"], "ok" if same else "[red]DIFFERS[/]"
        )
    Console().print(table)
