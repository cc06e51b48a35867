"""Pages of the documentation that are made from the code: `python -m infra.pages` writes them, a test compares."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from infra import metrics, page_of_reasons, page_of_settings
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

SETTINGS = """\
# Settings

Every setting, as `infra/settings.py` declares it; made by `python -m infra.pages`, do not edit.
Settings are environment variables, read once at the start of each process; everything that is wrong is said at once.
A variable that begins with `LIENTHONG_` and is not in these tables is an error, so a misspelt one is noticed.
An empty default means that the code chooses, as the meaning says.

"""
REASONS = """\
# Reason codes

The closed list of codes that decide or explain something, as `schemas/reasons/` declares it; made by `python -m infra.pages`, do not edit.
*holds*: waits and is judged again. *refuses*: a final no. *warns*: noted, goes on. *alerts*: somebody is told, nothing stops.
*dead letter*: a record that no step could take. *who acts*: whose turn it is. *verdict*: main status and sub-indication of
ETSI EN 319 102-1. *again*: the same bytes may pass later without a change by the sender.
Sentences are shown without the case's own words (an element, a code, a number), which are filled in where they are known.

"""

PAGES: Mapping[str, Callable[[], str]] = {
    "docs/topics.md": lambda: f"{TOPICS}{topics.describe()}\n",
    "docs/metrics.md": lambda: f"{METRICS}{metrics.describe()}\n",
    "docs/settings.md": lambda: f"{SETTINGS}{page_of_settings.describe()}\n",
    "docs/reasons.md": lambda: f"{REASONS}{page_of_reasons.describe()}\n",
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
