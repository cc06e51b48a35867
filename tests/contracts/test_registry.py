"""A schema registry gets our schemas under our ids, or is told apart from one that has others.

Tried here against a stand-in with Confluent's rules for ids; no registry is needed to run the axis.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.kafka import registry
from infra.kafka.registry import RegistryError
from infra.settings import Settings, SettingsError
from schemas.codec import FOLDER, formats
from schemas.examples import load
from schemas.topics import TOPICS
from tests.contracts.orphans import rows
from tests.contracts.registry_stand_in import Registry, serving

CARRYING = [topic for topic in TOPICS if topic.event]


@pytest.fixture
def served() -> Iterator[Registry]:
    """Yield an empty registry."""
    with serving(Registry()) as made:
        yield made


def at(served: Registry, **over: str) -> Settings:
    """Return settings that name it."""
    return Settings.load().model_copy(update={"kafka_schema_registry": f"{served.url}/", **over})


def differences(settings: Settings) -> dict[str, list[str]]:
    """Return what differs, subject by subject."""
    return {
        each.topic: [str(difference) for difference in each.differences]
        for each in registry.check(settings)
        if not each.ok
    }


def test_an_empty_registry_gets_every_schema_under_its_id(served: Registry) -> None:
    """All missing; then each subject has version 1 under the id of the lock, FULL_TRANSITIVE, and takes no more ids."""
    settings = at(served)
    missing = differences(settings)
    applied = registry.apply(settings)

    assert [f"{topic.name}-value" for topic in CARRYING] == list(missing)
    both = ["version 1: missing, should be id 1001", "version 2: missing, should be id 1020"]
    assert ["compatibility: BACKWARD, should be FULL_TRANSITIVE", *both] == missing["document.submitted-value"]
    assert all(each.ok for each in applied)
    assert {row["id"]: json.loads((FOLDER / "avro" / row["file"]).read_text()) for row in rows(FOLDER)} == {
        schema_id: json.loads(schema) for schema_id, schema in served.schemas.items()
    }
    assert {"FULL_TRANSITIVE"} == set(served.levels.values())
    assert {"READWRITE"} == set(served.modes.values())


def test_a_second_time_nothing_is_written(served: Registry) -> None:
    """Idempotent: what is right is left alone."""
    settings = at(served)
    registry.apply(settings)
    writes = served.writes
    registry.apply(settings)

    assert writes == served.writes


def test_the_id_in_every_message_is_found_there(served: Registry) -> None:
    """A reader that knows the registry only finds the schema of each of our messages by the id in its frame."""
    registry.apply(at(served))

    for schema_id, form in formats().items():
        status, found = served.answer("GET", f"/schemas/ids/{schema_id}", {})
        assert (200, form.event.__name__) == (status, json.loads(found["schema"])["name"])
    assert {form.event for form in formats().values()} == {type(example.event) for example in load()}


def test_a_registry_that_gives_its_own_ids_is_left_alone() -> None:
    """It cannot import: nothing is registered, for under its own id the schema would be of no use; all is named."""
    with serving(Registry(imports=False)) as served:
        registry.apply(at(served))

        assert {} == served.schemas
        assert {f"{topic.name}-value" for topic in CARRYING} == set(differences(at(served)))
        both = ["version 1: missing, should be id 1002", "version 2: missing, should be id 1021"]
        assert both == differences(at(served))["document.signed-value"]


def test_another_id_and_another_schema_are_named_and_left(served: Registry) -> None:
    """Somebody registered first: under another id, or other text under ours. A person decides, not `apply`."""
    settings = at(served)
    registry.apply(settings)
    served.subjects["document.held-value"][1] = 1002
    served.schemas[1004] = served.schemas[1004].replace("A final no", "A final yes")
    before = dict(served.schemas)
    registry.apply(settings)

    assert before == served.schemas
    assert {
        "document.held-value": ["version 1: id 1002, should be id 1003"],
        "document.refused-value": ["version 1: another schema, should be DocumentRefused.v1.avsc"],
    } == differences(settings)


def test_an_id_that_is_taken_is_named(served: Registry) -> None:
    """Our id is another team's schema: the import is refused, the version stays missing, the subject is closed again."""
    served.schemas[1003] = '"string"'
    registry.apply(at(served))

    assert {"document.held-value": ["version 1: missing, should be id 1003"]} == differences(at(served))
    assert "READWRITE" == served.modes["document.held-value"]


def test_the_prefix_is_part_of_the_subject(served: Registry) -> None:
    """Several axes share a registry as they share a cluster; equal schemas share their id."""
    registry.apply(at(served))
    registry.apply(at(served, topic_prefix="test."))

    assert 2 * len(CARRYING) == len(served.subjects)
    assert set(formats()) == set(served.schemas)


def test_without_a_registry_nothing_is_asked() -> None:
    """The axis runs without one."""
    assert [] == registry.check(Settings.load()) == registry.apply(Settings.load())


def test_a_registry_that_is_away_is_an_error_with_its_mend(served: Registry) -> None:
    """Nobody listens there; or it is no registry."""
    settings = at(served, kafka_schema_registry="http://127.0.0.1:1")
    with pytest.raises(RegistryError, match="does not answer GET /config"):
        registry.check(settings)

    served.answer = lambda *_: (500, {})  # type: ignore[method-assign]  # a broken registry
    with pytest.raises(RegistryError, match="500"):
        registry.check(at(served))


def test_the_setting_is_a_url(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Under either name; a path of a file is none."""
    monkeypatch.setenv("LIENTHONG_SCHEMA_REGISTRY", "https://registry.example/apis/ccompat/v7")

    assert "https://registry.example/apis/ccompat/v7" == Settings.load().kafka_schema_registry

    monkeypatch.setenv("KAFKA_SCHEMA_REGISTRY", f"file://{tmp_path}")
    with pytest.raises(SettingsError, match="KAFKA_SCHEMA_REGISTRY"):
        Settings.load()
