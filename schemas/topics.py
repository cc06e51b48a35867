"""`topics.yaml` as values: which topic carries which event, who writes it and who reads it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from schemas import events
from schemas.events import Event

FILE = Path(__file__).with_name("topics.yaml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """One topic."""

    name: str
    event: type[Event] | None
    """The one event type it carries; None for dead letters, which carry original bytes."""

    key: str
    says: str
    partitions: int
    config: Mapping[str, str]
    producers: tuple[str, ...]
    consumers: tuple[str, ...]

    @property
    def compacted(self) -> bool:
        """Tell whether offsets have holes by design."""
        return self.config["cleanup.policy"] == "compact"


def load(file: Path = FILE) -> tuple[Topic, ...]:
    """Read a topics file; raise ValueError naming what is wrong with it."""
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    return tuple(_topic(row, content["defaults"]) for row in content["topics"])


def _topic(row: Mapping[str, Any], defaults: Mapping[str, Any]) -> Topic:
    known = {"name", "event", "key", "says", "partitions", "config", "producers", "consumers"}
    if unknown := set(row) - known:
        raise ValueError(f"topic {row.get('name')}: unknown {', '.join(sorted(unknown))}")
    event = getattr(events, row["event"], None) if "event" in row else None
    if "event" in row and not (isinstance(event, type) and issubclass(event, Event)):
        raise ValueError(f"topic {row['name']}: no event {row['event']}")
    return Topic(
        name=row["name"],
        event=event,
        key=row["key"],
        says=row["says"],
        partitions=row.get("partitions", defaults["partitions"]),
        config={**defaults["config"], **row.get("config", {})},
        producers=tuple(row["producers"]),
        consumers=tuple(row["consumers"]),
    )


TOPICS = load()
PARTITIONS = max(topic.partitions for topic in TOPICS)
"""Of every topic that is keyed by document or delivery."""

BY_NAME = {topic.name: topic for topic in TOPICS}
DEAD_LETTER = "dead-letter"
_BY_EVENT = {topic.event.__name__: topic.name for topic in TOPICS if topic.event}


def topic_of(event: type[Event]) -> str:
    """Return the name of the topic that carries an event type; raise LookupError if none does."""
    name = _BY_EVENT.get(event.__name__)
    if name is None:
        raise LookupError(f"{event.__name__} travels on no topic")
    return name


def read_by(consumer: str) -> tuple[Topic, ...]:
    """Return the topics that a process consumes."""
    return tuple(topic for topic in TOPICS if consumer in topic.consumers)


def describe(topics: tuple[Topic, ...] = TOPICS) -> str:
    """Return the table of topics for the documentation (Markdown)."""
    rows = [
        "| topic | key | event | one record says | partitions | kept | producers → consumers |",
        "|---|---|---|---|---|---|---|",
    ]
    for topic in topics:
        event = f"`{topic.event.__name__}`" if topic.event else "the original bytes"
        kept = "newest of each key" if topic.compacted else "for ever"
        ways = f"{', '.join(topic.producers)} → {', '.join(topic.consumers) or 'people'}"
        cells = (f"`{topic.name}`", topic.key, event, topic.says, str(topic.partitions), kept, ways)
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)
