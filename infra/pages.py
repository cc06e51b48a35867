"""Pages of the documentation that are made from the code: `python -m infra.pages` writes them, a test compares."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from infra import metrics
from schemas import topics

ROOT = Path(__file__).resolve().parent.parent

TOPICS = """\
# Topics

Every topic of the axis, as `schemas/topics.yaml` declares it; made by `python -m infra.pages`, do not edit.
Messages are CloudEvents 1.0 in binary mode, values Avro in Confluent's frame; `schemas/avro/` says every field,
`schemas/examples/` shows at least one message of each. Keys are placed by murmur2, as Java's clients do.

"""
METRICS = """\
# Metrics

What every process serves for Prometheus, as `infra/metrics.py` declares it; made by `python -m infra.pages`, do not edit.
Seconds and bytes; counters end in `_total`. A process serves those that its work touches.

"""

PAGES: Mapping[str, Callable[[], str]] = {
    "docs/topics.md": lambda: f"{TOPICS}{topics.describe()}\n",
    "docs/metrics.md": lambda: f"{METRICS}{metrics.describe()}\n",
}
"""Path from the project's root -> what makes the page."""


def outdated(root: Path = ROOT) -> list[str]:
    """Name the pages that are missing or differ from what the code says."""
    return [
        path
        for path, made in PAGES.items()
        if not (root / path).is_file() or (root / path).read_text(encoding="utf-8") != made()
    ]


def write(root: Path = ROOT) -> list[str]:
    """Write the pages that are outdated; return their names."""
    written = outdated(root)
    for path in written:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(PAGES[path](), encoding="utf-8")
    return written


if __name__ == "__main__":
    sys.stdout.writelines(f"{path}\n" for path in write())
