"""No orphans: dataclasses, topics, Avro files, their ids and the examples speak of the same events."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from schemas.codec import FOLDER
from tests.contracts.orphans import orphans, rows


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a copy of the language that may be spoilt."""
    return shutil.copytree(FOLDER, tmp_path / "schemas", ignore=shutil.ignore_patterns("__pycache__"))


def test_the_language_has_no_orphans() -> None:
    """Every event has one dataclass, one topic, its Avro files, their rows in the lock and an example."""
    assert [] == orphans(FOLDER)


def _add_class(folder: Path) -> None:
    (folder / "events" / "planted.py").write_text("class Nobody(Event):\n    pass\n")


def _add_avro(folder: Path) -> None:
    (folder / "avro" / "Nobody.v1.avsc").write_text('{"name": "Nobody", "namespace": "vn.lienthong"}')


def _add_example(folder: Path) -> None:
    (folder / "examples" / "Nobody.json").write_text('{"type": "vn.lienthong.Nobody.v1", "data": {}}')


def _edit_topics(folder: Path, edit: Callable[[list[dict[str, str]]], None]) -> None:
    file = folder / "topics.yaml"
    content = yaml.safe_load(file.read_text())
    edit(content["topics"])
    file.write_text(yaml.safe_dump(content))


def _add_topic(folder: Path) -> None:
    _edit_topics(folder, lambda topics: topics.append(topics[0] | {"name": "document.nobody", "event": "Nobody"}))


def _same_event_twice(folder: Path) -> None:
    _edit_topics(folder, lambda topics: topics.append(topics[0] | {"name": "document.again"}))


def _edit_lock(folder: Path, edit: Callable[[list[dict[str, str]]], None]) -> None:
    every = rows(folder)
    edit(every)
    (folder / "schemas.lock").write_text(json.dumps({"schemas": every}))


def _drop_row(folder: Path) -> None:
    _edit_lock(folder, lambda every: every.remove(next(row for row in every if row["event"] == "DocumentHeld")))


def _same_id_twice(folder: Path) -> None:
    _edit_lock(folder, lambda every: every[1].update(id=every[0]["id"]))


def _drop_examples(folder: Path) -> None:
    for file in (folder / "examples").glob("DocumentRefused*.json"):
        file.unlink()


def _drop_avro(folder: Path) -> None:
    (folder / "avro" / "StatusParked.v1.avsc").unlink()


def _exchange(folder: Path) -> None:
    avro = folder / "avro"
    shutil.copy(avro / "DocumentHeld.v1.avsc", avro / "DocumentSigned.v1.avsc")


def _foreign_example(folder: Path) -> None:
    shutil.copy(folder / "examples" / "DocumentHeld.json", folder / "examples" / "DocumentSigned.json")


def _future_example(folder: Path) -> None:
    file = folder / "examples" / "DocumentHeld.json"
    file.write_text(file.read_text().replace("DocumentHeld.v1", "DocumentHeld.v2"))


PLACES = ("avro", "events", "examples", "schemas.lock", "topics.yaml")


@pytest.mark.parametrize(
    ("plant", "expected"),
    [
        (_add_class, [f"Nobody: not in {place}" for place in PLACES if place != "events"]),
        (_add_avro, [*(f"Nobody: not in {place}" for place in PLACES if place != "avro"), "avro/Nobody.v1.avsc: no row in schemas.lock"]),
        (_add_example, [*(f"Nobody: not in {place}" for place in PLACES if place != "examples"), "examples/Nobody.json: is of vn.lienthong.Nobody.v1"]),
        (_add_topic, [f"Nobody: not in {place}" for place in PLACES if place != "topics.yaml"]),
        (_same_event_twice, ["DocumentSubmitted: twice in topics.yaml"]),
        (_drop_row, ["DocumentHeld: not in schemas.lock", "avro/DocumentHeld.v1.avsc: no row in schemas.lock", "examples/DocumentHeld.json: is of vn.lienthong.DocumentHeld.v1"]),
        (_same_id_twice, ["1001: twice in schemas.lock"]),
        (_drop_examples, ["DocumentRefused: not in examples"]),
        (_drop_avro, ["StatusParked: not in avro", "avro/StatusParked.v1.avsc: in schemas.lock only"]),
        (_exchange, ["avro/DocumentSigned.v1.avsc: is of vn.lienthong.DocumentHeld"]),
        (_foreign_example, ["examples/DocumentSigned.json: is of vn.lienthong.DocumentHeld.v1"]),
        (_future_example, ["examples/DocumentHeld.json: is of vn.lienthong.DocumentHeld.v2"]),
    ],
)  # fmt: skip
def test_a_planted_orphan_is_noticed(plant: Callable[[Path], None], expected: list[str], folder: Path) -> None:
    """Each place, when it alone says or leaves out something."""
    assert [] == orphans(folder)

    plant(folder)

    assert sorted(expected) == sorted(orphans(folder))
