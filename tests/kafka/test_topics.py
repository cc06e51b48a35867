"""Provisioning: the broker has what topics.yaml declares, and every difference is named."""

import json
from dataclasses import replace

import pytest
from click.testing import CliRunner, Result
from confluent_kafka.cimpl import NewTopic

from infra.cli import cli
from infra.kafka import clients, provision
from infra.kafka.provision import ProvisionError
from infra.settings import Settings
from schemas.topics import TOPICS, Topic

TWO = tuple(replace(topic, partitions=2) for topic in TOPICS[:2])


def run(settings: Settings, *words: str) -> Result:
    """Run the command line on the test's own axis."""
    environment = {
        "KAFKA_BOOTSTRAP": settings.kafka_bootstrap,
        "LIENTHONG_TOPIC_PREFIX": settings.topic_prefix,
        "LIENTHONG_VAR": str(settings.var),
    }
    return CliRunner().invoke(cli, words, env=environment)


def standing(settings: Settings, topics: tuple[Topic, ...] = TWO) -> list[str]:
    """Return every difference, in words."""
    return [
        f"{each.topic}: {difference}" for each in provision.check(settings, topics) for difference in each.differences
    ]


def test_apply_makes_every_topic_and_check_agrees(settings: Settings) -> None:
    """An empty broker: check names all as missing (exit 1), apply makes them (exit 0), check agrees; a second apply changes nothing."""
    before = run(settings, "topics", "check", "--json")
    applied = run(settings, "topics", "apply", "--json")
    after = run(settings, "topics", "check", "--json")

    assert [1, 0, 0] == [before.exit_code, applied.exit_code, after.exit_code]
    wanted = [settings.topic_prefix + topic.name for topic in TOPICS]
    assert [{"topic": name, "ok": False, "differences": ["missing"]} for name in wanted] == [
        json.loads(line) for line in before.stdout.splitlines()
    ]
    assert [{"topic": name, "ok": True, "differences": []} for name in wanted] == [
        json.loads(line) for line in after.stdout.splitlines()
    ]
    assert after.stdout == run(settings, "topics", "apply", "--json").stdout
    found = clients.admin(settings).list_topics(timeout=10).topics
    assert {settings.topic_prefix + topic.name: topic.partitions for topic in TOPICS} == {
        name: len(found[name].partitions) for name in wanted
    }


def test_another_configuration_is_named_and_mended(settings: Settings) -> None:
    """A topic whose retention somebody shortened: check says so, apply sets it back."""
    provision.apply(settings, TWO)
    shortened = tuple(replace(topic, config={**topic.config, "retention.ms": "1000"}) for topic in TWO)
    provision.apply(settings, shortened)

    assert [f"{settings.topic_prefix}{topic.name}: retention.ms: 1000, should be -1" for topic in TWO] == standing(
        settings
    )

    provision.apply(settings, TWO)

    assert [] == standing(settings)


def test_partitions_are_never_changed(settings: Settings) -> None:
    """More partitions would send a key's next events elsewhere: named, refused to start with, left alone."""
    admin = clients.admin(settings)
    name = settings.topic_prefix + TWO[0].name
    admin.create_topics([NewTopic(name, 1, 1)])[name].result(10)
    provision.apply(settings, TWO[:1])

    assert [f"{name}: partitions: 1, should be 2"] == standing(settings, TWO[:1])
    with pytest.raises(ProvisionError, match="partitions: 1, should be 2"):
        provision.require(settings, TWO[:1])


def test_too_few_copies_are_named(settings: Settings) -> None:
    """One copy where three are asked for: a difference that only a person can mend; two of three must be in sync."""
    provision.apply(settings, TWO[:1])
    name = settings.topic_prefix + TWO[0].name

    assert [f"{name}: replication: 1, should be 3", f"{name}: min.insync.replicas: 1, should be 2"] == standing(
        settings.model_copy(update={"replication": 3}), TWO[:1]
    )


def test_without_a_broker_it_says_what_to_do(settings: Settings) -> None:
    """No address and no node of ours: exit 2, no stack trace, nothing on stdout."""
    result = run(settings.model_copy(update={"kafka_bootstrap": ""}), "topics", "check", "--json")

    assert (2, "") == (result.exit_code, result.stdout)
    assert "lienthong up" in result.stderr
