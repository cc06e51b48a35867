"""Other releases of the software for tests: copies of this tree with a schema version, and perhaps a state revision, more."""

import hashlib
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("schemas", "infra", "processors", "connectors")

EVENT = "DocumentSigned"
FIELD = {"name": "lane", "type": "string", "default": "", "doc": "Lane the document travels in."}
"""What the next version of the event adds."""

REVISION = '''"""A column more, for which older code need not know anything."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
lowest = "0001"


def upgrade() -> None:
    """Add it."""
    op.add_column("memory", sa.Column("touched_at", sa.BigInteger))
'''


def build(folder: Path, *, writes: bool, revises: bool) -> Path:
    """Copy the tree and let it read one version more of the event; `writes` it as well, `revises` the engine's tables."""
    for package in PACKAGES:
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    _learn_to_read(folder / "schemas", writes=writes)
    if revises:
        _revise(folder / "infra" / "state")
    return folder


def of(tree: Path) -> Mapping[str, str]:
    """Return the variables under which Python takes a tree's software, and not that of the folder it is started in."""
    return {"PYTHONPATH": str(tree), "PYTHONSAFEPATH": "1"}


def newest_id(tree: Path) -> int:
    """Return the highest schema id of a tree."""
    return max(int(row["id"]) for row in _lock(tree / "schemas")["schemas"])


def _lock(schemas: Path) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = json.loads((schemas / "schemas.lock").read_text())
    return found


def _learn_to_read(schemas: Path, *, writes: bool) -> None:
    lock = _lock(schemas)
    newest = max(row["version"] for row in lock["schemas"] if row["event"] == EVENT)
    before = json.loads((schemas / "avro" / f"{EVENT}.v{newest}.avsc").read_text())
    text = json.dumps(before | {"fields": [*before["fields"], FIELD]}, indent=2)
    file = f"{EVENT}.v{newest + 1}.avsc"
    (schemas / "avro" / file).write_text(text)
    row = {
        "id": max(int(row["id"]) for row in lock["schemas"]) + 1,
        "event": EVENT,
        "version": newest + 1,
        "file": file,
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
    }
    lock["schemas"].append(row if writes else row | {"written": False})
    (schemas / "schemas.lock").write_text(json.dumps(lock, indent=2))
    _replace(
        schemas / "events" / "documents.py",
        f"class {EVENT}(Event):",
        "    provisional: bool = False\n",
        "    lane: str = ''\n",
    )


def _revise(state: Path) -> None:
    (state / "migrations" / "versions" / "r0002_touched.py").write_text(REVISION)
    _replace(state / "tables.py", "HISTORY = ", 'newest="0001"', None, 'newest="0002"')
    _replace(state / "tables.py", "MEMORY = Table(", "nullable=False),\n", '    Column("touched_at", BigInteger),\n')


def _replace(file: Path, behind: str, what: str, and_then: str | None, instead: str = "") -> None:
    """Behind a text, put something behind (or instead of) the next occurrence of another; both must be there."""
    before, mark, after = file.read_text().partition(behind)
    head, found, tail = after.partition(what)
    if not (mark and found):
        raise ValueError(f"{file}: no {what!r} behind {behind!r}")
    file.write_text(before + mark + head + (instead or found + str(and_then)) + tail)
