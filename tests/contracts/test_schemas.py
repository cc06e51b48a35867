"""The Avro files: released bytes stay, versions fit each other both ways, every field has its sentence."""

import copy
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from schemas.codec import FOLDER
from tests.contracts.evolution import changed_files, incompatibilities, undocumented, versions

HISTORY = versions(FOLDER)
Schema = dict[str, Any]


def fields(schema: Schema) -> list[Schema]:
    """Return the fields of a record."""
    found: list[Schema] = schema["fields"]
    return found


def field(schema: Schema, name: str) -> Schema:
    """Return one field."""
    return next(each for each in fields(schema) if each["name"] == name)


def test_released_files_stay_as_they_are() -> None:
    """The bytes of every Avro file have the SHA-256 under which its id was released."""
    assert [] == changed_files(FOLDER)


def test_a_touched_file_is_noticed(tmp_path: Path) -> None:
    """One blank more is another file."""
    folder = shutil.copytree(FOLDER, tmp_path / "schemas")
    with (folder / "avro" / "DocumentHeld.v1.avsc").open("a") as file:
        file.write(" ")

    assert ["DocumentHeld.v1.avsc"] == changed_files(folder)


@pytest.mark.parametrize("event", HISTORY)
def test_versions_are_fully_compatible(event: str) -> None:
    """FULL_TRANSITIVE: each version reads each other, and nothing is gone or means something else."""
    assert [] == incompatibilities(HISTORY[event])


def test_a_missing_version_is_noticed(tmp_path: Path) -> None:
    """Version 2 without version 1."""
    folder = shutil.copytree(FOLDER, tmp_path / "schemas")
    lock = json.loads((folder / "schemas.lock").read_text())
    lock["schemas"][0]["version"] = 2
    (folder / "schemas.lock").write_text(json.dumps(lock))

    with pytest.raises(ValueError, match="version 1 is missing"):
        versions(folder)


def _add_with_default(schema: Schema) -> None:
    fields(schema).append({"name": "lane", "type": "string", "default": "", "doc": "Lane."})


def _add_nullable(schema: Schema) -> None:
    kind = ["null", {"type": "long", "logicalType": "timestamp-micros"}]
    fields(schema).insert(0, {"name": "seen_at", "type": kind, "default": None, "doc": "When."})


def _other_sentence(schema: Schema) -> None:
    field(schema, "tries")["doc"] = "How often."


@pytest.mark.parametrize("change", [_add_with_default, _add_nullable, _other_sentence])
def test_what_may_change(change: Callable[[Schema], None]) -> None:
    """A new field with a default, and every sentence."""
    first = HISTORY["DocumentHeld"][0]
    second = copy.deepcopy(first)
    change(second)
    third = copy.deepcopy(second)
    fields(third).append({"name": "door", "type": "string", "default": "", "doc": "Door."})

    assert [] == incompatibilities([first, second, third])


def _remove_required(schema: Schema) -> None:
    fields(schema).remove(field(schema, "document_id"))


def _remove_with_default(schema: Schema) -> None:
    fields(schema).remove(field(schema, "tries"))


def _rename_required(schema: Schema) -> None:
    field(schema, "document_id")["name"] = "edxml_id"


def _rename_with_default(schema: Schema) -> None:
    field(schema, "tries")["name"] = "attempts"


def _rename_record(schema: Schema) -> None:
    schema["name"] = "DocumentWaits"


def _move_record(schema: Schema) -> None:
    schema["namespace"] = "vn.other"


def _millis(schema: Schema) -> None:
    field(schema, "next_try_at")["type"]["logicalType"] = "timestamp-millis"


def _millis_inside(schema: Schema) -> None:
    inner = field(field(schema, "verdict")["type"], "signed_at")["type"]
    inner[1]["logicalType"] = "timestamp-millis"


def _no_logical_type(schema: Schema) -> None:
    field(schema, "next_try_at")["type"] = "long"


def _bytes(schema: Schema) -> None:
    field(schema, "document_id")["type"] = "bytes"


def _narrow(schema: Schema) -> None:
    field(schema, "tries")["type"] = "int"


def _add_required(schema: Schema) -> None:
    fields(schema).append({"name": "lane", "type": "string", "doc": "Lane."})


def _allow_null(schema: Schema) -> None:
    field(schema, "tries")["type"] = ["long", "null"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (_remove_required, ["v1 cannot read v2: document_id", "v2: document_id is gone"]),
        (_remove_with_default, ["v2: tries is gone"]),
        (_rename_required, ["v1 cannot read v2: document_id", "v2 cannot read v1: edxml_id", "v2: document_id is gone"]),
        (_rename_with_default, ["v2: tries is gone"]),
        (_rename_record, ["v1 cannot read v2: expected: vn.lienthong.DocumentWaits", "v2 cannot read v1: expected: vn.lienthong.DocumentHeld", "v2:  was record vn.lienthong.DocumentHeld, is record vn.lienthong.DocumentWaits"]),
        (_move_record, ["v2:  was record vn.lienthong.DocumentHeld, is record vn.other.DocumentHeld"]),
        (_millis, ["v2: next_try_at was long timestamp-micros, is long timestamp-millis"]),
        (_millis_inside, ["v2: verdict.signed_at|long was long timestamp-micros, is long timestamp-millis"]),
        (_no_logical_type, ["v2: next_try_at was long timestamp-micros, is long"]),
        (_bytes, ["v2: document_id was string, is bytes"]),
        (_narrow, ["v2 cannot read v1: reader type: int not compatible with writer type: long", "v2: tries was long, is int"]),
        (_add_required, ["v2 cannot read v1: lane"]),
        (_allow_null, ["v1 cannot read v2: reader type: long not compatible with writer type: null", "v2: tries was long, is one of 2"]),
    ],
)  # fmt: skip
def test_what_may_not_change(change: Callable[[Schema], None], expected: list[str]) -> None:
    """Removed, renamed, of another type or logical type, required from now on: each is named."""
    first = HISTORY["DocumentHeld"][0]
    second = copy.deepcopy(first)
    change(second)

    assert expected == incompatibilities([first, second])


def test_compatible_with_every_version_not_only_the_last() -> None:
    """A default that came in v2 and is required in v3 fits v2, and breaks v1: transitive."""
    first = HISTORY["DocumentHeld"][0]
    second = copy.deepcopy(first)
    _add_with_default(second)
    third = copy.deepcopy(second)
    del field(third, "lane")["default"]

    assert ["v3 cannot read v1: lane"] == incompatibilities([first, second, third])


@pytest.mark.parametrize("event", HISTORY)
def test_everything_is_documented(event: str) -> None:
    """Every record, enum and field of every version has a sentence."""
    assert [] == [place for schema in HISTORY[event] for place in undocumented(schema)]


def test_a_missing_sentence_is_noticed() -> None:
    """At a field, at a record inside, at a field inside a list of branches; a blank is no sentence."""
    schema = copy.deepcopy(HISTORY["DocumentRefused"][0])
    del field(schema, "reason")["doc"]
    field(schema, "sha256")["doc"] = "  "
    verdict = next(branch for branch in field(schema, "verdict")["type"] if isinstance(branch, dict))
    del verdict["doc"]
    del field(verdict, "policy")["doc"]

    expected = ["DocumentRefused.reason", "DocumentRefused.sha256", "DocumentRefused.verdict"]
    assert [*expected, "DocumentRefused.verdict.policy"] == sorted(undocumented(schema))
