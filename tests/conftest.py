"""What tests share: one real broker for the whole run, and names of their own for each test."""

import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import hypothesis
import pytest

from infra.kafka.node import KafkaCluster
from infra.settings import Settings

pytest_plugins = ["tests.postgres"]

# How long one example takes says how busy the machine is; what was found is not kept in the source tree.
hypothesis.settings.register_profile("axis", deadline=None, database=None, print_blob=True)
hypothesis.settings.load_profile("axis")

GIVEN = Settings.load()
"""The environment of the run: an existing broker (KAFKA_BOOTSTRAP), KAFKA_LIBS, JAVA_HOME."""


@dataclass(frozen=True, slots=True)
class Kafka:
    """The broker that tests share; topics and groups differ by prefix."""

    bootstrap: str


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs the broker, so that nobody has to remember it."""
    for item in items:
        if "kafka" in getattr(item, "fixturenames", ()):
            item.add_marker("kafka")


@pytest.fixture(autouse=True)
def _own_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the machine's LIENTHONG_…, KAFKA_… and AWS_… out of tests: each says itself what it needs."""
    for name in list(os.environ):
        if name.startswith(
            ("LIENTHONG_", "KAFKA_BOOTSTRAP", "KAFKA_SASL", "KAFKA_SSL", "KAFKA_SECURITY", "KAFKA_SCHEMA", "AWS_")
        ):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kafka]:
    """Yield a real broker: the one KAFKA_BOOTSTRAP names, else a node that lives as long as the test run."""
    if GIVEN.kafka_bootstrap:
        yield Kafka(GIVEN.kafka_bootstrap)
        return
    cluster = KafkaCluster.of(GIVEN.model_copy(update={"var": tmp_path_factory.mktemp("broker")}))
    cluster.start()
    try:
        yield Kafka(cluster.bootstrap)
    finally:
        cluster.stop()


@pytest.fixture
def topic_prefix() -> str:
    """Return a prefix for topics and groups that no other test has."""
    return f"t{uuid.uuid4().hex[:12]}."


@pytest.fixture
def settings(kafka: Kafka, topic_prefix: str, tmp_path: Path) -> Settings:
    """Return the settings of an axis of one's own on the shared broker: own topics, own `var`."""
    return GIVEN.model_copy(
        update={"var": tmp_path / "var", "kafka_bootstrap": kafka.bootstrap, "topic_prefix": topic_prefix}
    )
