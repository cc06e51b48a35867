"""Laws over the Avro files of a folder laid out like `schemas/`: released bytes stay, versions fit each other, all is documented."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise, permutations
from pathlib import Path
from typing import Any

import avro.schema
from avro.compatibility import ReaderWriterCompatibilityChecker, SchemaCompatibilityType

from tests.contracts.orphans import rows

Schema = Any
"""An Avro schema as JSON has it: a name, a list of branches, or an object."""


def changed_files(folder: Path) -> list[str]:
    """Name the files that are not, byte for byte, what the lock released."""
    return [
        row["file"]
        for row in rows(folder)
        if hashlib.sha256((folder / "avro" / row["file"]).read_bytes()).hexdigest() != row["sha256"]
    ]


def versions(folder: Path) -> dict[str, list[Schema]]:
    """Return event -> its schemas in the order of their versions; raise ValueError where a version is missing."""
    found: defaultdict[str, list[Schema]] = defaultdict(list)
    for row in sorted(rows(folder), key=lambda row: row["version"]):
        found[row["event"]].append(json.loads((folder / "avro" / row["file"]).read_text(encoding="utf-8")))
        if row["version"] != len(found[row["event"]]):
            raise ValueError(f"{row['event']}: version {len(found[row['event']])} is missing")
    return dict(found)


def incompatibilities(history: list[Schema]) -> list[str]:
    """Return what breaks FULL_TRANSITIVE over all versions of one event (Apache's checker), or our own rules."""
    parsed = [avro.schema.parse(json.dumps(schema)) for schema in history]
    found = [
        f"v{reader + 1} cannot read v{writer + 1}: {message}"
        for reader, writer in permutations(range(len(parsed)), 2)
        for message in _unreadable(parsed[reader], parsed[writer])
    ]
    numbered = enumerate(pairwise(history), start=2)
    return found + [f"v{number}: {what}" for number, (old, new) in numbered for what in _ours(old, new)]


def _unreadable(reader: Any, writer: Any) -> list[str]:
    checker: Any = ReaderWriterCompatibilityChecker
    result = checker().get_compatibility(reader, writer)
    return [] if result.compatibility is SchemaCompatibilityType.compatible else sorted(result.messages)


def _ours(old: Schema, new: Schema) -> Iterator[str]:
    """Yield what the checker does not see: another logical type, bytes for string, a field that is gone or has another name.

    Topics are kept for ever and read from their start: a field that once held a fact stays.
    """
    before, after = dict(leaves(old)), dict(leaves(new))
    for path, kind in before.items():
        if path not in after:
            yield f"{path} is gone"
        elif after[path] != kind:
            yield f"{path} was {kind}, is {after[path]}"


def leaves(schema: Schema, path: str = "", known: dict[str, Schema] | None = None) -> Iterator[tuple[str, str]]:
    """Yield (path, type with logical type) for every place of a schema, named types written out."""
    known = {} if known is None else known
    match schema:
        case str() if schema in known:
            yield from leaves(known[schema], path, known)
        case list():
            yield path, f"one of {len(schema)}"
            for branch in schema:
                yield from leaves(branch, f"{path}|{_name(branch)}", known)
        case {"type": "record", "fields": fields}:
            known |= {name: {**schema} for name in (_name(schema), schema["name"])}
            yield path, f"record {_name(schema)}"
            for field in fields:
                yield from leaves(field["type"], f"{path}.{field['name']}".lstrip("."), known)
        case {"type": "array", "items": inner} | {"type": "map", "values": inner}:
            yield path, schema["type"]
            yield from leaves(inner, f"{path}[]", known)
        case dict():
            yield path, " ".join(str(schema[name]) for name in ("type", "logicalType", "name") if name in schema)
        case _:
            yield path, str(schema)


def _name(schema: Schema) -> str:
    if isinstance(schema, dict) and "name" in schema:
        return f"{schema['namespace']}.{schema['name']}" if "namespace" in schema else str(schema["name"])
    return str(schema["type"]) if isinstance(schema, dict) else str(schema)


def undocumented(schema: Schema, path: str = "") -> list[str]:
    """Name every record, enum and field without a sentence of its own."""
    found: list[str] = []
    match schema:
        case list():
            for branch in schema:
                found += undocumented(branch, path)
        case dict():
            if schema.get("type") in ("record", "enum", "fixed") and not str(schema.get("doc", "")).strip():
                found.append(path or schema["name"])
            for field in schema.get("fields", ()):
                place = f"{path or schema['name']}.{field['name']}"
                found += [place] if not str(field.get("doc", "")).strip() else []
                found += undocumented(field["type"], place)
            found += undocumented(schema.get("items") or schema.get("values"), path)
        case _:
            pass
    return found
