"""Who speaks of which event in a folder laid out like `schemas/`: five places that must name the same events.

Everything is read as text, so that a copy with a planted fault is judged like the original.
"""

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

INSIDE = frozenset({"TimerFired"})
"""Events that never leave a process: no topic, no bytes."""


def orphans(folder: Path) -> list[str]:
    """Return, a line each, what one place says of an event and another does not."""
    places = {
        "events": dataclasses(folder),
        "topics.yaml": topics(folder),
        "avro": schemas(folder),
        "schemas.lock": locked(folder),
        "examples": examples(folder),
    }
    every = {name for names in places.values() for name in names}
    found = [f"{name}: not in {place}" for name in every for place, names in places.items() if name not in names]
    return sorted([*found, *_twice(places["topics.yaml"], "topics.yaml"), *_files(folder), *_examples(folder)])


def dataclasses(folder: Path) -> list[str]:
    """Name the event classes."""
    return [
        node.name
        for file in sorted((folder / "events").glob("*.py"))
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef) and _is_event(node) and node.name not in INSIDE
    ]


def _is_event(node: ast.ClassDef) -> bool:
    return any(isinstance(base, ast.Name) and base.id == "Event" for base in node.bases)


def topics(folder: Path) -> list[str]:
    """Name the events that travel."""
    content = yaml.safe_load((folder / "topics.yaml").read_text(encoding="utf-8"))
    return [row["event"] for row in content["topics"] if "event" in row]


def schemas(folder: Path) -> list[str]:
    """Name the events that have an Avro file."""
    return [file.name.split(".")[0] for file in sorted((folder / "avro").iterdir())]


def rows(folder: Path) -> list[dict[str, Any]]:
    """Return the rows of the lock."""
    found: list[dict[str, Any]] = json.loads((folder / "schemas.lock").read_text(encoding="utf-8"))["schemas"]
    return found


def locked(folder: Path) -> list[str]:
    """Name the events whose schema has an id."""
    return [row["event"] for row in rows(folder)]


def examples(folder: Path) -> list[str]:
    """Name the events that have an example."""
    return [file.name.split(".")[0] for file in sorted((folder / "examples").glob("*.json"))]


def _twice(names: list[str], place: str) -> Iterator[str]:
    yield from (f"{name}: twice in {place}" for name in set(names) if names.count(name) > 1)


def _files(folder: Path) -> Iterator[str]:
    """Compare the lock's rows with the Avro files, by name and by what each file says it is."""
    every = rows(folder)
    yield from _twice([str(row["id"]) for row in every], "schemas.lock")
    on_disk = {file.name for file in (folder / "avro").iterdir()}
    yield from (f"avro/{name}: no row in schemas.lock" for name in on_disk - {row["file"] for row in every})
    for row in every:
        if row["file"] != f"{row['event']}.v{row['version']}.avsc":
            yield f"avro/{row['file']}: the lock calls it {row['event']} version {row['version']}"
        if row["file"] not in on_disk:
            yield f"avro/{row['file']}: in schemas.lock only"
        elif (said := _full_name(folder / "avro" / row["file"])) != f"vn.lienthong.{row['event']}":
            yield f"avro/{row['file']}: is of {said}"


def _full_name(file: Path) -> str:
    schema = json.loads(file.read_text(encoding="utf-8"))
    return f"{schema.get('namespace')}.{schema.get('name')}"


def _examples(folder: Path) -> Iterator[str]:
    """Compare an example's name with the type it says."""
    known = {f"vn.lienthong.{row['event']}.v{row['version']}" for row in rows(folder)}
    for file in sorted((folder / "examples").glob("*.json")):
        said = json.loads(file.read_text(encoding="utf-8")).get("type")
        if said not in known or said.split(".")[-2] != file.name.split(".")[0]:
            yield f"examples/{file.name}: is of {said}"
