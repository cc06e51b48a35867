"""Makes the broker's topics what `topics.yaml` says, and says where they differ. Nothing is ever deleted or shrunk."""

import time
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from confluent_kafka import KafkaError, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec  # type: ignore[attr-defined]  # its own documented name
from confluent_kafka.admin._config import AlterConfigOpType, ConfigEntry, ConfigResource
from confluent_kafka.admin._resource import ResourceType
from confluent_kafka.cimpl import NewTopic

from infra.errors import EnvironmentFaultError
from infra.kafka import clients
from infra.settings import Settings
from schemas.topics import TOPICS, Topic

SECONDS = 30.0
PAUSE_SECONDS = 0.02
NO_LEADER_YET = frozenset(
    {
        KafkaError.NOT_LEADER_FOR_PARTITION,
        KafkaError.LEADER_NOT_AVAILABLE,
        KafkaError.UNKNOWN_TOPIC_OR_PART,
        KafkaError.UNKNOWN_LEADER_EPOCH,
        KafkaError.FENCED_LEADER_EPOCH,
        KafkaError._NOENT,  # noqa: SLF001 - the library's name for "no leader found"
    }
)


class ProvisionError(EnvironmentFaultError):
    """The broker's topics are not as they must be; the message lists every difference."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One property of one topic."""

    what: str
    """`missing`, `partitions`, `replication` or the name of a configuration entry."""

    wanted: str
    found: str
    mendable: bool
    """False where `apply` must not change it: more partitions would send a key's next events elsewhere."""

    def __str__(self) -> str:
        return self.what if self.what == "missing" else f"{self.what}: {self.found}, should be {self.wanted}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How one topic stands."""

    topic: str
    """As the broker names it, prefix included."""

    differences: tuple[Difference, ...] = ()

    @property
    def ok(self) -> bool:
        """Tell whether it is as it should be."""
        return not self.differences


def check(settings: Settings, topics: Iterable[Topic] = TOPICS) -> list[Standing]:
    """Compare the broker with the topics, in their order; raise KafkaException when it cannot be asked."""
    admin = clients.admin(settings)
    found = admin.list_topics(timeout=SECONDS).topics
    every = {settings.topic_prefix + topic.name: topic for topic in topics}  # a topic named twice is asked for once
    configs = _configs(admin, [name for name in every if name in found])
    return [
        Standing(topic=name, differences=tuple(_compare(topic, found.get(name), configs.get(name, {}), settings)))
        for name, topic in every.items()
    ]


def apply(settings: Settings, topics: Iterable[Topic] = TOPICS) -> list[Standing]:
    """Create what is missing, set what differs; return how each topic stands afterwards."""
    topics = tuple(topics)
    admin = clients.admin(settings)
    before = {each.topic: each for each in check(settings, topics)}
    _create(admin, [topic for topic in topics if _misses(before[settings.topic_prefix + topic.name])], settings)
    _alter(admin, before.values())
    return _settled(settings, topics) if any(not each.ok for each in before.values()) else list(before.values())


def require(settings: Settings, topics: Iterable[Topic] = TOPICS) -> None:
    """Raise `ProvisionError` listing every topic that is not as it should be; for processes that are about to start."""
    wrong = [each for each in check(settings, topics) if not each.ok]
    if wrong:
        lines = "".join(f"\n  - {each.topic}: {'; '.join(map(str, each.differences))}" for each in wrong)
        raise ProvisionError(f"topics:{lines}", "run `lienthong topics apply`")


def _settled(settings: Settings, topics: tuple[Topic, ...]) -> list[Standing]:
    """Return how the topics stand once the broker shows what its controller has confirmed: that comes a moment later."""
    until = time.monotonic() + SECONDS
    while True:
        found = check(settings, topics)
        unmended = any(each.mendable for standing in found for each in standing.differences)
        if not unmended or time.monotonic() > until:
            return found
        time.sleep(PAUSE_SECONDS)  # the broker has no call that waits for this


def _misses(standing: Standing) -> bool:
    return any(each.what == "missing" for each in standing.differences)


def config_of(topic: Topic, settings: Settings) -> dict[str, str]:
    """Return a topic's configuration on this cluster: with three copies, two must have a record before it counts."""
    return {**topic.config, "min.insync.replicas": str(min(2, settings.replication))}


def _compare(topic: Topic, found: Any, config: Mapping[str, str], settings: Settings) -> Iterable[Difference]:
    if found is None:
        yield Difference(what="missing", wanted="", found="", mendable=True)
        return
    if len(found.partitions) != topic.partitions:
        yield Difference(
            what="partitions", wanted=str(topic.partitions), found=str(len(found.partitions)), mendable=False
        )
    copies = min((len(each.replicas) for each in found.partitions.values()), default=0)
    if copies < settings.replication:
        yield Difference(what="replication", wanted=str(settings.replication), found=str(copies), mendable=False)
    for name, wanted in config_of(topic, settings).items():
        if config.get(name) != wanted:
            yield Difference(what=name, wanted=wanted, found=config.get(name, "unset"), mendable=True)


def _configs(admin: AdminClient, names: list[str]) -> dict[str, dict[str, str]]:
    if not names:
        return {}
    asked = admin.describe_configs([ConfigResource(ResourceType.TOPIC, name) for name in names])
    return {
        resource.name: {entry.name: str(entry.value) for entry in future.result(SECONDS).values()}
        for resource, future in asked.items()
    }


def _create(admin: AdminClient, topics: list[Topic], settings: Settings) -> None:
    if not topics:
        return
    wanted = [
        NewTopic(
            settings.topic_prefix + topic.name,
            topic.partitions,
            settings.replication,
            config=config_of(topic, settings),
        )
        for topic in topics
    ]
    for future in admin.create_topics(wanted, operation_timeout=SECONDS).values():
        try:
            future.result(SECONDS)
        except KafkaException as exc:
            if exc.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:  # another process was quicker
                raise
    _wait_for_leaders(admin, {TopicPartition(each.topic, n) for each in wanted for n in range(each.num_partitions)})


def _wait_for_leaders(admin: AdminClient, partitions: Collection[TopicPartition]) -> None:
    """Return once every partition answers: a topic is announced a moment before its leaders know that they lead."""
    until = time.monotonic() + SECONDS
    while True:
        asked = admin.list_offsets({each: OffsetSpec.latest() for each in partitions})  # type: ignore[no-untyped-call]  # the library leaves it bare
        try:
            for answer in asked.values():
                answer.result(SECONDS)
        except KafkaException as exc:
            if exc.args[0].code() not in NO_LEADER_YET or time.monotonic() > until:
                raise
            time.sleep(PAUSE_SECONDS)  # the broker has no call that waits for this
        else:
            return


def _alter(admin: AdminClient, standings: Iterable[Standing]) -> None:
    resources = []
    for standing in standings:
        entries = [
            ConfigEntry(each.what, each.wanted, incremental_operation=AlterConfigOpType.SET)
            for each in standing.differences
            if each.mendable and each.what != "missing"
        ]
        if entries:
            resources.append(ConfigResource(ResourceType.TOPIC, standing.topic, incremental_configs=entries))
    if resources:
        for future in admin.incremental_alter_configs(resources).values():
            future.result(SECONDS)
